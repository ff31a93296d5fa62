"""Functions that wait for functions."""

from __future__ import annotations

from collections.abc import Sequence

from lambdalint.graph import Call, Graph
from lambdalint.rule import Claim, Claims, Confidence, Note
from lambdalint.value import Value


def synchronous_invoke(graph: Graph, *, allow_pairs: Sequence[str]) -> Claims:
    for caller in graph.functions():
        for call in graph.calls(caller):
            if f"{caller.id}->{call.callee.id}" in allow_pairs or _is_durable(call):
                continue
            if not call.variable and graph.shares_role(caller):
                continue  # the permission may be meant for another function
            if any(trigger.kind.model != "sync" for trigger in graph.invokers(call.callee)):
                continue  # nobody waits for what services invoke without waiting
            yield Claim(
                Note(caller.at, f"may invoke {call.callee.name}, and wait for it"),
                *_evidence(call),
                # What a function may do is not what it does: only its code can tell.
                confidence=Confidence.MEDIUM if call.named and call.variable else Confidence.LOW,
            )


def _is_durable(call: Call) -> bool:
    """A durable caller is suspended while it waits; a durable callee is not waited for."""
    ends = (call.caller, call.callee)
    return any(end.get("DurableConfig").data is not None for end in ends)


def _evidence(call: Call) -> list[Note]:
    allowed = call.callee.name if call.named else "any function"
    notes = [Note(call.statement.at, f"lets it invoke {allowed}")]
    if call.variable:
        notes.append(Note(call.told.at, f"tells it of {call.callee.name}"))
    match call.caller["Timeout"].data, call.callee["Timeout"]:
        case int(own), Value(int(timeout), at):
            notes.append(Note(at, f"both are paid for up to {min(own, timeout)} s if it waits"))
    return notes
