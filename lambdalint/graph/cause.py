"""What functions do by their code, or may do, and how it comes back to them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from lambdalint.graph.bucket import Route, Write, writes
from lambdalint.graph.cycle import Cycle, cycles
from lambdalint.graph.delivery import Delivery
from lambdalint.graph.effect import KINDS, Effect, effects, lets_do
from lambdalint.graph.hop import Hop
from lambdalint.graph.put import written
from lambdalint.graph.reference import resolve
from lambdalint.graph.resource import Resource
from lambdalint.graph.trigger import Trigger
from lambdalint.template import Declaration

if TYPE_CHECKING:
    from lambdalint.graph import Graph


class Causes:
    """What the functions of a graph cause."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def writes(self, function: Resource, route: Route) -> Iterator[Write]:
        """What a function writes, or may write, into the bucket that a route begins at.

        One that may write anywhere, but whose environment tells it of other buckets, means those.
        """
        handler = self._graph.handler(function)
        if handler:
            yield from written(handler, function, route)
            if handler.complete and handler.certain:
                return  # it writes nothing that it does not say
        told = self._graph.told_buckets(function)
        for write in writes(self._graph.grants(function), route.bucket, route.families):
            if not (write.anywhere and told and route.bucket not in told):
                yield write

    def effects(self, function: Resource) -> list[Effect]:
        """What a function does to resources so that events come of it, or may do."""
        memory = function.world.memory
        key = effects, function.declaration
        if key not in memory:
            memory[key] = list(self._effects(function))
        found: list[Effect] = memory[key]
        return found

    def _effects(self, function: Resource) -> Iterator[Effect]:
        grants = self._graph.grants(function)
        if grants.complete and not any(map(lets_do, grants.statements)):
            return  # whatever its code says
        around = self._graph.around(function, *KINDS)
        elsewhere = self._graph.sent_by_lambda(function)
        for effect in effects(function, grants, self._graph.handler(function), around):
            if effect.call or effect.target not in elsewhere:
                yield effect

    def ends(self, function: Resource) -> list[Hop]:
        """Where Lambda sends the results and failures of asynchronous invocations."""
        found = [
            Hop(function, one.function, one)
            for one in self.triggers_of(function)
            if one.source == function != one.function and isinstance(one.function, Resource)
        ]
        for config in self._graph.invoke_configs(function):
            for end in (config.on_success, config.on_failure):
                target = resolve(end.data, config.resource.scope)
                if isinstance(target, Resource) and target.type != "AWS::Lambda::Function":
                    edge = Delivery(
                        "lambda.amazonaws.com", function, target, config.resource, end, end.at
                    )
                    found.append(Hop(function, target, edge))
        return found

    def cycles(self, function: Resource) -> list[Cycle]:
        """The ways by which events come back to a function, and to none before it."""
        return cycles(function, self)

    # --- the edges that a search follows

    def triggers_of(self, resource: Resource) -> list[Trigger]:
        """The enabled triggers at a resource."""
        return self._graph.triggers_of(resource)

    def handed_on(self, resource: Resource) -> list[Delivery]:
        """What a resource hands its events on to."""
        return self._graph.handed_on(resource)

    def around(self, near: Resource, *types: str) -> list[Resource]:
        """The resources of these types in the application of a resource."""
        return self._graph.around(near, *types)

    def rank(self, function: Resource) -> int:
        """The number of a function among all, in the order of the templates."""
        return self._ranks[function.declaration]

    @cached_property
    def _ranks(self) -> dict[Declaration, int]:
        templates = self._graph.templates
        declared = (one for template in templates for one in template.resources.values())
        return {one: number for number, one in enumerate(declared)}
