"""Who may invoke a function, or send to a queue or topic, by the policy of that resource."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from lambdalint.graph.edges import Shape, Shapes
from lambdalint.graph.iam import texts
from lambdalint.graph.path import places, whole
from lambdalint.graph.reference import function, resolve, short
from lambdalint.graph.resource import External, Resource, descend, document
from lambdalint.settled import Map, Seq
from lambdalint.value import Place, Ref, Text, Unknown, Value
from lambdalint.world import Scope


class Permission(NamedTuple):
    """What lets somebody invoke a function: an `AWS::Lambda::Permission`, or a statement of an
    `AWS::Lambda::ResourcePolicy`. Settings that the template does not tell are unknown.
    """

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
    target = function(resource.get("FunctionName").data, resource.scope)
    if target and not _is_true(resource.get("InvokedViaFunctionUrl").data):
        yield Permission(
            resource,
            target.function,
            target.qualifier,
            *map(resource.get, ("Action", "Principal", "SourceArn")),
        )


def _allowed(resource: Resource, settings: Value) -> Iterator[Permission]:
    """What the statements of a policy allow, each action to each service."""
    del settings
    target = function(resource.get("ResourceArn").data, resource.scope)
    policy = document(resource.get("PolicyDocument"), resource.scope)
    if not target:
        return
    for statement in _allowing(policy):
        services = _services(descend(statement, "Principal"))
        if _is_true(_condition(statement, "Bool", _BY_URL).data):
            continue
        for action in _actions(statement):
            for service in (Unknown("anybody"),) if services is None else services:
                yield Permission(
                    resource,
                    *target,
                    Value(action, statement.at),
                    Value(service, statement.at),
                    _source_arn(statement),
                )


def unlimited(resource: Resource) -> Iterator[Value]:
    """The services that the statements of a policy let in whatever they call for."""
    policy = document(resource.get("PolicyDocument"), resource.scope)
    for statement in _allowing(policy):
        limits = descend(statement, "Condition").data
        if limits is None and descend(statement, "Effect").data == "Allow":
            for service in _services(descend(statement, "Principal")) or ():
                yield Value(service, statement.at)


# What lets callers in through the function's URL alone.
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
_BY_URL = "lambda:InvokedViaFunctionUrl"


def _is_true(data: Any) -> bool:
    return data is True or data == "true"


# https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
_TESTS = ("ArnLike", "ArnEquals", "StringLike", "StringEquals")


def _source_arn(statement: Value) -> Value:
    """The ARNs on whose behalf a statement lets a service in; None for any."""
    found = (_condition(statement, test, "aws:SourceArn") for test in _TESTS)
    return next((one for one in found if one.data is not None), Value(None, statement.at))


def _condition(statement: Value, test: str, key: str) -> Value:
    members = descend(statement, "Condition", test).data
    for name, value in members.items() if isinstance(members, Map) else ():
        if name.lower() == key.lower():
            return Value(value.data, value.at)
    return Value(None, statement.at)


# Where a permission says what may be invoked.
INVOKED = {"AWS::Lambda::Permission": "FunctionName", "AWS::Lambda::ResourcePolicy": "ResourceArn"}
PERMISSIONS: Shapes[Permission] = {
    "AWS::Lambda::Permission": (Shape(whole, _permission),),
    "AWS::Lambda::ResourcePolicy": (Shape(whole, _allowed),),
}


def lets(permission: Permission, principal: str, sources: tuple[Resource | External, ...]) -> bool:
    """Whether a permission may let a service invoke on behalf of any of the sources.

    What the template does not tell counts as permitted.
    """
    return (
        covers(permission.action.data, "lambda:InvokeFunction")
        and may_be_service(permission.principal.data, principal)
        and admits(permission.source_arn, permission.resource.scope, sources)
    )


def covers(action: Any, wanted: str) -> bool:
    """Whether the action of a statement, which may have stars, may mean another."""
    return not isinstance(action, str) or fnmatchcase(wanted.lower(), action.lower())


def may_be_service(principal: Any, wanted: str) -> bool:
    """Whether a principal may be a service, which has other names in some regions and partitions:
    `logs.eu-west-1.amazonaws.com`.
    """
    if _is_identity(principal):
        return False
    if isinstance(principal, Text):
        principal = principal.parts[0]
    if not isinstance(principal, str):
        return principal is not None
    return principal == "*" or principal.split(".", 1)[0] == wanted.split(".", 1)[0]


def _is_identity(principal: Any) -> bool:
    """Whether a principal certainly is an account, role or user: services are none of them."""
    if isinstance(principal, int):
        return True
    if isinstance(principal, Ref):
        return principal.id == "AWS::AccountId" or principal.attribute == "Arn"
    first = principal.parts[0] if isinstance(principal, Text) else principal
    return isinstance(first, str) and (first.isdecimal() or first.startswith("arn:"))


def is_service(principal: Any) -> bool:
    """Whether a principal is certainly an AWS service."""
    last = principal.parts[-1] if isinstance(principal, Text) else principal
    return last == Ref("AWS::URLSuffix") or (
        isinstance(last, str) and last.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    )


def admits(source_arn: Value, scope: Scope, sources: tuple[Resource | External, ...]) -> bool:
    """Whether a SourceArn may be that of any of the sources.

    Only an ARN that certainly is another resource's is refused. A pointer in the middle of a name
    (`log-group:/aws/lambda/${Worker}`) makes it nobody's.
    """
    return not source_arn.data or any(
        _may_be_of(found, sources) for found in (resolve(one, scope) for one in texts(source_arn))
    )


# What calls with an ARN that ends in its name, and the property with the name.
_CALLED_BY_NAME = {
    "sns": ("AWS::SNS::Topic", "TopicName"),
    "s3": ("AWS::S3::Bucket", "BucketName"),
    "events": ("AWS::Events::Rule", "Name"),
}
# Their attributes may be the ARNs of anything.
_TELLING = (
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::SSM::Parameter",
)


def _may_be_of(found: Resource | External | None, sources: tuple[Resource | External, ...]) -> bool:
    if isinstance(found, Resource):
        return found in sources or found.type in _TELLING or found.type.startswith("Custom::")
    type, naming = _CALLED_BY_NAME.get(found.service if found else "", ("", ""))
    callers = [one for one in sources if isinstance(one, Resource) and one.type == type]
    return not found or not callers or any(_may_end(one, naming, found) for one in callers)


def _may_end(source: Resource, naming: str, arn: External) -> bool:
    """Whether an ARN may be that of a resource; a name that is not written out may be any.

    A star in the ARN of a rule may stand for a part of its bus's name, and for all of its own.
    """
    name, pattern = source.get(naming).data, short(arn)
    if not isinstance(name, str) or "${" in pattern:
        return True
    return fnmatchcase(name, pattern) or (arn.service == "events" and "*" in pattern)


class Policy(NamedTuple):
    """A statement of a queue's or topic's policy that allows something."""

    resource: Resource
    target: Resource
    actions: tuple[Any, ...]
    services: tuple[Any, ...] | None  # None: anybody, or nobody can tell
    roles: tuple[Any, ...] | None  # accounts and users too; None: as above
    source_arn: Value

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
    for statement in _allowing(document(resource.get("PolicyDocument"), resource.scope)):
        principal = descend(statement, "Principal")
        yield Policy(
            resource,
            target,
            tuple(_actions(statement)),
            _services(principal),
            _roles(principal),
            _source_arn(statement),
        )


def _allowing(policy: Value) -> Iterator[Value]:
    """The statements of a policy that allow something, as far as anybody can tell."""
    statements = descend(policy, "Statement")
    for statement in statements.data if isinstance(statements.data, Seq) else [statements]:
        effect = descend(statement, "Effect").data
        if effect == "Allow" or isinstance(effect, Unknown):
            yield statement


def _actions(statement: Value) -> list[Any]:
    if isinstance(statement.data, Map) and "NotAction" in statement.data:
        return [Unknown("NotAction")]
    return texts(descend(statement, "Action"))


def _services(principal: Value) -> tuple[Any, ...] | None:
    if not isinstance(principal.data, Map) or not {*principal.data} <= {"AWS", "Service"}:
        return None
    if not all(map(_is_identity, texts(descend(principal, "AWS")))):
        return None
    return tuple(texts(descend(principal, "Service")))


def _roles(principal: Value) -> tuple[Any, ...] | None:
    if not isinstance(principal.data, Map):
        return None
    return tuple(texts(descend(principal, "AWS")))


POLICIES: Shapes[Policy] = {
    kind: (Shape(places(f"{key}[]"), _policies),) for kind, key in OWNERS.items()
}


def allows(
    policy: Policy, principal: str, action: str, sources: tuple[Resource | External, ...]
) -> bool:
    """Whether a statement may let a service do something to its resource for any of the sources."""
    services = policy.services
    return (
        (services is None or any(may_be_service(one, principal) for one in services))
        and any(covers(one, action) for one in policy.actions)
        and admits(policy.source_arn, policy.resource.scope, sources)
    )


def allows_role(policy: Policy, role: Resource, action: str) -> bool:
    """Whether a statement may let a role do something to its resource.

    In one account a policy of the resource is enough: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
    """
    named = policy.roles
    return (
        named is None or any(may_mean(one, policy.resource.scope, role) for one in named)
    ) and any(covers(one, action) for one in policy.actions)


def may_mean(data: Any, scope: Scope, resource: Resource) -> bool:
    """Whether what a policy names may be a resource: another one of the templates is not."""
    found = resolve(data, scope)
    return found == resource or not isinstance(found, Resource)
