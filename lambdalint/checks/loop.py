"""Functions that cause the events they are invoked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from lambdalint.graph import Graph, Keys, Resource, Route, Write
from lambdalint.rule import Claim, Claims, Confidence, Note, Severity
from lambdalint.value import Place


def s3_self_trigger(
    graph: Graph, *, min_confidence: str, assume_key_disjoint: Sequence[str]
) -> Claims:
    for function in graph.functions():
        loops: dict[Resource, list[tuple[Route, Write]]] = defaultdict(list)
        for trigger in graph.invokers(function):
            for route, write in graph.writes_back(trigger):
                loops[route.bucket].append((route, write))
        for bucket, ways in loops.items():
            sure = {way: _confidence(graph, function, *way) for way in ways}
            confidence = max(sure.values())
            if bucket.id in assume_key_disjoint or confidence < Confidence[min_confidence.upper()]:
                continue
            (first, write), *others = sorted(ways, key=sure.__getitem__, reverse=True)
            yield Claim(
                Note(first.hops[0], _message(function, first)),
                *(Note(hop, f"goes on to {function.name}") for hop in first.hops[1:]),
                Note(write.at, _evidence(bucket, write)),
                *(Note(guard, "may keep it from that") for guard in _guards(write)),
                *_told(graph, function, bucket),
                *_also(first, [way for way, _ in others]),
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
