"""From what was seen of a handler to what is told about it."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.source.handler import Answer, Given, Handler, Sight
from lambdalint.source.javascript.expression import settled
from lambdalint.source.javascript.invocation import Returned
from lambdalint.source.javascript.packages import PARTIAL_BATCH, wraps_plainly
from lambdalint.source.javascript.program import Program
from lambdalint.source.javascript.standard import is_async
from lambdalint.source.javascript.values import (
    Callback,
    Context,
    Decoded,
    Foreign,
    Function,
    List,
    Object,
    Package,
    Report,
    Seen,
    alternatives,
    said,
)
from lambdalint.source.javascript.watch import calls, requests
from lambdalint.source.locate import JAVASCRIPT
from lambdalint.value import Unknown

_FAILURES = "batchItemFailures"


class Account:
    """What is told about a handler, and about what packages have put around it."""

    def __init__(
        self, program: Program, function: Function, around: list[Package], *, certain: bool
    ) -> None:
        self._program, self._function, self._around = program, function, around
        self._certain = certain
        self._is_plain = all(map(wraps_plainly, around))
        self._partial = any(package.name in PARTIAL_BATCH for package in around)

    def handler(self) -> Handler:
        """Everything, once the handler has been followed."""
        program, script = self._program, self._function.scope.script
        returned = self._run()
        values = [*(one.value for one in returned), *program.called_back]
        for one in values:
            program.hands_on(one)
        at = script.place(self._function.node)
        if self._partial:
            program.reports[Sight(at, "middleware that reports failed records")] = None
        self._report(returned)
        return Handler(
            language=JAVASCRIPT,
            at=at,
            complete=self._is_complete(),
            certain=self._certain,
            calls=tuple(calls(program)),
            requests=tuple(requests(program)),
            answers=tuple(self._answers(returned)),
            reports=tuple(program.reports),
            always_reports=self._always_reports(returned),
            reports_none=not self._partial
            and all(_is_empty(one) for value in values for one in alternatives(value)),
            may_report=bool(program.reports) or self._may_report(values),
            first_record_only=None if program.whole else program.first,
            continues_after_failure=tuple(program.continues) if program.reports else (),
            unawaited=tuple(self._unawaited()),
            undecoded_keys=tuple(program.undecoded) if self._is_plain else (),
            idempotent=tuple(program.idempotent),
            answers_cloudformation=program.failures if program.answers else None,
        )

    def _is_complete(self) -> bool:
        program = self._program
        unseen = [one for one in program.kept if one.node.id not in program.ran]
        return program.complete and self._is_plain and not unseen

    def _run(self) -> list[Returned]:
        program = self._program
        program.started, program.called_back = True, []
        program.promises.clear()
        program.taken(program.run(self._function, [Given(()), Context(), Callback()]))
        return [Returned(settled(one.value), one.node) for one in program.answers_given]

    def _report(self, returned: list[Returned]) -> None:
        program, script = self._program, self._function.scope.script
        for one in returned:
            if any(map(_is_written, alternatives(one.value))):
                program.reports[Sight(script.place(one.node), "returns the failed records")] = None
        if any(_is_written(one) for value in program.called_back for one in alternatives(value)):
            at = script.place(self._function.node)
            program.reports[Sight(at, "calls back with the failed records")] = None

    def _answers(self, returned: list[Returned]) -> Iterator[Answer]:
        if not self._is_plain or self._program.callback_is_out:
            return
        script = self._function.scope.script
        for one in returned:
            for way in alternatives(one.value):
                yield Answer(script.place(one.node), said(way))
        for value in self._program.called_back:
            for way in alternatives(value):
                yield Answer(script.place(self._function.node), said(way))

    def _always_reports(self, returned: list[Returned]) -> bool:
        if self._partial:
            return True
        return (
            self._is_plain
            and bool(self._program.reports)
            and not self._program.called_back
            and not self._program.callback_is_out
            and all(
                _is_written(value) or isinstance(value, Report)
                for one in returned
                for value in alternatives(one.value)
            )
        )

    def _may_report(self, values: list[Seen]) -> bool:
        """Whether something foreign makes the answer, or a part of it that would tell."""
        return (
            not self._is_plain
            or self._program.callback_is_out
            or any(
                isinstance(one, Unknown | Foreign | Function | Package | Given | Decoded)
                or (isinstance(one, Object) and one.open)
                for value in values
                for one in alternatives(value)
            )
        )

    def _unawaited(self) -> list[Sight]:
        """What is still under way when the handler has answered: others than asynchronous ones
        answer when nothing is.

        https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
        """
        if not is_async(self._function) or not self._is_plain:
            return []
        sights = (
            Sight(one.script.place(one.node), one.what)
            for one in self._program.promises
            if not (one.is_waited_for or one.followed)
        )
        return list(dict.fromkeys(sights))


def _is_empty(value: Seen) -> bool:
    """Whether something tells of no failures, and always so."""
    if not _is_written(value):
        return not isinstance(value, Report)
    failures = value.members[_FAILURES] if isinstance(value, Object) else None
    return isinstance(failures, List) and not failures.items and not failures.open


def _is_written(value: Seen) -> bool:
    """Whether the code itself makes a partial batch response."""
    return isinstance(value, Object) and _FAILURES in value.members
