"""YAML and JSON texts → plain data, and the places of its keys on demand.

Two readers, one result: JSON goes through the standard library at C speed and its text is walked
again only for the places that somebody asks for; YAML is composed by libyaml into nodes that carry
marks, and resolved here, the way CloudFormation reads YAML 1.1 (no timestamps).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder, dumps
from json.decoder import WHITESPACE  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lambdalint.value import Key, Location, Path, Place, Source, Unreadable
from lambdalint.words import Words

# CloudFormation takes 1 MB and 500 resources; these bounds only keep hostile texts from hurting.
MAX_BYTES = 20_000_000
MAX_VALUES = 1_000_000
MAX_DEPTH = 200


class Duplicate(NamedTuple):
    """A key that one mapping has twice; the later one counts, unless both say the `same`."""

    key: str
    first: Place
    again: Place
    same: bool


@dataclass(slots=True)
class Document:
    """A text that was read: its data, and the keys that occur twice."""

    source: Source
    root: Any
    duplicates: list[Duplicate] = field(default_factory=list)


def read(text: str, file: str) -> Document:
    """Read a YAML or JSON text; raises `Unreadable`."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise Unreadable(f"longer than {MAX_BYTES:,} characters")
    try:
        text.encode()
    except UnicodeEncodeError as refused:
        where = _Lines(text).position(refused.start)
        raise Unreadable("half a character: a lone surrogate", *where) from None
    if text.lstrip()[:1] not in ("{", "["):
        return _read_yaml(text, file)
    try:
        return _read_json(text, file)
    except JSONDecodeError as refused:
        try:
            return _read_yaml(text, file)  # flow style YAML begins like JSON
        except Unreadable:
            raise Unreadable(
                f"broken JSON: {refused.msg[0].lower()}{refused.msg[1:].removesuffix(' starting at')}",
                *_Lines(text).position(refused.pos),
            ) from None


class _Lines:
    """Where the lines of a text begin, as editors count them."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column of a character, from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, file: str, start: int, end: int) -> Location:
        return Location(file, *self.position(start), *self.position(max(start, end)))


# --- JSON ---------------------------------------------------------------------------------------


def _read_json(text: str, file: str) -> Document:
    repeated = False

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        mapping = dict(members)
        repeated = repeated or len(mapping) != len(members)
        return mapping

    try:
        root = JSONDecoder(object_pairs_hook=pairs).decode(text)
    except RecursionError:
        raise Unreadable(f"nested deeper than {MAX_DEPTH} levels") from None
    except JSONDecodeError:
        raise
    except ValueError:  # Python refuses to convert it
        raise Unreadable("a number with thousands of digits") from None
    _bound(root)
    if _HALF.search(text):
        try:
            dumps(root, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Unreadable("half a character: a lone surrogate") from None
    source = JsonSource(file, text)
    return Document(source, root, source.duplicates() if repeated else [])


# What an escaped surrogate begins with; halves that belong together are a character.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _bound(root: Any) -> None:
    """Refuse what is nested so deeply that walking it would exhaust the stack."""
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [
            member
            for branch in level
            for member in (branch.values() if branch.__class__ is dict else branch)
            if member.__class__ is dict or member.__class__ is list
        ]
        if not level:
            return
    raise Unreadable(f"nested deeper than {MAX_DEPTH} levels")


_BREAK = re.compile(r"[\r\n]")
_scan = JSONDecoder().raw_decode


@dataclass(slots=True, eq=False)
class JsonSource:
    """Finds places in a JSON text, skipping at C speed what is not on the path."""

    file: str
    text: str
    _members: dict[int, list[tuple[Key, int, int, int]]] = field(default_factory=dict)
    _lines: _Lines | None = None

    def locate(self, path: Path) -> Location:
        value = WHITESPACE.match(self.text, 0).end()
        start, end = value, value + 1
        for step in path:
            # A string that spells a list (`"Queue.Arn"`) is the place of all its parts.
            found = [member for member in self.members(value) if member[0] == step]
            if not found:
                break
            _, start, end, value = found[-1]
        return self.span(start, end)

    def duplicates(self) -> list[Duplicate]:
        found: list[Duplicate] = []
        stack: list[tuple[Path, int]] = [((), WHITESPACE.match(self.text, 0).end())]
        while stack:
            path, offset = stack.pop()
            seen: dict[Key, tuple[Place, int]] = {}
            for key, start, end, value in self.members(offset):
                place = Place(self, (*path, key), self.span(start, end))
                if key in seen:
                    first, other = seen[key]
                    same = _scan(self.text, value)[0] == _scan(self.text, other)[0]
                    found.append(Duplicate(str(key), first, place, same))
                seen[key] = place, value
                stack.append(((*path, key), value))
        return found

    def members(self, offset: int) -> list[tuple[Key, int, int, int]]:
        """The members of the container at an offset: key, where that starts and ends, value."""
        if offset in self._members:
            return self._members[offset]
        text, skip = self.text, WHITESPACE.match
        members: list[tuple[Key, int, int, int]] = []
        closing = {"{": "}", "[": "]"}.get(text[offset])
        at = skip(text, offset + 1).end()
        while closing and text[at] != closing:
            start = value = at
            key: Key = len(members)
            if closing == "}":
                key, at = _scan(text, at)
                end = at
                value = skip(text, skip(text, at).end() + 1).end()
            after = _scan(text, value)[1]
            if closing == "]":
                newline = _BREAK.search(text, start, after)
                end = newline.start() if newline else after
            members.append((key, start, end, value))
            at = skip(text, after).end()
            if text[at] == ",":
                at = skip(text, at + 1).end()
        self._members[offset] = members
        return members

    def span(self, start: int, end: int) -> Location:
        """Where characters of the text stand."""
        if self._lines is None:
            self._lines = _Lines(self.text)
        return self._lines.span(self.file, start, end)


# --- YAML ---------------------------------------------------------------------------------------


class _Hooks:
    """Cuts PyYAML's own resolver out: scalars are resolved here, once per distinct text.

    The C composer recurses without bound; the hook that announces a child is where to stop it.
    """

    _depth = 0

    def resolve(self, kind: Any, value: Any, implicit: Any) -> None:
        """Leave the tag empty, so that only explicit tags are seen."""

    def descend_resolver(self, parent: Any, index: Any) -> None:  # noqa: ARG002  PyYAML's name
        self._depth += 1
        if self._depth > MAX_DEPTH:
            mark = parent.start_mark
            raise Unreadable(
                f"nested deeper than {MAX_DEPTH} levels", mark.line + 1, mark.column + 1
            )

    def ascend_resolver(self) -> None:
        self._depth -= 1


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _Composer(_Hooks, CParser):
        """libyaml's composer, bounded."""

else:  # a zipapp cannot carry libyaml

    class _Composer(  # type: ignore[no-redef]
        _Hooks,
        yaml.reader.Reader,
        yaml.scanner.Scanner,
        yaml.parser.Parser,
        yaml.composer.Composer,
    ):
        """PyYAML's own composer, bounded."""

        def __init__(self, text: str) -> None:
            yaml.reader.Reader.__init__(self, text)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)

        def dispose(self) -> None:
            """Nothing to free."""


def _read_yaml(text: str, file: str) -> Document:
    composer: _Composer | None = None
    try:
        composer = _Composer(text)
        node = composer.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = _Lines(text).position(mark.index) if mark else (0, 0)
        started = f"{error.context}, " if str(error.problem).startswith("but ") else ""
        raise Unreadable(f"broken YAML: {started}{error.problem}", *where) from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        found = yaml.reader.Reader.NON_PRINTABLE.search(text)
        where = _Lines(text).position(found.start()) if found else (0, 0)
        raise Unreadable(f"broken YAML: {str(error).splitlines()[0]}", *where) from None
    finally:
        if composer is not None:
            composer.dispose()
    if node is None:
        raise Unreadable("empty")
    source = YamlSource(file, text, node)
    reader = _YamlReader(source)
    root = reader.value(node, 0)
    return Document(source, root, source.duplicates() if reader.repeated else [])


def intrinsic(tag: str) -> str:
    """The long form of a short tag: `!Sub` is `Fn::Sub`, but `!Ref` is `Ref`."""
    name = tag[1:]
    return name if name in ("Ref", "Condition") else f"Fn::{name}"


def is_merge(key: Node) -> bool:
    """Whether a key lets its mapping take what other mappings have."""
    return key.value == "<<" and isinstance(key, ScalarNode) and not key.style


@dataclass(slots=True, eq=False)
class YamlSource:
    """Finds places by walking the nodes along a path."""

    file: str
    text: str
    root: Node
    _lines: _Lines | None = None

    def locate(self, path: Path) -> Location:
        node, key, tagged = self.root, self.root, True
        for step in path:
            if tagged and node.tag and node.tag[0] == "!":
                tagged = False
                if step == intrinsic(node.tag):
                    continue
            found = _member(node, step)
            if found is None:
                break
            (key, node), tagged = found, True
        return self._span(key)

    def duplicates(self) -> list[Duplicate]:
        found: list[Duplicate] = []
        stack: list[tuple[Path, Node]] = [((), self.root)]
        visited: set[Node] = set()
        while stack:
            path, node = stack.pop()
            if isinstance(node, ScalarNode) or node in visited:
                continue
            visited.add(node)
            if node.tag and node.tag[0] == "!":
                path = (*path, intrinsic(node.tag))
            if isinstance(node, SequenceNode):
                stack.extend(((*path, index), item) for index, item in enumerate(node.value))
                continue
            seen: dict[str, tuple[Place, Node]] = {}
            for key, value in node.value:
                place = Place(self, (*path, key.value), self._span(key))
                if key.value in seen and not is_merge(key):
                    first, other = seen[key.value]
                    found.append(Duplicate(key.value, first, place, _is_same(other, value)))
                seen[key.value] = place, value
                stack.append(((*path, key.value), value))
        return found

    def _span(self, node: Node) -> Location:
        start, end = node.start_mark, node.end_mark
        if not isinstance(node, ScalarNode) and node.value:
            first = node.value[0]
            end = (first[0] if isinstance(node, MappingNode) else first).end_mark
        # libyaml counts lines that editors do not, so only the offsets are taken from its marks.
        stop = start.index + 1 if end.line != start.line and node.value else end.index
        return self.span(start.index, stop)

    def span(self, start: int, end: int) -> Location:
        """Where characters of the text stand."""
        if self._lines is None:
            self._lines = _Lines(self.text)
        return self._lines.span(self.file, start, end)


def _is_same(one: Node, other: Node) -> bool:
    """Whether two nodes mean the same, however they are written."""
    if one.tag != other.tag:
        return False
    if not (isinstance(one, ScalarNode) and isinstance(other, ScalarNode)):
        return type(one) is type(other) and (
            len(one.value) == len(other.value) and all(map(_is_same, _parts(one), _parts(other)))
        )
    words = Words()
    meant = [node.value if node.style else words[node.value] for node in (one, other)]
    return bool(meant[0] == meant[1])


def _parts(node: Node) -> Iterator[Node]:
    """The items of a sequence, or the keys and values of a mapping in their order."""
    for part in node.value:
        yield from part if isinstance(node, MappingNode) else (part,)


def _member(node: Node, step: Key) -> tuple[Node, Node] | None:
    """The key and value node of a member (a list item is its own key)."""
    if isinstance(node, SequenceNode):
        if isinstance(step, int) and step < len(node.value):
            return node.value[step], node.value[step]
        return None
    if not isinstance(node, MappingNode):
        return None
    merged = []
    for key, value in reversed(node.value):
        if is_merge(key):
            merged.append(value)
        elif key.value == step or key.value == str(step):
            return key, value
    for source in reversed(merged):
        for one in source.value if isinstance(source, SequenceNode) else (source,):
            if found := _member(one, step):
                return found
    return None


class _YamlReader:
    """Nodes → data; aliases are shared, and what they expand to is bounded."""

    def __init__(self, source: YamlSource) -> None:
        self.source = source
        self.words = Words()
        self.repeated = False
        self.seen = 0
        self.shared: dict[Node, tuple[Any, int | None]] | None = {} if "&" in source.text else None

    def value(self, node: Node, depth: int) -> Any:
        if isinstance(node, ScalarNode):
            if node.tag:
                return self._tagged(node, node.value)
            return node.value if node.style else self.words[node.value]
        if depth > MAX_DEPTH:
            raise self._refuse(f"nested deeper than {MAX_DEPTH} levels", node)
        if self.shared is None:
            return self._tagged(node, self._branch(node, depth))
        if node in self.shared:
            data, size = self.shared[node]
            if size is None:
                raise self._refuse("an alias that contains itself", node)
            self._count(size, node)
            return data
        self.shared[node] = None, None
        before = self.seen
        data = self._tagged(node, self._branch(node, depth))
        self._count(1, node)
        self.shared[node] = data, self.seen - before
        return data

    def _branch(self, node: Node, depth: int) -> Any:
        if isinstance(node, SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return self._mapping(node, depth + 1)

    def _mapping(self, node: Node, depth: int) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        merges: list[Node] = []
        for key_node, value in node.value:
            if not isinstance(key_node, ScalarNode) or (key_node.tag and key_node.tag[0] == "!"):
                raise self._refuse("a key that is no text", key_node)
            if is_merge(key_node):
                merges.append(value)
            else:
                # CloudFormation's keys are texts: `Yes:` and `2012-10-17:` name themselves.
                mapping[key_node.value] = self.value(value, depth)
        if len(mapping) + len(merges) != len(node.value):
            self.repeated = True
        self._count(len(mapping), node)
        for merge in merges:  # a key of the mapping itself beats a merged one
            for one in merge.value if isinstance(merge, SequenceNode) else (merge,):
                merged = self.value(one, depth)
                if isinstance(merged, dict):
                    mapping = {**merged, **mapping}
        return mapping

    def _tagged(self, node: Node, data: Any) -> Any:
        tag = node.tag
        if not tag:
            return data
        if tag[0] != "!":  # `!!int "5"`, `!!str 5`
            plain = tag.rpartition(":")[2] in ("int", "float", "bool", "null")
            return self.words[data] if plain and isinstance(data, str) else data
        name = intrinsic(tag)
        if name == "Fn::GetAtt" and isinstance(data, str):
            data = data.split(".", 1)
        return {name: data}

    def _count(self, size: int, node: Node) -> None:
        self.seen += size
        if self.seen > MAX_VALUES:
            raise self._refuse(f"its aliases expand to more than {MAX_VALUES:,} values", node)

    def _refuse(self, message: str, node: Node) -> Unreadable:
        return Unreadable(message, *_Lines(self.source.text).position(node.start_mark.index))
