"""From a trigger, in its world, to what is said about it."""

from __future__ import annotations

from lambdalint.facts import CUSTOM_RESOURCE_TIMEOUT_S
from lambdalint.flow.label import of_trigger
from lambdalint.graph import Graph, Resource, Trigger
from lambdalint.graph.reference import function
from lambdalint.inventory import awaited, polled, pushed
from lambdalint.inventory.pushed import PUSHED
from lambdalint.inventory.told import Told, joined, of_kind, said, why
from lambdalint.value import Value


def read(graph: Graph, trigger: Trigger) -> Told:
    """Everything that is said about a trigger: its settings, and else the words of its kind."""
    kind = trigger.kind
    if kind.model == "sync" and graph.hands_over(trigger):
        kind = kind._replace(**PUSHED)
    told = of_kind(kind).but(subject=_subject(graph, trigger), state=_state(trigger))
    if trigger.via.type == "AWS::Lambda::EventSourceMapping":
        told = polled.of_mapping(trigger, told)
    elif trigger.via.type == "AWS::Pipes::Pipe":
        told = polled.of_pipe(trigger, told)
        if trigger.kind.model == "poll" and graph.hands_over(trigger):
            told = pushed.of_pipe(graph, trigger, told)
    elif kind.model == "async":
        told = pushed.of_function(graph, trigger, told, notices=kind.notices)
        told = pushed.of_service(trigger, told)
        if kind.name == "step-functions":
            told = awaited.of_handing_state(trigger, told)
    elif kind.name == "bus-subscriber-request":
        told = pushed.of_subscriber(trigger, told)
    elif kind.name == "step-functions":
        told = awaited.of_state(trigger, told)
    return _concurrent(graph, trigger, _timed(trigger, told))


def _subject(graph: Graph, trigger: Trigger) -> str:
    """What of the source it is, where the source alone does not say it."""
    told = trigger.kind.name in ("authorizer", "custom-resource")
    names = (trigger.source.name, trigger.kind.title) if told else ()
    said = [trigger.part, *of_trigger(trigger, graph)]
    return joined(*(one for one in said if not any(one in name for name in names)))


def _state(trigger: Trigger) -> str:
    """Whether a trigger is on or off."""
    if trigger.enabled:
        return "on"
    switch = trigger.switch.data
    off = isinstance(switch, str | bool) and str(switch).lower() == trigger.form.off[1].lower()
    return "disabled" if off else f"disabled? ({why(switch)})"


def _timed(trigger: Trigger, told: Told) -> Told:
    """How long the caller waits, and how long the function may take."""
    timeout, waits, waiting = trigger.function["Timeout"], Value(None, trigger.at), ""
    if told.model == "sync" and trigger.via.type != "AWS::Pipes::Pipe":
        waits = awaited.limit(trigger)
    elif trigger.kind.name == "custom-resource":
        waits = trigger.via.number("ServiceTimeout")
        if waits.data is None:
            waits = Value(CUSTOM_RESOURCE_TIMEOUT_S, trigger.at)
    elif polled.kind_of(trigger) == "sqs":
        waits, waiting = trigger.source["VisibilityTimeout"], "hidden "
    return told.but(
        {"caller_limit_s": waits, "timeout_s": timeout},
        time=joined(
            f"{waiting}{said(waits, ' s')}" if waits.data is not None else "",
            f"function {said(timeout, ' s')}",
        ),
    )


def _concurrent(graph: Graph, trigger: Trigger, told: Told) -> Told:
    """How many calls the settings of the function allow."""
    called = trigger.function
    if not isinstance(called, Resource):
        return told
    reserved = called.number("ReservedConcurrentExecutions")
    provisioned = _provisioned(graph, called, trigger.qualifier)
    settings = {"reserved": reserved, "provisioned": provisioned}
    own = joined(*(f"{said(one)} {why}" for why, one in settings.items() if one.data is not None))
    return told.but(
        {f"{why}_concurrency": one for why, one in settings.items()},
        concurrency=f"{told.concurrency}; function: {own}" if own else told.concurrency,
    )


def _provisioned(graph: Graph, called: Resource, qualifier: str) -> Value:
    """The provisioned concurrency of the alias or version that is invoked."""
    for type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        for one in graph.beside(called, type) if qualifier else ():
            name = one.id if type == "AWS::Lambda::Version" else one.get("Name").data
            owner = function(one.get("FunctionName").data, one.scope)
            if name == qualifier and owner and owner.function == called:
                return one.number("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
    return Value(None, called.at)
