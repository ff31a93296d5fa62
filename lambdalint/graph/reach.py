"""What the statements of a role let a function cause events of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from lambdalint.graph.act import ACTS, BUS, FUNCTION, OF_TYPE, Act
from lambdalint.graph.iam import Grants, Statement
from lambdalint.graph.node import Node, bus, type_of
from lambdalint.graph.reference import called, function, written_name
from lambdalint.graph.resource import Resource
from lambdalint.value import Unknown, spell, unspell


class Allowed(NamedTuple):
    """A role lets a function do something to a resource: which permissions, by which statement.

    `anywhere` is whether the statement names no resource; `broad` whether it is written so that it
    allows to read as well.
    """

    target: Node
    act: Act
    permissions: tuple[str, ...]
    statement: Statement
    anywhere: bool
    broad: bool


def allowed(grants: Grants, told: Iterable[Node], acts: Iterable[Act] = ACTS) -> Iterator[Allowed]:
    """What a role allows: to resources that it names, and to those that a function is told of."""
    for act in acts:
        speaking = [one for one in grants.statements if _permissions(one, act)]
        granting: dict[Node, list[Statement]] = defaultdict(list)
        for statement in speaking:
            for target in _named(statement, act) if statement.allow else ():
                granting[target].append(statement)
        named = {*granting}
        for target in told:
            if type_of(target) in act.types and target not in named:
                granting[target] = [one for one in speaking if one.allow and _may_mean(one, target)]
        denying = [one for one in speaking if not one.allow and not one.conditional]
        for target, statements in granting.items():
            denied = {
                name
                for one in denying
                if target in _named(one, act) or _may_mean(one, target)
                for name in _permissions(one, act)
            }
            for statement in statements:
                left = tuple(name for name in _permissions(statement, act) if name not in denied)
                if left:
                    broad = _is_broad(statement, act, left[0])
                    yield Allowed(target, act, left, statement, target not in named, broad)


def _permissions(statement: Statement, act: Act) -> list[str]:
    return [name for name in act.permissions if statement.covers(f"{act.service}:{name}")]


def _is_broad(statement: Statement, act: Act, permission: str) -> bool:
    """Whether what allows something is a pattern that allows to read, too."""
    both = [f"{act.service}:{name}".lower() for name in (act.reads, permission)]
    return statement.negated_actions or any(
        all(fnmatchcase(name, pattern) for name in both) for pattern in statement.actions
    )


def _named(statement: Statement, act: Act) -> list[Node]:
    """The resources that a statement names one by one."""
    resources = () if statement.negated_resources else statement.resources
    found = (_pointed(one.data, act, statement) for one in resources)
    return [node for node in found if node]


def _pointed(data: Any, act: Act, statement: Statement) -> Node | None:
    """The resource that an ARN of a policy means."""
    spelled = spell(data)
    if spelled is None or isinstance(data, Unknown):
        return None
    whole, holes = spelled
    if act.service == "s3":
        whole = whole.partition("/")[0]
    # What is below a resource, or has a version, is the resource as well.
    whole = whole.removesuffix("*").rstrip(":/")
    if not whole or "*" in whole or (whole.isascii() and not whole.startswith("arn:")):
        return None
    arn = unspell(whole, holes)
    if BUS in act.types:
        return bus(arn, statement.scope)
    if FUNCTION in act.types:
        target = function(arn, statement.scope)
        named: Iterable[Node | None] = [target.function] if target else []
    else:
        named = (called(type, arn, statement.scope) for type in act.types)
    return next((one for one in named if isinstance(one, Resource) and one.type in act.types), None)


def _may_mean(statement: Statement, target: Node) -> bool:
    """Whether a statement for anything, or for all names of a pattern, covers a resource."""
    if statement.negated_resources:
        act = OF_TYPE[type_of(target)]
        return all(_pointed(one.data, act, statement) != target for one in statement.resources)
    return any(_fits(one.data, target) for one in statement.resources)


def _fits(data: Any, target: Node) -> bool:
    """Whether an ARN with stars may be that of a resource, as far as its name is known."""
    spelled = spell(data)
    if data == "*" or spelled is None or "*" not in spelled[0]:
        return bool(data == "*")
    _, _, service, *_, rest = spelled[0].split(":", 5) if spelled[0].count(":") > 4 else [""] * 6
    names = re.split("[:/]", rest)
    pattern = names[len(names) > 1 and service not in ("sqs", "sns", "s3")]
    if service != OF_TYPE[type_of(target)].service:
        return False
    if name := written_name(target.declaration) if isinstance(target, Resource) else target.name:
        return fnmatchcase(name, pattern)
    # CloudFormation makes names that begin with that of the stack.
    begin = pattern.partition("*")[0]
    return not begin or not begin[0].isascii()
