"""The text of a template itself."""

from __future__ import annotations

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note, Severity


def duplicate_key(graph: Graph) -> Claims:
    for duplicate in graph.duplicates():
        counts = "with the same value" if duplicate.same else "and the last one counts"
        yield Claim(
            Note(duplicate.again, f"{duplicate.key} is written twice, {counts}"),
            Note(duplicate.first, "says the same" if duplicate.same else "does not count"),
            severity=Severity.INFO if duplicate.same else None,
        )
