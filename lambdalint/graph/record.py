"""The records that come of what code does, as their source delivers them to mappings and pipes."""

from __future__ import annotations

import re
from typing import Any

from lambdalint.graph.act import QUEUE, TABLES
from lambdalint.graph.effect import Effect
from lambdalint.graph.resource import Resource
from lambdalint.pattern import OneOf, Open
from lambdalint.value import Text, Unknown


def records(effect: Effect | None) -> list[Any]:
    """What is known of each record; without an effect, nothing is."""
    if effect is None or not isinstance(effect.target, Resource):
        return [Open()]
    arguments = effect.entry if effect.call and isinstance(effect.entry, dict) else Open()
    if effect.target.type == QUEUE:
        batch = arguments.get("Entries", [arguments])
        return list(map(_message, batch)) if isinstance(batch, list) and batch else [Open()]
    if effect.target.type in TABLES and effect.changes:
        action = effect.call.action if effect.call else ""
        return [_change(effect.changes, action, arguments)]
    return [Open()]


# --- messages of a queue --------------------------------------------------------------------------


def _message(said: Any) -> Any:
    """A message, as https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html has it."""
    if not isinstance(said, dict):
        return Open()
    record = Open(body=said.get("MessageBody", Unknown("a body")))
    attributes = said.get("MessageAttributes", Open() if isinstance(said, Open) else {})
    if isinstance(attributes, dict):
        told = {name: _attribute(one) for name, one in attributes.items()}
        record["messageAttributes"] = Open(told) if isinstance(attributes, Open) else told
    return record


def _attribute(said: Any) -> Any:
    members = said.items() if isinstance(said, dict) else ()
    return Open({name[:1].lower() + name[1:]: member for name, member in members})


# --- changes of a table ---------------------------------------------------------------------------


def _change(changes: tuple[str, ...], action: str, arguments: dict[str, Any]) -> Any:
    """A change of an item.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """
    told = Open()
    key = _attributes(arguments.get("Key"))
    match action:
        case "PutItem":
            item = _attributes(arguments.get("Item"))
            told |= {"Keys": Open(item), "NewImage": item}
        case "UpdateItem":
            told |= {"Keys": key, "NewImage": Open({**key, **_updated(arguments)})}
        case "DeleteItem":
            told |= {"Keys": key, "OldImage": Open(key), "NewImage": {}}
    # Only what expires has an identity: that of DynamoDB.
    return Open(eventName=OneOf(changes), dynamodb=Open(told), userIdentity={})


def _attributes(said: Any) -> dict[str, Any]:
    """The attributes of an item, which code tells with their types, or leaves them to a library."""
    if not isinstance(said, dict):
        return Open()
    values = [value for value in said.values() if not isinstance(value, Unknown)]
    plain = not all(isinstance(value, dict) and value.keys() & _TYPES for value in values)
    told = {name: _typed(value) for name, value in said.items()} if plain else said
    return Open(told) if isinstance(said, Open) else told


# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
_TYPES = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}


def _typed(value: Any) -> Any:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str() | Text():
            return {"S": value}
    return Unknown("an attribute of another type")


def _updated(arguments: dict[str, Any]) -> dict[str, Any]:
    """The attributes that an update sets to a value which the code tells."""
    expression = arguments.get("UpdateExpression")
    names, values = (arguments.get(f"ExpressionAttribute{what}") for what in ("Names", "Values"))
    if not isinstance(expression, str) or not isinstance(values, dict):
        return {}
    told = _attributes(values)
    names = names if isinstance(names, dict) else {}
    found: dict[str, Any] = {}
    for name, value in _SET.findall(expression):
        attribute = names.get(name) if name.startswith("#") else name
        if isinstance(attribute, str) and value in told:
            found[attribute] = told[value]
    return found


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
_SET = re.compile(
    r"(?:\bset\s|,)\s*([#\w]+)\s*=\s*(:\w+)\s*(?=,|$|\b(?:add|remove|delete)\b)", re.IGNORECASE
)
