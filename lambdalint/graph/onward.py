"""Where services hand events on that a loop may go through, though nobody has to permit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lambdalint.graph.act import BUCKET, FIREHOSE, MACHINE, QUEUE, STREAM, TABLES, TOPIC, TOPIC_RULE
from lambdalint.graph.delivery import Delivery
from lambdalint.graph.edges import Shape, Shapes, written_at
from lambdalint.graph.node import MESSAGES, log_group
from lambdalint.graph.path import places, whole
from lambdalint.graph.reference import called, resolve
from lambdalint.graph.resource import External, Resource, descend, document
from lambdalint.value import Value


def _to(
    principal: str, source: Resource | External | None, target: Any, via: Resource, entry: Value
) -> Iterator[Delivery]:
    if source and isinstance(target, Resource | External):
        yield Delivery(principal, source, target, via, entry, written_at(via, entry))


def _pipe(via: Resource, settings: Value) -> Iterator[Delivery]:
    """What a pipe hands on to anything but a function."""
    if via.get("DesiredState").data in (None, "RUNNING"):
        source = resolve(via.get("Source").data, via.scope)
        target = resolve(via.get("Target").data, via.scope)
        if target and target.type != "AWS::Lambda::Function":
            yield from _to("pipes.amazonaws.com", source, target, via, settings)


def _bucket(via: Resource, destination: Value) -> Iterator[Delivery]:
    """What a delivery stream writes into a bucket."""
    target = called(BUCKET, descend(destination, "BucketARN").data, via.scope)
    yield from _to("firehose.amazonaws.com", via, target, via, destination)


def _records(via: Resource, settings: Value) -> Iterator[Delivery]:
    """What a delivery stream reads."""
    stream = descend(settings, "KinesisStreamARN").data
    yield from _to("firehose.amazonaws.com", called(STREAM, stream, via.scope), via, via, settings)


def _changes(via: Resource, settings: Value) -> Iterator[Delivery]:
    """What a table tells a stream of Kinesis."""
    stream = called(STREAM, descend(settings, "StreamArn").data, via.scope)
    yield from _to("dynamodb.amazonaws.com", via, stream, via, settings)


def _logs(via: Resource, settings: Value) -> Iterator[Delivery]:
    """What a subscription of a log group hands on to a stream."""
    source = log_group(via.get("LogGroupName").data, via.scope)
    target = resolve(via.get("DestinationArn").data, via.scope)
    if isinstance(target, Resource) and target.type in (STREAM, FIREHOSE):
        yield from _to("logs.amazonaws.com", source, target, via, settings)


def _redrive(via: Resource, settings: Value) -> Iterator[Delivery]:
    """What of a queue nobody can process."""
    policy = document(settings, via.scope)
    target = called(QUEUE, descend(policy, "deadLetterTargetArn").data, via.scope)
    yield from _to("sqs.amazonaws.com", via, target, via, settings)


def _action(type: str, name: str) -> Callable[[Resource, Value], Iterator[Delivery]]:
    """What a rule of IoT hands on to a resource of a type."""

    def read(via: Resource, action: Value) -> Iterator[Delivery]:
        if via.get("TopicRulePayload", "RuleDisabled").data in (None, False, "false"):
            data = descend(action, name).data
            if isinstance(data, str) and data.startswith("https://"):
                data = data.rpartition("/")[2]
            yield from _to(
                "iot.amazonaws.com", MESSAGES, called(type, data, via.scope), via, action
            )

    return read


def _republish(via: Resource, action: Value) -> Iterator[Delivery]:
    """What a rule of IoT takes in order to publish it again."""
    if via.get("TopicRulePayload", "RuleDisabled").data in (None, False, "false"):
        yield from _to("iot.amazonaws.com", MESSAGES, via, via, action)


ONWARD: Shapes[Delivery] = {
    "AWS::Pipes::Pipe": (Shape(whole, _pipe),),
    FIREHOSE: (
        Shape(places("ExtendedS3DestinationConfiguration"), _bucket),
        Shape(places("S3DestinationConfiguration"), _bucket),
        Shape(places("KinesisStreamSourceConfiguration"), _records),
    ),
    **{table: (Shape(places("KinesisStreamSpecification"), _changes),) for table in TABLES},
    "AWS::Logs::SubscriptionFilter": (Shape(whole, _logs),),
    QUEUE: (Shape(places("RedrivePolicy"), _redrive),),
    TOPIC_RULE: (
        Shape(places("TopicRulePayload.Actions[].Republish"), _republish),
        *(
            Shape(places(f"TopicRulePayload.Actions[].{action}"), _action(type, name))
            for action, type, name in (
                ("Sqs", QUEUE, "QueueUrl"),
                ("Sns", TOPIC, "TargetArn"),
                ("Kinesis", STREAM, "StreamName"),
                ("Firehose", FIREHOSE, "DeliveryStreamName"),
                ("StepFunctions", MACHINE, "StateMachineName"),
                *(("DynamoDB", table, "TableName") for table in TABLES),
                *(("DynamoDBv2.PutItem", table, "TableName") for table in TABLES),
            )
        ),
    ),
}
