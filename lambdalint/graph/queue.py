"""What the settings of a queue mean."""

from __future__ import annotations

from lambdalint.graph.resource import External, Resource, descend, document, number
from lambdalint.value import Value


def redrive(queue: Resource | External, key: str) -> Value:
    """What a queue's redrive policy says: a mapping, or JSON text, with numbers as text or not."""
    policy = queue.get("RedrivePolicy")
    if isinstance(queue, Resource):
        policy = document(policy, queue.scope)
    return number(descend(policy, key))


def is_fifo(queue: Resource | External) -> bool | None:
    """Whether a queue is a FIFO queue; None if nobody can tell."""
    if isinstance(queue, External):
        is_certain = queue.service == "sqs" and not queue.name.endswith("}")
        return queue.name.endswith(".fifo") or (False if is_certain else None)
    fifo = queue["FifoQueue"].data
    if str(queue.get("QueueName").data).endswith(".fifo"):
        return True
    return fifo if isinstance(fifo, bool) else None
