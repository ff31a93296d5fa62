"""What functions do to resources, so that events come of it: by their code, or as they may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from lambdalint.confidence import Confidence
from lambdalint.graph.bucket import Keys, families_of, ranges
from lambdalint.graph.iam import Grants, Statement
from lambdalint.graph.put import family_of, keys_of
from lambdalint.graph.reference import called, function, means
from lambdalint.graph.resource import External, Resource
from lambdalint.graph.said import settled
from lambdalint.settled import Map
from lambdalint.source.handler import Call, Handler
from lambdalint.value import Place, Text, Unknown, spell, unspell

Node: TypeAlias = Resource | External
Evidence: TypeAlias = tuple[Place, str]

DEFAULT_BUS = External("events", "default")


class Kind(NamedTuple):
    """A type of resource that functions cause events of.

    `calls` are the operations of its API that do, `permissions` what a role must allow for them,
    `names` where a call says which resource it is. What is `ambiguous` is often permitted to read.
    """

    service: str
    verb: str
    calls: tuple[str, ...]
    permissions: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    ambiguous: bool = False


_TABLE = Kind(
    "dynamodb",
    "write to",
    (
        *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
        *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
    ),
    (
        *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        *("PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"),
    ),
    (
        ("TableName",),
        *(("TransactItems", "*", verb, "TableName") for verb in ("Put", "Update", "Delete")),
        ("RequestItems", "keys"),
    ),
    ambiguous=True,
)

# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
KINDS = {
    "AWS::SQS::Queue": Kind(
        "sqs",
        "send to",
        ("SendMessage", "SendMessageBatch"),
        ("SendMessage",),
        (("QueueUrl",),),
    ),
    "AWS::SNS::Topic": Kind(
        "sns",
        "publish to",
        ("Publish", "PublishBatch"),
        ("Publish",),
        (("TopicArn",), ("TargetArn",)),
    ),
    "AWS::Events::EventBus": Kind(
        "events",
        "put events on",
        ("PutEvents",),
        ("PutEvents",),
        (("Entries", "*", "EventBusName"),),
    ),
    "AWS::S3::Bucket": Kind(
        "s3",
        "write into",
        (
            *("PutObject", "CopyObject", "CompleteMultipartUpload", "CreateMultipartUpload"),
            *("DeleteObject", "DeleteObjects", "PutObjectTagging", "DeleteObjectTagging"),
            *("PutObjectAcl", "RestoreObject"),
        ),
        ("PutObject", "DeleteObject", "PutObjectTagging", "PutObjectAcl", "RestoreObject"),
        (("Bucket",),),
    ),
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::Kinesis::Stream": Kind(
        "kinesis",
        "put records on",
        ("PutRecord", "PutRecords"),
        ("PutRecord", "PutRecords"),
        (("StreamName",), ("StreamARN",)),
        ambiguous=True,
    ),
    "AWS::Lambda::Function": Kind(
        "lambda",
        "invoke",
        ("Invoke", "InvokeAsync", "InvokeWithResponseStream"),
        ("InvokeFunction", "InvokeAsync"),
        (("FunctionName",),),
    ),
    "AWS::StepFunctions::StateMachine": Kind(
        "states",
        "start",
        ("StartExecution", "StartSyncExecution"),
        ("StartExecution", "StartSyncExecution"),
        (("stateMachineArn",),),
    ),
}


class Effect(NamedTuple):
    """A function causes events of a resource, or may: the first evidence is the best.

    `call` is the call in its code, and `entry` what it says there, if that is known. `families` and
    `keys` are those of what it does to a bucket. What it only may do is `anywhere` if its role
    names no resource.
    """

    function: Resource
    target: Node
    kind: Kind
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    call: Call | None = None
    entry: Any = None
    families: tuple[str, ...] = ()
    keys: tuple[Keys, ...] = ()
    anywhere: bool = False


def effects(
    function: Resource, grants: Grants, handler: Handler | None, around: Iterable[Resource]
) -> Iterator[Effect]:
    """What a function does to the resources around it, each once for every way it does it."""
    shown: set[Node] = set()
    vague: set[str] = set()
    if handler:
        for call in handler.calls:
            for kind, target, entry in _targets(call, function):
                if target is None:
                    vague.add(kind.service)
                    continue
                shown.add(target)
                yield _shown(function, kind, target, call, entry, handler)
    told = dict(_told(function))
    others: tuple[Node, ...] = (*around, DEFAULT_BUS)
    for target in others:
        kind = KINDS["AWS::Events::EventBus" if isinstance(target, External) else target.type]
        # Code that was understood from end to end does nothing that it does not say.
        silent = handler and handler.complete and handler.certain and kind.service not in vague
        if target in shown or silent:
            continue
        if effect := _allowed(function, kind, target, grants, told):
            yield effect


def lets_do(statement: Statement) -> bool:
    """Whether a statement lets anybody cause events of anything."""
    return statement.allow and any(
        statement.covers(f"{kind.service}:{permission}")
        for kind in KINDS.values()
        for permission in kind.permissions
    )


# --- by its code ----------------------------------------------------------------------------------


def _targets(call: Call, function: Resource) -> Iterator[tuple[Kind, Node | None, Any]]:
    """What a call writes to, None where nobody can tell, and what it says there."""
    for type, kind in KINDS.items():
        if call.service != kind.service or call.action not in kind.calls:
            continue
        if kind.service == "events":
            yield from _buses(kind, call, function)
            return
        named = [one for way in kind.names for one in _named(call.arguments, way)]
        for name in named or [Unknown("no name")]:
            yield kind, _resolved(type, settled(name, function), function), _message(call, function)
        return


def _message(call: Call, function: Resource) -> Any:
    """What a call says to a topic."""
    return settled(call.arguments, function) if call.service == "sns" else None


def _buses(kind: Kind, call: Call, function: Resource) -> Iterator[tuple[Kind, Node | None, Any]]:
    entries = call.arguments.get("Entries")
    for written in entries if isinstance(entries, list) else [Unknown("entries")]:
        entry = settled(written, function)
        name = entry.get("EventBusName") if isinstance(entry, dict) else Unknown("a bus")
        if name in (None, "", "default"):
            yield kind, DEFAULT_BUS, entry
        else:
            yield kind, _resolved("AWS::Events::EventBus", name, function), entry


def _named(arguments: Any, way: tuple[str, ...]) -> list[Any]:
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


def _resolved(type: str, name: Any, near: Resource) -> Node | None:
    """The resource that a name, an ARN or a URL of the code means."""
    if type == "AWS::Lambda::Function":
        target = function(name, near.scope)
        return target.function if target else None
    for one in (type, *(_ALSO.get(type, ()))):
        if isinstance(found := called(one, _without_host(name), near.scope), Resource):
            return found
    return None


_ALSO = {"AWS::DynamoDB::Table": ("AWS::DynamoDB::GlobalTable",)}


def _without_host(name: Any) -> Any:
    """The name in the URL of a queue that is written out."""
    if isinstance(name, str) and name.startswith("https://"):
        return name.rstrip("/").rpartition("/")[2]
    return name


def _shown(
    function: Resource, kind: Kind, target: Node, call: Call, entry: Any, handler: Handler
) -> Effect:
    confidence = Confidence.HIGH if handler.certain else Confidence.MEDIUM
    evidence = [(call.at, f"{call.service}:{call.action} here")]
    for guard in call.guards:
        confidence = Confidence.MEDIUM
        evidence.append((guard, "may keep it from that"))
    family = family_of(call)
    families = (family,) if family else ()
    keys = (keys_of(call, function),) if family else ()
    return Effect(function, target, kind, confidence, tuple(evidence), call, entry, families, keys)


# --- by what it may -------------------------------------------------------------------------------


def _allowed(
    function: Resource,
    kind: Kind,
    target: Node,
    grants: Grants,
    told: dict[Node, tuple[str, Place]],
) -> Effect | None:
    actions = [f"{kind.service}:{permission}" for permission in kind.permissions]
    covering = [one for one in grants.statements if any(map(one.covers, actions))]
    if any(not one.allow and not one.conditional and _reach(one, target) for one in covering):
        return None
    allowing = [(one, reach) for one in covering if one.allow and (reach := _reach(one, target))]
    if not allowing:
        return None
    statement, reach = min(allowing, key=lambda found: found[1] == _ANY)
    anywhere = reach == _ANY
    evidence = [(statement.at, f"lets it {kind.verb} {'anything' if anywhere else target.name}")]
    if target in told:
        variable, at = told[target]
        evidence.append((at, f"{variable} tells it of {target.name}"))
    elif anywhere:
        return None  # a permission for all, and no word of this one
    sure = target in told or not kind.ambiguous
    confidence = Confidence.MEDIUM if sure and not anywhere else Confidence.LOW
    effect = Effect(function, target, kind, confidence, tuple(evidence), anywhere=anywhere)
    if isinstance(target, Resource) and target.type == "AWS::S3::Bucket":
        keys = tuple(keys for keys, _ in ranges(statement, target))
        return effect._replace(families=families_of(statement), keys=keys)
    return effect


_THIS, _ANY = "this", "any"


def _reach(statement: Statement, target: Node) -> str:
    """Whether a statement speaks of `this` resource, of `any`, or, with "", of others."""
    if statement.negated_resources:
        return _ANY
    found = ""
    for resource in statement.resources:
        if resource.data == "*":
            found = found or _ANY
        elif _points_at(resource.data, statement, target):
            return _THIS
    return found


def _points_at(data: Any, statement: Statement, target: Node) -> bool:
    spelled = spell(data)
    if spelled is None or isinstance(data, Unknown):
        return False
    whole, holes = spelled
    arn = unspell(whole.removesuffix("/*").removesuffix("*").rstrip(":"), holes)
    if isinstance(target, External):
        return isinstance(arn, str | Text) and str(arn).endswith("event-bus/default")
    if target.type == "AWS::Lambda::Function":
        named = function(arn, statement.scope)
        return named is not None and named.function == target
    if target.type == "AWS::S3::Bucket":
        return any(not anywhere for _, anywhere in ranges(statement, target))
    return means(arn, statement.scope, target)


def _told(function: Resource) -> Iterator[tuple[Node, tuple[str, Place]]]:
    """The resources that a function's environment names, and by which variable."""
    variables = function.get("Environment", "Variables").data
    for name, value in variables.items() if isinstance(variables, Map) else ():
        for type in KINDS:
            found = _resolved(type, value.data, function)
            if isinstance(found, Resource) and found.type == type:
                yield found, (name, value.at)
