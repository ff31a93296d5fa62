"""Calls: what is called, and what a function of the code returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lambdalint.source.javascript.library import Libraries
from lambdalint.source.javascript.standard import ELSEWHERE, Site, is_async
from lambdalint.source.javascript.syntax import first, text
from lambdalint.source.javascript.values import (
    DATA,
    Builtin,
    Callback,
    Class,
    Client,
    Command,
    Either,
    Foreign,
    Function,
    List,
    Method,
    Object,
    Package,
    Pending,
    Scope,
    Seen,
    either,
)

if TYPE_CHECKING:
    from tree_sitter import Node

# How a statement ends: the next one follows, a loop or switch is left, or the function is.
FOLLOWS, LEAVES, RETURNS = range(3)

_MOST_CALLS = 16
_TRANSPARENT = frozenset({"parenthesized_expression", "non_null_expression", "as_expression"})


class Returned(NamedTuple):
    """A value that a function returns, and where."""

    value: Seen
    node: Node


class Invocations(Libraries):
    """Follows calls of everything."""

    def __init__(self, steps: int) -> None:
        super().__init__(steps)
        self._running: list[int] = []
        # The functions that have run.
        self.ran: set[int] = set()
        self.returned: list[Returned] = []
        # What the function has returned that ended last.
        self.answers_given: list[Returned] = []

    def block(self, node: Node, scope: Scope) -> int:
        """How a block of statements ends; said by who knows statements."""
        raise NotImplementedError

    def load(self, given: list[Seen], scope: Scope) -> Seen:
        """What `require` or `import()` gives; said by who knows modules."""
        raise NotImplementedError

    # --- what is called --------------------------------------------------------------------------

    def _call_expression(self, node: Node, scope: Scope) -> Seen:
        site = _site(node, scope)
        callee = node.child_by_field_name("function")
        while callee and callee.type in _TRANSPARENT:
            callee = first(callee)
        if callee and callee.type == "sequence_expression":  # `(0, module.name)()`
            callee = callee.named_children[-1]
        if callee is None:
            return DATA
        if callee.type == "await_expression":
            # How the grammar of TypeScript reads `await call<Type>()`.
            return self.awaited(self._called(first(callee) or callee, site))
        return self._called(callee, site)

    def _called(self, callee: Node, site: Site) -> Seen:
        """What comes of calling what an expression is."""
        scope = site.scope
        if callee.type in ("import", "super"):
            return self._special(callee.type, site)
        if callee.type not in ("member_expression", "subscript_expression"):
            return self._named_call(callee, site)
        holder = self._holder(callee.child_by_field_name("object"), scope)
        if callee.type == "member_expression":
            name: Seen = text(callee.child_by_field_name("property"))
        else:
            name = self.look(callee.child_by_field_name("index"), scope)
        return self._on(holder, name, callee, site)

    def _holder(self, node: Node | None, scope: Scope) -> Seen:
        """What a method is called of: to follow a promise is not to take it."""
        is_name = node is not None and node.type == "identifier"
        holder = self.find(text(node), scope) if is_name else self.value(node, scope)
        return holder if isinstance(holder, Pending) else self.taken(holder)

    def _named_call(self, callee: Node, site: Site) -> Seen:
        name = text(callee) if callee.type == "identifier" else ""
        if name == "require" and site.scope.holding("require") is None:
            return self.load(self.arguments(site), site.scope)
        if name in ("__awaiter", "__export", "__toESM", "__toCommonJS"):
            return self.builtin(name, site)
        return self.apply(self.use(callee, site.scope), site)

    def _special(self, kind: str, site: Site) -> Seen:
        given = self.arguments(site)
        if kind == "import":
            return self.promise(self.load(given, site.scope), site, "import()", works=False)
        this, parent = self.find("this", site.scope), self.find("super", site.scope)
        if isinstance(this, Object):
            self.construct_in(this, parent, given)
        return None

    def _on(self, holder: Seen, name: Seen, callee: Node, site: Site) -> Seen:
        """What a method returns."""
        if isinstance(holder, Either):
            there = [one for one in holder.values if one is not None]
            return either([self._on(one, name, callee, site) for one in there])
        if isinstance(name, str):
            found = self.method(holder, name, site)
            if found is not ELSEWHERE:
                return found
        return self.apply(self.member(holder, name, site.scope, callee), site)

    def apply(self, called: Seen, site: Site) -> Seen:
        """What comes of calling something."""
        match called:
            case Function():
                return _made_at(site, self.run(called, self.arguments(site)))
            case Builtin(name):
                return self._builtin(name, site)
            case Package():
                return self.package(called, site)
            case Foreign(inner=inner):
                given = self.arguments(site)
                if inner is None:
                    return self.foreign(called, given)
                return self.run(inner, given)
            case Callback(is_first):
                given = self.arguments(site)
                self.called_back += given[:1] if is_first else given[1:2]
                return None
            case Either(values):
                return either([self.apply(one, site) for one in values if one is not None])
            case Method(client, name):
                return self.of_client(client, name, site)
            case Class() | Client() | Command() | None:
                self.arguments(site)
                return DATA
        given = self.arguments(site)
        self.complete = False
        return self.give_away(given)

    def _builtin(self, name: str, site: Site) -> Seen:
        if name == "fetch":
            return self.request_of("fetch", "", site)
        return self.builtin(name, site)

    def invoke(self, called: Seen, given: list[Seen], site: Site, loop: Node | None = None) -> Seen:
        match called:
            case Function(node=node):
                body = node.child_by_field_name("body") if node == loop else None
                return self._run(called, given, body)
            case Foreign():
                return self.foreign(called, given)
            case Package():
                return self.foreign(Foreign(called), given)
            case Callback(is_first):
                self.called_back += given[:1] if is_first else given[1:2]
                return None
            case Either(values):
                return either([self.invoke(one, given, site, loop) for one in values])
            case Builtin() | None:
                return DATA
        self.complete = False
        return self.give_away(given)

    # --- what is made ----------------------------------------------------------------------------

    def _new_expression(self, node: Node, scope: Scope) -> Seen:
        site = _site(node, scope)
        return self._made(self.use(node.child_by_field_name("constructor"), scope), site)

    def _made(self, kind: Seen, site: Site) -> Seen:
        match kind:
            case Class():
                made = Object(made_by=kind)
                self.construct_in(made, kind, self.arguments(site))
                return made
            case Builtin("Promise"):
                return self._promised(site)
            case Builtin("Map" | "Set" | "WeakMap" | "WeakSet"):
                self.hands_on(List(self.arguments(site)))
                return Object(open=True)
            case Builtin(name):
                return self.builtin(name, site)
            case Package():
                return self.package(kind, site)
            case Either(values):
                return either([self._made(one, site) for one in values if one is not None])
        given = self.arguments(site)
        if isinstance(kind, Foreign):
            return self.foreign(kind, given)
        self.complete = False
        return DATA

    def construct_in(self, made: Object, kind: Seen, given: list[Seen]) -> None:
        """Let a class make an object."""
        if not isinstance(kind, Class):
            made.open = True
            self.give_away(given)
            return
        constructor = kind.methods.get("constructor")
        if constructor is None and kind.parent is not None:
            self.construct_in(made, kind.parent, given)
        scope = Scope(kind.scope.script, kind.scope)
        scope.names["this"], scope.names["super"] = made, kind.parent
        for name, value in kind.fields.items():
            made.members[name] = self.use(value, scope) if value else None
        if constructor is not None:
            self.run(Function(constructor, scope, made), given)

    def _promised(self, site: Site) -> Seen:
        """A promise that the code makes by hand: what its function passes to `resolve`."""
        before = len(self.called_back)
        with self.situation(promised=True):
            for one in self.arguments(site)[:1]:
                if isinstance(one, Function):
                    self.run(one, [Callback(first=True), Builtin("reject")])
        values = self.called_back[before:]
        del self.called_back[before:]
        value = either(values) if values else DATA
        return self.promise(value, site, "a promise is not waited for", works=False)

    # --- functions of the code -------------------------------------------------------------------

    def run(self, function: Function, arguments: list[Seen]) -> Seen:
        """What a function returns."""
        return self._run(function, arguments, loop=None)

    def _run(self, function: Function, arguments: list[Seen], loop: Node | None) -> Seen:
        node = function.node
        if node.id in self._running or len(self._running) >= _MOST_CALLS:
            self.complete &= node.id in self._running
            self.whole = True  # nobody knows what another turn reads
            return DATA
        before, work = (self.returned, self.loop), self.work
        self.returned, self.loop = [], loop
        self._running.append(node.id)
        self.ran.add(node.id)
        scope = Scope(function.scope.script, function.scope)
        if function.this is not None:
            scope.names["this"] = function.this
        if node.type != "arrow_function":
            scope.names["arguments"] = List([*arguments])
        self._bind_arguments(node, arguments, scope)
        value = self._body(node, scope)
        self._running.pop()
        self.answers_given = self.returned
        self.returned, self.loop = before
        if not is_async(function):
            return value
        pending = Pending(value, node, scope.script, "is started and not waited for")
        if self.work > work:
            self.started_work(pending)
        return pending

    def _bind_arguments(self, node: Node, arguments: list[Seen], scope: Scope) -> None:
        if alone := node.child_by_field_name("parameter"):
            self.bind(alone, arguments[0] if arguments else None, scope, declares=True)
        parameters = node.child_by_field_name("parameters")
        listed = (
            [one for one in parameters.named_children if one.type != "comment"]
            if parameters
            else []
        )
        for index, pattern in enumerate(listed):
            rest = (
                pattern
                if pattern.type == "rest_pattern"
                else pattern.child_by_field_name("pattern")
            )
            if rest and rest.type == "rest_pattern":
                self.bind(rest, List(arguments[index:]), scope, declares=True)
            else:
                value = arguments[index] if index < len(arguments) else None
                self.bind(pattern, value, scope, declares=True)

    def _body(self, node: Node, scope: Scope) -> Seen:
        body = node.child_by_field_name("body")
        if body is None:
            return None
        if body.type == "statement_block":
            if self.block(body, scope) != RETURNS:
                self.returned.append(Returned(None, body))
        else:
            self.returned.append(Returned(self.use(body, scope), body))
        return either([one.value for one in self.returned])


def _made_at(site: Site, value: Seen) -> Seen:
    """A promise that a function returns, placed where it is called."""
    if isinstance(value, Pending):
        value.node, value.script = site.node, site.scope.script
        name = text(site.node.child_by_field_name("function")).partition("\n")[0]
        value.what = f"{name} is not waited for"
    return value


def _site(node: Node, scope: Scope) -> Site:
    arguments = node.child_by_field_name("arguments")
    listed = arguments.named_children if arguments and arguments.type == "arguments" else []
    return Site(node, tuple(one for one in listed if one.type != "comment"), scope)
