"""What happens to an event of each trigger when it fails, as settings and kinds have it."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from lambdalint import config
from lambdalint.cli import main
from lambdalint.engine import lint
from lambdalint.graph import KINDS, Graph
from lambdalint.inventory import QUESTIONS, Inventory, Row, take
from lambdalint.load import load
from lambdalint.report.escape import markdown as escaped
from lambdalint.report.triggers import data, lines, markdown, text, trigger
from lambdalint.template import Template

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
GOLDEN = ROOT / "tests" / "golden"
SUBJECTS = [
    *sorted(FIXTURES.glob("sam/*.yaml")),
    *sorted(FIXTURES.glob("cfn/*")),
    *sorted(FIXTURES.glob("cdk/*/cdk.out")),
]

THINGS = """
Parameters:
  Given: {Type: String}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Work: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
  Queue: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Deader: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Results: {Type: AWS::SNS::Topic}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {RetentionPeriodHours: 48}}
  Table: {Type: AWS::DynamoDB::Table}
  Cluster: {Type: AWS::MSK::Cluster}
  Broker: {Type: AWS::AmazonMQ::Broker}
  Bucket: {Type: AWS::S3::Bucket}
  Rest: {Type: AWS::ApiGateway::RestApi}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
"""


def _template(resources: str, things: str = THINGS) -> Template:
    given = [line for line in resources.splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in given), default=0)
    return load(things + "".join(f"  {line[margin:]}\n" for line in given), "template.yaml")


def _inventory(resources: str, things: str = THINGS) -> Inventory:
    return take(Graph([_template(resources, things)]))


def _row(resources: str, things: str = THINGS) -> Row:
    (row,) = _inventory(resources, things).rows
    return row


def _said(row: Row, *questions: str) -> dict[str, str]:
    """The answers as one text each, but for what the kind says anyway."""
    return {question: "; ".join(row.said[question]) for question in questions}


# --- queues ---------------------------------------------------------------------------------------

_MAPPING = """
    Wire:
      Type: AWS::Lambda::EventSourceMapping
      Properties: {FunctionName: !Ref Work, EventSourceArn: !GetAtt Queue.Arn%s}
"""
_REDRIVE = "RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: %s}"


def _queue(properties: str, settings: str = "") -> str:
    things = THINGS.replace("Queue: {Type: AWS::SQS::Queue}", "", 1)
    assert things != THINGS
    return (
        things
        + f"  Queue: {{Type: AWS::SQS::Queue, Properties: {{{properties}}}}}\n"
        + (_indented(_MAPPING % (f", {settings}" if settings else "")))
    )


def _indented(resources: str) -> str:
    return "".join(f"  {line[4:]}\n" for line in resources.splitlines() if line.strip())


@pytest.mark.parametrize(
    ("properties", "retries", "failures"),
    [
        (
            "",
            "SQS, 30 s apart, until the message expires",
            "lost when they expire (4 days)",
        ),
        (
            "VisibilityTimeout: 180, MessageRetentionPeriod: 3600",
            "SQS, 180 s apart, until the message expires",
            "lost when they expire (1 h)",
        ),
        (f"VisibilityTimeout: '180', {_REDRIVE % 5}", "SQS, 5 × in all, 180 s apart", "Dead"),
        (_REDRIVE % 1, "none, 1 receive", "Dead"),
        (
            f"VisibilityTimeout: !Ref Given, {_REDRIVE % '!Ref Given'}",
            "SQS, ? × (parameter Given) in all, ? s (parameter Given) apart",
            "Dead",
        ),
        (
            "RedrivePolicy: !Ref Given",
            "SQS, ? × (parameter Given) in all, 30 s apart",
            "? (parameter Given)",
        ),
    ],
)
def test_queue_repeats_until_it_gives_up(properties: str, retries: str, failures: str) -> None:
    row = _row("", _queue(properties))

    assert _said(row, "retries", "failures") == {"retries": retries, "failures": failures}


def test_queue_elsewhere_has_settings_that_nobody_can_tell() -> None:
    row = _row(
        _MAPPING.replace("!GetAtt Queue.Arn", "arn:aws:sqs:eu-west-1:123456789012:orders.fifo") % ""
    )

    assert _said(row, "retries", "failures", "order", "time") == {
        "retries": "SQS, ? (settings of orders.fifo)",
        "failures": "? (settings of orders.fifo)",
        "order": "per message group",
        "time": "hidden ? s (VisibilityTimeout of orders.fifo), function 30 s",
    }


@pytest.mark.parametrize(
    ("settings", "batch"),
    [
        ("", "10 messages"),
        ("BatchSize: 1", "1 message"),
        ("BatchSize: 10000, MaximumBatchingWindowInSeconds: 5", "10,000 messages, window 5 s"),
        ("FunctionResponseTypes: [ReportBatchItemFailures]", "10 messages, reports failed items"),
        (
            "FunctionResponseTypes: [!Ref Given]",
            "10 messages, reports failed items? (parameter Given)",
        ),
        ("BatchSize: !Ref Given", "? messages (parameter Given)"),
    ],
)
def test_queue_is_read_in_batches(settings: str, batch: str) -> None:
    assert _row("", _queue("", settings)).said["batch"] == (batch,)


@pytest.mark.parametrize(
    ("settings", "concurrency"),
    [
        ("", "1,250 a mapping"),
        ("ScalingConfig: {MaximumConcurrency: 5}", "5"),
        (
            "ProvisionedPollerConfig: {MinimumPollers: 2, MaximumPollers: 20}",
            "2 to 20 pollers",
        ),
        ("ProvisionedPollerConfig: {MinimumPollers: 2}", "at least 2 pollers"),
        (
            "ProvisionedPollerConfig: {MaximumPollers: !Ref Given}",
            "at most ? (parameter Given) pollers",
        ),
    ],
)
def test_mapping_scales_as_it_is_told(settings: str, concurrency: str) -> None:
    assert _row("", _queue("", settings)).said["concurrency"] == (concurrency,)


@pytest.mark.parametrize(
    ("properties", "order"),
    [
        ("", "none"),
        ("FifoQueue: true", "per message group"),
        ("FifoQueue: !Ref Given", "? (per group of a FIFO queue, else none)"),
    ],
)
def test_order_is_that_of_the_queue(properties: str, order: str) -> None:
    assert _row("", _queue(properties)).said["order"] == (order,)


def test_groups_of_messages_bound_the_concurrency() -> None:
    free = _row("", _queue("FifoQueue: true"))
    bound = _row("", _queue("FifoQueue: true", "ScalingConfig: {MaximumConcurrency: 5}"))

    assert free.said["concurrency"] == ("1 a message group",)
    assert bound.said["concurrency"] == ("5, 1 a message group",)


# --- streams, clusters, brokers -------------------------------------------------------------------

_STREAM = """
    Wire:
      Type: AWS::Lambda::EventSourceMapping
      Properties: {FunctionName: !Ref Work, EventSourceArn: %s, StartingPosition: LATEST%s}
"""
_KINESIS, _DYNAMODB = "!GetAtt Stream.Arn", "!GetAtt Table.StreamArn"
_TO_DEAD = "DestinationConfig: {OnFailure: {Destination: !GetAtt Dead.Arn}}"


@pytest.mark.parametrize(
    ("source", "settings", "said"),
    [
        (
            _KINESIS,
            "",
            {
                "batch": "100 records",
                "retries": "the mapping, until the record expires (48 h)",
                "failures": "lost when they expire (48 h)",
                "order": "per shard",
                "concurrency": "1 a shard",
                "time": "function 30 s",
            },
        ),
        (
            _KINESIS,
            (
                "MaximumRetryAttempts: 3, MaximumRecordAgeInSeconds: 3600, "
                f"BisectBatchOnFunctionError: true, ParallelizationFactor: 10, {_TO_DEAD}"
            ),
            {
                "retries": "the mapping, 3 × more, for 1 h, in halves",
                "failures": "Dead",
                "order": "per partition key",
                "concurrency": "10 a shard",
            },
        ),
        (
            _KINESIS,
            "MaximumRecordAgeInSeconds: 120, TumblingWindowInSeconds: 60",
            {
                "batch": "100 records, tumbling window 60 s",
                "retries": "the mapping, for 120 s",
                "failures": "lost",
            },
        ),
        (
            _DYNAMODB,
            "MaximumRetryAttempts: 0, ParallelizationFactor: 2",
            {
                "retries": "none",
                "failures": "lost",
                "order": "per item",
                "concurrency": "2 a shard",
            },
        ),
        (
            _DYNAMODB,
            "BisectBatchOnFunctionError: !Ref Given, MaximumRetryAttempts: !Ref Given",
            {
                "retries": "the mapping, ? × (parameter Given) more, in halves? (parameter Given)",
                "failures": "lost",
            },
        ),
        (
            _DYNAMODB,
            "",
            {
                "retries": "the mapping, until the record expires (24 h)",
                "failures": "lost when they expire (24 h)",
            },
        ),
        (
            "!Ref Cluster",
            "Topics: [orders]",
            {
                "subject": "orders",
                "batch": "100 records, window 0.5 s",
                "retries": "the mapping, until the record expires",
                "failures": "lost when they expire",
            },
        ),
        (
            "!Ref Cluster",
            f"BatchSize: 500, MaximumBatchingWindowInSeconds: 2, {_TO_DEAD}",
            {
                "batch": "500 records, window 2 s",
                "retries": "the mapping, 10 × more",
                "failures": "Dead",
            },
        ),
        (
            "!GetAtt Broker.Arn",
            "Queues: [orders]",
            {
                "batch": "100 messages, window 0.5 s",
                "failures": "what the broker's own redelivery policy says",
            },
        ),
        (
            "arn:aws:kinesis:eu-west-1:123456789012:stream/ticks",
            "",
            {
                "retries": "the mapping, until the record expires",
                "failures": "lost when they expire",
            },
        ),
        (
            _KINESIS,
            "MaximumRecordAgeInSeconds: 604800",
            {
                "retries": "the mapping, until the record expires (48 h)",
                "failures": "lost when they expire (48 h)",
            },
        ),
        (
            _DYNAMODB,
            "MaximumRecordAgeInSeconds: 86401, MaximumRetryAttempts: 5",
            {"retries": "the mapping, 5 × more", "failures": "lost"},
        ),
        (
            "!Ref Cluster",
            "ProvisionedPollerConfig: {MinimumPollers: 1}",
            {"concurrency": "1 a partition, at least 1 poller"},
        ),
        (
            "!Ref Given",
            "",
            {"batch": "100 records", "retries": "the mapping, until the record expires"},
        ),
    ],
)
def test_stream_repeats_until_it_gives_up(source: str, settings: str, said: dict[str, str]) -> None:
    row = _row(_STREAM % (source, f", {settings}" if settings else ""))

    assert _said(row, *said) == said


@pytest.mark.parametrize(
    ("servers", "title"),
    [
        ("['kafka-1.example.com:9092', 'kafka-2.example.com:9092']", "kafka-1.example.com:9092"),
        ("[!Sub '${Given}:9092']", "${Given}:9092"),
        ("!Ref Given", "?"),
        ("[]", "?"),
    ],
)
def test_cluster_of_its_own_is_called_by_its_first_server(servers: str, title: str) -> None:
    row = _row(f"""
    Wire:
      Type: AWS::Lambda::EventSourceMapping
      Properties:
        FunctionName: !Ref Work
        SelfManagedEventSource: {{Endpoints: {{KafkaBootstrapServers: {servers}}}}}
        Topics: [orders]
    """)

    assert row.trigger.kind.name == "kafka"
    assert trigger(row) == f"Kafka topic {title}"


def test_topic_is_told_though_the_cluster_is_called_alike() -> None:
    cluster = (
        "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/6d1a0f6a-8ce7-4f6b-9d15-3f8e2f4d6c1b-3"
    )
    row = _row(_STREAM % (cluster, ", Topics: [orders]"))

    assert row.said["subject"] == ("orders",)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            "",
            {
                "batch": "100 records",
                "retries": "none by the mapping",
                "failures": "the broker gets back what failed",
                "order": "none",
                "concurrency": "the mapping's, at least 1 poller",
                "pressure": "the source keeps what waits",
            },
        ),
        (
            _TO_DEAD,
            {"retries": "none by the mapping", "failures": "Dead"},
        ),
        (
            "MaximumRetryAttempts: 2",
            {"retries": "the mapping, twice more", "failures": "the broker gets back what failed"},
        ),
    ],
)
def test_topic_that_is_read_as_a_queue_is_one(settings: str, said: dict[str, str]) -> None:
    row = _row(f"""
    Wire:
      Type: AWS::Lambda::EventSourceMapping
      Properties:
        FunctionName: !Ref Work
        SelfManagedEventSource: {{Endpoints: {{KafkaBootstrapServers: ["kafka.example.com:9092"]}}}}
        SelfManagedKafkaEventSourceConfig: {{ConsumptionMode: Queue}}
        Topics: [orders]
        ProvisionedPollerConfig: {{MinimumPollers: 1}}
        {settings}
    """)

    assert _said(row, *said) == said


@pytest.mark.parametrize(
    ("source", "parameters", "said"),
    [
        (
            "!GetAtt Queue.Arn",
            "SqsQueueParameters: {BatchSize: 5, MaximumBatchingWindowInSeconds: 3}",
            {
                "batch": "5 messages, window 3 s",
                "retries": "SQS, 30 s apart, until the message expires",
                "failures": "lost when they expire (4 days)",
                "time": "hidden 30 s, function 30 s",
            },
        ),
        (
            _KINESIS,
            (
                "KinesisStreamParameters: {BatchSize: 5, MaximumRetryAttempts: 2, "
                "OnPartialBatchItemFailure: AUTOMATIC_BISECT, StartingPosition: LATEST, "
                "DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}"
            ),
            {
                "batch": "5 records, reports failed items",
                "retries": "the pipe, twice more, in halves",
                "failures": "Dead",
                "order": "per shard",
            },
        ),
        (
            _DYNAMODB,
            "DynamoDBStreamParameters: {StartingPosition: LATEST}",
            {
                "batch": "as its source says",
                "retries": "the pipe, until the record expires (24 h)",
            },
        ),
        (
            "!GetAtt Broker.Arn",
            "RabbitMQBrokerParameters: {BatchSize: 7}",
            {"batch": "7 messages", "retries": "the pipe, until the broker gives up"},
        ),
        (
            _DYNAMODB,
            "DynamoDBStreamParameters: {StartingPosition: LATEST, MaximumRecordAgeInSeconds: 604800}",
            {"retries": "the pipe, until the record expires (24 h)"},
        ),
        ("!Ref Given", "FilterCriteria: {}", {"retries": "as its source says"}),
    ],
)
def test_pipe_reads_as_its_source_wants(source: str, parameters: str, said: dict[str, str]) -> None:
    row = _row(f"""
    Pipe:
      Type: AWS::Pipes::Pipe
      Properties:
        Source: {source}
        SourceParameters: {{{parameters}}}
        Target: !GetAtt Work.Arn
    """)

    assert _said(row, *said) == said


def test_pipe_that_does_not_wait_leaves_failures_to_lambda() -> None:
    row = _row("""
    Pipe:
      Type: AWS::Pipes::Pipe
      Properties:
        Source: !GetAtt Stream.Arn
        SourceParameters: {KinesisStreamParameters: {BatchSize: 5, StartingPosition: LATEST}}
        Target: !GetAtt Work.Arn
        TargetParameters: {LambdaFunctionParameters: {InvocationType: FIRE_AND_FORGET}}
    """)

    assert _said(row, "model", "batch", "retries", "failures", "order", "pressure") == {
        "model": "async",
        "batch": "5 records",
        "retries": "Lambda, twice more; delivery: the pipe, until the record expires (48 h)",
        "failures": "lost; undelivered: lost when they expire (48 h)",
        "order": "per shard",
        "pressure": "Lambda keeps throttled events for 6 h",
    }


# --- events that are handed over ------------------------------------------------------------------

_SUBSCRIPTION = """
    Wire:
      Type: AWS::SNS::Subscription
      Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Work.Arn%s}
"""
_RULE = """
    Wire:
      Type: AWS::Events::Rule
      Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt Work.Arn%s}]}
"""
_SCHEDULE = """
    Wire:
      Type: AWS::Scheduler::Schedule
      Properties: {ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt Work.Arn%s}}
"""
_CONFIG = """
    Config:
      Type: AWS::Lambda::EventInvokeConfig
      Properties: {FunctionName: !Ref Work, Qualifier: %s}
"""


@pytest.mark.parametrize(
    ("wire", "settings", "retries", "failures"),
    [
        (
            _SUBSCRIPTION,
            "",
            "Lambda, twice more; delivery: SNS, for 23 days",
            "lost; undelivered: lost",
        ),
        (
            _SUBSCRIPTION,
            'RedrivePolicy: !Sub \'{"deadLetterTargetArn": "${Dead.Arn}"}\'',
            "Lambda, twice more; delivery: SNS, for 23 days",
            "lost; undelivered: Dead",
        ),
        (
            _RULE,
            "",
            "Lambda, twice more; delivery: EventBridge, for 24 h",
            "lost; undelivered: lost",
        ),
        (
            _RULE,
            (
                "RetryPolicy: {MaximumRetryAttempts: 4, MaximumEventAgeInSeconds: 600}, "
                "DeadLetterConfig: {Arn: !GetAtt Dead.Arn}"
            ),
            "Lambda, twice more; delivery: EventBridge, 4 × more, for 10 min",
            "lost; undelivered: Dead",
        ),
        (
            _RULE,
            "RetryPolicy: {MaximumRetryAttempts: 0}, DeadLetterConfig: {Arn: !Ref Given}",
            "Lambda, twice more; delivery: once",
            "lost; undelivered: ? (parameter Given)",
        ),
        (
            _SCHEDULE,
            "",
            "Lambda, twice more; delivery: Scheduler, by its default",
            "lost; undelivered: lost",
        ),
        (
            _SCHEDULE,
            (
                "RetryPolicy: {MaximumEventAgeInSeconds: 60}, "
                "DeadLetterConfig: {Arn: !GetAtt Dead.Arn}"
            ),
            "Lambda, twice more; delivery: Scheduler, for 60 s",
            "lost; undelivered: Dead",
        ),
    ],
)
def test_service_says_how_it_delivers(
    wire: str, settings: str, retries: str, failures: str
) -> None:
    row = _row(wire % (f", {settings}" if settings else ""))

    assert _said(row, "retries", "failures") == {"retries": retries, "failures": failures}


@pytest.mark.parametrize(
    ("how", "settings", "said"),
    [
        (
            "EVENT",
            "",
            {
                "retries": "Lambda, twice more; delivery: EventBridge, 5 times within 5 min",
                "failures": "lost; undelivered: lost",
            },
        ),
        (
            "EVENT",
            "RetryPolicy: {MaxRetryAttempts: 2}, OnFailureConfiguration: {Arn: !GetAtt Dead.Arn}",
            {
                "retries": "Lambda, twice more; delivery: EventBridge, twice more",
                "failures": "lost; undelivered: Dead",
            },
        ),
        (
            "REQUEST_RESPONSE",
            "",
            {"retries": "EventBridge, 5 times within 5 min", "failures": "lost"},
        ),
        (
            "REQUEST_RESPONSE",
            (
                "RetryPolicy: {MaxEventAgeInSeconds: 3600}, "
                "OnFailureConfiguration: {Arn: !GetAtt Dead.Arn}"
            ),
            {"retries": "EventBridge, for 1 h", "failures": "Dead"},
        ),
    ],
)
def test_subscriber_says_how_it_delivers(how: str, settings: str, said: dict[str, str]) -> None:
    invoked = f"{{TargetArn: !GetAtt Work.Arn, LambdaParameters: {{InvocationType: {how}}}}}"
    row = _row(f"""
    Wire:
      Type: AWS::EventsV2::Subscriber
      Properties: {{InvokeConfiguration: {invoked}, {settings}}}
    """)

    assert _said(row, *said) == said


_BUCKET = """
    Wire:
      Type: AWS::S3::Bucket
      Properties:
        NotificationConfiguration:
          LambdaConfigurations: [{Event: "s3:ObjectCreated:*", Function: %s}]
"""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            "",
            {
                "retries": "Lambda, twice more",
                "failures": "lost",
                "pressure": "Lambda keeps throttled events for 6 h",
            },
        ),
        (
            "MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 7200",
            {
                "retries": "none by Lambda",
                "failures": "lost",
                "pressure": "Lambda keeps throttled events for 2 h",
            },
        ),
        (
            (
                "MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 90, DestinationConfig: "
                "{OnFailure: {Destination: !GetAtt Dead.Arn}, OnSuccess: {Destination: !Ref Results}}"
            ),
            {
                "retries": "Lambda, once more, within 90 s",
                "failures": "Dead",
                "results": "Results",
            },
        ),
        (
            (
                "MaximumRetryAttempts: !Ref Given, "
                "DestinationConfig: {OnFailure: {Destination: !Ref Given}}"
            ),
            {
                "retries": "Lambda, ? × (parameter Given) more",
                "failures": "? (parameter Given)",
                "results": "",
            },
        ),
    ],
)
def test_function_says_what_becomes_of_events(settings: str, said: dict[str, str]) -> None:
    config = _CONFIG % "$LATEST"
    if settings:
        config = config.replace("$LATEST", f"$LATEST, {settings}")
    row = _row(_BUCKET % "!GetAtt Work.Arn" + config)

    assert _said(row, *said) == said


def test_settings_count_for_their_qualifier_alone() -> None:
    row = _row(
        """
    Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Work, Name: live}}
    """
        + _BUCKET % "!Ref Live"
        + _CONFIG % "$LATEST, MaximumRetryAttempts: 0"
        + (_CONFIG % "live, MaximumRetryAttempts: 1").replace("Config:", "Other:")
    )

    assert row.trigger.qualifier == "live"
    assert row.said["retries"] == ("Lambda, once more",)


def test_function_without_queue_of_its_own_loses_what_the_settings_of_another_keep() -> None:
    things = THINGS.replace("Timeout: 30", "Timeout: 30, DeadLetterConfig: {TargetArn: !Ref Topic}")
    row = _row(_BUCKET % "!GetAtt Work.Arn", things)
    untold = _row(
        _BUCKET % "!GetAtt Work.Arn" + (_CONFIG % "live").replace("!Ref Work", "!Ref Given")
    )

    assert row.said["failures"] == ("Topic",)
    assert untold.said["failures"] == (
        "? (settings for a function that the template does not tell)",
    )


def test_custom_resource_is_waited_for() -> None:
    row = _row(
        "Made: {Type: Custom::Made, Properties: {ServiceToken: !GetAtt Work.Arn, ServiceTimeout: 60}}"
    )
    kept = _row(
        "Made: {Type: Custom::Made, Properties: {ServiceToken: !GetAtt Work.Arn}}",
        THINGS.replace("Timeout: 30", "DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}"),
    )

    assert _said(row, "time", "failures") == {
        "time": "60 s, function 30 s",
        "failures": KINDS["custom-resource"].failures,
    }
    assert _said(kept, "time", "failures") == {
        "time": "3,600 s, function 3 s",
        "failures": f"Dead; {KINDS['custom-resource'].failures}",
    }


def test_api_that_does_not_wait_leaves_failures_to_lambda() -> None:
    row = _row("""
    Method:
      Type: AWS::ApiGateway::Method
      Properties:
        HttpMethod: POST
        RestApiId: !Ref Rest
        ResourceId: !GetAtt Rest.RootResourceId
        Integration:
          Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Work.Arn}/invocations
          RequestParameters:
            integration.request.header.X-Amz-Invocation-Type: "'Event'"
    """)

    assert _said(row, "subject", "model", "retries", "failures", "time") == {
        "subject": "POST /",
        "model": "async",
        "retries": "Lambda, twice more",
        "failures": "lost",
        "time": "function 30 s",
    }


# --- calls that are waited for --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait", "time"),
    [
        ("", "29 s, function 30 s"),
        ("TimeoutInMillis: 5500", "5.5 s, function 30 s"),
        ("TimeoutInMillis: !Ref Given", "? s (parameter Given), function 30 s"),
    ],
)
def test_api_waits_for_the_function(wait: str, time: str) -> None:
    row = _row(f"""
    Method:
      Type: AWS::ApiGateway::Method
      Properties:
        HttpMethod: GET
        RestApiId: !Ref Rest
        ResourceId: !GetAtt Rest.RootResourceId
        Integration:
          Uri: !Sub arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{Work.Arn}}/invocations
          {wait}
    """)

    assert row.said["time"] == (time,)


def test_caller_with_a_limit_of_its_own_says_it() -> None:
    row = _row("""
    Pool:
      Type: AWS::Cognito::UserPool
      Properties: {LambdaConfig: {PreSignUp: !GetAtt Work.Arn}}
    """)

    assert _said(row, "subject", "time", "retries") == {
        "subject": "PreSignUp",
        "time": "5 s, function 30 s",
        "retries": "Cognito, up to three times in all",
    }


_STATE = """
    Flow:
      Type: AWS::StepFunctions::StateMachine
      Properties:
        Definition:
          StartAt: Charge
          States:
            Charge: {Type: Task, Resource: !GetAtt Work.Arn, End: true%s}
"""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            "",
            {
                "subject": "Charge",
                "retries": "none, the state has no Retry",
                "failures": "the execution fails",
                "time": "function 30 s",
            },
        ),
        (
            (
                "TimeoutSeconds: 10, Retry: [{ErrorEquals: [States.ALL]}], "
                "Catch: [{ErrorEquals: [States.ALL], Next: Refund}]"
            ),
            {
                "retries": "Step Functions, 3 ×",
                "failures": "state Refund",
                "time": "10 s, function 30 s",
            },
        ),
        (
            (
                "Retry: [{ErrorEquals: [Busy, Slow, Sick], MaxAttempts: 6}, {ErrorEquals: [Odd]}], "
                "Catch: [{ErrorEquals: [Odd], Next: Refund}]"
            ),
            {
                "retries": "Step Functions, 6 × for Busy and 2 more, 3 × for Odd",
                "failures": "state Refund for Odd, or else the execution fails",
            },
        ),
        (
            "Retry: [], Catch: []",
            {"retries": "none, the state has no Retry", "failures": "the execution fails"},
        ),
        (
            "Retry: [{ErrorEquals: [Odd], MaxAttempts: 0}, {ErrorEquals: [States.ALL]}]",
            {"retries": "Step Functions, 0 × for Odd, 3 ×"},
        ),
        ("Retry: [{ErrorEquals: [States.ALL], MaxAttempts: '0'}]", {"retries": "none"}),
        (
            "Retry: !Ref Given, Catch: !Ref Given",
            {
                "retries": "Step Functions, ? (parameter Given)",
                "failures": "? (parameter Given)",
            },
        ),
    ],
)
def test_state_says_what_it_does_about_errors(settings: str, said: dict[str, str]) -> None:
    row = _row(_STATE % (f", {settings}" if settings else ""))

    assert _said(row, *said) == said


def test_state_in_another_fails_that_one() -> None:
    part = "{StartAt: Pack, States: {Pack: {Type: Task, Resource: !GetAtt Work.Arn, End: true%s}}}"
    catching = ", Catch: [{ErrorEquals: [Odd], Next: Pack}]"
    rows = _inventory(f"""
    Flow:
      Type: AWS::StepFunctions::StateMachine
      Properties:
        Definition:
          States:
            Each: {{Type: Map, ItemProcessor: {part % ""}}}
            Both: {{Type: Parallel, Branches: [{part % catching}]}}
            Alone: {{Type: Task, Resource: !GetAtt Work.Arn, End: true}}
    """).rows

    assert [row.said["failures"] for row in rows] == [
        ("state Each fails",),
        ("state Pack for Odd, or else state Both fails",),
        ("the execution fails",),
    ]


def test_state_that_does_not_wait_answers_for_the_delivery() -> None:
    handing = "arn:aws:states:::lambda:invoke, Parameters: {FunctionName: !Ref Work, InvocationType: Event}"
    row = _row(
        _STATE.replace("!GetAtt Work.Arn", handing)
        % ", Retry: [{ErrorEquals: [States.ALL]}], Catch: [{ErrorEquals: [States.ALL], Next: Late}]"
    )

    assert _said(row, "model", "retries", "failures") == {
        "model": "async",
        "retries": "Lambda, twice more; delivery: Step Functions, 3 ×",
        "failures": "lost; undelivered: state Late",
    }


# --- the function's own concurrency ---------------------------------------------------------------


def test_function_and_alias_bound_the_concurrency() -> None:
    row = _row(
        """
    Live:
      Type: AWS::Lambda::Alias
      Properties:
        FunctionName: !Ref Work
        Name: live
        ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
    """
        + _BUCKET % "!Ref Live",
        THINGS.replace("Timeout: 30", "ReservedConcurrentExecutions: '7'"),
    )

    assert row.said["concurrency"] == ("the function's; function: 7 reserved, 2 provisioned",)


# --- deployments ----------------------------------------------------------------------------------


def test_answers_tell_when_they_hold() -> None:
    row = _row("", _queue("", "BatchSize: !If [IsProd, 100, 10]"))

    assert row.when == ""
    assert row.said["batch"] == ("10 messages", "or 100 messages when Stage = prod")
    assert row.said["retries"] == ("SQS, 30 s apart, until the message expires",)
    assert [(one.told.numbers["batch_size"], one.when) for one in row.variants] == [
        (10, "Stage = dev"),
        (100, "Stage = prod"),
    ]


def test_trigger_of_some_deployments_says_which() -> None:
    row = _row(
        _BUCKET.replace("Properties:", "Condition: IsProd\n      Properties:", 1)
        % "!GetAtt Work.Arn"
    )

    assert row.when == "Stage = prod"
    assert [one.when for one in row.variants] == ["Stage = prod"]


def test_answers_are_not_too_many() -> None:
    regions = "".join(f"    region-{number}: {{Size: {number}}}\n" for number in range(1, 6))
    row = _row(
        "",
        _queue("", "BatchSize: !FindInMap [Sizes, !Ref 'AWS::Region', Size]")
        + f"Mappings:\n  Sizes:\n{regions}",
    )

    assert row.said["batch"] == (
        "1 message",
        "or 2 messages when AWS::Region = region-2",
        "or 3 messages when AWS::Region = region-3",
        "or 2 others",
    )
    assert len(row.variants) == 5


@pytest.mark.parametrize(
    ("enabled", "state"),
    [
        ("true", ("on",)),
        ("'false'", ("disabled",)),
        ("!Ref Given", ("disabled? (parameter Given)",)),
        ("!If [IsProd, true, false]", ("disabled", "or on when Stage = prod")),
    ],
)
def test_trigger_may_be_off(enabled: str, state: tuple[str, ...]) -> None:
    assert _row("", _queue("", f"Enabled: {enabled}")).said["state"] == state


@pytest.mark.parametrize("wire", [_RULE, _SCHEDULE])
def test_rule_and_schedule_may_be_off(wire: str) -> None:
    off = wire.replace("Properties: {", "Properties: {State: DISABLED, ") % ""

    assert _row(off).said["state"] == ("disabled",)


def test_function_may_depend_on_the_deployment() -> None:
    rows = _inventory(
        _BUCKET % "!If [IsProd, !GetAtt Work.Arn, !GetAtt Other.Arn]"
        + "    Other: {Type: AWS::Lambda::Function}\n"
    ).rows

    assert [(row.trigger.function.id, row.when) for row in rows] == [
        ("Work", "Stage = prod"),
        ("Other", "Stage = dev"),
    ]


# --- which rows there are -------------------------------------------------------------------------


def test_rows_are_in_the_order_of_the_template() -> None:
    rows = _inventory("""
    Late: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Last.Arn}]}}
    First: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Work.Arn}]}}
    Second: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Work.Arn}]}}
    Last: {Type: AWS::Lambda::Function}
    """).rows

    assert [(row.trigger.function.id, row.trigger.via.id) for row in rows] == [
        ("Work", "First"),
        ("Work", "Second"),
        ("Last", "Late"),
    ]


def test_function_that_nothing_invokes_is_named() -> None:
    inventory = _inventory("""
    Idle: {Type: AWS::Lambda::Function}
    Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {Dimensions: [{Name: F, Value: !Ref Idle}]}}
    Off:
      Type: AWS::Lambda::EventSourceMapping
      Properties: {FunctionName: !Ref Work, EventSourceArn: !GetAtt Queue.Arn, Enabled: false}
    """)

    assert [
        (one.function.id, [mention.id for mention in one.mentions]) for one in inventory.uninvoked
    ] == [("Idle", ["Alarm"])]


def test_function_that_another_calls_is_no_orphan() -> None:
    inventory = _inventory("""
    Called: {Type: AWS::Lambda::Function}
    Caller:
      Type: AWS::Serverless::Function
      Properties:
        Policies: [LambdaInvokePolicy: {FunctionName: !Ref Called}]
        FunctionUrlConfig: {AuthType: AWS_IAM}
    """)

    assert [
        (one.function.id, [caller.id for caller in one.callers]) for one in inventory.uninvoked
    ] == [("Work", []), ("Called", ["Caller"])]


def test_functions_of_the_cdk_are_not_named() -> None:
    inventory = _inventory("""
    LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A: {Type: AWS::Lambda::Function}
    Kept:
      Type: Custom::LogRetention
      Properties: {ServiceToken: !GetAtt LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A.Arn}
    """)

    assert [row.trigger.via.id for row in inventory.rows] == []
    assert [one.function.id for one in inventory.uninvoked] == ["Work"]


def test_function_elsewhere_has_a_row() -> None:
    row = _row(_BUCKET % "arn:aws:lambda:eu-west-1:123456789012:function:far:live")

    assert (row.trigger.function.name, row.trigger.qualifier) == ("far", "live")
    assert _said(row, "retries", "failures", "time") == {
        "retries": "Lambda, ? (settings of far)",
        "failures": "? (settings of far)",
        "time": "function ? s (Timeout of far)",
    }


# --- findings -------------------------------------------------------------------------------------


def _found(template: Template) -> dict[str, list[str]]:
    verdict = lint([template], config.choose([config.Selection()]))
    rows = take(Graph([template]), verdict.findings).rows
    return {row.trigger.via.id: sorted(one.rule.id for one in row.findings) for row in rows}


def test_finding_goes_to_the_trigger_that_it_is_about() -> None:
    found = _found(
        _template("""
    Wire:
      Type: AWS::Lambda::EventSourceMapping
      Properties:
        FunctionName: !Ref Work
        EventSourceArn: !GetAtt Queue.Arn
        FunctionResponseTypes: [ReportBatchItemFailures]
    Daily:
      Type: AWS::Scheduler::Schedule
      Properties: {ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt Work.Arn}}
    """)
    )

    assert found == {
        "Wire": ["sqs/no-dead-letter-queue", "sqs/short-visibility-timeout"],
        "Daily": ["async/no-failure-destination", "schedule/no-dead-letter-queue"],
    }


def test_finding_at_both_ends_goes_to_what_connects_them() -> None:
    things = THINGS.replace("Timeout: 30", "DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}")
    found = _found(
        _template(_MAPPING % ", FunctionResponseTypes: [ReportBatchItemFailures]", things)
    )

    assert "mapping/dead-letter-queue-on-function" in found["Wire"]


# --- formats --------------------------------------------------------------------------------------

_WICKED = "\x1b[31m|`<b>\u202e\n*_["


def _wicked() -> Inventory:
    """What strangers may write where names are expected."""
    name = json.dumps(f"arn:aws:sqs:eu-west-1:123456789012:{_WICKED}")
    return _inventory(_MAPPING.replace("!GetAtt Queue.Arn", name) % "")


@pytest.mark.parametrize("details", [True, False])
@pytest.mark.parametrize("width", [40, 100, 300])
def test_text_keeps_to_its_width_and_to_itself(width: int, *, details: bool) -> None:
    said = text.render(_wicked(), colour=False, width=width, details=details)

    assert said.replace("\n", "").isprintable()
    assert all(len(line) <= width and line == line.rstrip() for line in said.split("\n"))


@pytest.mark.parametrize("details", [True, False])
def test_text_shows_strange_names_as_they_are(*, details: bool) -> None:
    said = text.render(_wicked(), colour=False, width=300, details=details)

    assert r"SQS queue \x1b[31m|`<b>\u202e\n*_[ " in said.replace("\n", " \n")


def test_colour_is_as_wanted() -> None:
    plain, painted = (
        text.render(_inventory(_MAPPING % ""), colour=colour, width=80) for colour in (False, True)
    )

    assert "\x1b[" not in plain
    assert "\x1b[1mFUNCTION" in painted


@pytest.mark.parametrize("character", [*"\\`*_~[]<>|#&$!", "\x1b"])
def test_markdown_shows_strange_names_as_they_are(character: str) -> None:
    name = json.dumps(f"arn:aws:sqs:eu-west-1:123456789012:or{character}ders")
    said = markdown.render(_inventory(_MAPPING.replace("!GetAtt Queue.Arn", name) % ""))
    table = [line for line in said.splitlines() if line.startswith("|")]

    assert f"SQS queue {escaped(f'or{character}ders')} |" in said
    assert escaped(character) in (f"\\{character}", "\\\\x1b")
    assert {line.replace("\\\\", "").replace("\\|", "").count("|") for line in table} == {13}


def test_markdown_makes_no_links() -> None:
    assert escaped("https://example.com www.example.com") == (
        r"https:\//example.com www\.example.com"
    )


def test_csv_has_a_line_for_each_deployment_and_each_function_without_a_trigger() -> None:
    inventory = _inventory(
        "Idle: {Type: AWS::Lambda::Function}",
        _queue("", "BatchSize: !If [IsProd, 100, 10]"),
    )
    rows = list(csv.DictReader(StringIO(data.table(inventory))))

    assert [(row["function"], row["kind"], row["when"], row["batch"]) for row in rows] == [
        ("Work", "sqs", "Stage = dev", "10 messages"),
        ("Work", "sqs", "Stage = prod", "100 messages"),
        ("Idle", "", "", ""),
    ]
    assert all(row["file"] == "template.yaml" and row["line"].isdecimal() for row in rows)


@pytest.mark.parametrize("first", "=+-@")
def test_csv_holds_no_formulas(first: str) -> None:
    name = json.dumps(f"arn:aws:sqs:eu-west-1:123456789012:{first}A1\n\x1b")
    said = data.table(_inventory(_MAPPING.replace("!GetAtt Queue.Arn", name) % ""))
    (row,) = csv.DictReader(StringIO(said))

    assert row["source"] == f"'{first}A1\\n\\x1b"


_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_MAYBE: dict[str, Any] = {"type": ["string", "null"], "minLength": 1}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


_PLACE = {
    "file": _TEXT,
    "line": {"type": "integer", "minimum": 1},
    "column": {"type": "integer", "minimum": 1},
    "end_line": {"type": "integer", "minimum": 1},
    "end_column": {"type": "integer", "minimum": 1},
    "path": {"type": "array", "items": {"type": ["string", "integer"]}},
}
_END = {"id": _MAYBE, "name": _MAYBE, "type": _MAYBE, "service": _MAYBE}
_FUNCTION = _object(
    **_END,
    handler=_MAYBE,
    runtime=_MAYBE,
    file=_MAYBE,
    line={"type": ["integer", "null"]},
    stack=_MAYBE,
    construct_path=_MAYBE,
    qualifier=_MAYBE,
)
_NUMBERS = {"type": "object", "additionalProperties": {"type": "number"}}
_TRIGGER = _object(
    function=_FUNCTION,
    kind={"enum": list(KINDS)},
    title=_TEXT,
    source=_object(**_END),
    via=_object(id=_TEXT, type=_TEXT),
    when=_MAYBE,
    enabled={"type": ["boolean", "null"]},
    subject=_MAYBE,
    results=_MAYBE,
    model={"enum": ["poll", "async", "sync"]},
    **{one: _TEXT for one in QUESTIONS if one not in ("subject", "state", "results", "model")},
    numbers=_NUMBERS,
    ends={"type": "object", "additionalProperties": _TEXT},
    findings={"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9]+/[a-z0-9-]+$"}},
    url={"type": "string", "pattern": "^https://"},
    stack=_MAYBE,
    construct_path=_MAYBE,
    **_PLACE,
)
SCHEMA = _object(
    version={"const": 1},
    tool=_object(name={"const": "lambdalint"}, version=_TEXT),
    triggers={"type": "array", "items": _TRIGGER},
    uninvoked={
        "type": "array",
        "items": _object(
            function=_FUNCTION,
            called_by={"type": "array", "items": _TEXT},
            named_by={"type": "array", "items": _object(id=_TEXT, type=_MAYBE)},
            **_PLACE,
        ),
    },
    unknown={"type": "array", "items": _object(reason=_TEXT, **_PLACE)},
    errors={
        "type": "array",
        "items": _object(
            file=_TEXT,
            line={"type": ["integer", "null"]},
            column={"type": ["integer", "null"]},
            message=_TEXT,
        ),
    },
)


def test_json_is_as_its_schema_says() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    result = _triggers("--format", "json", str(FIXTURES))
    report = json.loads(result.stdout)
    Draft202012Validator(SCHEMA).validate(report)

    assert result.stdout.isascii()
    assert report["triggers"]
    assert report["uninvoked"]
    assert report["unknown"]
    assert report["errors"]


def test_json_says_what_is_behind_the_words() -> None:
    inventory = _inventory("", _queue(_REDRIVE % 4, "Enabled: false"))
    (trigger,) = json.loads(data.json(inventory, [], []))["triggers"]

    assert trigger["numbers"] == {
        "batch_size": 10,
        "batch_window_s": 0,
        "visibility_timeout_s": 30,
        "max_receive_count": 4,
        "retention_s": 345_600,
        "caller_limit_s": 30,
        "timeout_s": 30,
    }
    assert trigger["ends"] == {"dead_letter_queue": "Dead"}
    assert trigger["enabled"] is False
    assert trigger["path"] == ["Resources", "Wire"]


def test_templates_come_in_their_order() -> None:
    idle = "Resources:\n  Idle: {Type: AWS::Lambda::Function}\n"
    one, two = load(idle, "one.yaml"), load(THINGS + _indented(_MAPPING % ""), "two.yaml")
    said = text.render(take(Graph([one, two])), colour=False, width=100)

    assert said.startswith("one.yaml\nIdle has no trigger\n\ntwo.yaml\nFUNCTION  TRIGGER ")


def test_alike_triggers_are_one_line() -> None:
    method = """
    %s:
      Type: AWS::ApiGateway::Method
      Properties:
        HttpMethod: %s
        RestApiId: !Ref Rest
        ResourceId: !GetAtt Rest.RootResourceId
        Integration:
          Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Work.Arn}/invocations
    """
    methods = "".join(method % (name.title(), name) for name in ("GET", "PUT", "POST"))
    (line,) = lines(_inventory(methods).rows, ["retries"])

    assert line.title == "REST API Rest: GET /, PUT / and 1 more"


# --- the command ----------------------------------------------------------------------------------


def _triggers(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["triggers", *args], input=stdin)


BROKEN = "Resources:\n  Orders: {Type: AWS::SQS::Queue\n"


@pytest.mark.usefixtures("home")
def test_findings_do_not_fail_the_command() -> None:
    Path("template.yaml").write_text(THINGS + _indented(_MAPPING % ""), "utf-8")
    result = _triggers("template.yaml")

    assert result.exit_code == 0
    assert "warning[sqs/no-dead-letter-queue]" in result.stdout
    assert "1 trigger of 1 function" in result.stdout
    assert result.stderr == ""


@pytest.mark.usefixtures("home")
def test_findings_may_be_left_out() -> None:
    Path("template.yaml").write_text(THINGS + _indented(_MAPPING % ""), "utf-8")

    assert "sqs/" not in _triggers("--no-findings").stdout


@pytest.mark.usefixtures("home")
def test_configuration_chooses_the_rules() -> None:
    Path("template.yaml").write_text(THINGS + _indented(_MAPPING % ""), "utf-8")
    Path("lambdalint.toml").write_text('ignore = ["sqs"]\n', "utf-8")

    assert "sqs/" not in _triggers().stdout
    assert "sqs/" in _triggers("--no-config").stdout


@pytest.mark.usefixtures("home")
def test_unreadable_template_hides_no_other() -> None:
    Path("broken.yaml").write_text(BROKEN, "utf-8")
    Path("template.yaml").write_text(THINGS + _indented(_MAPPING % ""), "utf-8")
    result = _triggers("broken.yaml", "template.yaml")

    assert result.exit_code == 2
    assert "SQS queue Queue" in result.stdout
    assert result.stderr.startswith("broken.yaml:")


@pytest.mark.usefixtures("home")
def test_parameters_decide() -> None:
    template = _queue("", "BatchSize: !If [IsProd, 100, 10]")
    result = _triggers(
        "-", "--stdin-filename", "t.yaml", "--parameter", "Stage=prod", "--details", stdin=template
    )

    assert result.stdout.startswith("t.yaml\n")
    assert "batch          100 messages\n" in result.stdout


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("format", ["text", "markdown", "csv", "json"])
def test_list_goes_where_it_is_wanted(format: str) -> None:
    Path("template.yaml").write_text(THINGS + _indented(_MAPPING % ""), "utf-8")
    shown = _triggers("--format", format)
    written = _triggers("--format", format, "--output", "list")

    assert written.stdout == ""
    assert Path("list").read_text("utf-8") == shown.stdout


@pytest.mark.usefixtures("home")
def test_macro_is_told() -> None:
    Path("template.yaml").write_text(f"Transform: Secret\n{THINGS}", "utf-8")
    result = _triggers()

    assert result.exit_code == 0
    assert "nobody knows what Secret makes of it" in result.stderr


@pytest.mark.parametrize(
    "args",
    [("--format", "pdf"), ("--parameter", "Nobody=1", "."), ("no-such-file.yaml",)],
)
@pytest.mark.usefixtures("home")
def test_bad_usage_exits_with_2(args: tuple[str, ...]) -> None:
    Path("template.yaml").write_text(THINGS, "utf-8")

    assert _triggers(*args).exit_code == 2


# --- whole templates ------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_fixture_is_listed_as_it_should(
    subject: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("COLUMNS", "120")
    name = subject.relative_to(FIXTURES)
    said = _triggers(str(name), "--details").stdout
    golden = GOLDEN / f"{name}.triggers"
    if request.config.getoption("--write-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(said, "utf-8")

    assert said == golden.read_text("utf-8")


def test_no_golden_list_is_left_behind() -> None:
    subjects = {f"{subject.relative_to(FIXTURES)}.triggers" for subject in SUBJECTS}

    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.triggers")} == subjects
