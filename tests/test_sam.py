"""SAM templates are read as AWS translates them: the official translator is the oracle."""

from __future__ import annotations

import json
import logging
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest
from cfnlint.template import Template as Unrolled
from cfnlint.template.transforms._language_extensions import language_extension
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from lambdalint.catalog import load_rule
from lambdalint.engine import lint
from lambdalint.graph import Graph
from lambdalint.load import load
from lambdalint.template import Template

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "sam").glob("*.yaml"))

# The types that the graph reads.
TYPES = {
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFormation::Stack",
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::Logs::SubscriptionFilter",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
}


def _with_code(data: Any) -> Any:
    """The translator takes no local code."""
    if isinstance(data, dict):
        return {
            key: "s3://bucket/key"
            if key in ("CodeUri", "DefinitionUri", "ContentUri") and isinstance(value, str)
            else _with_code(value)
            for key, value in data.items()
        }
    return [_with_code(one) for one in data] if isinstance(data, list) else data


@cache
def _session() -> boto3.session.Session:
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    return boto3.session.Session(region_name="eu-west-1")


def _both(text: str, **fixed: str) -> tuple[Template, Template]:
    """A template as we read it, and as the translator does."""
    data = _with_code(yaml_parse(text))
    written = json.dumps(data, default=str)
    plain, language = json.loads(written), {}
    if "AWS::LanguageExtensions" in text:  # which the translator leaves to CloudFormation
        language = {"Transform": "AWS::LanguageExtensions"}
        _, plain = language_extension(Unrolled("template", plain, ["eu-west-1"]))
    translated = language | Translator({}, Parser(), None, _session()).translate(
        plain, {}, get_managed_policy_map=dict
    )
    return load(written, "template", fixed), load(json.dumps(translated), "template", fixed)


def _declared(template: Template) -> set[tuple[str, str]]:
    return {(one.id, one.type) for one in template.resources.values() if one.type in TYPES}


def _seen(template: Template, *, grants: bool = True) -> set[tuple[Any, ...]]:
    """What the graph of a template is, without the places."""
    graph = Graph([template])
    seen: set[tuple[Any, ...]] = set()
    for trigger in graph.triggers():
        seen.add(("trigger", trigger.kind.name, trigger.source.id, trigger.function.id,
             trigger.qualifier, str(trigger.wait.data), graph.may_invoke(trigger)))  # fmt: skip
    for delivery in graph.deliveries():
        seen.add(("delivery", delivery.source.id, delivery.target.id, graph.may_deliver(delivery)))
    for queue in graph.resources("AWS::SQS::Queue"):
        seen.add(("queue", queue.id, graph.is_dead_letter_queue(queue), len(graph.policies(queue))))
    for function in graph.functions():
        timeout, memory = function["Timeout"], function.get("MemorySize")
        seen.add(("function", function.id, str(timeout.data), str(memory.data)))
        for permission in graph.permissions(function):
            seen.add(("permission", permission.resource.id, function.id, permission.qualifier,
                 str(permission.principal.data)))  # fmt: skip
        for config in graph.invoke_configs(function):
            ends = config.on_success.data, config.on_failure.data
            retries = config.resource.get("MaximumRetryAttempts").data
            seen.add(("config", config.resource.id, config.qualifier, *map(str, ends), retries))
        granted = graph.grants(function)
        seen.add(("grants", function.id, granted.complete))
        for statement in granted.statements if grants else ():
            resources = sorted(str(one.data) for one in statement.resources)
            seen.add(("grant", function.id, *sorted(statement.actions), *resources))
    return seen


def _agree(text: str, *, grants: bool = True) -> None:
    """Hold our reading of a template against the translator's."""
    ours, theirs = _both(text)
    assert _declared(ours) == _declared(theirs)
    assert _seen(ours, grants=grants) == _seen(theirs, grants=grants)
    for stage in ("dev", "prod") if "IsProd" in text.partition("Resources:")[2] else ():
        one, other = _both(text, Stage=stage)
        assert _seen(one, grants=grants) == _seen(other, grants=grants)


# The policies by which Lambda polls brokers and DocumentDB clusters are left out: nothing here
# asks for them. So are the secrets of Kafka.
POLLS_BROKERS = {"streams.yaml"}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_fixture_is_what_the_translator_makes_of_it(path: Path) -> None:
    _agree(path.read_text("utf-8"), grants=path.name not in POLLS_BROKERS)


HEAD = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
"""
FUNCTION = "Type: AWS::Serverless::Function"
CODE = "Handler: a.b, Runtime: python3.12, InlineCode: x"
QUEUE = "\nQueue: {Type: AWS::SQS::Queue}"


def _template(resources: str, more: str = "") -> str:
    body = "".join(f"  {line}\n" for line in dedent(resources).splitlines())
    return f"{HEAD}{dedent(more)}\nResources:\n{body}"


def _with_event(event: str, properties: str = "", more: str = "") -> str:
    return f"""
Work:
  {FUNCTION}
  Properties:
    {{{CODE}, {properties} Events: {{It: {event}}}}}
{more}
"""


SHARED = """
Globals:
  Function:
    {}
"""
GLOBALS = {
    "scalars, local wins": ("Timeout: 10\n    MemorySize: 256", "Timeout: 20"),
    "mapping merged": ("Environment: {Variables: {A: a, B: b}}", "Environment: {Variables: {B: c}}"),
    "list joined": ("VpcConfig: {SubnetIds: [a], SecurityGroupIds: [s]}", "VpcConfig: {SubnetIds: [b]}"),
    "architectures replaced": ("Architectures: [x86_64]", "Architectures: [arm64]"),
    "intrinsic wins": ("Timeout: 10", "Timeout: !If [IsProd, 20, 30]"),
    "intrinsic is no mapping": ("Environment: {Variables: {A: a}}",
                                "Environment: !If [IsProd, {Variables: {B: b}}, !Ref AWS::NoValue]"),
    "type differs": ("Layers: [a]", "Layers: !Ref Stage"),
    "dead letters": ("DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:a:1:b'}", "Timeout: 3"),
    "invoke config": ("EventInvokeConfig: {MaximumRetryAttempts: 0}", "Timeout: 3"),
    "invoke config merged": ("EventInvokeConfig: {MaximumRetryAttempts: 0}",
                             "EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}"),
    "alias": ("AutoPublishAlias: live", "Timeout: 3"),
    "url": ("FunctionUrlConfig: {AuthType: NONE}", "Timeout: 3"),
}  # fmt: skip


@pytest.mark.parametrize(("shared", "local"), GLOBALS.values(), ids=GLOBALS)
@pytest.mark.parametrize("ignored", ["", "IgnoreGlobals: '*'", "IgnoreGlobals: [NAME]"])
def test_globals_are_merged(shared: str, local: str, ignored: str) -> None:
    ignored = ignored.replace("NAME", shared.partition(":")[0])
    ours, theirs = _both(
        _template(
            f"""
            Work:
              {FUNCTION}
              {ignored}
              Properties: {{{CODE}, {local}}}
            """,
            SHARED.format(shared),
        )
    )
    assert _declared(ours) == _declared(theirs)
    assert _seen(ours) == _seen(theirs)
    for one, other in zip(Graph([ours]).functions(), Graph([theirs]).functions(), strict=True):
        for name in ("Environment", "VpcConfig", "Layers", "Architectures", "DeadLetterConfig"):
            assert repr(_data(one.get(name))) == repr(_data(other.get(name)))


def _data(value: Any) -> Any:
    """A settled value without its places."""
    data = value.data
    if hasattr(data, "items"):
        return {key: _data(member) for key, member in data.items()}
    if hasattr(data, "at"):
        return [_data(item) for item in data]
    return data


EVENTS = {
    "sqs": "{Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5, Enabled: false}}",
    "sqs by arn": "{Type: SQS, Properties: {Queue: 'arn:aws:sqs:eu-west-1:1:q'}}",
    "kinesis": "{Type: Kinesis, Properties: {Stream: 'arn:aws:kinesis:eu-west-1:1:stream/s',"
    " StartingPosition: LATEST, DestinationConfig: {OnFailure: {Type: SQS,"
    " Destination: !GetAtt Queue.Arn}}}}",
    "dynamodb": "{Type: DynamoDB, Properties: {Stream: 'arn:aws:dynamodb:eu-west-1:1:table/t/stream/x',"
    " StartingPosition: LATEST}}",
    "msk": "{Type: MSK, Properties: {Stream: 'arn:aws:kafka:eu-west-1:1:cluster/c/x',"
    " StartingPosition: LATEST, Topics: [t], ConsumerGroupId: g}}",
    "sns": "{Type: SNS, Properties: {Topic: !Ref Topic, FilterPolicy: {a: [b]}}}",
    "sns through a queue": "{Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}",
    "sns through a queue of its own": "{Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription:"
    " {QueueArn: !GetAtt Queue.Arn, QueueUrl: !Ref Queue, BatchSize: 3}}}",
    "sns through a queue with a policy by name": "{Type: SNS, Properties: {Topic: !Ref Topic,"
    " SqsSubscription: {QueueArn: !GetAtt Queue.Arn, QueueUrl: !Ref Queue,"
    " QueuePolicyLogicalId: Named}}}",
    "s3": "{Type: S3, Properties: {Bucket: !Ref Bucket, Events: ['s3:ObjectCreated:*',"
    " 's3:ObjectRemoved:*'], Filter: {S3Key: {Rules: [{Name: prefix, Value: a}]}}}}",
    "s3 with one event": "{Type: S3, Properties: {Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*'}}",
    "schedule": "{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: true}}",
    "disabled schedule": "{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}",
    "schedule by state": "{Type: Schedule, Properties: {Schedule: rate(1 day), State: DISABLED}}",
    "schedule with dead letters": "{Type: Schedule, Properties: {Schedule: rate(1 day),"
    " DeadLetterConfig: {Type: SQS}}}",
    "schedule with a queue": "{Type: Schedule, Properties: {Schedule: rate(1 day),"
    " DeadLetterConfig: {Arn: !GetAtt Queue.Arn}}}",
    "schedule with a named queue": "{Type: Schedule, Properties: {Schedule: rate(1 day),"
    " DeadLetterConfig: {Type: SQS, QueueLogicalId: Lost}}}",
    "scheduler": "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}",
    "disabled scheduler": "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day),"
    " State: DISABLED}}",
    "scheduler with dead letters": "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day),"
    " DeadLetterConfig: {Type: SQS}}}",
    "scheduler with a role": "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day),"
    " RoleArn: 'arn:aws:iam::123456789012:role/r', DeadLetterConfig: {Arn: !GetAtt Queue.Arn}}}",
    "rule": "{Type: EventBridgeRule, Properties: {Pattern: {source: [a]}, RetryPolicy:"
    " {MaximumRetryAttempts: 1}, DeadLetterConfig: {Type: SQS}}}",
    "rule on a bus": "{Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus, Pattern:"
    " {source: [a]}, Target: {Id: x}, RuleName: n}}",
    "old rule": "{Type: CloudWatchEvent, Properties: {Pattern: {source: [a]}, Enabled: false}}",
    "logs": "{Type: CloudWatchLogs, Properties: {LogGroupName: !Ref Group, FilterPattern: ''}}",
    "iot": "{Type: IoTRule, Properties: {Sql: 'SELECT 1', AwsIotSqlVersion: '2016-03-23'}}",
    "alexa": "{Type: AlexaSkill}",
    "alexa with an id": "{Type: AlexaSkill, Properties: {SkillId: s}}",
    "cognito": "{Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}",
    "cognito with several": "{Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: [PreSignUp,"
    " PostConfirmation]}}",
    "api": "{Type: Api, Properties: {Path: /a, Method: get}}",
    "api with any method": "{Type: Api, Properties: {Path: '/{proxy+}', Method: any}}",
    "api in capitals": "{Type: Api, Properties: {Path: /a, Method: POST, TimeoutInMillis: 5000}}",
    "api of its own": "{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}",
    "api of its own by name": "{Type: Api, Properties: {RestApiId: Rest, Path: /a, Method: get}}",
    "api by the name of the implicit one": "{Type: Api, Properties: {RestApiId:"
    " !Ref ServerlessRestApi, Path: /a, Method: get}}",
    "api with a body": "{Type: Api, Properties: {RestApiId: !Ref Spec, Path: /a, Method: get}}",
    "http api": "{Type: HttpApi}",
    "http api with a path": "{Type: HttpApi, Properties: {Path: /a, Method: GET, TimeoutInMillis: 9}}",
    "http api with any method": "{Type: HttpApi, Properties: {Path: /a, Method: ANY}}",
    "http api of its own": "{Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}",
}
AROUND = """
Queue: {Type: AWS::SQS::Queue}
Topic: {Type: AWS::SNS::Topic}
Bucket: {Type: AWS::S3::Bucket}
Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
Group: {Type: AWS::Logs::LogGroup}
Pool: {Type: AWS::Cognito::UserPool}
Rest: {Type: AWS::Serverless::Api, Properties: {StageName: Prod}}
Http: {Type: AWS::Serverless::HttpApi}
Spec:
  Type: AWS::Serverless::Api
  Properties: {StageName: v1, DefinitionBody: {swagger: "2.0", paths: {/a: {get: {}}}}}
"""
SETTINGS = {
    "plain": "",
    "with an alias": "AutoPublishAlias: live-1,",
    "with a role": "Role: 'arn:aws:iam::123456789012:role/r',",
}


@pytest.mark.parametrize("properties", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_event_is_what_the_translator_makes_of_it(event: str, properties: str) -> None:
    _agree(_template(_with_event(event, properties, AROUND)))


@pytest.mark.parametrize(
    "event",
    [
        (
            "{Type: MQ, Properties: {Broker: 'arn:aws:mq:eu-west-1:1:broker:b:x', Queues: [q],"
            " SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: 'arn:aws:secretsmanager:a:1:secret:s'}]}}"
        ),
        (
            "{Type: SelfManagedKafka, Properties: {KafkaBootstrapServers: ['a:1'], Topics: [t],"
            " ConsumerGroupId: g, SourceAccessConfigurations: [{Type: SASL_SCRAM_512_AUTH,"
            " URI: 'arn:aws:secretsmanager:a:1:secret:s'}]}}"
        ),
        (
            "{Type: DocumentDB, Properties: {Cluster: 'arn:aws:rds:eu-west-1:1:cluster:c', DatabaseName: d,"
            " SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: 'arn:aws:secretsmanager:a:1:secret:s'}]}}"
        ),
    ],
)
def test_polling_of_brokers_is_the_same_but_for_the_policies(event: str) -> None:
    _agree(_template(_with_event(event)), grants=False)


PIECES = {
    "no events": _with_event("{Type: AlexaSkill}"),
    "image": f"Work: {{{FUNCTION}, Properties: {{PackageType: Image, ImageUri: 'a/b:c'}}}}",
    "alias with provisioned concurrency": f"Work: {{{FUNCTION}, Properties: {{{CODE}, AutoPublishAlias:"
    " a_b, MemorySize: 512, Environment: {Variables: {A: !Ref Stage}}, ProvisionedConcurrencyConfig:"
    " {ProvisionedConcurrentExecutions: 1}}}",
    "alias by parameter": f"Work: {{{FUNCTION}, Properties: {{{CODE}, AutoPublishAlias: !Ref Stage}}}}",
    "alias of code in a bucket": f"Work: {{{FUNCTION}, Properties: {{Handler: a.b, Runtime: python3.12,"
    " CodeUri: 's3://a/b/c.zip', AutoPublishAlias: live, SnapStart: {ApplyOn: PublishedVersions}}}",
    "alias of code by its parts": f"Work: {{{FUNCTION}, Properties: {{Handler: a.b, Runtime: python3.12,"
    " CodeUri: {Bucket: a, Key: b, Version: '1'}, AutoPublishAlias: live}}",
    "alias of code by its hash": f"Work: {{{FUNCTION}, Properties: {{{CODE}, AutoPublishAlias: live,"
    f" AutoPublishCodeSha256: {'6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'}}}}}",
    "invoke config with queues made for it": f"Work: {{{FUNCTION}, Properties: {{{CODE},"
    " EventInvokeConfig: {MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60, DestinationConfig:"
    " {OnSuccess: {Type: SNS}, OnFailure: {Type: SQS}}}}}",
    "invoke config with destinations": f"Work: {{{FUNCTION}, Properties: {{{CODE}, AutoPublishAlias: live,"
    " EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: EventBridge, Destination:"
    " 'arn:aws:events:a:1:event-bus/b'}, OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}}}}}"
    + QUEUE,
    "public url": f"Work: {{{FUNCTION}, Properties: {{{CODE}, FunctionUrlConfig: {{AuthType: NONE}}}}}}",
    "url of an alias": f"Work: {{{FUNCTION}, Properties: {{{CODE}, AutoPublishAlias: live,"
    " FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}}}",
    "private url": f"Work: {{{FUNCTION}, Properties: {{{CODE}, FunctionUrlConfig: {{AuthType: AWS_IAM}}}}}}",
    "dead letters": f"Work: {{{FUNCTION}, Properties: {{{CODE}, DeadLetterQueue: {{Type: SQS, TargetArn:"
    " !GetAtt Queue.Arn}}}" + QUEUE,
    "dead letters to a topic": f"Work: {{{FUNCTION}, Properties: {{{CODE}, DeadLetterQueue: {{Type: SNS,"
    " TargetArn: !Ref Topic}}}\nTopic: {Type: AWS::SNS::Topic}",
    "role in some worlds": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Role: !If [IsProd,"
    " 'arn:aws:iam::123456789012:role/r', !Ref AWS::NoValue]}}",
    "role in other worlds": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Role: !If [IsProd,"
    " !Ref AWS::NoValue, 'arn:aws:iam::123456789012:role/r']}}",
    "role in all worlds": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Role: !If [IsProd,"
    " 'arn:aws:iam::123456789012:role/r', 'arn:aws:iam::123456789012:role/s']}}",
    "policies": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Policies: [AWSLambdaExecute, 'arn:aws:iam::"
    "aws:policy/AmazonS3FullAccess', {SQSSendMessagePolicy: {QueueName: !GetAtt Queue.QueueName}},"
    " {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}]}}" + QUEUE,
    "one policy": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Policies: {{Statement: [{{Effect: Allow,"
    " Action: 's3:*', Resource: '*'}]}}}",
    "policy in some worlds": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Policies: [!If [IsProd,"
    " {S3CrudPolicy: {BucketName: b}}, !Ref AWS::NoValue]]}}",
    "simple table": "Rows: {Type: AWS::Serverless::SimpleTable}\nKeyed: {Type:"
    " AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: id, Type: String}}}",
    "function in some worlds": f"Work: {{{FUNCTION}, Condition: IsProd, Properties: {{{CODE},"
    " AutoPublishAlias: live, EventInvokeConfig: {MaximumRetryAttempts: 0}, FunctionUrlConfig:"
    " {AuthType: NONE}, Events: {A: {Type: Api, Properties: {Path: /a, Method: get}}, B: {Type: SQS,"
    " Properties: {Queue: !GetAtt Queue.Arn}}, C: {Type: Schedule, Properties: {Schedule: rate(1 day),"
    " DeadLetterConfig: {Type: SQS}}}}}}" + QUEUE,
    "one route in two worlds": f"A: {{{FUNCTION}, Condition: IsProd, Properties: {{{CODE}, Events:"
    " {E: {Type: Api, Properties: {Path: /a, Method: get}}}}}\n"
    f"B: {{{FUNCTION}, Properties: {{{CODE}, Events:"
    " {E: {Type: Api, Properties: {Path: /b, Method: get}}}}}",
    "bucket with notifications of its own": _with_event(
        "{Type: S3, Properties: {Bucket: !Ref Bucket, Events: 's3:ObjectRemoved:*'}}", "",
        "Bucket: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations:"
        " [{Event: 's3:ObjectCreated:*', Function: !GetAtt Work.Arn}]}}}"),
    "rest authorizer": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nRest: {{Type:"
    " AWS::Serverless::Api, Properties: {StageName: v1, Auth: {DefaultAuthorizer: G, Authorizers:"
    " {G: {FunctionArn: !GetAtt Guard.Arn}}}}}\n" + _with_event(
        "{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}"),
    "rest authorizer without permission": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nRest: {{Type:"
    " AWS::Serverless::Api, Properties: {StageName: v1, Auth: {Authorizers: {G: {FunctionArn: !GetAtt"
    " Guard.Arn, DisableFunctionDefaultPermissions: true, FunctionInvokeRole:"
    " 'arn:aws:iam::123456789012:role/r'}}}}}\n" + _with_event(
        "{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}"),
    "http authorizer": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nHttp: {{Type:"
    " AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {G: {FunctionArn: !GetAtt Guard.Arn,"
    " AuthorizerPayloadFormatVersion: 2.0, EnableFunctionDefaultPermissions: true}}}}}\n"
    + _with_event("{Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}"),
    "http authorizer with a role": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nHttp: {{Type:"
    " AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {G: {FunctionArn: !GetAtt Guard.Arn,"
    " AuthorizerPayloadFormatVersion: 2.0, FunctionInvokeRole:"
    " 'arn:aws:iam::123456789012:role/r'}}}}}\n"
    + _with_event("{Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}"),
    "merged definitions": "Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1,"
    " MergeDefinitions: true, DefinitionBody: {swagger: '2.0', paths: {/b: {}}}}}\n" + _with_event(
        "{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}"),
    "connector": f"Work: {{{FUNCTION}, Properties: {{{CODE}}}}}\nLink: {{Type: AWS::Serverless::Connector,"
    " Properties: {Source: {Id: Work}, Destination: {Id: Queue}, Permissions: [Write]}}" + QUEUE,
    "connector with several ends": f"Work: {{{FUNCTION}, Properties: {{{CODE}}}}}\nLink: {{Type:"
    " AWS::Serverless::Connector, Properties: {Source: {Id: Work}, Destination: [{Id: Queue},"
    " {Id: Topic}], Permissions: [Write]}}\nTopic: {Type: AWS::SNS::Topic}" + QUEUE,
    "embedded connector": f"Work: {{{FUNCTION}, Connectors: {{Link: {{Properties: {{Destination: {{Id:"
    f" Other}}, Permissions: [Write]}}}}}}, Properties: {{{CODE}}}}}\nOther: {{{FUNCTION}, Properties:"
    f" {{{CODE}}}}}",
    "connector at a plain resource": f"Work: {{{FUNCTION}, Properties: {{{CODE}}}}}\nTopic: {{Type:"
    " AWS::SNS::Topic, Connectors: {Link: {Properties: {Destination: {Id: Work}, Permissions:"
    " [Write]}}}}",
    "connector from a topic to a queue": "Topic: {Type: AWS::SNS::Topic}\nLink: {Type:"
    " AWS::Serverless::Connector, Properties: {Source: {Id: Topic}, Destination: {Id: Queue},"
    " Permissions: [Write]}}" + QUEUE,
    "connector that reads and writes": f"Work: {{{FUNCTION}, Properties: {{{CODE}}}}}\nRows: {{Type:"
    " AWS::Serverless::SimpleTable}\nLink: {Type: AWS::Serverless::Connector, Properties: {Source:"
    " {Id: Work}, Destination: {Id: Rows}, Permissions: [Read, Write]}}",
    "state machine": "Machine: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A,"
    " States: {A: {Type: Task, Resource: !GetAtt Work.Arn, End: true}}}, Policies:"
    " [{LambdaInvokePolicy: {FunctionName: !Ref Work}}], Events: {S: {Type: Schedule, Properties:"
    " {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}, R: {Type: EventBridgeRule, Properties:"
    " {Pattern: {source: [a]}}}, V: {Type: ScheduleV2, Properties: {ScheduleExpression:"
    f" rate(1 day)}}}}}}}}}}\nWork: {{{FUNCTION}, Properties: {{{CODE}}}}}",
    "express state machine with a role": "Machine: {Type: AWS::Serverless::StateMachine, Properties:"
    " {Type: EXPRESS, Name: machine, Role: 'arn:aws:iam::123456789012:role/r', DefinitionSubstitutions:"
    " {Fn: !GetAtt Work.Arn}, Definition: {StartAt: A, States: {A: {Type: Task, Resource: '${Fn}',"
    f" End: true}}}}}}}}}}\nWork: {{{FUNCTION}, Properties: {{{CODE}}}}}",
    "api event of a state machine": "Machine: {Type: AWS::Serverless::StateMachine, Properties:"
    " {Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}, Role:"
    " 'arn:aws:iam::123456789012:role/r', Events: {A: {Type: Api, Properties: {Path: /a, Method:"
    " get}}}}}",
    "fifo topic through a queue": _with_event(
        "{Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}", "",
        "Topic: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}"),
    "nothing of SAM but the transform": "Queue: {Type: AWS::SQS::Queue}",
}  # fmt: skip


@pytest.mark.parametrize("resources", PIECES.values(), ids=PIECES)
def test_resource_is_what_the_translator_makes_of_it(resources: str) -> None:
    _agree(_template(resources))


# --- what the translator refuses or does not know -----------------------------------------------


def test_events_behind_conditions_are_read() -> None:
    resources = f"""
        Queue: {{Type: AWS::SQS::Queue}}
        Bucket: {{Type: AWS::S3::Bucket}}
        Pool: {{Type: AWS::Cognito::UserPool}}
        Topic: {{Type: AWS::SNS::Topic}}
        Work:
          {FUNCTION}
          Properties:
            InlineCode: x
            Events:
              Q: !If [IsProd, {{Type: SQS, Properties: {{Queue: !GetAtt Queue.Arn}}}}, !Ref AWS::NoValue]
              B: !If [IsProd, {{Type: S3, Properties: {{Bucket: !Ref Bucket, Events: [a]}}}}, !Ref AWS::NoValue]
              P:
                Fn::If:
                - IsProd
                - {{Type: Cognito, Properties: {{UserPool: !Ref Pool, Trigger: PreSignUp}}}}
                - {{Type: Cognito, Properties: {{UserPool: !Ref Pool, Trigger: PostConfirmation}}}}
              A: !If [IsProd, !Ref AWS::NoValue, {{Type: Api, Properties: {{Path: /a, Method: get}}}}]
              T: {{Type: SNS, Properties: {{Topic: !Ref Topic}}}}
        """
    found = {}
    for stage in ("dev", "prod"):
        graph = Graph([load(_template(resources), "template", {"Stage": stage})])
        found[stage] = {
            (one.kind.name, one.source.id, str(one.at.path[-1])) for one in graph.triggers()
        }
        assert all(graph.may_invoke(one) for one in graph.triggers())

    both = {("sns", "Topic", "T")}
    assert {(kind, source) for kind, source, _ in found["dev"] - both} == {
        ("rest-api", "ServerlessRestApi"),
        ("cognito", "Pool"),
    }
    assert {(kind, source) for kind, source, _ in found["prod"] - both} == {
        ("sqs", "Queue"),
        ("s3", "Bucket"),
        ("cognito", "Pool"),
    }


def test_all_events_behind_a_condition_are_read() -> None:
    event = "{It: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}"
    resources = (
        f"Work: {{{FUNCTION}, Properties: {{Events: !If [IsProd, {event}, !Ref AWS::NoValue]}}}}"
    )

    for stage, count in (("dev", 0), ("prod", 1)):
        graph = Graph([load(_template(resources), "template", {"Stage": stage})])
        assert len(list(graph.triggers("schedule-rule"))) == count


def test_sam_without_its_transform_is_sam() -> None:
    text = _template(_with_event("{Type: Schedule, Properties: {Schedule: rate(1 day)}}"))
    without = text.replace("Transform: AWS::Serverless-2016-10-31\n", "")

    assert _seen(load(without, "template")) == _seen(load(text, "template"))


def test_websocket_api_calls_its_functions() -> None:
    template = load(
        _template(f"""
            Chat:
              Type: AWS::Serverless::WebSocketApi
              Properties: {{Routes: {{$connect: {{FunctionArn: !GetAtt Work.Arn}}}}}}
            Work: {{{FUNCTION}}}
            """),
        "template",
    )
    graph = Graph([template])

    assert [(one.kind.name, one.source.id, one.function.id) for one in graph.triggers()] == [
        ("websocket-api", "Chat", "Work")
    ]
    assert [graph.may_invoke(one) for one in graph.triggers()] == [True]


# --- places -------------------------------------------------------------------------------------

PLACED = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 60
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 20
  Work:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 256
      DeadLetterQueue:
        Type: SQS
        TargetArn: !GetAtt Orders.Arn
      Events:
        Daily:
          Type: Schedule
          Properties:
            Schedule: rate(1 day)
        Read:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            BatchSize: 5
"""


def _line(value: Any) -> int:
    line: int = value.at.location.line
    return line


def test_values_keep_their_places() -> None:
    graph = Graph([load(PLACED, "template.yaml")])
    (work,) = graph.functions()
    (read,) = graph.triggers("sqs")
    (daily,) = graph.triggers("schedule-rule")

    assert _line(work) == 10
    assert _line(work["Timeout"]) == 4  # in Globals
    assert _line(work["MemorySize"]) == 13
    assert _line(work.get("DeadLetterConfig", "TargetArn")) == 16
    assert _line(read) == 22
    assert _line(read.via["BatchSize"]) == 26
    assert _line(read.via["Enabled"]) == 22  # a default: the mapping itself
    assert _line(daily) == 18  # what is generated is placed at its event
    assert _line(daily.via.get("ScheduleExpression")) == 21
    assert [_line(one.resource) for one in graph.permissions(work)] == [18]


def test_finding_points_into_globals() -> None:
    verdict = lint([load(PLACED, "template.yaml")], [load_rule("sqs/visibility-below-timeout")])
    (finding,) = verdict.findings

    assert finding.at.location.line == 9
    assert 4 in {note.at.location.line for note in finding.notes}
