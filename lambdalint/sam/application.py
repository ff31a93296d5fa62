"""The SAM resources of one template, one after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdalint.sam import api, connector, function, workflow
from lambdalint.sam.merge import with_globals
from lambdalint.template import Declaration, Gate, Template
from lambdalint.value import Place, Value

# SAM resources that become one plain resource with the same properties, for what is read here.
_RENAMED = {
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
    "AWS::Serverless::Application": "AWS::CloudFormation::Stack",
}

_EXPANDERS = {
    "AWS::Serverless::Function": function.expand,
    "AWS::Serverless::Api": api.expand_rest,
    "AWS::Serverless::HttpApi": api.expand_http,
    "AWS::Serverless::WebSocketApi": api.expand_websocket,
    "AWS::Serverless::StateMachine": workflow.expand,
    "AWS::Serverless::Connector": connector.expand,
}


class Application:
    """A template while its SAM resources are replaced."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.written = dict(template.resources)

    def expand(self) -> None:
        """Replace them all: functions before APIs, to which functions add their routes."""
        for declaration in self.written.values():
            if plain := _RENAMED.get(declaration.type):
                self.replace(declaration, plain, self.properties(declaration))
        order = list(_EXPANDERS)
        found = [one for one in self.written.values() if one.type in _EXPANDERS]
        for declaration in sorted(found, key=lambda one: order.index(one.type)):
            _EXPANDERS[declaration.type](self, declaration)
        for declaration in self.written.values():
            connector.expand_embedded(self, declaration)
        api.finish_implicit(self)

    def properties(self, declaration: Declaration) -> Value:
        """The properties of a SAM resource, Globals included."""
        kind = declaration.type.rpartition("::")[2]
        return with_globals(declaration.written, self.template.section("Globals").get(kind))

    def replace(self, declaration: Declaration, type: str, properties: Value) -> None:
        """Let a plain resource stand where the SAM resource stood, under the same id."""
        whole = Value(
            {**dict(declaration.written.items()), "Type": type, "Properties": properties},
            declaration.at,
        )
        self.template.resources[declaration.id] = Declaration(
            declaration.id, type, whole, declaration.gates, declaration.id
        )

    def add(
        self,
        id: str,
        type: str,
        properties: Mapping[str, Any],
        at: Place,
        *,
        origin: Declaration,
        gates: tuple[Gate, ...] = (),
    ) -> str:
        """Declare a generated resource at the place it is generated from; returns its id."""
        if (existing := self.template.resources.get(id)) and existing.gates != gates:
            id = f"{id}@{len(self.template.resources)}"  # the other branch of an `Fn::If`
        written = Value({"Type": type, "Properties": Value(dict(properties), at)}, at)
        everywhere = tuple(dict.fromkeys((*origin.gates, *gates)))
        self.template.resources[id] = Declaration(id, type, written, everywhere, origin.id)
        return id

    def change(self, id: str, path: tuple[str, ...], value: Value) -> None:
        """Put something into a declared resource, at a path of its properties."""
        declaration = self.template.resources[id]
        properties = _put(declaration.written.get("Properties"), path, value)
        whole = Value(
            {**dict(declaration.written.items()), "Properties": properties}, declaration.at
        )
        self.template.resources[id] = Declaration(
            id, declaration.type, whole, declaration.gates, declaration.origin
        )


def _put(target: Value, path: tuple[str, ...], value: Value) -> Value:
    """A mapping with a value at a path; lists that meet there are joined."""
    if not path:
        if isinstance(target.data, list) and isinstance(value.data, list):
            return Value([*target.elements(), *value.elements()], target.at)
        return value
    condition = target.get("Fn::If", 0)
    if condition.data is not None:
        branches = [_put(target.get("Fn::If", index), path, value) for index in (1, 2)]
        return Value({"Fn::If": Value([condition.data, *branches], target.at)}, target.at)
    members: dict[str, Any] = dict(target.items())
    inner = members.get(path[0], Value(None, target.at))
    members[path[0]] = _put(inner, path[1:], value)
    return Value(members, target.at)
