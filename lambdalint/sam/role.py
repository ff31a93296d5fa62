"""The role that SAM makes where none is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint.sam.merge import absent, filled
from lambdalint.template import Declaration
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

AWS_POLICIES = "arn:aws:iam::aws:policy/"


def complete(
    application: Application,
    declaration: Declaration,
    given: Value,
    settings: dict[str, Any],
    suffix: str = "Role",
) -> Value:
    """The role as the resource has it: the generated one wherever none is given."""
    ways = list(absent(given))
    if not ways:
        return given
    id = application.add(
        f"{declaration.id}{suffix}",
        "AWS::IAM::Role",
        settings,
        declaration.at,
        origin=declaration,
        # Where it is absent in more than one way, nobody but its owner points at it.
        gates=ways[0] if len(ways) == 1 else (),
    )
    return filled(given, Value({"Fn::GetAtt": [id, "Arn"]}, declaration.at))


def policy(*statements: tuple[str | list[str], Any]) -> dict[str, Any]:
    """An inline policy that allows actions on a resource each."""
    listed = [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        for action, resource in statements
    ]
    return {"PolicyDocument": {"Statement": listed}}
