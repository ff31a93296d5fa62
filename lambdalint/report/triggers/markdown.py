"""The inventory as Markdown tables, for pull requests and wikis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lambdalint.inventory import Inventory
from lambdalint.report.escape import markdown
from lambdalint.report.triggers import TITLES, Section, lines, lonely, sections

_SHOWN = (
    "model",
    "batch",
    "retries",
    "failures",
    "order",
    "pressure",
    "concurrency",
    "time",
    "duplicates",
)


def render(inventory: Inventory) -> str:
    """A table for each template."""
    return "\n".join(
        "".join(f"{line}\n" for line in _section(section)) for section in sections(inventory)
    )


def _section(section: Section) -> Iterator[str]:
    yield f"### {markdown(section.title)}"
    yield ""
    head = ("function", "trigger", *(TITLES[one] for one in _SHOWN), "findings")
    yield _row(head)
    yield _row("---" for _ in head)
    for line in lines(section.rows, _SHOWN):
        yield _row(
            (
                markdown(line.function),
                markdown(line.title),
                *(_below(map(markdown, line.answers[one])) for one in _SHOWN),
                _below(f"{severity} `{rule}`" for rule, severity in line.rules.items()),
            )
        )
    for one in section.uninvoked:
        cells = markdown(one.function.name), markdown(lonely(one))
        yield _row((*cells, *("" for _ in head[2:])))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _below(answers: Iterable[str]) -> str:
    return "<br>".join(answers)
