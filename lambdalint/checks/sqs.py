"""Queues that invoke functions."""

from __future__ import annotations

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note
from lambdalint.value import Value


def short_visibility_timeout(graph: Graph, *, factor: int) -> Claims:
    for trigger in graph.triggers("sqs"):
        match trigger.source["VisibilityTimeout"], trigger.function["Timeout"]:
            case Value(int(hidden), here), Value(int(timeout), there) if (
                timeout <= hidden < factor * timeout
            ):
                yield Claim(
                    Note(here, f"hides a message for {hidden} s, needs {factor} × {timeout} s"),
                    Note(there, f"one attempt may take {timeout} s"),
                    Note(trigger.at, "reads the queue"),
                )
