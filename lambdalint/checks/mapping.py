"""Event source mappings, whatever they read."""

from __future__ import annotations

from fnmatch import fnmatchcase

from lambdalint.graph import External, Graph, Mention, Resource, Trigger
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
_POLICIES = frozenset(
    f"AWS::IAM::{kind}" for kind in ("ManagedPolicy", "Policy", "Role", "RolePolicy")
)


def dead_letter_queue_on_function(graph: Graph) -> Claims:
    for function in graph.functions():
        unused = [
            function.get("DeadLetterConfig", "TargetArn"),
            *(config.on_failure for config in graph.invoke_configs(function)),
        ]
        unused = [one for one in unused if not isinstance(one.data, Unknown | None)]
        if not unused or not _is_only_polled(graph, function):
            continue
        readers = graph.invokers(function)
        lost = any(_own_failures(reader).data is None for reader in readers)
        for one in unused:
            yield Claim(
                Note(one.at, f"is never used: only event source mappings invoke {function.name}"),
                *map(_evidence, readers),
                severity=None if lost else Severity.INFO,
            )


def _is_only_polled(graph: Graph, function: Resource) -> bool:
    """Whether event source mappings invoke a function, and certainly nothing else does."""
    wires = {trigger.via.type for trigger in graph.invokers(function)}
    return (
        wires == {"AWS::Lambda::EventSourceMapping"}
        and not any(map(_may_invoke, graph.mentions(function)))
        and not any(
            _invokes_anything(graph, role) for role in graph.beside(function, "AWS::IAM::Role")
        )
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


def _invokes_anything(graph: Graph, role: Resource) -> bool:
    """Whether a role may invoke functions that nobody names."""
    return any(
        statement.allow
        and statement.covers("lambda:InvokeFunction")
        and any(map(_is_pattern, statement.resources))
        for statement in graph.grants_of(role).statements
    )


def _is_pattern(resource: Value) -> bool:
    if isinstance(resource.data, Text) and not isinstance(resource.data.parts[0], str):
        return False
    return isinstance(resource.data, str | Text) and "*" in str(resource.data)


def _own_failures(reader: Trigger) -> Value:
    """Where a mapping or its source keeps what fails; unknown where that is not ours to say."""
    match reader.kind.name:
        case "sqs":
            return reader.source.get("RedrivePolicy")
        case "kinesis" | "dynamodb" | "stream" | "kafka":
            return reader.on_failure
    return Value(Unknown("the failures of a broker or database"), reader.at)


def _evidence(reader: Trigger) -> Note:
    own = _own_failures(reader)
    if own.data is not None or isinstance(reader.source, External):
        return Note(reader.at, f"reads {reader.source.name}")
    if reader.kind.name == "sqs":
        return Note(own.at, f"{reader.source.name} has no dead-letter queue")
    return Note(own.at, "the mapping has no on-failure destination")
