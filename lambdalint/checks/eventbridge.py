"""Rules of EventBridge and their targets."""

from __future__ import annotations

from collections.abc import Sequence
from json import loads
from typing import Any

from lambdalint.graph import External, Graph, Resource, descend, resolve
from lambdalint.graph.provider import is_provider
from lambdalint.graph.resource import is_enabled
from lambdalint.rule import Claim, Claims, Note
from lambdalint.settled import Seq
from lambdalint.source.handler import EACH
from lambdalint.value import Value


def no_dead_letter_queue(graph: Graph, *, target_types: list[str], scheduled_rules: bool) -> Claims:
    for rule in graph.resources("AWS::Events::Rule"):
        targets = rule.get("Targets").data
        scheduled = rule.get("EventPattern").data is None
        if not is_enabled(rule) or (scheduled and not scheduled_rules):
            continue
        for entry in targets if isinstance(targets, Seq) else ():
            target = resolve(descend(entry, "Arn").data, rule.scope)
            if (
                descend(entry, "DeadLetterConfig", "Arn").data is None
                and target
                and _kind(target) in target_types
                and not (isinstance(target, Resource) and is_provider(target.declaration))
            ):
                drops = Note(entry.at, f"drops events that cannot reach {target.name}")
                yield Claim(drops, *_no_help(target))


_KINDS = {
    "states": "sfn",
    "stepfunctions": "sfn",
    "kinesisfirehose": "firehose",
    "api-destination": "apidestination",
    "event-bus": "eventbus",
}


def _kind(target: Resource | External | None) -> str:
    """What the option calls a target; "" if nobody can tell."""
    match target:
        case Resource(type=kind):
            service, _, thing = kind.lower().removeprefix("aws::").partition("::")
        case External(service=service, name=name):
            thing = name.split("/")[0]
        case _:
            return ""
    kind = thing if service == "events" else service
    return _KINDS.get(kind, kind)


def _no_help(target: Resource | External | None) -> list[Note]:
    """A function's own dead-letter queue is often mistaken for that of the rule."""
    if not isinstance(target, Resource) or target.type != "AWS::Lambda::Function":
        return []
    match target.get("DeadLetterConfig", "TargetArn"):
        case Value(None):
            return []
        case own:
            return [Note(own.at, "keeps only events that did reach the function")]


def no_schema_version(graph: Graph, *, keys: Sequence[str]) -> Claims:
    for function in graph.functions():
        handler = graph.handler(function)
        for call in handler.calls if handler else ():
            entries = call.arguments.get("Entries")
            if (call.service, call.action) != ("events", "PutEvents"):
                continue
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and _is_plain(entry.get("Detail"), keys):
                    kind = entry.get("DetailType")
                    name = kind if isinstance(kind, str) else "an event"
                    notes = [Note(call.at, f"puts {name} without a version of its schema")]
                    if call.at.resource != function.id:
                        notes.append(Note(function.at, "runs this code"))
                    yield Claim(*notes)


def _is_plain(detail: Any, keys: Sequence[str]) -> bool:
    """Whether a detail certainly has none of these keys, which may be paths with dots."""
    if isinstance(detail, str):
        try:
            detail = loads(detail)
        except (ValueError, RecursionError):
            return False
    return isinstance(detail, dict) and not any(_may_have(detail, key.split(".")) for key in keys)


def _may_have(said: Any, path: Sequence[str]) -> bool:
    """Whether a piece of what code says may have something at a path."""
    if not path:
        return True
    if isinstance(said, dict):
        key, *below = path
        return EACH in said or (key in said and _may_have(said[key], below))
    return not isinstance(said, str | int | float | list | None)
