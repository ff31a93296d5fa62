"""Buckets that notify functions; where one may invoke itself, `loop/s3-self-trigger` says more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lambdalint.graph import Delivery, Graph, Resource, Trigger, descend
from lambdalint.graph.bucket import events_of, filter_rules
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
            for hops, trigger in _readers(graph, target):
                if not graph.writes_back(trigger):
                    yield Claim(
                        Note(delivery.at, f"invokes {trigger.function.name} for every object"),
                        *(Note(hop.at, f"hands them on from {hop.source.name}") for hop in hops),
                    )


def _readers(
    graph: Graph, target: Resource
) -> Iterator[tuple[Sequence[Delivery | Trigger], Trigger]]:
    """The triggers to which a queue or topic hands on all it gets, and the ways there."""
    ways: list[tuple[Resource, tuple[Delivery, ...]]] = [(target, ())]
    ways += [
        (one.target, (one,))
        for one in graph.hands_on(target)
        if isinstance(one.target, Resource) and descend(one.settings, "FilterPolicy").data is None
    ]
    for source, hops in ways:
        for trigger in graph.triggers_of(source):
            if trigger.source == source and not any(trigger.get(*way).data for way in _FILTERS):
                yield (*hops, trigger), trigger


# Where subscriptions, mappings and pipes say which messages they want.
_FILTERS = (("FilterPolicy",), ("FilterCriteria",), ("SourceParameters", "FilterCriteria"))


def _takes_all(notification: Value, families: list[str]) -> bool:
    """Whether a notification of such events certainly is for all keys."""
    if not any(_belongs(name, one) for name in events_of(notification) for one in families):
        return False
    rules = filter_rules(notification)
    return rules is None or (
        isinstance(rules, Seq) and all(descend(one, "Value").data == "" for one in rules)
    )


def _belongs(event: object, family: str) -> bool:
    stem = family.removesuffix("*").removesuffix(":")
    return isinstance(event, str) and (event == stem or event.startswith(f"{stem}:"))
