"""The functions that the transform `AWS::LanguageExtensions` adds, and those that it widens.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import dumps
from typing import Any, ClassVar

from lambdalint.settled import Map, Seq
from lambdalint.template import MACRO, PSEUDO, Template
from lambdalint.value import Json, Ref, Text, Unknown, Value, text
from lambdalint.world import Answers, Scope, World


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition that a loop makes: any of the answers is given, and other conditions hold."""

    ways: tuple[Answers, ...]
    others: tuple[str, ...] = ()


class Extended(Scope):
    """A template that declares the transform, in one world.

    `choices` are the conditions that loops made, by a name that no written condition can have.
    """

    __slots__ = ("choices",)

    def __init__(self, template: Template, world: World, choices: dict[str, Choice]) -> None:
        super().__init__(template, world)
        self.choices = choices

    def holds(self, condition: str) -> bool:
        if (choice := self.choices.get(condition)) is None:
            return super().holds(condition)
        return all(map(self.holds, choice.others)) and any(map(self.agrees, choice.ways))

    def settle(self, value: Value) -> Value:
        data = value.data
        if data.__class__ is dict and len(data) == 1 and "Fn::ToJsonString" in data:
            return self._to_json(value)
        return super().settle(value)

    def _to_json(self, value: Value) -> Value:
        whole = self.settle(value.get("Fn::ToJsonString"))
        try:
            return Json(text(_spelled(whole.data)), value.at, whole)
        except _Untold:
            return Json(Unknown("Fn::ToJsonString"), value.at, whole)

    # --- intrinsics

    def _ref(self, argument: Value) -> Any:
        """A name may be put together."""
        return super()._ref(self.settle(argument))

    def _get_att(self, argument: Value) -> Any:
        match argument.data:
            case [id, attribute] if not isinstance(id, str):
                settled = self.settle(argument.get(0)).data
                return super()._get_att(Value([settled, attribute], argument.at))
        return super()._get_att(argument)

    def _length(self, argument: Value) -> Any:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-length.html
        settled = self.settle(argument).data
        return len(settled) if isinstance(settled, Seq) else Unknown("Fn::Length")

    def _find_in_map(self, argument: Value) -> Any:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html
        default = argument.get(3, "DefaultValue")
        if default.data is None:
            return super()._find_in_map(argument)
        found = self.template.section("Mappings")
        for level in range(3):
            rows = found.data if isinstance(found.data, dict) else {}
            if MACRO in rows:  # which may add any row
                return Unknown("Fn::FindInMap")
            key = self._key(self.settle(argument.get(level)).data, rows)
            if key is None:
                return Unknown("Fn::FindInMap")
            found = found.get(key)
            if found.data is None:
                return self.settle(default).data
        return self._branch(found.data, found.at)

    def _key(self, data: Any, rows: dict[str, Any]) -> str | None:
        """The key of a mapping, "" for one that it certainly does not have, None for any."""
        if isinstance(data, Ref) and data.id in PSEUDO:
            others = Unknown(data.id, excluded=frozenset(rows))
            data = self.row(data.id, [*rows, others])
        if isinstance(data, Unknown):
            return "" if rows and data.excluded >= rows.keys() else None
        if isinstance(data, str | int) and not isinstance(data, bool):
            return str(data)
        return None

    INTRINSICS: ClassVar[dict[str, Callable[[Any, Value], Any]]] = {
        **Scope.INTRINSICS,
        "Ref": _ref,
        "Fn::GetAtt": _get_att,
        "Fn::Length": _length,
        "Fn::FindInMap": _find_in_map,
    }


# --- Fn::ToJsonString -----------------------------------------------------------------------------


class _Untold(Exception):
    """What cannot be spelled as JSON, since the template does not tell it."""


def _spelled(data: Any) -> Iterator[Any]:
    """The pieces of the JSON text that a settled value is spelled as."""
    match data:
        case Map() if MACRO not in data.raw:
            yield from _between("{", (_member(key, data[key].data) for key in data), "}")
        case Seq():
            yield from _between("[", (_spelled(one.data) for one in data), "]")
        case str() | bool() | int() | float():
            yield dumps(data)
        case Ref() | Unknown():
            yield from ('"', data, '"')
        case Text(parts):
            yield '"'
            yield from (dumps(part)[1:-1] if isinstance(part, str) else part for part in parts)
            yield '"'
        case _:
            raise _Untold


def _member(key: str, data: Any) -> Iterator[Any]:
    yield f"{dumps(key)}:"
    yield from _spelled(data)


def _between(opening: str, parts: Iterator[Iterator[Any]], closing: str) -> Iterator[Any]:
    yield opening
    for index, part in enumerate(parts):
        yield "," * bool(index)
        yield from part
    yield closing
