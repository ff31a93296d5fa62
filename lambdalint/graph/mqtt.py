"""MQTT topics: which of them a filter selects, though parts of both may be unknown.

https://docs.aws.amazon.com/iot/latest/developerguide/topics.html
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from lambdalint.pattern import Verdict
from lambdalint.value import spell

Levels: TypeAlias = tuple[str, ...]

# Special levels of a topic: any one, any number of them, and a piece of text that may have slashes itself.
ONE, MANY, VAGUE = "+", "#", "\0"

# https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-from.html
_FROM = re.compile(r"\bFROM\s+(['\"])(.*?)\1(.*)", re.IGNORECASE | re.DOTALL)
_WHERE = re.compile(r"\s*\bWHERE\b", re.IGNORECASE)
# https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html#iot-function-topic
_TOPIC = re.compile(r"\$\{\s*topic\(\s*([0-9]*)\s*\)\s*\}", re.IGNORECASE)
_TEMPLATE = re.compile(r"\$\{[^}]*\}")
_HOLE = re.compile("[\U000f0000-\U000fffff]")


def selected(sql: Any) -> tuple[Levels, bool] | None:
    """The topics that a statement selects, and whether it looks at the messages as well."""
    spelled = spell(sql)
    found = _FROM.search(spelled[0]) if spelled else None
    if found is None:
        return None
    return _levels(found[2]), _WHERE.match(found[3]) is not None


def published(topic: Any, wanted: Levels = ()) -> Levels:
    """The topics that a template of a topic may stand for, where a filter selected the message."""
    spelled = spell(topic)
    if spelled is None:
        return (VAGUE,)

    def own(found: re.Match[str]) -> str:
        number = int(found[1] or 0)
        if not number:
            return "/".join(wanted)
        known = wanted[number - 1 : number] if MANY not in wanted[:number] else (ONE,)
        return "".join(known)

    # A topic that begins with `$` is written with another one in a template.
    text = spelled[0].removeprefix("$") if spelled[0].startswith("$$") else spelled[0]
    return _levels(_TOPIC.sub(own, text) if wanted else text)


def _levels(text: str) -> Levels:
    vague = _HOLE.sub(VAGUE, _TEMPLATE.sub(VAGUE, text))
    return tuple(VAGUE if VAGUE in level else level for level in vague.split("/"))


def selects(wanted: Levels, topics: Levels) -> Verdict:
    """Whether a filter selects all of some topics, certainly or perhaps, or none of them."""
    if wanted[:1] in ((ONE,), (MANY,)) and topics[:1] and topics[0].startswith("$"):
        return Verdict.NO
    if _covers(wanted, topics):
        return Verdict.YES
    return Verdict.MAYBE if _meets(wanted, topics) else Verdict.NO


def _covers(wanted: Levels, topics: Levels) -> bool:
    if wanted[:1] == (MANY,) or not wanted:
        return bool(wanted) or not topics
    if not topics or topics[0] in (MANY, VAGUE) or wanted[0] == VAGUE:
        return False
    return wanted[0] in (ONE, topics[0]) and (
        _covers(wanted[1:], topics[1:]) or (wanted[1:] == (MANY,) and len(topics) == 1)
    )


def _meets(one: Levels, other: Levels) -> bool:
    """Whether some topic may belong to both."""
    if not one or not other:
        return all(level in (MANY, VAGUE) for level in (*one, *other))
    if one[0] in (MANY, VAGUE) or other[0] in (MANY, VAGUE):
        return True
    return (ONE in (one[0], other[0]) or one[0] == other[0]) and _meets(one[1:], other[1:])
