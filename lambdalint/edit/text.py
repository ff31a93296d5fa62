"""Values at places → edits of the texts in which they are written, which leave the rest alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lambdalint.edit import Edit, Put, of_json, of_yaml
from lambdalint.edit.insert import Spot, added
from lambdalint.edit.outline import Found, find
from lambdalint.edit.write import scalar
from lambdalint.read import JsonSource, YamlSource, read
from lambdalint.value import Path, Turn, Unreadable


def edits(puts: Iterable[Put]) -> tuple[Edit, ...]:
    """The edits that put values in their places; none if one of them cannot be made for sure."""
    made: list[Edit] = []
    for put in puts:
        found = _edits(put)
        if not found or any(one.meets(other) for one in found for other in made):
            return ()
        made += found
    return tuple(made)


def _edits(put: Put) -> list[Edit]:
    source, path = put.at.source, put.at.path
    # What stands in the body of a loop is about its other turns too.
    if isinstance(put.at, Turn) or put.at.span:
        return []
    if isinstance(source, JsonSource):
        root = of_json.outline(source)
    elif isinstance(source, YamlSource):
        root = of_yaml.outline(source)
    else:
        return []
    found = find(source.text, root, path)
    if found is None:
        return []
    if not found.rest:
        spots = _replaced(source.text, found, put)
    else:  # what a mapping takes from another one is overruled where it is taken
        lent = found.rest[0] in found.node.lent
        spots = added(source.text, found, put.value) if put.was is None or lent else []
    return [Edit(source, *spot) for spot in spots]


def _replaced(text: str, found: Found, put: Put) -> list[Spot]:
    """Another scalar, quoted as the one that stands there, if that is the expected one."""
    node, end = found.node, found.node.end()
    if put.was is None or not node.is_plain or node.value != put.was or end is None:
        return []
    quote = text[node.start] if text[node.start] in "\"'" else ""
    said = str(put.said) if quote else scalar(put.said)
    return [Spot(node.start, end, f"{quote}{said}{quote}")]


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits none of which meets another."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def says(text: str, data: Any) -> bool:
    """Whether a text can be read, and says this."""
    try:
        return bool(read(text, "").root == data)
    except Unreadable:
        return False


def changed(data: Any, path: Path, value: Any) -> Any:
    """What a text says with another value at a path of it."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, list):
        if step == len(data):
            return [*data, value]
        return [changed(one, rest, value) if at == step else one for at, one in enumerate(data)]
    return {**data, step: changed(data.get(step, {}), rest, value)}
