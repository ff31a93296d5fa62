"""Modules and statements of Python: the walk through the code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeAlias

from lambdalint.source.handler import Sight
from lambdalint.source.python import library, methods
from lambdalint.source.python.calls import Calls, Frame
from lambdalint.source.python.module import Module, Modules
from lambdalint.source.python.syntax import absolute, assigned, captured, going_on, is_main, own
from lambdalint.source.python.values import (
    ANYTHING,
    HARMLESS,
    NOTHING,
    Arguments,
    Coroutine,
    Event,
    Foreign,
    Function,
    Instance,
    List,
    Scope,
    either,
    same,
)
from lambdalint.value import Place

Runner: TypeAlias = "Callable[[Execution, Any, Scope], bool]"

# Libraries are told of functions by functions that they call.
_MOST_ROUNDS = 3
# Loops in loops whose further turns are looked at.
_DEEPEST_LOOP = 3


class Execution(Calls):
    """Runs through the code of a handler, every branch of it."""

    def __init__(self, modules: Modules) -> None:
        super().__init__()
        self.modules = modules
        self.scopes: dict[Module, Scope] = {}

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
        name = absolute(node, scope.module)
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
            begun = self.begun if value.is_task else self.unawaited
            begun[at] = Sight(at, "is started and not waited for")
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

    def _delete(self, node: ast.Delete, scope: Scope) -> bool:
        for target in node.targets:
            if isinstance(target, ast.Subscript):  # what is left may be looked at next
                self.hand_over(self.evaluate(target.value, scope))
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
                self.set_member(self.evaluate(owner, scope), name, value)
            case ast.Subscript(value=owner, slice=index):
                self.set_item(self.evaluate(owner, scope), self.evaluate(index, scope), value)

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

    # --- branches

    def _if(self, node: ast.If, scope: Scope) -> bool:
        self.evaluate(node.test, scope)
        if is_main(node.test):
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
        before = self._copied(scope.names)
        ended: list[bool] = []
        after: list[dict[str, Any]] = []
        for body in bodies:
            scope.names = self._copied(before)
            if body:
                with self.in_branch(*guards):
                    ended.append(self.block(body, scope))
            else:
                ended.append(False)
            if not ended[-1]:
                after.append(scope.names)
        scope.names = _merged(after) if after else before
        return ended

    def _copied(self, names: dict[str, Any]) -> dict[str, Any]:
        """Names for a branch of their own; many of them take their time."""
        self.steps += len(names) // 8
        return dict(names)

    def _match(self, node: ast.Match, scope: Scope) -> bool:
        subject = self.evaluate(node.subject, scope)
        guard = scope.module.at(node.subject)
        for case in node.cases:
            for name in captured(case.pattern):
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
        before = self._copied(scope.names)
        ended = self.block(node.body, scope)
        if not ended and node.orelse:
            ended = self.block(node.orelse, scope)
        after = [] if ended else [dict(scope.names)]
        possible = _merged([before, scope.names])
        for handler in node.handlers:
            scope.names = self._copied(possible)
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
        return endless and not any(isinstance(one, ast.Break) for one in own(node.body))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, scope: Scope, start: Any) -> None:
        """The first turn, and one for all others if something is left behind for them."""
        before = self._copied(scope.names)
        changing = [name for name in assigned(node.body) if name in before]
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

    def finish(self, at: Place) -> None:
        """Do what was begun and not waited for where anybody could see it."""
        for _ in range(_MOST_ROUNDS):
            self.call_registered(at)
            while self.coroutines:
                self.wait(self.coroutines.pop())

    RUNNERS: ClassVar[dict[type[ast.AST], Runner]] = {
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.Delete: _delete,
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
        ast.FunctionDef: Calls.define,
        ast.AsyncFunctionDef: Calls.define,
        ast.ClassDef: Calls.define_class,
    }


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
