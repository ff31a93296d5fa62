"""Sources that Lambda, or a pipe, reads."""

from __future__ import annotations

from functools import partial

from lambdalint.kinds.kind import Form, Kind, polled

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_PIPES = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_MAPPING = (
    Form(
        "AWS::Lambda::EventSourceMapping",
        "FunctionName",
        "EventSourceArn",
        off=("Enabled", "false"),
    ),
)

_stream = partial(
    polled,
    retries="the mapping, until the record expires",
    failures="lost when they expire, without an on-failure destination",
    batch="up to 100 records",
    pressure="the shard waits",
    concurrency="1 a shard",
)

KINDS: tuple[Kind, ...] = (
    polled(
        "sqs",
        "SQS queue",
        f"{_GUIDE}/with-sqs.html",
        _MAPPING,
        retries="SQS, after the visibility timeout, until the message expires",
        failures="lost when they expire, without a dead-letter queue",
        batch="up to 10 messages",
        concurrency="1,250 a mapping",
    ),
    _stream(
        "kinesis", "Kinesis stream", f"{_GUIDE}/with-kinesis.html", _MAPPING, order="per shard"
    ),
    _stream("dynamodb", "DynamoDB stream", f"{_GUIDE}/with-ddb.html", _MAPPING, order="per item"),
    _stream(
        "stream",
        "Kinesis or DynamoDB stream",
        f"{_GUIDE}/invocation-eventsourcemapping.html",
        _MAPPING,
        order="per shard",
    ),
    polled(
        "kafka",
        "Kafka topic",
        f"{_GUIDE}/with-kafka.html",
        (
            *_MAPPING,
            Form(
                "AWS::Lambda::EventSourceMapping",
                "FunctionName",
                "SelfManagedEventSource.Endpoints.KafkaBootstrapServers",
                off=("Enabled", "false"),
            ),
        ),
        retries="the mapping, until the record expires",
        failures="lost when they expire, without an on-failure destination",
        order="per partition",
        batch="up to 100 records in 0.5 s",
        pressure="the partition waits",
        concurrency="1 a partition",
    ),
    polled(
        "mq",
        "Amazon MQ broker",
        f"{_GUIDE}/with-mq.html",
        _MAPPING,
        retries="the mapping, until the broker gives up",
        failures="what the broker's own redelivery policy says",
        order="of the queue, but for what is repeated",
        batch="up to 100 messages in 0.5 s",
        concurrency="the mapping's",
    ),
    polled(
        "documentdb",
        "DocumentDB change stream",
        f"{_GUIDE}/with-documentdb.html",
        _MAPPING,
        retries="the mapping, until the change expires",
        failures="lost when they expire",
        order="of the change stream",
        batch="up to 100 changes in 0.5 s",
        concurrency="the mapping's",
    ),
    polled(
        "pipe",
        "EventBridge pipe",
        f"{_PIPES}/eb-pipes-event-target.html",
        (
            Form(
                "AWS::Pipes::Pipe",
                "Target",
                "Source",
                off=("DesiredState", "STOPPED"),
                role="RoleArn",
            ),
        ),
        retries="as its source says",
        failures="as its source says",
        order="of its source",
        batch="as its source says",
        concurrency="as its source says",
        payload="6 MB, or 1 MB where it does not wait",
    ),
)
