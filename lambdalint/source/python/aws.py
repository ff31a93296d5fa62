"""boto3 and its relatives: what their objects do, as calls of AWS APIs."""

from __future__ import annotations

from typing import Any

from lambdalint.source.python.state import State
from lambdalint.source.python.values import (
    ANYTHING,
    HARMLESS,
    Arguments,
    Client,
    Method,
    Response,
    Session,
    Thing,
)
from lambdalint.value import Place

# boto3's names of services whose actions IAM knows by another prefix.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-runtime": "bedrock",
    "dynamodbstreams": "dynamodb",
    "iot-data": "iot",
    "pinpoint": "mobiletargeting",
    "sesv2": "ses",
    "stepfunctions": "states",
}

# Methods of every client that call nothing, or nothing that changes anything.
_QUIET = frozenset(
    {
        *("can_paginate", "close", "exceptions", "meta", "get_waiter"),
        *("generate_presigned_post", "generate_presigned_url", "generate_db_auth_token"),
    }
)

# What is no operation of an API, but performs one: the operation and the names of its arguments.
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/services/s3.html
_TRANSFERS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "": {
        "copy": ("CopyObject", ("CopySource", "Bucket", "Key")),
        "download_file": ("GetObject", ("Bucket", "Key", "Filename")),
        "download_fileobj": ("GetObject", ("Bucket", "Key", "Fileobj")),
        "upload_file": ("PutObject", ("Filename", "Bucket", "Key")),
        "upload_fileobj": ("PutObject", ("Fileobj", "Bucket", "Key")),
    },
    "Bucket": {
        "copy": ("CopyObject", ("CopySource", "Key")),
        "download_file": ("GetObject", ("Key", "Filename")),
        "download_fileobj": ("GetObject", ("Key", "Fileobj")),
        "put_object": ("PutObject", ()),
        "upload_file": ("PutObject", ("Filename", "Key")),
        "upload_fileobj": ("PutObject", ("Fileobj", "Key")),
        "delete_objects": ("DeleteObjects", ()),
    },
    "Object": {
        "copy": ("CopyObject", ("CopySource",)),
        "copy_from": ("CopyObject", ()),
        "delete": ("DeleteObject", ()),
        "download_file": ("GetObject", ("Filename",)),
        "download_fileobj": ("GetObject", ("Fileobj",)),
        "get": ("GetObject", ()),
        "load": ("HeadObject", ()),
        "put": ("PutObject", ()),
        "restore_object": ("RestoreObject", ()),
        "upload_file": ("PutObject", ("Filename",)),
        "upload_fileobj": ("PutObject", ("Fileobj",)),
    },
    "ObjectAcl": {"put": ("PutObjectAcl", ())},
    "Objects": {
        "all": ("ListObjectsV2", ()),
        "filter": ("ListObjectsV2", ()),
        "limit": ("ListObjectsV2", ()),
        "delete": ("DeleteObjects", ()),
    },
    "Queue": {
        "send_message": ("SendMessage", ()),
        "send_messages": ("SendMessageBatch", ()),
        "receive_messages": ("ReceiveMessage", ()),
        "delete_messages": ("DeleteMessageBatch", ()),
        "purge": ("PurgeQueue", ()),
    },
    "Topic": {"publish": ("Publish", ()), "subscribe": ("Subscribe", ())},
    "Batch": {"put_item": ("BatchWriteItem", ()), "delete_item": ("BatchWriteItem", ())},
}

# The objects of resources, by service and the method that makes them: what their arguments are.
_MAKERS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("s3", "Bucket"): ("Bucket", ("Bucket",)),
    ("s3", "Object"): ("Object", ("Bucket", "Key")),
    ("s3", "ObjectSummary"): ("Object", ("Bucket", "Key")),
    ("s3", "ObjectAcl"): ("ObjectAcl", ("Bucket", "Key")),
    ("dynamodb", "Table"): ("Table", ("TableName",)),
    ("sqs", "Queue"): ("Queue", ("QueueUrl",)),
    ("sqs", "get_queue_by_name"): ("Queue", ("QueueUrl",)),
    ("sns", "Topic"): ("Topic", ("TopicArn",)),
    ("sns", "create_topic"): ("Topic", ("TopicArn",)),
}
_PARTS = {
    ("Bucket", "Object"): ("Object", ("Key",)),
    ("Object", "Acl"): ("ObjectAcl", ()),
    ("Object", "Bucket"): ("Bucket", ()),
    ("Table", "batch_writer"): ("Batch", ()),
}

# How resources call the arguments by which they are made.
_SPELLED = {
    "name": ("Bucket", "TableName"),
    "bucket_name": ("Bucket",),
    "key": ("Key",),
    "url": ("QueueUrl",),
    "QueueName": ("QueueUrl",),
    "arn": ("TopicArn",),
    "Name": ("TopicArn",),
}

# Answers that name what was asked for: the key, and the argument that already told it.
_ECHOES = {
    ("GetQueueUrl", "QueueUrl"): "QueueName",
    ("CreateTopic", "TopicArn"): "Name",
}


def client(state: State, arguments: Arguments) -> Any:
    """A client, as `boto3.client` makes it."""
    limited = arguments.is_open or "config" in arguments.named
    return _made(state, arguments, lambda service: Client(service, limited=limited))


def resource(state: State, arguments: Arguments) -> Any:
    """A resource, as `boto3.resource` makes it."""
    return _made(state, arguments, lambda service: Thing(service, "", {}))


def session(arguments: Arguments) -> Session:
    """What makes clients and resources; with keys of its own, those of another account."""
    return Session(elsewhere=_is_elsewhere(arguments))


def _is_elsewhere(arguments: Arguments) -> bool:
    """Whether a client acts for somebody else than the function's role."""
    return any(
        arguments.named.get(name) is not None for name in ("aws_access_key_id", "profile_name")
    )


def _made(state: State, arguments: Arguments, make: Any) -> Any:
    service = arguments.get(0, "service_name")
    if not isinstance(service, str) or _is_elsewhere(arguments):
        state.stranger()
        return HARMLESS if isinstance(service, str) else ANYTHING
    return make(service)


def action(method: str) -> str:
    """The operation that boto3 calls by a Python name."""
    return "".join(word[:1].upper() + word[1:] for word in method.split("_"))


def prefix(service: str) -> str:
    """How IAM calls a service."""
    return _PREFIXES.get(service, service)


def attribute(receiver: Client | Thing | Session, name: str) -> Any:
    """What an object of boto3 has under a name."""
    if isinstance(receiver, Thing):
        if name == "meta":
            return receiver
        if name == "client":
            return Client(receiver.service)
        if (receiver.kind, name) == ("Bucket", "objects"):
            return Thing("s3", "Objects", receiver.known)
        if name in ("name", "bucket_name", "key", "url", "arn") and receiver.known:
            spelled = _SPELLED[name]
            return next((v for key, v in receiver.known.items() if key in spelled), HARMLESS)
    elif isinstance(receiver, Client) and name in ("exceptions", "meta"):
        return HARMLESS
    return Method(receiver, name)


def method(state: State, receiver: Any, name: str, arguments: Arguments, at: Place) -> Any:
    """What a method of an object of boto3 gives; its call is told."""
    match receiver:
        case Session():
            return _session(state, receiver, name, arguments)
        case Client():
            return _client(state, receiver, name, arguments, at)
        case Thing(kind="Paginator"):
            return state.call(prefix(receiver.service), receiver.known["action"], arguments, at)
        case Thing(kind=""):
            return _service(receiver, name, arguments)
        case Thing():
            return _thing(state, receiver, name, arguments, at)
    return ANYTHING


def _session(state: State, receiver: Session, name: str, arguments: Arguments) -> Any:
    if name in ("client", "create_client", "resource"):
        if receiver.elsewhere:
            state.stranger()
            return HARMLESS
        return resource(state, arguments) if name == "resource" else client(state, arguments)
    return HARMLESS


def _client(state: State, receiver: Client, name: str, arguments: Arguments, at: Place) -> Any:
    if name == "get_paginator":
        operation = arguments.get(0, "operation_name")
        known = {"action": action(operation) if isinstance(operation, str) else ""}
        return Thing(receiver.service, "Paginator", known)
    if name in _QUIET or name.startswith("__"):
        return HARMLESS
    operation, names = _TRANSFERS[""].get(name, ("", ())) if receiver.service == "s3" else ("", ())
    named = _by_name(arguments, names)
    operation = operation or action(name)
    return state.call(prefix(receiver.service), operation, named, at, limited=receiver.limited)


def _service(receiver: Thing, name: str, arguments: Arguments) -> Any:
    """Objects that a resource makes, and the collections that it has."""
    if made := _MAKERS.get((receiver.service, name)):
        kind, names = made
        given = _by_name(arguments, names)
        return Thing(receiver.service, kind, _translated(given.named, names))
    return HARMLESS


def _translated(named: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Arguments under the names that the API has for them."""
    found: dict[str, Any] = {}
    for name, value in named.items():
        api = [one for one in _SPELLED.get(name, (name,)) if one in names]
        found[api[0] if api else name] = value
    return found


def _thing(state: State, receiver: Thing, name: str, arguments: Arguments, at: Place) -> Any:
    if made := _PARTS.get((receiver.kind, name)):
        kind, names = made
        given = _by_name(arguments, names)
        return Thing(receiver.service, kind, receiver.known | _translated(given.named, names))
    operation, names = _TRANSFERS.get(receiver.kind, {}).get(name, ("", ()))
    given = _by_name(arguments, names)
    # A table has the operations of the API; of other objects, only those are known that write.
    if not operation and receiver.kind != "Table":
        return HARMLESS
    if name.startswith("__") or name in ("load", "reload", "wait_until_exists"):
        return HARMLESS
    named = Arguments([], receiver.known | given.named, given.is_open)
    response = state.call(prefix(receiver.service), operation or action(name), named, at)
    if receiver.kind == "Batch":  # it sends again what was refused
        response.checked = True
    return receiver if receiver.kind == "Objects" else response


def _by_name(arguments: Arguments, names: tuple[str, ...]) -> Arguments:
    """Arguments by name alone; more of them than there are names are nobody's business."""
    positional = dict(zip(names, arguments.positional, strict=False))
    return Arguments([], {**positional, **arguments.named}, arguments.is_open)


def member(response: Response, key: Any) -> Any:
    """What an answer says under a key."""
    if key != "ResponseMetadata":
        response.checked = True
    echoed = _ECHOES.get((response.call.action, key)) if isinstance(key, str) else None
    if echoed and echoed in response.call.arguments:
        return response.call.arguments[echoed]
    return HARMLESS


def is_boto(value: Any) -> bool:
    """Whether something is an object of boto3."""
    return isinstance(value, Client | Thing | Session)
