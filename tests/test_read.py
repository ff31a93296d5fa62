"""YAML and JSON texts become the same data, and every path knows where it was written."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lambdalint.load import load
from lambdalint.read import MAX_BYTES, MAX_DEPTH, Document, read
from lambdalint.value import Path, Unreadable


def _said(text: str) -> Any:
    return read(text, "template").root


def _refused(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(text, "template")
    return refused.value


def _span(text: str, *path: str | int) -> tuple[int, int, int, int]:
    at = read(text, "template").source.locate(path)
    return at.line, at.column, at.end_line, at.end_column


def _covered(document: Document, path: Path) -> str:
    """The text of a span; lines are those of an editor."""
    at = document.source.locate(path)
    starts, offset = [0], 0
    text = document.source.text
    while offset < len(text):
        offset += 2 if text[offset : offset + 2] == "\r\n" else 1
        if text[offset - 1] in "\r\n":
            starts.append(offset)
    start = starts[at.line - 1] + at.column - 1
    end = starts[at.end_line - 1] + at.end_column - 1
    assert 0 <= start <= end <= len(text)
    return text[start:end]


# --- two spellings ------------------------------------------------------------------------------

SPELLINGS = {
    "empty mapping": ("{}", "{}"),
    "scalars": (
        'a: x\nb: 1\nc: -2\nd: 1.5\ne: true\nf: false\ng: null\nh: ""\n',
        '{"a": "x", "b": 1, "c": -2, "d": 1.5, "e": true, "f": false, "g": null, "h": ""}',
    ),
    "nested": ("a:\n  b:\n    - 1\n    - c: [2, {d: e}]\n", '{"a":{"b":[1,{"c":[2,{"d":"e"}]}]}}'),
    "list": ("- a\n- b\n", '["a", "b"]'),
    "quoted": ("'a': 'it''s'\n\"b\": \"\\t\\u00e9\"\n", '{"a": "it\'s", "b": "\\t\\u00e9"}'),
    "quoted words": ("a: '1'\nb: \"yes\"\nc: '~'\n", '{"a": "1", "b": "yes", "c": "~"}'),
    "block scalars": (
        "a: |\n  one\n  two\nb: >-\n  one\n  two\n",
        '{"a": "one\\ntwo\\n", "b": "one two"}',
    ),
    "empty values": ("a:\nb: ~\nc: NULL\n", '{"a": null, "b": null, "c": null}'),
    "windows lines": ("a: 1\r\nb:\r\n  - x\r\n  - y\r\n", '{"a": 1,\r\n "b": ["x",\r\n "y"]}'),
    "old mac lines": ("a: 1\rb:\r  - x\r", '{"a": 1,\r "b": ["x"]}'),
    "byte order mark": ("\ufeffa: 1\n", '\ufeff{"a": 1}'),
    "tabs": ("a: 1 #\ttab\n", '{\n\t"a":\t1\n}'),
    "characters": ("ключ: ☃\n𝒦: 🎉\n", '{"ключ": "☃", "\\ud835\\udca6": "🎉"}'),
    "explicit tags": ('a: !!int "5"\nb: !!str 5\nc: !!bool "no"\n', '{"a":5,"b":"5","c":false}'),
    "document marks": ("%YAML 1.1\n---\na: 1\n...\n", '{"a": 1}'),
}


@pytest.mark.parametrize(("in_yaml", "in_json"), SPELLINGS.values(), ids=SPELLINGS)
def test_yaml_and_json_say_the_same(in_yaml: str, in_json: str) -> None:
    assert _said(in_yaml) == _said(in_json) == json.loads(in_json.removeprefix("\ufeff"))


def test_numbers_are_not_booleans_in_either_spelling() -> None:
    for text in ("a: 1\nb: true\n", '{"a": 1, "b": true}'):
        assert [type(one) for one in _said(text).values()] == [int, bool]


@pytest.mark.parametrize(
    "name",
    [
        "Sub",
        "Join",
        "If",
        "FindInMap",
        "Select",
        "Split",
        "ImportValue",
        "Base64",
        "Cidr",
        "Transform",
        "Equals",
        "And",
        "Or",
        "Not",
        "GetAZs",
        "ToJsonString",
        "Length",
    ],
)
@pytest.mark.parametrize("argument", ["text", "[a, [b, c]]", "{a: b}", "''"])
def test_short_tag_is_its_long_form(name: str, argument: str) -> None:
    assert _said(f"a: !{name} {argument}") == _said(f"a: {{'Fn::{name}': {argument}}}")


@pytest.mark.parametrize("name", ["Ref", "Condition"])
def test_ref_and_condition_have_no_prefix(name: str) -> None:
    assert _said(f"a: !{name} X") == {"a": {name: "X"}}


@pytest.mark.parametrize(
    ("short", "attribute"), [("A.Arn", "Arn"), ("A.Outputs.B", "Outputs.B"), ("[A, Arn]", "Arn")]
)
def test_getatt_is_a_list(short: str, attribute: str) -> None:
    assert _said(f"a: !GetAtt {short}") == {"a": {"Fn::GetAtt": ["A", attribute]}}


def test_tagged_words_stay_text() -> None:
    assert _said("a: !Sub 012\nb: !Ref yes\nc: !Sub\n") == {
        "a": {"Fn::Sub": "012"},
        "b": {"Ref": "yes"},
        "c": {"Fn::Sub": ""},
    }


def test_tags_nest() -> None:
    assert _said("a: !If [X, !Ref B, !Sub '${C}']") == {
        "a": {"Fn::If": ["X", {"Ref": "B"}, {"Fn::Sub": "${C}"}]}
    }


WORDS = {
    "yes": True, "On": True, "TRUE": True, "no": False, "OFF": False, "y": "y", "n": "n",
    "tRUE": "tRUE", "012": 10, "-012": -10, "09": "09", "0o12": "0o12", "0x1F": 31, "0b101": 5,
    "1_000": 1000, "190:20:30": 685230, "1:30.5": 90.5, "00:20": "00:20", "12:60": "12:60",
    "+5": 5, "-x": "-x", "1.0": 1.0, ".5": 0.5, "1e3": "1e3", "1.0e+3": 1000.0, "1.e+3": 1000.0,
    "-.inf": float("-inf"), ".5.": ".5.", "2012-10-17": "2012-10-17", "1.2.3": "1.2.3",
    "2001-12-14T21:59:43Z": "2001-12-14T21:59:43Z", "0": 0, "0_": 0, "0x_": "0x_", "0b_": "0b_",
    "=": "=", "~": None, "123456789012": 123456789012, "arn:aws:x": "arn:aws:x",
}  # fmt: skip


@pytest.mark.parametrize(("word", "meaning"), WORDS.items())
def test_plain_words_mean_what_yaml_1_1_says(word: str, meaning: Any) -> None:
    said = _said(f"a: {word}")["a"]

    assert (type(said), said) == (type(meaning), meaning)


def test_numbers_too_long_for_python_stay_text_or_are_refused() -> None:
    digits = "1" * 5000
    assert _said(f"a: {digits}") == {"a": digits}
    assert _said(f"a: 0x{'f' * 5000}") == {"a": "0x" + "f" * 5000}
    assert str(_said(f"a: {'1:' * 400}1")["a"]).isdecimal()
    assert _refused(f'{{"a": {digits}}}').message == "a number with thousands of digits"


def test_keys_stay_text() -> None:
    text = "Yes: a\n2012-10-17: b\n1: c\n1.5: d\nnull: e\n~: f\n010: g\n? h\n: i\n"

    assert list(_said(text)) == ["Yes", "2012-10-17", "1", "1.5", "null", "~", "010", "h"]


def test_anchors_and_aliases_are_copies() -> None:
    assert _said("a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n") == {
        "a": {"b": [1]},
        "c": {"b": [1]},
        "d": [{"b": [1]}, {"b": [1]}],
    }


def test_explicit_key_beats_merged_key_wherever_it_stands() -> None:
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  a: 0\n  <<: [*x, *y]\n  d: 5\n"

    assert _said(text)["z"] == {"a": 0, "b": 2, "c": 4, "d": 5}


def test_quoted_merge_key_is_a_key() -> None:
    assert _said("x: &x {a: 1}\ny:\n  '<<': *x\n")["y"] == {"<<": {"a": 1}}


def test_merged_key_is_placed_where_it_was_written() -> None:
    text = "x: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\n"

    assert _span(text, "y", "a") == (2, 3, 2, 4)
    assert _span(text, "y", "b") == (5, 3, 5, 4)


def test_flow_style_yaml_may_begin_like_json() -> None:
    assert _said("{a: 1, b: [x, 'y'], c: !Ref D,}") == {"a": 1, "b": ["x", "y"], "c": {"Ref": "D"}}
    assert _said("[a, b]") == ["a", "b"]
    assert _said('{"a": 1} # a comment') == {"a": 1}


# --- duplicate keys -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("a", (1, 1), (3, 1))]),
        ('{"a": 1,\n "b": 2,\n "a": 3}', [("a", (1, 2), (3, 2))]),
        ("r:\n  - k: 1\n    k: 2\n", [("k", (2, 5), (3, 5))]),
        ('{"r": [\n{"k": 1,\n "k": 2}]}', [("k", (2, 2), (3, 2))]),
        ("a: 1\na: 2\na: 3\n", [("a", (1, 1), (2, 1)), ("a", (2, 1), (3, 1))]),
        ("r: !If [X, {a: 1, a: 2}, b]\n", [("a", (1, 13), (1, 19))]),
        ("'a': 1\na: 2\n", [("a", (1, 1), (2, 1))]),
        ("x: &x {a: 1}\ny: {<<: *x, a: 2}\nz: {<<: *x, <<: *x}\n", []),
        ('{"a": {"b": 1}, "c": {"b": 1}}', []),
    ],
)  # fmt: skip
def test_duplicate_key_is_told_with_both_places(
    text: str, expected: list[tuple[str, tuple[int, int], tuple[int, int]]]
) -> None:
    found = [
        (
            one.key,
            (one.first.location.line, one.first.location.column),
            (one.again.location.line, one.again.location.column),
        )
        for one in read(text, "template").duplicates
    ]

    assert sorted(found) == expected


@pytest.mark.parametrize("text", ["a: {x: 1}\na: {y: 2}\n", '{"a": {"x": 1}, "a": {"y": 2}}'])
def test_last_of_equal_keys_counts(text: str) -> None:
    assert _said(text) == {"a": {"y": 2}}


@pytest.mark.parametrize("text", ["a: {x: 1}\na: {x: 2}\n", '{"a": {"x": 1},\n"a": {"x": 2}}'])
def test_path_through_equal_keys_leads_to_the_last(text: str) -> None:
    assert _span(text, "a", "x")[0] == 2


# --- places -------------------------------------------------------------------------------------

PLACES: dict[str, tuple[str, Path, tuple[int, int, int, int]]] = {
    "key": ("a:\n  bcd: 1\n", ("a", "bcd"), (2, 3, 2, 6)),
    "json key with its quotes": ('{\n  "bcd": 1\n}', ("bcd",), (2, 3, 2, 8)),
    "yaml key with its quotes": ("'b d': 1\n", ("b d",), (1, 1, 1, 6)),
    "item": ("a:\n  - xy\n  - z\n", ("a", 1), (3, 5, 3, 6)),
    "json item": ('["xy", 12]', (1,), (1, 8, 1, 10)),
    "mapping item is its first key": ("- abc: 1\n  d: 2\n", (0,), (1, 3, 1, 6)),
    "key of an item": ("- abc: 1\n  d: 2\n", (0, "d"), (2, 3, 2, 4)),
    "json item ends with its line": ('[{"a": 1,\n"b": 2}]', (0,), (1, 2, 1, 10)),
    "json item on windows lines": ('[{"a": 1,\r\n"b": 2}]', (0,), (1, 2, 1, 10)),
    "item over lines is one character": ("- |\n  a\n  b\n", (0,), (1, 3, 1, 4)),
    "flow style": ("a: {b: [c, {d: e}]}\n", ("a", "b", 1, "d"), (1, 13, 1, 14)),
    "one-line json": ('{"a":{"b":[1,{"d":2}]}}', ("a", "b", 1, "d"), (1, 15, 1, 18)),
    "after wide characters": ("{é☃🎉: 1, b: 2}", ("b",), (1, 10, 1, 11)),
    "after wide characters in json": ('{"é☃🎉": 1, "b": 2}', ("b",), (1, 12, 1, 15)),
    "escaped json key": ('{"\\u0061b": 1}', ("ab",), (1, 2, 1, 11)),
    "below a tag": ("a: !If\n  - X\n  - b: 1\n", ("a", "Fn::If", 1, "b"), (3, 5, 3, 6)),
    "long form": ("a:\n  Fn::If:\n  - X\n  - b: 1\n", ("a", "Fn::If", 1, "b"), (4, 5, 4, 6)),
    "tag of its own": ("a: !Sub '${B}'\n", ("a", "Fn::Sub"), (1, 1, 1, 2)),
    "nested tags": ("a: !Not [!Equals [x, y]]", ("a", "Fn::Not", 0, "Fn::Equals", 1), (1, 22, 1, 23)),
    "part of a dotted attribute": ("a: !GetAtt B.Arn\n", ("a", "Fn::GetAtt", 1), (1, 1, 1, 2)),
    "dotted attribute in json": ('{"a": {"Fn::GetAtt": "B.C"}}', ("a", "Fn::GetAtt", 1), (1, 8, 1, 20)),
    "what is not there is its parent": ("a:\n  b: 1\n", ("a", "c", "d"), (1, 1, 1, 2)),
    "not there in json": ('{"a": {"b": 1}}', ("a", "c", "d"), (1, 2, 1, 5)),
    "root": ("# x\nab: 1\n", (), (2, 1, 2, 3)),
    "root of json": ('\n {"a": 1}', (), (2, 2, 2, 3)),
    "after a byte order mark": ("\ufeffa: 1\n", ("a",), (1, 1, 1, 2)),
    "alias": ("x: &x\n  a: 1\ny: *x\n", ("y", "a"), (2, 3, 2, 4)),
    "windows lines": ("a: 1\r\nb: 2\r\n", ("b",), (2, 1, 2, 2)),
    "old mac lines": ("a: 1\rb: 2\r", ("b",), (2, 1, 2, 2)),
    "old mac lines in json": ('{"a": 1,\r"b": 2}', ("b",), (2, 1, 2, 4)),
    "line separator": ("a: 'x\u2028y'\nb: 1\n", ("b",), (2, 1, 2, 2)),
    "line separator in a comment": ("a: 1 # x\u2028b: 2\nc: 3\n", ("c",), (2, 1, 2, 2)),
    "line separator in json": ('{"a": "x\u2028y",\n"b": 1}', ("b",), (2, 1, 2, 4)),
    "next line": ("a: 'x\x85y'\nb: 1\n", ("b",), (2, 1, 2, 2)),
    "after a line separator": ("[a\u2028, b]", (1,), (1, 6, 1, 7)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "span"), PLACES.values(), ids=PLACES)
def test_place_is_where_an_editor_shows_it(
    text: str, path: Path, span: tuple[int, int, int, int]
) -> None:
    assert _span(text, *path) == span


# --- what is refused ----------------------------------------------------------------------------

NESTED = "nested deeper than 200 levels"
REFUSED = {
    "empty": ("", "empty", (0, 0)),
    "blank": (" \n\n", "empty", (0, 0)),
    "comment": ("# nothing\n", "empty", (0, 0)),
    "two documents": ("a: 1\n---\nb: 2\n", ("broken YAML: expected a single document in the stream, but found"
                      " another document"), (2, 1)),
    "unclosed": ("a: [1\n", "broken YAML: did not find expected ',' or ']'", (2, 1)),
    "truncated json": ('{"a": [1,', "broken JSON: expecting value", (1, 10)),
    "unknown alias": ("a: *b\n", "broken YAML: found undefined alias", (1, 4)),
    "key that is a list": ("? [a]\n: b\n", "a key that is no text", (1, 3)),
    "key that is tagged": ("!Ref a: b\n", "a key that is no text", (1, 1)),
    "deep flow": ("[" * 100_000, NESTED, (0, 0)),
    "deep json": ('{"a":' * 100_000, NESTED, (0, 0)),
    "deep block": ("- " * 100_000, NESTED, (1, 399)),
    "alias in itself": ("a: &a\n  - *a\n", "an alias that contains itself", (1, 4)),
    "alias in its mapping": ("a: &a {b: {c: *a}}\n", "an alias that contains itself", (1, 4)),
    "merge of itself": ("a: &a\n  <<: *a\n", "an alias that contains itself", (1, 4)),
    "bell": ("a: 1\nb: \x07\n", ("broken YAML: unacceptable character #x0007: control characters"
             " are not allowed"), (2, 4)),
    "nothing but zeros": ("\x00\x00", ("broken YAML: unacceptable character #x0000: control"
                          " characters are not allowed"), (1, 1)),
    "control character in json": ('{"a": "\x07"}', "broken JSON: invalid control character at",
                                  (1, 8)),
    "half a character": ("a: 1\nb: \ud800\n", "half a character: a lone surrogate", (2, 4)),
    "half in json": ('{"a": "\udc00"}', "half a character: a lone surrogate", (1, 8)),
    "escaped half in json": ('{"a": ["\\ud800x"]}', "half a character: a lone surrogate", (0, 0)),
    "escaped half in a key": ('{"\\uDFFF": 1}', "half a character: a lone surrogate", (0, 0)),
    "error after a line separator": ("a: '\u2028'\nb: *c\n", "broken YAML: found undefined alias",
                                     (2, 4)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message", "place"), REFUSED.values(), ids=REFUSED)
def test_unreadable_text_is_refused_clearly(
    text: str, message: str, place: tuple[int, int]
) -> None:
    refused = _refused(text)

    assert (refused.message, (refused.line, refused.column)) == (message, place)


def test_size_is_bounded() -> None:
    assert _refused("#" * (MAX_BYTES + 1)).message == "longer than 20,000,000 characters"


@pytest.mark.parametrize("link", ["[{0}]", "{{x: {0}}}"], ids=["lists", "mappings"])
def test_aliases_are_bounded_in_what_they_expand_to(link: str) -> None:
    lines = ["a0: &a0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    for level in range(1, 30):
        ten = [f"*a{level - 1}"] * 10 if link[0] == "[" else [f"*a{level - 1}"]
        inner = ", ".join(ten) if link[0] == "[" else "[" + ", ".join([*ten] * 10) + "]"
        lines.append(f"a{level}: &a{level} " + link.format(inner))
    refused = _refused("\n".join(lines))

    assert refused.message == "its aliases expand to more than 1,000,000 values"
    assert refused.line > 1


def test_merges_are_bounded_too() -> None:
    keys = ", ".join(f"k{number}: 1" for number in range(1000))
    merges = "\n".join(f"m{number}: {{<<: *a}}" for number in range(1100))

    assert "expand to more than" in _refused(f"a: &a {{{keys}}}\n{merges}\n").message


def test_many_aliases_of_little_are_fine() -> None:
    text = "a: &a [1, 2]\nb: [" + ", ".join(["*a"] * 10_000) + "]\n"

    assert len(_said(text)["b"]) == 10_000


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "mappings"]
)
def test_both_readers_stop_at_the_same_depth(opening: str, closing: str) -> None:
    allowed = opening * (MAX_DEPTH - 2) + "1" + closing * (MAX_DEPTH - 2)
    too_deep = opening * (MAX_DEPTH + 1) + "1" + closing * (MAX_DEPTH + 1)

    assert _said(allowed) == _said(f"# YAML\n{allowed}")
    assert _refused(too_deep).message == _refused(f"# YAML\n{too_deep}").message == NESTED


@pytest.mark.parametrize("text", ["a", "- a\n", "[1]", "a: 1\n", "Resources: []\n", "Resources:\n",
                                  "Resources: {A: 1}\n", "Resources: {A: {Type: 1}}\n"])  # fmt: skip
def test_text_without_resources_is_no_template(text: str) -> None:
    with pytest.raises(Unreadable, match="no CloudFormation template"):
        load(text, "template")


def test_reading_does_without_libyaml() -> None:
    """A zipapp cannot carry it: PyYAML's own scanner must say the same."""
    program = """
import sys, yaml
yaml.__with_libyaml__ = False
from lambdalint.read import read
from lambdalint.value import Unreadable
document = read("a: &a {b: !Sub '${C}', b: 012}\\nc: 'x\\u2028y'\\nd:\\n  <<: *a\\n", "f")
assert document.root == {"a": {"b": 10}, "c": "x\\u2028y", "d": {"b": 10}} , document.root
assert [one.key for one in document.duplicates] == ["b"]
assert document.source.locate(("d",)).line == 3
assert not any("_yaml" in name for name in sys.modules if name.startswith("lambdalint"))
for text in ("[" * 1000, "a: *b", "a: &a [*a]", "a: \\x07"):
    try:
        read(text, "f")
    except Unreadable:
        continue
    raise SystemExit(text)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


# --- anything -----------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)
ROOTS = st.dictionaries(TEXTS, DATA, min_size=1, max_size=4)


def _paths(data: Any, path: Path = ()) -> list[Path]:
    found = [path]
    if isinstance(data, dict):
        for key, member in data.items():
            found += _paths(member, (*path, key))
    elif isinstance(data, list):
        for index, member in enumerate(data):
            found += _paths(member, (*path, index))
    return found


@settings(max_examples=150, deadline=None)
@given(ROOTS, st.sampled_from(["json", "indented", "ascii", "block", "flow", "unicode"]))
def test_whatever_is_dumped_reads_equal_and_every_path_has_a_place(data: Any, form: str) -> None:
    if form in ("json", "indented", "ascii"):
        text = json.dumps(
            data, ensure_ascii=form == "ascii", indent=1 if form == "indented" else None
        )
    else:
        flow = form == "flow"
        text = yaml.safe_dump(
            data, default_flow_style=flow, allow_unicode=form == "unicode", width=1e9
        )
        assume("\x85" not in text)  # a line break to libyaml, though not to PyYAML's emitter
    document = read(text, "f")

    assert document.root == data
    assert document.duplicates == []
    for path in _paths(data):
        covered = _covered(document, path)
        if path and isinstance(path[-1], str) and covered not in "?'\"":  # a key over lines
            is_json = form in ("json", "indented", "ascii")
            assert (json.loads(covered) if is_json else _said(f"{covered}: 1")) == (
                path[-1] if is_json else {path[-1]: 1}
            )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("utf-8", "surrogateescape"))
       | st.text(st.sampled_from("{}[]:,-&*!?|>'\"#%@ \n\r\t\\0ax<.\ufeff\u2028\x85"), max_size=30))  # fmt: skip
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document = read(text, "f")
    except Unreadable as refused:
        assert refused.message  # noqa: PT017
        return
    assume(isinstance(document.root, dict | list))
    for path in _paths(document.root):
        _covered(document, path)
