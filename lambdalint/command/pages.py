"""`lambdalint explain` and `lambdalint rules`: what the rules are."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from lambdalint.command.ending import answering
from lambdalint.command.reading import complete
from lambdalint.terminal import WIDTH, is_colourful, width

if TYPE_CHECKING:
    from lambdalint.rule import Rule

FORMATS = click.Choice(["text", "json"])


@click.command(short_help="Show the pages of rules.")
@click.argument("names", nargs=-1, required=True, metavar="RULE...", shell_complete=complete)
@click.option("--format", type=FORMATS, default="text", show_default=True, help="How to show them.")
def explain(names: tuple[str, ...], format: str) -> None:
    """Show the page of each RULE, or of a whole family such as sqs: what is wrong, why it hurts,
    and how to repair it. Or what cfn-lint says of a rule of its own, such as cfn-lint/E3002.
    """
    from lambdalint import config
    from lambdalint.report import rules as report

    with answering():
        theirs = [name for name in names if name.startswith("cfn-lint/")]
        found = config.named(name for name in names if name not in theirs)
        if theirs:
            from lambdalint.foreign import find_rule

            found += map(find_rule, theirs)
        if not found:
            raise click.UsageError(f"{', '.join(map(repr, names))} names no rule.")
        pages = [report.page(rule) for rule in found]
    if format == "json":
        click.echo(report.json(found, pages=True), nl=False)
    elif is_colourful(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console(force_terminal=True, width=min(width(), WIDTH))
        for page in pages:
            console.print(Markdown(page))
    else:
        click.echo("\n".join(pages), nl=False)


@click.command(short_help="List all rules.")
@click.option("--format", type=FORMATS, default="text", show_default=True, help="How to list them.")
def rules(format: str) -> None:
    """List all rules: id, severity, whether on or off by default, and what is wrong."""
    from lambdalint import config
    from lambdalint.report import rules as report

    with answering():
        found = [*map(config.find_rule, config.known_rules())]
    if format == "json":
        click.echo(report.json(found), nl=False)
    else:
        _list(found)


def _list(rules: list[Rule]) -> None:
    rows = [
        (rule.id, rule.severity.name.lower(), "on" if rule.enabled else "off", rule.title)
        for rule in rules
    ]
    if is_colourful(sys.stdout):
        from rich.console import Console
        from rich.table import Table

        table = Table("rule", "severity", "default", "what is wrong", box=None)
        for row in rows:
            table.add_row(*row)
        Console(force_terminal=True, width=width()).print(table)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
