"""What code writes into buckets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdalint.graph.bucket import Keys, Route, Write, head, tail
from lambdalint.graph.reference import means
from lambdalint.graph.resource import Resource
from lambdalint.graph.said import settled
from lambdalint.source.handler import Call, Given, Handler

# The families of the events that come of a call.
_CALLS = {
    "PutObject": "ObjectCreated",
    "CopyObject": "ObjectCreated",
    "CreateMultipartUpload": "ObjectCreated",
    "CompleteMultipartUpload": "ObjectCreated",
    "DeleteObject": "ObjectRemoved",
    "DeleteObjects": "ObjectRemoved",
    "PutObjectTagging": "ObjectTagging",
    "DeleteObjectTagging": "ObjectTagging",
    "PutObjectAcl": "ObjectAcl",
    "RestoreObject": "ObjectRestore",
}


def written(handler: Handler, function: Resource, route: Route) -> Iterator[Write]:
    """What code writes into the bucket that a route begins at."""
    for call in handler.calls:
        if family_of(call) in route.families and _is_there(call.arguments, function, route.bucket):
            copied = _is_copied(call.arguments.get("Key"))
            for keys in route.keys if copied else (keys_of(call, function),):
                yield Write(call.at, keys, call=call)


def family_of(call: Call) -> str:
    """The family of the events of a bucket that come of a call, "" if none do."""
    return _CALLS.get(call.action, "") if call.service == "s3" else ""


def keys_of(call: Call, function: Resource) -> Keys:
    """The keys that a call writes."""
    return _keys(settled(call.arguments.get("Key"), function))


def _is_there(arguments: dict[str, Any], function: Resource, bucket: Resource) -> bool:
    """Whether a call names a bucket, or the one that its event tells of."""
    name = arguments.get("Bucket")
    if isinstance(name, Given):
        return name.path[-3:] == ("s3", "bucket", "name") or name.path[-2:] == ("bucket", "name")
    return means(settled(name, function), function.scope, bucket)


def _is_copied(key: Any) -> bool:
    """Whether an object is written under the key that the event tells of."""
    return isinstance(key, Given) and key.path[-2:] == ("object", "key")


def _keys(data: Any) -> Keys:
    """The keys that a text with holes may be."""
    return Keys(data, data) if isinstance(data, str) else Keys(head(data), tail(data))
