"""Queues that invoke functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.facts import (
    SQS_BATCH_WITHOUT_WINDOW_MAX,
    SQS_FIFO_BATCH_MAX,
    SQS_VISIBILITY_TIMEOUT_MAX_S,
)
from lambdalint.fix import REPORTING, Fix, is_literal, setting
from lambdalint.graph import External, Graph, Resource, Trigger, descend, document
from lambdalint.graph.heard import told_elsewhere
from lambdalint.graph.queue import is_fifo, redrive
from lambdalint.rule import Claim, Claims, Confidence, Note, Severity
from lambdalint.value import Place, Value


def visibility_below_timeout(graph: Graph) -> Claims:
    for queue, readers in _read_queues(graph):
        hidden = queue["VisibilityTimeout"]
        if isinstance(hidden.data, int) and hidden.data < readers[0].timeout:
            over = [reader for reader in readers if reader.timeout > hidden.data]
            said = (
                f"hides a message for {hidden.data} s, "
                f"but {over[0].function} may run {over[0].timeout} s"
            )
            needed = max(one.need(_ADVISED).seconds for one in readers)
            safe = all(one.is_literal for one in over) and not _is_read_by_others(graph, queue)
            fix = _hiding(queue, needed, safe=safe)
            yield Claim(Note(hidden.at, said), *_evidence(over), fix=fix)


def short_visibility_timeout(
    graph: Graph, *, factor: int, min_margin_seconds: int, count_window: bool
) -> Claims:
    for queue, readers in _read_queues(graph):
        hidden = queue["VisibilityTimeout"]
        if not isinstance(hidden.data, int):
            continue
        needs = [(one.need(factor, count_window=count_window), one) for one in readers]
        needed, most = max(needs, key=lambda need: need[0])
        if readers[0].timeout <= hidden.data < needed.seconds - min_margin_seconds:
            first = Note(hidden.at, f"hides a message for {hidden.data} s, needs {needed.sum}")
            if needed.seconds > SQS_VISIBILITY_TIMEOUT_MAX_S:
                said = f"needs messages hidden for {needed.sum}, SQS allows"
                first = Note(most.timeout_at, f"{said} {SQS_VISIBILITY_TIMEOUT_MAX_S} s")
            # A message that failed comes back later, too.
            fix = _hiding(queue, needed.seconds, safe=False)
            yield Claim(first, *_evidence([most]), fix=fix)


def batch_without_window(graph: Graph) -> Claims:
    for trigger in graph.triggers("sqs"):
        batch, window = trigger.batch_size, trigger.via["MaximumBatchingWindowInSeconds"]
        match batch.data, window.data:
            case int(size), 0 if (
                size > SQS_BATCH_WITHOUT_WINDOW_MAX and is_fifo(trigger.source) is False
            ):
                said = f"batches of {size} need a batching window of at least 1 s, not 0 s"
                fix = setting(trigger.via, {"MaximumBatchingWindowInSeconds": 1})
                yield Claim(Note(batch.at, said), Note(window.at, "no batching window"), fix=fix)


def fifo_batch_too_large(graph: Graph) -> Claims:
    for trigger in graph.triggers("sqs"):
        if not is_fifo(trigger.source):
            continue
        batch, window = trigger.batch_size, trigger.via["MaximumBatchingWindowInSeconds"]
        notes, wanted = [], {}
        if isinstance(batch.data, int) and batch.data > SQS_FIFO_BATCH_MAX:
            wanted["BatchSize"] = SQS_FIFO_BATCH_MAX
            said = f"takes batches of {batch.data} from a FIFO queue, at most {SQS_FIFO_BATCH_MAX}"
            notes.append(Note(batch.at, f"{said} are allowed"))
        if isinstance(window.data, int) and window.data > 0:
            wanted["MaximumBatchingWindowInSeconds"] = 0
            said = f"waits {window.data} s for a batch from a FIFO queue, only 0 s is allowed"
            notes.append(Note(window.at, said))
        if notes:
            source = _source(trigger, "is a FIFO queue")
            # Where the queue may be another one, a standard queue would be read more slowly.
            fix = setting(trigger.via, wanted, safe=_is_settled(trigger))
            yield Claim(*notes, *source, fix=fix)


def no_partial_batch_response(graph: Graph, *, min_batch_size: int) -> Claims:
    for trigger in graph.triggers("sqs"):
        batch = trigger.batch_size
        if (
            isinstance(batch.data, int)
            and batch.data >= max(min_batch_size, 2)
            and not trigger.may_report_items
            and not told_elsewhere(trigger, graph.handler)
        ):
            said = f"one failed message brings back its whole batch of up to {batch.data}"
            yield Claim(
                Note(trigger.get("FunctionResponseTypes").at, said),
                *_source(trigger, "gets the batch back"),
                confidence=Confidence.HIGH if _is_queue(trigger.source) else Confidence.MEDIUM,
                # A function that swallows its failures would then have them deleted.
                fix=setting(trigger.via, REPORTING, safe=False),
            )


def no_dead_letter_queue(graph: Graph, *, include_unconsumed_queues: bool) -> Claims:
    for queue in graph.resources("AWS::SQS::Queue"):
        target = redrive(queue, "deadLetterTargetArn")
        if target.data is not None or _is_dead_letter_queue(graph, queue):
            continue
        readers = graph.triggers_of(queue)
        if readers or include_unconsumed_queues:
            said = f"has no dead-letter queue, a failing message {_fate(queue)}"
            notes = (Note(reader.at, "reads the queue") for reader in readers)
            yield Claim(Note(target.at, said), *notes)


def low_max_receive_count(graph: Graph, *, min_receives: int, warn_below: int) -> Claims:
    for queue in graph.resources("AWS::SQS::Queue"):
        match redrive(queue, "maxReceiveCount"):
            case Value(int(count), here) if count < min_receives:
                said = f"gives up on a message after {count} receive{'s' * (count != 1)}"
                if readers := graph.triggers_of(queue):
                    yield Claim(
                        Note(here, f"{said}, {min_receives} are advised"),
                        *(Note(reader.at, "reads the queue") for reader in readers),
                        severity=None if count < warn_below else Severity.INFO,
                        # In a FIFO queue, what comes after a failing message waits for longer.
                        fix=setting(
                            queue,
                            {"RedrivePolicy.maxReceiveCount": min_receives},
                            safe=is_fifo(queue) is False,
                        ),
                    )


# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_ADVISED = 6

_SOURCE = "EventSourceArn"

_DEAD = re.compile(r"dlq|dead[-_]?letter", re.IGNORECASE)

# Where programs run that may read a queue without Lambda.
_COMPUTERS = (
    "AWS::AppRunner::",
    "AWS::AutoScaling::",
    "AWS::Batch::",
    "AWS::EC2::",
    "AWS::ECS::",
    "AWS::EKS::",
    "AWS::ElasticBeanstalk::",
    "AWS::Pipes::",
)


def _is_read_by_others(graph: Graph, queue: Resource) -> bool:
    """Whether something else than a mapping may wait for messages to come back."""
    return any(mention.type.startswith(_COMPUTERS) for mention in graph.mentions(queue))


def _hiding(queue: Resource, seconds: int, *, safe: bool) -> Fix | None:
    """What hides messages for longer, as long as SQS can."""
    if seconds > SQS_VISIBILITY_TIMEOUT_MAX_S:
        return None
    return setting(queue, {"VisibilityTimeout": seconds}, safe=safe)


class _Reader(NamedTuple):
    """A function that reads a queue: how long it may take, and wait for a batch, in seconds."""

    timeout: int
    window: int
    function: str
    timeout_at: Place
    window_at: Place
    at: Place
    is_literal: bool

    def need(self, factor: int, *, count_window: bool = True) -> _Need:
        """The visibility timeout that leaves room for retries."""
        seconds, sum_ = factor * self.timeout, f"{factor} × {self.timeout} s"
        if count_window and self.window:
            return _Need(seconds + self.window, f"{sum_} + {self.window} s")
        return _Need(seconds, sum_)


class _Need(NamedTuple):
    """Seconds, and the sum that they are."""

    seconds: int
    sum: str


def _read_queues(graph: Graph) -> Iterator[tuple[Resource, list[_Reader]]]:
    """The queues that functions of known timeouts read, and these functions, the slowest first."""
    for queue in graph.resources("AWS::SQS::Queue"):
        readers = []
        for trigger in graph.triggers_of(queue):
            timeout = trigger.function["Timeout"]
            window = trigger.via["MaximumBatchingWindowInSeconds"]
            if trigger.kind.name == "sqs" and isinstance(timeout.data, int):
                waits = window.data if isinstance(window.data, int) else 0
                places = timeout.at, window.at, trigger.at
                literal = all(
                    isinstance(one, Resource) and is_literal(one, name)
                    for one, name in (
                        (trigger.function, "Timeout"),
                        (trigger.via, "MaximumBatchingWindowInSeconds"),
                    )
                )
                readers.append(
                    _Reader(timeout.data, waits, trigger.function.name, *places, literal)
                )
        if readers:
            yield queue, sorted(readers, key=lambda reader: -reader.timeout)


def _evidence(readers: list[_Reader]) -> Iterator[Note]:
    for reader in readers:
        yield Note(reader.timeout_at, f"one attempt may take {reader.timeout} s")
        if reader.window:
            yield Note(reader.window_at, f"a batch is gathered for up to {reader.window} s")
        yield Note(reader.at, "reads the queue")


def _source(trigger: Trigger, said: str) -> Iterator[Note]:
    source = trigger.source
    if isinstance(source, Resource) and source.type == "AWS::SQS::Queue":
        yield Note(source.at, said)


def _is_settled(trigger: Trigger) -> bool:
    """Whether a trigger reads the same kind of queue in every deployment."""
    source, pointer = trigger.source, trigger.via.declaration.written.get("Properties", _SOURCE)
    if pointer.get("Fn::If").data is not None:
        return False
    if isinstance(source, Resource):
        return is_literal(source, "FifoQueue")
    return pointer.get("Ref").data is None


def _is_queue(source: Resource | External) -> bool:
    """Whether a source certainly is a queue."""
    if isinstance(source, External):
        return source.service == "sqs"
    return source.type == "AWS::SQS::Queue"


def _is_dead_letter_queue(graph: Graph, queue: Resource) -> bool:
    """Whether failures end there, those from elsewhere included, of which the queue tells itself:
    it names whose they are, or is called by what it is.
    """
    allowed = document(queue.get("RedriveAllowPolicy"), queue.scope)
    by_queue = descend(allowed, "redrivePermission").data == "byQueue"
    names = queue.id, str(queue.get("QueueName").data)
    return by_queue or any(map(_DEAD.search, names)) or graph.is_dead_letter_queue(queue)


def _fate(queue: Resource) -> str:
    """What becomes of a message that nobody can process."""
    seconds = queue["MessageRetentionPeriod"].data
    if not isinstance(seconds, int):
        return "is retried until it expires"
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds % size == 0 and seconds > size:
            return f"is retried for {seconds // size} {unit} and lost"
    return f"is retried for {seconds} s and lost"
