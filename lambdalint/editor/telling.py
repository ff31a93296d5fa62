"""Findings and problems as diagnostics, and what else an editor may ask about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from lsprotocol.types import (
    CodeDescription,
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    Position,
    Range,
)
from lsprotocol.types import Location as Link

from lambdalint.editor.address import uri_of
from lambdalint.editor.area import Area
from lambdalint.editor.ruler import Ruler
from lambdalint.report import fixes
from lambdalint.report.escape import visible
from lambdalint.rule import (
    Confidence,
    Finding,
    Fix,
    Note,
    Outcome,
    Problem,
    Rule,
    Severity,
)
from lambdalint.value import Location

SEVERITIES = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.INFO: DiagnosticSeverity.Information,
}


class Remedy(NamedTuple):
    """A fix that can be made: what it does, and to which file (an absolute path)."""

    title: str
    safe: bool
    path: str


class Told(NamedTuple):
    """A diagnostic, with the rule that is broken and what would repair it, if there is such."""

    diagnostic: Diagnostic
    rule: Rule | None = None
    fingerprint: str = ""
    remedy: Remedy | None = None


class Teller:
    """Says what was found in an area, to an editor that shows `related` places or does not.

    `uris` are what the editor calls the documents that are open, by their absolute paths.
    """

    def __init__(self, area: Area, ruler: Ruler, uris: Mapping[str, str], *, related: bool) -> None:
        self._area, self._ruler, self._uris, self._related = area, ruler, uris, related
        self._openable: dict[str, bool] = {}

    def told(self, outcome: Outcome, texts: Mapping[str, str]) -> dict[str, list[Told]]:
        """What to say of each file, by its URI; `texts` are what the files say."""
        told: dict[str, list[Told]] = defaultdict(list)
        for finding in outcome.findings:
            file, one = self._finding(finding)
            told[self._uri(file)].append(one)
        for problem in outcome.problems:
            if not problem.internal:
                one = self._problem(problem, texts.get(problem.file))
                told[self._uri(problem.file)].append(one)
        return dict(told)

    def _problem(self, problem: Problem, text: str | None) -> Told:
        """What kept a file from being looked at, or a setting from being followed."""
        line, column = max(problem.line, 1), max(problem.column, 1)
        at = Location(problem.file, line, column, line, column + 1)
        if text is None:
            where = Range(Position(line - 1, column - 1), Position(line - 1, column))
        else:
            where = self._ruler.range(at, text)
        message = visible(problem.message)
        return Told(Diagnostic(where, message, DiagnosticSeverity.Error, source="lambdalint"))

    def _finding(self, finding: Finding) -> tuple[str, Told]:
        """A finding, and the file in which an editor can show it: not the code in an archive."""
        shown = [note for note in finding.notes if self._can_open(note.at.source.file)]
        at = shown[0].at if shown else finding.at
        linked = [note for note in shown if note.at != at] if self._related else []
        rest = [note for note in finding.notes[1:] if note not in linked]
        lines = [
            finding.message + (f" (when {finding.when})" if finding.when else ""),
            "" if at == finding.at else f"at {finding.at.location}",
            *(f"{_where(note.at.location, at.source.file)}: {note.text}" for note in rest),
            *_facts(finding),
        ]
        diagnostic = Diagnostic(
            self._ruler.range(at.location, at.source.text),
            "\n".join(map(visible, filter(None, lines))),
            SEVERITIES[finding.severity],
            code=finding.rule.id,
            code_description=CodeDescription(finding.rule.url),
            source="lambdalint",
            related_information=[self._link(note) for note in linked] or None,
        )
        return at.source.file, Told(
            diagnostic, finding.rule, finding.fingerprint, self._remedy(finding.fix)
        )

    def _link(self, note: Note) -> DiagnosticRelatedInformation:
        at = note.at.location
        link = Link(self._uri(at.file), self._ruler.range(at, note.at.source.text))
        return DiagnosticRelatedInformation(link, visible(note.text))

    def _remedy(self, fix: Fix | None) -> Remedy | None:
        if fix is None or not fix.edits:
            return None
        return Remedy(fix.title, fix.safe, self._area.path(fix.edits[0].source.file))

    def _uri(self, file: str) -> str:
        path = self._area.path(file)
        return self._uris.get(path) or uri_of(path)

    def _can_open(self, file: str) -> bool:
        if file not in self._openable:
            is_there = Path(self._area.path(file)).is_file()
            self._openable[file] = is_there or file == self._area.file
        return self._openable[file]


def _where(at: Location, file: str) -> str:
    return f"line {at.line}" if at.file == file else f"{at.file}:{at.line}"


def _facts(finding: Finding) -> Iterator[str]:
    """What is to be said below the message, as in the text report."""
    if finding.construct_path:
        yield f"construct {finding.construct_path}"
    if finding.created_at:
        yield f"made at {finding.created_at}"
    if finding.confidence is not Confidence.HIGH:
        yield f"confidence {finding.confidence.name.lower()}"
    if repair := fixes.words(finding.fix):
        yield f"fix: {repair}"
