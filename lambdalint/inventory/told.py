"""What is said about a trigger: a few words on each question, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lambdalint.graph import resolve
from lambdalint.kinds import Kind, Model
from lambdalint.value import Ref, Text, Unknown, Value
from lambdalint.world import Scope


@dataclass(frozen=True, slots=True)
class Told:
    """What one deployment says about a trigger.

    `subject` is what the source alone does not say, such as the requests of an API, and `state`
    whether it is `on`. `results` is where results are sent, "" if nowhere. `numbers` are settings by name, defaults included, without what nobody can tell. `ends` are the
    names of where events end, by why they do.
    """

    model: Model
    batch: str
    retries: str
    failures: str
    order: str
    pressure: str
    concurrency: str
    payload: str
    duplicates: str
    subject: str = ""
    state: str = "on"
    results: str = ""
    time: str = ""
    numbers: Mapping[str, int | float] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)

    def but(
        self,
        numbers: Mapping[str, Value] | None = None,
        ends: Mapping[str, str] | None = None,
        **words: Any,
    ) -> Told:
        """The same with what settings say: other words, more numbers and more ends."""
        known = {name: value.data for name, value in (numbers or {}).items()}
        return replace(
            self,
            numbers={**self.numbers, **{n: data for n, data in known.items() if is_number(data)}},
            ends={**self.ends, **{why: name for why, name in (ends or {}).items() if name}},
            **words,
        )

    @property
    def lost(self) -> str:
        """Where failures end, as nothing is set that would keep them."""
        return self.failures.partition(", without ")[0]


def of_kind(kind: Kind) -> Told:
    """What is to be said where no template says anything else."""
    return Told(
        kind.model,
        kind.batch,
        kind.retries,
        kind.failures,
        kind.order,
        kind.pressure,
        kind.concurrency,
        kind.payload,
        kind.duplicates,
    )


# --- values in words ------------------------------------------------------------------------------


def is_number(data: Any) -> bool:
    """Whether a setting is a number; a boolean is none."""
    return isinstance(data, int | float) and not isinstance(data, bool)


def said(value: Value, unit: str = "") -> str:
    """A number and its unit, `5 s`; `? s (parameter Wait)` where nobody can tell."""
    if is_number(value.data):
        return f"{value.data:,}{unit}"
    return f"?{unit} ({why(value.data)})"


def why(data: Any) -> str:
    """What is known about something that nobody can tell."""
    match data:
        case Unknown(reason):
            return reason
        case Ref():
            return str(Text((data,)))
        case str() | Text():
            return str(data)
    return "nonsense"


_UNITS = ((86_400, "days", 2), (3600, "h", 1), (60, "min", 10))


def lasting(value: Value) -> str:
    """How long something lasts: `4 days`, `24 h`, `90 s`."""
    data = value.data
    if isinstance(data, int):
        for size, unit, least in _UNITS:
            if data % size == 0 and data >= least * size:
                return f"{data // size} {unit}"
    return said(value, " s")


def times(value: Value) -> str:
    """How often: `once`, `twice`, `5 ×`."""
    return {1: "once", 2: "twice"}.get(value.data) or said(value, " ×")


def whether(flag: Value, words: str) -> str:
    """Some words where something holds, a question where nobody can tell."""
    if isinstance(flag.data, bool) or flag.data is None:
        return words if flag.data else ""
    return f"{words}? ({why(flag.data)})"


def end(value: Value, scope: Scope) -> str:
    """The name of where something goes, "" for nowhere."""
    if value.data is None:
        return ""
    found = resolve(value.data, scope)
    return found.name if found else f"? ({why(value.data)})"


def joined(*parts: str) -> str:
    """The parts that say something, one after another."""
    return ", ".join(filter(None, parts))
