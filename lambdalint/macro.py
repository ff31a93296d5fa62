"""`Fn::Transform`: macros that work on a part of a template, and what they leave unknown.

A macro is given everything beside its call, and all below that:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html
`AWS::Include` only adds to it what a file says:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-include.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdalint.beside import read_beside
from lambdalint.read import MAX_DEPTH
from lambdalint.template import MACRO, Template, macro
from lambdalint.value import Value

_INCLUDE = "AWS::Include"

# Where a macro may work on what is read here.
_SECTIONS = ("Mappings", "Conditions", "Globals", "Resources", "Outputs")


def apply(template: Template) -> None:
    """Put in what files beside the template say, and forget what other macros may change."""
    if not _says(template, MACRO, "!Transform"):
        return
    told = _Told(template.file)
    root = dict(template.root.data)
    for name in _SECTIONS:
        if name == "Resources":
            root[name] = {id: told.resource(one) for id, one in told.files(root[name], 1).items()}
        elif name in root:
            root[name] = told.of(root[name], 1)
    template.say(Value(root, template.root.at))


def calls(template: Template) -> Iterator[Value]:
    """The names of the macros that work on a part of a template, loops among them."""
    if _says(template, MACRO, "!Transform", "Fn::ForEach"):
        for name in _SECTIONS:
            yield from _calls(template.section(name))


def _says(template: Template, *words: str) -> bool:
    return any(word in template.source.text for word in words)


def _calls(written: Value) -> Iterator[Value]:
    if isinstance(written.data, dict) and MACRO in written.data:
        yield macro(written)
    for key, member in written.items():
        if key != MACRO:
            yield from _calls(member)
    for member in written.elements():
        yield from _calls(member)


class _Told:
    """What a template tells, macros considered."""

    def __init__(self, file: str) -> None:
        self._file = file

    def of(self, data: Any, depth: int) -> Any:
        if isinstance(data, list):
            return [self.of(one, depth + 1) for one in data]
        if not isinstance(data, dict):
            return data
        members = self.files(data, depth)
        if MACRO in members and not _includes(members[MACRO]):
            return {MACRO: members[MACRO]}
        return {key: self.of(member, depth + 1) for key, member in members.items()}

    def resource(self, data: Any) -> Any:
        """A resource; one that a macro works on keeps its type, and whether it is there."""
        if not isinstance(data, dict):
            return data
        told = {key: self.of(member, 3) for key, member in self.files(data, 2).items()}
        if "Type" in told and MACRO in told:
            properties = {"Properties": {MACRO: told[MACRO]}}
            return {**properties, **told} if _includes(told[MACRO]) else {**told, **properties}
        return told

    def files(self, members: dict[str, Any], depth: int) -> dict[str, Any]:
        """A mapping with what it includes, where that is a file in the template's folder.

        `aws cloudformation package` and `sam build` take such a file.
        """
        match members.get(MACRO):
            case {"Name": "AWS::Include", "Parameters": {"Location": str(location)}}:
                included = read_beside(self._file, location)
                if isinstance(included, dict) and _height(included) + depth < MAX_DEPTH:
                    rest = {key: member for key, member in members.items() if key != MACRO}
                    return {**included, **rest}
        return members


def _includes(call: Any) -> bool:
    called = call if isinstance(call, list) else [call]
    return all(isinstance(one, dict) and one.get("Name") == _INCLUDE for one in called)


def _height(data: Any) -> int:
    members = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + max(map(_height, members), default=0)
