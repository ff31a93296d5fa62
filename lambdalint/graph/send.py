"""Functions that may send events on: what their roles allow, resource by resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.graph.iam import Grants, Statement
from lambdalint.graph.reference import resolve
from lambdalint.graph.resource import Resource

# What a function needs to be allowed to send an event.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_ACTIONS = {
    "AWS::DynamoDB::GlobalTable": ("dynamodb:PutItem", "dynamodb:UpdateItem"),
    "AWS::DynamoDB::Table": ("dynamodb:PutItem", "dynamodb:UpdateItem"),
    "AWS::Events::EventBus": ("events:PutEvents",),
    "AWS::Kinesis::Stream": ("kinesis:PutRecord", "kinesis:PutRecords"),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "AWS::SNS::Topic": ("sns:Publish",),
    "AWS::SQS::Queue": ("sqs:SendMessage",),
    "AWS::StepFunctions::StateMachine": ("states:StartExecution", "states:StartSyncExecution"),
}


class Send(NamedTuple):
    """A function may send events to a resource, by a statement that names it."""

    target: Resource
    statement: Statement


def sends(grants: Grants) -> Iterator[Send]:
    """Where a role may send events, each target once."""
    found: dict[Resource, Send] = {}
    for statement in grants.statements:
        if not statement.allow or statement.negated_resources:
            continue
        for named in statement.resources:
            target = resolve(named.data, statement.scope)
            if isinstance(target, Resource) and any(
                map(statement.covers, _ACTIONS.get(target.type, ()))
            ):
                found.setdefault(target, Send(target, statement))
    yield from found.values()
