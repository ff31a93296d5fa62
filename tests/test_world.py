"""What values are in each world a template can be deployed into, and how many worlds there are."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from lambdalint.catalog import load_rule
from lambdalint.engine import lint
from lambdalint.graph import Graph
from lambdalint.load import load
from lambdalint.settled import Map, Seq
from lambdalint.template import Template
from lambdalint.value import Ref, Text, Unknown, Value
from lambdalint.world import MAX_WORLDS, World, worlds

HEAD = """
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Name: {Type: String}
  Size: {Type: Number, Default: 5}
  Flag: {Type: String, Default: true, AllowedValues: [true, false]}
  Subnets: {Type: CommaDelimitedList, Default: "a, b"}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path, AllowedValues: [/path]}
  Which: {Type: "AWS::SSM::Parameter::Name", Default: /path}
Mappings:
  Sizes:
    dev: {Memory: 128, Zones: [x, y]}
    prod: {Memory: 512, Zones: [z]}
  Regions:
    eu-west-1: {Same: 1, Other: 2}
    us-east-1: {Same: 1, Other: 3}
  Alike:
    eu-west-1: {Same: 1}
    us-east-1: {Same: 1}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Never: !Equals [a, b]
  Always: !Equals [a, a]
"""
TAIL = """
  Queue: {Type: AWS::SQS::Queue}
  Worker: {Type: AWS::Lambda::Function, Properties: {FunctionName: work}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Worker, Name: live}}
  Frozen: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Worker}}
"""


def _template(written: str, **fixed: Any) -> Template:
    text = f"{HEAD}\nResources:\n  Here: {{Type: A::B::C, Properties: {{V: {written}}}}}{TAIL}"
    return load(text, "template.yaml", fixed)


def _plain(data: Any) -> Any:
    if isinstance(data, Value):
        return _plain(data.data)
    if isinstance(data, Map):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(item) for item in data] if isinstance(data, Seq) else data


def _in(template: Template, world: World) -> Any:
    scope = world.scope(template)
    return _plain(scope.properties(template.resources["Here"]))


def _settled(written: str, **fixed: Any) -> Any:
    """What a value is, where it is the same in every world."""
    template = _template(written, **fixed)
    found = [_in(template, world) for world in worlds()]
    assert all(one == found[0] for one in found)
    return found[0].get("V")


def _each(written: str, **fixed: Any) -> list[Any]:
    """What a value is in each world."""
    template = _template(written, **fixed)
    return [_in(template, world).get("V") for world in worlds()]


REGION, ACCOUNT = Ref("AWS::Region"), Ref("AWS::AccountId")
WORKER_ARN = ("arn:", Ref("AWS::Partition"), ":lambda:", REGION, ":", ACCOUNT, ":function:")

SETTLED: dict[str, tuple[str, Any]] = {
    "number": ("5", 5),
    "mapping": ("{a: [1, {b: !Ref Queue}]}", {"a": [1, {"b": Ref("Queue")}]}),
    "ref of a resource": ("!Ref Queue", Ref("Queue")),
    "ref of a number": ("!Ref Size", 5),
    "ref of a list": ("!Ref Subnets", ["a", "b"]),
    "ref of a pseudo-parameter": ("!Ref AWS::Region", REGION),
    "attribute as a list": ("{'Fn::GetAtt': [Queue, Arn]}", Ref("Queue", "Arn")),
    "attribute as a text": ("{'Fn::GetAtt': Queue.Arn}", Ref("Queue", "Arn")),
    "attribute by its tag": ("!GetAtt Queue.Arn", Ref("Queue", "Arn")),
    "attribute of a nested stack": ("!GetAtt Queue.Outputs.Arn", Ref("Queue", "Outputs.Arn")),
    "attribute by parameter": ("!GetAtt [Queue, !Ref Which]", Ref("Queue", "/path")),
    "sub": ("!Sub '${Queue}-${Size}'", Text((Ref("Queue"), "-5"))),
    "sub of an attribute": ("!Sub '${ Queue.Arn }'", Ref("Queue", "Arn")),
    "sub of a pseudo-parameter": ("!Sub 'a-${AWS::Region}'", Text(("a-", REGION))),
    "sub with variables": ("!Sub ['${A}/${B}${Size}', {A: !Ref Queue, B: x}]",
                           Text((Ref("Queue"), "/x5"))),
    "variable before resource": ("!Sub ['${Queue}', {Queue: x}]", "x"),
    "literal in a sub": ("!Sub '${!Size}-${Size}'", "${Size}-5"),
    "sub without holes": ("!Sub plain", "plain"),
    "join": ("!Join [':', [a, !Ref Queue, !Ref Size, true]]",
             Text(("a:", Ref("Queue"), ":5:true"))),
    "join of a list parameter": ("!Join [',', !Ref Subnets]", "a,b"),
    "join of nothing": ("!Join [',', []]", ""),
    "join without what is no value": ("!Join [',', [a, !Ref AWS::NoValue, b]]", "a,b"),
    "join of a split": ("!Join ['-', !Split ['.', a.b.c]]", "a-b-c"),
    "select": ("!Select [1, [a, b]]", "b"),
    "select by text": ("!Select ['1', [a, b]]", "b"),
    "select of a list parameter": ("!Select [1, !Ref Subnets]", "b"),
    "split": ("!Split ['-', a-b]", ["a", "b"]),
    "split with holes": ("!Split ['/', !Sub 'a/${Queue}/c']", ["a", Ref("Queue"), "c"]),
    "function of its arn": ("!Select [6, !Split [':', !GetAtt Worker.Arn]]", Ref("Worker", "Arn")),
    "region of an arn": ("!Select [3, !Split [':', !GetAtt Worker.Arn]]", REGION),
    "arn put together again": (
        "!Join [':', [!Select [0, !Split [':', !Ref Live]], !Select [6, !Split [':', !Ref Live]]]]",
        Text(("arn:", Ref("Worker")))),
    "alias of its arn": ("!Select [7, !Split [':', !Ref Live]]", "live"),
    "version of its arn": ("!Select [7, !Split [':', !Ref Frozen]]", Ref("Frozen", "Version")),
    "base64": ("!Base64 abc", "YWJj"),
    "mapping by literal": ("!FindInMap [Sizes, prod, Memory]", 512),
    "list of a mapping": ("!FindInMap [Sizes, dev, Zones]", ["x", "y"]),
    "mapping by region, all rows equal": ("!FindInMap [Alike, !Ref AWS::Region, Same]", 1),
    "mapping by region, equal where asked": ("!FindInMap [Regions, !Ref AWS::Region, Same]", 1),
    "condition that always holds": ("!If [Always, 1, 2]", 1),
    "condition that never holds": ("!If [Never, 1, 2]", 2),
    "no value": ("!Ref AWS::NoValue", None),
    "no value in a list": ("[a, !Ref AWS::NoValue, !If [Never, b, !Ref AWS::NoValue], c]",
                           ["a", "c"]),
    "no value in a mapping": ("{a: !If [Never, 1, !Ref AWS::NoValue], b: 2}", {"b": 2}),
    "text of a flag": ("!Sub 'x-${Which}'", "x-/path"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), SETTLED.values(), ids=SETTLED)
def test_intrinsic_settles(written: str, expected: Any) -> None:
    assert _settled(written) == expected


UNKNOWN = {
    "import": "!ImportValue x",
    "import of a sub": "!ImportValue {'Fn::Sub': '${Stage}-x'}",
    "dynamic reference": "'{{resolve:ssm:/a/b}}'",
    "dynamic reference in a sub": "!Sub 'x-{{resolve:secretsmanager:${Queue}}}'",
    "zones": "!GetAZs ''",
    "base64 of a reference": "!Base64 {Ref: Queue}",
    "nothing of that name": "!Ref Nothing",
    "attribute of nothing": "!GetAtt Nothing.Arn",
    "attribute without a name": "{'Fn::GetAtt': Queue}",
    "short attribute without a name": "!GetAtt Queue",
    "parameter without default": "!Ref Name",
    "ssm parameter": "!Ref Image",
    "no such mapping": "!FindInMap [Nothing, a, b]",
    "no such key": "!FindInMap [Sizes, dev, Nothing]",
    "key nobody knows": "!FindInMap [Sizes, !Ref Name, Memory]",
    "select out of range": "!Select [5, [a, b]]",
    "select of anything": "!Select [0, !Ref Name]",
    "select with thousands of digits": f"!Select ['{'9' * 5000}', [a]]",
    "split of anything": "!Split [',', !Ref Name]",
    "split by nothing": "!Split ['', a]",
    "join of anything": "!Join [',', !Ref Name]",
    "join of a mapping": "!Join [',', [{a: b}]]",
    "sub of a list": "!Sub '${Subnets}'",
    "sub of nothing": "{'Fn::Sub': null}",
    "if that is not one": "!If [IsProd]",
    "intrinsic nobody knows": "{'Fn::Magic': x}",
    "macro": "{'Fn::Transform': {Name: X}}",
}


@pytest.mark.parametrize("written", UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_template_cannot_tell_is_unknown(written: str) -> None:
    found = _settled(written)

    assert isinstance(found, Unknown)


@pytest.mark.parametrize(
    "written", ["!GetAtt Queue.Arn", "!Sub '${Queue.Arn}'", "!Join ['', [!GetAtt Queue.Arn]]",
                "!Sub ['${A}', {A: !GetAtt Queue.Arn}]", "!Join [':', [!Sub '${Queue.Arn}']]",
                "!Select [0, [!GetAtt Queue.Arn]]", "!If [Always, !GetAtt Queue.Arn, x]"],
)  # fmt: skip
def test_every_spelling_of_a_pointer_is_the_same_pointer(written: str) -> None:
    assert _settled(written) == Ref("Queue", "Arn")


def test_unknown_parameter_is_the_same_wherever_it_is_used() -> None:
    written = "{a: !Ref Name, b: !Sub '${Name}', c: !Join ['', [!Ref Name]]}"
    a, b, c = _settled(written).values()

    assert a == b == c
    assert a.parameter == "Name"


def test_branches_are_settled_where_they_stand() -> None:
    template = _template("!If [IsProd, {a: 1}, {a: 2}]")
    (there,) = {
        world.scope(template).properties(template.resources["Here"]).data["V"].data["a"].at.path
        for world in worlds({("template.yaml", "Stage"): "prod"})
    }

    assert there == ("Resources", "Here", "Properties", "V", "Fn::If", 1, "a")


# --- parameters ---------------------------------------------------------------------------------


def test_default_comes_first_and_allowed_values_after_it() -> None:
    assert _each("!Ref Stage") == ["dev", "prod"]


def test_flag_is_a_text_as_cloudformation_passes_it() -> None:
    assert _each("!Ref Flag") == ["true", "false"]


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [("Stage", "prod", "prod"), ("Size", "7", "7"), ("Name", "x", "x"), ("Subnets", "c", ["c"])],
)
def test_given_value_fixes_the_answer(name: str, given: str, expected: Any) -> None:
    assert _each(f"!Ref {name}", **{name: given}) == [expected]


@pytest.mark.parametrize("given", [{}, {"Image": "/path"}], ids=["default", "given"])
def test_ssm_parameter_is_never_its_name(given: dict[str, str]) -> None:
    (found,) = _each("!Ref Image", **given)

    assert isinstance(found, Unknown)


def test_name_of_an_ssm_parameter_is_a_text() -> None:
    assert _each("!Ref Which") == ["/path"]


def test_parameter_that_is_a_mapping_is_unknown() -> None:
    text = """
        Parameters: {Odd: {Type: String, Default: {a: b}}}
        Resources: {Here: {Type: A::B::C, Properties: {V: !Ref Odd}}}
        """
    template = load(dedent(text), "template.yaml")
    properties = World({}).scope(template).properties(template.resources["Here"])

    assert isinstance(properties.data["V"].data, Unknown)


def test_pseudo_parameters_may_be_given() -> None:
    given = {"AWS::Region": "us-east-1"}

    assert _each("!Sub '${AWS::Region}-${AWS::AccountId}'", **given) == [
        Text(("us-east-1-", ACCOUNT))
    ]
    assert _each("!FindInMap [Regions, !Ref AWS::Region, Other]", **given) == [3]


def test_mapping_by_parameter_follows_it() -> None:
    written = "{a: !Ref Stage, b: !FindInMap [Sizes, !Ref Stage, Memory]}"

    assert _each(written) == [{"a": "dev", "b": 128}, {"a": "prod", "b": 512}]


def test_mapping_by_region_has_a_world_a_row_where_they_differ() -> None:
    assert _each("!FindInMap [Regions, !Ref AWS::Region, Other]") == [2, 3]


REGIONS = """
Mappings:
  Regions:
    us-east-1: {Timeout: 300, Window: 0}
    us-west-2: {Timeout: 3, Window: 5}
    eu-west-1: {Timeout: 3, Window: 0}
  Others:
    us-east-1: {Visibility: 20}
    ap-south-1: {Visibility: 0}
Conditions:
  IsEurope: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: VISIBILITY}}
  Work: {Type: AWS::Lambda::Function, Properties: {Timeout: TIMEOUT}}
  Map:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Orders.Arn
      FunctionName: !Ref Work
      MaximumBatchingWindowInSeconds: !FindInMap [Regions, !Ref AWS::Region, Window]
"""
BY_REGION = "!FindInMap [Regions, !Ref AWS::Region, Timeout]"


@pytest.mark.parametrize(
    ("visibility", "timeout", "when"),
    [
        # the condition is asked first, and is false in what the mapping tells apart
        ("!If [IsEurope, 900, 30]", BY_REGION, ["AWS::Region = us-east-1"]),
        (BY_REGION, "!If [IsEurope, 2, 200]", ["AWS::Region = us-west-2"]),
        (BY_REGION, "!If [IsEurope, 200, 2]", ["AWS::Region = eu-west-1"]),
        # nothing can be deployed where one of two mappings has no row
        ("!FindInMap [Others, !Ref AWS::Region, Visibility]", BY_REGION,
         ["AWS::Region = us-east-1"]),
        ("!FindInMap [Others, !Ref AWS::Region, Visibility]", "!If [IsEurope, 30, 1]", []),
    ],
)  # fmt: skip
def test_region_is_the_same_in_conditions_and_mappings(
    visibility: str, timeout: str, when: list[str]
) -> None:
    text = REGIONS.replace("VISIBILITY", visibility).replace("TIMEOUT", timeout)
    rule = load_rule("sqs/visibility-below-timeout")

    assert [one.when for one in lint([load(text, "t")], [rule]).findings] == when


def _small(parameter: str, conditions: str, value: str, **fixed: Any) -> list[Any]:
    text = dedent(f"""
        Parameters:
          P: {parameter}
          Q: {{Type: String}}
        Conditions:
          {conditions}
        Resources:
          Here: {{Type: A::B::C, Properties: {{V: {value}}}}}
        """)
    template = load(text, "template.yaml", fixed)
    return [_in(template, world).get("V") for world in worlds()]


IF = "[!If [X, 1, 0], !If [Y, 1, 0]]"


@pytest.mark.parametrize(
    ("parameter", "conditions", "expected"),
    [
        # what conditions compare it to, and then anything else
        ("{Type: String}", "{X: !Equals [!Ref P, a], Y: !Equals [b, !Ref P]}",
         [[1, 0], [0, 1], [0, 0]]),
        ("{Type: Number}", "{X: !Equals [!Ref P, 1], Y: !Equals [!Ref P, '1']}", [[1, 1], [0, 0]]),
        ("{Type: Number, Default: 1}", "{X: !Equals [!Ref P, '1'], Y: !Equals [!Ref P, 1]}",
         [[1, 1], [0, 0]]),
        ("{Type: String, Default: true}", "{X: !Equals [!Ref P, 'true'], Y: !Equals [!Ref P, true]}",
         [[1, 1], [0, 0]]),
        ("{Type: String, AllowedValues: [a, b]}",
         "{X: !Equals [!Ref P, a], Y: !Not [!Condition X]}", [[1, 0], [0, 1]]),
        ("{Type: String, AllowedValues: [a]}", "{X: !Equals [!Ref P, b], Y: !Not [!Condition X]}",
         [[0, 1]]),
        # and, or, not
        ("{Type: String, AllowedValues: [a, b, c]}",
         ("{X: !And [!Not [!Equals [!Ref P, a]], !Not [!Equals [!Ref P, b]]],"
         " Y: !Or [!Equals [!Ref P, a], !Condition X]}"), [[0, 1], [0, 0], [1, 1]]),
        # what nobody can tell is a question of its own, the same one wherever it is asked
        ("{Type: String}", "{X: !Equals [!Ref P, !Ref Q], Y: !Equals [!Ref Q, !Ref P]}",
         [[1, 1], [0, 0]]),
        ("{Type: String}", "{X: !Equals [!Ref P, !Ref Q], Y: !Not [!Equals [!Ref P, !Ref Q]]}",
         [[1, 0], [0, 1]]),
        ("{Type: String}", "{X: !Equals [!ImportValue v, a], Y: !Not [!Condition X]}",
         [[1, 0], [0, 1]]),
        ("{Type: String}", "{X: !Equals [!Ref AWS::Region, r], Y: !Equals [!Ref AWS::Region, s]}",
         [[0, 0], [1, 0], [0, 1]]),
        ("{Type: String}", "{X: !Equals [!Ref P, !Ref P], Y: !Condition X}", [[1, 1]]),
        # conditions nobody wrote, or not as one
        ("{Type: String}", "{X: !Equals [a, a], Z: 1}", [[1, 1], [1, 0]]),
        ("{Type: String}", "{X: nonsense, Y: !Condition X}", [[1, 1], [0, 0]]),
        # in a circle
        ("{Type: String}", "{X: !Condition Y, Y: !Condition X}", [[1, 1], [0, 0]]),
        ("{Type: String}", "{X: !Condition X, Y: !Condition X}", [[1, 1], [0, 0]]),
    ],
)  # fmt: skip
def test_conditions_follow_what_they_compare(
    parameter: str, conditions: str, expected: list[Any]
) -> None:
    assert _small(parameter, conditions, IF) == expected


def test_what_conditions_compare_excludes_it_from_the_rest() -> None:
    *_, rest = _small("{Type: String}", "{X: !Equals [!Ref P, a]}", "!Ref P")

    assert rest.excluded == {"a"}


def test_given_parameter_decides_conditions() -> None:
    assert _small(
        "{Type: String}", "{X: !Equals [!Ref P, a], Y: !Not [!Condition X]}", IF, P="a"
    ) == [[1, 0]]


def test_and_asks_no_further_than_it_must() -> None:
    tests = ", ".join(f"!Equals [!ImportValue v{number}, x]" for number in range(10))

    assert len(_small("{Type: String}", f"{{X: !And [{tests}]}}", "!If [X, 1, 0]")) == 11
    assert len(_small("{Type: String}", f"{{X: !Or [{tests}]}}", "!If [X, 1, 0]")) == 11


# --- worlds -------------------------------------------------------------------------------------


def _queues(count: int, *, shared: bool = False) -> str:
    """Queues with triggers, each of which depends on a condition of its own, or on the same."""
    lines = ["Parameters:"]
    lines += [f"  P{n}: {{Type: String, AllowedValues: [a, b]}}" for n in range(count)]
    lines += ["Conditions:", *(f"  C{n}: !Equals [!Ref P{n}, b]" for n in range(count))]
    lines += ["Resources:"]
    for n in range(count):
        condition = "C0" if shared else f"C{n}"
        lines += [
            f"  Q{n}:\n    Type: AWS::SQS::Queue\n    Properties:",
            f"      VisibilityTimeout: !If [{condition}, 5, 60]",
            f"  F{n}: {{Type: AWS::Lambda::Function, Properties: {{Timeout: 30}}}}",
            f"  M{n}:\n    Type: AWS::Lambda::EventSourceMapping",
            f"    Properties: {{EventSourceArn: !GetAtt Q{n}.Arn, FunctionName: !Ref F{n}}}",
        ]
    return "\n".join(lines)


def test_independent_conditions_cost_their_sum_not_their_product() -> None:
    graph = Graph([load(_queues(20), "template.yaml")])
    seen = [
        (trigger.via.id, trigger.source["VisibilityTimeout"].data, id(trigger.via.world))
        for trigger in graph.triggers("sqs")
    ]

    assert sorted(one[:2] for one in seen) == sorted(
        (f"M{n}", visible) for n in range(20) for visible in (5, 60)
    )
    # Who asks nothing shares a world until somebody asks: there are never more than 40.
    assert len({world for *_, world in seen}) <= 40


def test_who_asks_nothing_sees_one_world() -> None:
    graph = Graph([load(_queues(20), "template.yaml")])

    assert len(list(graph.triggers())) == 20
    assert len(list(graph.functions())) == 20


def test_every_one_of_them_is_found() -> None:
    verdict = lint(
        [load(_queues(20), "template.yaml")], [load_rule("sqs/visibility-below-timeout")]
    )

    assert [(one.resource, one.when) for one in verdict.findings] == [
        (f"Q{n}", f"P{n} = b") for n in range(20)
    ]


def test_worlds_are_capped_and_that_is_told() -> None:
    names = [f"P{n}" for n in range(10)]
    listed = "\n".join(f"  {one}: {{Type: String, AllowedValues: ['1', '2']}}" for one in names)
    timeout = "!Join ['', [" + ", ".join(f"!Ref {name}" for name in names) + "]]"
    text = CASE.format(timeout=timeout).replace("Parameters:", f"Parameters:\n{listed}")
    seen = []
    for trigger in Graph([load(text, "template.yaml")]).triggers():
        seen.append(trigger.via.world)
        assert isinstance(trigger.function["Timeout"].data, int)
    assert len(seen) == MAX_WORLDS
    assert [world.crowded for world in seen] == [False] * (MAX_WORLDS - 1) + [True]

    verdict = lint([load(text, "t")], [load_rule("sqs/visibility-below-timeout")], unknown=True)
    crowded = {one.reason for one in verdict.unjudged if "deployments" in one.reason}
    assert crowded == {"has more than 256 deployments to look at"}


def test_cap_is_told_though_no_rule_claims_anything() -> None:
    names = [f"P{n}" for n in range(10)]
    listed = "\n".join(f"  {one}: {{Type: String, AllowedValues: ['1', '2']}}" for one in names)
    timeout = "!Join ['', [" + ", ".join(f"!Ref {name}" for name in names) + ", z]]"
    text = CASE.format(timeout=timeout).replace("Parameters:", f"Parameters:\n{listed}")

    verdict = lint([load(text, "t")], [load_rule("sqs/visibility-below-timeout")], unknown=True)

    assert verdict.findings == []
    assert "has more than 256 deployments to look at" in {one.reason for one in verdict.unjudged}


def test_worlds_that_contradict_themselves_do_not_exist() -> None:
    text = dedent("""
        Parameters:
          Stage: {Type: String}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
          IsNotProd: !Not [!Condition IsProd]
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              VisibilityTimeout: !If [IsProd, 60, 10]
          Work:
            Type: AWS::Lambda::Function
            Properties:
              Timeout: !If [IsNotProd, 5, 50]
          Map:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Work}
        """)
    pairs = [
        (one.source["VisibilityTimeout"].data, one.function["Timeout"].data)
        for one in Graph([load(text, "template.yaml")]).triggers()
    ]

    assert pairs == [(60, 50), (10, 5)]


def test_resource_is_not_there_where_its_condition_is_false() -> None:
    text = _queues(2).replace("  Q0:\n", "  Q0:\n    Condition: C1\n")
    graph = Graph([load(text, "template.yaml")])

    assert sorted(
        (one.source.id, str(one.source["VisibilityTimeout"].data))
        for one in graph.triggers()
        if one.via.id == "M0"
    ) == [("Q0", "5"), ("Q0", "60"), ("a source that the template does not tell", ("Unknown(why="
           "'VisibilityTimeout of a source that the template does not tell', parameter='', "
           "excluded=frozenset())"))]  # fmt: skip


# --- when ---------------------------------------------------------------------------------------

CASE = """
Parameters:
  Stage: {{Type: String, AllowedValues: [dev, test, prod]}}
  Team: {{Type: String}}
  Mode: {{Type: String, Default: a}}
  Zone: {{Type: String, AllowedValues: [x, y]}}
  Flag: {{Type: String, AllowedValues: [true, false]}}
  Owner: {{Type: String}}
  Group: {{Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Equals [!Ref Stage, dev]
  IsCore: !Equals [!Ref Team, core]
  IsMode: !Equals [!Ref Mode, b]
  IsX: !Equals [!Ref Zone, x]
  IsFlag: !Equals [!Ref Flag, 'true']
  IsHere: !Equals [!Ref AWS::Region, eu-west-1]
  IsOurs: !Equals [!Ref Owner, !Ref Group]
  IsUnheardOf: !Equals [!ImportValue x, y]
  Both: !And [!Condition IsProd, !Condition IsX]
  Either: !Or [!Condition IsProd, !Condition IsX]
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {{VisibilityTimeout: 10}}
  Work: {{Type: AWS::Lambda::Function, Properties: {{Timeout: {timeout}}}}}
  Map:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Work}}
"""


@pytest.mark.parametrize(
    ("timeout", "when"),
    [
        ("30", ""),
        ("!If [IsProd, 30, 1]", "Stage = prod"),
        ("!If [IsProd, 1, 30]", "Stage = dev or Stage = test"),
        ("!If [IsProd, 30, 30]", ""),
        ("!If [IsProd, 30, !If [IsDev, 30, 1]]", "Stage = dev or Stage = prod"),
        ("!If [IsCore, 30, 1]", "Team = core"),
        ("!If [IsCore, 1, 30]", "Team is not core"),
        ("!If [IsHere, 30, 1]", "AWS::Region = eu-west-1"),
        ("!If [IsHere, 1, 30]", "AWS::Region is not eu-west-1"),
        ("!If [IsOurs, 30, 1]", "IsOurs"),
        ("!If [IsOurs, 1, 30]", "not IsOurs"),
        ("!If [IsUnheardOf, 30, 1]", "IsUnheardOf"),
        ("!If [Missing, 1, 30]", "not Missing"),
        ("!If [IsFlag, 30, 1]", "Flag = true"),
        ("!If [IsFlag, 1, 30]", "Flag = false"),
        ("!If [IsMode, 30, 1]", "Mode = b"),
        ("!If [Both, 30, 1]", "Stage = prod and Zone = x"),
        ("!If [IsProd, !If [IsX, 30, 1], !If [IsX, 30, 1]]", "Zone = x"),
        ("!If [Either, 30, 1]", "Zone = x or Stage = prod"),
        ("!If [IsProd, !If [IsX, 30, 30], 1]", "Stage = prod"),
    ],
)
def test_when_says_as_little_as_it_takes(timeout: str, when: str) -> None:
    template = load(CASE.format(timeout=timeout), "template.yaml")
    verdict = lint([template], [load_rule("sqs/visibility-below-timeout")])

    assert [(one.resource, one.when) for one in verdict.findings] == [("Orders", when)]


def test_when_of_a_parameter_that_is_given_is_not_said() -> None:
    template = load(CASE.format(timeout="!If [IsProd, 30, 1]"), "t", {"Stage": "prod"})
    verdict = lint([template], [load_rule("sqs/visibility-below-timeout")])

    assert [one.when for one in verdict.findings] == [""]


def test_given_parameter_rules_a_finding_out() -> None:
    template = load(CASE.format(timeout="!If [IsProd, 30, 1]"), "t", {"Stage": "dev"})

    assert lint([template], [load_rule("sqs/visibility-below-timeout")]).findings == []


def test_task_is_the_same_one_though_another_is_there_only_sometimes() -> None:
    """The second state calls `B` in all deployments; in one, the first state calls nothing."""
    template = load(
        """
        Parameters: {Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}}
        Conditions: {IsProd: !Equals [!Ref Stage, prod]}
        Resources:
          A: {Type: AWS::Lambda::Function}
          B: {Type: AWS::Lambda::Function}
          Machine:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              RoleArn: !GetAtt Role.Arn
              Definition:
                States:
                  One: !If [IsProd, {Type: Task, Resource: !GetAtt A.Arn}, {Type: Pass}]
                  Two: {Type: Task, Resource: !GetAtt B.Arn}
          Role: {Type: AWS::IAM::Role}
        """,
        "t",
    )
    findings = lint([template], [load_rule("permission/missing")]).findings

    assert [(one.message, one.when) for one in findings] == [
        ("has no permission to invoke A", "Stage = prod"),
        ("has no permission to invoke B", ""),
    ]


# --- comparisons that nobody can decide ---------------------------------------------------------

UNTOLD = """
Parameters:
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /stage}
  Free: {Type: String}
Conditions:
  IsProd: !Equals [LEFT, prod]
  IsDev: !Equals [RIGHT]
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !If [IsProd, 30, 90]}}
  Work: {Type: AWS::Lambda::Function, Properties: {Timeout: !If [IsDev, 60, 3]}}
  Map:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Work}
"""


@pytest.mark.parametrize(
    ("left", "right", "when"),
    [
        ("!Ref Stored", "dev, !Ref Stored", []),
        ("!ImportValue stage", "!ImportValue stage, dev", []),
        ("!Sub 'my-${Free}'", "!Sub 'my-${Free}', 7", []),
        # the same comparison in two spellings, or of two things that may be the same
        ("!ImportValue stage", "!ImportValue stage, prod", ["IsDev"]),
        ("!ImportValue stage", "!ImportValue other, dev", ["IsDev and IsProd"]),
        ("!ImportValue stage", "!ImportValue stage, !Ref Free", ["IsDev and IsProd"]),
    ],
)
def test_nothing_equals_two_literals(left: str, right: str, when: list[str]) -> None:
    template = load(UNTOLD.replace("LEFT", left).replace("RIGHT", right), "t")
    verdict = lint([template], [load_rule("sqs/visibility-below-timeout")])

    assert [one.when for one in verdict.findings] == when


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Sub '${P}-b', a-b", [[1, 1], [0, 0]]),
        ("!Sub 'b-${P}', b-a", [[1, 1], [0, 0]]),
        ("!Sub '${P}-b', c-b", [[1, 0], [0, 1], [0, 0]]),
        ("!Sub '${P}${Q}', aa", [[1, 1], [0, 1], [1, 0], [0, 0]]),
    ],
)
def test_text_with_a_parameter_is_compared_as_the_parameter_is(
    written: str, expected: list[list[int]]
) -> None:
    conditions = f"{{X: !Equals [!Ref P, a], Y: !Equals [{written}]}}"

    assert _small("{Type: String}", conditions, IF) == expected


def test_number_is_the_text_it_is_compared_as() -> None:
    conditions = "{X: !Equals [!ImportValue a, 7], Y: !Equals [!ImportValue a, '7']}"

    assert _small("{Type: String}", conditions, IF) == [[1, 1], [0, 0]]
