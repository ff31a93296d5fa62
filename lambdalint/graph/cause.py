"""What functions do by their code, or may do, and how it comes back to them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lambdalint.confidence import Confidence
from lambdalint.graph.act import LOG, REPUBLISH, RESULT, TOPIC_RULE
from lambdalint.graph.bucket import Route, Write, writes
from lambdalint.graph.effect import Circumstances, Effect, effects, lets_do
from lambdalint.graph.iam import Grants
from lambdalint.graph.node import LOGS, MESSAGES, Node, bus, logs_of
from lambdalint.graph.provider import is_provider
from lambdalint.graph.put import written
from lambdalint.graph.reference import function as pointed
from lambdalint.graph.reference import resolve
from lambdalint.graph.resource import Resource, descend
from lambdalint.graph.ring import Rings
from lambdalint.settled import Seq
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.graph import Graph


class Causes:
    """What the functions of a graph cause, each code read once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def rings(self) -> Rings:
        """What comes back to those who cause it."""
        return Rings(self._graph, self)

    def writes(self, function: Resource, route: Route) -> Iterator[Write]:
        """What a function writes, or may write, into the bucket that a route begins at.

        One that may write anywhere, but whose environment tells it of other buckets, means those.
        A permission that several functions share counts for those that are told of the bucket.
        """
        handler = self._graph.handler(function)
        if handler:
            yield from written(handler, function, route)
            if handler.complete and handler.certain:
                return  # it writes nothing that it does not say
        told = self._graph.told_buckets(function)
        grants = self._graph.grants(function)
        if route.bucket not in told:
            # What others may do as well says nothing of this one.
            own = () if self._graph.shares_role(function) else grants.statements
            grants = Grants(tuple(one for one in own if not one.shared), grants.complete)
        for write in writes(grants, route.bucket, route.families):
            if not (write.anywhere and told and route.bucket not in told):
                yield write

    def effects(self, actor: Resource) -> list[Effect]:
        """What a function, or a rule of IoT, does so that events come of it, or may do."""
        memory, key = actor.world.memory, (effects, actor.declaration)
        if key not in memory:
            every = _republished(actor) if actor.type == TOPIC_RULE else self._caused(actor)
            memory[key] = list(every)
        found: list[Effect] = memory[key]
        return found

    def _caused(self, function: Resource) -> Iterator[Effect]:
        graph = self._graph
        grants = graph.grants(function)
        if grants.complete and not any(map(lets_do, grants.statements)):
            return  # whatever its code says
        around = Circumstances(
            grants,
            graph.handler(function),
            self._sources(function),
            graph.shares_role(function),
        )
        elsewhere = graph.sent_by_lambda(function)
        for effect in effects(function, around):
            target = effect.target
            is_own = isinstance(target, Resource) and is_provider(target.declaration)
            if (effect.call or target not in elsewhere) and not is_own:
                yield effect

    def _sources(self, function: Resource) -> list[Resource]:
        """Where the events of a function come from, as far as they tell."""
        triggers = self._graph.invokers(function)
        buckets = (route.bucket for one in triggers for route in self._graph.routes(one))
        sources = (one.source for one in triggers if isinstance(one.source, Resource))
        return list(dict.fromkeys((*sources, *buckets)))

    # --- what happens without any call

    def results(self, function: Resource) -> Iterator[Effect]:
        """Where Lambda sends what becomes of asynchronous invocations."""
        for config in self._graph.invoke_configs(function):
            qualifier, owner = config.qualifier, config.resource
            yield from _result(function, config.on_success, owner, qualifier, failing=False)
            yield from _result(function, config.on_failure, owner, qualifier, failing=True)
        letters = function.get("DeadLetterConfig", "TargetArn")
        yield from _result(function, letters, function, _ANY, failing=True)

    def logged(self, function: Resource) -> Iterator[Effect]:
        """What Lambda writes to logs, whatever a function does."""
        for group in (logs_of(function), LOGS) if self._may_log(function) else ():
            if group:
                evidence = ((function.at, f"every call of {function.name} is logged"),)
                yield Effect(function, group, LOG, Confidence.HIGH, evidence)

    def _may_log(self, function: Resource) -> bool:
        """Whether a role may let a function write logs."""
        role = resolve(function.get("Role").data, function.scope)
        grants = self._graph.grants_of(role)
        return (
            not isinstance(role, Resource)
            or not grants.complete
            or role.get("ManagedPolicyArns").data is not None
            or any(one.allow and one.covers("logs:PutLogEvents") for one in grants.statements)
        )


# Any qualifier: a dead-letter queue is there for all of them.
_ANY = "${?}"

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html writes a dash
# that may be read as either.
_OUTCOMES = {False: "Success", True: "Failure"}


def _result(
    function: Resource, value: Value, owner: Resource, qualifier: str, *, failing: bool
) -> Iterator[Effect]:
    """Where results, or failures, of a qualifier of a function go."""
    target: Node | None
    entry: Any = None
    if called := pointed(value.data, owner.scope):
        target, entry = called.function, called.qualifier
    else:
        target = resolve(value.data, owner.scope)
        if target and not isinstance(target, Resource):
            target = bus(value.data, owner.scope) if target.service == "events" else None
        outcome = f"Lambda Function Invocation Result {{}} {_OUTCOMES[failing]}"
        entry = [{"Source": "lambda", "DetailType": outcome.format(dash)} for dash in "-–"]
    if isinstance(target, Resource) or (target and target.service == "events"):
        what = "what it fails at" if failing else "its results"
        yield Effect(
            function,
            target,
            RESULT,
            Confidence.MEDIUM if failing else Confidence.HIGH,
            ((value.at, f"hands {what} to {target.name}"),),
            entry=entry,
            after=qualifier,
        )


def _republished(rule: Resource) -> Iterator[Effect]:
    """What a rule of IoT publishes again."""
    actions = rule.get("TopicRulePayload", "Actions").data
    for action in actions if isinstance(actions, Seq) else ():
        topic = descend(action, "Republish", "Topic")
        if topic.data is not None:
            evidence = ((topic.at, f"republishes to {topic.data}"),)
            entry = {"topic": topic.data}
            yield Effect(rule, MESSAGES, REPUBLISH, Confidence.HIGH, evidence, entry=entry)
