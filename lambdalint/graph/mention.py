"""Who names a resource: pointers and names anywhere in a template, whatever they are for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from lambdalint.template import Template
from lambdalint.value import Value

# Stands for any logical id.
ANY = "*"

_HOLE = re.compile(r"\$\{([^!}][^}]*)\}")


class Mention(NamedTuple):
    """A resource (or output, then without a type) that names another one."""

    type: str
    id: str
    written: Value


class Mentions:
    """All mentions in one template, in any world."""

    def __init__(self, template: Template) -> None:
        self._pointing: dict[str, list[Mention]] = defaultdict(list)
        self._saying: list[tuple[Mention, list[str]]] = []
        for mention in _mentioning(template):
            for id in dict.fromkeys(pointers(mention.written.data)):
                self._pointing[id].append(mention)
            self._saying.append((mention, list(texts(mention.written.data))))

    def of(self, id: str) -> list[Mention]:
        """What points at a logical id, or may."""
        return [*self._pointing.get(id, ()), *self._pointing.get(ANY, ())]

    def saying(self, name: str) -> list[Mention]:
        """What has a text with a name in it."""
        whole = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        return [one for one, said in self._saying if any(map(whole.search, said))]

    def holding(self, built: dict[str, Any]) -> list[Mention]:
        """What puts a name together in the same way."""
        return [one for one, _ in self._saying if built in _mappings(one.written.data)]


def _mentioning(template: Template) -> Iterator[Mention]:
    for declaration in template.resources.values():
        yield Mention(declaration.type, declaration.id, declaration.written.get("Properties"))
    for name, output in template.section("Outputs").items():
        yield Mention("", f"Outputs/{name}", output)


def pointers(written: Any) -> Iterator[str]:
    """The logical ids that a piece of a template points at, with `Ref`, `GetAtt` or `Sub`.

    Where the id is put together, it may be any.
    """
    for mapping in _mappings(written):
        for name, argument in mapping.items():
            first = _plain(argument)
            if name in ("Fn::GetAtt", "Fn::Sub") and isinstance(first, list) and first:
                first = _plain(first[0])
            if isinstance(first, dict) and name in ("Ref", "Fn::GetAtt"):
                yield ANY
            if not isinstance(first, str):
                continue
            if name in ("Ref", "Fn::GetAtt"):
                yield first.partition(".")[0]
            elif name == "Fn::Sub":
                for hole in _HOLE.findall(first):
                    yield hole.strip().partition(".")[0]


def texts(written: Any) -> Iterator[str]:
    """Every text in a piece of a template."""
    for leaf in _walk(written):
        if isinstance(leaf, str):
            yield leaf


def _mappings(written: Any) -> Iterator[dict[str, Any]]:
    for one in _walk(written):
        if isinstance(one, dict):
            yield one


def _walk(written: Any) -> Iterator[Any]:
    stack = [written]
    while stack:
        data = _plain(stack.pop())
        yield data
        if isinstance(data, dict):
            stack.extend(data.values())
        elif isinstance(data, list):
            stack.extend(data)


def _plain(data: Any) -> Any:
    return data.data if isinstance(data, Value) else data
