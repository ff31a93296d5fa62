"""The resources of all templates of a run and what flows between them: what a check may ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from lambdalint.graph import access
from lambdalint.graph.bucket import Keys, Route, Write, emits, routes, writes
from lambdalint.graph.call import Call, calls
from lambdalint.graph.delivery import DELIVERIES, FAILURES, Delivery, Failure
from lambdalint.graph.edges import Edges, Subject
from lambdalint.graph.iam import ATTACHMENTS, Attachment, Grants, of_role
from lambdalint.graph.invoke import CONFIGS, InvokeConfig
from lambdalint.graph.mention import Mention, Mentions, pointers
from lambdalint.graph.permission import (
    OWNERS,
    PERMISSIONS,
    POLICIES,
    Permission,
    Policy,
    allows_role,
)
from lambdalint.graph.provider import is_provider
from lambdalint.graph.reference import means, resolve
from lambdalint.graph.request import requests
from lambdalint.graph.resource import External, Resource, descend, document
from lambdalint.graph.trigger import STREAMS, Trigger, shapes
from lambdalint.kinds import KINDS, Kind
from lambdalint.link import NESTED
from lambdalint.read import Duplicate
from lambdalint.settled import Map
from lambdalint.template import PSEUDO, Declaration, Neighbours, Template
from lambdalint.value import Place, Source, Value
from lambdalint.world import Common, World

if TYPE_CHECKING:  # few rules ask what code does
    from lambdalint.graph.cause import Causes
    from lambdalint.graph.cycle import Cycle
    from lambdalint.graph.effect import Effect
    from lambdalint.source.handler import Handler
    from lambdalint.source.locate import Cache

__all__ = [
    "KINDS",
    "STREAMS",
    "Call",
    "Delivery",
    "External",
    "Failure",
    "Grants",
    "Graph",
    "InvokeConfig",
    "Keys",
    "Kind",
    "Mention",
    "Permission",
    "Policy",
    "Resource",
    "Route",
    "Trigger",
    "Write",
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
        self._read = list(templates)
        self.templates = [one for one in self._read if not one.macros()]
        neighbours = Neighbours(self._read)
        for template in self._read:
            template.neighbours = neighbours
        # Where the check that is running stands: the engine pins claims to it.
        self.subject = Subject()
        self.world = World({})
        self._common = Common()
        self._nests = any(one.type == NESTED for t in self._read for one in t.resources.values())
        self._mentioned: dict[Template, Mentions] = {}

    # --- subjects

    def triggers(self, *kinds: str, disabled: bool = False) -> Iterator[Trigger]:
        """Every enabled trigger of these kinds (of any kind if none is named); with `disabled`,
        also those that are not certainly on.
        """
        for subject, trigger in self._triggers.everywhere():
            if (not kinds or trigger.kind.name in kinds) and (
                _matters(trigger) or (disabled and not _is_own(trigger))
            ):
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
                for world in self._common.worlds(declaration.at):
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

    def failures(self) -> Iterator[Failure]:
        """Every way in which what nobody could deliver or process is kept."""
        for subject, failure in self._failures.everywhere():
            self.subject, self.world = subject, failure.owner.world
            yield failure

    def configs(self) -> Iterator[InvokeConfig]:
        """All settings for asynchronous invocations."""
        for subject, config in self._configs.everywhere():
            self.subject, self.world = subject, config.resource.world
            yield config

    def duplicates(self) -> Iterator[Duplicate]:
        """Every key that a template has twice, whatever macros make of it."""
        self.subject, self.world = Subject(), World({})
        for template in self._read:
            yield from template.duplicates

    def crowded(self) -> Iterable[Place]:
        """What has more worlds than anybody looked at."""
        return self._common.crowded

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

    def hands_on(self, topic: Resource) -> list[Delivery]:
        """What a topic hands on to something other than a function."""
        return [one for one in self._deliveries.touching(topic) if one.source == topic]

    def is_dead_letter_queue(self, resource: Resource) -> bool:
        """Whether anybody's failures end there, in whatever world."""
        return any(one.target == resource for one in self._failures.ever(resource))

    def invoke_configs(self, function: Resource) -> list[InvokeConfig]:
        """The settings for asynchronous invocations of a function."""
        return list(self._configs.touching(function))

    def invoke_config(self, trigger: Trigger) -> InvokeConfig | None:
        """The settings for asynchronous invocations that count for a trigger, if there are any."""
        function = trigger.function
        configs = self.invoke_configs(function) if isinstance(function, Resource) else []
        return next(
            (one for one in configs if access.same_qualifier(one.qualifier, trigger.qualifier)),
            None,
        )

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
        memory, key = role.world.memory, (of_role, role.declaration)
        if key not in memory:
            attached = (one for one in self._attachments.touching(role) if one.role == role)
            memory[key] = of_role(role, attached)
        grants: Grants = memory[key]
        return grants

    def caller(self, trigger: Trigger) -> Resource | External:
        """Who invokes the function of a trigger, as permissions see it."""
        return access.caller(trigger)

    def may_invoke(self, trigger: Trigger) -> bool:
        """Whether the caller of a trigger is let in; true as well if the templates do not tell."""
        if not isinstance(trigger.function, Resource):
            return True
        role = resolve(access.role_of(trigger).data, trigger.via.scope)
        return (
            not isinstance(access.caller(trigger), Resource)
            or access.invoked(trigger, self.grants_of(role), self.permissions(trigger.function))
            or access.unclear(trigger, trigger.function)
            or self._handed_on(trigger.function)
            or (isinstance(role, Resource) and self._handed_on(role))
        )

    def may_deliver(self, delivery: Delivery) -> bool:
        """Whether a queue or topic takes a delivery; true as well if the templates do not tell."""
        target, scope = delivery.target, delivery.via.scope
        return (
            not isinstance(delivery.source, Resource)
            or not isinstance(target, Resource)
            or access.delivered(delivery, self.policies(target))
            or any(access.strays(scope, key, kind) for kind, key in OWNERS.items())
            or self._handed_on(target)
        )

    def may_send(self, role: Resource, queue: Resource | External | None) -> bool:
        """Whether a role may send to a queue; true as well if the templates do not tell."""
        if access.sends(self.grants_of(role), queue):
            return True
        return isinstance(queue, Resource) and (
            any(allows_role(one, role, "sqs:SendMessage") for one in self.policies(queue))
            or any(access.strays(role.scope, key, kind) for kind, key in OWNERS.items())
            or self._handed_on(queue)
        )

    def _handed_on(self, resource: Resource) -> bool:
        """Whether a nested stack that nobody can read is told about a resource: it may let in."""
        return self._nests and any(
            one.type == NESTED and one.id not in resource.template.children
            for one in self.mentions(resource)
        )

    def hands_over(self, trigger: Trigger) -> bool:
        """Whether the caller of a trigger certainly neither waits for the outcome nor learns of it."""
        return access.hands_over(trigger)

    def keeps_failures(self, trigger: Trigger) -> bool:
        """Whether Lambda keeps the events of a trigger that a function failed to process."""
        function = trigger.function
        if not isinstance(function, Resource):
            return True
        return (
            function.get("DeadLetterConfig", "TargetArn").data is not None
            or any(
                access.same_qualifier(config.qualifier, trigger.qualifier)
                and config.on_failure.data is not None
                for config in self.invoke_configs(function)
            )
            or access.strays(function.scope, "FunctionName", *CONFIGS)
            or access.says(trigger.via.scope, function, "FunctionName", *CONFIGS)
            or self._handed_on(function)
        )

    def in_environment(self, function: Resource, target: Resource) -> str:
        """The environment variable that tells a function about a resource, "" if none does."""
        variables = function.get("Environment", "Variables").data
        if isinstance(variables, Map):
            for name, value in variables.items():
                if means(value.data, function.scope, target):
                    return name
        return ""

    def beside(self, near: Resource, type: str) -> Iterator[Resource]:
        """The resources of a type that are deployed with a resource, itself included."""
        for declaration in near.template.resources.values():
            if declaration.type == type and near.scope.open(declaration.gates):
                yield Resource(declaration, near.scope)

    def mentions(self, function: Resource) -> list[Mention]:
        """What points at a function, its aliases or versions, or says its name, in any world; a
        name that is written out may be said in another template of the application, too.
        """
        found = self._mentions(function.template)
        every, far = found.of(function.id), list[Mention]()
        for mention in every:
            if mention.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
                every = [*every, *found.of(mention.id)]
        match function.declaration.written.get("Properties", "FunctionName").data:
            case {"Ref": str(parameter)} if not parameter.startswith("AWS::"):
                every = [*every, *found.of(parameter)]
            case str(name):
                every = [*every, *found.saying(name)]
                others = (one for one in function.template.family if one is not function.template)
                far = [said for one in others for said in self._mentions(one).saying(name)]
            case {"Fn::Sub": str(name)}:
                every = [*every, *found.saying(name)]
            case dict() as built:
                every = [*every, *found.holding(built)]
        return [*(one for one in every if one.id != function.id), *far]

    def _mentions(self, template: Template) -> Mentions:
        if template not in self._mentioned:
            self._mentioned[template] = Mentions(template)
        return self._mentioned[template]

    def requests(self, trigger: Trigger) -> list[str]:
        """The requests that an API hands to the function of a trigger: `GET /orders/{id}`."""
        return requests(trigger)

    def emits(self, bucket: Resource) -> bool:
        """Whether a bucket sends its events to EventBridge."""
        return emits(bucket)

    def routes(self, trigger: Trigger) -> list[Route]:
        """The ways by which buckets invoke the function of a trigger, directly or not."""
        return list(routes(trigger, self.feeders))

    def writes_back(self, trigger: Trigger) -> list[tuple[Route, Write]]:
        """The routes from buckets whose function may write what it is invoked for.

        One that may write anywhere, but whose environment tells it of other buckets, means those.
        """
        if not isinstance(trigger.function, Resource):
            return []
        function = trigger.function
        return [
            (route, write)
            for route in self.routes(trigger)
            for write in self._causes.writes(function, route)
            if any(keys.meets(write.keys) for keys in route.keys)
        ]

    def writable_buckets(self, function: Resource) -> dict[Resource, Write]:
        """The buckets of the template into which a function may write, named one by one, and what
        lets it.
        """
        grants = self.grants(function)
        return {
            bucket: write
            for bucket in self.beside(function, "AWS::S3::Bucket")
            for write in writes(grants, bucket, ("ObjectCreated",))
            if not write.anywhere
        }

    def told_buckets(self, function: Resource) -> set[Resource]:
        """The buckets of the template that a function's environment names."""
        return {
            bucket
            for bucket in self.beside(function, "AWS::S3::Bucket")
            if self.in_environment(function, bucket)
        }

    # --- code, and what comes of it

    def handler(self, function: Resource) -> Handler | None:
        """What the code of a function does; None where nobody can tell."""
        from lambdalint.source.languages import read  # noqa: PLC0415  few templates have code beside them

        memory, key = function.world.memory, (read, function.declaration)
        if key not in memory:
            memory[key] = read(function, self._cache)
        handler: Handler | None = memory[key]
        return handler

    def effects(self, function: Resource) -> list[Effect]:
        """What a function does to resources so that events come of it, or may do."""
        return self._causes.effects(function)

    def loops(self) -> Iterator[Cycle]:
        """Every way by which events come back to the function that causes them, told once."""
        for cycle, subject, world in self._causes.rings.loops:
            self.subject, self.world = subject, world
            yield cycle

    def code(self) -> list[Source]:
        """The files of code that somebody has read."""
        return list(self._cache.files()) if "_cache" in self.__dict__ else []

    @cached_property
    def _cache(self) -> Cache:
        from lambdalint.source.locate import Cache  # noqa: PLC0415  few templates have code

        return Cache()

    @cached_property
    def _causes(self) -> Causes:
        from lambdalint.graph.cause import Causes  # noqa: PLC0415  few rules ask what code does

        return Causes(self)

    def delivered_by(self, via: Resource) -> list[Delivery]:
        """What a resource hands on, or makes others hand on."""
        return [one for one in self._deliveries.touching(via) if one.via == via]

    def shares_role(self, function: Resource) -> bool:
        """Whether another function of the template has the same role, or may have in some world."""
        memory, key = function.world.memory, (_roles, function.template.key)
        if key not in memory:
            memory[key] = dict(_roles(function.template, function.type))
        roles: dict[Declaration, _Role] = memory[key]
        own, named = roles[function.declaration]
        return any(
            role == own or not named.isdisjoint(others)
            for declaration, (role, others) in roles.items()
            if declaration is not function.declaration
        )

    def calls(self, caller: Resource) -> list[Call]:
        """The functions that a function may invoke itself; where its results are sent is not
        that.
        """
        elsewhere = self.sent_by_lambda(caller)
        return [
            one
            for one in calls(caller, self.grants(caller))
            if one.callee not in elsewhere and not is_provider(one.callee.declaration)
        ]

    def sent_by_lambda(self, function: Resource) -> set[Resource | External | None]:
        """Where Lambda sends the results and failures of a function, with the same permissions."""
        configs = self.invoke_configs(function)
        owners = (
            function,
            *(config.resource for config in configs),
            *(trigger.via for trigger in self._triggers.touching(function)),
        )
        return {
            *(resolve(config.on_success.data, function.scope) for config in configs),
            *(
                failure.target
                for owner in owners
                for failure in self._failures.touching(owner)
                if failure.owner == owner
            ),
        }

    # --- edges, found when somebody asks

    @cached_property
    def _triggers(self) -> Edges[Trigger]:
        types = {one.type for template in self.templates for one in template.resources.values()}
        return Edges(self.templates, shapes(types), self._common)

    @cached_property
    def _deliveries(self) -> Edges[Delivery]:
        return Edges(self.templates, DELIVERIES, self._common)

    @cached_property
    def _failures(self) -> Edges[Failure]:
        return Edges(self.templates, FAILURES, self._common)

    @cached_property
    def _configs(self) -> Edges[InvokeConfig]:
        return Edges(self.templates, CONFIGS, self._common)

    @cached_property
    def _permissions(self) -> Edges[Permission]:
        return Edges(self.templates, PERMISSIONS, self._common)

    @cached_property
    def _policies(self) -> Edges[Policy]:
        return Edges(self.templates, POLICIES, self._common)

    @cached_property
    def _attachments(self) -> Edges[Attachment]:
        return Edges(self.templates, ATTACHMENTS, self._common)


# A role as it is written, and the resources and parameters that it points at.
_Role: TypeAlias = tuple[Value, frozenset[str]]


def _roles(template: Template, type: str) -> Iterator[tuple[Declaration, _Role]]:
    """The roles of all functions of a template."""
    for one in template.resources.values():
        if one.type == type:
            role = one.written.get("Properties", "Role")
            yield one, (role, frozenset(pointers(role.data)) - PSEUDO)


def _matters(trigger: Trigger) -> bool:
    return trigger.enabled and not _is_own(trigger)


def _is_own(trigger: Trigger) -> bool:
    """Whether CDK made the function for itself."""
    function: Any = trigger.function
    return isinstance(function, Resource) and is_provider(function.declaration)
