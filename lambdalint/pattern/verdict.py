"""What can be said of a match."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """Whether something matches: never, perhaps, or whatever the unknown may turn out to be.

    The least of several is their conjunction, the greatest their disjunction.
    """

    NO = 0
    MAYBE = 1
    YES = 2

    def __invert__(self) -> Verdict:
        return Verdict(Verdict.YES - self)

    @classmethod
    def of(cls, holds: bool) -> Verdict:  # noqa: FBT001  it is the question's answer
        return cls.YES if holds else cls.NO


NO, MAYBE, YES = Verdict.NO, Verdict.MAYBE, Verdict.YES


def agreed(verdicts: Iterable[Verdict]) -> Verdict:
    """What holds when one of the cases does, nobody knows which."""
    cases = {*verdicts}
    return cases.pop() if len(cases) == 1 else MAYBE
