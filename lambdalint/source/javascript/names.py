"""Names and members: what they are, and what may have become of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from lambdalint.source.handler import EACH, Given, Own, Variable
from lambdalint.source.javascript.syntax import asks_for_any
from lambdalint.source.javascript.values import (
    DATA,
    MOST_INSIDE,
    Answer,
    Builtin,
    Class,
    Client,
    Context,
    Decoded,
    Either,
    Environment,
    Foreign,
    Function,
    List,
    Live,
    Method,
    Namespace,
    Object,
    Package,
    Pending,
    Scope,
    Seen,
    either,
    inside,
)
from lambdalint.source.javascript.watch import RECORDS, Watch

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST_PATH = 16

# The names and members that change: where each is kept, and what it is.
Changes: TypeAlias = dict[tuple[int, str], tuple[dict[str, Seen], str, Seen]]
_Result = TypeVar("_Result")
_ABSENT = object()


class Names(Watch):
    """What names and members are at a point of the code."""

    def __init__(self) -> None:
        super().__init__()
        self._logs: list[Changes] = []
        # Whether the number of records was asked since somebody cleared this.
        self.counted = False

    def run(self, function: Function, arguments: list[Seen]) -> Seen:
        """What a function of the code returns; said by who knows statements."""
        raise NotImplementedError

    # --- changes ---------------------------------------------------------------------------------

    def put(self, names: dict[str, Seen], name: str, value: Seen) -> None:
        """Let a name or member be a value, in a way that can be taken back."""
        if self._logs and (id(names), name) not in self._logs[-1]:
            self._logs[-1][id(names), name] = (names, name, names.get(name, _ABSENT))
        names[name] = value

    def apart(self, follow: Callable[[], _Result]) -> tuple[_Result, Changes]:
        """Follow what may not run: its result, and the changes it makes, which are taken back."""
        log: Changes = {}
        self._logs.append(log)
        result = follow()
        self._logs.pop()
        changes: Changes = {}
        for key, (names, name, before) in log.items():
            changes[key] = (names, name, names.get(name, _ABSENT))
            if before is _ABSENT:
                names.pop(name, None)
            else:
                names[name] = before
        return result, changes

    def merge(self, ways: list[Changes]) -> None:
        """Whichever of several ways was taken: what may have become of every name."""
        for key, (names, name, _) in {k: v for way in ways for k, v in way.items()}.items():
            before = names.get(name, _ABSENT)
            after = (way[key][2] if key in way else before for way in ways)
            self.put(names, name, either(None if one is _ABSENT else one for one in after))

    # --- names -----------------------------------------------------------------------------------

    def find(self, name: str, scope: Scope) -> Seen:
        """What a name means."""
        holder = scope.holding(name)
        if holder is None:
            return Builtin(name)
        value = holder.names[name]
        return value.module.exported(value.name) if isinstance(value, Live) else value

    def taken(self, value: Seen) -> Seen:
        """A value that somebody takes: if it is a promise, it is theirs."""
        if isinstance(value, Pending | List | Either | Object):
            for one in inside(value):
                if isinstance(one, Pending):
                    one.uses += 1
        return value

    # --- members ---------------------------------------------------------------------------------

    def member(self, holder: Seen, name: Seen, scope: Scope, node: Node) -> Seen:
        """A member of a value; `name` is a text or number, or anything if nobody can tell."""
        if isinstance(holder, Either):
            there = (one for one in holder.values if one is not None)
            return either(self.member(one, name, scope, node) for one in there)
        key = name if isinstance(name, str | int) and not isinstance(name, bool) else None
        match holder:
            case Given():
                return self._given(holder, EACH if key is None else key, scope, node)
            case Decoded(given):
                return self._given(given, EACH if key is None else key, scope, node)
            case Object():
                return self._of_object(holder, key)
            case List():
                return self._of_list(holder, key)
            case Answer() if key == "$metadata":  # of the request, not of its entries
                return DATA
            case Answer(made):
                made.checked |= not self.now.logging
                return holder
        return self._named(holder, key) if isinstance(key, str) else DATA

    def _named(self, holder: Seen, name: str) -> Seen:
        match holder:
            case Environment():
                return Own("name") if name == "AWS_LAMBDA_FUNCTION_NAME" else Variable(name)
            case Context():
                return _of_context(name)
            case Builtin(root):
                return _of_builtin(root, name)
            case Class(statics=statics):
                return self._of_object(statics, name)
            case Foreign(package):
                return holder._replace(package=Package(package.name, (*package.path, name)))
            case Package():
                return self._of_package(holder, name)
            case Namespace(module):
                return module.exported(name)
            case Client():
                return Method(holder, name)
        return DATA

    def _of_package(self, package: Package, name: str) -> Seen:
        if name == "default":
            return package
        if package.path[-1:] == ("InvocationType",):
            return name
        if name == "FAILED":
            self.failures = True
        return Package(package.name, (*package.path, name))

    def _given(self, given: Given, key: str | int, scope: Scope, node: Node) -> Seen:
        """A step into the event."""
        if key == "length":
            if given == RECORDS:
                self.counted = True
                self.whole |= not (self.now.logging or asks_for_any(node))
            return DATA
        if len(given.path) >= _LONGEST_PATH:
            return DATA
        step = Given((*given.path, key))
        self.reads(step, scope.script, node)
        return step

    def _of_object(self, holder: Object, key: str | int | None) -> Seen:
        if key is None:
            return either((*holder.members.values(), DATA))
        name = str(key)
        if name in holder.members:
            member = holder.members[name]
            return member.module.exported(member.name) if isinstance(member, Live) else member
        made_by = holder.made_by
        while isinstance(made_by, Class):
            method = made_by.methods.get(name)
            if method is not None:
                found = Function(method, made_by.scope, holder)
                is_getter = any(child.type == "get" for child in method.children)
                return self.run(found, []) if is_getter else found
            made_by = made_by.parent
        return DATA if holder.open or made_by is not None else None

    @staticmethod
    def _of_list(holder: List, key: str | int | None) -> Seen:
        if isinstance(key, str):
            return DATA
        if key is None or holder.loose:
            return either((*holder.items, DATA))
        if 0 <= key < len(holder.items):
            return holder.items[key]
        return DATA if holder.open else None

    def element(self, holder: Seen, scope: Scope, node: Node) -> Seen:
        """Each element of something that can be looped over."""
        match holder:
            case List(items=items, open=is_open):
                return either((*items, DATA)) if is_open or not items else either(items)
            case Given() | Decoded():
                return self.member(holder, None, scope, node)
            case Answer(made):
                made.checked = True
                return holder
            case Either(values):
                return either(self.element(one, scope, node) for one in values)
        return DATA

    def extend(self, made: List, spread: Seen, scope: Scope, node: Node) -> None:
        """Put the elements of something into an array."""
        made.loose = True
        for one in spread.values if isinstance(spread, Either) else (spread,):
            if isinstance(one, List):
                made.items += one.items[: MOST_INSIDE - len(made.items)]
                made.open |= one.open or len(made.items) == MOST_INSIDE
                made.each_record |= one.each_record
            elif isinstance(one, Given | Decoded):
                made.items.append(self.element(one, scope, node))
            elif one is not None:
                self.hands_on(one)
                made.open = True


# https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
_OWN = {"functionName": Own("name"), "invokedFunctionArn": Own("arn")}


def _of_context(name: str) -> Seen:
    if name in ("succeed", "done", "fail"):
        return Builtin(f"context.{name}")
    return _OWN.get(name, DATA)


def _of_builtin(root: str, name: str) -> Seen:
    if (root, name) == ("process", "env"):
        return Environment()
    return Builtin(name if root in ("global", "globalThis") else f"{root}.{name}")
