"""Members of things: attributes, items of mappings and lists, what loops see of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdalint.source.handler import EACH
from lambdalint.source.python import aws, library
from lambdalint.source.python.module import Module
from lambdalint.source.python.state import State, variable
from lambdalint.source.python.values import (
    ANYTHING,
    BUILTINS,
    HARMLESS,
    NOTHING,
    Arguments,
    Builtin,
    Class,
    Context,
    Dict,
    Either,
    Event,
    Foreign,
    Function,
    Instance,
    List,
    Method,
    Parent,
    Response,
    Scope,
    Thing,
    either,
    ways,
)
from lambdalint.value import Place, Unknown


class Members(State):
    """Looks into values and changes them."""

    def each(self, value: Any, of: Callable[[Any], Any]) -> Any:
        """What is done to each way of a value; None is nothing that somebody uses."""
        if not isinstance(value, Either):
            return of(value)
        return either(*(of(way) for way in value.ways if way is not None))

    def member(self, value: Any, name: str, at: Place) -> Any:
        """An attribute."""
        match value:
            case Foreign():
                return library.constant(f"{value.name}.{name}")
            case Module():
                return self.module_member(value, name)
            case Instance():
                return self._instance_member(value, name, at)
            case Class():
                return self._class_member(value, name)
            case Parent():
                return self._parent_member(value, name)
            case Context():
                return library.context(name)
            case str() if name in ("value", "name"):  # of an enumeration
                return value
        return aws.attribute(value, name) if aws.is_boto(value) else Method(value, name)

    def scope_of(self, module: Module) -> Scope:
        """The names of a module."""
        raise NotImplementedError

    def module_member(self, module: Module, name: str) -> Any:
        """What a module of the code has under a name."""
        raise NotImplementedError

    def _instance_member(self, instance: Instance, name: str, at: Place) -> Any:
        if name in instance.attributes:
            found = instance.attributes[name]
            return None if found is NOTHING else found
        found = instance.cls.find(name)
        if found is NOTHING:
            return None
        if isinstance(found, Function):
            if found.kind == "property":
                return self.run(found.bind(instance), Arguments(), at)
            if found.kind == "staticmethod":
                return found
            return found.bind(instance.cls if found.kind == "classmethod" else instance)
        if found is not None:
            return found
        if name == "__class__":
            return instance.cls
        return self._inherited(instance.cls)

    def _inherited(self, cls: Class) -> Any:
        """What comes from classes of libraries."""
        harmless = all(library.is_harmless(one) or one in BUILTINS for one in cls.foreign())
        return HARMLESS if harmless else ANYTHING

    def _class_member(self, cls: Class, name: str) -> Any:
        found = cls.find(name)
        if found is NOTHING:
            return None
        if isinstance(found, Function) and found.kind == "classmethod":
            return found.bind(cls)
        return self._inherited(cls) if found is None else found

    def _parent_member(self, parent: Parent, name: str) -> Any:
        for base in parent.cls.bases:
            found = base.find(name) if isinstance(base, Class) else None
            if isinstance(found, Function):
                return found.bind(parent.instance)
            if found is not None:
                return found
        return Builtin("object.__new__") if name == "__new__" else self._inherited(parent.cls)

    def item(self, value: Any, key: Any, at: Place) -> Any:
        """A member of a mapping or list, or what its library gives instead."""
        match value:
            case Event():
                is_step = isinstance(key, str | int) and not isinstance(key, bool) and key != -1
                return self.take(value.below(key if is_step else EACH, at))
            case Response():
                return aws.member(value, key)
            case Dict():
                return _value_of(value, key)
            case List():
                return _element_of(value, key)
            case Foreign("os.environ"):
                return variable(key)
            case Class():  # `Enum["NAME"]`, `Generic[T]`
                return value.find(key) if isinstance(key, str) and value.find(key) else value
            case Foreign(name):
                return HARMLESS if library.is_harmless(name) else ANYTHING
        return ANYTHING if isinstance(origin(value), Unknown | Instance) else HARMLESS

    def elements(self, value: Any, at: Place) -> Any:
        found = [self._elements(way, at) for way in ways(value) if way is not None]
        return either(*found) if found else HARMLESS

    def _elements(self, value: Any, at: Place) -> Any:
        match value:
            case Event():
                return self.take(value.below(EACH, at))
            case List():
                found = either(*value.items) if value.items else HARMLESS
                return either(found, HARMLESS) if value.is_open and found != HARMLESS else found
            case Thing(kind="Objects"):
                return Thing("s3", "Object", {**value.known, "Key": HARMLESS})
            case Response():
                value.checked = True
                return HARMLESS
            case Unknown():
                return ANYTHING
        return HARMLESS

    def update(self, into: Dict, value: Any) -> None:
        """Put the members of another mapping into one."""
        if isinstance(value, Dict):
            for key, one in value.items.items():
                self.put(into, key, one)
            into.is_open = into.is_open or value.is_open
        else:
            self.keep(value)
            into.is_open = True

    def put(self, into: Dict, key: str, value: Any) -> None:
        """Set a member; in a branch that may not be taken, nobody knows it afterwards."""
        if into.born != self.branch[: len(into.born)] or len(self.branch) > len(into.born):
            value = either(into.items.get(key), value)
        into.items[key] = value

    def keep(self, value: Any) -> None:
        """A value goes into another one, where it is not followed."""
        for way in ways(value):
            if isinstance(way, Response | Event):
                self.hand_over(way)

    def set_member(self, owner: Any, name: str, value: Any) -> None:
        """Give an attribute a value; in a branch that may not be taken, it may have the old one, too."""
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

    def set_item(self, owner: Any, key: Any, value: Any) -> None:
        """Give a member of a mapping or list a value."""
        self.keep(value)
        if isinstance(owner, Dict):
            if isinstance(key, str):
                self.put(owner, key, value)
            else:
                owner.is_open = True
        elif isinstance(owner, List):
            owner.extend([value])


def origin(value: Any) -> Any:
    """What something is a member of, itself if of nothing."""
    while isinstance(value, Method):
        value = value.receiver
    return value


def _value_of(mapping: Dict, key: Any) -> Any:
    if isinstance(key, str) and key in mapping.items:
        return mapping.items[key]
    members = [*mapping.items.values()]
    return ANYTHING if mapping.is_open else either(*members) if members else HARMLESS


def _element_of(elements: List, key: Any) -> Any:
    is_known = isinstance(key, int) and not elements.is_open
    if is_known and -len(elements.items) <= key < len(elements.items):
        return elements.items[key]
    return either(*elements.items) if elements.items and not elements.is_open else HARMLESS
