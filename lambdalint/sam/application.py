"""The SAM resources of one template, one after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from lambdalint.sam.merge import with_globals
from lambdalint.template import Declaration, Gate, Template
from lambdalint.value import Place, Value
from lambdalint.world import World

# The module and function that replace resources of each type, in this order.
_EXPANDERS = {
    "AWS::Serverless::Function": ("function", "expand"),
    "AWS::Serverless::StateMachine": ("workflow", "expand"),
    "AWS::Serverless::Api": ("api", "expand_rest"),
    "AWS::Serverless::HttpApi": ("api", "expand_http"),
    "AWS::Serverless::WebSocketApi": ("websocket", "expand"),
    "AWS::Serverless::GraphQLApi": ("graphql", "expand"),
    "AWS::Serverless::Connector": ("connector", "expand"),
    "AWS::Serverless::CapacityProvider": ("operator", "expand"),
    "AWS::Serverless::NetworkConnector": ("operator", "expand"),
    "AWS::Serverless::WebFunction": ("operator", "expand"),
}

# SAM resources that become one plain resource: its type, and the properties with other names.
_RENAMED: dict[str, tuple[str, dict[str, str]]] = {
    "AWS::Serverless::SimpleTable": ("AWS::DynamoDB::Table", {}),
    "AWS::Serverless::LayerVersion": ("AWS::Lambda::LayerVersion", {}),
    "AWS::Serverless::Application": ("AWS::CloudFormation::Stack", {"Location": "TemplateURL"}),
}

# What else a template may point at below a SAM resource, as in `!Ref Worker.Alias`: the last that
# is made of each type.
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
_REFERABLE = {
    "AWS::Lambda::Alias": "Alias",
    "AWS::Lambda::Version": "Version",
    "AWS::SNS::Topic": "DestinationTopic",
    "AWS::SQS::Queue": "DestinationQueue",
}


@cache
def _expander(type: str) -> Callable[[Application, Declaration], None]:
    """What replaces resources of a type, loaded for those who have one."""
    module, name = _EXPANDERS[type]
    expand: Callable[[Application, Declaration], None] = getattr(
        import_module(f"lambdalint.sam.{module}"), name
    )
    return expand


class Application:
    """A template while its SAM resources are replaced."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.written = dict(template.resources)
        # The gates of those who share a resource, by its id.
        self._sharing: dict[str, list[tuple[Gate, ...]]] = defaultdict(list)

    def expand(self) -> None:
        """Replace them all: functions and workflows before APIs, to which they add their routes."""
        for declaration in self.written.values():
            if declaration.type in _RENAMED:
                plain, names = _RENAMED[declaration.type]
                properties = self.properties(declaration)
                renamed = {names.get(name, name): value for name, value in properties.items()}
                self.replace(declaration, plain, Value(renamed, properties.at))
        for type in _EXPANDERS:
            if type == "AWS::Serverless::Api":
                self._open_shared()
            for declaration in list(self.template.resources.values()):
                if declaration.type == type:
                    _expander(type)(self, declaration)
        embedding = [one for one in self.written.values() if one.written.get("Connectors").data]
        if embedding:
            from lambdalint.sam import connector  # noqa: PLC0415  few have them

            for declaration in embedding:
                connector.expand_embedded(self, declaration)

    def properties(self, declaration: Declaration) -> Value:
        """The properties of a SAM resource, Globals included."""
        kind = declaration.type.rpartition("::")[2]
        return with_globals(declaration.written, self.template.section("Globals").get(kind))

    def told(self, value: Value) -> Any:
        """What SAM itself must know before anything is deployed: parameters are what they are by
        default, and an `Fn::If` is as good as anything.
        """
        if value.get("Fn::If").data is not None:
            return value.data
        return World({}).scope(self.template).settle(value).data

    def replace(self, declaration: Declaration, type: str, properties: Value) -> None:
        """Let a plain resource stand where the SAM resource stood, under the same id."""
        self._set(declaration, type, properties, declaration.origin or declaration.id)

    def _set(self, declaration: Declaration, type: str, properties: Value, origin: str) -> None:
        whole = Value(
            {**dict(declaration.written.items()), "Type": type, "Properties": properties},
            declaration.at,
        )
        self.template.resources[declaration.id] = Declaration(
            declaration.id, type, whole, declaration.gates, origin
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
        attributes: Mapping[str, Value] | None = None,
    ) -> str:
        """Declare a generated resource at the place it is generated from; returns its id."""
        everywhere = tuple(dict.fromkeys((*origin.gates, *gates)))
        existing = self.template.resources.get(id)
        if existing and (existing.gates != everywhere or id in self.written):
            id = f"{id}@{len(self.template.resources)}"  # the other branch of an `Fn::If`
        if name := _REFERABLE.get(type):
            self.template.attributes[f"{origin.id}.{name}"] = id
        whole = {"Type": type, "Properties": Value(dict(properties), at), **(attributes or {})}
        self.template.resources[id] = Declaration(id, type, Value(whole, at), everywhere, origin.id)
        return id

    def share(
        self,
        id: str,
        type: str,
        properties: Mapping[str, Any],
        at: Place,
        *,
        origin: Declaration,
        gates: tuple[Gate, ...],
    ) -> str:
        """Declare what several resources have in common: it is there where any of them is."""
        if id not in self.template.resources:
            self._sharing[id] = []
            whole = Value({"Type": type, "Properties": Value(dict(properties), at)}, at)
            self.template.resources[id] = Declaration(id, type, whole, (), origin.id)
        if id in self._sharing:
            self._sharing[id].append(gates)
        return id

    def _open_shared(self) -> None:
        for id, sharing in self._sharing.items():
            shared = self.template.resources[id]
            gates = self._either(f"{id}Condition", list(dict.fromkeys(sharing)))
            self.template.resources[id] = Declaration(
                id, shared.type, shared.written, gates, shared.origin
            )

    def _either(self, name: str, ways: list[tuple[Gate, ...]]) -> tuple[Gate, ...]:
        """The gates that are open where any of these are; a condition of this name if need be."""
        if () in ways:
            return ()
        if len(ways) == 1:
            return ways[0]
        tests = [{"Fn::And": [_test(gate) for gate in way]} for way in ways]
        section = self.template.section("Conditions")
        conditions = Value({**dict(section.items()), name: {"Fn::Or": tests}}, section.at)
        root = self.template.root
        self.template.root = Value({**dict(root.items()), "Conditions": conditions}, root.at)
        return ((name, True),)

    def change(
        self, id: str, path: tuple[str, ...], value: Value, *, keeping: bool = False
    ) -> None:
        """Put something into a declared resource, at a path of its properties; `keeping` what is
        there already.
        """
        declaration = self.template.resources[id]
        properties = _put(declaration.written.get("Properties"), path, value, keeping=keeping)
        self._set(declaration, declaration.type, properties, declaration.origin)


def _test(gate: Gate) -> dict[str, Any]:
    """A gate as a condition writes it."""
    condition, held = gate
    test = {"Condition": condition}
    return test if held else {"Fn::Not": [test]}


def _put(target: Value, path: tuple[str, ...], value: Value, *, keeping: bool) -> Value:
    """A mapping with a value at a path; lists that meet there are joined."""
    absent = target.data in (None, {"Ref": "AWS::NoValue"})
    if not path:
        if isinstance(target.data, list) and isinstance(value.data, list):
            return Value([*target.elements(), *value.elements()], target.at)
        return target if keeping and not absent else value
    condition = target.get("Fn::If", 0)
    if condition.data is not None:
        branches = [
            _put(target.get("Fn::If", index), path, value, keeping=keeping) for index in (1, 2)
        ]
        return Value({"Fn::If": Value([condition.data, *branches], target.at)}, target.at)
    members: dict[str, Any] = {} if absent else dict(target.items())
    inner = members.get(path[0], Value(None, target.at))
    members[path[0]] = _put(inner, path[1:], value, keeping=keeping)
    return Value(members, target.at)
