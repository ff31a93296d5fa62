"""Each function of `fixtures/cdk/triggers` is invoked by exactly what the app lets invoke it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lambdalint.files import collect, nested
from lambdalint.graph import External, Graph, Resource
from lambdalint.link import link
from lambdalint.load import load
from lambdalint.template import Template

ASSEMBLY = Path(__file__).parents[1] / "fixtures" / "cdk" / "triggers" / "cdk.out"

# A function, with the alias if that is what is invoked; the kind of its trigger; the source.
TRIGGERS = """
Polled/FromQueue              sqs              Polled/Queue
Polled/FromFifoQueue          sqs              Polled/FifoQueue
Polled/FromImportedQueue      sqs              theirs
Polled/FromQueueByAlias:live  sqs              Polled/AliasQueue
Polled/FromQueueByVersion     sqs              Polled/VersionQueue
Polled/FromFilteredQueue      sqs              Polled/FilteredQueue
Polled/FromQueueSwitchedOff
Polled/FromTwoQueues          sqs              Polled/FirstQueue
Polled/FromTwoQueues          sqs              Polled/SecondQueue
Polled/Nobody
Polled/FromTable              dynamodb         Polled/Table
Polled/FromGlobalTable        dynamodb         Polled/GlobalTable
Polled/FromStream             kinesis          Polled/Stream
Polled/FromConsumer           kinesis          Polled/Stream
Polled/FromManagedKafka       kafka            cluster/orders/0b13cd2e-3a5f-4d6c-8e7f-9a0b1c2d3e4f-2
Polled/FromOwnKafka           kafka            kafka.example.com:9096
Polled/FromBroker             mq               Polled/Broker
Polled/FromDocuments          documentdb       cluster:documents
Polled/FromPipeEnrichment     pipe-enrichment  Polled/PipeQueue
Polled/FromPipe               pipe             Polled/PipeQueue

Pushed/FromBucket                s3                   Pushed/Bucket
Pushed/FromBucketRemoved         s3                   Pushed/Bucket
Pushed/FromBucketByAlias:live    s3                   Pushed/Bucket
Pushed/FromBucketSource          s3                   Pushed/SourceBucket
Pushed/FromBucketSourceV2        s3                   theirs
Pushed/FromBucketQueue           sqs                  Pushed/BucketQueue
Pushed/FromBucketTopic           sns                  Pushed/BucketTopic
Pushed/FromBucketDirectly        s3                   Pushed/DirectBucket
Pushed/FromBucketEvent           eventbridge          default
Pushed/FromTopic                 sns                  Pushed/Topic
Pushed/FromFilteredTopic         sns                  Pushed/FilteredTopic
Pushed/FromImportedTopic         sns                  theirs
Pushed/FromTopicSource           sns                  Pushed/SourceTopic
Pushed/FromTopicByAlias:live     sns                  Pushed/AliasTopic
Pushed/FromTopicQueue            sqs                  Pushed/TopicQueue
Pushed/FromRule                  eventbridge          default
Pushed/FromBusRule               eventbridge          Pushed/Bus
Pushed/FromDisabledRule
Pushed/FromCron                  schedule-rule        Pushed/FromCronRule
Pushed/FromRate                  schedule-rule        Pushed/FromRateRule
Pushed/FromRuleByAlias:live      eventbridge          default
Pushed/FromRuleQueue             sqs                  Pushed/RuleQueue
Pushed/FromRuleTopic             sns                  Pushed/RuleTopic
Pushed/FromSchedule              scheduler            Pushed/Hourly
Pushed/FromScheduleByAlias:live  scheduler            Pushed/HourlyAlias
Pushed/FromUniversalSchedule     scheduler            Pushed/HourlyUniversal
Pushed/FromScheduleSwitchedOff
Pushed/FromScheduleQueue         sqs                  Pushed/ScheduleQueue
Pushed/FromLogs                  logs                 Pushed/Log
Pushed/FromDevice                iot                  Pushed/Devices
Pushed/FromDeviceTrouble         iot                  Pushed/Devices
Pushed/FromMail                  ses                  Pushed/Mail/Rule0
Pushed/FromMailThatWaits         ses-request          Pushed/Mail/Rule0
Pushed/FromSuccess               destination          Pushed/FromChainTopic
Pushed/FromFailure               failure-destination  Pushed/FromChainTopic
Pushed/FromChainTopic            sns                  Pushed/ChainTopic
Pushed/FromDelivery              firehose             Pushed/Delivery

Web/FromRest                      rest-api            Web/Rest
Web/FromRestByAlias:live          rest-api            Web/Rest
Web/FromRestPlain                 rest-api            Web/Rest
Web/FromRestLater                 rest-api            Web/Rest
Web/FromRestByRole                rest-api            Web/Rest
Web/FromRestShort                 rest-api            Web/Rest
Web/FromRestStreamed              rest-api            Web/Rest
Web/FromRestBehindToken           rest-api            Web/Rest
Web/FromTokenAuthorizer           authorizer          Web/Rest
Web/FromRestBehindRequest         rest-api            Web/Rest
Web/FromRequestAuthorizer         authorizer          Web/Rest
Web/FromRestQueue                 sqs                 Web/Mail
Web/FromWholeApi                  rest-api            Web/Whole
Web/FromApiSource                 rest-api            Web/WebFromApiSource9F3C81AD:ApiEventSourceA7A86A4F
Web/FromSpec                      rest-api            Web/Spec
Web/FromSpecAuthorizer            authorizer          Web/Spec
Web/FromHttpDefault               http-api            Web/Http
Web/FromHttp                      http-api            Web/Http
Web/FromHttpByAlias:live          http-api            Web/Http
Web/FromHttpOldFormat             http-api            Web/Http
Web/FromHttpGuarded               http-api            Web/Http
Web/FromHttpAuthorizer            authorizer          Web/Http
Web/FromSocketConnect             websocket-api       Web/Socket
Web/FromSocketAuthorizer          authorizer          Web/Socket
Web/FromSocketDisconnect          websocket-api       Web/Socket
Web/FromSocketAnything            websocket-api       Web/Socket
Web/FromSocketSay                 websocket-api       Web/Socket
Web/FromUrl                       url                 Web/FromUrl/FunctionUrl
Web/FromUrlByAlias:live           url                 Web/FromUrlByAliasLive/FunctionUrl
Web/FromLoadBalancer              alb                 Web/Balancer/Listener/DefaultGroup
Web/FromLoadBalancerByAlias:live  alb                 Web/Balancer/Listener/AliasGroup
Web/FromGraphAuthorizer           appsync-authorizer  Web/Graph
Web/FromGraph                     appsync             Web/Graph
Web/FromChatAuthorizer            appsync-authorizer  Web/Chat
Web/FromChatPublish               appsync             Web/Chat
Web/FromChatSubscribe             appsync             Web/Chat
Web/FromLattice                   vpc-lattice         Web/Lattice

Workflow/FromMap             step-functions  Workflow/Machine
Workflow/FromMapSecond       step-functions  Workflow/Machine
Workflow/FromDistributedMap  step-functions  Workflow/Machine
Workflow/FromBranch          step-functions  Workflow/Machine
Workflow/FromOtherBranch     step-functions  Workflow/Machine
Workflow/FromChoice          step-functions  Workflow/Machine
Workflow/FromTask            step-functions  Workflow/Machine
Workflow/FromCatch           step-functions  Workflow/Machine
Workflow/FromAliasTask:live  step-functions  Workflow/Machine
Workflow/FromToken           step-functions  Workflow/Machine
Workflow/FromDirectTask      step-functions  Workflow/Machine
Workflow/FromCustomState     step-functions  Workflow/Machine
Workflow/FromJsonata         step-functions  Workflow/Inner
Workflow/FromStepQueue       sqs             Workflow/Told
Workflow/FromText            step-functions  Workflow/Written

Identity/FromPreSignUp                    cognito                   Identity/Users
Identity/FromPostConfirmation             cognito                   Identity/Users
Identity/FromCustomEmailSender            cognito-sender            Identity/Users
Identity/FromCustomSmsSender              cognito-sender            Identity/Users
Identity/FromPreAuthentication            cognito                   Identity/Users
Identity/FromPostAuthentication           cognito                   Identity/Users
Identity/FromCustomMessage                cognito                   Identity/Users
Identity/FromUserMigration                cognito                   Identity/Users
Identity/FromDefineAuthChallenge          cognito                   Identity/Users
Identity/FromCreateAuthChallenge          cognito                   Identity/Users
Identity/FromVerifyAuthChallengeResponse  cognito                   Identity/Users
Identity/FromPreTokenGenerationV2         cognito                   Identity/Users
Identity/FromPreTokenGeneration:live      cognito                   Identity/OldUsers
Identity/FromLogin                        transfer                  Identity/Files
Identity/FromDeviceAuthorizer             iot-authorizer            Identity/DeviceAuthorizer
Identity/FromCertificateProvider          iot-certificate-provider  Identity/CertificateProvider

Operations/FromAlarm              alarm                Operations/Alarm
Operations/FromAlarmOk:live       alarm                Operations/Alarm
Operations/FromCompositeAlarm     alarm                Operations/CompositeAlarm
Operations/FromConfigRule         config-rule          Operations/ConfigRule
Operations/FromRotation           secret-rotation      Operations/Secret
Operations/FromRepository         codecommit           Operations/Repository
Operations/FromPipeline           codepipeline         Operations/Pipeline
Operations/RolledOut
Operations/FromBeforeTraffic      codedeploy           Operations/Rollout
Operations/FromAfterTraffic       codedeploy           Operations/Rollout
Operations/FromServiceHook        ecs-hook             Operations/Service/Service
Operations/FromScaling            sns                  Operations/Group/LifecycleHookTerminating/Topic
Operations/FromSettingsVersion    appconfig-extension  Operations/Before
Operations/FromSettingsDeployed   appconfig-event      Operations/After
Operations/FromSettingsValidator  appconfig-validator  Operations/Defaults/ConfigurationProfile
Operations/FromMacro              macro                Operations/Macro
Operations/FromStackHook          cloudformation-hook  Operations/StackHook

Services/FromBot     lex               ABCDEFGHIJ
Services/FromAgent   bedrock-agent     Services/Agent
Services/FromFlow    bedrock-flow      Services/Flow
Services/FromCall    connect           instance/0b13cd2e-3a5f-4d6c-8e7f-9a0b1c2d3e4f
Services/FromObject  s3-object-lambda  Services/Transformed

Deployment/FromCustomResource                               custom-resource      Deployment/Direct
Deployment/FromNamedCustomResource                          custom-resource      Deployment/Named
Deployment/FromProvider                                     cdk-provider         Deployment/Provider/framework-onEvent
Deployment/FromProviderWait                                 cdk-provider         Deployment/Provider/framework-isComplete
Deployment/FromDeployment                                   cdk-trigger-request  Deployment/Deployed/Default
Deployment/FromDeploymentLater                              cdk-trigger          Deployment/DeployedLater/Default
Deployment/SingletonLambda5b5f2d0c7f0e4a539d0e0f3f3a8c1d11  custom-resource      Deployment/Single

EdgeAtHome/FromViewerRequest/Fn   cloudfront-viewer  EdgeAtHome/Pages
EdgeAtHome/FromOriginResponse/Fn  cloudfront-origin  EdgeAtHome/Pages
EdgeAtHome/FromOriginRequest/Fn   cloudfront-origin  EdgeAtHome/Pages

EdgeFunctions/FromViewerRequest   cloudfront-viewer  EdgeAbroad/Pages
EdgeFunctions/FromOriginResponse  cloudfront-origin  EdgeAbroad/Pages
EdgeFunctions/FromOriginRequest   cloudfront-origin  EdgeAbroad/Pages
"""

# What the CDK makes for itself.
HELPERS = """
Pushed/BucketNotificationsHandler050a0587b7544547bf325f094a3db834
Pushed/AWS679f53fac002430cb0da5b7982bd2287
Pushed/AWSb4cf1abd4e4f4bc699441af7ccd9ec37
Pushed/SingletonLambda224e77f9a32e4b4dac32983477abba16
Workflow/Sum/EvalFunction
Deployment/Provider/framework-onEvent
Deployment/Provider/framework-isComplete
Deployment/Provider/framework-onTimeout
Deployment/AWSCDK.TriggerCustomResourceProviderCustomResourceProvider/Handler
Deployment/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler
Deployment/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C
Deployment/AWS679f53fac002430cb0da5b7982bd2287
Deployment/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a
Deployment/AWSCDKCfnUtilsProviderCustomResourceProvider/Handler
Deployment/Custom::AWSCDKOpenIdConnectProviderCustomResourceProvider/Handler
Deployment/@aws-cdk--aws-dynamodb.ReplicaProvider/OnEventHandler
Deployment/@aws-cdk--aws-dynamodb.ReplicaProvider/IsCompleteHandler
Deployment/@aws-cdk--aws-dynamodb.ReplicaProvider/Provider/framework-onEvent
Deployment/@aws-cdk--aws-dynamodb.ReplicaProvider/Provider/framework-isComplete
Deployment/@aws-cdk--aws-dynamodb.ReplicaProvider/Provider/framework-onTimeout
EdgeAbroad/Custom::CrossRegionStringParameterReaderCustomResourceProvider/Handler
"""


@cache
def _templates() -> tuple[Template, ...]:
    files = collect([str(ASSEMBLY)])
    return tuple(link([load(one.text, one.file, {}, one.stack) for one in files], _nested))


def _nested(path: str, parent: Template, _given: dict[str, Any]) -> Template | None:
    file = nested(path, parent.file)
    return load(file.text, file.file, {}, file.stack) if file else None


def test_every_function_is_invoked_by_what_the_app_says() -> None:
    graph = Graph(_templates())
    found = {
        (_invoked(one.function, one.qualifier), one.kind.name, one.source.name)
        for one in graph.triggers()
    }
    idle = {one.name for one in graph.functions()} - {one.function.name for one in graph.triggers()}
    rows = [line.split(maxsplit=2) for line in TRIGGERS.split("\n") if line]

    assert found == {tuple(row) for row in rows if len(row) > 1}
    assert idle == {row[0] for row in rows if len(row) == 1}


def test_functions_of_the_cdk_are_nobodys() -> None:
    graph = Graph(_templates())
    ours = {one.declaration for one in graph.functions()}
    paths = {
        str(one.written.get("Metadata", "aws:cdk:path").data).removesuffix("/Resource")
        for template in _templates()
        for one in template.resources.values()
        if one.type == "AWS::Lambda::Function" and one not in ours
    }

    assert paths == set(HELPERS.split())


@pytest.mark.parametrize(("region", "found"), [("us-east-1", True), ("eu-central-1", False)])
def test_functions_at_the_edge_are_read_from_their_region(region: str, *, found: bool) -> None:
    page = """
    Resources:
      Reader:
        Type: Custom::CrossRegionStringParameterReader
        Properties: {Region: us-east-1, ParameterName: /edge/Guard}
      Page:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            DefaultCacheBehavior:
              LambdaFunctionAssociations:
                - {EventType: viewer-request, LambdaFunctionARN: !GetAtt Reader.FunctionArn}
    """
    edge = """
    Resources:
      Guard: {Type: AWS::Lambda::Function}
      Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Guard}}
      Parameter:
        Type: AWS::SSM::Parameter
        Properties: {Name: /edge/Guard, Value: !Ref Version}
    """
    graph = Graph(
        [
            load(page, "page.yaml", {"AWS::Region": "eu-west-1"}),
            load(edge, "edge.yaml", {"AWS::Region": region}),
        ]
    )
    wires = [(one.kind.name, one.source.id, one.function.id) for one in graph.triggers()]

    assert wires == ([("cloudfront-viewer", "Page", "Guard")] if found else [])


def _invoked(function: Resource | External, qualifier: str) -> str:
    """A function with its alias; the names of versions change with every change of the code."""
    return f"{function.name}:{qualifier}" if qualifier == "live" else function.name
