"""The role that SAM makes where none is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lambdalint.template import Declaration, Gate
from lambdalint.value import Place, Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application


def complete(
    application: Application, declaration: Declaration, given: Value, settings: dict[str, Any]
) -> Value:
    """The role as the resource has it: the generated one wherever none is given."""
    absent = list(_absent(given))
    if not absent:
        return given
    id = application.add(
        f"{declaration.id}Role",
        "AWS::IAM::Role",
        settings,
        declaration.at,
        origin=declaration,
        # Where it is absent in more than one way, nobody but its owner points at it.
        gates=absent[0] if len(absent) == 1 else (),
    )
    return _filled(given, id, declaration.at)


def _absent(given: Value, gates: tuple[Gate, ...] = ()) -> Iterator[tuple[Gate, ...]]:
    """The gates behind which no role is given."""
    match given.data:
        case {"Fn::If": [str(condition), _, _]}:
            for index, held in ((1, True), (2, False)):
                yield from _absent(given.get("Fn::If", index), (*gates, (condition, held)))
        case None | {"Ref": "AWS::NoValue"}:
            yield gates


def _filled(given: Value, id: str, at: Place) -> Value:
    match given.data:
        case {"Fn::If": [str(condition), _, _]}:
            branches = [_filled(given.get("Fn::If", index), id, at) for index in (1, 2)]
            return Value({"Fn::If": Value([condition, *branches], given.at)}, given.at)
        case None | {"Ref": "AWS::NoValue"}:
            return Value({"Fn::GetAtt": [id, "Arn"]}, at)
    return given
