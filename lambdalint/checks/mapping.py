"""Event source mappings, whatever they read."""

from __future__ import annotations

from fnmatch import fnmatchcase

from lambdalint.graph import External, Graph, Mention, Resource, Trigger
from lambdalint.graph.iam import said_by
from lambdalint.graph.mention import texts
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.value import Text, Unknown, Value

# What may point at a function and never invokes it, or is known to the graph as an invoker.
_HARMLESS = frozenset(
    (
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::AnomalyDetector",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Kinesis::Stream",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    )
)
_POLICIES = tuple(
    f"AWS::IAM::{kind}"
    for kind in (
        "Group",
        "GroupPolicy",
        "ManagedPolicy",
        "Policy",
        "Role",
        "RolePolicy",
        "User",
        "UserPolicy",
    )
)


def dead_letter_queue_on_function(graph: Graph) -> Claims:
    for function in graph.functions():
        unused = _targets(graph, function)
        if not unused or not _is_only_polled(graph, function):
            continue
        unused = [one for one in unused if not _serves_others(graph, function, one)]
        readers = graph.invokers(function)
        lost = any(_own_failures(reader).data is None for reader in readers)
        for one in unused:
            yield Claim(
                Note(one.at, f"is never used: only event source mappings invoke {function.name}"),
                *map(_evidence, readers),
                severity=None if lost else Severity.INFO,
            )


def _targets(graph: Graph, function: Resource) -> list[Value]:
    """Where a function keeps what failed; an empty text is how a template says nowhere."""
    targets = (
        function.get("DeadLetterConfig", "TargetArn"),
        *(config.on_failure for config in graph.invoke_configs(function)),
    )
    return [one for one in targets if one.data and not isinstance(one.data, Unknown)]


def _serves_others(graph: Graph, function: Resource, target: Value) -> bool:
    """Whether a target is that of all functions, and some of them have a use for it."""
    return target.at.path[:1] == ("Globals",) and any(
        target.at in [one.at for one in _targets(graph, other)]
        and not _is_only_polled(graph, other)
        for other in graph.beside(function, "AWS::Lambda::Function")
    )


def _is_only_polled(graph: Graph, function: Resource) -> bool:
    """Whether event source mappings invoke a function, and certainly nothing else does."""
    wires = {trigger.via.type for trigger in graph.invokers(function)}
    if wires != {"AWS::Lambda::EventSourceMapping"}:
        return False
    mentions = graph.mentions(function)
    naming = [mention.id for mention in mentions]
    return not any(map(_may_invoke, mentions)) and not any(
        _lets_invoke(policy, anything=policy.id not in naming)
        for type in _POLICIES
        for policy in graph.beside(function, type)
    )


def _may_invoke(mention: Mention) -> bool:
    if mention.type in _POLICIES:
        return any(map(_is_invoke, texts(mention.written.data)))
    return mention.type not in _HARMLESS


def _is_invoke(action: str) -> bool:
    """Whether a text is an action that lets somebody invoke functions."""
    action = action.lower()
    named = action.startswith("lambda:")
    return named and any(
        fnmatchcase(one, action) for one in ("lambda:invokefunction", "lambda:invokeasync")
    )


def _lets_invoke(policy: Resource, *, anything: bool) -> bool:
    """Whether it lets somebody invoke functions, or even `anything`, functions it does not name."""
    return any(
        statement.allow
        and statement.covers("lambda:InvokeFunction")
        and (
            not anything
            or statement.negated_resources
            or any(map(_is_pattern, statement.resources))
        )
        for statement in said_by(policy)
    )


def _is_pattern(resource: Value) -> bool:
    if isinstance(resource.data, Text) and not isinstance(resource.data.parts[0], str):
        return False
    return isinstance(resource.data, str | Text) and "*" in str(resource.data)


def _own_failures(reader: Trigger) -> Value:
    """Where a mapping or its source keeps what fails; unknown where that is not ours to say."""
    match reader.kind.name:
        case "sqs" if reader.source.type in ("AWS::SQS::Queue", ""):
            return reader.source.get("RedrivePolicy")
        case "kinesis" | "dynamodb" | "stream" | "kafka":
            return reader.on_failure
    return Value(Unknown("the failures of a broker, a database or a queue elsewhere"), reader.at)


def _evidence(reader: Trigger) -> Note:
    own = _own_failures(reader)
    if own.data is not None or isinstance(reader.source, External):
        return Note(reader.at, f"reads {reader.source.name}")
    if reader.kind.name == "sqs":
        return Note(own.at, f"{reader.source.name} has no dead-letter queue")
    return Note(own.at, "the mapping has no on-failure destination")
