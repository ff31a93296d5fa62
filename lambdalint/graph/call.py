"""Functions that may call functions: what their roles allow and their environment tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from lambdalint.graph.act import FUNCTION, OF_TYPE
from lambdalint.graph.iam import Grants, Statement
from lambdalint.graph.reach import allowed
from lambdalint.graph.reference import function
from lambdalint.graph.resource import Resource
from lambdalint.settled import Map
from lambdalint.value import Value


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
    """What a function may invoke and wait for, each callee once."""
    known = dict(_told(caller))
    found: dict[Resource, Call] = {}
    for one in allowed(grants, known, [OF_TYPE[FUNCTION]]):
        callee = one.target
        if isinstance(callee, Resource) and "InvokeFunction" in one.permissions:
            variable, told = known.get(callee, ("", Value(None, caller.at)))
            call = Call(caller, callee, one.statement, variable, told, named=not one.anywhere)
            found.setdefault(callee, call)
    yield from (call for callee, call in found.items() if callee != caller)


def _told(caller: Resource) -> Iterator[tuple[Resource, tuple[str, Value]]]:
    """The functions that the environment variables name."""
    variables: Any = caller.get("Environment", "Variables").data
    for name, value in variables.items() if isinstance(variables, Map) else ():
        target = function(value.data, caller.scope)
        if target and isinstance(target.function, Resource):
            yield target.function, (name, value)
