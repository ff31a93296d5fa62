"""The AWS SDKs for JavaScript: which package speaks to which service, and what its calls do.

Version 3: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/
Version 2: https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/
"""

from __future__ import annotations

import re

from lambdalint.source.javascript.values import Package

# The prefixes of IAM actions, where they are not the names of the packages (version 3) or of the
# classes in lower case (version 2).
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "api-gateway": "apigateway",
    "auto-scaling": "autoscaling",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-runtime": "bedrock",
    "cloudwatch-events": "events",
    "cloudwatch-logs": "logs",
    "cloudwatchevents": "events",
    "cloudwatchlogs": "logs",
    "cognito-identity-provider": "cognito-idp",
    "cognitoidentityserviceprovider": "cognito-idp",
    "config-service": "config",
    "configservice": "config",
    "cost-explorer": "ce",
    "costexplorer": "ce",
    "eventbridge": "events",
    "iot-data-plane": "iot",
    "iotdata": "iot",
    "location": "geo",
    "pinpoint": "mobiletargeting",
    "sagemaker-runtime": "sagemaker",
    "sagemakerruntime": "sagemaker",
    "secrets-manager": "secretsmanager",
    "sesv2": "ses",
    "sfn": "states",
    "stepfunctions": "states",
    "timestream-query": "timestream",
    "timestream-write": "timestream",
}

# What the clients for plain JavaScript data call the operations of DynamoDB.
_DOCUMENT = {
    "BatchGet": "BatchGetItem",
    "BatchWrite": "BatchWriteItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "TransactGet": "TransactGetItems",
    "TransactWrite": "TransactWriteItems",
    "Update": "UpdateItem",
}

# What managed uploads come down to.
_MANAGED = {("s3", "Upload"): "PutObject"}

# Methods of clients of version 2 that call nothing.
_QUIET = frozenset(
    {
        *("createSet", "getSignedUrl", "getSignedUrlPromise", "createPresignedPost", "waitFor"),
        *("config", "makeRequest", "on", "setupRequestListeners", "destroy", "middlewareStack"),
    }
)

# Calls that can fail for some of their entries without an exception.
PARTLY_FAILING = frozenset(
    {
        *(("events", "PutEvents"), ("sqs", "SendMessageBatch"), ("sns", "PublishBatch")),
        *(("kinesis", "PutRecords"), ("firehose", "PutRecordBatch")),
        *(("dynamodb", "BatchWriteItem"), ("sqs", "DeleteMessageBatch")),
    }
)

_V3 = "@aws-sdk/client-"
_LIB_DYNAMODB = "@aws-sdk/lib-dynamodb"


def is_sdk(package: Package) -> bool:
    """Whether a package is an AWS SDK, all of which is understood as far as it matters."""
    return package.name.startswith(("@aws-sdk/", "aws-sdk/", "@smithy/")) or (
        package.name == "aws-sdk"
    )


def service(package: Package) -> str:
    """The prefix of the IAM actions of the service that a package or class speaks to, or ""."""
    name = package.name
    if name.startswith(_V3):
        name = name.removeprefix(_V3)
    elif name == _LIB_DYNAMODB:
        name = "dynamodb"
    elif name.startswith("aws-sdk/clients/"):
        name = name.removeprefix("aws-sdk/clients/")
    elif name == "aws-sdk" and package.path:
        name = package.path[0]
    else:
        return ""
    return _PREFIXES.get(name.lower(), name.lower())


def style(package: Package) -> str:
    """How a client is used that is made of a class: `v3` sends commands, others have methods.

    `document` is for plain JavaScript data; "" is for what is no client.
    """
    last = package.path[-1] if package.path else ""
    if package.name == _LIB_DYNAMODB:
        return {"DynamoDBDocumentClient": "v3", "DynamoDBDocument": "document"}.get(last, "")
    if package.name.startswith(_V3):
        if last.endswith("Client"):
            return "v3"
        return "v2" if last[:1].isupper() and not last.endswith(("Command", "Exception")) else ""
    if package.name == "aws-sdk" or package.name.startswith("aws-sdk/clients/"):
        if last == "DocumentClient":
            return "document"
        depth = 1 if package.name == "aws-sdk" else 0
        return "v2" if len(package.path) <= depth and service(package) else ""
    return ""


def command(package: Package) -> str:
    """The operation that a command of version 3 asks for, "" if the class is none."""
    last = package.path[-1] if package.path else ""
    if not last.endswith("Command") or not package.name.startswith((_V3, _LIB_DYNAMODB)):
        return ""
    name = last.removesuffix("Command")
    return _DOCUMENT.get(name, name) if package.name == _LIB_DYNAMODB else name


def paginated(package: Package) -> str:
    """The operation that a paginator of version 3 repeats, "" if it is none."""
    last = package.path[-1] if package.path else ""
    return last.removeprefix("paginate") if re.match("paginate[A-Z]", last) else ""


def operation(prefix: str, style: str, method: str) -> str:
    """The operation that a method of a client performs, "" if it calls nothing."""
    if method in _QUIET or not method[:1].islower():
        return ""
    name = method[0].upper() + method[1:]
    if style == "document":
        return _DOCUMENT.get(name, name)
    return _MANAGED.get((prefix, name), name)
