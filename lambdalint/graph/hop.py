"""Where events go on from a resource, and whether those that a function causes get there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from lambdalint.confidence import Confidence
from lambdalint.graph.act import BUCKET, BUS, OF_TYPE, QUEUE
from lambdalint.graph.bucket import Keys, Route, by_rule, head, notified
from lambdalint.graph.delivery import Delivery
from lambdalint.graph.effect import Effect
from lambdalint.graph.mqtt import published, selected, selects
from lambdalint.graph.node import LOGS, MESSAGES, Node, bus, log_group, logs_of, type_of
from lambdalint.graph.record import records
from lambdalint.graph.resource import Resource, descend, document
from lambdalint.graph.trigger import Trigger
from lambdalint.pattern import Open, Verdict, mapping, match, only_from_aws, sns
from lambdalint.value import Place, Ref, Text, Unknown, spell, unspell

Edge: TypeAlias = Trigger | Delivery

_RULE, _TOPIC_RULE = "AWS::Events::Rule", "AWS::IoT::TopicRule"
_SUBSCRIPTION, _POLICY = "AWS::Logs::SubscriptionFilter", "AWS::Logs::AccountPolicy"


class Hop(NamedTuple):
    """Events of a resource reach a function, or another resource, by an edge."""

    source: Node
    target: Node
    edge: Edge

    @property
    def at(self) -> Place:
        return self.edge.at

    @property
    def via(self) -> Resource:
        return self.edge.via

    @property
    def says(self) -> str:
        """What the edge does."""
        if self.via.type == QUEUE:
            return f"hands what fails to {self.target.name}"
        if not isinstance(self.edge, Trigger):
            return f"hands on to {self.target.name}"
        return f"{'feeds' if self.edge.kind.model == 'poll' else 'invokes'} {self.target.name}"


def origins(edge: Edge) -> Iterator[Node]:
    """The nodes from which events come by an edge."""
    via = edge.via
    if via.type == _RULE:
        if via.get("EventPattern").data is not None and (
            found := bus(via.get("EventBusName").data, via.scope)
        ):
            yield found
        yield from (route.bucket for route in by_rule(via, ()))
    elif via.type == _TOPIC_RULE:
        yield MESSAGES
    elif via.type == _POLICY:
        yield LOGS
    elif via.type == _SUBSCRIPTION:
        if group := log_group(via.get("LogGroupName").data, via.scope):
            yield group
    elif isinstance(edge.source, Resource):
        yield edge.source


def end(edge: Edge) -> Node | None:
    """Where events arrive by an edge; None if that is outside of the templates."""
    if isinstance(edge, Trigger):
        return edge.function if isinstance(edge.function, Resource) else None
    if type_of(edge.target) == BUS:
        is_pipe = edge.via.type == "AWS::Pipes::Pipe"
        arn = edge.via.get("Target") if is_pipe else descend(edge.settings, "Arn")
        return bus(arn.data, edge.via.scope)
    return edge.target if isinstance(edge.target, Resource) else None


# --- what passes ----------------------------------------------------------------------------------


def passes(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether what a function does goes this way; without an effect, it came from elsewhere."""
    via = hop.via
    if via.type in _PASSING:
        return _PASSING[via.type](hop, effect)
    if isinstance(hop.source, Resource) and hop.source.type == BUCKET:
        return _covers(effect, [notified(hop.source, hop.edge.settings, ())])
    for key, test in (("FilterPolicy", _by_policy), ("FilterCriteria", _by_criteria)):
        path = ("SourceParameters", key) if via.type == "AWS::Pipes::Pipe" else (key,)
        written = descend(hop.edge.settings, *path)
        if written.data is not None:
            return test(document(written, via.scope).data, hop, effect)
    return Verdict.YES


def _by_rule(hop: Hop, effect: Effect | None) -> Verdict:
    via = hop.via
    if type_of(hop.source) == BUCKET:
        return _covers(effect, [one for one in by_rule(via, ()) if one.bucket == hop.source])
    pattern = document(via.get("EventPattern"), via.scope).data
    if effect is None:
        return Verdict.MAYBE
    # Nobody but AWS puts events that come from `aws.…`.
    if effect.act.service == "events" and only_from_aws(pattern) is Verdict.YES:
        return Verdict.NO
    return max(match(pattern, event) for event in _events(effect.entry))


def _events(entry: Any) -> Iterator[Any]:
    """The event that comes of an entry, as rules see it."""
    entries = entry if isinstance(entry, list) else [entry]
    for one in entries:
        told = one if isinstance(one, dict) else {}
        detail = told.get("Detail", Unknown("a detail"))
        # What every event has, whoever puts it.
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
        yield Open(
            {
                "account": Ref("AWS::AccountId"),
                "region": Ref("AWS::Region"),
                "source": told.get("Source", Text((Unknown("a source"),))),
                "detail-type": told.get("DetailType", Text((Unknown("a detail type"),))),
                "detail": Unknown("a detail") if detail is None else detail,
            }
        )


def _covers(effect: Effect | None, routes: Sequence[Route]) -> Verdict:
    """Whether a bucket tells of what is written into it."""
    if effect is None:
        return Verdict.MAYBE
    fitting = (
        (keys, written)
        for route in routes
        if route.takes(effect.events)
        for keys in route.keys
        for written in effect.keys
    )
    return max((_within(keys, written) for keys, written in fitting), default=Verdict.NO)


def _within(keys: Keys, written: Keys) -> Verdict:
    if written.within(keys):
        return Verdict.YES
    return Verdict.MAYBE if keys.meets(written) else Verdict.NO


def _by_policy(policy: Any, hop: Hop, effect: Effect | None) -> Verdict:
    """Whether a subscription takes what is published."""
    scope = descend(hop.edge.settings, "FilterPolicyScope").data
    message = effect.entry if effect and effect.call else None
    if not isinstance(message, dict):
        return sns(policy, scope, Open(), Unknown("a message"))
    attributes = message.get("MessageAttributes", Open() if isinstance(message, Open) else None)
    return sns(policy, scope, attributes, message.get("Message", Unknown("a message")))


def _by_criteria(criteria: Any, hop: Hop, effect: Effect | None) -> Verdict:
    """Whether a mapping or a pipe takes the records that come of it."""
    del hop
    return max(mapping(criteria, record) for record in records(effect))


def _by_subscription(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether what a function logs is subscribed to."""
    del effect
    return _by_words(hop.via.get("FilterPattern").data)


def _by_words(pattern: Any) -> Verdict:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    empty = pattern is None or (isinstance(pattern, str) and not pattern.strip())
    return Verdict.YES if empty else Verdict.MAYBE


def _by_account(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether a policy for all log groups of an account leaves out those of a function.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters-AccountLevel.html
    """
    via = hop.via
    criteria = via.get("SelectionCriteria").data
    if criteria is not None:
        excluded = _excluded(criteria, via)
        if effect is None or None in excluded or logs_of(effect.actor) in excluded:
            return Verdict.NO
    return _by_words(descend(document(via.get("PolicyDocument"), via.scope), "FilterPattern").data)


def _excluded(criteria: Any, via: Resource) -> list[Node | None]:
    """The log groups that a policy leaves out, None among them if nobody can tell."""
    spelled = spell(criteria)
    found = _NOT_IN.fullmatch(spelled[0]) if spelled else None
    if spelled is None or found is None:
        return [None]
    names = (unspell(name, spelled[1]) for name in _QUOTED.findall(found[1]))
    return [log_group(name, via.scope) for name in names]


_NOT_IN = re.compile(r"\s*LogGroupName\s+NOT\s+IN\s*\[(.*)\]\s*", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")


def _by_topic(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether a rule of IoT takes what is published."""
    wanted = selected(hop.via.get("TopicRulePayload", "Sql").data)
    if wanted is None or effect is None or not isinstance(effect.entry, dict):
        return Verdict.NO
    levels, looks_at_messages = wanted
    own = effect.actor.get("TopicRulePayload", "Sql").data
    around = selected(own) if own is not None else None
    topic = published(effect.entry.get("topic"), around[0] if around else ())
    verdict = selects(levels, topic)
    return min(verdict, Verdict.MAYBE) if looks_at_messages else verdict


def _by_failure(hop: Hop, effect: Effect | None) -> Verdict:
    """Whether what fails comes round: it does if it is certain where the function sends."""
    del hop
    return Verdict.MAYBE if effect and (effect.call or effect.told) else Verdict.NO


_PASSING = {
    _RULE: _by_rule,
    _TOPIC_RULE: _by_topic,
    _SUBSCRIPTION: _by_subscription,
    _POLICY: _by_account,
    QUEUE: _by_failure,
}


# --- what is carried on ---------------------------------------------------------------------------


def carried(hop: Hop, effect: Effect | None) -> Effect | None:
    """What is known of the events after a hop."""
    type = type_of(hop.target)
    if type == BUS and hop.via.type == _RULE:
        return effect
    if type not in (BUS, BUCKET):
        return None
    memory, key = hop.via.world.memory, (carried, hop.via.declaration, hop.at)
    if key not in memory:
        memory[key] = _stored(hop) if type == BUCKET else _piped(hop)
    found: Effect = memory[key]
    return found


def _stored(hop: Hop) -> Effect:
    """What a delivery stream does to a bucket."""
    prefix = head(descend(hop.edge.settings, "Prefix").data or "").partition("!{")[0]
    evidence = ((hop.at, hop.says),)
    return Effect(
        hop.via,
        hop.target,
        OF_TYPE[BUCKET],
        Confidence.HIGH,
        evidence,
        events=("ObjectCreated",),
        keys=(Keys(prefix),),
    )


def _piped(hop: Hop) -> Effect:
    """What a pipe puts on a bus: a name that begins with `$` is taken from the event.

    https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetEventBridgeEventBusParameters.html
    """
    written = descend(hop.edge.settings, "TargetParameters", "EventBridgeEventBusParameters")
    told = ((name, descend(written, name).data) for name in ("Source", "DetailType"))
    entry = {name: data for name, data in told if isinstance(data, str) and "$" not in data}
    evidence = ((hop.at, hop.says),)
    return Effect(hop.via, hop.target, OF_TYPE[BUS], Confidence.HIGH, evidence, entry=Open(entry))
