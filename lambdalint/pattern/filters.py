"""The filters of subscriptions, event source mappings and pipes."""

from __future__ import annotations

from typing import Any

from lambdalint.pattern.data import OneOf, Open, parsed, plain
from lambdalint.pattern.event import match
from lambdalint.pattern.leaf import MAPPING, SNS
from lambdalint.pattern.verdict import MAYBE, NO, YES, Verdict, agreed
from lambdalint.value import Text, Unknown


def sns(policy: Any, scope: Any, attributes: Any, body: Any) -> Verdict:
    """Whether a subscription with a filter policy receives a message.

    `attributes` and `body` are the MessageAttributes and the Message that were published.
    https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    """
    policy, scope = plain(parsed(policy)), plain(scope)
    if policy is None:
        return YES
    match scope:
        case None | "MessageAttributes":
            return _by_attributes(policy, plain(attributes))
        case "MessageBody":
            return _by_body(policy, plain(parsed(body)))
    scopes = ("MessageAttributes", "MessageBody")
    return agreed(sns(policy, one, attributes, body) for one in scopes)


def _by_attributes(policy: Any, attributes: Any) -> Verdict:
    if attributes is None or attributes == {}:
        # Without attributes, not even `exists: false` matches.
        # https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
        return MAYBE if isinstance(attributes, Open) else NO
    if not isinstance(attributes, dict):
        return MAYBE
    values = {name: _attribute(attribute) for name, attribute in attributes.items()}
    verdict = match(policy, Open(values) if isinstance(attributes, Open) else values, SNS)
    told = any(not isinstance(value, Unknown) for value in values.values())
    return verdict if told else min(verdict, MAYBE)


def _attribute(attribute: Any) -> Any:
    """The value of a message attribute; unknown for types that no policy is compared to.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
    """
    match attribute:
        case {"DataType": "String", "StringValue": value}:
            return value
        case {"DataType": "Number" | "String.Array" as kind, "StringValue": value}:
            data = parsed(value)
            wanted = list if kind == "String.Array" else int | float
            if isinstance(data, wanted) and not isinstance(data, bool):
                return data
    return Unknown("an attribute of another type")


def _by_body(policy: Any, body: Any) -> Verdict:
    if isinstance(body, OneOf):
        return agreed(_by_body(policy, plain(parsed(one))) for one in body.choices)
    if isinstance(body, str | Text):
        return NO  # a body that is no JSON object is not delivered
    return match(policy, body, SNS) if isinstance(body, dict) else MAYBE


# What a mapping or pipe reads as JSON if the pattern does.
# https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
# https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-filtering.html
_PAYLOADS = ("body", "data", "key", "value")


def mapping(filters: Any, record: Any) -> Verdict:
    """Whether an event source mapping or a pipe with filter criteria passes a record on.

    `record` is as the source delivers it; a payload may be a text, plain or JSON, or be decoded.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    """
    criteria = plain(filters)
    listed = criteria.get("Filters") if isinstance(criteria, dict) else criteria
    if listed is None or listed == []:
        return MAYBE if isinstance(criteria, Open) else YES
    data = plain(record)
    if not isinstance(listed, list) or not isinstance(data, dict):
        return MAYBE
    return max(_passes(one, data) for one in listed)


def _passes(one: Any, record: dict[str, Any]) -> Verdict:
    pattern = plain(parsed(one.get("Pattern"))) if isinstance(one, dict) else one
    if not isinstance(pattern, dict):
        return MAYBE
    event = Open(record) if isinstance(record, Open) else dict(record)
    for name in _PAYLOADS:
        if name in record:
            event[name] = _payload(record[name])
            if not _agree(pattern.get(name), event[name]):
                return NO
    return match(pattern, event, MAPPING)


def _payload(data: Any) -> Any:
    if isinstance(data, OneOf):
        return OneOf(tuple(map(_payload, data.choices)))
    read = plain(parsed(data))
    told = isinstance(read, dict) or (isinstance(read, str | Text) and read == data)
    return read if told else Unknown("a payload that is neither a text nor an object")


def _agree(wanted: Any, payload: Any) -> bool:
    """Whether a payload may be what the pattern wants there: an object or a text."""
    match wanted, payload:
        case dict(), str() | Text():
            return False
        case list(), dict():
            return False
    return True
