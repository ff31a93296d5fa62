"""Places as editors count them: lines from 0, columns in the units that the two agree upon."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from lsprotocol.types import Position, Range, TextEdit
from pygls.workspace import PositionCodec

from lambdalint.value import Location

_BREAK = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


class Ruler:
    """Measures texts, each of which is split into its lines once."""

    def __init__(self, codec: PositionCodec) -> None:
        self._codec = codec
        self._split: dict[str, list[str]] = {}

    def range(self, at: Location, text: str) -> Range:
        """A span of a text."""
        start = self._position(at.line, at.column, text)
        return Range(start, max(start, self._position(at.end_line, at.end_column, text)))

    def edits(self, before: str, after: str) -> list[TextEdit]:
        """What makes a text of another one: lines that are replaced."""
        old, new = self._lines(before), self._lines(after)
        matcher = SequenceMatcher(None, old, new)
        return [
            TextEdit(Range(self._start(old, first), self._start(old, last)), "".join(new[a:b]))
            for kind, first, last, a, b in matcher.get_opcodes()
            if kind != "equal"
        ]

    def _start(self, lines: list[str], number: int) -> Position:
        """Where a line begins; beyond the last one, where that ends."""
        if number < len(lines):
            return Position(number, 0)
        return Position(number - 1, self._units(lines[-1]))

    def _position(self, line: int, column: int, text: str) -> Position:
        lines = self._lines(text)
        before = lines[line - 1][: column - 1] if line <= len(lines) else ""
        return Position(line - 1, self._units(before))

    def _units(self, text: str) -> int:
        """How long a piece of a line is; some lines are all there is of a large file."""
        units: int = len(text) if text.isascii() else self._codec.client_num_units(text)
        return units

    def _lines(self, text: str) -> list[str]:
        """The lines with their ends, the last of which has none."""
        if text not in self._split:
            self._split[text] = _BREAK.split(text)
        return self._split[text]
