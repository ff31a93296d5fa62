"""Schedules that invoke functions."""

from __future__ import annotations

from lambdalint.graph import Graph, Resource, Trigger, resolve
from lambdalint.graph.queue import is_fifo
from lambdalint.rule import Claim, Claims, Note
from lambdalint.value import Value


def no_dead_letter_queue(graph: Graph) -> Claims:
    for trigger in graph.triggers("scheduler"):
        queue = trigger.get("Target", "DeadLetterConfig", "Arn")
        if fault := _fault(graph, trigger, queue):
            yield Claim(
                Note(queue.at, f"a run that cannot be delivered is lost: {fault}"),
                Note(trigger.at, f"starts {trigger.function.name}"),
            )


def _fault(graph: Graph, trigger: Trigger, queue: Value) -> str:
    """Why no dead-letter queue keeps the runs of a schedule, "" if one may."""
    if queue.data is None:
        return "there is no dead-letter queue"
    target = resolve(queue.data, trigger.via.scope)
    if target and is_fifo(target):
        return f"{target.name} is a FIFO queue"
    role = resolve(trigger.get("Target", "RoleArn").data, trigger.via.scope)
    if not isinstance(role, Resource) or graph.may_send(role, target):
        return ""
    return f"{role.name} may not send to the queue"
