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
from lambdalint.report.escape import visible
from lambdalint.report.triggers import NOBODY, TITLES, Line, lines, named_by, sections

_SHOWN = ("retries", "failures")
_COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_GAP = 2


def render(inventory: Inventory, *, colour: bool, width: int, details: bool = False) -> str:
    """A table for each template or, with `details`, all that is to be said about each trigger."""
    paper = _Paper(colour=colour, width=width)
    for section in sections(inventory):
        paper.write(_text(section.title, "bold underline"))
        if details:
            paper.lists(section.rows)
        else:
            paper.table(section.rows)
        paper.uninvoked(section.uninvoked)
        paper.write("")
    paper.write(_summary(inventory))
    return paper.written()


def _summary(inventory: Inventory) -> str:
    functions = {row.trigger.function for row in inventory.rows}
    said = f"{_count(len(inventory.rows), 'trigger')} of {_count(len(functions), 'function')}"
    if inventory.uninvoked:
        said += f", {_count(len(inventory.uninvoked), 'function')} that nothing here invokes"
    return said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


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
        cells = [
            ("FUNCTION", "TRIGGER", *(TITLES[one].upper() for one in _SHOWN)),
            *(
                (line.function, line.title, *(_stages(line.answers[one]) for one in _SHOWN))
                for line in every
            ),
        ]
        gaps = _GAP * (len(cells[0]) - 1)
        widths = _fit(
            [max(map(_columns, one)) for one in zip(*cells, strict=True)], self._width - gaps
        )
        function = ""
        for own, line in zip(cells, [None, *every], strict=True):
            style = "" if line else "bold"
            self._cells(("" if own[0] == function else own[0], *own[1:]), widths, style)
            if line and line.rules:
                self.write(_rules(line, " "), widths[0] + _GAP)
            function = own[0]

    def lists(self, rows: Sequence[Row]) -> None:
        """All answers, one below the other."""
        questions = [one for one in QUESTIONS if one not in ("subject", "state")]
        label = max(map(len, TITLES.values()))
        widths = [_GAP, label, self._width - 3 * _GAP - label]
        for function, own in groupby(lines(rows, questions), key=lambda line: line.function):
            self.write(_text(function, "bold"))
            for line in own:
                self.write(_text(line.title, "underline"), _GAP)
                for question, answer in line.answers.items():
                    if answer != ("",):
                        self._cells(("", TITLES[question], "\n".join(answer)), widths)
                if line.rules:
                    self._cells(("", "findings", _rules(line, "\n")), widths)

    def uninvoked(self, functions: Sequence[Uninvoked]) -> None:
        """What no table holds."""
        for one in functions:
            names = named_by(one)
            said = f": {NOBODY}" + (f", {names}" if names else "")
            self.write(_text(one.function.name, "bold") + _text(said))

    def _cells(self, cells: Sequence[str | Text], widths: Sequence[int], style: str = "") -> None:
        line = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        for width in widths:
            line.add_column(width=width, overflow="fold")
        line.add_row(*(cell if isinstance(cell, Text) else _text(cell, style) for cell in cells))
        self._console.print(line)


def _text(said: str, style: str = "") -> Text:
    """A text as it is: nothing in it is markup."""
    return Text("\n".join(map(visible, said.split("\n"))), style)


def _stages(answers: Sequence[str]) -> str:
    """What Lambda does and what the service does, one below the other."""
    return "\n".join(answers).replace("; ", "\n")


def _rules(line: Line, between: str) -> Text:
    """The rules that a line breaks: `error[sqs/…] warning[sns/…]`."""
    said = Text()
    for rule, severity in line.rules.items():
        said.append(between if said else "").append(severity, _COLOURS[severity]).append(
            f"[{rule}]"
        )
    return said


def _columns(cell: str) -> int:
    return max(cell_len(visible(line)) for line in cell.split("\n"))


def _fit(widths: list[int], room: int) -> list[int]:
    """Widths for which there is room: the widest columns give way."""
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths
