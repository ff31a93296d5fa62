"""Whether a condition holds: what the template tells, and questions where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from lambdalint.template import PSEUDO, Template
from lambdalint.value import Ref, Text, Unknown, Value

# Conditions that follow each other, or tests within tests; what lies deeper is anybody's guess.
_DEEPEST = 100

# How the label of a comparison begins whose condition is the opposite.
NOT = "not "


class Scope(Protocol):
    """A template in a world, as far as conditions ask it; `depth` is how deep they are in tests."""

    template: Template
    depth: int

    def settle(self, value: Value) -> Value: ...
    def holds(self, condition: str) -> bool: ...
    def pseudo(self, name: str) -> Any: ...
    def ask(self, name: str, candidates: Sequence[Any]) -> Any: ...


def is_true(scope: Scope, test: Value, name: str) -> bool | None:
    """Whether a test holds; None if nobody can tell, or if it is too deep to follow."""
    if scope.depth == _DEEPEST:
        return None
    scope.depth += 1
    held = _follow(scope, test, name)
    scope.depth -= 1
    return held


def _follow(scope: Scope, test: Value, name: str) -> bool | None:
    match test.data:
        case {"Fn::Equals": [_, _]}:
            sides = test.get("Fn::Equals", 0), test.get("Fn::Equals", 1)
            return _equal(scope, *sides, _label(scope, test, name))
        case {"Fn::Not": [_]}:
            held = is_true(scope, test.get("Fn::Not", 0), name)
            return None if held is None else not held
        case {"Fn::And": list()}:
            tests = test.get("Fn::And").elements()
            return _decided((is_true(scope, one, name) for one in tests), by=False)
        case {"Fn::Or": list()}:
            tests = test.get("Fn::Or").elements()
            return _decided((is_true(scope, one, name) for one in tests), by=True)
        case {"Condition": str(other)} if other != name:
            return scope.holds(other)
        case bool(held):
            return held
    return None


def _label(scope: Scope, test: Value, name: str) -> str:
    """What to call a comparison: the condition that is nothing else, or its two sides."""
    condition = scope.template.section("Conditions").get(name)
    if condition.data is test.data:
        return name
    if condition.get("Fn::Not", 0).data is test.data:
        return f"{NOT}{name}"
    return " = ".join(_shown(side.data) for side in test.get("Fn::Equals").elements())


def _equal(scope: Scope, left: Value, right: Value, label: str) -> bool | None:
    sides = _side(scope, left), _side(scope, right)
    for one, other in (sides, sides[::-1]):
        if isinstance(other, str) and _differs(one, other):
            return False
    if all(isinstance(side, str) for side in sides):
        return bool(sides[0] == sides[1])
    if sides[0] == sides[1] and not (isinstance(sides[0], Unknown) and not sides[0].parameter):
        return True
    # Nobody can tell: the comparison itself becomes the question, the same one wherever it is
    # written, so that a world never answers it in two ways.
    spelled = [
        _canonical(value.data, side) for value, side in ((left, sides[0]), (right, sides[1]))
    ]
    question = " = ".join(sorted(spelled))
    scope.template.labels.setdefault(question, label)
    for one, other in (spelled, spelled[::-1]):
        if one.startswith('"'):
            scope.template.compares[question] = other
    return bool(scope.ask(question, (True, False)))


def _differs(side: Any, literal: str) -> bool:
    """Whether a side that the template does not tell is certainly another text than a literal."""
    match side:
        case Unknown(excluded=excluded):
            return literal in excluded
        case Ref(attribute=""):  # a name or an id, whichever
            return not literal
        case Ref(attribute=attribute):
            return attribute.endswith("Arn") and not literal.startswith("arn:")
        case Text(parts):
            return not _may_read(parts, literal)
    return False


def _may_read(parts: Sequence[Any], literal: str) -> bool:
    """Whether a text with holes may be a literal: what is written out is there, in its order."""
    first, last = parts[0], parts[-1]
    if isinstance(first, str) and not literal.startswith(first):
        return False
    if isinstance(last, str) and not literal.endswith(last):
        return False
    end = 0
    for part in parts:
        if isinstance(part, str):
            if (start := literal.find(part, end)) < 0:
                return False
            end = start + len(part)
    holes = [part for part in parts if not isinstance(part, str)]
    if len(holes) > 1:
        return True
    # What the one hole stands for then.
    before = len(first) if isinstance(first, str) else 0
    after = len(literal) - (len(last) if isinstance(last, str) else 0)
    return not _differs(holes[0], literal[before:after])


def _side(scope: Scope, value: Value) -> Any:
    settled = scope.settle(value).data
    if isinstance(settled, Ref) and settled.id in PSEUDO:
        return scope.pseudo(settled.id)
    if isinstance(settled, bool):
        return str(settled).lower()
    return str(settled) if isinstance(settled, int | float) else settled


def _canonical(data: Any, side: Any) -> str:
    """How one side of a comparison is spelled, literals in quotes; `side` is what it settles to."""
    match data:
        case {"Ref": str(name)}:
            return name
        case str() | int() | float():
            return f'"{side}"'
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
