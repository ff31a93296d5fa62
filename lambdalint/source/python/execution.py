"""Statements of Python and calls of functions: the walk through the code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from lambdalint.source.handler import Sight, Variable
from lambdalint.source.python import library, methods
from lambdalint.source.python.expressions import BUILTINS, NOTHING, Expressions
from lambdalint.source.python.module import Module, Modules
from lambdalint.source.python.values import (
    ANYTHING,
    HARMLESS,
    Arguments,
    Builtin,
    Class,
    Coroutine,
    Dict,
    Either,
    Event,
    Foreign,
    Function,
    Harmless,
    Instance,
    List,
    Method,
    Partial,
    Processor,
    Scope,
    either,
    same,
)
from lambdalint.value import Place

Runner: TypeAlias = "Callable[[Execution, Any, Scope], bool]"

# Deeper chains of calls and more visits to one function than show anything new.
_DEEPEST, _MOST_VISITS = 25, 40
# Loops in loops whose further turns are looked at.
_DEEPEST_LOOP = 3


@dataclass(slots=True, eq=False)
class Frame:
    """A call of a function: what it returned and yielded so far."""

    returned: list[tuple[ast.AST, Any]] = field(default_factory=list)
    yielded: list[Any] = field(default_factory=list)


class Execution(Expressions):
    """Runs through the code of a handler, every branch of it."""

    def __init__(self, modules: Modules) -> None:
        super().__init__()
        self.modules = modules
        self.scopes: dict[Module, Scope] = {}
        self.frames: list[Frame] = [Frame()]
        self.running: list[ast.AST] = []
        self.visits: dict[ast.AST, int] = {}

    # --- modules

    def scope_of(self, module: Module) -> Scope:
        """The names of a module, which is run when it is imported first."""
        if module not in self.scopes:
            self.scopes[module] = scope = Scope(module)
            self.frames.append(Frame())
            guards, self.guards = self.guards, []
            branch, self.branch = self.branch, ()
            self.block(module.tree.body, scope)
            self.guards, self.branch = guards, branch
            self.frames.pop()
        return self.scopes[module]

    def module_member(self, module: Module, name: str) -> Any:
        found = self.scope_of(module).names.get(name)
        if found is not None:
            return None if found is NOTHING else found
        return self.imported(f"{module.name}.{name}")

    def imported(self, name: str) -> Any:
        """A module by its whole name: of the code, or of a library."""
        if not library.is_known(name):
            if module := self.modules.find(name):
                self.scope_of(module)
                return module
            if self.modules.is_there(name):
                self.stranger()  # nobody can read it
                return ANYTHING
        return Foreign(name)

    def _import(self, node: ast.Import, scope: Scope) -> bool:
        for alias in node.names:
            found = self.imported(alias.name)
            if alias.asname:
                scope.names[alias.asname] = found
            else:
                root = alias.name.partition(".")[0]
                scope.names[root] = self.imported(root) if root != alias.name else found
        return False

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> bool:
        name = _absolute(node, scope.module)
        found = self.imported(name)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(found, scope)
                continue
            if isinstance(found, Module):
                value = self.module_member(found, alias.name)
            elif isinstance(found, Foreign):
                value = self.imported(f"{name}.{alias.name}")
                if isinstance(value, Foreign):
                    value = library.constant(value.name)
            else:
                value = found
            scope.names[alias.asname or alias.name] = NOTHING if value is None else value
        return False

    def _import_all(self, found: Any, scope: Scope) -> None:
        if isinstance(found, Module):
            names = self.scope_of(found).names
            scope.names.update({k: v for k, v in names.items() if not k.startswith("_")})

    # --- blocks

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Run statements; whether what follows them is never reached."""
        depth = len(self.guards)
        for node in body:
            self.steps += 1
            runner = self.RUNNERS.get(type(node))
            if runner is None:
                self._parts(node, scope)
            elif runner(self, node, scope):
                del self.guards[depth:]
                return True
        del self.guards[depth:]
        return False

    def _expression(self, node: ast.Expr, scope: Scope) -> bool:
        value = self.evaluate(node.value, scope)
        at = scope.module.at(node.value)
        if isinstance(value, Coroutine) and not value.started:
            self.unawaited[at] = Sight(at, "is started and not waited for")
            self.wait(value)
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            exits = (node.value.func.attr, getattr(node.value.func.value, "id", ""))
            return exits == ("exit", "sys")
        return False

    def _assign(self, node: ast.Assign, scope: Scope) -> bool:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)
        return False

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> bool:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, scope), scope)
        return False

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> bool:
        target = node.target
        if isinstance(node.op, ast.Add):
            value = self.evaluate(node.value, scope)
            old = self.evaluate(target, scope)
            if isinstance(old, List):
                methods.call(self, old, "extend", Arguments([value]), scope.module.at(node))
                return False
        operation = ast.copy_location(ast.BinOp(target, node.op, node.value), node)
        self.assign(target, self.evaluate(operation, scope), scope)
        return False

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, value, scope)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                self._unpack(elements, value, scope)
            case ast.Starred(value=inner):
                self.assign(inner, List([value], is_open=True), scope)
            case ast.Attribute(value=owner, attr=name):
                self._set_member(self.evaluate(owner, scope), name, value)
            case ast.Subscript(value=owner, slice=index):
                self._set_item(self.evaluate(owner, scope), self.evaluate(index, scope), value)

    def _bind(self, name: str, value: Any, scope: Scope) -> None:
        value = NOTHING if value is None else value
        if (elsewhere := scope.elsewhere.get(name)) is not None:
            old = elsewhere.names.get(name, NOTHING)
            elsewhere.names[name] = value if old is NOTHING else either(old, value)
        else:
            scope.names[name] = value

    def _unpack(self, targets: list[ast.expr], value: Any, scope: Scope) -> None:
        fits = isinstance(value, List) and not value.is_open and len(value.items) == len(targets)
        if fits and not any(isinstance(one, ast.Starred) for one in targets):
            for target, one in zip(targets, value.items, strict=True):
                self.assign(target, one, scope)
            return
        self.keep(value)
        each = self.elements(value, scope.module.at(targets[0])) if targets else HARMLESS
        for target in targets:
            self.assign(target, each, scope)

    def _set_member(self, owner: Any, name: str, value: Any) -> None:
        value = NOTHING if value is None else value
        names: dict[str, Any] | None = None
        if isinstance(owner, Instance):
            names = owner.attributes
        elif isinstance(owner, Class):
            names = owner.scope.names
        elif isinstance(owner, Module):
            names = self.scope_of(owner).names
        if names is None:
            self.keep(value)
        elif name in names and names[name] is not NOTHING and self.branch:
            names[name] = either(names[name], value)
        else:
            names[name] = value

    def _set_item(self, owner: Any, key: Any, value: Any) -> None:
        self.keep(value)
        if isinstance(owner, Dict):
            if isinstance(key, str):
                self.put(owner, key, value)
            else:
                owner.is_open = True
        elif isinstance(owner, List):
            owner.items.append(value)

    # --- branches

    def _if(self, node: ast.If, scope: Scope) -> bool:
        self.evaluate(node.test, scope)
        if _is_main(node.test):
            return self.block(node.orelse, scope)
        guard = scope.module.at(node.test)
        ended = self._branches_of([node.body, node.orelse], scope, guard)
        if any(ended):  # what follows happens only if the test says so
            self.guards.append(guard)
        return all(ended)

    def _branches_of(
        self, bodies: Iterable[Sequence[ast.stmt]], scope: Scope, *guards: Place
    ) -> list[bool]:
        """Run bodies of which one is taken; which of them end."""
        before = dict(scope.names)
        ended: list[bool] = []
        after: list[dict[str, Any]] = []
        for body in bodies:
            scope.names = dict(before)
            if body:
                with self.in_branch(*guards):
                    ended.append(self.block(body, scope))
            else:
                ended.append(False)
            if not ended[-1]:
                after.append(scope.names)
        scope.names = _merged(after) if after else before
        return ended

    def _match(self, node: ast.Match, scope: Scope) -> bool:
        subject = self.evaluate(node.subject, scope)
        guard = scope.module.at(node.subject)
        for case in node.cases:
            for name in _captured(case.pattern):
                scope.names[name] = subject if isinstance(subject, Event) else HARMLESS
            if case.guard:
                self.evaluate(case.guard, scope)
        last = node.cases[-1] if node.cases else None
        is_total = bool(
            last and not last.guard and isinstance(last.pattern, ast.MatchAs)
            and last.pattern.pattern is None
        )  # fmt: skip
        bodies = [case.body for case in node.cases] + ([] if is_total else [[]])
        return all(self._branches_of(bodies, scope, guard))

    def _try(self, node: ast.Try | Any, scope: Scope) -> bool:
        before = dict(scope.names)
        ended = self.block(node.body, scope)
        if not ended and node.orelse:
            ended = self.block(node.orelse, scope)
        after = [] if ended else [dict(scope.names)]
        possible = _merged([before, scope.names])
        for handler in node.handlers:
            scope.names = dict(possible)
            if handler.name:
                scope.names[handler.name] = HARMLESS
            with self.in_branch(scope.module.at(handler)), self.inside(failing=1):
                handled = self.block(handler.body, scope)
            if not handled:
                after.append(scope.names)
                self.has_survived = True
            ended = ended and handled
        scope.names = _merged(after) if after else possible
        with self.inside(failing=1):
            return self.block(node.finalbody, scope) or ended

    # --- loops

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope) -> bool:
        over = self.evaluate(node.iter, scope)
        if isinstance(over, Event) and over.path == ("Records",):
            for sight in going_on(node, scope.module):
                self.continues[sight.at] = sight
        element = self.elements(over, scope.module.at(node.iter))
        self._loop(node, scope, lambda: self.assign(node.target, element, scope))
        return False

    def _while(self, node: ast.While, scope: Scope) -> bool:
        self._loop(node, scope, lambda: self.evaluate(node.test, scope))
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return endless and not any(isinstance(one, ast.Break) for one in _own(node.body))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope, start: Any) -> None:
        """The first turn, and one for all others if something is left behind for them."""
        before = dict(scope.names)
        changing = [name for name in _assigned(node.body) if name in before]
        for _ in range(2 if self.repeating < _DEEPEST_LOOP else 1):
            with self.inside(repeating=1):
                start()
                self.block(node.body, scope)
            scope.names = _merged([before, scope.names])
            if all(same(scope.names[name], before[name]) for name in changing):
                break
        self.block(node.orelse, scope)

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> bool:
        for item in node.items:
            manager = self.evaluate(item.context_expr, scope)
            entered = self.each(manager, lambda way: self._entered(way, scope.module.at(node)))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, scope)
        return self.block(node.body, scope)

    def _entered(self, manager: Any, at: Place) -> Any:
        """What `with` gives."""
        if isinstance(manager, Instance):
            for name in ("__enter__", "__aenter__"):
                if isinstance(found := manager.cls.find(name), Function):
                    return self.wait(self.run(found.bind(manager), Arguments(), at))
        if isinstance(manager, Coroutine):
            return self.wait(manager)
        return either(*manager.items) if isinstance(manager, List) and manager.items else manager

    # --- ends

    def _return(self, node: ast.Return, scope: Scope) -> bool:
        value = self.evaluate(node.value, scope) if node.value else None
        self.frames[-1].returned.append((node, value))
        return True

    def _raise(self, node: ast.Raise, scope: Scope) -> bool:
        self._parts(node, scope)
        return True

    def _leave(self, node: ast.AST, scope: Scope) -> bool:
        """`continue` and `break`: what follows in the block is not reached."""
        del node, scope
        return True

    def _yield(self, node: Any, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope) if node.value else None
        at = scope.module.at(node)
        self.frames[-1].yielded.append(
            self.elements(value, at) if isinstance(node, ast.YieldFrom) else value
        )
        return HARMLESS

    def _elsewhere(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> bool:
        outer: Scope | None = self.scopes[scope.module]
        for name in node.names:
            if isinstance(node, ast.Nonlocal):
                outer = scope.around
                while outer and name not in outer.names:
                    outer = outer.around
            if outer and outer is not scope:
                scope.elsewhere[name] = outer
        return False

    # --- definitions

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> bool:
        value: Any = Function(node, scope, *self.defaults(node.args, scope))
        for decorator in reversed(node.decorator_list):
            value = self._decorated(value, decorator, scope)
        scope.names[node.name] = value
        return False

    def _decorated(self, value: Any, node: ast.expr, scope: Scope) -> Any:
        at = scope.module.at(node)
        decorator = self.evaluate(node, scope)
        name = decorator.name if isinstance(decorator, Foreign | Builtin) else ""
        last = name.rpartition(".")[2]
        if isinstance(value, Function):
            if last in ("staticmethod", "classmethod", "property", "cached_property"):
                value.kind = last.removeprefix("cached_")
                return value
            if isinstance(decorator, Method) and decorator.name in ("setter", "deleter"):
                return value
        if isinstance(decorator, Function | Partial | Instance | Class):
            return self.run(decorator, Arguments([value]), at)
        if last == "idempotent" or name == "aws_lambda_powertools.decorator":
            self.idempotent[at] = Sight(at, "is guarded by Powertools")
            return value
        if isinstance(decorator, Foreign) and library.is_harmless(name):
            return self._with_library(value, node, last)
        if isinstance(decorator, Harmless):
            return self._with_library(value, node, "")
        if isinstance(decorator, Method) and isinstance(decorator.receiver, Harmless):
            self.registered.append(value)
            return value
        self.stranger()
        if isinstance(value, Function):
            value.is_changed = True
        return value

    def _with_library(self, value: Any, node: ast.expr, last: str) -> Any:
        """A function that a harmless library decorates."""
        spelled = ast.unparse(node)
        if isinstance(value, Function):
            # https://docs.powertools.aws.dev/lambda/python/latest/utilities/data_classes/
            if "event_source" in spelled or "event_parser" in spelled:
                value.gives = HARMLESS
            elif "batch_processor" in spelled:
                value.gives = Processor
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not last:
            self.registered.append(value)
        return value

    def _define_class(self, node: ast.ClassDef, scope: Scope) -> bool:
        bases = tuple(self.evaluate(base, scope) for base in node.bases)
        inner = Scope(scope.module, around=scope)
        cls = Class(node, inner, bases)
        self.block(node.body, inner)
        # Methods do not see the names of their class.
        for found in inner.names.values():
            if isinstance(found, Function) and found.scope is inner:
                found.scope = Scope(scope.module, {"__class__": cls}, around=scope)
        for decorator in node.decorator_list:
            self.evaluate(decorator, scope)
        scope.names[node.name] = cls
        return False

    # --- calls

    def run(self, function: Any, arguments: Arguments, at: Place) -> Any:
        match function:
            case Function():
                return self.enter(function, arguments, at)
            case Class():
                return self._made(function, arguments, at)
            case Method():
                return methods.call(self, function.receiver, function.name, arguments, at)
            case Foreign():
                return library.call(self, function.name, arguments, at)
            case Partial():
                return self.run(function.function, function.given.added(arguments), at)
            case Builtin():
                return self.python(function.name, arguments, at)
            case Instance():
                found = function.cls.find("__call__")
                if isinstance(found, Function):
                    return self.run(found.bind(function), arguments, at)
            case Processor():
                return methods.call(self, function, "__call__", arguments, at)
            case Either():
                return self.each(function, lambda way: self.run(way, arguments, at))
            case Harmless():
                return methods.call(self, function, "__call__", arguments, at)
        for one in arguments.all():
            self.hand_over(one)
            library.call_back(self, one, at)
        self.stranger()
        return ANYTHING

    def _made(self, cls: Class, arguments: Arguments, at: Place) -> Any:
        """A new object of a class."""
        instance = Instance(cls)
        for name in cls.foreign():
            if not (library.is_harmless(name) or name in BUILTINS):
                self.stranger()
        made = cls.find("__init__")
        if isinstance(made, Function):
            self.run(made.bind(instance), arguments, at)
            return instance
        names = [*cls.fields()]
        is_settings = any("BaseSettings" in name for name in cls.foreign())
        plain = is_settings and not any(cls.find(name) for name in ("model_config", "Config"))
        given = dict(zip(names, arguments.positional, strict=False)) | arguments.named
        for name in names:
            if name in given:
                instance.attributes[name] = NOTHING if given[name] is None else given[name]
            elif plain:
                default = cls.find(name)
                told = default if isinstance(default, str | int) else None
                known = default is None or told is not None
                instance.attributes[name] = Variable(name.upper(), told) if known else HARMLESS
        for one in arguments.all():
            self.keep(one)
        return instance

    def enter(self, function: Function, arguments: Arguments, at: Place) -> Any:
        """Call a function of the code."""
        if isinstance(function.node, ast.AsyncFunctionDef) and not _yields(function.node):
            work = Coroutine(lambda: self._entered_function(function, arguments)[1], at)
            self.coroutines.append(work)
            return work
        return self._entered_function(function, arguments)[1]

    def _entered_function(self, function: Function, arguments: Arguments) -> tuple[Frame, Any]:
        node = function.node
        frame = Frame()
        self.visits[node] = self.visits.get(node, 0) + 1
        if self.running.count(node) > 1 or len(self.running) > _DEEPEST:
            return frame, HARMLESS
        if self.visits[node] > _MOST_VISITS:
            self.complete = False
            return frame, ANYTHING
        scope = Scope(function.scope.module, around=function.scope)
        self._bind_parameters(function, arguments, scope)
        self.frames.append(frame)
        self.running.append(node)
        try:
            if isinstance(node, ast.Lambda):
                return frame, self.evaluate(node.body, scope)
            if not self.block(node.body, scope):
                frame.returned.append((node, None))
        finally:
            self.running.pop()
            self.frames.pop()
        if frame.yielded:
            return frame, List([either(*frame.yielded)])
        if function.is_changed:
            return frame, ANYTHING
        if not frame.returned:
            return frame, HARMLESS
        return frame, either(*(value for _, value in frame.returned))

    def called(self, function: Function, arguments: Arguments) -> list[tuple[ast.AST, Any]]:
        """What a function returns, and where."""
        return self._entered_function(function, arguments)[0].returned

    def _bind_parameters(self, function: Function, given: Arguments, scope: Scope) -> None:
        args = function.node.args
        parameters = [one.arg for one in (*args.posonlyargs, *args.args)]
        positional = list(given.positional)
        if function.bound is not None and function.kind != "staticmethod":
            positional.insert(0, function.bound)
            scope.names["__self__"] = function.bound
        missing = ANYTHING if given.is_open else HARMLESS
        defaults = (
            dict(
                zip(
                    parameters[len(parameters) - len(function.defaults) :],
                    function.defaults,
                    strict=False,
                )
            )
            | function.keyword_defaults
        )
        for index, name in enumerate(parameters):
            if index < len(positional):
                value = positional[index]
            else:
                value = given.named.get(name, defaults.get(name, missing))
            scope.names[name] = NOTHING if value is None else value
        for one in args.kwonlyargs:
            value = given.named.get(one.arg, defaults.get(one.arg, missing))
            scope.names[one.arg] = NOTHING if value is None else value
        if args.vararg:
            scope.names[args.vararg.arg] = List(positional[len(parameters) :], given.is_open)
        if args.kwarg:
            known = {*parameters, *(one.arg for one in args.kwonlyargs)}
            rest = {name: one for name, one in given.named.items() if name not in known}
            scope.names[args.kwarg.arg] = Dict(rest, given.is_open, self.branch)

    def call_registered(self, at: Place) -> None:
        """What a library calls that was handed the event."""
        waiting, self.registered = self.registered, []
        for one in waiting:
            value = self.run(one, Arguments(is_open=True), at)
            self.wait(value)

    def finish(self) -> None:
        """Do what was begun and not waited for where anybody could see it."""
        while self.coroutines:
            self.wait(self.coroutines.pop())

    RUNNERS: ClassVar[dict[type[ast.AST], Runner]] = {
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.If: _if,
        ast.Match: _match,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.For: _for,
        ast.AsyncFor: _for,
        ast.While: _while,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Continue: _leave,
        ast.Break: _leave,
        ast.Global: _elsewhere,
        ast.Nonlocal: _elsewhere,
        ast.FunctionDef: _define,
        ast.AsyncFunctionDef: _define,
        ast.ClassDef: _define_class,
    }


Execution.EVALUATORS = {
    **Expressions.EVALUATORS,
    ast.Yield: Execution._yield,
    ast.YieldFrom: Execution._yield,
}


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    """The whole name of the module that something is imported from."""
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    package = package[: len(package) - node.level + module.is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def _merged(ways: list[dict[str, Any]]) -> dict[str, Any]:
    """What names stand for after one of several ways."""
    if len(ways) == 1:
        return ways[0]
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for way in ways for name in way):
        values = [way[name] for way in ways if name in way]
        found[name] = values[0] if len(values) == 1 else _either(values)
    return found


def _either(values: list[Any]) -> Any:
    merged = either(*(None if one is NOTHING else one for one in values))
    return NOTHING if merged is None else merged


def _is_main(test: ast.expr) -> bool:
    """`if __name__ == "__main__"`, and what is for type checkers alone."""
    match test:
        case ast.Compare(left=ast.Name(id="__name__")):
            return True
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _captured(pattern: ast.pattern) -> Iterator[str]:
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def _own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """What stands in a block, but not in the functions and loops in it."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*_INNER, ast.For, ast.AsyncFor, ast.While)):
            stack.extend(ast.iter_child_nodes(node))


def _assigned(body: Sequence[ast.stmt]) -> set[str]:
    """The names that a block gives values."""
    return {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _yields(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Yield | ast.YieldFrom) for one in _own(getattr(node, "body", ()))
    )


def going_on(loop: ast.For | ast.AsyncFor, module: Module) -> Iterator[Sight]:
    """Where a loop goes on with the next record after it has noted that one failed."""
    nodes = list(_own(loop.body))
    for node in nodes:
        if not isinstance(node, ast.Try):
            continue
        for handler in node.handlers:
            inside = list(_own(handler.body))
            noted = {name for one in inside for name in _changed(one)}
            asked = {
                name.id
                for one in nodes
                if isinstance(one, ast.If)
                for name in ast.walk(one.test)
                if isinstance(name, ast.Name)
            }
            leaves = any(isinstance(one, ast.Raise | ast.Return | ast.Break) for one in inside)
            if noted and not leaves and not noted & asked:
                yield Sight(
                    module.at(handler), "goes on with the next record though one has failed"
                )


def _changed(node: ast.AST) -> Iterator[str]:
    """The names of what a piece of code changes."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "extend")
        ):
            yield name
        case ast.AugAssign(target=ast.Name(id=name)) | ast.Name(id=name, ctx=ast.Store()):
            yield name
