"""Expressions of Python, one kind after another, and what each gives."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from lambdalint.source.handler import Joined, Own, Replaced, Variable
from lambdalint.source.python.members import Members
from lambdalint.source.python.state import TooMuch
from lambdalint.source.python.syntax import asks_for_any
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
    Event,
    Function,
    List,
    Parent,
    PathOf,
    Scope,
    either,
    joined,
)
from lambdalint.value import Place, Ref, Text

# Where all evaluations end; a handler of a thousand lines takes a tenth of it.
MOST_STEPS = 60_000

Evaluator: TypeAlias = "Callable[[Expressions, Any, Scope], Any]"


class Expressions(Members):
    """Evaluates expressions in a scope."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooMuch
        kind = type(node)
        evaluator = self.EVALUATORS.get(kind)
        return evaluator(self, node, scope) if evaluator else self._parts(node, scope)

    def _parts(self, node: ast.AST, scope: Scope) -> Any:
        """What only its parts matter of."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child, scope)
        return HARMLESS

    # --- literals

    def _constant(self, node: ast.Constant, scope: Scope) -> Any:
        data = node.value
        if isinstance(data, str):
            text = scope.module.text(data)
            return joined(text.parts) if isinstance(text, Text) else text
        if isinstance(data, bytes):
            return data.decode("utf-8", "replace")
        return data if isinstance(data, bool | int | float | None) else HARMLESS

    def _dict(self, node: ast.Dict, scope: Scope) -> Any:
        found = Dict({}, born=self.branch)
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.evaluate(value_node, scope)
            if key_node is None:
                self.update(found, value)
                continue
            self.keep(value)
            key = self.evaluate(key_node, scope)
            if isinstance(key, str):
                found.items[key] = value
            else:
                found.is_open = True
        return found

    def _list(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Any:
        found = List([])
        for element in node.elts:
            if isinstance(element, ast.Starred):
                inner = self.evaluate(element.value, scope)
                if isinstance(inner, List):
                    found.extend(inner.items, is_open=inner.is_open)
                else:
                    self.keep(inner)
                    found.lead = found.lead if found.is_open else len(found.items)
                    found.is_open = True
            else:
                value = self.evaluate(element, scope)
                found.extend([value])
                self.keep(value)
        return found

    def _joined_string(self, node: ast.JoinedStr, scope: Scope) -> Any:
        parts: list[Any] = []
        for piece in node.values:
            if isinstance(piece, ast.FormattedValue):
                value = self.evaluate(piece.value, scope)
                if piece.format_spec is not None:
                    self.evaluate(piece.format_spec, scope)
                changed = piece.format_spec is not None or piece.conversion not in (-1, 115)
                parts.append(HARMLESS if changed else value)
            else:
                parts.append(self.evaluate(piece, scope))
        return joined(parts)

    # --- names

    def _name(self, node: ast.Name, scope: Scope) -> Any:
        found = scope.find(node.id)
        if found is not None:
            return None if found is NOTHING else found
        if node.id == "__name__":
            return scope.module.name
        if node.id in BUILTINS:
            return Builtin(node.id)
        return ANYTHING

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        return self.each(value, lambda way: self.member(way, node.attr, scope.module.at(node)))

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            self._parts(node.slice, scope)
            self.keep(value)
            if isinstance(value, Event) and value.is_key:
                return HARMLESS  # a piece of a text is another text
            return value if isinstance(value, Event | List) else HARMLESS
        key = self.evaluate(node.slice, scope)
        at = scope.module.at(node)
        return self.each(value, lambda way: self.item(way, key, at))

    # --- operators

    def _binary(self, node: ast.BinOp, scope: Scope) -> Any:
        left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
        match node.op:
            case ast.Add() if isinstance(left, List) and isinstance(right, List):
                found = List(list(left.items), left.is_open)
                found.extend(right.items, is_open=right.is_open)
                return found
            case ast.Add() if isinstance(left, List) or isinstance(right, List):
                known = left if isinstance(left, List) else right
                lead = len(known.items) if known is left and not known.is_open else 0
                return List(list(known.items), is_open=True, lead=lead)
            case ast.Add() if (_is_text(left) or _is_text(right)) and not (
                isinstance(left, int | float) or isinstance(right, int | float)
            ):
                return joined((left, right))
            case ast.Div() if isinstance(left, PathOf) or isinstance(right, PathOf):
                return PathOf(joined((left, "/", right)))
            case ast.Mod() if isinstance(left, str):
                return _formatted(left, right)
            case ast.BitOr() if isinstance(left, Dict) and isinstance(right, Dict):
                merged = Dict(dict(left.items), left.is_open, self.branch)
                self.update(merged, right)
                return merged
        self.keep(left)
        self.keep(right)
        return HARMLESS

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Any:
        values = [self.evaluate(one, scope) for one in node.values]
        if isinstance(node.op, ast.Or):
            # `os.environ.get("X") or "default"`
            if isinstance(values[0], Variable) and values[0].default is None:
                default = values[1]
                plain = default if isinstance(default, str | int) else None
                return values[0]._replace(default=plain)
            return either(*(value for value in values if value is not None))
        return either(*values)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Any:
        value = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return -value
        return HARMLESS

    def _compare(self, node: ast.Compare, scope: Scope) -> Any:
        for one in (node.left, *node.comparators):
            value = self.evaluate(one, scope)
            is_length = isinstance(value, Event) and value.path[-1:] == ("length",)
            if is_length and not asks_for_any(node):
                self.takes_all_records = True
        return HARMLESS

    def _choice(self, node: ast.IfExp, scope: Scope) -> Any:
        self.evaluate(node.test, scope)
        guard = scope.module.at(node.test)
        with self.in_branch(guard):
            return either(self.evaluate(node.body, scope), self.evaluate(node.orelse, scope))

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        scope.names[node.target.id] = NOTHING if value is None else value
        return value

    # --- functions

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Any:
        return Function(node, scope, *self.defaults(node.args, scope))

    def defaults(self, args: ast.arguments, scope: Scope) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What parameters are unless somebody says so: the last positional ones, and others."""
        positional = tuple(self.evaluate(one, scope) for one in args.defaults)
        named = {
            parameter.arg: self.evaluate(default, scope)
            for parameter, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
            if default is not None
        }
        return positional, named

    def _await(self, node: ast.Await, scope: Scope) -> Any:
        return self.wait(self.evaluate(node.value, scope))

    def wait(self, value: Any) -> Any:
        if isinstance(value, List):
            return List([self.wait(one) for one in value.items], value.is_open)
        if not isinstance(value, Coroutine):
            return value
        if value.started:
            return HARMLESS
        value.started = True
        return value.work()

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope
    ) -> Any:
        inner = Scope(scope.module, around=scope)
        with self.inside(repeating=1):
            for generator in node.generators:
                over = self.evaluate(generator.iter, inner)
                self.assign(generator.target, self.elements(over, scope.module.at(node)), inner)
                for test in generator.ifs:
                    self.evaluate(test, inner)
            if isinstance(node, ast.DictComp):
                self.evaluate(node.key, inner)
                self.keep(self.evaluate(node.value, inner))
                return Dict({}, is_open=True, born=self.branch)
            element = self.evaluate(node.elt, inner)
            self.keep(element)
        return List([element], is_open=False)

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Give a value to what stands left of `=`."""
        raise NotImplementedError

    # --- calls

    def arguments(self, node: ast.Call, scope: Scope) -> Arguments:
        """What a call hands over."""
        given = Arguments()
        for one in node.args:
            if isinstance(one, ast.Starred):
                inner = self.evaluate(one.value, scope)
                if isinstance(inner, List) and not inner.is_open:
                    given.positional += inner.items
                else:
                    self.keep(inner)
                    given.is_open = True
            else:
                given.positional.append(self.evaluate(one, scope))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                given.named[keyword.arg] = value
            elif isinstance(value, Dict):
                given.named.update(value.items)
                given.is_open = given.is_open or value.is_open
            else:
                self.keep(value)
                given.is_open = True
        return given

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        function = self.evaluate(node.func, scope)
        at = scope.module.at(node)
        if isinstance(function, Builtin):
            return self._builtin(function.name, node, scope, at)
        given = self.arguments(node, scope)
        return self.each(function, lambda way: self.run(way, given, at))

    def _builtin(self, name: str, node: ast.Call, scope: Scope, at: Place) -> Any:
        if name == "super":
            instance, cls = scope.find("__self__"), scope.find("__class__")
            return Parent(instance, cls) if isinstance(cls, Class) else HARMLESS
        return self.run(Builtin(name), self.arguments(node, scope), at)

    def _yield(self, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope) if node.value else None
        at = scope.module.at(node)
        self.give(self.elements(value, at) if isinstance(node, ast.YieldFrom) else value)
        return HARMLESS

    def give(self, value: Any) -> None:
        """The function that runs is a generator and gives a value."""
        raise NotImplementedError

    EVALUATORS: ClassVar[dict[type[ast.AST], Evaluator]] = {
        ast.Constant: _constant,
        ast.Dict: _dict,
        ast.List: _list,
        ast.Tuple: _list,
        ast.Set: _list,
        ast.JoinedStr: _joined_string,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.BinOp: _binary,
        ast.BoolOp: _boolean,
        ast.UnaryOp: _unary,
        ast.Compare: _compare,
        ast.IfExp: _choice,
        ast.NamedExpr: _walrus,
        ast.Lambda: _lambda,
        ast.Await: _await,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _comprehension,
        ast.Call: _call,
        ast.Yield: _yield,
        ast.YieldFrom: _yield,
    }


def _is_text(value: Any) -> bool:
    return isinstance(value, str | Joined | Variable | Event | Own | Replaced | Ref)


def _formatted(template: str, value: Any) -> Any:
    """`"%s/%s" % (a, b)`."""
    values = list(value.items) if isinstance(value, List) and not value.is_open else [value]
    pieces = template.replace("%%", "\0").split("%s")
    if "%" in "".join(pieces) or len(pieces) != len(values) + 1:
        return HARMLESS
    parts: list[Any] = [pieces[0].replace("\0", "%")]
    for one, piece in zip(values, pieces[1:], strict=True):
        parts += [one, piece.replace("\0", "%")]
    return joined(parts)
