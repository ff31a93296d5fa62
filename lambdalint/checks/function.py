"""Functions, whatever invokes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.runtimes import RUNTIMES
from lambdalint.value import Value


def deprecated_runtime(graph: Graph, *, horizon_days: int, today: str | date | None) -> Claims:
    now = date.fromisoformat(str(today)) if today else datetime.now(UTC).date()
    for function in graph.functions():
        match function.get("Runtime"):
            case Value(str(runtime), at) if runtime in RUNTIMES:
                successor = RUNTIMES[runtime].successor
                then = f", {successor} takes its place" if successor else ""
                for severity, said in _stage(runtime, now, timedelta(horizon_days)):
                    runs = Note(function.at, f"{function.name} runs on it{then}")
                    yield Claim(Note(at, said), runs, severity=severity)


def _stage(runtime: str, now: date, horizon: timedelta) -> list[tuple[Severity, str]]:
    """How far gone a runtime is, in words: nothing for one that is in good health."""
    life = RUNTIMES[runtime]
    today, soon = now.isoformat(), (now + horizon).isoformat()
    stages = (
        (life.update_block, today, Severity.ERROR, "{}: no update of a function since {}"),
        (life.create_block, today, Severity.ERROR, "{}: no new functions since {}"),
        (life.deprecated, today, Severity.WARNING, "{}: no security patches since {}"),
        (life.deprecated, soon, Severity.INFO, "{}: no security patches from {} on"),
    )
    reached = [
        (severity, words.format(runtime, day))
        for day, limit, severity, words in stages
        if day and day <= limit
    ]
    return reached[:1]
