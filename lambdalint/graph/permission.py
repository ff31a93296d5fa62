"""Who may invoke a function, or send to a queue or topic, by the policy of that resource."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from lambdalint.graph.edges import Shape, Shapes
from lambdalint.graph.iam import texts
from lambdalint.graph.path import places, whole
from lambdalint.graph.reference import function, resolve
from lambdalint.graph.resource import External, Resource, descend, document
from lambdalint.settled import Map, Seq
from lambdalint.value import Place, Text, Unknown, Value


class Permission(NamedTuple):
    """An `AWS::Lambda::Permission`; settings that the template does not tell are unknown."""

    resource: Resource
    function: Resource | External
    qualifier: str
    action: Value
    principal: Value
    source_arn: Value

    @property
    def at(self) -> Place:
        return self.resource.at

    @property
    def ends(self) -> tuple[Resource, ...]:
        if isinstance(self.function, Resource):
            return (self.resource, self.function)
        return (self.resource,)


def _permission(resource: Resource, settings: Value) -> Iterator[Permission]:
    del settings
    if target := function(resource.get("FunctionName").data, resource.scope):
        yield Permission(
            resource,
            target.function,
            target.qualifier,
            *map(resource.get, ("Action", "Principal", "SourceArn")),
        )


PERMISSIONS: Shapes[Permission] = {"AWS::Lambda::Permission": (Shape(whole, _permission),)}


def lets(permission: Permission, principal: str, sources: tuple[Resource | External, ...]) -> bool:
    """Whether a permission may let a service invoke on behalf of any of the sources.

    What the template does not tell counts as permitted.
    """
    return (
        _covers(permission.action.data, "lambda:InvokeFunction")
        and may_be_service(permission.principal.data, principal)
        and admits(permission, sources)
    )


def _covers(action: Any, wanted: str) -> bool:
    return not isinstance(action, str) or fnmatchcase(wanted.lower(), action.lower())


def may_be_service(principal: Any, wanted: str) -> bool:
    """Whether a principal may be a service, which has other names in some regions and partitions:
    `logs.eu-west-1.amazonaws.com`.
    """
    if isinstance(principal, Text):
        principal = principal.parts[0]
    if not isinstance(principal, str):
        return principal is not None
    return principal == "*" or principal.split(".", 1)[0] == wanted.split(".", 1)[0]


def admits(permission: Permission, sources: tuple[Resource | External, ...]) -> bool:
    """Whether a permission's SourceArn may be that of any of the sources.

    Only an ARN that certainly is another resource's is refused. A pointer in the middle of a name
    (`log-group:/aws/lambda/${Worker}`) makes it nobody's.
    """
    found = resolve(permission.source_arn.data, permission.resource.scope)
    return not isinstance(found, Resource) or found in sources


class Policy(NamedTuple):
    """A statement of a queue's or topic's policy that allows something."""

    resource: Resource
    target: Resource
    actions: tuple[Any, ...]
    services: tuple[Any, ...] | None  # None: anybody, or nobody can tell

    @property
    def at(self) -> Place:
        return self.resource.at

    @property
    def ends(self) -> tuple[Resource, ...]:
        return (self.resource, self.target)


# Where a policy says whose it is.
OWNERS = {
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SQS::QueueInlinePolicy": "Queue",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SNS::TopicInlinePolicy": "TopicArn",
}


def _policies(resource: Resource, entry: Value) -> Iterator[Policy]:
    target = resolve(entry.data, resource.scope)
    if not isinstance(target, Resource):
        return
    policy = document(resource.get("PolicyDocument"), resource.scope)
    statements = descend(policy, "Statement")
    for statement in statements.data if isinstance(statements.data, Seq) else [statements]:
        effect = descend(statement, "Effect").data
        if effect == "Allow" or isinstance(effect, Unknown):
            negated = isinstance(statement.data, Map) and "NotAction" in statement.data
            action = Value(Unknown("NotAction"), statement.at) if negated else None
            yield Policy(
                resource,
                target,
                tuple(texts(action or descend(statement, "Action"))),
                _services(descend(statement, "Principal")),
            )


def _services(principal: Value) -> tuple[Any, ...] | None:
    if not isinstance(principal.data, Map) or "Service" not in principal.data:
        return None
    return tuple(texts(principal.data["Service"]))


POLICIES: Shapes[Policy] = {
    kind: (Shape(places(f"{key}[]"), _policies),) for kind, key in OWNERS.items()
}


def allows(policy: Policy, principal: str, action: str) -> bool:
    """Whether a statement may let a service do something to its resource."""
    services = policy.services
    return (services is None or any(may_be_service(one, principal) for one in services)) and any(
        _covers(one, action) for one in policy.actions
    )
