"""The inventory: every function, every trigger of it, and what happens to an event that fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from lambdalint.graph import Graph, Mention, Resource, Trigger
from lambdalint.graph.edges import Subject
from lambdalint.inventory.read import read
from lambdalint.inventory.told import Told
from lambdalint.rule import Finding
from lambdalint.template import Template
from lambdalint.value import Path, Place
from lambdalint.when import Deployments
from lambdalint.world import World

# What is said about a trigger, in the order in which people ask.
QUESTIONS = (
    "subject",
    "state",
    "model",
    "batch",
    "retries",
    "failures",
    "results",
    "order",
    "pressure",
    "concurrency",
    "time",
    "payload",
    "duplicates",
)


class Variant(NamedTuple):
    """What is said in some deployments: in those of `when`, "" if in all."""

    told: Told
    when: str


class Row(NamedTuple):
    """A trigger of a function, as its likeliest deployment has it.

    `when` are the deployments that have it, "" if all have. `said` answers each question for all of
    them: `10 messages`, `or 100 messages when Stage = prod`.
    """

    trigger: Trigger
    when: str
    said: Mapping[str, tuple[str, ...]]
    variants: tuple[Variant, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def template(self) -> Template:
        """The template of the function, or else of what invokes it."""
        function = self.trigger.function
        return (function if isinstance(function, Resource) else self.trigger.via).template


class Uninvoked(NamedTuple):
    """A function without a trigger: the functions that may call it, and what names it."""

    function: Resource
    callers: tuple[Resource, ...]
    mentions: tuple[Mention, ...]

    @property
    def template(self) -> Template:
        return self.function.template


class Inventory(NamedTuple):
    """Everything there is to say, in the order of the templates and of their functions."""

    templates: tuple[Template, ...] = ()
    rows: tuple[Row, ...] = ()
    uninvoked: tuple[Uninvoked, ...] = ()


# A trigger between the same ends; conditions may decide which ends those are.
_Key: TypeAlias = tuple[int, object, str, object]


@dataclass(slots=True, eq=False)
class _Case:
    """A trigger, and what is said about it in each of its worlds."""

    trigger: Trigger
    subject: Subject
    seen: list[tuple[World, Told]] = field(default_factory=list)
    exists: Deployments = field(default_factory=Deployments)


def take(graph: Graph, findings: Iterable[Finding] = ()) -> Inventory:
    """The inventory of the templates of a graph; findings go to the triggers they are about."""
    cases: dict[_Key, _Case] = {}
    for trigger in graph.triggers(disabled=True):
        told = read(graph, trigger)
        key = id(graph.subject), trigger.function, trigger.qualifier, trigger.source
        case = cases.setdefault(key, _Case(trigger, graph.subject))
        case.seen.append((graph.world, told))
        case.exists.add(graph.subject, graph.world)
    templates = {template.key: template for template in graph.templates}
    rows = sorted((_row(case, templates) for case in cases.values()), key=_Order(graph).of)
    found = _attributed(rows, findings)
    return Inventory(
        tuple(graph.templates),
        tuple(row._replace(findings=tuple(found[index])) for index, row in enumerate(rows)),
        tuple(_uninvoked(graph, rows)),
    )


def _row(case: _Case, templates: Mapping[str, Template]) -> Row:
    variants: list[tuple[Told, Deployments]] = []
    for world, told in case.seen:
        deployments = next((those for one, those in variants if one == told), None)
        if deployments is None:
            deployments = Deployments()
            variants.append((told, deployments))
        deployments.add(case.subject, world)
    return Row(
        case.trigger,
        case.exists.words(templates),
        {question: _said(case, question, templates) for question in QUESTIONS},
        tuple(Variant(told, those.words(templates)) for told, those in variants),
    )


_MOST_ANSWERS = 3


def _said(case: _Case, question: str, templates: Mapping[str, Template]) -> tuple[str, ...]:
    """The answers to a question, and when each of them holds but the likeliest."""
    among = Subject(seen=[world for world, _ in case.seen])
    answers: dict[str, Deployments] = defaultdict(Deployments)
    for world, told in case.seen:
        answers[getattr(told, question)].add(among, world)
    first, *others = answers
    if not others:
        return (first,)
    shown = [f"or {one or 'none'} when {answers[one].words(templates)}" for one in others]
    if len(shown) > _MOST_ANSWERS:
        shown[_MOST_ANSWERS - 1 :] = [f"or {len(shown) - _MOST_ANSWERS + 1} others"]
    return first or "none", *shown


class _Order:
    """The order of templates, of the functions in them, and of the triggers of a function."""

    def __init__(self, graph: Graph) -> None:
        self._templates = {one.key: number for number, one in enumerate(graph.templates)}
        self._resources = {
            declaration: number
            for template in graph.templates
            for number, declaration in enumerate(template.resources.values())
        }

    def of(self, row: Row) -> tuple[object, ...]:
        """Functions that no template declares come last in the template that invokes them."""
        trigger, function = row.trigger, row.trigger.function
        number = len(self._resources)
        if isinstance(function, Resource):
            number = self._resources[function.declaration]
        file = self._templates[row.template.key]
        return file, number, function.name, trigger.qualifier, trigger.at.location


# --- findings -------------------------------------------------------------------------------------


# A place as a key: its file and its path.
_At: TypeAlias = tuple[str, Path]


def _attributed(rows: Sequence[Row], findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """The findings of each row: what says something at a trigger, or else at both of its ends."""
    written: dict[_At, list[int]] = defaultdict(list)
    ends: dict[_At, list[tuple[_At, int]]] = defaultdict(list)
    for index, row in enumerate(rows):
        trigger = row.trigger
        written[_at(trigger.at)].append(index)
        if isinstance(trigger.function, Resource) and isinstance(trigger.source, Resource):
            ends[_at(trigger.function.at)].append((_at(trigger.source.at), index))
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        around = {
            (file, path[:length])
            for file, path in (_at(note.at) for note in finding.notes)
            for length in range(2, len(path) + 1)
        }
        about = {index for at in around for index in written.get(at, ())} or {
            index for at in around for source, index in ends.get(at, ()) if source in around
        }
        for index in about:
            found[index].append(finding)
    return found


def _at(place: Place) -> _At:
    return place.source.file, place.path


# --- functions without triggers -------------------------------------------------------------------


def _uninvoked(graph: Graph, rows: Iterable[Row]) -> Iterator[Uninvoked]:
    invoked = {row.trigger.function for row in rows}
    without: dict[Resource, dict[Resource, None]] = {}
    for function in graph.functions():
        if function not in invoked:
            without.setdefault(function, {})
    for caller in graph.functions() if without else ():
        shared = graph.shares_role(caller)
        for call in graph.calls(caller):
            if call.callee in without and (call.variable or not shared):
                without[call.callee][caller] = None
    for function, callers in without.items():
        yield Uninvoked(function, tuple(callers), tuple(graph.mentions(function)))
