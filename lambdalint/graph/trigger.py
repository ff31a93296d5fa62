"""Triggers: every way in which events reach a function, and how templates write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lambdalint.facts import BATCH_SIZE, DYNAMODB_STREAM_RETENTION_H
from lambdalint.graph import api, workflow
from lambdalint.graph.edges import Shape, Shapes, written_at
from lambdalint.graph.path import entries_of, places, said, split, steps, whole
from lambdalint.graph.reference import FunctionRef, called, function, resolve
from lambdalint.graph.resource import External, Resource, descend, document, is_enabled
from lambdalint.kinds import KINDS, Form, Kind
from lambdalint.settled import Seq
from lambdalint.value import Place, Ref, Text, Unknown, Value, placeholder

STREAMS = ("kinesis", "dynamodb", "stream")


class Trigger(NamedTuple):
    """An edge: events flow from `source` to `function`, as `via` configures.

    `settings` are those of this edge alone: the mapping's or subscription's properties, the target
    of a rule, the notification of a bucket. `at` is where the edge is written, and `form` how.
    `part` is what of the source it is, where that has a name: the state of a workflow. `around` is
    the state that this one is part of, "" if there is none.
    """

    kind: Kind
    source: Resource | External
    function: Resource | External
    qualifier: str
    via: Resource
    settings: Value
    enabled: bool
    at: Place
    form: Form
    part: str = ""
    around: str = ""

    @property
    def ends(self) -> tuple[Resource, ...]:
        both = (self.source, self.function, self.via)
        return tuple(dict.fromkeys(end for end in both if isinstance(end, Resource)))

    def get(self, *path: str | int) -> Value:
        """The settled setting at a path; None, placed at the innermost key there is, if absent."""
        return descend(self.settings, *path)

    @property
    def switch(self) -> Value:
        """What switches the trigger on and off; None if nothing is written."""
        path = self.form.off[0]
        return at(path, self.via, self.settings) if path else Value(None, self.at)

    @property
    def batch_size(self) -> Value:
        """How many items a mapping hands over at most, by default too; unknown where that is."""
        written = self.via.number("BatchSize")
        return Value(BATCH_SIZE[self.kind.name], self.at) if written.data is None else written

    @property
    def may_report_items(self) -> bool:
        """Whether the function may tell which items of a batch failed, as far as anybody can say."""
        types = self.get("FunctionResponseTypes").data
        listed = [one.data for one in types] if isinstance(types, Seq) else [types]
        return any(one == "ReportBatchItemFailures" or isinstance(one, Unknown) for one in listed)

    @property
    def on_failure(self) -> Value:
        """Where a mapping sends what it gives up on."""
        return self.get("DestinationConfig", "OnFailure", "Destination")

    @property
    def kept_hours(self) -> Value:
        """How many hours a stream keeps its records."""
        if "dynamodb" in (self.kind.name, polled(self.source)):
            return Value(DYNAMODB_STREAM_RETENTION_H, self.at)
        return self.source["RetentionPeriodHours"]

    @property
    def wait(self) -> Value:
        """How many milliseconds an API waits for the answer; None where no such limit applies."""
        called = api.integration(self.via, self.settings) if self.via.type in api.TYPES else None
        if called is None or called.asynchronous or called.streaming:
            return Value(None, self.at)
        return called.wait_ms


def _trigger(
    kind: str,
    source: Resource | External,
    target: FunctionRef,
    via: Resource,
    settings: Value,
    *,
    enabled: bool = True,
) -> Trigger:
    return Trigger(
        KINDS[kind],
        source,
        target.function,
        target.qualifier,
        via,
        settings,
        enabled,
        written_at(via, settings),
        _form(KINDS[kind], via.type),
    )


def _form(kind: Kind, type: str) -> Form:
    """How a kind is written in resources of a type that code reads."""
    return next(form for form in kind.forms if form.type == type)


def known(data: Any, via: Resource) -> Resource | External:
    """The source, though nobody can tell which it is."""
    return resolve(data, via.scope) or External(
        "", "a source that the template does not tell", told=False, written=placeholder(data)
    )


def _invoked(data: Any, via: Resource) -> FunctionRef | None:
    """The function meant, if it is certainly a function."""
    target = function(data, via.scope)
    if target is None or isinstance(target.function, Resource):
        return target
    is_arn = isinstance(data, str | Text) and ":lambda:" in str(data)
    return target if is_arn else None


# --- event source mappings ----------------------------------------------------------------------

_SOURCES = {
    "AWS::SQS::Queue": "sqs",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "documentdb",
}
_SERVICES = {
    "sqs": "sqs",
    "kinesis": "kinesis",
    "dynamodb": "dynamodb",
    "kafka": "kafka",
    "mq": "mq",
    "rds": "documentdb",
}
# What only mappings of that source have: the source itself may be a parameter.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
_SIGNS = (
    ("SelfManagedEventSource", "kafka"),
    ("AmazonManagedKafkaEventSourceConfig", "kafka"),
    ("Topics", "kafka"),
    ("Queues", "mq"),
    ("DocumentDBEventSourceConfig", "documentdb"),
)


def _mapping(via: Resource, settings: Value) -> Iterator[Trigger]:
    source = _cluster(via) or known(via.get("EventSourceArn").data, via)
    if isinstance(source, Resource) and source.type == "AWS::Kinesis::StreamConsumer":
        source = known(source.get("StreamARN").data, via)
    name = via.get("FunctionName").data
    target = function(name, via.scope) or FunctionRef(
        External(
            "lambda",
            "a function that the template does not tell",
            told=False,
            written=placeholder(name),
        )
    )
    yield _trigger(
        polled(source) or _guessed(via),
        source,
        target,
        via,
        settings,
        enabled=via["Enabled"].data is True,
    )


def _cluster(via: Resource) -> Resource | External | None:
    """The cluster that AWS does not manage, by the first of its servers; None if there is none."""
    servers = via.get("SelfManagedEventSource", "Endpoints", "KafkaBootstrapServers").data
    if not isinstance(servers, Seq) or not servers:
        return None
    first = servers[0].data
    return External("kafka", first) if isinstance(first, str) else known(first, via)


def polled(source: Resource | External) -> str:
    """The kind of triggers that poll a source, "" if nobody can tell."""
    return _SOURCES.get(source.type) or _SERVICES.get(getattr(source, "service", ""), "")


def _guessed(via: Resource) -> str:
    """The kind of a mapping whose source the template does not tell."""
    for sign, kind in _SIGNS:
        if via.get(sign).data is not None:
            return kind
    # Of what has none of these, a stream needs a starting position, and a queue must not have one.
    return "stream" if via.get("StartingPosition").data is not None else "sqs"


# --- push ---------------------------------------------------------------------------------------


def _target(via: Resource, entry: Value) -> Iterator[Trigger]:
    if not (target := _invoked(descend(entry, "Arn").data, via)):
        return
    bus = bus_of(via)
    yield _trigger(
        "eventbridge" if bus else "schedule-rule",
        bus or via,
        target,
        via,
        entry,
        enabled=is_enabled(via),
    )


def bus_of(rule: Resource) -> Resource | External | None:
    """The bus that a rule listens to; None if it only keeps a schedule."""
    if rule.get("EventPattern").data is None and rule.get("ScheduleExpression").data:
        return None
    name = rule.get("EventBusName").data
    if name is None:
        return DEFAULT_BUS
    bus = called("AWS::Events::EventBus", name, rule.scope)
    return External("events", bus.name) if isinstance(bus, External) else bus or known(name, rule)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
DEFAULT_BUS = External("events", "default")


def _schedule(via: Resource, settings: Value) -> Iterator[Trigger]:
    if target := _invoked(via.get("Target", "Arn").data, via) or _requested(via):
        yield _trigger("scheduler", via, target, via, settings, enabled=is_enabled(via))


def _requested(via: Resource) -> FunctionRef | None:
    """The function that a universal target names, if it certainly does not wait for its answer.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """
    if not str(via.get("Target", "Arn").data).endswith(":scheduler:::aws-sdk:lambda:invoke"):
        return None
    request = document(via.get("Target", "Input"), via.scope)
    if descend(request, "InvocationType").data != "Event":
        return None
    return _by_name(descend(request, "FunctionName").data, via)


# --- synchronous --------------------------------------------------------------------------------


def _url(via: Resource, settings: Value) -> Iterator[Trigger]:
    if target := function(via.get("TargetFunctionArn").data, via.scope):
        qualifier = via.get("Qualifier").data
        if isinstance(qualifier, str):
            target = FunctionRef(target.function, qualifier)
        yield _trigger("url", via, target, via, settings)


def _api(via: Resource, entry: Value) -> Iterator[Trigger]:
    integration = api.integration(via, entry)
    if integration and (target := _invoked(integration.uri.data, via)):
        owner = integration.api or External(
            "execute-api",
            "an API that the template does not tell",
            told=False,
            written=placeholder(via.get(api.OWNERS.get(via.type, "")).data),
        )
        yield _trigger(integration.kind, owner, target, via, entry)


def _tasks(via: Resource, settings: Value) -> Iterator[Trigger]:
    del settings  # each task has its own
    for task in workflow.tasks(via):
        if target := _invoked(task.function, via) or _by_name(task.function, via):
            yield Trigger(
                KINDS["step-functions"],
                via,
                target.function,
                target.qualifier,
                via,
                Value(task.state, task.at),
                enabled=True,
                at=task.at,
                form=_form(KINDS["step-functions"], via.type),
                part=task.name,
                around=task.around,
            )


def _by_name(data: Any, via: Resource) -> FunctionRef | None:
    """Lambda's `Invoke` takes a name too; a function of that name must be declared."""
    target = function(data, via.scope) if isinstance(data, str | Text | Ref) else None
    return target if target and isinstance(target.function, Resource) else None


_API = {type: (Shape(api.places, _api),) for type in api.TYPES}

# What the table alone does not tell.
_READ: Shapes[Trigger] = {
    "AWS::Lambda::EventSourceMapping": (Shape(whole, _mapping),),
    "AWS::Events::Rule": (Shape(places("Targets[]"), _target),),
    "AWS::Scheduler::Schedule": (Shape(whole, _schedule),),
    "AWS::Lambda::Url": (Shape(whole, _url),),
    "AWS::StepFunctions::StateMachine": (Shape(whole, _tasks),),
    **_API,
}


# --- the table ----------------------------------------------------------------------------------


class _Row(NamedTuple):
    """Reads the triggers of a kind that are written in a form."""

    kind: Kind
    form: Form

    def shape(self) -> Shape[Trigger]:
        return Shape(entries_of(self.form.function), self.read)

    def read(self, via: Resource, entry: Value) -> Iterator[Trigger]:
        """The triggers of an entry in its world."""
        kind, form = self
        for pointer, inner in said(entry, split(form.function)[1], via.scope):
            if self._applies(via, inner) and (target := _invoked(pointer.data, via)):
                yield Trigger(
                    kind,
                    self._origin(via, inner),
                    target.function,
                    target.qualifier,
                    via,
                    inner,
                    self._is_on(via, inner),
                    written_at(via, inner),
                    form,
                )

    def _applies(self, via: Resource, inner: Value) -> bool:
        (path, wanted), (other, unwanted) = self.form.when, self.form.unless
        return (not path or _spelled(at(path, via, inner).data) == wanted) and (
            not other or _spelled(at(other, via, inner).data) != unwanted
        )

    def _is_on(self, via: Resource, inner: Value) -> bool:
        """Whether the trigger certainly is on."""
        path, value = self.form.off
        written = at(path, via, inner).data if path else None
        return written is None or (
            isinstance(written, str | bool) and _spelled(written).lower() != value.lower()
        )

    def _origin(self, via: Resource, inner: Value) -> Resource | External:
        if not self.form.source:
            return via
        data, of = at(self.form.source, via, inner).data, self.form.of
        found = called(of, data, via.scope) if of else resolve(data, via.scope)
        if isinstance(found, External) and not found.service and of:
            return External(of.split("::")[1].lower(), found.name)
        return found or known(data, via)


def _spelled(data: Any) -> str:
    return str(data).lower() if isinstance(data, bool) else str(data)


def at(path: str, via: Resource, inner: Value) -> Value:
    """What stands at a path of a form: beside the function, in the resource or its properties."""
    if path.startswith("."):
        start = inner
    elif path.startswith("/"):
        start = via.scope.settle(via.declaration.written)
    else:
        start = via.get()
    found = (value for value, _ in said(start, steps(path), via.scope))
    return next(found, Value(None, start.at))


_ROWS: dict[str, list[_Row]] = defaultdict(list)
for _kind in KINDS.values():
    for _one in _kind.forms:
        if _one.type not in _READ:
            _ROWS[_one.type].append(_Row(_kind, _one))


def shapes(types: Iterable[str]) -> Shapes[Trigger]:
    """How resources of these types write triggers: custom resources go by any name."""
    found: dict[str, tuple[Shape[Trigger], ...]] = {}
    for type in types:
        rows = [*_ROWS.get(type, ())]
        if type.startswith("Custom::"):
            rows += _ROWS["Custom::*"]
        found[type] = (*_READ.get(type, ()), *(row.shape() for row in rows))
    return found
