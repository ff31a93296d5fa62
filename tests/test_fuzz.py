"""Whatever a template says, the answer is findings, silence or a clear error."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint.catalog import load_rule, rule_ids
from lambdalint.engine import lint
from lambdalint.flow.trace import trace
from lambdalint.graph import Graph
from lambdalint.inventory import take
from lambdalint.load import load
from lambdalint.read import read
from lambdalint.report import dot, mermaid
from lambdalint.report import graph as report
from lambdalint.report.triggers import data
from lambdalint.report.triggers import text as triggers
from lambdalint.rule import Outcome
from lambdalint.template import Template
from lambdalint.value import Unreadable

ROOT = Path(__file__).parents[1]
RULES = [load_rule(id) for id in rule_ids()]
TEMPLATES = [
    read(path.read_text("utf-8"), path.name).root
    for path in (
        *sorted((ROOT / "fixtures" / "cfn").glob("*")),
        *sorted((ROOT / "fixtures" / "sam").glob("*.yaml")),
        *sorted((ROOT / "fixtures" / "cdk").glob("*/cdk.out/*.template.json")),
    )
]

NOTHING = {"Ref": "AWS::NoValue"}
ODD: list[Any] = [
    None, "", "x", " ", 0, -1, 1, True, False, 1.5, float("inf"), float("nan"), 10**30, "9" * 5000,
    "true", "[]", "{}", '{"a"', "arn:", "arn:aws:lambda", "arn:aws:sqs:::", "${", "${}", "${A", ":",
    "\U000f0000", "a\U000f0001${B}", "\ud7ff", "*", "${AWS::Region}", "{{resolve:ssm:a}}",
    [], {}, [[]], [None], {"": None}, {"a": {}}, [{}], [[[[[[]]]]]],
    NOTHING, {"Ref": 1}, {"Ref": None}, {"Ref": "Missing"}, {"Ref": []}, {"Ref": "AWS::Region"},
    {"Fn::If": []}, {"Fn::If": None}, {"Fn::If": ["X"]}, {"Fn::If": ["X", 1, 2]},
    {"Fn::If": ["X", NOTHING, NOTHING]}, {"Fn::If": [["X"], 1, 2]}, {"Fn::If": {"a": 1}},
    {"Fn::If": ["X", {"Fn::If": ["Y", [1], {}]}, "a"]},
    {"Fn::GetAtt": []}, {"Fn::GetAtt": ["A"]}, {"Fn::GetAtt": "A.B"}, {"Fn::GetAtt": ["A", 1]},
    {"Fn::GetAtt": [1, "B"]}, {"Fn::GetAtt": {}}, {"Fn::GetAtt": [{"Ref": "A"}, {"Ref": "B"}]},
    {"Fn::Sub": None}, {"Fn::Sub": []}, {"Fn::Sub": ["${A}", {"A": None}]}, {"Fn::Sub": ["${A}", []]},
    {"Fn::Sub": "${!A}${AWS::Region}${ }"}, {"Fn::Sub": ["${A}", {"A": []}]}, {"Fn::Sub": {"a": 1}},
    {"Fn::Join": []}, {"Fn::Join": ["", []]}, {"Fn::Join": [1, [2]]}, {"Fn::Join": ["", {"Ref": "A"}]},
    {"Fn::Join": ["", [{"Ref": "AWS::Region"}, [], None]]}, {"Fn::Join": None},
    {"Fn::Select": []}, {"Fn::Select": [0, []]}, {"Fn::Select": ["-1", ["a"]]}, {"Fn::Select": "x"},
    {"Fn::Select": ["9" * 5000, ["a"]]}, {"Fn::Split": []}, {"Fn::Split": ["", "a"]},
    {"Fn::Split": [",", "a,b"]}, {"Fn::Split": [",", {"Ref": "AWS::Region"}]},
    {"Fn::FindInMap": []}, {"Fn::FindInMap": ["A", "B", "C"]}, {"Fn::FindInMap": [[], {}, None]},
    {"Fn::Base64": None}, {"Fn::Base64": "x"}, {"Fn::ImportValue": {}}, {"Fn::Transform": {}},
    {"Fn::Equals": [1, 2]}, {"Fn::And": []}, {"Fn::Not": []}, {"Fn::Or": [None]}, {"Condition": "X"},
    {"Condition": []}, {"Fn::ForEach::A": ["B", ["c"], {}]}, {"Type": 1}, {"Properties": []},
    {"Type": "AWS::Lambda::Function", "Properties": None}, {"ApplyOn": []}, {"ApplyOn": {"a": 1}},
    "${Name}&{Name}", {"Fn::ForEach::A": ["B", ["c", 1], {"${B}": {"Ref": "B"}, "d": ["&{B}"]}]},
    {"Fn::ForEach::A": ["B", {"Ref": "AWS::Region"}, {}], "Fn::Transform": {"Name": "X"}},
    {"Fn::ForEach::A": [{}, [], []]}, {"Fn::ForEach::A": ["Name", {"Ref": "Name"}, {"a": None}]},
    {"Fn::ForEach::": ["", ["", "${Name}"], {"": {"Fn::ForEach::": ["", ["a"], {"${}": 1}]}}]},
    {"Fn::Length": []}, {"Fn::Length": {"Ref": "A"}}, {"Ref": {"Fn::Sub": "${A}"}},
    {"Fn::ToJsonString": {"a": {"Ref": "A"}, "b": [None, '"', {"Fn::If": ["X", 1, NOTHING]}]}},
    {"Fn::ToJsonString": None}, {"Fn::GetAtt": [{"Fn::Sub": "A"}, {"Fn::Join": ["", ["Arn"]]}]},
    {"Fn::FindInMap": ["A", {"Ref": "AWS::Region"}, "C", {"DefaultValue": {"Ref": "Name"}}]},
    {"Fn::Transform": [{"Name": "AWS::Include"}, 1]}, {"Fn::Transform": None, "Type": "A"},
    {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "\0"}}},
]  # fmt: skip


KEYS = ["Ref", "Fn::If", "Fn::Sub", "Fn::Transform", "Fn::ForEach::A", "${Name}", "Type", "", "é"]


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    found: list[tuple[Any, Any]] = []
    stack = [data]
    while stack:
        one = stack.pop()
        members = list(one.items() if isinstance(one, dict) else enumerate(one))
        found += [(one, key) for key, _ in members]
        stack += [member for _, member in members if isinstance(member, dict | list)]
    return found


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A template in which some nodes say something else than they should."""
    template = copy.deepcopy(draw(st.sampled_from(TEMPLATES)))
    for _ in range(draw(st.integers(1, 6))):
        places = _places(template)
        container, key = draw(st.sampled_from(places))
        old = container[key]
        match draw(st.integers(0, 5)):
            case 0 | 1:
                container[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
            case 2:
                container[key] = {"Fn::If": ["X", old, copy.deepcopy(draw(st.sampled_from(ODD)))]}
            case 3:
                other, there = draw(st.sampled_from(places))
                container[key] = copy.deepcopy(other[there])
            case 4:
                container[key] = [old]
            case 5 if isinstance(container, dict):
                container[draw(st.sampled_from(KEYS))] = container.pop(key)
    if draw(st.booleans()):
        return json.dumps(template)
    return yaml.dump(template, Dumper=_Plain)


class _Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes out what occurs twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _ask_everything(template: Template) -> None:
    graph = Graph([template])
    for trigger in graph.triggers():
        repr((trigger.at, trigger.at.location, trigger.wait, trigger.ends, trigger.get("A", 0)))
        graph.caller(trigger)
        graph.may_invoke(trigger)
        graph.keeps_failures(trigger)
        graph.routes(trigger)
        graph.writes_back(trigger)
        graph.requests(trigger)
        for end in (trigger.source, trigger.function):
            repr((end.get("Name"), end["Timeout"], end["VisibilityTimeout"]))
    for delivery in graph.deliveries():
        repr((delivery.at.location, graph.may_deliver(delivery)))
    for function in graph.functions():
        graph.invokers(function)
        graph.permissions(function)
        graph.calls(function)
        graph.effects(function)
        graph.mentions(function)
        list(graph.beside(function, "AWS::IAM::Role"))
        graph.writable_buckets(function)
        for config in graph.invoke_configs(function):
            repr((config.on_success.data, config.on_failure.data, config.qualifier))
        for statement in graph.grants(function).statements:
            statement.covers("s3:PutObject")
    for target in graph.resources("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket"):
        graph.feeders(target)
        graph.policies(target)
        graph.is_dead_letter_queue(target)
        for function in graph.functions():
            graph.in_environment(function, target)
    for cycle in graph.loops():
        repr((cycle.path, cycle.confidence, [hop.at.location for hop in cycle.hops]))
    list(graph.duplicates())


def _judge(text: str) -> None:
    try:
        template = load(text, "template")
    except Unreadable as refused:
        assert refused.message  # noqa: PT017
        return
    _ask_everything(template)
    verdict = lint([load(text, "template")], RULES, unknown=True)
    assert verdict.problems == []
    for finding in verdict.findings:
        assert finding.message
        assert finding.fingerprint
        for note in finding.notes:
            assert note.at.location.line > 0
    for one in verdict.unjudged:
        assert one.at.location.line > 0
    flow = trace([load(text, "template")], verdict.findings)
    ids = {node.id for node in flow.nodes}
    assert all({edge.source, edge.target} <= ids for edge in flow.edges)
    assert len(json.loads(report.render(flow, Outcome()))["nodes"]) == len(ids)
    for drawing in (mermaid.render(flow), dot.render(flow)):
        assert drawing.replace("\n", "").isprintable()
    inventory = take(Graph([load(text, "template")]), verdict.findings)
    assert len(json.loads(data.json(inventory, [], []))["triggers"]) >= len(inventory.rows)
    for details in (True, False):
        said = triggers.render(inventory, colour=False, width=80, details=details)
        assert said.replace("\n", "").isprintable()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_no_template_makes_it_stumble(text: str) -> None:
    _judge(text)


# --- what is meant to hurt ----------------------------------------------------------------------


def _nested(depth: int, around: Callable[[Any], Any], leaf: Any) -> Any:
    for _ in range(depth):
        leaf = around(leaf)
    return leaf


def _mapping(function: Any, batch: Any = 5) -> dict[str, Any]:
    properties = {"FunctionName": function, "EventSourceArn": QUEUE, "BatchSize": batch}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def _alias(of: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": of, "Name": "x"}}


def _machine(definition: str) -> dict[str, Any]:
    properties = {"DefinitionString": definition}
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}


WORK = {"Ref": "Work"}
QUEUE = {"Fn::GetAtt": ["Queue", "Arn"]}
OWN_PIECE = {"Fn::Select": [6, {"Fn::Split": [":", {"Ref": "A"}]}]}
LONG = "9" * 5000
HOSTILE: dict[str, dict[str, Any]] = {
    "conditions in a chain": {"M": _mapping({"Fn::If": ["C0", WORK, "x"]})},
    "aliases of each other": {
        "A": _alias({"Ref": "B"}),
        "B": _alias({"Ref": "A"}),
        "M": _mapping({"Ref": "A"}),
    },
    "alias named by its own arn": {"A": _alias(OWN_PIECE), "M": _mapping(OWN_PIECE)},
    "nested ifs": {"M": _mapping(_nested(97, lambda one: {"Fn::If": ["C0", one, "x"]}, WORK))},
    "nested joins": {"M": _mapping(_nested(60, lambda one: {"Fn::Join": ["", [one]]}, WORK))},
    "nested selects": {"M": _mapping(_nested(60, lambda one: {"Fn::Select": [0, [one]]}, WORK))},
    "nested subs": {"M": _mapping(_nested(60, lambda one: {"Fn::Sub": ["${A}", {"A": one}]}, WORK))},
    "too many holes": {"M": _mapping({"Fn::Sub": "${AWS::Region}" * 140_000})},
    "many pieces": {"M": _mapping({"Fn::Join": ["", ["a"] * 200_000]})},
    "nested states": {
        "S": _machine(json.dumps(_nested(200, lambda one: {"States": {"a": {"Iterator": one}}}, {})))
    },
    "endless states": {"S": _machine('{"States":' * 20_000)},
    "digits in states": {"S": _machine('{"States":{"A":{"TimeoutSeconds":' + LONG + "}}}")},
    "digits in numbers": {
        "M": _mapping(WORK, LONG),
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {
            "VisibilityTimeout": LONG, "RedrivePolicy": {"maxReceiveCount": LONG}}},
        "Get": {"Type": "AWS::ApiGateway::Method", "Properties": {
            "Integration": {"Uri": QUEUE, "TimeoutInMillis": LONG}}},
    },
    "no numbers": {"M": _mapping(WORK, float("nan")), "N": _mapping(WORK, float("inf"))},
    "deep SAM": {"F": {"Type": "AWS::Serverless::Function", "Properties": {
        "AutoPublishAlias": "live", "Environment": _nested(180, lambda one: {"a": one}, 1)}}},
    "odd types": {f"T{number}": {"Type": kind, "Properties": {"Events": {"E": {"Type": kind}}}}
                  for number, kind in enumerate(("", ":", "AWS::X", "Custom::", "AWS::Serverless::X"))},
}  # fmt: skip


@pytest.mark.parametrize("resources", HOSTILE.values(), ids=HOSTILE)
def test_template_that_means_to_hurt_does_not(resources: dict[str, Any]) -> None:
    around = {
        "Work": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 30}},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": QUEUE}]}},
    }
    conditions = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(2000)}
    shared = {"Function": {"Environment": _nested(180, lambda one: {"a": one}, 2)}}
    template = {"Conditions": conditions, "Globals": shared, "Resources": {**around, **resources}}

    _judge(json.dumps(template))


def _loop(collection: Any, body: Any, name: str = "A") -> dict[str, Any]:
    return {f"Fn::ForEach::{name}": [name, collection, body]}


MANY = [str(item) for item in range(1000)]
LOOPS: dict[str, dict[str, Any]] = {
    "many items": _loop(MANY, {"Q${A}": {"Type": "AWS::SQS::Queue"}}),
    "many loops of nothing": {f"Fn::ForEach::{n}": ["A", MANY, {}] for n in range(200)},
    "many turns of nothing": _loop(MANY, _loop(MANY, _loop(MANY, {}, "C"), "B")),
    "a body that grows": _loop(["${A}${A}"] * 9, _loop(["${A}${A}"], {"${A}${B}": {}}, "B")),
    "items of each other": _loop(["${B}"], _loop(["${A}"], {"Q${A}${B}": {"Type": "X"}}, "B")),
    "deep loops": _nested(60, lambda one: _loop(["a"], one), {"Q${A}": {"Type": "X"}}),
    "deep body": _loop(["a"], {"Q": _nested(180, lambda one: {"${A}": one}, WORK)}),
    "deep json": _loop(["a"], {"Q": {"Type": "AWS::SQS::Queue", "Properties": {
        "RedrivePolicy": {"Fn::ToJsonString": _nested(180, lambda one: [one], "${A}")}}}}),
    "many ways": _loop({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "L"]}, {"Q${A}": {"Type": "X"}}),
    "a way of its own": _loop({"Fn::If": ["C0", ["a"], {"Ref": "A"}]}, {"Q${A}": {"Type": "X"}}),
    "its own id": _loop(["a"], {"Work": {"Type": "AWS::SQS::Queue"}, "Fn::ForEach::B": {}}),
    "long items": _loop(["x" * 100_000] * 2, {"Q": {"Type": "X", "P": "${A}" * 1000}}),
}  # fmt: skip


@pytest.mark.parametrize("resources", LOOPS.values(), ids=LOOPS)
def test_loop_that_means_to_hurt_does_not(resources: dict[str, Any]) -> None:
    rows = {f"r-{number}": {"L": [str(number)]} for number in range(100)}
    template = {
        "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
        "Mappings": {"M": rows},
        "Conditions": {"C0": {"Fn::Equals": [{"Ref": "AWS::Region"}, "a"]}, **resources},
        "Resources": {
            "Work": {"Type": "AWS::Lambda::Function", "Properties": resources},
            **resources,
        },
        "Outputs": resources,
    }

    _judge(json.dumps(template))
