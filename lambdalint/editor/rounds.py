"""When to lint: one area at a time, in a thread, and never what is out of date."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Protocol, TypeVar

from lambdalint.editor.area import Area
from lambdalint.files import TextFile
from lambdalint.rule import Rule
from lambdalint.run import Listener

T = TypeVar("T")

REST = 0.3  # seconds without a change, after which somebody may want to know


class Outdated(Exception):
    """Something newer is to be looked at."""


class Round(Listener):
    """One run, which ends early when it is out of date."""

    def __init__(self) -> None:
        self.is_outdated = False

    def reading(self, files: Sequence[TextFile]) -> Iterable[TextFile]:
        return self._each(files)

    def checking(self, rules: Sequence[Rule]) -> Iterable[Rule]:
        return self._each(rules)

    def _each(self, things: Sequence[T]) -> Iterator[T]:
        for thing in things:
            if self.is_outdated:
                raise Outdated
            yield thing


class Owner(Protocol):
    """Who has areas linted: says how, and hears how it went."""

    def job(self, area: Area) -> Callable[[Round], Callable[[], None]]:
        """What to do in the thread, and what to do with that when it is done."""

    def failed(self, area: Area, error: Exception) -> None: ...


class Rounds:
    """The runs that are going on or are to come."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lambdalint")
        self._timers: dict[Area, asyncio.TimerHandle] = {}
        self._rounds: dict[Area, Round] = {}
        self._took: dict[Area, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self, area: Area, rest: float = 0.0) -> None:
        """Lint an area as soon as nobody has asked for it again for so many seconds."""
        if timer := self._timers.pop(area, None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[area] = loop.call_later(rest, self._begin, area)

    def soon(self, area: Area) -> None:
        """Lint an area when it has rested; one that takes long has to rest for longer."""
        self.now(area, max(REST, self._took.get(area, 0.0)))

    def forget(self, area: Area) -> None:
        """Look at an area no more."""
        if timer := self._timers.pop(area, None):
            timer.cancel()
        if running := self._rounds.pop(area, None):
            running.is_outdated = True

    async def ask(self, job: Callable[[], T]) -> T:
        """What comes of something that takes the thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(_undisturbed, job))

    def end(self) -> None:
        for area in {*self._timers, *self._rounds}:
            self.forget(area)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _begin(self, area: Area) -> None:
        self.forget(area)
        self._rounds[area] = Round()
        task = asyncio.create_task(self._go(area, self._rounds[area]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go(self, area: Area, running: Round) -> None:
        started = perf_counter()
        try:
            done = await self.ask(partial(self._owner.job(area), running))
        except Outdated:
            return
        except Exception as error:  # noqa: BLE001  the next one may go well
            self._owner.failed(area, error)
            return
        finally:
            if self._rounds.get(area) is running:
                del self._rounds[area]
        if not running.is_outdated and area not in self._timers:
            self._took[area] = perf_counter() - started
            done()


def _undisturbed(job: Callable[[], T]) -> T:
    """What comes of a job; to look for garbage meanwhile would cost as much as all the rest."""
    gc.disable()
    try:
        return job()
    finally:
        gc.enable()
