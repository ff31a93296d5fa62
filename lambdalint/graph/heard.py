"""What handlers answer about the items of a batch, and whether the mapping listens."""

from __future__ import annotations

from lambdalint.graph.trigger import Trigger
from lambdalint.settled import Seq
from lambdalint.source.handler import Handler, Sight

# The mappings that can be told which items failed.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
BATCHES = ("sqs", "kinesis", "dynamodb", "stream", "kafka")


def unheard(trigger: Trigger, handler: Handler | None) -> tuple[Sight, ...]:
    """Where a handler tells which items failed though the mapping certainly does not listen."""
    if handler is None or trigger.kind.name not in BATCHES or trigger.may_report_items:
        return ()
    return handler.reports


def listens(trigger: Trigger) -> bool:
    """Whether a mapping certainly wants to be told which items failed."""
    types = trigger.get("FunctionResponseTypes").data
    return isinstance(types, Seq) and any(one.data == "ReportBatchItemFailures" for one in types)
