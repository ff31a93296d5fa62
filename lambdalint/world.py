"""The worlds a template can be deployed into, and what its values are in one of them.

A world starts without answers. Asked for a parameter or a condition, it takes the first candidate
and leaves the others to worlds yet to come, so whoever holds a world decides, by asking, how many
there are: a reader that asks nothing sees one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from lambdalint.settled import Map, Seq
from lambdalint.template import PSEUDO, Declaration, Gate, Template
from lambdalint.value import Place, Ref, Text, Unknown, Value, child, split, text

# More deployments of one resource than anybody has; reaching the bound is reported.
MAX_WORLDS = 256

# How the label of a comparison begins whose condition is the opposite.
NOT = "not "

# What was asked: the file of the template and a parameter, or a comparison nobody can decide.
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
            first, *others = candidates
            self.forks += [self.answers | {question: other} for other in others]
            self.answers[question] = first
        return self.answers[question]

    def scope(self, template: Template) -> Scope:
        """This world as one template sees it."""
        if (found := self._scopes.get(id(template))) is None:
            found = self._scopes[id(template)] = Scope(template, self)
        return found


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
    _depth: int = 0

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
        return self._ask(name, self.template.candidates(name))

    def agrees(self, answers: Answers) -> bool:
        """Whether this world gives the same answers; what nobody asked it yet, it is asked now."""
        return all(
            self.world.ask((file, name), self._told(file).asked[name]) == answer
            for (file, name), answer in answers.items()
        )

    def elsewhere(self, file: str) -> Scope:
        """Another template of the run in this world; "" is this one."""
        return self.world.scope(self._told(file)) if file else self

    def _told(self, file: str) -> Template:
        return self.template.neighbours.get(file, self.template)

    def _ask(self, name: str, candidates: Sequence[Any]) -> Any:
        self.template.asked.setdefault(name, candidates)
        return self.world.ask((self.template.file, name), candidates)

    def open(self, gates: tuple[Gate, ...]) -> bool:
        """Whether what stands behind these gates is deployed."""
        return all(self.holds(condition) is held for condition, held in gates)

    def holds(self, condition: str) -> bool:
        """Whether a condition is true here.

        What the template cannot tell is a question of its own, so there is a world for each answer.
        """
        held = self._held.get(condition)
        if condition not in self._held:
            self._held[condition] = None  # so that a circle of conditions ends
            written = self.template.section("Conditions").get(condition)
            held = self._held[condition] = self._true(written, condition)
        if held is None:
            return bool(self._ask(condition, (True, False)))
        return held

    def settle(self, value: Value) -> Value:
        """Resolve what is written; branches are settled as far as somebody looks into them."""
        data, at = value.data, value.at
        if data.__class__ is dict:
            if len(data) == 1:
                ((name, argument),) = data.items()
                if name == "Fn::If":
                    return self._if(value)
                if intrinsic := self._INTRINSICS.get(name):
                    return Value(intrinsic(self, child(argument, at / name)), at)
                if name.startswith("Fn::"):
                    return Value(Unknown(name), at)
            return Value(Map(data, at, self), at)
        if data.__class__ is list:
            return Value(Seq(data, at, self), at)
        if data.__class__ is str and "{{resolve:" in data:
            return Value(Unknown("a dynamic reference"), at)
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
        if self.template.parameter(name).data is None:
            return Unknown(f"nothing here is called {name}")
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
        return Ref(id, attribute)

    def _sub(self, argument: Value) -> Any:
        given = argument.get(1)
        template = argument.get(0).data if isinstance(argument.data, list) else argument.data
        if not isinstance(template, str):
            return Unknown("Fn::Sub")
        if "{{resolve:" in template:
            return Unknown("a dynamic reference")
        pieces: list[Any] = []
        for index, piece in enumerate(_HOLE.split(template)):
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
        return text(pieces)

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
        answer = self.world.answers.get((self.template.file, pseudo))
        if isinstance(answer, str) and answer in rows:
            return [rows[answer]]
        known = [key for key in below if isinstance(key, str)]
        if len({repr(row.get(*known).data) for row in rows.values()}) > 1:
            chosen = self._ask(pseudo, list(rows))
            return [table.get(chosen)]
        return list(rows.values()) or [Value(None, table.at)]

    def _import_value(self, argument: Value) -> Any:
        """What the one template of the run exports that exports under this name."""
        name = self.settle(argument).data
        exported = [
            (template, output)
            for template in self.template.neighbours.values()
            if isinstance(name, str)
            for output in template.exports(name)
        ]
        if len(exported) != 1:
            return Unknown("Fn::ImportValue")
        ((template, output),) = exported
        scope = self.world.scope(template)
        condition = output.get("Condition").data
        if isinstance(condition, str) and not scope.holds(condition):
            return Unknown("Fn::ImportValue")
        return _abroad(scope.settle(output.get("Value")).data, template.file)

    def _base64(self, argument: Value) -> Any:
        plain = self.settle(argument).data
        return (
            b64encode(plain.encode()).decode() if isinstance(plain, str) else Unknown("Fn::Base64")
        )

    _INTRINSICS: ClassVar[dict[str, Callable[[Scope, Value], Any]]] = {
        "Ref": _ref,
        "Fn::GetAtt": _get_att,
        "Fn::Sub": _sub,
        "Fn::Join": _join,
        "Fn::Split": _split,
        "Fn::Select": _select,
        "Fn::FindInMap": _find_in_map,
        "Fn::Base64": _base64,
        "Fn::ImportValue": _import_value,
    }

    # --- conditions

    def _true(self, test: Value, name: str) -> bool | None:
        """Whether a test holds; None if nobody can tell, or if it is too deep to follow."""
        if self._depth == _DEEPEST:
            return None
        self._depth += 1
        held = self._follow(test, name)
        self._depth -= 1
        return held

    def _follow(self, test: Value, name: str) -> bool | None:
        match test.data:
            case {"Fn::Equals": [_, _]}:
                sides = test.get("Fn::Equals", 0), test.get("Fn::Equals", 1)
                return self._equal(*sides, self._label(test, name))
            case {"Fn::Not": [_]}:
                held = self._true(test.get("Fn::Not", 0), name)
                return None if held is None else not held
            case {"Fn::And": list()}:
                tests = test.get("Fn::And").elements()
                return _decided((self._true(one, name) for one in tests), by=False)
            case {"Fn::Or": list()}:
                tests = test.get("Fn::Or").elements()
                return _decided((self._true(one, name) for one in tests), by=True)
            case {"Condition": str(other)} if other != name:
                return self.holds(other)
            case bool(held):
                return held
        return None

    def _label(self, test: Value, name: str) -> str:
        """What to call a comparison: the condition that is nothing else, or its two sides."""
        condition = self.template.section("Conditions").get(name)
        if condition.data is test.data:
            return name
        if condition.get("Fn::Not", 0).data is test.data:
            return f"{NOT}{name}"
        return " = ".join(_shown(side.data) for side in test.get("Fn::Equals").elements())

    def _equal(self, left: Value, right: Value, label: str) -> bool | None:
        sides = self._side(left), self._side(right)
        for one, other in (sides, sides[::-1]):
            if isinstance(one, Unknown) and isinstance(other, str) and other in one.excluded:
                return False
        if all(isinstance(side, str) for side in sides):
            return bool(sides[0] == sides[1])
        if sides[0] == sides[1] and not (isinstance(sides[0], Unknown) and not sides[0].parameter):
            return True
        # Nobody can tell: the comparison itself becomes the question, the same one wherever it is
        # written, so that a world never answers it in two ways.
        spelled = " = ".join(sorted(map(_canonical, (left.data, right.data))))
        self.template.labels.setdefault(spelled, label)
        return bool(self._ask(spelled, (True, False)))

    def _side(self, value: Value) -> Any:
        settled = self.settle(value).data
        if isinstance(settled, Ref) and settled.id in PSEUDO:
            return self._pseudo(settled.id)
        if isinstance(settled, bool):
            return str(settled).lower()
        return str(settled) if isinstance(settled, int | float) else settled

    def _pseudo(self, name: str) -> Any:
        compared = self.template.compared().get(name, [])
        other = Unknown(name, excluded=frozenset(compared))
        return self._ask(name, [other, *compared])


def _abroad(data: Any, file: str) -> Any:
    """What a template says, as another one sees it: their parameters and names are not the same."""
    match data:
        case Ref("AWS::StackName" | "AWS::StackId"):
            return Unknown("another stack")
        case Ref(id) if id not in PSEUDO:
            return data._replace(file=data.file or file)
        case Text(parts):
            return Text(tuple(_abroad(part, file) for part in parts))
        case Unknown(why):
            return Unknown(why)
    return data


def _canonical(data: Any) -> str:
    match data:
        case {"Ref": str(name)}:
            return name
        case str():
            return f'"{data}"'
    return repr(data)


def _shown(data: Any) -> str:
    match data:
        case {"Ref": str(name)}:
            return name
        case str(literal):
            return literal or "''"
    return "…"


def _decided(held: Iterator[bool | None], *, by: bool) -> bool | None:
    """And (decided by a false test) or Or (by a true one); nobody asks for what comes after it."""
    vague = False
    for answer in held:
        if answer is by:
            return by
        vague = vague or answer is None
    return None if vague else not by


# Conditions that follow each other, or tests within tests; what lies deeper is anybody's guess.
_DEEPEST = 100

_HOLE = re.compile(r"\$\{([^}]+)\}")
_INDEX = re.compile(r"[0-9]{1,9}$")
