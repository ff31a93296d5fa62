"""`lambdalint lsp`: what editors talk to."""

# What only editors need is imported in the command.
# ruff: noqa: PLC0415

from __future__ import annotations

import sys

import click

from lambdalint.command.ending import refuse


@click.command(
    short_help="Serve an editor.",
    epilog="""\b
Exit codes:
  0  the editor said that it was the end
  1  the editor went without a word
  2  pygls is not installed""",
)
@click.option("--stdio", is_flag=True, help="Talk over stdin and stdout, as it does in any case.")
def lsp(*, stdio: bool) -> None:
    """Tell an editor what is wrong while somebody writes, in the Language Server Protocol.

    The editor starts this command and talks to it over stdin and stdout. It looks at each folder
    that is open as lambdalint check does, with the same configuration.
    """
    del stdio
    try:
        import pygls.lsp.server  # noqa: F401  it is not there in older ones
    except ImportError:
        from lambdalint.parameters import BadSetting

        refuse(BadSetting("pygls 2 is not installed: pip install 'lambdalint[lsp]'"))
    from lambdalint.editor.server import serve

    sys.exit(serve())
