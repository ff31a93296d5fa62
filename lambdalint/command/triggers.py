"""`lambdalint triggers`: what invokes each function."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from lambdalint.command.ending import answering, complain, mind, status, warn_of_macros
from lambdalint.command.reading import chosen, read, reads, settings_of
from lambdalint.command.reports import Report, Reporter, report_options, spare
from lambdalint.terminal import width


@click.command(
    cls=Reporter,
    short_help="List what invokes each function.",
    epilog="""\b
Exit codes:
  0  listed, whatever the rules find
  2  bad usage, bad configuration, or a template that cannot be read
  3  lambdalint itself failed""",
)
@report_options(["text", "markdown", "csv", "json"], "How to list.")
@click.option("--details", is_flag=True, help="Say everything about each trigger, as text.")
@click.option("--no-findings", is_flag=True, help="Do not name the rules that triggers break.")
@reads
@click.option("--color/--no-color", default=None, help="Colour the text.  [default: on a terminal]")
def triggers(paths: tuple[str, ...], reports: Sequence[Report], **options: Any) -> None:
    """List every trigger of every function: who calls again when it fails, and where events end
    that failed for good (default: in the templates below this folder).

    Functions without a trigger are named too. See lambdalint check for what is read.
    """
    with answering():
        from lambdalint import run
        from lambdalint.command.progress import listening
        from lambdalint.graph import Graph
        from lambdalint.inventory import take
        from lambdalint.report import formats

        settings = settings_of(options)
        unknown = any(report.format == "json" for report in reports)
        with listening(options, settings) as listener:
            reading = read(paths, settings, options, listener)
            spare(reports, reading)
            rules = [] if options["no_findings"] else chosen(settings, options)
            outcome = run.check(reading, rules, settings, unknown=unknown, listener=listener)
        inventory = take(Graph(reading.templates), outcome.findings)
        complain(outcome, reports, held=("json",))
        listed = [
            formats.triggers(
                inventory,
                outcome,
                report.format,
                colour=report.colourful(wish=options["color"]),
                width=width(),
                details=options["details"],
                quiet=options["quiet"],
            )
            for report in reports
        ]
    for report, text in zip(reports, listed, strict=True):
        report.write(text, colour=report.colourful(wish=options["color"]))
    if not options["quiet"]:
        warn_of_macros(reading, "not listed")
        mind(outcome, paths)
    sys.exit(status(outcome, None))
