"""The deployments in which something holds, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lambdalint.condition import NOT
from lambdalint.graph.edges import Subject
from lambdalint.template import PSEUDO, Template
from lambdalint.value import Unknown
from lambdalint.world import Answers, World


class Deployments:
    """The worlds in which something was seen, beside those in which its subject was looked at."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Subject, list[tuple[World, Answers]]]] = {}

    def add(self, subject: Subject, world: World) -> None:
        """It was seen in this world, which has been asked all it takes to tell."""
        _, having = self._seen.setdefault(id(subject), (subject, []))
        having.append((world, dict(world.answers)))

    def __bool__(self) -> bool:
        return bool(self._seen)

    def answers(self) -> Iterator[Answers]:
        """What each of the worlds says."""
        for _, having in self._seen.values():
            for _, answers in having:
                yield answers

    def words(self, templates: Mapping[str, Template]) -> str:
        """`Stage = prod or …`, "" if all deployments have it; the templates are those by key."""
        told: list[str] = []
        for subject, having in self._seen.values():
            holding = {id(world) for world, _ in having}
            others = (world.answers for world in subject.seen if id(world) not in holding)
            without = [*subject.without, *others]
            for _, answers in having:
                words = _words(_shortest(answers, without), templates)
                if not words:
                    return ""
                told.append(words)
        return " or ".join(dict.fromkeys(told))


def _shortest(answers: Answers, without: Iterable[Answers]) -> Answers:
    """The answers that it takes to tell a world from those that do not have it."""
    needed = dict(answers)
    for question in reversed(answers):
        fewer = {key: answer for key, answer in needed.items() if key != question}
        if not any(_compatible(fewer, other) for other in without):
            needed = fewer
    return needed


def _compatible(answers: Answers, other: Answers) -> bool:
    return all(other.get(question, answer) == answer for question, answer in answers.items())


def _words(answers: Answers, templates: Mapping[str, Template]) -> str:
    told = [
        (templates[key].labels.get(name, name), answer) for (key, name), answer in answers.items()
    ]
    # Whoever knows which region it is need not hear which it is not.
    exact = {label for label, answer in told if label in PSEUDO and isinstance(answer, str)}
    return " and ".join(
        dict.fromkeys(
            _word(label, answer)
            for label, answer in told
            if not (label in exact and isinstance(answer, Unknown))
        )
    )


def _word(name: str, answer: Any) -> str:
    if isinstance(answer, bool):
        if name.startswith(NOT):
            name, answer = name.removeprefix(NOT), not answer
        return name if answer else f"{NOT}{name}"
    if isinstance(answer, Unknown):
        others = " or ".join(one or "empty" for one in sorted(answer.excluded))
        return f"{name} is not {others}" if others else f"{name} is given"
    shown = answer if isinstance(answer, str | int) else ",".join(map(str, answer))
    return f"{name} = {shown}" if shown != "" else f"{name} is empty"
