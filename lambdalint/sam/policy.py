"""`Policies` of SAM functions and state machines: documents, names and policy templates."""

from __future__ import annotations

from typing import Any

from lambdalint.sam.merge import gated
from lambdalint.sam.policy_templates import POLICY_TEMPLATES, Statement
from lambdalint.sam.role import AWS_POLICIES
from lambdalint.template import elements
from lambdalint.value import Value


def of(written: Value, role: str) -> tuple[list[Value], list[Value]]:
    """The inline policies and the managed policies' ARNs of a generated role."""
    inline: list[Value] = []
    managed: list[Value] = []
    for gates, one in elements(written):
        if isinstance(one.data, dict) and "Statement" in one.data:
            inline.append(gated(_named(one, f"{role}Policy{len(inline)}"), gates))
        elif (
            isinstance(one.data, dict)
            and len(one.data) == 1
            and next(iter(one.data)) in POLICY_TEMPLATES
        ):
            ((name, parameters),) = one.items()
            document = _document(POLICY_TEMPLATES[name], parameters)
            inline.append(gated(_named(document, f"{role}Policy{len(inline)}"), gates))
        else:
            managed.append(gated(_arn(one), gates))
    return inline, managed


def statements(
    templates: tuple[Statement, ...],
    variables: dict[str, Any],
    written: Value,
    more: dict[str, Any] | None = None,
) -> Value:
    """A policy document of known statements, with their variables filled in."""
    listed = [
        Value(
            {
                "Effect": "Allow",
                "Action": list(actions),
                "Resource": [
                    {"Fn::Sub": [resource, variables]} if "${" in resource else resource
                    for resource in resources
                ],
                **(more or {}),
            },
            written.at,
        )
        for actions, resources in templates
    ]
    return Value({"Statement": Value(listed, written.at)}, written.at)


def _document(templates: tuple[Statement, ...], parameters: Value) -> Value:
    return statements(templates, dict(parameters.items()), parameters)


def _named(document: Value, name: str) -> Value:
    return Value({"PolicyName": name, "PolicyDocument": document}, document.at)


def _arn(one: Value) -> Value:
    """AWS's own policies may be given by name."""
    if isinstance(one.data, str) and ":" not in one.data:
        return Value(f"{AWS_POLICIES}{one.data}", one.at)
    return one
