"""What the language and Node.js bring along: texts, arrays, promises, and what loops over them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from lambdalint.source.handler import Given, Joined, Own, Replaced, Sight, Variable
from lambdalint.source.javascript.expression import Expressions, settled
from lambdalint.source.javascript.syntax import first, text
from lambdalint.source.javascript.values import (
    DATA,
    MOST_INSIDE,
    Answer,
    Context,
    Decoded,
    Foreign,
    Function,
    List,
    Live,
    Object,
    Pending,
    Scope,
    Seen,
    alternatives,
    either,
    inside,
    join,
    located,
)
from lambdalint.source.javascript.vocabulary import (
    COMPILED,
    GLOBALS,
    LOOPS,
    ONE,
    PLAIN,
    SAME,
    UNCHANGED,
)
from lambdalint.source.javascript.watch import RECORDS
from lambdalint.source.regex import taken
from lambdalint.value import Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

# Something is no business of whoever was asked.
ELSEWHERE: Final = object()


class Site(NamedTuple):
    """Where something is called: the whole expression, its arguments, and what is known there."""

    node: Node
    arguments: tuple[Node, ...]
    scope: Scope


class _Getters:
    """Functions that tell what a module exports: `__export(target, {name: () => name})`."""

    def __init__(self, follow: Standard, getters: Object) -> None:
        self._follow, self._getters = follow, getters

    def exported(self, name: str) -> Seen:
        getter = self._getters.members.get(name)
        return self._follow.run(getter, []) if isinstance(getter, Function) else DATA


class Standard(Expressions):
    """Follows calls of what is there without any package."""

    def __init__(self, steps: int) -> None:
        super().__init__(steps)
        # What is done for each record of the event, in the function that is followed.
        self.loop: Node | None = None
        # What the handler has passed to `callback` and the like.
        self.called_back: list[Seen] = []

    def invoke(self, called: Seen, given: list[Seen], site: Site, loop: Node | None = None) -> Seen:
        """What comes of calling something that was passed on; said by who knows calls.

        `loop` is what is done for each record, if that is what it is called for.
        """
        raise NotImplementedError

    def arguments(self, site: Site) -> list[Seen]:
        """What something is called with."""
        found: list[Seen] = []
        for node in site.arguments:
            if node.type == "spread_element":
                value = self.use(first(node), site.scope)
                exact = isinstance(value, List) and not value.loose and not value.open
                found += value.items if exact else [DATA]
                self.hands_on(value)
            elif node.type != "comment":
                found.append(self.use(node, site.scope))
        return found

    def call_with_data(self, values: list[Seen], data: Seen = DATA) -> Seen:
        """What functions return that somebody calls later, with what nobody knows."""
        results = [
            settled(self.taken(self.run(one, [data] * 4)))
            for value in values
            for one in (value, *_below(value))
            if isinstance(one, Function)
        ]
        return either(results) if results else DATA

    def give_away(self, given: list[Seen]) -> Seen:
        """What somebody unknown may return who is given something: it may change that, too."""
        values = List(given)
        self.hands_on(values)
        for one in inside(values):
            if isinstance(one, Object):
                one.open = True
        self.call_with_data(given)
        return DATA

    def promise(self, value: Seen, site: Site, what: str, *, works: bool = True) -> Pending:
        """A promise of a value; if it works meanwhile, somebody has to wait for it."""
        made = Pending(settled(value), site.node, site.scope.script, what)
        if works:
            self.started_work(made)
        return made

    # --- functions with names --------------------------------------------------------------------

    def builtin(self, name: str, site: Site) -> Seen:
        """What a function of the language returns."""
        root = name.partition(".")[0]
        if root == "console" or name == "process.stdout.write":
            with self.situation(logging=True):
                self.arguments(site)
            return None
        if name in ("Promise.all", "Promise.allSettled", "Promise.race", "Promise.any"):
            with self.situation(parallel=True):
                return self._together(name, self._raced(name, self.arguments(site)), site)
        if name in (
            "setTimeout",
            "setImmediate",
            "setInterval",
            "process.nextTick",
            "queueMicrotask",
        ):
            with self.situation(promised=True):
                self.call_with_data(self.arguments(site))
            return DATA
        if name in ("eval", "Function"):
            self.complete = False
        given = self.arguments(site)
        if name in ("context.succeed", "context.done", "context.fail"):
            self.called_back += [] if name == "context.fail" else given[-1:]
            return None
        one = given[0] if given else None
        if name == "__awaiter":
            done = self.taken(self.call_with_data(given[3:]))
            return self.promise(done, site, "is started and not waited for")
        if name == "__export" and isinstance(one, Object):
            return self._export(one, given[1:2])
        if root == "Object":
            return self._of_objects(name, given, site)
        return self._converted(name, one, given, site)

    def _raced(self, name: str, given: list[Seen]) -> list[Seen]:
        """Promises: in a race, another one may keep a call from being waited for."""
        if name in ("Promise.race", "Promise.any"):
            for one in inside(List(given)):
                if isinstance(one, Answer):
                    one.made.limited = True
        return given

    def _converted(self, name: str, one: Seen, given: list[Seen], site: Site) -> Seen:
        match name:
            case "URL":
                return located(given)
            case "JSON.stringify" | "JSON.parse" | "Buffer.from" | "structuredClone":
                holds = isinstance(one, Object | List | Given | Decoded | Answer | Foreign)
                return one if holds else DATA
            case "String":
                return join((one,))
            case "decodeURIComponent" | "decodeURI" | "unescape":
                return decoded(one)
            case "Promise.resolve":
                return self.promise(one, site, "a promise", works=False)
            case "Array.from":
                self.call_with_data(given[1:])
                found = List()
                self.extend(found, one, site.scope, site.node)
                return found
            case "Array" | "Array.of":
                return List(given, open=not given, loose=True)
        if name in COMPILED or name == "awslambda.streamifyResponse":
            return one
        if name.partition(".")[0] not in GLOBALS:
            self.complete = False
        self.give_away(given)
        return DATA

    def _export(self, target: Object, getters: list[Seen]) -> Seen:
        for getter in getters:
            if isinstance(getter, Object):
                live = _Getters(self, getter)
                target.members.update({name: Live(live, name) for name in getter.members})
        return None

    def _of_objects(self, name: str, given: list[Seen], site: Site) -> Seen:
        """What a function of `Object` returns."""
        match name.removeprefix("Object."), given:
            case "assign", [Object() as target, *sources]:
                for source in sources:
                    self.spread(target, source)
                return target
            case "defineProperty", [Object() as target, str(key), Object(members=members)]:
                if isinstance(getter := members.get("get"), Function):
                    target.members[key] = Live(_Getters(self, Object({key: getter})), key)
                elif "value" in members:
                    target.members[key] = members["value"]
                return target
            case "freeze" | "seal", [target, *_]:
                return target
            case "keys" | "values" | "entries" as what, [one, *_]:
                return self._listed(what, one, site)
        self.hands_on(List(given))
        return DATA

    def _listed(self, what: str, one: Seen, site: Site) -> Seen:
        """The keys, values or both of an object."""
        pairs: list[tuple[Seen, Seen]] = [(DATA, self.element(one, site.scope, site.node))]
        if isinstance(one, Object):
            pairs = [*one.members.items(), *([(DATA, DATA)] if one.open else [])]
        listed = {
            "keys": [key for key, _ in pairs],
            "values": [value for _, value in pairs],
            "entries": [List([*pair]) for pair in pairs],
        }
        return List(listed[what], loose=True)

    def _together(self, name: str, given: list[Seen], site: Site) -> Seen:
        """A promise of what many promises become."""
        promises = given[0] if given else None
        if not isinstance(promises, List):
            self.work += 1
            return self.promise(DATA, site, name)
        if promises.each_record and self.started:
            at = site.scope.script.place(site.node)
            self.continues[Sight(at, f"{name} starts all records at once")] = None
        values = [settled(one) for one in promises.items]
        if name == "Promise.allSettled":
            values = [Object({"status": DATA, "value": one, "reason": DATA}) for one in values]
        elif name != "Promise.all":
            return self.promise(either(values), site, name)
        return self.promise(List(values, promises.open, promises.loose), site, name)

    # --- methods ---------------------------------------------------------------------------------

    def method(self, holder: Seen, name: str, site: Site) -> Seen:
        """What a method of plain data returns; `ELSEWHERE` if the holder is something else."""
        match holder:
            case Pending():
                return self._of_promise(holder, name, site)
            case Function():
                return self._of_function(holder, name, site)
            case Object():
                return self._of_collection(holder, name, site)
            case List() | Given() | Decoded() | Answer() | Unknown():
                return self._of_data(holder, name, site)
            case Context() if name not in ("succeed", "done", "fail"):
                return self._unknown_method(name, self.arguments(site))
            case str() | int() | float() | None | Joined() | Replaced() | Variable() | Own():
                return self._of_text(holder, name, self.arguments(site), site)
        return ELSEWHERE

    def _of_promise(self, holder: Pending, name: str, site: Site) -> Seen:
        if name == "promise":  # version 2 of the AWS SDK
            self.arguments(site)
            return holder
        holder.followed = True
        given = self.arguments(site)
        before = self.work
        values: list[Seen] = []
        if name in ("then", "catch", "finally"):
            for position, one in enumerate(given):
                succeeds = name == "then" and position == 0
                outcome = holder.value if succeeds else DATA
                result = settled(self.taken(self.invoke(one, [outcome], site)))
                values += [] if name == "finally" else [result]
            if name != "then" or not given:
                values.append(holder.value)
        else:
            values = [self.call_with_data(given)]
        made = self.promise(either(values), site, holder.what)
        made.behind = holder if self.work == before else None
        return made

    def _of_function(self, holder: Function, name: str, site: Site) -> Seen:
        given = self.arguments(site)
        match name:
            case "bind":
                this = given[0] if given else None
                return Function(holder.node, holder.scope, this or holder.this)
            case "call":
                return self.run(holder, given[1:])
            case "apply":
                listed = given[1] if len(given) > 1 else None
                return self.run(holder, listed.items if isinstance(listed, List) else [DATA] * 4)
        return DATA

    def _of_collection(self, holder: Object, name: str, site: Site) -> Seen:
        """What a method of a map or set returns, which is an object like any other here."""
        if holder.made_by or not holder.open or name in holder.members:
            return ELSEWHERE
        given = self.arguments(site)
        match name:
            case "set" | "add" if given:
                key = given[0] if isinstance(given[0], str) else f"#{len(holder.members)}"
                self.put(holder.members, key, given[-1])
                return holder
            case "get":
                return either((*holder.members.values(), DATA))
            case "values":
                return List([*holder.members.values()], open=True, loose=True)
            case "forEach":
                with self.situation(repeated=True):
                    for one in given:
                        if isinstance(one, Function):
                            self.run(one, [either((*holder.members.values(), DATA)), DATA])
                return None
        return self._unknown_method(name, given)

    def _of_data(self, holder: Seen, name: str, site: Site) -> Seen:
        if name in ("push", "unshift"):
            if name == "unshift" and isinstance(holder, List):
                holder.lead = 0
            return self._push(holder, self._collected(site))
        given = self.arguments(site)
        one = given[0] if given else None
        if name in LOOPS and one is not None:
            return self._each(holder, name, given, site)
        if name == "at" and isinstance(one, int):
            return self.member(holder, one, site.scope, site.node)
        if name in ONE:
            return self.element(holder, site.scope, site.node)
        if name == "entries":
            pair = List([DATA, self.element(holder, site.scope, site.node)])
            return List([pair], loose=True)
        if isinstance(holder, Answer):
            holder.made.checked |= not self.now.logging
            self.call_with_data(given)
            return holder
        if name in SAME:
            return DATA if _is_key(holder) else holder  # a piece of a text is another text
        if isinstance(holder, List) and name in ("concat", "join"):
            return self._of_list_as_whole(holder, name, given, site)
        return self._of_text(holder, name, given, site)

    def _of_list_as_whole(self, holder: List, name: str, given: list[Seen], site: Site) -> Seen:
        if name == "concat":
            found = List([*holder.items], holder.open, loose=True, each_record=holder.each_record)
            for other in given:
                self.extend(found, other, site.scope, site.node)
            return found
        between = given[0] if given else ","
        pieces = [piece for item in holder.items for piece in (between, item)][1:]
        if holder.loose or holder.open:
            leading = [piece for item in holder.items[: holder.lead] for piece in (item, between)]
            return join((*leading, DATA)) if leading else DATA
        return join(pieces)

    def _collected(self, site: Site) -> list[Seen]:
        """Arguments that are put aside: what is started there runs beside what follows."""
        before = len(self.made)
        given = self.arguments(site)
        if any(isinstance(one, Pending) for one in given):
            for made in self.made[before:]:
                made.parallel = True
        return given

    def _push(self, holder: Seen, given: list[Seen]) -> Seen:
        if isinstance(holder, List):
            holder.items += given[: MOST_INSIDE - len(holder.items)]
            holder.loose = True
            if self.loop and any(isinstance(one, Pending) for one in given):
                holder.each_record = True
        for one in given:
            if isinstance(one, Answer):
                one.made.checked = True
        return DATA

    def _of_text(self, holder: Seen, name: str, given: list[Seen], site: Site) -> Seen:
        if name in UNCHANGED:
            return holder
        one = given[0] if given else None
        match name:
            case "replace" | "replaceAll" if len(given) > 1:
                old = site.arguments[0]
                if old.type == "regex" and isinstance(given[1], str) and given[1] != " ":
                    return _substituted(holder, text(old.child_by_field_name("pattern")), given[1])
                return _replaced(holder, one, given[1], self)
            case "concat" if isinstance(holder, str | Joined | Variable):
                return join((holder, *given))
            case "encode" | "decode" if isinstance(holder, Unknown):
                return one
        return self._unknown_method(name, given)

    def _unknown_method(self, name: str, given: list[Seen]) -> Seen:
        if name not in PLAIN:
            self.complete = False
            return self.give_away(given)
        self.call_with_data(given)
        return DATA

    def _each(self, holder: Seen, name: str, given: list[Seen], site: Site) -> Seen:
        """What comes of a function that is called for each element."""
        called, element = given[0], self.element(holder, site.scope, site.node)
        is_reduce = name.startswith("reduce")
        start = given[1] if is_reduce and len(given) > 1 else DATA
        arguments = [start, element, DATA] if is_reduce else [element, DATA, holder]
        of_records = holder == RECORDS or getattr(holder, "each_record", False)
        loop = called.node if holder == RECORDS and isinstance(called, Function) else None
        before, made = self.work, len(self.made)
        with self.situation(repeated=True):
            result, changes = self.apart(lambda: self.invoke(called, arguments, site, loop))
        self.merge([{}, changes])
        waits = any(isinstance(one, Pending) for one in alternatives(result))
        if waits and name != "reduce":
            for one in self.made[made:]:
                one.parallel = True
        if name != "map":
            self.taken(result)
        if name == "forEach":
            if waits and self.work > before and isinstance(called, Function) and is_async(called):
                self.promise(None, site, "forEach waits for nothing")
            return None
        if name in ("map", "flatMap"):
            items = result.items if name == "flatMap" and isinstance(result, List) else [result]
            return List([*items], loose=True, each_record=of_records and waits)
        if is_reduce:
            return either((start, result))
        if name in ONE:
            return either((None, element))
        return holder if name in SAME else DATA


def is_async(function: Function) -> bool:
    """Whether a function returns promises, by its own words."""
    return any(one.type == "async" for one in function.node.children)


def _below(value: Seen) -> Iterable[Seen]:
    """What stands right in an array or a plain object."""
    if isinstance(value, List):
        return value.items
    return value.members.values() if isinstance(value, Object) and not value.made_by else ()


def decoded(value: Seen) -> Seen:
    """A text whose percent-encoding is undone."""
    if isinstance(value, Given):
        return Decoded(value)
    return value if isinstance(value, str | Decoded | Variable) else DATA


def _replaced(holder: Seen, old: Seen, new: Seen, follow: Standard) -> Seen:
    """A text in which something stands for something else."""
    if isinstance(new, Function):
        follow.call_with_data([new])
    if _are_texts(holder, old, new):
        return join((holder.replace(old, new, 1),))
    if new == " " and isinstance(holder, Given):  # the first step of decoding a key
        return Decoded(holder)
    is_text = isinstance(holder, Given | Decoded | Joined | Replaced | Variable)
    return Replaced(holder, old, new) if is_text and _are_texts(old, new) else DATA


def _substituted(holder: Seen, expression: str, new: str) -> Seen:
    """A text in which something stands for what an expression finds."""
    literal, start, end = taken(expression)
    if "$" in new or not isinstance(holder, Given | Decoded | Joined | Variable | Replaced):
        return DATA
    if isinstance(holder, Variable) and (start or end):
        return DATA if new else holder  # `OUTPUT.replace(/\/$/, "")`
    if literal and not (isinstance(holder, Joined) and (start or end)):
        return Replaced(holder, literal, new)
    known = holder.parts if isinstance(holder, Joined) else (holder,)
    if start and not end:
        return join((new, DATA, *(one for one in known[-1:] if isinstance(one, str | Replaced))))
    if end and not start:
        return join((*(one for one in known[:1] if isinstance(one, str | Replaced)), DATA, new))
    return DATA


def _is_key(holder: Seen) -> bool:
    """Whether something is the key of an object."""
    given = holder.given if isinstance(holder, Decoded) else holder
    return isinstance(given, Given) and given.path[-2:] == ("object", "key")


def _are_texts(*values: Seen) -> bool:
    return all(isinstance(one, str) for one in values)
