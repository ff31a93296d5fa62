"""What was seen so far on the way through the code of a handler, and where we stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from lambdalint.source.handler import EACH, Call, Joined, Own, Request, Sight, Variable
from lambdalint.source.python.values import (
    HARMLESS,
    Arguments,
    Coroutine,
    Dict,
    Event,
    Instance,
    List,
    Response,
    said,
    ways,
)
from lambdalint.value import Place

# What makes a further delivery of the same event harmless, by the argument that says so.
_REPEATABLE = {
    "ConditionExpression": "is written under a condition",
    "MessageDeduplicationId": "is sent with a deduplication id",
    "ClientToken": "is made with a token of the client",
    "ClientRequestToken": "is made with a token of the client",
}

# What a record says about the work to do, not only where it comes from.
_CONTENT = frozenset({"body", "messageId", "s3", "Sns", "kinesis", "dynamodb"})


# More tests than decide about any call.
_MOST_GUARDS = 50
# Deeper in a value, nobody puts the event.
_DEEPEST = 4


class TooMuch(Exception):
    """More code than anybody looks through."""


class State:
    """Facts, and the circumstances of what is looked at."""

    def __init__(self) -> None:
        self.complete = True
        self.responses: dict[Any, Response] = {}
        self.requests: dict[Any, Request] = {}
        self.idempotent: dict[Place, Sight] = {}
        self.undecoded: dict[Place, Sight] = {}
        self.continues: dict[Place, Sight] = {}
        self.unawaited: dict[Place, Sight] = {}
        # Tasks and threads, and whether somebody waits for any of them.
        self.begun: dict[Place, Sight] = {}
        self.joins = False
        self.is_handling = False
        self.first: dict[Place, Sight] = {}
        self.takes_all_records = False
        # Whether CloudFormation is answered, and whether it is where something failed.
        self.answers = self.answers_failures = False
        # Whether something failed before, and nothing came of it yet.
        self.has_survived = False
        self.coroutines: list[Coroutine] = []
        # What a library calls once the event is handed to it.
        self.registered: list[Any] = []
        self.repeating = self.parallel = self.failing = 0
        self.guards: list[Place] = []
        self.branch: tuple[int, ...] = ()
        self._branches = 0

    # --- where we stand

    @contextmanager
    def inside(self, **circumstances: int) -> Iterator[None]:
        """Circumstances (`repeating`, `parallel`, `failing`) for a while."""
        for name, more in circumstances.items():
            setattr(self, name, getattr(self, name) + more)
        try:
            yield
        finally:
            for name, more in circumstances.items():
                setattr(self, name, getattr(self, name) - more)

    @contextmanager
    def in_branch(self, *guards: Place) -> Iterator[None]:
        """A branch that may not be taken."""
        before, depth = self.branch, len(self.guards)
        self._branches += 1
        self.branch = (*before, self._branches)
        self.guards += guards
        try:
            yield
        finally:
            self.branch = before
            del self.guards[depth:]

    # --- what is seen

    def call(
        self, service: str, action: str, arguments: Arguments, at: Place, *, limited: bool = True
    ) -> Response:
        """A call of an AWS API by the names of its arguments."""
        told = said(Dict(arguments.named, is_open=arguments.is_open))
        assert isinstance(told, dict)  # noqa: S101
        key = (at, action, repr(told))
        if key not in self.responses:
            guards = tuple(dict.fromkeys(self.guards[-_MOST_GUARDS:]))
            call = Call(
                service,
                action,
                told,
                at,
                parallel=self.parallel > 0,
                repeated=self.repeating > 0,
                guards=guards,
                limited=limited,
            )
            self.responses[key] = Response(call)
        for value in arguments.all():
            self.hand_over(value)
        for name, words in _REPEATABLE.items():
            if name in arguments.named:
                self.idempotent[at] = Sight(at, words)
        if action == "StartExecution" and "name" in arguments.named:
            self.idempotent[at] = Sight(at, "is started under a name")
        if service == "s3":
            self._look_at_keys(arguments.named)
        return self.responses[key]

    def _look_at_keys(self, named: dict[str, Any]) -> None:
        source = named.get("CopySource")
        keys = [named.get("Key"), source.items.get("Key") if isinstance(source, Dict) else None]
        for key in keys:
            if isinstance(key, Event) and not key.decoded and is_encoded(key.path):
                self.undecoded[key.at] = Sight(key.at, "the key is percent-encoded")

    def request(
        self, method: Any, url: Any, named: dict[str, Any], at: Place, *, limited: bool = True
    ) -> None:
        """A call over HTTP."""
        spelled = method.upper() if isinstance(method, str) else ""
        told = said(url)
        self.requests.setdefault((at, repr(told)), Request(spelled, told, at, limited))
        headers = named.get("headers")
        if isinstance(headers, Dict) and any(
            name.lower() == "idempotency-key" for name in headers.items
        ):
            self.idempotent[at] = Sight(at, "is sent with an idempotency key")
        for value in (url, *named.values()):
            self.hand_over(value)

    def answer(self) -> None:
        """CloudFormation is told how a custom resource fared."""
        self.answers = True
        self.answers_failures = self.answers_failures or self.failing > 0 or self.has_survived

    def take(self, event: Event) -> Event:
        """A piece of the event that is looked at."""
        match event.path:
            case ("ResponseURL",):
                self.answer()
            case ("Records", 0, content) if content in _CONTENT:
                self.first[event.at] = Sight(event.at, "only the first record is read")
            case ("Records", step, *_) if step not in {0, "length"}:
                self.takes_all_records = True
            case (step, *_) if step == EACH:
                self.takes_all_records = True
        return event

    def hand_over(self, value: Any, depth: int = 0) -> None:
        """Something goes where nobody sees what becomes of it."""
        for way in ways(value):
            if isinstance(way, Response):
                way.checked = True
            elif isinstance(way, Event) and way.path in ((), ("Records",)):
                self.takes_all_records = True
            elif depth < _DEEPEST:
                for one in _inside(way):
                    self.hand_over(one, depth + 1)

    def stranger(self) -> None:
        """Something is called that may do anything."""
        self.complete = False

    def start(self, at: Place) -> None:
        """A thread begins to work; those of the module itself are there for longer."""
        if self.is_handling:
            self.begun[at] = Sight(at, "is started and not waited for")

    # --- what only the walk itself can do

    def call_registered(self, at: Place) -> None:
        """What a library calls that was handed the event."""
        raise NotImplementedError

    def run(self, function: Any, arguments: Arguments, at: Place) -> Any:
        """Call something; what it gives."""
        raise NotImplementedError

    def wait(self, value: Any) -> Any:
        """What a coroutine gives once somebody waits for it; other values as they are."""
        raise NotImplementedError

    def elements(self, value: Any, at: Place) -> Any:
        """What a loop over a value sees, one for all."""
        raise NotImplementedError


def _inside(value: Any) -> Iterable[Any]:
    """What a value consists of."""
    match value:
        case Dict(items=items):
            return items.values()
        case List(items=elements) | Joined(parts=elements):
            return elements
        case Instance(attributes=attributes):
            return attributes.values()
    return ()


def is_encoded(path: tuple[Any, ...]) -> bool:
    """Whether a piece of an event is the key of an S3 object as notifications write it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    return "Records" in path and path[-3:] == ("s3", "object", "key")


def variable(name: Any, default: Any = None) -> Any:
    """An environment variable, or what Lambda itself says in it."""
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    if name == "AWS_LAMBDA_FUNCTION_NAME":
        return Own("name")
    return Variable(name, said(default)) if isinstance(name, str) else HARMLESS
