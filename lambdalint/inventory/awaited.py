"""What is said about calls whose caller waits for the answer."""

from __future__ import annotations

from lambdalint.facts import STATE_RETRIES
from lambdalint.graph import Trigger, descend
from lambdalint.graph.resource import number
from lambdalint.inventory.told import Told, is_number, joined, said, why
from lambdalint.settled import Seq
from lambdalint.value import Value


def limit(trigger: Trigger) -> Value:
    """How many seconds the caller waits; None if it sets no limit, or nobody knows it."""
    if trigger.kind.name == "step-functions":
        return number(trigger.get("TimeoutSeconds"))
    wait = trigger.wait
    if not is_number(wait.data):
        return Value(wait.data or trigger.kind.limit_s, wait.at)
    seconds, rest = divmod(wait.data, 1000)
    return Value(wait.data / 1000 if rest else seconds, wait.at)


def of_state(trigger: Trigger, told: Told) -> Told:
    """What a state of a workflow says about the errors of its task."""
    retry, catch = trigger.get("Retry"), trigger.get("Catch")
    fails = f"state {trigger.around} fails" if trigger.around else "the execution fails"
    return told.but(
        retries="none, the state has no Retry" if _says_nothing(retry) else _retries(retry),
        failures=fails if _says_nothing(catch) else _failures(catch, fails),
    )


def of_handing_state(trigger: Trigger, pushed: Told) -> Told:
    """What a state says that does not wait: what it does where Lambda does not take the event."""
    state = of_state(trigger, pushed)
    return pushed.but(
        retries=f"{pushed.retries}; delivery: {state.retries}",
        failures=f"{pushed.failures}; undelivered: {state.failures}",
    )


def _says_nothing(handlers: Value) -> bool:
    return handlers.data is None or (isinstance(handlers.data, Seq) and not handlers.data)


def _retries(retry: Value) -> str:
    if not isinstance(retry.data, Seq):
        return f"Step Functions, ? ({why(retry.data)})"
    if all(_most(entry).data == 0 for entry in retry.data):
        return "none"
    return joined("Step Functions", *dict.fromkeys(map(_retrier, retry.data)))


def _most(entry: Value) -> Value:
    """How often a state repeats its task for the errors of an entry of its Retry."""
    written = number(descend(entry, "MaxAttempts"))
    return Value(STATE_RETRIES, entry.at) if written.data is None else written


def _retrier(entry: Value) -> str:
    return said(_most(entry), " ×") + _errors(entry)


def _failures(catch: Value, fails: str) -> str:
    if not isinstance(catch.data, Seq):
        return f"? ({why(catch.data)})"
    caught = []
    for entry in catch.data:
        following = descend(entry, "Next").data
        caught.append(f"state {following if isinstance(following, str) else '?'}{_errors(entry)}")
    everything = any(not _errors(entry) for entry in catch.data)
    return joined(*caught, "" if everything else f"or else {fails}")


def _errors(entry: Value) -> str:
    """For which errors something is done, "" for all of them."""
    listed = descend(entry, "ErrorEquals").data
    names = [one.data for one in listed] if isinstance(listed, Seq) else []
    first, *others = [name if isinstance(name, str) else "?" for name in names] or ["?"]
    if first == "States.ALL":
        return ""
    return f" for {first}" + (f" and {len(others)} more" if others else "")
