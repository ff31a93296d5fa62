#!/usr/bin/env python3
"""Write the tables of docs/triggers.md anew, from the kinds of triggers that lambdalint knows.

A maintainer's script: run it after a change in ``lambdalint/kinds/``. What stands outside of the
two marks on the page is written by hand and kept.
"""

from __future__ import annotations

from itertools import groupby, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lambdalint.kinds import KINDS, Form, Kind, Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "triggers.md"
START: Final = "<!-- written by scripts/write_trigger_table.py -->\n"
END: Final = "<!-- end of what is written -->\n"

MODELS: Final[dict[Model, str]] = {
    "poll": "Lambda, or a pipe, reads the source",
    "async": "The service does not wait",
    "sync": "The service waits for the answer",
}
HEADINGS: Final = (
    "Trigger",
    "Name",
    "Where templates name the function",
    "Who tries again",
    "Where failures go",
    "Order",
    "Service to permit",
)


def shared(paths: Sequence[list[str]]) -> int:
    """Return how many steps all paths begin with."""
    return len(list(takewhile(lambda steps: len(set(steps)) == 1, zip(*paths, strict=False))))


def fold(paths: list[str]) -> str:
    """Return paths as one: what they do not share stands in braces."""
    if len(paths) == 1:
        return f"`{paths[0]}`"
    split = [path.split(".") for path in paths]
    head = shared(split)
    tail = shared([steps[head:][::-1] for steps in split])
    middle = [".".join(steps[head : len(steps) - tail]) for steps in split]
    if head + tail == 0 or not all(middle):
        return ", ".join(f"`{path}`" for path in paths)
    before, after = split[0][:head], split[0][len(split[0]) - tail :]
    return f"`{'.'.join([*before, '{' + ', '.join(middle) + '}', *after])}`"


def condition(form: Form) -> str:
    """Return what must be written beside the function."""
    path, value = form.when
    return f" where `{path.removeprefix('.')}` is `{value}`" if path else ""


def places(kind: Kind) -> Iterator[str]:
    """Return where templates name the function, type by type."""
    for (type, where), forms in groupby(kind.forms, lambda form: (form.type, condition(form))):
        paths = list(dict.fromkeys(form.function for form in forms))
        yield f"`{type}` {fold(paths)}{where}"


def row(kind: Kind) -> tuple[str, ...]:
    """Return a line of the table."""
    return (
        f"[{kind.title}]({kind.url})",
        f"`{kind.name}`",
        "<br>".join(places(kind)),
        kind.retries,
        kind.failures,
        kind.order,
        f"`{kind.principal}`" if kind.principal else "",
    )


def table(rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def sections() -> Iterator[str]:
    """Return a heading and a table for each model."""
    for model, heading in MODELS.items():
        rows = sorted(
            (row(kind) for kind in KINDS.values() if kind.model == model),
            key=lambda cells: cells[0].casefold(),
        )
        yield f"## {heading}\n\n{table(rows)}"


def render(page: str) -> str:
    """Return the page with its tables as the kinds are now."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return "\n".join((before + START, *sections(), END + after))


def main() -> None:
    """Write the page."""
    PAGE.write_text(render(PAGE.read_text("utf-8")), "utf-8")
    print(f"wrote {len(KINDS)} kinds to {PAGE.name}")


if __name__ == "__main__":
    main()
