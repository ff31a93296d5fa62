"""What is said about an edge, in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lambdalint.flow import Edge
from lambdalint.graph import Delivery, External, Graph, Resource, Trigger, descend, document
from lambdalint.graph.bucket import events_of
from lambdalint.graph.resource import number
from lambdalint.rule import Finding
from lambdalint.settled import Seq
from lambdalint.value import Text, Value, placeholder

if TYPE_CHECKING:
    from lambdalint.graph.effect import Effect

CLOUDFORMATION = External("cloudformation", "CloudFormation")

# A list of requests or conditions is read in full elsewhere.
_MOST_LINES = 3
_LONGEST_WHEN = 60


def lines(edge: Edge) -> list[str]:
    """The label of an edge in a drawing: what it is, when, and the rules it breaks."""
    said = list(edge.label)
    if len(said) > _MOST_LINES:
        said[_MOST_LINES - 1 :] = [f"and {len(said) - _MOST_LINES + 1} more"]
    if edge.disabled:
        said.append("disabled")
    if edge.when:
        short = len(edge.when) <= _LONGEST_WHEN
        said.append(f"when {edge.when}" if short else "in some deployments")
    return [*said, *broken(edge.findings)]


def broken(findings: Iterable[Finding]) -> list[str]:
    """The rules that are broken, each once, the gravest first."""
    gravest = sorted(findings, key=lambda finding: (-finding.severity, finding.rule.id))
    return list(dict.fromkeys(finding.rule.id for finding in gravest))


def of_trigger(trigger: Trigger, graph: Graph) -> Iterator[str]:
    """What makes a source invoke a function, where the source alone does not say it."""
    via = trigger.via
    match trigger.kind.name:
        case "authorizer":
            yield "authorizer"
        case "custom-resource":
            yield via.name
        case "s3":
            yield from _events(trigger)
        case "kafka" | "mq":
            for listed in map(via.get, ("Topics", "Queues")):
                yield from (one.data for one in _items(listed) if isinstance(one.data, str))
        case "schedule-rule" | "scheduler":
            yield from _expression(via)
        case "cognito" | "cognito-sender":
            yield trigger.form.function.split(".")[1]
    yield from graph.requests(trigger)


def of_delivery(delivery: Delivery) -> Iterator[str]:
    """What a bucket notifies about, or when a schedule is due."""
    if delivery.principal == "s3.amazonaws.com":
        yield from _events(delivery)
    elif delivery.via == delivery.source:
        yield from _expression(delivery.via)


def _expression(schedule: Resource) -> Iterator[str]:
    expression = schedule.get("ScheduleExpression").data
    said = expression if isinstance(expression, str | Text) else placeholder(expression)
    yield from filter(None, [str(said)])


def _items(value: Value) -> Iterable[Value]:
    return value.data if isinstance(value.data, Seq) else ()


def _events(edge: Trigger | Delivery) -> Iterator[str]:
    for event in events_of(edge.settings):
        if isinstance(event, str):
            yield event.removeprefix("s3:")


def of_effect(effect: Effect) -> str:
    """What a function does, and where its code says so; or what it may do."""
    act = effect.act
    if not effect.call:
        return f"may {act.may.partition(' ')[0]}"
    file, line, *_ = effect.at.location
    return f"{act.does.partition(' ')[0]} ({file.rpartition('/')[2]}:{line})"


def of_failure(owner: Resource) -> str:
    """Why something ends in a dead-letter queue or other destination."""
    match owner.type:
        case "AWS::SQS::Queue":
            policy = document(owner.get("RedrivePolicy"), owner.scope)
            count = number(descend(policy, "maxReceiveCount")).data
            if isinstance(count, int):
                return f"after {count} receive{'s' * (count != 1)}"
        case "AWS::Lambda::EventSourceMapping" | "AWS::Lambda::EventInvokeConfig":
            return "on failure"
        case "AWS::SNS::Subscription" | "AWS::Events::Rule" | "AWS::Scheduler::Schedule":
            return "undelivered"
    return "dead letters"
