"""YAML and JSON texts seen alike: where their mappings, lists and scalars begin and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lambdalint.value import Key, Path

Kind = Literal["mapping", "list", "scalar"]


@dataclass(slots=True, eq=False)
class Node:
    """What is written for a value, from `start` on.

    `value` is what a scalar says. `is_plain` tells of one that is nothing but its characters,
    `is_flow` of a mapping or list between brackets. `call` is the function that its tag calls,
    `lent` the keys that a mapping takes from others. What is shared stands for other places too.
    """

    kind: Kind
    start: int
    end: Callable[[], int | None]
    """Where the last of it ends; None if nobody can tell."""
    members: Callable[[], Iterator[Member]]
    value: Any = None
    is_plain: bool = True
    is_flow: bool = True
    is_shared: bool = False
    call: str = ""
    lent: frozenset[Key] = frozenset()


class Member(NamedTuple):
    """A key, where it stands, and how to get what is written for it."""

    key: Key
    start: int
    end: int
    node: Callable[[], Node]


class Found(NamedTuple):
    """The innermost node on the way to a path, and the rest of the path.

    `column` tells how far its members are indented, `step` by how much more than those around it.
    """

    node: Node
    rest: Path
    column: int
    step: int


# What most people indent by.
_STEP = 2


def find(text: str, root: Node, path: Path) -> Found | None:
    """What is written on the way to a path; None if its text stands for something else too."""
    node, rest, column, step = root, path, 0, _STEP
    while not node.is_shared:
        if node.call:
            if rest[:1] != (node.call,):
                return None
            rest = rest[1:]
        members = list(node.members())
        if members and node.kind == "mapping" and not node.is_flow:
            before, column = column, column_of(text, members[0].start)
            step = column - before or step
        inner = next((one for one in reversed(members) if rest[:1] == (one.key,)), None)
        if inner is None:
            lost = len(rest) > 1 and rest[0] in node.lent
            return None if lost else Found(node, rest, column, step)
        node, rest = inner.node(), rest[1:]
    return None


def column_of(text: str, offset: int) -> int:
    """How many characters stand before one on its line."""
    return offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) - 1
