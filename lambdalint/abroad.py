"""What templates say to each other: exports, outputs, parameters of nested stacks, stored values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from lambdalint.settled import Map, Seq
from lambdalint.template import PSEUDO, SSM, Declaration, Gate, Template, gates_of, listed
from lambdalint.value import Ref, Text, Unknown, Value, split, text

_Offer = TypeVar("_Offer", Value, Declaration)


class World(Protocol):
    """A deployment, as far as templates share it."""

    memory: dict[Any, Any]


class Scope(Protocol):
    """A template in a world, as far as others ask it."""

    template: Template

    @property
    def world(self) -> World: ...

    def settle(self, value: Value) -> Value: ...
    def holds(self, condition: str) -> bool: ...
    def open(self, gates: tuple[Gate, ...]) -> bool: ...
    def beside(self, template: Template) -> Scope: ...


def exported(scope: Scope, name: Any) -> Any:
    """What the one template of the run exports that exports under a name."""
    known = scope.template.neighbours.exports.get(name, ()) if isinstance(name, str) else ()
    exports = [one for one in known if _may_be_in(scope.template.fixed, one[0])]
    found = _only(scope, [(template, gates_of(output), output) for template, output in exports])
    return _output(scope, *found, "Fn::ImportValue") if found else _NO_EXPORT


_NO_EXPORT = Unknown("Fn::ImportValue")


def stack_output(scope: Scope, stack: Any, output: Any, region: Any) -> Any:
    """What the one stack of a name in an assembly has as an output."""
    why = "Fn::GetStackOutput"
    named = [
        template
        for template in scope.template.neighbours.values()
        if template.cdk and not template.parent and template.cdk.name == stack
        if not isinstance(region, str) or template.cdk.region in ("", region)
    ]
    if len(named) != 1 or not isinstance(output, str):
        return Unknown(why)
    return _output(scope, named[0], named[0].section("Outputs").get(output), why)


def child_output(scope: Scope, id: str, output: str) -> Any:
    """What a nested stack has as an output."""
    child = scope.template.children[id]
    return _output(scope, child, child.section("Outputs").get(output), f"an output of {id}")


def _output(scope: Scope, template: Template, output: Value, why: str) -> Any:
    there = scope.beside(template)
    if not there.open(gates_of(output)):
        return Unknown(why)
    said = _said(there, output.get("Value"))
    return Unknown(why) if said is None else said


def handed_down(scope: Scope, name: str) -> Any:
    """What the template that nests this one gives for a parameter, None if nothing."""
    template = scope.template
    if not template.parent or not template.nested_in:
        return None
    above = scope.beside(template.parent)
    parameters = above.settle(template.nested_in.written.get("Properties", "Parameters"))
    if isinstance(parameters.data, Unknown):
        return Unknown(f"parameter {name}", name)
    members = parameters.data.raw if isinstance(parameters.data, Map) else None
    given = _said(above, Value(members, parameters.at).get(name))
    kind = str(template.parameter(name).get("Type").data)
    if given is not None and kind.startswith(SSM):
        return Unknown(f"parameter {name}", name)
    if isinstance(given, Text) and "List" in kind:
        return split(given, ",")
    return listed(given, kind)


def stored(scope: Scope, name: Any, unknown: Unknown) -> Any:
    """What the one template of the run stores in the Systems Manager under a name."""
    return _stored(scope, name, unknown, scope.template.fixed)


def fetched(scope: Scope, reader: Declaration) -> Any:
    """What CDK reads from the Systems Manager of another region: the ARN of a function at the edge."""
    written = reader.written.get("Properties")
    name, region = (scope.settle(written.get(key)).data for key in ("ParameterName", "Region"))
    there = {**scope.template.fixed, "AWS::Region": region}
    return _stored(scope, name, Unknown(reader.type), there)


def _stored(scope: Scope, name: Any, unknown: Unknown, place: Mapping[str, Any]) -> Any:
    """What the one template of the run stores in the Systems Manager of a place."""
    stores = scope.template.neighbours.stored.get(name, ()) if isinstance(name, str) else ()
    found = _only(scope, [(template, stored.gates, stored) for template, stored in stores])
    if not found:
        return unknown
    template, declaration = found
    there = scope.beside(template)
    if not _may_be_in(place, template) or not there.open(declaration.gates):
        return unknown
    said = _said(there, declaration.written.get("Properties", "Value"))
    return unknown if said is None else said


def copied(scope: Scope, name: str) -> Any:
    """What CDK copies from a stack in another region, by the name of the copy."""
    for template in scope.template.neighbours.values():
        for declaration in template.resources.values():
            if declaration.type == "Custom::CrossRegionExportWriter":
                written = declaration.written.get("Properties", "WriterProps", "exports", name)
                if written.data is not None:
                    return _said(scope.beside(template), written)
    return Unknown("Custom::CrossRegionExportReader")


def _only(
    scope: Scope, offers: Sequence[tuple[Template, tuple[Gate, ...], _Offer]]
) -> tuple[Template, _Offer] | None:
    """The one template that offers something under a name, and what; where an application does so
    several times, what it deploys.
    """
    if len(offers) > 1:
        if len({template.outermost for template, _, _ in offers}) > 1:
            return None
        offers = [one for one in offers if scope.beside(one[0]).open(one[1])]
    return (offers[0][0], offers[0][2]) if len(offers) == 1 else None


def _said(there: Scope, value: Value) -> Any:
    """What another template says, found out once; unknown where stacks refer to each other."""
    key, memory = (there.template, value.at), there.world.memory
    if key not in memory:
        memory[key] = Unknown("a circle of stacks")
        memory[key] = seen_from_elsewhere(there.settle(value).data, there.template.key)
    return memory[key]


def _may_be_in(place: Mapping[str, Any], template: Template) -> bool:
    """Whether a stack may be deployed to a region and account, as far as either is told."""
    return all(
        template.fixed.get(name, place.get(name)) == place.get(name, template.fixed.get(name))
        for name in ("AWS::Region", "AWS::AccountId")
    )


def seen_from_elsewhere(data: Any, key: str) -> Any:
    """What a template says, as another one sees it: their parameters and names are not the same."""
    match data:
        case Ref("AWS::StackName" | "AWS::StackId"):
            return Unknown("another stack")
        case Ref(id) if id not in PSEUDO:
            return data._replace(file=data.file or key)
        case Text(parts):
            return text([seen_from_elsewhere(part, key) for part in parts])
        case Unknown():
            return data._replace(parameter="")
        case Seq():
            return [Value(seen_from_elsewhere(one.data, key), one.at) for one in data]
    return data
