"""The nodes of a JSON text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from json import JSONDecoder
from json.decoder import WHITESPACE  # type: ignore[attr-defined]

from lambdalint.edit.outline import Kind, Member, Node
from lambdalint.read import JsonSource

_scan = JSONDecoder().raw_decode
_KINDS: dict[str, Kind] = {"{": "mapping", "[": "list"}


def outline(source: JsonSource) -> Node:
    """The outermost node."""
    return _node(source, WHITESPACE.match(source.text, 0).end())


def _node(source: JsonSource, start: int) -> Node:
    kind = _KINDS.get(source.text[start], "scalar")

    def end() -> int:
        return _scan(source.text, start)[1]

    def members() -> Iterator[Member]:
        for key, first, last, at in source.members(start):
            yield Member(key, first, last, partial(_node, source, at))

    value = _scan(source.text, start)[0] if kind == "scalar" else None
    return Node(kind, start, end, members, value, is_plain=kind == "scalar")
