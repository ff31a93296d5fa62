"""What the code of a handler does, in whatever language: calls of AWS, and what becomes of events."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from lambdalint.value import Place, Ref, Unknown

# The step of a path that stands for each element of a list, whichever it is. A mapping that may
# have other keys than those that are told has this one, too.
EACH = "*"


class Variable(NamedTuple):
    """An environment variable: what it says, the configuration of the function tells.

    `default` is what the code takes where there is none.
    """

    name: str
    default: Any = None


class Given(NamedTuple):
    """A piece of what the handler is invoked with: `("Records", EACH, "s3", "object", "key")`.

    A path goes on into texts that are JSON, as if they were what they spell; encodings (base64,
    percent) count for nothing.
    """

    path: tuple[str | int, ...]


class Own(NamedTuple):
    """Something about the running function itself: `name`, `arn`."""

    what: str


class Joined(NamedTuple):
    """A text that the code puts together."""

    parts: tuple[Any, ...]


class Replaced(NamedTuple):
    """A text in which the code replaces every `old` by `new`."""

    whole: Any
    old: str
    new: str


# What an expression of the code is: plain data (with such pieces in it), or one of these pieces.
# Code that stands in a template may be told things by it: those are its own pointers.
Said: TypeAlias = """(
    str | int | float | bool | Variable | Given | Own | Joined | Replaced | Ref | Unknown
    | dict[str, Said] | list[Said] | None
)"""


class Call(NamedTuple):
    """A call of an AWS API.

    `service` is the prefix of its IAM actions (`s3`, `sqs`, `sns`, `events`, `lambda`, `states`,
    `dynamodb`, `kinesis`, `firehose`, `iot`, `scheduler`), `action` the API's name of the operation
    (`PutObject`), `arguments` go by the API's names (`EACH` where there may be more). Higher-level
    calls (`table.put_item`, `Upload`, `bucket.upload_file`) are told as the operation they perform.
    `checked` is whether the code looks at the answer, `parallel` whether others run at the same
    time, `repeated` whether it stands in a loop, and `guards` are the tests that decide whether it is made. It is `limited` if
    the code itself sets how long it waits, or may do.
    """

    service: str
    action: str
    arguments: dict[str, Said]
    at: Place
    checked: bool = True
    parallel: bool = False
    repeated: bool = False
    guards: tuple[Place, ...] = ()
    limited: bool = True


class Request(NamedTuple):
    """A call over HTTP; it is `limited` if the code itself sets how long it waits, or may do."""

    method: str
    url: Said
    at: Place
    limited: bool = True


class Sight(NamedTuple):
    """Something to be seen in the code, in a few words for the reader, and where."""

    at: Place
    what: str


class Answer(NamedTuple):
    """What the handler returns, or may return, and where it does."""

    at: Place
    said: Said


class Handler(NamedTuple):
    """The code that a function runs, from its handler on as far as it is followed.

    `complete` is whether all code that the handler reaches was understood: nothing foreign
    that may make calls of its own. `certain` is false for code that tools have bundled or minified.

    `reports` are the places that return a partial batch response (`batchItemFailures`), by hand or
    by a library; `always_reports` whether every return does or raises; `may_report` is true as well
    where nobody can tell, because something foreign makes the answer.
    """

    language: str
    at: Place
    complete: bool
    certain: bool
    calls: tuple[Call, ...] = ()
    requests: tuple[Request, ...] = ()
    # What its code returns; nothing if something foreign may change it.
    answers: tuple[Answer, ...] = ()
    reports: tuple[Sight, ...] = ()
    always_reports: bool = False
    may_report: bool = True
    # Whether the list of failed items is empty, whatever happens.
    reports_none: bool = False
    # The first record alone is read, and there is no loop over the records: where, else None.
    first_record_only: Sight | None = None
    # What goes on with the next record though one has failed.
    continues_after_failure: tuple[Sight, ...] = ()
    # What is started and not waited for.
    unawaited: tuple[Sight, ...] = ()
    # Keys of S3 objects that are used as the event gives them, percent-encoded.
    undecoded_keys: tuple[Sight, ...] = ()
    # What makes repeated events harmless: conditional writes, idempotency libraries, markers.
    idempotent: tuple[Sight, ...] = ()
    # How it answers CloudFormation: None where it never does (as far as the code is `complete`);
    # else whether failures are told too.
    answers_cloudformation: bool | None = None
