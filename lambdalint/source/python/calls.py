"""Functions and classes of the code: what defines them, and what calling them does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from lambdalint.source.handler import Variable
from lambdalint.source.python import builtin, library, methods
from lambdalint.source.python.expressions import Expressions
from lambdalint.source.python.syntax import last_name, yields
from lambdalint.source.python.values import (
    ANYTHING,
    BUILTINS,
    HARMLESS,
    NOTHING,
    Arguments,
    Builtin,
    Class,
    Coroutine,
    Dict,
    Either,
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
    ways,
)
from lambdalint.value import Place

Caller: TypeAlias = "Callable[[Calls, Any, Arguments, Place], Any]"

# Deeper chains of calls and more visits to one function than show anything new.
_DEEPEST, _MOST_VISITS = 25, 40

# Decorators of Python that make methods of another kind, and those that only add to functions.
_KINDS = frozenset(
    {"staticmethod", "classmethod", "property", "cached_property", "setter", "deleter"}
)
# Decorators of Powertools that take events apart before a handler sees them.
_READERS = frozenset({"async_batch_processor", "batch_processor", "event_parser", "event_source"})
# What makes a decorator of a function, by Powertools.
_MIDDLEWARE = "lambda_handler_decorator"
_WRAPPERS = frozenset(
    {
        *("cache", "capture_lambda_handler", "capture_method", "contextmanager"),
        *("inject_lambda_context", "log_metrics", "lru_cache", "overload", "wraps"),
        *("asynccontextmanager", "abstractmethod", "event_source", "event_parser", "capture"),
    }
)


@dataclass(slots=True, eq=False)
class Frame:
    """A call of a function: what it returned and yielded so far."""

    returned: list[tuple[ast.AST, Any]] = field(default_factory=list)
    yielded: list[Any] = field(default_factory=list)


class Calls(Expressions):
    """Calls functions, and makes objects of classes."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = [Frame()]
        self.running: list[ast.AST] = []
        self.visits: dict[ast.AST, int] = {}

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Run statements; whether what follows them is never reached."""
        raise NotImplementedError

    # --- definitions

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> bool:
        """A `def`; what follows it is reached."""
        value: Any = Function(node, scope, *self.defaults(node.args, scope))
        for decorator in reversed(node.decorator_list):
            value = self._decorated(value, decorator, scope)
        scope.names[node.name] = value
        return False

    def _decorated(self, value: Any, node: ast.expr, scope: Scope) -> Any:
        at = scope.module.at(node)
        decorator = self.evaluate(node, scope)
        word = last_name(node)
        if isinstance(value, Function) and word in _KINDS:
            value.kind = word.removeprefix("cached_") if "." not in word else ""
            return value
        if isinstance(decorator, Function) and decorator.kind == _MIDDLEWARE:
            self.stranger()
            value.is_changed = True
            return value
        if isinstance(decorator, Function | Partial | Instance | Class):
            return self.run(decorator, Arguments([value]), at)
        known = isinstance(decorator, Foreign) and library.is_harmless(decorator.name)
        if known or isinstance(decorator, Builtin | Harmless):
            return self._by_library(value, node, word)
        if isinstance(decorator, Method) and isinstance(decorator.receiver, Harmless):
            return self._by_library(value, node, word)
        self.stranger()
        if isinstance(value, Function):
            value.is_changed = True
        return value

    def _by_library(self, value: Any, node: ast.expr, word: str) -> Any:
        """A function that a harmless library decorates: it may call it later."""
        if isinstance(value, Function):
            # https://docs.powertools.aws.dev/lambda/python/latest/utilities/data_classes/
            if word in _READERS:
                value.gives = HARMLESS
            elif word == _MIDDLEWARE:
                value.kind = word
        named = node.func if isinstance(node, ast.Call) else node
        if isinstance(named, ast.Attribute) and word not in _WRAPPERS:
            self.registered.append(value)
        return value

    def define_class(self, node: ast.ClassDef, scope: Scope) -> bool:
        """A `class`; what follows it is reached."""
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

    def run(self, function: Any, arguments: Arguments, at: Place) -> Any:
        runner = self.CALLABLES.get(type(function))
        if runner is None:
            return self._anything(function, arguments, at)
        return runner(self, function, arguments, at)

    def _anything(self, function: Any, arguments: Arguments, at: Place) -> Any:
        """Call something that nobody knows."""
        del function
        for one in arguments.all():
            self.hand_over(one)
            library.call_back(self, one, at)
        self.stranger()
        return ANYTHING

    def _method(self, method: Method, arguments: Arguments, at: Place) -> Any:
        return methods.call(self, method.receiver, method.name, arguments, at)

    def _library(self, function: Foreign, arguments: Arguments, at: Place) -> Any:
        return library.call(self, function.name, arguments, at)

    def _python(self, function: Builtin, arguments: Arguments, at: Place) -> Any:
        return builtin.call(self, function.name, arguments, at)

    def _partial(self, partial: Partial, arguments: Arguments, at: Place) -> Any:
        return self.run(partial.function, partial.given.added(arguments), at)

    def _either(self, either: Either, arguments: Arguments, at: Place) -> Any:
        return self.each(either, lambda way: self.run(way, arguments, at))

    def _itself(self, thing: Any, arguments: Arguments, at: Place) -> Any:
        return methods.call(self, thing, "__call__", arguments, at)

    def _instance(self, instance: Instance, arguments: Arguments, at: Place) -> Any:
        found = instance.cls.find("__call__")
        if isinstance(found, Function):
            return self.run(found.bind(instance), arguments, at)
        return self._anything(instance, arguments, at)

    def _made(self, cls: Class, arguments: Arguments, at: Place) -> Any:
        """A new object of a class, or one that it has made before."""
        for name in cls.foreign():
            if not (library.is_harmless(name) or name in BUILTINS):
                self.stranger()
        found = cls.find("__new__")
        if isinstance(found, Function):
            given = self.run(found, Arguments([cls]).added(arguments), at)
            made = [one for one in ways(given) if isinstance(one, Instance)]
            return either(*(self._begun(one, arguments, at) for one in made)) if made else given
        return self._begun(Instance(cls), arguments, at)

    def _begun(self, instance: Instance, arguments: Arguments, at: Place) -> Instance:
        """An object with what its class gives each of them."""
        made = instance.cls.find("__init__")
        if isinstance(made, Function):
            self.run(made.bind(instance), arguments, at)
            return instance
        self._fill(instance, arguments)
        for one in arguments.all():
            self.keep(one)
        if isinstance(after := instance.cls.find("__post_init__"), Function):
            self.run(after.bind(instance), Arguments(), at)
        return instance

    def _fill(self, instance: Instance, arguments: Arguments) -> None:
        """The fields of a data class; those of pydantic's settings are environment variables."""
        cls = instance.cls
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

    def enter(self, function: Function, arguments: Arguments, at: Place) -> Any:
        """Call a function of the code."""
        is_async = isinstance(function.node, ast.AsyncFunctionDef) and not function.is_changed
        if is_async and not yields(function.node):
            work = Coroutine(lambda: self._entered_function(function, arguments)[1], at)
            self.coroutines.append(work)
            return work
        return self._entered_function(function, arguments)[1]

    def _entered_function(self, function: Function, arguments: Arguments) -> tuple[Frame, Any]:
        node = function.node
        frame = Frame()
        self.visits[node] = self.visits.get(node, 0) + 1
        is_enough = self.visits[node] > _MOST_VISITS
        if is_enough or self.running.count(node) > 1 or len(self.running) > _DEEPEST:
            for one in arguments.all():
                self.hand_over(one)
            self.complete = self.complete and not is_enough
            return frame, ANYTHING if is_enough else HARMLESS
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
        missing = ANYTHING if given.is_open and not given.by_library else HARMLESS
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
        values = dict(zip(parameters, positional, strict=False))
        for name in (*parameters, *(one.arg for one in args.kwonlyargs)):
            default = defaults.get(name, missing)
            value = values[name] if name in values else given.named.get(name, default)
            scope.names[name] = NOTHING if value is None else value
        if args.vararg:
            scope.names[args.vararg.arg] = List(positional[len(parameters) :], given.is_open)
        if args.kwarg:
            known = {*parameters, *(one.arg for one in args.kwonlyargs)}
            rest = {name: one for name, one in given.named.items() if name not in known}
            scope.names[args.kwarg.arg] = Dict(rest, given.is_open, self.branch)

    def give(self, value: Any) -> None:
        self.frames[-1].yielded.append(value)

    def call_registered(self, at: Place) -> None:
        """What a library calls that was handed the event."""
        waiting, self.registered = self.registered, []
        for one in waiting:
            value = self.run(one, Arguments(is_open=True, by_library=True), at)
            self.wait(value)

    CALLABLES: ClassVar[dict[type[Any], Caller]] = {
        Function: enter,
        Class: _made,
        Method: _method,
        Foreign: _library,
        Builtin: _python,
        Partial: _partial,
        Either: _either,
        Instance: _instance,
        Processor: _itself,
        Harmless: _itself,
    }
