"""What events pass through: resources, and what belongs to nobody's template."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias

from lambdalint.graph.act import BUS
from lambdalint.graph.reference import called, function
from lambdalint.graph.resource import External, Resource
from lambdalint.graph.trigger import DEFAULT_BUS
from lambdalint.value import Ref, Text, Unknown, placeholder, spell, unspell
from lambdalint.world import Scope

Node: TypeAlias = Resource | External

# What devices and rules publish, whatever its topic.
MESSAGES = External("iot", "MQTT")
# What is logged anywhere in the account.
LOGS = External("logs", "all log groups")


@dataclass(frozen=True, slots=True)
class LogGroup(External):
    """The log group that Lambda makes for a function."""

    owner: Resource | None = None

    @classmethod
    def of(cls, owner: Resource) -> LogGroup:
        return cls("logs", f"the logs of {owner.name}", owner=owner)


def type_of(node: Node) -> str:
    """The type of a resource, though it be outside of the templates."""
    if isinstance(node, External):
        return BUS if node.service == "events" else node.service
    return node.type


def key_of(node: Node, near: Resource) -> Hashable:
    """What tells a node from others in the application, and in the place, that a resource is in."""
    if isinstance(node, Resource):
        return node.declaration
    template = near.template
    root = template.family[0] if template.family else template
    place = (template.fixed.get("AWS::Region"), template.fixed.get("AWS::AccountId"))
    return root, place, node


def bus(name: Any, scope: Scope) -> Node | None:
    """The bus that a name or an ARN means; None if nobody can tell."""
    if name is None or name in ("", "default"):
        return DEFAULT_BUS
    if (said := placeholder(name)) and isinstance(name, Unknown):
        return External("events", said)  # the same parameter is the same bus
    spelled = spell(name)
    if spelled and _is_elsewhere(*spelled, scope):
        return External("events", str(name))
    found = called(BUS, name, scope)
    if isinstance(found, Resource):
        return found if found.type == BUS else None
    if found is None or spelled is None or any(map(_is_vague, spelled[1])):
        return None
    last = unspell(spelled[0].rpartition("/")[2], spelled[1])
    return bus(last, scope) if last != name else External("events", str(last))


def _is_elsewhere(name: str, holes: tuple[Ref | Unknown, ...], scope: Scope) -> bool:
    """Whether an ARN is that of a bus in another region or account, or may well be.

    Who means his own writes both as pseudo parameters, or both out.
    """
    if not (arn := _ARN.match(name)):
        return False
    said = [unspell(piece, holes) for piece in arn.groups()]
    known = [scope.template.fixed.get(key) for key in _PLACE]
    if all(isinstance(piece, str) for piece in said):
        pairs = zip(said, known, strict=True)
        return any(place is not None and piece != place for piece, place in pairs)
    own = [Ref(key) if place is None else place for key, place in zip(_PLACE, known, strict=True)]
    return said != own


_ARN = re.compile(r"arn:[^:]*:events:([^:]*):([^:]*):event-bus/")
_PLACE = ("AWS::Region", "AWS::AccountId")


def _is_vague(hole: Any) -> bool:
    return isinstance(hole, Unknown) and not hole.parameter


def log_group(name: Any, scope: Scope) -> Node | None:
    """The log group of a name; None if nobody can tell."""
    group = called("AWS::Logs::LogGroup", name, scope)
    written = group.get("LogGroupName").data if isinstance(group, Resource) else name
    if owner := _owner(written, scope):
        return LogGroup.of(owner)
    if isinstance(group, Resource):
        return group
    return External("logs", name) if isinstance(name, str) else None


def _owner(name: Any, scope: Scope) -> Resource | None:
    """The function whose log group has a name, if it has not been given another one."""
    spelled = spell(name) if isinstance(name, str | Text) else None
    if spelled is None or not spelled[0].startswith(_PREFIX):
        return None
    found = function(unspell(spelled[0].removeprefix(_PREFIX), spelled[1]), scope)
    owner = found.function if found else None
    is_its_own = isinstance(owner, Resource) and _told(owner).data is None
    return owner if isinstance(owner, Resource) and is_its_own else None


# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
_PREFIX = "/aws/lambda/"


def _told(owner: Resource) -> Any:
    return owner.get("LoggingConfig", "LogGroup")


def logs_of(owner: Resource) -> Node | None:
    """The log group that a function writes to."""
    told = _told(owner).data
    return LogGroup.of(owner) if told is None else log_group(told, owner.scope)
