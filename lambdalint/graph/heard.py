"""What handlers answer about the items of a batch, and whether the mapping listens."""

from __future__ import annotations

from collections.abc import Callable

from lambdalint.graph.resource import Resource
from lambdalint.graph.trigger import Trigger
from lambdalint.settled import Seq
from lambdalint.source.handler import Handler, Sight
from lambdalint.world import World

# The mappings that can be told which items failed.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
BATCHES = ("sqs", "kinesis", "dynamodb", "stream", "kafka")


def unheard(trigger: Trigger, read: Callable[[Resource], Handler | None]) -> tuple[Sight, ...]:
    """Where a handler tells which items failed though the mapping certainly does not listen."""
    function = trigger.function
    if trigger.kind.name not in BATCHES or trigger.may_report_items:
        return ()
    handler = read(function) if isinstance(function, Resource) else None
    return handler.reports if handler and not handler.reports_none else ()


def told_elsewhere(trigger: Trigger, read: Callable[[Resource], Handler | None]) -> bool:
    """Whether what fails is reported and not heard, which is worse than that nobody reports it.

    The code is looked at in a world of its own: a finding does not hang on what that one asks.
    """
    function = trigger.function
    if not isinstance(function, Resource):
        return False
    aside = World(dict(function.world.answers)).scope(function.template)
    return bool(unheard(trigger._replace(function=Resource(function.declaration, aside)), read))


def listens(trigger: Trigger) -> bool:
    """Whether a mapping certainly wants to be told which items failed."""
    types = trigger.get("FunctionResponseTypes").data
    return isinstance(types, Seq) and any(one.data == "ReportBatchItemFailures" for one in types)
