"""Where events go on from a resource, and whether those that a function causes get there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from lambdalint.graph.bucket import Keys, Route, by_rule, notified
from lambdalint.graph.delivery import Delivery
from lambdalint.graph.effect import Effect, Node
from lambdalint.graph.resource import Resource, descend, document
from lambdalint.graph.trigger import STREAMS, Trigger, bus_of
from lambdalint.pattern import OneOf, Open, Verdict, mapping, match, sns
from lambdalint.value import Place, Unknown, Value


class Wires(Protocol):
    """The edges at a resource, in its world."""

    def triggers_of(self, resource: Resource) -> list[Trigger]: ...
    def handed_on(self, resource: Resource) -> list[Delivery]: ...
    def around(self, near: Resource, *types: str) -> list[Resource]: ...


class Hop(NamedTuple):
    """Events of a resource reach a function, or another resource, by an edge."""

    source: Node
    target: Resource
    edge: Trigger | Delivery

    @property
    def at(self) -> Place:
        return self.edge.at

    @property
    def said(self) -> str:
        """What the edge does, as evidence."""
        if isinstance(self.edge, Trigger):
            verb = "feeds" if self.edge.kind.model == "poll" else "invokes"
            return f"the {self.edge.kind.title} {verb} {self.target.name}"
        return f"goes on to {self.target.name}"


def hops(node: Node, near: Resource, wires: Wires) -> Iterator[Hop]:
    """Where the events of a node go, as far as it is known near a resource."""
    if isinstance(node, Resource):
        yield from _leaving(node, node, wires)
    if isinstance(node, Resource) and node.type not in ("AWS::Events::EventBus", _BUCKET):
        return
    for rule in wires.around(near, "AWS::Events::Rule"):
        if bus_of(rule) == node or any(route.bucket == node for route in by_rule(rule, ())):
            yield from _leaving(rule, node, wires)


_BUCKET = "AWS::S3::Bucket"


def _leaving(at: Resource, source: Node, wires: Wires) -> Iterator[Hop]:
    for trigger in wires.triggers_of(at):
        if isinstance(trigger.function, Resource) and at in (trigger.source, trigger.via):
            yield Hop(source, trigger.function, trigger)
    for delivery in wires.handed_on(at):
        if isinstance(delivery.target, Resource):
            yield Hop(source, delivery.target, delivery)


def passes(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether what a function sends goes this way; without an effect, it came from elsewhere."""
    via, settings = hop.edge.via, hop.edge.settings
    entry = effect.entry if effect else None
    if isinstance(hop.source, Resource) and hop.source.type == _BUCKET:
        return _covers(hop, effect)
    if via.type == "AWS::Events::Rule":
        pattern = document(via.get("EventPattern"), via.scope)
        return Verdict.MAYBE if effect is None else match(pattern.data, _event(entry))
    policy = descend(settings, "FilterPolicy")
    if policy.data is not None:
        scope = descend(settings, "FilterPolicyScope").data
        message = entry if isinstance(entry, dict) else {}
        attributes = message.get("MessageAttributes", Unknown("attributes"))
        return sns(
            document(policy, via.scope).data,
            scope,
            attributes if effect else Unknown("attributes"),
            message.get("Message", Unknown("a message")),
        )
    filters = descend(settings, "FilterCriteria")
    if filters.data is not None:
        return mapping(_criteria(filters, via), _record(hop, effect))
    return Verdict.YES


def _covers(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether a bucket tells of what is written into it."""
    if effect is None:
        return Verdict.MAYBE
    fitting = (
        (keys, written)
        for route in _routes(hop)
        if {*route.families} & {*effect.families}
        for keys in route.keys
        for written in effect.keys
    )
    return max((_within(keys, written) for keys, written in fitting), default=Verdict.NO)


def _routes(hop: Hop) -> list[Route]:
    via = hop.edge.via
    if via.type == "AWS::Events::Rule":
        return [route for route in by_rule(via, ()) if route.bucket == hop.source]
    assert isinstance(hop.source, Resource)  # noqa: S101  a bucket
    return [notified(hop.source, hop.edge.settings, ())]


def _within(keys: Keys, written: Keys) -> Verdict:
    if written.within(keys):
        return Verdict.YES
    return Verdict.MAYBE if keys.meets(written) else Verdict.NO


def _event(entry: Any) -> Any:
    """The event that comes of an entry, as rules see it."""
    if not isinstance(entry, dict):
        return Open({"source": Unknown("a source")})
    detail = entry.get("Detail")
    return Open(
        {
            "source": entry.get("Source", Unknown("a source")),
            "detail-type": entry.get("DetailType", Unknown("a detail type")),
            "detail": Unknown("a detail") if detail is None else detail,
        }
    )


def _criteria(filters: Value, via: Resource) -> Any:
    return document(filters, via.scope).data


def _record(hop: Hop, effect: Effect | None) -> Any:
    """The record that comes of a write, as filters see it."""
    kind = hop.edge.kind.name if isinstance(hop.edge, Trigger) else ""
    if kind not in STREAMS or effect is None or effect.call is None:
        return Open({})
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    names = _EVENT_NAMES.get(effect.call.action)
    return Open({"eventName": OneOf(names)} if names else {})


_EVENT_NAMES = {
    "PutItem": ("INSERT", "MODIFY"),
    "UpdateItem": ("INSERT", "MODIFY"),
    "DeleteItem": ("REMOVE",),
}
