"""Definitions of workflows and APIs may lie in files beside the template."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambdalint.graph import Graph
from lambdalint.load import load

pytestmark = pytest.mark.usefixtures("home")

WORK = "arn:aws:states:::lambda:invoke"
STATES = {
    "States": {"Do": {"Type": "Task", "Resource": WORK, "Parameters": {"FunctionName": "${Work}"}}}
}
MACHINE = """
Resources:
  Work: {{Type: AWS::Lambda::Function}}
  Machine:
    Type: {type}
    Properties:
      {key}: {file}
      DefinitionSubstitutions: {{Work: !GetAtt Work.Arn}}
"""
API = """
Resources:
  Work: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: work}}}}
  Api:
    Type: {type}
    Properties: {{{key}: api.yaml, StageName: a}}
"""
BODY = """
openapi: 3.0.1
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:work/invocations"
"""


def _invokers(text: str, file: str = "template.yaml") -> list[tuple[str, str]]:
    (work,) = (graph := Graph([load(text, file)])).functions()
    return [(one.kind.name, one.source.id) for one in graph.invokers(work)]


@pytest.mark.parametrize(
    ("type", "key"),
    [
        ("AWS::Serverless::StateMachine", "DefinitionUri"),
        ("AWS::StepFunctions::StateMachine", "DefinitionS3Location"),
    ],
)
@pytest.mark.parametrize("file", ["flow.asl.json", "flow/flow.asl.yaml"])
def test_workflow_may_lie_in_a_file(type: str, key: str, file: str) -> None:
    Path("flow").mkdir()
    Path(file).write_text(json.dumps(STATES), "utf-8")

    assert _invokers(MACHINE.format(type=type, key=key, file=file)) == [
        ("step-functions", "Machine")
    ]


@pytest.mark.parametrize(
    ("type", "key", "kind"),
    [
        ("AWS::Serverless::Api", "DefinitionUri", "rest-api"),
        ("AWS::Serverless::HttpApi", "DefinitionUri", "http-api"),
        ("AWS::ApiGateway::RestApi", "BodyS3Location", "rest-api"),
        ("AWS::ApiGatewayV2::Api", "BodyS3Location", "http-api"),
    ],
)
def test_api_may_lie_in_a_file(type: str, key: str, kind: str) -> None:
    Path("api.yaml").write_text(BODY, "utf-8")

    assert _invokers(API.format(type=type, key=key)) == [(kind, "Api")]


@pytest.mark.parametrize(
    "file", ["missing.json", "../flow.json", "s3://bucket/flow.json", "link.json"]
)
def test_other_files_are_unknown(file: str, tmp_path: Path) -> None:
    (tmp_path / "flow.json").write_text(json.dumps(STATES), "utf-8")
    Path("inside/.git").mkdir(parents=True)
    Path("inside/link.json").symlink_to(tmp_path / "flow.json")
    machine = MACHINE.format(type="AWS::Serverless::StateMachine", key="DefinitionUri", file=file)

    assert _invokers(machine, "inside/template.yaml") == []
