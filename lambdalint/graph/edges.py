"""Edges of any kind: found once, and given out again in every world that tells them apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeAlias, TypeVar

from lambdalint.graph.resource import Resource
from lambdalint.template import Declaration, Gate, Gated, Template
from lambdalint.value import Place, Value
from lambdalint.world import Answers, Common, World


class Edge(Protocol):
    """Something that connects resources."""

    @property
    def ends(self) -> tuple[Resource, ...]:
        """The declared resources it touches."""

    @property
    def at(self) -> Place:
        """Where it is written."""


E = TypeVar("E", bound=Edge)


def written_at(via: Resource, settings: Value) -> Place:
    """Where an edge is written: at its entry, or at the resource that is nothing but the edge."""
    return via.at if settings.at == via.get().at else settings.at


@dataclass(frozen=True, slots=True)
class Shape(Generic[E]):
    """A form in which templates write edges.

    `entries` finds where one may be written, looking through `Fn::If` without settling anything;
    `read` tells which edges such an entry, settled, is in a world.
    """

    entries: Callable[[Declaration], Iterable[Gated]]
    read: Callable[[Resource, Value], Iterator[E]]


# Which of the edges of an entry it is, in whatever world: the n-th of those at a place.
_Key: TypeAlias = tuple[Place, int]

Shapes: TypeAlias = Mapping[str, Sequence[Shape[E]]]


@dataclass(slots=True, eq=False)
class Subject:
    """What a check looks at: all worlds it was seen in, and those that do not have it."""

    without: tuple[Answers, ...] = ()
    seen: list[World] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Found(Generic[E]):
    """An edge as it was found: where it is written, and the answers under which it is there."""

    template: Template
    owner: Declaration
    shape: Shape[E]
    entry: Value
    key: _Key
    answers: Answers

    def bind(self, world: World) -> E | None:
        """The edge in a world that gives the answers."""
        if self not in world.memory:
            resource = Resource(self.owner, world.scope(self.template))
            edges = self.shape.read(resource, resource.scope.settle(self.entry))
            world.memory[self] = next((e for key, e in _keyed(edges) if key == self.key), None)
        edge: E | None = world.memory[self]
        return edge


class Edges(Generic[E]):
    """All edges of some shapes, in all worlds."""

    def __init__(self, templates: Iterable[Template], shapes: Shapes[E], common: Common) -> None:
        self._common = common
        self._wires: list[list[_Found[E]]] = []
        self._leaves: list[list[Answers]] = []
        self._touching: dict[Declaration, list[_Found[E]]] = defaultdict(list)
        for template in templates:
            for declaration in template.resources.values():
                for shape in shapes.get(declaration.type, ()):
                    for gates, entry in shape.entries(declaration):
                        self._find(template, declaration, shape, gates, entry)

    def _find(
        self,
        template: Template,
        owner: Declaration,
        shape: Shape[E],
        gates: tuple[Gate, ...],
        entry: Value,
    ) -> None:
        found: list[_Found[E]] = []
        leaves: list[Answers] = []
        for world in self._common.worlds(entry.at):
            scope = world.scope(template)
            edges: list[E] = []
            if scope.open(owner.gates) and scope.open(gates):
                edges += shape.read(Resource(owner, scope), scope.settle(entry))
            answers = dict(world.answers)
            leaves.append(answers)
            for key, edge in _keyed(edges):
                one = _Found(template, owner, shape, entry, key, answers)
                found.append(one)
                world.memory[one] = edge
                for end in {end.declaration for end in edge.ends}:
                    self._touching[end].append(one)
        if found:
            self._wires.append(found)
            self._leaves.append(leaves)

    def everywhere(self) -> Iterator[tuple[Subject, E]]:
        """Every edge, once in each world that whoever receives it tells apart."""
        for wire, leaves in zip(self._wires, self._leaves, strict=True):
            for key in dict.fromkeys(found.key for found in wire):
                having = [found for found in wire if found.key == key]
                with_it = {id(found.answers) for found in having}
                subject = Subject(tuple(leaf for leaf in leaves if id(leaf) not in with_it))
                for found in having:
                    yield from self._in_worlds(found, subject)

    def _in_worlds(self, found: _Found[E], subject: Subject) -> Iterator[tuple[Subject, E]]:
        for world in self._common.worlds(found.entry.at, found.answers):
            subject.seen.append(world)
            if (edge := found.bind(world)) is not None:
                yield subject, edge

    def touching(self, resource: Resource) -> Iterator[E]:
        """The edges at a resource, in the world of that resource."""
        for found in self._touching.get(resource.declaration, ()):
            scope = resource.world.scope(found.template)
            if scope.agrees(found.answers) and (edge := found.bind(resource.world)) is not None:
                yield edge

    def ever(self, resource: Resource) -> Iterator[E]:
        """The edges at a resource in any world, each in one of its own."""
        for found in self._touching.get(resource.declaration, ()):
            if (edge := found.bind(World(dict(found.answers)))) is not None:
                yield edge


def _keyed(edges: Iterable[E]) -> Iterator[tuple[_Key, E]]:
    seen: Counter[Place] = Counter()
    for edge in edges:
        yield (edge.at, seen[edge.at]), edge
        seen[edge.at] += 1
