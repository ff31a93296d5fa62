"""Functions that cause the events they are invoked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lambdalint.graph import Graph, Keys, Resource, Route, Write
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
                Note(first.hops[0], _message(function, first)),
                *(Note(hop, f"goes on to {function.name}") for hop in first.hops[1:]),
                Note(write.at, _evidence(bucket, write)),
                *(Note(guard, "may keep it from that") for guard in _guards(write)),
                *_told(graph, function, bucket),
                *_also(first, [way for _, (way, _) in others]),
                severity=_severity(confidence, write),
                confidence=confidence,
            )


def _message(function: Resource, route: Route) -> str:
    return (
        f"invokes {function.name} for {_named(route.keys)} of {route.bucket.name}, "
        "where it may write: it can invoke itself again and again"
    )


def _named(ranges: Sequence[Keys]) -> str:
    return " or ".join("every object" if str(keys) == "*" else str(keys) for keys in ranges)


def _also(first: Route, others: Sequence[Route]) -> Iterator[Note]:
    for way in others:
        if way is not first:
            yield Note(way.hops[0], f"invokes it for {_named(way.keys)} too")


def _evidence(bucket: Resource, write: Write) -> str:
    if write.call:
        return f"writes {_named([write.keys])} there"
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
    definite = any(write.keys.within(keys) for keys in route.keys)
    if write.call:
        return Confidence.HIGH if definite and not _guards(write) else Confidence.MEDIUM
    if write.anywhere:
        return Confidence.LOW
    if not definite:
        return Confidence.LOW
    # If it may write elsewhere too, that is the likelier place for results.
    elsewhere = graph.writable_buckets(function).keys() - {route.bucket}
    return Confidence.LOW if elsewhere and str(write.keys) == "*" else Confidence.MEDIUM


def _guards(write: Write) -> tuple[Place, ...]:
    """The tests in the code that decide whether it writes."""
    return write.call.guards if write.call else ()


def _severity(confidence: Confidence, write: Write) -> Severity:
    if confidence >= Confidence.MEDIUM:
        return Severity.ERROR
    return Severity.INFO if write.anywhere else Severity.WARNING


# --- ways round -----------------------------------------------------------------------------------

_HANDED_ON = {"AWS::SQS::Queue", "AWS::SNS::Topic"}
_STREAMS = {"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Kinesis::Stream"}
_BUS = "AWS::Events::EventBus"
_BUCKET = "AWS::S3::Bucket"


def queue_or_topic(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, min_confidence):
        if _family(cycle) == "queue-or-topic":
            yield _round(cycle)


def stream(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, min_confidence):
        if _family(cycle) == "stream":
            yield _round(cycle)


def event_bus(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, min_confidence):
        if _family(cycle) == "event-bus":
            yield _round(cycle)


def self_invocation(graph: Graph, *, min_confidence: str) -> Claims:
    for cycle in _ways(graph, min_confidence):
        if _family(cycle) == "self-invocation":
            yield _round(cycle)


def destination(graph: Graph) -> Claims:
    for cycle in graph.loops():
        if _family(cycle) == "destination":
            yield _round(cycle)


def multi_hop(graph: Graph, *, min_confidence: str, max_length: int) -> Claims:
    for cycle in _ways(graph, min_confidence):
        if _family(cycle) == "multi-hop" and len(cycle.resources) <= max_length:
            yield _round(cycle)


def protection_disabled(graph: Graph) -> Claims:
    for function in graph.functions():
        match function.get("RecursiveLoop"):
            case Value("Allow", at):
                yield Claim(Note(at, f"lets {function.name} invoke itself without end"))


def _family(cycle: Cycle) -> str:
    """The rule that tells of a way round."""
    if not cycle.effects:
        return "destination"
    if not cycle.resources:
        return "self-invocation"
    if len(cycle.functions) > 1:
        return "multi-hop"
    if isinstance(cycle.steps[0].target, Resource) and cycle.steps[0].target.type == _BUCKET:
        return "s3"  # told by s3_self_trigger
    if cycle.types <= _HANDED_ON:
        return "queue-or-topic"
    if cycle.types & _STREAMS and cycle.types <= _STREAMS | _HANDED_ON:
        return "stream"
    if _BUS in cycle.types and cycle.types <= {_BUS} | _HANDED_ON:
        return "event-bus"
    return "multi-hop"


def _ways(graph: Graph, least: str) -> Iterator[Cycle]:
    return (one for one in graph.loops() if one.confidence >= Confidence[least.upper()])


def _round(cycle: Cycle) -> Claim:
    """The way round, with each of its steps."""
    (first, *others), effects = cycle.steps, cycle.effects
    evidence = [
        Note(at, said) for effect in effects for at, said in effect.evidence if at != first.at
    ]
    return Claim(
        Note(
            first.at, f"{_VERBS[cycle.confidence]} come back to {cycle.function.name}: {cycle.path}"
        ),
        *evidence,
        *(Note(step.at, step.said) for step in others if step.hop),
        Note(cycle.function.at, _PROTECTION[cycle.is_noticed]),
        severity=_SEVERITIES[cycle.confidence],
        confidence=cycle.confidence,
    )


_VERBS = {
    Confidence.HIGH: "what it does will",
    Confidence.MEDIUM: "what it does may",
    Confidence.LOW: "what it may do may",
}
_SEVERITIES = {
    Confidence.HIGH: None,
    Confidence.MEDIUM: Severity.WARNING,
    Confidence.LOW: Severity.INFO,
}
_PROTECTION = {
    True: "Lambda ends such a loop after about 16 rounds, and the event is lost",
    False: "nothing in AWS ends such a loop",
}
