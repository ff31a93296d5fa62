"""What both ends say about events that a service hands over: the function about those that Lambda
took, the service about those that it could not hand over.
"""

from __future__ import annotations

from typing import NamedTuple

from lambdalint.facts import EVENTBRIDGE_DELIVERY_S, SNS_DELIVERY_DAYS
from lambdalint.graph import Graph, Resource, Trigger, descend, document
from lambdalint.graph.resource import number
from lambdalint.inventory.told import Told, end, joined, lasting, times
from lambdalint.kinds import KINDS
from lambdalint.kinds.kind import pushed
from lambdalint.value import Value

# What is to be said of every kind that hands events over.
PUSHED = pushed.keywords


def of_function(graph: Graph, trigger: Trigger, told: Told, *, notices: bool) -> Told:
    """What Lambda does with an event that it took and the function fails to process.

    A service that `notices` suffers from the failure wherever the event is kept.
    """
    function = trigger.function
    if not isinstance(function, Resource):
        elsewhere = f"? (settings of {function.name})"
        return told.but(retries=f"Lambda, {elsewhere}", failures=elsewhere)
    config = graph.invoke_config(trigger)
    attempts, age = (
        config.resource.number(name) if config else Value(None, function.at)
        for name in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")
    )
    ends = {
        "on_failure": end(config.on_failure, function.scope) if config else "",
        "dead_letter_queue": end(function.get("DeadLetterConfig", "TargetArn"), function.scope),
    }
    results = end(config.on_success, function.scope) if config else ""
    kept = joined(*ends.values())
    if not kept and graph.keeps_failures(trigger):
        kept = "? (settings for a function that the template does not tell)"
    suffered = told.failures if kept and notices else ""
    return told.but(
        {"retry_attempts": attempts, "max_age_s": age},
        {**ends, "on_success": results},
        retries=_retries(attempts, age, told),
        failures="; ".join(filter(None, (kept or told.lost, suffered))),
        results=results,
        pressure=told.pressure
        if age.data is None
        else f"Lambda keeps throttled events for {lasting(age)}",
    )


def of_pipe(graph: Graph, trigger: Trigger, piped: Told) -> Told:
    """What Lambda does with what a pipe hands over, and what the pipe does where it cannot."""
    words = ("model", "retries", "failures", "pressure", "payload")
    told = of_function(
        graph, trigger, piped.but(**{word: PUSHED[word] for word in words}), notices=False
    )
    return told.but(
        retries=f"{told.retries}; delivery: {piped.retries}",
        failures=f"{told.failures}; undelivered: {piped.failures}",
    )


def _retries(attempts: Value, age: Value, told: Told) -> str:
    if attempts.data == 0:
        return "none by Lambda"
    more = told.retries if attempts.data is None else f"Lambda, {times(attempts)} more"
    return joined(more, f"within {lasting(age)}" if age.data is not None else "")


class _Delivery(NamedTuple):
    """How a service repeats what it could not hand over, and where that ends.

    `default` says how it does where no policy does.
    """

    service: str
    default: str
    attempts: Value
    age: Value
    queue: Value


def of_service(trigger: Trigger, told: Told) -> Told:
    """What the service says, where it can be told how to deliver."""
    delivery = _delivery(trigger)
    if delivery is None:
        return told
    queue = end(delivery.queue, trigger.via.scope)
    return told.but(
        {"delivery_retry_attempts": delivery.attempts, "delivery_max_age_s": delivery.age},
        {"delivery_dead_letter_queue": queue},
        retries=f"{told.retries}; delivery: {_repeated(delivery)}",
        failures=f"{told.failures}; undelivered: {queue or 'lost'}",
    )


def of_subscriber(trigger: Trigger, told: Told) -> Told:
    """What a subscriber of a bus says, which waits for the function."""
    delivery = _subscribed(trigger)
    queue = end(delivery.queue, trigger.via.scope)
    return told.but(
        {"retry_attempts": delivery.attempts, "max_age_s": delivery.age},
        {"on_failure": queue},
        retries=_repeated(delivery),
        failures=queue or told.lost,
    )


def _repeated(delivery: _Delivery) -> str:
    service, default, attempts, age, _ = delivery
    if attempts.data == 0:
        return "once"
    limits = joined(
        f"{times(attempts)} more" if attempts.data is not None else "",
        f"for {lasting(age)}" if age.data is not None else "",
    )
    return joined(service, limits or default)


def _delivery(trigger: Trigger) -> _Delivery | None:
    match trigger.kind.name:
        case "eventbridge" | "schedule-rule":
            day = lasting(Value(EVENTBRIDGE_DELIVERY_S, trigger.at))
            return _told_by(trigger.settings, "EventBridge", f"for {day}")
        case "scheduler":
            return _told_by(trigger.get("Target"), "Scheduler", "by its default")
        case "sns":
            policy = document(trigger.get("RedrivePolicy"), trigger.via.scope)
            never = Value(None, trigger.at)
            queue = descend(policy, "deadLetterTargetArn")
            return _Delivery("SNS", f"for {SNS_DELIVERY_DAYS} days", never, never, queue)
        case "bus-subscriber":
            return _subscribed(trigger)
    return None


def _subscribed(trigger: Trigger) -> _Delivery:
    via, waiting = trigger.via, KINDS["bus-subscriber-request"]
    service, _, default = waiting.retries.partition(", ")
    return _Delivery(
        service,
        default,
        via.number("RetryPolicy", "MaxRetryAttempts"),
        via.number("RetryPolicy", "MaxEventAgeInSeconds"),
        via.get("OnFailureConfiguration", "Arn"),
    )


def _told_by(target: Value, service: str, default: str) -> _Delivery:
    return _Delivery(
        service,
        default,
        number(descend(target, "RetryPolicy", "MaximumRetryAttempts")),
        number(descend(target, "RetryPolicy", "MaximumEventAgeInSeconds")),
        descend(target, "DeadLetterConfig", "Arn"),
    )
