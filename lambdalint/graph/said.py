"""What code says, in terms of the template that configures it."""

from __future__ import annotations

from typing import Any

from lambdalint.graph.resource import Resource
from lambdalint.pattern import Open
from lambdalint.source.handler import EACH, Given, Joined, Own, Replaced, Variable
from lambdalint.value import Ref, Unknown, spell, text, unspell


def settled(said: Any, function: Resource) -> Any:
    """A value of the code as settled data: an environment variable is what the template sets."""
    match said:
        case Variable(name, default):
            return _variable(name, default, function)
        case Own("name"):
            return Ref(function.id)
        case Own("arn"):
            return Ref(function.id, "Arn")
        case Given() | Own():
            return Unknown("a piece of the event")
        case Joined(parts):
            return text([settled(part, function) for part in parts])
        case Replaced(whole, old, new):
            return _replaced(settled(whole, function), old, new)
        case dict():
            told = {n: settled(member, function) for n, member in said.items() if n != EACH}
            return Open(told) if EACH in said else told
        case list():
            return [settled(item, function) for item in said]
    return said


def _variable(name: str, default: Any, function: Resource) -> Any:
    written = function.get("Environment", "Variables", name)
    if written.data is not None:
        return written.data
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    if default is None or name.startswith(("AWS_", "LAMBDA_", "_")):
        return Unknown(f"variable {name}")
    return settled(default, function)


def _replaced(whole: Any, old: str, new: str) -> Any:
    """A text with one piece of it in the place of another."""
    spelled = spell(whole)
    if spelled is None or isinstance(whole, Unknown | Ref):
        return Unknown("a text that the code changes")
    return unspell(spelled[0].replace(old, new), spelled[1])
