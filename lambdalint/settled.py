"""Settled mappings and lists, whose members are settled when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, overload

from lambdalint.value import Place, Unknown, Value, child


class Settler(Protocol):
    """Who resolves what is written."""

    def settle(self, value: Value) -> Value: ...


class Map(Mapping[str, Value]):
    """A settled mapping: a member is settled when somebody asks for it, so that nobody else's
    conditions are asked. What is `AWS::NoValue` is not there.
    """

    __slots__ = ("_scope", "_settled", "at", "raw")
    __eq__, __hash__ = object.__eq__, object.__hash__  # comparing would settle everything

    def __init__(self, raw: dict[str, Any], at: Place, scope: Settler) -> None:
        self.raw, self.at, self._scope = raw, at, scope
        self._settled: dict[str, Value | None] = {}

    def __getitem__(self, key: str) -> Value:
        if (value := self._find(key)) is None:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        value = self._find(key)
        return default if value is None else value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def _find(self, key: str) -> Value | None:
        if key not in self._settled:
            value = None
            if key in self.raw:
                value = self._scope.settle(child(self.raw[key], self.at / key))
            elif "Fn::Transform" in self.raw:
                value = Value(Unknown("Fn::Transform"), self.at)
            self._settled[key] = value if value and value.data is not None else None
        return self._settled[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key in self.raw if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Map({self.raw!r})"


class Seq(Sequence[Value]):
    """A settled list, without the elements that are `AWS::NoValue`."""

    __slots__ = ("_scope", "_settled", "at", "raw")
    __eq__, __hash__ = object.__eq__, object.__hash__

    def __init__(self, raw: list[Any], at: Place, scope: Settler) -> None:
        self.raw, self.at, self._scope = raw, at, scope
        self._settled: list[Value] | None = None

    def _all(self) -> list[Value]:
        if self._settled is None:
            settled = (
                self._scope.settle(child(one, self.at / index))
                for index, one in enumerate(self.raw)
            )
            self._settled = [one for one in settled if one.data is not None]
        return self._settled

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> list[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | list[Value]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return f"Seq({self.raw!r})"
