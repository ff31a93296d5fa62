"""What to change: values at places, characters of texts."""

from __future__ import annotations

from typing import Any, NamedTuple

from lambdalint.read import JsonSource, YamlSource
from lambdalint.value import Location, Place


class Put(NamedTuple):
    """A value for a place; `was` is the scalar that stands there, None if nothing does."""

    at: Place
    value: Any
    was: int | str | None = None

    @property
    def said(self) -> Any:
        """The value, as text where a text stands there."""
        return str(self.value) if isinstance(self.was, str) else self.value


class Edit(NamedTuple):
    """Characters of a source, from `start` up to `end`, and what stands there from now on."""

    source: JsonSource | YamlSource
    start: int
    end: int
    text: str

    @property
    def location(self) -> Location:
        return self.source.span(self.start, self.end)

    def meets(self, other: Edit) -> bool:
        """Whether one of two edits must wait for the other."""
        return (
            self.source.file == other.source.file
            and self.start <= other.end
            and other.start <= self.end
        )
