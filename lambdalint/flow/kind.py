"""What a node is to the flow: its kind, by type, by service, or by what is done with it."""

from __future__ import annotations

from lambdalint.flow import NodeKind
from lambdalint.graph import External, Resource
from lambdalint.graph.trigger import bus_of

_TYPES: dict[str, NodeKind] = {
    "AWS::ApiGateway::RestApi": "api",
    "AWS::ApiGatewayV2::Api": "api",
    "AWS::DocDB::DBCluster": "table",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::DynamoDB::Table": "table",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "api",
    "AWS::Events::EventBus": "bus",
    "AWS::Kinesis::Stream": "stream",
    "AWS::KinesisFirehose::DeliveryStream": "stream",
    "AWS::Lambda::Function": "function",
    "AWS::Lambda::Url": "api",
    "AWS::MSK::Cluster": "stream",
    "AWS::MSK::ServerlessCluster": "stream",
    "AWS::S3::Bucket": "bucket",
    "AWS::SNS::Topic": "topic",
    "AWS::SQS::Queue": "queue",
    "AWS::Scheduler::Schedule": "schedule",
    "AWS::StepFunctions::StateMachine": "workflow",
}
_SERVICES: dict[str, NodeKind] = {
    "dynamodb": "table",
    "execute-api": "api",
    "firehose": "stream",
    "kafka": "stream",
    "kinesis": "stream",
    "lambda": "function",
    "rds": "table",
    "s3": "bucket",
    "sns": "topic",
    "sqs": "queue",
    "states": "workflow",
}
# By the kind of trigger that has such a source.
_SOURCES: dict[str, NodeKind] = {
    "authorizer": "api",
    "documentdb": "table",
    "dynamodb": "table",
    "eventbridge": "bus",
    "http-api": "api",
    "kafka": "stream",
    "kinesis": "stream",
    "rest-api": "api",
    "s3": "bucket",
    "sns": "topic",
    "sqs": "queue",
    "stream": "stream",
    "websocket-api": "api",
}


def kind_of(end: Resource | External, trigger: str = "") -> NodeKind:
    """The kind of a node, which may be the source of a trigger of some kind."""
    if isinstance(end, Resource):
        if end.type == "AWS::Events::Rule":
            return "rule" if bus_of(end) else "schedule"
        return _TYPES.get(end.type, "other")
    if end.service == "events" and (end.name.startswith("event-bus/") or "/" not in end.name):
        return "bus"
    return _SERVICES.get(end.service) or _SOURCES.get(trigger, "other")
