"""Workflow commands: GitHub Actions turns them into annotations on the changed lines."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from lambdalint.report.escape import visible

if TYPE_CHECKING:
    from lambdalint.rule import Finding, Outcome, Problem


def render(outcome: Outcome) -> str:
    """One command a finding or problem, the evidence in its text."""
    return "".join(
        [
            *(_finding(finding) for finding in outcome.findings),
            *(_problem(problem) for problem in outcome.problems),
        ]
    )


def _finding(finding: Finding) -> str:
    at = finding.at.location
    kind = finding.severity.name.lower().replace("info", "notice")
    text = [finding.message + (f" (when {finding.when})" if finding.when else "")]
    text += [f"{note.at.location}: {note.text}" for note in finding.notes[1:]]
    text.append(finding.rule.url)
    properties: dict[str, str | int] = {
        "file": PurePath(at.file).as_posix(),
        "line": at.line,
        "col": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
        "title": f"lambdalint {finding.rule.id}",
    }
    # https://docs.github.com/en/rest/checks/runs#create-a-check-run: columns of one line only
    if at.end_line > at.line:
        del properties["col"], properties["endColumn"]
    return _command(kind, properties, text)


def _problem(problem: Problem) -> str:
    properties: dict[str, str | int] = {"file": PurePath(problem.file).as_posix()}
    if problem.line:
        properties |= {"line": problem.line, "col": problem.column}
    return _command("error", properties | {"title": "lambdalint"}, [problem.message])


def _command(kind: str, properties: dict[str, str | int], text: list[str]) -> str:
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = _data("\n".join(map(visible, text)))
    return f"::{kind} {listed}::{message}\n"


def _data(text: str) -> str:
    # The counterpart: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
