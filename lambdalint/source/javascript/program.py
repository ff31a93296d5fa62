"""The modules of a program: which file is meant by a name, and what it exports."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from json import loads
from typing import TYPE_CHECKING, Any

from lambdalint.source.codefile import CodeFile
from lambdalint.source.javascript.statement import Statements
from lambdalint.source.javascript.syntax import Script, first, text
from lambdalint.source.javascript.values import (
    DATA,
    Class,
    Function,
    List,
    Live,
    Namespace,
    Object,
    Package,
    Scope,
    Seen,
)
from lambdalint.source.javascript.watch import Situation
from lambdalint.source.locate import JAVASCRIPT, SUFFIXES

if TYPE_CHECKING:
    from tree_sitter import Node

_SUFFIXES = (*SUFFIXES[JAVASCRIPT], ".tsx", ".jsx")
_DECLARED = (
    *("function_declaration", "generator_function_declaration", "enum_declaration"),
    *("class_declaration", "abstract_class_declaration"),
)

_MOST_MODULES = 200
_MOST_STEPS = 20_000
_DEEPEST = 24


class Module:
    """A file of the code, and what it exports: by `exports`, or by the names it exports."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exports = Object()
        self.module = Object({"exports": self.exports})
        self.scope = Scope(script)
        self.scope.names.update(
            {"exports": self.exports, "module": self.module, "this": self.exports}
        )
        # What the names are that it exports, and from where it exports everything.
        self.names: dict[str, Seen] = {}
        self.stars: list[Seen] = []
        self._asking: set[str] = set()

    @property
    def whole(self) -> Seen:
        """What `require` gives."""
        replaced = self.module.members.get("exports")
        return Namespace(self) if replaced is self.exports else replaced

    def exported(self, name: str) -> Seen:
        """What it exports under a name; None if nothing."""
        if name in self._asking:  # modules that export each other
            return None
        self._asking.add(name)
        try:
            return self._exported(name)
        finally:
            self._asking.discard(name)

    def _exported(self, name: str) -> Seen:
        if name in self.names:
            return _now(self.names[name])
        exports = self.module.members.get("exports")
        if isinstance(exports, Object) and name in exports.members:
            return _now(exports.members[name])
        if isinstance(exports, Class):
            return exports.statics.members.get(name)
        for star in self.stars:
            if isinstance(star, Package):
                return Package(star.name, (*star.path, name))
            if isinstance(star, Namespace) and (found := star.module.exported(name)) is not None:
                return found
        if name == "default":
            return self.whole
        return DATA if isinstance(exports, Object) and exports.open else None


def _now(value: Seen) -> Seen:
    return value.module.exported(value.name) if isinstance(value, Live) else value


class _Local:
    """The names of a module, for those who export them."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def exported(self, name: str) -> Seen:
        return _now(self._module.scope.names.get(name))


class Program(Statements):
    """Follows the modules of a program, each when the first other names it."""

    def __init__(self, file: Callable[[str], CodeFile | None]) -> None:
        super().__init__(_MOST_STEPS)
        self._file = file
        self._modules: dict[str, Module | None] = {}
        self._of: dict[Script, Module] = {}

    def module(self, path: str) -> Module | None:
        """The module in a file, None where there is none."""
        if path not in self._modules:
            code = self._file(path) if len(self._modules) < _MOST_MODULES else None
            self._modules[path] = None
            if code:
                module = Module(Script(path, code))
                self._modules[path] = self._of[module.script] = module
                self._follow(module)
        return self._modules[path]

    def _follow(self, module: Module) -> None:
        """Follow a module; what happens there happens once, whoever asked for it."""
        before = self._logs, self.now, self.loop, self.returned, self.started
        self._logs, self.loop, self.returned, self.started = [], None, [], False
        self.now = Situation()
        self.statements(module.script.root.named_children, module.scope)
        self._logs, self.now, self.loop, self.returned, self.started = before

    # --- what a name means -----------------------------------------------------------------------

    def load(self, given: list[Seen], scope: Scope) -> Seen:
        name = given[0] if given else None
        if not isinstance(name, str):
            self.complete = False
            return DATA
        found = self._resolve(name, scope.script)
        is_ours = isinstance(found, Namespace) and isinstance(found.module, Module)
        return found.module.whole if is_ours else found

    def _resolve(self, name: str, script: Script) -> Seen:
        """What a module means by the name of another."""
        for path in _paths(name, script.path):
            if path.endswith(".json"):
                if code := self._file(path):
                    return _json(code.text)
            elif module := self.module(path):
                return Namespace(module)
        return Package(name.removeprefix("node:"))

    # --- imports and exports ---------------------------------------------------------------------

    def _import_statement(self, node: Node, scope: Scope) -> None:
        if any(child.type in ("type", "typeof") for child in node.children):
            return
        clause = next((c for c in node.named_children if c.type.endswith("_clause")), None)
        if clause and clause.type == "import_require_clause":
            source = self.value(clause.child_by_field_name("source"), scope)
            self.put(scope.names, text(first(clause)), self.load([source], scope))
            return
        source = self.value(node.child_by_field_name("source"), scope)
        if not isinstance(source, str):
            return
        whole = self._resolve(source, scope.script)
        for name, local in _imported(clause):
            self.put(scope.names, local, self._member_of(whole, name) if name else whole)

    def _member_of(self, whole: Seen, name: str) -> Seen:
        """What a name is of something that is imported."""
        match whole:
            case Namespace(module):
                return Live(module, name)
            case Package():
                return self._of_package(whole, name)
            case Object(members=members):
                return whole if name == "default" else members.get(name)
        return DATA

    def _export_statement(self, node: Node, scope: Scope) -> None:
        module = self._of[scope.script]
        if source := node.child_by_field_name("source"):
            self._export_from(node, self.value(source, scope), module)
            return
        is_default = any(child.type == "default" for child in node.children)
        if declared := node.child_by_field_name("declaration"):
            self._export_declared(declared, scope, module, is_default=is_default)
        elif value := node.child_by_field_name("value"):
            module.names["default"] = self.use(value, scope)
        for clause in node.named_children:
            if clause.type == "export_clause":
                for name, local in _specified(clause):
                    module.names[name] = Live(_Local(module), local)
        if any(child.type == "=" for child in node.children):
            module.module.members["exports"] = self.use(first(node), scope)

    def _export_from(self, node: Node, source: Seen, module: Module) -> None:
        whole = self._resolve(source, module.script) if isinstance(source, str) else DATA
        clauses = [one for one in node.named_children if one.type.startswith(("export_", "namesp"))]
        for clause in clauses:
            if clause.type == "namespace_export":
                module.names[text(first(clause))] = whole
            for name, other in _specified(clause):
                module.names[name] = self._member_of(whole, other)
        if not clauses:
            module.stars.append(whole)

    def _export_declared(
        self, declared: Node, scope: Scope, module: Module, *, is_default: bool
    ) -> None:
        names = [text(declared.child_by_field_name("name"))]
        if declared.type not in _DECLARED or (is_default and not names[0]):
            names = []
        self.statement(declared, scope)
        if declared.type in ("lexical_declaration", "variable_declaration"):
            for declarator in declared.named_children:
                names += _bound(declarator.child_by_field_name("name"))
        for name in names:
            module.names["default" if is_default else name] = Live(_Local(module), name)
        if is_default and not names:
            module.names["default"] = Function(declared, scope)


def _paths(name: str, asking: str) -> Iterator[str]:
    """The files that a module may mean by the name of another, in the order of preference.

    https://nodejs.org/api/modules.html#all-together
    """
    if name.startswith("."):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(asking), name))
    elif name.startswith("/opt/nodejs/"):  # where layers are
        path = name.removeprefix("/opt/nodejs/").removeprefix("node_modules/")
    elif name.startswith(("/var/task/", "node:", "@aws-sdk/", "aws-sdk")):
        path = name.removeprefix("/var/task/") if name.startswith("/var") else ""
    else:
        path = name
    if not path:
        return
    stem, dot, ending = path.rpartition(".")
    if f".{ending}" in (*_SUFFIXES, ".json") and dot:
        yield path
        # TypeScript may name what its files are compiled to.
        if ending in ("js", "mjs", "cjs"):
            yield f"{stem}.{ending.replace('js', 'ts')}"
    for suffix in (*_SUFFIXES, ".json"):
        yield path + suffix
    for suffix in _SUFFIXES:
        yield f"{path}/index{suffix}" if path != "." else f"index{suffix}"


def _imported(clause: Node | None) -> Iterator[tuple[str, str]]:
    """The names of what is imported, "" for all of it, and the names it has here."""
    for part in clause.named_children if clause else ():
        match part.type:
            case "identifier":
                yield "default", text(part)
            case "namespace_import":
                yield "", text(first(part))
            case "named_imports":
                yield from ((name, local) for local, name in _specified(part))


def _specified(clause: Node) -> Iterator[tuple[str, str]]:
    """The names that things get in braces, and the names that they had."""
    for one in clause.named_children:
        if one.type in ("import_specifier", "export_specifier"):
            name = text(one.child_by_field_name("name")).strip("\"'")
            yield text(one.child_by_field_name("alias")).strip("\"'") or name, name


def _bound(pattern: Node | None) -> list[str]:
    """The names in a pattern."""
    if pattern is None:
        return []
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        return [text(pattern)]
    return [name for one in pattern.named_children for name in _bound(one)]


def _json(document: str) -> Seen:
    try:
        return _values(loads(document), 0)
    except (ValueError, RecursionError):
        return DATA


def _values(data: Any, depth: int) -> Seen:
    if depth > _DEEPEST:
        return DATA
    if isinstance(data, dict):
        return Object({name: _values(one, depth + 1) for name, one in data.items()})
    if isinstance(data, list):
        return List([_values(one, depth + 1) for one in data])
    return data
