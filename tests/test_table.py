"""Every row of the table of triggers is read, wherever it says that templates name a function."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdalint.graph import Graph
from lambdalint.graph.path import steps
from lambdalint.kinds import KINDS, Form, Kind
from lambdalint.load import load

# What is read by code, with tests of its own: there is more to it than a pointer to a function.
BY_CODE = {
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::Events::Rule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Url",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
}
ROWS = [(kind, form) for kind in KINDS.values() for form in kind.forms if form.type not in BY_CODE]
POINTER = {"Fn::GetAtt": ["Work", "Arn"]}


def _name(row: tuple[Kind, Form]) -> str:
    return f"{row[0].name}:{row[1].type}:{row[1].function}"


def _built(path: str, pointer: Any) -> dict[str, Any]:
    """A resource that says something at a path."""
    way = steps(path) if path.startswith("/") else ("Properties", *steps(path))
    for step in reversed(way):
        match step:
            case "[]":
                pointer = [pointer]
            case "{}":
                pointer = {"Any": pointer}
            case "!":
                pass
            case key:
                pointer = {key: pointer}
    assert isinstance(pointer, dict)
    return pointer


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict) and "Fn::GetAtt" not in one:
        return {key: _merged(one.get(key), other.get(key)) for key in {**one, **other}}
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])]
    return one if other is None else other


def _beside(path: str, form: Form) -> str:
    """A path of a form from the properties on."""
    if not path.startswith("."):
        return path
    inner = max(form.function.rfind(mark) for mark in ("[]", "{}"))
    return form.function[: inner + 2] + path


def _resource(form: Form, *more: tuple[str, str]) -> dict[str, Any]:
    written = {"Type": form.type.replace("*", "Any")}
    for path, said in ((form.function, POINTER), form.when, *more):
        if path:
            written = _merged(written, _built(_beside(path, form), said))
    return written


def _invokers(wire: dict[str, Any]) -> list[tuple[str, str]]:
    template = {"Resources": {"Work": {"Type": "AWS::Lambda::Function"}, "Wire": wire}}
    graph = Graph([load(json.dumps(template), "template.json")])
    work = next(one for one in graph.functions() if one.id == "Work")
    return [(one.kind.name, one.via.id) for one in graph.invokers(work)]


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_row_is_read(row: tuple[Kind, Form]) -> None:
    kind, form = row

    assert (kind.name, "Wire") in _invokers(_resource(form))


@pytest.mark.parametrize("row", [row for row in ROWS if row[1].when[0]], ids=_name)
def test_row_is_read_only_when_it_applies(row: tuple[Kind, Form]) -> None:
    kind, form = row
    other = form._replace(when=(form.when[0], "something else"))

    assert (kind.name, "Wire") not in _invokers(_resource(other))


@pytest.mark.parametrize("row", [row for row in ROWS if row[1].off[0]], ids=_name)
def test_row_is_not_read_where_it_is_off(row: tuple[Kind, Form]) -> None:
    kind, form = row

    assert (kind.name, "Wire") not in _invokers(_resource(form, form.off))


@pytest.mark.parametrize("row", [row for row in ROWS if row[1].unless[0]], ids=_name)
def test_row_is_not_read_where_it_is_another(row: tuple[Kind, Form]) -> None:
    kind, form = row

    assert (kind.name, "Wire") not in _invokers(_resource(form, form.unless))
