"""Texts with holes and patterns with stars: which match whatever fills the holes, which never."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lambdalint.pattern.verdict import MAYBE, NO, YES, Verdict
from lambdalint.value import Ref, Text, Unknown

# While they are compared, holes are private characters, the same one for the same pointer.
_FIRST, _LAST = 0xF0000, 0xFFFFD
_HOLE = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


def fits(pieces: Sequence[Any], text: Any, *, ignore_case: bool = False) -> Verdict:
    """Whether a text consists of these pieces, with anything between them.

    The pieces and the text may be pointers or have holes themselves.
    """
    names: dict[Any, str] = {}
    spelled = [_spelled(piece, names) for piece in (*pieces, text)]
    if None in spelled or len(names) > _LAST - _FIRST:
        return MAYBE
    if ignore_case:
        # What EventBridge makes of the case of other letters, it does not say.
        if not all(_HOLE.sub("", one or "").isascii() for one in spelled):
            return MAYBE
        spelled = [(one or "").lower() for one in spelled]
    *pattern, whole = [one or "" for one in spelled]
    if _matches(pattern, whole):
        return YES
    stars = [part for piece in pattern for part in _HOLE.split(piece)]
    return MAYBE if _may_match(stars, _HOLE.split(whole)) else NO


def _spelled(text: Any, names: dict[Any, str]) -> str | None:
    """A text with a character for each hole; None if it has such characters itself."""
    spelled: list[str] = []
    for part in text.parts if isinstance(text, Text) else (text,):
        if not isinstance(part, str):
            spelled.append(names.setdefault(_identity(part), chr(_FIRST + len(names))))
        elif _HOLE.search(part):
            return None
        else:
            spelled.append(part)
    return "".join(spelled)


def _identity(hole: Ref | Unknown) -> Any:
    """What is the same for two holes if they are certainly filled alike."""
    if isinstance(hole, Unknown):
        return hole.parameter or object()
    return hole


def _matches(pieces: Sequence[str], text: str) -> bool:
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    start, end = len(first), len(text) - len(last)
    if start > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        start = text.find(piece, start, end)
        if start < 0:
            return False
        start += len(piece)
    return True


def _may_match(pattern: Sequence[str], text: Sequence[str]) -> bool:
    """Whether some text consists of the pieces of both."""
    if len(pattern) == 1:
        return _matches(text, pattern[0])
    if len(text) == 1:
        return _matches(pattern, text[0])
    # With a star in each, what one has in the middle the star of the other takes.
    short, long = sorted((pattern[0], text[0]), key=len)
    before, after = sorted((pattern[-1], text[-1]), key=len)
    return long.startswith(short) and after.endswith(before)


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
_ESCAPED = re.compile(r"\\([*\\])|(\*)|(\\)")


def wildcard(text: str) -> list[str] | None:
    """The pieces between the stars of a wildcard; None if it is not well-formed."""
    pieces, end = [""], 0
    for found in _ESCAPED.finditer(text):
        literal, star, stray = found.groups()
        if stray or (star and found.end() < len(text) and text[found.end()] == "*"):
            return None
        pieces[-1] += text[end : found.start()] + (literal or "")
        if star:
            pieces.append("")
        end = found.end()
    pieces[-1] += text[end:]
    return pieces
