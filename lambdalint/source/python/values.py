"""What expressions of Python may be, as far as it matters to AWS and to events."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from lambdalint.source.handler import (
    EACH,
    Call,
    Given,
    Joined,
    Own,
    Replaced,
    Said,
    Variable,
)
from lambdalint.source.python.module import Module
from lambdalint.value import Place, Ref, Unknown

# Nobody knows what it is: calling it may do anything.
ANYTHING = Unknown("what the code makes of it")
# More pieces than any name is put together from, and more ways than matter.
_MOST_PARTS, _MOST_WAYS, _LONGEST, _MOST_ELEMENTS = 32, 24, 10_000, 200


class Harmless(NamedTuple):
    """Something that makes no calls of its own, whatever is done with it."""

    library: str = ""


HARMLESS = Harmless()


class Foreign(NamedTuple):
    """What a library has under a name: `boto3.client`."""

    name: str


class Builtin(NamedTuple):
    """A function of Python itself."""

    name: str


class PathOf(NamedTuple):
    """A path of `pathlib`, as the text that it stands for."""

    text: Any


# What a name that was given None stands for: nothing is found under others.
NOTHING = Builtin("None")
BUILTINS = frozenset(dir(builtins))


@dataclass(slots=True, eq=False)
class Event:
    """A piece of what the handler is invoked with; `at` is where it was taken."""

    path: tuple[str | int, ...]
    at: Place
    decoded: bool = False

    @property
    def is_key(self) -> bool:
        """Whether it is the key of an object."""
        return self.path[-1:] == ("key",)

    def below(self, step: str | int, at: Place) -> Event:
        return Event((*self.path, step), at)


@dataclass(slots=True, eq=False)
class Context:
    """What Lambda tells about the running function."""


@dataclass(slots=True, eq=False)
class Dict:
    """A mapping; an open one may have further keys. `born` is the branch that makes it."""

    items: dict[str, Any]
    is_open: bool = False
    born: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class List:
    """A list of what it may contain: in a loop, each element stands for many.

    Those that `lead` an open one come before all others.
    """

    items: list[Any]
    is_open: bool = False
    lead: int = 0

    def extend(self, more: Iterable[Any], *, is_open: bool = False) -> None:
        """Put more elements into it, as many as matter."""
        room = _MOST_ELEMENTS - len(self.items)
        taken = list(islice(more, room + 1))
        self.items += taken[:room]
        self.is_open = self.is_open or is_open or len(taken) > room


@dataclass(slots=True, eq=False)
class Either:
    """One of several values, nobody knows which."""

    ways: tuple[Any, ...]


@dataclass(slots=True, eq=False)
class Scope:
    """Names of a function or module, and those around it."""

    module: Module
    names: dict[str, Any] = field(default_factory=dict)
    around: Scope | None = None
    elsewhere: dict[str, Scope] = field(default_factory=dict)  # `global` and `nonlocal`

    def find(self, name: str) -> Any:
        """What a name stands for; None where it is not known here."""
        scope: Scope | None = self.elsewhere.get(name, self)
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return None


@dataclass(slots=True, eq=False)
class Function:
    """A function of the code; `bound` is what it is a method of."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: tuple[Any, ...] = ()
    keyword_defaults: dict[str, Any] = field(default_factory=dict)
    bound: Any = None
    kind: str = ""  # property, staticmethod, classmethod
    is_changed: bool = False  # nobody knows what a decorator makes of its result
    gives: Any = None  # what the decorator of a library makes of the event

    def bind(self, bound: Any) -> Function:
        return Function(
            self.node, self.scope, self.defaults, self.keyword_defaults, bound, self.kind,
            self.is_changed, self.gives,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Class:
    """A class of the code."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[Any, ...]

    def find(self, name: str) -> Any:
        """A member of it or its ancestors, None if none is known."""
        if name in self.scope.names:
            return self.scope.names[name]
        inherited = (base.find(name) for base in self.bases if isinstance(base, Class))
        return next((one for one in inherited if one is not None), None)

    def foreign(self) -> Iterator[str]:
        """The classes of libraries that it is derived from."""
        for base in self.bases:
            if isinstance(base, Class):
                yield from base.foreign()
            elif isinstance(base, Foreign | Builtin):
                yield base.name
            elif not isinstance(base, Harmless):
                yield "?"

    def fields(self) -> Iterator[str]:
        """The names that are declared with a type, those of ancestors first."""
        for base in self.bases:
            if isinstance(base, Class):
                yield from base.fields()
        for node in self.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the code."""

    cls: Class
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Parent:
    """What `super()` is."""

    instance: Any
    cls: Class


@dataclass(slots=True, eq=False)
class Method:
    """A method of something that is no object of the code's own."""

    receiver: Any
    name: str


@dataclass(slots=True, eq=False)
class Partial:
    """A function with some of its arguments."""

    function: Any
    given: Arguments


@dataclass(slots=True, eq=False)
class Coroutine:
    """What is done when somebody waits for it."""

    work: Callable[[], Any]
    at: Place
    started: bool = False
    is_task: bool = False


@dataclass(slots=True, eq=False)
class Thread:
    """A thread, and where it is made."""

    at: Place


@dataclass(slots=True, eq=False)
class Workers:
    """A pool that does several things at a time."""


@dataclass(slots=True)
class Arguments:
    """What a function is called with; an open call may have further arguments.

    What libraries call functions with is nothing that makes calls of its own.
    """

    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    is_open: bool = False
    by_library: bool = False

    def get(self, position: int, name: str = "") -> Any:
        """An argument, None if it is not given (and harmless if it may be)."""
        if name and name in self.named:
            return self.named[name]
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return HARMLESS if self.is_open else None

    def all(self) -> list[Any]:
        return [*self.positional, *self.named.values()]

    def added(self, more: Arguments) -> Arguments:
        return Arguments(
            [*self.positional, *more.positional],
            {**self.named, **more.named},
            self.is_open or more.is_open,
        )


# --- AWS ------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Session:
    """What makes clients; `elsewhere` is whether they are another account's."""

    elsewhere: bool = False


@dataclass(slots=True, eq=False)
class Client:
    """A client of a service, by boto3's name of that; it is `limited` if its patience is set."""

    service: str
    limited: bool = True


@dataclass(slots=True, eq=False)
class Thing:
    """A resource object of boto3: its service, its kind (`Bucket`), and what it is called."""

    service: str
    kind: str
    known: dict[str, Any]


@dataclass(slots=True, eq=False)
class Response:
    """The answer to a call; `checked` once somebody looks at it."""

    call: Call
    checked: bool = False


@dataclass(slots=True, eq=False)
class Http:
    """What makes requests."""

    library: str


@dataclass(slots=True, eq=False)
class Processor:
    """A batch processor of Powertools; `order` is whether it stops where order would suffer."""

    at: Place
    order: bool


@dataclass(slots=True, eq=False)
class BatchResponse:
    """A partial batch response that a library makes."""


# --- together -------------------------------------------------------------------------------------


def either(*values: Any) -> Any:
    """What may be any of these."""
    found: list[Any] = []
    for value in values:
        for way in ways(value):
            if not any(same(way, one) for one in found):
                found.append(way)
        if len(found) > _MOST_WAYS:
            return HARMLESS if all(map(_is_plain, values)) else ANYTHING
    return found[0] if len(found) == 1 else Either(tuple(found))


def _is_plain(value: Any) -> bool:
    """Whether no way of a value can be called."""
    return all(isinstance(way, str | int | float | Harmless | Event | None) for way in ways(value))


def same(one: Any, other: Any) -> bool:
    """Whether two values are certainly the same."""
    return one is other or (type(one) is type(other) and one == other)


def ways(value: Any) -> tuple[Any, ...]:
    """All that a value may be."""
    return value.ways if isinstance(value, Either) else (value,)


def joined(parts: Iterable[Any]) -> Any:
    """A text of several pieces; nobody needs to know a very long one."""
    found: list[Any] = []
    length = 0
    for one in parts:
        part = one.text if isinstance(one, PathOf) else one
        for piece in part.parts if isinstance(part, Joined) else (part,):
            spelled = _spelled(piece)
            length += len(spelled) if isinstance(spelled, str) else 1
            if length > _LONGEST or len(found) > _MOST_PARTS:
                return HARMLESS
            if isinstance(spelled, str) and found and isinstance(found[-1], str):
                found[-1] += spelled
            elif spelled != "":
                found.append(spelled)
    if not found:
        return ""
    return found[0] if len(found) == 1 else Joined(tuple(found))


def _spelled(piece: Any) -> Any:
    """A piece of a text; what is no text becomes what it spells, if that is known."""
    if isinstance(piece, str | Event | Variable | Own | Ref | Replaced | Given):
        return piece
    if isinstance(piece, bool | int | float) or piece is None:
        return str(piece)
    return said(piece) if isinstance(piece, Either) else ANYTHING


_DEEPEST = 12


def said(value: Any, depth: int = 0) -> Said:
    """A value as facts tell it."""
    if depth > _DEEPEST:
        return ANYTHING
    match value:
        case str() | int() | float() | Variable() | Own() | Ref() | Given() | None:
            return value
        case Event():
            return Given(value.path)
        case Joined():
            return Joined(tuple(said(part, depth + 1) for part in value.parts))
        case Replaced():
            return value._replace(whole=said(value.whole, depth + 1))
        case Dict():
            told = {key: said(one, depth + 1) for key, one in value.items.items()}
            return told | {EACH: ANYTHING} if value.is_open else told
        case List():
            elements = [said(one, depth + 1) for one in value.items]
            return [*elements, ANYTHING] if value.is_open else elements
        case Either():
            told_ways = [said(way, depth + 1) for way in value.ways]
            return told_ways[0] if all(one == told_ways[0] for one in told_ways) else ANYTHING
    return ANYTHING
