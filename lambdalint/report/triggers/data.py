"""The inventory for programs: version 1 of our own JSON, and CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from json import dumps
from pathlib import PurePath
from typing import Any

from lambdalint import __version__
from lambdalint.graph import External, Resource
from lambdalint.inventory import QUESTIONS, Inventory, Row, Uninvoked, Variant
from lambdalint.report.escape import visible
from lambdalint.report.json import VERSION, error, place
from lambdalint.report.triggers import broken, name
from lambdalint.rule import Problem, Unjudged

_STATES = {"on": True, "disabled": False}


def json(inventory: Inventory, unknown: Iterable[Unjudged], problems: Iterable[Problem]) -> str:
    """Everything about each trigger, once for each deployment that is said something else of."""
    report = {
        "version": VERSION,
        "tool": {"name": "lambdalint", "version": __version__},
        "triggers": [_trigger(row, variant) for row in inventory.rows for variant in row.variants],
        "uninvoked": [_uninvoked(one) for one in inventory.uninvoked],
        "unknown": [{"reason": one.reason, **place(one.at)} for one in unknown],
        "errors": [error(problem) for problem in problems],
    }
    # ASCII keeps control characters and bidirectional overrides off the terminal.
    return dumps(report, indent=2) + "\n"


def _trigger(row: Row, variant: Variant) -> dict[str, Any]:
    trigger, told = row.trigger, variant.told
    return {
        "function": {**_function(trigger.function), "qualifier": trigger.qualifier or None},
        "kind": trigger.kind.name,
        "title": trigger.kind.title,
        "source": _end(trigger.source),
        "via": {"id": trigger.via.id, "type": trigger.via.type},
        "when": variant.when or None,
        "enabled": _STATES.get(told.state),
        **{one: getattr(told, one) or None for one in QUESTIONS if one != "state"},
        "numbers": dict(told.numbers),
        "ends": dict(told.ends),
        "findings": list(broken(row.findings)),
        "url": trigger.kind.url,
        **_written(trigger.via),
        **place(trigger.at),
    }


def _end(end: Resource | External) -> dict[str, Any]:
    return {
        "id": end.id if isinstance(end, Resource) else None,
        "name": None if (shown := name(end)) == "?" else shown,
        "type": end.type or None,
        "service": getattr(end, "service", None) or None,
    }


def _function(function: Resource | External) -> dict[str, Any]:
    own: dict[str, Any] = {"file": None, "line": None, "stack": None, "construct_path": None}
    if isinstance(function, Resource):
        at = place(function.at)
        own = {"file": at["file"], "line": at["line"], **_written(function)}
    settings = {key.lower(): function.get(key).data for key in ("Handler", "Runtime")}
    plain = {key: data if isinstance(data, str) else None for key, data in settings.items()}
    return {**_end(function), **plain, **own}


def _written(resource: Resource) -> dict[str, Any]:
    return {
        "stack": resource.template.stack or None,
        "construct_path": resource.template.construct_of(resource.declaration) or None,
    }


def _uninvoked(one: Uninvoked) -> dict[str, Any]:
    named = dict.fromkeys((mention.id, mention.type or None) for mention in one.mentions)
    return {
        "function": {**_function(one.function), "qualifier": None},
        "called_by": [caller.id for caller in one.callers],
        "named_by": [{"id": id, "type": type} for id, type in named],
        **place(one.function.at),
    }


# --- CSV ------------------------------------------------------------------------------------------

_HEAD = ("function", "qualifier", "kind", "source", "when", *QUESTIONS, "findings", "file", "line")


def table(inventory: Inventory) -> str:
    """A line for each trigger in each deployment, and one for each function without a trigger."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_HEAD)
    for row in inventory.rows:
        for variant in row.variants:
            writer.writerow(map(_cell, _cells(row, variant)))
    for one in inventory.uninvoked:
        at = one.function.at.location
        blank = [""] * (len(_HEAD) - 3)
        file = PurePath(at.file).as_posix()
        writer.writerow(map(_cell, (one.function.name, *blank, file, str(at.line))))
    return written.getvalue()


def _cells(row: Row, variant: Variant) -> tuple[str, ...]:
    trigger, at = row.trigger, row.trigger.at.location
    return (
        name(trigger.function),
        trigger.qualifier,
        trigger.kind.name,
        name(trigger.source),
        variant.when,
        *(getattr(variant.told, question) for question in QUESTIONS),
        " ".join(broken(row.findings)),
        PurePath(at.file).as_posix(),
        str(at.line),
    )


def _cell(said: str) -> str:
    """A text that no spreadsheet takes for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{visible(said)}" if said.startswith(("=", "+", "-", "@")) else visible(said)
