"""What an expression of JavaScript is, as far as the code alone tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from lambdalint.source.handler import EACH, Given, Joined, Own, Replaced, Said, Variable
from lambdalint.value import Ref, Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

    from lambdalint.source.javascript.syntax import Script

# Plain data of Python, the pieces of `Said`, or one of the classes below.
Seen: TypeAlias = Any

DATA = Unknown("known only when the code runs")

# More than anybody writes by hand.
MOST_INSIDE = 500
_MOST_TOLD = 2_000
_MOST_ALTERNATIVES = 6
_MOST_PARTS = 64
_LONGEST = 10_000
_DEEPEST = 24


class Scope:
    """The names that are known at a point of the code."""

    __slots__ = ("names", "parent", "script")

    def __init__(self, script: Script, parent: Scope | None = None) -> None:
        self.script, self.parent = script, parent
        self.names: dict[str, Seen] = {}

    def holding(self, name: str) -> Scope | None:
        """The innermost scope that declares a name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope


@dataclass(slots=True, eq=False)
class Object:
    """An object: its members, and whether there may be others."""

    members: dict[str, Seen] = field(default_factory=dict)
    open: bool = False
    made_by: Class | None = None


@dataclass(slots=True, eq=False)
class List:
    """An array: what its elements may be, and whether there may be others.

    In a `loose` one nobody knows which element is the first, but for those that `lead`; one with
    `each_record` has something for each record of the event.
    """

    items: list[Seen] = field(default_factory=list)
    open: bool = False
    loose: bool = False
    each_record: bool = False
    lead: int = 0


@dataclass(slots=True, eq=False)
class Function:
    """A function of the code, or a method with the object it belongs to."""

    node: Node
    scope: Scope
    this: Seen = None


@dataclass(slots=True, eq=False)
class Class:
    """A class of the code."""

    node: Node
    scope: Scope
    parent: Seen = None
    methods: dict[str, Node] = field(default_factory=dict)
    fields: dict[str, Node | None] = field(default_factory=dict)
    statics: Object = field(default_factory=Object)


class Builtin(NamedTuple):
    """Something of the language or of Node.js: `Promise.all`."""

    name: str


class Package(NamedTuple):
    """A package of somebody else, or what is below it: `@aws-sdk/client-s3`, `S3Client`."""

    name: str
    path: tuple[str, ...] = ()


class Foreign(NamedTuple):
    """What a package made, and the function of the code that it was made around, if any."""

    package: Package
    inner: Function | None = None
    also: tuple[Package, ...] = ()


class Exporting(Protocol):
    """A module of the code."""

    def exported(self, name: str) -> Seen: ...


class Live(NamedTuple):
    """A name that is imported from another module: what it is there when it is asked."""

    module: Exporting
    name: str


class Namespace(NamedTuple):
    """All that a module of the code exports."""

    module: Exporting


class Client(NamedTuple):
    """A client of an AWS service; `style` is `v3`, `v2`, or `document` for plain JavaScript data.

    It is `limited` if its patience is set, or may be.
    """

    service: str
    style: str
    limited: bool = True


class Method(NamedTuple):
    """A method of a client, before it is called."""

    client: Client
    name: str


class Command(NamedTuple):
    """What a client of version 3 is told to do."""

    service: str
    action: str
    arguments: Seen


class Web(NamedTuple):
    """A client of HTTP with an address that its own are added to."""

    base: Seen


@dataclass(slots=True, eq=False)
class Made:
    """A call of AWS while more is learned about it."""

    service: str
    action: str
    arguments: Seen
    node: Node
    script: Script
    checked: bool = False
    parallel: bool = False
    repeated: bool = False
    guards: tuple[tuple[Script, Node], ...] = ()
    limited: bool = True


class Answer(NamedTuple):
    """What AWS answers to a call, or a part of that."""

    made: Made


@dataclass(slots=True, eq=False)
class Pending:
    """A promise: what it becomes, where it was made, and how often somebody has taken it.

    It is `followed` if another one is made of it; that one is `behind` it if it does no work.
    """

    value: Seen
    node: Node
    script: Script
    what: str
    uses: int = 0
    made: Made | None = None
    followed: bool = False
    behind: Pending | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether all the work for it is done when somebody has waited."""
        return self.uses > 0 or (self.behind is not None and self.behind.is_waited_for)


class Decoded(NamedTuple):
    """A piece of the event whose percent-encoding is undone."""

    given: Given


class Report(NamedTuple):
    """A partial batch response that a library has made."""

    what: str


class Either(NamedTuple):
    """One of several values: which, only a run of the code tells."""

    values: tuple[Seen, ...]


class Environment:
    """`process.env`."""


class Callback(NamedTuple):
    """A function that takes results: the third parameter of a handler, or `resolve` of a promise.

    The result is its first argument, or else its second, after an error.
    """

    first: bool = False


class Context:
    """The second parameter of a handler, `context`."""


def either(values: Iterable[Seen]) -> Seen:
    """One of these values, each once."""
    found: list[Seen] = []
    for value in values:
        for one in value.values if isinstance(value, Either) else (value,):
            if not any(one is other or _same(one, other) for other in found):
                found.append(one)
    if len(found) == 1:
        return found[0]
    if len(found) > _MOST_ALTERNATIVES:
        return Either((*found[: _MOST_ALTERNATIVES - 1], DATA))
    return Either(tuple(found)) if found else None


def _same(one: Seen, other: Seen) -> bool:
    return type(one) is type(other) and bool(one == other)


def alternatives(value: Seen) -> tuple[Seen, ...]:
    """Everything that a value may be."""
    return value.values if isinstance(value, Either) else (value,)


def join(parts: Iterable[Seen]) -> Seen:
    """A text that is put together; the one piece it consists of, if it is one."""
    joined: list[Seen] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Joined) else (part,):
            text = _text(piece)
            if isinstance(text, str) and joined and isinstance(joined[-1], str):
                joined[-1] += text
            elif text != "":
                joined.append(text)
        if len(joined) > _MOST_PARTS or (joined and len(str(joined[-1])) > _LONGEST):
            return Unknown("a very long text")
    if not joined:
        return ""
    return joined[0] if len(joined) == 1 else Joined(tuple(joined))


def located(given: Sequence[Seen]) -> Seen:
    """What `new URL(address, base)` is, as a text."""
    if len(given) < 2 or (isinstance(given[0], str) and "://" in given[0]):
        return given[0] if given else None
    return join((given[1], "/", given[0]))


def _text(piece: Seen) -> Seen:
    if isinstance(piece, bool):
        return str(piece).lower()
    if isinstance(piece, str | int | float):
        return str(piece)
    if isinstance(piece, Variable | Given | Own | Decoded | Replaced | Ref | Unknown):
        return piece
    return Unknown("put together when the code runs")


def said(value: Seen) -> Said:
    """What is told about a value to those who do not know JavaScript."""
    return _Telling().told(value, 0)


class _Telling:
    """What is told about one value, and how much may still be told."""

    def __init__(self) -> None:
        self._left = _MOST_TOLD

    def told(self, value: Seen, depth: int) -> Said:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return DATA
        match value:
            case None | str() | int() | float():
                return value
            case Variable() | Given() | Own() | Ref() | Unknown():
                return value
            case Decoded(given):
                return given
            case Joined(parts):
                return Joined(tuple(self.told(part, depth + 1) for part in parts))
            case Replaced(whole, old, new):
                return Replaced(self.told(whole, depth + 1), old, new)
            case Object(members=members):
                told = {key: self.told(one, depth + 1) for key, one in members.items()}
                return {**told, EACH: DATA} if value.open else told
            case List(items=items):
                listed = [self.told(one, depth + 1) for one in items]
                return [*listed, DATA] if value.open else listed
            case Pending():
                return self.told(value.value, depth + 1)
        return DATA


def inside(value: Seen) -> Iterator[Seen]:
    """A value and everything in it, each once, as far as anybody wants to look."""
    todo = [value]
    seen: set[int] = set()
    while todo and len(seen) < MOST_INSIDE:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += _within(one)


def _within(value: Seen) -> Iterable[Seen]:
    match value:
        case Object():
            return value.members.values()
        case List():
            return value.items
        case Either(values):
            return values
        case Joined(parts):
            return parts
        case Replaced(whole):
            return (whole,)
        case Pending():
            return (value.value,)
    return ()
