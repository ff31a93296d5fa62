"""Ways by which events come back to the function that causes them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, Protocol, TypeAlias, TypeGuard

from lambdalint.confidence import Confidence
from lambdalint.graph.access import same_qualifier
from lambdalint.graph.act import BUCKET, BUS, FUNCTION, QUEUE, TOPIC, TOPIC_RULE
from lambdalint.graph.component import components
from lambdalint.graph.effect import Effect, called
from lambdalint.graph.hop import Hop, carried, passes
from lambdalint.graph.node import Node, type_of
from lambdalint.graph.resource import Resource
from lambdalint.graph.trigger import Trigger
from lambdalint.pattern import Verdict
from lambdalint.value import Place

# Services offer no longer ways between functions, and nobody fixes more of them at once.
MOST_HOPS, MOST_STARTS = 8, 50


class Leg(NamedTuple):
    """A way from a function, or a rule that publishes again, to the next one.

    `doubts` are the hops of which nobody can tell whether the events pass. `entered` is the
    qualifier of an asynchronous invocation at its end, None if it is none.
    """

    effect: Effect
    hops: tuple[Hop, ...]
    doubts: tuple[Hop, ...]
    end: Resource
    entered: str | None

    @property
    def start(self) -> Resource:
        return self.effect.actor

    @property
    def confidence(self) -> Confidence:
        """That of the effect, and less if a filter may stop what comes of it."""
        return self.effect.confidence.less if self.doubts else self.effect.confidence

    @property
    def nodes(self) -> list[Node]:
        """What lies between its ends."""
        between = [self.effect.target, *(hop.target for hop in self.hops)]
        return between[:-1]

    def follows(self, entered: str | None) -> bool:
        """Whether it can be gone after an invocation: results are sent after some of them alone."""
        after = self.effect.after
        return after is None or (entered is not None and same_qualifier(after, entered))


class Cycle(NamedTuple):
    """A way round.

    Whether it `is_noticed`: Lambda counts the rounds, and ends them, as far as the templates tell.
    `unguarded` is where a template keeps Lambda from that.
    """

    legs: tuple[Leg, ...]
    is_noticed: bool = False
    unguarded: Place | None = None

    @classmethod
    def of(cls, legs: Iterable[Leg]) -> Cycle:
        """The way round that legs make.

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
        """
        cycle = cls(tuple(legs))
        if not cycle.types <= _COUNTED or any(leg.effect.after is not None for leg in cycle.legs):
            return cycle
        settings = [function.get("RecursiveLoop") for function in cycle.functions]
        allowing = next((one.at for one in settings if one.data == "Allow"), None)
        known = all(one.data in (None, "Terminate") for one in settings)
        return cycle._replace(is_noticed=known, unguarded=allowing)

    @property
    def start(self) -> Resource:
        return self.legs[0].start

    @property
    def confidence(self) -> Confidence:
        """That of its weakest leg."""
        return min(leg.confidence for leg in self.legs)

    @property
    def functions(self) -> list[Resource]:
        return [leg.start for leg in self.legs if leg.start.type == FUNCTION]

    @property
    def nodes(self) -> list[Node]:
        """What lies between the functions."""
        return [node for leg in self.legs for node in leg.nodes]

    @property
    def types(self) -> set[str]:
        """The types of what lies between the functions, or hands events on there."""
        vias = (hop.via.type for leg in self.legs for hop in leg.hops)
        return {*map(type_of, self.nodes), *(_HANDING[via] for via in vias if via in _HANDING)}

    @property
    def hops(self) -> list[Hop]:
        return [hop for leg in self.legs for hop in leg.hops]

    @property
    def path(self) -> str:
        """`Fulfil → Orders → Fulfil`."""
        names = [self.start.name]
        for leg in self.legs:
            names += [called(node, leg.effect.entry) for node in (*leg.nodes, leg.end)]
        return " → ".join(names)


# What hands events on is a service of its own, though the way goes on from what it reads.
_HANDING = {"AWS::Events::Rule": BUS, "AWS::Pipes::Pipe": "AWS::Pipes::Pipe"}

_COUNTED = {QUEUE, TOPIC, BUCKET}


class Ways(Protocol):
    """What a search asks, in the world of the function it starts from."""

    def effects(self, actor: Resource) -> list[Effect]: ...
    def hops(self, node: Node, near: Resource) -> list[Hop]: ...
    def rank(self, actor: Resource) -> int: ...


# A function, and how it was invoked: the `entered` of the leg that led there.
State: TypeAlias = tuple[Resource, str | None]


class Search:
    """A search for the ways round in one world; `tries` counts the hops that were looked at."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._known: dict[Resource, list[Leg]] = {}
        self.tries = 0

    def alone(self, start: Resource) -> list[Cycle]:
        """The ways from a function to itself, by whatever it causes first: each once, the surest."""
        found: dict[Node, Leg] = {}
        for leg in self._legs(start):
            if leg.end == start and leg.follows(leg.entered):
                known = found.setdefault(leg.effect.target, leg)
                found[leg.effect.target] = min(known, leg, key=_rank)
        return [Cycle.of([leg]) for leg in found.values()]

    def together(self, actors: Iterable[Resource]) -> list[Cycle]:
        """The ways through several of these functions: of all that are connected, the shortest.

        What is connected by less than certain steps is told where no surer way round is part of it.
        """
        following = self._following(actors)
        found: list[Cycle] = []
        told: set[Resource] = set()
        for level in sorted(Confidence, reverse=True):
            sure = {
                state: [leg for leg in legs if leg.confidence >= level]
                for state, legs in following.items()
            }
            parts: dict[int, list[State]] = {}
            steps = {state: [*map(_state, legs)] for state, legs in sure.items()}
            for state, part in components(steps).items():
                parts.setdefault(part, []).append(state)
            for states in parts.values():
                members = {actor for actor, _ in states}
                if not members & told:
                    found.append(self._shortest(states, sure))
                told |= members
        return found

    # --- from function to function

    def _following(self, actors: Iterable[Resource]) -> dict[State, list[Leg]]:
        """The legs to other functions from each of these, however it was invoked."""
        states: dict[State, None] = {}
        for actor in actors:
            legs = self._legs(actor)
            states |= dict.fromkeys(((actor, None), *((actor, leg.effect.after) for leg in legs)))
            states |= dict.fromkeys(map(_state, legs))
        return {
            (actor, entered): [
                leg
                for leg in self._legs(actor)
                # What a role may do to anything is no step of a long way.
                if leg.end != actor and leg.follows(entered) and not leg.effect.anywhere
            ]
            for actor, entered in states
        }

    def _shortest(self, states: list[State], following: dict[State, list[Leg]]) -> Cycle:
        """The shortest way round through some of the states of a component."""
        among = {*states}
        ways = [
            way
            for start in sorted(states, key=self._order)[:MOST_STARTS]
            if (way := _back(start, among, following))
        ]
        legs = min(ways, key=lambda way: sum(map(_length, way)))
        first = min(range(len(legs)), key=lambda index: self._ways.rank(legs[index].start))
        return Cycle.of([*legs[first:], *legs[:first]])

    def _order(self, state: State) -> tuple[int, str]:
        return self._ways.rank(state[0]), state[1] or ""

    # --- from a function to the next

    def _legs(self, start: Resource) -> list[Leg]:
        """The legs from a function: by each of its effects the surest to each end, the shortest."""
        if start not in self._known:
            effects = self._ways.effects(start)
            self._known[start] = [leg for effect in effects for leg in self._led(effect)]
        return self._known[start]

    def _led(self, effect: Effect) -> Iterator[Leg]:
        turn = count()  # what is as good is found in the order of the templates
        todo = [(0, 0, next(turn), _Here(effect.target, effect, _qualifier(effect)))]
        seen: set[Hashable] = set()
        while todo:
            *_, here = heappop(todo)
            if here.state in seen:
                continue
            seen.add(here.state)
            if is_actor(here.node):
                yield Leg(effect, here.hops, here.doubts, here.node, here.entered)
            elif len(here.hops) < MOST_HOPS:
                for hop in self._ways.hops(here.node, effect.actor):
                    self.tries += 1
                    if further := here.taken(hop):
                        heappush(todo, (*further.cost, next(turn), further))


class _Here(NamedTuple):
    """Where a search has come to, and what it knows there of the events."""

    node: Node
    effect: Effect | None
    entered: str | None = None
    is_forwarded: bool = False
    hops: tuple[Hop, ...] = ()
    doubts: tuple[Hop, ...] = ()

    @property
    def state(self) -> Hashable:
        return self.node, self.effect, self.entered, self.is_forwarded

    @property
    def cost(self) -> tuple[int, int]:
        return len(self.doubts), len(self.hops)

    def taken(self, hop: Hop) -> _Here | None:
        """Where a hop leads, None if the events do not go there."""
        verdict = passes(hop, self.effect)
        # A bus does not hand on what it got from a bus.
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
        forwards = type_of(hop.source) == type_of(hop.target) == BUS
        if verdict is Verdict.NO or (forwards and self.is_forwarded):
            return None
        return _Here(
            hop.target,
            carried(hop, self.effect),
            _entered(hop),
            forwards,
            (*self.hops, hop),
            (*self.doubts, hop) if verdict is Verdict.MAYBE else self.doubts,
        )


def _rank(leg: Leg) -> tuple[int, int]:
    return -leg.confidence, len(leg.hops)


def _state(leg: Leg) -> State:
    return leg.end, leg.entered


def _length(leg: Leg) -> int:
    return len(leg.nodes) + 1


def _back(
    start: State, among: Collection[State], following: Mapping[State, list[Leg]]
) -> list[Leg]:
    """The shortest way from a state back to it, within some states; empty if there is none."""
    turn = count()
    todo: list[tuple[int, int, State, list[Leg]]] = [(0, next(turn), start, [])]
    seen: set[State] = set()
    while todo:
        length, _, state, way = heappop(todo)
        if state == start and way:
            return way
        if state in seen:
            continue
        if way:
            seen.add(state)
        for leg in following[state]:
            if _state(leg) in among and _state(leg) not in seen:
                heappush(todo, (length + _length(leg), next(turn), _state(leg), [*way, leg]))
    return []


def _qualifier(effect: Effect) -> str | None:
    """The qualifier by which a function is invoked without waiting for it."""
    call = effect.call
    if effect.after is not None:
        return effect.entry if isinstance(effect.entry, str) else ""
    if call is None or call.arguments.get("InvocationType") != "Event":
        return None
    return str(call.arguments.get("Qualifier", ""))


def _entered(hop: Hop) -> str | None:
    edge = hop.edge
    is_asynchronous = isinstance(edge, Trigger) and edge.kind.model == "async"
    return edge.qualifier if isinstance(edge, Trigger) and is_asynchronous else None


def is_actor(node: Node) -> TypeGuard[Resource]:
    """Whether events end there, unless it causes others."""
    return isinstance(node, Resource) and node.type in (FUNCTION, TOPIC_RULE)
