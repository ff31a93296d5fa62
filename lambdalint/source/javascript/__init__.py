"""Handlers in JavaScript and TypeScript."""

from __future__ import annotations

from lambdalint.source.handler import Handler
from lambdalint.source.javascript.account import Account
from lambdalint.source.javascript.bundle import Texts, texts
from lambdalint.source.javascript.expression import Enough, settled
from lambdalint.source.javascript.program import Program
from lambdalint.source.javascript.values import Foreign, Function, Package, alternatives
from lambdalint.source.locate import Cache, Codebase


def read(code: Codebase, cache: Cache) -> Handler | None:
    """What a handler does; None where its code cannot be read."""
    del cache
    found = texts(code)
    if found is None:
        return None
    try:
        handlers = (_read(found, entry, code.handler) for entry in found.entries)
        return next(filter(None, handlers), None)
    except (Enough, RecursionError):  # nobody writes such handlers
        return None


def _read(found: Texts, entry: str, name: str) -> Handler | None:
    """What a handler does that a file exports; None if it exports nothing that can be followed."""
    program = Program(found.file)
    module = program.module(entry)
    if module is None:
        return None
    first, *rest = name.split(".")
    value = settled(module.exported(first))
    for step in rest:
        value = program.member(value, step, module.scope, module.script.root)
    functions: list[Function] = []
    around: list[Package] = []
    for one in alternatives(value):
        if isinstance(one, Function):
            functions.append(one)
        elif isinstance(one, Foreign) and one.inner:
            functions.append(one.inner)
            around += [one.package, *one.also]
    if len(functions) != 1:
        return None
    return Account(program, functions[0], around, certain=found.certain).handler()
