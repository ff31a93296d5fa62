"""Values as people write them, in YAML and in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

# What YAML reads as the text that it looks like, in brackets too.
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?:::?[A-Za-z0-9_./-]+)*\Z")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def scalar(value: Any) -> str:
    """A number, a truth value or a text, in YAML."""
    if isinstance(value, str) and _BARE.match(value) and value.lower() not in _WORDS:
        return value
    return dumps(value)


def inline(value: Any) -> str:
    """A value on one line of YAML, functions by their short names."""
    match value:
        case {"Ref": str(id), **rest} if not rest:
            return f"!Ref {scalar(id)}"
        case {"Fn::GetAtt": [str(id), str(attribute)], **rest} if not rest:
            return f"!GetAtt {scalar(f'{id}.{attribute}')}"
        case {"Fn::Sub": str(text), **rest} if not rest:
            return f"!Sub {scalar(text)}"
        case dict():
            members = (f"{scalar(key)}: {inline(one)}" for key, one in value.items())
            return "{" + ", ".join(members) + "}"
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
    return scalar(value)


def lines(key: str, value: Any, step: int) -> Iterator[str]:
    """A member of a mapping in lines of YAML."""
    if isinstance(value, Mapping) and not _is_call(value):
        yield f"{key}:"
        for name, one in value.items():
            yield from (" " * step + line for line in lines(scalar(name), one, step))
    elif isinstance(value, list):
        yield f"{key}:"
        yield from (" " * step + f"- {inline(one)}" for one in value)
    else:
        yield f"{key}: {inline(value)}"


def _is_call(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def quoted(value: Any, *, indent: str | None = None, wide: bool = True) -> str:
    """A value in JSON: on one line, or in lines that are indented by some characters."""
    if indent is not None:
        return dumps(value, indent=indent, ensure_ascii=False)
    separators = (", ", ": ") if wide else (",", ":")
    return dumps(value, separators=separators, ensure_ascii=False)
