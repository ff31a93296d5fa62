"""APIs that invoke functions."""

from __future__ import annotations

from lambdalint.graph import Graph, Resource, Trigger
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.value import Value


def timeout_beyond_integration(graph: Graph, *, slack_seconds: int) -> Claims:
    for trigger in graph.triggers("rest-api", "http-api", "websocket-api"):
        match trigger.function, trigger.function["Timeout"], trigger.wait:
            case Resource() as function, Value(int(timeout), at), Value(int(wait), there) if (
                timeout > wait / 1000 + slack_seconds
            ):
                invokers = graph.invokers(function)
                yield Claim(
                    Note(at, f"may run {timeout} s, but the API waits {_shortest(invokers)} s"),
                    Note(
                        there, f"{trigger.source.name} waits {wait / 1000:g} s for {function.name}"
                    ),
                    severity=Severity.INFO if _is_shared(invokers, timeout) else None,
                )


def _shortest(invokers: list[Trigger]) -> str:
    """The patience of the least patient API: one function has one timeout, so one finding."""
    waits = [one.wait.data for one in invokers if isinstance(one.wait.data, int)]
    return f"{min(waits) / 1000:g}"


def _is_shared(invokers: list[Trigger], timeout: int) -> bool:
    """Whether something that waits as long, or does not wait at all, may need the long timeout."""
    return any(
        one.wait.data >= timeout * 1000
        if isinstance(one.wait.data, int)
        else one.wait.data is None and one.kind.name not in ("authorizer", "cognito")
        for one in invokers
    )
