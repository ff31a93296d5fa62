"""Where events go besides functions: from service to service, and where failures end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lambdalint.graph.edges import Shape, Shapes, written_at
from lambdalint.graph.path import places, whole
from lambdalint.graph.reference import called, resolve
from lambdalint.graph.resource import External, Resource, descend, document, is_enabled
from lambdalint.graph.trigger import known
from lambdalint.value import Place, Value


class Failure(NamedTuple):
    """What `owner` cannot deliver or process ends in `target`."""

    owner: Resource
    target: Resource | External
    at: Place

    @property
    def ends(self) -> tuple[Resource, ...]:
        return (self.owner, self.target) if isinstance(self.target, Resource) else (self.owner,)


class Delivery(NamedTuple):
    """A service hands events on to a queue, topic or other service.

    `principal` is the service that must be allowed to, by the policy of the target.
    """

    principal: str
    source: Resource | External
    target: Resource | External
    via: Resource
    settings: Value
    at: Place

    @property
    def ends(self) -> tuple[Resource, ...]:
        both = (self.source, self.target, self.via)
        return tuple(dict.fromkeys(end for end in both if isinstance(end, Resource)))


def _failure_at(*path: str) -> Callable[[Resource, Value], Iterator[Failure]]:
    """Reads the target at a path below an entry, the last mapping of which may be JSON text."""

    def read(owner: Resource, entry: Value) -> Iterator[Failure]:
        *way, last = path
        target = descend(document(descend(entry, *way), owner.scope), last)
        if found := resolve(target.data, owner.scope):
            yield Failure(owner, found, target.at)

    return read


_REDRIVE = (Shape(whole, _failure_at("RedrivePolicy", "deadLetterTargetArn")),)
_ON_FAILURE = (Shape(whole, _failure_at("DestinationConfig", "OnFailure", "Destination")),)

# A queue that is anybody's dead-letter queue is one.
FAILURES: Shapes[Failure] = {
    "AWS::SQS::Queue": _REDRIVE,
    "AWS::SNS::Subscription": _REDRIVE,
    "AWS::Lambda::Function": (Shape(whole, _failure_at("DeadLetterConfig", "TargetArn")),),
    "AWS::Lambda::EventInvokeConfig": _ON_FAILURE,
    "AWS::Lambda::EventSourceMapping": _ON_FAILURE,
    "AWS::Events::Rule": (Shape(places("Targets[]"), _failure_at("DeadLetterConfig", "Arn")),),
    "AWS::Events::EventBus": (Shape(whole, _failure_at("DeadLetterConfig", "Arn")),),
    "AWS::EventsV2::Subscriber": (Shape(whole, _failure_at("OnFailureConfiguration", "Arn")),),
    "AWS::Scheduler::Schedule": (Shape(whole, _failure_at("Target", "DeadLetterConfig", "Arn")),),
    # https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
    "AWS::IoT::TopicRule": (
        Shape(whole, _failure_at("TopicRulePayload", "ErrorAction", "Sqs", "QueueUrl")),
    ),
    "AWS::Pipes::Pipe": tuple(
        Shape(whole, _failure_at("SourceParameters", stream, "DeadLetterConfig", "Arn"))
        for stream in ("KinesisStreamParameters", "DynamoDBStreamParameters")
    ),
}


def _delivery(
    principal: str, source: Any, target: Any, via: Resource, settings: Value
) -> Iterator[Delivery]:
    found = resolve(target, via.scope)
    if found and found.type != "AWS::Lambda::Function" and source:
        yield Delivery(principal, source, found, via, settings, written_at(via, settings))


def _subscription(via: Resource, settings: Value) -> Iterator[Delivery]:
    if via.get("Protocol").data in ("sqs", "firehose"):
        topic = known(via.get("TopicArn").data, via)
        yield from _delivery("sns.amazonaws.com", topic, via.get("Endpoint").data, via, settings)


def _inline_subscription(via: Resource, entry: Value) -> Iterator[Delivery]:
    if descend(entry, "Protocol").data in ("sqs", "firehose"):
        endpoint = descend(entry, "Endpoint").data
        yield from _delivery("sns.amazonaws.com", via, endpoint, via, entry)


def _notification(name: str) -> Callable[[Resource, Value], Iterator[Delivery]]:
    def read(via: Resource, entry: Value) -> Iterator[Delivery]:
        bucket: Any = via
        if via.type != "AWS::S3::Bucket":
            bucket = called("AWS::S3::Bucket", via.get("BucketName").data, via.scope)
        target = descend(entry, name).data
        yield from _delivery("s3.amazonaws.com", bucket, target, via, entry)

    return read


def _target(via: Resource, entry: Value) -> Iterator[Delivery]:
    if is_enabled(via):
        target = descend(entry, "Arn").data
        yield from _delivery("events.amazonaws.com", via, target, via, entry)


def _schedule(via: Resource, settings: Value) -> Iterator[Delivery]:
    if is_enabled(via):
        target = descend(settings, "Target")
        arn = descend(target, "Arn").data
        yield from _delivery("scheduler.amazonaws.com", via, arn, via, target)


def _notified(suffix: str) -> tuple[Shape[Delivery], ...]:
    """What a bucket notifies, in CloudFormation's spelling or, with `Arn`, in that of the S3 API."""
    return tuple(
        Shape(
            places(f"NotificationConfiguration.{name}Configurations[]"),
            _notification(f"{name}{suffix}"),
        )
        for name in ("Queue", "Topic")
    )


DELIVERIES: Shapes[Delivery] = {
    "AWS::SNS::Subscription": (Shape(whole, _subscription),),
    "AWS::SNS::Topic": (Shape(places("Subscription[]"), _inline_subscription),),
    "AWS::S3::Bucket": _notified(""),
    "Custom::S3BucketNotifications": _notified("Arn"),
    "AWS::Events::Rule": (Shape(places("Targets[]"), _target),),
    "AWS::Scheduler::Schedule": (Shape(whole, _schedule),),
}
