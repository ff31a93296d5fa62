"""`lambdalint graph`: how events flow."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from lambdalint.command.ending import answering, complain, mind, status, warn, warn_of_macros
from lambdalint.command.reading import chosen, read, reads, settings_of
from lambdalint.command.reports import Report, Reporter, report_options, spare

if TYPE_CHECKING:
    from lambdalint.flow import Flow


@click.command(
    cls=Reporter,
    short_help="Draw how events flow.",
    epilog="""\b
Exit codes:
  0  drawn, whatever the rules find
  2  bad usage, bad configuration, or a template that cannot be read
  3  lambdalint itself failed""",
)
@report_options(["mermaid", "dot", "json"], "What to draw with.")
@click.option(
    "--focus",
    multiple=True,
    metavar="RESOURCE",
    help="Draw only what flows into and out of it: a logical id, a CDK construct path or a name.",
)
@click.option(
    "--hops",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="How far to go from what --focus names.",
)
@click.option("--no-findings", is_flag=True, help="Do not mark what the rules find.")
@reads
def graph(paths: tuple[str, ...], reports: Sequence[Report], **options: Any) -> None:
    """Draw how events flow through templates: from sources to functions, and on to where results
    and failures end (default: the templates below this folder).

    An edge is marked with the rules that it breaks. See lambdalint check for what is read.
    """
    with answering():
        from lambdalint import run
        from lambdalint.command.progress import listening
        from lambdalint.flow.trace import trace
        from lambdalint.report import formats

        settings = settings_of(options)
        with listening(options, settings) as listener:
            reading = read(paths, settings, options, listener)
            spare(reports, reading)
            rules = [] if options["no_findings"] else chosen(settings, options)
            outcome = run.check(reading, rules, settings, listener=listener)
        complain(outcome, reports, held=("json",))
        flow = trace(reading.templates, outcome.findings)
        if options["focus"]:
            flow = _focused(flow, options)
        drawings = [formats.graph(flow, outcome, report.format) for report in reports]
    for report, drawing in zip(reports, drawings, strict=True):
        report.write(drawing)
    if not options["quiet"]:
        warn_of_macros(reading, "not drawn")
        if reading.templates and not flow.nodes:
            warn("no events flow in these templates")
        for report, drawing in zip(reports, drawings, strict=True):
            _doubt(flow, drawing, report.format)
        mind(outcome, paths)
    sys.exit(status(outcome, None))


def _focused(flow: Flow, options: dict[str, Any]) -> Flow:
    """The surroundings of what somebody wants to see; raises `BadSetting` where it is not there."""
    from lambdalint.config import suggest
    from lambdalint.parameters import BadSetting

    wanted = []
    for name in options["focus"]:
        if not (found := flow.named(name)):
            close = suggest(name, flow.names())
            raise BadSetting(f"--focus: nothing in the flow is called {name!r}{close}")
        wanted += found
    return flow.around(wanted, options["hops"])


def _doubt(flow: Flow, drawing: str, format: str) -> None:
    """Say that a drawing is larger than its reader takes."""
    from lambdalint.report.mermaid import MOST_CHARACTERS, MOST_EDGES

    edges = len(flow.edges)
    if format == "mermaid" and (edges > MOST_EDGES or len(drawing) > MOST_CHARACTERS):
        warn(
            f"{edges} edges in {len(drawing):,} characters, and Mermaid draws at most "
            f"{MOST_EDGES} in {MOST_CHARACTERS:,}: see --focus, or --format dot"
        )
