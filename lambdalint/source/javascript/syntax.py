"""JavaScript and TypeScript texts as trees."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from lambdalint.source.codefile import CodeFile, Span
from lambdalint.value import Place

_LANGUAGES = {
    "js": tree_sitter_javascript.language,
    "ts": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}
_DIALECTS = {"ts": "ts", "mts": "ts", "cts": "ts", "tsx": "tsx"}
_PARSERS: dict[str, Parser] = {}


class Script:
    """A text of JavaScript or TypeScript, at a path below the root of the code."""

    __slots__ = ("_data", "code", "path", "root")

    def __init__(self, path: str, code: CodeFile) -> None:
        self.path, self.code = path, code
        self._data = code.text.encode("utf-8", "replace")
        self.root = _parser(path).parse(self._data).root_node

    def place(self, node: Node) -> Place:
        """Where something is written: all of it, or as much of it as stands on its first line."""
        start, end = node.start_point, node.end_point
        first = self._data[node.start_byte - start.column : node.end_byte].partition(b"\n")[0]
        line = first.decode("utf-8", "replace").rstrip("\r")
        column = len(first[: start.column].decode("utf-8", "replace")) + 1
        last = len(line) + 1
        if end.row == start.row:
            inside = self._data[node.start_byte : node.end_byte]
            last = column + len(inside.decode("utf-8", "replace"))
        return self.code.place(Span(start.row + 1, column, start.row + 1, last))


def text(node: Node | None) -> str:
    """The text of a node, "" for none."""
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def first(node: Node) -> Node | None:
    """The first piece of a node that is no comment."""
    return next((one for one in node.named_children if one.type != "comment"), None)


def within(node: Node) -> Iterator[Node]:
    """All nodes below a node."""
    todo = node.named_children
    while todo:
        one = todo.pop()
        yield one
        todo += one.named_children


def asks_for_any(length: Node) -> bool:
    """Whether code asks by the length of a list only if there is anything in it."""
    node, around = length, length.parent
    while around and (
        around.type == "parenthesized_expression" or _operator(around) in ("&&", "||")
    ):
        node, around = around, around.parent
    if around is None:
        return False
    if around.type == "binary_expression" and node == length:
        least = text(around.child_by_field_name("right"))
        return (_operator(around), least) in _ANY and not _is_asked_each_turn(around)
    return (
        _operator(around) == "!"
        or around.type == "if_statement"
        or (around.type == "ternary_expression" and node == around.child_by_field_name("condition"))
    )


def _is_asked_each_turn(test: Node) -> bool:
    """Whether a loop goes on for as long as a test says so."""
    around = test.parent
    while around and (around.type == "parenthesized_expression" or _operator(around)):
        around = around.parent
    return around is not None and around.type in (
        *("while_statement", "do_statement", "for_statement", "expression_statement"),
    )


def _operator(node: Node) -> str:
    return text(node.child_by_field_name("operator"))


# What a length is compared with by those who ask whether a list is empty.
_ANY = frozenset(
    {
        *((operator, "0") for operator in ("==", "===", "!=", "!==", ">", "<=")),
        ("<", "1"),
        (">=", "1"),
    }
)


def _parser(path: str) -> Parser:
    dialect = _DIALECTS.get(path.rpartition(".")[2], "js")
    if dialect not in _PARSERS:
        _PARSERS[dialect] = Parser(Language(_LANGUAGES[dialect]()))
    return _PARSERS[dialect]
