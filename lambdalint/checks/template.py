"""The text of a template itself."""

from __future__ import annotations

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note


def duplicate_key(graph: Graph) -> Claims:
    for duplicate in graph.duplicates():
        yield Claim(
            Note(duplicate.again, f"{duplicate.key} is written twice, and the last one counts"),
            Note(duplicate.first, "does not count"),
        )
