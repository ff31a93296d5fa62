"""What a template says, and where: values, places, references, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

Key: TypeAlias = str | int
Path: TypeAlias = tuple[Key, ...]


class Location(NamedTuple):
    """A span of a file; lines and columns count from 1, the end column is the one after."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Source(Protocol):
    """A text that can tell where a path of it was written."""

    file: str
    text: str

    def locate(self, path: Path) -> Location: ...


class Place:
    """A path into a source; its location is computed only when somebody wants to see it.

    `span` overrules the path for what no path can name, such as the first of two equal keys.
    """

    __slots__ = ("path", "source", "span")

    def __init__(self, source: Source, path: Path = (), span: Location | None = None) -> None:
        self.source, self.path, self.span = source, path, span

    def __truediv__(self, key: Key) -> Place:
        return Place(self.source, (*self.path, key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return f"<{self.source.file}#{'/'.join(map(str, self.path))}>"

    def _identity(self) -> tuple[Any, ...]:
        return self.source.file, self.path, self.span

    @property
    def location(self) -> Location:
        """The span of the key (or list item) that the path names."""
        return self.span or self.source.locate(self.path)

    @property
    def resource(self) -> str:
        """The logical id of the resource that it lies in, "" if in none."""
        return str(self.path[1]) if self._in_resource else ""

    @property
    def top(self) -> Place:
        """Where that resource is written; this very place if it lies in none."""
        return Place(self.source, self.path[:2]) if self._in_resource else self

    @property
    def turn(self) -> str:
        """Which turn of the loops around it is meant, "" outside of loops."""
        return ""

    @property
    def _in_resource(self) -> bool:
        return self.path[:1] == ("Resources",) and len(self.path) > 1


class Turn(Place):
    """A place in the body of a loop, in one turn of it.

    `items` are the identifiers of the loops around it and what each of them is in this turn; `made`
    is the logical id of the resource that it lies in, which is written `depth` keys down.
    """

    __slots__ = ("depth", "items", "made")

    def __init__(
        self, source: Source, path: Path, items: tuple[tuple[str, str], ...], made: str, depth: int
    ) -> None:
        super().__init__(source, path)
        self.items, self.made, self.depth = items, made, depth

    def __truediv__(self, key: Key) -> Turn:
        return Turn(self.source, (*self.path, key), self.items, self.made, self.depth)

    def _identity(self) -> tuple[Any, ...]:
        return *super()._identity(), self.items, self.made

    @property
    def resource(self) -> str:
        return self.made

    @property
    def top(self) -> Place:
        return Place(self.source, self.path[: self.depth]) if self.made else self

    @property
    def turn(self) -> str:
        return ", ".join(f"{identifier} = {_short(item)}" for identifier, item in self.items)


def _short(item: str) -> str:
    return item if len(item) <= _LONGEST_ITEM else f"{item[:_LONGEST_ITEM]}…"


_LONGEST_ITEM = 100  # characters, as many as a sentence bears


class Ref(NamedTuple):
    """A pointer to a resource of the stack: `Ref` (no attribute) or `Fn::GetAtt`.

    A pseudo-parameter that nobody pinned down is a pointer too: `Ref("AWS::Region")`.
    `file` is that of the template which declares the resource, "" for the template's own.
    """

    id: str
    attribute: str = ""
    file: str = ""


class Unknown(NamedTuple):
    """What the template alone cannot tell.

    `parameter` names the one parameter it is, if it is one: the same wherever it is used.
    `excluded` are the texts it certainly is not.
    """

    why: str
    parameter: str = ""
    excluded: frozenset[str] = frozenset()


class Text(NamedTuple):
    """A string with holes: literal pieces between pointers and unknowns."""

    parts: tuple[str | Ref | Unknown, ...]

    def __str__(self) -> str:
        return "".join(p if isinstance(p, str) else _hole(p) for p in self.parts)


def _hole(part: Ref | Unknown) -> str:
    if isinstance(part, Unknown):
        return "${" + (part.parameter or "?") + "}"
    return "${" + (f"{part.id}.{part.attribute}" if part.attribute else part.id) + "}"


def placeholder(data: Any) -> str:
    """What stands for a pointer or a parameter, `${Name}`; "" for anything else."""
    if isinstance(data, Ref) or (isinstance(data, Unknown) and data.parameter):
        return _hole(data)
    return ""


def text(parts: Iterator[Any] | list[Any] | tuple[Any, ...]) -> str | Ref | Unknown | Text:
    """Concatenate; what is no text in the end stays the one pointer or unknown that it is."""
    joined: list[str | Ref | Unknown] = []
    literal: list[str] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, bool):
                literal.append(str(piece).lower())
            elif isinstance(piece, str | int | float):
                literal.append(str(piece))
            elif isinstance(piece, Ref | Unknown):
                joined += [*_whole(literal), piece]
                literal.clear()
            else:
                return Unknown("not a text")
    joined += _whole(literal)
    if len(joined) > _MOST_PARTS:
        return Unknown("a text with too many holes")
    if not joined:
        return ""
    return joined[0] if len(joined) == 1 else Text(tuple(joined))


def _whole(pieces: list[str]) -> list[str]:
    """One text instead of many, none instead of an empty one."""
    return [whole] if (whole := "".join(pieces)) else []


# Holes of a spelled text, one character each, so that texts with holes can be cut like any other.
_FIRST_HOLE = 0xF0000
_MOST_PARTS = 0x10000


def spell(data: Any) -> tuple[str, tuple[Ref | Unknown, ...]] | None:
    """A text, pointer or number as one string, each hole a private character; None for others."""
    match data:
        case str():
            return data, ()
        case Ref() | Unknown():
            return chr(_FIRST_HOLE), (data,)
        case Text():
            holes = tuple(part for part in data.parts if not isinstance(part, str))
            numbered = iter(range(_FIRST_HOLE, _FIRST_HOLE + len(holes)))
            return (
                "".join(p if isinstance(p, str) else chr(next(numbered)) for p in data.parts),
                holes,
            )
    return None


def unspell(spelled: str, holes: tuple[Ref | Unknown, ...]) -> str | Ref | Unknown | Text:
    """The text that a piece of a spelled string stands for."""
    if not holes or spelled.isascii():
        return spelled
    parts: list[str | Ref | Unknown] = []
    begin = 0
    for at, character in enumerate(spelled):
        number = ord(character) - _FIRST_HOLE
        if 0 <= number < len(holes):
            parts += [spelled[begin:at], holes[number]]
            begin = at + 1
    return text([*parts, spelled[begin:]])


def split(data: Any, delimiter: str) -> list[str | Ref | Unknown | Text]:
    """The pieces of a text with holes; nothing for what is no text."""
    spelled = spell(data)
    if spelled is None:
        return []
    return [unspell(piece, spelled[1]) for piece in spelled[0].split(delimiter)]


class Value:
    """A piece of a template: what it says, and where.

    As written, `data` is what YAML or JSON says, possibly with `Value`s inside where something
    was put together from several places. Once settled, it is a scalar, a `Ref`, `Text`, `Unknown`,
    a mapping or sequence of settled values, or None where nothing is written.
    """

    __slots__ = ("at", "data")
    __match_args__ = ("data", "at")

    def __init__(self, data: Any, at: Place) -> None:
        self.data, self.at = data, at

    def __repr__(self) -> str:
        return f"Value({self.data!r}, {self.at!r})"

    def __eq__(self, other: object) -> bool:
        """What is said counts, not where."""
        return isinstance(other, Value) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def get(self, *path: Key) -> Value:
        """What is written at a path below; None, placed as deep as it goes, if nothing is."""
        value = self
        for key in path:
            data = value.data
            if isinstance(data, dict):
                found = key in data
            else:
                found = isinstance(data, list) and isinstance(key, int) and key < len(data)
            if not found:
                return Value(None, value.at)
            value = child(data[key], value.at / key)
        return value

    def items(self) -> Iterator[tuple[str, Value]]:
        """The entries of a mapping; none for anything else."""
        if isinstance(self.data, dict):
            for key, data in self.data.items():
                yield key, child(data, self.at / key)

    def elements(self) -> Iterator[Value]:
        """The elements of a list; none for anything else."""
        if isinstance(self.data, list):
            for index, data in enumerate(self.data):
                yield child(data, self.at / index)


class Json(Value):
    """A settled text that spells JSON, and `whole`, the settled value that it spells."""

    __slots__ = ("whole",)

    def __init__(self, data: Any, at: Place, whole: Value) -> None:
        super().__init__(data, at)
        self.whole = whole


def child(data: Any, at: Place) -> Value:
    """A member of a mapping or list, which may know better where it comes from."""
    return data if isinstance(data, Value) else Value(data, at)


class Unreadable(Exception):
    """A text that is no template: what is wrong and where (line and column from 1, 0 unknown)."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class NoTemplate(Unreadable):
    """A text that can be read, but is about something else."""


class _Nowhere:
    """The source of what no loaded template says."""

    file = ""
    text = ""

    def locate(self, path: Path) -> Location:
        """Nothing is asked to show this place; it only keeps `Value.at` total."""
        del path
        return Location("", 1, 1, 1, 1)


NOWHERE = Place(_Nowhere())
