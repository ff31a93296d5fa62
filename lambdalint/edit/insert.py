"""Another member for a mapping or a list, written as those that are there."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lambdalint.edit.outline import Found, Member, Node, column_of
from lambdalint.edit.write import inline, lines, quoted, scalar
from lambdalint.value import Key


class Spot(NamedTuple):
    """Characters of a text, from `start` up to `end`, and what stands there from now on."""

    start: int
    end: int
    text: str


def added(text: str, found: Found, value: Any) -> list[Spot]:
    """What to write so that a value stands at the rest of a path; nothing if that is not certain."""
    node, (key, *below) = found.node, found.rest
    for one in reversed(below):
        value = {one: value}
    members = list(node.members())
    end = node.end()
    if end is None or not _takes(node, members, key):
        return []
    if not node.is_flow:
        return _below(text, found, members, end, list(lines(scalar(key), value, found.step)))
    if members:
        return _beside(text, node, members, end, key, value)
    if text[end - 1 : end] not in ("}", "]"):  # an alias
        return []
    data = {key: value} if node.kind == "mapping" else [value]
    return [Spot(node.start, end, quoted(data) if _is_json(text) else inline(data))]


def _takes(node: Node, members: list[Member], key: Key) -> bool:
    """Whether a mapping takes another key, or a list in brackets another element at its end."""
    if node.kind == "list":
        return node.is_flow and key == len(members)
    return node.kind == "mapping" and isinstance(key, str) and not _is_call(members)


def _is_call(members: list[Member]) -> bool:
    """Whether a mapping calls a function, or has a macro write the rest of it."""
    names = [str(one.key) for one in members]
    return "Fn::Transform" in names or (
        len(names) == 1 and names[0].startswith(("Ref", "Condition", "Fn::"))
    )


# --- in lines -------------------------------------------------------------------------------------

_REST = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?=\r|\n|\Z)")
_BREAK = re.compile(r"\r\n|\r|\n")


def _below(
    text: str, found: Found, members: list[Member], end: int, written: list[str]
) -> list[Spot]:
    """Lines below the last member, apart from it if those are apart from each other."""
    rest = _REST.match(text, end)
    if rest is None:
        return []
    line_end = newline(text)
    apart = line_end if len(members) > 1 and _is_apart(text, members[-1]) else ""
    indent = " " * found.column
    added = "".join(f"{line_end}{indent}{line}" for line in written)
    return [Spot(rest.end(), rest.end(), apart + added)]


def newline(text: str) -> str:
    """How the lines of a text end."""
    first = _BREAK.search(text)
    return first[0] if first else "\n"


def _is_apart(text: str, member: Member) -> bool:
    """Whether an empty line stands above a member."""
    above = text[: member.start - column_of(text, member.start)].splitlines()
    return bool(above) and not above[-1].strip()


# --- in brackets ----------------------------------------------------------------------------------

# What may stand between the last value and the bracket: a comma, blanks and comments.
_GAP = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*)*(?P<comma>,)?(?:\s|(?<=\s)#[^\r\n]*)*\Z")
_COLON = re.compile(r"[ \t]*:(?P<blank>\s?)")


def _beside(
    text: str, node: Node, members: list[Member], end: int, key: Key, value: Any
) -> list[Spot]:
    """A member behind the last one, on a line of its own if that has one."""
    last = members[-1]
    stop = last.node().end()
    closing = end - 1
    gap = _GAP.match(text, stop, closing) if stop is not None else None
    if gap is None or stop is None:
        return []
    comma = gap.start("comma")
    trails = comma >= 0
    after = comma + 1 if trails else stop
    own_line = text[last.start - column_of(text, last.start) : last.start]
    style = _Style.of(text, members)
    if own_line.strip() or text.find("\n", node.start, last.start) < 0:
        blank = " " if style.wide else ""
        return [Spot(after, after, f"{'' if trails else ','}{blank}{style.member(key, value)}")]
    step = _step(text, node, own_line)
    written = style.member(key, value, step).replace("\n", f"{newline(text)}{own_line}")
    line = f"{newline(text)}{own_line}{written}{',' * trails}"
    rest = _REST.match(text, after, closing)
    at = rest.end() if rest else after
    if at == after or trails:
        return [Spot(at, at, f"{'' if trails else ','}{line}")]
    return [Spot(after, after, ","), Spot(at, at, line)]


class _Style(NamedTuple):
    """How members between brackets are written: in JSON's way, with blanks."""

    is_json: bool
    wide: bool

    @classmethod
    def of(cls, text: str, members: list[Member]) -> _Style:
        if isinstance(members[0].key, int):
            inner = list(members[0].node().members())
            return cls.of(text, inner) if inner else cls(_is_json(text), wide=True)
        colon = _COLON.match(text, members[0].end)
        return cls(text[members[0].start] == '"', not colon or colon["blank"] != "")

    def member(self, key: Key, value: Any, step: str | None = None) -> str:
        if not self.is_json:
            return inline(value) if isinstance(key, int) else f"{scalar(key)}: {inline(value)}"
        written = quoted(value, indent=step, wide=self.wide)
        if isinstance(key, int):
            return written
        return f"{quoted(key)}{': ' if self.wide else ':'}{written}"


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] == "{"


def _step(text: str, node: Node, indent: str) -> str:
    """What the members of a mapping are indented by more than the line with its bracket."""
    start = node.start - column_of(text, node.start)
    outer = text[start : node.start]
    outer = outer[: len(outer) - len(outer.lstrip())]
    inner = indent.removeprefix(outer)
    return inner if inner != indent or not outer else "  "
