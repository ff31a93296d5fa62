"""Texts of code, and places in them that reports can show."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

from lambdalint.value import Location, Path, Place, Ref, Unknown, Value, spell


class Span(NamedTuple):
    """A piece of a text; lines and columns count characters from 1, the end is the one after."""

    line: int
    column: int
    end_line: int
    end_column: int


class CodeFile:
    """A file of code.

    `holes` are what a template puts into a text that it writes itself: each is one private
    character there, as `spell` has it.
    """

    __slots__ = ("file", "holes", "text")

    def __init__(self, file: str, text: str, holes: tuple[Ref | Unknown, ...] = ()) -> None:
        self.file, self.text, self.holes = file, text, holes

    def __repr__(self) -> str:
        return f"<code {self.file}>"

    def locate(self, path: Path) -> Location:
        """Where the file begins: no path leads into it."""
        del path
        return Location(self.file, 1, 1, 1, 1)

    def place(self, span: Span) -> Place:
        """Where a piece of the code is written."""
        return Place(self, (), Location(self.file, *span))


class InlineCode(CodeFile):
    """Code that stands in a template: its places are the template's.

    `value` is the settled text, `written` what the template writes for it.
    """

    __slots__ = ("_at", "_first", "_lines", "_margin")

    def __init__(self, value: Value, written: Value) -> None:
        text, holes = spell(value.data) or ("", ())
        super().__init__(value.at.source.file, text, holes)
        self._at = value.at
        self._lines = _joined(written)
        self._first, self._margin = (0, 0) if self._lines else _block(text, value.at)

    def locate(self, path: Path) -> Location:
        del path
        return self._at.location

    def place(self, span: Span) -> Place:
        """The line of the template that has a piece of the code; the whole of it if none has."""
        if span.line <= len(self._lines):
            return self._lines[span.line - 1]
        if not self._first:
            return self._at
        shifted = Location(
            self.file,
            self._first + span.line - 1,
            self._margin + span.column,
            self._first + span.end_line - 1,
            self._margin + span.end_column,
        )
        return Place(self._at.source, self._at.path, shifted)


def _joined(written: Value) -> list[Place]:
    """Where the lines of a text are written that is joined of them; nothing for other texts."""
    match written.data:
        case {"Fn::Join": ["\n", [*pieces]]} if not any(
            isinstance(piece, str) and "\n" in piece for piece in pieces
        ):
            return [one.at for one in written.get("Fn::Join", 1).elements()]
    return []


# How far below its key a block of text may begin: `Fn::Sub:` and the like stand between them.
_FARTHEST = 5


def _block(text: str, at: Place) -> tuple[int, int]:
    """The line of a template in which a text begins as it stands there, and how far it is indented.

    Zeros for a text that is written in any other way.
    """
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    whole = at.source.text.split("\n")
    key = at.location.line
    for start in range(key, min(key + _FARTHEST, len(whole))):
        margin = len(whole[start]) - len(whole[start].lstrip(" "))
        margin -= len(lines[first]) - len(lines[first].lstrip(" "))
        written = whole[start - first :]
        if margin > 0 and all(
            _is_same(line, one[margin:])
            for line, one in zip_longest(lines, written[: len(lines)], fillvalue="")
            if line.strip()
        ):
            return start - first + 1, margin
    return 0, 0


def _is_same(line: str, written: str) -> bool:
    """Whether a line says what a template writes there, whatever is put into its holes."""
    first, *others = _HOLE.split(written.rstrip("\r"))
    if not others:
        return line == first
    *middle, last = others
    at = len(first)
    for piece in middle:
        found = line.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return line.startswith(first) and line.endswith(last) and at + len(last) <= len(line)


_HOLE = re.compile(r"\$\{[^}]*\}")
