"""Triggers: every way in which events reach a function, and how templates write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from lambdalint.facts import BATCH_SIZE
from lambdalint.graph import api, workflow
from lambdalint.graph.edges import Shape, Shapes, written_at
from lambdalint.graph.reference import FunctionRef, called, function, resolve
from lambdalint.graph.resource import External, Resource, descend, is_enabled
from lambdalint.settled import Map, Seq
from lambdalint.template import Declaration, Gated, elements, entries
from lambdalint.value import Place, Ref, Text, Unknown, Value, placeholder

Model: TypeAlias = Literal["poll", "async", "sync"]


class Kind(NamedTuple):
    """A way to invoke a function.

    `poll`: Lambda reads the source. `async`: the service hands the event over and does not wait.
    `sync`: the service waits for the answer. `principal` is the service that must be permitted to
    invoke, "" where a role is used instead.
    """

    name: str
    model: Model
    title: str
    principal: str = ""


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
KINDS = {
    kind.name: kind
    for kind in (
        Kind("sqs", "poll", "SQS queue"),
        Kind("kinesis", "poll", "Kinesis stream"),
        Kind("dynamodb", "poll", "DynamoDB stream"),
        Kind("stream", "poll", "Kinesis or DynamoDB stream"),
        Kind("kafka", "poll", "Kafka topic"),
        Kind("mq", "poll", "Amazon MQ broker"),
        Kind("documentdb", "poll", "DocumentDB change stream"),
        Kind("sns", "async", "SNS topic", "sns.amazonaws.com"),
        Kind("s3", "async", "S3 notification", "s3.amazonaws.com"),
        Kind("eventbridge", "async", "EventBridge rule", "events.amazonaws.com"),
        Kind("schedule-rule", "async", "scheduled rule", "events.amazonaws.com"),
        Kind("scheduler", "async", "EventBridge Scheduler schedule"),
        Kind("logs", "async", "log subscription", "logs.amazonaws.com"),
        Kind("iot", "async", "IoT rule", "iot.amazonaws.com"),
        Kind("cognito-sender", "async", "Cognito custom sender", "cognito-idp.amazonaws.com"),
        Kind("custom-resource", "async", "custom resource"),
        Kind("rest-api", "sync", "REST API", "apigateway.amazonaws.com"),
        Kind("http-api", "sync", "HTTP API", "apigateway.amazonaws.com"),
        Kind("websocket-api", "sync", "WebSocket API", "apigateway.amazonaws.com"),
        Kind("authorizer", "sync", "API authorizer", "apigateway.amazonaws.com"),
        Kind("url", "sync", "function URL"),
        Kind("alb", "sync", "load balancer", "elasticloadbalancing.amazonaws.com"),
        Kind("cognito", "sync", "Cognito trigger", "cognito-idp.amazonaws.com"),
        Kind("step-functions", "sync", "Step Functions task"),
    )
}

STREAMS = ("kinesis", "dynamodb", "stream")


class Trigger(NamedTuple):
    """An edge: events flow from `source` to `function`, as `via` configures.

    `settings` are those of this edge alone: the mapping's or subscription's properties, the target
    of a rule, the notification of a bucket. `at` is where the edge is written.
    """

    kind: Kind
    source: Resource | External
    function: Resource | External
    qualifier: str
    via: Resource
    settings: Value
    enabled: bool
    at: Place

    @property
    def ends(self) -> tuple[Resource, ...]:
        both = (self.source, self.function, self.via)
        return tuple(dict.fromkeys(end for end in both if isinstance(end, Resource)))

    def get(self, *path: str | int) -> Value:
        """The settled setting at a path; None, placed at the innermost key there is, if absent."""
        return descend(self.settings, *path)

    @property
    def batch_size(self) -> Value:
        """How many items a mapping hands over at most, by default too; unknown where that is."""
        written = self.via.number("BatchSize")
        return Value(BATCH_SIZE[self.kind.name], self.at) if written.data is None else written

    @property
    def may_report_items(self) -> bool:
        """Whether the function may tell which items of a batch failed, as far as anybody can say."""
        types = self.get("FunctionResponseTypes").data
        listed = [one.data for one in types] if isinstance(types, Seq) else [types]
        return any(one == "ReportBatchItemFailures" or isinstance(one, Unknown) for one in listed)

    @property
    def on_failure(self) -> Value:
        """Where a mapping sends what it gives up on."""
        return self.get("DestinationConfig", "OnFailure", "Destination")

    @property
    def wait(self) -> Value:
        """How many milliseconds an API waits for the answer; None where no such limit applies."""
        called = api.integration(self.via, self.settings) if self.via.type in api.TYPES else None
        if called is None or called.asynchronous or called.streaming:
            return Value(None, self.at)
        return called.wait_ms


def whole(declaration: Declaration) -> Iterator[Gated]:
    """The resource as a whole is one entry."""
    yield (), declaration.written.get("Properties")


def listed(*path: str) -> Callable[[Declaration], Iterator[Gated]]:
    """Each element of the list at a path of the properties is an entry."""

    def find(declaration: Declaration) -> Iterator[Gated]:
        found: list[Gated] = [((), declaration.written.get("Properties"))]
        for key in path:
            found = [
                (gates, member)
                for around, mapping in found
                for name, gates, member in entries(mapping, around)
                if name == key
            ]
        for gates, listed in found:
            yield from elements(listed, gates)

    return find


def _trigger(
    kind: str,
    source: Resource | External,
    target: FunctionRef,
    via: Resource,
    settings: Value,
    *,
    enabled: bool = True,
) -> Trigger:
    return Trigger(
        KINDS[kind],
        source,
        target.function,
        target.qualifier,
        via,
        settings,
        enabled,
        written_at(via, settings),
    )


def known(data: Any, via: Resource) -> Resource | External:
    """The source, though nobody can tell which it is."""
    return resolve(data, via.scope) or External(
        "", "a source that the template does not tell", told=False, written=placeholder(data)
    )


def _invoked(data: Any, via: Resource) -> FunctionRef | None:
    """The function meant, if it is certainly a function."""
    target = function(data, via.scope)
    if target is None or isinstance(target.function, Resource):
        return target
    is_arn = isinstance(data, str | Text) and ":lambda:" in str(data)
    return target if is_arn else None


# --- event source mappings ----------------------------------------------------------------------

_SOURCES = {
    "AWS::SQS::Queue": "sqs",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "documentdb",
}
_SERVICES = {
    "sqs": "sqs",
    "kinesis": "kinesis",
    "dynamodb": "dynamodb",
    "kafka": "kafka",
    "mq": "mq",
    "rds": "documentdb",
}
# What only mappings of that source have: the source itself may be a parameter.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
_SIGNS = (
    ("SelfManagedEventSource", "kafka"),
    ("AmazonManagedKafkaEventSourceConfig", "kafka"),
    ("Topics", "kafka"),
    ("Queues", "mq"),
    ("DocumentDBEventSourceConfig", "documentdb"),
)


def _mapping(via: Resource, settings: Value) -> Iterator[Trigger]:
    source = known(via.get("EventSourceArn").data, via)
    if isinstance(source, Resource) and source.type == "AWS::Kinesis::StreamConsumer":
        source = known(source.get("StreamARN").data, via)
    kind = _SOURCES.get(source.type) or _SERVICES.get(getattr(source, "service", ""))
    name = via.get("FunctionName").data
    target = function(name, via.scope) or FunctionRef(
        External(
            "lambda",
            "a function that the template does not tell",
            told=False,
            written=placeholder(name),
        )
    )
    yield _trigger(
        kind or _guessed(via),
        source,
        target,
        via,
        settings,
        enabled=via["Enabled"].data is True,
    )


def _guessed(via: Resource) -> str:
    """The kind of a mapping whose source the template does not tell."""
    for sign, kind in _SIGNS:
        if via.get(sign).data is not None:
            return kind
    # Of what has none of these, a stream needs a starting position, and a queue must not have one.
    return "stream" if via.get("StartingPosition").data is not None else "sqs"


# --- push ---------------------------------------------------------------------------------------


def _subscription(via: Resource, settings: Value) -> Iterator[Trigger]:
    if via.get("Protocol").data == "lambda" and (target := _invoked(via.get("Endpoint").data, via)):
        yield _trigger("sns", known(via.get("TopicArn").data, via), target, via, settings)


def _inline_subscription(via: Resource, entry: Value) -> Iterator[Trigger]:
    if descend(entry, "Protocol").data == "lambda" and (
        target := _invoked(descend(entry, "Endpoint").data, via)
    ):
        yield _trigger("sns", via, target, via, entry)


def _notification(via: Resource, entry: Value) -> Iterator[Trigger]:
    if target := _invoked(descend(entry, "Function").data, via):
        yield _trigger("s3", via, target, via, entry)


def _custom_notification(via: Resource, entry: Value) -> Iterator[Trigger]:
    """CDK sets notifications with a custom resource, in the spelling of the S3 API."""
    bucket = called("AWS::S3::Bucket", via.get("BucketName").data, via.scope)
    if isinstance(bucket, External):
        bucket = External("s3", bucket.name)
    if bucket and (target := _invoked(descend(entry, "LambdaFunctionArn").data, via)):
        yield _trigger("s3", bucket, target, via, entry)


def _target(via: Resource, entry: Value) -> Iterator[Trigger]:
    if not (target := _invoked(descend(entry, "Arn").data, via)):
        return
    bus = bus_of(via)
    yield _trigger(
        "eventbridge" if bus else "schedule-rule",
        bus or via,
        target,
        via,
        entry,
        enabled=is_enabled(via),
    )


def bus_of(rule: Resource) -> Resource | External | None:
    """The bus that a rule listens to; None if it only keeps a schedule."""
    if rule.get("EventPattern").data is None and rule.get("ScheduleExpression").data:
        return None
    name = rule.get("EventBusName").data
    if name is None:
        return DEFAULT_BUS
    bus = called("AWS::Events::EventBus", name, rule.scope)
    return External("events", bus.name) if isinstance(bus, External) else bus or known(name, rule)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
DEFAULT_BUS = External("events", "default")


def _schedule(via: Resource, settings: Value) -> Iterator[Trigger]:
    if target := _invoked(via.get("Target", "Arn").data, via):
        yield _trigger("scheduler", via, target, via, settings, enabled=is_enabled(via))


def _subscription_filter(via: Resource, settings: Value) -> Iterator[Trigger]:
    if target := _invoked(via.get("DestinationArn").data, via):
        name = via.get("LogGroupName").data
        group = called("AWS::Logs::LogGroup", name, via.scope)
        yield _trigger("logs", group or known(name, via), target, via, settings)


def _topic_rule(via: Resource, entry: Value) -> Iterator[Trigger]:
    if target := _invoked(descend(entry, "Lambda", "FunctionArn").data, via):
        disabled = via.get("TopicRulePayload", "RuleDisabled").data
        enabled = disabled in (None, False, "false")
        yield _trigger("iot", via, target, via, entry, enabled=enabled)


def _custom_resource(via: Resource, settings: Value) -> Iterator[Trigger]:
    if target := _invoked(via.get("ServiceToken").data, via):
        yield _trigger("custom-resource", via, target, via, settings)


# --- synchronous --------------------------------------------------------------------------------


def _url(via: Resource, settings: Value) -> Iterator[Trigger]:
    if target := function(via.get("TargetFunctionArn").data, via.scope):
        qualifier = via.get("Qualifier").data
        if isinstance(qualifier, str):
            target = FunctionRef(target.function, qualifier)
        yield _trigger("url", via, target, via, settings)


def _target_group(via: Resource, entry: Value) -> Iterator[Trigger]:
    if via.get("TargetType").data == "lambda" and (
        target := _invoked(descend(entry, "Id").data, via)
    ):
        yield _trigger("alb", via, target, via, entry)


# Cognito waits for all its triggers but these.
# https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
_SENDERS = ("CustomEmailSender", "CustomSMSSender")


def _user_pool(*, senders: bool) -> Any:
    """The triggers of a user pool for which it waits, or those for which it does not."""

    def find(declaration: Declaration) -> Iterator[Gated]:
        for name, around, config in entries(declaration.written.get("Properties")):
            if name == "LambdaConfig":
                for trigger, gates, entry in entries(config, around):
                    if trigger != "KMSKeyID" and (trigger in _SENDERS) is senders:
                        yield gates, entry

    return find


def _user_pool_trigger(kind: str) -> Callable[[Resource, Value], Iterator[Trigger]]:
    def read(via: Resource, entry: Value) -> Iterator[Trigger]:
        arn = descend(entry, "LambdaArn").data if isinstance(entry.data, Map) else entry.data
        if target := _invoked(arn, via):
            yield _trigger(kind, via, target, via, entry)

    return read


def _api(via: Resource, entry: Value) -> Iterator[Trigger]:
    integration = api.integration(via, entry)
    if integration and (target := _invoked(integration.uri.data, via)):
        owner = integration.api or External(
            "execute-api",
            "an API that the template does not tell",
            told=False,
            written=placeholder(via.get(api.OWNERS.get(via.type, "")).data),
        )
        yield _trigger(integration.kind, owner, target, via, entry)


def _tasks(via: Resource, settings: Value) -> Iterator[Trigger]:
    del settings  # each task has its own
    for task in workflow.tasks(via):
        if target := _invoked(task.function, via) or _by_name(task.function, via):
            yield Trigger(
                KINDS["step-functions"],
                via,
                target.function,
                target.qualifier,
                via,
                Value(task.state, task.at),
                enabled=True,
                at=task.at,
            )


def _by_name(data: Any, via: Resource) -> FunctionRef | None:
    """`states:::lambda:invoke` takes a name too; a function of that name must be declared."""
    target = function(data, via.scope) if isinstance(data, str | Text | Ref) else None
    return target if target and isinstance(target.function, Resource) else None


_API = {kind: (Shape(api.places, _api),) for kind in api.TYPES}
_TASK = (Shape(whole, _tasks),)

SHAPES: Shapes[Trigger] = {
    "AWS::Lambda::EventSourceMapping": (Shape(whole, _mapping),),
    "AWS::SNS::Subscription": (Shape(whole, _subscription),),
    "AWS::SNS::Topic": (Shape(listed("Subscription"), _inline_subscription),),
    "AWS::S3::Bucket": (
        Shape(listed("NotificationConfiguration", "LambdaConfigurations"), _notification),
    ),
    "Custom::S3BucketNotifications": (
        Shape(
            listed("NotificationConfiguration", "LambdaFunctionConfigurations"),
            _custom_notification,
        ),
    ),
    "AWS::Events::Rule": (Shape(listed("Targets"), _target),),
    "AWS::Scheduler::Schedule": (Shape(whole, _schedule),),
    "AWS::Logs::SubscriptionFilter": (Shape(whole, _subscription_filter),),
    "AWS::IoT::TopicRule": (
        Shape(listed("TopicRulePayload", "Actions"), _topic_rule),
        Shape(listed("TopicRulePayload", "ErrorAction"), _topic_rule),
    ),
    "AWS::Lambda::Url": (Shape(whole, _url),),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (Shape(listed("Targets"), _target_group),),
    "AWS::Cognito::UserPool": (
        Shape(_user_pool(senders=False), _user_pool_trigger("cognito")),
        Shape(_user_pool(senders=True), _user_pool_trigger("cognito-sender")),
    ),
    "AWS::StepFunctions::StateMachine": _TASK,
    **_API,
}

CUSTOM_RESOURCE: tuple[Shape[Trigger], ...] = (Shape(whole, _custom_resource),)


def shapes(types: Iterable[str]) -> Shapes[Trigger]:
    """How resources of these types may write triggers: custom resources go by any name."""
    custom = [kind for kind in types if kind.startswith("Custom::")]
    return {
        **SHAPES,
        **{kind: (*SHAPES.get(kind, ()), *CUSTOM_RESOURCE) for kind in custom},
        "AWS::CloudFormation::CustomResource": CUSTOM_RESOURCE,
    }
