"""Functions that cause the events they are invoked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lambdalint.graph import Graph, Keys, Resource, Route, Write
from lambdalint.graph.act import BUCKET, BUS, QUEUE, STREAM, TABLES, TOPIC
from lambdalint.graph.cycle import Cycle, Leg
from lambdalint.graph.effect import called
from lambdalint.rule import Claim, Claims, Confidence, Note, Severity
from lambdalint.value import Place, Value

if TYPE_CHECKING:
    from lambdalint.graph.cycle import Cycle


def s3_self_trigger(
    graph: Graph, *, min_confidence: str, assume_key_disjoint: Sequence[str]
) -> Claims:
    for function in graph.functions():
        loops: dict[Resource, list[tuple[Route, Write]]] = defaultdict(list)
        for trigger in graph.invokers(function):
            for route, write in graph.writes_back(trigger):
                loops[route.bucket].append((route, write))
        for bucket, ways in loops.items():
            ranked = [(_confidence(graph, function, *way), way) for way in ways]
            ranked.sort(key=lambda one: one[0], reverse=True)
            (confidence, (first, write)), *others = ranked
            if bucket.id in assume_key_disjoint or confidence < Confidence[min_confidence.upper()]:
                continue
            yield Claim(
                Note(first.hops[0], _message(function, first, write)),
                *(Note(hop, f"goes on to {function.name}") for hop in first.hops[1:]),
                Note(write.at, _evidence(bucket, write)),
                *(Note(guard, "may keep it from that") for guard in _guards(write)),
                *_told(graph, function, bucket),
                *_also(first, [way for _, (way, _) in others]),
                severity=_severity(confidence, first, write),
                confidence=confidence,
            )


def _message(function: Resource, route: Route, write: Write) -> str:
    sure = write.call and not write.call.guards and _certainly(route, write)
    does = "writes" if sure else "may write"
    return (
        f"invokes {function.name} for {_named(route.keys)} of {route.bucket.name}, "
        f"where it {does}: it can invoke itself again and again"
    )


def _named(ranges: Sequence[Keys]) -> str:
    return " or ".join(map(_told_of, ranges))


def _told_of(keys: Keys) -> str:
    if str(keys) != "*":
        return str(keys)
    return "some objects" if keys.vague else "every object"


def _also(first: Route, others: Sequence[Route]) -> Iterator[Note]:
    for way in others:
        if way is not first:
            yield Note(way.hops[0], f"invokes it for {_named(way.keys)} too")


def _evidence(bucket: Resource, write: Write) -> str:
    if write.call:
        what = "objects" if str(write.keys) == "*" else write.keys
        return f"writes {what} there"
    if write.anywhere:
        return "lets it write into any bucket"
    return f"lets it write {_named([write.keys])} of {bucket.name}"


def _told(graph: Graph, function: Resource, bucket: Resource) -> list[Note]:
    variable = graph.in_environment(function, bucket)
    if not variable:
        return []
    value = function.get("Environment", "Variables", variable)
    return [Note(value.at, f"tells it of {bucket.name}")]


def _confidence(graph: Graph, function: Resource, route: Route, write: Write) -> Confidence:
    """Without the code nobody knows where it writes, only where it may."""
    definite = _certainly(route, write)
    if write.call:
        return Confidence.HIGH if definite and not _guards(write) else Confidence.MEDIUM
    if write.anywhere:
        return Confidence.LOW
    if not definite:
        return Confidence.LOW
    # If it may write elsewhere too, that is the likelier place for results.
    elsewhere = graph.writable_buckets(function).keys() - {route.bucket}
    return Confidence.LOW if elsewhere and str(write.keys) == "*" else Confidence.MEDIUM


def _certainly(route: Route, write: Write) -> bool:
    """Whether what is written certainly goes that way."""
    return any(write.keys.within(keys) for keys in route.keys)


def _guards(write: Write) -> tuple[Place, ...]:
    """The tests in the code that decide whether it writes."""
    return write.call.guards if write.call else ()


def _severity(confidence: Confidence, route: Route, write: Write) -> Severity:
    if confidence >= Confidence.MEDIUM:
        doubtful = _guards(write) or (write.call and not _certainly(route, write))
        return Severity.WARNING if doubtful else Severity.ERROR
    return Severity.INFO if write.anywhere else Severity.WARNING


# --- ways round -----------------------------------------------------------------------------------


def queue_or_topic(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, "queue-or-topic", min_confidence):
        yield _round(cycle, _arrives(cycle))


def stream(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, "stream", min_confidence):
        yield _round(cycle, _arrives(cycle))


def event_bus(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, "event-bus", min_confidence):
        yield _round(cycle, _arrives(cycle))


def self_invocation(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, "self-invocation", min_confidence):
        yield _round(cycle, _arrives(cycle) if len(cycle.legs) == 1 else _comes_back(cycle))


def destination(graph: Graph) -> Claims:
    for cycle in _ways(graph, "destination"):
        sure = all(leg.effect.confidence is Confidence.HIGH for leg in cycle.legs)
        come = "may come" if any(leg.doubts for leg in cycle.legs) else "come"
        what = "results" if sure else "failures"
        yield _round(cycle, f"{what} of {cycle.start.name} {come} back to it")


def log_subscription(graph: Graph) -> Claims:
    for cycle in _ways(graph, "log-subscription"):
        yield _round(cycle, f"each call of {cycle.start.name} is logged and brings the next")


def iot_republish(graph: Graph) -> Claims:
    for cycle in _ways(graph, "iot-republish"):
        yield _round(cycle, _comes_back(cycle))


def multi_hop(graph: Graph, *, min_confidence: str, max_length: int) -> Claims:
    for cycle in _ways(graph, "multi-hop", min_confidence):
        if len(cycle.nodes) <= max_length:
            yield _round(cycle, _comes_back(cycle))


def protection_disabled(graph: Graph) -> Claims:
    loops = {function: loop for loop in graph.loops() for function in loop.functions}
    for function in graph.functions():
        match function.get("RecursiveLoop"):
            case Value("Allow", at):
                loop = loops.get(function)
                grave = loop is not None and loop.confidence > Confidence.LOW
                yield Claim(
                    Note(at, f"lets {function.name} invoke itself without end"),
                    *([Note(_place(loop), loop.path)] if loop else []),
                    severity=Severity.ERROR if grave else None,
                )


def _ways(graph: Graph, name: str, least: str = "low") -> Iterator[Cycle]:
    """The ways round that a rule tells of."""
    for cycle in graph.loops():
        if _rule(cycle) == name and cycle.confidence >= Confidence[least.upper()]:
            yield cycle


def _rule(cycle: Cycle) -> str:
    """The rule that tells of a way round."""
    acts, types = {leg.effect.act.service for leg in cycle.legs}, cycle.types
    alone = len(cycle.legs) == 1
    for services, name in _BY_ACT:
        if acts <= services and (alone or not types & _RESOURCES):
            return name
    if not types and acts == {"lambda"}:
        return "self-invocation"
    return next((name for known, name in _BY_TYPE if alone and types <= known), "multi-hop")


_HANDED_ON = {QUEUE, TOPIC}
_STREAMS = {*TABLES, STREAM}
_RESOURCES = {*_HANDED_ON, *_STREAMS, BUS, BUCKET}
_BY_ACT = (
    ({"lambda destination"}, "destination"),
    ({"logs"}, "log-subscription"),
    ({"iot", "iot rule"}, "iot-republish"),
)
_BY_TYPE = (
    (_HANDED_ON, "queue-or-topic"),
    (_STREAMS | _HANDED_ON, "stream"),
    ({BUS} | _HANDED_ON, "event-bus"),
    ({BUCKET, BUS} | _HANDED_ON, "s3-self-trigger"),  # which finds out by itself
)


# --- what is said of a way round ------------------------------------------------------------------


def _round(cycle: Cycle, message: str) -> Claim:
    """The way round, with each of its steps."""
    return Claim(
        Note(_place(cycle), f"{message}: {cycle.path}"),
        *(note for leg in cycle.legs for note in _steps(leg, cycle)),
        _protection(cycle),
        _cut(cycle),
        severity=_SEVERITIES[cycle.confidence],
        confidence=cycle.confidence,
    )


_SEVERITIES = {
    Confidence.HIGH: None,
    Confidence.MEDIUM: Severity.WARNING,
    Confidence.LOW: Severity.INFO,
}


def _arrives(cycle: Cycle) -> str:
    """What brings the events back to a function, and what it does to cause them."""
    (leg,) = cycle.legs
    effect, act = leg.effect, leg.effect.act
    target = "itself" if effect.target == leg.start else called(effect.target, effect.entry)
    sure = cycle.confidence is Confidence.HIGH
    done = f"{act.does} {target}" if sure else f"may {act.may} {target}"
    return f"{leg.hops[-1].says}, which {done}" if leg.hops else f"{cycle.start.name} {done}"


def _comes_back(cycle: Cycle) -> str:
    comes = "comes" if cycle.confidence is Confidence.HIGH else "may come"
    return f"what {cycle.start.name} does {comes} back to it"


def _place(cycle: Cycle) -> Place:
    """Where it comes back; or else what lets a function do it, or the function that does."""
    last = cycle.legs[-1]
    if last.hops:
        return last.hops[-1].at
    return last.start.at if last.effect.call else last.effect.at


def _steps(leg: Leg, cycle: Cycle) -> Iterator[Note]:
    """The evidence of a leg, and which of it is weak where that weakens the whole."""
    effect, weak = leg.effect, leg.confidence is cycle.confidence
    for number, (at, said) in enumerate(effect.evidence):
        doubtful = not number and weak and effect.confidence < Confidence.HIGH
        yield Note(at, f"{said}, which is {_SURE[effect.confidence]}" if doubtful else said)
    for hop in leg.hops:
        if hop in leg.doubts and weak:
            yield Note(
                hop.at, f"{hop.says}, {_IF.get(hop.via.type, 'if its filter lets that pass')}"
            )
        elif hop.at != _place(cycle):
            yield Note(hop.at, hop.says)


_IF = {
    QUEUE: "if it fails each time",
    BUCKET: "for some of the keys",
    "Custom::S3BucketNotifications": "for some of the keys",
    "AWS::Logs::SubscriptionFilter": "if its pattern finds that",
    "AWS::Logs::AccountPolicy": "if its pattern finds that",
}
_SURE = {Confidence.MEDIUM: "likely", Confidence.LOW: "possible"}


def _protection(cycle: Cycle) -> Note:
    """What Lambda itself does about it."""
    if cycle.unguarded:
        return Note(cycle.unguarded, "keeps Lambda from ending it")
    counted = "ends it after about 16 rounds and drops the event"
    said = counted if cycle.is_noticed else "does not notice it"
    return Note(cycle.start.at, f"Lambda's own loop detection {said}")


def _cut(cycle: Cycle) -> Note:
    """Where it costs least to end it."""
    weakest = min(cycle.legs, key=lambda leg: leg.confidence)
    effect = weakest.effect
    if effect.confidence < Confidence.HIGH and not effect.call and effect.act.permissions:
        return Note(effect.at, "cheapest cut: this permission, if nothing needs it")
    hops = [hop for hop in cycle.hops if hop.via.type in _FILTERS]
    if hops:
        return Note(hops[-1].at, f"cheapest cut: {_FILTERS[hops[-1].via.type]}")
    return Note(effect.at, "cheapest cut: another target, or a count of the rounds")


_FILTERS = {
    "AWS::Lambda::EventSourceMapping": "FilterCriteria that leave out what comes back",
    "AWS::Pipes::Pipe": "FilterCriteria that leave out what comes back",
    "AWS::SNS::Subscription": "a FilterPolicy that leaves out what comes back",
    "AWS::Events::Rule": "an EventPattern that leaves out what comes back",
    "AWS::Logs::SubscriptionFilter": "another function for these logs",
    "AWS::Logs::AccountPolicy": "SelectionCriteria that leave out these logs",
    "AWS::IoT::TopicRule": "a topic that its SQL does not select",
    BUCKET: "a filter for other keys",
    "Custom::S3BucketNotifications": "a filter for other keys",
}
