"""What would repair a template: settings that other values fit, and where they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lambdalint.edit import Edit, Put
from lambdalint.graph import Resource
from lambdalint.sam.polling import is_polled
from lambdalint.value import Place, Turn, Unknown, Value

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
REPORTING = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
"""The setting of a mapping whose function tells which items of a batch failed."""


@dataclass(frozen=True)
class Fix:
    """Settings that repair a fault; a safe fix does what the template means, in any case.

    Without a place, somebody else has to make it: the app that writes the template.
    """

    title: str
    safe: bool
    puts: tuple[Put, ...] = ()

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the text that make it; none where nobody can tell them for sure."""
        from lambdalint.edit.text import edits  # noqa: PLC0415  few findings have one

        return edits(self.puts)


def setting(resource: Resource, settings: Mapping[str, Any], *, safe: bool = True) -> Fix | None:
    """A fix that gives properties of a resource other values; None where it has no place.

    A name may lead below a property: `RedrivePolicy.maxReceiveCount`.
    """
    said = (f"{name.rpartition('.')[2]} to {_shown(value)}" for name, value in settings.items())
    title = f"set {', '.join(said)}"
    if is_synthesised(resource):
        return Fix(title, safe)
    puts = [_put(resource, tuple(name.split(".")), value) for name, value in settings.items()]
    return Fix(title, safe, tuple(filter(None, puts))) if all(puts) else None


def declaring(near: Resource, id: str, type: str, properties: Mapping[str, Any]) -> Fix | None:
    """A fix that adds a resource to the template of another one."""
    template, title = near.template, f"add an {type} {id}"
    if is_synthesised(near):
        return Fix(f"add an {type}", safe=True)
    if id in template.resources or template.section("Resources").get(id).data is not None:
        return None
    place = template.section("Resources").at / id
    return Fix(title, safe=True, puts=(Put(place, {"Type": type, "Properties": properties}),))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    match value:
        case [str(one)]:
            return f"[{one}]"
        case {"Ref": str(id)}:
            return id
    return str(value)


def is_synthesised(resource: Resource) -> bool:
    """Whether a CDK app writes the template, and writes it anew."""
    return bool(resource.template.cdk or resource.declaration.construct_path)


def is_declared(resource: Resource) -> bool:
    """Whether a resource is written under its logical id, outside of loops."""
    written = resource.template.section("Resources").get(resource.id)
    return written.data is not None and not isinstance(resource.at, Turn)


def is_literal(resource: Resource, name: str) -> bool:
    """Whether a property is written out, or not written at all."""
    written = resource.declaration.written.get("Properties", name).data
    known = isinstance(written, int | str) or resource.get(name).data is None
    return known and not isinstance(resource.get(name).data, Unknown)


def _put(resource: Resource, path: tuple[str, ...], value: Any) -> Put | None:
    """Another value for what is written at a path, or for what is not."""
    home = _home(resource)
    there = resource.get(*path)
    if isinstance(there.at, Turn):
        return None
    if there.data is not None and there.at.path[0] != "Globals":
        is_scalar = isinstance(there.data, int | str)
        return Put(there.at, value, there.data) if is_scalar else None
    return Put(_below(home, path), value) if home else None


def _below(at: Place, path: tuple[str, ...]) -> Place:
    for name in path:
        at /= name
    return at


# What a SAM function or event has by the same name as the plain resource made of it.
_FUNCTION = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def _home(resource: Resource) -> Place | None:
    """Where the properties of a resource are written; None where it is made of something else."""
    declaration, template = resource.declaration, resource.template
    at = declaration.at
    if isinstance(at, Turn) or at.source is not template.source:
        return None
    type = _type(template.root, at)
    own = at.path == ("Resources", declaration.id)
    if own and (type == declaration.type or (type, declaration.type) == _FUNCTION):
        properties = resource.get().at
        return properties if properties != at else at / "Properties"
    event = declaration.type == "AWS::Lambda::EventSourceMapping" and is_polled(type)
    return at / "Properties" if event else None


def _type(root: Value, at: Place) -> str:
    return str(root.get(*at.path, "Type").data)
