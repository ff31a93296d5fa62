"""What can be seen of code without knowing any values."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from lambdalint.source.handler import Sight
from lambdalint.source.python.module import Module


def absolute(node: ast.ImportFrom, module: Module) -> str:
    """The whole name of the module that something is imported from."""
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    package = package[: len(package) - node.level + module.is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def is_main(test: ast.expr) -> bool:
    """`if __name__ == "__main__"`, and what is for type checkers alone."""
    match test:
        case ast.Compare(left=ast.Name(id="__name__")):
            return True
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def asks_for_any(test: ast.Compare) -> bool:
    """Whether a length is compared by those who ask only if a list has anything in it."""
    match test:
        case ast.Compare(
            ops=[ast.Eq() | ast.NotEq() | ast.Gt() | ast.LtE()], comparators=[ast.Constant(value=0)]
        ):
            return True
        case ast.Compare(ops=[ast.Lt() | ast.GtE()], comparators=[ast.Constant(value=1)]):
            return True
    return False


def captured(pattern: ast.pattern) -> Iterator[str]:
    """The names that a pattern gives values."""
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """What stands in a block, but not in the functions and loops in it."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*_INNER, ast.For, ast.AsyncFor, ast.While)):
            stack.extend(ast.iter_child_nodes(node))


def assigned(body: Sequence[ast.stmt]) -> set[str]:
    """The names that a block gives values."""
    return {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def yields(node: ast.AST) -> bool:
    """Whether a function is a generator."""
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in own(getattr(node, "body", ())))


def going_on(loop: ast.For | ast.AsyncFor, module: Module) -> Iterator[Sight]:
    """Where a loop goes on with the next record after it has noted that one failed."""
    nodes = list(own(loop.body))
    for node in nodes:
        if not isinstance(node, ast.Try):
            continue
        for handler in node.handlers:
            inside = list(own(handler.body))
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


def last_name(node: ast.expr) -> str:
    """How a function or decorator is called, whatever it belongs to."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
