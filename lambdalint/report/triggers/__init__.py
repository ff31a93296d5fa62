"""The inventory in all formats: what each of them calls things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

from lambdalint.graph import External, Resource
from lambdalint.inventory import QUESTIONS, Inventory, Row, Uninvoked
from lambdalint.rule import Finding
from lambdalint.template import Template

NOBODY = "nothing here invokes it"
TITLES = {question: question for question in QUESTIONS} | {"pressure": "back-pressure"}


def called(row: Row) -> str:
    """The function as it is invoked: `Worker:live`."""
    return ":".join(filter(None, (name(row.trigger.function), row.trigger.qualifier)))


def name(end: Resource | External) -> str:
    """A resource by name, `?` if nobody can tell which it is."""
    return end.name if isinstance(end, Resource) or end.told else "?"


def trigger(row: Row) -> str:
    """Kind and source, and whether it always is there and on."""
    said = [f"{row.trigger.kind.title} {name(row.trigger.source)}"]
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


def named_by(one: Uninvoked) -> str:
    """What names a function that nothing invokes, "" if nothing does."""
    names = dict.fromkeys(mention.id for mention in one.mentions)
    return f"named by {', '.join(names)}" if names else ""


class Line(NamedTuple):
    """Rows that say the same, as a table for people shows them: how many, and what they say.

    `answers` are lines of text by question.
    """

    function: str
    trigger: str
    number: int
    answers: dict[str, tuple[str, ...]]
    rules: dict[str, str]

    @property
    def counted(self) -> str:
        """The trigger, and how many there are."""
        return f"{self.number} × {self.trigger}" if self.number > 1 else self.trigger


def lines(rows: Iterable[Row], questions: Sequence[str]) -> list[Line]:
    """The lines of a table that answers these questions."""
    found: list[Line] = []
    for row in rows:
        answers = {question: row.said[question] for question in questions}
        one = Line(called(row), trigger(row), 1, answers, broken(row.findings))
        for index, line in enumerate(found):
            if line._replace(number=1) == one:
                found[index] = line._replace(number=line.number + 1)
                break
        else:
            found.append(one)
    return found


class Section(NamedTuple):
    """What there is to say about one template; `title` is its file, and its stack if it has one."""

    title: str
    rows: list[Row]
    uninvoked: list[Uninvoked]


def sections(inventory: Inventory) -> Iterator[Section]:
    """A section for each template with functions."""
    every: list[Row | Uninvoked] = [*inventory.rows, *inventory.uninvoked]
    files: dict[str, Template] = {one.template.file: one.template for one in every}
    for file, template in files.items():
        shown = PurePath(file).as_posix()
        yield Section(
            f"{shown} ({template.stack})" if template.stack else shown,
            [row for row in inventory.rows if row.template.file == file],
            [one for one in inventory.uninvoked if one.template.file == file],
        )
