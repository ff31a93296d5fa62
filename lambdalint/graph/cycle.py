"""Ways by which events come back to the function that causes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from lambdalint.confidence import Confidence
from lambdalint.graph.effect import Effect, Node
from lambdalint.graph.hop import Hop, Wires, hops, passes
from lambdalint.graph.resource import Resource
from lambdalint.pattern import Verdict
from lambdalint.value import Place

# Longer ways round are nobody's mistake; more of them say nothing new.
MOST_STEPS, MOST_CYCLES, MOST_TRIES = 12, 50, 5000


class Step(NamedTuple):
    """One step of the way round: where it is written, what it does, and how sure that is."""

    target: Node
    at: Place
    said: str
    confidence: Confidence
    effect: Effect | None = None
    hop: Hop | None = None


class Cycle(NamedTuple):
    """A way from a function back to itself."""

    function: Resource
    steps: tuple[Step, ...]

    @property
    def confidence(self) -> Confidence:
        """That of its weakest step."""
        return min(step.confidence for step in self.steps)

    @property
    def functions(self) -> list[Resource]:
        """Those on the way, the first one first."""
        return [self.function, *_functions(self.steps[:-1])]

    @property
    def resources(self) -> list[Node]:
        """What lies between the functions."""
        return [step.target for step in self.steps if not as_function(step.target)]

    @property
    def effects(self) -> list[Effect]:
        """What the functions do on the way."""
        return [step.effect for step in self.steps if step.effect]


class World(Wires, Protocol):
    """What a search asks, in the world of the function it starts from."""

    def effects(self, function: Resource) -> list[Effect]: ...
    def ends(self, function: Resource) -> list[Hop]: ...
    def rank(self, function: Resource) -> int: ...


def cycles(start: Resource, world: World) -> Iterator[Cycle]:
    """The ways round that begin at a function, and at none before it."""
    search = _Search(start, world)
    for found in range(MOST_CYCLES):
        del found
        if (cycle := search.next()) is None:
            return
        yield cycle


class _Search:
    def __init__(self, start: Resource, world: World) -> None:
        self.start, self.world, self.tries = start, world, 0
        self.found = self._from(start, ())

    def next(self) -> Cycle | None:
        return next(self.found, None)

    def _from(self, node: Node, way: tuple[Step, ...]) -> Iterator[Cycle]:
        if len(way) >= MOST_STEPS or self.tries >= MOST_TRIES:
            return
        for step in self._steps(node, way):
            self.tries += 1
            if step.target == self.start:
                yield Cycle(self.start, (*way, step))
            elif all(step.target != one.target for one in way) and self._is_after(step.target):
                yield from self._from(step.target, (*way, step))

    def _is_after(self, node: Node) -> bool:
        """A cycle is told at the first of its functions alone."""
        function = as_function(node)
        return function is None or self.world.rank(function) > self.world.rank(self.start)

    def _steps(self, node: Node, way: tuple[Step, ...]) -> Iterator[Step]:
        if function := as_function(node):
            yield from self._done_by(function, way)
            return
        effect = way[-1].effect if way else None
        for hop in hops(node, self.start, self.world):
            yield from _taken(hop, effect)

    def _done_by(self, function: Resource, way: tuple[Step, ...]) -> Iterator[Step]:
        for effect in self.world.effects(function):
            # What a role may do to anything is no step of a long way.
            if not effect.anywhere or not _functions(way):
                at, said = effect.evidence[0]
                yield Step(effect.target, at, said, effect.confidence, effect=effect)
        for hop in self.world.ends(function):
            yield Step(hop.target, hop.at, hop.said, Confidence.HIGH, hop=hop)


def _taken(hop: Hop, effect: Effect | None) -> Iterator[Step]:
    verdict = passes(hop, effect)
    if verdict is Verdict.NO:
        return
    sure = Confidence.HIGH if verdict is Verdict.YES else Confidence.MEDIUM
    yield Step(hop.target, hop.at, hop.said, sure, hop=hop)


def _functions(steps: tuple[Step, ...]) -> list[Resource]:
    return [function for step in steps if (function := as_function(step.target))]


def as_function(node: Node) -> Resource | None:
    """The node, if it is a function."""
    is_function = isinstance(node, Resource) and node.type == "AWS::Lambda::Function"
    return node if isinstance(node, Resource) and is_function else None
