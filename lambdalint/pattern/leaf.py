"""One value of an event, and the tests that a pattern makes of it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from lambdalint.pattern.text import fits, wildcard
from lambdalint.pattern.verdict import MAYBE, NO, YES, Verdict
from lambdalint.value import Ref, Text, Unknown, spell, unspell


class Dialect(NamedTuple):
    """What a service makes of patterns: the operators that it documents.

    It `hesitates` where its documentation contradicts what EventBridge does.
    """

    operators: frozenset[str]
    hesitates: bool = False


_COMMON = frozenset({"exists", "prefix", "suffix", "equals-ignore-case", "numeric", "anything-but"})
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
EVENTBRIDGE = Dialect(
    _COMMON
    | {"cidr", "wildcard", "exactly"}
    | {f"anything-but {name}" for name in ("prefix", "suffix", "equals-ignore-case", "wildcard")}
)
# The same page, column "Pipe support"; Lambda has the same operators as pipes.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
MAPPING = Dialect(_COMMON)
# `exists` wants a value that is neither null nor empty, and of an array none may be excluded.
# https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
# https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
SNS = Dialect(_COMMON | {"cidr", "anything-but prefix"}, hesitates=True)


def passes(test: Any, leaf: Any, dialect: Dialect) -> Verdict:
    """Whether a value passes a test."""
    match test:
        case Unknown():
            return NO if isinstance(leaf, str) and leaf in test.excluded else MAYBE
        case str() | Text() | Ref():
            return _is_text(test, leaf)
        case dict() if len(test) == 1:
            return _operator(*next(iter(test.items())), leaf, dialect)
    if isinstance(leaf, Unknown):
        return MAYBE
    match test:
        case None | bool():
            return Verdict.of(leaf is test)
        case int() | float():
            return _is_number(test, leaf)
    return MAYBE


def _operator(name: str, value: Any, leaf: Any, dialect: Dialect) -> Verdict:
    if name not in dialect.operators or isinstance(leaf, Unknown):
        return MAYBE
    if name == "anything-but":
        return _anything_but(value, leaf, dialect)
    if name == "exists":
        blank = dialect.hesitates and leaf in (None, "")
        return Verdict.of(value) if isinstance(value, bool) and not blank else MAYBE
    return _OPERATORS[name](value, leaf)


# --- texts --------------------------------------------------------------------------------------


def is_text(data: Any) -> bool:
    """Whether data is a text, known or not."""
    return isinstance(data, str | Text | Ref)


def _consists(pieces: list[Any], leaf: Any, *, ignore_case: bool = False) -> Verdict:
    if not all(map(is_text, pieces)):
        return MAYBE
    return fits(pieces, leaf, ignore_case=ignore_case) if is_text(leaf) else NO


def _is_text(value: Any, leaf: Any) -> Verdict:
    if isinstance(leaf, Unknown):
        return NO if value in leaf.excluded else MAYBE
    # Addresses are compared as such.
    same = address(value) is not None and address(value) == address(leaf)
    return YES if same else _consists([value], leaf)


def _exactly(value: Any, leaf: Any) -> Verdict:
    return _consists([value], leaf)


def _prefix(value: Any, leaf: Any) -> Verdict:
    match value:
        case {"equals-ignore-case": text, **others} if not others:
            return _consists([text, ""], leaf, ignore_case=True)
    return _consists([value, ""], leaf)


def _suffix(value: Any, leaf: Any) -> Verdict:
    match value:
        case {"equals-ignore-case": text, **others} if not others:
            return _consists(["", text], leaf, ignore_case=True)
    return _consists(["", value], leaf)


def _equals_ignore_case(value: Any, leaf: Any) -> Verdict:
    return _consists([value], leaf, ignore_case=True)


def _wildcard(value: Any, leaf: Any) -> Verdict:
    text, holes = spell(value) or ("", ())
    pieces = wildcard(text)
    if pieces is None or not is_text(value):
        return MAYBE
    verdict = _consists([unspell(piece, holes) for piece in pieces], leaf)
    return min(verdict, MAYBE) if holes else verdict  # they may be filled with stars


def _anything_but(value: Any, leaf: Any, dialect: Dialect) -> Verdict:
    """Whether a value is there and is none of these."""
    match value:
        case dict() if len(value) == 1:
            ((name, these),) = value.items()
            known = f"anything-but {name}" in dialect.operators
        case _:
            name, these, known = "", value, True
    tests = these if isinstance(these, list) else [these]
    alike = all(map(is_text, tests)) or (not name and all(map(_is_a_number, tests)))
    if not known or not alike or not tests or (name in ("prefix", "suffix") and "" in tests):
        return MAYBE
    if all(map(is_text, tests)):
        tests = [{name or "exactly": test} for test in tests]
    return ~max(passes(test, leaf, EVENTBRIDGE) for test in tests)


# --- numbers ------------------------------------------------------------------------------------

Number: TypeAlias = int | float

_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _is_a_number(data: Any) -> bool:
    return isinstance(data, int | float) and not isinstance(data, bool)


def _is_number(value: Number, leaf: Any) -> Verdict:
    """Whether a value is this number.

    Whether 300 is 300.0, the documentation of EventBridge denies and that of its matcher affirms.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    https://github.com/aws/event-ruler
    """
    if not _is_a_number(leaf) or leaf != value:
        return NO
    return YES if type(leaf) is type(value) else MAYBE


def _numeric(value: Any, leaf: Any) -> Verdict:
    """Whether a value is a number in a range."""
    if not isinstance(value, list) or len(value) not in (2, 4):
        return MAYBE
    names, limits = value[::2], value[1::2]
    if not all(isinstance(name, str) and name in _COMPARISONS for name in names):
        return MAYBE
    if len(names) > 1 and (names[0][0], names[1][0]) != (">", "<"):
        return MAYBE
    if not all(map(_is_comparable, limits)):
        return MAYBE
    if not _is_a_number(leaf):
        return NO
    if not _is_comparable(leaf):
        return MAYBE
    return Verdict.of(
        all(_COMPARISONS[name](leaf, limit) for name, limit in zip(names, limits, strict=True))
    )


def _is_comparable(data: Any) -> bool:
    """Whether a number is one of those that services say they compare exactly.

    https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
    """
    return _is_a_number(data) and abs(data) <= 1e9 and round(data, 5) == data


# --- addresses ----------------------------------------------------------------------------------

_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*")


def address(data: Any) -> Any:
    """The IP address that a text spells, if it spells one."""
    if not isinstance(data, str) or not _ADDRESS.fullmatch(data) or len(data) > _LONGEST:
        return None
    from ipaddress import ip_address  # noqa: PLC0415  few patterns hold addresses

    if "." in data:
        data = ".".join(str(int(part)) for part in data.split("."))
    try:
        found = ip_address(data)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


_LONGEST = 99  # characters of an address, leading zeros included


def _cidr(value: Any, leaf: Any) -> Verdict:
    """Whether a value is an address of a network."""
    from ipaddress import ip_network  # noqa: PLC0415  the same

    if isinstance(leaf, Text | Ref):
        return MAYBE
    start, slash, bits = value.partition("/") if isinstance(value, str) else ("", "", "")
    if address(start) is None or not slash or not bits.isdecimal() or len(bits) > len("128"):
        return MAYBE
    try:
        network = ip_network(f"{address(start)}/{bits}", strict=False)
    except ValueError:
        return MAYBE
    found = address(leaf)
    if found is None:
        return NO
    # What becomes of an address of the other version, nobody says.
    return Verdict.of(found in network) if found.version == network.version else MAYBE


_OPERATORS: dict[str, Callable[[Any, Any], Verdict]] = {
    "exactly": _exactly,
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
}
