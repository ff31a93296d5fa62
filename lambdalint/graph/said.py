"""What code says, in terms of the template that configures it."""

from __future__ import annotations

from typing import Any

from lambdalint.graph.resource import Resource
from lambdalint.source.handler import Given, Joined, Own, Variable
from lambdalint.value import Ref, Unknown, text


def settled(said: Any, function: Resource) -> Any:
    """A value of the code as settled data: an environment variable is what the template sets."""
    match said:
        case Variable(name):
            written = function.get("Environment", "Variables", name)
            return Unknown(f"variable {name}") if written.data is None else written.data
        case Own("name"):
            return Ref(function.id)
        case Own("arn"):
            return Ref(function.id, "Arn")
        case Given() | Own():
            return Unknown("a piece of the event")
        case Joined(parts):
            return text([settled(part, function) for part in parts])
        case dict():
            return {name: settled(member, function) for name, member in said.items()}
        case list():
            return [settled(item, function) for item in said]
    return said
