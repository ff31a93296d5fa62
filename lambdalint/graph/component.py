"""What of a directed graph lies on common cycles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def components(following: Mapping[N, Iterable[N]]) -> dict[N, int]:
    """The nodes that lie on a cycle, each with the number of its strongly connected component.

    The algorithm of Kosaraju and Sharir: what is reached both ways is connected.
    """
    before: dict[N, list[N]] = defaultdict(list)
    for node, others in following.items():
        for other in others:
            before[other].append(node)
    seen: set[N] = set()
    last_first = [one for start in following for one in _reached(start, following, seen)][::-1]
    found: dict[N, int] = {}
    seen = set()
    for number, node in enumerate(last_first):
        members = _reached(node, before, seen)
        if len(members) > 1 or node in before.get(node, ()):
            found |= dict.fromkeys(members, number)
    return found


def _reached(start: N, following: Mapping[N, Iterable[N]], seen: set[N]) -> list[N]:
    """What is reached from a node and was not seen before, the farthest first."""
    found: list[N] = []
    way = [] if start in seen else [(start, iter(following.get(start, ())))]
    seen.add(start)
    while way:
        node, rest = way[-1]
        further = next((one for one in rest if one not in seen), None)
        if further is None:
            found.append(node)
            way.pop()
        else:
            seen.add(further)
            way.append((further, iter(following.get(further, ()))))
    return found
