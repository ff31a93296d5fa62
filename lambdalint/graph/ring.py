"""Where events can come back at all, and how they do in each deployment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from lambdalint.graph.act import FUNCTION, TOPIC_RULE
from lambdalint.graph.component import components
from lambdalint.graph.cycle import Cycle, Search
from lambdalint.graph.delivery import Delivery
from lambdalint.graph.edges import Edges, Subject
from lambdalint.graph.effect import Effect
from lambdalint.graph.hop import Edge, Hop, end, origins
from lambdalint.graph.node import Node, key_of
from lambdalint.graph.onward import ONWARD
from lambdalint.graph.resource import Resource
from lambdalint.template import Declaration, Template
from lambdalint.world import Common, World

if TYPE_CHECKING:
    from lambdalint.graph import Graph
    from lambdalint.graph.cause import Causes


class Loop(NamedTuple):
    """A way round, and the deployment that has it."""

    cycle: Cycle
    subject: Subject
    world: World


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Where the edges that a resource makes may lead, and the template that it stands in."""

    template: Template
    keys: set[Hashable] = field(default_factory=set)


class Rings:
    """The functions and resources between which events may go round, whatever the deployment.

    What is in no ring need not be searched, nor asked about its conditions.
    """

    def __init__(self, graph: Graph, causes: Causes) -> None:
        self._graph, self._causes = graph, causes
        self._onward = Edges(graph.templates, ONWARD, Common())
        # What makes edges, by where they begin: the templates, and where they lead.
        self._vias: dict[Hashable, dict[Declaration, _Ends]] = defaultdict(dict)
        self._following: dict[Hashable, dict[Hashable, None]] = defaultdict(dict)
        self._searches: list[Search] = []
        self._find_edges()
        self._actors = self._find_actors()
        self._rings = components(self._following)
        self._ranks = {
            declaration: rank
            for rank, declaration in enumerate(
                one for template in graph.templates for one in template.resources.values()
            )
        }

    @property
    def tries(self) -> int:
        """How many hops were looked at so far."""
        return sum(search.tries for search in self._searches)

    @cached_property
    def loops(self) -> list[Loop]:
        """Every way round, in each deployment that can be told apart."""
        return [*self._loops()]

    def _loops(self) -> Iterator[Loop]:
        for actor in self._each():
            subject, world = self._graph.subject, self._graph.world
            ring = self._rings.get(actor.declaration)
            if ring is None:
                continue
            yield from (Loop(cycle, subject, world) for cycle in self._found(actor, ring))

    def _found(self, actor: Resource, ring: int) -> list[Cycle]:
        """The ways round that are told at an actor: its own, and those that it is the first of."""
        memory = actor.world.memory
        if Search not in memory:
            memory[Search] = Search(self)
            self._searches.append(memory[Search])
        search: Search = memory[Search]
        if (Search, ring) not in memory:
            others = (
                Resource(one, actor.world.scope(template))
                for one, template in self._actors.items()
                if self._rings.get(one) == ring
            )
            deployed = [one for one in others if one.scope.open(one.declaration.gates)]
            memory[Search, ring] = search.together(deployed)
        together: list[Cycle] = memory[Search, ring]
        return [*search.alone(actor), *(one for one in together if one.start == actor)]

    def _each(self) -> Iterator[Resource]:
        yield from self._graph.resources(FUNCTION, TOPIC_RULE)

    # --- what a search asks

    def rank(self, actor: Resource) -> int:
        """The number of a resource among all, in the order of the templates."""
        return self._ranks[actor.declaration]

    def effects(self, actor: Resource) -> list[Effect]:
        """What an actor causes that may come back to it."""
        ring = self._rings.get(actor.declaration)
        every = self._all_effects(actor)
        return [one for one in every if self._rings.get(key_of(one.target, actor)) == ring]

    def hops(self, node: Node, near: Resource) -> list[Hop]:
        """Where events go from a node and may still come back."""
        key, memory = key_of(node, near), near.world.memory
        if (Hop, key) not in memory:
            ring = self._rings.get(key)
            vias = (
                Resource(declaration, near.world.scope(ends.template))
                for declaration, ends in self._vias.get(key, {}).items()
                if any(self._rings.get(end) == ring for end in ends.keys)
            )
            found = [hop for via in vias for hop in self._leaving(node, key, via)]
            memory[Hop, key] = [
                hop for hop in found if self._rings.get(key_of(hop.target, hop.via)) == ring
            ]
        hops: list[Hop] = memory[Hop, key]
        return hops

    def _leaving(self, node: Node, key: Hashable, via: Resource) -> Iterator[Hop]:
        if via.scope.open(via.declaration.gates):
            edges: list[Edge] = [*self._graph.triggers_of(via), *self._deliveries(via)]
            for edge in edges:
                target = end(edge)
                if edge.via == via and target and any(key_of(o, via) == key for o in origins(edge)):
                    yield Hop(node, target, edge)

    # --- over all deployments

    def _find_edges(self) -> None:
        onward = (one for _, one in self._onward.everywhere())
        edges: Iterator[Edge] = chain(self._graph.triggers(), self._graph.deliveries(), onward)
        for edge in edges:
            if target := end(edge):
                for origin in origins(edge):
                    key = key_of(origin, edge.via)
                    ends = self._vias[key].setdefault(
                        edge.via.declaration, _Ends(edge.via.template)
                    )
                    ends.keys.add(key_of(target, edge.via))
                    self._following[key][key_of(target, edge.via)] = None

    def _find_actors(self) -> dict[Declaration, Template]:
        """All that events get to, or that may begin by itself; nobody reads the code of others."""
        actors: dict[Declaration, Template] = {}
        reached = {key for following in self._following.values() for key in following}
        while True:
            further = {
                actor.declaration: actor.template
                for actor in self._each()
                if actor.declaration not in actors
                and (actor.declaration in reached or self._may_invoke(actor))
            }
            if not further:
                return actors
            actors |= further
            for actor in self._each():
                if actor.declaration in further:
                    targets = [key_of(one.target, actor) for one in self._all_effects(actor)]
                    self._following[actor.declaration] |= dict.fromkeys(targets)
                    reached.update(targets)

    def _may_invoke(self, function: Resource) -> bool:
        """Whether a function may call functions, and so itself, as far as its role tells."""
        grants = self._graph.grants(function)
        return not grants.complete or any(
            one.allow and one.covers("lambda:InvokeFunction") for one in grants.statements
        )

    def _all_effects(self, actor: Resource) -> list[Effect]:
        memory, key = actor.world.memory, (Effect, actor.declaration)
        if key not in memory:
            found = [*self._causes.effects(actor)]
            if actor.type == FUNCTION:
                found += self._causes.results(actor)
                # Nobody but subscriptions reads what everybody writes.
                logged = self._causes.logged(actor) if self._reads_logs else ()
                found += (one for one in logged if key_of(one.target, actor) in self._vias)
            memory[key] = found
        every: list[Effect] = memory[key]
        return every

    @cached_property
    def _reads_logs(self) -> bool:
        return any(
            one.type.startswith("AWS::Logs::") for vias in self._vias.values() for one in vias
        )

    def _deliveries(self, via: Resource) -> Iterator[Delivery]:
        yield from self._graph.delivered_by(via)
        yield from (one for one in self._onward.touching(via) if one.via == via)
