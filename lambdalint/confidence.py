"""How sure the evidence makes us."""

from __future__ import annotations

from enum import IntEnum


class Confidence(IntEnum):
    """Low: it may be. Medium: it is likely. High: it is so."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def less(self) -> Confidence:
        """One step down, if there is one."""
        return Confidence(max(self - 1, Confidence.LOW))
