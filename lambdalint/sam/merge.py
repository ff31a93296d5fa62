"""How written values are put together: Globals into resources, what is conditional or absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lambdalint.template import Gate
from lambdalint.value import Value

# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
_REPLACED = frozenset({"Architectures"})


def with_globals(written: Value, shared: Value) -> Value:
    """The properties of a resource with those that Globals has for its kind."""
    properties = written.get("Properties")
    local = Value(properties.data if isinstance(properties.data, dict) else {}, properties.at)
    ignored = written.get("IgnoreGlobals").data
    if not isinstance(shared.data, dict) or ignored == "*":
        return local
    names = ignored if isinstance(ignored, list) else ()
    kept = {name: value for name, value in shared.items() if name not in names}
    return _merged(Value(kept, shared.at), local)


def _merged(shared: Value, local: Value) -> Value:
    """Mappings are merged, lists joined; everything else is replaced by the local value."""
    match shared.data, local.data:
        case dict(), dict() if not (_is_intrinsic(shared.data) or _is_intrinsic(local.data)):
            members: dict[str, Any] = dict(shared.items())
            for name, value in local.items():
                known: Value | None = members.get(name)
                if known is not None and name not in _REPLACED:
                    members[name] = _merged(known, value)
                else:
                    members[name] = value
            return Value(members, local.at)
        case list(), list():
            return Value([*shared.elements(), *local.elements()], local.at)
    return local


def _is_intrinsic(data: Mapping[str, Any]) -> bool:
    return len(data) == 1 and next(iter(data)).startswith(("Fn::", "Ref", "Condition"))


def gated(value: Value, gates: tuple[Gate, ...]) -> Value:
    """A value that is there only behind gates, as `Fn::If` writes it."""
    for condition, held in reversed(gates):
        nothing = Value({"Ref": "AWS::NoValue"}, value.at)
        branches = [value, nothing] if held else [nothing, value]
        value = Value({"Fn::If": Value([condition, *branches], value.at)}, value.at)
    return value


def absent(given: Value, gates: tuple[Gate, ...] = ()) -> Iterator[tuple[Gate, ...]]:
    """The gates behind which nothing is given."""
    match given.data:
        case {"Fn::If": [str(condition), _, _]}:
            for index, held in ((1, True), (2, False)):
                yield from absent(given.get("Fn::If", index), (*gates, (condition, held)))
        case None | {"Ref": "AWS::NoValue"}:
            yield gates


def filled(given: Value, value: Value) -> Value:
    """What is given, and another value wherever nothing is."""
    match given.data:
        case {"Fn::If": [str(condition), _, _]}:
            branches = [filled(given.get("Fn::If", index), value) for index in (1, 2)]
            return Value({"Fn::If": Value([condition, *branches], given.at)}, given.at)
        case None | {"Ref": "AWS::NoValue"}:
            return value
    return given


def raw(data: Any) -> Any:
    """What was written, without the places."""
    if isinstance(data, Value):
        return raw(data.data)
    if isinstance(data, dict):
        return {key: raw(value) for key, value in data.items()}
    return [raw(item) for item in data] if isinstance(data, list) else data
