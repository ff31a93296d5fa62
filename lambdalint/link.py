"""The templates of a run as applications: what is nested in what, and who shares names."""

# ruff: noqa: PTH118, PTH120

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from lambdalint.here import absolute
from lambdalint.parameters import spell
from lambdalint.template import Declaration, Template
from lambdalint.value import Unknown, Value

if TYPE_CHECKING:
    from lambdalint.assembly import Stack

# Reads a template anew: its path, the template that nests it, and what that gives for parameters.
Read: TypeAlias = Callable[[str, Template, dict[str, Any]], Template | None]

NESTED = "AWS::CloudFormation::Stack"

# Nobody nests deeper, and what does may nest without end.
_DEEPEST = 10


def link(templates: Sequence[Template], read: Read) -> list[Template]:
    """The templates with those that they nest, each as often as it is nested.

    A template that another one of the run nests is not looked at by itself. They come in the
    order of a walk, however they were named: what several have in common is told of the first.
    """
    templates = sorted(templates, key=_walked)
    nested = {path for template in templates for _, path in _nested(template)}
    roots = [one for one in templates if absolute(one.file) not in nested]
    found: list[Template] = []
    for root in roots:
        found += [root, *_adopted(root, read, (absolute(root.file),))]
    # What nests itself has no root.
    reached = {absolute(one.file) for one in found}
    found += [one for one in templates if absolute(one.file) not in reached]
    _make_families(found)
    return found


def _adopted(parent: Template, read: Read, above: tuple[str, ...]) -> Iterator[Template]:
    """What is nested in a template, and in that."""
    for declaration, path in _nested(parent):
        if path in above or len(above) > _DEEPEST:
            continue
        child = read(path, parent, _given(declaration))
        if child is None or child.macros():
            continue
        child.key = f"{parent.key}#{declaration.id}"
        child.parent, child.nested_in = parent, declaration
        child.cdk = parent.cdk
        child.stack = "/".join(filter(None, (parent.stack, _called(parent, declaration))))
        parent.adopt(declaration.id, child)
        yield child
        yield from _adopted(child, read, (*above, path))


def _given(declaration: Declaration) -> dict[str, Any]:
    """What a nested stack is given for its parameters: texts, and what differs by deployment."""
    parameters = declaration.written.get("Properties", "Parameters")
    return {
        name: data
        if (data := spell(value.data)) is not None
        else Unknown(f"parameter {name}", name)
        for name, value in parameters.items()
    }


def _called(parent: Template, declaration: Declaration) -> str:
    """What people call a nested stack: its construct, or else its logical id."""
    construct, nested, _ = parent.construct_of(declaration).partition(".NestedStack/")
    return construct.rpartition("/")[2] if nested else declaration.id


def _nested(template: Template) -> Iterator[tuple[Declaration, str]]:
    """The nested stacks of a template, and where their templates lie."""
    for declaration in template.resources.values():
        if declaration.type == NESTED and (path := _named(template, declaration)):
            folder = os.path.dirname(template.file)
            yield declaration, absolute(os.path.join(folder, path))


def _named(template: Template, declaration: Declaration) -> str:
    """The path by which a nested stack names its template, "" where it is not a local one."""
    asset = declaration.written.get("Metadata", "aws:asset:path").data
    if isinstance(asset, str):
        return asset
    properties = declaration.written.get("Properties")
    # SAM calls it Location: a path until the template is packaged.
    for name in ("TemplateURL", "Location"):
        match properties.get(name).data:
            case str(path) if path and "://" not in path:
                return path
    if template.cdk:
        return _staged(properties.get("TemplateURL"), template.cdk)
    return ""


def _staged(url: Value, stack: Stack) -> str:
    """The file of an assembly that is uploaded to a URL, which ends in its hash."""
    last = _last_text(url.data).rpartition("/")[2]
    return stack.asset(last.partition(".")[0]) if last.endswith(".json") else ""


def _last_text(data: Any) -> str:
    """The end of a text that is put together."""
    while not isinstance(data, str):
        match data:
            case {"Fn::Join": [_, [*_, last]]} | {"Fn::Sub": last}:
                data = last
            case _:
                return ""
    return data


def _walked(template: Template) -> list[str]:
    """What puts templates in the order of a walk; an assembly keeps its own."""
    return absolute(template.cdk.assembly if template.cdk else template.file).split("/")


def _make_families(templates: Sequence[Template]) -> None:
    """Names mean the same in one stage of an assembly, and in a template and what it nests."""
    families: dict[Any, list[Template]] = defaultdict(list)
    for template in templates:
        root = template.outermost
        families[root.cdk.stage if root.cdk else root.key].append(template)
    for family in families.values():
        for template in family:
            template.family = family
