"""What handlers do: from a function to facts about its code, each language read when needed."""

from __future__ import annotations

from lambdalint.source.handler import Handler
from lambdalint.source.locate import PYTHON, Cache, Codebase, Function, locate


def read(function: Function, cache: Cache) -> Handler | None:
    """What the code of a function does; None where nobody can tell."""
    code = locate(function, cache)
    return cache.once(("handler", code.key), lambda: _understood(code, cache)) if code else None


def _understood(code: Codebase, cache: Cache) -> Handler | None:
    if code.language == PYTHON:
        from lambdalint.source import python  # noqa: PLC0415  few runs need it

        return python.read(code, cache)
    from lambdalint.source import javascript  # noqa: PLC0415  as few need this

    return javascript.read(code, cache)
