"""The formats by name; what a format needs is imported where it is wanted."""

# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdalint.flow import Flow
    from lambdalint.inventory import Inventory
    from lambdalint.rule import Outcome, Severity


def check(
    outcome: Outcome,
    format: str,
    *,
    colour: bool,
    width: int,
    show_unknown: bool,
    statistics: bool = False,
    quiet: bool = False,
    fail_on: Severity | None = None,
) -> str:
    """What was found, as `text`, `concise`, `json`, `sarif`, `github`, `gitlab`, `junit` or
    `markdown`; for people, `statistics` are counts alone.
    """
    match format:
        case "text" | "concise" if statistics:
            from lambdalint.report import statistics as counted

            return counted.render(outcome, quiet=quiet)
        case "concise":
            from lambdalint.report import concise

            return concise.render(outcome, show_unknown=show_unknown)
        case "json":
            from lambdalint.report import json

            return json.render(outcome)
        case "sarif":
            from lambdalint.report import sarif

            return sarif.render(outcome)
        case "github":
            from lambdalint.report import github

            return github.render(outcome)
        case "gitlab":
            from lambdalint.report import gitlab

            return gitlab.render(outcome)
        case "junit":
            from lambdalint.report import junit

            return junit.render(outcome, fail_on=fail_on)
        case "markdown":
            from lambdalint.report import markdown

            return markdown.render(outcome, show_unknown=show_unknown)
    from lambdalint.report import text

    return text.render(outcome, colour=colour, width=width, show_unknown=show_unknown, quiet=quiet)


def graph(flow: Flow, outcome: Outcome, format: str) -> str:
    """The flow of events, as `mermaid`, `dot` or `json`."""
    match format:
        case "dot":
            from lambdalint.report import dot

            return dot.render(flow)
        case "json":
            from lambdalint.report import graph

            return graph.render(flow, outcome)
    from lambdalint.report import mermaid

    return mermaid.render(flow)


def triggers(
    inventory: Inventory,
    outcome: Outcome,
    format: str,
    *,
    colour: bool,
    width: int,
    details: bool,
    quiet: bool = False,
) -> str:
    """The inventory, as `text`, `markdown`, `csv` or `json`."""
    match format:
        case "markdown":
            from lambdalint.report.triggers import markdown

            return markdown.render(inventory)
        case "csv":
            from lambdalint.report.triggers import data

            return data.table(inventory)
        case "json":
            from lambdalint.report.triggers import data

            return data.json(inventory, outcome.unjudged, outcome.problems)
    from lambdalint.report.triggers import text

    return text.render(inventory, colour=colour, width=width, details=details, quiet=quiet)
