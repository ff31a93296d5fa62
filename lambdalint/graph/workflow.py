"""Step Functions: the tasks of a state machine that call functions, topics and queues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lambdalint.graph.resource import Resource, descend, document
from lambdalint.settled import Map, Seq
from lambdalint.value import Place, Unknown, Value, spell, text, unspell

# https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
_INVOKE = re.compile(
    r"arn:[^:]*:states:[^:]*:[^:]*:(?:lambda:invoke|aws-sdk:lambda:invoke)(?:\.\w+)?$"
)


class Task(NamedTuple):
    """A state that calls a function, by ARN or by name.

    `around` is the name of the Map or Parallel state that it is part of, "" if there is none.
    """

    name: str
    function: Any
    state: Any
    at: Place
    around: str


def tasks(machine: Resource) -> Iterator[Task]:
    """The tasks of a state machine, in whatever form its definition is written."""
    given = machine.get("DefinitionSubstitutions")
    for definition in _definitions(machine):
        yield from _states(definition, given)


def limits(machine: Resource, state: Value) -> list[Value]:
    """After how many seconds a state machine gives up a task, or all of its work, if it does.

    https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
    """
    around = (state, *_definitions(machine))
    found = (
        descend(one, key) for one in around for key in ("TimeoutSeconds", "TimeoutSecondsPath")
    )
    return [one for one in found if one.data is not None]


def _definitions(machine: Resource) -> Iterator[Value]:
    for key in ("Definition", "DefinitionString"):
        definition = document(machine.get(key), machine.scope)
        if isinstance(definition.data, Map):
            yield definition


def _states(part: Value, given: Value, around: str = "") -> Iterator[Task]:
    states = descend(part, "States").data
    if not isinstance(states, Map):
        return
    for name, state in states.items():
        if descend(state, "Type").data == "Task" and (called := _called(state)) is not None:
            yield Task(name, _substitute(called, given), state.data, state.at, around)
        for key in ("Iterator", "ItemProcessor"):
            yield from _states(descend(state, key), given, name)
        branches = descend(state, "Branches").data
        if isinstance(branches, Seq):
            for branch in branches:
                yield from _states(branch, given, name)


def _called(state: Value) -> Any:
    """What a task calls, if that is a function."""
    resource = descend(state, "Resource").data
    if (spelled := spell(resource)) and _INVOKE.match(spelled[0]):
        for key in ("Parameters", "Arguments"):
            named = descend(state, key, "FunctionName").data
            if named is not None:
                return named
        return None
    return resource


def _substitute(data: Any, given: Value) -> Any:
    """Fill in the `${Name}` that DefinitionSubstitutions define."""
    spelled = spell(data)
    if spelled is None or not isinstance(given.data, Map):
        return data
    pieces: list[Any] = []
    for index, piece in enumerate(re.split(r"\$\{([^}]+)\}", spelled[0])):
        if index % 2 == 0:
            pieces.append(unspell(piece, spelled[1]))
        else:
            found = given.data.get(piece)
            pieces.append(found.data if found else Unknown(f"substitution {piece}"))
    return text(pieces)
