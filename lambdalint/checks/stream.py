"""Kinesis and DynamoDB streams (and Kafka with provisioned pollers) that invoke functions."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.fix import setting
from lambdalint.graph import STREAMS, Graph, Resource, Trigger
from lambdalint.graph.heard import told_elsewhere
from lambdalint.rule import Claim, Claims, Note
from lambdalint.settled import Map
from lambdalint.value import Value

_FOREVER = -1


def unbounded_retries(graph: Graph) -> Claims:
    for trigger in _retrying(graph):
        # With a destination and no limit, Lambda gives up on a Kafka batch after ten retries.
        # https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
        bounded = trigger.kind.name == "kafka" and trigger.on_failure.data is not None
        if _is_endless(trigger) and not bounded:
            kept = trigger.kept_hours
            after = f", after {kept.data} h" if isinstance(kept.data, int) else ""
            yield Claim(
                Note(
                    trigger.via["MaximumRetryAttempts"].at,
                    f"retries a failing batch until its records expire{after}",
                ),
                *_late(trigger),
                _reads(trigger),
            )


def silent_discard(graph: Graph) -> Claims:
    for trigger in _retrying(graph):
        limits = _limits(trigger)
        if limits and trigger.on_failure.data is None:
            first, *others = limits
            yield Claim(
                Note(first.at, f"drops a failing batch after {first.text} and records it nowhere"),
                *(Note(other.at, f"or after {other.text}") for other in others),
                _reads(trigger),
            )


def no_failure_destination(graph: Graph, *, merge: bool) -> Claims:
    for trigger in graph.triggers(*STREAMS):
        destination = trigger.on_failure
        told = _limits(trigger) or (merge and _is_endless(trigger))
        if destination.data is None and not told:
            yield Claim(
                Note(
                    destination.at,
                    "has no on-failure destination for the records it cannot process",
                ),
                _reads(trigger),
            )


def poison_batch_not_isolated(graph: Graph) -> Claims:
    for trigger in graph.triggers(*STREAMS):
        size = trigger.batch_size
        unisolated = _is_whole(trigger) and not told_elsewhere(trigger, graph.handler)
        if isinstance(size.data, int) and size.data > 1 and unisolated:
            once = trigger.via["MaximumRetryAttempts"].data == 0
            does = "drops" if once else "repeats"
            yield Claim(
                Note(size.at, f"{does} up to {size.data} records when one of them fails"),
                _reads(trigger),
                fix=setting(trigger.via, {"BisectBatchOnFunctionError": True}),
            )


def _retrying(graph: Graph) -> Iterator[Trigger]:
    """The mappings that can limit their retries; those of Kafka in provisioned mode only, and not
    those that read it as a queue, which give a failing record back to the broker.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    """
    for trigger in graph.triggers(*STREAMS, "kafka"):
        provisioned = isinstance(trigger.get("ProvisionedPollerConfig").data, Map)
        mode = trigger.get("SelfManagedKafkaEventSourceConfig", "ConsumptionMode").data
        if trigger.kind.name != "kafka" or (provisioned and mode in (None, "Stream")):
            yield trigger


def _is_endless(trigger: Trigger) -> bool:
    age = trigger.via["MaximumRecordAgeInSeconds"].data
    return trigger.via["MaximumRetryAttempts"].data == _FOREVER and (
        age == _FOREVER or any(_late(trigger))
    )


def _late(trigger: Trigger) -> Iterator[Note]:
    """The age that no record reaches, as the stream keeps none for so long."""
    match trigger.via["MaximumRecordAgeInSeconds"], trigger.kept_hours.data:
        case Value(int(age), at), int(kept) if age > kept * 3600:
            yield Note(at, f"no record of this stream gets {age} s old")


def _limits(trigger: Trigger) -> list[Note]:
    """When a mapping gives up, in words."""
    limits = []
    for name, unit in (("MaximumRetryAttempts", "retries"), ("MaximumRecordAgeInSeconds", "s")):
        match trigger.via[name]:
            case Value(int(limit), at) if limit > _FOREVER and (
                unit != "s" or not any(_late(trigger))
            ):
                limits.append(
                    Note(at, f"{limit} {'retry' if limit == 1 and unit != 's' else unit}")
                )
    return limits


def _reads(trigger: Trigger) -> Note:
    """The other end: the stream, if it is declared here."""
    if isinstance(trigger.source, Resource):
        return Note(trigger.source.at, f"{trigger.function.name} reads it")
    return Note(trigger.at, f"reads {trigger.source.name}")


def _is_whole(trigger: Trigger) -> bool:
    """Whether a batch certainly fails as a whole; a tumbling window may want that."""
    return (
        trigger.via["BisectBatchOnFunctionError"].data is False
        and not trigger.may_report_items
        and trigger.via.number("TumblingWindowInSeconds").data in (None, 0)
    )
