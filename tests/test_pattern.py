"""What a pattern certainly selects, what it may select, and what it never does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint.graph.resource import Resource, document
from lambdalint.load import load
from lambdalint.pattern import OneOf, Open, Verdict, mapping, match, only_from_aws, sns
from lambdalint.value import Ref, Text, Unknown
from lambdalint.world import worlds

NO, MAYBE, YES = Verdict

UNKNOWN = Unknown("somebody's secret")
STAGE = Unknown("parameter Stage", "Stage", frozenset({"prod"}))
BUCKET = Ref("Bucket")
NAME = Text(("shop-", BUCKET, "-raw"))

# The tests of one value of an event, and what becomes of the value. Known values first.
VALUES: list[tuple[list[Any], Any, Verdict]] = [
    (["a"], "a", YES), (["a"], "A", NO), (["a", "b"], "b", YES), ([""], "", YES), ([""], " ", NO),
    (["a"], 1, NO), (["1"], 1, NO), ([1], "1", NO), ([1], 1, YES), ([1.5], 1.5, YES), ([1], 2, NO),
    ([300], 300.0, MAYBE), ([3e2], 300, MAYBE), ([{"numeric": ["=", 300]}], 3e2, YES),
    ([None], None, YES), ([None], "", NO), (["null"], None, NO), ([True], True, YES),
    ([True], "true", NO), ([True], 1, NO), ([1], True, NO), ([False], 0, NO), ([0], False, NO),
    ([123456789012345678], 123456789012345678, YES), ([-0.0], 0.0, YES),
    ([{"prefix": "ab"}], "abc", YES), ([{"prefix": "ab"}], "Abc", NO), ([{"prefix": "ab"}], "a", NO),
    ([{"prefix": ""}], "", YES), ([{"prefix": ""}], 1, NO), ([{"suffix": "bc"}], "abc", YES),
    ([{"suffix": "bc"}], "abC", NO), ([{"prefix": {"equals-ignore-case": "AB"}}], "abc", YES),
    ([{"suffix": {"equals-ignore-case": "BC"}}], "abc", YES), ([{"exactly": "a"}], "a", YES),
    ([{"suffix": {"equals-ignore-case": "BC"}}], "ab", NO), ([{"suffix": "a"}], None, NO),
    ([{"equals-ignore-case": "Shop"}], "sHOP", YES), ([{"equals-ignore-case": "Shop"}], "sho", NO),
    ([{"equals-ignore-case": "ß"}], "SS", MAYBE), ([{"equals-ignore-case": "1"}], 1, NO),
    ([{"anything-but": "a"}], "b", YES), ([{"anything-but": "a"}], "a", NO),
    ([{"anything-but": "a"}], 1, YES), ([{"anything-but": "a"}], None, YES),
    ([{"anything-but": ["a", "b"]}], "b", NO), ([{"anything-but": ["a", "b"]}], "c", YES),
    ([{"anything-but": [1, 2]}], 2, NO), ([{"anything-but": [1, 2]}], "2", YES),
    ([{"anything-but": 1}], 1.0, MAYBE), ([{"anything-but": ""}], "", NO),
    ([{"anything-but": {"prefix": "a"}}], "ab", NO), ([{"anything-but": {"prefix": "a"}}], 1, YES),
    ([{"anything-but": {"prefix": ["a", "b"]}}], "b", NO), ([{"anything-but": "::1"}], "0::1", YES),
    ([{"anything-but": {"suffix": [".png", ".jpg"]}}], "a.jpg", NO),
    ([{"anything-but": {"suffix": [".png", ".jpg"]}}], "a.pdf", YES),
    ([{"anything-but": {"equals-ignore-case": ["a", "B"]}}], "b", NO),
    ([{"anything-but": {"wildcard": "*/lib/*"}}], "a/lib/b", NO),
    ([{"anything-but": {"wildcard": ["*/lib/*", "x*"]}}], "a/b", YES),
    ([{"exists": True}], "", YES), ([{"exists": True}], None, YES), ([{"exists": False}], None, NO),
    ([{"exists": True}], {"b": 1}, NO), ([{"exists": False}], {"b": 1}, YES),
    ([{"exists": True}], [], NO), ([{"exists": False}], [], YES), ([{"exists": True}], [1], YES),
    ([{"numeric": [">", 0]}], 0, NO), ([{"numeric": [">=", 0]}], 0, YES), ([{"numeric": ["<", 5]}], 5, NO),
    ([{"numeric": ["<=", 5]}], 5.0, YES), ([{"numeric": [">", 0, "<=", 5]}], 5, YES),
    ([{"numeric": [">", 0, "<=", 5]}], 6, NO), ([{"numeric": [">", 0]}], "1", NO),
    ([{"numeric": [">", 0]}], True, NO), ([{"numeric": [">", 0]}], 10**18, MAYBE),
    ([{"cidr": "10.0.0.0/24"}], "10.0.0.255", YES), ([{"cidr": "10.0.0.0/24"}], "10.0.1.0", NO),
    ([{"cidr": "10.0.0.7/24"}], "10.0.0.1", YES), ([{"cidr": "10.0.0.0/24"}], "here", NO),
    ([{"cidr": "2001:db8::/32"}], "2001:0DB8::1", YES), ([{"cidr": "10.0.0.0/24"}], 10, NO),
    ([{"cidr": "2001:db8::/32"}], "2001:db9::1", NO), ([{"cidr": "::/0"}], "10.0.0.1", MAYBE),
    (["10.0.0.1"], "10.0.0.01", YES), (["::1"], "0:0:0:0:0:0:0:1", YES), (["10.0.0.1"], "::ffff:0a00:1", YES), (["a:b"], "a:b", YES),
    (["10.0.0.1"], "10.0.0.2", NO), (["10.0.0.999"], "10.0.0.999", YES),
    ([{"wildcard": "a*c"}], "abbc", YES), ([{"wildcard": "a*c"}], "ac", YES), ([{"wildcard": "a*c"}], "acb", NO),
    ([{"wildcard": "*a*b*"}], "xaxbx", YES), ([{"wildcard": "*a*b*"}], "ba", NO), ([{"wildcard": "ab*ba"}], "aba", NO),
    ([{"wildcard": r"a\*c"}], "a*c", YES), ([{"wildcard": r"a\*c"}], "abc", NO), ([{"wildcard": r"\\*"}], "\\a", YES),
    ([{"wildcard": "a?c"}], "abc", NO), ([{"wildcard": "*"}], "", YES), ([{"wildcard": "*"}], 1, NO),
    (["a"], ["b", "a"], YES), (["a"], [], NO), (["a"], [["b", ["a"]]], YES), ([{"anything-but": "a"}], ["a", "b"], YES),
    ([{"anything-but": "a"}], [], NO), ([{"exists": False}, "a"], "a", YES), ([{"exists": False}, "a"], "b", NO),
    # What is not known.
    (["a"], UNKNOWN, MAYBE), ([{"exists": True}], UNKNOWN, MAYBE), ([{"anything-but": "a"}], UNKNOWN, MAYBE),
    (["prod"], STAGE, NO), (["dev"], STAGE, MAYBE), (["prod", "dev"], STAGE, MAYBE), ([STAGE], STAGE, MAYBE),
    ([STAGE], "prod", NO), ([STAGE], "dev", MAYBE), (["a"], ["a", UNKNOWN], YES), (["a"], ["b", UNKNOWN], MAYBE),
    (["a"], OneOf(("a", "b")), MAYBE), (["a", "b"], OneOf(("a", "b")), YES), (["c"], OneOf(("a", "b")), NO),
    ([{"prefix": "a"}], OneOf(("ab", "ac")), YES), (["a"], OneOf((["a", "b"], "a")), YES),
    ([BUCKET], BUCKET, YES), ([BUCKET], Ref("Other"), MAYBE), ([BUCKET], "raw", MAYBE), (["raw"], BUCKET, MAYBE),
    ([BUCKET], 1, NO), ([1], BUCKET, NO), ([{"exists": True}], BUCKET, YES), ([{"exists": False}], BUCKET, NO),
    ([{"anything-but": [BUCKET]}], BUCKET, NO), ([{"anything-but": 1}], BUCKET, YES), ([{"prefix": ""}], BUCKET, YES),
    ([NAME], NAME, YES), ([NAME], "shop-x-raw", MAYBE), ([NAME], "shop-x", NO), (["shop-x-raw"], NAME, MAYBE),
    (["shop-raw"], NAME, NO), (["shop--raw"], NAME, MAYBE), ([{"prefix": "shop-"}], NAME, YES),
    ([{"prefix": "sho"}], NAME, YES), ([{"prefix": "shop-x"}], NAME, MAYBE), ([{"prefix": "shoq"}], NAME, NO),
    ([{"prefix": "shoq-"}], NAME, NO), ([{"suffix": "-rax"}], NAME, NO),
    ([{"suffix": "raw"}], NAME, YES), ([{"suffix": "x-raw"}], NAME, MAYBE), ([{"suffix": "rav"}], NAME, NO),
    ([{"wildcard": "s*-*w"}], NAME, YES), ([{"wildcard": "s*x*w"}], NAME, MAYBE), ([{"wildcard": "x*"}], NAME, NO),
    ([{"equals-ignore-case": "SHOP-X-RAW"}], NAME, MAYBE), ([{"equals-ignore-case": "SHOP"}], NAME, NO),
    ([{"prefix": {"equals-ignore-case": "SHOP"}}], NAME, YES), ([{"anything-but": {"prefix": "shop"}}], NAME, NO),
    ([{"anything-but": {"prefix": "x"}}], NAME, YES), ([{"prefix": Text((BUCKET, "/"))}], Text((BUCKET, "/a")), YES),
    ([{"prefix": Text((BUCKET, "/"))}], "a/b", MAYBE), ([{"prefix": Text(("x", BUCKET))}], "a/b", NO),
    ([{"wildcard": Text(("x", BUCKET, "*"))}], Text(("x", BUCKET)), MAYBE), ([{"wildcard": Text(("x", BUCKET))}], NAME, NO),
    ([{"numeric": ["=", 1]}], NAME, NO), ([{"cidr": "10.0.0.0/8"}], NAME, MAYBE), ([NAME], Text(("shop-", UNKNOWN)), MAYBE),
    ([Text((UNKNOWN,))], Text((UNKNOWN,)), MAYBE), (["a"], "\U000f0000", MAYBE), (["\U000f0000"], NAME, MAYBE),
    # What AWS would refuse.
    ([], "a", MAYBE), ([["a"]], "a", MAYBE), ([{}], "a", MAYBE), ([{"regex": "a"}], "b", MAYBE),
    ([{"prefix": "b", "suffix": "c"}], "a", MAYBE), ([{"exists": "true"}], "a", MAYBE), ([{"prefix": 1}], "a", MAYBE),
    ([{"wildcard": "a**"}], "b", MAYBE), ([{"wildcard": r"\a"}], "b", MAYBE), ([{"wildcard": 1}], "b", MAYBE),
    ([{"numeric": ["<", 0, ">", 5]}], 1, MAYBE), ([{"numeric": [">"]}], 1, MAYBE), ([{"numeric": ["!", 1]}], 1, MAYBE),
    ([{"numeric": [">", "1"]}], 1, MAYBE), ([{"cidr": "here"}], "a", MAYBE), ([{"cidr": "10.0.0.0/99"}], "a", MAYBE),
    ([{"anything-but": []}], "a", MAYBE), ([{"anything-but": ["a", 1]}], "a", MAYBE), ([{"anything-but": None}], "a", MAYBE),
    ([{"anything-but": {"prefix": ""}}], "a", MAYBE), ([{"anything-but": {"exists": True}}], "a", MAYBE),
    ([float("nan")], 1, MAYBE), ([{"equals-ignore-case": ["a"]}], "a", MAYBE),
]  # fmt: skip


@pytest.mark.parametrize(("tests", "value", "verdict"), VALUES, ids=repr)
def test_value(tests: list[Any], value: Any, verdict: Verdict) -> None:
    assert match({"a": tests}, {"a": value}) is verdict


THERE = [{"exists": True}]
GONE = [{"exists": False}]

# Whole patterns and events.
EVENTS: list[tuple[Any, Any, Verdict]] = [
    ({"source": ["shop"], "detail": {"state": ["new"]}}, {"source": "shop", "detail": {"state": "new", "x": 1}}, YES),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, {"source": "shop", "detail": {"state": "old"}}, NO),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, {"source": "shop", "detail": {}}, NO),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, {"source": "shop", "detail": "new"}, NO),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, {"source": "shop", "detail": UNKNOWN}, MAYBE),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, {"source": "till", "detail": UNKNOWN}, NO),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, Open({"source": "shop"}), MAYBE),
    ({"source": ["shop"], "detail": {"state": ["new"]}}, Open({"source": "till"}), NO),
    ({"a": ["x"]}, {}, NO), ({"a": [None]}, {}, NO), ({"a": [{"anything-but": "x"}]}, {}, NO), ({"a": THERE}, {}, NO),
    ({"a": GONE}, {}, YES), ({"a": GONE}, Open(), MAYBE), ({"a": GONE}, Open({"a": 1}), NO), ({"a": GONE}, UNKNOWN, MAYBE),
    ({"a": [*GONE, "x"]}, {}, YES), ({"a": {"b": GONE}}, {}, YES), ({"a": {"b": GONE}}, {"a": 1}, YES),
    ({"a": {"b": GONE}}, {"a": Open()}, MAYBE), ({"a": {"b": GONE}}, {"a": OneOf(({}, "x"))}, YES),
    ({"a": [{"exists": UNKNOWN}]}, {}, MAYBE), ({"a": [UNKNOWN]}, {}, MAYBE), ({"a": UNKNOWN}, {}, MAYBE),
    ({"a": UNKNOWN, "b": [1]}, {"b": 2}, NO), (UNKNOWN, {}, MAYBE), ({}, {}, MAYBE), ("no JSON", {}, MAYBE),
    ('{"a": [null]}', {"a": None}, YES), ({"a": "x"}, {"a": "x"}, MAYBE),
    # A name with dots is a path.
    ({"a": {"b": [1]}}, {"a.b": 1}, YES), ({"a.b": [1]}, {"a": {"b": 1}}, YES), ({"a.b": [1]}, {"a.b": 1}, YES),
    ({"a": {"b": [1], "c": [2]}}, {"a": {"b": 1}, "a.c": 2}, YES), ({"a": {"b": [1]}}, {"a": 1, "a.b": 1}, MAYBE),
    ({"a": {"b": GONE}}, Open({"a.c": 1}), MAYBE), ({"a.": [1]}, {"a": {"": 1}}, YES),
    # All fields match in one element of an array.
    ({"a": {"b": [1], "c": [1]}}, {"a": [{"b": 1, "c": 2}, {"b": 1, "c": 1}]}, YES),
    ({"a": {"b": [1], "c": [1]}}, {"a": [{"b": 1, "c": 2}, {"b": 2, "c": 1}]}, NO),
    ({"a": {"b": [1], "c": [1]}}, {"a": [{"b": 1}, [{"c": 1}]]}, NO), ({"a": {"b": [1]}}, {"a": [[{"b": 1}]]}, YES),
    ({"a": {"b": [1]}, "c": {"b": [2]}}, {"a": [{"b": 2}, {"b": 1}], "c": [{"b": 2}]}, YES),
    ({"a": {"b": {"c": [1]}, "d": [1]}}, {"a": [{"b": [{"c": 1}], "d": 2}, {"b": [{"c": 2}], "d": 1}]}, NO),
    ({"a": {"b": [1], "c": [1]}}, {"a": [{"b": 1, "c": UNKNOWN}]}, MAYBE),
    ({"a": {"b": [1], "c": [1]}}, {"a": [{"b": 1, "c": UNKNOWN}, {"b": 1, "c": 1}]}, YES),
    ({"a": {"b": [1], "c": [1]}}, {"a": [{"b": 2, "c": UNKNOWN}, UNKNOWN]}, MAYBE),
    # What is absent, is absent from the element that was chosen before, or else from all.
    ({"a": {"b": GONE}}, {"a": [{"b": 1}, {"c": 1}]}, NO), ({"a": {"b": GONE}}, {"a": [{"c": 1}]}, YES),
    ({"a": {"b": GONE, "c": [1]}}, {"a": [{"b": 1}, {"c": 1}]}, NO),
    ({"a": {"c": [1], "d": GONE}}, {"a": [{"d": 1}, {"c": 1}]}, YES),
    ({"a": {"c": [1], "d": GONE}}, {"a": [{"d": 1}, {"c": 1, "d": 1}]}, NO), ({"a": {"b": GONE}}, {"a": []}, YES),
    ({"a": {"d": GONE, "c": [1]}}, {"a": [{"d": 1}, {"c": 1}]}, YES), ({"a": {"b": GONE}}, {"a": [Open({"c": 1})]}, MAYBE),
    ({"a": {"b": GONE, "c": [1]}}, {"a": [UNKNOWN, {"c": 1}]}, MAYBE), ({"a": [5], "a.b": [1]}, {"a": [5, {"b": 1}]}, MAYBE),
    # Alternatives.
    ({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 1}, YES), ({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 2}, NO),
    ({"c": [1], "$or": [{"a": [1]}, {"b": [1]}]}, {"a": 1}, NO),
    ({"c": {"d": [1], "$or": [{"a": [1]}, {"b": [1]}]}}, {"c": {"d": 1, "b": 1}}, YES),
    ({"c": {"d": [1], "$or": [{"a": [1]}, {"b": [1]}]}}, {"c": [{"d": 2, "b": 1}, {"d": 1, "b": 2}]}, NO),
    ({"$or": [{"a": [1], "$or": [{"b": [1]}, {"c": [1]}]}, {"d": [1]}]}, {"a": 1, "c": 1}, YES),
    ({"$or": [{"a": [1], "$or": [{"b": [1]}, {"c": [1]}]}, {"d": [1]}]}, {"c": 1, "d": 2}, NO),
    ({"c": {"d": [1]}, "$or": [{"c": {"a": [1]}}, {"b": [1]}]}, {"c": [{"d": 1}, {"a": 1}]}, NO),
    ({"$or": [{"a": [1]}, {"b": [1]}]}, {"a": UNKNOWN}, MAYBE), ({"a": [1], "$or": [{"a": [2]}, {"b": [1]}]}, {"a": 2}, MAYBE),
    # These are names of fields.
    ({"$or": {"a": [1]}}, {"$or": {"a": 1}}, YES), ({"$or": ["x"]}, {"$or": "x"}, YES),
    ({"$or": [{"prefix": "x"}, {"suffix": "y"}]}, {"$or": "ay"}, YES), ({"$or": [{"a": [1]}]}, {"a": 1}, MAYBE),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "event", "verdict"), EVENTS, ids=repr)
def test_event(pattern: Any, event: Any, verdict: Verdict) -> None:
    assert match(pattern, event) is verdict


AWS: list[tuple[Any, Verdict]] = [
    ({"source": ["aws.s3"]}, YES), ({"source": ["aws.s3", "aws.ec2"]}, YES), ({"source": ["aws.s3", "shop"]}, NO),
    ({"source": [{"prefix": "aws."}]}, YES), ({"source": [{"prefix": "aws"}]}, NO), ({"source": [{"prefix": "sh"}]}, NO),
    ({"source": [{"wildcard": "aws.*"}]}, YES), ({"source": [{"wildcard": "*.s3"}]}, NO), ({"source": [{"suffix": "s3"}]}, NO),
    ({"source": [{"wildcard": "**"}]}, MAYBE), ({"source": [{"equals-ignore-case": "AWS.S3"}]}, MAYBE),
    ({"source": [{"equals-ignore-case": "shop"}]}, NO), ({"source": [{"anything-but": "shop"}]}, NO),
    ({"source": THERE}, NO), ({"source": GONE}, YES), ({"source": ["aws.s3", None, 1]}, YES), ({"source": [UNKNOWN]}, MAYBE),
    ({"source": [UNKNOWN, "shop"]}, NO), ({"source": [Text(("aws.", UNKNOWN))]}, YES), ({"source": [Text(("a", UNKNOWN))]}, MAYBE),
    ({"source": [Text(("my-", UNKNOWN))]}, NO), ({"source": UNKNOWN}, MAYBE), (UNKNOWN, MAYBE), ({"detail": {"source": ["aws.s3"]}}, NO),
    ({"detail-type": ["x"]}, NO), ({"$or": [{"source": ["aws.s3"]}, {"source": ["aws.ec2"]}]}, YES),
    ({"$or": [{"source": ["aws.s3"]}, {"detail-type": ["x"]}]}, NO), ({"source": ["aws.s3"], "$or": [{"a": [1]}, {"b": [1]}]}, YES),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "verdict"), AWS, ids=repr)
def test_only_from_aws(pattern: Any, verdict: Verdict) -> None:
    assert only_from_aws(pattern) is verdict


def _text(value: Any) -> dict[str, Any]:
    return {"DataType": "String", "StringValue": value}


def _number(value: Any) -> dict[str, Any]:
    return {"DataType": "Number", "StringValue": value}


def _array(value: Any) -> dict[str, Any]:
    return {"DataType": "String.Array", "StringValue": value}


RUGBY = {"sport": [{"anything-but": ["rugby"]}]}

ATTRIBUTES: list[tuple[Any, Any, Verdict]] = [
    ({"sport": ["rugby"]}, {"sport": _text("rugby")}, YES), ({"sport": ["rugby"]}, {"sport": _text("tennis")}, NO),
    ('{"sport": ["rugby"]}', {"sport": _text("rugby")}, YES), (None, {}, YES), (UNKNOWN, {"a": _text("b")}, MAYBE),
    ({"sport": ["rugby"]}, {"sport": _array('["tennis", "rugby"]')}, YES), ({"sport": ["rugby"]}, {"sport": _array('["tennis"]')}, NO),
    ({"sport": ["rugby"]}, {"sport": _array("rugby")}, MAYBE), (RUGBY, {"sport": _array('["tennis", "golf"]')}, YES),
    (RUGBY, {"sport": _array('["tennis", "rugby"]')}, MAYBE), (RUGBY, {"sport": _array('["rugby"]')}, NO),
    ({"price": [{"numeric": [">", 99]}]}, {"price": _number("100.5")}, YES), ({"price": [100]}, {"price": _number("100")}, YES),
    ({"price": [{"numeric": [">", 99]}]}, {"price": _number("99")}, NO), ({"price": ["100"]}, {"price": _number("100")}, NO),
    ({"price": [{"numeric": [">", 99]}]}, {"price": _text("100")}, NO), ({"price": [100]}, {"price": _number("dear")}, MAYBE),
    ({"price": [{"numeric": ["=", 0.1]}]}, {"price": _number("0.1000001")}, MAYBE), ({"price": [1]}, {"price": _number("true")}, MAYBE),
    ({"key": THERE}, {"key": {"DataType": "Binary", "BinaryValue": "eA=="}}, MAYBE), ({"key": THERE}, {"key": _text("x")}, YES),
    ({"key": THERE}, {"other": _text("x")}, NO), ({"key": GONE}, {"other": _text("x")}, YES), ({"key": GONE}, {}, NO), ({"key": GONE}, None, NO),
    ({"key": GONE}, {"other": UNKNOWN}, MAYBE), ({"key": GONE}, Open(), MAYBE), ({"key": GONE}, UNKNOWN, MAYBE), ({"key": GONE}, "x", MAYBE),
    ({"a.b": ["x"]}, {"a.b": _text("x")}, YES), ({"a.b": ["x"]}, Open({"a.b": _text(UNKNOWN)}), MAYBE), ({"a": ["x"]}, Open({"a": _text("y")}), NO),
    ({"$or": [{"a": ["x"]}, {"b": ["x"]}]}, {"b": _text("x")}, YES), ({"a": [{"wildcard": "x*"}]}, {"a": _text("y")}, MAYBE),
    ({"a": [{"suffix": "x"}]}, {"a": _text("ax")}, YES), ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": _text("10.0.0.9")}, YES),
    ({"a": [{"anything-but": {"prefix": "x"}}]}, {"a": _text("xy")}, NO), ({"a": [{"prefix": "x"}]}, {"a": _text(Text(("x", BUCKET)))}, YES),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "attributes", "verdict"), ATTRIBUTES, ids=repr)
def test_policy_for_attributes(policy: Any, attributes: Any, verdict: Verdict) -> None:
    assert sns(policy, None, attributes, '{"sport": "chess"}') is verdict
    assert sns(policy, "MessageAttributes", attributes, UNKNOWN) is verdict


BODIES: list[tuple[Any, Any, Verdict]] = [
    ({"order": {"state": ["new"]}}, '{"order": {"state": "new"}}', YES), ({"order": {"state": ["new"]}}, {"order": {"state": "new"}}, YES),
    ({"order": {"state": ["new"]}}, '{"order": {"state": "old"}}', NO), ({"order.state": ["new"]}, {"order": {"state": "new"}}, YES),
    ({"order": {"state": GONE}}, "no JSON", NO), ({"order": GONE}, '"a text"', NO), ({"order": GONE}, "[]", MAYBE), (None, "no JSON", YES),
    ({"order": GONE}, UNKNOWN, MAYBE), ({"a": ["x"]}, Text(('{"a": "', BUCKET, '"}')), MAYBE), ({"a": [BUCKET]}, Text(('{"a": "', BUCKET, '"}')), YES),
    ({"a": [{"prefix": "x"}]}, Text(('{"a": "x', BUCKET, '"}')), YES), ({"a": ["x"]}, Text(("Hello ", BUCKET)), NO), ({"a": ["x"]}, Text(('{"', BUCKET, '": "x"}')), MAYBE),
    ({"a": ["x"]}, Text(('{"a": ', BUCKET, "}")), MAYBE), ({"a": ["x"]}, Text((BUCKET, "!")), MAYBE), ({"a": ["x"]}, OneOf(('{"a": "x"}', '{"a": ["x"]}')), YES),
    ({"Records": {"s3": {"object": {"key": [{"prefix": "in/"}]}}, "eventName": [{"prefix": "ObjectCreated:"}]}},
     {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "in/a"}}}]}, YES),
    ({"Records": {"s3": {"object": {"key": [{"prefix": "in/"}]}}, "eventName": [{"prefix": "ObjectCreated:"}]}},
     {"Records": [{"eventName": "ObjectRemoved:Delete", "s3": {"object": {"key": "in/a"}}}, {"eventName": "ObjectCreated:Put"}]}, NO),
    ({"a": THERE}, '{"a": null}', MAYBE), ({"a": THERE}, '{"a": ""}', MAYBE), ({"a": [None]}, '{"a": null}', YES),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "body", "verdict"), BODIES, ids=repr)
def test_policy_for_the_body(policy: Any, body: Any, verdict: Verdict) -> None:
    assert sns(policy, "MessageBody", {"order": _text("x")}, body) is verdict


def test_policy_of_unknown_scope() -> None:
    policy = {"a": ["x"]}

    assert sns(policy, UNKNOWN, {"a": _text("x")}, '{"a": "x"}') is YES
    assert sns(policy, UNKNOWN, {"a": _text("x")}, '{"a": "y"}') is MAYBE
    assert sns(policy, UNKNOWN, {"a": _text("y")}, '{"b": "x"}') is NO


def _filters(*patterns: Any) -> dict[str, Any]:
    return {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}


INSERTED = {"eventName": "INSERT", "dynamodb": Open({"NewImage": {"id": {"N": "101"}}})}

RECORDS: list[tuple[Any, Any, Verdict]] = [
    (None, UNKNOWN, YES), ({}, UNKNOWN, YES), ({"Filters": []}, UNKNOWN, YES), (UNKNOWN, INSERTED, MAYBE), (_filters({"a": [1]}), UNKNOWN, MAYBE),
    (_filters({"eventName": ["INSERT"]}), INSERTED, YES), (_filters({"eventName": ["REMOVE"]}), INSERTED, NO),
    (_filters({"eventName": ["REMOVE"]}, {"eventName": ["INSERT"]}), INSERTED, YES), ({"Filters": UNKNOWN}, INSERTED, MAYBE),
    ({"Filters": [{"Pattern": "{"}]}, INSERTED, MAYBE), ({"Filters": [{}]}, INSERTED, MAYBE), ({"Filters": [UNKNOWN]}, INSERTED, MAYBE),
    (_filters({"dynamodb": {"NewImage": {"id": {"N": ["101"]}}}}), INSERTED, YES), (_filters({"dynamodb": {"NewImage": {"id": {"N": [101]}}}}), INSERTED, NO),
    (_filters({"dynamodb": {"NewImage": {"done": {"BOOL": GONE}}}}), INSERTED, YES), (_filters({"dynamodb": {"OldImage": {"id": {"N": GONE}}}}), INSERTED, MAYBE),
    (_filters({"body": {"a": [1]}}), {"body": '{"a": 1}'}, YES), (_filters({"body": {"a": [1]}}), {"body": {"a": 2}}, NO), (_filters({"body": {"a": [1]}}), {"body": UNKNOWN}, MAYBE),
    (_filters({"body": ["a"]}), {"body": "a"}, YES), (_filters({"body": ["a"]}), {"body": "b"}, NO), (_filters({"body": {"a": GONE}}), {"body": "text"}, NO),
    (_filters({"body": [{"anything-but": "a"}]}), {"body": '{"a": 1}'}, NO), (_filters({"body": ["1"]}), {"body": "1"}, MAYBE), (_filters({"body": ['"a"']}), {"body": '"a"'}, MAYBE),
    (_filters({"body": {"a": GONE}}), {"body": Text(("Hello ", BUCKET))}, NO), (_filters({"body": {"a": [1]}}), {"body": OneOf(('{"a": 1}', {"a": 1}))}, YES),
    (_filters({"messageId": ["a"]}), {"messageId": "a", "body": "text"}, YES), (_filters({"data": {"a": [1]}}), {"data": {"a": 1}}, YES), (_filters({"Body": {"a": [1]}}), {"body": {"a": 1}}, NO),
    (_filters({"value": {"a": [1]}}), Open({"value": '{"a": 1}'}), YES), (_filters({"key": ["a"]}), Open({"value": "a"}), MAYBE),
    (_filters({"body": [{"wildcard": "a*"}]}), {"body": "b"}, MAYBE), (_filters({"$or": [{"body": {"a": [1]}}, {"eventName": ["x"]}]}), {"body": '{"a": 1}'}, YES),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "record", "verdict"), RECORDS, ids=repr)
def test_filters_of_a_mapping(filters: Any, record: Any, verdict: Verdict) -> None:
    assert mapping(filters, record) is verdict


TEMPLATE = """
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        source: [!Sub "shop-${Stage}", !If [IsProd, shop, !Ref AWS::NoValue]]
        detail: {bucket: {name: [!Ref Bucket]}, key: [{prefix: !Sub "${Bucket}/raw/"}]}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FilterCriteria: {Filters: [{Pattern: !Sub '{"body": {"a": [null, "${Bucket}"]}}'}]}
  Changed:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {Fn::Transform: {Name: Macro}, source: [shop]}}
"""


def _settled(id: str, *path: str | int) -> Iterator[Any]:
    template = load(TEMPLATE, "template.yaml")
    for world in worlds():
        resource = Resource(template.resources[id], world.scope(template))
        yield resource.get(*path)
        yield document(resource.get(*path), resource.scope)


def test_settled_pattern() -> None:
    detail = {"bucket": {"name": Ref("Bucket")}, "key": Text((Ref("Bucket"), "/raw/a"))}
    seen = [
        [match(pattern, {"source": source, "detail": detail}) for source in ("shop", "shop-x", "x")]
        for pattern in _settled("Rule", "EventPattern")
    ]

    assert [YES, NO, NO] in seen  # where Stage is prod
    assert [NO, MAYBE, NO] in seen
    assert {*map(only_from_aws, _settled("Rule", "EventPattern"))} == {NO}


def test_settled_filters() -> None:
    for criteria in _settled("Mapping", "FilterCriteria"):
        assert mapping(criteria, {"body": '{"a": null}'}) is YES
        assert mapping(criteria, {"body": {"a": Ref("Bucket")}}) is YES
        assert mapping(criteria, {"body": {"a": 1}}) is NO
        assert mapping(criteria, {"body": {"a": "x"}}) is MAYBE


def test_null_in_a_settled_text() -> None:
    for pattern in _settled("Mapping", "FilterCriteria", "Filters", 0, "Pattern"):
        assert match(pattern, {"body": {"a": None}}) is YES
        assert match(pattern, {"body": {"a": True}}) is NO


def test_pattern_of_a_macro() -> None:
    for pattern in _settled("Changed", "EventPattern"):
        assert match(pattern, {"source": "till"}) is MAYBE


# --- against another matcher -------------------------------------------------------------------

Found = list[tuple[str, Any, dict[int, int]]]


def _flat(data: Any, path: str, chosen: dict[int, int], arrays: list[Any], found: Found) -> Found:
    """The values of an event, their paths, and the elements of arrays that they lie in."""
    if isinstance(data, dict):
        for key, member in data.items():
            _flat(member, f"{path}.{key}" if path else key, chosen, arrays, found)
    elif isinstance(data, list):
        arrays.append(data)
        array = len(arrays)
        for index, element in enumerate(data):
            inner = {**chosen, array: index} if isinstance(element, dict | list) else chosen
            _flat(element, path, inner, arrays, found)
    else:
        found.append((path, data, chosen))
    return found


def _conjunctions(pattern: dict[str, Any], path: str = "") -> list[dict[str, list[Any]]]:
    """The alternatives of a pattern, as the tests for each path."""
    wholes: list[dict[str, list[Any]]] = [{}]
    for key, data in pattern.items():
        below = f"{path}.{key}" if path else key
        if key == "$or":
            parts = [part for choice in data for part in _conjunctions(choice, path)]
        elif isinstance(data, dict):
            parts = _conjunctions(data, below)
        else:
            parts = [{below: data}]
        wholes = [{**whole, **part} for whole in wholes for part in parts]
    return wholes


def _selected(pattern: dict[str, Any], event: Any) -> bool:
    """Whether a pattern matches an event of which everything is known."""
    found = _flat(event, "", {}, [], [])
    return any(_chosen(sorted(tests.items()), found, {}, event) for tests in _conjunctions(pattern))


def _chosen(fields: list[Any], found: Found, chosen: dict[int, int], event: Any) -> bool:
    if not fields:
        return True
    (path, tests), *others = fields
    here = [
        (value, elements)
        for where, value, elements in found
        if where == path and all(chosen.get(array, at) == at for array, at in elements.items())
    ]
    if not here and {"exists": False} in tests and _chosen(others, found, chosen, event):
        return True
    return any(
        any(_passes(test, value) for test in tests)
        and _chosen(others, found, {**chosen, **elements}, event)
        for value, elements in here
    )


def _passes(test: Any, value: Any) -> bool:
    if not isinstance(test, dict):
        return type(test) is type(value) and bool(test == value)
    ((name, what),) = test.items()
    if name == "exists":
        return bool(what)
    if name == "anything-but":
        wrapped = (
            [{op: one} for op, these in what.items() for one in _listed(these)]
            if isinstance(what, dict)
            else _listed(what)
        )
        return not any(_passes(one, value) for one in wrapped)
    if name == "numeric":
        pairs = zip(what[::2], what[1::2], strict=True)
        return type(value) in (int, float) and all(
            {"=": value == n, "<": value < n, ">": value > n, "<=": value <= n, ">=": value >= n}[
                op
            ]
            for op, n in pairs
        )
    if not isinstance(value, str):
        return False
    if name == "cidr":
        return value.count(".") == 3 and ip_address(value) in ip_network(what)
    flags = re.DOTALL
    if isinstance(what, dict):
        ((_, what),) = what.items()
        flags |= re.IGNORECASE
    if name == "equals-ignore-case":
        flags |= re.IGNORECASE
    before, after = (".*" if name == "suffix" else "", ".*" if name == "prefix" else "")
    middle = ".*".join(map(re.escape, what.split("*"))) if name == "wildcard" else re.escape(what)
    return bool(re.fullmatch(before + middle + after, value, flags))


def _listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]


TEXTS = st.sampled_from(["", "a", "b", "ab", "Ab", "aba", "bab"])
LEAVES = TEXTS | st.sampled_from([0, 1, 2, 1.5, None, True, "10.0.0.1"])
KEYS = st.sampled_from(["k", "l", "m"])
KNOWN: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
PIECE = TEXTS.filter(bool)
OPERATORS: dict[str, st.SearchStrategy[Any]] = {
    "exists": st.booleans(),
    "prefix": PIECE | st.fixed_dictionaries({"equals-ignore-case": PIECE}),
    "suffix": PIECE | st.fixed_dictionaries({"equals-ignore-case": PIECE}),
    "equals-ignore-case": PIECE,
    "wildcard": st.sampled_from(["*", "a*", "*a", "a*a", "*b*", "a*b*a", "ab"]),
    "numeric": st.sampled_from([["=", 1], [">", 0], ["<=", 1.5], [">", 0, "<", 2]]),
    "cidr": st.sampled_from(["10.0.0.0/8", "11.0.0.0/8"]),
    "anything-but": st.one_of(
        PIECE,
        st.lists(PIECE, min_size=1, max_size=2),
        st.sampled_from([1, [0, 1]]),
        *(
            st.fixed_dictionaries({name: st.lists(PIECE, min_size=1, max_size=2)})
            for name in ("prefix", "suffix", "equals-ignore-case", "wildcard")
        ),
    ),
}
NAMED = st.one_of([st.fixed_dictionaries({name: value}) for name, value in OPERATORS.items()])
TESTS = st.lists(LEAVES | NAMED, min_size=1, max_size=4)


def _pattern(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    # What stands in alternatives has names of its own, so that no two tests are of one path.
    choice = st.dictionaries(st.sampled_from(["m", "n"]), inner, min_size=1, max_size=2)
    alternatives = st.lists(choice, min_size=2, max_size=3)
    plain = st.dictionaries(st.sampled_from(["k", "l"]), inner, min_size=1, max_size=2)
    return st.builds(
        lambda members, choices: {**members, **({"$or": choices} if choices else {})},
        plain,
        st.none() | alternatives,
    )


PATTERNS = _pattern(st.recursive(TESTS, _pattern, max_leaves=3))


@st.composite
def _shaped(draw: st.DrawFn, pattern: Any, leaves: st.SearchStrategy[Any], kinds: list[str]) -> Any:
    """Something about as a pattern wants it."""
    if isinstance(pattern, list):
        return draw(leaves | st.lists(leaves, max_size=2))
    members: dict[str, Any] = {}
    for key, inner in pattern.items():
        if key == "$or":
            for choice in inner:
                members |= draw(_shaped(choice, leaves, ["object"]))
        elif draw(st.integers(0, 9)):
            members[key] = draw(_shaped(inner, leaves, kinds))
    match draw(st.sampled_from(kinds)):
        case "open":
            return Open(members)
        case "array":
            return [members, draw(_shaped(pattern, leaves, ["object"]) | leaves)]
        case "one of":
            return OneOf((members, draw(_shaped(pattern, leaves, ["object"]))))
        case "unknown":
            return Unknown("?")
    return members


QUICK = settings(
    deadline=None,
    derandomize=True,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@QUICK
@given(PATTERNS, st.data())
def test_known_events_are_matched_as_another_matcher_does(
    pattern: dict[str, Any], data: st.DataObject
) -> None:
    event = {"k": data.draw(KNOWN), **data.draw(_shaped(pattern, KNOWN, ["object"]))}
    arrays = data.draw(_shaped(pattern, LEAVES, ["object", "array"]))

    assert match(pattern, event) is Verdict.of(_selected(pattern, event))
    assert match({"x": pattern}, {"x": arrays}) is Verdict.of(_selected(pattern, arrays))


# --- against what the unknown may be ------------------------------------------------------------

HOLES = st.sampled_from([Ref("A"), Ref("B"), Unknown("?"), Unknown("S", "S", frozenset({"ab"}))])
HALVES = st.builds(lambda *parts: Text(parts), PIECE, HOLES, PIECE) | st.builds(
    lambda *parts: Text(parts), HOLES, PIECE
)
PARTIAL = LEAVES | HALVES | HOLES | st.builds(lambda *choices: OneOf(choices), LEAVES, HALVES)
PARTIAL_TESTS = st.lists(
    LEAVES | NAMED | HALVES | HOLES | st.fixed_dictionaries({"prefix": HALVES}),
    min_size=1,
    max_size=4,
)
PARTIAL_PATTERNS = _pattern(st.recursive(PARTIAL_TESTS, _pattern, max_leaves=3))
KINDS = ["object", "object", "open", "array", "one of", "unknown"]
NOTHING = object()


def _completed(data: Any, filled: dict[str, str], draw: Any) -> Any:
    """What the data turn out to be; NOTHING if that is not there."""
    match data:
        case Unknown(parameter=""):
            return draw(KNOWN | st.just(NOTHING))
        case Ref() | Unknown():
            return filled[data[0]]
        case Text(parts):
            texts = (
                part
                if isinstance(part, str)
                else filled[part[0]]
                if part[0] != "?"
                else draw(TEXTS)
                for part in parts
            )
            return "".join(texts)
        case OneOf(choices):
            return _completed(draw(st.sampled_from(choices)), filled, draw)
        case dict():
            further = (
                draw(st.dictionaries(KEYS, KNOWN, max_size=2)) if isinstance(data, Open) else {}
            )
            members = {key: _completed(member, filled, draw) for key, member in data.items()}
            members = {**further, **members}
            return {key: member for key, member in members.items() if member is not NOTHING}
        case list():
            elements = [_completed(element, filled, draw) for element in data]
            return [element for element in elements if element is not NOTHING]
    return data


def _told(pattern: Any, filled: dict[str, str], draw: Any) -> Any:
    """What a pattern turns out to be: a test that is unknown is a text."""
    if isinstance(pattern, Unknown) and not pattern.parameter:
        return draw(TEXTS)
    if isinstance(pattern, dict):
        return {key: _told(member, filled, draw) for key, member in pattern.items()}
    if isinstance(pattern, list):
        return [_told(member, filled, draw) for member in pattern]
    return _completed(pattern, filled, draw)


@QUICK
@given(PARTIAL_PATTERNS, st.data())
def test_verdict_holds_whatever_the_unknown_is(
    pattern: dict[str, Any], data: st.DataObject
) -> None:
    event = {"x": data.draw(_shaped(pattern, PARTIAL, KINDS))}
    pattern = {"x": pattern}
    verdict = match(pattern, event)

    for _ in range(3):
        names = {name: data.draw(TEXTS) for name in ("A", "B")}
        filled = {**names, "S": data.draw(TEXTS.filter(lambda text: text != "ab"))}
        whole = _completed(event, filled, data.draw)
        selected = _selected(_told(pattern, filled, data.draw), whole)
        assert verdict in (MAYBE, Verdict.of(selected))


# --- hostile ones -------------------------------------------------------------------------------


def _deep(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"a": inner}
    return inner


MANY = [{"prefix": f"{number}x"} for number in range(100_000)]
ABSENT = {f"k{number}": GONE for number in range(300)}
HOSTILE: list[tuple[Any, Any, Verdict]] = [
    (_deep(5_000, ["x"]), _deep(5_000, "x"), MAYBE),
    (_deep(40, ["x"]), _deep(40, "x"), YES),
    ('{"a":' * 100_000 + "1" + "}" * 100_000, {"a": 1}, MAYBE),
    ({".".join("a" * 10_000): ["x"]}, {"a": 1}, NO),
    ({"a": ["x"]}, {".".join("a" * 10_000): "x"}, MAYBE),
    ({"a": {"$or": [{"b": [1]}, {"c": [1]}]}, "$or": [{f"k{n}": [1]} for n in range(900)]}, {}, MAYBE),
    (
        {f"k{n}": {"$or": [{"b": [1]}, {"c": [1]}]} for n in range(40)},
        {f"k{n}": {"c": 1} for n in range(40)},
        MAYBE,
    ),
    ({"$or": [{f"k{n}": [1]} for n in range(900)]}, {"k899": 1}, YES),
    ({"a": [{"wildcard": "a*" * 2_000 + "b"}]}, {"a": "a" * 100_000}, NO),
    ({"a": [{"wildcard": "*a" * 2_000}]}, {"a": "a" * 100_000}, YES),
    ({"a": [{"wildcard": "*a" * 500 + "b"}]}, {"a": Text(("a" * 9_999, UNKNOWN, "c"))}, NO),
    ({"a": MANY, "b": ["x"]}, {"a": ["x" * 100_000] * 1_000}, MAYBE),
    ({"a": ABSENT}, {"a": [[[[[[{"b": UNKNOWN}] * 5] * 5] * 5] * 5] * 5]}, MAYBE),
    ({f"k{n}": ["x"] for n in range(10_000)}, {f"k{n}": "x" for n in range(10_000)}, YES),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "event", "verdict"), HOSTILE)
def test_hostile_pattern_takes_bounded_time(pattern: Any, event: Any, verdict: Verdict) -> None:
    assert match(pattern, event) is verdict
    assert only_from_aws(pattern) in (NO, MAYBE)


NAMES = st.sampled_from(
    [*OPERATORS, "$or", "a", "a.b", "", "body", "Filters", "Pattern", "DataType"]
)
ODD: st.SearchStrategy[Any] = st.recursive(
    LEAVES
    | HOLES
    | st.sampled_from([float("inf"), 10**400, "\ud800", "1.1.1.1/", "*", "\\", {1: 2}, b""]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3).map(Open),
        st.lists(inner, max_size=2).map(lambda choices: OneOf(tuple(choices))),
    ),
)


@QUICK
@given(ODD, ODD)
def test_odd_data_have_a_verdict(one: Any, other: Any) -> None:
    verdicts = {
        match(one, other),
        match({"a": one}, {"a": other}),
        match({"a": [{"anything-but": one}, {"numeric": one}, {"cidr": one}]}, {"a": other}),
        sns(one, None, other, other),
        sns({"a": one}, "MessageBody", None, other),
        mapping(one, other),
        mapping([{"Pattern": {"body": one}}], {"body": other}),
        only_from_aws({"source": one}),
        only_from_aws(one),
    }

    assert verdicts <= {*Verdict}
