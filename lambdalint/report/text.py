"""Findings for people: a headline, the code with its labels, and where to read more."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

from lambdalint.report import fixes
from lambdalint.report.count import counted
from lambdalint.report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdalint.rule import Finding, Note, Outcome, Problem, Unjudged
    from lambdalint.value import Location, Place, Source

COLOURS = {  # SGR parameters of ECMA-48
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "unknown": "1;35",
    "frame": "1;34",
    "strong": "1",
}
NARROWEST = 20  # columns of code that are always shown


def render(
    outcome: Outcome,
    *,
    colour: bool,
    width: int,
    show_unknown: bool = False,
    quiet: bool = False,
) -> str:
    """All findings and problems with their code and, unless `quiet`, lines that count them."""
    shown = [*blocks(outcome, colour=colour, width=width, show_unknown=show_unknown)]
    if not quiet:
        shown.append(f"{counts(outcome)}\n")
        if repairs := fixes.counted(outcome.findings):
            shown[-1] += f"{repairs}\n"
        if outcome.unjudged and not show_unknown:
            shown[-1] += f"{len(outcome.unjudged)} not judged, --show-unknown says why\n"
    return "\n".join(shown)


def blocks(
    outcome: Outcome, *, colour: bool, width: int, show_unknown: bool = False
) -> Iterator[str]:
    """Each finding with its code, then what could not be judged, then each problem."""
    pen = _Pen(colour=colour, width=width)
    for lines in chain(
        map(pen.finding, outcome.findings),
        map(pen.unjudged, outcome.unjudged if show_unknown else ()),
        map(pen.problem, outcome.problems),
    ):
        yield "".join(f"{line.rstrip()}\n" for line in lines)


def counts(outcome: Outcome) -> str:
    """How many findings there are of each severity, in how many templates, and how many are not shown."""
    severities = Counter(finding.severity for finding in outcome.findings)
    found = [counted(severities[s], s.name.lower()) for s in sorted(severities, reverse=True)]
    if outcome.problems:
        found.append(counted(len(outcome.problems), "problem"))
    known = outcome.older or outcome.held
    said = ", ".join(found) or ("nothing new" if known else "nothing found")
    older = f", {counted(outcome.older, 'older finding')} not shown" if outcome.older else ""
    held = f", {outcome.held} held back by the baseline" if outcome.held else ""
    return f"{said} in {counted(len(outcome.files), 'template')}{older}{held}"


@dataclass(frozen=True, slots=True)
class _Label:
    """A text below a span of code; the finding itself has none, the headline says it."""

    place: Place
    at: Location
    text: str
    mark: str
    style: str


class _Pen:
    """Draws blocks of lines; each source is split into its lines once."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self.colour, self.width = colour, width
        self.split: dict[Source, list[str]] = {}

    def finding(self, finding: Finding) -> Iterator[str]:
        kind = finding.severity.name.lower()
        facts = [
            f"when {finding.when}" if finding.when else "",
            f"construct {finding.construct_path}" if finding.construct_path else "",
            f"made at {finding.created_at}" if finding.created_at else "",
            f"confidence {finding.confidence.name.lower()}"
            if finding.confidence.name != "HIGH"
            else "",
            f"fix: {repair}" if (repair := fixes.hint(finding.fix)) else "",
            f"help: lambdalint explain {finding.rule.id}",
            f"docs: {finding.rule.url}",
        ]
        yield self._headline(kind, f"[{finding.rule.id}]", finding.message)
        yield from self._body(finding.notes, kind, filter(None, facts))

    def unjudged(self, unjudged: Unjudged) -> Iterator[str]:
        yield self._headline(
            "unknown", f"[{unjudged.rule}]" if unjudged.rule else "", unjudged.reason
        )
        yield self._arrow(1, "-->", str(unjudged.at.location))

    def problem(self, problem: Problem) -> Iterator[str]:
        place = f":{problem.line}:{problem.column}" if problem.line else ""
        yield self._headline("error", "[internal]" if problem.internal else "", problem.message)
        yield self._arrow(1, "-->", problem.file + place)

    def _headline(self, kind: str, rule: str, message: str) -> str:
        return self._paint(kind + rule, kind) + self._paint(f": {visible(message)}", "strong")

    def _arrow(self, gutter: int, arrow: str, place: str) -> str:
        return f"{' ' * gutter}{self._paint(arrow, 'frame')} {visible(place)}"

    def _body(self, notes: tuple[Note, ...], kind: str, facts: Iterable[str]) -> Iterator[str]:
        """One frame a file, and below them the facts."""
        frames: dict[str, list[_Label]] = defaultdict(list)
        for number, note in enumerate(notes):
            look = (note.text, "-", "frame") if number else ("", "^", kind)
            frames[note.at.source.file].append(_Label(note.at, note.at.location, *look))
        gutter = max(len(str(label.at.line)) for labels in frames.values() for label in labels)
        for arrow, labels in zip(chain(["-->"], repeat(":::")), frames.values(), strict=False):
            yield self._arrow(gutter, arrow, str(labels[0].at))
            yield self._margin(gutter, "", "|")
            yield from self._frame(labels, gutter)
            yield self._margin(gutter, "", "|")
        for fact in facts:
            yield f"{self._margin(gutter, '', '=')} {visible(fact)}"

    def _frame(self, labels: list[_Label], gutter: int) -> Iterator[str]:
        """Yield the labelled lines and, to show whose they are, the keys of their resources."""
        source = labels[0].place.source
        shown: dict[int, list[_Label]] = defaultdict(list)
        for label in labels:
            shown[label.at.line].append(label)
            if label.place.resource:
                shown.setdefault(label.place.top.location.line, [])
        last = min(shown)
        for number in sorted(shown):
            if number == last + 2:
                yield from self._row(source, last + 1, [], gutter)
            elif number > last + 2:
                yield self._paint("...", "frame")
            yield from self._row(source, number, shown[number], gutter)
            last = number

    def _row(self, source: Source, number: int, labels: list[_Label], gutter: int) -> Iterator[str]:
        """Yield a line of code and its labels; one too long is cut anew for each label."""
        lines = self._lines(source)
        line = lines[number - 1] if number <= len(lines) else ""
        room = max(self.width - gutter - 3, NARROWEST)
        if not labels:
            yield f"{self._margin(gutter, number, '|')} {_excerpt(line, *_window(line, 0, room))}"
        drawn = None
        for label in sorted(labels, key=lambda label: label.at.column):
            cut = _window(line, min(label.at.column - 1, len(line)), room)
            if cut != drawn:
                yield f"{self._margin(gutter, number, '|')} {_excerpt(line, *cut)}"
            drawn = cut
            yield f"{self._margin(gutter, '', '|')} {self._label(label, line, *cut)}"

    def _label(self, label: _Label, line: str, first: int, last: int) -> str:
        start = min(label.at.column - 1, len(line))
        end = label.at.end_column - 1 if label.at.end_line == label.at.line else last
        indent = " " * (_columns(line[first:start]) + (first > 0))
        marks = label.mark * max(_columns(line[start : min(end, last)]), 1)
        return indent + self._paint(f"{marks} {visible(label.text)}".rstrip(), label.style)

    def _margin(self, gutter: int, number: int | str, line: str) -> str:
        return self._paint(f"{number:>{gutter}} {line}", "frame")

    def _lines(self, source: Source) -> list[str]:
        if source not in self.split:
            self.split[source] = [line.removesuffix("\r") for line in source.text.split("\n")]
        return self.split[source]

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{COLOURS[style]}m{text}\x1b[0m" if self.colour else text


def _window(line: str, start: int, room: int) -> tuple[int, int]:
    """All of a line that fits, or what fits between ellipses, a third of it before the start."""
    if len(line) <= room and _columns(line) <= room:
        return 0, len(line)
    first, used = start, 2
    while first and used + _columns(line[first - 1]) <= room // 3:
        first -= 1
        used += _columns(line[first])
    last = start
    while last < len(line) and used + _columns(line[last]) <= room:
        used += _columns(line[last])
        last += 1
    return first, last


def _excerpt(line: str, first: int, last: int) -> str:
    return ("…" if first else "") + _shown(line[first:last]) + ("…" if last < len(line) else "")


def _shown(code: str) -> str:
    return visible(code.replace("\t", "    "))


def _columns(code: str) -> int:
    """How many columns a terminal needs: East Asian characters take two, combining ones none."""
    shown = _shown(code)
    if shown.isascii():
        return len(shown)
    return sum(2 if east_asian_width(c) in "WF" else category(c) not in {"Mn", "Me"} for c in shown)
