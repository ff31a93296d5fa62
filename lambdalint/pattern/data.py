"""What patterns and events are made of: JSON data, parts of which may be unknown."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from lambdalint.settled import Map, Seq
from lambdalint.value import Json, Ref, Text, Unknown, Value, spell, unspell


class Open(dict[str, Any]):
    """An object that may have more members than those that are known."""


class OneOf(NamedTuple):
    """One of several values, nobody knows which."""

    choices: tuple[Any, ...]


# Deeper than anybody nests; walking more could exhaust the stack.
_DEEPEST = 50


def plain(data: Any, depth: int = 0) -> Any:
    """Settled or plain data as scalars, texts, lists and objects; what is neither is unknown."""
    if isinstance(data, Value):
        data = data.whole.data if isinstance(data, Json) else data.data
    match data:
        case None | bool() | int() | str() | Text() | Ref() | Unknown():
            return data
        case float() if math.isfinite(data):
            return data
        case _ if depth > _DEEPEST:
            return Unknown("nested too deeply")
        case OneOf(choices):
            return OneOf(tuple(plain(one, depth + 1) for one in choices))
        case Map() if "Fn::Transform" not in data.raw:
            return {key: plain(member, depth + 1) for key, member in _settled(data)}
        case dict():
            members = ((str(key), plain(member, depth + 1)) for key, member in data.items())
            return Open(members) if isinstance(data, Open) else dict(members)
        case Seq():
            nulls = [None for one in data.raw if _is_null(one)]
            return [*nulls, *(plain(one, depth + 1) for one in data)]
        case list():
            return [plain(one, depth + 1) for one in data]
    return Unknown("no JSON")


def _settled(data: Map) -> Iterable[tuple[str, Any]]:
    """The members of a settled mapping, with those that are null in a JSON text."""
    for key, written in data.raw.items():
        if _is_null(written):
            yield key, None
        elif key in data:
            yield key, data[key]


def _is_null(written: Any) -> bool:
    return (written.data if isinstance(written, Value) else written) is None


def nested(data: Any, depth: int = 0) -> Any:
    """Plain data of an event, in which a name with dots is a path: `a.b` is `b` in `a`.

    https://github.com/aws/event-ruler#caveat-compiled-rules-and-json-keys-with-dots
    """
    match data:
        case OneOf(choices):
            return OneOf(tuple(nested(one, depth + 1) for one in choices))
        case list():
            return [nested(one, depth + 1) for one in data]
        case dict():
            return _members(data, depth)
    return data


def _members(data: dict[str, Any], depth: int) -> Any:
    kind = Open if isinstance(data, Open) else dict
    found: dict[str, Any] = kind()
    for key, written in data.items():
        name, *steps = key.split(".")
        inner = depth + len(steps) + 1
        if inner > 2 * _DEEPEST:
            return Unknown("nested too deeply")
        member = nested(written, inner)
        for step in reversed(steps):
            member = kind({step: member})
        found[name] = _both(found[name], member) if name in found else member
    return found


def _both(one: Any, other: Any) -> Any:
    """What two members of the same path say together."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return Unknown("a name that is given twice")
    for key, member in other.items():
        one[key] = _both(one[key], member) if key in one else member
    return one


def parsed(data: Any) -> Any:
    """What a text that spells JSON says; other texts, and what is no text, as it is.

    A text with holes that may or may not spell JSON is unknown.
    """
    if isinstance(data, Value) and not isinstance(data, Json):
        data = data.data
    if not isinstance(data, str | Text):
        return data
    spelled, holes = spell(data) or ("", ())
    try:
        return _filled(json.loads(spelled), holes)
    except (ValueError, RecursionError):
        begins = spelled.lstrip()[:1]
        told = not holes or (begins not in _BEGINNINGS and ord(begins) < _FIRST_HOLE)
        return data if told else Unknown("a text that may spell JSON")


_BEGINNINGS = '{["-0123456789tfnNI'
_FIRST_HOLE = 0xF0000


def _filled(data: Any, holes: tuple[Ref | Unknown, ...]) -> Any:
    """JSON data with pointers and unknowns put back where the text had holes."""
    if isinstance(data, dict):
        named = {unspell(key, holes): _filled(member, holes) for key, member in data.items()}
        told = all(isinstance(key, str) for key in named)
        return named if told else Unknown("a name with a hole")
    if isinstance(data, list):
        return [_filled(item, holes) for item in data]
    return unspell(data, holes) if isinstance(data, str) and holes else data
