"""Modules of the code: their syntax, and places in it."""

from __future__ import annotations

import ast
import re
import warnings
from functools import cached_property, partial

from lambdalint.source.codefile import CodeFile, Span
from lambdalint.source.locate import Cache, Codebase
from lambdalint.value import Place, Ref, Text, Unknown, unspell

# More modules than any handler is made of that people write themselves.
_MOST_MODULES, _MOST_CHARACTERS = 200, 3_000_000
# In longer lines, columns are counted in bytes.
_LONGEST_LINE = 2000


class Module:
    """A module that was parsed; `name` is how it is imported."""

    def __init__(self, name: str, code: CodeFile, tree: ast.Module, *, is_package: bool) -> None:
        self.name, self.code, self.tree, self.is_package = name, code, tree, is_package
        self._lines: list[str] | None = None

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    def at(self, node: ast.AST) -> Place:
        """Where something is written."""
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            word = {ast.FunctionDef: "def", ast.ClassDef: "class"}.get(type(node), "async def")
            end_line, end = line, start + len(f"{word} {node.name}".encode())
        return self.code.place(
            Span(line, self._column(line, start), end_line, self._column(end_line, end))
        )

    def _column(self, line: int, offset: int) -> int:
        """The column of a byte of a line, both as Python counts them."""
        if self.code.text.isascii():
            return offset + 1
        if self._lines is None:
            self._lines = re.split(r"\r\n?|\n", self.code.text)
        if line > len(self._lines) or len(self._lines[line - 1]) > _LONGEST_LINE:
            return offset + 1
        return len(self._lines[line - 1].encode()[:offset].decode(errors="replace")) + 1

    def text(self, literal: str) -> str | Ref | Unknown | Text:
        """A literal, with what a template puts into it."""
        return unspell(literal, self.code.holes) if self.code.holes else literal


class Modules:
    """The modules of a function's code, read when they are imported."""

    def __init__(self, code: Codebase, cache: Cache) -> None:
        self._code, self._cache = code, cache
        self._room = _MOST_CHARACTERS
        self.found: dict[str, Module | None] = {}

    def entry(self) -> Module | None:
        """The module with the handler."""
        name = self._code.entry.removesuffix(".py").removesuffix("/__init__")
        return self.find(name.replace("/", "."))

    def find(self, name: str) -> Module | None:
        """A module of the code itself, None if it has none of that name."""
        if name not in self.found:
            is_own = name.partition(".")[0] not in self._installed
            is_read = is_own and len(self.found) < _MOST_MODULES
            self.found[name] = self._read(name) if is_read else None
        return self.found[name]

    @cached_property
    def _installed(self) -> frozenset[str]:
        """The libraries that lie beside the code, as `pip install --target` puts them there.

        https://packaging.python.org/en/latest/specifications/recording-installed-packages/
        """
        found: set[str] = set()
        for name in self._code.names():
            if name.endswith(".dist-info"):
                found.add(name.partition("-")[0].lower())
                listed = self._code.file(f"{name}/top_level.txt")
                found.update(listed.text.split() if listed else ())
        return frozenset(found)

    def _read(self, name: str) -> Module | None:
        path = name.replace(".", "/")
        for file, is_package in ((f"{path}.py", False), (f"{path}/__init__.py", True)):
            if code := self._code.file(file):
                self._room -= len(code.text)
                if self._room < 0:
                    return None
                tree = self._cache.once(("python", code), partial(_parsed, code))
                return Module(name, code, tree, is_package=is_package) if tree else None
        return None

    def is_there(self, name: str) -> bool:
        """Whether the code has a module of its own of that name, though it may be unreadable."""
        if name.partition(".")[0] in self._installed:
            return False
        path = name.replace(".", "/")
        return any(self._code.file(f"{path}{end}") for end in (".py", "/__init__.py"))


def _parsed(code: CodeFile) -> ast.Module | None:
    """The syntax of a text, None if it is not today's Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
