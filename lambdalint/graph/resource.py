"""A resource as one world deploys it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from lambdalint.facts import DEFAULTS
from lambdalint.settled import Map, Seq
from lambdalint.template import Declaration, Template
from lambdalint.value import NOWHERE, Json, Key, Place, Ref, Text, Unknown, Value, spell, unspell
from lambdalint.world import Scope, World

_ALIASES = ("AWS::Lambda::Alias", "AWS::StepFunctions::StateMachineAlias")


class Resource:
    """A resource in a world; a property is settled when somebody asks for it."""

    __slots__ = ("declaration", "scope")

    def __init__(self, declaration: Declaration, scope: Scope) -> None:
        self.declaration, self.scope = declaration, scope

    def __repr__(self) -> str:
        return f"<{self.type} {self.id} in {self.world}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.declaration is other.declaration

    def __hash__(self) -> int:
        return id(self.declaration)

    @property
    def id(self) -> str:
        return self.declaration.id

    @property
    def name(self) -> str:
        """What its author calls it: the construct, or the SAM resource that an alias is made of."""
        declaration = self.declaration
        if self.type in _ALIASES and declaration.origin:
            return declaration.origin
        return self.template.construct_of(declaration) or self.id

    @property
    def type(self) -> str:
        return self.declaration.type

    @property
    def at(self) -> Place:
        return self.declaration.at

    @property
    def world(self) -> World:
        return self.scope.world

    @property
    def template(self) -> Template:
        return self.scope.template

    def __getitem__(self, name: str) -> Value:
        """The value that AWS will use: as written, or else its default, placed at the resource.

        Numbers and booleans may be written as text. Absent without a default is None.
        """
        value = self.get(name)
        default = DEFAULTS.get((self.type, name))
        if value.data is None:
            return Value(default, self.at)
        return Value(_like(default, value.data), value.at)

    def get(self, *path: Key) -> Value:
        """What is written at a path of its properties: None, placed at the innermost key that is
        there, if nothing is; unknown if that lies in something unknown.
        """
        return descend(self.scope.properties(self.declaration), *path)

    def number(self, *path: Key) -> Value:
        """The number at a path, though it be written as text; anything else as it is."""
        return number(self.get(*path))


def is_enabled(resource: Resource) -> bool:
    """Whether a rule or schedule certainly is on."""
    return resource["State"].data in ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the loaded templates: nothing is claimed to be missing there.

    `service` is the one its ARN names (`sqs`), "" if nobody can tell; `name` what follows in the
    ARN, or the name, or what is written. Not `told` is what the template leaves open: `written` is
    then what stands there instead, such as `${QueueArn}`, "" if that says nothing.
    """

    service: str
    name: str
    told: bool = True
    written: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        return self.name

    @property
    def type(self) -> str:
        return ""

    def __getitem__(self, name: str) -> Value:
        return Value(Unknown(f"{name} of {self.name}"), NOWHERE)

    def get(self, *path: Key) -> Value:
        return self[".".join(map(str, path))]


def number(value: Value) -> Value:
    """The number that a text spells; anything else as it is."""
    return Value(_like(0, value.data), value.at)


def descend(value: Value, *path: Key) -> Value:
    """A settled value below a settled value."""
    for key in path:
        data, found = value.data, None
        if isinstance(data, Unknown):
            return value
        if isinstance(data, Map) and isinstance(key, str):
            found = data.get(key)
        elif isinstance(data, Seq) and isinstance(key, int) and key < len(data):
            found = data[key]
        value = found or Value(None, value.at)
        if found is None:
            break
    return value


def document(value: Value, scope: Scope) -> Value:
    """A mapping that may be written as JSON text, such as a redrive policy; unknown if broken."""
    if isinstance(value, Json):
        return value.whole
    if not isinstance(value.data, str | Text):
        return value
    spelled, holes = spell(value.data) or ("", ())
    try:
        return scope.settle(Value(_fill(json.loads(spelled), holes, value.at), value.at))
    except (ValueError, RecursionError):
        return Value(Unknown("a text that is no JSON"), value.at)


def _fill(data: Any, holes: tuple[Ref | Unknown, ...], at: Place) -> Any:
    """Put pointers and unknowns back where the JSON text has holes."""
    if isinstance(data, dict):
        return {key: Value(_fill(member, holes, at), at) for key, member in data.items()}
    if isinstance(data, list):
        return [Value(_fill(item, holes, at), at) for item in data]
    return unspell(data, holes) if isinstance(data, str) and holes else data


_DIGITS = re.compile(r"-?[0-9]{1,99}$")


def _like(default: Any, data: Any) -> Any:
    """A text in the type of the default, where it spells one; `60.0` is 60 too."""
    if isinstance(data, float) and data.is_integer() and not isinstance(default, bool | str):
        return int(data)
    if isinstance(data, str):
        if isinstance(default, bool):
            return {"true": True, "false": False}.get(data.lower(), data)
        if isinstance(default, int) and _DIGITS.match(data):
            return int(data)
    return data
