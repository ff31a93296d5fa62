"""What regular expressions take of a text, as far as that is written out."""

from __future__ import annotations

import re
from typing import NamedTuple

# What stands for itself, or is escaped to do so.
_LITERAL = re.compile(r"(?:[^\\^$.|?*+()\[\]{}]|\\[^A-Za-z0-9])*")
_ESCAPE = re.compile(r"\\(.)")


class Taken(NamedTuple):
    """Where an expression finds something: at the `start` of a text, at its `end`, anywhere.

    `literal` is what it finds there, None where that may be several things.
    """

    literal: str | None
    start: bool
    end: bool


def taken(expression: str) -> Taken:
    """What an expression takes, in the syntax that Python and JavaScript share."""
    start = expression.startswith("^")
    end = expression.endswith("$") and not expression.endswith("\\$")
    inner = expression[start : len(expression) - end]
    if "|" in inner:
        return Taken(None, start=False, end=False)
    literal = _ESCAPE.sub(r"\1", inner) if _LITERAL.fullmatch(inner) else None
    return Taken(literal, start, end)
