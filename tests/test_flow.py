"""What is wired is drawn once, and real tools draw it."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner, Result
from conftest import Artist
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint import __version__
from lambdalint.catalog import load_rule, rule_ids
from lambdalint.cli import main
from lambdalint.engine import lint
from lambdalint.flow import Edge, Flow, Node, NodeKind
from lambdalint.flow.label import lines
from lambdalint.flow.trace import trace
from lambdalint.load import load
from lambdalint.report import dot, mermaid
from lambdalint.report.escape import visible
from lambdalint.value import NOWHERE

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
SUBJECTS = [
    *sorted(FIXTURES.glob("sam/*.yaml")),
    *sorted(FIXTURES.glob("cfn/*")),
    FIXTURES / "broken" / "wrong-types.yaml",
    *sorted(FIXTURES.glob("cdk/*/cdk.out")),
]

THINGS = """
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Given: {Type: String}
  Switch: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Work: {Type: AWS::Lambda::Function, Properties: {FunctionName: work}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Work, Name: live}}
  Queue: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Bucket: {Type: AWS::S3::Bucket}
  Table: {Type: AWS::DynamoDB::Table}
  Bus: {Type: AWS::Events::EventBus}
  Rest: {Type: AWS::ApiGateway::RestApi}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
"""


def _traced(*resources: str, things: str = THINGS, stack: str = "") -> Flow:
    """The flow of templates that have these resources beside the things."""
    names = (f"{number}.yaml" for number in range(1, 9))
    texts = (f"{things}{_indented(text)}" for text in resources)
    templates = [load(text, name) for text, name in zip(texts, names, strict=False)]
    for template in templates:
        template.stack = stack
    return trace(templates)


def _indented(resources: str) -> str:
    given = [line for line in resources.splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in given), default=0)
    return "".join(f"  {line[margin:]}\n" for line in given)


def _told(flow: Flow) -> list[str]:
    """A line an edge: `Queue -poll-> Work: label; label when …`."""
    labels = {node.id: node.label for node in flow.nodes}
    return [
        f"{labels[edge.source]} -{edge.model or edge.kind}-> {labels[edge.target]}"
        + (f": {'; '.join(edge.label)}" if edge.label else "")
        + (f" when {edge.when}" if edge.when else "")
        + (" (disabled)" if edge.disabled else "")
        for edge in flow.edges
    ]


def _checked(text: str, name: str = "1.yaml") -> Flow:
    """The flow of a template with all that the rules find in it."""
    template = load(text, name)
    rules = [rule for rule in map(load_rule, rule_ids()) if rule.enabled]
    return trace([template], lint([template], rules).findings)


# --- what is drawn --------------------------------------------------------------------------------

MAPPING = """
Mapping:
  Type: AWS::Lambda::EventSourceMapping
  Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Work, MORE}
"""
METHOD = """
NAMEMethod:
  Type: AWS::ApiGateway::Method
  Properties:
    RestApiId: !Ref Rest
    ResourceId: PARENT
    HttpMethod: NAME
    Integration:
      Uri: !Sub "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Work.Arn}/invocations"
"""
RESOURCES = """
Orders:
  Type: AWS::ApiGateway::Resource
  Properties: {RestApiId: !Ref Rest, PathPart: orders, ParentId: !GetAtt Rest.RootResourceId}
Order:
  Type: AWS::ApiGateway::Resource
  Properties: {RestApiId: !Ref Rest, PathPart: "{id}", ParentId: !Ref Orders}
"""
INTEGRATION = """
Integration:
  Type: AWS::ApiGatewayV2::Integration
  Properties:
    ApiId: !Ref Http
    IntegrationUri: !GetAtt Work.Arn
GetRoute:
  Type: AWS::ApiGatewayV2::Route
  Properties: {ApiId: !Ref Http, RouteKey: GET /a, Target: !Sub "integrations/${Integration}"}
DefaultRoute:
  Type: AWS::ApiGatewayV2::Route
  Properties:
    ApiId: !Ref Http
    RouteKey: $default
    Target: !Join ["/", [integrations, !Ref Integration]]
"""
RULE = """
Rule:
  Type: AWS::Events::Rule
  Properties: {EventPattern: {source: [a]}, Targets: TARGETS}
"""
DESTINATIONS = """
Config:
  Type: AWS::Lambda::EventInvokeConfig
  Properties:
    FunctionName: !Ref Work
    Qualifier: $LATEST
    DestinationConfig: {OnSuccess: {Destination: GOOD}, OnFailure: {Destination: BAD}}
"""
ROLE = """
Role:
  Type: AWS::IAM::Role
  Properties:
    Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: ACTION, Resource: TARGET}]}}]
Act:
  Type: AWS::Lambda::Function
  Properties: {Role: !GetAtt Role.Arn}
"""
ANOTHER = "Other: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}"
DEAD = "!GetAtt Dead.Arn"
QUEUE = "!GetAtt Queue.Arn"


def _may(action: str, target: str) -> str:
    return ROLE.replace("ACTION", action).replace("TARGET", target)


WIRING: dict[str, tuple[str, list[str]]] = {
    "mapping": (MAPPING.replace("MORE", ""), ["Queue -poll-> Work"]),
    "mapping that is off": (
        MAPPING.replace("MORE", "Enabled: false"),
        ["Queue -poll-> Work (disabled)"],
    ),
    "mapping that is on in one stage": (
        MAPPING.replace("MORE", "Enabled: !If [IsProd, true, false]"),
        ["Queue -poll-> Work when Stage = prod"],
    ),
    "mapping that nobody knows to be off": (
        MAPPING.replace("MORE", "Enabled: !Ref Switch"),
        ["Queue -poll-> Work"],
    ),
    "mapping and where it gives up": (
        MAPPING.replace("MORE", f"DestinationConfig: {{OnFailure: {{Destination: {DEAD}}}}}"),
        ["Work -failure-> Dead: on failure", "Queue -poll-> Work"],
    ),
    "alias": (
        MAPPING.replace("!Ref Work", "!Ref Live").replace("MORE", ""),
        ["Queue -poll-> Work"],
    ),
    "queue and its dead-letter queue": (
        f"""
        Low:
          Type: AWS::SQS::Queue
          Properties: {{RedrivePolicy: {{deadLetterTargetArn: {DEAD}, maxReceiveCount: "1"}}}}
        High:
          Type: AWS::SQS::Queue
          Properties: {{RedrivePolicy: {{deadLetterTargetArn: {DEAD}, maxReceiveCount: 5}}}}
        Open:
          Type: AWS::SQS::Queue
          Properties: {{RedrivePolicy: {{deadLetterTargetArn: {DEAD}, maxReceiveCount: !Ref Given}}}}
        """,
        [
            "Low -failure-> Dead: after 1 receive",
            "High -failure-> Dead: after 5 receives",
            "Open -failure-> Dead: dead letters",
        ],
    ),
    "function and its dead-letter queue": (
        f"""
        Act: {{Type: AWS::Lambda::Function, Properties: {{DeadLetterConfig: {{TargetArn: {DEAD}}}}}}}
        """,
        ["Act -failure-> Dead: dead letters"],
    ),
    "subscription": (
        f"""
        Sub:
          Type: AWS::SNS::Subscription
          Properties:
            TopicArn: !Ref Topic
            Protocol: lambda
            Endpoint: !GetAtt Work.Arn
            RedrivePolicy: {{deadLetterTargetArn: {DEAD}}}
        """,
        ["Topic -async-> Work", "Topic -failure-> Dead: undelivered"],
    ),
    "pipe and where it gives up": (
        f"""
        Stream: {{Type: AWS::Kinesis::Stream}}
        Pipe:
          Type: AWS::Pipes::Pipe
          Properties:
            Source: !GetAtt Stream.Arn
            SourceParameters: {{KinesisStreamParameters: {{DeadLetterConfig: {{Arn: {DEAD}}}}}}}
            Target: !GetAtt Work.Arn
        """,
        ["Stream -poll-> Work", "Stream -failure-> Dead: dead letters"],
    ),
    "subscriber of a bus": (
        f"""
        Bus: {{Type: AWS::Events::EventBus}}
        Sub:
          Type: AWS::EventsV2::Subscriber
          Properties:
            EventBusArn: !GetAtt Bus.Arn
            InvokeConfiguration:
              TargetArn: !GetAtt Work.Arn
              LambdaParameters: {{InvocationType: REQUEST_RESPONSE}}
            OnFailureConfiguration: {{Arn: {DEAD}}}
        """,
        ["Bus -sync-> Work", "Bus -failure-> Dead: dead letters"],
    ),
    "bucket, topic, queue": (
        f"""
        Files:
          Type: AWS::S3::Bucket
          Properties:
            NotificationConfiguration:
              TopicConfigurations: [{{Event: "s3:ObjectCreated:Put", Topic: !Ref Topic}}]
        Sub:
          Type: AWS::SNS::Subscription
          Properties: {{TopicArn: !Ref Topic, Protocol: sqs, Endpoint: {QUEUE}}}
        """,
        ["Topic -delivery-> Queue", "Files -delivery-> Topic: ObjectCreated:Put"],
    ),
    "topic of a parameter and queue": (
        f"""
        Sub:
          Type: AWS::SNS::Subscription
          Properties: {{TopicArn: !Ref Given, Protocol: sqs, Endpoint: {QUEUE}}}
        """,
        ["${Given} -delivery-> Queue"],
    ),
    "two notifications about the same function": (
        """
        Files:
          Type: AWS::S3::Bucket
          Properties:
            NotificationConfiguration:
              LambdaConfigurations:
                - {Event: "s3:ObjectCreated:*", Function: !GetAtt Work.Arn}
                - {Event: "s3:ObjectRemoved:*", Function: !GetAtt Work.Arn}
        """,
        ["Files -async-> Work: ObjectCreated:*; ObjectRemoved:*"],
    ),
    "bucket on the default bus": (
        """
        Files:
          Type: AWS::S3::Bucket
          Properties: {NotificationConfiguration: {EventBridgeConfiguration: {}}}
        """,
        ["Files -delivery-> default event bus"],
    ),
    "rule with one target is an edge": (
        RULE.replace("TARGETS", "[{Id: a, Arn: !GetAtt Work.Arn}]"),
        ["default event bus -async-> Work: Rule"],
    ),
    "rule for an alias": (
        RULE.replace("TARGETS", "[{Id: a, Arn: !Ref Live}]"),
        ["default event bus -async-> Work: Rule"],
    ),
    "rule with one target and what it cannot deliver": (
        RULE.replace("TARGETS", f"[{{Arn: {QUEUE}, DeadLetterConfig: {{Arn: {DEAD}}}}}]"),
        [
            "default event bus -delivery-> Queue: Rule",
            "default event bus -failure-> Dead: Rule; undelivered",
        ],
    ),
    "rule with two targets is a node": (
        RULE.replace("TARGETS", f"[{{Arn: !GetAtt Work.Arn}}, {{Arn: {QUEUE}}}]"),
        [
            "Rule -async-> Work",
            "Rule -delivery-> Queue",
            "default event bus -delivery-> Rule",
        ],
    ),
    "rule on a bus of its own, and off": (
        RULE.replace("{EventP", "{EventBusName: !Ref Bus, State: DISABLED, EventP").replace(
            "TARGETS", "[{Arn: !GetAtt Work.Arn}]"
        ),
        ["Bus -async-> Work: Rule (disabled)"],
    ),
    "scheduled rule": (
        RULE.replace("EventPattern: {source: [a]}", "ScheduleExpression: rate(1 day)").replace(
            "TARGETS", "[{Arn: !GetAtt Work.Arn}]"
        ),
        ["Rule -async-> Work: rate(1 day)"],
    ),
    "schedule for a state machine": (
        """
        Machine:
          Type: AWS::StepFunctions::StateMachine
          Properties:
            Definition: {States: {Do: {Type: Task, Resource: !GetAtt Work.Arn}}}
        Daily:
          Type: AWS::Scheduler::Schedule
          Properties:
            ScheduleExpression: !Sub "rate(${Given} days)"
            Target: {Arn: !GetAtt Machine.Arn, RoleArn: x}
        """,
        ["Machine -sync-> Work", "Daily -delivery-> Machine: rate(${Given} days)"],
    ),
    "results and failures of a function": (
        DESTINATIONS.replace("GOOD", "!Ref Bus").replace("BAD", "!Ref Topic"),
        ["Work -failure-> Topic: on failure", "Work -success-> Bus: on success"],
    ),
    "results for a function": (
        f"{DESTINATIONS}Act: {{Type: AWS::Lambda::Function}}".replace("GOOD", "!GetAtt Act.Arn")
        .replace("BAD", "!Ref Live"),
        ["Work -failure-> Work: on failure", "Work -success-> Act: on success"],
    ),
    "methods of an API": (
        RESOURCES
        + METHOD.replace("NAME", "GET").replace("PARENT", "!Ref Order")
        + METHOD.replace("NAME", "POST").replace("PARENT", "!Ref Orders")
        + METHOD.replace("NAME", "ANY").replace("PARENT", "!GetAtt Rest.RootResourceId")
        + METHOD.replace("NAME", "PUT").replace("PARENT", "!Ref Given"),
        ["Rest -sync-> Work: GET /orders/{id}; POST /orders; ANY /; PUT …"],
    ),
    "routes of an API": (INTEGRATION, ["Http -sync-> Work: GET /a; $default"]),
    "API that is nothing but a function": (
        """
        Quick:
          Type: AWS::ApiGatewayV2::Api
          Properties: {ProtocolType: HTTP, Target: !GetAtt Work.Arn, RouteKey: GET /quick}
        """,
        ["Quick -sync-> Work: GET /quick"],
    ),
    "authorizer": (
        """
        Guard:
          Type: AWS::ApiGatewayV2::Authorizer
          Properties: {ApiId: !Ref Http, AuthorizerUri: !GetAtt Work.Arn}
        """,
        ["Http -sync-> Work: authorizer"],
    ),
    "user pool": (
        """
        Pool:
          Type: AWS::Cognito::UserPool
          Properties:
            LambdaConfig:
              PreSignUp: !GetAtt Work.Arn
              PostAuthentication: !If [IsProd, !GetAtt Work.Arn, !Ref AWS::NoValue]
              CustomEmailSender: {LambdaArn: !GetAtt Work.Arn}
        """,
        [
            "Pool -sync-> Work: PreSignUp; PostAuthentication",
            "Pool -async-> Work: CustomEmailSender",
        ],
    ),
    "custom resources": (
        """
        First: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Work.Arn}}
        Second: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Work.Arn, Enabled: false}}
        """,
        ["CloudFormation -async-> Work: First; Second"],
    ),
    "mapping of Kafka topics": (
        MAPPING.replace("!GetAtt Queue.Arn", "!Ref Given").replace("MORE", "Topics: [a, b]"),
        ["${Given} -poll-> Work: a; b"],
    ),
    "function that may call another": (
        _may("lambda:InvokeFunction", "!GetAtt Work.Arn"),
        ["Act -invoke-> Work: may invoke"],
    ),
    "function that may write into a bucket": (
        _may("s3:PutObject", '!Sub "${Bucket.Arn}/*"'),
        ["Act -write-> Bucket: may write"],
    ),
    "function that may write into any bucket": (_may("s3:PutObject", '"*"'), []),
    "function that may send": (
        _may("[sqs:SendMessage, 'sns:*']", f"[!Ref Topic, {QUEUE}, 'arn:aws:sqs:a:1:far']"),
        ["Act -write-> Queue: may send", "Act -write-> Topic: may publish"],
    ),
    "function that may do something else": (_may("sqs:ReceiveMessage", QUEUE), []),
    "function that may not": (
        _may("sqs:SendMessage", QUEUE).replace("Allow", "Deny"),
        [],
    ),
    "functions that share the permission": (
        f"{_may('sqs:SendMessage', QUEUE)}{ANOTHER}",
        [],
    ),
    "the one of two that knows what it is for": (
        f"{_may('sqs:SendMessage', QUEUE)}{ANOTHER}".replace(
            "{Role", "{Environment: {Variables: {Q: !Ref Queue}}, Role", 1
        ),
        ["Act -write-> Queue: may send"],
    ),
    "table that nobody follows": (_may("dynamodb:PutItem", "!GetAtt Table.Arn"), []),
    "table with a stream": (
        _may("dynamodb:PutItem", "!GetAtt Table.Arn")
        + MAPPING.replace("Queue.Arn", "Table.StreamArn").replace("MORE", ""),
        ["Table -poll-> Work", "Act -write-> Table: may write"],
    ),
    "permission for Lambda to send, not for the function": (
        _may("[sqs:SendMessage, lambda:InvokeFunction]", f"[{DEAD}, {QUEUE}, !GetAtt Work.Arn]")
        + DESTINATIONS.replace("!Ref Work", "!Ref Act").replace("GOOD", "!GetAtt Work.Arn")
        .replace("BAD", DEAD),
        [
            "Act -success-> Work: on success",
            "Act -failure-> Dead: on failure",
            "Act -write-> Queue: may send",
        ],
    ),
    "what CDK makes for itself": (
        """
        LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a: {Type: AWS::Lambda::Function}
        Own:
          Type: Custom::LogRetention
          Properties: {ServiceToken: !GetAtt LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a.Arn}
        """,
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("wiring", WIRING)
def test_wiring_is_drawn(wiring: str) -> None:
    resources, told = WIRING[wiring]

    assert sorted(_told(_traced(resources))) == sorted(told)


def test_methods_in_a_body_and_events_of_sam_are_requests() -> None:
    flow = trace([load((FIXTURES / "sam" / "openapi.yaml").read_text("utf-8"), "a.yaml")])
    sam = """
        Act:
          Type: AWS::Serverless::Function
          Properties:
            Events:
              Get: {Type: Api, Properties: {Path: "/a/{b}", Method: get}}
              Any: {Type: Api, Properties: {Path: /a, Method: any}}
              Rest: {Type: HttpApi}
        """

    assert "BookingApi -async-> ReportFunction: POST /season-report" in _told(flow)
    assert _told(_traced(sam)) == [
        "ServerlessHttpApi -sync-> Act: $default",
        "ServerlessRestApi -sync-> Act: ANY /a; GET /a/{b}",
    ]


def test_nodes_are_functions_and_what_is_wired() -> None:
    flow = _traced(
        f"""
        Redriven:
          Type: AWS::SQS::Queue
          Properties: {{QueueName: orders, RedrivePolicy: {{deadLetterTargetArn: {DEAD}}}}}
        """
    )

    assert [(node.id, node.label, node.kind, node.name) for node in flow.nodes] == [
        ("n1", "Work", "function", "work"),
        ("n2", "Dead", "dlq", ""),
        ("n3", "Redriven", "queue", "orders"),
    ]
    assert [node.at.path for node in flow.nodes if node.at] == [
        ("Resources", id) for id in ("Work", "Dead", "Redriven")
    ]


def test_what_is_outside_is_merged_by_what_it_is() -> None:
    arn = "arn:aws:sqs:eu-west-1:1:far"
    mappings = "".join(
        MAPPING.replace("Mapping:", f"Mapping{number}:")
        .replace("!GetAtt Queue.Arn", source)
        .replace("MORE", "")
        for number, source in enumerate(
            [arn, arn, "!Ref Given", "!Ref Given", "!ImportValue x", "!ImportValue x"]
        )
    )
    flow = _traced(mappings, mappings)

    outside = [node for node in flow.nodes if node.external]
    # What the template does not tell at all may be two things.
    assert [node.label for node in outside] == ["far", "${Given}", "?", "?"] * 2
    assert [node.kind for node in outside] == ["queue"] * 8
    assert [node.template.file for node in outside if node.template] == ["1.yaml"] * 4 + [
        "2.yaml"
    ] * 4


def test_stacks_of_an_assembly_share_what_is_outside() -> None:
    rule = RULE.replace("TARGETS", "[{Arn: !GetAtt Work.Arn}]")
    alone, together = _traced(rule, rule), _traced(rule, rule, stack="shop")

    assert _told(alone) == _told(together) == ["default event bus -async-> Work: Rule"] * 2
    assert len(alone.nodes) == 4
    assert len(together.nodes) == 3


def test_edge_may_lead_into_another_template() -> None:
    exported = """
Resources:
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  Q: {Value: !GetAtt Queue.Arn, Export: {Name: queue}}
"""
    reading = f"Resources:\n  Work: {{Type: AWS::Lambda::Function}}\n{_indented(MAPPING)}"
    reading = reading.replace("!GetAtt Queue.Arn", "!ImportValue queue").replace("MORE", "")
    flow = trace([load(exported, "a.yaml"), load(reading, "b.yaml")])

    assert _told(flow) == ["Queue -poll-> Work"]
    assert [node.template.file for node in flow.nodes if node.template] == ["a.yaml", "b.yaml"]
    assert "subgraph" in mermaid.render(flow)


def test_constructs_are_called_by_what_tells_them_apart() -> None:
    text = """
Resources:
  A1: {Type: AWS::Lambda::Function, Metadata: {"aws:cdk:path": App/Shop/Web/Get/Resource}}
  B2: {Type: AWS::Lambda::Function, Metadata: {"aws:cdk:path": App/Shop/Put/Resource}}
"""

    assert [node.label for node in trace([load(text, "a.json")]).nodes] == ["Web/Get", "Put"]


def test_sam_and_plain_cloudformation_flow_alike() -> None:
    flows = [
        trace([load((FIXTURES / kind / "order-pipeline.yaml").read_text("utf-8"), "a.yaml")])
        for kind in ("sam", "cfn")
    ]

    assert sorted(_told(flows[0])) == sorted(_told(flows[1]))
    assert "OrderQueue -poll-> ValidateOrderFunction" in _told(flows[0])


# --- findings -------------------------------------------------------------------------------------


def test_findings_are_where_they_belong() -> None:
    flow = _checked((FIXTURES / "sam" / "order-pipeline.yaml").read_text("utf-8"))
    labels = {node.id: node.label for node in flow.nodes}
    marked = {
        f"{labels[edge.source]} {edge.kind} {labels[edge.target]}": {
            finding.rule.id for finding in edge.findings
        }
        for edge in flow.edges
        if edge.findings
    }

    assert marked == {
        "OrderQueue trigger ValidateOrderFunction": {
            "sqs/batch-without-window",
            "sqs/no-dead-letter-queue",
            "sqs/no-partial-batch-response",
            "sqs/short-visibility-timeout",
        },
        "ValidateOrderFunction failure OrderFailures": {"mapping/dead-letter-queue-on-function"},
        "PaymentQueue trigger ChargePaymentFunction": {
            "sqs/fifo-batch-too-large",
            "sqs/low-max-receive-count",
        },
        "InvoiceQueue trigger CreateInvoiceFunction": {"sqs/visibility-below-timeout"},
        "OrderEventsTopic trigger NotifyCustomerFunction": {"sns/no-dead-letter-queue"},
        "OrderEventsTopic trigger StatisticsFunction": {"async/no-failure-destination"},
    }
    assert not any(node.findings for node in flow.nodes)


def test_finding_of_no_edge_is_that_of_its_node() -> None:
    flow = _checked(
        "Resources:\n  A: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs6.10}}"
    )

    assert [finding.rule.id for finding in flow.nodes[0].findings] == [
        "function/deprecated-runtime"
    ]
    assert "A<br>function/deprecated-runtime" in mermaid.render(flow)
    assert r"A\nfunction/deprecated-runtime" in dot.render(flow)


def test_finding_about_a_rule_marks_the_way_it_is_drawn() -> None:
    rule = RULE.replace("TARGETS", f"[{{Arn: {QUEUE}}}, {{Arn: !GetAtt Work.Arn}}]")
    flow = _checked(f"{THINGS}{_indented(rule)}")
    labels = {node.id: node.label for node in flow.nodes}

    assert [
        (labels[edge.source], labels[edge.target])
        for edge in flow.edges
        if "permission/missing" in {finding.rule.id for finding in edge.findings}
    ] == [("Rule", "Work"), ("Rule", "Queue")]


# --- focus ----------------------------------------------------------------------------------------

LINK = """
Q0:
  Type: AWS::SQS::Queue
  Properties: {QueueName: q-0, RedrivePolicy: {deadLetterTargetArn: !GetAtt Q1.Arn}}
"""
CHAIN = (
    "".join(
        LINK.replace("Q1", f"Q{number + 1}")
        .replace("Q0", f"Q{number}")
        .replace("q-0", f"q-{number}")
        for number in range(5)
    )
    + "Q5: {Type: AWS::SQS::Queue}"
)


@pytest.mark.parametrize(
    ("name", "hops", "seen"),
    [
        ("Q2", 1, "Q1 Q2 Q3"),
        ("q-2", 1, "Q1 Q2 Q3"),
        ("Q2", 2, "Q0 Q1 Q2 Q3 Q4"),
        ("Q0", 2, "Q0 Q1 Q2"),
        ("Q5", 0, "Q5"),
        ("Q5", 99, "Q0 Q1 Q2 Q3 Q4 Q5"),
    ],
)
def test_focus_follows_the_flow_both_ways(name: str, hops: int, seen: str) -> None:
    flow = _traced(CHAIN)
    around = flow.around(flow.named(name), hops)

    assert [node.label for node in around.nodes] == seen.split()
    assert len(around.edges) == len(around.nodes) - 1


def test_siblings_are_not_in_focus() -> None:
    own = MAPPING.replace("MORE", "")
    other = own.replace("Mapping:", "OtherMapping:").replace("!Ref Work", "!Ref Other")
    flow = _traced(f"{own}{other}Other: {{Type: AWS::Lambda::Function}}")

    assert _told(flow) == ["Queue -poll-> Work", "Queue -poll-> Other"]
    assert _told(flow.around(flow.named("Work"), 2)) == ["Queue -poll-> Work"]
    # What makes an edge stands for its ends.
    assert [node.label for node in flow.named("OtherMapping")] == ["Queue", "Other"]


# --- real tools -----------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_mermaid_and_graphviz_draw_every_fixture(
    subject: Path, draw: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FIXTURES)
    name = str(subject.relative_to(FIXTURES))
    report = json.loads(graph(name, "--format", "json").stdout)
    flowchart = draw("mermaid", graph(name).stdout)
    digraph = draw("dot", graph(name, "--format", "dot").stdout)

    nodes = ["\n".join([node["label"], *node["findings"]]) for node in report["nodes"]]
    stacks = {node["stack"] for node in report["nodes"]}
    assert [label for label in flowchart.nodes if label not in stacks] == nodes
    assert sorted(digraph.nodes) == sorted(nodes)
    assert sorted(digraph.edges) == sorted(flowchart.edges)
    rules = {rule for edge in report["edges"] for rule in edge["findings"]}
    assert rules <= {line for label in flowchart.edges for line in label.splitlines()}


KINDS: tuple[NodeKind, ...] = get_args(NodeKind)
SHOWN = st.text(min_size=1, max_size=60).filter(str.strip)
TRAPS = st.lists(
    st.sampled_from(
        ["style", "classDef", ":", "#", ";", "#quot;", "&lt;", "<br>", "]", '"', "`", "1.", "- ",
         "**", "__", "$$", "fa:fa-bolt", "%%", "\\n", "\\N", "\\", "end", "x", " ", "\x1b[0m",
         "\u202e", "\ud800", "A@{", "|", "~~", "https://a.b", "::: "]
    ),
    min_size=1,
    max_size=8,
).map("".join).filter(str.strip)  # fmt: skip


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(SHOWN | TRAPS, min_size=1, max_size=12))
def test_labels_of_any_characters_are_shown_as_they_are(draw: Artist, labels: list[str]) -> None:
    nodes = tuple(
        Node(f"n{number}", KINDS[number % len(KINDS)], label) for number, label in enumerate(labels)
    )
    edges = tuple(
        Edge(
            "n0", node.id, "trigger", "poll", (node.label, "x"), "", (), disabled=False, at=NOWHERE
        )
        for node in nodes
    )
    flow = Flow(nodes, edges)
    seen = [_squeezed(visible(label)) for label in labels]

    flowchart = draw("mermaid", mermaid.render(flow))
    assert [*map(_squeezed, flowchart.nodes)] == seen
    assert [*map(_squeezed, flowchart.edges)] == [_squeezed(f"{label} x") for label in seen]

    # Graphviz leaves to a browser what looks like an entity.
    digraph = draw("dot", dot.render(flow))
    entities = [unescape(label) for label in seen]
    assert sorted(_squeezed(unescape(label)) for label in digraph.nodes) == sorted(
        map(_squeezed, entities)
    )
    assert "\x1b" not in mermaid.render(flow) + dot.render(flow)


def _squeezed(label: str) -> str:
    """A label as HTML shows it: the width of white space is nothing that it tells."""
    return " ".join(label.split())


def test_long_names_and_lists_are_cut() -> None:
    label = tuple(f"GET /{number}" for number in range(9))
    edge = Edge("n1", "n1", "trigger", "sync", label, "A" * 99, (), disabled=True, at=NOWHERE)
    flow = Flow((Node("n1", "api", "x" * 20_000),), (edge,))

    assert lines(edge) == [
        "GET /0", "GET /1", "and 7 more", "disabled", "in some deployments",
    ]  # fmt: skip
    assert lines(edge._replace(label=label[:3], when="Stage = prod", disabled=False)) == [
        "GET /0", "GET /1", "GET /2", "when Stage = prod",
    ]  # fmt: skip
    assert max(len(mermaid.render(flow)), len(dot.render(flow))) < 1000


# --- the command ----------------------------------------------------------------------------------

TEMPLATE = f"{THINGS}{_indented(MAPPING.replace('MORE', 'BatchSize: !If [IsProd, 11, 1]'))}"
BROKEN = "Resources:\n  Queue: {Type: AWS::SQS::Queue\n"


def graph(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["graph", *args], input=stdin)


def put(path: str, text: str = TEMPLATE) -> None:
    Path(path).write_text(text, "utf-8")


@pytest.mark.usefixtures("home")
class TestCommand:
    """What `lambdalint graph` does with its options."""

    def test_findings_are_marked_and_no_failure(self) -> None:
        put("template.yaml")

        result = graph()
        assert (result.exit_code, result.stderr) == (0, "")
        assert "sqs/batch-without-window" in result.stdout
        assert "sqs/" not in graph("--no-findings").stdout
        assert "batch" not in graph("--parameter", "Stage=dev").stdout

    def test_json_says_everything(self) -> None:
        put("template.yaml")
        report = json.loads(graph("--format", "json").stdout)
        (edge,) = report["edges"]
        queue = next(node for node in report["nodes"] if node["id"] == edge["from"])

        assert report["version"] == 1
        assert report["tool"] == {"name": "lambdalint", "version": __version__}
        assert report["errors"] == []
        assert queue == {
            "id": "n2",
            "type": "AWS::SQS::Queue",
            "kind": "queue",
            "label": "Queue",
            "external": False,
            "resource": "Queue",
            "construct_path": None,
            "name": None,
            "stack": None,
            **_span(11, 3, 8),
            "findings": [],
        }
        findings = edge.pop("findings")
        assert edge == {
            "from": "n2",
            "to": "n1",
            "kind": "trigger",
            "model": "poll",
            "label": [],
            "when": None,
            "via": ["Mapping"],
            "disabled": False,
            "loops": False,
            **_span(19, 3, 10),
        }
        assert "sqs/batch-without-window" in findings

    def test_what_is_outside_has_no_place(self) -> None:
        put("template.yaml", TEMPLATE.replace("!GetAtt Queue.Arn", "arn:aws:sqs:a:1:far"))
        nodes = json.loads(graph("--format", "json").stdout)["nodes"]
        (far,) = (node for node in nodes if node["external"])

        assert (far["label"], far["name"], far["kind"]) == ("far", "far", "queue")
        assert (far["type"], far["resource"], far["file"], far["line"]) == (None,) * 4

    def test_output_goes_into_a_file(self) -> None:
        put("template.yaml")

        assert graph("--output", "flow.mmd").stdout == ""
        assert Path("flow.mmd").read_text("utf-8") == graph().stdout
        assert graph("--output", "nope/flow.mmd").exit_code == 2

    def test_stdin_has_the_name_it_is_given(self) -> None:
        result = graph("-", "--stdin-filename", "a.yaml", "--format", "json", stdin=TEMPLATE)

        assert {node["file"] for node in json.loads(result.stdout)["nodes"]} == {"a.yaml"}

    def test_templates_are_clusters(self) -> None:
        Path("shop").mkdir()
        put("shop/a.yaml")
        put("shop/b.yaml")

        assert 'subgraph s2["b.yaml"]' in graph().stdout
        assert 'label="b.yaml"' in graph("--format", "dot").stdout
        assert "subgraph" not in graph("shop/a.yaml").stdout
        assert "b.yaml" not in graph("--exclude", "b.yaml").stdout

    def test_focus_and_hops(self) -> None:
        put("template.yaml", f"{THINGS}{_indented(CHAIN)}")

        assert graph("--focus", "Q3").stdout.count("AWS") == 0
        assert graph("--focus", "Q3").stdout.count("-.-x") == 4
        assert graph("--focus", "Q3", "--hops", "1").stdout.count("-.-x") == 2
        assert graph("--focus", "Q0", "--focus", "Q5", "--hops", "1").stdout.count("-.-x") == 2

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (
                ["--focus", "Queu"],
                "--focus: nothing in the flow is called 'Queu', did you mean Queue?",
            ),
            (["--hops", "-1"], "--hops"),
            (["--format", "text"], "is not one of 'mermaid', 'dot', 'json'"),
            (["--config", "a.toml", "--no-config"], "exclude each other"),
            (["--parameter", "Stge=prod"], "did you mean Stage?"),
            (["nope.yaml"], "nope.yaml: error: there is no such file or folder"),
        ],
    )
    def test_bad_usage_exits_with_2_and_says_why(self, args: list[str], said: str) -> None:
        put("template.yaml")

        result = graph(*args)
        assert result.exit_code == 2
        assert said in result.stderr

    @pytest.mark.parametrize("format", ["mermaid", "dot", "json"])
    def test_template_that_cannot_be_read_hides_no_other(self, format: str) -> None:
        put("broken.yaml", BROKEN)
        put("template.yaml")

        result = graph("--format", format)
        assert result.exit_code == 2
        assert "Work" in result.stdout
        assert "broken YAML" in (result.stdout if format == "json" else result.stderr)

    def test_failure_of_a_rule_exits_with_3_and_draws(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from lambdalint.checks import sqs  # noqa: PLC0415

        def broken(graph: object) -> None:
            raise ZeroDivisionError(graph)

        monkeypatch.setattr(sqs, "batch_without_window", broken)
        put("template.yaml")

        result = graph()
        assert result.exit_code == 3
        assert "n2 -->" in result.stdout
        assert "rule sqs/batch-without-window failed" in result.stderr

    def test_what_is_not_drawn_is_said(self) -> None:
        put("template.yaml", f"Transform: Ours\n{TEMPLATE}")

        assert "template.yaml: not drawn, nobody knows what Ours makes of it" in graph().stderr
        assert "no events flow in these templates" in graph().stderr
        assert "no template found in this folder" in graph("--exclude", "*.yaml").stderr

    def test_flowchart_that_mermaid_refuses_is_said(self, draw: Artist) -> None:
        fan = "".join(
            f"M{number}: {{Type: AWS::Lambda::EventSourceMapping, Properties: "
            "{EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Work}}\n"
            for number in range(501)
        )
        put("template.yaml", f"{THINGS}{_indented(fan)}")

        result = graph("--no-findings")
        assert "501 edges" in result.stderr
        with pytest.raises(AssertionError, match="Edge limit exceeded"):
            draw("mermaid", result.stdout)
        assert "edges" not in graph("--no-findings", "--focus", "M1", "--format", "dot").stderr

    def test_control_characters_never_reach_the_terminal(self) -> None:
        put("template.yaml", TEMPLATE.replace("Work", '"W\\x1b[31mork"'))
        for format in ("mermaid", "dot", "json"):
            result = graph("--format", format)

            assert "31mork" in result.stdout
            assert "\x1b" not in result.output


def _span(line: int, column: int, end_column: int) -> dict[str, object]:
    return {
        "file": "template.yaml",
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": end_column,
    }
