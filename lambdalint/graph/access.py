"""Whether a caller is let in: by the policy of what it calls, or by the role it calls with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from lambdalint.graph import api
from lambdalint.graph.delivery import Delivery
from lambdalint.graph.iam import Grants, texts
from lambdalint.graph.permission import (
    INVOKED,
    Permission,
    Policy,
    allows,
    is_service,
    lets,
    may_mean,
)
from lambdalint.graph.reference import function, resolve
from lambdalint.graph.resource import External, Resource, descend
from lambdalint.graph.trigger import Trigger, at
from lambdalint.value import Text, Unknown, Value
from lambdalint.world import Scope

# Services that call in the name of the resource that configures them, not of the event's origin.
_CALLS_ITSELF = ("eventbridge", "logs")
# Rules that have a role use it, but a policy of the target serves as well.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
_EITHER = ("eventbridge", "schedule-rule")

# Schedules have a role, always.
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
_BY_ROLE = ("scheduler.amazonaws.com",)

_NEEDED: Final = {"AWS::SQS::Queue": "sqs:SendMessage", "AWS::SNS::Topic": "sns:Publish"}


def caller(trigger: Trigger) -> Resource | External:
    """Who invokes the function of a trigger, as permissions see it."""
    return trigger.via if trigger.kind.name in _CALLS_ITSELF else trigger.source


def role_of(trigger: Trigger) -> Value:
    """The role that the caller of a trigger takes on, None if it calls as a service."""
    if trigger.kind.name == "step-functions":
        foreign = trigger.get("Credentials")
        if foreign.data is not None:
            return foreign
    if trigger.via.type in api.TYPES:
        integration = api.integration(trigger.via, trigger.settings)
        return integration.credentials if integration else Value(None, trigger.at)
    if not trigger.form.role:
        return Value(None, trigger.at)
    return at(trigger.form.role, trigger.via, trigger.settings)


# https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
_NO_ANSWER = (
    ("Parameters", "InvocationType"),
    ("Arguments", "InvocationType"),
    ("TargetParameters", "LambdaFunctionParameters", "InvocationType"),
)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html
_PARAMETERS = (
    ("Integration", "RequestParameters"),
    ("RequestParameters",),
    ("requestParameters",),
)


def hands_over(trigger: Trigger) -> bool:
    """Whether the caller of a trigger certainly neither waits for the outcome nor learns of it."""
    if str(trigger.get("Resource").data).endswith(".waitForTaskToken"):
        return False  # the state goes on when somebody reports back
    return (trigger.kind.model == "async" and not trigger.kind.notices) or any(
        said.data in ("Event", "'Event'", "FIRE_AND_FORGET") for said in _invocation_types(trigger)
    )


def _invocation_types(trigger: Trigger) -> Iterator[Value]:
    yield from (trigger.get(*way) for way in _NO_ANSWER)
    yield from (api.invocation_type(trigger.get(*way)) for way in _PARAMETERS)


def invoked(trigger: Trigger, grants: Grants, permissions: Iterable[Permission]) -> bool:
    """Whether a role or a permission may let a trigger invoke; the grants are those of its role."""
    has_role = role_of(trigger).data is not None
    if has_role and (not grants.complete or _granted(trigger, grants)):
        return True
    if has_role and trigger.kind.name not in _EITHER:
        # The policy of the function may name the role, or its account.
        return not all(is_service(permission.principal.data) for permission in permissions)
    sources = (caller(trigger), trigger.source, trigger.via)
    return not trigger.kind.principal or any(
        same_qualifier(permission.qualifier, trigger.qualifier)
        and lets(permission, trigger.kind.principal, sources)
        for permission in permissions
    )


def delivered(delivery: Delivery, policies: Iterable[Policy]) -> bool:
    """Whether a policy, or a role, may let a delivery reach its queue or topic."""
    needed = _NEEDED.get(delivery.target.type)
    by_role = (
        delivery.principal in _BY_ROLE or descend(delivery.settings, "RoleArn").data is not None
    )
    if needed is None or by_role:
        return True
    sources = (delivery.source, delivery.via)
    return any(allows(policy, delivery.principal, needed, sources) for policy in policies)


def sends(grants: Grants, queue: Resource | External | None) -> bool:
    """Whether a role may be allowed to send to a queue."""
    return not grants.complete or any(
        statement.allow
        and statement.covers("sqs:SendMessage")
        and (
            statement.negated_resources
            or not isinstance(queue, Resource)
            or any(may_mean(one.data, statement.scope, queue) for one in statement.resources)
        )
        for statement in grants.statements
    )


def same_qualifier(one: str, other: str) -> bool:
    """Whether two qualifiers of a function are, or may be, the same."""
    one, other = ("" if name == "$LATEST" else name for name in (one, other))
    return one == other or "${" in one + other


def strays(scope: Scope, key: str, *types: str) -> bool:
    """Whether resources of these types belong to something that the template does not tell."""
    return any(
        _untold(owner, relative)
        for relative in scope.relatives()
        for declaration in relative.template.resources.values()
        if declaration.type in types
        for owner in texts(Resource(declaration, relative).get(key))
    )


def unclear(trigger: Trigger, called: Resource) -> bool:
    """Whether a permission may be about what a trigger invokes: the templates of either do not
    tell, or it says the name by which another application knows the function.
    """
    near = trigger.via.scope
    return any(
        strays(near, key, kind)
        or says(near, called, key, kind)
        or (_is_afar(near, called) and strays(called.scope, key, kind))
        for kind, key in INVOKED.items()
    )


def says(near: Scope, called: Resource, key: str, *types: str) -> bool:
    """Whether resources of these types belong to a function of another application, by a name that
    it has there.
    """
    return _is_afar(near, called) and any(
        (said := function(name, relative))
        and isinstance(said.function, External)
        and _may_be_called(called, said.function.name)
        for relative in near.relatives()
        for declaration in relative.template.resources.values()
        if declaration.type in types
        for name in texts(Resource(declaration, relative).get(key))
    )


def _is_afar(near: Scope, called: Resource) -> bool:
    """Whether a resource is part of another application."""
    return called.template is not near.template and called.template not in near.template.family


def _untold(data: Any, scope: Scope) -> bool:
    """Whether a pointer may be anything: a parameter nobody knows, or a queue's URL spelled out."""
    parts = data.parts if isinstance(data, Text) else (data,)
    if str(parts[0]).startswith("http"):
        return True
    if isinstance(resolve(data, scope), Resource) or function(data, scope):
        return False
    return any(isinstance(part, Unknown) for part in parts)


def _granted(trigger: Trigger, grants: Grants) -> bool:
    return any(
        statement.allow
        and statement.covers("lambda:InvokeFunction")
        and (
            statement.negated_resources
            or not statement.resources
            or any(
                _reaches(resource.data, statement.scope, trigger)
                for resource in statement.resources
            )
        )
        for statement in grants.statements
    )


def _reaches(resource: Any, scope: Scope, trigger: Trigger) -> bool:
    """Whether the resource of a statement may be what a trigger invokes."""
    if target := function(resource, scope):
        if isinstance(target.function, Resource):
            return target.function == trigger.function and (
                same_qualifier(target.qualifier, trigger.qualifier)
                or (trigger.qualifier != "" and fnmatchcase(trigger.qualifier, target.qualifier))
            )
        return _may_be_called(trigger.function, target.function.name)
    match resolve(resource, scope):
        case Resource() as found:
            return found == trigger.function
        case External(service=service):
            return service in ("", "lambda")
    return True


def _may_be_called(called: Resource | External, pattern: str) -> bool:
    """Whether a function may have a name; one that CloudFormation makes up fits any wildcard."""
    name = called.get("FunctionName").data
    if isinstance(name, str):
        return fnmatchcase(name, pattern)
    return name is not None or "*" in pattern or "?" in pattern
