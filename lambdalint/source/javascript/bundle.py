"""Code that tools have put together, and the files it was made of.

Source maps: https://tc39.es/ecma426/
"""

# ruff: noqa: PTH113

from __future__ import annotations

import os
import posixpath
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from json import loads
from typing import Any, NamedTuple

from lambdalint.files import Project
from lambdalint.source.codefile import CodeFile, Span
from lambdalint.source.locate import Codebase
from lambdalint.value import Place

# Nobody writes longer lines; what minifiers make of names and statements tells too little.
_LONGEST_LINE = 5_000

# The map itself may stand in the last line.
_MAPPED = "//# sourceMappingURL="

_MADE = re.compile(
    r"__toCommonJS\(|__commonJS\(|__webpack_require__|^// (?:[^\s/]+/)+[^\s/]+\.[cm]?[jt]sx?$"
    # What esbuild leaves of its own names when it minifies.
    r"|\b0 ?&& ?\(module\.exports ?=|[;}]export\{[\w$]+ as [\w$]+[,}]",
    re.MULTILINE,
)
_DIGITS = {
    digit: value
    for value, digit in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}


class Texts(NamedTuple):
    """Where the files of a program are, which may have the handler, and whether they are written
    by people.
    """

    file: Callable[[str], CodeFile | None]
    entries: list[str]
    certain: bool


def texts(code: Codebase) -> Texts | None:
    """The files to read of a code; None where tools have left nothing to read."""
    entry = code.file(code.entry)
    if entry is None:
        return None
    lines = (line for line in entry.text.split("\n") if not line.startswith(_MAPPED))
    is_long = max(map(len, lines), default=0) > _LONGEST_LINE
    if not is_long and not _MADE.search(entry.text):
        return Texts(code.file, [code.entry], certain=True)
    if found := code.file(f"{code.entry}.map"):
        originals = _originals(entry, found.text)
        name = code.handler.partition(".")[0]
        entries = [path for path, one in reversed(originals.items()) if name in one.text]
        if entries:
            return Texts(originals.get, entries, certain=True)
    return None if is_long else Texts(code.file, [code.entry], certain=False)


def _originals(bundle: CodeFile, document: str) -> dict[str, CodeFile]:
    """The files that a bundle was made of, but for those of packages, by their paths from it."""
    try:
        found = loads(document)
    except (ValueError, RecursionError):
        return {}
    match found:
        case {"sources": [*sources], "sourcesContent": [*contents], "mappings": str(mappings)}:
            places = _Map(mappings)
        case _:
            return {}
    root = found.get("sourceRoot")
    originals: dict[str, CodeFile] = {}
    for number, (source, content) in enumerate(zip(sources, contents, strict=False)):
        if isinstance(source, str) and isinstance(content, str) and "node_modules" not in source:
            path = posixpath.normpath(posixpath.join(root if isinstance(root, str) else "", source))
            there = _written(bundle, path, content)
            originals[path] = there or _Original(bundle, content, places, number)
    return originals


def _written(bundle: CodeFile, path: str, content: str) -> CodeFile | None:
    """The file of the project that a bundle was made of, if it still says the same."""
    project = Project(bundle.file)
    whole = project.find(path)
    if not whole or not os.path.isfile(whole):
        return None
    try:
        with open(whole, encoding="utf-8-sig") as opened:  # noqa: PTH123
            same = opened.read(len(content) + 1) == content.replace("\r\n", "\n")
    except (OSError, ValueError):
        return None
    return CodeFile(project.name(whole), content) if same else None


class _Original(CodeFile):
    """A file that is not there any more: its places are those of the bundle."""

    __slots__ = ("_bundle", "_map", "_number")

    def __init__(self, bundle: CodeFile, text: str, places: _Map, number: int) -> None:
        super().__init__(bundle.file, text)
        self._bundle, self._map, self._number = bundle, places, number

    def place(self, span: Span) -> Place:
        line, column = self._map.made_of(self._number, span.line - 1, span.column - 1)
        whole = self._bundle.text.split("\n")
        if not (0 <= line < len(whole) and 0 <= column <= len(whole[line])):
            line = column = 0  # the map is of another bundle
        return self._bundle.place(Span(line + 1, column + 1, line + 1, len(whole[line]) + 1))


class _Map:
    """Which place of a bundle was made of which place of a file; all count from 0."""

    def __init__(self, mappings: str) -> None:
        self._mappings = mappings
        self._made: dict[int, list[tuple[int, int, int, int]]] | None = None

    def made_of(self, number: int, line: int, column: int) -> tuple[int, int]:
        """The line and column of the bundle that were made of a place in a source."""
        if self._made is None:
            self._made = {}
            for source, *rest in _segments(self._mappings):
                self._made.setdefault(source, []).append((rest[0], rest[1], rest[2], rest[3]))
            for places in self._made.values():
                places.sort()
        places = self._made.get(number, [])
        before = bisect_right(places, (line, column, 1 << 60, 0)) - 1
        if before >= 0:
            return places[before][2], places[before][3]
        return 0, 0


def _segments(mappings: str) -> Iterator[tuple[int, int, int, int, int]]:
    """The source, its line and column, and the line and column of the bundle of each segment."""
    source = line = column = 0
    for made_line, group in enumerate(mappings.split(";")):
        made_column = 0
        for segment in group.split(","):
            steps = _steps(segment)
            if len(steps) in (4, 5):
                made_column += steps[0]
                source, line, column = source + steps[1], line + steps[2], column + steps[3]
                yield source, line, column, made_line, made_column
            elif steps:
                made_column += steps[0]


def _steps(segment: str) -> list[int]:
    """The numbers of a segment: digits of base 64, five bits each and the sign last."""
    found: list[int] = []
    number = shift = 0
    for character in segment:
        digit: Any = _DIGITS.get(character)
        if digit is None or shift > 60:
            return []
        number |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            found.append(-(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    return found
