"""What a mapping or a pipe says about how it reads its source."""

from __future__ import annotations

from typing import NamedTuple

from lambdalint.facts import KAFKA_RETRIES_WITH_DESTINATION, SLOW_BATCH_WINDOW_S
from lambdalint.graph import Resource, Trigger, descend
from lambdalint.graph.queue import is_fifo, redrive
from lambdalint.graph.resource import number
from lambdalint.graph.trigger import polled
from lambdalint.inventory.told import Told, end, is_number, joined, lasting, said, times, whether
from lambdalint.kinds import KINDS
from lambdalint.settled import Seq
from lambdalint.value import Unknown, Value

_ITEMS = {"sqs": "message", "mq": "message", "documentdb": "change"}
_SLOW = ("kafka", "mq", "documentdb")
_FOREVER = -1
_IN_GROUPS = "per message group"

# Where a pipe has the settings for its source.
_PARAMETERS = {
    "sqs": ("SqsQueueParameters",),
    "kinesis": ("KinesisStreamParameters",),
    "dynamodb": ("DynamoDBStreamParameters",),
    "kafka": ("ManagedStreamingKafkaParameters", "SelfManagedKafkaParameters"),
    "mq": ("ActiveMQBrokerParameters", "RabbitMQBrokerParameters"),
}


class _Reader(NamedTuple):
    """A mapping, or a pipe, and the settings with which it reads a source of a kind.

    A limit of -1 is none, `halves` is whether a failing batch is split, and `reports` whether the
    function may tell which items of a batch failed.
    """

    kind: str
    name: str
    size: Value
    window: Value
    attempts: Value
    age: Value
    factor: Value
    halves: Value
    reports: Value
    tumbling: Value
    on_failure: Value


def kind_of(trigger: Trigger) -> str:
    """The kind of the source of a mapping or pipe, "" if nobody can tell."""
    is_pipe = trigger.via.type == "AWS::Pipes::Pipe"
    return polled(trigger.source) if is_pipe else trigger.kind.name


def of_mapping(trigger: Trigger, told: Told) -> Told:
    """What an event source mapping says."""
    via, kind = trigger.via, trigger.kind.name
    window = via.number("MaximumBatchingWindowInSeconds")
    if window.data is None:
        slow = kind in _SLOW and not _is_share(trigger)
        window = Value(SLOW_BATCH_WINDOW_S if slow else 0, trigger.at)
    reader = _Reader(
        kind,
        "the mapping",
        trigger.batch_size,
        window,
        via["MaximumRetryAttempts"],
        via["MaximumRecordAgeInSeconds"],
        via.number("ParallelizationFactor"),
        via["BisectBatchOnFunctionError"],
        _lists(trigger.get("FunctionResponseTypes"), "ReportBatchItemFailures"),
        via.number("TumblingWindowInSeconds"),
        trigger.on_failure,
    )
    return _scaled(trigger, _read(trigger, reader, told))


def of_pipe(trigger: Trigger, told: Told) -> Told:
    """What a pipe says, in the words of the kind of its source."""
    kind = kind_of(trigger)
    if kind not in _PARAMETERS:
        return told
    written = [trigger.get("SourceParameters", name) for name in _PARAMETERS[kind]]
    parameters = next((one for one in written if one.data is not None), written[0])

    def setting(*path: str, default: int | None = None) -> Value:
        found = number(descend(parameters, *path))
        return Value(default, trigger.at) if found.data is None else found

    source = KINDS[kind]
    told = told.but(
        retries=source.retries.replace("the mapping", "the pipe"),
        failures=source.failures,
        order=source.order,
    )
    partial = setting("OnPartialBatchItemFailure")
    reader = _Reader(
        kind,
        "the pipe",
        setting("BatchSize"),
        setting("MaximumBatchingWindowInSeconds"),
        setting("MaximumRetryAttempts", default=_FOREVER),
        setting("MaximumRecordAgeInSeconds", default=_FOREVER),
        setting("ParallelizationFactor"),
        Value(partial.data == "AUTOMATIC_BISECT", partial.at),
        Value(partial.data is not None, partial.at),
        Value(None, trigger.at),
        setting("DeadLetterConfig", "Arn"),
    )
    return _read(trigger, reader, told)


def _lists(types: Value, wanted: str) -> Value:
    """Whether a list holds a word; unknown if an element is."""
    listed = [one.data for one in types.data] if isinstance(types.data, Seq) else [types.data]
    untold = next((one for one in listed if isinstance(one, Unknown)), False)
    return Value(True if wanted in listed else untold, types.at)


def _read(trigger: Trigger, reader: _Reader, told: Told) -> Told:
    told = told.but(
        {
            "batch_size": reader.size,
            "batch_window_s": reader.window,
            "tumbling_window_s": reader.tumbling,
        },
        batch=_batch(reader) or told.batch,
    )
    if reader.kind == "sqs":
        return _from_queue(trigger, told)
    if reader.kind in ("mq", "documentdb"):
        return told
    if _is_share(trigger):
        return _from_share(trigger, reader, told)
    return _from_stream(trigger, reader, told)


def _batch(reader: _Reader) -> str:
    if reader.size.data is None:
        return ""
    windows = (("window", reader.window), ("tumbling window", reader.tumbling))
    return joined(
        said(reader.size, f" {_ITEMS.get(reader.kind, 'record')}{'s' * (reader.size.data != 1)}"),
        *(f"{name} {said(one, ' s')}" for name, one in windows if one.data not in (None, 0)),
        whether(reader.reports, "reports failed items"),
    )


def _from_queue(trigger: Trigger, told: Told) -> Told:
    queue = trigger.source
    hidden, kept = queue["VisibilityTimeout"], queue["MessageRetentionPeriod"]
    receives, target = redrive(queue, "maxReceiveCount"), redrive(queue, "deadLetterTargetArn")
    fifo = is_fifo(queue)
    told = told.but(
        {"visibility_timeout_s": hidden, "max_receive_count": receives, "retention_s": kept},
        order={True: _IN_GROUPS, False: "none", None: f"? ({told.order})"}[fifo],
        concurrency="1 a message group" if fifo else told.concurrency,
    )
    if not isinstance(queue, Resource):
        elsewhere = f"? (settings of {queue.name})"
        return told.but(retries=f"SQS, {elsewhere}", failures=elsewhere)
    name = end(target, queue.scope)
    apart = f"{said(hidden, ' s')} apart"
    if not name:
        return told.but(
            retries=f"SQS, {apart}, until the message expires",
            failures=f"{told.lost} ({lasting(kept)})",
        )
    return told.but(
        retries="none, 1 receive"
        if receives.data == 1
        else f"SQS, {said(receives, ' ×')} in all, {apart}",
        failures=name,
        ends={"dead_letter_queue": name},
    )


def _is_share(trigger: Trigger) -> bool:
    """Whether a mapping reads a Kafka topic as a queue, in a share group.

    https://docs.aws.amazon.com/lambda/latest/dg/polling-kafka-queue.html
    """
    mode = trigger.get("SelfManagedKafkaEventSourceConfig", "ConsumptionMode")
    return bool(mode.data == "Queue")


def _from_share(trigger: Trigger, reader: _Reader, told: Told) -> Told:
    attempts, age = reader.attempts, reader.age
    if attempts.data == _FOREVER:
        attempts = Value(0, attempts.at)
    name = end(reader.on_failure, trigger.via.scope)
    limits = {"retry_attempts": attempts, "max_age_s": age}
    return told.but(
        {limit: value for limit, value in limits.items() if value.data != _FOREVER},
        {"on_failure": name},
        retries="none by the mapping"
        if attempts.data == 0
        else _limited(reader.name, attempts, age),
        failures=name or "the broker gets back what failed",
        order="none",
        pressure=KINDS["sqs"].pressure,
        concurrency="the mapping's",
    )


def _from_stream(trigger: Trigger, reader: _Reader, told: Told) -> Told:
    attempts, age, factor = reader.attempts, reader.age, reader.factor
    kept = trigger.kept_hours
    if is_number(age.data) and is_number(kept.data) and age.data > kept.data * 3600:
        age = Value(_FOREVER, age.at)  # no record of this stream gets so old
    expire = f" ({kept.data} h)" if isinstance(kept.data, int) else ""
    name = end(reader.on_failure, trigger.via.scope)
    endless = attempts.data == _FOREVER and age.data == _FOREVER
    if endless and name and reader.kind == "kafka":
        attempts, endless = Value(KAFKA_RETRIES_WITH_DESTINATION, attempts.at), False
    limits = {"retry_attempts": attempts, "max_age_s": age}
    many = is_number(factor.data) and factor.data > 1
    return told.but(
        {
            **{limit: value for limit, value in limits.items() if value.data != _FOREVER},
            "parallelization_factor": factor,
            "retention_s": Value(kept.data * 3600 if isinstance(kept.data, int) else None, kept.at),
        },
        retries=joined(
            f"{told.retries}{expire}" if endless else _limited(reader.name, attempts, age),
            whether(reader.halves, "in halves") if attempts.data != 0 else "",
        ),
        failures=name or (f"{told.lost}{expire}" if endless else "lost"),
        order="per partition key" if many and reader.kind != "dynamodb" else told.order,
        concurrency=told.concurrency if factor.data is None else said(factor, " a shard"),
        ends={"on_failure": name},
    )


def _limited(who: str, attempts: Value, age: Value) -> str:
    if attempts.data == 0:
        return "none"
    return joined(
        who,
        f"{times(attempts)} more" if attempts.data != _FOREVER else "",
        f"for {lasting(age)}" if age.data != _FOREVER else "",
    )


def _scaled(trigger: Trigger, told: Told) -> Told:
    """How far a mapping scales."""
    via = trigger.via
    most = via.number("ScalingConfig", "MaximumConcurrency")
    pollers = {
        "min_pollers": via.number("ProvisionedPollerConfig", "MinimumPollers"),
        "max_pollers": via.number("ProvisionedPollerConfig", "MaximumPollers"),
    }
    bounds = _pollers(*pollers.values())
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    fifo = told.order == _IN_GROUPS
    bound = most.data is not None or (bounds and trigger.kind.name == "sqs")
    return told.but(
        {"max_concurrency": most, **pollers},
        concurrency=joined(
            said(most) if most.data is not None else "",
            told.concurrency if fifo or not bound else "",
            bounds,
        ),
    )


def _pollers(least: Value, most: Value) -> str:
    """How many pollers a mapping keeps ready, "" if it says nothing about them."""
    if least.data is not None and most.data is not None:
        return f"{said(least)} to {said(most)} pollers"
    for words, bound in (("at least", least), ("at most", most)):
        if bound.data is not None:
            return f"{words} {said(bound)} poller{'s' * (bound.data != 1)}"
    return ""
