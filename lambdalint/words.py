"""What plain words mean in YAML 1.1, the way CloudFormation reads it: dates stay text."""

from __future__ import annotations

import re
from typing import Any, TypeVar

_INT = re.compile(
    r"[-+]?(?:0b_*[01][01_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)$"
)
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|\.(?:inf|Inf|INF))$|\.(?:nan|NaN|NAN)$"
)
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
# No number is longer; Python would refuse to spell it out.
_LONGEST = 1000


class Words(dict[str, Any]):
    """What plain scalars mean in YAML 1.1, each text resolved once."""

    def __init__(self) -> None:
        super().__init__(_WORDS)

    def __missing__(self, word: str) -> Any:
        self[word] = meaning = _plain(word)
        return meaning


Number = TypeVar("Number", int, float)


def _plain(word: str) -> Any:
    if word[0] not in "0123456789+-." or len(word) > _LONGEST:
        return word
    if _INT.match(word):
        return _integer(word.replace("_", ""))
    if _FLOAT.match(word):
        return _float(word.replace("_", "").lower())
    return word


def _integer(digits: str) -> int:
    sign, digits = (-1 if digits[0] == "-" else 1), digits.lstrip("+-")
    if ":" in digits:
        return sign * _sexagesimal([int(part) for part in digits.split(":")])
    if digits == "0":
        return 0
    return sign * int(digits, {"0b": 2, "0x": 16}.get(digits[:2], 8 if digits[0] == "0" else 10))


def _float(digits: str) -> float:
    sign, digits = (-1.0 if digits[0] == "-" else 1.0), digits.lstrip("+-")
    if digits in (".inf", ".nan"):
        return sign * float(digits[1:])
    return sign * _sexagesimal([float(part) for part in digits.split(":")])


def _sexagesimal(digits: list[Number]) -> Number:
    total, *others = digits
    for digit in others:
        total = total * 60 + digit
    return total
