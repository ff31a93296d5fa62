"""APIs that invoke functions."""

from __future__ import annotations

from typing import Any

from lambdalint.graph import Graph, Resource, Trigger
from lambdalint.graph.authorizer import guarded, is_wide, kept
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.source.handler import Given
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


def narrow_cached_policy(graph: Graph) -> Claims:
    for trigger in graph.triggers("authorizer"):
        function, kept_for, routes = trigger.function, kept(trigger), guarded(trigger)
        if not isinstance(function, Resource) or not isinstance(kept_for.data, int):
            continue
        several = len(routes) > 1 or any(map(is_wide, routes))
        handler = graph.handler(function) if kept_for.data > 0 and several else None
        for answer in handler.answers if handler else ():
            if _is_narrow(answer.said):
                what = f"{len(routes)} of them" if len(routes) > 1 else routes[0]
                said = f"allows one method only, and is kept {kept_for.data} s for {what}"
                notes = [Note(answer.at, said)]
                if answer.at.resource != function.id:
                    notes.append(Note(function.at, "runs this code"))
                yield Claim(*notes, Note(trigger.at, f"keeps what {function.name} answers"))


def _is_narrow(said: Any) -> bool:
    """Whether something is a policy that allows nothing but the method that was asked for."""
    policy = said.get("policyDocument") if isinstance(said, dict) else None
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    listed: list[Any] = statements if isinstance(statements, list) else [statements]
    effects = [one.get("Effect") if isinstance(one, dict) else None for one in listed]
    if "Allow" not in effects or not all(isinstance(effect, str) for effect in effects):
        return False
    return all(one.get("Effect") != "Allow" or _is_one(one.get("Resource")) for one in listed)


def _is_one(resource: Any) -> bool:
    listed = resource if isinstance(resource, list) else [resource]
    return all(one in (Given(("methodArn",)), Given(("routeArn",))) for one in listed)


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
