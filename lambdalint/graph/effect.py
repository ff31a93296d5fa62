"""What functions do to resources, so that events come of it: by their code, or as they may."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from lambdalint.confidence import Confidence
from lambdalint.graph.act import ACTS, BUCKET, BUS, FUNCTION, OF_CALL, Act
from lambdalint.graph.bucket import CAUSES, Keys, writes
from lambdalint.graph.iam import Grants, Statement, texts
from lambdalint.graph.node import MESSAGES, Node, bus
from lambdalint.graph.put import caused_by, is_bucket, keys_of
from lambdalint.graph.reach import Allowed, allowed
from lambdalint.graph.reference import called as named
from lambdalint.graph.reference import function
from lambdalint.graph.resource import Resource
from lambdalint.graph.said import settled
from lambdalint.graph.trigger import DEFAULT_BUS
from lambdalint.pattern import OneOf, Open
from lambdalint.settled import Map
from lambdalint.source.handler import Call, Given, Handler
from lambdalint.value import Place, Ref, Unknown

Evidence: TypeAlias = tuple[Place, str]


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """Something causes events of a resource, or may: the first evidence is the best.

    `call` is the call in its code, and `entry` what is known of the event. `events` and `keys`
    are those of what it does to a bucket, `changes` what it does to the items of a table. What a
    function only may do is `anywhere` if its role names no resource. `told` is whether its
    environment names the resource, and `after` the qualifier of the asynchronous invocations that
    Lambda does it after, None where the function does it itself.
    """

    actor: Resource
    target: Node
    act: Act
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    call: Call | None = None
    entry: Any = None
    events: tuple[str, ...] = ()
    keys: tuple[Keys, ...] = ()
    changes: tuple[str, ...] = ()
    anywhere: bool = False
    told: bool = False
    after: str | None = None

    @property
    def at(self) -> Place:
        return self.evidence[0][0]


class Circumstances(NamedTuple):
    """What surrounds a function: what its role allows, its code, where its events come from, and
    whether it has its role to itself.
    """

    grants: Grants
    handler: Handler | None
    sources: Collection[Resource]
    shares_role: bool


def effects(function: Resource, around: Circumstances) -> Iterator[Effect]:
    """What a function does to resources, or may do, each once for every way it does it."""
    handler = around.handler
    shown: set[Node] = set()
    vague: dict[str, Call] = {}
    for call in handler.calls if handler else ():
        act = OF_CALL.get((call.service, call.action))
        if act and settled(call.arguments.get("InvocationType"), function) != "DryRun":
            for target, entry in _targets(act, call, function, around.sources):
                if target is None:
                    vague.setdefault(act.service, call)
                else:
                    shown.add(target)
                    yield _shown(function, act, target, call, entry, around)
    told = dict(_told(function))
    understood = handler and handler.complete and handler.certain
    for one in allowed(around.grants, told):
        # Code that was understood from end to end does nothing that it does not say.
        silent = understood and one.act.service not in vague
        if one.target not in shown and not silent:
            hint = vague.get(one.act.service)
            yield from _allowed(function, one, told.get(one.target), hint, around)


def lets_do(statement: Statement) -> bool:
    """Whether a statement lets anybody cause events of anything."""
    return statement.allow and any(
        statement.covers(f"{act.service}:{permission}")
        for act in ACTS
        for permission in act.permissions
    )


# --- by its code ----------------------------------------------------------------------------------


def _targets(
    act: Act, call: Call, function: Resource, sources: Collection[Resource]
) -> Iterator[tuple[Node | None, Any]]:
    """What a call writes to, None where nobody can tell, and what it says there."""
    if BUS in act.types:
        entries = call.arguments.get("Entries")
        for written in entries if isinstance(entries, list) else [Unknown("entries")]:
            entry = settled(written, function)
            known = isinstance(entry, dict)
            yield bus(entry.get("EventBusName"), function.scope) if known else None, entry
        return
    arguments = settled(call.arguments, function)
    if act.service == "iot":
        yield MESSAGES, arguments
        return
    said = [one for way in act.names for one in _at(call.arguments, way)]
    messages = arguments.get("PublishBatchRequestEntries", [arguments])
    for name in said or [Unknown("no name")]:
        for target in _resolved(act, name, function, sources) or [None]:
            for message in messages if isinstance(messages, list) else [Open()]:
                yield target, message if act.service == "sns" else arguments


def _at(arguments: Any, way: tuple[str, ...]) -> list[Any]:
    """What is written at a path of the arguments, each element of a list on the way."""
    found = [arguments]
    for step in way:
        if step == "*":
            found = [item for one in found if isinstance(one, list) for item in one]
        elif step == "keys":
            found = [key for one in found if isinstance(one, dict) for key in one]
        else:
            found = [one[step] for one in found if isinstance(one, dict) and step in one]
    return found


def _resolved(
    act: Act, said: Any, function: Resource, sources: Collection[Resource]
) -> list[Node | None]:
    """What an expression of the code means: a resource, or where the event came from."""
    if isinstance(said, Given):
        is_source = said.path[-1:] in (("eventSourceARN",), ("TopicArn",)) or is_bucket(said)
        return [one for one in sources if is_source and one.type in act.types]
    return [_named(act, settled(said, function), function)]


def _named(act: Act, name: Any, near: Resource) -> Node | None:
    """The resource that a name, an ARN or a URL means."""
    if BUS in act.types:
        return bus(name, near.scope)
    if FUNCTION in act.types:
        pointed = function(name, near.scope)
        found: Iterable[Node | None] = [pointed.function] if pointed else []
    else:
        found = (named(type, _without_host(name), near.scope) for type in act.types)
    return next((one for one in found if isinstance(one, Resource) and one.type in act.types), None)


def _without_host(name: Any) -> Any:
    """The name in the URL of a queue that is written out."""
    if isinstance(name, str) and name.startswith("https://"):
        return name.rstrip("/").rpartition("/")[2]
    return name


def _shown(
    function: Resource, act: Act, target: Node, call: Call, entry: Any, around: Circumstances
) -> Effect:
    certain = around.handler and around.handler.certain
    confidence = Confidence.HIGH if certain else Confidence.MEDIUM
    whom = "itself" if target == function else called(target, entry)
    evidence = [(call.at, f"{function.name} {act.does} {whom}")]
    if call.guards:
        confidence = confidence.less
        evidence += [(guard, "may keep it from that") for guard in call.guards]
    events = caused_by(call)
    return Effect(
        function,
        target,
        act,
        confidence,
        tuple(evidence),
        call,
        entry,
        events=events,
        keys=(keys_of(call, function),) if events else (),
        changes=_CHANGES.get(call.action, ()),
    )


def called(target: Node, entry: Any) -> str:
    """What people call a resource; a topic of MQTT is called by its name."""
    if target == DEFAULT_BUS:
        return "the default bus"
    topic = entry.get("topic") if target == MESSAGES and isinstance(entry, dict) else None
    return topic if isinstance(topic, str) else target.name


# What becomes of the items of a table. A consumer updates items that are there: one that is not
# would be made anew, but not in every round.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
_CHANGES = {
    "PutItem": ("INSERT", "MODIFY"),
    "UpdateItem": ("MODIFY",),
    "DeleteItem": ("REMOVE",),
}


# --- by what it may -------------------------------------------------------------------------------


def _allowed(
    function: Resource,
    one: Allowed,
    told: Evidence | None,
    hint: Call | None,
    around: Circumstances,
) -> Iterator[Effect]:
    act, target, statement = one.act, one.target, one.statement
    shared = around.shares_role or statement.shared
    if not told and (one.anywhere or shared):
        return  # a permission for all, or for others as well, and no word of this one
    what = f"any {act.thing}" if one.anywhere else called(target, None)
    evidence = [(statement.at, f"lets {function.name} {act.may} {what}")]
    if hint:
        evidence.append((hint.at, f"{act.does} something"))
    if told:
        evidence.append((told[0], f"{told[1]} tells it of {called(target, None)}"))
    weak = (
        one.anywhere,
        one.broad,
        shared,
        act.ambiguous and not told,
        FUNCTION in act.types and not told,
        statement.conditional and not _entry(statement),
    )
    confidence = Confidence.LOW if any(weak) else Confidence.MEDIUM
    effect = Effect(
        function,
        target,
        act,
        confidence,
        tuple(evidence),
        entry=_entry(statement) or None,
        changes=tuple(dict.fromkeys(c for name in one.permissions for c in _changes(name))),
        anywhere=one.anywhere,
        told=bool(told),
    )
    if isinstance(target, Resource) and target.type == BUCKET:
        yield from _into(target, effect, around.grants)
    else:
        yield effect


def _changes(permission: str) -> tuple[str, ...]:
    return _CHANGES.get(permission, ("INSERT", "MODIFY", "REMOVE"))


def _into(bucket: Resource, effect: Effect, grants: Grants) -> Iterator[Effect]:
    """What a function may do to the objects of a bucket, family by family of the events."""
    for family in CAUSES:
        for write in writes(grants, bucket, (family,)):
            if write.at == effect.at:
                yield replace(effect, events=(family,), keys=(write.keys,))


def _entry(statement: Statement) -> dict[str, Any]:
    """What the conditions of a statement tell of the events that may be put.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    """
    found: dict[str, Any] = {}
    conditions = statement.condition.data
    for operator, tests in conditions.items() if isinstance(conditions, Map) else ():
        if _EQUALS.fullmatch(operator) and isinstance(tests.data, Map):
            for key, value in tests.data.items():
                if name := _TESTED.get(key.lower()):
                    found[name] = OneOf(tuple(texts(value)))
    return Open(found) if found else {}


_EQUALS = re.compile(r"(For(All|Any)Values?:)?StringEquals(IfExists)?", re.IGNORECASE)
_TESTED = {"events:source": "Source", "events:detail-type": "DetailType"}


def _told(function: Resource) -> Iterator[tuple[Node, Evidence]]:
    """The resources that a function's environment names, and by which variable."""
    variables = function.get("Environment", "Variables").data
    for name, value in variables.items() if isinstance(variables, Map) else ():
        for act in ACTS:
            if BUS in act.types and not _is_bus(name, value.data):
                continue
            if found := _named(act, value.data, function):
                yield found, (value.at, name)


def _is_bus(variable: str, data: Any) -> bool:
    """Whether a variable may be about a bus, which has no name that is told from other words."""
    return isinstance(data, Ref) or "bus" in variable.lower() or ":event-bus/" in str(data)
