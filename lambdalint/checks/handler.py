"""What the code of functions does with the events it is handed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lambdalint.facts import CUSTOM_RESOURCE_TIMEOUT_S
from lambdalint.fix import REPORTING, setting
from lambdalint.graph import Graph, Resource, Trigger
from lambdalint.graph.heard import BATCHES, listens, unheard
from lambdalint.graph.queue import is_fifo
from lambdalint.graph.said import settled
from lambdalint.rule import Claim, Claims, Confidence, Note, Severity
from lambdalint.source.handler import EACH, Call, Given, Handler, Joined
from lambdalint.value import Place


def ignored_batch_item_failures(graph: Graph) -> Claims:
    for trigger, function, handler in _triggers(graph, *BATCHES):
        if sights := unheard(trigger, graph.handler):
            lost = (
                "deletes the messages" if trigger.kind.name == "sqs" else "passes over the records"
            )
            said = f"Lambda {lost} that {function.name} reports as failed"
            always = handler.always_reports
            yield Claim(
                Note(trigger.get("FunctionResponseTypes").at, f"is not set to listen: {said}"),
                *(Note(sight.at, "reports what failed") for sight in sights),
                confidence=_sure(handler) if always else Confidence.MEDIUM,
                # Lambda may then take another answer for the failure of the whole batch.
                fix=setting(trigger.via, REPORTING, safe=always and handler.certain),
            )


def no_batch_item_failures(graph: Graph) -> Claims:
    for trigger, function, handler in _triggers(graph, *BATCHES):
        batch = trigger.batch_size
        is_one = isinstance(batch.data, int) and batch.data <= 1
        # What only looks at its records has nothing that fails.
        works = handler.calls or handler.requests or not handler.complete
        if works and listens(trigger) and not (handler.may_report or handler.reports or is_one):
            said = "never reports which items failed, though Lambda is told to listen"
            yield Claim(
                Note(handler.at, said),
                *_runs(function, handler.at),
                Note(trigger.get("FunctionResponseTypes").at, "tells Lambda to listen"),
                confidence=_sure(handler),
            )


def fifo_continues_after_failure(graph: Graph) -> Claims:
    for trigger, function, handler in _triggers(graph, "sqs"):
        batch = trigger.batch_size
        is_one = isinstance(batch.data, int) and batch.data <= 1
        if is_one or not listens(trigger) or not is_fifo(trigger.source):
            continue
        for sight in handler.continues_after_failure:
            yield Claim(
                Note(sight.at, "goes on after a failure, out of the order of the FIFO queue"),
                *_runs(function, sight.at),
                Note(trigger.at, f"reads the FIFO queue {trigger.source.name}"),
                confidence=_sure(handler),
            )


def custom_resource_never_answers(graph: Graph) -> Claims:
    for trigger, function, handler in _triggers(graph, "custom-resource"):
        never = handler.answers_cloudformation is None
        # What calls nothing has little that can fail.
        only_success = handler.answers_cloudformation is False and handler.calls
        # Who is handed the event, or the address in it, may answer instead.
        handed_on = any(_hands_on(call.arguments) for call in handler.calls)
        if not handler.complete or handed_on or not (never or only_success):
            continue
        said = "never answers" if never else "does not answer if something fails"
        wait = trigger.via.number("ServiceTimeout").data
        seconds = CUSTOM_RESOURCE_TIMEOUT_S if wait is None else wait
        waits = f"waits {seconds} s" if isinstance(seconds, int) else "waits"
        yield Claim(
            Note(handler.at, f"{said}: CloudFormation {waits} for it"),
            *_runs(function, handler.at),
            Note(trigger.at, "waits for the answer"),
            severity=None if never else Severity.WARNING,
            confidence=_sure(handler) if never else Confidence.MEDIUM,
        )


def _hands_on(said: Any) -> bool:
    """Whether the address for the answer is in it, or may be."""
    match said:
        case Given(path):
            return path in ((), ("ResponseURL",))
        case Joined(parts):
            return any(map(_hands_on, parts))
        case dict():
            return EACH in said or any(map(_hands_on, said.values()))
        case list():
            return any(map(_hands_on, said))
    return False


def first_record_only(graph: Graph) -> Claims:
    for function, handler in _functions(graph):
        sight = handler.first_record_only
        sizes = [(most, one) for one in graph.invokers(function) if (most := _most(one)) != 1]
        if sight is None or not sizes:
            continue
        most, trigger = max(sizes, key=lambda size: size[0])
        yield Claim(
            Note(sight.at, f"reads only the first of {f'up to {most}' if most else 'the'} records"),
            *_runs(function, sight.at),
            Note(trigger.at, f"hands over {f'up to {most}' if most else 'a list of'} records"),
            severity=None if most else Severity.INFO,
            confidence=_sure(handler),
        )


def _most(trigger: Trigger) -> int:
    """How many records a trigger hands over at most; 0 where nobody says how many, 1 for others."""
    if trigger.kind.name in ("s3", "sns"):
        return 0
    if trigger.kind.name in ("sqs", "kinesis", "dynamodb", "stream"):
        size = trigger.batch_size.data
        return size if isinstance(size, int) else 1
    return 1


def unawaited_work(graph: Graph) -> Claims:
    for function, handler in _functions(graph):
        for sight in handler.unawaited:
            yield Claim(
                Note(sight.at, "is not waited for: the handler may return before it is done"),
                *_runs(function, sight.at),
                confidence=_sure(handler),
            )


def ignored_batch_api_failures(graph: Graph, *, apis: Sequence[str]) -> Claims:
    watched = {_plain(api) for api in apis}
    for function, handler in _functions(graph):
        for call in handler.calls:
            field = _FAILURES.get((call.service, call.action))
            if field and not call.checked and _plain(call.action) in watched:
                said = f"{call.action} may fail for some entries without an error"
                yield Claim(
                    Note(call.at, f"{said}, {field} is not looked at"),
                    *_runs(function, call.at),
                    confidence=_sure(handler),
                )


# What tells of failures that raise no error.
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
# https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
# https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
_FAILURES = {
    ("events", "PutEvents"): "FailedEntryCount",
    ("sqs", "SendMessageBatch"): "Failed",
    ("sns", "PublishBatch"): "Failed",
    ("kinesis", "PutRecords"): "FailedRecordCount",
    ("firehose", "PutRecordBatch"): "FailedPutCount",
    ("dynamodb", "BatchWriteItem"): "UnprocessedItems",
}


def _plain(api: str) -> str:
    """The name of an operation, `put_events` or `PutEvents`."""
    return api.replace("_", "").lower()


def undecoded_s3_key(graph: Graph) -> Claims:
    for function, handler in _functions(graph):
        kinds = {trigger.kind.name for trigger in graph.invokers(function)}
        for sight in handler.undecoded_keys if kinds & {"s3", "sns", "sqs"} else ():
            yield Claim(
                Note(sight.at, "uses the key of the object as S3 encodes it"),
                *_runs(function, sight.at),
                confidence=_sure(handler),
            )


def not_idempotent(graph: Graph, *, markers: Sequence[str]) -> Claims:
    for function, handler in _functions(graph):
        again = [one for one in graph.invokers(function) if one.kind.model != "sync"]
        if not again or not handler.complete or handler.idempotent or _marked(handler, markers):
            continue
        effects = dict(_doubled(function, handler))
        for at, what in [*effects.items()][:1]:
            yield Claim(
                Note(at, f"{what} again if the same event comes twice"),
                *(Note(more, f"{what} again, too") for more, what in [*effects.items()][1:]),
                *_runs(function, at),
                Note(again[0].at, "may hand over the same event twice"),
                confidence=Confidence.LOW,
            )


# What comes of a call that is made twice.
_DOUBLED = {
    ("sns", "Publish"): "publishes",
    ("sns", "PublishBatch"): "publishes",
    ("sqs", "SendMessage"): "sends",
    ("sqs", "SendMessageBatch"): "sends",
    ("events", "PutEvents"): "puts the event",
    ("kinesis", "PutRecord"): "puts the record",
    ("kinesis", "PutRecords"): "puts the records",
    ("firehose", "PutRecord"): "puts the record",
    ("firehose", "PutRecordBatch"): "puts the records",
    ("ses", "SendEmail"): "sends the mail",
    ("ses", "SendTemplatedEmail"): "sends the mail",
    ("ses", "SendRawEmail"): "sends the mail",
    ("lambda", "Invoke"): "invokes the function",
    ("lambda", "InvokeAsync"): "invokes the function",
    ("states", "StartExecution"): "starts the workflow",
    ("states", "StartSyncExecution"): "starts the workflow",
}


def _doubled(function: Resource, handler: Handler) -> Iterator[tuple[Place, str]]:
    for call in handler.calls:
        if what := _DOUBLED.get((call.service, call.action)):
            yield call.at, what
        elif call.service == "dynamodb" and _adds(call, function):
            yield call.at, "adds"
    for request in handler.requests:
        if request.method == "POST":
            yield request.at, "sends the request"


def _adds(call: Call, function: Resource) -> bool:
    """Whether an update counts up, or appends."""
    expression = settled(call.arguments.get("UpdateExpression"), function)
    return isinstance(expression, str) and bool(_ADDS.search(expression))


_ADDS = re.compile(r"\bADD\b|=\s*\S+\s*[+-]|list_append", re.IGNORECASE)


def _marked(handler: Handler, markers: Sequence[str]) -> bool:
    """Whether the file of a handler has one of these names in it."""
    text = handler.at.source.text
    return any(re.search(rf"(?<!\w){re.escape(marker)}(?!\w)", text) for marker in markers)


# --- what they have in common ---------------------------------------------------------------------


def _triggers(graph: Graph, *kinds: str) -> Iterator[tuple[Trigger, Resource, Handler]]:
    """The triggers of these kinds whose function's code is understood."""
    for trigger in graph.triggers(*kinds):
        function = trigger.function
        if isinstance(function, Resource) and (handler := graph.handler(function)):
            yield trigger, function, handler


def _functions(graph: Graph) -> Iterator[tuple[Resource, Handler]]:
    for function in graph.functions():
        if handler := graph.handler(function):
            yield function, handler


def _runs(function: Resource, at: Place) -> Iterator[Note]:
    """The function, where its code is written elsewhere."""
    if at.resource != function.id:
        yield Note(function.at, "runs this code")


def _sure(handler: Handler) -> Confidence:
    return Confidence.HIGH if handler.certain else Confidence.MEDIUM
