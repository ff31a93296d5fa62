"""Handlers in Python: a walk through their syntax, with values as far as they can be known."""

from __future__ import annotations

import ast
from typing import Any

from lambdalint.source.handler import Answer, Handler, Joined, Own, Sight, Variable
from lambdalint.source.locate import Cache, Codebase
from lambdalint.source.python.execution import Execution
from lambdalint.source.python.module import Module, Modules
from lambdalint.source.python.state import TooMuch
from lambdalint.source.python.values import (
    Arguments,
    BatchResponse,
    Context,
    Dict,
    Event,
    Function,
    List,
    Response,
    Thing,
    said,
    ways,
)
from lambdalint.value import Place


def read(code: Codebase, cache: Cache) -> Handler | None:
    """What a handler does; None where its code cannot be read."""
    modules = Modules(code, cache)
    entry = modules.entry()
    if entry is None:
        return None
    walk = Execution(modules)
    try:
        return _Reading(walk, entry, code.handler).handler()
    except (TooMuch, RecursionError):
        return None


class _Reading:
    """One walk from the handler on."""

    def __init__(self, walk: Execution, entry: Module, name: str) -> None:
        self.walk, self.entry, self.name = walk, entry, name
        self.reports: list[Sight] = []
        self.answers: list[Answer] = []
        self.always = self.may = self.none = False

    def handler(self) -> Handler | None:
        walk = self.walk
        found = walk.scope_of(self.entry).names.get(self.name)
        at = self._written(found)
        if found is None or at is None:
            return None
        walk.is_handling = True
        event = Event((), at)
        given = Arguments([event, Context()])
        if isinstance(found, Function):
            self._function(found, given)
        else:
            value = walk.run(found, given, at)
            self._judge([(at, value)])
        walk.finish(at)
        return Handler(
            "python",
            at,
            complete=walk.complete,
            certain=True,
            calls=tuple(one.call._replace(checked=one.checked) for one in walk.responses.values()),
            requests=tuple(walk.requests.values()),
            answers=tuple(self.answers),
            reports=tuple(self.reports),
            always_reports=self.always,
            reports_none=bool(self.reports) and self.none,
            may_report=self.may,
            first_record_only=None
            if walk.takes_all_records
            else next(iter(walk.first.values()), None),
            continues_after_failure=tuple(walk.continues.values()) if self.reports else (),
            unawaited=(*walk.unawaited.values(), *(() if walk.joins else walk.begun.values())),
            undecoded_keys=tuple(walk.undecoded.values()),
            idempotent=tuple(walk.idempotent.values()),
            answers_cloudformation=walk.answers_failures if walk.answers else None,
        )

    def _written(self, found: Any) -> Place | None:
        """Where the handler is written: its definition, or what makes it."""
        body = self.entry.tree.body
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == self.name:
                return self.entry.at(node)
        if isinstance(found, Function):
            return found.scope.module.at(found.node)
        for node in body:
            for one in ast.walk(node):
                if self.name in (getattr(one, field, None) for field in ("id", "name", "asname")):
                    return self.entry.at(one)
        return None

    def _function(self, function: Function, given: Arguments) -> None:
        """Call the handler and look at what it returns."""
        if function.gives is not None:
            self.walk.takes_all_records = True
            given.positional[0] = function.gives
        module = function.scope.module
        if isinstance(function.node, ast.Lambda):
            value = self.walk.run(function, given, module.at(function.node))
            self._judge([(module.at(function.node), value)])
            return
        returned = self.walk.called(function, given)
        self._judge([(module.at(node), self.walk.wait(value)) for node, value in returned])
        if function.is_changed:
            self.always, self.may = False, True
            self.answers.clear()

    def _judge(self, returned: list[tuple[Place, Any]]) -> None:
        reporting = []
        some = False
        for at, value in returned:
            self.answers += [Answer(at, said(way)) for way in ways(value)]
            every = [_reports(way) for way in ways(value)]
            self.may = self.may or any(one is not False for one in every)
            if True in every:
                self.reports.append(Sight(at, "returns the failed records"))
            reporting.append(all(one is True for one in every))
            some = some or not all(map(_is_empty, ways(value)))
            self.walk.hand_over(value)
        self.always = bool(reporting) and all(reporting)
        self.none = not some


# What certainly is no partial batch response.
_OTHER = (str, int, float, bool, type(None), Joined, Variable, Own, Event, List, Response, Thing)


def _is_empty(value: Any) -> bool:
    """Whether something tells of no failures, and always so."""
    failures = value.items.get("batchItemFailures") if isinstance(value, Dict) else None
    if isinstance(failures, List):
        return not failures.items and not failures.is_open
    return _reports(value) is False


def _reports(value: Any) -> bool | None:
    """Whether something is a partial batch response; None if nobody can tell."""
    if isinstance(value, Dict):
        return "batchItemFailures" in value.items or (None if value.is_open else False)
    if isinstance(value, BatchResponse):
        return True
    return False if isinstance(value, _OTHER) else None
