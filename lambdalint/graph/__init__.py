"""The resources of all templates of a run and what flows between them: what a check may ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from lambdalint.graph.delivery import DELIVERIES, FAILURES, Delivery, Failure
from lambdalint.graph.edges import Edges, Subject
from lambdalint.graph.iam import ATTACHMENTS, Attachment, Grants, of_role
from lambdalint.graph.invoke import CONFIGS, InvokeConfig
from lambdalint.graph.permission import PERMISSIONS, POLICIES, Permission, Policy
from lambdalint.graph.provider import is_provider
from lambdalint.graph.reference import means, resolve
from lambdalint.graph.resource import External, Resource, descend, document
from lambdalint.graph.trigger import KINDS, STREAMS, Kind, Trigger, shapes
from lambdalint.template import Template
from lambdalint.world import Map, World, worlds

__all__ = [
    "KINDS",
    "STREAMS",
    "Delivery",
    "External",
    "Failure",
    "Grants",
    "Graph",
    "InvokeConfig",
    "Kind",
    "Permission",
    "Policy",
    "Resource",
    "Trigger",
    "descend",
    "document",
    "resolve",
]


class Graph:
    """Everything a check may ask.

    The questions without a resource in them (`triggers`, `functions`, `resources`) give their
    subjects once in each world that the check tells apart by asking. The others stay in the world
    of the resource they are given.
    """

    def __init__(self, templates: Iterable[Template]) -> None:
        self.templates = [one for one in templates if not one.macros()]
        # Where the check that is running stands: the engine pins claims to it.
        self.subject = Subject()
        self.world = World({})

    # --- subjects

    def triggers(self, *kinds: str) -> Iterator[Trigger]:
        """Every enabled trigger of these kinds (of any kind if none is named)."""
        for subject, trigger in self._triggers.everywhere():
            if (not kinds or trigger.kind.name in kinds) and _matters(trigger):
                self.subject, self.world = subject, trigger.via.world
                yield trigger

    def functions(self) -> Iterator[Resource]:
        """Every function that is not CDK's own."""
        return self.resources("AWS::Lambda::Function")

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of these types that CDK did not make for itself."""
        for template in self.templates:
            for declaration in template.resources.values():
                if declaration.type not in types or is_provider(declaration):
                    continue
                subject = Subject()
                for world in worlds():
                    subject.seen.append(world)
                    scope = world.scope(template)
                    if scope.open(declaration.gates):
                        self.subject, self.world = subject, world
                        yield Resource(declaration, scope)

    def deliveries(self) -> Iterator[Delivery]:
        """Every way in which a service hands events on to something other than a function."""
        for subject, delivery in self._deliveries.everywhere():
            self.subject, self.world = subject, delivery.via.world
            yield delivery

    # --- questions about a resource

    def triggers_of(self, resource: Resource) -> list[Trigger]:
        """The enabled triggers at a function, source or mapping."""
        return [one for one in self._triggers.touching(resource) if _matters(one)]

    def invokers(self, function: Resource) -> list[Trigger]:
        """The enabled triggers that invoke a function."""
        return [one for one in self.triggers_of(function) if one.function == function]

    def feeders(self, target: Resource) -> list[Delivery]:
        """What hands events on to a queue or topic."""
        return [one for one in self._deliveries.touching(target) if one.target == target]

    def is_dead_letter_queue(self, resource: Resource) -> bool:
        """Whether anybody's failures end there."""
        return any(one.target == resource for one in self._failures.touching(resource))

    def invoke_configs(self, function: Resource) -> list[InvokeConfig]:
        """The settings for asynchronous invocations of a function."""
        return list(self._configs.touching(function))

    def permissions(self, function: Resource) -> list[Permission]:
        """The statements that let somebody invoke a function."""
        return [one for one in self._permissions.touching(function) if one.function == function]

    def policies(self, target: Resource) -> list[Policy]:
        """The statements that let somebody use a queue or topic."""
        return [one for one in self._policies.touching(target) if one.target == target]

    def grants(self, function: Resource) -> Grants:
        """What a function's role may do; not complete if the role is elsewhere."""
        return self.grants_of(resolve(function.get("Role").data, function.scope))

    def grants_of(self, role: Resource | External | None) -> Grants:
        """What a role may do; not complete if it is elsewhere."""
        if not isinstance(role, Resource) or role.type != "AWS::IAM::Role":
            return Grants((), complete=False)
        attached = (one for one in self._attachments.touching(role) if one.role == role)
        return of_role(role, attached)

    def in_environment(self, function: Resource, target: Resource) -> str:
        """The environment variable that tells a function about a resource, "" if none does."""
        variables = function.get("Environment", "Variables").data
        if isinstance(variables, Map):
            for name, value in variables.items():
                if means(value.data, target):
                    return name
        return ""

    # --- edges, found when somebody asks

    @cached_property
    def _triggers(self) -> Edges[Trigger]:
        types = {one.type for template in self.templates for one in template.resources.values()}
        return Edges(self.templates, shapes(types))

    @cached_property
    def _deliveries(self) -> Edges[Delivery]:
        return Edges(self.templates, DELIVERIES)

    @cached_property
    def _failures(self) -> Edges[Failure]:
        return Edges(self.templates, FAILURES)

    @cached_property
    def _configs(self) -> Edges[InvokeConfig]:
        return Edges(self.templates, CONFIGS)

    @cached_property
    def _permissions(self) -> Edges[Permission]:
        return Edges(self.templates, PERMISSIONS)

    @cached_property
    def _policies(self) -> Edges[Policy]:
        return Edges(self.templates, POLICIES)

    @cached_property
    def _attachments(self) -> Edges[Attachment]:
        return Edges(self.templates, ATTACHMENTS)


def _matters(trigger: Trigger) -> bool:
    function: Any = trigger.function
    return trigger.enabled and not (
        isinstance(function, Resource) and is_provider(function.declaration)
    )
