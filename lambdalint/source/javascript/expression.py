"""Expressions of JavaScript and TypeScript → what they are."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from lambdalint.source.handler import Given, Joined, Own, Variable
from lambdalint.source.javascript.names import Names
from lambdalint.source.javascript.syntax import first, text
from lambdalint.source.javascript.values import (
    DATA,
    Answer,
    Class,
    Either,
    Environment,
    Foreign,
    Function,
    List,
    Object,
    Package,
    Pending,
    Scope,
    Seen,
    alternatives,
    either,
    join,
)
from lambdalint.value import Text, Unknown, unspell

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_CODE_POINT = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
# What stands for the holes of a text that a template writes.
_HOLE = re.compile("[\U000f0000-\U000fffff]")


class Enough(Exception):
    """More code than anybody wants to follow."""


class Expressions(Names):
    """Follows expressions; a method for each kind of node, by the names that the grammars have.

    https://github.com/tree-sitter/tree-sitter-javascript/blob/master/grammar.js
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._steps = steps

    def define_class(self, node: Node, scope: Scope) -> Class:
        """What a class is; said by who knows statements."""
        raise NotImplementedError

    def value(self, node: Node | None, scope: Scope) -> Seen:
        """What an expression is."""
        if node is None:
            return None
        self._steps -= 1
        if self._steps < 0:
            raise Enough
        kind = getattr(self, f"_{node.type}", None)
        if kind is None:
            self.complete = False
            return DATA
        return kind(node, scope)

    def use(self, node: Node | None, scope: Scope) -> Seen:
        """What an expression is that somebody takes."""
        return self.taken(self.value(node, scope))

    def look(self, node: Node | None, scope: Scope) -> Seen:
        """What an expression is that something is computed of."""
        value = self.use(node, scope)
        for one in alternatives(value):
            if isinstance(one, Answer) and not self.now.logging:
                one.made.checked = True
        return value

    # --- names and literals ----------------------------------------------------------------------

    def _identifier(self, node: Node, scope: Scope) -> Seen:
        return self.taken(self.find(text(node), scope))

    def _this(self, node: Node, scope: Scope) -> Seen:
        del node
        return self.find("this", scope) if scope.holding("this") else DATA

    _shorthand_property_identifier = _identifier

    def _constant(self, node: Node, scope: Scope) -> Seen:
        del scope
        return {"true": True, "false": False}.get(node.type)

    _true = _false = _null = _undefined = _constant

    def _unknown(self, node: Node, scope: Scope) -> Seen:
        del node, scope
        return DATA

    _regex = _meta_property = _import = _private_property_identifier = _unknown

    def _super(self, node: Node, scope: Scope) -> Seen:
        del node, scope
        self.complete = False
        return DATA

    def _number(self, node: Node, scope: Scope) -> Seen:
        del scope
        digits = text(node).replace("_", "")
        for kind in (int, float):
            try:
                return kind(digits)
            except ValueError:
                continue
        return DATA

    def _string(self, node: Node, scope: Scope) -> Seen:
        return self._filled("".join(map(_fragment, node.named_children)), scope)

    def _template_string(self, node: Node, scope: Scope) -> Seen:
        parts: list[Seen] = []
        for piece in node.named_children:
            if piece.type == "template_substitution":
                parts.append(self.look(first(piece), scope))
            else:
                parts.append(self._filled(_fragment(piece), scope))
        return join(parts)

    def _filled(self, literal: str, scope: Scope) -> Seen:
        """A literal, with what a template puts into it where it writes the code itself."""
        if literal == "FAILED":
            self.failures = True
        holes = scope.script.code.holes
        if not holes or not _HOLE.search(literal):
            return literal
        filled = unspell(literal, holes)
        return Joined(filled.parts) if isinstance(filled, Text) else filled

    def _object(self, node: Node, scope: Scope) -> Seen:
        made = Object()
        for member in node.named_children:
            match member.type:
                case "pair":
                    name = self._key(member.child_by_field_name("key"), scope)
                    value = self.use(member.child_by_field_name("value"), scope)
                    if name is None:
                        made.open = True
                    else:
                        made.members[name] = value
                case "shorthand_property_identifier":
                    made.members[text(member)] = self._identifier(member, scope)
                case "method_definition":
                    name = self._key(member.child_by_field_name("name"), scope)
                    made.members[name or ""] = Function(member, scope, made)
                case "spread_element":
                    self.spread(made, self.use(first(member), scope))
        return made

    def spread(self, made: Object, value: Seen) -> None:
        """Put all members of something into an object."""
        if isinstance(value, Object):
            made.members.update(value.members)
            made.open |= value.open
        elif value is not None:
            self.hands_on(value)
            made.members = {name: either((one, DATA)) for name, one in made.members.items()}
            made.open = True

    def _key(self, node: Node | None, scope: Scope) -> str | None:
        """The name of a member; None where it is computed when the code runs."""
        if node is None or node.type not in ("string", "computed_property_name"):
            return text(node)
        name = self.look(node if node.type == "string" else first(node), scope)
        return str(name) if isinstance(name, str | int) else None

    def _array(self, node: Node, scope: Scope) -> Seen:
        made = List()
        for item in node.named_children:
            if item.type == "spread_element":
                made.lead = made.lead if made.loose else len(made.items)
                self.extend(made, self.use(first(item), scope), scope, item)
            elif item.type != "comment":
                made.items.append(self.use(item, scope))
        return made

    def _arrow_function(self, node: Node, scope: Scope) -> Seen:
        return Function(node, scope)

    _function_expression = _generator_function = _arrow_function

    def _class(self, node: Node, scope: Scope) -> Seen:
        return self.define_class(node, scope)

    # --- operators -------------------------------------------------------------------------------

    def _parenthesized_expression(self, node: Node, scope: Scope) -> Seen:
        return self.value(first(node), scope)

    _as_expression = _satisfies_expression = _non_null_expression = _parenthesized_expression
    _instantiation_expression = _parenthesized_expression

    def _type_assertion(self, node: Node, scope: Scope) -> Seen:
        return self.value(node.named_children[-1], scope)

    def _sequence_expression(self, node: Node, scope: Scope) -> Seen:
        value: Seen = None
        for part in node.named_children:
            value = self.value(part, scope)
        return value

    def _await_expression(self, node: Node, scope: Scope) -> Seen:
        return self.awaited(self.value(first(node), scope))

    def awaited(self, value: Seen) -> Seen:
        """What a value is once it is waited for."""
        for one in alternatives(value):
            if isinstance(one, Pending):
                one.uses += 1
            elif isinstance(one, Foreign | Unknown):
                self.work += 1
        return settled(value)

    def _yield_expression(self, node: Node, scope: Scope) -> Seen:
        return settled(self.use(first(node), scope))

    def _unary_expression(self, node: Node, scope: Scope) -> Seen:
        argument = node.child_by_field_name("argument")
        operator = text(node.child_by_field_name("operator"))
        if operator == "void":
            self.value(argument, scope)
            return None
        value = self.look(argument, scope)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return -value if operator == "-" and is_number else DATA

    def _binary_expression(self, node: Node, scope: Scope) -> Seen:
        operator = text(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator in ("||", "??", "&&"):
            return self._logical(operator, left, right, scope)
        one, other = self.look(left, scope), self.look(right, scope)
        return _sum(one, other) if operator == "+" else DATA

    def _logical(self, operator: str, left: Node | None, right: Node | None, scope: Scope) -> Seen:
        one = self.look(left, scope)
        if operator == "&&" and left and left.type in ("number", "false") and not one:
            return one  # what follows is never run: esbuild writes it for others to read
        with self.situation(guard=(scope.script, left) if left else None):
            other, changes = self.apart(lambda: self.value(right, scope))
        self.merge([{}, changes])
        if operator == "&&":
            return either((DATA, other))
        # What follows is for where there is none.
        if isinstance(one, Variable) and isinstance(other, str | int | Variable):
            return one._replace(default=other)
        if isinstance(one, Variable | Given | Own):
            return one
        return other if one is None else either((one, other))

    def _ternary_expression(self, node: Node, scope: Scope) -> Seen:
        condition = node.child_by_field_name("condition")
        self.look(condition, scope)
        ways = []
        values = []
        with self.situation(guard=(scope.script, condition) if condition else None):
            for name in ("consequence", "alternative"):
                branch = node.child_by_field_name(name)
                value, changes = self.apart(partial(self.value, branch, scope))
                values.append(value)
                ways.append(changes)
        self.merge(ways)
        return either(values)

    def _assignment_expression(self, node: Node, scope: Scope) -> Seen:
        value = self.value(node.child_by_field_name("right"), scope)
        self.bind(node.child_by_field_name("left"), value, scope, declares=False)
        return value

    def _augmented_assignment_expression(self, node: Node, scope: Scope) -> Seen:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = text(node.child_by_field_name("operator")).removesuffix("=")
        if operator in ("||", "??", "&&"):
            value = self._logical(operator, left, right, scope)
        else:
            one, other = self.look(left, scope), self.look(right, scope)
            value = _sum(one, other) if operator == "+" else DATA
        self.bind(left, value, scope, declares=False)
        return value

    def _update_expression(self, node: Node, scope: Scope) -> Seen:
        self.bind(node.child_by_field_name("argument"), DATA, scope, declares=False)
        return DATA

    def _member_expression(self, node: Node, scope: Scope) -> Seen:
        holder = self.value(node.child_by_field_name("object"), scope)
        return self.member(holder, text(node.child_by_field_name("property")), scope, node)

    def _subscript_expression(self, node: Node, scope: Scope) -> Seen:
        holder = self.value(node.child_by_field_name("object"), scope)
        index = self.look(node.child_by_field_name("index"), scope)
        return self.member(holder, index, scope, node)

    # --- patterns --------------------------------------------------------------------------------

    def bind(self, pattern: Node | None, value: Seen, scope: Scope, *, declares: bool) -> None:
        """Give names to a value, or to parts of it."""
        if pattern is None:
            return
        match pattern.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                name = text(pattern)
                holder = scope if declares else scope.holding(name) or scope
                self.put(holder.names, name, value)
            case "object_pattern":
                self._bind_members(pattern, value, scope, declares=declares)
            case "array_pattern":
                self._bind_items(pattern, value, scope, declares=declares)
            case "assignment_pattern" | "object_assignment_pattern":
                value = self._or_default(value, pattern.child_by_field_name("right"), scope)
                self.bind(pattern.child_by_field_name("left"), value, scope, declares=declares)
            case "required_parameter" | "optional_parameter":
                self._bind_parameter(pattern, value, scope)
            case "member_expression" | "subscript_expression":
                self._bind_member(pattern, self.taken(value), scope)
            case "parenthesized_expression" | "non_null_expression" | "rest_pattern":
                self.bind(first(pattern), value, scope, declares=declares)

    def _or_default(self, value: Seen, default: Node | None, scope: Scope) -> Seen:
        if value is None:
            return self.use(default, scope)
        if isinstance(value, Variable):
            other = self.use(default, scope)
            return value._replace(default=other) if isinstance(other, str | int) else value
        return either((value, self.use(default, scope))) if value == DATA else value

    def _bind_members(self, pattern: Node, value: Seen, scope: Scope, *, declares: bool) -> None:
        for part in pattern.named_children:
            target: Node | None = part
            match part.type:
                case "pair_pattern":
                    name = self._key(part.child_by_field_name("key"), scope)
                    target = part.child_by_field_name("value")
                case "object_assignment_pattern":
                    name = text(part.child_by_field_name("left"))
                case "rest_pattern":
                    kept = isinstance(value, Given | Environment | Object | Package)
                    self.bind(part, value if kept else DATA, scope, declares=declares)
                    continue
                case _:
                    name = text(part)
            member = self.member(value, name, scope, part)
            self.bind(target, member, scope, declares=declares)

    def _bind_items(self, pattern: Node, value: Seen, scope: Scope, *, declares: bool) -> None:
        index = 0
        for part in pattern.children:
            if part.type == ",":
                index += 1
            elif part.type == "rest_pattern":
                self.hands_on(value)
                self.bind(part, DATA, scope, declares=declares)
            elif part.is_named:
                member = self.member(value, index, scope, part)
                self.bind(part, member, scope, declares=declares)

    def _bind_parameter(self, pattern: Node, value: Seen, scope: Scope) -> None:
        name = pattern.child_by_field_name("pattern")
        if default := pattern.child_by_field_name("value"):
            value = self._or_default(value, default, scope)
        self.bind(name, value, scope, declares=True)
        # https://www.typescriptlang.org/docs/handbook/2/classes.html#parameter-properties
        kept = any(one.type in ("accessibility_modifier", "readonly") for one in pattern.children)
        this = self.find("this", scope)
        if kept and isinstance(this, Object):
            self.put(this.members, text(name), value)

    def _bind_member(self, target: Node, value: Seen, scope: Scope) -> None:
        holder = self.value(target.child_by_field_name("object"), scope)
        if target.type == "member_expression":
            name: Seen = text(target.child_by_field_name("property"))
        else:
            name = self.look(target.child_by_field_name("index"), scope)
        for one in alternatives(holder):
            members = one.statics if isinstance(one, Class) else one
            if isinstance(members, Object) and isinstance(name, str | int):
                self.put(members.members, str(name), value)
            elif isinstance(members, Object):
                members.open = True
            elif isinstance(members, List):
                members.items.append(value)
                members.loose = True


def settled(value: Seen) -> Seen:
    """What becomes of promises."""
    if isinstance(value, Either):
        return either(settled(one) for one in value.values)
    while isinstance(value, Pending):
        value = value.value
    return value


def _sum(one: Seen, other: Seen) -> Seen:
    is_text = any(isinstance(term, str | Joined | Variable | Own) for term in (one, other))
    # A piece of the event and a number may be a number.
    may_be = any(isinstance(term, Given) for term in (one, other)) and not any(
        isinstance(term, int | float) for term in (one, other)
    )
    return join((one, other)) if is_text or may_be else DATA


def _fragment(node: Node) -> str:
    """A piece of a literal text."""
    written = text(node)
    if node.type != "escape_sequence":
        return written if node.type == "string_fragment" else ""
    if not (found := _CODE_POINT.fullmatch(written)):
        return _ESCAPES.get(written[1:], written[1:])
    code = int(next(filter(None, found.groups())), 16)
    return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"
