"""User pools that invoke functions."""

from __future__ import annotations

from lambdalint.facts import COGNITO_RESPONSE_S
from lambdalint.fix import setting
from lambdalint.graph import Graph, Resource
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.value import Value


def slow_trigger(graph: Graph, *, max_timeout: int) -> Claims:
    for trigger in graph.triggers("cognito"):
        match trigger.function, trigger.function["Timeout"]:
            case Resource() as function, Value(int(timeout), at) if timeout > max_timeout:
                shared = any(one.kind is not trigger.kind for one in graph.invokers(function))
                yield Claim(
                    Note(at, f"may run {timeout} s, but Cognito waits {COGNITO_RESPONSE_S} s"),
                    Note(trigger.at, f"{trigger.source.name} calls {function.name}"),
                    severity=Severity.INFO if shared else None,
                    fix=setting(function, {"Timeout": max_timeout}, safe=not shared),
                )
