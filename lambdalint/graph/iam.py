"""Who may do what: the statements of a role, from all the places where templates write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, NamedTuple

from lambdalint.graph.edges import Shape, Shapes
from lambdalint.graph.reference import called, resolve
from lambdalint.graph.resource import Resource, descend, document
from lambdalint.settled import Map, Seq
from lambdalint.template import Declaration, Gated, elements, entries
from lambdalint.value import Place, Unknown, Value, spell
from lambdalint.world import Scope


class Statement(NamedTuple):
    """A statement of a policy; `resources` are names and ARNs, settled in `scope`.

    `negated` lists are those of NotAction and NotResource. An action that the template does not
    tell makes the statement vague. It is `shared` if the policy belongs to several roles.
    """

    allow: bool
    actions: tuple[str, ...]
    resources: tuple[Value, ...]
    negated_actions: bool
    negated_resources: bool
    condition: Value
    at: Place
    scope: Scope
    shared: bool = False

    @property
    def conditional(self) -> bool:
        """Whether it counts for some requests alone."""
        return self.condition.data is not None

    def covers(self, action: str) -> bool:
        """Whether it speaks of an action such as `s3:PutObject`."""
        return _named(self.actions, action) is not self.negated_actions


@lru_cache(maxsize=4096)  # roles are alike
def _named(patterns: tuple[str, ...], action: str) -> bool:
    """Whether one of the patterns, in lower case, means an action."""
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)


class Grants(NamedTuple):
    """All statements of a role; not `complete` if some are elsewhere, or not told in full."""

    statements: tuple[Statement, ...]
    complete: bool


class Attachment(NamedTuple):
    """A policy resource that says itself to which roles it belongs."""

    policy: Resource
    role: Resource

    @property
    def at(self) -> Place:
        return self.policy.at

    @property
    def ends(self) -> tuple[Resource, ...]:
        return (self.policy, self.role)


def _roles(declaration: Declaration) -> Iterator[Gated]:
    for name, gates, listed in entries(declaration.written.get("Properties")):
        if name in ("Roles", "RoleName"):
            yield from elements(listed, gates)


def _attached(policy: Resource, entry: Value) -> Iterator[Attachment]:
    role = called("AWS::IAM::Role", entry.data, policy.scope)
    if isinstance(role, Resource):
        yield Attachment(policy, role)


ATTACHMENTS: Shapes[Attachment] = {
    kind: (Shape(_roles, _attached),)
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
}

# What those AWS managed policies allow that matters here; others that matter make a role vague.
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_MANAGED = {
    "AdministratorAccess": ("*",),
    "PowerUserAccess": ("s3:*", "lambda:*", "sqs:*", "sns:*", "events:*", "states:*"),
    "AmazonS3FullAccess": ("s3:*",),
    "AWSLambda_FullAccess": ("lambda:*",),
    "AWSLambdaFullAccess": ("lambda:*", "s3:*", "sqs:*", "sns:*"),
    "AWSLambdaRole": ("lambda:invokefunction",),
}
# These allow nothing that triggers, writes or calls.
_HARMLESS = frozenset(
    f"AWSLambda{name}ExecutionRole"
    for name in ("Basic", "DynamoDB", "Kinesis", "MSK", "SQSQueue", "VPCAccess")
) | {
    "AWSLambdaBasicDurableExecutionRolePolicy",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess",
}
_AWS_POLICY = re.compile(r"arn:[^:]*:iam::aws:policy/(?:.*/)?([^/]+)$")


def of_role(role: Resource, attached: Iterator[Attachment]) -> Grants:
    """What a role of the template may do."""
    if role.get("PermissionsBoundary").data is not None:
        return Grants((), complete=False)  # the boundary takes away nobody knows what
    statements: list[Statement] = []
    complete = True
    documents = [
        (descend(policy, "PolicyDocument"), role) for policy in _items(role.get("Policies"))
    ]
    for arn in _items(role.get("ManagedPolicyArns")):
        policy = resolve(arn.data, role.scope)
        if isinstance(policy, Resource):
            documents.append((policy.get("PolicyDocument"), policy))
        else:
            statements += _managed(arn, role)
            complete = complete and _name(arn) in (_MANAGED.keys() | _HARMLESS)
    for listed in ("Policies", "ManagedPolicyArns"):
        complete = complete and not isinstance(role.get(listed).data, Unknown)
    policies = (attachment.policy for attachment in attached)
    documents += [(policy.get("PolicyDocument"), policy) for policy in policies]
    for text, owner in documents:
        written = document(text, owner.scope)
        shared = owner != role and len(_items(owner.get("Roles"))) > 1
        statements += (one._replace(shared=shared) for one in of_document(written, owner.scope))
        complete = complete and _is_told(written)
    return Grants(tuple(dict.fromkeys(statements)), complete)


def said_by(owner: Resource) -> Iterator[Statement]:
    """What an IAM resource of any type says itself, whoever has it and whatever a boundary takes
    away.
    """
    inline = (descend(policy, "PolicyDocument") for policy in _items(owner.get("Policies")))
    for written in (owner.get("PolicyDocument"), *inline):
        yield from of_document(document(written, owner.scope), owner.scope)
    for arn in _items(owner.get("ManagedPolicyArns")):
        yield from _managed(arn, owner)


def _is_told(written: Value) -> bool:
    """Whether the template tells what a policy document is about."""
    return isinstance(written.data, Map) and all(
        isinstance(statement.data, Map)
        and not isinstance(descend(statement, "Effect").data, Unknown)
        and all(isinstance(action, str) for action in texts(_either(statement, "Action")[0]))
        for statement in _items(descend(written, "Statement"))
    )


def _name(arn: Value) -> str:
    """What AWS calls a policy of its own, "" for other policies."""
    spelled = spell(arn.data)
    named = _AWS_POLICY.match(spelled[0]) if spelled else None
    return named[1] if named else ""


def _managed(arn: Value, role: Resource) -> Iterator[Statement]:
    if actions := _MANAGED.get(_name(arn)):
        yield Statement(
            allow=True,
            actions=actions,
            resources=(Value("*", arn.at),),
            negated_actions=False,
            negated_resources=False,
            condition=Value(None, arn.at),
            at=arn.at,
            scope=role.scope,
        )


def of_document(written: Value, scope: Scope) -> Iterator[Statement]:
    """The statements of a policy document."""
    for statement in _items(descend(written, "Statement")):
        if not isinstance(statement.data, Map):
            continue
        action, negated_action = _either(statement, "Action")
        resource, negated_resource = _either(statement, "Resource")
        yield Statement(
            allow=descend(statement, "Effect").data == "Allow",
            actions=tuple(_texts(action)),
            resources=tuple(_items(resource)),
            negated_actions=negated_action,
            negated_resources=negated_resource,
            condition=descend(statement, "Condition"),
            at=statement.at,
            scope=scope,
        )


def _either(statement: Value, name: str) -> tuple[Value, bool]:
    positive = descend(statement, name)
    if positive.data is not None:
        return positive, False
    negative = descend(statement, f"Not{name}")
    return negative, negative.data is not None


def _texts(value: Value) -> Iterator[str]:
    for item in _items(value):
        if isinstance(item.data, str):
            yield item.data.lower()


def _items(value: Value) -> list[Value]:
    """The elements of a list, or the one value that stands for a list of one."""
    if isinstance(value.data, Seq):
        return list(value.data)
    return [] if value.data is None or isinstance(value.data, Unknown) else [value]


def texts(value: Value) -> list[Any]:
    """The data of a list, or of the one value that stands for it, which may be unknown."""
    return [value.data] if isinstance(value.data, Unknown) else [i.data for i in _items(value)]
