"""Paths of the table of triggers: what is written there, and what it says in a world."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from lambdalint.graph.resource import descend, document
from lambdalint.settled import Map, Seq
from lambdalint.template import Declaration, Gated, elements, entries
from lambdalint.value import Value
from lambdalint.world import Scope

Entries: TypeAlias = Callable[[Declaration], Iterator[Gated]]

EACH, VALUES, TEXT = "[]", "{}", "!"


@cache
def steps(path: str) -> tuple[str, ...]:
    """The steps of a path: keys, each element, each value, what may be JSON text."""
    return tuple(re.findall(r"[^./\[\]{}!]+|\[\]|\{\}|!", path))


def split(path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The steps to the entry that a trigger is written in, and those from there to the function.

    The entry is the innermost element of a list. Without a list it is the pointer to the function
    itself, or the whole resource where that is nothing but the trigger.
    """
    every = steps(path)
    written = every[: every.index(TEXT)] if TEXT in every else every
    inner = [index for index, step in enumerate(written, 1) if step in (EACH, VALUES)]
    if inner:
        return every[: inner[-1]], every[inner[-1] :]
    if len(every) == 1 or TEXT in every:
        return (), every
    return every, ()


def whole(declaration: Declaration) -> Iterator[Gated]:
    """The resource as a whole is one entry."""
    yield (), declaration.written.get("Properties")


def places(path: str) -> Entries:
    """What is written at a path, behind whatever gates."""
    return _places(steps(path), below="" if path.startswith("/") else "Properties")


def entries_of(path: str) -> Entries:
    """Where a trigger of the table is written; see `split`."""
    return _places(split(path)[0], below="" if path.startswith("/") else "Properties")


def _places(way: Sequence[str], below: str) -> Entries:
    def find(declaration: Declaration) -> Iterator[Gated]:
        written = declaration.written
        found: list[Gated] = [((), written.get(below) if below else written)]
        for step in way:
            found = [one for gated in found for one in _written(step, gated)]
        yield from found

    return find


def _written(step: str, gated: Gated) -> Iterator[Gated]:
    gates, value = gated
    if step == EACH:
        yield from elements(value, gates)
        return
    for name, around, member in entries(value, gates):
        if step in (VALUES, name):
            yield around, member


def said(value: Value, way: Sequence[str], scope: Scope) -> Iterator[tuple[Value, Value]]:
    """What a settled value says further down, and the innermost element of a list around it."""
    yield from _said(value, value, way, scope)


def _said(
    value: Value, inner: Value, way: Sequence[str], scope: Scope
) -> Iterator[tuple[Value, Value]]:
    if not way:
        yield value, inner
        return
    step, *rest = way
    if step == TEXT:
        yield from _said(document(value, scope), inner, rest, scope)
    elif step == EACH:
        for element in value.data if isinstance(value.data, Seq) else ():
            yield from _said(element, element, rest, scope)
    elif step == VALUES:
        for member in value.data.values() if isinstance(value.data, Map) else ():
            yield from _said(member, member, rest, scope)
    elif (found := descend(value, step)).data is not None:
        yield from _said(found, inner, rest, scope)
