"""Nested stacks, stacks of an assembly and stored parameters: one application in many templates."""

from __future__ import annotations

import io
import json
from itertools import permutations
from pathlib import Path
from textwrap import dedent

import pytest

from lambdalint import run
from lambdalint.catalog import load_rule
from lambdalint.confidence import Confidence
from lambdalint.config import Settings
from lambdalint.rule import Outcome

pytestmark = pytest.mark.usefixtures("home")

PARENT = """
    Parameters:
      Stage: {Type: String, Default: dev}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
    Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
      Work:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: ./child.yaml
          Parameters: {Source: !GetAtt Queue.Arn, Seconds: 30, Stage: !Ref Stage}
"""
CHILD = """
    Parameters:
      Source: {Type: String}
      Seconds: {Type: Number, Default: 1}
      Stage: {Type: String}
    Conditions:
      IsBig: !Equals [!Ref Stage, big]
    Resources:
      Worker: {Type: AWS::Lambda::Function, Properties: {Timeout: !Ref Seconds}}
      Mapping:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !Ref Source, FunctionName: !Ref Worker}
"""


def _check(rule: str, *paths: str) -> Outcome:
    reading = run.read(paths or (".",), Settings())
    return run.check(reading, [load_rule(rule)], Settings())


def _said(*paths: str, rule: str = "sqs/short-visibility-timeout") -> list[tuple[str, str, str]]:
    outcome = _check(rule, *paths)
    assert outcome.problems == ()
    return [(one.at.source.file, one.message, one.when) for one in outcome.findings]


def _put(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), "utf-8")


FOUND = [("parent.yaml", "hides a message for 60 s, needs 6 × 30 s", "")]


@pytest.mark.parametrize("paths", [["."], ["parent.yaml"], ["parent.yaml", "child.yaml"]])
def test_parent_hands_a_queue_and_a_number_down(paths: list[str]) -> None:
    _put("parent.yaml", PARENT)
    _put("child.yaml", CHILD)

    assert _said(*paths) == FOUND


def test_nested_template_is_found_wherever_we_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    _put("app/parent.yaml", PARENT.replace("./child.yaml", "parts/child.yaml"))
    _put("app/parts/child.yaml", CHILD)
    monkeypatch.chdir("app/parts")

    assert [message for _, message, _ in _said("../parent.yaml")] == [FOUND[0][1]]


def test_serverless_application_is_a_nested_stack() -> None:
    _put(
        "parent.yaml",
        PARENT.replace("AWS::CloudFormation::Stack", "AWS::Serverless::Application").replace(
            "TemplateURL", "Location"
        ),
    )
    _put("child.yaml", CHILD)

    assert _said() == FOUND


def test_default_of_a_nested_template_counts_where_nothing_is_given() -> None:
    _put("parent.yaml", PARENT.replace("Seconds: 30, ", ""))
    _put("child.yaml", CHILD.replace("Default: 1", "Default: 40"))

    (finding,) = _check("sqs/short-visibility-timeout").findings
    assert finding.message == "hides a message for 60 s, needs 6 × 40 s"
    assert finding.confidence.name == "HIGH"


def test_nested_template_is_not_looked_at_by_itself() -> None:
    """Alone, the default of 40 s would be a fault; nobody deploys it."""
    _put("parent.yaml", PARENT.replace("Seconds: 30", "Seconds: 5"))
    _put("child.yaml", CHILD.replace("Default: 1", "Default: 40"))

    assert _said() == []


def test_default_counts_where_the_parent_gives_nothing_in_some_deployments() -> None:
    seconds = "Seconds: !If [IsProd, 5, !Ref AWS::NoValue]"
    _put("parent.yaml", PARENT.replace("Seconds: 30", seconds))
    _put("child.yaml", CHILD.replace("Default: 1", "Default: 30"))

    assert _said() == [(*FOUND[0][:2], "Stage = dev or Stage = big")]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("!If [IsProd, {Source: !GetAtt Queue.Arn, Seconds: 30}, {Source: !GetAtt Queue.Arn}]", 1),
        ("!If [IsProd, {Source: !GetAtt Queue.Arn, Seconds: 5}, {Source: !ImportValue no}]", 0),
    ],
)
def test_parameters_may_be_given_as_a_whole(given: str, found: int) -> None:
    _put("parent.yaml", PARENT.partition("Parameters: {Source")[0] + f"Parameters: {given}\n")
    _put("child.yaml", CHILD)

    assert [when for _, _, when in _said()] == ["Stage = prod"] * found


@pytest.mark.parametrize(
    ("given", "literal", "found"),
    [
        ("!GetAtt Queue.Arn", "''", []),
        ("!GetAtt Queue.Arn", "none", []),
        ("!Ref Queue", "''", []),
        ("!Sub '${AWS::StackName}-orders'", "''", []),
        ("!Sub '${AWS::StackName}-orders'", "dev-refunds", []),
        ("!Sub 'orders-${AWS::StackName}'", "dev-orders", []),
        ("!Sub '${AWS::StackName}-my-${AWS::StackId}'", "dev-our-orders", []),
        # which nobody can tell
        ("!Sub '${AWS::StackName}-orders'", "dev-orders", ["IsNone"]),
        ("!Ref Queue", "none", ["IsNone"]),
        ("!GetAtt Queue.QueueName", "''", ["IsNone"]),
        ("!ImportValue queue", "''", ["IsNone"]),
    ],
)
def test_what_is_written_out_differs_from_another_text(
    given: str, literal: str, found: list[str]
) -> None:
    _put("parent.yaml", PARENT.replace("Stage: !Ref Stage}", f"Stage: {given}}}"))
    _put(
        "child.yaml",
        CHILD.replace("IsBig: !Equals [!Ref Stage, big]", f"IsNone: !Equals [!Ref Stage, {literal}]")
        .replace("!Ref Seconds", "!If [IsNone, 30, 1]"),
    )  # fmt: skip

    assert [when for _, _, when in _said()] == found


def test_child_gives_its_queue_to_its_parent() -> None:
    _put(
        "parent.yaml",
        """
        Resources:
          Store: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
          Worker: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
          Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {EventSourceArn: !GetAtt Store.Outputs.Arn, FunctionName: !Ref Worker}
        """,
    )
    _put(
        "child.yaml",
        """
        Resources:
          Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
        Outputs:
          Arn: {Value: !GetAtt Queue.Arn}
        """,
    )

    assert _said() == [("child.yaml", *FOUND[0][1:])]


def test_siblings_meet_through_their_parent() -> None:
    _put(
        "parent.yaml",
        """
        Resources:
          Store: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: store.yaml}}
          Work:
            Type: AWS::CloudFormation::Stack
            Properties:
              TemplateURL: child.yaml
              Parameters: {Source: !GetAtt Store.Outputs.Arn, Seconds: 30, Stage: dev}
        """,
    )
    _put(
        "store.yaml",
        """
        Resources:
          Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
        Outputs:
          Arn: {Value: !GetAtt Queue.Arn}
        """,
    )
    _put("child.yaml", CHILD)

    assert _said() == [("store.yaml", *FOUND[0][1:])]


def test_same_template_nested_twice_is_two_stacks() -> None:
    _put(
        "parent.yaml",
        """
        Resources:
          Fast:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Seconds: 5}}
          Slow:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Seconds: 30}}
        """,
    )
    _put(
        "child.yaml",
        CHILD.replace("!Ref Source", "!GetAtt Queue.Arn")
        + "      Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}\n",
    )

    assert _said() == [("child.yaml", *FOUND[0][1:])]


def test_condition_below_asks_for_the_parameter_above() -> None:
    _put("parent.yaml", PARENT.replace("IsProd: !Equals [!Ref Stage, prod]", "{}"))
    _put("child.yaml", CHILD.replace("!Ref Seconds", "!If [IsBig, 30, 1]"))

    assert _said() == [(*FOUND[0][:2], "Stage = big")]


def test_what_is_none_of_those_compared_above_is_none_of_them_below() -> None:
    _put(
        "parent.yaml",
        PARENT.replace(", Default: dev", "").replace(
            "VisibilityTimeout: 60", "VisibilityTimeout: !If [IsProd, 60, 100]"
        ),
    )
    _put(
        "child.yaml",
        CHILD.replace("!Ref Seconds", "!If [IsLive, 30, 1]").replace(
            "IsBig:", "IsLive: !Equals [prod, !Ref Stage]\n      IsBig:"
        ),
    )

    assert _said() == [(*FOUND[0][:2], "Stage = prod")]


HERE = "[!Ref AWS::Region, eu-west-1]"


@pytest.mark.parametrize(
    ("given", "below", "condition"),
    [
        ("", "", HERE),
        ("Region: !Ref AWS::Region", "Region: {Type: String}", "[eu-west-1, !Ref Region]"),
    ],
)
@pytest.mark.parametrize(
    ("above", "timeout", "said"),
    [
        ("[IsHere, 200, 60]", "[IsHere, 30, 1]", []),
        ("[IsHere, 60, 200]", "[IsHere, 30, 1]", ["AWS::Region = eu-west-1"]),
        ("[IsHere, 200, 60]", "[IsHere, 1, 30]", ["AWS::Region is not eu-west-1"]),
    ],
)
def test_nested_stack_is_in_the_region_of_its_parent(
    given: str, below: str, condition: str, above: str, timeout: str, said: list[str]
) -> None:
    _put(
        "parent.yaml",
        PARENT.replace("IsProd:", f"IsHere: !Equals {HERE}\n      IsProd:")
        .replace("VisibilityTimeout: 60", f"VisibilityTimeout: !If {above}")
        .replace("Stage: !Ref Stage}", f"Stage: !Ref Stage, {given}}}"),
    )
    _put(
        "child.yaml",
        CHILD.replace("IsBig:", f"IsHere: !Equals {condition}\n      IsBig:")
        .replace("!Ref Seconds", f"!If {timeout}")
        .replace("Source: {", f"{below}\n      Source: {{"),
    )

    assert [when for _, _, when in _said()] == said


@pytest.mark.parametrize(
    ("visibility", "timeout", "said"),
    [
        ("!If [IsHere, 200, 60]", "!If [IsHere, 30, 1]", []),
        ("!If [IsHere, 200, 60]", "!FindInMap [Regions, !Ref AWS::Region, Timeout]", []),
        ("!If [IsHere, 60, 200]", "!FindInMap [Regions, !Ref AWS::Region, Timeout]",
         ["AWS::Region = eu-west-1"]),
    ],
)  # fmt: skip
def test_import_comes_from_the_same_region(visibility: str, timeout: str, said: list[str]) -> None:
    _put(
        "store.yaml",
        f"""
        Conditions: {{IsHere: !Equals {HERE}}}
        Resources:
          Queue: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {visibility}}}}}
        Outputs:
          Arn: {{Value: !GetAtt Queue.Arn, Export: {{Name: queue}}}}
        """,
    )
    _put(
        "work.yaml",
        f"""
        Mappings:
          Regions: {{eu-west-1: {{Timeout: 30}}, us-east-1: {{Timeout: 1}}}}
        Conditions: {{IsHere: !Equals {HERE}}}
        Resources:
          Worker: {{Type: AWS::Lambda::Function, Properties: {{Timeout: {timeout}}}}}
          Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {{EventSourceArn: !ImportValue queue, FunctionName: !Ref Worker}}
        """,
    )

    assert [when for _, _, when in _said()] == said


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("'c,d'", ["c", "d"]),
        ("[c]", ["c"]),
        ("!Join [',', [c, d]]", []),
        ("!Ref Stage", []),
    ],
)
def test_loop_goes_through_what_the_parent_gives(given: str, made: list[str]) -> None:
    _put("parent.yaml", PARENT.replace("Seconds: 30", f"Seconds: 30, Names: {given}"))
    _put(
        "child.yaml",
        CHILD.replace(
            "Parameters:", "Parameters:\n      Names: {Type: CommaDelimitedList, Default: a}"
        )
        + """\
      Fn::ForEach::Queues:
        - Name
        - !Ref Names
        - Queue${Name}: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
          Mapping${Name}:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {EventSourceArn: !GetAtt [!Sub "Queue${Name}", Arn], FunctionName: !Ref Worker}
    Transform: AWS::LanguageExtensions
""",
    )

    outcome = _check("sqs/short-visibility-timeout")
    found = [one.resource for one in outcome.findings if one.at.source.file == "child.yaml"]
    assert found == [f"Queue{one}" for one in made]


@pytest.mark.parametrize(("given", "found"), [("/ours", 1), ("/theirs", 0), ("!Ref Stage", 0)])
def test_stored_parameter_is_the_one_that_the_parent_names(given: str, found: int) -> None:
    _put(
        "parent.yaml",
        PARENT.replace("Source: !GetAtt Queue.Arn", f"Source: {given}")
        + """\
      Ours:
        Type: AWS::SSM::Parameter
        Properties: {Name: /ours, Type: String, Value: !GetAtt Queue.Arn}
""",
    )
    source = "Source: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /ours}"
    _put("child.yaml", CHILD.replace("Source: {Type: String}", source))

    assert len(_said()) == found


def test_nested_stack_may_be_conditional() -> None:
    stack = "Type: AWS::CloudFormation::Stack"
    _put("parent.yaml", PARENT.replace(stack, f"{stack}\n        Condition: IsProd"))
    _put("child.yaml", CHILD)

    assert _said() == [(*FOUND[0][:2], "Stage = prod")]


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/bucket/child.yaml",
        "missing.yaml",
        "!Sub '${Bucket}/child.yaml'",
        "../outside/child.yaml",
        "link.yaml",
    ],
)
def test_template_that_is_not_the_projects_is_unknown(url: str) -> None:
    outside = Path("outside").absolute()
    outside.mkdir()
    (outside / "child.yaml").write_text(dedent(CHILD), "utf-8")
    home = Path("repository")
    (home / ".git").mkdir(parents=True)
    (home / "link.yaml").symlink_to(outside / "child.yaml")
    (home / "parent.yaml").write_text(dedent(PARENT.replace("./child.yaml", url)), "utf-8")

    assert _said("repository/parent.yaml") == []


def test_piped_text_counts_for_the_template_that_nests_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _put("parent.yaml", PARENT)
    _put("deep/child.yaml", CHILD.replace("!Ref Seconds", "1"))
    _put("parent.yaml", PARENT.replace("./child.yaml", "deep/child.yaml"))
    assert _said() == []

    for named in ("deep/child.yaml", str(Path("deep/child.yaml").absolute())):
        piped = io.TextIOWrapper(io.BytesIO(dedent(CHILD).encode()))
        monkeypatch.setattr("sys.stdin", piped)
        reading = run.read(["-", "."], Settings(), stdin_filename=named)
        rules = [load_rule("sqs/short-visibility-timeout")]
        (finding,) = run.check(reading, rules, Settings()).findings
        assert (finding.at.source.file, finding.message, finding.when) == FOUND[0]


def test_order_of_paths_changes_nothing() -> None:
    """What several templates have in common is told of the same one."""
    _put("src/app.py", "def handler(event, context):\n    return event['Records'][0]['body']\n")
    for service in ("a", "a-b", "c"):
        _put(
            f"{service}/template.yaml",
            f"""
            Resources:
              Queue: {{Type: AWS::SQS::Queue}}
              Worker{service[-1].upper()}:
                Type: AWS::Serverless::Function
                Properties:
                  {{Runtime: python3.13, Handler: app.handler, CodeUri: ../src, Events: {{Queue:
                  {{Type: SQS, Properties: {{Queue: !GetAtt Queue.Arn, BatchSize: 5}}}}}}}}
            """,
        )

    def told(*paths: str) -> list[tuple[str, list[tuple[str, str]]]]:
        found = _check("handler/first-record-only", *paths).findings
        return [(one.resource, [(n.at.source.file, n.text) for n in one.notes]) for one in found]

    walked = told(".")
    assert [resource for resource, _ in walked] == ["WorkerA"]
    for paths in permutations(("a/template.yaml", "a-b/template.yaml", "c/template.yaml")):
        assert told(*paths) == walked


def test_broken_nested_template_is_told() -> None:
    _put("parent.yaml", PARENT)
    _put("child.yaml", "Resources: [")

    outcome = _check("sqs/short-visibility-timeout", "parent.yaml")

    assert [problem.file for problem in outcome.problems] == ["child.yaml"]


def test_circles_end() -> None:
    _put("parent.yaml", PARENT)
    _put("child.yaml", PARENT.replace("./child.yaml", "parent.yaml"))
    _put(
        "one.yaml",
        """
        Resources: {Queue: {Type: AWS::SQS::Queue}}
        Outputs: {A: {Value: !ImportValue b, Export: {Name: a}}}
        """,
    )
    _put(
        "two.yaml",
        """
        Resources:
          Worker: {Type: AWS::Lambda::Function}
          Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {EventSourceArn: !ImportValue a, FunctionName: !Ref Worker}
        Outputs: {B: {Value: !ImportValue a, Export: {Name: b}}}
        """,
    )

    assert _said() == []


def test_permission_in_a_nested_stack_lets_in() -> None:
    parent = """
        Resources:
          Topic: {Type: AWS::SNS::Topic}
          Worker: {Type: AWS::Lambda::Function}
          Wire:
            Type: AWS::SNS::Subscription
            Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Worker.Arn}
          Rights:
            Type: AWS::CloudFormation::Stack
            Properties:
              TemplateURL: child.yaml
              Parameters: {Function: !Ref Worker, Topic: !Ref Topic}
        """
    child = """
        Parameters: {Function: {Type: String}, Topic: {Type: String}}
        Resources:
          Right:
            Type: AWS::Lambda::Permission
            Properties:
              FunctionName: !Ref Function
              Action: lambda:InvokeFunction
              Principal: PRINCIPAL
              SourceArn: !Ref Topic
        """
    _put("parent.yaml", parent)
    _put("child.yaml", child.replace("PRINCIPAL", "sns.amazonaws.com"))
    assert _said(rule="permission/missing") == []

    _put("child.yaml", child.replace("PRINCIPAL", "s3.amazonaws.com"))
    assert [file for file, _, _ in _said(rule="permission/missing")] == ["parent.yaml"]


# --- stored parameters ----------------------------------------------------------------------------

STORE = """
    Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
      Stored:
        Type: AWS::SSM::Parameter
        Properties: {Type: String, Name: /orders/queue, Value: !GetAtt Queue.Arn}
"""
READER = """
    Parameters:
      Source: {Type: "AWS::SSM::Parameter::Value<String>", Default: /orders/queue}
    Resources:
      Worker: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
      Mapping:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !Ref Source, FunctionName: !Ref Worker}
"""


@pytest.mark.parametrize(
    "source",
    [
        "!Ref Source",
        '"{{resolve:ssm:/orders/queue}}"',
        '!Sub "{{resolve:ssm:/orders/queue:1}}"',
        '!Sub ["{{resolve:ssm:/${Service}/queue}}", {Service: orders}]',
    ],
)
def test_stored_parameter_is_read_where_one_template_stores_it(source: str) -> None:
    _put("store.yaml", STORE)
    _put("reader.yaml", READER.replace("!Ref Source", source))
    assert _said() == [("store.yaml", *FOUND[0][1:])]

    _put("other.yaml", STORE)
    assert _said() == []


def test_stored_parameter_may_be_one_of_two_that_conditions_choose_from() -> None:
    conditions = """
    Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
      IsDev: !Not [!Condition IsProd]
"""
    twice = conditions + STORE.lstrip("\n").replace(
        "Type: AWS::SSM::Parameter\n", "Type: AWS::SSM::Parameter\n        Condition: IsProd\n"
    )
    other = """
      Quick: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 90}}
      Instead:
        Type: AWS::SSM::Parameter
        Condition: IsDev
        Properties: {Type: String, Name: !Sub /orders/queue, Value: !GetAtt Quick.Arn}
"""
    _put("store.yaml", twice + other)
    _put("reader.yaml", READER)

    assert _said() == [
        ("store.yaml", "hides a message for 60 s, needs 6 × 30 s", "Stage = prod"),
        ("store.yaml", "hides a message for 90 s, needs 6 × 30 s", "Stage = dev"),
    ]


def test_export_of_a_stack_that_one_of_two_conditions_nests() -> None:
    stack = (
        "{Type: AWS::CloudFormation::Stack, Condition: IsProd, Properties: {TemplateURL: a.yaml}}"
    )
    _put(
        "parent.yaml",
        f"""
        Parameters: {{Stage: {{Type: String, AllowedValues: [dev, prod]}}}}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
          IsDev: !Not [!Condition IsProd]
        Resources:
          One: {stack}
          Two: {stack.replace("IsProd", "IsDev")}
        """,
    )
    _put("a.yaml", STORE + "    Outputs: {Q: {Value: !GetAtt Queue.Arn, Export: {Name: orders}}}\n")
    _put("reader.yaml", READER.replace("!Ref Source", "!ImportValue orders"))

    assert {(file, said) for file, said, _ in _said()} == {("a.yaml", FOUND[0][1])}


# --- assemblies -----------------------------------------------------------------------------------


def _assembly(folder: str, **stacks: dict[str, object]) -> None:
    artifacts: dict[str, object] = {}
    for name, template in stacks.items():
        region = template.pop("region", "unknown-region")
        _put(f"{folder}/{name}.template.json", json.dumps(template))
        artifacts[f"Id{name}"] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{region}",
            "displayName": name,
            "properties": {"templateFile": f"{name}.template.json", "stackName": name},
        }
    _put(f"{folder}/manifest.json", json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    _put(f"{folder}/cdk.out", '{"version":"55.0.0"}')


def _queue(**more: object) -> dict[str, object]:
    return {
        "Resources": {
            "Q": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"QueueName": "orders", "VisibilityTimeout": 60},
            }
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}}},
        **more,
    }


def _reader(source: object, **more: object) -> dict[str, object]:
    return {
        "Resources": {
            "W": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 30}},
            "M": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": source, "FunctionName": {"Ref": "W"}},
            },
        },
        **more,
    }


OUTPUT = {"Fn::GetStackOutput": {"StackName": "Goods", "OutputName": "Arn", "Region": "eu-west-1"}}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (OUTPUT, True),
        ({"Fn::GetStackOutput": {"StackName": "Goods", "OutputName": "Arn"}}, True),
        ({"Fn::GetStackOutput": {"StackName": "Goods", "OutputName": "No"}}, False),
        ({"Fn::GetStackOutput": {"StackName": "IdGoods", "OutputName": "Arn"}}, False),
        ({"Fn::GetStackOutput": {**OUTPUT["Fn::GetStackOutput"], "Region": "us-east-1"}}, False),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", True),
        ("arn:aws:sqs:us-east-1:111122223333:orders", False),
        ({"Fn::GetStackOutput": "Goods"}, False),
    ],
)
def test_stacks_of_an_assembly_know_each_other(source: object, *, found: bool) -> None:
    _assembly("cdk.out", Goods=_queue(region="eu-west-1"), Work=_reader(source, region="eu-west-1"))

    assert bool(_said()) is found


def test_same_name_in_two_stacks_is_nobodys() -> None:
    arn = "arn:aws:sqs:eu-west-1:111122223333:orders"
    _assembly("cdk.out", One=_queue(), Two=_queue(), Work=_reader(arn))

    assert _said() == []


def test_names_mean_nothing_across_assemblies() -> None:
    _assembly("a/cdk.out", Goods=_queue())
    _assembly("b/cdk.out", Work=_reader("arn:aws:sqs:eu-west-1:111122223333:orders"))

    assert _said() == []


def test_assembly_lies_where_cdk_json_says() -> None:
    _assembly("build/out", Goods=_queue(), Work=_reader(OUTPUT))
    _put("cdk.json", '{"output": "build/out"}')
    _put(".gitignore", "build/")

    assert len(_said()) == 1
    _put("cdk.json", '{"output": "../elsewhere"}')
    assert _said() == []


def test_function_may_be_invoked_by_name_from_another_stack_of_the_application() -> None:
    _put(
        "parent.yaml",
        """
        Resources:
          Work: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml}}
          Caller:
            Type: AWS::Lambda::Function
            Properties: {Environment: {Variables: {NEXT: worker}}}
        """,
    )
    child = """
        Resources:
          Dead: {Type: AWS::SQS::Queue}
          Worker:
            Type: AWS::Lambda::Function
            Properties: {FunctionName: worker, DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}}
          Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              EventSourceArn: arn:aws:sqs:eu-west-1:123456789012:orders
              FunctionName: !Ref Worker
        """
    rule = "mapping/dead-letter-queue-on-function"
    _put("child.yaml", child)
    assert _said(rule=rule) == []

    _put("child.yaml", child.replace("FunctionName: worker", "FunctionName: another"))
    assert _said(rule=rule) == [
        ("child.yaml", "is never used: only event source mappings invoke Worker", "")
    ]


def test_source_in_a_stack_that_nobody_can_read_is_likely_a_queue() -> None:
    template = """
        Resources:
          Queues:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: "https://s3.amazonaws.com/templates/queues.yaml"}
          Mapping:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {EventSourceArn: !GetAtt Queues.Outputs.Arn, FunctionName: worker}
        """
    _put("template.yaml", template)

    (finding,) = _check("sqs/no-partial-batch-response", "template.yaml").findings

    assert finding.confidence is Confidence.MEDIUM
    assert len(finding.notes) == 1
