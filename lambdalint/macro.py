"""`Fn::Transform`: macros that work on a part of a template, and what they leave unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdalint.template import MACRO, Template, macro
from lambdalint.value import Value

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-include.html
_INCLUDE = "AWS::Include"

# Where a macro may work on what is read here.
_SECTIONS = ("Mappings", "Conditions", "Globals", "Resources", "Outputs")


def seclude(template: Template) -> None:
    """Forget what macros may change: everything beside the call of one, and below that.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html
    What includes a file only adds to what stands there.
    """
    if not _is_called(template):
        return
    root = dict(template.root.data)
    for name in _SECTIONS:
        if name == "Resources":
            root[name] = {id: _resource(written) for id, written in root[name].items()}
        elif name in root:
            root[name] = _told(root[name])
    template.say(Value(root, template.root.at))


def _is_called(template: Template) -> bool:
    return MACRO in template.source.text or "!Transform" in template.source.text


def _resource(written: Any) -> Any:
    """A resource; one that a macro works on keeps its type, and whether it is there."""
    told = {key: _told(member) for key, member in written.items()} if _is_map(written) else written
    if _is_map(told) and "Type" in told and MACRO in told:
        call = {MACRO: told[MACRO]}
        if _includes(told[MACRO]):
            return {"Properties": call, **told}
        return {**told, "Properties": call}
    return told


def _told(data: Any) -> Any:
    if isinstance(data, list):
        return [_told(one) for one in data]
    if not _is_map(data):
        return data
    if MACRO in data and not _includes(data[MACRO]):
        return {MACRO: data[MACRO]}
    return {key: _told(member) for key, member in data.items()}


def _is_map(data: Any) -> bool:
    return isinstance(data, dict)


def _includes(call: Any) -> bool:
    called = call if isinstance(call, list) else [call]
    return all(isinstance(one, dict) and one.get("Name") == _INCLUDE for one in called)


def calls(template: Template) -> Iterator[Value]:
    """The names of the macros that work on a part of a template."""
    if _is_called(template):
        for name in _SECTIONS:
            yield from _calls(template.section(name))


def _calls(written: Value) -> Iterator[Value]:
    if isinstance(written.data, dict) and MACRO in written.data:
        yield macro(written)
    for key, member in written.items():
        if key != MACRO:
            yield from _calls(member)
    for member in written.elements():
        yield from _calls(member)
