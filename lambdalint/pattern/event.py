"""Event patterns against events of which not everything is known.

A pattern matches as EventBridge's own matcher has it: https://github.com/aws/event-ruler
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple, TypeAlias

from lambdalint.pattern.data import OneOf, Open, nested, parsed, plain
from lambdalint.pattern.leaf import EVENTBRIDGE, Dialect, is_text, passes
from lambdalint.pattern.text import fits, wildcard
from lambdalint.pattern.verdict import MAYBE, NO, YES, Verdict, agreed
from lambdalint.value import Ref, Text, Unknown


def match(pattern: Any, event: Any, dialect: Dialect = EVENTBRIDGE) -> Verdict:
    """Whether an event pattern selects an event.

    Both are JSON data or settled values of one template; the pattern may be a JSON text. An unknown
    value in the event may be anything, or not be there. A pattern that AWS would refuse, or that
    takes too long to compare, may match.
    """
    work = _Work(dialect)
    data = nested(plain(event))
    try:
        return max((work.fields(rule, data) for rule in work.rules(pattern)), default=NO)
    except _UndecidedError:
        return MAYBE


def only_from_aws(pattern: Any) -> Verdict:
    """Whether a pattern selects only events of AWS services, which nobody else can put.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    """
    try:
        rules = _Work(EVENTBRIDGE).rules(pattern)
        return min(
            (min(map(_is_of_aws, _tests(rule, "source")), default=NO) for rule in rules),
            default=MAYBE,
        )
    except _UndecidedError:
        return MAYBE


def _tests(rule: list[Field], name: str) -> list[Any]:
    return [test for field in rule if field.path == (name,) for test in field.tests]


def _is_of_aws(test: Any) -> Verdict:
    """Whether a source that passes a test begins like those of AWS services."""
    match test:
        case str() | Text() | Ref() as text:
            return fits(["aws.", ""], text)
        case {"exactly": text} | {"prefix": text} if is_text(text):
            return fits(["aws.", ""], text)
        case {"wildcard": str(text)}:
            pieces = wildcard(text)
            return fits(["aws.", ""], pieces[0]) if pieces else MAYBE
        case {"equals-ignore-case": str(text)} | {"prefix": {"equals-ignore-case": str(text)}}:
            return min(MAYBE, fits(["aws.", ""], text, ignore_case=True))
        case {"anything-but": _} | {"suffix": _} | {"exists": True} | {"cidr": _}:
            return NO
        case None | bool() | int() | float() | {"numeric": _} | {"exists": False}:
            return YES  # no source passes it
    return MAYBE


class Field(NamedTuple):
    """The tests of a pattern for what stands at a path, and whether nothing may stand there."""

    path: tuple[str, ...]
    tests: list[Any]
    absent: Verdict
    size: int

    def below(self) -> Field:
        return self._replace(path=self.path[1:])


# A pattern without alternatives: its fields by their paths, written with dots.
Rule: TypeAlias = dict[str, Field]


def _field(path: str, tests: list[Any]) -> Field:
    absent = max(map(_allows_absence, tests))
    return Field(tuple(path.split(".")), tests, absent, sum(map(_size, tests)))


def _allows_absence(test: Any) -> Verdict:
    match test:
        case {"exists": bool(wanted), **others} if not others:
            return Verdict.of(not wanted)
        case dict() if len(test) == 1 and not {"exists"} & test.keys() and _RESERVED & test.keys():
            return NO
        case Unknown() | dict() | list():
            return MAYBE
    return NO


def _size(data: Any) -> int:
    """How many steps it takes to read tests or a text."""
    match data:
        case str():
            return 1 + len(data) // 100
        case Text():
            return sum(map(_size, data.parts))
        case list():
            return sum(map(_size, data))
        case dict():
            return sum(map(_size, data.values()))
    return 1


class _UndecidedError(Exception):
    """A pattern that AWS would refuse, or more work than any real one takes."""


# Far more than any real pattern takes.
_MOST_STEPS = 100_000
# Alternatives that `$or` makes of one pattern.
_MOST_RULES = 1_000

# https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/Constants.java
_RESERVED = EVENTBRIDGE.operators | {"=", "<", "<=", ">", ">=", "regex", "not-wildcard"}
_RESERVED |= {"not-equals-ignore-case", "ip-address-in-range", "ip-address-not-in-range"}
_RESERVED |= {"date-after", "date-on-or-after", "date-before", "date-on-or-before"}
_RESERVED |= {"in-date-range"}


class _Work:
    """A comparison that takes a bounded number of steps."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect, self.left = dialect, _MOST_STEPS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _UndecidedError

    # --- the pattern

    def rules(self, pattern: Any) -> list[list[Field]]:
        """The alternatives that a pattern consists of."""
        data = plain(parsed(pattern))
        if not isinstance(data, dict) or not data:
            raise _UndecidedError
        rules = self._alternatives(data, "", ors=_are_alternatives(data))
        # Their order decides what `exists` sees of arrays.
        return [[rule[path] for path in sorted(rule)] for rule in rules]

    def _alternatives(self, pattern: dict[str, Any], above: str, *, ors: bool) -> list[Rule]:
        rules: list[Rule] = [{}]
        for key, data in pattern.items():
            self.spend(1)
            if ors and key == "$or" and isinstance(data, list):
                choices = [self._alternatives(one, above, ors=ors) for one in data]
                found = [rule for choice in choices for rule in choice]
            elif isinstance(data, dict) and data:
                found = self._alternatives(data, f"{above}{key}.", ors=ors)
            else:
                tests = data if isinstance(data, list) and data else [Unknown("no tests")]
                found = [{above + key: _field(above + key, tests)}]
            rules = self._both(rules, found)
        return rules

    def _both(self, rules: list[Rule], others: list[Rule]) -> list[Rule]:
        if len(rules) * len(others) > _MOST_RULES:
            raise _UndecidedError
        if len(rules) == len(others) == 1:
            for path, field in others[0].items():
                self.spend(1)
                # Which of two counts, their order decides, which may not be that of the template.
                twice = path in rules[0]
                rules[0][path] = _field(path, [Unknown("twice")]) if twice else field
            return rules
        found = []
        for one, other in product(rules, others):
            self.spend(len(one) + len(other))
            found += self._both([dict(one)], [other])
        return found

    # --- the event

    def fields(self, fields: list[Field], data: Any) -> Verdict:
        """Whether all fields match what stands here."""
        self.spend(len(fields))
        match data:
            case OneOf(choices):
                return agreed(self.fields(fields, choice) for choice in choices)
            case list():
                return self._elements(fields, data)
            case dict():
                return self._members(fields, data)
            case Unknown():
                return min(MAYBE if field.path else self._leaf(field, data) for field in fields)
        return min(field.absent if field.path else self._leaf(field, data) for field in fields)

    def _leaf(self, field: Field, leaf: Any) -> Verdict:
        self.spend(field.size + len(field.tests) * _size(leaf))
        return max(passes(test, leaf, self.dialect) for test in field.tests)

    def _members(self, fields: list[Field], members: dict[str, Any]) -> Verdict:
        verdict, below = YES, dict[str, list[Field]]()
        for field in fields:
            if field.path:
                below.setdefault(field.path[0], []).append(field.below())
            else:
                verdict = min(verdict, field.absent)
        for name, group in below.items():
            if name in members:
                verdict = min(verdict, self.fields(group, members[name]))
            elif isinstance(members, Open):
                verdict = min(verdict, MAYBE)
            else:
                verdict = min(verdict, *(field.absent for field in group))
        return verdict

    def _elements(self, fields: list[Field], elements: list[Any]) -> Verdict:
        """Whether the fields match one element of an array, the same for all of them.

        They are looked up in order: until the first of them chooses an element, what must be absent
        must be so from all.
        """
        if len({bool(field.path) for field in fields}) > 1:  # texts beside objects
            found = ([field for field in fields if bool(field.path) is deep] for deep in (0, 1))
            return min(MAYBE, *(self._elements(some, elements) for some in found))
        best, before = NO, YES
        for index, field in enumerate(fields):
            rest = [field._replace(absent=NO), *fields[index + 1 :]]
            verdicts = [self.fields(rest, element) for element in elements]
            if self.dialect.hesitates and NO in verdicts and any(map(_excludes, rest)):
                verdicts = [min(MAYBE, verdict) for verdict in verdicts]
            best = max(best, min(before, max(verdicts, default=NO)))
            before = min(before, field.absent, self._absent(field.path, elements))
            if before is NO:
                return best
        return max(best, before)

    def _absent(self, path: tuple[str, ...], data: Any) -> Verdict:
        """Whether no value stands at a path."""
        self.spend(1)
        match data:
            case Unknown():
                return MAYBE
            case OneOf(choices):
                return agreed(self._absent(path, choice) for choice in choices)
            case list():
                return min((self._absent(path, element) for element in data), default=YES)
            case dict() if path and path[0] in data:
                return self._absent(path[1:], data[path[0]])
            case dict():
                return MAYBE if path and isinstance(data, Open) else YES
        return YES if path else NO


def _excludes(field: Field) -> bool:
    return any(isinstance(test, dict) and "anything-but" in test for test in field.tests)


def _are_alternatives(pattern: dict[str, Any]) -> bool:
    """Whether each `$or` of a pattern is one, and not just the name of a field.

    https://github.com/aws/event-ruler#the-or-primitive
    """
    return all(
        isinstance(choices, list)
        and len(choices) > 1
        and all(
            isinstance(choice, dict) and choice and not _RESERVED & {*_names(choice)}
            for choice in choices
        )
        for choices in _choices(pattern)
    )


def _choices(pattern: dict[str, Any]) -> Iterator[Any]:
    """What stands at each `$or` of a pattern."""
    for key, data in pattern.items():
        inner = data if key == "$or" and isinstance(data, list) else [data]
        if key == "$or":
            yield data
        for one in inner:
            if isinstance(one, dict):
                yield from _choices(one)


def _names(pattern: dict[str, Any]) -> Iterator[str]:
    """The names of the fields of a pattern, those in others too."""
    for key, data in pattern.items():
        yield key
        if isinstance(data, dict):
            yield from _names(data)
