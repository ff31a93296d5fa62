"""Rules of EventBridge and their targets."""

from __future__ import annotations

from lambdalint.graph import External, Graph, Resource, descend, resolve
from lambdalint.graph.provider import is_provider
from lambdalint.graph.resource import is_enabled
from lambdalint.rule import Claim, Claims, Note
from lambdalint.settled import Seq
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
