"""SARIF 2.1.0, for GitHub code scanning and other dashboards."""

from __future__ import annotations

from json import dumps
from os import fsencode
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lambdalint import __version__
from lambdalint.report import fixes

if TYPE_CHECKING:
    from lambdalint.rule import Finding, Note, Outcome, Problem, Rule
    from lambdalint.value import Location

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {"ERROR": "error", "WARNING": "warning", "INFO": "note"}


def render(outcome: Outcome) -> str:
    """One log with one run; `rules` holds the rules that were broken."""
    rules = list({finding.rule.id: finding.rule for finding in outcome.findings}.values())
    index = {rule.id: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "lambdalint",
                "version": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not outcome.problems,
                "toolExecutionNotifications": [_problem(p) for p in outcome.problems],
            }
        ],
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The folder in which lambdalint was run."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.rule.id]) for finding in outcome.findings],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    family, _, name = rule.id.partition("/")
    paragraphs = [p for p in rule.page.split("\n\n") if p.strip() and p.lstrip()[0] not in "#`"]
    return {
        "id": rule.id,
        "name": name.title().replace("-", ""),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": " ".join((paragraphs or [rule.title])[0].split())},
        "help": {"text": rule.page, "markdown": rule.page},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": LEVELS[rule.severity.name]},
        "properties": {"tags": [family]},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    when = f" (when {finding.when})" if finding.when else ""
    location = _physical(finding.at.location)
    if logical := _logical(finding):
        location["logicalLocations"] = logical
    repairs = fixes.sarif(finding.fix, _artifact, _region)
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": LEVELS[finding.severity.name],
        "message": _message(finding.message + when),
        "locations": [location],
        "relatedLocations": [_related(*pair) for pair in enumerate(finding.notes[1:], 1)],
        "partialFingerprints": {"lambdalint/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence.name.lower(), "when": finding.when or None},
        **({"fixes": repairs} if repairs else {}),
    }


def _logical(finding: Finding) -> list[dict[str, str]]:
    found = []
    if name := finding.resource:
        full = f"{finding.stack}/{name}" if finding.stack else name
        found.append({"name": name, "fullyQualifiedName": full, "kind": "resource"})
    if path := finding.construct_path:
        name = path.rpartition("/")[2]
        found.append({"name": name, "fullyQualifiedName": path, "kind": "construct"})
    return found


def _related(number: int, note: Note) -> dict[str, Any]:
    return {"id": number, **_physical(note.at.location), "message": _message(note.text)}


def _physical(at: Location) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(at.file), "region": _region(at)}
    return {"physicalLocation": place}


def _region(at: Location) -> dict[str, int]:
    return {
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    }


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(fsencode(path.as_posix())), "uriBaseId": "%SRCROOT%"}


def _problem(problem: Problem) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(problem.file)}
    if problem.line:
        place["region"] = {"startLine": problem.line, "startColumn": max(problem.column, 1)}
    return {
        "level": "error",
        "message": _message(problem.message),
        "locations": [{"physicalLocation": place}],
    }


def _message(text: str) -> dict[str, str]:
    """Text that is text only, without placeholder (§3.11.5) or link (§3.11.6)."""
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": text.replace("{", "{{").replace("}", "}}")}
