"""Requests: which methods and paths of an API reach an integration, however they are written."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from lambdalint.graph.api import operations
from lambdalint.graph.reference import resolve
from lambdalint.graph.resource import Resource
from lambdalint.graph.trigger import Trigger
from lambdalint.settled import Map
from lambdalint.template import Declaration, entries
from lambdalint.value import Ref, Value, placeholder

_UNTOLD = "…"  # a piece of a path that the template does not tell


def requests(trigger: Trigger) -> list[str]:
    """The requests that an API hands to the function of a trigger; none for other triggers."""
    via = trigger.via
    if trigger.kind.name not in ("rest-api", "http-api", "websocket-api"):
        return []
    match via.type:
        case "AWS::ApiGateway::Method":
            return [reached_by(via)]
        case "AWS::ApiGatewayV2::Integration":
            return _routes(via).get(via.declaration, [])
        case "AWS::ApiGatewayV2::Api" if via.get("Target").data is not None:
            key = via.get("RouteKey")
            return ["$default" if key.data is None else _said(key)]
    return _operation(via, trigger.settings.data)


def reached_by(entry: Resource) -> str:
    """The request that a method or route is for."""
    if entry.type == "AWS::ApiGatewayV2::Route":
        return _said(entry.get("RouteKey"))
    return f"{_said(entry.get('HttpMethod'))} {_path(entry)}"


def _path(method: Resource) -> str:
    """The path of a method: its resource is the last of a chain that starts at the API."""
    pieces: list[str] = []
    end = method.get("ResourceId").data
    for _ in range(_LONGEST):
        resource = resolve(end, method.scope) if isinstance(end, Ref) else None
        if not isinstance(resource, Resource) or resource.type != "AWS::ApiGateway::Resource":
            break
        pieces.insert(0, _said(resource.get("PathPart")))
        end = resource.get("ParentId").data
    is_root = isinstance(end, Ref) and end.attribute == "RootResourceId"
    return "/".join(["" if is_root else _UNTOLD, *pieces]) or "/"


# Paths are shorter; a circle of resources is longer.
_LONGEST = 50


def _routes(integration: Resource) -> dict[Declaration, list[str]]:
    """The routes of each integration in the template of one."""
    scope, memory = integration.scope, integration.world.memory
    key = _routes, scope.template
    if key not in memory:
        found: dict[Declaration, list[str]] = defaultdict(list)
        for declaration in scope.template.resources.values():
            if declaration.type == "AWS::ApiGatewayV2::Route" and scope.open(declaration.gates):
                route = Resource(declaration, scope)
                for target in _pointers(route.get("Target").data):
                    end = resolve(target, scope)
                    if isinstance(end, Resource):
                        found[end.declaration].append(reached_by(route))
        memory[key] = dict(found)
    routes: dict[Declaration, list[str]] = memory[key]
    return routes


def _pointers(data: Any) -> list[Ref]:
    """The pointers in `integrations/${Integration}`, in whatever form."""
    parts = getattr(data, "parts", (data,))
    return [part for part in parts if isinstance(part, Ref)]


def _operation(api: Resource, integration: Any) -> list[str]:
    """The request of an integration in the body of an API."""
    memory = api.world.memory
    key = _operation, api.declaration
    if key not in memory:
        memory[key] = {
            id(entry.data): request
            for name, gates, body in entries(api.declaration.written.get("Properties"))
            if name == "Body"
            for request, _, entry in operations(body, gates)
        }
    named = memory[key].get(id(integration.raw)) if isinstance(integration, Map) else None
    return [named] if named else []


def _said(value: Value) -> str:
    return value.data if isinstance(value.data, str) else placeholder(value.data) or _UNTOLD
