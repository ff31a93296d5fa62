"""What SAM makes of a template is read at the places where the template says it."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from lambdalint.catalog import load_rule
from lambdalint.engine import lint
from lambdalint.graph import Graph
from lambdalint.load import load
from lambdalint.value import Ref
from lambdalint.world import World

HEAD = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
"""
FUNCTION = "Type: AWS::Serverless::Function"


def _template(resources: str) -> str:
    body = "".join(f"  {line}\n" for line in dedent(resources).splitlines())
    return f"{HEAD}\nResources:\n{body}"


# --- what AWS does not translate ----------------------------------------------------------------


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
    resources = f"""
        Work:
          {FUNCTION}
          Properties:
            Events: {{Daily: {{Type: Schedule, Properties: {{Schedule: rate(1 day)}}}}}}
        """
    without = _template(resources).replace("Transform: AWS::Serverless-2016-10-31\n", "")
    graph = Graph([load(without, "template")])

    assert [(one.kind.name, one.function.id) for one in graph.triggers()] == [
        ("schedule-rule", "Work")
    ]


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("!Ref Work.Alias", Ref("WorkAliaslive")),
        ("!GetAtt Work.Alias.Name", Ref("WorkAliaslive", "Name")),
        ("{'Fn::GetAtt': [Work.Alias, Name]}", Ref("WorkAliaslive", "Name")),
        ("!Sub '${Work.Alias.Name}'", Ref("WorkAliaslive", "Name")),
        ("!Ref Work.Version", Ref("WorkVersion")),
        ("!GetAtt Work.DestinationQueue.Arn", Ref("WorkEventInvokeConfigOnFailureQueue", "Arn")),
        ("!Ref Work.DestinationTopic", Ref("WorkEventInvokeConfigOnSuccessTopic")),
        ("!GetAtt Work.Arn", Ref("Work", "Arn")),
    ],
)
def test_what_sam_makes_can_be_pointed_at(written: str, settled: Ref) -> None:
    template = load(
        _template(f"""
            Work:
              {FUNCTION}
              Properties:
                AutoPublishAlias: live
                EventInvokeConfig:
                  DestinationConfig: {{OnFailure: {{Type: SQS}}, OnSuccess: {{Type: SNS}}}}
            Told: {{Type: AWS::SSM::Parameter, Properties: {{Value: {written}}}}}
            """),
        "template",
    )
    scope = World({}).scope(template)

    assert scope.properties(template.resources["Told"]).data["Value"].data == settled


def test_strange_names_of_routes_are_read() -> None:
    template = load(
        _template("Chat: {Type: AWS::Serverless::WebSocketApi, Properties: {Routes: {1: {}}}}"),
        "template",
    )

    assert "Chat1Route" in template.resources


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
