"""The nodes of a YAML text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import yaml

from lambdalint.edit.outline import Kind, Member, Node
from lambdalint.read import YamlSource, intrinsic, is_merge
from lambdalint.value import Key
from lambdalint.words import Words


def outline(source: YamlSource) -> Node:
    """The outermost node."""
    return _Reader(source).node(source.root, 0)


_KINDS: dict[type, Kind] = {
    yaml.MappingNode: "mapping",
    yaml.SequenceNode: "list",
    yaml.ScalarNode: "scalar",
}


class _Reader:
    """Composed nodes → ours."""

    def __init__(self, source: YamlSource) -> None:
        self.text = source.text
        self.words = Words()
        self.shared = _shared(source.root) if "&" in self.text else frozenset()

    def node(self, node: yaml.Node, after: int) -> Node:
        """What is written for a node behind the character at an offset."""

        def members() -> Iterator[Member]:
            return self._members(node)

        def end() -> int | None:
            return self._end(node, after)

        tag = node.tag or ""
        scalar = node if isinstance(node, yaml.ScalarNode) else None
        return Node(
            _KINDS[type(node)],
            node.start_mark.index,
            end,
            members,
            self._value(scalar) if scalar else None,
            is_plain=scalar is not None and not tag and self._is_bare(scalar),
            is_flow=_is_flow(node),
            is_shared=node in self.shared,
            call=intrinsic(tag) if tag[:1] == "!" else "",
            lent=frozenset(_lent(node)),
        )

    def _value(self, node: yaml.ScalarNode) -> Any:
        return node.value if node.style else self.words[node.value]

    def _is_bare(self, node: yaml.ScalarNode) -> bool:
        """Whether a scalar is on one line, and has neither an anchor nor a block of its own."""
        written = self.text[node.start_mark.index : node.end_mark.index]
        return bool(written) and written[0] not in "&!|>" and len(written.splitlines()) == 1

    def _members(self, node: yaml.Node) -> Iterator[Member]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                start, end = key.start_mark.index, key.end_mark.index
                yield Member(key.value, start, end, partial(self.node, value, end))
        elif isinstance(node, yaml.SequenceNode):
            after = node.start_mark.index
            for index, item in enumerate(node.value):
                alias = self._alias(item, after)
                node_of = partial(self.node, item, after)
                yield Member(index, item.start_mark.index, after, node_of)
                after = alias.end() if alias else max(after, item.end_mark.index)

    def _alias(self, node: yaml.Node, after: int) -> re.Match[str] | None:
        """The alias that stands for a node which is written further up."""
        return _ALIAS.match(self.text, after) if node.start_mark.index < after else None

    def _end(self, node: yaml.Node, after: int) -> int | None:
        """A block's own mark stands beyond the comments below it."""
        if node.start_mark.index < after:
            alias = self._alias(node, after)
            return alias.end() if alias else None
        end: int = node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            return self._end_of_text(node, end) if node.style in ("|", ">") else end
        if _is_flow(node) or not node.value:
            return end
        *_, last = self._members(node)
        return last.node().end()

    def _end_of_text(self, node: yaml.ScalarNode, end: int) -> int | None:
        """The last line of a block of text; where it is kept, the empty lines below belong to it.

        A block that ends with the file, within a line, would gain the end of that line.
        """
        head = self.text[node.start_mark.index : end].splitlines()[0]
        breaks = _LAST_BREAK if "+" in head.partition("#")[0] else _LAST_BREAKS
        found = breaks.search(self.text, node.start_mark.index, end)
        return found.start() if found else None


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


# What stands between a key or an item and the alias that is its value, and the alias.
_ALIAS = re.compile(r"[\s:,\[-]*\*[^\s,\[\]{}]+")
_LAST_BREAK = re.compile(r"(?:\r\n|\r|\n)\Z")
_LAST_BREAKS = re.compile(r"(?:\r\n|\r|\n)+\Z")


def _lent(node: yaml.Node) -> Iterator[Key]:
    """The keys that a mapping takes from others, and they from others."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if is_merge(key):
            for one in value.value if isinstance(value, yaml.SequenceNode) else (value,):
                if isinstance(one, yaml.MappingNode):
                    yield from (inner.value for inner, _ in one.value)
                yield from _lent(one)


def _shared(root: yaml.Node) -> frozenset[yaml.Node]:
    """The nodes that several places have in common: what an anchor and its aliases stand for."""
    seen: set[yaml.Node] = set()
    shared: set[yaml.Node] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        if node in seen:
            shared.add(node)
            continue
        seen.add(node)
        if isinstance(node, yaml.MappingNode):
            todo += [one for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value
    return frozenset(shared)
