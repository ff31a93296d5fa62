"""Functions that may call functions: what their roles allow and their environment tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from lambdalint.graph.iam import Grants, Statement
from lambdalint.graph.reference import function
from lambdalint.graph.resource import Resource
from lambdalint.settled import Map
from lambdalint.value import Value, spell, unspell


class Call(NamedTuple):
    """A function may invoke another: by which statement, and by which variable it knows it.

    `variable` is "" if none does (and `told` is nothing then); `named` is whether the statement
    names the callee.
    """

    caller: Resource
    callee: Resource
    statement: Statement
    variable: str
    told: Value
    named: bool


def calls(caller: Resource, grants: Grants) -> Iterator[Call]:
    """What a function may invoke, each callee once, by the best evidence."""
    known = dict(_told(caller))
    found: dict[Resource, Call] = {}
    for statement in grants.statements:
        if not statement.allow or not statement.covers("lambda:InvokeFunction"):
            continue
        callees = _named(statement)
        for callee in callees:
            variable, told = known.get(callee, ("", Value(None, caller.at)))
            found[callee] = Call(caller, callee, statement, variable, told, named=True)
        if not callees and _is_wide(statement):
            for callee, (variable, told) in known.items():
                call = Call(caller, callee, statement, variable, told, named=False)
                found.setdefault(callee, call)
    yield from (call for callee, call in found.items() if callee != caller)


def _named(statement: Statement) -> list[Resource]:
    named: list[Resource] = []
    for resource in () if statement.negated_resources else statement.resources:
        if spelled := spell(resource.data):
            arn = unspell(spelled[0].rstrip("*").rstrip(":"), spelled[1])
            target = function(arn, statement.scope)
            if target and isinstance(target.function, Resource):
                named.append(target.function)
    return named


def _is_wide(statement: Statement) -> bool:
    return statement.negated_resources or any(
        isinstance(one.data, str) and one.data.endswith("*") for one in statement.resources
    )


def _told(caller: Resource) -> Iterator[tuple[Resource, tuple[str, Value]]]:
    """The functions that the environment variables name."""
    variables: Any = caller.get("Environment", "Variables").data
    for name, value in variables.items() if isinstance(variables, Map) else ():
        target = function(value.data, caller.scope)
        if target and isinstance(target.function, Resource):
            yield target.function, (name, value)
