"""Templates of known size, the same on every machine."""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias

Resource: TypeAlias = dict[str, Any]

# 60 lines, as people write them.
SMALL: Final = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: Takes orders from a queue and sends receipts for them

Parameters:
  Stage:
    Type: String
    Default: dev
    AllowedValues: [dev, prod]

Conditions:
  IsProd: !Equals [!Ref Stage, prod]

Globals:
  Function:
    Runtime: python3.13
    MemorySize: 256
    Timeout: 20

Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt OrdersDead.Arn
        maxReceiveCount: 5

  OrdersDead:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: 1209600

  Placed:
    Type: AWS::SNS::Topic

  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Handler: fulfil.handler
      InlineCode: "def handler(event, context): return {'batchItemFailures': []}"
      ReservedConcurrentExecutions: !If [IsProd, 50, 5]
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: 10
            FunctionResponseTypes: [ReportBatchItemFailures]

  Receipt:
    Type: AWS::Serverless::Function
    Properties:
      Handler: receipt.handler
      InlineCode: "def handler(event, context): pass"
      Events:
        Placed:
          Type: SNS
          Properties:
            Topic: !Ref Placed
"""


def synthesised(kilobytes: int) -> str:
    """A template of about this size as the CDK would synthesise it, services of ten resources."""
    services: list[str] = []
    size = 0
    while size < kilobytes * 1000:
        # Indented by one, as the CDK writes it; the braces are the whole template's.
        service = json.dumps({"Resources": _service(len(services))}, indent=1)
        services.append(service.partition("{\n")[2].partition("{\n")[2].rpartition("\n }")[0])
        size += len(services[-1])
    return '{\n "Resources": {\n' + ",\n".join(services) + "\n }\n}\n"


def _service(number: int) -> dict[str, Resource]:
    """A queue and a rule that feed a function, and what the CDK makes for them."""
    name, digest = f"Service{number}", f"{number * 2654435761 % 2**32:08X}"
    queue, dead, role, function, log, rule = (
        f"{name}{part}{digest}" for part in ("Queue", "Dead", "Role", "Handler", "Logs", "Rule")
    )
    source, code = f"Shop/{name}", f"{digest.lower() * 8}.zip"
    return {
        dead: _made(f"{source}/Dead", "AWS::SQS::Queue", {"MessageRetentionPeriod": 1209600}),
        queue: _made(
            f"{source}/Queue",
            "AWS::SQS::Queue",
            {
                "RedrivePolicy": {"deadLetterTargetArn": _arn(dead), "maxReceiveCount": 5},
                "VisibilityTimeout": 60 + number % 7 * 30,
            },
        ),
        role: _made(f"{source}/Handler/ServiceRole", "AWS::IAM::Role", _ROLE),
        f"{role}DefaultPolicy": _made(
            f"{source}/Handler/ServiceRole/DefaultPolicy",
            "AWS::IAM::Policy",
            _policy(name, role, queue, dead),
        ),
        function: {
            **_made(
                f"{source}/Handler",
                "AWS::Lambda::Function",
                _function(code, role, log, queue, number),
            ),
            "DependsOn": [f"{role}DefaultPolicy", role],
        },
        log: {
            **_made(f"{source}/Logs", "AWS::Logs::LogGroup", {"RetentionInDays": 731}),
            "UpdateReplacePolicy": "Retain",
            "DeletionPolicy": "Retain",
        },
        f"{function}SqsEventSource": _made(
            f"{source}/Handler/SqsEventSource:{name}Queue",
            "AWS::Lambda::EventSourceMapping",
            {
                "BatchSize": 10,
                "EventSourceArn": _arn(queue),
                "FunctionName": {"Ref": function},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        ),
        rule: _made(
            f"{source}/Rule",
            "AWS::Events::Rule",
            {
                "EventPattern": {
                    "source": [f"shop.{name.lower()}"],
                    "detail-type": ["Order Placed", "Order Changed", "Order Cancelled"],
                    "detail": {
                        "total": [{"numeric": [">", 100]}],
                        "country": [{"prefix": "D"}, "AT", "CH"],
                    },
                },
                "State": "ENABLED",
                "Targets": [
                    {
                        "Arn": _arn(function),
                        "DeadLetterConfig": {"Arn": _arn(dead)},
                        "Id": "Target0",
                    }
                ],
            },
        ),
        f"{rule}AllowEventRule": _made(
            f"{source}/Rule/AllowEventRuleShop{name}Handler",
            "AWS::Lambda::Permission",
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": _arn(function),
                "Principal": "events.amazonaws.com",
                "SourceArn": _arn(rule),
            },
        ),
        f"{dead}Policy": _made(
            f"{source}/Dead/Policy",
            "AWS::SQS::QueuePolicy",
            {
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Action": "sqs:SendMessage",
                            "Condition": {"ArnEquals": {"aws:SourceArn": _arn(rule)}},
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Resource": _arn(dead),
                            "Sid": f"AllowEventRule{name}",
                        }
                    ],
                    "Version": "2012-10-17",
                },
                "Queues": [{"Ref": dead}],
            },
        ),
    }


_ROLE: Final = {
    "AssumeRolePolicyDocument": {
        "Statement": [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
        "Version": "2012-10-17",
    },
    "ManagedPolicyArns": [
        {
            "Fn::Join": [
                "",
                [
                    "arn:",
                    {"Ref": "AWS::Partition"},
                    ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                ],
            ]
        }
    ],
}


def _function(code: str, role: str, log: str, queue: str, number: int) -> Resource:
    return {
        "Code": {
            "S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"},
            "S3Key": code,
        },
        "Environment": {
            "Variables": {
                "AWS_NODEJS_CONNECTION_REUSE_ENABLED": "1",
                "LOG_LEVEL": "INFO",
                "ORDERS_QUEUE_URL": {"Ref": queue},
                "POWERTOOLS_METRICS_NAMESPACE": "Shop",
                "POWERTOOLS_SERVICE_NAME": f"service-{number}",
            }
        },
        "Handler": "index.handler",
        "LoggingConfig": {"LogGroup": {"Ref": log}},
        "MemorySize": 256,
        "Role": _arn(role),
        "Runtime": "nodejs22.x",
        "Tags": [{"Key": "service", "Value": f"service-{number}"}],
        "Timeout": 10 + number % 3 * 10,
        "TracingConfig": {"Mode": "Active"},
    }


def _policy(name: str, role: str, queue: str, dead: str) -> Resource:
    consume = [
        "ReceiveMessage",
        "ChangeMessageVisibility",
        "GetQueueUrl",
        "DeleteMessage",
        "GetQueueAttributes",
    ]
    tables = [
        {
            "Action": [
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
            ],
            "Effect": "Allow",
            "Resource": [_table(table), _table(f"{table}/index/*")],
        }
        for table in (f"{name}Orders", f"{name}Customers", f"{name}Audit", f"{name}Stock")
    ]
    return {
        "PolicyDocument": {
            "Statement": [
                {
                    "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                    "Effect": "Allow",
                    "Resource": "*",
                },
                {
                    "Action": [f"sqs:{action}" for action in consume],
                    "Effect": "Allow",
                    "Resource": _arn(queue),
                },
                {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": _arn(dead)},
                *tables,
            ],
            "Version": "2012-10-17",
        },
        "PolicyName": f"{role}DefaultPolicy",
        "Roles": [{"Ref": role}],
    }


def _made(path: str, type: str, properties: Resource) -> Resource:
    metadata = {"aws:cdk:path": f"{path}/Resource"}
    if type == "AWS::Lambda::Function":
        metadata |= {
            "aws:asset:path": f"asset.{properties['Code']['S3Key'].removesuffix('.zip')}",
            "aws:asset:is-bundled": "false",
            "aws:asset:property": "Code",
        }
    return {"Type": type, "Properties": properties, "Metadata": metadata}


def _arn(id: str) -> Resource:
    return {"Fn::GetAtt": [id, "Arn"]}


def _table(name: str) -> Resource:
    before, after = ":dynamodb:", f":table/{name}"
    account = [{"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, before, *account, after]]}
