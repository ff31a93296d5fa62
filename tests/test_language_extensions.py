"""What `AWS::LanguageExtensions` makes of a template; cfn-lint's reading of it is the oracle."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template as Decoded
from cfnlint.template.transforms._language_extensions import language_extension
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint import suppress
from lambdalint.catalog import load_rule
from lambdalint.cli import main
from lambdalint.config import suggest
from lambdalint.engine import lint
from lambdalint.graph import Graph
from lambdalint.graph.resource import descend, document
from lambdalint.load import load
from lambdalint.loops import MAX_NESTED, MAX_RESOURCES
from lambdalint.rule import Finding
from lambdalint.settled import Map, Seq
from lambdalint.template import Template
from lambdalint.value import Ref, Text, Unknown, Unreadable, Value
from lambdalint.world import worlds

HEAD = """\
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "Orders, Refunds"}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Stage: {Type: String, AllowedValues: [dev, prod]}
  OrdersTopic: {Type: String, Default: topic}
Mappings:
  Shops:
    dev: {Names: [Orders], Delay: 1}
    prod: {Names: [Orders, Refunds], Delay: 2}
  Kinds:
    Orders: {List: [In, Out]}
    Refunds: {List: [In]}
  Regions: {eu-west-1: {Size: 1}, us-east-1: {Size: 2}}
  Sizes:
    Orders: {Batch: 5}
    Refunds: {Window: 1}
"""
NAMES = {"Names": "Orders,Refunds", "Stage": "prod"}


def _load(body: str, **fixed: str) -> Template:
    return load(HEAD + dedent(body), "template.yaml", fixed)


def _plain(data: Any) -> Any:
    """Settled data in full, as nothing but data."""
    if isinstance(data, Value):
        return _plain(data.data)
    if isinstance(data, Map):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, Seq):
        return [_plain(item) for item in data]
    return str(data) if isinstance(data, bool | int | Text) else data


def _said(template: Template) -> dict[str, Any]:
    """The resources of a template in each of its worlds."""
    return {
        id: [
            (one.type, _plain(world.scope(template).properties(one)))
            for world in worlds()
            if world.scope(template).open(one.gates)
        ]
        for id, one in template.resources.items()
    }


# --- the oracle -----------------------------------------------------------------------------------

ALIKE = {
    "resources": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - [Orders, Refunds]
            - ${Name}Queue:
                Type: AWS::SQS::Queue
                Properties: {QueueName: !Ref Name, DelaySeconds: 5, Tag: !Sub "${Name}-${Stage}"}
              ${Name}Topic: {Type: AWS::SNS::Topic}
          Other: {Type: AWS::SNS::Topic, Properties: {Queue: !GetAtt OrdersQueue.Arn}}
        """,
    "list parameter": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - !Ref Names
            - Queue${Name}: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}
        """,
    "characters that no id may have": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - [in-coming, out.going, "10.0.0.0/8"]
            - Queue&{Name}: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}
        """,
    "numbers": """
        Resources:
          Fn::ForEach::Queues:
            - Size
            - ["5", "10"]
            - Queue${Size}: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Size}}
        """,
    "names put together": """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - [Orders, Refunds]
            - ${Name}Queue: {Type: AWS::SQS::Queue}
              ${Name}Policy:
                Type: AWS::SQS::QueuePolicy
                Properties:
                  Queues: [!Ref {"Fn::Sub": "${Name}Queue"}]
                  Arn: !GetAtt [!Sub "${Name}Queue", Arn]
                  Text: !Sub ["${Q}-${Name}", {Q: !Ref {"Fn::Sub": "${Name}Queue"}}]
        """,
    "attributes that are items": """
        Resources:
          Queue: {Type: AWS::SQS::Queue}
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Fn::ForEach::Variables:
                - Attribute
                - [Arn, QueueName]
                - Queue${Attribute}: !GetAtt [Queue, !Ref Attribute]
        """,
    "loops in loops": """
        Resources:
          Fn::ForEach::Names:
            - Name
            - [Orders, Refunds]
            - ${Name}Topic: {Type: AWS::SNS::Topic}
              Fn::ForEach::Kinds:
                - Kind
                - [In, Out]
                - ${Name}${Kind}:
                    Type: AWS::SQS::Queue
                    Properties: {QueueName: !Sub "${Name}-${Kind}", Topic: !Ref {"Fn::Sub": "${Name}Topic"}}
        """,
    "a mapping by an item": """
        Resources:
          Fn::ForEach::Names:
            - Name
            - [Orders, Refunds]
            - Fn::ForEach::Kinds:
                - Kind
                - !FindInMap [Kinds, !Ref Name, List]
                - ${Name}${Kind}: {Type: AWS::SQS::Queue}
              ${Name}Mapping:
                Type: AWS::Lambda::EventSourceMapping
                Properties: {BatchSize: !FindInMap [Sizes, !Ref Name, Batch, DefaultValue: 7]}
        """,
    "a mapping by a parameter": """
        Resources:
          Fn::ForEach::Names:
            - Name
            - !FindInMap [Shops, !Ref Stage, Names]
            - ${Name}Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1}}
        """,
    "properties": """
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Environment:
                Variables:
                  STAGE: !Ref Stage
                  Fn::ForEach::Variables:
                    - Name
                    - [ORDERS, REFUNDS]
                    - ${Name}_KEY: !Sub "key/${Name}"
                      ${Name}_LIST: [!Ref Name, {Key: !Ref Name}]
        """,
    "an optional property": """
        Resources:
          Fn::ForEach::Names:
            - Name
            - [Orders, Refunds]
            - ${Name}Mapping:
                Type: AWS::Lambda::EventSourceMapping
                Properties:
                  Fn::ForEach::Settings:
                    - Setting
                    - [Batch, Window]
                    - ${Setting}Size:
                        !FindInMap [Sizes, !Ref Name, !Ref Setting, DefaultValue: !Ref "AWS::NoValue"]
        """,
    "conditions": """
        Conditions:
          Fn::ForEach::Stages:
            - One
            - [dev, prod]
            - Is${One}: !Equals [!Ref Stage, !Ref One]
          Fn::ForEach::Topics:
            - Name
            - [Orders]
            - Has${Name}: !Equals [!Ref {"Fn::Sub": "${Name}Topic"}, topic]
        Resources:
          Fn::ForEach::Stages:
            - One
            - [dev, prod]
            - Queue${One}:
                Type: AWS::SQS::Queue
                Properties: {DelaySeconds: !If [HasOrders, 1, 2], Here: !If [Isprod, 1, 2]}
        """,
}  # fmt: skip


def _oracle(body: str) -> str:
    decoded, _ = decode_str(HEAD + dedent(body))
    problems, made = language_extension(Decoded("template.yaml", decoded, ["eu-west-1"]))
    assert not problems
    return json.dumps(made)


@pytest.mark.parametrize("body", ALIKE.values(), ids=ALIKE)
def test_loops_make_what_cfn_lint_makes_of_them(body: str) -> None:
    ours = _load(body, **NAMES)
    # cfn-lint takes no values of parameters.
    theirs = load(_oracle(body.replace("!Ref Stage, Names", "prod, Names")), "t", NAMES)

    assert _said(ours) == _said(theirs)
    assert ours.macros() == []


@st.composite
def _bodies(draw: st.DrawFn, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """The body of a loop, with loops in it, whose identifiers are `names` so far."""
    names = (*names, f"I{len(names)}")
    id = "Q" + "x".join(f"${{{name}}}" for name in names)
    texts = st.sampled_from(
        [
            *({"Ref": name} for name in names),
            *({"Fn::Sub": f"a-${{{name}}}-${{Stage}}"} for name in names),
            {"Fn::Sub": [f"${{A}}/${{{names[-1]}}}", {"A": {"Ref": names[0]}}]},
            {"Fn::GetAtt": [{"Fn::Sub": id}, "Arn"]},
            {"Ref": {"Fn::Sub": id}},
            {"Fn::If": ["Always", {"Ref": names[-1]}, "b"]},
            {"Fn::Join": ["-", ["a", {"Ref": names[0]}]]},
        ]
    )
    values = st.recursive(
        texts,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["A", f"B${{{names[-1]}}}", "C"]), inner, min_size=2),
        ),
        max_leaves=6,
    )
    properties = draw(st.dictionaries(st.sampled_from("ABC"), values, min_size=2))
    body: dict[str, Any] = {id: {"Type": "X::Y::Z", "Properties": properties}}
    if len(names) < 3 and draw(st.booleans()):
        body |= draw(_wrapped(names))
    return body


@st.composite
def _wrapped(draw: st.DrawFn, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """A loop."""
    items = st.lists(st.sampled_from(["a", "b1", "C", "9"]), min_size=1, max_size=3, unique=True)
    return {f"Fn::ForEach::L{len(names)}": [f"I{len(names)}", draw(items), draw(_bodies(names))]}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(_wrapped())
def test_any_loops_make_what_cfn_lint_makes_of_them(resources: dict[str, Any]) -> None:
    head = {"Transform": "AWS::LanguageExtensions", "Parameters": {"Stage": {"Type": "String"}}}
    conditions = {"Always": {"Fn::Equals": ["a", "a"]}}
    text = json.dumps({**head, "Conditions": conditions, "Resources": resources})
    ours = load(text, "template.json")
    decoded, _ = decode_str(text)
    _, made = language_extension(Decoded("template.json", decoded, ["eu-west-1"]))

    assert _said(ours) == _said(load(json.dumps(made), "template.json"))


# --- what loops make ------------------------------------------------------------------------------


def _resources(body: str, **fixed: str) -> dict[str, Any]:
    """What the only world says of each resource."""
    said = _said(_load(body, **fixed))
    assert all(len(one) <= 1 for one in said.values())
    return {id: one[0][1] for id, one in said.items() if one}


def test_every_text_in_the_body_is_filled_in() -> None:
    made = _load("""
        Resources:
          Fn::ForEach::Names:
            - Name
            - [a-b]
            - Queue&{Name}:
                Type: AWS::SQS::Queue
                DependsOn: Role&{Name}
                Condition: Is&{Name}
                Properties:
                  QueueName: ${Name}.fifo
                  "${Name}": ["${Other} ${!Name} &{Name}"]
                  Arn: !GetAtt ["Role&{Name}", "&{Name}"]
                  Chosen: !If ["Is&{Name}", 1, 2]
                  Text: !Sub "${Name} ${AWS::Region} ${!Name} ${Role&{Name}.Arn}"
              Role&{Name}: {Type: AWS::IAM::Role}
        """).resources["Queueab"]

    assert made.gates == (("Isab", True),)
    assert made.written.get("DependsOn").data == "Roleab"
    properties = made.written.get("Properties")
    assert properties.get("QueueName").data == "a-b.fifo"
    assert properties.get("a-b").data == ["${Other} ${!Name} ab"]
    assert properties.get("Arn").data == {"Fn::GetAtt": ["Roleab", "ab"]}
    assert properties.get("Chosen").data == {"Fn::If": ["Isab", 1, 2]}
    assert properties.get("Text").data == {"Fn::Sub": "a-b ${AWS::Region} ${!Name} ${Roleab.Arn}"}


def test_item_that_is_an_identifier_is_not_filled_in_again() -> None:
    made = _resources("""
        Resources:
          Fn::ForEach::Outer:
            - A
            - ["${B}"]
            - Fn::ForEach::Inner:
                - B
                - [x]
                - Queue${B}: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref A, Tag: "${A}"}}
        """)

    assert made == {"Queuex": {"QueueName": "${B}", "Tag": "${B}"}}


def test_inner_identifier_hides_the_outer() -> None:
    made = _resources("""
        Resources:
          Fn::ForEach::Outer:
            - Name
            - [a]
            - Fn::ForEach::Inner:
                - Name
                - [!Sub "${Name}1"]
                - Queue${Name}: {Type: AWS::SQS::Queue}
        """)

    assert list(made) == ["Queuea1"]


def test_items_may_be_numbers_and_booleans() -> None:
    made = _resources("""
        Resources:
          Fn::ForEach::Items:
            - Item
            - [5, true, 1.5]
            - Queue&{Item}: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Item}}
        """)

    assert made == {
        "Queue5": {"DelaySeconds": "5"},
        "Queuetrue": {"DelaySeconds": "true"},
        "Queue15": {"DelaySeconds": "1.5"},
    }


def test_outputs_of_loops_are_exports() -> None:
    producer = _load("""
        Resources:
          Queue: {Type: AWS::SQS::Queue}
        Outputs:
          Fn::ForEach::Names:
            - Name
            - [Orders]
            - ${Name}Out: {Value: !GetAtt Queue.Arn, Export: {Name: !Sub "shop-${Name}"}}
        """)
    consumer = load(
        "Resources: {Q: {Type: X::Y::Z, Properties: {V: !ImportValue shop-Orders}}}", "other.yaml"
    )
    graph = Graph([producer, consumer])

    (found,) = graph.resources("X::Y::Z")

    assert found.get("V").data == Ref("Queue", "Arn", "template.yaml")


def test_condition_may_come_out_of_a_mapping() -> None:
    template = _load("""
        Mappings:
          Only:
            Orders: {When: IsProd}
        Resources:
          Fn::ForEach::Names:
            - Name
            - [Orders, Refunds]
            - ${Name}Queue:
                Type: AWS::SQS::Queue
                Condition: !FindInMap
                  [Only, !Ref Name, When, DefaultValue: !Ref "AWS::NoValue"]
        """)

    assert {id: one.gates for id, one in template.resources.items()} == {
        "OrdersQueue": (("IsProd", True),),
        "RefundsQueue": (),
    }


# --- what a deployment decides --------------------------------------------------------------------

BY_STAGE = """
    Resources:
      Fn::ForEach::Names:
        - Name
        - !FindInMap [Shops, !Ref Stage, Names]
        - ${Name}Queue:
            Type: AWS::SQS::Queue
            Properties: {VisibilityTimeout: 10}
          ${Name}Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              EventSourceArn: !GetAtt ["${Name}Queue", Arn]
              FunctionName: !Ref Function
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Timeout: 30
          Environment:
            Variables:
              Fn::ForEach::Variables:
                - Name
                - !FindInMap [Shops, !Ref Stage, Names]
                - ${Name}: here
    Outputs:
      Fn::ForEach::Names:
        - Name
        - !FindInMap [Shops, !Ref Stage, Names]
        - ${Name}Out: {Value: !Ref Name, Export: {Name: !Ref Name}}
    """


def _findings(body: str, *rules: str, **fixed: str) -> list[Finding]:
    chosen = [load_rule(id) for id in rules or ("sqs/visibility-below-timeout",)]
    verdict = lint([_load(body, **fixed)], chosen)
    assert verdict.problems == []
    return verdict.findings


def test_what_only_some_deployments_go_through_is_there_only_in_them() -> None:
    told = {finding.resource: finding.when for finding in _findings(BY_STAGE)}

    assert told == {"OrdersQueue": "", "RefundsQueue": "Stage = prod"}


def test_given_parameter_decides_what_a_loop_goes_through() -> None:
    assert [one.resource for one in _findings(BY_STAGE, Stage="dev")] == ["OrdersQueue"]


def test_properties_and_outputs_follow_the_deployment() -> None:
    template = _load(BY_STAGE)
    function = template.resources["Function"]
    reader = load("Resources: {Q: {Type: X::Y::Z, Properties: {V: !ImportValue Refunds}}}", "r")
    Graph([template, reader])

    seen = []
    for world in worlds():
        variables = _plain(world.scope(template).properties(function))["Environment"]["Variables"]
        imported = _plain(world.scope(reader).properties(reader.resources["Q"]))["V"]
        seen.append((*world.answers.values(), list(variables), imported))

    assert seen == [
        ("dev", ["Orders"], Unknown("Fn::ImportValue")),
        ("prod", ["Orders", "Refunds"], "Refunds"),
    ]


def test_own_condition_of_a_resource_counts_too() -> None:
    body = """
        Conditions:
          Never: !Equals [a, b]
        Resources:
          Fn::ForEach::Names:
            - Name
            - !FindInMap [Shops, !Ref Stage, Names]
            - ${Name}Queue: {Type: AWS::SQS::Queue, Condition: Never}
        """

    assert _said(_load(body)) == {"OrdersQueue": [], "RefundsQueue": []}


def _deployed(template: Template, *parameters: str) -> dict[tuple[str, ...], list[str]]:
    """The resources that are deployed where these parameters have some values."""
    deployed = {}
    for world in worlds():
        scope = world.scope(template)
        there = [id for id, one in template.resources.items() if scope.open(one.gates)]
        deployed[tuple(world.answers[template.file, name] for name in parameters)] = there
    return deployed


def test_inner_loop_is_there_only_with_the_turn_around_it() -> None:
    body = """
        Parameters:
          Stage: {Type: String, AllowedValues: [dev, prod]}
          Size: {Type: String, AllowedValues: [small, large]}
        Mappings:
          Outer: {dev: {List: [a]}, prod: {List: [a, b]}}
          Inner: {small: {List: [x]}, large: {List: [x, y]}}
        Resources:
          Fn::ForEach::Outer:
            - Name
            - !FindInMap [Outer, !Ref Stage, List]
            - Fn::ForEach::Inner:
                - Kind
                - !FindInMap [Inner, !Ref Size, List]
                - ${Name}${Kind}: {Type: AWS::SQS::Queue}
        """
    template = load("Transform: AWS::LanguageExtensions\n" + dedent(body), "t")

    assert _deployed(template, "Stage", "Size") == {
        ("dev", "small"): ["ax"],
        ("dev", "large"): ["ax", "ay"],
        ("prod", "small"): ["ax", "bx"],
        ("prod", "large"): ["ax", "ay", "bx", "by"],
    }


def test_turns_around_a_loop_decide_each_for_itself() -> None:
    body = """
        Mappings:
          a: {dev: {List: [x]}, prod: {List: [x, y]}}
          b: {dev: {List: [x, y]}, prod: {List: [x]}}
        Resources:
          Fn::ForEach::Outer:
            - Name
            - [a, b]
            - Fn::ForEach::Inner:
                - Kind
                - !FindInMap [!Ref Name, !Ref Stage, List]
                - ${Name}${Kind}: {Type: AWS::SQS::Queue}
        """
    parameters = "Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}"
    template = load(f"Transform: AWS::LanguageExtensions\n{parameters}{dedent(body)}", "t")

    assert _deployed(template, "Stage") == {
        ("dev",): ["ax", "bx", "by"],
        ("prod",): ["ax", "ay", "bx"],
    }


LISTED = """
    Resources:
      Fn::ForEach::Names:
        - Name
        - !Ref Names
        - ${Name}Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 10}}
          ${Name}Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              EventSourceArn: !GetAtt ["${Name}Queue", Arn]
              FunctionName: !Ref Function
      Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
    """


def test_default_of_a_list_is_a_guess() -> None:
    told = [(one.resource, one.confidence.name, one.when) for one in _findings(LISTED)]
    given = [(one.resource, one.confidence.name) for one in _findings(LISTED, Names="One")]

    assert told == [("OrdersQueue", "MEDIUM", ""), ("RefundsQueue", "MEDIUM", "")]
    assert given == [("OneQueue", "HIGH")]


# --- what nobody can tell -------------------------------------------------------------------------

UNTOLD = {
    "parameter": "!Ref Subnets",
    "pseudo-parameter": "!Ref AWS::NotificationARNs",
    "region": '["a", !Ref AWS::Region]',
    "attribute": "!GetAtt Function.Arns",
    "import": "!Split [',', !ImportValue names]",
    "zones": "!GetAZs ''",
    "text": "Orders",
    "mapping that is not there": "!FindInMap [Nothing, a, b]",
    "empty item": '["a", ""]',
    "dynamic reference": '["{{resolve:ssm:names}}"]',
    "nothing": "!Ref AWS::NoValue",
}


@pytest.mark.parametrize("collection", UNTOLD.values(), ids=UNTOLD)
def test_what_nobody_can_tell_makes_the_template_unknown(collection: str) -> None:
    template = _load(LISTED.replace("!Ref Names", collection))

    verdict = lint([template], [load_rule("sqs/visibility-below-timeout")], unknown=True)

    assert verdict.findings == []
    (loop,) = (one for one in verdict.unjudged if "loop" in one.reason)
    assert loop.reason == "what the loop Fn::ForEach::Names makes is unknown"
    assert loop.at.path == ("Resources", "Fn::ForEach::Names")


def test_loop_that_nobody_can_tell_in_another_one_is_said_once() -> None:
    template = _load("""
        Resources:
          Fn::ForEach::Names:
            - Name
            - [a, b]
            - ${Name}Queue: {Type: AWS::SQS::Queue}
              Fn::ForEach::Subnets:
                - Subnet
                - !Ref Subnets
                - ${Name}${Subnet}: {Type: AWS::SQS::Queue}
        """)

    verdict = lint([template], [], unknown=True)

    assert [one.reason for one in verdict.unjudged] == [
        "Subnets may be anything: --parameter Subnets=…",
        "what the loop Fn::ForEach::Subnets makes is unknown",
    ]


def test_properties_that_nobody_can_tell_are_unknown_and_the_others_are_not() -> None:
    (made,) = _resources("""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Timeout: 5
              Environment:
                Variables:
                  Given: a
                  Fn::ForEach::Subnets: [Subnet, !Ref Subnets, {"${Subnet}": b}]
        """).values()
    template = _load("""
        Resources:
          Function:
            Type: AWS::Lambda::Function
            Properties: {Fn::ForEach::Subnets: [Subnet, !Ref Subnets, {"${Subnet}": b}], Timeout: 5}
        """)
    (function,) = Graph([template]).functions()

    assert made["Timeout"] == "5"
    assert made["Environment"]["Variables"]["Given"] == "a"
    assert function.get("Timeout").data == 5
    assert isinstance(function.get("MemorySize").data, Unknown)
    verdict = lint([template], [], unknown=True)
    assert "what the loop Fn::ForEach::Subnets makes is unknown" in [
        one.reason for one in verdict.unjudged
    ]


def _conditional(condition: str) -> str:
    """Queues that are there under a condition."""
    queue = "Type: AWS::SQS::Queue\n"
    return PLAIN.replace(queue, f"{queue}            Condition: {condition}\n")


def test_conditions_that_nobody_can_tell_may_hold_or_not() -> None:
    conditions = """
    Conditions:
      Fn::ForEach::Conditions:
        - Subnet
        - !Ref Subnets
        - Is${Subnet}: !Equals [a, b]
    """

    assert [one.when for one in _findings(_conditional("Is${Name}") + conditions)] == [
        "IsOrders",
        "IsRefunds",
    ]


def test_condition_that_nobody_can_tell_may_hold_or_not() -> None:
    body = _conditional("!FindInMap [Sizes, !Ref Subnets, a]")

    assert [one.when for one in _findings(body)] == [
        "the condition of OrdersQueue",
        "the condition of RefundsQueue",
    ]


BROKEN = {
    "no list": "x",
    "two elements": "[Name, [a]]",
    "four elements": "[Name, [a], {}, {}]",
    "identifier that is no text": "[[Name], [a], {}]",
    "body that is no mapping": "[Name, [a], [b]]",
}


@pytest.mark.parametrize("loop", BROKEN.values(), ids=BROKEN)
def test_what_is_no_loop_is_unknown(loop: str) -> None:
    template = _load(f"""
        Resources:
          Queue: {{Type: AWS::SQS::Queue}}
          Fn::ForEach::X: {loop}
        """)

    assert [one.data for one in template.macros()] == ["Fn::ForEach::X"]


def test_without_the_transform_loops_and_functions_are_unknown() -> None:
    text = HEAD.replace("Transform: AWS::LanguageExtensions\n", "") + dedent(LISTED)
    template = load(text + "  Length: {Type: X::Y::Z, Properties: {V: {Fn::Length: [a]}}}\n", "t")

    assert [one.data for one in template.macros()] == ["Fn::ForEach::Names"]
    assert _said(template)["Length"] == [("X::Y::Z", {"V": Unknown("Fn::Length")})]


@pytest.mark.parametrize(
    "transform",
    [
        "AWS::LanguageExtensions",
        "[AWS::LanguageExtensions]",
        "[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]",
        "[AWS::Serverless-2016-10-31, AWS::LanguageExtensions]",
    ],
)
def test_transform_in_any_spelling(transform: str) -> None:
    text = (HEAD + dedent(LISTED)).replace("AWS::LanguageExtensions", transform)

    assert "OrdersQueue" in load(text, "t").resources


# --- places and findings --------------------------------------------------------------------------

PLAIN = """
    Resources:
      Fn::ForEach::Names:
        - Name
        - [Orders, Refunds]
        - ${Name}Queue:
            Type: AWS::SQS::Queue
            Properties:
              VisibilityTimeout: 10
          ${Name}Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              EventSourceArn: !GetAtt ["${Name}Queue", Arn]
              FunctionName: !Ref Function
      Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
    """
LINE = (HEAD + dedent(PLAIN)).split("\n").index("          VisibilityTimeout: 10") + 1


def test_finding_stands_in_the_body_and_names_the_item() -> None:
    orders, refunds = _findings(PLAIN)

    assert orders.at.path == (
        "Resources",
        "Fn::ForEach::Names",
        2,
        "${Name}Queue",
        "Properties",
        "VisibilityTimeout",
    )
    assert orders.at.location == refunds.at.location
    assert orders.at.location.line == LINE
    assert [orders.resource, refunds.resource] == ["OrdersQueue", "RefundsQueue"]
    assert orders.message == "hides a message for 10 s, but Function may run 30 s (Name = Orders)"
    assert refunds.message == "hides a message for 10 s, but Function may run 30 s (Name = Refunds)"
    assert [note.text for note in orders.notes[1:]] == [
        "one attempt may take 30 s",
        "reads the queue",
    ]


def test_fingerprints_tell_items_apart_and_stay_when_lines_move() -> None:
    before = [one.fingerprint for one in _findings(PLAIN)]
    after = [one.fingerprint for one in _findings(f"\n\n{PLAIN}")]

    assert len({*before}) == 2
    assert before == after


def test_turns_of_a_loop_in_one_resource_are_told_apart() -> None:
    body = """
        Resources:
          Body:
            Type: AWS::ApiGateway::RestApi
            Properties:
              Body:
                paths:
                  Fn::ForEach::Paths:
                    - Path
                    - [a, b]
                    - /${Path}:
                        get:
                          x-amazon-apigateway-integration:
                            type: aws_proxy
                            uri: !GetAtt Function.Arn
          Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 60}}
        """
    found = _findings(body, "api/timeout-beyond-integration")
    triggers = list(Graph([_load(body)]).triggers())

    assert [one.resource for one in found] == ["Function"]
    assert [one.at.turn for one in triggers] == ["Path = a", "Path = b"]
    assert {one.at.resource for one in triggers} == {"Body"}
    assert {one.at.top.path for one in triggers} == {("Resources", "Body")}
    assert [note.text.partition(" (")[2] for note in found[0].notes[1:]] == [
        "Path = a)",
        "Path = b)",
    ]


def test_long_item_is_cut_short() -> None:
    body = PLAIN.replace("[Orders, Refunds]", f"[{'a' * 200}]")

    (found,) = _findings(body)

    assert found.message.endswith(f"(Name = {'a' * 100}…)")
    assert found.resource == f"{'a' * 200}Queue"


def test_loops_in_json_have_places_too() -> None:
    decoded, _ = decode_str(HEAD + dedent(PLAIN))
    template = load(json.dumps(decoded, indent=1), "template.json")
    orders, _ = lint([template], [load_rule("sqs/visibility-below-timeout")]).findings

    line = template.source.text.split("\n")[orders.at.location.line - 1]
    assert line.strip() == '"VisibilityTimeout": 10'


def test_loops_in_loops_name_all_their_items() -> None:
    body = """
        Resources:
          Fn::ForEach::Names:
            - Name
            - [Orders]
            - Fn::ForEach::Kinds:
                - Kind
                - [In, Out]
                - ${Name}${Kind}: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 10}}
                  ${Name}${Kind}Mapping:
                    Type: AWS::Lambda::EventSourceMapping
                    Properties:
                      EventSourceArn: !GetAtt ["${Name}${Kind}", Arn]
                      FunctionName: !Ref Function
          Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
        """

    assert [one.message.partition(" (")[2] for one in _findings(body)] == [
        "Name = Orders, Kind = In)",
        "Name = Orders, Kind = Out)",
    ]


def test_what_cannot_be_judged_names_the_item_too() -> None:
    body = PLAIN.replace("!Ref Function", "!ImportValue function")

    verdict = lint([_load(body)], [], unknown=True)

    assert [one.reason.partition(" (")[2] for one in verdict.unjudged] == [
        "Name = Orders)",
        "Name = Refunds)",
    ]


# --- ignores --------------------------------------------------------------------------------------


def _left(body: str) -> list[tuple[str, str]]:
    template, rule = _load(body), load_rule("sqs/visibility-below-timeout")
    known = (rule.id, *suppress.RULES)
    findings = lint([template], [rule]).findings
    judge = suppress.Judge(known, known, suggest)
    return [(one.rule.id, one.resource) for one in suppress.apply(findings, [template], judge)]


def test_comment_in_the_body_ignores_all_items() -> None:
    ignore = "# lambdalint: ignore[sqs/visibility-below-timeout] drained by hand"

    assert _left(PLAIN.replace("Timeout: 10", f"Timeout: 10  {ignore}")) == []
    assert _left(PLAIN.replace("${Name}Queue:\n", f"${{Name}}Queue:  {ignore}\n")) == []


METADATA = """\
Metadata: {lambdalint: {ignore: [{rule: sqs/visibility-below-timeout, reason: by hand}]}}
            Properties:
              VisibilityTimeout: """


def test_metadata_in_the_body_ignores_all_items() -> None:
    before = "Properties:\n              VisibilityTimeout: "

    assert _left(PLAIN.replace(before, METADATA)) == []


def test_metadata_that_helps_one_item_is_used() -> None:
    seconds = "!FindInMap [Sizes, !Ref Name, Batch, DefaultValue: 900]"
    some = PLAIN.replace("Properties:\n              VisibilityTimeout: 10", METADATA + seconds)

    assert [one.resource for one in _findings(some)] == ["OrdersQueue"]
    assert _left(some) == []


def test_unused_ignore_in_a_body_is_told_once() -> None:
    fine = PLAIN.replace("VisibilityTimeout: 10", "VisibilityTimeout: 900")
    before = "Properties:\n              VisibilityTimeout: "
    comment = "# lambdalint: ignore[sqs/visibility-below-timeout] why"

    assert _left(fine.replace(before, METADATA)) == [("ignore/unused", "Fn::ForEach::Names")]
    assert _left(fine.replace("900", f"900  {comment}")) == [
        ("ignore/unused", "Fn::ForEach::Names")
    ]


# --- functions ------------------------------------------------------------------------------------


def _settled(written: str, **fixed: str) -> Any:
    """What a value is, in the only world there is."""
    body = f"""
        Resources:
          Here: {{Type: X::Y::Z, Properties: {{V: {written}}}}}
          Queue: {{Type: AWS::SQS::Queue}}
        """
    return _resources(body, **fixed)["Here"].get("V")


LENGTHS = {
    "[a, b]": "2",
    "[]": "0",
    "[!Ref AWS::Region, !GetAtt Queue.Arn]": "2",
    "!Ref Names": "2",
    "!Split [',', 'a,b,c']": "3",
    "!FindInMap [Kinds, Orders, List]": "2",
    "!Ref Subnets": Unknown("Fn::Length"),
    "!GetAZs ''": Unknown("Fn::Length"),
    "text": Unknown("Fn::Length"),
}


@pytest.mark.parametrize("written", LENGTHS)
def test_length(written: str) -> None:
    assert _settled(f"{{Fn::Length: {written}}}") == LENGTHS[written]


def test_length_decides_a_condition() -> None:
    body = """
        Conditions:
          Many: !Equals [!Length [a, b], 2]
        Resources:
          Queue: {Type: AWS::SQS::Queue, Condition: Many}
        """

    assert len(_said(_load(body))["Queue"]) == 1


DEFAULTS = {
    "[Sizes, Orders, Batch, DefaultValue: 7]": "5",
    "[Sizes, Refunds, Batch, DefaultValue: 7]": "7",
    "[Sizes, Others, Batch, DefaultValue: 7]": "7",
    "[Nothing, Others, Batch, DefaultValue: 7]": "7",
    "[Sizes, Others, Batch, DefaultValue: !FindInMap [Sizes, Orders, Batch]]": "5",
    "[Sizes, Others, Batch, DefaultValue: [a, !Ref Queue]]": ["a", Ref("Queue")],
    "[Sizes, Others, Batch, DefaultValue: !Ref AWS::NoValue]": None,
    "[Sizes, !Select [1, !Split ['-', in-Orders]], Batch, DefaultValue: 7]": "5",
    "[Sizes, !Join ['', [Or, ders]], !Sub 'Ba${N}', DefaultValue: 7]": Unknown("Fn::FindInMap"),
    "[Sizes, !Ref Subnets, Batch, DefaultValue: 7]": Unknown("Fn::FindInMap"),
    "[Sizes, Refunds, Batch]": Unknown("mapping Sizes"),
}


@pytest.mark.parametrize("written", DEFAULTS)
def test_find_in_map_with_a_default(written: str) -> None:
    assert _settled(f"!FindInMap {written}") == DEFAULTS[written]


def test_other_regions_than_those_of_a_mapping_have_the_default() -> None:
    body = """
        Resources:
          Here:
            Type: X::Y::Z
            Properties: {V: !FindInMap [Regions, !Ref AWS::Region, Size, DefaultValue: 9]}
        """

    assert [said["V"] for _, said in _said(_load(body))["Here"]] == ["1", "2", "9"]


def test_parameter_that_is_none_of_those_compared_has_the_default() -> None:
    body = """
        Parameters:
          Tier: {Type: String}
        Mappings:
          Tiers: {gold: {Size: 1}}
        Conditions:
          IsGold: !Equals [!Ref Tier, gold]
        Resources:
          Here:
            Type: X::Y::Z
            Properties: {V: !FindInMap [Tiers, !Ref Tier, Size, DefaultValue: 9]}
        """
    template = load("Transform: AWS::LanguageExtensions\n" + dedent(body), "t")

    assert [said["V"] for _, said in _said(template)["Here"]] == ["1", "9"]


def test_name_in_a_ref_or_attribute_may_be_put_together() -> None:
    assert _settled("!Ref {Fn::Join: ['', [Que, ue]]}") == Ref("Queue")
    assert _settled("!GetAtt [!Join ['', [Que, ue]], !Select [0, [Arn]]]") == Ref("Queue", "Arn")
    assert isinstance(_settled("!Ref {Fn::GetAZs: ''}"), Unknown)
    assert isinstance(_settled("!GetAtt [!GetAZs '', Arn]"), Unknown)


JSON = {
    "{}": "{}",
    "{a: b, c: [1, true, 1.5, x]}": '{"a":"b","c":[1,true,1.5,"x"]}',
    "[a, !Ref AWS::NoValue]": '["a"]',
    "{a: !Ref AWS::NoValue}": "{}",
    "{a: !GetAtt Queue.Arn}": '{"a":"${Queue.Arn}"}',
    '{a: !Sub "x-${Queue}\\"y"}': '{"a":"x-${Queue}\\"y"}',
    "{a: !Ref Subnets}": '{"a":"${Subnets}"}',
    "{Fn::GetAZs: ''}": '"${?}"',
}


@pytest.mark.parametrize("written", JSON)
def test_to_json_string(written: str) -> None:
    assert _settled(f"{{Fn::ToJsonString: {written}}}") == JSON[written]


def test_json_text_is_a_text_like_any_other() -> None:
    assert _settled("!Join ['', [!ToJsonString {a: 1}, !ToJsonString [b]]]") == '{"a":1}["b"]'
    assert _settled("!Select [1, !Split [',', !ToJsonString [a, b]]]") == '"b"]'


def test_json_text_is_read_where_it_is_written() -> None:
    template = _load("""
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties:
              RedrivePolicy:
                Fn::ToJsonString:
                  deadLetterTargetArn: !GetAtt Dead.Arn
                  maxReceiveCount: 1
          Dead: {Type: AWS::SQS::Queue}
          Machine:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              DefinitionString: !ToJsonString
                States:
                  Work: {Type: Task, Resource: !GetAtt Function.Arn}
          Policy:
            Type: AWS::SQS::QueuePolicy
            Properties:
              Queues: [!Ref Queue]
              PolicyDocument: !ToJsonString
                Statement: {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:*"}
          Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
        """)
    graph = Graph([template])
    queue, dead = graph.resources("AWS::SQS::Queue")

    redrive = document(queue.get("RedrivePolicy"), queue.scope)
    received = descend(redrive, "maxReceiveCount")

    assert received.data == 1
    assert received.at.path[-2:] == ("Fn::ToJsonString", "maxReceiveCount")
    assert template.source.text.split("\n")[received.at.location.line - 1].strip() == (
        "maxReceiveCount: 1"
    )
    assert graph.is_dead_letter_queue(dead)
    assert [one.function.id for one in graph.triggers()] == ["Function"]
    assert [one.services for one in graph.policies(queue)] == [("sns.amazonaws.com",)]


# --- limits ---------------------------------------------------------------------------------------


def _refused(body: str) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        _load(body)
    return refused.value


def _loops(nested: int, items: int, inside: str) -> str:
    """Loops in loops over numbered items."""
    body = inside
    for level in reversed(range(nested)):
        listed = json.dumps([str(item) for item in range(items)])
        loop = f"Fn::ForEach::L{level}:\n  - I{level}\n  - {listed}\n  -\n{indent(body, '    ')}"
        body = loop
    return f"Resources:\n  Queue: {{Type: AWS::SQS::Queue}}\n{indent(body, '  ')}\n"


def test_as_many_resources_as_cloudformation_takes() -> None:
    template = _load(_loops(1, MAX_RESOURCES, "Q${I0}: {Type: AWS::SQS::Queue}"))

    assert len(template.resources) == MAX_RESOURCES + 1


def test_more_resources_are_refused_where_they_are_made() -> None:
    refused = _refused(_loops(2, 23, "Q${I0}x${I1}: {Type: AWS::SQS::Queue}"))

    assert refused.message == "loops that make more than 500 resources"
    body = HEAD + _loops(2, 23, "Q${I0}x${I1}: {Type: AWS::SQS::Queue}")
    assert body.splitlines()[refused.line - 1].strip() == "Q${I0}x${I1}: {Type: AWS::SQS::Queue}"


def test_refused_loops_are_told_wherever_the_template_is_found(home: Path) -> None:
    body = _loops(2, 23, "Q${I0}x${I1}: {Type: AWS::SQS::Queue}")
    (home / "template.yaml").write_text(HEAD + body, "utf-8")

    result = CliRunner().invoke(main, ["check", ".", "--format", "concise"])

    assert result.exit_code == 2
    assert "loops that make more than 500 resources" in result.output


def test_deeper_loops_are_refused() -> None:
    name = "".join(f"${{I{level}}}" for level in range(MAX_NESTED))
    _load(_loops(MAX_NESTED, 1, f"Q{name}: {{Type: AWS::SQS::Queue}}"))

    refused = _refused(_loops(MAX_NESTED + 1, 1, f"Q{name}: {{Type: AWS::SQS::Queue}}"))

    assert refused.message == "loops nested deeper than 6 levels"


HUGE = {
    "empty bodies": _loops(6, 50, "{}"),
    "long texts": _loops(1, 2, "Q: {Type: X::Y::Z, P: '" + "${I0}" * 9 + "'}").replace(
        '"1"', json.dumps("x" * 9_000_000)
    ),
    "many values": _loops(3, 30, "Q: {Type: X::Y::Z, P: [" + "1," * 300 + "]}"),
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE)
def test_what_would_be_too_much_is_refused(body: str) -> None:
    assert _refused(body).message in (
        "loops that make more than 200,000 values",
        "loops that make more than 500 resources",
    )
