"""Findings for programs: version 1 of our own JSON."""

from __future__ import annotations

from json import dumps
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lambdalint import __version__
from lambdalint.report import fixes

if TYPE_CHECKING:
    from lambdalint.rule import Finding, Outcome, Problem
    from lambdalint.value import Place

VERSION = 1


def render(outcome: Outcome) -> str:
    """Everything the run has to say; what is empty or not known is null."""
    report = {
        "version": VERSION,
        "tool": {"name": "lambdalint", "version": __version__},
        "findings": [_finding(finding) for finding in outcome.findings],
        "unknown": [
            {"rule": unjudged.rule, "reason": unjudged.reason, **place(unjudged.at)}
            for unjudged in outcome.unjudged
        ],
        "errors": [error(problem) for problem in outcome.problems],
    }
    # ASCII keeps control characters and bidirectional overrides off the terminal.
    return dumps(report, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.id,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.name.lower(),
        "message": finding.message,
        **place(finding.at),
        "resource": finding.resource or None,
        "stack": finding.stack or None,
        "construct_path": finding.construct_path or None,
        "created_at": finding.created_at or None,
        "when": finding.when or None,
        "fingerprint": finding.fingerprint,
        "url": finding.rule.url,
        "notes": [{**place(note.at), "text": note.text} for note in finding.notes[1:]],
        "fix": fixes.data(finding.fix),
    }


def place(place: Place) -> dict[str, Any]:
    """Where something is written."""
    at = place.location
    return {
        "file": PurePath(at.file).as_posix(),
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
        "path": list(place.path),
    }


def error(problem: Problem) -> dict[str, Any]:
    """What kept a file from being looked at."""
    return {
        "file": PurePath(problem.file).as_posix(),
        "line": problem.line or None,
        "column": problem.column or None,
        "message": problem.message,
    }
