"""An edit changes the value that it is for, and nothing else of the text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalint.edit import Put
from lambdalint.edit.text import applied, changed, edits
from lambdalint.read import read
from lambdalint.value import Path, Place

QUEUE: Path = ("Resources", "Q", "Properties")


def put(text: str, path: Path, value: Any, was: Any = None) -> str:
    """The text with a value at a path; the text itself where nobody can tell how."""
    source = read(text, "template").source
    return applied(source.text, edits([Put(Place(source, path), value, was)]))


def added(text: str, value: Any = 180, name: str = "New") -> str:
    return put(text, (*QUEUE, name), value)


# --- another scalar -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "was", "expected"),
    [
        ("A: 30  # s", 30, "A: 180  # s"),
        ("A: '30'", "30", "A: '180'"),
        ('A: "30"', "30", 'A: "180"'),
        ("{A: 30, B: 1}", 30, "{A: 180, B: 1}"),
        ('{"A":30}', 30, '{"A":180}'),
        ('{"A" : "30"}', "30", '{"A" : "180"}'),
        ("'A'  :  030", 24, "'A'  :  180"),
        ("? A\n: 30", 30, "? A\n: 180"),
    ],
)
def test_scalar_is_replaced_as_it_is_written(written: str, was: Any, expected: str) -> None:
    assert put(written, ("A",), 180, was) == expected


@pytest.mark.parametrize(
    "written",
    [
        "A: !Ref P",
        "A: !GetAtt P.Arn",
        '{"A": {"Ref": "P"}}',
        "A: &x 30\nB: *x",
        "B: &x 30\nA: *x",
        "A: &x 30",
        "A: !!int 30",
        "A: |\n  30\n",
        "A: [30]",
        "A: 31",
        "A:",
        "B: 30",
    ],
)
def test_what_is_no_plain_scalar_stays(written: str) -> None:
    assert put(written, ("A",), 180, 30) == written


def test_branch_is_replaced_where_it_stands() -> None:
    text = "A: !If [Prod, 30, 60]\nB: {Fn::If: [Prod, 30, 60]}\n"

    text = put(text, ("A", "Fn::If", 1), 180, 30)
    text = put(text, ("B", "Fn::If", 2), 360, 60)

    assert text == "A: !If [Prod, 180, 60]\nB: {Fn::If: [Prod, 30, 360]}\n"


# --- another member -------------------------------------------------------------------------------

BLOCK = """\
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      # how long
      A: 1  # one

      # what else
  P:
    Type: AWS::SQS::Queue
"""


def test_member_stands_below_the_last_one() -> None:
    expected = BLOCK.replace("# one\n", "# one\n      New: 180\n")

    assert added(BLOCK) == expected
    assert added(BLOCK.replace("\n", "\r\n")) == expected.replace("\n", "\r\n")


def test_missing_mapping_is_made() -> None:
    text = "Resources:\n    Q:\n        Type: AWS::SQS::Queue\n    P: {}\n"

    assert added(text) == text.replace(
        "Queue\n", "Queue\n        Properties:\n            New: 180\n"
    )


def test_list_is_written_as_people_do() -> None:
    assert added(BLOCK, ["X"]) == BLOCK.replace("# one\n", "# one\n      New:\n        - X\n")


def test_resource_stands_apart_where_others_do() -> None:
    text = "Resources:\n  A:\n    Type: X\n\n  B:\n    Type: Y\nOutputs: {}\n"
    resource = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": "A"},
            "SourceArn": {"Fn::GetAtt": ["B", "Arn"]},
            "SourceAccount": {"Fn::Sub": "${AWS::AccountId}"},
        },
    }

    assert put(text, ("Resources", "C"), resource) == text.replace(
        "Y\n",
        """Y

  C:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref A
      SourceArn: !GetAtt B.Arn
      SourceAccount: !Sub "${AWS::AccountId}"
""",
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{A: 1}", "{A: 1, New: 180}"),
        ("{A: 1 }", "{A: 1, New: 180 }"),
        ("{A: 1,}", "{A: 1, New: 180}"),
        ("{}", "{New: 180}"),
        ('{"A": 1}', '{"A": 1, "New": 180}'),
        (
            "{A: 1,  # one\n        B: 2  # two\n      }",
            "{A: 1,  # one\n        B: 2,  # two\n        New: 180\n      }",
        ),
        (
            "{\n        A: 1,\n        B: 2,\n      }",
            "{\n        A: 1,\n        B: 2,\n        New: 180,\n      }",
        ),
        ("{A: 1,\n        B: 2}", "{A: 1,\n        B: 2,\n        New: 180}"),
        ("{A: 1, B: !Ref P}", "{A: 1, B: !Ref P, New: 180}"),
    ],
)
def test_member_stands_between_the_brackets(written: str, expected: str) -> None:
    text = "Resources:\n  Q:\n    Properties: @  # end\n  P: {}\n"

    assert added(text.replace("@", written)) == text.replace("@", expected)


JSON = {"Resources": {"Q": {"Properties": {"A": 1}}}}


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
def test_json_is_written_on_as_it_is(indent: Any) -> None:
    data = {"Resources": {"Q": {"Properties": {"A": 1, "New": {"B": ["X"]}}}}}

    assert added(json.dumps(JSON, indent=indent), {"B": ["X"]}) == json.dumps(data, indent=indent)


def test_json_without_blanks_stays_so() -> None:
    text = json.dumps(JSON, separators=(",", ":"))

    assert added(text, ["X"]) == text.replace('"A":1', '"A":1,"New":["X"]')


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[]", "[7]"),
        ("[1]", "[1, 7]"),
        ("[1, 2, ]", "[1, 2, 7 ]"),
        ("[\n  1,  # one\n  2  # two\n]", "[\n  1,  # one\n  2,  # two\n  7\n]"),
        ('[{"a": 1}]', '[{"a": 1}, 7]'),
        ('[{"a":1}]', '[{"a":1},7]'),
        ("[{a: 1}]", "[{a: 1}, 7]"),
    ],
)
def test_element_stands_behind_the_last_one(written: str, expected: str) -> None:
    assert put(f"A: {written}\n", ("A", len(read(written, "").root)), 7) == f"A: {expected}\n"


@pytest.mark.parametrize(("written", "index"), [("[1]", 0), ("[1]", 2), ("\n  - 1", 1), ("*x", 1)])
def test_element_stands_nowhere_else(written: str, index: int) -> None:
    text = f"B: &x [1]\nA: {written}\n"

    assert put(text, ("A", index), 7) == text


@pytest.mark.parametrize("indent", [None, 1, 4, "\t"])
def test_json_list_is_written_on_as_it_is(indent: Any) -> None:
    before, after = {"A": {"B": [{"C": 1}]}}, {"A": {"B": [{"C": 1}, {"C": "für"}]}}
    old, new = (json.dumps(one, indent=indent, ensure_ascii=False) for one in (before, after))

    assert put(old, ("A", "B", 1), {"C": "für"}) == new
    assert read(new, "").root == changed(before, ("A", "B", 1), {"C": "für"})


@pytest.mark.parametrize(
    "properties",
    [
        "&x {A: 1}\n  P: *x",
        "!If [C, {A: 1}, {A: 2}]",
        "{Fn::Transform: {Name: AWS::Include}}",
        "{Ref: P}",
        "!Ref P",
        "[1, 2]",
        "",
        "|\n      text",
    ],
)
def test_nothing_is_added_to_what_is_no_mapping_of_its_own(properties: str) -> None:
    text = f"Resources:\n  Q:\n    Properties: {properties}\n"

    assert added(text) == text


def test_what_is_taken_from_elsewhere_is_overruled() -> None:
    text = "Base: &x\n  New: 30\nResources:\n  Q:\n    Properties:\n      <<: *x  # all\n"

    assert put(text, (*QUEUE, "New"), 180, 30) == f"{text}      New: 180\n"
    assert put(text, ("Resources", "Q", "Properties", "New", "Below"), 1) == text


def test_member_goes_below_an_alias() -> None:
    text = "Base: &x [1]\nResources:\n  Q:\n    Properties:\n      A:  *x  # all\n  P: *x"

    assert added(text) == text.replace("# all\n", "# all\n      New: 180\n")


@pytest.mark.parametrize("head", ["|", ">-", "|+"])
def test_member_goes_below_a_block_of_text(head: str) -> None:
    text = (
        f"Resources:\n  Q:\n    Properties:\n      A: {head}\n        one\n\n        two\n\n# end\n"
    )
    after = added(text)

    assert "# end" in after
    assert read(after, "").root == changed(read(text, "").root, (*QUEUE, "New"), 180)


def test_block_of_text_at_the_end_of_the_file_stays_as_it_is() -> None:
    text = "Resources:\n  Q:\n    Properties:\n      A: |\n        text"

    assert added(text) == text


# --- any template ---------------------------------------------------------------------------------

KEYS = st.sampled_from(["A", "B", "Some-Key", "Fn", "null", "Ümläut", "with space"])
SCALARS = st.one_of(
    st.integers(-5, 900),
    st.booleans(),
    st.sampled_from(
        ["text", "12", "yes", "", "a: b", "# no", "日本", "two\nlines\n", "{x", "x" * 90]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
COMMENT = "# a comment"


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    properties = draw(st.dictionaries(KEYS, VALUES, max_size=4))
    if draw(st.booleans()):
        properties["New"] = 30
    others = draw(st.dictionaries(st.sampled_from(["O", "P"]), VALUES))
    queue: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": properties}
    resources = draw(st.permutations([("Q", queue), *others.items()]))
    return {"Resources": dict(resources), **draw(st.dictionaries(KEYS, VALUES, max_size=1))}


@st.composite
def written(draw: st.DrawFn) -> str:
    """A template in one of the layouts that people and programs write."""
    data = draw(templates())
    if draw(st.booleans()):
        spaces = draw(st.sampled_from([None, 1, 2, 4, "\t"]))
        ends = draw(st.sampled_from([(", ", ": "), (",", ":")])) if spaces is None else None
        text = json.dumps(data, indent=spaces, separators=ends, ensure_ascii=draw(st.booleans()))
    else:
        text = yaml.safe_dump(
            data,
            indent=draw(st.integers(2, 6)),
            width=draw(st.sampled_from([20, 80, 1000])),
            default_flow_style=draw(st.sampled_from([None, False, True])),
            allow_unicode=True,
            explicit_start=draw(st.booleans()),
            explicit_end=draw(st.booleans()),
            sort_keys=False,
        )
        if "\n" not in json.dumps(data) and draw(st.booleans()):
            lines = text.split("\n")
            for number in draw(st.lists(st.integers(0, len(lines) - 1), max_size=3)):
                if lines[number].endswith((":", "1", "2", "}")) and COMMENT not in lines[number]:
                    lines[number] += f"  {COMMENT}"
            commented = "\n".join(lines)
            if read(text, "").root == read(commented, "").root:
                text = commented
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(max_examples=300, deadline=None)
@given(written(), st.sampled_from([180, ["X"], {"Below": {"Ref": "Q"}}, True]))
def test_only_the_value_changes(text: str, value: Any) -> None:
    before = read(text, "").root
    was = before["Resources"]["Q"]["Properties"].get("New")
    path = (*QUEUE, "New")
    after = put(text, path, 180 if was else value, was)

    if after == text:  # a text that ends in a block without the end of its line
        assert re.search(r": [|>]", text)
        assert not text.endswith("\n")
        return
    data = read(after, "").root
    said = (str(180) if isinstance(was, str) else 180) if was else value
    assert data == changed(before, path, said)
    assert after.count(COMMENT) == text.count(COMMENT)
    assert ("\r\n" in after) == ("\r\n" in text)
    assert put(after, path, 180, 30) == after
