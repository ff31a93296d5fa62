"""Counts for people: how often each rule is broken."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lambdalint.report import fixes
from lambdalint.report.text import counts

if TYPE_CHECKING:
    from lambdalint.rule import Outcome


def render(outcome: Outcome, *, quiet: bool = False) -> str:
    """A line for each rule and severity, the most frequent first, and what sums them up."""
    found = Counter((one.rule.id, one.severity, one.rule.title) for one in outcome.findings)
    rows = [
        (str(number), severity.name.lower(), id, title)
        for (id, severity, title), number in sorted(found.items(), key=lambda row: (-row[1], row))
    ]
    first, second, third = (
        max((len(row[column]) for row in rows), default=0) for column in range(3)
    )
    lines = [
        f"{number:>{first}}  {severity:<{second}}  {id:<{third}}  {title}"
        for number, severity, id, title in rows
    ]
    if not quiet:
        lines += [
            *[""] * bool(rows),
            counts(outcome),
            *filter(None, [fixes.counted(outcome.findings)]),
        ]
    return "".join(f"{line}\n" for line in lines)
