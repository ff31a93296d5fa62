"""Functions that wait for functions, as their code calls them: directly, or by a workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lambdalint.confidence import Confidence
from lambdalint.graph.reference import called, function
from lambdalint.graph.resource import External, Resource, descend
from lambdalint.graph.said import settled
from lambdalint.graph.trigger import Trigger
from lambdalint.graph.workflow import limits
from lambdalint.source.handler import EACH, Call, Handler
from lambdalint.value import Unknown, Value

Triggers = Callable[[Resource], list[Trigger]]


class Wait(NamedTuple):
    """A function waits for another: `callee` is None if nobody can tell which.

    `through` is the workflow that it waits for, whose task the callee is, and `limits` after how
    many seconds that gives up.
    """

    caller: Resource
    callee: Resource | External | None
    call: Call
    confidence: Confidence
    through: Resource | None = None
    limits: tuple[Value, ...] = ()


class Calls(NamedTuple):
    """The calls of functions in the code of a function: those it waits for, and all others.

    What it only `starts` is there, too, None for what nobody can tell; `whole` is whether that is
    everything.
    """

    waits: tuple[Wait, ...]
    starts: frozenset[Resource | External | None]
    whole: bool


def calls(caller: Resource, handler: Handler, triggers: Triggers) -> Calls:
    """What the code of a function calls."""
    waits: list[Wait] = []
    starts: set[Resource | External | None] = set()
    sure = Confidence.HIGH if handler.certain else Confidence.MEDIUM
    for call in handler.calls:
        if call.service == "lambda" and call.action in _INVOKE:
            target = function(settled(call.arguments.get("FunctionName"), caller), caller.scope)
            callee = target.function if target else None
            match _type(call, caller):
                case "RequestResponse":
                    confidence = sure if callee else min(sure, Confidence.MEDIUM)
                    waits.append(Wait(caller, callee, call, confidence))
                case "Event" | "DryRun":
                    starts.add(callee)
                case _:
                    waits.append(Wait(caller, callee, call, Confidence.LOW))
        elif (call.service, call.action) == ("lambda", "InvokeAsync"):
            target = function(settled(call.arguments.get("FunctionName"), caller), caller.scope)
            starts.add(target.function if target else None)
        elif (call.service, call.action) == ("states", "StartSyncExecution"):
            waits += _workflow(caller, call, triggers, sure)
    return Calls(tuple(waits), frozenset(starts), handler.complete and handler.certain)


# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
_INVOKE = ("Invoke", "InvokeWithResponseStream")


def _type(call: Call, caller: Resource) -> Any:
    """How a function is invoked; unknown if nobody can tell."""
    if "InvocationType" not in call.arguments:
        return Unknown("more arguments") if EACH in call.arguments else "RequestResponse"
    written = settled(call.arguments["InvocationType"], caller)
    return "RequestResponse" if written is None else written


def _workflow(caller: Resource, call: Call, triggers: Triggers, sure: Confidence) -> Iterator[Wait]:
    """The functions whose results an express workflow is waited for."""
    name = settled(call.arguments.get("stateMachineArn"), caller)
    machine = called("AWS::StepFunctions::StateMachine", name, caller.scope)
    if isinstance(machine, Resource):
        waited = (
            (trigger.function, tuple(limits(machine, trigger.settings)))
            for trigger in triggers(machine)
            if trigger.source == machine
            and trigger.kind.name == "step-functions"
            and not _is_left_alone(trigger.settings)
        )
        for callee, ends in dict.fromkeys(waited):
            yield Wait(caller, callee, call, sure, machine, ends)


def _is_left_alone(state: Value) -> bool:
    """Whether a task does not wait for the function that it invokes, or nobody can tell.

    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
    """
    ways = (descend(state, key, "InvocationType").data for key in ("Parameters", "Arguments"))
    return any(way not in (None, "RequestResponse") for way in ways)


def longest(first: Wait, ways: Callable[[Resource], list[Wait]], most: int) -> tuple[Wait, ...]:
    """The longest chain that begins with a call: each function waits for the next, none twice.

    `most` is how many functions it is followed for.
    """

    def on(waits: tuple[Wait, ...]) -> tuple[Wait, ...]:
        last = waits[-1].callee
        passed = {waits[0].caller, *(wait.callee for wait in waits)}
        if not isinstance(last, Resource) or len(passed) >= most:
            return waits
        further = (on((*waits, wait)) for wait in ways(last) if wait.callee not in passed)
        return max(further, key=len, default=waits)

    return on((first,))
