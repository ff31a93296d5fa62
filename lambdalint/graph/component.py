"""What of a directed graph lies on common cycles."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def components(following: Mapping[N, Iterable[N]]) -> dict[N, int]:
    """The nodes that lie on a cycle, each with the number of its strongly connected component.

    Tarjan's algorithm, without recursion: https://doi.org/10.1137/0201010
    """
    found: dict[N, int] = {}
    low: dict[N, int] = {}
    path: list[N] = []
    closed: set[N] = set()
    for start in following:
        work = [] if start in low else [(start, len(low), iter(following[start]))]
        if work:
            low[start] = len(low)
            path.append(start)
        while work:
            node, index, rest = work[-1]
            further = next(rest, None)
            if further is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index:
                    start_of = path.index(node, index - len(closed))
                    members = path[start_of:]
                    del path[start_of:]
                    closed.update(members)
                    if len(members) > 1 or node in following.get(node, ()):
                        found |= dict.fromkeys(members, index)
            elif further not in low:
                work.append((further, len(low), iter(following.get(further, ()))))
                low[further] = len(low)
                path.append(further)
            elif further not in closed:
                low[node] = min(low[node], low[further])
    return found
