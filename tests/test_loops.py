"""Loops that must be found and wiring that must not be called one, in every way to write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lambdalint.catalog import load_rule, rule_ids
from lambdalint.engine import lint
from lambdalint.load import load

RULES = [load_rule(id) for id in rule_ids() if id.startswith("loop/")]
ROLE = "arn:aws:iam::111122223333:role/work"
ASSUMED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Case(NamedTuple):
    """A function, what invokes it, and what it does or may do.

    `python` and `javascript` are what the handler does for an event; without them, its code is
    elsewhere and `allowed` (actions, and what follows the bucket's ARN) is all there is.
    """

    source: str
    python: str = ""
    javascript: str = ""
    found: str = ""
    confidence: str = "high"
    given: Any = None
    allowed: tuple[tuple[str, ...], str] | None = None


def _s3(bucket: str, key: str) -> str:
    return f"boto3.client('s3').put_object(Bucket={bucket}, Key={key}, Body=b'')"


def _s3_js(bucket: str, key: str) -> str:
    return (
        f"await new S3Client({{}}).send(new PutObjectCommand({{ Bucket: {bucket}, Key: {key} }}))"
    )


FOUND = "event['Records'][0]['s3']"
FOUND_JS = "event.Records[0].s3"
CASES = {
    # --- loops
    "key copied unchanged": Case(
        "bucket",
        _s3(f"{FOUND}['bucket']['name']", f"{FOUND}['object']['key']"),
        _s3_js(f"{FOUND_JS}.bucket.name", f"{FOUND_JS}.object.key"),
        "loop/s3-self-trigger",
    ),
    "permission for the bucket": Case(
        "bucket",
        found="loop/s3-self-trigger",
        confidence="medium",
        allowed=(("s3:GetObject", "s3:PutObject"), "/*"),
    ),
    "bucket, topic, queue": Case(
        "fan",
        _s3("os.environ['BUCKET']", "'x'"),
        _s3_js("process.env.BUCKET", "'x'"),
        "loop/s3-self-trigger",
    ),
    "item put into the table": Case(
        "table",
        "boto3.resource('dynamodb').Table(os.environ['TABLE']).put_item(Item={'id': '1'})",
        "await new DynamoDBClient({}).send("
        "new PutItemCommand({ TableName: process.env.TABLE, Item: {} }))",
        "loop/stream",
    ),
    "event of the source that the rule is for": Case(
        "bus",
        "boto3.client('events').put_events("
        "Entries=[{'Source': 'shop', 'DetailType': 'x', 'Detail': '{}'}])",
        "await new EventBridgeClient({}).send(new PutEventsCommand("
        "{ Entries: [{ Source: 'shop', DetailType: 'x', Detail: '{}' }] }))",
        "loop/event-bus",
        given={"source": ["shop"]},
    ),
    "result sent to itself": Case("result", "pass", ";", "loop/destination"),
    "own logs": Case("logs", "pass", ";", "loop/log-subscription"),
    "message to the own queue": Case(
        "queue",
        "boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody='1')",
        "await new SQSClient({}).send("
        "new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: '1' }))",
        "loop/queue-or-topic",
    ),
    # --- none
    "permission for other keys": Case(
        "bucket", given=("prefix", "raw/"), allowed=(("s3:PutObject",), "/processed/*")
    ),
    "another suffix": Case(
        "bucket",
        _s3("os.environ['BUCKET']", f"{FOUND}['object']['key'] + '.json'"),
        _s3_js("process.env.BUCKET", f"`${{{FOUND_JS}.object.key}}.json`"),
        given=("suffix", ".jpg"),
    ),
    "another bucket": Case(
        "bucket",
        _s3("os.environ['OTHER']", f"{FOUND}['object']['key']"),
        _s3_js("process.env.OTHER", f"{FOUND_JS}.object.key"),
    ),
    "permission to read": Case("bucket", allowed=(("s3:GetObject*", "s3:List*"), "/*")),
    "rule for all but its own events": Case(
        "bus",
        "boto3.client('events').put_events("
        "Entries=[{'Source': 'shop', 'DetailType': 'x', 'Detail': '{}'}])",
        "await new EventBridgeClient({}).send(new PutEventsCommand("
        "{ Entries: [{ Source: 'shop', DetailType: 'x', Detail: '{}' }] }))",
        given={"source": [{"anything-but": "shop"}]},
    ),
    "message to the dead-letter queue": Case(
        "queue",
        "boto3.client('sqs').send_message(QueueUrl=os.environ['LOST'], MessageBody='1')",
        "await new SQSClient({}).send("
        "new SendMessageCommand({ QueueUrl: process.env.LOST, MessageBody: '1' }))",
    ),
    "permission to write, code that reads": Case(
        "table",
        "boto3.resource('dynamodb').Table(os.environ['TABLE']).get_item(Key={'id': '1'})",
        "await new DynamoDBClient({}).send("
        "new GetItemCommand({ TableName: process.env.TABLE, Key: {} }))",
        allowed=(("dynamodb:GetItem", "dynamodb:PutItem"), ""),
    ),
    "mapping that is switched off": Case(
        "queue",
        "boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody='1')",
        "await new SQSClient({}).send("
        "new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: '1' }))",
        given="off",
    ),
    "variable and trigger that exclude each other": Case(
        "queue",
        "boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody='1')",
        "await new SQSClient({}).send("
        "new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: '1' }))",
        given="exclusive",
    ),
}


def _python(case: Case) -> str:
    return f"import os\nimport boto3\n\ndef handler(event, context):\n    {case.python}\n"


def _javascript(case: Case) -> str:
    packages = {
        "s3": "S3Client, PutObjectCommand",
        "sqs": "SQSClient, SendMessageCommand",
        "dynamodb": "DynamoDBClient, PutItemCommand, GetItemCommand",
        "eventbridge": "EventBridgeClient, PutEventsCommand",
    }
    required = "".join(
        f'const {{ {names} }} = require("@aws-sdk/client-{name}");\n'
        for name, names in packages.items()
    )
    return f"{required}exports.handler = async (event) => {{\n  {case.javascript};\n}};\n"


# --- in three spellings ---------------------------------------------------------------------------


def _attribute(id: str, name: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [id, name]}


def _things(**more: Any) -> dict[str, Any]:
    """What is there in every case."""
    key = {"AttributeName": "id", "KeyType": "HASH"}
    table = {
        "KeySchema": [key],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    }
    redrive = {"deadLetterTargetArn": _attribute("Lost"), "maxReceiveCount": 5}
    return {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Other": {"Type": "AWS::S3::Bucket"},
        "Lost": {"Type": "AWS::SQS::Queue"},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": redrive}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Topic": {"Type": "AWS::SNS::Topic"},
        **more,
    }


def _fan() -> dict[str, Any]:
    return {
        "ToQueue": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": _attribute("Queue"),
            },
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "NotificationConfiguration": {
                    "TopicConfigurations": [
                        {"Event": "s3:ObjectCreated:*", "Topic": {"Ref": "Topic"}}
                    ]
                }
            },
        },
    }


def _variables(case: Case) -> dict[str, Any]:
    queue: Any = {"Ref": "Queue"}
    if case.given == "exclusive":
        queue = {"Fn::If": ["IsProd", {"Ref": "Lost"}, queue]}
    named = {"BUCKET": "Bucket", "OTHER": "Other", "LOST": "Lost", "TABLE": "Table"}
    return {"QUEUE": queue, **{name: {"Ref": id} for name, id in named.items()}}


def _filter(case: Case) -> dict[str, Any]:
    if not isinstance(case.given, tuple):
        return {}
    name, value = case.given
    return {"Filter": {"S3Key": {"Rules": [{"Name": name, "Value": value}]}}}


def _statement(case: Case, arn: Callable[[str, str], Any]) -> dict[str, Any]:
    actions, below = case.allowed or ((), "")
    id = "Table" if case.source == "table" else "Bucket"
    return {"Effect": "Allow", "Action": list(actions), "Resource": arn(id, below)}


def _code(case: Case, language: str) -> tuple[str, str]:
    if language == "python":
        return "python3.13", _python(case) if case.python else ""
    return "nodejs22.x", _javascript(case) if case.javascript else ""


def sam(case: Case, language: str) -> dict[str, Any]:
    """A template for SAM."""
    runtime, code = _code(case, language)
    gate = {"Condition": "IsProd"} if case.given == "exclusive" else {}
    queue = {"Queue": _attribute("Queue"), **({"Enabled": False} if case.given == "off" else {})}
    event = {
        "bucket": (
            "S3",
            {"Bucket": {"Ref": "Bucket"}, "Events": "s3:ObjectCreated:*", **_filter(case)},
        ),
        "fan": ("SQS", queue),
        "queue": ("SQS", queue),
        "table": (
            "DynamoDB",
            {"Stream": _attribute("Table", "StreamArn"), "StartingPosition": "LATEST"},
        ),
        "bus": ("EventBridgeRule", {"Pattern": case.given}),
        "logs": ("CloudWatchLogs", {"LogGroupName": "/aws/lambda/work", "FilterPattern": ""}),
    }.get(case.source)
    work: dict[str, Any] = {
        "FunctionName": "work",
        "Runtime": runtime,
        "Handler": "index.handler",
        **({"InlineCode": code} if code else {"CodeUri": "s3://code/work.zip"}),
        **({"Environment": {"Variables": _variables(case)}} if code else {}),
    }
    if case.allowed:
        statement = _statement(case, lambda id, below: {"Fn::Sub": f"${{{id}.Arn}}{below}"})
        work["Policies"] = [{"Statement": [statement]}]
    elif code:  # what it may do, nobody knows
        work["Role"] = "arn:aws:iam::111122223333:role/work"
    if case.source == "result":
        work["EventInvokeConfig"] = {
            "DestinationConfig": {"OnSuccess": {"Type": "Lambda", "Destination": _own_arn()}}
        }
    if event and not gate:
        type, properties = event
        work["Events"] = {"Source": {"Type": type, "Properties": properties}}
    more = _fan() if case.source == "fan" else {}
    if gate:  # an event cannot be conditional
        mapping = {"EventSourceArn": _attribute("Queue"), "FunctionName": {"Ref": "Work"}}
        more["Mapping"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": mapping,
            **gate,
        }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        **_staged(case),
        "Resources": _things(
            Work={"Type": "AWS::Serverless::Function", "Properties": work}, **more
        ),
    }


def _own_arn() -> dict[str, Any]:
    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:work"
    return {"Fn::Sub": arn}


def _staged(case: Case) -> dict[str, Any]:
    if case.given != "exclusive":
        return {}
    return {
        "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }


def cfn(case: Case, language: str) -> dict[str, Any]:
    """A template for CloudFormation."""
    return _plain(case, language, {}, lambda id, below: {"Fn::Sub": f"${{{id}.Arn}}{below}"})


def cdk(case: Case, language: str) -> dict[str, Any]:
    """A template as CDK makes it: other ids, pointers as lists, notifications by a function."""
    ids = {id: f"{id}{number:08X}" for number, id in enumerate(("Work", *_things(), "Role"), 9**9)}

    def joined(id: str, below: str) -> Any:
        return {"Fn::Join": ["", [_attribute(id), below]]} if below else _attribute(id)

    template = _plain(case, language, _handler(), joined)
    bucket = template["Resources"]["Bucket"].pop("Properties", {})
    if notifications := bucket.get("NotificationConfiguration"):
        template["Resources"]["Notifications"] = {
            "Type": "Custom::S3BucketNotifications",
            "Properties": {
                "ServiceToken": _attribute("BucketNotificationsHandler" + "0" * 32),
                "BucketName": {"Ref": "Bucket"},
                "NotificationConfiguration": _spelled(notifications),
                "Managed": True,
            },
        }
    renamed = {ids.get(id, id): _renamed(one, ids) for id, one in template["Resources"].items()}
    return {**template, "Resources": renamed}


def _handler() -> dict[str, Any]:
    """The function that CDK makes for notifications, which may write any configuration."""
    return {
        "BucketNotificationsHandler" + "0" * 32: {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"ZipFile": "import boto3\n"},
                "Handler": "index.handler",
                "Role": ROLE,
                "Runtime": "python3.13",
            },
        }
    }


def _spelled(notifications: dict[str, Any]) -> dict[str, Any]:
    """Notifications in the spelling of the API."""
    spelled: dict[str, Any] = {}
    for listed, target in (("Lambda", "Function"), ("Topic", "Topic")):
        name = {"Lambda": "LambdaFunction"}.get(listed, listed)
        for one in notifications.get(f"{listed}Configurations", ()):
            entry = {"Events": [one["Event"]], f"{name}Arn": one[target]}
            rules = one.get("Filter", {}).get("S3Key", {}).get("Rules")
            if rules:
                entry["Filter"] = {"Key": {"FilterRules": rules}}
            spelled.setdefault(f"{name}Configurations", []).append(entry)
    return spelled


def _renamed(data: Any, ids: dict[str, str]) -> Any:
    match data:
        case {"Ref": str(id)}:
            return {"Ref": ids.get(id, id)}
        case {"Fn::GetAtt": [str(id), attribute]}:
            return {"Fn::GetAtt": [ids.get(id, id), attribute]}
        case dict():
            return {key: _renamed(member, ids) for key, member in data.items()}
        case list():
            return [_renamed(item, ids) for item in data]
        case str():
            for id in ("Bucket", "Table", "Work"):
                data = data.replace(f"${{{id}", f"${{{ids[id]}")
    return data


def _plain(
    case: Case, language: str, more: dict[str, Any], arn: Callable[[str, str], Any]
) -> dict[str, Any]:
    runtime, code = _code(case, language)
    work: dict[str, Any] = {
        "FunctionName": "work",
        "Runtime": runtime,
        "Handler": "index.handler",
        "Role": _attribute("Role") if case.allowed else ROLE,
        "Code": {"ZipFile": code} if code else {"S3Bucket": "code", "S3Key": "work.zip"},
        **({"Environment": {"Variables": _variables(case)}} if code else {}),
    }
    resources = _things(
        Work={"Type": "AWS::Lambda::Function", "Properties": work}, **more, **_sources(case)
    )
    if case.allowed:
        resources["Role"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": ASSUMED},
        }
        resources["Policy"] = {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "work",
                "Roles": [{"Ref": "Role"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [_statement(case, arn)]},
            },
        }
    return {**_staged(case), "Resources": resources}


def _sources(case: Case) -> dict[str, Any]:
    """What invokes the function, in plain resources."""
    work = _attribute("Work")
    if case.source == "bucket":
        entry = {"Event": "s3:ObjectCreated:*", "Function": work, **_filter(case)}
        notifications = {"NotificationConfiguration": {"LambdaConfigurations": [entry]}}
        return {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": notifications}}
    if case.source == "bus":
        rule = {"EventPattern": case.given, "Targets": [{"Id": "work", "Arn": work}]}
        return {"Rule": {"Type": "AWS::Events::Rule", "Properties": rule}}
    if case.source == "logs":
        subscription = {
            "LogGroupName": {"Fn::Sub": "/aws/lambda/${Work}"},
            "FilterPattern": "",
            "DestinationArn": work,
        }
        return {"Lines": {"Type": "AWS::Logs::SubscriptionFilter", "Properties": subscription}}
    if case.source == "result":
        config = {
            "FunctionName": {"Ref": "Work"},
            "Qualifier": "$LATEST",
            "DestinationConfig": {"OnSuccess": {"Destination": work}},
        }
        return {"Result": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": config}}
    is_table = case.source == "table"
    mapping = {
        "FunctionName": {"Ref": "Work"},
        "EventSourceArn": _attribute("Table", "StreamArn") if is_table else _attribute("Queue"),
        **({"StartingPosition": "LATEST"} if is_table else {}),
        **({"Enabled": False} if case.given == "off" else {}),
    }
    gate = {"Condition": "IsProd"} if case.given == "exclusive" else {}
    source = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping, **gate}
    return {"Mapping": source, **(_fan() if case.source == "fan" else {})}


# --- what is said ---------------------------------------------------------------------------------


def _found(template: dict[str, Any]) -> list[tuple[str, str]]:
    text = json.dumps(template, indent=1)
    verdict = lint([load(text, "template.json")], RULES)
    assert verdict.problems == []
    return [(one.rule.id, one.confidence.name.lower()) for one in verdict.findings]


def _spellings() -> Iterator[Any]:
    for name, case in CASES.items():
        for spelling in (sam, cfn, cdk):
            for language in ("python", "javascript") if case.python else ("python",):
                yield pytest.param(
                    case, spelling, language, id=f"{name}, {spelling.__name__}, {language}"
                )


@pytest.mark.parametrize(("case", "spelling", "language"), [*_spellings()])
def test_loop_is_found_and_nothing_else(
    case: Case, spelling: Callable[[Case, str], dict[str, Any]], language: str
) -> None:
    found = _found(spelling(case, language))

    assert found == ([(case.found, case.confidence)] if case.found else [])


def test_code_of_another_function_in_the_same_folder_is_not_its_own(tmp_path: Path) -> None:
    case = CASES["message to the own queue"]
    (tmp_path / "app.py").write_text(
        "import os\nimport boto3\n\n"
        "def handler(event, context):\n    print(event)\n\n"
        f"def other(event, context):\n    {case.python}\n"
    )
    template = sam(case, "python")
    work = template["Resources"]["Work"]["Properties"]
    del work["InlineCode"]
    work |= {"CodeUri": ".", "Handler": "app.handler"}

    def found() -> list[str]:
        file = str(tmp_path / "template.json")
        verdict = lint([load(json.dumps(template), file)], RULES)
        return [one.rule.id for one in verdict.findings]

    assert found() == []
    work["Handler"] = "app.other"
    assert found() == ["loop/queue-or-topic"]


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
QUEUE_URLS = {
    "https://sqs.eu-west-1.amazonaws.com/123456789012/orders": True,
    "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders": True,
    "${Orders}": True,
    "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/orders": True,
    "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Orders.QueueName}": True,
    "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-2": False,
    "https://sqs.eu-west-1.amazonaws.com/123456789012/${Stage}-orders": False,
}


@pytest.mark.parametrize(("url", "is_own"), QUEUE_URLS.items(), ids=QUEUE_URLS)
def test_queue_is_found_by_its_address(url: str, is_own: bool) -> None:  # noqa: FBT001
    case = Case("queue", "boto3.client('sqs').send_message(QueueUrl=os.environ['URL'])")
    resources = {
        "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
        "ToWork": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": _attribute("Orders"),
                "FunctionName": {"Ref": "Work"},
            },
        },
        "Work": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": ROLE,
                "Code": {"ZipFile": _python(case)},
                "Environment": {"Variables": {"URL": {"Fn::Sub": url}}},
            },
        },
    }
    template = {"Parameters": {"Stage": {"Type": "String"}}, "Resources": resources}

    assert [rule for rule, _ in _found(template)] == ["loop/queue-or-topic"] * is_own
