"""What code writes into buckets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdalint.graph.bucket import Keys, Route, Write, head, tail
from lambdalint.graph.reference import means
from lambdalint.graph.resource import Resource
from lambdalint.graph.said import settled
from lambdalint.source.handler import Call, Given, Handler, Joined, Replaced

_PARTS = "ObjectCreated:CompleteMultipartUpload"
# The events that come of a call. What SDKs upload may be sent in parts.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
_CALLS = {
    "PutObject": ("ObjectCreated:Put", _PARTS),
    "CopyObject": ("ObjectCreated:Copy",),
    "CreateMultipartUpload": (_PARTS,),
    "CompleteMultipartUpload": (_PARTS,),
    "DeleteObject": ("ObjectRemoved",),
    "DeleteObjects": ("ObjectRemoved",),
    "PutObjectTagging": ("ObjectTagging:Put",),
    "DeleteObjectTagging": ("ObjectTagging:Delete",),
    "PutObjectAcl": ("ObjectAcl",),
    "RestoreObject": ("ObjectRestore",),
}


def written(handler: Handler, function: Resource, route: Route) -> Iterator[Write]:
    """What code writes into the bucket that a route begins at."""
    for call in handler.calls:
        if route.takes(caused_by(call)) and _is_there(call.arguments, function, route.bucket):
            for given in route.keys:
                yield Write(call.at, keys_of(call, function, given), call=call)


def caused_by(call: Call) -> tuple[str, ...]:
    """The events of a bucket that come of a call."""
    return _CALLS.get(call.action, ()) if call.service == "s3" else ()


def keys_of(call: Call, function: Resource, given: Keys | None = None) -> Keys:
    """The keys that a call writes, where the event tells of one of the `given` ones."""
    return _keys(call.arguments.get("Key"), function, given or Keys())


def _is_there(arguments: dict[str, Any], function: Resource, bucket: Resource) -> bool:
    """Whether a call names a bucket, or the one that its event tells of."""
    name = arguments.get("Bucket")
    return is_bucket(name) or means(settled(name, function), function.scope, bucket)


def is_bucket(said: Any) -> bool:
    """Whether it is the name of the bucket that the event tells of."""
    return isinstance(said, Given) and said.path[-2:] == ("bucket", "name")


def _keys(said: Any, function: Resource, given: Keys) -> Keys:
    """The keys that an expression of the code may be."""
    match said:
        case Given(path):
            return given if path[-2:] == ("object", "key") else Keys()
        case Joined(parts):
            return _joined([_keys(part, function, given) for part in parts])
        case Replaced(whole, old, new):
            keys = _keys(whole, function, given)
            if keys.exact:
                return Keys.of(keys.prefix.replace(old, new))
            begin, end = (
                _replaced(keys.prefix, old, new),
                _replaced(keys.suffix, old, new, last=True),
            )
            # What was replaced is no longer there, not even where nothing is known.
            return Keys(begin, end, () if old in new else (old,))
    data = settled(said, function)
    return Keys.of(data) if isinstance(data, str) else Keys(head(data), tail(data))


def _joined(parts: list[Keys]) -> Keys:
    """What begins with the first of the parts, and ends with the last."""
    first, last = [], []
    for part in parts:
        first.append(part.prefix)
        if not part.exact:
            break
    for part in reversed(parts):
        last.append(part.suffix)
        if not part.exact:
            break
    whole = all(part.exact for part in parts)
    return Keys("".join(first), "".join(reversed(last)), exact=whole)


def _replaced(end: str, old: str, new: str, *, last: bool = False) -> str:
    """What is known of the beginning (or the end) of a key in which something was replaced."""
    # A part of it may lie in what is known, and the other part in what is not.
    parts = (old[-size:] if last else old[:size] for size in range(1, len(old)))
    rest = end.replace(old, "\0") if old else end
    is_cut = any(rest.startswith(part) if last else rest.endswith(part) for part in parts)
    return "" if is_cut or not old else end.replace(old, new)
