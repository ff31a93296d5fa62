"""The inventory for people: what happens to an event of each trigger when it fails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lambdalint.inventory import QUESTIONS, Inventory, Row, Uninvoked
from lambdalint.report.count import counted
from lambdalint.report.escape import visible
from lambdalint.report.triggers import TITLES, Line, lines, lonely, sections

_SHOWN = ("retries", "failures")
_COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_GAP = 2


def render(
    inventory: Inventory, *, colour: bool, width: int, details: bool = False, quiet: bool = False
) -> str:
    """A table for each template or, with `details`, all that is to be said about each trigger;
    unless `quiet`, a line that counts them.
    """
    paper = _Paper(colour=colour, width=width)
    for number, section in enumerate(sections(inventory)):
        if number:
            paper.write("")
        paper.write(_text(section.title, style="bold underline"))
        if details:
            paper.lists(section.rows)
        elif section.rows:
            paper.table(section.rows)
        paper.uninvoked(section.uninvoked)
    if not quiet:
        if inventory.rows or inventory.uninvoked:
            paper.write("")
        paper.write(_summary(inventory))
    return paper.written()


def _summary(inventory: Inventory) -> str:
    functions = {row.trigger.function for row in inventory.rows}
    said = f"{counted(len(inventory.rows), 'trigger')} of {counted(len(functions), 'function')}"
    if inventory.uninvoked:
        said += f", {counted(len(inventory.uninvoked), 'function')} without one"
    return said


class _Paper:
    """Where rich writes."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self._width, self._written = width, StringIO()
        self._console = Console(
            file=self._written,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            legacy_windows=False,
        )

    def written(self) -> str:
        """Everything, without the spaces at the ends of lines."""
        return re.sub(r" +$", "", self._written.getvalue(), flags=re.MULTILINE)

    def write(self, said: Text | str, indent: int = 0) -> None:
        self._console.print(Padding(said, (0, 0, 0, indent)))

    def table(self, rows: Sequence[Row]) -> None:
        """A line for each trigger, and below it the rules that it breaks."""
        every = lines(rows, _SHOWN)
        head = [("FUNCTION",), ("TRIGGER",), *((TITLES[one].upper(),) for one in _SHOWN)]
        cells = [
            [(line.function,), line.heading, *map(_stages, line.answers.values())] for line in every
        ]
        widths = _fit(list(zip(head, *cells, strict=True)), self._width - _GAP * (len(head) - 1))
        self._cells([_text(*cell, style="bold") for cell in head], widths)
        function = ""
        for own, line in zip(cells, every, strict=True):
            shown = [("",) if line.function == function else own[0], *own[1:]]
            self._cells([_text(*cell) for cell in shown], widths)
            if line.rules:
                self.write(_rules(line, " "), widths[0] + _GAP)
            function = line.function

    def lists(self, rows: Sequence[Row]) -> None:
        """All answers, one below the other."""
        questions = [one for one in QUESTIONS if one not in ("subject", "state")]
        label = max(map(len, TITLES.values()))
        widths = [_GAP, label, self._width - 3 * _GAP - label]
        for function, own in groupby(lines(rows, questions), key=lambda line: line.function):
            self.write(_text(function, style="bold"))
            for line in own:
                self.write(_text(line.title, style="underline"), _GAP)
                said = [(TITLES[one], _text(*answer)) for one, answer in line.answers.items()]
                for title, answer in (*said, ("findings", _rules(line, "\n"))):
                    if answer:
                        self._cells([_text(""), _text(title), answer], widths)

    def uninvoked(self, functions: Sequence[Uninvoked]) -> None:
        """What no table holds."""
        for one in functions:
            self.write(_text(one.function.name, style="bold") + _text(f" {lonely(one)}"))

    def _cells(self, cells: Sequence[Text], widths: Sequence[int]) -> None:
        line = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        for width in widths:
            line.add_column(width=width, overflow="fold")
        line.add_row(*cells)
        self._console.print(line)


def _text(*said: str, style: str = "") -> Text:
    """Lines of text as they are: nothing in them is markup."""
    return Text("\n".join(map(visible, said)), style)


def _stages(answers: Sequence[str]) -> tuple[str, ...]:
    """What Lambda does and what the service does, one below the other."""
    return tuple(stage for answer in answers for stage in answer.split("; "))


def _rules(line: Line, between: str) -> Text:
    """The rules that a line breaks: `error[sqs/…] warning[sns/…]`."""
    said = Text()
    for rule, severity in line.rules.items():
        said.append(between if said else "").append(severity, _COLOURS[severity]).append(
            f"[{rule}]"
        )
    return said


def _fit(columns: Sequence[Sequence[Sequence[str]]], room: int) -> list[int]:
    """The widths of columns of cells: the widest give way, but not to break words if it can be."""
    said = [[visible(line) for cell in column for line in cell] for column in columns]
    widths = [max(map(cell_len, lines)) for lines in said]
    words = [max(cell_len(word) for line in lines for word in line.split(" ")) for lines in said]
    while sum(widths) > room and max(widths) > 1:
        free = [width if width > word else 0 for width, word in zip(widths, words, strict=True)]
        widest = free if any(free) else widths
        widths[widest.index(max(widest))] -= 1
    return widths
