"""The same wiring in every spelling is the same graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lambdalint.engine import lint
from lambdalint.graph import External, Graph, Resource, Trigger
from lambdalint.load import load
from lambdalint.rule import Claim, Claims, Note, Rule, Severity

Wire = tuple[str, str, str, str]

THINGS = """
Parameters:
  GivenName: {Type: String}
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Work: {Type: AWS::Lambda::Function, Properties: {FunctionName: work}}
  Given: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Ref GivenName}}
  Staged: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Sub "work-${Stage}"}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Work, Name: live}}
  Frozen: {Type: AWS::Lambda::Version, Properties: {FunctionName: !GetAtt Work.Arn}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: queue}}
  GivenQueue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref GivenName}}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: topic}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: stream}}
  Consumer: {Type: AWS::Kinesis::StreamConsumer, Properties: {StreamARN: !GetAtt Stream.Arn}}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: table}}
  World: {Type: AWS::DynamoDB::GlobalTable, Properties: {TableName: world}}
  Cluster: {Type: AWS::MSK::Cluster, Properties: {ClusterName: cluster}}
  Serverless: {Type: AWS::MSK::ServerlessCluster}
  Broker: {Type: AWS::AmazonMQ::Broker}
  Documents: {Type: AWS::DocDB::DBCluster}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: bucket}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: group}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: rest}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: http, ProtocolType: HTTP}}
  Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: socket, ProtocolType: WEBSOCKET}}
"""

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:work"


def _graph(resources: str, things: str = THINGS) -> Graph:
    return Graph([load(things + _indented(resources), "template.yaml")])


def _indented(resources: str) -> str:
    lines = [line for line in resources.splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return "".join(f"  {line[margin:]}\n" for line in lines)


def _name(end: Resource | External) -> str:
    return end.id if isinstance(end, Resource) else f"{end.service}:{end.name}"


def _wire(trigger: Trigger) -> Wire:
    return (
        trigger.kind.name,
        _name(trigger.source),
        _name(trigger.function),
        trigger.qualifier,
    )


def _wires(resources: str, things: str = THINGS) -> set[Wire]:
    return {_wire(trigger) for trigger in _graph(resources, things).triggers()}


# --- spellings ----------------------------------------------------------------------------------


def _piece(number: int, of: str) -> str:
    return f"!Select [{number}, !Split [':', {of}]]"


def _taken_apart(of: str, *more: str) -> str:
    """An ARN as CDK puts it together from the pieces of another."""
    pieces = ["'arn:'", "!Ref AWS::Partition", "':lambda:'", _piece(3, of), "':'", _piece(4, of),
              "':function:'", _piece(6, of), *more]  # fmt: skip
    return f"!Join ['', [{', '.join(pieces)}]]"


FUNCTIONS = {
    "!GetAtt Work.Arn": "",
    "{'Fn::GetAtt': [Work, Arn]}": "",
    "{'Fn::GetAtt': Work.Arn}": "",
    "!Sub '${Work.Arn}'": "",
    "!Sub ['${F}', {F: !GetAtt Work.Arn}]": "",
    "!Join ['', [!GetAtt Work.Arn]]": "",
    ARN: "",
    f"{ARN}:live": "live",
    "!Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Work}'": "",
    "!Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:work:live'": "live",
    "!Join [':', ['arn:aws:lambda', !Ref AWS::Region, !Ref AWS::AccountId, function, work]]": "",
    "!Join [':', [!GetAtt Work.Arn, live]]": "live",
    "!Sub '${Work.Arn}:live'": "live",
    "!Sub '${Work.Arn}:$LATEST'": "$LATEST",
    "!Ref Live": "live",
    "!Sub '${Live}'": "live",
    "!GetAtt Live.AliasArn": "live",
    "!Ref Frozen": "Frozen",
    "!GetAtt Frozen.FunctionArn": "Frozen",
    "!Sub '${Work.Arn}:${Frozen.Version}'": "Frozen",
    _taken_apart("!GetAtt Work.Arn"): "",
    _taken_apart("!Ref Live", "':live'"): "live",
    _taken_apart("!Ref Live", "':'", _piece(7, "!Ref Live")): "live",
    _taken_apart("!Ref Frozen", "':'", _piece(7, "!Ref Frozen")): "Frozen",
    "!If [IsProd, !GetAtt Work.Arn, !GetAtt Work.Arn]": "",
}
NAMES = {
    "work": "",
    "work:live": "live",
    "!Ref Work": "",
    "!Sub '${Work}'": "",
    "!Sub '${Work}:live'": "live",
    "123456789012:function:work": "",
    "'123456789012:function:work:live'": "live",
    "!Sub '${AWS::AccountId}:function:${Work}'": "",
}

URI = (
    "!Sub ['arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "${F}/invocations', {F: FN}]"
)
STREAMING = URI.replace("2015-03-31", "2021-11-15").replace("/inv", "/response-streaming-inv")

# Where FN stands for the function: the resources, the kind of trigger, and its source.
FORMS: dict[str, tuple[str, str, str]] = {
    "sns subscription": ("""
        Sub:
          Type: AWS::SNS::Subscription
          Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: FN}
        """, "sns", "Topic"),
    "sns inline": ("""
        Inline:
          Type: AWS::SNS::Topic
          Properties: {Subscription: [{Protocol: sqs, Endpoint: x}, {Protocol: lambda, Endpoint: FN}]}
        """, "sns", "Inline"),
    "s3": ("""
        Files:
          Type: AWS::S3::Bucket
          Properties:
            NotificationConfiguration:
              LambdaConfigurations: [{Event: "s3:ObjectCreated:*", Function: FN}]
        """, "s3", "Files"),
    "s3 as cdk writes it": ("""
        BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691: {Type: AWS::Lambda::Function}
        Note:
          Type: Custom::S3BucketNotifications
          Properties:
            ServiceToken: !GetAtt BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691.Arn
            BucketName: !Ref Bucket
            NotificationConfiguration:
              LambdaFunctionConfigurations: [{Events: ["s3:ObjectCreated:*"], LambdaFunctionArn: FN}]
        """, "s3", "Bucket"),
    "rule on the default bus": ("""
        Rule:
          Type: AWS::Events::Rule
          Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: FN}]}
        """, "eventbridge", "events:default"),
    "rule on a bus by name": ("""
        Rule:
          Type: AWS::Events::Rule
          Properties: {EventBusName: !Ref Bus, EventPattern: {source: [a]}, Targets: [{Id: a, Arn: FN}]}
        """, "eventbridge", "Bus"),
    "rule on a bus by arn": ("""
        Rule:
          Type: AWS::Events::Rule
          Properties:
            EventBusName: !Sub 'arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/bus'
            EventPattern: {source: [a]}
            Targets: [{Id: a, Arn: FN}]
        """, "eventbridge", "Bus"),
    "rule with a pattern and a schedule": ("""
        Rule:
          Type: AWS::Events::Rule
          Properties: {ScheduleExpression: rate(1 day), EventPattern: {source: [a]}, Targets: [{Arn: FN}]}
        """, "eventbridge", "events:default"),
    "scheduled rule": ("""
        Rule:
          Type: AWS::Events::Rule
          Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: FN}]}
        """, "schedule-rule", "Rule"),
    "scheduler": ("""
        Daily:
          Type: AWS::Scheduler::Schedule
          Properties: {ScheduleExpression: rate(1 day), Target: {Arn: FN}}
        """, "scheduler", "Daily"),
    "logs": ("""
        Logs:
          Type: AWS::Logs::SubscriptionFilter
          Properties: {LogGroupName: !Ref Group, DestinationArn: FN, FilterPattern: ""}
        """, "logs", "Group"),
    "iot": ("""
        Thing:
          Type: AWS::IoT::TopicRule
          Properties: {TopicRulePayload: {Sql: x, Actions: [{Lambda: {FunctionArn: FN}}]}}
        """, "iot", "Thing"),
    "iot error action": ("""
        Thing:
          Type: AWS::IoT::TopicRule
          Properties: {TopicRulePayload: {Sql: x, Actions: [], ErrorAction: {Lambda: {FunctionArn: FN}}}}
        """, "iot", "Thing"),
    "custom resource": ("""
        Own:
          Type: Custom::Own
          Properties: {ServiceToken: FN}
        """, "custom-resource", "Own"),
    "plain custom resource": ("""
        Own:
          Type: AWS::CloudFormation::CustomResource
          Properties: {ServiceToken: FN}
        """, "custom-resource", "Own"),
    "url": ("""
        Url:
          Type: AWS::Lambda::Url
          Properties: {TargetFunctionArn: FN, AuthType: NONE}
        """, "url", "Url"),
    "alb": ("""
        Targets:
          Type: AWS::ElasticLoadBalancingV2::TargetGroup
          Properties: {TargetType: lambda, Targets: [{Id: FN}]}
        """, "alb", "Targets"),
    "cognito": ("""
        Pool:
          Type: AWS::Cognito::UserPool
          Properties: {LambdaConfig: {PreSignUp: FN}}
        """, "cognito", "Pool"),
    "cognito with a version of its event": ("""
        Pool:
          Type: AWS::Cognito::UserPool
          Properties: {LambdaConfig: {PreTokenGenerationConfig: {LambdaVersion: V2_0, LambdaArn: FN}}}
        """, "cognito", "Pool"),
    "cognito sender": ("""
        Pool:
          Type: AWS::Cognito::UserPool
          Properties: {LambdaConfig: {KMSKeyID: k, CustomEmailSender: {LambdaVersion: V1_0, LambdaArn: FN}}}
        """, "cognito-sender", "Pool"),
    "rest method": (f"""
        Get:
          Type: AWS::ApiGateway::Method
          Properties:
            RestApiId: !Ref Rest
            Integration: {{Type: AWS_PROXY, Uri: {URI}}}
        """, "rest-api", "Rest"),
    "rest method that streams": (f"""
        Get:
          Type: AWS::ApiGateway::Method
          Properties:
            RestApiId: !Ref Rest
            Integration: {{Type: AWS_PROXY, Uri: {STREAMING}}}
        """, "rest-api", "Rest"),
    "rest body": (f"""
        Spec:
          Type: AWS::ApiGateway::RestApi
          Properties:
            Body: {{paths: {{/a: {{get: {{x-amazon-apigateway-integration: {{uri: {URI}}}}}}}}}}}
        """, "rest-api", "Spec"),
    "http integration": ("""
        Link:
          Type: AWS::ApiGatewayV2::Integration
          Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: FN}
        """, "http-api", "Http"),
    "http integration by uri": (f"""
        Link:
          Type: AWS::ApiGatewayV2::Integration
          Properties: {{ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: {URI}}}
        """, "http-api", "Http"),
    "http body": (f"""
        Spec:
          Type: AWS::ApiGatewayV2::Api
          Properties:
            Body:
              paths:
                /a: {{x-amazon-apigateway-any-method: {{x-amazon-apigateway-integration: {{uri: {URI}}}}}}}
        """, "http-api", "Spec"),
    "http quick create": ("""
        Quick:
          Type: AWS::ApiGatewayV2::Api
          Properties: {ProtocolType: HTTP, Target: FN}
        """, "http-api", "Quick"),
    "websocket integration": (f"""
        Link:
          Type: AWS::ApiGatewayV2::Integration
          Properties: {{ApiId: !Ref Socket, IntegrationType: AWS_PROXY, IntegrationUri: {URI}}}
        """, "websocket-api", "Socket"),
    "rest authorizer": (f"""
        Guard:
          Type: AWS::ApiGateway::Authorizer
          Properties: {{RestApiId: !Ref Rest, Type: TOKEN, AuthorizerUri: {URI}}}
        """, "authorizer", "Rest"),
    "http authorizer": (f"""
        Guard:
          Type: AWS::ApiGatewayV2::Authorizer
          Properties: {{ApiId: !Ref Http, AuthorizerType: REQUEST, AuthorizerUri: {URI}}}
        """, "authorizer", "Http"),
    "authorizer in a body": (f"""
        Spec:
          Type: AWS::ApiGatewayV2::Api
          Properties:
            Body:
              components:
                securitySchemes:
                  guard: {{x-amazon-apigateway-authorizer: {{authorizerUri: {URI}}}}}
        """, "authorizer", "Spec"),
    "authorizer in a swagger body": (f"""
        Spec:
          Type: AWS::ApiGateway::RestApi
          Properties:
            Body:
              securityDefinitions:
                guard: {{x-amazon-apigateway-authorizer: {{authorizerUri: {URI}}}}}
        """, "authorizer", "Spec"),
    "state machine as an object": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties: {Definition: {States: {A: {Type: Task, Resource: FN}}}}
        """, "step-functions", "Machine"),
    "state machine that invokes": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            Definition:
              States:
                A:
                  Type: Task
                  Resource: arn:aws:states:::lambda:invoke
                  Parameters: {FunctionName: FN, Payload.$: $}
        """, "step-functions", "Machine"),
    "state machine in jsonata": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            Definition:
              States:
                A:
                  Type: Task
                  Resource: !Sub 'arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken'
                  Arguments: {FunctionName: FN}
        """, "step-functions", "Machine"),
    "state machine with substitutions": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            DefinitionString: '{"States": {"A": {"Type": "Task", "Resource": "${Fn}"}}}'
            DefinitionSubstitutions: {Fn: FN}
        """, "step-functions", "Machine"),
    "state machine as a sub": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            DefinitionString: !Sub
              - '{"States": {"A": {"Type": "Task", "Resource": "${Fn}"}}}'
              - {Fn: FN}
        """, "step-functions", "Machine"),
    "state machine as a join": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            DefinitionString: !Join
              - ''
              - - '{"States": {"A": {"Type": "Task", "Resource": "arn:'
                - !Ref AWS::Partition
                - ':states:::lambda:invoke", "Parameters": {"FunctionName": "'
                - FN
                - '"}}}}'
        """, "step-functions", "Machine"),
    "map state": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            Definition:
              States:
                M:
                  Type: Map
                  ItemProcessor: {States: {A: {Type: Task, Resource: FN}}}
        """, "step-functions", "Machine"),
    "old map state in a parallel one": ("""
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            Definition:
              States:
                P:
                  Type: Parallel
                  Branches:
                    - States: {Nothing: {Type: Pass}}
                    - States: {M: {Type: Map, Iterator: {States: {A: {Type: Task, Resource: FN}}}}}
        """, "step-functions", "Machine"),
}  # fmt: skip

# What only mappings have: the source, and what else tells which kind it is.
MAPPINGS = {
    "sqs": ("EventSourceArn: !GetAtt Queue.Arn", "sqs", "Queue"),
    "kinesis": ("EventSourceArn: !GetAtt Stream.Arn", "kinesis", "Stream"),
    "consumer": ("EventSourceArn: !Ref Consumer", "kinesis", "Stream"),
    "consumer attribute": ("EventSourceArn: !GetAtt Consumer.ConsumerARN", "kinesis", "Stream"),
    "dynamodb": ("EventSourceArn: !GetAtt Table.StreamArn", "dynamodb", "Table"),
    "dynamodb by name": (
        "EventSourceArn: arn:aws:dynamodb:eu-west-1:1:table/table/stream/2024", "dynamodb", "Table"),
    "global table": ("EventSourceArn: !GetAtt World.StreamArn", "dynamodb", "World"),
    "msk": ("EventSourceArn: !Ref Cluster", "kafka", "Cluster"),
    "serverless msk": ("EventSourceArn: !GetAtt Serverless.Arn", "kafka", "Serverless"),
    "mq": ("EventSourceArn: !GetAtt Broker.Arn", "mq", "Broker"),
    "documentdb": (
        "EventSourceArn: !Sub 'arn:aws:rds:${AWS::Region}:1:cluster:c'", "documentdb", "rds:cluster:c"),
    "self-managed kafka": (
        "SelfManagedEventSource: {Endpoints: {KafkaBootstrapServers: [a]}}, Topics: [t]", "kafka",
        "kafka:a"),
    "unknown stream": ("EventSourceArn: !ImportValue x, StartingPosition: LATEST", "stream",
                       ":a source that the template does not tell"),
    "unknown queue": ("EventSourceArn: !ImportValue x", "sqs",
                      ":a source that the template does not tell"),
    "unknown broker": ("EventSourceArn: !ImportValue x, Queues: [q]", "mq",
                       ":a source that the template does not tell"),
    "foreign queue": ("EventSourceArn: 'arn:aws:sqs:eu-west-1:1:far'", "sqs", "sqs:far"),
    "foreign stream": (
        "EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/far'", "kinesis", "kinesis:stream/far"),
}  # fmt: skip
MAPPING = """
Map:
  Type: AWS::Lambda::EventSourceMapping
  Properties: {{FunctionName: FN, {}}}
"""


@pytest.mark.parametrize("spelling", FUNCTIONS)
@pytest.mark.parametrize(("form", "kind", "source"), FORMS.values(), ids=FORMS)
def test_function_is_found_in_every_form_and_spelling(
    form: str, kind: str, source: str, spelling: str
) -> None:
    qualifier = FUNCTIONS[spelling]

    assert _wires(form.replace("FN", spelling)) == {(kind, source, "Work", qualifier)}


@pytest.mark.parametrize("spelling", [*FUNCTIONS, *NAMES])
@pytest.mark.parametrize(("settings", "kind", "source"), MAPPINGS.values(), ids=MAPPINGS)
def test_mapping_is_found_in_every_form_and_spelling(
    settings: str, kind: str, source: str, spelling: str
) -> None:
    mapping = MAPPING.format(settings).replace("FN", spelling)

    assert _wires(mapping) == {(kind, source, "Work", {**FUNCTIONS, **NAMES}[spelling])}


QUEUES = [
    "!GetAtt Queue.Arn",
    "{'Fn::GetAtt': [Queue, Arn]}",
    "{'Fn::GetAtt': Queue.Arn}",
    "!Sub '${Queue.Arn}'",
    "!Sub ['${Q}', {Q: !GetAtt Queue.Arn}]",
    "!Join ['', ['', !GetAtt Queue.Arn]]",
    "arn:aws:sqs:eu-west-1:123456789012:queue",
    "!Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:queue'",
    "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Queue.QueueName}'",
    "!Join [':', [arn, aws, sqs, !Ref AWS::Region, !Ref AWS::AccountId, queue]]",
    "!Join ['', ['arn:aws:sqs:eu-west-1:1:', !GetAtt Queue.QueueName]]",
    "!If [IsProd, !GetAtt Queue.Arn, !Sub '${Queue.Arn}']",
]


@pytest.mark.parametrize("spelling", QUEUES)
def test_queue_is_found_in_every_spelling(spelling: str) -> None:
    mapping = MAPPING.format(f"EventSourceArn: {spelling}").replace("FN", "!Ref Work")

    assert _wires(mapping) == {("sqs", "Queue", "Work", "")}


def test_names_that_are_parameters_mean_whatever_is_named_by_them() -> None:
    mapping = MAPPING.format(
        "EventSourceArn: !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${GivenName}'"
    ).replace("FN", "!Sub 'arn:aws:lambda:${AWS::Region}:1:function:${GivenName}:live'")

    assert _wires(mapping) == {("sqs", "GivenQueue", "Given", "live")}


def test_names_that_follow_the_stage_are_found() -> None:
    mapping = MAPPING.format("EventSourceArn: !GetAtt Queue.Arn")

    assert _wires(mapping.replace("FN", "!Sub 'work-${Stage}'")) == {("sqs", "Queue", "Staged", "")}


def test_order_does_not_matter() -> None:
    written = "\n".join(
        _indented(
            form.replace("FN", "!GetAtt Work.Arn").replace("\n        ", f"\n        N{number}", 1)
        )
        for number, (form, *_) in enumerate(FORMS.values())
    )
    before = _wires("", THINGS + written)
    head, things = THINGS.split("Resources:\n")

    assert len(before) >= 15
    assert _wires("", f"{head}Resources:\n{written}\n{things}") == before


def test_sam_alias_is_a_qualifier() -> None:
    sam = """
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: {AutoPublishAlias: live, InlineCode: x}
  Queue: {Type: AWS::SQS::Queue}
  Pool:
    Type: AWS::Cognito::UserPool
    Properties: {LambdaConfig: {PreSignUp: !Ref Work.Alias, PostConfirmation: !Ref Work.Version}}
"""
    wires = _wires("", sam)

    assert ("cognito", "Pool", "Work", "live") in wires
    (version,) = (qualifier for *_, qualifier in wires if qualifier != "live")
    assert version.startswith("WorkVersion")


# --- what is not given --------------------------------------------------------------------------

DISABLED = {
    "mapping": MAPPING.format("EventSourceArn: !GetAtt Queue.Arn, Enabled: OFF"),
    "mapping by text": MAPPING.format("EventSourceArn: !GetAtt Queue.Arn, Enabled: 'False'"),
    "rule": "R:\n  Type: AWS::Events::Rule\n  Properties: {State: DISABLED, EventPattern: {},"
    " Targets: [{Arn: FN}]}",
    "scheduled rule": "R:\n  Type: AWS::Events::Rule\n  Properties: {State: DISABLED,"
    " ScheduleExpression: rate(1 day), Targets: [{Arn: FN}]}",
    "schedule": "S:\n  Type: AWS::Scheduler::Schedule\n  Properties: {State: DISABLED,"
    " Target: {Arn: FN}}",
    "iot rule": "T:\n  Type: AWS::IoT::TopicRule\n  Properties: {TopicRulePayload:"
    " {RuleDisabled: 'true', Actions: [{Lambda: {FunctionArn: FN}}]}}",
}


@pytest.mark.parametrize("written", DISABLED.values(), ids=DISABLED)
def test_what_is_disabled_is_not_given(written: str) -> None:
    enabled = (
        written.replace("OFF", "ON").replace("'False'", "'True'").replace("DISABLED", "ENABLED")
    ).replace("RuleDisabled: 'true'", "RuleDisabled: 'false'")

    assert _wires(written.replace("FN", "!GetAtt Work.Arn")) == set()
    assert len(_wires(enabled.replace("FN", "!GetAtt Work.Arn"))) == 1


def _universal(action: str, invocation_type: str, name: str = "${Work.Arn}") -> str:
    """A schedule that makes a request of Lambda's API."""
    request = f'{{"FunctionName":"{name}","InvocationType":"{invocation_type}"}}'
    return (
        "Daily:\n  Type: AWS::Scheduler::Schedule\n  Properties: {Target: {Arn: !Sub"
        f" 'arn:${{AWS::Partition}}:scheduler:::aws-sdk:{action}', Input: !Sub '{request}'}}}}"
    )


@pytest.mark.parametrize("name", ["${Work.Arn}", "${Work}", "work"])
def test_schedule_may_request_an_asynchronous_invocation(name: str) -> None:
    wires = _wires(_universal("lambda:invoke", "Event", name))

    assert wires == {("scheduler", "Daily", "Work", "")}


@pytest.mark.parametrize(
    "written",
    [
        (
            "S:\n  Type: AWS::SNS::Subscription\n  Properties: {TopicArn: !Ref Topic, Protocol: sqs,"
            " Endpoint: !GetAtt Queue.Arn}"
        ),
        (
            "R:\n  Type: AWS::Events::Rule\n  Properties: {EventPattern: {}, Targets:"
            " [{Arn: !GetAtt Queue.Arn}]}"
        ),
        (
            "G:\n  Type: AWS::ElasticLoadBalancingV2::TargetGroup\n  Properties: {TargetType: ip,"
            " Targets: [{Id: 10.0.0.1}]}"
        ),
        "M:\n  Type: AWS::ApiGateway::Method\n  Properties: {Integration: {Type: MOCK}}",
        (
            "M:\n  Type: AWS::ApiGateway::Method\n  Properties: {Integration: {Type: HTTP, Uri:"
            " 'https://example.com'}}"
        ),
        (
            "M:\n  Type: AWS::StepFunctions::StateMachine\n  Properties: {Definition: {States: {A:"
            " {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage'}, B: {Type: Pass}}}}"
        ),
        "C:\n  Type: Custom::X\n  Properties: {ServiceToken: !Ref Topic}",
        (
            "L:\n  Type: AWS::Logs::SubscriptionFilter\n  Properties: {LogGroupName: g,"
            " DestinationArn: !GetAtt Stream.Arn}"
        ),
        _universal("lambda:invoke", "RequestResponse"),
        _universal("lambda:deleteFunction", "Event"),
    ],
)
def test_what_goes_elsewhere_is_no_trigger(written: str) -> None:
    assert _wires(written) == set()


@pytest.mark.parametrize(
    "id",
    [
        "BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691",
        "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A",
        "AWS679f53fac002430cb0da5b7982bd22872D164C4C",
        "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F",
        "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536",
        "ProviderframeworkonEvent83C1D0A7",
        "Evalda2d1181604e4a4586941a6abd7fe42dF371675D",
        "Eval41256dc5445742738ed917bc818694e54EB1134F",
    ],
)
def test_functions_of_cdk_are_never_given(id: str) -> None:
    graph = _graph(f"""
        {id}: {{Type: AWS::Lambda::Function}}
        Own:
          Type: Custom::Own
          Properties: {{ServiceToken: !GetAtt {id}.Arn}}
        """)

    assert list(graph.triggers()) == []
    assert id not in {function.id for function in graph.functions()}


def test_functions_that_evaluate_expressions_are_those_of_cdk() -> None:
    graph = _graph("""
        Mine: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt EvalServiceRole.Arn}}
        Theirs:
          Type: AWS::Lambda::Function
          Properties:
            Role: {Fn::GetAtt: [EvalServiceRolef4f556a4ef7a49cd8036c5b0567376fd10E01C41, Arn]}
        """)
    ids = {function.id for function in graph.functions()}

    assert "Mine" in ids
    assert "Theirs" not in ids


def test_functions_under_a_construct_of_cdk_are_never_given() -> None:
    graph = _graph("""
        Mine: {Type: AWS::Lambda::Function, Metadata: {aws:cdk:path: App/Mine/Resource}}
        Theirs:
          Type: AWS::Lambda::Function
          Metadata: {aws:cdk:path: App/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler}
        """)
    ids = {function.id for function in graph.functions()}

    assert "Mine" in ids
    assert "Theirs" not in ids


# --- worlds -------------------------------------------------------------------------------------


def _by_stage(resources: str) -> dict[str, set[Wire]]:
    """The triggers where the stage is dev, and where it is prod."""
    found: dict[str, set[Wire]] = {}
    for stage in ("dev", "prod"):
        template = load(THINGS + _indented(resources), "template.yaml", {"Stage": stage})
        found[stage] = {_wire(trigger) for trigger in Graph([template]).triggers()}
    together = _wires(resources)
    assert together == found["dev"] | found["prod"]
    return found


@pytest.mark.parametrize(
    "written",
    [
        (
            "Map:\n  Type: AWS::Lambda::EventSourceMapping\n  Condition: IsProd\n  Properties:"
            " {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Work}"
        ),
        (
            "Map:\n  Type: AWS::Lambda::EventSourceMapping\n  Properties: {EventSourceArn:"
            " !GetAtt Queue.Arn, FunctionName: !Ref Work, Enabled: !If [IsProd, true, false]}"
        ),
        (
            "F:\n  Type: AWS::S3::Bucket\n  Properties: {NotificationConfiguration: {LambdaConfigurations:"
            " [!If [IsProd, {Event: x, Function: !GetAtt Work.Arn}, !Ref AWS::NoValue]]}}"
        ),
        (
            "F:\n  Type: AWS::S3::Bucket\n  Properties: {NotificationConfiguration: !If [IsProd,"
            " {LambdaConfigurations: [{Event: x, Function: !GetAtt Work.Arn}]}, !Ref AWS::NoValue]}"
        ),
        (
            "F:\n  Type: AWS::S3::Bucket\n  Properties: {NotificationConfiguration: {LambdaConfigurations:"
            " !If [IsProd, [{Event: x, Function: !GetAtt Work.Arn}], []]}}"
        ),
        (
            "F:\n  Type: AWS::S3::Bucket\n  Properties: !If [IsProd, {NotificationConfiguration:"
            " {LambdaConfigurations: [{Event: x, Function: !GetAtt Work.Arn}]}}, {}]"
        ),
        (
            "R:\n  Type: AWS::Events::Rule\n  Properties: {EventPattern: {}, Targets: [!If [IsProd,"
            " {Arn: !GetAtt Work.Arn}, {Arn: !GetAtt Queue.Arn}]]}"
        ),
        (
            "P:\n  Type: AWS::Cognito::UserPool\n  Properties: {LambdaConfig: {PreSignUp: !If [IsProd,"
            " !GetAtt Work.Arn, !Ref AWS::NoValue]}}"
        ),
        (
            "A:\n  Type: AWS::ApiGateway::RestApi\n  Properties: {Body: {paths: {/a: !If [IsProd, {get:"
            " {x-amazon-apigateway-integration: {uri: !GetAtt Work.Arn}}}, !Ref AWS::NoValue]}}}"
        ),
        (
            "M:\n  Type: AWS::StepFunctions::StateMachine\n  Properties: {Definition: {States: {A:"
            " {Type: Task, Resource: !If [IsProd, !GetAtt Work.Arn, 'arn:aws:states:::sqs:send']}}}}"
        ),
        (
            "A:\n  Type: AWS::ApiGatewayV2::Api\n  Properties: {Body: {components: {securitySchemes: {g:"
            " !If [IsProd, {x-amazon-apigateway-authorizer: {authorizerUri: !GetAtt Work.Arn}},"
            " !Ref AWS::NoValue]}}}}"
        ),
    ],
)
def test_conditional_trigger_is_there_only_in_its_worlds(written: str) -> None:
    found = _by_stage(written)

    assert found["dev"] == set()
    assert len(found["prod"]) == 1


def test_two_branches_are_two_triggers_each_in_its_world() -> None:
    found = _by_stage("""
        Map:
          Type: AWS::Lambda::EventSourceMapping
          Properties:
            EventSourceArn: !If [IsProd, !GetAtt Queue.Arn, !GetAtt Stream.Arn]
            FunctionName: !If [IsProd, !Ref Work, !Ref Staged]
        """)

    assert found == {
        "prod": {("sqs", "Queue", "Work", "")},
        "dev": {("kinesis", "Stream", "Staged", "")},
    }


def test_neighbours_of_a_resource_live_in_its_world() -> None:
    graph = _graph("""
        Map:
          Type: AWS::Lambda::EventSourceMapping
          Condition: IsProd
          Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Work}
        """)
    seen = {
        (len(graph.triggers_of(function)), function.world.answers[("template.yaml", "Stage")])
        for function in graph.functions()
        if function.id == "Work" and graph.triggers_of(function) is not None
    }

    assert seen == {(0, "dev"), (1, "prod")}


# --- failures -----------------------------------------------------------------------------------

FAILURES = {
    "queue": "S: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: DLQ}}}",
    "queue as text": "S: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: !Sub ["
    '\'{"deadLetterTargetArn": "${D}", "maxReceiveCount": 5}\', {D: DLQ}]}}',
    "subscription": "S: {Type: AWS::SNS::Subscription, Properties: {RedrivePolicy:"
    " {deadLetterTargetArn: DLQ}}}",
    "function": "S: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: DLQ}}}",
    "invoke config": "S: {Type: AWS::Lambda::EventInvokeConfig, Properties: {DestinationConfig:"
    " {OnFailure: {Destination: DLQ}}}}",
    "mapping": "S: {Type: AWS::Lambda::EventSourceMapping, Properties: {DestinationConfig:"
    " {OnFailure: {Destination: DLQ}}}}",
    "rule target": "S: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: x}, {DeadLetterConfig:"
    " {Arn: DLQ}}]}}",
    "bus": "S: {Type: AWS::Events::EventBus, Properties: {DeadLetterConfig: {Arn: DLQ}}}",
    "schedule": "S: {Type: AWS::Scheduler::Schedule, Properties: {Target: {DeadLetterConfig:"
    " {Arn: DLQ}}}}",
    "pipe": "S: {Type: AWS::Pipes::Pipe, Properties: {SourceParameters: {KinesisStreamParameters:"
    " {DeadLetterConfig: {Arn: DLQ}}}}}",
    "in some world": "S: {Type: AWS::SQS::Queue, Condition: IsProd, Properties: {RedrivePolicy:"
    " !If [IsProd, {deadLetterTargetArn: DLQ}, !Ref AWS::NoValue]}}",
}


def _dead_letter_queues(graph: Graph) -> set[str]:
    return {
        queue.id
        for queue in graph.resources("AWS::SQS::Queue")
        if graph.is_dead_letter_queue(queue)
    }


@pytest.mark.parametrize("spelling", ["!GetAtt Dead.Arn", "!Sub '${Dead.Arn}'"])
@pytest.mark.parametrize("written", FAILURES.values(), ids=FAILURES)
def test_queue_at_the_end_of_anybodys_failures_is_a_dead_letter_queue(
    written: str, spelling: str
) -> None:
    assert _dead_letter_queues(_graph(written.replace("DLQ", spelling))) == {"Dead"}
    assert _dead_letter_queues(_graph(written.replace("DLQ", "!ImportValue x"))) == set()


# --- deliveries ---------------------------------------------------------------------------------


def _deliveries(resources: str) -> set[tuple[str, str, str]]:
    return {
        (one.principal.partition(".")[0], _name(one.source), _name(one.target))
        for one in _graph(resources).deliveries()
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("S: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref Topic,"
         " Endpoint: !GetAtt Queue.Arn}}"), {("sns", "Topic", "Queue")}),
        (("T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint:"
         " !GetAtt Queue.Arn}]}}"), {("sns", "T", "Queue")}),
        (("B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {QueueConfigurations:"
         " [{Queue: !GetAtt Queue.Arn}], TopicConfigurations: [{Topic: !Ref Topic}]}}}"),
         {("s3", "B", "Queue"), ("s3", "B", "Topic")}),
        (("B: {Type: 'Custom::S3BucketNotifications', Properties: {BucketName: !Ref Bucket,"
         " NotificationConfiguration: {QueueConfigurations: [{QueueArn: !GetAtt Queue.Arn}]}}}"),
         {("s3", "Bucket", "Queue")}),
        (("R: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !GetAtt Queue.Arn},"
         " {Arn: !GetAtt Work.Arn}, {Arn: 'arn:aws:sqs:x:1:far'}]}}"),
         {("events", "R", "Queue"), ("events", "R", "sqs:far")}),
        (("R: {Type: AWS::Events::Rule, Properties: {State: DISABLED, Targets:"
         " [{Arn: !GetAtt Queue.Arn}]}}"), set()),
    ],
)  # fmt: skip
def test_deliveries(written: str, expected: set[tuple[str, str, str]]) -> None:
    assert _deliveries(written) == expected


# --- permissions and settings -------------------------------------------------------------------


def _function(graph: Graph, id: str = "Work") -> Resource:
    return next(one for one in graph.functions() if one.id == id)


@pytest.mark.parametrize("spelling", [*FUNCTIONS, *NAMES])
def test_permission_is_found_in_every_spelling(spelling: str) -> None:
    graph = _graph(f"""
        Allow:
          Type: AWS::Lambda::Permission
          Properties: {{FunctionName: {spelling}, Action: "lambda:InvokeFunction", Principal: x}}
        Other:
          Type: AWS::Lambda::Permission
          Properties: {{FunctionName: !Ref Given, Action: "lambda:InvokeFunction", Principal: x}}
        """)
    found = [(one.resource.id, one.qualifier) for one in graph.permissions(_function(graph))]

    assert found == [("Allow", {**FUNCTIONS, **NAMES}[spelling])]


@pytest.mark.parametrize(
    ("function", "qualifier", "expected"),
    [("!Ref Work", "$LATEST", ""), ("work", "live", "live"), (ARN, "live", "live"),
     ("!Ref Work", "!GetAtt Frozen.Version", "Frozen"),
     ("!Ref Work", "!Select [7, !Split [':', !Ref Live]]", "live")],
)  # fmt: skip
def test_invoke_config_is_found(function: str, qualifier: str, expected: str) -> None:
    graph = _graph(f"""
        Config:
          Type: AWS::Lambda::EventInvokeConfig
          Properties: {{FunctionName: {function}, Qualifier: {qualifier}}}
        """)

    assert [one.qualifier for one in graph.invoke_configs(_function(graph))] == [expected]


@pytest.mark.parametrize(
    ("owner", "queue"),
    [
        ("Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue]", "Queue"),
        ("Type: AWS::SQS::QueueInlinePolicy, Properties: {Queue: !Ref Queue", "Queue"),
        ("Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic]", "Topic"),
        ("Type: AWS::SNS::TopicInlinePolicy, Properties: {TopicArn: !Ref Topic", "Topic"),
    ],
)
def test_policies_of_queues_and_topics(owner: str, queue: str) -> None:
    statement = "{Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: '*'}"
    deny = "{Effect: Deny, Principal: '*', Action: '*'}"
    graph = _graph(f"P: {{{owner}, PolicyDocument: {{Statement: [{statement}, {deny}]}}}}}}")
    (target,) = (
        one for one in graph.resources("AWS::SQS::Queue", "AWS::SNS::Topic") if one.id == queue
    )

    assert [one.services for one in graph.policies(target)] == [("s3.amazonaws.com",)]


# --- grants -------------------------------------------------------------------------------------

DOCUMENT = "{Statement: [{Effect: Allow, Action: 's3:Put*', Resource: '*'}]}"
ROLE = "Role:\n  Type: AWS::IAM::Role\n"
GRANTS = {
    "inline": f"{ROLE}  Properties: {{Policies: [{{PolicyName: a, PolicyDocument: {DOCUMENT}}}]}}",
    "one statement": f"{ROLE}  Properties: {{Policies: [{{PolicyDocument: {{Statement: {{Effect: Allow,"
    " Action: ['s3:Put*'], Resource: ['*']}}}]}",
    "policy": f"{ROLE}  Properties: {{}}\nP:\n  Type: AWS::IAM::Policy\n  Properties: {{Roles:"
    f" [!Ref Role], PolicyDocument: {DOCUMENT}}}",
    "policy by name": f"{ROLE}  Properties: {{RoleName: role}}\nP:\n  Type: AWS::IAM::Policy\n"
    f"  Properties: {{Roles: [role], PolicyDocument: {DOCUMENT}}}",
    "managed policy": f"{ROLE}  Properties: {{}}\nP:\n  Type: AWS::IAM::ManagedPolicy\n  Properties:"
    f" {{Roles: [!Ref Role], PolicyDocument: {DOCUMENT}}}",
    "managed policy by arn": f"{ROLE}  Properties: {{ManagedPolicyArns: [!Ref P]}}\nP:\n"
    f"  Type: AWS::IAM::ManagedPolicy\n  Properties: {{PolicyDocument: {DOCUMENT}}}",
    "role policy": f"{ROLE}  Properties: {{}}\nP:\n  Type: AWS::IAM::RolePolicy\n  Properties:"
    f" {{RoleName: !Ref Role, PolicyDocument: {DOCUMENT}}}",
    "policy of aws": f"{ROLE}  Properties: {{ManagedPolicyArns:"
    " [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess']}",
}
WITH_ROLE = THINGS + (
    "  Act: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}\n"
)  # fmt: skip


@pytest.mark.parametrize("written", GRANTS.values(), ids=GRANTS)
def test_grants_are_read_wherever_they_are_written(written: str) -> None:
    graph = _graph(written, WITH_ROLE)
    grants = graph.grants(_function(graph, "Act"))

    assert grants.complete
    assert [one.allow and one.covers("s3:PutObject") for one in grants.statements] == [True]
    assert not grants.statements[0].covers("sqs:SendMessage")


@pytest.mark.parametrize(
    "policy",
    [
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
    ],
)
def test_policies_of_aws_that_grant_nothing_of_interest_are_known(policy: str) -> None:
    arn = f"arn:aws:iam::aws:policy/{policy}"
    graph = _graph(
        f"Role: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: ['{arn}']}}}}", WITH_ROLE
    )
    grants = graph.grants(_function(graph, "Act"))

    assert grants.complete
    assert not grants.statements


@pytest.mark.parametrize(
    "properties",
    [
        "{ManagedPolicyArns: [!ImportValue x]}",
        "{ManagedPolicyArns: ['arn:aws:iam::123456789012:policy/mine']}",
        "{PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'}",
        "{Policies: !ImportValue x}",
        (
            "{Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: !ImportValue x,"
            " Resource: '*'}]}}]}"
        ),
    ],
)
def test_grants_that_the_template_does_not_tell_are_not_complete(properties: str) -> None:
    graph = _graph(f"Role: {{Type: AWS::IAM::Role, Properties: {properties}}}", WITH_ROLE)

    assert not graph.grants(_function(graph, "Act")).complete


@pytest.mark.parametrize(
    "role", ["!ImportValue x", "arn:aws:iam::123456789012:role/r", "!Ref GivenName"]
)
def test_role_from_elsewhere_is_not_complete(role: str) -> None:
    graph = _graph(f"Act: {{Type: AWS::Lambda::Function, Properties: {{Role: {role}}}}}")

    assert not graph.grants(_function(graph, "Act")).complete


def test_role_is_found_by_its_name() -> None:
    graph = _graph(f"""
        Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: r, Policies: [{{PolicyDocument: {DOCUMENT}}}]}}}}
        Act:
          Type: AWS::Lambda::Function
          Properties: {{Role: !Sub 'arn:aws:iam::${{AWS::AccountId}}:role/path/r'}}
        """)

    assert len(graph.grants(_function(graph, "Act")).statements) == 1


def test_denied_and_negated_statements_say_so() -> None:
    graph = _graph("""
        Role:
          Type: AWS::IAM::Role
          Properties:
            Policies:
              - PolicyDocument:
                  Statement:
                    - {Effect: Deny, NotAction: ["s3:Get*"], NotResource: "*", Condition: {Bool: {}}}
        """, WITH_ROLE)  # fmt: skip
    (statement,) = graph.grants(_function(graph, "Act")).statements

    assert not statement.allow
    assert statement.conditional
    assert statement.negated_resources
    assert (statement.covers("s3:GetObject"), statement.covers("s3:PutObject")) == (False, True)


# --- externals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "service", "name"),
    [
        ("arn:aws:lambda:eu-west-1:1:function:far", "lambda", "far"),
        ("far", "lambda", "far"),
        ("!ImportValue x", "lambda", "a function that the template does not tell"),
    ],
)
def test_function_elsewhere_is_external(arn: str, service: str, name: str) -> None:
    mapping = MAPPING.format("EventSourceArn: !GetAtt Queue.Arn").replace("FN", arn)
    triggers = list(_graph(mapping).triggers())

    # Once in each world in which functions are called what they may be called.
    told = "does not tell" not in name
    assert {trigger.function for trigger in triggers} == {External(service, name, told=told)}
    assert triggers[0].function["Timeout"].data is not None  # nothing is said to be missing there


def test_place_of_a_trigger_is_where_it_is_written() -> None:
    graph = _graph("""
        Files:
          Type: AWS::S3::Bucket
          Properties:
            NotificationConfiguration:
              LambdaConfigurations:
                - {Event: a, Function: x}
                - {Event: b, Function: !GetAtt Work.Arn}
        """)
    (trigger,) = graph.triggers()

    assert trigger.at.path[1:] == (
        "Files", "Properties", "NotificationConfiguration", "LambdaConfigurations", 1,
    )  # fmt: skip


# --- the engine ---------------------------------------------------------------------------------


def _rule(id: str, check: Any) -> Rule:
    return Rule(id, "A title", Severity.WARNING, True, {}, ("https://example.com",), "", check)  # noqa: FBT003


def _every_function(graph: Graph) -> Claims:
    for function in graph.functions():
        yield Claim(Note(function.at, "is a function"))


def _broken(graph: Graph) -> Iterator[Claim]:
    yield from _every_function(graph)
    raise ZeroDivisionError


def test_crash_of_a_check_is_told_and_hides_nothing() -> None:
    template = load(THINGS, "template.yaml")
    verdict = lint([template], [_rule("a/broken", _broken), _rule("a/fine", _every_function)])

    assert [one.rule.id for one in verdict.findings] == ["a/broken", "a/fine"] * 3
    assert [one.internal for one in verdict.problems] == [True]
    assert verdict.problems[0].message.startswith("rule a/broken failed: ZeroDivisionError")


def test_findings_come_in_file_order() -> None:
    templates = [load(THINGS, "b.yaml"), load(THINGS, "a.yaml")]
    verdict = lint(templates, [_rule("a/fine", _every_function)])

    assert [(one.at.location.file, one.resource) for one in verdict.findings] == [
        (file, id) for file in ("a.yaml", "b.yaml") for id in ("Work", "Given", "Staged")
    ]


def test_templates_of_a_run_do_not_influence_each_other() -> None:
    mapping = MAPPING.format("EventSourceArn: !GetAtt Queue.Arn").replace("FN", "work")
    alone = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\n" + _indented(mapping)
    graph = Graph([load(THINGS, "a.yaml"), load(alone, "b.yaml")])

    assert {_wire(trigger) for trigger in graph.triggers()} == {("sqs", "Queue", "lambda:work", "")}


def test_template_with_a_macro_is_passed_over() -> None:
    mapping = _indented(MAPPING.format("EventSourceArn: !GetAtt Queue.Arn").replace("FN", "work"))
    template = load(f"Transform: [AWS::Serverless-2016-10-31, Mine]\n{THINGS}{mapping}", "t.yaml")

    assert list(Graph([template]).triggers()) == []
    verdict = lint([template], [], unknown=True)
    assert [one.reason for one in verdict.unjudged] == ["what the macro Mine changes is unknown"]
