"""`Fn::ForEach`: what its loops make, each value where it is written in the body.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from lambdalint.language import Choice, Extended
from lambdalint.settled import Seq
from lambdalint.template import MACRO, Template
from lambdalint.value import Place, Turn, Unreadable, Value
from lambdalint.world import Answers, World, worlds

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_RESOURCES = 500
# A loop, and five loops within it:
# https://github.com/aws-cloudformation/cfn-language-discussion/blob/main/RFCs/0009-Fn%3A%3AForEach.md
MAX_NESTED = 6
# What is made must fit into the 1 MB that CloudFormation takes.
MAX_VALUES = 200_000
_CHARACTERS = 64  # of a text, as much as a value
_WAY = 50  # values, as much as it takes to find out what a loop goes through
# More deployments that differ in what one loop goes through than anybody has.
_MOST_WAYS = 32

_LOOP = "Fn::ForEach::"
_HOLE = re.compile(r"([$&])\{([^{}]*)\}")
_NOTHING = {"Ref": "AWS::NoValue"}


def unroll(template: Template) -> None:
    """Replace the loops of a template that declares the transform.

    Raises `Unreadable` if they make more than CloudFormation takes.
    """
    loops = _Loops(template)
    template.reader = loops.reader
    if _LOOP not in template.source.text:
        return
    for name, make in (
        ("Conditions", loops.condition),
        ("Resources", loops.resource),
        ("Outputs", loops.output),
    ):
        written = template.section(name)
        if isinstance(written.data, dict):
            members = loops.members(written, _Round())
            made = {key: make(key, member, now) for key, member, now in members}
            section = Value(made, written.at)
            template.say(Value({**template.root.data, name: section}, template.root.at))


@dataclass(frozen=True, slots=True)
class _Round:
    """One turn of the loops around something: what their identifiers stand for.

    `gate` is the condition under which there is such a turn, "" if there always is; `made` the
    logical id of the resource around, which is written `depth` keys down.
    """

    items: tuple[tuple[str, str], ...] = ()
    gate: str = ""
    made: str = ""
    depth: int = 0

    def place(self, at: Place) -> Place:
        return Turn(at.source, at.path, self.items, self.made, self.depth) if self.items else at

    def fill(self, text: str) -> str:
        """A text with the items for the identifiers of the loops."""
        known = dict(self.items)

        def item(hole: re.Match[str]) -> str:
            found = known.get(hole[2], hole[0])
            return found if hole[1] == "$" or found is hole[0] else _alphanumeric(found)

        return _HOLE.sub(item, text)


class _Way(NamedTuple):
    """What a loop goes through where these answers are given."""

    answers: Answers
    items: dict[str, None]


def _alphanumeric(item: str) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "", item)


class _Loops:
    """The loops of one template while they are unrolled."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.choices: dict[str, Choice] = {}
        self.reader = partial(Extended, choices=self.choices)
        self._values = 0
        self._resources = 0

    # --- sections

    def condition(self, name: str, written: Value, now: _Round) -> Value:
        del name
        return self._filled(written, now)

    def output(self, name: str, written: Value, now: _Round) -> Value:
        return self._gated(name, self._filled(written, now), now)

    def resource(self, id: str, written: Value, now: _Round) -> Value:
        if id.startswith(_LOOP):
            return written
        now = replace(now, made=id, depth=len(written.at.path))
        if now.items:
            self._resources += 1
            if self._resources > MAX_RESOURCES:
                raise _refused(f"loops that make more than {MAX_RESOURCES} resources", written.at)
        filled = self._filled(Value(written.data, now.place(written.at)), now)
        return self._gated(id, filled, now)

    def _gated(self, id: str, filled: Value, now: _Round) -> Value:
        """A resource or output that is there only in some deployments."""
        written = filled.get("Condition")
        own = self._constant(written)
        if not isinstance(own, str | None):
            own = f"the condition of {id}"  # which nobody can tell
        if not isinstance(filled.data, dict) or (own is written.data and not now.gate):
            return filled
        conditions = [name for name in (now.gate, own) if name]
        members = {key: member for key, member in filled.data.items() if key != "Condition"}
        if conditions:
            members["Condition"] = Value(self._both(*conditions), written.at)
        return Value(members, filled.at)

    def _both(self, *conditions: str) -> str:
        if len(conditions) == 1:
            return conditions[0]
        name = " and ".join(conditions)
        self.choices[name] = Choice(({},), conditions)
        return name

    # --- loops

    def members(self, written: Value, now: _Round) -> Iterator[tuple[str, Value, _Round]]:
        """The members of a mapping, those of its loops included, and the turn that makes each.

        A loop that nobody can follow stays as it is written.
        """
        for key, member in written.items():
            if not key.startswith(_LOOP):
                yield self._text(key, member.at, now), member, now
            elif (turns := self._turns(key, member, now)) is None:
                yield key, Value(member.data, Place(member.at.source, member.at.path)), now
            else:
                body = member.get(2)
                for turn in turns:
                    yield from self.members(Value(body.data, turn.place(body.at)), turn)

    def _turns(self, name: str, loop: Value, now: _Round) -> list[_Round] | None:
        """The turns of a loop; None if the template does not tell, or it is no loop."""
        match loop.data:
            case [str(identifier), _, dict()]:
                pass
            case _:
                return None
        if len(now.items) == MAX_NESTED:
            raise _refused(f"loops nested deeper than {MAX_NESTED} levels", loop.at)
        ways = self._ways(self._filled(loop.get(1), now))
        if ways is None:
            return None
        items = dict.fromkeys(item for way in ways for item in way.items)
        return [
            replace(
                now,
                items=(*now.items, (identifier, item)),
                gate=self._gate(name, item, ways, now.gate),
            )
            for item in items
        ]

    def _ways(self, collection: Value) -> list[_Way] | None:
        """What a loop goes through; None if nobody can tell."""
        ways: list[_Way] = []
        for world in worlds():
            self._count(_WAY, collection.at)
            listed = world.scope(self.template).settle(collection).data
            if not isinstance(listed, Seq) or len(ways) == _MOST_WAYS:
                return None
            items = dict.fromkeys(_item(one.data) for one in listed)
            if "" in items:
                return None
            self._count(len(items), collection.at)
            ways.append(_Way(world.answers, items))
        return ways

    def _gate(self, loop: str, item: str, ways: list[_Way], outer: str) -> str:
        """The condition under which a loop has an item; "" if it always does."""
        having = tuple(way.answers for way in ways if item in way.items)
        asked = {question for answers in having for _, question in answers}
        guessed = any(map(self.template.is_guess, asked))
        if len(having) == len(ways) and not guessed:
            return outer
        name = f"{loop} {len(self.choices)}"
        self.choices[name] = Choice(having, (outer,) if outer else ())
        return name

    # --- bodies

    def _filled(self, written: Value, now: _Round) -> Value:
        return Value(self._fill(written.data, written.at, now), written.at)

    def _fill(self, data: Any, at: Place, now: _Round) -> Any:
        """What is written, with the items of the loops around it, and its own loops unrolled."""
        if now.items:
            self._count(1, at)
        match data:
            case str():
                return self._text(data, at, now)
            case list():
                return [self._fill(one, at / index, now) for index, one in enumerate(data)]
            case {"Ref": argument} | {"Fn::GetAtt": argument} | {"Fn::Sub": argument} if (
                len(data) == 1
            ):
                return self._pointer(next(iter(data)), argument, at, now)
            case dict():
                return self._mapping(Value(data, at), now)
            case Value():
                return self._filled(data, now)
        return data

    def _text(self, text: str, at: Place, now: _Round) -> str:
        if not now.items or "{" not in text:
            return text
        longest = max(len(item) for _, item in now.items)
        holes = text.count("${") + text.count("&{")
        self._count(holes * longest // _CHARACTERS, at)
        return now.fill(text)

    def _mapping(self, written: Value, now: _Round) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, member, turn in self.members(written, now):
            if name.startswith(_LOOP):
                made[MACRO] = Value({"Name": name}, member.at)
                continue
            filled = self._filled(member, turn)
            if turn.gate != now.gate:
                filled = Value({"Fn::If": [turn.gate, filled, _NOTHING]}, member.at)
            made[name] = filled.data if member.at == written.at / name else filled
        return made

    def _pointer(self, name: str, argument: Any, at: Place, now: _Round) -> Any:
        """A `Ref`, `Fn::GetAtt` or `Fn::Sub`, which may be nothing but an item."""
        items = dict(now.items)
        if name == "Ref" and isinstance(argument, str) and argument in items:
            return items[argument]
        filled = self._fill(argument, at / name, now)
        match name, filled:
            case "Fn::Sub", (str(text) | [str(text), *_]) if "${" not in text:
                return text
            case "Ref", dict():
                filled = self._constant(Value(filled, at / name))
            case "Fn::GetAtt", [dict() as id, attribute]:
                filled = [self._constant(Value(id, at / name / 0)), attribute]
        return {name: filled}

    def _constant(self, written: Value) -> Any:
        """The text that something is in every deployment; as it is written if there is none."""
        world = World({})
        settled = world.scope(self.template).settle(written).data
        told = isinstance(settled, str | None) and not world.answers
        return settled if told else written.data

    def _count(self, values: int, at: Place) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise _refused(f"loops that make more than {MAX_VALUES:,} values", at)


def _item(data: Any) -> str:
    """What a loop goes through, as text; "" for what it cannot."""
    match data:
        case bool():
            return str(data).lower()
        case str() | int() | float():
            return str(data)
    return ""


def _refused(why: str, at: Place) -> Unreadable:
    return Unreadable(why, at.location.line, at.location.column)
