"""Methods of what is no object of the code's own: events, texts, mappings, lists, clients."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lambdalint.source.handler import Joined, Own, Replaced, Variable
from lambdalint.source.python import aws, library
from lambdalint.source.python.members import Members, origin
from lambdalint.source.python.values import (
    ANYTHING,
    HARMLESS,
    Arguments,
    BatchResponse,
    Coroutine,
    Dict,
    Event,
    Harmless,
    Http,
    List,
    PathOf,
    Processor,
    Response,
    Thread,
    Workers,
    either,
    joined,
)
from lambdalint.value import Place, Ref, Unknown

# Methods of mappings, lists, texts and files, which nothing of AWS has.
_PLAIN = frozenset(
    {
        name
        for kind in (dict, list, set, str, bytes, int)
        for name in dir(kind)
        if not name.startswith("_")
    }
    - {"copy"}
) | {"read", "readline", "readlines", "write", "close", "isoformat", "strftime", "timestamp"}

# Methods of texts that change how they look, not what they are made of.
_CHANGES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "strip": str.strip,
    "title": str.title,
    "upper": str.upper,
}
_TRIMS = frozenset({"strip", "lstrip", "rstrip"})
# ... and those after which an event says the same.
_KEEPS = frozenset({"decode", "encode", "copy", "json", "read", "strip"})


def call(walk: Members, receiver: Any, name: str, given: Arguments, at: Place) -> Any:
    """What a method gives."""
    receiver = origin(receiver)
    if name == "join" and not isinstance(receiver, str | Joined | Variable | Event):
        walk.joins = True
    if aws.is_boto(receiver):
        return aws.method(walk, receiver, name, given, at)
    return _METHODS.get(type(receiver), _anything)(walk, receiver, name, given, at)


def _anything(walk: Members, receiver: Any, name: str, given: Arguments, at: Place) -> Any:
    for one in given.all():
        walk.hand_over(one)
        library.call_back(walk, one, at)
    if isinstance(receiver, Unknown) and name not in _PLAIN:
        walk.stranger()
        return ANYTHING
    return ANYTHING if isinstance(receiver, Unknown) else HARMLESS


def _event(walk: Members, event: Event, name: str, given: Arguments, at: Place) -> Any:
    if name == "pop" and event.path[-1:] == ("Records",):  # one after the other
        walk.takes_all_records = True
    if name in ("get", "pop", "setdefault") and given.positional:
        return walk.item(event, given.positional[0], at)
    if name in _KEEPS:
        return event
    if name == "values":
        return List([walk.elements(event, at)])
    if name == "items":
        return List([List([HARMLESS, walk.elements(event, at)])])
    if name == "replace":
        old, new = given.get(0), given.get(1)
        if isinstance(old, str) and isinstance(new, str) and event.is_key:
            # `key.replace("+", " ")` is half of a decoder.
            return HARMLESS if old in ("+", "%20") else Replaced(event, old, new)
        return HARMLESS
    if name in ("removeprefix", "removesuffix") and isinstance(given.get(0), str):
        return Replaced(event, given.positional[0], "") if event.is_key else HARMLESS
    if event.path in ((), ("Records",)) and name not in ("keys", "__len__"):
        walk.takes_all_records = True
    return HARMLESS


def _dict(walk: Members, mapping: Dict, name: str, given: Arguments, at: Place) -> Any:
    if name in ("get", "pop", "setdefault"):
        return _found(mapping, name, given)
    if name == "update":
        for one in given.positional[:1]:
            walk.update(mapping, one)
        for key, value in given.named.items():
            walk.put(mapping, key, value)
        return None
    if name in ("encode", "decode"):  # it was made a text
        return mapping
    if name == "copy":
        return Dict(dict(mapping.items), mapping.is_open, walk.branch)
    if name == "values":
        return List(list(mapping.items.values()), mapping.is_open)
    if name == "items":
        pairs = [List([HARMLESS, either(*mapping.items.values())])] if mapping.items else []
        return List(pairs, is_open=True)
    return _nothing(walk, mapping, name, given, at)


def _found(mapping: Dict, name: str, given: Arguments) -> Any:
    """The member of a mapping that goes by a key, or a default."""
    key, default = given.get(0), given.get(1)
    if isinstance(key, str) and key in mapping.items:
        return mapping.items[key]
    if mapping.is_open or not isinstance(key, str):
        mapping.is_open = mapping.is_open or name == "setdefault"
        return ANYTHING
    if name == "setdefault":
        mapping.items[key] = default
    return default


def _nothing(walk: Members, receiver: Any, name: str, given: Arguments, at: Place) -> Any:
    """What matters no further."""
    del name, at
    for one in (receiver, *given.all()):
        walk.hand_over(one)
    return HARMLESS


def _list(walk: Members, receiver: List, name: str, given: Arguments, at: Place) -> Any:
    del at
    first = given.get(0)
    match name:
        case "append" | "add" | "appendleft":
            walk.keep(first)
            receiver.extend([first])
            return None
        case "insert":
            receiver.lead = 0
            walk.keep(given.get(1))
            receiver.extend([given.get(1)])
            return None
        case "extend" | "update":
            if isinstance(first, List):
                receiver.extend(list(first.items), is_open=first.is_open)
            else:
                walk.keep(first)
                receiver.is_open = True
            return None
        case "copy":
            return List(list(receiver.items), receiver.is_open)
        case "pop" | "popleft":
            return either(*receiver.items) if receiver.items else HARMLESS
    return HARMLESS


def _text(walk: Members, receiver: Any, name: str, given: Arguments, at: Place) -> Any:
    del walk, at
    # What is set for a function has no spaces around it, and slashes are as good as none.
    if name in ("encode", "decode") or (isinstance(receiver, Variable) and name in _TRIMS):
        return receiver
    if isinstance(receiver, str):
        if name == "join" and isinstance(elements := given.get(0), List):
            if elements.is_open:
                leading = [
                    part for one in elements.items[: elements.lead] for part in (one, receiver)
                ]
                return joined((*leading, HARMLESS)) if leading else HARMLESS
            return joined(
                part
                for index, one in enumerate(elements.items)
                for part in ((receiver, one) if index else (one,))
            )
        if name == "format":
            return _formatted(receiver, given)
        if name in _CHANGES and not given.all():
            return _CHANGES[name](receiver)
    if name == "replace":
        old, new = given.get(0), given.get(1)
        if isinstance(receiver, str) and isinstance(old, str) and isinstance(new, str):
            return receiver.replace(old, new) if len(receiver) * len(new) < 10_000 else HARMLESS
        if (
            isinstance(receiver, Replaced | Joined)
            and isinstance(old, str)
            and isinstance(new, str)
        ):
            return Replaced(receiver, old, new)
    return HARMLESS


_FIELD = re.compile(r"\{\{|\}\}|\{([^{}!:.\[\]]*)\}|\{[^{}]*\}")


def _formatted(template: str, given: Arguments) -> Any:
    """`"{}/{name}".format(a, name=b)`."""
    parts: list[Any] = []
    start = number = 0
    for found in _FIELD.finditer(template):
        parts.append(template[start : found.start()])
        start = found.end()
        if found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        elif (name := found[1]) is None:
            parts.append(HARMLESS)
        elif name == "" or name.isdigit():
            parts.append(_given(given, int(name[:3] or number)))
            number += 1
        else:
            parts.append(given.named.get(name, HARMLESS))
    return joined([*parts, template[start:]])


def _given(given: Arguments, position: int) -> Any:
    return given.positional[position] if position < len(given.positional) else HARMLESS


def _of_path(walk: Members, path: PathOf, name: str, given: Arguments, at: Place) -> Any:
    """A method of a path; those that read or write files do nothing to AWS."""
    del walk, at
    if name == "as_posix":
        return path.text
    if name == "joinpath":
        parts = [part for one in (path, *given.positional) for part in ("/", one)]
        return PathOf(joined(parts[1:]))
    if name == "with_suffix":
        return PathOf(joined((HARMLESS, given.get(0))))
    return HARMLESS


def _workers(walk: Members, pool: Workers, name: str, given: Arguments, at: Place) -> Any:
    """`concurrent.futures`: the pool works while others do."""
    del pool
    function, *rest = given.positional or [None]
    if function is None:
        return HARMLESS
    if name == "submit":
        with walk.inside(parallel=1):
            walk.run(function, Arguments(rest, given.named, given.is_open), at)
    elif name == "map":
        with walk.inside(parallel=1, repeating=1):
            made = walk.run(function, Arguments([walk.elements(one, at) for one in rest]), at)
        return List([made])
    return HARMLESS


def _thread(walk: Members, receiver: Thread, name: str, given: Arguments, at: Place) -> Any:
    del given, at
    if name == "start":
        walk.start(receiver.at)
    return HARMLESS


def _http(walk: Members, receiver: Http, name: str, given: Arguments, at: Place) -> Any:
    verbs = ("get", "post", "put", "patch", "delete", "head", "options", "request", "urlopen")
    if receiver.library != "prepared" and name in verbs:
        return library.request(walk, name, given, at)
    return HARMLESS


def _processor(walk: Members, receiver: Processor, name: str, given: Arguments, at: Place) -> Any:
    """`with processor(records=…, handler=…)` and what follows it."""
    if name == "__call__":
        walk.takes_all_records = True
        with walk.inside(repeating=1):
            handler = given.named.get("handler", given.get(1))
            if handler is not None:
                walk.run(handler, Arguments([HARMLESS]), at)
        return receiver
    return BatchResponse() if name == "response" else HARMLESS


def _harmless(walk: Members, receiver: Harmless, name: str, given: Arguments, at: Place) -> Any:
    """A method of something that a library made: it may call what it is given, or was told."""
    is_logging = receiver.library in ("logging", "aws_lambda_powertools", "structlog", "loguru")
    handed = given.all()
    if not is_logging or name not in _LEVELS:
        for one in handed:
            walk.hand_over(one)
            library.call_back(walk, one, at)
    if any(isinstance(one, Event) and not one.path for one in handed):
        walk.call_registered(at)
    if receiver.library == "asyncio" and given.positional:
        return walk.wait(given.positional[0])
    return Harmless(receiver.library)


_LEVELS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "append_keys"}
)

_METHODS: dict[type[Any], Callable[[Members, Any, str, Arguments, Place], Any]] = {
    Event: _event,
    Dict: _dict,
    List: _list,
    Thread: _thread,
    Workers: _workers,
    Http: _http,
    PathOf: _of_path,
    Processor: _processor,
    Harmless: _harmless,
    **dict.fromkeys((str, Joined, Variable, Own, Replaced, Ref), _text),
    **dict.fromkeys((Response, Coroutine, BatchResponse), _nothing),
}
