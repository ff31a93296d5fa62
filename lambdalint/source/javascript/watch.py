"""What is seen of a handler while its code is followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdalint.source.handler import EACH, Call, Given, Request, Sight
from lambdalint.source.javascript.values import (
    MOST_INSIDE,
    Answer,
    Callback,
    Made,
    Pending,
    Seen,
    inside,
    said,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from lambdalint.source.javascript.syntax import Script

RECORDS = Given(("Records",))

# Steps of a record that only tell where it comes from.
_ORIGINS = frozenset(
    {
        *("eventSource", "EventSource", "eventSourceARN", "EventSubscriptionArn"),
        *("awsRegion", "eventVersion", "EventVersion"),
        "cf",  # the events of Lambda@Edge have one record
    }
)

# Arguments whose presence keeps a repeated event from doing its work twice.
_MARKERS = {
    "ConditionExpression": "a conditional write",
    "MessageDeduplicationId": "a deduplication id",
    "ClientRequestToken": "a request token",
    "ClientToken": "a request token",
    "Idempotency-Key": "an idempotency key",
    "IdempotencyKey": "an idempotency key",
    "idempotencyKey": "an idempotency key",
}

_RAW_KEY = ("s3", "object", "key")


@dataclass(slots=True)
class Situation:
    """Under which circumstances code runs at the moment."""

    guards: tuple[tuple[Script, Node], ...] = ()
    # In a loop, beside others that run at the same time, in what is only logged, and in a promise
    # that is made by hand and waits for callbacks.
    repeated: bool = False
    parallel: bool = False
    logging: bool = False
    promised: bool = False


@dataclass(slots=True)
class Watch:
    """The calls and sights of a handler so far."""

    complete: bool = True
    # Whether the handler itself runs, rather than what comes before it.
    started: bool = False
    now: Situation = field(default_factory=Situation)
    made: list[Made] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    promises: list[Pending] = field(default_factory=list)
    reports: dict[Sight, None] = field(default_factory=dict)
    continues: dict[Sight, None] = field(default_factory=dict)
    unawaited: dict[Sight, None] = field(default_factory=dict)
    undecoded: dict[Sight, None] = field(default_factory=dict)
    idempotent: dict[Sight, None] = field(default_factory=dict)
    first: Sight | None = None
    # Whether more than the first record is read, counted or handed on.
    whole: bool = False
    # Whether somebody else may answer by the handler's callback.
    callback_is_out: bool = False
    # How often something was waited for that takes its time.
    work: int = 0
    # Whether CloudFormation is answered, and whether failures are spoken of.
    answers: bool = False
    failures: bool = False

    @contextmanager
    def situation(
        self,
        *,
        guard: tuple[Script, Node] | None = None,
        repeated: bool = False,
        parallel: bool = False,
        logging: bool = False,
        promised: bool = False,
    ) -> Iterator[None]:
        """The circumstances of now, and some more."""
        before = self.now
        self.now = Situation(
            (*before.guards, guard) if guard else before.guards,
            before.repeated or repeated,
            before.parallel or parallel,
            before.logging or logging,
            before.promised or promised,
        )
        try:
            yield
        finally:
            self.now = before

    def call(self, made: Made) -> None:
        """A call of AWS; the very same in the same place is one."""
        made.guards = self.now.guards
        made.repeated, made.parallel = self.now.repeated, self.now.parallel
        self.made.append(made)
        self.work += 1
        at = made.script.place(made.node)
        members = getattr(made.arguments, "members", {})
        key = members.get("Key")
        if made.service == "s3" and isinstance(key, Given) and key.path[-3:] == _RAW_KEY:
            self.undecoded[Sight(at, "the key is percent-encoded")] = None
        for one in inside(made.arguments):
            self.hands_on(one)
            for name in getattr(one, "members", ()):
                if name in _MARKERS:
                    self.idempotent[Sight(at, _MARKERS[name])] = None

    def request(
        self,
        method: str,
        url: Seen,
        options: Seen,
        script: Script,
        node: Node,
        *,
        limited: bool = True,
    ) -> None:
        """A call over HTTP."""
        self.work += 1
        pieces = [*inside(url), *inside(options)]
        if any(isinstance(one, Given) and one.path[:1] == ("ResponseURL",) for one in pieces):
            self.answers = True
        for one in pieces:
            self.hands_on(one)
            for name in getattr(one, "members", ()):
                if name in _MARKERS:
                    at = script.place(node)
                    self.idempotent[Sight(at, _MARKERS[name])] = None
        self.requests.append(Request(method, said(url), script.place(node), limited))

    def hands_on(self, value: Seen) -> None:
        """A value that leaves what is followed: somebody else may read all records of it."""
        found = list(inside(value))
        self.whole |= len(found) == MOST_INSIDE
        for one in found:
            if isinstance(one, Given) and one.path in ((), RECORDS.path):
                self.whole = True
            elif isinstance(one, Answer) and not self.now.logging:
                one.made.checked = True
            elif isinstance(one, Callback):
                self.callback_is_out = True

    def reads(self, given: Given, script: Script, node: Node) -> None:
        """A step into the event."""
        path = given.path
        if path[:1] != RECORDS.path or len(path) < 2 or self.now.logging:
            return
        if path[1] != 0:
            self.whole = True
        elif len(path) == 3 and path[2] not in _ORIGINS and self.first is None:
            self.first = Sight(script.place(node), "only the first record is read")

    def started_work(self, pending: Pending) -> None:
        """A promise of something that takes its time."""
        if self.started and not self.now.promised:
            self.promises.append(pending)


def calls(watch: Watch) -> Iterator[Call]:
    """The calls of AWS, each once."""
    seen: set[str] = set()
    for made in watch.made:
        arguments = said(made.arguments)
        call = Call(
            made.service,
            made.action,
            arguments if isinstance(arguments, dict) else {EACH: arguments},
            made.script.place(made.node),
            made.checked,
            made.parallel,
            made.repeated,
            tuple(script.place(node) for script, node in made.guards),
            made.limited,
        )
        if _is_new(call, seen):
            yield call


def requests(watch: Watch) -> Iterator[Request]:
    """The calls over HTTP, each once."""
    seen: set[str] = set()
    return (request for request in watch.requests if _is_new(request, seen))


def _is_new(one: Call | Request, seen: set[str]) -> bool:
    key = f"{one.at.location}: {one!r}"
    is_new = key not in seen
    seen.add(key)
    return is_new
