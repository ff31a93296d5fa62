"""Who follows a run: nobody, somebody who wants to be told everything, or one who waits."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from lambdalint.report.count import counted
from lambdalint.report.escape import visible
from lambdalint.run import NOBODY, Listener, Origin

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from lambdalint.config import Settings
    from lambdalint.files import TextFile
    from lambdalint.rule import Rule
    from lambdalint.template import Template

T = TypeVar("T")

PATIENCE = 1.0  # seconds, after which people ask themselves whether it still works
_BEAT = 0.1  # seconds between two pictures


@contextmanager
def listening(options: dict[str, Any], settings: Settings) -> Iterator[Listener]:
    """The listener that somebody wants: told by options, or else a terminal."""
    if options["verbose"]:
        teller = Teller(settings)
        yield teller
        teller.end()
    elif options["quiet"] or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield NOBODY
    else:
        bar = Bar(sys.stderr)
        try:
            yield bar
        finally:
            bar.end()


class Teller(Listener):
    """Tells on stderr what is read, with what, and how long it takes."""

    def __init__(self, settings: Settings) -> None:
        self._started = self._last = perf_counter()
        self._say(f"configuration: {settings.file or 'none'}")

    def reading(self, files: Sequence[TextFile]) -> Iterable[TextFile]:
        self._say(f"{counted(len(files), 'file')} found in {self._lap()}")
        return files

    def read(self, file: TextFile, template: Template | None, given: Sequence[Origin]) -> None:
        if template is None:
            self._say(f"{file.file}: no template that can be read")
            return
        known = template.section("Parameters")
        told = {
            name: f"{name}={'****' if _secret(known.get(name).data) else value} ({one.name})"
            for one in given
            for name, value in one.values.items()
            if name in template.fixed and (name.startswith("AWS::") or known.get(name).data)
        }
        self._say(", ".join([f"{file.file}: read in {self._lap()}", *told.values()]))

    def checking(self, rules: Sequence[Rule]) -> Iterable[Rule]:
        self._lap()
        yield from rules
        self._say(f"{counted(len(rules), 'rule')} checked in {self._lap()}")

    def end(self) -> None:
        self._last = self._started
        self._say(f"done in {self._lap()}")

    def _lap(self) -> str:
        before, self._last = self._last, perf_counter()
        return f"{self._last - before:.3f} s"

    def _say(self, line: str) -> None:
        click.echo(visible(line), err=True)


def _secret(parameter: Any) -> bool:
    """Whether CloudFormation would not show the value of a parameter either.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """
    return isinstance(parameter, dict) and parameter.get("NoEcho") in (True, "true", "True")


class Bar(Listener):
    """Draws on a terminal how far a long run is, and takes it away at the end."""

    def __init__(self, terminal: TextIO, patience: float = PATIENCE) -> None:
        self._terminal = terminal
        self._next = perf_counter() + patience
        self._progress: Progress | None = None

    def reading(self, files: Sequence[TextFile]) -> Iterable[TextFile]:
        return self._follow("reading", files)

    def checking(self, rules: Sequence[Rule]) -> Iterable[Rule]:
        return self._follow("checking", rules)

    def end(self) -> None:
        if self._progress:
            self._progress.stop()

    def _follow(self, what: str, things: Sequence[T]) -> Iterator[T]:
        task: TaskID | None = None
        for done, thing in enumerate(things):
            if perf_counter() >= self._next:
                progress = self._progress = self._progress or self._drawn()
                if task is None:
                    task = progress.add_task(what, total=len(things))
                progress.update(task, completed=done, refresh=True)
                self._next = perf_counter() + _BEAT
            yield thing
        if self._progress and task is not None:
            self._progress.remove_task(task)

    def _drawn(self) -> Progress:
        from rich.console import Console  # noqa: PLC0415  only long runs wait for it
        from rich.progress import Progress  # noqa: PLC0415

        console = Console(file=self._terminal)
        progress = Progress(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        progress.start()
        return progress
