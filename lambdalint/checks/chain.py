"""Functions that wait for functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import inf
from operator import itemgetter
from typing import NamedTuple

from lambdalint.facts import BOTO_READ_TIMEOUT_S
from lambdalint.graph import Call, External, Graph, Resource
from lambdalint.graph.endpoint import Answer, answer
from lambdalint.graph.provider import is_provider
from lambdalint.graph.resource import number
from lambdalint.graph.wait import Calls, Wait, calls, longest
from lambdalint.rule import Claim, Claims, Confidence, Note, Severity
from lambdalint.source.handler import Request
from lambdalint.value import Place, Value


def synchronous_invoke(
    graph: Graph, *, allow_pairs: Sequence[str], report_unresolved: bool, max_depth: int
) -> Claims:
    for caller in graph.functions():
        code = _calls(graph, caller)
        at_once: dict[Place, list[Wait]] = defaultdict(list)
        for wait in _told(graph, code) if code else ():
            if f"{caller.id}->{_id(wait)}" in allow_pairs or _comes_back(graph, wait):
                continue
            if wait.callee or report_unresolved:
                at_once[wait.call.at].append(wait)
        for waits in at_once.values():
            yield _waits(graph, waits, max_depth)
        for call in _allowed(graph, caller, code):
            if f"{caller.id}->{call.callee.id}" not in allow_pairs:
                yield _may_wait(call)


def timeout_inversion(graph: Graph, *, slack_seconds: int) -> Claims:
    for caller in graph.functions():
        patience = caller["Timeout"]
        if not isinstance(patience.data, int):
            continue
        for slow in _slow(graph, caller):
            needed = slow.seconds + slack_seconds
            # Just as long is too short only if all of it is needed.
            sure = (
                slow.confidence == Confidence.HIGH and min(patience.data, slow.limit) < slow.seconds
            )
            if patience.data < needed:
                first = Note(patience.at, f"gives up after {patience.data} s, but {slow}")
            elif slow.limit < needed:
                first = Note(
                    slow.calls[0], f"gives up after {slow.limit} s and tries again, but {slow}"
                )
            else:
                continue
            yield Claim(
                first,
                *(Note(at, "waits here") for at in slow.calls if at != first.at),
                *_runs(caller, first.at),
                *slow.evidence,
                severity=None if sure else Severity.WARNING,
                confidence=slow.confidence,
            )


def over_http(graph: Graph) -> Claims:
    for caller in graph.functions():
        for request, found in _answers(graph, caller):
            names = " or ".join(_name(trigger.function) for trigger in found.triggers)
            route = f"{found.route} of " if found.route else ""
            yield Claim(
                Note(request.at, f"calls {route}{found.owner.name}, which waits for {names}"),
                *_runs(caller, request.at),
                *(
                    Note(trigger.at, f"hands it to {_name(trigger.function)}")
                    for trigger in found.triggers
                ),
            )


# --- what code does -------------------------------------------------------------------------------


def _calls(graph: Graph, caller: Resource) -> Calls | None:
    handler = graph.handler(caller)
    return calls(caller, handler, graph.triggers_of) if handler else None


def _told(graph: Graph, code: Calls) -> Iterator[Wait]:
    """What the code waits for: where it does not say which function, the role may name just one."""
    for wait in code.waits:
        if wait.callee is None:
            named = {call.callee for call in graph.calls(wait.caller) if call.named}
            yield wait._replace(callee=named.pop()) if len(named) == 1 else wait
        elif not _is_own(wait.callee):
            yield wait


def _is_own(callee: Resource | External) -> bool:
    """Whether CDK made a function for itself."""
    return isinstance(callee, Resource) and is_provider(callee.declaration)


def _further(graph: Graph, caller: Resource) -> list[Wait]:
    code = _calls(graph, caller)
    waits = _told(graph, code) if code else ()
    return [wait for wait in waits if wait.confidence >= Confidence.MEDIUM]


def _comes_back(graph: Graph, first: Wait) -> bool:
    """Whether it waits for itself in the end, which the rules for loops tell."""
    seen, todo = set(), [first.callee]
    while todo:
        callee = todo.pop()
        if callee == first.caller:
            return True
        if isinstance(callee, Resource) and callee not in seen:
            seen.add(callee)
            todo += [wait.callee for wait in _further(graph, callee)]
    return False


def _waits(graph: Graph, waits: list[Wait], most: int) -> Claim:
    """One call, for whichever functions it waits."""
    first = waits[0]
    chains = [longest(wait, lambda callee: _further(graph, callee), most) for wait in waits]
    depth = max(map(len, chains))
    sure = max(wait.confidence for wait in waits)
    verb = "waits" if sure >= Confidence.MEDIUM else "may wait"
    through = f"{first.through.name}, which waits for " if first.through else ""
    names = [" → ".join(_name(one.callee) for one in chain) for chain in chains]
    chained = f", a chain of {depth + 1} functions" if depth > 1 else ""
    return Claim(
        Note(first.call.at, f"{verb} for {through}{_listed(names)}{chained}"),
        *_runs(first.caller, first.call.at),
        *(
            Note(one.call.at, f"{one.caller.name} waits here")
            for chain in chains
            for one in chain[1:]
        ),
        *dict.fromkeys(note for wait in waits for note in _paid(wait)),
        severity=None if verb == "waits" else Severity.INFO,
        confidence=sure,
    )


def _paid(wait: Wait) -> Iterator[Note]:
    if isinstance(wait.callee, Resource):
        match wait.caller["Timeout"].data, wait.callee["Timeout"]:
            case int(own), Value(int(timeout), at):
                yield Note(at, f"both are paid for up to {min(own, timeout)} s")


def _runs(caller: Resource, at: Place) -> Iterator[Note]:
    """The function, where its code or settings are written elsewhere."""
    if at.resource != caller.id:
        yield Note(caller.at, "has this from Globals" if at.path else "runs this code")


def _name(end: Resource | External | None) -> str:
    return end.name if end else "a function that the template does not tell"


def _listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *others, last = dict.fromkeys(names)
    return f"{', '.join(others)} and {last}" if others else last


def _id(wait: Wait) -> str:
    return wait.callee.id if wait.callee else ""


# --- what the template alone tells ----------------------------------------------------------------


def _allowed(graph: Graph, caller: Resource, code: Calls | None) -> Iterator[Call]:
    """What a function may invoke, as far as its code does not tell."""
    if code and (code.whole or None in code.starts or not all(one.callee for one in code.waits)):
        return
    known = {*code.starts, *(one.callee for one in code.waits)} if code else set()
    for call in graph.calls(caller):
        if call.callee in known or _is_durable(call):
            continue
        if not call.variable and graph.shares_role(caller):
            continue  # the permission may be meant for another function
        if any(trigger.kind.model != "sync" for trigger in graph.invokers(call.callee)):
            continue  # nobody waits for what services invoke without waiting
        yield call


def _is_durable(call: Call) -> bool:
    """A durable caller is suspended while it waits; a durable callee is not waited for."""
    ends = (call.caller, call.callee)
    return any(end.get("DurableConfig").data is not None for end in ends)


def _may_wait(call: Call) -> Claim:
    allowed = call.callee.name if call.named else "any function"
    notes = [Note(call.statement.at, f"lets it invoke {allowed}")]
    if call.variable:
        notes.append(Note(call.told.at, f"tells it of {call.callee.name}"))
    match call.caller["Timeout"].data, call.callee["Timeout"]:
        case int(own), Value(int(timeout), at):
            notes.append(Note(at, f"both are paid for up to {min(own, timeout)} s if it waits"))
    return Claim(
        Note(call.caller.at, f"may invoke {call.callee.name}, and wait for it"),
        *notes,
        severity=Severity.INFO,
        # What a function may do is not what it does: only its code can tell.
        confidence=Confidence.MEDIUM if call.named and call.variable else Confidence.LOW,
    )


# --- how long it takes ----------------------------------------------------------------------------


class _Slow(NamedTuple):
    """What a function waits for: how many seconds that may take, and where it is waited for.

    `limit` is after how many seconds the SDK calls again.
    """

    names: str
    seconds: float
    calls: tuple[Place, ...]
    evidence: tuple[Note, ...]
    confidence: Confidence
    limit: float = inf

    def __str__(self) -> str:
        return f"{self.names} may take {self.seconds:g} s"


def _slow(graph: Graph, caller: Resource) -> Iterator[_Slow]:
    handler = graph.handler(caller)
    code = _calls(graph, caller)
    limit = BOTO_READ_TIMEOUT_S if handler and handler.language == "python" else inf
    calls = defaultdict(list)
    for wait in _told(graph, code) if code else ():
        if not wait.call.limited and wait.confidence > Confidence.LOW:
            calls[wait.call.at].append(wait)
    one_by_one: list[_Slow] = []
    for waits in calls.values():
        if found := _slowest(waits, limit):
            yield found
            if not (waits[0].call.guards or waits[0].call.parallel):
                one_by_one.append(found)
    if len({one.calls for one in one_by_one}) > 1:
        yield _together(one_by_one)
    for request, there in _answers(graph, caller):
        if not request.limited and (slow := _answered(request, there)):
            yield slow


def _slowest(waits: Sequence[Wait], limit: float) -> _Slow | None:
    """What takes longest of that which one call waits for."""
    known: list[tuple[int, Place, Wait, Resource]] = []
    for wait in waits:
        if isinstance(wait.callee, Resource):
            ends = [wait.callee["Timeout"], *map(number, wait.limits)]
            times = [(end.data, end.at) for end in ends if isinstance(end.data, int)]
            if len(times) == len(ends):
                known.append((*min(times, key=itemgetter(0)), wait, wait.callee))
    if not known:
        return None
    seconds, at, wait, callee = max(known, key=itemgetter(0))
    evidence = Note(at, f"may take {seconds} s")
    return _Slow(callee.name, seconds, (wait.call.at,), (evidence,), wait.confidence, limit)


def _together(calls: Sequence[_Slow]) -> _Slow:
    """Calls one after the other; nobody knows whether each of them takes as long as it may."""
    return _Slow(
        " and then ".join(one.names for one in calls),
        sum(one.seconds for one in calls),
        tuple(at for one in calls for at in one.calls),
        tuple(dict.fromkeys(note for one in calls for note in one.evidence)),
        Confidence.MEDIUM,
    )


def _answered(request: Request, found: Answer) -> _Slow | None:
    """How long a request may take: as long as the function does, and the API waits for it."""
    times: list[tuple[float, Place]] = []
    for trigger in found.triggers:
        own, wait = trigger.function["Timeout"], trigger.wait
        if not isinstance(own.data, int):
            return None
        times.append((own.data, own.at))
        if isinstance(wait.data, int):
            times[-1] = min(times[-1], (wait.data / 1000, wait.at), key=itemgetter(0))
    seconds, at = min(times, key=itemgetter(0))
    evidence = Note(at, f"may take {seconds:g} s")
    return _Slow(found.owner.name, seconds, (request.at,), (evidence,), Confidence.MEDIUM)


def _answers(graph: Graph, caller: Resource) -> Iterator[tuple[Request, Answer]]:
    """The requests of a function that its own templates answer."""
    handler = graph.handler(caller)
    for request in handler.requests if handler else ():
        if found := answer(request, caller, graph.triggers_of, graph.requests):
            yield request, found
