"""SAM is read as AWS translates it: the official translator is the oracle."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest
from cfnlint.template import Template as Unrolled
from cfnlint.template.transforms._language_extensions import language_extension
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from lambdalint.catalog import load_rule, rule_ids
from lambdalint.engine import lint
from lambdalint.graph.resource import document
from lambdalint.load import load
from lambdalint.rule import Finding
from lambdalint.settled import Map, Seq
from lambdalint.template import Declaration, Template
from lambdalint.value import Ref, Text, Unknown, Value
from lambdalint.world import Scope, World, worlds

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "sam").glob("*.yaml"))
RULES = [load_rule(id) for id in rule_ids()]

EVERYTHING: tuple[str, ...] = ()

# The types that the graph reads, and the properties of them that matter there.
READ: dict[str, tuple[str, ...]] = {
    "AWS::ApiGateway::RestApi": ("Body",),
    "AWS::ApiGatewayV2::Api": ("Body", "ProtocolType"),
    "AWS::ApiGatewayV2::Authorizer": ("ApiId", "AuthorizerUri", "AuthorizerCredentialsArn"),
    "AWS::ApiGatewayV2::Integration": EVERYTHING,
    "AWS::ApiGatewayV2::Route": EVERYTHING,
    "AWS::AppSync::DataSource": ("ApiId", "LambdaConfig", "Name", "ServiceRoleArn", "Type"),
    "AWS::AppSync::FunctionConfiguration": ("ApiId", "DataSourceName", "MaxBatchSize"),
    "AWS::AppSync::GraphQLApi": (
        "AdditionalAuthenticationProviders",
        "AuthenticationType",
        "LambdaAuthorizerConfig",
    ),
    "AWS::AppSync::Resolver": ("ApiId", "Kind", "MaxBatchSize", "PipelineConfig"),
    "AWS::CloudFormation::Stack": EVERYTHING,
    "AWS::CodeDeploy::Application": EVERYTHING,
    "AWS::CodeDeploy::DeploymentGroup": ("ApplicationName", "ServiceRoleArn"),
    "AWS::Cognito::UserPool": EVERYTHING,
    "AWS::DynamoDB::Table": ("TableName", "StreamSpecification"),
    "AWS::Events::Rule": EVERYTHING,
    "AWS::IAM::ManagedPolicy": EVERYTHING,
    "AWS::IAM::Role": ("ManagedPolicyArns", "Path", "PermissionsBoundary", "Policies"),
    "AWS::IoT::TopicRule": EVERYTHING,
    "AWS::Lambda::Alias": EVERYTHING,
    "AWS::Lambda::EventInvokeConfig": EVERYTHING,
    "AWS::Lambda::EventSourceMapping": EVERYTHING,
    "AWS::Lambda::Function": EVERYTHING,
    "AWS::Lambda::Permission": EVERYTHING,
    "AWS::Lambda::Url": EVERYTHING,
    "AWS::Lambda::Version": EVERYTHING,
    "AWS::Logs::SubscriptionFilter": EVERYTHING,
    "AWS::S3::Bucket": EVERYTHING,
    "AWS::SNS::Subscription": EVERYTHING,
    "AWS::SNS::Topic": EVERYTHING,
    "AWS::SNS::TopicPolicy": EVERYTHING,
    "AWS::SQS::Queue": EVERYTHING,
    "AWS::SQS::QueuePolicy": EVERYTHING,
    "AWS::Scheduler::Schedule": EVERYTHING,
    "AWS::StepFunctions::StateMachine": (
        "Definition",
        "RoleArn",
        "StateMachineName",
        "StateMachineType",
    ),
    "AWS::StepFunctions::StateMachineAlias": EVERYTHING,
    "AWS::StepFunctions::StateMachineVersion": ("StateMachineArn",),
}
# What is for people; a bucket's conditional dependencies are tags too.
UNREAD = {"Description", "PropagateTags", "Tags"}


# --- both translations ----------------------------------------------------------------------------


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


def _translate(written: str, given: dict[str, Any]) -> str:
    translator = Translator({}, Parser(), None, _session())
    plain, language = json.loads(written), {}
    if "AWS::LanguageExtensions" in written:  # which the translator leaves to CloudFormation
        language = {"Transform": "AWS::LanguageExtensions"}
        _, plain = language_extension(Unrolled("template", plain, ["eu-west-1"]))
    translated = translator.translate(plain, dict(given), get_managed_policy_map=dict)
    return json.dumps(language | translated)


def _both(text: str, given: dict[str, Any] | None = None) -> tuple[Template, Template]:
    """A template as we read it, and as the translator does, with the same parameters.

    A parameter has its default unless another value is given: the translator writes it in.
    """
    data = _with_code(yaml_parse(text))
    written = json.dumps(data, default=str)
    fixed = {
        name: parameter["Default"]
        for name, parameter in data.get("Parameters", {}).items()
        if "Default" in parameter
    } | (given or {})
    ours, theirs = written, _translate(written, fixed)
    return load(ours, "template", fixed), load(theirs, "template", fixed)


def _deployments(text: str) -> Iterator[dict[str, Any]]:
    """The parameters by default, and with each other value that is allowed."""
    yield {}
    for name, parameter in yaml_parse(text).get("Parameters", {}).items():
        for value in parameter.get("AllowedValues", ()):
            if value != parameter.get("Default"):
                yield {name: value}


# --- what they say --------------------------------------------------------------------------------


def _plain(value: Value) -> Any:
    """A settled value as plain data."""
    match value.data:
        case Map() as members:
            return {name: _plain(member) for name, member in members.items()}
        case Seq() as items:
            return [_plain(item) for item in items]
        case Text() | Ref() | Unknown() | str() as data:
            return _text(data)
    return value.data


def _text(data: Text | Ref | Unknown | str) -> str:
    written = str(data if isinstance(data, Text | str) else Text((data,)))
    # The translator knows the partition where it runs, a template does not.
    written = written.replace("arn:aws:", "arn:${AWS::Partition}:")
    return re.sub(r"\$\{(\w+)", lambda pointer: "${" + _id(pointer[1]), written)


def _id(id: str) -> str:
    """A logical id: those of versions and layers end in a hash of what they hold there, and those
    of permissions in that of a stage's name which cannot be part of an id.
    """
    return re.sub(r"(Version|Permission|Layer)[0-9a-f]{10}$", r"\1", id)


def _listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]


def _statements(policy: Any) -> list[str]:
    """The statements of a policy in any order; IAM does not care how actions are capitalised."""
    return sorted(
        json.dumps(
            {
                **statement,
                "Action": [action.lower() for action in _listed(statement.get("Action"))],
                "Resource": _listed(statement.get("Resource")),
            },
            sort_keys=True,
        )
        for statement in _listed(policy["Statement"])
    )


def _role(properties: dict[str, Any]) -> dict[str, Any]:
    """A role by what it may do. AWS's own policies count by name, wherever AWS keeps them."""
    inline = [_statements(one["PolicyDocument"]) for one in properties.get("Policies") or ()]
    managed = {str(arn).rpartition("/")[2] for arn in properties.get("ManagedPolicyArns") or ()}
    return properties | {
        "Policies": sorted({statement for policy in inline for statement in policy}),
        "ManagedPolicyArns": sorted(managed),
    }


METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "any"}
METHODS.add("x-amazon-apigateway-any-method")
INTEGRATION = (
    "credentials",
    "httpMethod",
    "requestParameters",
    "responseTransferMode",
    "timeoutInMillis",
    "type",
    "uri",
)


def _body(properties: dict[str, Any]) -> dict[str, Any]:
    """An API by the integrations and authorizers of its definition."""
    body = properties.get("Body") or {}
    found = {}
    for path, methods in (body.get("paths") or {}).items():
        for method, operation in (methods or {}).items():
            called = (operation or {}).get("x-amazon-apigateway-integration")
            # The answers to preflight requests reach nobody.
            if method.lower() in METHODS and called and called.get("type") != "mock":
                kept = {name: called[name] for name in INTEGRATION if name in called}
                found[f"{method.lower()} {path.removeprefix('/')}"] = kept
    schemes = (body.get("components") or {}).get("securitySchemes") or {}
    for name, scheme in {**schemes, **(body.get("securityDefinitions") or {})}.items():
        authorizer = scheme.get("x-amazon-apigateway-authorizer") or {}
        if "authorizerUri" in authorizer:
            named = ("authorizerUri", "authorizerCredentials")
            found[name] = {key: authorizer[key] for key in named if key in authorizer}
    return properties | {"Body": found}


def _machine(resource: Declaration, scope: Scope) -> dict[str, Any]:
    """A state machine with one definition, in which nothing is left to be substituted."""
    settled = scope.settle(resource.written.get("Properties")).data
    given = settled.get("DefinitionSubstitutions")
    known = _plain(given) if given else {}
    found = settled.get("Definition") or settled.get("DefinitionString")
    definition = json.dumps(_plain(document(found, scope)), sort_keys=True) if found else ""
    for name, value in known.items():
        definition = definition.replace(f"${{{name}}}", str(value))
    properties: dict[str, Any] = _plain(Value(settled, resource.at))
    return properties | {"Definition": definition}


def _providers(properties: dict[str, Any]) -> dict[str, Any]:
    """A GraphQL API by the authorizers that are functions."""
    others = properties.get("AdditionalAuthenticationProviders", ())
    named = ("AuthenticationType", "LambdaAuthorizerConfig")
    kept = [{name: one[name] for name in named if name in one} for one in others]
    return properties | {"AdditionalAuthenticationProviders": kept}


def _targets(properties: dict[str, Any]) -> dict[str, Any]:
    """A rule with its targets, whatever they are called."""
    targets = [{**target, "Id": ""} for target in properties.get("Targets", ())]
    return properties | {"Targets": targets}


SHAPES = {
    "AWS::ApiGateway::RestApi": _body,
    "AWS::ApiGatewayV2::Api": _body,
    "AWS::AppSync::GraphQLApi": _providers,
    "AWS::Events::Rule": _targets,
    "AWS::IAM::Role": _role,
}


def _properties(resource: Declaration, scope: Scope) -> dict[str, Any]:
    """What a resource says where the graph asks."""
    if resource.type == "AWS::StepFunctions::StateMachine":
        properties = _machine(resource, scope)
    else:
        properties = _plain(scope.settle(resource.written.get("Properties"))) or {}
        properties = SHAPES.get(resource.type, dict)(properties)
    if "PolicyDocument" in properties:
        properties["PolicyDocument"] = _statements(properties["PolicyDocument"])
    if resource.type == "AWS::Lambda::Alias":
        properties["UpdatePolicy"] = _plain(scope.settle(resource.written.get("UpdatePolicy")))
    wanted = READ[resource.type] or properties.keys() - UNREAD
    return {name: properties[name] for name in wanted if name in properties}


def _deployed(template: Template, world: World) -> dict[str, Any]:
    """What one world deploys of it."""
    scope = world.scope(template)
    return {
        _id(one.id): {"Type": one.type} | _properties(one, scope)
        for one in template.resources.values()
        if one.type in READ and scope.open(one.gates)
    }


def _message(finding: Finding) -> str:
    """The message, without the item of a loop: once it is unrolled, there is none."""
    return re.sub(r" \(\w+ = .*\)$", "", finding.message)


def _said(template: Template) -> set[tuple[str, str]]:
    """What the rules find, wherever. SAM calls an alias after its function."""
    verdict = lint([template], RULES)
    assert not verdict.problems
    aliases = "|".join(one.id for one in template.resources.values() if one.type.endswith("Alias"))
    called = re.compile(rf"\b({aliases})\b" if aliases else r"(?!)")
    return {
        (finding.rule.id, called.sub(lambda id: id[0].rpartition("Alias")[0], _message(finding)))
        for finding in verdict.findings
    }


def _differences(ours: Template, theirs: Template) -> dict[str, tuple[Any, Any]]:
    """What both say of each resource of which they do not say the same, in any world."""
    found = {}
    for world in worlds():
        one, other = _deployed(ours, world), _deployed(theirs, world)
        for id in one.keys() | other.keys():
            if one.get(id) != other.get(id):
                found[id] = one.get(id), other.get(id)
    return found


# A setting in `Globals` is of use as soon as one function uses it; the translator makes a copy for
# each function, of which some are idle.
IDLE_COPIES = "mapping/dead-letter-queue-on-function"


def _agree(text: str) -> None:
    """Hold our reading of a template against the translator's."""
    for given in _deployments(text):
        ours, theirs = _both(text, given)
        assert _differences(ours, theirs) == {}
        said, more = _said(ours), _said(theirs)
        if ours.section("Globals").data:
            more -= {one for one in more - said if one[0] == IDLE_COPIES}
        assert said == more


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_fixture_is_what_the_translator_makes_of_it(path: Path) -> None:
    _agree(path.read_text("utf-8"))


# --- one thing at a time --------------------------------------------------------------------------

HEAD = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  End: {Type: String, Default: SQS}
  Guarded: {Type: String, Default: CUSTOM}
  Invoker: {Type: String, Default: NONE}
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
    _agree(
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
    "sns of another region": "{Type: SNS, Properties: {Topic: 'arn:aws:sns:us-east-1:1:t', Region:"
    " us-east-1, RedrivePolicy: {deadLetterTargetArn: !GetAtt Queue.Arn}}}",
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
    "schedule that is switched": "{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: !If [IsProd, true, false]}}",
    "schedule that somebody switches": "{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: !Ref Stage}}",
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
    "rule that transforms": "{Type: EventBridgeRule, Properties: {Pattern: {source: [a]}, Enabled: true,"
    " InputTransformer: {InputTemplate: '{}'}}}",
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
    "invoke config that is empty": f"Work: {{{FUNCTION}, Properties: {{{CODE}, EventInvokeConfig: {{}}}}}}",
    "invoke config with a queue made by parameter": f"Work: {{{FUNCTION}, Properties: {{{CODE},"
    " EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: !Ref End}, OnFailure: {Type: !Ref End,"
    " Destination: !GetAtt Queue.Arn}}}}}" + QUEUE,
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
    "tracing in some worlds": _with_event("{Type: AlexaSkill}", "Tracing: !If [IsProd, Active, Disabled],"),
    "deployment in some worlds": _with_event("{Type: AlexaSkill}", "AutoPublishAlias: live,"
                                             " DeploymentPreference: {Type: AllAtOnce, Enabled:"
                                             " !If [IsProd, true, false]},"),
    "deployment by parameter": _with_event("{Type: AlexaSkill}", "AutoPublishAlias: live,"
                                           " DeploymentPreference: {Type: !Ref Stage, Enabled: 'False'},"),
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
    "rest authorizers in two worlds": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nOther: {{{FUNCTION},"
    f" Properties: {{{CODE}}}}}\nRest: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1, Auth:"
    " {DefaultAuthorizer: G, Authorizers: {G: {FunctionArn: !If [IsProd, !GetAtt Guard.Arn, !GetAtt"
    " Other.Arn], DisableFunctionDefaultPermissions: true}}}}}\n"
    + _with_event("{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}"),
    "rest authorizer without a role by parameter": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nRest:"
    " {Type: AWS::Serverless::Api, Properties: {StageName: v1, Auth: {Authorizers: {G: {FunctionArn:"
    " !GetAtt Guard.Arn, FunctionInvokeRole: !Ref Invoker}}}}}\n"
    + _with_event("{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}"),
    "http authorizer with a role by parameter": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nHttp:"
    " {Type: AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {G: {FunctionArn:"
    " !GetAtt Guard.Arn, AuthorizerPayloadFormatVersion: 2.0, FunctionInvokeRole: !Ref Invoker}}}}}\n"
    + _with_event("{Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}"),
    "http authorizers in two worlds": f"Guard: {{{FUNCTION}, Properties: {{{CODE}}}}}\nOther: {{{FUNCTION},"
    f" Properties: {{{CODE}}}}}\nHttp: {{Type: AWS::Serverless::HttpApi, Properties: {{Auth: {{Authorizers:"
    " {G: {FunctionArn: !If [IsProd, !GetAtt Guard.Arn, !GetAtt Other.Arn],"
    " AuthorizerPayloadFormatVersion: 2.0}}}}}\n"
    + _with_event("{Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /a, Method: get}}"),
    "http route with a timeout in some worlds": f"Work: {{{FUNCTION}, Condition: IsProd, Properties:"
    f" {{{CODE}, Events: {{E: {{Type: HttpApi, Properties: {{ApiId: !Ref Http, Path: /a, Method: get,"
    " TimeoutInMillis: 9}}}}}\nHttp: {Type: AWS::Serverless::HttpApi}",
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
    "websocket authorizer by parameter": f"Work: {{{FUNCTION}, Properties: {{{CODE}}}}}\nChat: {{Type:"
    " AWS::Serverless::WebSocketApi, Properties: {RouteSelectionExpression: a, Auth: {AuthType: !Ref"
    " Guarded, AuthArn: !GetAtt Work.Arn}, Routes: {$connect: {FunctionArn: !GetAtt Work.Arn}}}}",
    "nothing of SAM but the transform": "Queue: {Type: AWS::SQS::Queue}",
}  # fmt: skip


@pytest.mark.parametrize("resources", PIECES.values(), ids=PIECES)
def test_resource_is_what_the_translator_makes_of_it(resources: str) -> None:
    _agree(_template(resources))


# Where we read something else on purpose: the resources, what differs there, and why.
DIFFERENT = {
    "condition of a policy template": (
        _with_event("{Type: AlexaSkill}", "Policies: [{AWSSecretsManagerRotationPolicy:"
                    " {FunctionName: f}}],"),
        {"WorkRole"},
        "nothing asks who may read secrets, so two policy templates are kept without conditions",
    ),
    "region in a destination": (
        (f"Work: {{{FUNCTION}, Properties: {{{CODE}, EventInvokeConfig: {{DestinationConfig: {{OnFailure:"
        " {Type: EventBridge, Destination: !Sub 'arn:aws:events:${AWS::Region}:1:event-bus/b'}}}}}"),
        {"WorkEventInvokeConfig", "WorkRole"},
        "the translator knows the region where it runs, a template does not",
    ),
    "Cognito event of a function that is not everywhere": (
        (f"Work: {{{FUNCTION}, Condition: IsProd, Properties: {{{CODE}, Events: {{E: {{Type: Cognito,"
        " Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}}}}\nPool: {Type: AWS::Cognito::UserPool}"),
        {"Pool"},
        "the translator leaves a pointer to a function that is not there, and the deployment fails",
    ),
    "queue made for a destination of a function that is not everywhere": (
        (f"Work: {{{FUNCTION}, Condition: IsProd, Properties: {{{CODE}, EventInvokeConfig:"
        " {DestinationConfig: {OnSuccess: {Type: SQS, Destination: !If [IsProd, !Ref AWS::NoValue,"
        " 'arn:aws:sqs:a:1:b']}}}}}"),
        {"WorkEventInvokeConfigOnSuccessQueue"},
        "the condition that the translator writes is none that CloudFormation understands",
    ),
    "authorizer without a function": (
        "Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1, Auth: {Authorizers: {G:"
        " {FunctionPayloadType: REQUEST, Identity: {Headers: [a]}}}}}}\n"
        + _with_event("{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /a, Method: get}}"),
        {"Rest"},
        "the translator writes down that nothing is called",
    ),
    "another resource under the id of the implicit API": (
        "ServerlessRestApi: {Type: AWS::Serverless::Api, Properties: {StageName: v1}}\n"
        + _with_event("{Type: Api, Properties: {Path: /a, Method: get}}"),
        {"WorkItPermissionProd", "WorkItPermissionv1"},
        "the translator throws the resource away",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("resources", "ids", "why"), DIFFERENT.values(), ids=DIFFERENT)
def test_difference_is_deliberate(resources: str, ids: set[str], why: str) -> None:
    found: set[str] = set()
    for given in _deployments(_template(resources)):
        ours, theirs = _both(_template(resources), given)
        found |= _differences(ours, theirs).keys()
        assert _said(ours) == _said(theirs), why

    assert found == ids, why


# --- what the translator refuses ------------------------------------------------------------------

KEPT = "DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:a:1:q'},"
REFUSED = {
    "event of no type": _with_event("{Properties: {}}"),
    "event of an unknown type": _with_event("{Type: Carrier, Properties: {Pigeon: 1}}"),
    "event of a type that is no text": _with_event("{Type: [SQS]}"),
    "event that is a text": _with_event("SQS"),
    "event that is a list": _with_event("[SQS]"),
    "event without properties": _with_event("{Type: SQS}"),
    "events that are a list": f"Work: {{{FUNCTION}, Properties: {{{CODE}, Events: [{{Type: AlexaSkill}}]}}}}",
    "queue that is missing": _with_event("{Type: SQS, Properties: {BatchSize: 1}}"),
    "stream that is missing": _with_event("{Type: Kinesis, Properties: {StartingPosition: LATEST}}"),
    "position that is missing": _with_event("{Type: DynamoDB, Properties: {Stream: 'arn:aws:dynamodb:"
                                            "a:1:table/t/stream/x'}}"),
    "broker without a login": _with_event("{Type: MQ, Properties: {Broker: 'arn:aws:mq:a:1:broker:b:x',"
                                          " Queues: [q]}}"),
    "broker with a login without a secret": _with_event(
        "{Type: MQ, Properties: {Broker: 'arn:aws:mq:a:1:broker:b:x', Queues: [q],"
        " SourceAccessConfigurations: [{Type: BASIC_AUTH}, BASIC_AUTH]}}"),
    "kafka without topics": _with_event("{Type: SelfManagedKafka, Properties: {KafkaBootstrapServers: [a],"
                                        " SourceAccessConfigurations: [{Type: VPC_SUBNET}]}}"),
    "failures of a mapping to nowhere": _with_event(
        "{Type: Kinesis, Properties: {Stream: 'arn:aws:kinesis:a:1:stream/s', StartingPosition: LATEST,"
        " MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true, DestinationConfig: {OnFailure:"
        " {Type: Bin, Destination: 'arn:aws:sqs:a:1:q'}}}}"),
    "group of consumers of a queue": _with_event(
        "{Type: SQS, Properties: {Queue: 'arn:aws:sqs:a:1:q', ConsumerGroupId: g, BatchSize: 1}}"),
    "topic that is missing": _with_event("{Type: SNS, Properties: {FilterPolicy: {a: [b]}}}"),
    "topic through no queue": _with_event("{Type: SNS, Properties: {Topic: 'arn:aws:sns:a:1:t',"
                                          " SqsSubscription: {BatchSize: 1}, RedrivePolicy:"
                                          " {deadLetterTargetArn: 'arn:aws:sqs:a:1:q'}}}"),
    "bucket that is missing": _with_event("{Type: S3, Properties: {Events: 's3:ObjectCreated:*'}}"),
    "bucket that is elsewhere": _with_event("{Type: S3, Properties: {Bucket: elsewhere, Events: a}}"),
    "events of a bucket that are missing": _with_event(
        "{Type: S3, Properties: {Bucket: !Ref Bucket}}", "", "Bucket: {Type: AWS::S3::Bucket}"),
    "schedule that is missing": _with_event("{Type: Schedule, Properties: {DeadLetterConfig: {Type: SQS}}}"),
    "schedule on and off": _with_event("{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: true,"
                                       " State: DISABLED, DeadLetterConfig: {Type: SQS}}}", KEPT),
    "dead letters of a schedule in two places": _with_event(
        "{Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS, Arn:"
        " 'arn:aws:sqs:a:1:q'}}}", KEPT),
    "expression that is missing": _with_event("{Type: ScheduleV2, Properties: {DeadLetterConfig:"
                                              " {Type: SQS}}}"),
    "log group that is missing": _with_event("{Type: CloudWatchLogs, Properties: {FilterPattern: ''}}"),
    "statement of a rule that is missing": _with_event("{Type: IoTRule, Properties: {}}"),
    "user pool that is elsewhere": _with_event("{Type: Cognito, Properties: {UserPool: a, Trigger: b}}"),
    "trigger that is there twice": _with_event(
        "{Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}", "Timeout: 3,",
        "Pool: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreSignUp: !GetAtt Work.Arn}}}"),
    "path that is missing": _with_event("{Type: Api, Properties: {Method: get}}"),
    "method that is missing": _with_event("{Type: Api, Properties: {Path: /a}}"),
    "path that is no text": _with_event("{Type: Api, Properties: {Path: [a], Method: {a: b}}}"),
    "API that is missing": _with_event("{Type: Api, Properties: {RestApiId: !Ref No, Path: /a, Method: get}}"),
    "API of another kind": _with_event(
        "{Type: Api, Properties: {RestApiId: !Ref Http, Path: /a, Method: get}}", "",
        "Http: {Type: AWS::Serverless::HttpApi}"),
    "HTTP API that is missing": _with_event("{Type: HttpApi, Properties: {ApiId: !Ref No}}"),
    "route that is there twice": _with_event(
        "{Type: HttpApi, Properties: {Path: /a, Method: get}}, That: {Type: HttpApi, Properties: {Path: /a,"
        " Method: get}}"),
    "function without code": f"Work: {{{FUNCTION}, Properties: {{Handler: a.b, Runtime: python3.12}}}}",
    "function without properties": f"Work: {{{FUNCTION}}}",
    "function with properties that are a list": f"Work: {{{FUNCTION}, Properties: [a]}}",
    "image without a place": f"Work: {{{FUNCTION}, Properties: {{PackageType: Image}}}}",
    "alias that is a number": _with_event("{Type: AlexaSkill}", "AutoPublishAlias: 12,"),
    "alias that nobody knows": _with_event("{Type: AlexaSkill}", "AutoPublishAlias: !Sub '${AWS::Region}',"),
    "deployment without an alias": _with_event("{Type: AlexaSkill}", "DeploymentPreference:"
                                               " {Type: AllAtOnce},"),
    "deployment of no type": _with_event("{Type: AlexaSkill}", "AutoPublishAlias: live,"
                                         " DeploymentPreference: {Hooks: [a]},"),
    "concurrency without an alias": _with_event("{Type: AlexaSkill}", "ProvisionedConcurrencyConfig:"
                                                " {ProvisionedConcurrentExecutions: 1},"),
    "dead letters of no type": _with_event("{Type: AlexaSkill}", "DeadLetterQueue: {TargetArn: a},"),
    "dead letters of a wrong type": _with_event("{Type: AlexaSkill}", "DeadLetterQueue: {Type: Bin,"
                                                " TargetArn: a},"),
    "dead letters that are a text": _with_event("{Type: AlexaSkill}", "DeadLetterQueue: a,"),
    "destination of a wrong type": _with_event("{Type: AlexaSkill}", "EventInvokeConfig: {DestinationConfig:"
                                               " {OnFailure: {Type: Bin}, OnSuccess: [a]}},"),
    "destination that is missing": _with_event("{Type: AlexaSkill}", "EventInvokeConfig: {DestinationConfig:"
                                               " {OnFailure: {Type: Lambda}}},"),
    "invoke config that is a text": _with_event("{Type: AlexaSkill}", "EventInvokeConfig: never,"),
    "URL of no type": _with_event("{Type: AlexaSkill}", "FunctionUrlConfig: {InvokeMode: BUFFERED},"),
    "URL that is a text": _with_event("{Type: AlexaSkill}", "FunctionUrlConfig: public,"),
    "policy template without parameters": _with_event("{Type: AlexaSkill}", "Policies:"
                                                      " [{S3CrudPolicy: {}}, {SQSPollerPolicy: a}],"),
    "policy template that is unknown": _with_event("{Type: AlexaSkill}", "Policies: [{NoPolicy: {}}],"),
    "role that is torn": _with_event("{Type: AlexaSkill}", "Role: {'Fn::If': [IsProd]},"),
    "tenants of a queue": _with_event("{Type: SQS, Properties: {Queue: 'arn:aws:sqs:a:1:q', BatchSize: 1}}",
                                      "TenancyConfig: {TenantIsolationMode: PER_TENANT},"),
    "event under the id of a resource": _with_event("{Type: AlexaSkill}", "", "WorkRole: {Type:"
                                                    " AWS::SNS::Topic}"),
    "rule under the id of a resource": _with_event("{Type: IoTRule, Properties: {Sql: SELECT 1}}", KEPT,
                                                   "WorkIt: {Type: AWS::SNS::Topic}"),
    "schedule under the id of a resource": _with_event(
        "{Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}", KEPT,
        "WorkIt: {Type: AWS::SNS::Topic}"),
    "connector to nowhere": f"Work: {{{FUNCTION}, Properties: {{{CODE}}}}}\nLink: {{Type:"
    " AWS::Serverless::Connector, Properties: {Source: {Id: Work}, Destination: {Id: No}, Permissions:"
    " [Write]}}",
    "connector between strangers": "A: {Type: AWS::SQS::Queue}\nB: {Type: AWS::SQS::Queue}\nLink: {Type:"
    " AWS::Serverless::Connector, Properties: {Source: {Id: A}, Destination: {Id: B}, Permissions: [Read]}}",
    "connector without ends": "Link: {Type: AWS::Serverless::Connector, Properties: {Permissions: Write}}",
    "connector without a role": "Rule: {Type: AWS::Events::Rule}\nBus: {Type: AWS::Events::EventBus}\nLink:"
    " {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Rule}, Destination: {Id: Bus},"
    " Permissions: [Write]}}",
    "embedded connector to nowhere": "A: {Type: AWS::SQS::Queue, Connectors: {Link: {Properties: {}}}}",
    "embedded connector that is a list": "A: {Type: AWS::SQS::Queue, Connectors: [Link]}",
    "API without a stage": "Rest: {Type: AWS::Serverless::Api}",
    "API with authorizers that are a list": "Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1,"
    " Auth: {Authorizers: [a]}}}",
    "WebSocket API without routes": "Chat: {Type: AWS::Serverless::WebSocketApi}",
    "WebSocket API with a strange route": "Chat: {Type: AWS::Serverless::WebSocketApi, Properties:"
    " {RouteSelectionExpression: a, Routes: {a-b: {FunctionArn: 'arn:aws:lambda:a:1:function:f'}, c: {}, d: e}}}",
    "WebSocket API with half an authorizer": "Chat: {Type: AWS::Serverless::WebSocketApi, Properties:"
    " {RouteSelectionExpression: a, Auth: {AuthType: CUSTOM}, Routes: {$connect: {FunctionArn:"
    " 'arn:aws:lambda:a:1:function:f'}}}}",
    "GraphQL API without a schema": "Graph: {Type: AWS::Serverless::GraphQLApi, Properties: {Auth: {Type:"
    " AWS_IAM}}}",
    "GraphQL API of torn parts": "Graph: {Type: AWS::Serverless::GraphQLApi, Properties: {Auth: [a],"
    " DataSources: {Lambda: {A: {}}, DynamoDb: {B: c}}, Functions: {F: {}}, Resolvers: {Query: {q: {}}}}}",
    "state machine without a definition": "Machine: {Type: AWS::Serverless::StateMachine}",
    "state machine without the alias it wants": "Machine: {Type: AWS::Serverless::StateMachine, Properties:"
    " {Definition: {StartAt: a}, UseAliasAsEventTarget: true, DeploymentPreference: {Type: LINEAR}}}",
    "state machine with torn events": "Machine: {Type: AWS::Serverless::StateMachine, Properties: {Definition:"
    " {StartAt: a}, Events: {A: {Type: SQS}, B: c, D: {Type: Api}}}}",
    "table without a key": "Rows: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Type: String}}}",
    "capacity without a network": "Machines: {Type: AWS::Serverless::CapacityProvider}",
    "application without a place": "App: {Type: AWS::Serverless::Application}",
    "web function without authorization": "Shop: {Type: AWS::Serverless::WebFunction}",
}  # fmt: skip


@pytest.mark.parametrize("resources", REFUSED.values(), ids=REFUSED)
def test_nothing_is_said_of_what_the_translator_refuses(resources: str) -> None:
    text = _template(resources)
    with pytest.raises(InvalidDocumentException):
        _both(text)

    assert _said(load(text, "template")) == set()


@pytest.mark.parametrize(
    "shared", ["Function: {Handlers: a}", "Application: {}", "Function: [a]", "Function: a"]
)
def test_nothing_is_said_of_globals_that_the_translator_refuses(shared: str) -> None:
    text = _template(_with_event("{Type: AlexaSkill}"), f"Globals: {{{shared}}}")
    with pytest.raises(InvalidDocumentException):
        _both(text)

    assert _said(load(text, "template")) == set()
