"""The connectors of AWS SAM: what each creates between a source and a destination.

Source: aws-sam-translator 1.115.0 (its connector_profiles/profiles.json); described in
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html

Written by scripts/refresh_facts.py: do not edit it by hand.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Statement: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The actions and resources of a statement that allows.

Resources are in the notation of Fn::Sub, with the variables ``Source`` and ``Destination`` and
their attributes ``Arn``, ``Name``, ``ResourceId`` (the id of an API) and ``Qualifier`` (which is
"*" for an API unless the connector gives another).
"""


class Profile(NamedTuple):
    """What a connector creates."""

    kind: Literal["managed_policy", "permission", "queue_policy", "topic_policy"]
    """What is created: AWS::IAM::ManagedPolicy, AWS::Lambda::Permission and so on."""
    owner: Literal["source", "destination"]
    """The end whose role gets the managed policy, or which the permission or policy is set on."""
    access: dict[str, tuple[Statement, ...]]
    """The statements by category of permission, ``Read`` and ``Write``."""
    principal: str = ""
    """The service of a permission, queue policy or topic policy."""
    source_arn: str = ""
    """The pattern that permission or policy holds ``aws:SourceArn`` against."""
    source_account: str = ""
    """The account that permission holds ``aws:SourceAccount`` against, "" if none."""


CONNECTORS: dict[tuple[str, str], Profile] = {
    ("AWS::ApiGateway::RestApi", "AWS::Lambda::Function"): Profile(
        kind="permission",
        owner="destination",
        access={"Write": ((("lambda:InvokeFunction",), ("${Destination.Arn}",)),)},
        principal="apigateway.amazonaws.com",
        source_arn="arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Source.ResourceId}/${Source.Qualifier}",
    ),
    ("AWS::ApiGatewayV2::Api", "AWS::Lambda::Function"): Profile(
        kind="permission",
        owner="destination",
        access={"Write": ((("lambda:InvokeFunction",), ("${Destination.Arn}",)),)},
        principal="apigateway.amazonaws.com",
        source_arn="arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Source.ResourceId}/${Source.Qualifier}",
    ),
    ("AWS::AppSync::DataSource", "AWS::DynamoDB::Table"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    (
                        "dynamodb:GetItem",
                        "dynamodb:Query",
                        "dynamodb:Scan",
                        "dynamodb:BatchGetItem",
                        "dynamodb:ConditionCheckItem",
                        "dynamodb:PartiQLSelect",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/index/*"),
                ),
            ),
            "Write": (
                (
                    (
                        "dynamodb:PutItem",
                        "dynamodb:UpdateItem",
                        "dynamodb:DeleteItem",
                        "dynamodb:BatchWriteItem",
                        "dynamodb:PartiQLDelete",
                        "dynamodb:PartiQLInsert",
                        "dynamodb:PartiQLUpdate",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/index/*"),
                ),
            ),
        },
    ),
    ("AWS::AppSync::DataSource", "AWS::Events::EventBus"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("events:PutEvents",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::AppSync::DataSource", "AWS::Lambda::Function"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Write": (
                (
                    ("lambda:InvokeAsync", "lambda:InvokeFunction"),
                    ("${Destination.Arn}", "${Destination.Arn}:*"),
                ),
            ),
        },
    ),
    ("AWS::AppSync::GraphQLApi", "AWS::Lambda::Function"): Profile(
        kind="permission",
        owner="destination",
        access={"Write": ((("lambda:InvokeFunction",), ("${Destination.Arn}",)),)},
        principal="appsync.amazonaws.com",
        source_arn="arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${Source.ResourceId}",
    ),
    ("AWS::DynamoDB::Table", "AWS::Lambda::Function"): Profile(
        kind="managed_policy",
        owner="destination",
        access={
            "Read": (
                (
                    (
                        "dynamodb:DescribeStream",
                        "dynamodb:GetRecords",
                        "dynamodb:GetShardIterator",
                        "dynamodb:ListStreams",
                    ),
                    ("${Source.Arn}/stream/*",),
                ),
            ),
        },
    ),
    ("AWS::Events::Rule", "AWS::Events::EventBus"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("events:PutEvents",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::Events::Rule", "AWS::Lambda::Function"): Profile(
        kind="permission",
        owner="destination",
        access={"Write": ((("lambda:InvokeFunction",), ("${Destination.Arn}",)),)},
        principal="events.amazonaws.com",
        source_arn="${Source.Arn}",
    ),
    ("AWS::Events::Rule", "AWS::SNS::Topic"): Profile(
        kind="topic_policy",
        owner="destination",
        access={"Write": ((("sns:Publish",), ("${Destination.Arn}",)),)},
        principal="events.amazonaws.com",
        source_arn="${Source.Arn}",
    ),
    ("AWS::Events::Rule", "AWS::SQS::Queue"): Profile(
        kind="queue_policy",
        owner="destination",
        access={"Write": ((("sqs:SendMessage",), ("${Destination.Arn}",)),)},
        principal="events.amazonaws.com",
        source_arn="${Source.Arn}",
    ),
    ("AWS::Events::Rule", "AWS::StepFunctions::StateMachine"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("states:StartExecution",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::Lambda::Function", "AWS::DynamoDB::Table"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    (
                        "dynamodb:GetItem",
                        "dynamodb:Query",
                        "dynamodb:Scan",
                        "dynamodb:BatchGetItem",
                        "dynamodb:ConditionCheckItem",
                        "dynamodb:PartiQLSelect",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/index/*"),
                ),
            ),
            "Write": (
                (
                    (
                        "dynamodb:PutItem",
                        "dynamodb:UpdateItem",
                        "dynamodb:DeleteItem",
                        "dynamodb:BatchWriteItem",
                        "dynamodb:PartiQLDelete",
                        "dynamodb:PartiQLInsert",
                        "dynamodb:PartiQLUpdate",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/index/*"),
                ),
            ),
        },
    ),
    ("AWS::Lambda::Function", "AWS::Events::EventBus"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("events:PutEvents",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::Lambda::Function", "AWS::Lambda::Function"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Write": ((("lambda:InvokeAsync", "lambda:InvokeFunction"), ("${Destination.Arn}",)),),
        },
    ),
    ("AWS::Lambda::Function", "AWS::Location::PlaceIndex"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    (
                        "geo:DescribePlaceIndex",
                        "geo:GetPlace",
                        "geo:SearchPlaceIndexForPosition",
                        "geo:SearchPlaceIndexForSuggestions",
                        "geo:SearchPlaceIndexForText",
                    ),
                    ("${Destination.Arn}",),
                ),
            ),
        },
    ),
    ("AWS::Lambda::Function", "AWS::S3::Bucket"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    (
                        "s3:GetObject",
                        "s3:GetObjectAcl",
                        "s3:GetObjectLegalHold",
                        "s3:GetObjectRetention",
                        "s3:GetObjectTorrent",
                        "s3:GetObjectVersion",
                        "s3:GetObjectVersionAcl",
                        "s3:GetObjectVersionForReplication",
                        "s3:GetObjectVersionTorrent",
                        "s3:ListBucket",
                        "s3:ListBucketMultipartUploads",
                        "s3:ListBucketVersions",
                        "s3:ListMultipartUploadParts",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/*"),
                ),
            ),
            "Write": (
                (
                    (
                        "s3:AbortMultipartUpload",
                        "s3:DeleteObject",
                        "s3:DeleteObjectVersion",
                        "s3:PutObject",
                        "s3:PutObjectLegalHold",
                        "s3:PutObjectRetention",
                        "s3:RestoreObject",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/*"),
                ),
            ),
        },
    ),
    ("AWS::Lambda::Function", "AWS::SNS::Topic"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("sns:Publish",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::Lambda::Function", "AWS::SQS::Queue"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": ((("sqs:ReceiveMessage", "sqs:GetQueueAttributes"), ("${Destination.Arn}",)),),
            "Write": (
                (
                    (
                        "sqs:DeleteMessage",
                        "sqs:SendMessage",
                        "sqs:ChangeMessageVisibility",
                        "sqs:PurgeQueue",
                    ),
                    ("${Destination.Arn}",),
                ),
            ),
        },
    ),
    ("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (("states:DescribeStateMachine", "states:ListExecutions"), ("${Destination.Arn}",)),
                (
                    (
                        "states:DescribeExecution",
                        "states:DescribeStateMachineForExecution",
                        "states:GetExecutionHistory",
                    ),
                    (
                        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${Destination.Name}:*",
                    ),
                ),
            ),
            "Write": (
                (("states:StartExecution", "states:StartSyncExecution"), ("${Destination.Arn}",)),
                (
                    ("states:StopExecution",),
                    (
                        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${Destination.Name}:*",
                    ),
                ),
            ),
        },
    ),
    ("AWS::S3::Bucket", "AWS::Lambda::Function"): Profile(
        kind="permission",
        owner="destination",
        access={"Write": ((("lambda:InvokeFunction",), ("${Destination.Arn}",)),)},
        principal="s3.amazonaws.com",
        source_arn="${Source.Arn}",
        source_account="${AWS::AccountId}",
    ),
    ("AWS::SNS::Topic", "AWS::Lambda::Function"): Profile(
        kind="permission",
        owner="destination",
        access={"Write": ((("lambda:InvokeFunction",), ("${Destination.Arn}",)),)},
        principal="sns.amazonaws.com",
        source_arn="${Source.Arn}",
    ),
    ("AWS::SNS::Topic", "AWS::SQS::Queue"): Profile(
        kind="queue_policy",
        owner="destination",
        access={"Write": ((("sqs:SendMessage",), ("${Destination.Arn}",)),)},
        principal="sns.amazonaws.com",
        source_arn="${Source.Arn}",
    ),
    ("AWS::SQS::Queue", "AWS::Lambda::Function"): Profile(
        kind="managed_policy",
        owner="destination",
        access={
            "Read": ((("sqs:ReceiveMessage", "sqs:GetQueueAttributes"), ("${Source.Arn}",)),),
            "Write": ((("sqs:DeleteMessage",), ("${Source.Arn}",)),),
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::DynamoDB::Table"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    (
                        "dynamodb:GetItem",
                        "dynamodb:Query",
                        "dynamodb:Scan",
                        "dynamodb:BatchGetItem",
                        "dynamodb:ConditionCheckItem",
                        "dynamodb:PartiQLSelect",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/index/*"),
                ),
            ),
            "Write": (
                (
                    (
                        "dynamodb:PutItem",
                        "dynamodb:UpdateItem",
                        "dynamodb:DeleteItem",
                        "dynamodb:BatchWriteItem",
                        "dynamodb:PartiQLDelete",
                        "dynamodb:PartiQLInsert",
                        "dynamodb:PartiQLUpdate",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/index/*"),
                ),
            ),
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::Events::EventBus"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("events:PutEvents",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::Lambda::Function"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Write": ((("lambda:InvokeAsync", "lambda:InvokeFunction"), ("${Destination.Arn}",)),),
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::S3::Bucket"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    (
                        "s3:GetObject",
                        "s3:GetObjectAcl",
                        "s3:GetObjectLegalHold",
                        "s3:GetObjectRetention",
                        "s3:GetObjectTorrent",
                        "s3:GetObjectVersion",
                        "s3:GetObjectVersionAcl",
                        "s3:GetObjectVersionForReplication",
                        "s3:GetObjectVersionTorrent",
                        "s3:ListBucket",
                        "s3:ListBucketMultipartUploads",
                        "s3:ListBucketVersions",
                        "s3:ListMultipartUploadParts",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/*"),
                ),
            ),
            "Write": (
                (
                    (
                        "s3:AbortMultipartUpload",
                        "s3:DeleteObject",
                        "s3:DeleteObjectVersion",
                        "s3:PutObject",
                        "s3:PutObjectLegalHold",
                        "s3:PutObjectRetention",
                        "s3:RestoreObject",
                    ),
                    ("${Destination.Arn}", "${Destination.Arn}/*"),
                ),
            ),
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::SNS::Topic"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("sns:Publish",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::SQS::Queue"): Profile(
        kind="managed_policy",
        owner="source",
        access={"Write": ((("sqs:SendMessage",), ("${Destination.Arn}",)),)},
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::StepFunctions::StateMachine"): Profile(
        kind="managed_policy",
        owner="source",
        access={
            "Read": (
                (
                    ("states:DescribeExecution",),
                    (
                        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${Destination.Name}:*",
                    ),
                ),
                (
                    ("events:DescribeRule",),
                    (
                        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
                    ),
                ),
            ),
            "Write": (
                (("states:StartExecution",), ("${Destination.Arn}",)),
                (
                    ("states:StopExecution",),
                    (
                        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${Destination.Name}:*",
                    ),
                ),
                (
                    ("events:PutTargets", "events:PutRule"),
                    (
                        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
                    ),
                ),
            ),
        },
    ),
}
