"""What code says, in terms of the template that configures it."""

from __future__ import annotations

from typing import Any

from lambdalint.graph.resource import Resource
from lambdalint.pattern import Open
from lambdalint.source.handler import EACH, Given, Joined, Own, Replaced, Variable
from lambdalint.value import Ref, Unknown, text


def settled(said: Any, function: Resource) -> Any:
    """A value of the code as settled data: an environment variable is what the template sets."""
    match said:
        case Variable(name, default):
            written = function.get("Environment", "Variables", name)
            if written.data is not None:
                return written.data
            return Unknown(f"variable {name}") if default is None else settled(default, function)
        case Own("name"):
            return Ref(function.id)
        case Own("arn"):
            return Ref(function.id, "Arn")
        case Given() | Own():
            return Unknown("a piece of the event")
        case Joined(parts):
            return text([settled(part, function) for part in parts])
        case Replaced(whole, old, new):
            before = settled(whole, function)
            return before.replace(old, new) if isinstance(before, str) else Unknown("a replacement")
        case dict():
            told = {n: settled(member, function) for n, member in said.items() if n != EACH}
            return Open(told) if EACH in said else told
        case list():
            return [settled(item, function) for item in said]
    return said
