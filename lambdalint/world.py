"""The worlds a template can be deployed into, and what its values are in one of them.

A world starts without answers. Asked for a parameter or a condition, it takes the first candidate
and leaves the others to worlds yet to come, so whoever holds a world decides, by asking, how many
there are: a reader that asks nothing sees one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from lambdalint import abroad
from lambdalint.condition import is_true
from lambdalint.settled import Map, Seq
from lambdalint.template import HOLE, PSEUDO, SHARED, SSM, Declaration, Gate, Template
from lambdalint.value import Place, Ref, Text, Unknown, Value, child, split, text

# More deployments of one resource than anybody has; reaching the bound is reported.
MAX_WORLDS = 256

# What was asked: the key of the template and a parameter, or a comparison nobody can decide.
Question: TypeAlias = tuple[str, str]
Answers: TypeAlias = dict[Question, Any]

# The attributes and references that are ARNs of functions, whose parts CDK takes apart.
_FUNCTION_ARN = {
    ("AWS::Lambda::Function", "Arn"),
    ("AWS::Lambda::Alias", ""),
    ("AWS::Lambda::Alias", "AliasArn"),
    ("AWS::Lambda::Version", ""),
    ("AWS::Lambda::Version", "FunctionArn"),
}


def worlds(start: Answers | None = None, first: World | None = None) -> Iterator[World]:
    """Worlds that differ in an answer somebody wanted, beginning with the likeliest.

    `first` may be a world that already gives the answers of `start`.
    """
    todo = [dict(start or {})]
    for left in reversed(range(MAX_WORLDS)):
        world = first or World(todo[0])
        first = None
        del todo[0]
        if not left:
            world.crowded, world.forks = True, todo  # nobody will look at these
        yield world
        todo += world.forks
        if not todo:
            return


@dataclass(slots=True, eq=False)
class World:
    """One way to deploy: an answer to every question that was asked."""

    answers: Answers
    forks: list[Answers] = field(default_factory=list)
    crowded: bool = False  # the last world that is looked at, though there may be more
    # What somebody found out in this world and need not find out again.
    memory: dict[Any, Any] = field(default_factory=dict)
    _scopes: dict[int, Scope] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<world {self.answers}>"

    def ask(self, question: Question, candidates: Sequence[Any]) -> Any:
        if question not in self.answers:
            if (shared := _shared(question[1])) and self.answers:
                candidates = self.left(shared, candidates) or [Unknown(shared)]
            first, *others = candidates
            self.forks += [self.answers | {question: other} for other in others]
            self.answers[question] = first
        return self.answers[question]

    def left(self, pseudo: str, candidates: Iterable[Any]) -> list[Any]:
        """What a pseudo-parameter may be after what is answered, whichever template asked for it."""
        told = [answer for (_, name), answer in self.answers.items() if _shared(name) == pseudo]
        return [one for one in candidates if all(_together(one, answer) for answer in told)]

    def scope(self, template: Template) -> Scope:
        """This world as one template sees it."""
        if (found := self._scopes.get(id(template))) is None:
            found = self._scopes[id(template)] = (template.reader or Scope)(template, self)
        return found


def _shared(question: str) -> str:
    """The pseudo-parameter that a question is about, if templates that work together share it."""
    pseudo = question.partition(_OF)[0] if question.startswith("AWS::") else ""
    return pseudo if pseudo in SHARED else ""


def _together(one: Any, other: Any) -> bool:
    """Whether two answers about the same thing may both be right."""
    for this, that in ((one, other), (other, one)):
        if isinstance(this, Unknown):
            return isinstance(that, Unknown) or that not in this.excluded
    return bool(one == other)


class Common:
    """A world for all who ask nothing, so that what they settle is settled once.

    `crowded` are the places that have more worlds than anybody looked at.
    """

    def __init__(self) -> None:
        self._world = World({})
        self.crowded: dict[Place, None] = {}

    def worlds(self, at: Place, start: Answers | None = None) -> Iterator[World]:
        """The worlds of what is written at a place, beginning with the one for all."""
        world = None
        for world in worlds(start, None if start else self._fresh()):
            yield world
        if world and world.crowded and world.forks:
            self.crowded[at] = None

    def _fresh(self) -> World:
        """A world without answers: the same until somebody asks in it."""
        if self._world.answers:
            self._world = World({})
        return self._world


@dataclass(slots=True, eq=False)
class Scope:
    """One template in one world: what its parameters, conditions and values are there."""

    template: Template
    world: World
    _held: dict[str, bool | None] = field(default_factory=dict)
    _properties: dict[Declaration, Value] = field(default_factory=dict)
    _arns: dict[Declaration, Text | None] = field(default_factory=dict)
    depth: int = 0

    def __repr__(self) -> str:
        return f"<{self.template} in {self.world}>"

    def properties(self, declaration: Declaration) -> Value:
        """The settled properties of a resource; None, placed at the resource, if it has none."""
        if (known := self._properties.get(declaration)) is None:
            settled = self.settle(declaration.written.get("Properties"))
            at = declaration.written.at if settled.data is None else settled.at
            known = self._properties[declaration] = Value(settled.data, at)
        return known

    def parameter(self, name: str) -> Any:
        handed = abroad.handed_down(self, name)
        return self.ask(name, self.template.candidates(name)) if handed is None else handed

    def pseudo(self, name: str) -> Any:
        """What a pseudo-parameter is: one of those that conditions compare it to, or another."""
        template = self.template.outermost if name in SHARED else self.template
        compared = template.compared().get(name, [])
        other = Unknown(name, excluded=frozenset(compared))
        return self.world.scope(template).ask(name, [other, *compared])

    def row(self, pseudo: str, rows: Sequence[Any]) -> Any:
        """Which of the rows of a mapping a pseudo-parameter chooses."""
        question = f"{pseudo}{_OF}{', '.join(one if isinstance(one, str) else '' for one in rows)}"
        self.template.labels[question] = pseudo
        return self.ask(question, rows)

    def agrees(self, answers: Answers) -> bool:
        """Whether this world gives the same answers; what nobody asked it yet, it is asked now."""
        return all(
            self._answer(self._told(key), name) == answer for (key, name), answer in answers.items()
        )

    def elsewhere(self, key: str) -> Scope:
        """Another template of the run in this world; "" is this one."""
        return self.world.scope(self._told(key)) if key else self

    def relatives(self) -> Iterator[Scope]:
        """The templates of the application in this world, this one first."""
        yield self
        for template in self.template.family:
            if template is not self.template:
                yield self.world.scope(template)

    def _told(self, key: str) -> Template:
        return self.template.neighbours.get(key, self.template)

    def ask(self, name: str, candidates: Sequence[Any]) -> Any:
        """What this world answers to a question of the template."""
        self.template.asked.setdefault(name, candidates)
        return self._answer(self.template, name)

    def _answer(self, template: Template, name: str) -> Any:
        """What this world answers to a question that somebody asked before, maybe elsewhere."""
        candidates, compared = template.asked[name], template.compares.get(name)
        if compared and any(
            equal is True and key == template.key and template.compares.get(other) == compared
            for (key, other), equal in self.world.answers.items()
            if other != name
        ):
            candidates = (False,)
        return self.world.ask((template.key, name), candidates)

    def open(self, gates: tuple[Gate, ...]) -> bool:
        """Whether what stands behind these gates is deployed."""
        template = self.template
        if template.parent and template.nested_in:
            above = self.world.scope(template.parent)
            if not above.open(template.nested_in.gates):
                return False
        return all(self.holds(condition) is held for condition, held in gates)

    def holds(self, condition: str) -> bool:
        """Whether a condition is true here.

        What the template cannot tell is a question of its own, so there is a world for each answer.
        """
        held = self._held.get(condition)
        if condition not in self._held:
            self._held[condition] = None  # so that a circle of conditions ends
            written = self.template.section("Conditions").get(condition)
            held = self._held[condition] = is_true(self, written, condition)
        if held is None:
            return bool(self.ask(condition, (True, False)))
        return held

    def settle(self, value: Value) -> Value:
        """Resolve what is written; branches are settled as far as somebody looks into them."""
        data, at = value.data, value.at
        if data.__class__ is dict:
            if len(data) == 1:
                ((name, argument),) = data.items()
                if name == "Fn::If":
                    return self._if(value)
                if intrinsic := self.INTRINSICS.get(name):
                    return Value(intrinsic(self, child(argument, at / name)), at)
                if name.startswith("Fn::"):
                    return Value(Unknown(name), at)
            return Value(Map(data, at, self), at)
        if data.__class__ is list:
            return Value(Seq(data, at, self), at)
        if data.__class__ is str and "{{resolve:" in data:
            return Value(self._resolved(data), at)
        return value

    # --- intrinsics: each takes its argument as written and gives settled data

    def _if(self, value: Value) -> Value:
        arguments = value.get("Fn::If")
        condition = arguments.get(0).data
        if not isinstance(condition, str) or len(list(arguments.elements())) != 3:
            return Value(Unknown("Fn::If"), value.at)
        return self.settle(arguments.get(1 if self.holds(condition) else 2))

    def _ref(self, argument: Value) -> Any:
        name = argument.data
        if not isinstance(name, str):
            return Unknown("Ref")
        if name == "AWS::NoValue":
            return None
        if name in self.template.resources:
            return Ref(name)
        if name in self.template.attributes:
            return Ref(self.template.attributes[name])
        if name in PSEUDO:
            return self.template.fixed.get(name, Ref(name))
        declared = self.template.parameter(name)
        if declared.data is None:
            return Unknown(f"nothing here is called {name}")
        if str(declared.get("Type").data).startswith(SSM):
            stored = self.template.fixed.get(name, declared.get("Default").data)
            return abroad.stored(self, stored, Unknown(f"parameter {name}", name))
        return self._branch(self.parameter(name), self.template.parameter(name).at)

    def _branch(self, data: Any, at: Place) -> Any:
        if isinstance(data, dict):
            return Unknown("a mapping where a text must be")
        return Seq(data, at, self) if isinstance(data, list) else data

    def _get_att(self, argument: Value) -> Any:
        data = argument.data
        if isinstance(data, str):
            id, _, attribute = data.partition(".")
        elif isinstance(data, list) and len(data) == 2 and isinstance(data[0], str):
            id, attribute = data[0], self.settle(argument.get(1)).data
            if not isinstance(attribute, str):
                return Unknown(f"an attribute of {id}")
            id, _, attribute = f"{id}.{attribute}".partition(".")
        else:
            return Unknown("Fn::GetAtt")
        if not attribute:
            return Unknown(f"an attribute of {id}")
        hidden, _, below = attribute.partition(".")
        if (hidden := f"{id}.{hidden}") in self.template.attributes:
            return Ref(self.template.attributes[hidden], below)
        if id not in self.template.resources:
            return Unknown(f"nothing here is called {id}")
        if id in self.template.children and attribute.startswith("Outputs."):
            return abroad.child_output(self, id, attribute.removeprefix("Outputs."))
        match self.template.resources[id].type:
            case "Custom::CrossRegionExportReader":
                return abroad.copied(self, attribute)
            case "Custom::CrossRegionStringParameterReader":
                return abroad.fetched(self, self.template.resources[id])
        return Ref(id, attribute)

    def _sub(self, argument: Value) -> Any:
        given = argument.get(1)
        template = argument.get(0).data if isinstance(argument.data, list) else argument.data
        if not isinstance(template, str):
            return Unknown("Fn::Sub")
        if "{{resolve:" in template and "{{resolve:ssm:" not in template:
            return Unknown("a dynamic reference")
        pieces: list[Any] = []
        for index, piece in enumerate(HOLE.split(template)):
            if index % 2 == 0:
                pieces.append(piece)
            elif piece[0] == "!":
                pieces.append("${" + piece[1:] + "}")
            elif (variable := given.get(name := piece.strip())).data is not None:
                pieces.append(self.settle(variable).data)
            elif "." in name and name not in self.template.attributes:
                pieces.append(self._get_att(Value(name, argument.at)))
            else:
                pieces.append(self._ref(Value(name, argument.at)))
        whole = text(pieces)
        if "{{resolve:" in template:
            unknown = Unknown("a dynamic reference")
            return self._resolved(whole) if isinstance(whole, str) else unknown
        return whole

    def _join(self, argument: Value) -> Any:
        delimiter, parts = argument.get(0).data, self.settle(argument.get(1)).data
        if not isinstance(delimiter, str) or not isinstance(parts, Seq):
            return Unknown("Fn::Join")
        pieces: list[Any] = []
        for index, part in enumerate(parts):
            pieces += [delimiter, part.data] if index else [part.data]
        return text(pieces)

    def _split(self, argument: Value) -> Any:
        delimiter, whole = argument.get(0).data, self.settle(argument.get(1)).data
        if not isinstance(delimiter, str) or not delimiter:
            return Unknown("Fn::Split")
        if isinstance(whole, Ref):
            whole = self._function_arn(whole)
        if not isinstance(whole, str | Text):
            return Unknown("Fn::Split")
        parts = split(whole, delimiter)
        return Seq([Value(part, argument.at) for part in parts], argument.at, self)

    def _function_arn(self, ref: Ref) -> Text | None:
        """The ARN of a function, alias or version, taken apart: CDK selects pieces of it."""
        declared = None if ref.file else self.template.resources.get(ref.id)
        if declared is None or (declared.type, ref.attribute) not in _FUNCTION_ARN:
            return None
        if declared in self._arns:
            return self._arns[declared]
        self._arns[declared] = None  # so that who is called by a piece of its own ARN ends
        arn = self._arns[declared] = self._written_out(declared, ref)
        return arn

    def _written_out(self, declared: Declaration, ref: Ref) -> Text | None:
        account = ("arn:", Ref("AWS::Partition"), ":lambda:", Ref("AWS::Region"), ":")
        function: tuple[Any, ...] = (Ref("AWS::AccountId"), ":function:")
        if declared.type == "AWS::Lambda::Function":
            return Text((*account, *function, ref))
        properties = declared.written.get("Properties")
        named = self.settle(properties.get("FunctionName")).data
        qualifier = self.settle(properties.get("Name")).data
        if declared.type == "AWS::Lambda::Version":
            qualifier = Ref(ref.id, "Version")
        whole = text((*account, *function, named, ":", qualifier))
        return whole if isinstance(whole, Text) else None

    def _select(self, argument: Value) -> Any:
        index, options = self.settle(argument.get(0)).data, self.settle(argument.get(1)).data
        if isinstance(index, str) and _INDEX.match(index):
            index = int(index)
        if isinstance(options, Seq) and isinstance(index, int) and 0 <= index < len(options):
            return options[index].data
        return Unknown("Fn::Select")

    def _find_in_map(self, argument: Value) -> Any:
        name = self.settle(argument.get(0)).data
        table = self.template.section("Mappings")
        if not isinstance(name, str):
            return Unknown("Fn::FindInMap")
        found = [table.get(name)]
        keys = [self.settle(argument.get(level)).data for level in (1, 2)]
        for key, *below in (keys, keys[1:]):
            if isinstance(key, Ref) and key.id in PSEUDO:
                found = self._rows(found[0], key.id, below)
            elif isinstance(key, str | int) and not isinstance(key, bool):
                found = [one.get(str(key)) for one in found]
            else:
                return Unknown(f"a key of mapping {name}")
        first = found[0]
        if first.data is None or any(one.data != first.data for one in found):
            return Unknown(f"mapping {name}")
        return self._branch(first.data, first.at)

    def _rows(self, table: Value, pseudo: str, below: list[Any]) -> list[Value]:
        """The rows a pseudo-parameter may choose: all, if they say the same below."""
        rows = dict(table.items())
        if "Fn::Transform" in rows:  # which may add any row
            return [Value(None, table.at)]
        left = {key: rows[key] for key in self.world.left(pseudo, rows)}
        known = [key for key in below if isinstance(key, str)]
        if len({repr(row.get(*known).data) for row in left.values()}) > 1:
            return [rows[self.row(pseudo, list(rows))]]
        return list(left.values()) or [Value(None, table.at)]

    # --- other templates

    def beside(self, template: Template) -> Scope:
        """Another template in this world."""
        return self.world.scope(template)

    def _import_value(self, argument: Value) -> Any:
        name = self.settle(argument).data
        return self._branch(abroad.exported(self, name), argument.at)

    def _get_stack_output(self, argument: Value) -> Any:
        keys = ("StackName", "OutputName", "Region")
        asked = (self.settle(argument.get(key)).data for key in keys)
        return self._branch(abroad.stack_output(self, *asked), argument.at)

    def _resolved(self, reference: str) -> Any:
        """What a dynamic reference to a parameter of the Systems Manager means."""
        name = _STORED.match(reference)
        unknown = Unknown("a dynamic reference")
        return abroad.stored(self, name[1], unknown) if name else unknown

    def _base64(self, argument: Value) -> Any:
        plain = self.settle(argument).data
        return (
            b64encode(plain.encode()).decode() if isinstance(plain, str) else Unknown("Fn::Base64")
        )

    INTRINSICS: ClassVar[dict[str, Callable[[Scope, Value], Any]]] = {
        "Ref": _ref,
        "Fn::GetAtt": _get_att,
        "Fn::Sub": _sub,
        "Fn::Join": _join,
        "Fn::Split": _split,
        "Fn::Select": _select,
        "Fn::FindInMap": _find_in_map,
        "Fn::Base64": _base64,
        "Fn::ImportValue": _import_value,
        "Fn::GetStackOutput": _get_stack_output,
    }


# Between a pseudo-parameter and the rows of a mapping, of which it is asked to choose one.
_OF = " of "

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
_STORED = re.compile(r"\{\{resolve:ssm:([^:}]+)(?::[0-9]+)?\}\}$")
_INDEX = re.compile(r"[0-9]{1,9}$")
