"""Functions of Python itself, as far as they matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lambdalint.source.python import library
from lambdalint.source.python.members import Members
from lambdalint.source.python.values import (
    ANYTHING,
    HARMLESS,
    Arguments,
    Class,
    Dict,
    Event,
    Instance,
    List,
    PathOf,
)
from lambdalint.value import Place

Known: TypeAlias = Callable[[Members, Arguments, Place], Any]


def call(walk: Members, name: str, given: Arguments, at: Place) -> Any:
    """What a function of Python gives."""
    if known := _FUNCTIONS.get(name):
        return known(walk, given, at)
    if name not in _LOOKING:
        for one in given.all():
            library.call_back(walk, one, at)
    return HARMLESS


def _length(walk: Members, given: Arguments, at: Place) -> Any:
    del walk
    first = given.get(0)
    return first.below("length", at) if isinstance(first, Event) else HARMLESS


def _new(walk: Members, given: Arguments, at: Place) -> Any:
    """`super().__new__(cls)`."""
    del walk, at
    first = given.get(0)
    return Instance(first) if isinstance(first, Class) else HARMLESS


def _class(walk: Members, given: Arguments, at: Place) -> Any:
    del walk, at
    first = given.get(0)
    return first.cls if isinstance(first, Instance) else HARMLESS


def _copied(walk: Members, given: Arguments, at: Place) -> Any:
    """What has the same elements, in whatever order."""
    del walk, at
    first = given.get(0)
    if isinstance(first, List):
        return List(list(first.items), first.is_open)
    return List([]) if first is None else first


def _text(walk: Members, given: Arguments, at: Place) -> Any:
    del walk, at
    first = given.get(0)
    if isinstance(first, PathOf):
        return first.text
    return "" if first is None else first


def _mapping(walk: Members, given: Arguments, at: Place) -> Any:
    del at
    found = Dict(dict(given.named), given.is_open, walk.branch)
    if given.positional:
        walk.update(found, given.get(0))
    return found


def _attribute(walk: Members, given: Arguments, at: Place) -> Any:
    name = given.get(1)
    if isinstance(name, str):
        return walk.each(given.get(0), lambda way: walk.member(way, name, at))
    return _wild(walk, given, at)


def _set_attribute(walk: Members, given: Arguments, at: Place) -> Any:
    del at
    name = given.get(1)
    if isinstance(name, str):
        walk.set_member(given.get(0), name, given.get(2))
    else:
        walk.stranger()


def _mapped(walk: Members, given: Arguments, at: Place) -> Any:
    with walk.inside(repeating=1):
        seen = [walk.elements(one, at) for one in given.positional[1:]]
        made = walk.run(given.get(0), Arguments(seen), at)
    return List([made])


def _filtered(walk: Members, given: Arguments, at: Place) -> Any:
    seen = walk.elements(given.get(1), at)
    if given.get(0) is not None:
        with walk.inside(repeating=1):
            walk.run(given.get(0), Arguments([seen]), at)
    return List([seen])


def _numbered(walk: Members, given: Arguments, at: Place) -> Any:
    return List([List([HARMLESS, walk.elements(given.get(0), at)])])


def _paired(walk: Members, given: Arguments, at: Place) -> Any:
    return List([List([walk.elements(one, at) for one in given.positional])])


def _chosen(walk: Members, given: Arguments, at: Place) -> Any:
    return walk.elements(given.get(0), at)


def _wild(walk: Members, given: Arguments, at: Place) -> Any:
    """What may run anything."""
    del at
    for one in given.all():
        walk.hand_over(one)
    walk.stranger()
    return ANYTHING


_FUNCTIONS: dict[str, Known] = {
    "len": _length,
    "object.__new__": _new,
    "type": _class,
    "str": _text,
    "bytes": _text,
    "dict": _mapping,
    "getattr": _attribute,
    "setattr": _set_attribute,
    "map": _mapped,
    "filter": _filtered,
    "enumerate": _numbered,
    "zip": _paired,
    **dict.fromkeys(("next", "max", "min", "anext"), _chosen),
    **dict.fromkeys(("reversed", "sorted", "list", "tuple", "set", "frozenset", "iter"), _copied),
    **dict.fromkeys(("eval", "exec", "compile", "__import__", "globals", "vars"), _wild),
}
_LOOKING = frozenset({"print", "isinstance", "issubclass", "bool", "int", "float", "repr"})
