"""Statements of JavaScript and TypeScript, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lambdalint.source.handler import EACH, Given, Joined, Sight
from lambdalint.source.javascript.invocation import FOLLOWS, LEAVES, RETURNS, Invocations, Returned
from lambdalint.source.javascript.names import Changes
from lambdalint.source.javascript.syntax import first, text, within
from lambdalint.source.javascript.values import (
    DATA,
    Class,
    Foreign,
    Function,
    Object,
    Package,
    Scope,
    Seen,
    either,
)
from lambdalint.source.javascript.watch import RECORDS

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTIONS = frozenset(
    {
        *("arrow_function", "function_expression", "function_declaration", "method_definition"),
        *("generator_function", "generator_function_declaration", "class_body"),
    }
)
_ASSIGNMENTS = frozenset({"assignment_expression", "augmented_assignment_expression"})
_EXITS = frozenset({"throw_statement", "break_statement", "return_statement"})


class Statements(Invocations):
    """Follows statements: each says how it ends."""

    def __init__(self, steps: int) -> None:
        super().__init__(steps)
        # The names that loops change.
        self._changing: dict[int, frozenset[str]] = {}

    def block(self, node: Node, scope: Scope) -> int:
        """How a block ends, whose names are its own."""
        return self.statements(node.named_children, Scope(scope.script, scope))

    def statements(self, nodes: list[Node], scope: Scope) -> int:
        """How statements end that follow each other."""
        for node in nodes:
            self._hoist(node, scope)
        before = self.now
        end = FOLLOWS
        for node in nodes:
            end = self.statement(node, scope)
            if end != FOLLOWS:
                break
        self.now = before
        return end

    def _hoist(self, node: Node, scope: Scope) -> None:
        """Functions are there before the statements that stand above them."""
        if node.type == "export_statement":
            declared = node.child_by_field_name("declaration")
            node = declared or node
        if node.type in ("function_declaration", "generator_function_declaration"):
            self.put(scope.names, text(node.child_by_field_name("name")), Function(node, scope))

    def statement(self, node: Node | None, scope: Scope) -> int:
        """How a statement ends."""
        if node is None:
            return FOLLOWS
        kind = getattr(self, f"_{node.type}", None)
        if kind is None:
            if node.type in ("ERROR", "with_statement"):
                self.complete = False
            return FOLLOWS
        end = kind(node, scope)
        return end if isinstance(end, int) else FOLLOWS

    def _expression_statement(self, node: Node, scope: Scope) -> None:
        expression = first(node)
        if expression and expression.type == "internal_module":
            self.statement(expression.child_by_field_name("body"), scope)
        else:
            self.value(expression, scope)

    def _statement_block(self, node: Node, scope: Scope) -> int:
        return self.block(node, scope)

    def _lexical_declaration(self, node: Node, scope: Scope) -> None:
        for declarator in node.named_children:
            if declarator.type == "variable_declarator":
                value = self.value(declarator.child_by_field_name("value"), scope)
                self.bind(declarator.child_by_field_name("name"), value, scope, declares=True)

    _variable_declaration = _lexical_declaration

    def _return_statement(self, node: Node, scope: Scope) -> int:
        value = self.value(first(node), scope)
        self.returned.append(Returned(self.taken(value), node))
        return RETURNS

    def _throw_statement(self, node: Node, scope: Scope) -> int:
        self.look(first(node), scope)
        return RETURNS

    def _break_statement(self, node: Node, scope: Scope) -> int:
        del node, scope
        return LEAVES

    _continue_statement = _break_statement

    def _labeled_statement(self, node: Node, scope: Scope) -> int:
        end = self.statement(node.child_by_field_name("body"), scope)
        return FOLLOWS if end == LEAVES else end

    # --- branches --------------------------------------------------------------------------------

    def _if_statement(self, node: Node, scope: Scope) -> int:
        condition = node.child_by_field_name("condition")
        self.look(condition, scope)
        guard = (scope.script, condition) if condition else None
        otherwise = node.child_by_field_name("alternative")
        with self.situation(guard=guard):
            end, changes = self.apart(
                lambda: self.statement(node.child_by_field_name("consequence"), scope)
            )
            other, others = self.apart(
                lambda: self.statement(first(otherwise) if otherwise else None, scope)
            )
        ways = [way for one, way in ((end, changes), (other, others)) if one == FOLLOWS]
        self.merge(ways or [changes, others])
        if FOLLOWS in (end, other) and end != other and guard:
            # What follows is decided here too.
            self.now = replace(self.now, guards=(*self.now.guards, guard))
        return min(end, other)

    def _switch_statement(self, node: Node, scope: Scope) -> int:
        condition = node.child_by_field_name("value")
        self.look(condition, scope)
        body = node.child_by_field_name("body")
        ways: list[Changes] = [{}]
        ends: list[int] = []
        has_default = False
        with self.situation(guard=(scope.script, condition) if condition else None):
            for case in body.named_children if body else ():
                has_default |= case.type == "switch_default"
                statements = case.children_by_field_name("body")
                if not statements:
                    continue
                turn = partial(self.statements, statements, Scope(scope.script, scope))
                end, changes = self.apart(turn)
                ends.append(end)
                ways.append(changes)
        self.merge(ways)
        returns = has_default and ends and LEAVES not in ends and ends[-1] == RETURNS
        return RETURNS if returns else FOLLOWS

    def _try_statement(self, node: Node, scope: Scope) -> int:
        end = self.statement(node.child_by_field_name("body"), scope)
        handler = node.child_by_field_name("handler")
        if handler:
            other, changes = self.apart(lambda: self._caught(handler, scope))
            self.merge([{}, changes] if other == FOLLOWS else [{}])
            if self.loop:
                self._swallows(handler, other, scope)
            end = min(end, other)
        if finalizer := node.child_by_field_name("finalizer"):
            last = self.statement(finalizer.child_by_field_name("body"), scope)
            end = last if last != FOLLOWS else end
        return end

    def _caught(self, handler: Node, scope: Scope) -> int:
        inner = Scope(scope.script, scope)
        self.bind(handler.child_by_field_name("parameter"), DATA, inner, declares=True)
        return self.statement(handler.child_by_field_name("body"), inner)

    def _swallows(self, handler: Node, end: int, scope: Scope) -> None:
        """Say so if a failure of one record does not keep the next from its turn."""
        body = handler.child_by_field_name("body")
        if end == RETURNS or body is None or self.loop is None or not self.started:
            return
        below = _own(body)
        if any(one.type in _EXITS for one in below):
            return
        marked = {
            text(one)
            for below_it in below
            if below_it.type in (*_ASSIGNMENTS, "call_expression", "update_expression")
            for one in within(below_it)
            if one.type == "identifier"
        }
        tests = (
            one.child_by_field_name("condition")
            for one in within(self.loop)
            if one.type in ("if_statement", "ternary_expression")
            and not (body.start_byte <= one.start_byte < body.end_byte)
        )
        asked = {
            text(one) for test in tests if test for one in within(test) if one.type == "identifier"
        }
        if not marked & asked:
            at = scope.script.place(handler)
            self.continues[Sight(at, "catches the failure of a record and goes on")] = None

    # --- loops -----------------------------------------------------------------------------------

    def _for_in_statement(self, node: Node, scope: Scope) -> int:
        looped = self.use(node.child_by_field_name("right"), scope)
        inner = Scope(scope.script, scope)
        operator = text(node.child_by_field_name("operator"))
        if operator == "in":
            # An index: what is found there, is any of the elements.
            element: Seen = DATA
            of_records = False
        else:
            element = self.element(looped, scope, node)
            of_records = looped == RECORDS or element == Given(("Records", EACH))
        declares = node.child_by_field_name("kind") is not None
        self.bind(node.child_by_field_name("left"), element, inner, declares=declares)
        self._loop(node, inner, of_records=of_records)
        return FOLLOWS

    def _for_statement(self, node: Node, scope: Scope) -> int:
        inner = Scope(scope.script, scope)
        self.statement(node.child_by_field_name("initializer"), inner)
        self.counted = False
        condition = node.child_by_field_name("condition")
        if condition and condition.type == "expression_statement":
            self.statement(condition, inner)
        else:
            self.value(condition, inner)
        self._loop(node, inner, of_records=self.counted)
        return FOLLOWS

    def _while_statement(self, node: Node, scope: Scope) -> int:
        self.look(node.child_by_field_name("condition"), scope)
        self._loop(node, scope, of_records=False)
        return FOLLOWS

    def _do_statement(self, node: Node, scope: Scope) -> int:
        self._loop(node, scope, of_records=False)
        self.look(node.child_by_field_name("condition"), scope)
        return FOLLOWS

    def _loop(self, node: Node, scope: Scope, *, of_records: bool) -> None:
        """What is done again and again."""
        body = node.child_by_field_name("body")
        self._forget(node, scope)
        before = self.loop
        if body and of_records:
            self.loop = body
        with self.situation(repeated=True):
            _, changes = self.apart(lambda: self._turn(node, body, scope))
        self.loop = before
        self.merge([{}, changes])

    def _turn(self, node: Node, body: Node | None, scope: Scope) -> None:
        self.statement(body, scope)
        self.value(node.child_by_field_name("increment"), scope)

    def _forget(self, node: Node, scope: Scope) -> None:
        """What a loop changes is something else in every turn."""
        if node.id not in self._changing:
            self._changing[node.id] = frozenset(_changed(node))
        for name in self._changing[node.id]:
            holder = scope.holding(name)
            if holder and isinstance(holder.names[name], str | int | float | Joined):
                self.put(holder.names, name, either((holder.names[name], DATA)))

    # --- declarations ----------------------------------------------------------------------------

    def _class_declaration(self, node: Node, scope: Scope) -> None:
        made = self.define_class(node, scope)
        self.put(scope.names, text(node.child_by_field_name("name")), made)

    _abstract_class_declaration = _class_declaration

    def define_class(self, node: Node, scope: Scope) -> Class:
        made = Class(node, scope)
        heritage = next((one for one in node.named_children if one.type == "class_heritage"), None)
        if heritage:
            made.parent = self._parent(heritage, scope)
        body = node.child_by_field_name("body")
        for member in (*node.named_children, *(body.named_children if body else ())):
            self._decorated(member, scope)
        for member in body.named_children if body else ():
            name = text(
                member.child_by_field_name("name") or member.child_by_field_name("property")
            )
            is_static = any(child.type == "static" for child in member.children)
            if member.type == "method_definition" and is_static:
                made.statics.members[name] = Function(member, scope, made.statics)
            elif member.type == "method_definition":
                made.methods[name] = member
            elif member.type in ("field_definition", "public_field_definition"):
                value = member.child_by_field_name("value")
                if is_static:
                    made.statics.members[name] = self.use(value, scope)
                else:
                    made.fields[name] = value
        return made

    def _parent(self, heritage: Node, scope: Scope) -> Seen:
        for one in heritage.named_children:
            if one.type == "extends_clause":
                return self.use(one.child_by_field_name("value"), scope)
            if one.type != "implements_clause":
                return self.use(one, scope)
        return None

    def _decorated(self, member: Node, scope: Scope) -> None:
        """A decorator may change what it stands at."""
        decorators = [member] if member.type == "decorator" else member.named_children
        for one in decorators:
            if one.type == "decorator":
                made = self.use(first(one), scope)
                if isinstance(made, Function):
                    self.complete = False
                elif isinstance(made, Package | Foreign):
                    self.foreign(made if isinstance(made, Foreign) else Foreign(made), [])

    def _enum_declaration(self, node: Node, scope: Scope) -> None:
        members: dict[str, Seen] = {}
        body = node.child_by_field_name("body")
        for one in body.named_children if body else ():
            named = one.child_by_field_name("name") or one
            value = one.child_by_field_name("value")
            members[text(named)] = self.value(value, scope) if value else DATA
        self.put(scope.names, text(node.child_by_field_name("name")), Object(members))


def _changed(loop: Node) -> Iterator[str]:
    """The names that are given new values in a loop."""
    for one in within(loop):
        if one.type in _ASSIGNMENTS:
            target = one.child_by_field_name("left")
        elif one.type == "update_expression":
            target = one.child_by_field_name("argument")
        else:
            continue
        if target and target.type == "identifier":
            yield text(target)


def _own(body: Node) -> list[Node]:
    """The nodes of a block that are not in a function within it."""
    found: list[Node] = []
    todo = body.named_children
    while todo:
        one = todo.pop()
        if one.type not in _FUNCTIONS:
            found.append(one)
            todo += one.named_children
    return found
