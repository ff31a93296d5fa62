"""Buckets that notify functions; where one may invoke itself, `loop/s3-self-trigger` says more."""

from __future__ import annotations

from lambdalint.graph import Graph, Resource, descend
from lambdalint.rule import Claim, Claims, Note
from lambdalint.settled import Seq
from lambdalint.value import Value


def no_filter(graph: Graph, *, events: list[str]) -> Claims:
    for trigger in graph.triggers("s3"):
        if _takes_all(trigger.settings, events) and not graph.writes_back(trigger):
            yield Claim(Note(trigger.at, f"invokes {trigger.function.name} for every object"))
    for delivery in graph.deliveries():
        target = delivery.target
        if (
            delivery.principal == "s3.amazonaws.com"
            and isinstance(target, Resource)
            and _takes_all(delivery.settings, events)
        ):
            for trigger in graph.triggers_of(target):
                filters = trigger.get("FilterPolicy").data or trigger.get("FilterCriteria").data
                if trigger.source == target and filters is None and not graph.writes_back(trigger):
                    yield Claim(
                        Note(delivery.at, f"invokes {trigger.function.name} for every object"),
                        Note(trigger.at, f"hands them on from {target.name}"),
                    )


def _takes_all(notification: Value, families: list[str]) -> bool:
    """Whether a notification, in CloudFormation's or the S3 API's spelling, is for all keys."""
    event = descend(notification, "Event")
    if event.data is None:
        event = descend(notification, "Events")
    names = [one.data for one in event.data] if isinstance(event.data, Seq) else [event.data]
    if not any(_belongs(name, family) for name in names for family in families):
        return False
    rules = [
        descend(notification, "Filter", "S3Key", "Rules").data,
        descend(notification, "Filter", "Key", "FilterRules").data,
    ]
    return all(
        listed is None
        or (isinstance(listed, Seq) and all(descend(one, "Value").data == "" for one in listed))
        for listed in rules
    )


def _belongs(event: object, family: str) -> bool:
    stem = family.removesuffix("*").removesuffix(":")
    return isinstance(event, str) and (event == stem or event.startswith(f"{stem}:"))
