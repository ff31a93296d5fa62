"""Markdown for the summary of a CI job or a comment: a table, then the code of each finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lambdalint.report.escape import markdown
from lambdalint.report.text import blocks, counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdalint.rule import Finding, Outcome, Problem, Unjudged

# Bytes, below the 1 MiB that GitHub takes:
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
MOST = 1_000_000
_WIDTH = 100


def render(outcome: Outcome, *, show_unknown: bool = False) -> str:
    """A row for each problem and finding, the worst first, and the code for as many as fit."""
    worst = sorted(outcome.findings, key=lambda finding: -finding.severity)
    rows = [
        *map(_problem, outcome.problems),
        *map(_finding, worst),
        *map(_unjudged, outcome.unjudged if show_unknown else ()),
    ]
    lines = [f"### lambdalint: {counts(outcome)}"]
    if rows:
        head = ("severity", "rule", "place", "what is wrong")
        lines += ["", *map(_row, (head, ["---"] * len(head), *rows))]
    table = "".join(f"{line}\n" for line in lines)
    details = _details(outcome._replace(findings=tuple(worst), problems=()), _size(table))
    return table + "".join(f"{line}\n" for line in details)


def _details(outcome: Outcome, used: int) -> Iterator[str]:
    shown = []
    for block in blocks(outcome, colour=False, width=_WIDTH):
        used += _size(block) + 1
        if used > MOST:
            break
        shown.append(block)
    if shown:
        code = "\n".join(shown)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code)), 0)
        yield from ("", "<details>", "<summary>Details</summary>", "", f"{fence}text")
        yield from (code.removesuffix("\n"), fence, "", "</details>")
    if left := len(outcome.findings) - len(shown):
        more = "1 more is" if left == 1 else f"{left} more are"
        yield from ("", f"{more} not shown in detail: there is no room.")


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _finding(finding: Finding) -> tuple[str, ...]:
    subject = finding.construct_path or finding.resource
    about = ", ".join(filter(None, (subject, finding.when and f"when {finding.when}")))
    return (
        finding.severity.name.lower(),
        f"[{finding.rule.id}]({finding.rule.url})",
        markdown(str(finding.at.location)),
        markdown(finding.message + (f" ({about})" if about else "")),
    )


def _problem(problem: Problem) -> tuple[str, ...]:
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    kind = "lambdalint failed" if problem.internal else ""
    return "error", kind, markdown(problem.file + place), markdown(problem.message)


def _unjudged(unjudged: Unjudged) -> tuple[str, ...]:
    return "unknown", unjudged.rule, markdown(str(unjudged.at.location)), markdown(unjudged.reason)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
