"""What macros leave unknown, and what files beside a template say."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from lambdalint.catalog import load_rule
from lambdalint.engine import Verdict, lint
from lambdalint.graph import Graph, Resource
from lambdalint.load import load
from lambdalint.template import Template
from lambdalint.value import Unknown

INCLUDE = "{Name: AWS::Include, Parameters: {Location: s3://bucket/part.yaml}}"
MACRO = "{Name: Ours}"


def _load(body: str, file: str = "template.yaml") -> Template:
    return load(dedent(body), file)


def _function(body: str) -> Resource:
    (function,) = Graph([_load(body)]).functions()
    return function


def _verdict(body: str, file: str = "template.yaml") -> Verdict:
    rules = [load_rule("sqs/visibility-below-timeout")]
    return lint([_load(body, file)], rules, unknown=True)


QUEUES = """
    Mappings:
      Map: {a: {b: 1}}
    Conditions:
      Never: !Equals [a, b]
    Resources:
      Queue:
        Type: AWS::SQS::Queue
        Properties: {VisibilityTimeout: 10}
      Mapping:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: !Ref Function}
      Function:
        Type: AWS::Lambda::Function
        Properties: {Timeout: 30}
    """


def test_what_is_included_adds_to_a_mapping() -> None:
    function = _function(f"""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties: {{Timeout: 30, Fn::Transform: {INCLUDE}}}
        """)

    assert function.get("Timeout").data == 30
    assert isinstance(function.get("MemorySize").data, Unknown)


def test_macro_may_change_everything_beside_it() -> None:
    function = _function(f"""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties: {{Timeout: 30, Fn::Transform: {MACRO}}}
        """)

    assert isinstance(function.get("Timeout").data, Unknown)


def test_macro_changes_nothing_further_up() -> None:
    function = _function(f"""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Timeout: 30
              Environment: {{Variables: {{A: b, Fn::Transform: {MACRO}}}}}
              Tags: [{{Key: a, Value: {{Fn::Transform: [{MACRO}]}}}}]
        """)

    assert function.get("Timeout").data == 30
    assert function.get("MemorySize").data is None
    assert isinstance(function.get("Environment", "Variables", "A").data, Unknown)
    assert function.get("Tags", 0, "Key").data == "a"
    assert isinstance(function.get("Tags", 0, "Value").data, Unknown)


WHOLE = {
    "macro": ("Timeout: 30", MACRO, Unknown, Unknown),
    "include": ("Timeout: 30", INCLUDE, int, type(None)),
    "include without properties": ("", INCLUDE, Unknown, Unknown),
}


@pytest.mark.parametrize(("written", "call", "timeout", "memory"), WHOLE.values(), ids=WHOLE)
def test_macro_on_a_whole_resource(written: str, call: str, timeout: type, memory: type) -> None:
    properties = f"Properties: {{{written}}}" if written else ""
    function = _function(f"""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Fn::Transform: {call}
            {properties}
        """)

    assert isinstance(function.get("Timeout").data, timeout)
    assert isinstance(function.get("MemorySize").data, memory)


EVERYWHERE = {
    "the template": lambda call: f"Fn::Transform: {call}\n{dedent(QUEUES)}",
    "the resources": lambda call: f"{dedent(QUEUES)}  Fn::Transform: {call}\n",
    "a resource of any type": lambda call: f"{dedent(QUEUES)}  Made: {{Fn::Transform: {call}}}\n",
}


@pytest.mark.parametrize("write", EVERYWHERE.values(), ids=EVERYWHERE)
@pytest.mark.parametrize(("call", "name"), [(MACRO, "Ours"), (INCLUDE, "AWS::Include")])
def test_macro_that_makes_resources_leaves_the_template_unknown(
    write: Any, call: str, name: str
) -> None:
    verdict = _verdict(write(call))

    assert verdict.findings == []
    assert [one.reason for one in verdict.unjudged] == [f"what the macro {name} changes is unknown"]


def test_macro_elsewhere_is_told_and_hides_nothing() -> None:
    body = dedent(QUEUES).replace("a: {b: 1}", f"Fn::Transform: {INCLUDE}")

    verdict = _verdict(body)

    assert [one.resource for one in verdict.findings] == ["Queue"]
    assert [(one.reason, one.at.path) for one in verdict.unjudged] == [
        ("what the macro AWS::Include changes is unknown", ("Mappings", "Map", "Fn::Transform"))
    ]


@pytest.mark.parametrize("call", [MACRO, INCLUDE])
def test_conditions_and_mappings_that_macros_make_are_unknown(call: str) -> None:
    body = dedent(QUEUES).replace("Map: {a: {b: 1}}", f"Fn::Transform: {call}")
    body = body.replace("VisibilityTimeout: 10", "VisibilityTimeout: !FindInMap [Other, a, b]")
    gated = QUEUES.replace("    Never:", f"    Fn::Transform: {call}\n      Never:").replace(
        "Type: AWS::SQS::Queue", "Type: AWS::SQS::Queue\n        Condition: Other"
    )

    assert _verdict(body).findings == []
    assert [one.when for one in _verdict(gated).findings] == ["Other"]


@pytest.mark.parametrize("call", [MACRO, INCLUDE])
@pytest.mark.parametrize("default", ["", ", DefaultValue: 10"])
def test_mapping_with_rows_that_a_macro_makes_is_unknown(call: str, default: str) -> None:
    body = dedent(QUEUES).replace("a: {b: 1}", f"eu-west-1: {{b: 10}}, Fn::Transform: {call}")
    body = body.replace(
        "VisibilityTimeout: 10",
        f"VisibilityTimeout: !FindInMap [Map, !Ref AWS::Region, b{default}]",
    )

    assert _verdict(body).findings == []
    assert _verdict(f"Transform: AWS::LanguageExtensions\n{body}").findings == []


@pytest.mark.parametrize(("call", "found"), [(MACRO, ["Never"]), (INCLUDE, [])])
def test_only_what_adds_leaves_a_written_condition_as_it_is(call: str, found: list[str]) -> None:
    gated = QUEUES.replace("    Never:", f"    Fn::Transform: {call}\n      Never:").replace(
        "Type: AWS::SQS::Queue", "Type: AWS::SQS::Queue\n        Condition: Never"
    )

    assert [one.when for one in _verdict(gated).findings] == found


def test_role_of_a_sam_function_with_unknown_settings_is_unknown() -> None:
    template = _load(f"""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Function:
            Type: AWS::Serverless::Function
            Properties: {{Timeout: 30, Fn::Transform: {INCLUDE}}}
        """)
    graph = Graph([template])
    (function,) = graph.functions()

    assert not graph.grants(function).complete
    assert "FunctionRole" not in template.resources


# --- files beside the template --------------------------------------------------------------------

API = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Api:
        Type: AWS::Serverless::Api
        Properties:
          StageName: live
          DefinitionBody:
            Fn::Transform: {Name: AWS::Include, Parameters: {Location: %s}}
      Function:
        Type: AWS::Serverless::Function
        Properties: {Timeout: 60, Runtime: python3.13, Handler: a.b, CodeUri: src}
    """
OPENAPI = """\
openapi: 3.0.1
paths:
  /orders:
    get:
      x-amazon-apigateway-integration: {type: aws_proxy, uri: {Fn::GetAtt: [Function, Arn]}}
"""


def _triggers(location: str) -> list[tuple[str, int]]:
    template = _load(API % location)
    return [(one.kind.name, one.at.location.line) for one in Graph([template]).triggers()]


@pytest.mark.parametrize(
    "location", ["api.yaml", "./api.yaml", "docs/api.yaml", "./docs/../api.yaml"]
)
def test_file_beside_the_template_is_included(location: str, home: Path) -> None:
    for file in (home / "api.yaml", home / "docs" / "api.yaml"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(OPENAPI, "utf-8")

    assert _triggers(location) == [("rest-api", 8)]


def test_included_members_stand_beside_the_written_ones(home: Path) -> None:
    (home / "part.yaml").write_text("MemorySize: 512\nTimeout: 9\n", "utf-8")
    function = _function("""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Timeout: 30
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}
        """)

    assert function.get("MemorySize").data == 512
    assert function.get("Timeout").data == 30
    assert function.get("Handler").data is None


def test_included_resources_are_resources(home: Path) -> None:
    (home / "queue.json").write_text('{"Type": "AWS::SQS::Queue"}', "utf-8")
    (home / "more.yaml").write_text("Topic: {Type: AWS::SNS::Topic}", "utf-8")
    template = _load("""
        Resources:
          Queue: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: queue.json}}}
          Fn::Transform: {Name: AWS::Include, Parameters: {Location: more.yaml}}
        """)

    assert {id: one.type for id, one in template.resources.items()} == {
        "Queue": "AWS::SQS::Queue",
        "Topic": "AWS::SNS::Topic",
    }
    assert template.macros() == []


REFUSED = ["../api.yaml", "{up}/api.yaml", "link.yaml", "none.yaml", "docs", "broken.yaml",
           "binary.yaml", "list.yaml", "big.yaml", "deep.yaml", "file:///etc/passwd", ".", "pipe.yaml",
           "s3://api.yaml", '"a\\0b"']  # fmt: skip


@pytest.mark.parametrize("location", REFUSED)
def test_other_files_are_never_read(location: str, home: Path, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside")
    for file in (outside / "api.yaml", home.parent / "api.yaml", home / "docs" / "api.yaml"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(OPENAPI, "utf-8")
    (home / "link.yaml").symlink_to(outside / "api.yaml")
    (home / "broken.yaml").write_text("{", "utf-8")
    os.mkfifo(home / "pipe.yaml")
    (home / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (home / "list.yaml").write_text("- a", "utf-8")
    (home / "big.yaml").write_text(OPENAPI + "#" * 1_000_000, "utf-8")
    (home / "deep.yaml").write_text(f"{OPENAPI}deep: {'[' * 197}{']' * 197}", "utf-8")

    assert _triggers(location.format(up=outside)) == []
