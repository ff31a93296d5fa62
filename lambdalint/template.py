"""A template: its sections, what its parameters may be, and the resources it declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from lambdalint.read import Document, Duplicate
from lambdalint.value import NoTemplate, Place, Source, Unknown, Value, child

if TYPE_CHECKING:
    from lambdalint.assembly import Stack

# A condition by name, and whether it must hold for something to be there.
Gate: TypeAlias = tuple[str, bool]
# Something written, and the gates that must be open for it to be there.
Gated: TypeAlias = "tuple[tuple[Gate, ...], Value]"

PSEUDO = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId",
        "NotificationARNs",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    )
)

# Those that are the same in a template and all that it is nested in or imports from.
SHARED = PSEUDO - {"AWS::NotificationARNs", "AWS::StackId", "AWS::StackName"}

# What `Fn::Sub` fills in.
HOLE = re.compile(r"\$\{([^}]+)\}")

# How the types of parameters begin whose value stands in the Systems Manager.
SSM = "AWS::SSM::Parameter::Value<"

# Transforms that are read here, or that change nothing a trigger depends on.
KNOWN_TRANSFORMS = frozenset(
    {
        "AWS::Serverless-2016-10-31",
        "AWS::LanguageExtensions",
        "AWS::CodeDeployBlueGreen",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    }
)


# What calls a macro for the mapping that it stands in.
MACRO = "Fn::Transform"


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """A resource that a template declares, in whatever worlds its gates are open."""

    id: str
    type: str
    written: Value
    gates: tuple[Gate, ...] = ()
    origin: str = ""  # the SAM resource that this one is made of

    def __repr__(self) -> str:
        return f"<{self.type} {self.id}>"

    @property
    def at(self) -> Place:
        return self.written.at

    @property
    def construct_path(self) -> str:
        """Where CDK made it, without the hidden last component; "" if the template does not say."""
        path = self.written.get("Metadata", "aws:cdk:path").data
        return _shown(path) if isinstance(path, str) else ""


@dataclass(slots=True, eq=False)
class Template:
    """One template of a run; `fixed` are the parameter values that somebody gave.

    `key` tells it from the others: the same file may be nested in several places.
    """

    file: str
    source: Source
    root: Value
    resources: dict[str, Declaration]
    fixed: dict[str, Any]
    duplicates: list[Duplicate] = field(default_factory=list)
    cdk: Stack | None = None
    stack: str = ""
    key: str = ""
    # The templates of the run by key, this one included.
    neighbours: Neighbours = field(default_factory=lambda: Neighbours(()))
    # Those of the same application, this one included, in which a name means the same.
    family: Sequence[Template] = ()
    # Where it is nested, and what it is given there.
    parent: Template | None = None
    nested_in: Declaration | None = None
    # What is nested in it, by the logical id of the stack.
    children: dict[str, Template] = field(default_factory=dict)
    # What SAM lets other resources refer to (`Worker.Alias`) → the plain resource's id.
    attributes: dict[str, str] = field(default_factory=dict)
    # The questions that readers asked so far, and what the answer may be.
    asked: dict[str, Sequence[Any]] = field(default_factory=dict)
    # What to call a comparison that nobody can decide: the condition that consists of it.
    labels: dict[str, str] = field(default_factory=dict)
    # What such a comparison compares to a literal: it is but one of them.
    compares: dict[str, str] = field(default_factory=dict)
    # What reads it in a world, where that is no plain `Scope`: a transform adds functions.
    reader: Callable[..., Any] | None = None
    _compared: dict[str, list[str]] | None = None

    @classmethod
    def of(
        cls, document: Document, fixed: dict[str, Any] | None = None, cdk: Stack | None = None
    ) -> Template:
        """Raises `NoTemplate` if the document is none."""
        root = Value(document.root, Place(document.source))
        if not looks_like_template(document.root):
            raise NoTemplate("no CloudFormation template: it has no Resources with a Type")
        file, fixed = document.source.file, fixed or {}
        if cdk:
            fixed = {**_environment(cdk), **fixed}
        stack = cdk.name if cdk else ""
        template = cls(
            file, document.source, root, {}, fixed, document.duplicates, cdk, stack, key=file
        )
        template.say(root)
        return template

    def say(self, root: Value) -> None:
        """Let the template say something else: what a transform makes of it."""
        self.root, self._compared = root, None
        self.resources = {
            id: declared
            for id, written in root.get("Resources").items()
            if (declared := declare(id, written))
        }

    def __repr__(self) -> str:
        return f"<template {self.file}>"

    def section(self, name: str) -> Value:
        return self.root.get(name)

    def transforms(self) -> list[Value]:
        """The names of the macros that work on the whole template."""
        transform = self.root.get("Transform")
        written = list(transform.elements()) or [transform]
        return [one if isinstance(one.data, str) else one.get("Name") for one in written]

    def macros(self) -> list[Value]:
        """The names of what may change or add anything here: transforms that nobody here knows,
        macros that make resources, and loops over them.
        """
        resources = self.root.get("Resources")
        callers = [self.root, resources]
        loops: list[Value] = []
        for name, data in resources.data.items():
            if name.startswith("Fn::") and name != MACRO:
                loops.append(Value(name, child(data, resources.at / name).at))
            elif _is_made_by_macro(data):
                callers.append(resources.get(name))
        return [
            *(
                one
                for one in self.transforms()
                if isinstance(one.data, str) and one.data not in KNOWN_TRANSFORMS
            ),
            *loops,
            *(macro(one) for one in callers if MACRO in one.data),
        ]

    def construct_of(self, declaration: Declaration) -> str:
        """Where CDK made a resource, though only the assembly may tell (`--no-path-metadata`)."""
        if declaration.construct_path or self.cdk is None:
            return declaration.construct_path
        above = self.cdk.construct
        if self.parent and self.nested_in:
            above = self.parent.construct_of(self.nested_in).partition(".NestedStack/")[0]
        return _shown(self.cdk.construct_of(declaration.id, above))

    @property
    def outermost(self) -> Template:
        """The template that this one is nested in, directly or not; itself if it is not nested."""
        template = self
        while template.parent:
            template = template.parent
        return template

    def adopt(self, id: str, child: Template) -> None:
        """Nest another template, of which this one has a stack."""
        self.children[id] = child
        self.compare_anew()

    def compare_anew(self) -> None:
        """Forget what conditions here, and in what nests this template, are known to compare."""
        self._compared = None
        if self.parent:
            self.parent.compare_anew()

    def parameter(self, name: str) -> Value:
        return self.section("Parameters").get(name)

    def named(self, written: Any) -> str:
        """The one name that a template can mean by what is written, "" if it may be several."""
        match written:
            case str():
                return written
            case {"Ref": str(name)} if not str(self.parameter(name).get("Type").data).startswith(
                SSM
            ):
                given = self.fixed.get(name)
                return given if isinstance(given, str) else ""
            case {"Fn::Sub": str(text)}:
                pieces = HOLE.split(text)
                told = [
                    self.named({"Ref": piece}) if index % 2 else piece
                    for index, piece in enumerate(pieces)
                ]
                return "".join(told) if all(told[1::2]) else ""
            case {"Fn::Join": [str(delimiter), [*parts]]}:
                told = [self.named(part) for part in parts]
                return delimiter.join(told) if all(told) else ""
        return ""

    def candidates(self, name: str) -> list[Any]:
        """What a parameter may be, the likeliest first: what was given, its default, its allowed
        values, or what conditions compare it to (and anything else).
        """
        parameter = self.parameter(name)
        kind = str(parameter.get("Type").data)
        why = f"parameter {name}"
        if kind.startswith(SSM):  # what is given is the name of it
            return [Unknown(why, name)]
        given = self.fixed.get(name)
        # A parent that gives this or that may also give nothing.
        if given is not None and not (self.parent and isinstance(given, Unknown)):
            return [listed(given, kind)]
        default = parameter.get("Default").data
        if self.parent and default is not None:  # nobody but the parent may give another
            return [listed(default, kind)]
        allowed = [one.data for one in parameter.get("AllowedValues").elements()]
        compared: list[Any] = list(self.compared().get(name, ()))
        known = [listed(one, kind) for one in (*([] if default is None else [default]), *allowed)]
        if not allowed:
            known += compared
            # Whoever compares it to its default alone asks for anything else.
            if default is None or (compared and {*compared} == {_literal(default)}):
                known.append(Unknown(why, name, frozenset(compared)))
        return [
            one
            for index, one in enumerate(known)
            if _spelled(one) not in map(_spelled, known[:index])
        ]

    def is_guess(self, name: str) -> bool:
        """Whether a parameter's value is only its default, which any deployment may change.

        Where conditions compare it, the deployments that change it are looked at too.
        """
        parameter = self.parameter(name)
        return (
            name not in self.fixed
            and not self.parent
            and name not in self.compared()
            and parameter.get("Default").data is not None
            and parameter.get("AllowedValues").data is None
        )

    def compared(self) -> dict[str, list[str]]:
        """The literals that conditions compare each parameter or pseudo-parameter to."""
        if self._compared is None:
            self._compared = {}
            for _, condition in self.section("Conditions").items():  # noqa: PERF102  no dict
                for name, literal in _comparisons(condition.data):
                    literals = self._compared.setdefault(name, [])
                    if literal not in literals:
                        literals.append(literal)
            for name, literal in self._compared_below():
                if literal not in (literals := self._compared.setdefault(name, [])):
                    literals.append(literal)
        return self._compared

    def _compared_below(self) -> Iterator[tuple[str, str]]:
        """What nested templates compare pseudo-parameters to, and the parameters that are handed
        down as they are.
        """
        for nested in self.children.values():
            given = nested.nested_in and nested.nested_in.written.get("Properties", "Parameters")
            for name, literals in nested.compared().items():
                match {"Ref": name} if name in SHARED else given and given.get(name).data:
                    case {"Ref": str(own)}:
                        yield from ((own, literal) for literal in literals)


class Neighbours(dict[str, Template]):
    """The templates of a run by key, and what they offer each other by name."""

    def __init__(self, templates: Iterable[Template]) -> None:
        super().__init__((one.key, one) for one in templates)

    @cached_property
    def exports(self) -> dict[str, list[tuple[Template, Value]]]:
        """The outputs that are exported under names that are written out or given."""
        found: dict[str, list[tuple[Template, Value]]] = {}
        for template in self.values():
            for _, output in template.section("Outputs").items():  # noqa: PERF102  no dict
                if name := template.named(output.get("Export", "Name").data):
                    found.setdefault(name, []).append((template, output))
        return found

    @cached_property
    def stored(self) -> dict[str, list[tuple[Template, Declaration]]]:
        """The parameters of the Systems Manager whose names are written out or given."""
        found: dict[str, list[tuple[Template, Declaration]]] = {}
        for template in self.values():
            for declaration in template.resources.values():
                if declaration.type == "AWS::SSM::Parameter":
                    written = declaration.written.get("Properties", "Name").data
                    if name := template.named(written):
                        found.setdefault(name, []).append((template, declaration))
        return found


def _shown(path: str) -> str:
    """The path of a construct, without what CDK hides of it."""
    return path.removesuffix("/Resource").removesuffix("/Default")


def _environment(stack: Stack) -> dict[str, Any]:
    """The pseudo-parameters that an app tells by where it deploys a stack."""
    known = {"AWS::Region": stack.region, "AWS::AccountId": stack.account}
    return {name: value for name, value in known.items() if value}


def declare(id: str, written: Value) -> Declaration | None:
    """The resource written under a logical id, if it is one."""
    kind = written.get("Type").data
    if not isinstance(kind, str):
        return None
    return Declaration(id, kind, written, gates_of(written))


def gates_of(written: Value) -> tuple[Gate, ...]:
    """What must be open for a resource or an output to be there."""
    condition = written.get("Condition").data
    return ((condition, True),) if isinstance(condition, str) else ()


def macro(caller: Value) -> Value:
    """The names of the macros that work on a mapping, where they are called."""
    call = caller.get(MACRO)
    names = [one.get("Name").data for one in call.elements()] or [call.get("Name").data]
    return Value(", ".join(map(str, filter(None, names))) or MACRO, call.at)


def _is_made_by_macro(data: Any) -> bool:
    written = data.data if isinstance(data, Value) else data
    return isinstance(written, dict) and MACRO in written and "Type" not in written


def looks_like_template(root: Any) -> bool:
    """Whether there is a resource with a type, or a template that only imports or loops."""
    resources = root.get("Resources") if isinstance(root, dict) else None
    if not isinstance(resources, dict):
        return False
    return any(
        (isinstance(one, dict) and isinstance(one.get("Type"), str)) or id.startswith("Fn::")
        for id, one in resources.items()
    )


def alternatives(value: Value, gates: tuple[Gate, ...] = ()) -> Iterator[Gated]:
    """What a value may be, looking through `Fn::If`: each alternative and its gates.

    Nothing is settled: whoever reads an alternative asks in a world whether its gates are open.
    """
    match value.data:
        case {"Fn::If": [str(condition), _, _]}:
            for index, held in ((1, True), (2, False)):
                if (condition, not held) not in gates:
                    yield from alternatives(value.get("Fn::If", index), (*gates, (condition, held)))
        case {"Ref": "AWS::NoValue"} | None:
            return
        case _:
            yield gates, value


def elements(value: Value, gates: tuple[Gate, ...] = ()) -> Iterator[Gated]:
    """The elements of a list, looking through `Fn::If` around it and around each of them.

    A single value counts as a list of one where it is no list.
    """
    for around, listed in alternatives(value, gates):
        if isinstance(listed.data, list):
            for element in listed.elements():
                yield from alternatives(element, around)
        else:
            yield around, listed


def entries(
    value: Value, gates: tuple[Gate, ...] = ()
) -> Iterator[tuple[str, tuple[Gate, ...], Value]]:
    """The members of a mapping, looking through `Fn::If` around it and around each of them."""
    for around, mapping in alternatives(value, gates):
        for key, member in mapping.items():
            for gated, one in alternatives(member, around):
                yield key, gated, one


def listed(data: Any, kind: str) -> Any:
    """What a parameter of some type is when something is given for it."""
    if isinstance(data, bool):
        return _literal(data)
    if "List" in kind and isinstance(data, str):
        return [part.strip() for part in data.split(",")]
    return data


def _spelled(data: Any) -> str:
    return data if isinstance(data, str) else repr(data)


def _comparisons(data: Any) -> Iterator[tuple[str, str]]:
    stack = [data]
    while stack:
        match stack.pop():
            case {"Fn::Equals": [{"Ref": str(name)}, str() | int() | float() as literal]}:
                yield name, _literal(literal)
            case {"Fn::Equals": [str() | int() | float() as literal, {"Ref": str(name)}]}:
                yield name, _literal(literal)
            case dict(mapping):
                stack.extend(mapping.values())
            case list(items):
                stack.extend(items)


def _literal(data: Any) -> str:
    return str(data).lower() if isinstance(data, bool) else str(data)
