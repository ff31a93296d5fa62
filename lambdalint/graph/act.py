"""What a function can do so that events come of it: how APIs, roles and people call it."""

from __future__ import annotations

from typing import NamedTuple


class Act(NamedTuple):
    """A way to cause events of resources of some types.

    `calls` are the operations of the API that do, `permissions` what a role must allow for them,
    `names` where a call says which resource it is: `*` is each element of a list, `keys` each key
    of a mapping. `reads` is a permission that is asked for to read, and `ambiguous` is what is
    often permitted though it is only read.
    """

    service: str
    types: tuple[str, ...]
    thing: str
    may: str
    does: str
    calls: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    reads: str = ""
    ambiguous: bool = False


BUCKET, QUEUE, TOPIC = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"
BUS, FUNCTION = "AWS::Events::EventBus", "AWS::Lambda::Function"
TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
STREAM, FIREHOSE = "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream"
MACHINE, TOPIC_RULE = "AWS::StepFunctions::StateMachine", "AWS::IoT::TopicRule"

# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
ACTS = (
    Act(
        "sqs",
        (QUEUE,),
        "queue",
        "send to",
        "sends to",
        ("SendMessage", "SendMessageBatch"),
        ("SendMessage",),
        (("QueueUrl",),),
        reads="ReceiveMessage",
    ),
    Act(
        "sns",
        (TOPIC,),
        "topic",
        "publish to",
        "publishes to",
        ("Publish", "PublishBatch"),
        ("Publish",),
        (("TopicArn",), ("TargetArn",)),
        reads="GetTopicAttributes",
    ),
    Act(
        "events",
        (BUS,),
        "event bus",
        "put events on",
        "puts events on",
        ("PutEvents",),
        ("PutEvents",),
        (("Entries", "*", "EventBusName"),),
        reads="DescribeEventBus",
    ),
    Act(
        "s3",
        (BUCKET,),
        "bucket",
        "write into",
        "writes into",
        (
            *("PutObject", "CopyObject", "CompleteMultipartUpload", "CreateMultipartUpload"),
            *("DeleteObject", "DeleteObjects", "PutObjectTagging", "DeleteObjectTagging"),
            *("PutObjectAcl", "RestoreObject"),
        ),
        ("PutObject", "DeleteObject", "PutObjectTagging", "PutObjectAcl", "RestoreObject"),
        (("Bucket",),),
        reads="GetObject",
    ),
    Act(
        "dynamodb",
        TABLES,
        "table",
        "write to",
        "writes to",
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
        reads="GetItem",
        ambiguous=True,
    ),
    Act(
        "kinesis",
        (STREAM,),
        "stream",
        "put records on",
        "puts records on",
        ("PutRecord", "PutRecords"),
        ("PutRecord", "PutRecords"),
        (("StreamName",), ("StreamARN",)),
        reads="GetRecords",
        ambiguous=True,
    ),
    Act(
        "firehose",
        (FIREHOSE,),
        "delivery stream",
        "put records on",
        "puts records on",
        ("PutRecord", "PutRecordBatch"),
        ("PutRecord", "PutRecordBatch"),
        (("DeliveryStreamName",),),
        reads="DescribeDeliveryStream",
    ),
    Act(
        "lambda",
        (FUNCTION,),
        "function",
        "invoke",
        "invokes",
        ("Invoke", "InvokeAsync", "InvokeWithResponseStream"),
        ("InvokeFunction", "InvokeAsync"),
        (("FunctionName",),),
        reads="GetFunction",
    ),
    Act(
        "states",
        (MACHINE,),
        "state machine",
        "start",
        "starts",
        ("StartExecution", "StartSyncExecution"),
        ("StartExecution", "StartSyncExecution"),
        (("stateMachineArn",),),
        reads="DescribeExecution",
    ),
    # A topic is no resource, so nobody can tell from a permission what is published.
    Act(
        "iot",
        (TOPIC_RULE,),
        "MQTT topic",
        "publish to",
        "publishes to",
        ("Publish",),
        names=(("topic",),),
    ),
)
OF_TYPE = {type: act for act in ACTS for type in act.types}
OF_CALL = {(act.service, call): act for act in ACTS for call in act.calls}

# What happens without any call.
RESULT = Act("lambda destination", (), "", "hand results to", "hands results to")
LOG = Act("logs", (), "", "log to", "logs to")
REPUBLISH = Act("iot rule", (), "", "republish to", "republishes to")
