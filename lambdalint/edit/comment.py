"""Comments in a YAML text: where another one may stand, and be nothing but a comment."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection

import yaml

from lambdalint.edit import Edit
from lambdalint.edit.insert import newline
from lambdalint.read import YamlSource

# https://yamllint.readthedocs.io/en/stable/rules.html#module-yamllint.rules.line_length
WIDTH = 80

_LINE = re.compile(r"[^\r\n]*")
_BREAK = re.compile(r"\r\n?|\n")
_MARK = re.compile(r"(?:^|(?<=[ \t]))#")


class Margin:
    """The room for comments beside and above the lines of a text; lines count from 1.

    What stands below keys of some names has comments of its own, and is taken for room.
    """

    def __init__(self, source: YamlSource, code: Collection[str] = ()) -> None:
        self.source = source
        self._starts = [0, *(match.end() for match in _BREAK.finditer(source.text))]
        self._scalars = sorted(_scalars(source.root, code))
        self._newline = newline(source.text)

    def near(self, line: int, comment: str) -> Edit | None:
        """A comment where people would write it: beside a line that has none and stays short with
        it, or else above; None where it would become part of a text.
        """
        if line > len(self._starts):
            return None
        wide = self._width(line) + len(f"  {comment}") > WIDTH
        above = self.above(line, comment)
        if above and (wide or self._is_commented(line)):
            return above
        return self.beside(line, comment) or above

    def beside(self, line: int, comment: str) -> Edit | None:
        """A comment at the end of a line."""
        start, end = self._span(line)
        bare = start + len(self.source.text[start:end].rstrip())
        if self.is_text(bare) or self._is_commented(line):
            return None
        return Edit(self.source, bare, end, f"  {comment}")

    def above(self, line: int, comment: str) -> Edit | None:
        """A comment on a line of its own, indented as the one below it."""
        start, end = self._span(line)
        if self.is_text(start):
            return None
        written = self.source.text[start:end]
        indent = written[: len(written) - len(written.lstrip())]
        return Edit(self.source, start, start, f"{indent}{comment}{self._newline}")

    def offset(self, line: int, column: int) -> int:
        """Where a character stands that is told by its line and column."""
        return self._starts[line - 1] + column - 1

    def is_text(self, offset: int) -> bool:
        """Whether an offset lies within a scalar, so that a comment would be part of what it says."""
        before = bisect_left(self._scalars, (offset, 0)) - 1
        return before >= 0 and offset < self._scalars[before][1]

    def _is_commented(self, line: int) -> bool:
        start, end = self._span(line)
        marks = _MARK.finditer(self.source.text[start:end])
        return any(not self.is_text(start + mark.start()) for mark in marks)

    def _span(self, line: int) -> tuple[int, int]:
        start = self._starts[line - 1]
        written = _LINE.match(self.source.text, start)
        return start, written.end() if written else start

    def _width(self, line: int) -> int:
        start, end = self._span(line)
        return len(self.source.text[start:end].rstrip())


def _scalars(root: yaml.Node, code: Collection[str]) -> set[tuple[int, int]]:
    """Where the scalars of a text begin and end, but for code."""
    found: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    seen: set[tuple[yaml.Node, bool]] = set()
    todo = [(root, False)]
    while todo:
        node, is_code = todo.pop()
        if (node, is_code) in seen:
            continue
        seen.add((node, is_code))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                names_code = isinstance(key, yaml.ScalarNode) and key.value in code
                todo += [(key, is_code), (value, is_code or names_code)]
        elif isinstance(node, yaml.SequenceNode):
            todo += [(one, is_code) for one in node.value]
        else:
            found[is_code].add((node.start_mark.index, node.end_mark.index))
    return found[False] - found[True]
