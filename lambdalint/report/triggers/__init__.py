"""The inventory in all formats: what each of them calls things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from lambdalint.graph import External, Resource
from lambdalint.inventory import QUESTIONS, Inventory, Row, Uninvoked
from lambdalint.rule import Finding
from lambdalint.template import Template

TITLES = {question: question for question in QUESTIONS} | {"pressure": "back-pressure"}


def called(row: Row) -> str:
    """The function as it is invoked: `Worker:live`."""
    return ":".join(filter(None, (name(row.trigger.function), row.trigger.qualifier)))


def name(end: Resource | External) -> str:
    """A resource by name; what nobody can tell by what is written, `${Queue}`, or `?`."""
    if isinstance(end, Resource) or end.told:
        return end.name
    return end.written or "?"


def trigger(row: Row) -> str:
    """Kind and source, and whether it always is there and on."""
    source = name(row.trigger.source)
    if row.trigger.kind.name == "eventbridge":
        source = f"{row.trigger.via.name} on {source}"
    said = [f"{row.trigger.kind.title} {source}"]
    if row.said["state"] != ("on",):
        said.append(" ".join(row.said["state"]))
    if row.when:
        said.append(f"when {row.when}")
    return ", ".join(said)


def broken(findings: Iterable[Finding]) -> dict[str, str]:
    """The rules that are broken, the gravest first, and how grave each is."""
    worst: dict[str, str] = {}
    for finding in sorted(findings, key=lambda one: (-one.severity, one.rule.id)):
        worst.setdefault(finding.rule.id, finding.severity.name.lower())
    return worst


def lonely(one: Uninvoked) -> str:
    """What is to be said about a function without a trigger."""
    if one.callers:
        callers = ", ".join(caller.name for caller in one.callers)
        return f"has no trigger, but {callers} may call it"
    names = ", ".join(dict.fromkeys(mention.id for mention in one.mentions))
    return "has no trigger" + (f", but is named by {names}" if names else "")


class Line(NamedTuple):
    """Rows that differ in nothing but their subjects, as one line of a table for people.

    `answers` are lines of text by question, and `rules` those that are broken.
    """

    function: str
    trigger: str
    subjects: tuple[str, ...]
    answers: dict[str, tuple[str, ...]]
    rules: dict[str, str]

    @property
    def heading(self) -> tuple[str, ...]:
        """The trigger and its subjects: `REST API Shop` and `GET /orders, PUT /orders and 2 more`."""
        first, *others = self.subjects
        if not first:
            return (f"{len(self.subjects)} × {self.trigger}" if others else self.trigger,)
        named = ", ".join(self.subjects[:_MOST_SUBJECTS])
        more = len(self.subjects) - _MOST_SUBJECTS
        return self.trigger, named + (f" and {more} more" if more > 0 else "")

    @property
    def title(self) -> str:
        """The same in one line."""
        return ": ".join(self.heading)


_MOST_SUBJECTS = 2


def lines(rows: Iterable[Row], questions: Sequence[str]) -> list[Line]:
    """The lines of a table that answers these questions."""
    found: dict[tuple[object, ...], list[Line]] = {}
    for row in rows:
        answers = {question: row.said[question] for question in questions}
        subject = " ".join(row.said["subject"])
        one = Line(called(row), trigger(row), (subject,), answers, broken(row.findings))
        alike = one.function, one.trigger, *answers.values(), *one.rules.items()
        found.setdefault(alike, []).append(one)
    return [
        same[0]._replace(subjects=tuple(line.subjects[0] for line in same))
        for same in found.values()
    ]


class Section(NamedTuple):
    """What there is to say about one template; `title` is its file, and its stack if it has one."""

    title: str
    rows: list[Row]
    uninvoked: list[Uninvoked]


def sections(inventory: Inventory) -> list[Section]:
    """A section for each template with functions."""
    found = {one.key: Section(_title(one), [], []) for one in inventory.templates}
    for row in inventory.rows:
        found[row.template.key].rows.append(row)
    for one in inventory.uninvoked:
        found[one.template.key].uninvoked.append(one)
    return [section for section in found.values() if section.rows or section.uninvoked]


def _title(template: Template) -> str:
    file = PurePath(template.file).as_posix()
    return f"{file} ({template.stack})" if template.stack else file
