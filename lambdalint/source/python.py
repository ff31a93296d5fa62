"""Handlers in Python."""

from __future__ import annotations

from lambdalint.source.handler import Handler
from lambdalint.source.locate import Cache, Codebase


def read(code: Codebase, cache: Cache) -> Handler | None:
    """What a handler does; None where its code cannot be read."""
    del code, cache
    return None
