"""Requests of code over HTTP: which API, function URL or load balancer of the templates they are
for, and which functions answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lambdalint.graph.path import said, steps
from lambdalint.graph.reference import deployed, resolve
from lambdalint.graph.resource import Resource
from lambdalint.graph.said import settled
from lambdalint.graph.trigger import Trigger
from lambdalint.source.handler import Request
from lambdalint.value import Ref, spell, unspell

Triggers = Callable[[Resource], list[Trigger]]
Routes = Callable[[Trigger], list[str]]

_REST, _HTTP = "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"
_URL, _BALANCER = "AWS::Lambda::Url", "AWS::ElasticLoadBalancingV2::LoadBalancer"

# What stands at the beginning of a URL, and is followed by what.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
_BEGINNINGS = (
    (_REST, "", r"\.execute-api\.[^/]+"),
    (_HTTP, "", r"\.execute-api\.[^/]+"),
    (_HTTP, "ApiEndpoint", ""),
    (_URL, "FunctionUrl", ""),
    (_BALANCER, "DNSName", r"(?::\d+)?"),
)
_HEAD = re.compile(r"(?:https?://)?([\U000f0000-\U000fffff])(.*)", re.DOTALL)
_HOLE = re.compile("[\U000f0000-\U000fffff]")


class Answer(NamedTuple):
    """What answers a request: `owner` hands it to the functions of `triggers`, or to one of them.

    `route` is what they are reached by, "" where there is none or nobody can tell.
    """

    owner: Resource
    triggers: tuple[Trigger, ...]
    route: str = ""


class _Asked(NamedTuple):
    """A method ("" for any) and the steps of a path, None from where nobody can tell them."""

    method: str
    path: tuple[str | None, ...]

    @property
    def is_whole(self) -> bool:
        return bool(self.method) and None not in self.path


def answer(request: Request, caller: Resource, triggers: Triggers, routes: Routes) -> Answer | None:
    """What answers a request, if that is in the templates."""
    spelled = spell(settled(request.url, caller))
    head = _HEAD.match(spelled[0]) if spelled else None
    if spelled is None or head is None:
        return None
    pointer = unspell(head[1], spelled[1])
    owner = deployed(pointer, caller.scope) if isinstance(pointer, Ref) else None
    if not isinstance(pointer, Ref) or owner is None:
        return None
    for type, attribute, host in _BEGINNINGS:
        found = re.match(host, head[2])
        if (owner.type, pointer.attribute) == (type, attribute) and found:
            asked = _Asked(request.method, tuple(_steps(head[2][found.end() :])))
            return _answered(owner, asked, triggers, routes)
    return None


def _steps(path: str) -> Iterator[str | None]:
    for step in path.partition("?")[0].strip("/").split("/"):
        if _HOLE.search(step):
            yield None
            return
        if step:
            yield step


def _answered(owner: Resource, asked: _Asked, triggers: Triggers, routes: Routes) -> Answer | None:
    if owner.type == _URL:
        return _whole(owner, [one for one in triggers(owner) if one.via == owner])
    if owner.type == _BALANCER:
        return _whole(owner, list(_balanced(owner, triggers)))
    return _routed(owner, asked, triggers, routes)


def _whole(owner: Resource, found: list[Trigger]) -> Answer | None:
    return Answer(owner, tuple(found)) if found else None


# --- APIs -----------------------------------------------------------------------------------------


def _routed(api: Resource, asked: _Asked, triggers: Triggers, routes: Routes) -> Answer | None:
    fitting = [
        (closeness, route, trigger)
        for trigger in triggers(api)
        if trigger.source == api
        and trigger.kind.name in ("rest-api", "http-api")
        and trigger.wait.data is not None
        for route in routes(trigger)
        if (closeness := _fits(api, route, asked))
    ]
    if asked.is_whole and fitting:
        closest = max(closeness for closeness, *_ in fitting)
        fitting = [one for one in fitting if one[0] == closest]
    names = {route for _, route, _ in fitting}
    found = tuple({trigger.function: trigger for *_, trigger in fitting}.values())
    return Answer(api, found, names.pop() if len(names) == 1 else "") if found else None


def _fits(api: Resource, route: str, asked: _Asked) -> tuple[int, ...]:
    """How closely a route fits a request, () if it does not.

    The first step of a path is the stage, but for the stage `$default` of HTTP APIs.
    """
    if route == "$default":
        return (-1,)
    method, _, path = route.partition(" ")
    if method not in ("ANY", "*", "…", asked.method) and asked.method:
        return ()
    wanted = [step for step in path.split("/") if step]
    every = [asked.path[1:]] if api.type == _REST else [asked.path, asked.path[1:]]
    found = (_along(wanted, steps) for steps in every)
    return max((one for one in found if one), default=())


def _along(wanted: list[str], steps: tuple[str | None, ...]) -> tuple[int, ...]:
    closeness = [0]
    for index, want in enumerate(wanted):
        step = steps[index] if index < len(steps) else ""
        if step == "":
            return ()
        if step is None or want == "…" or want.endswith("+}"):
            return (*closeness, 0)
        if want != step and not want.startswith("{"):
            return ()
        closeness.append(2 if want == step else 1)
    further = steps[len(wanted) : len(wanted) + 1]
    return tuple(closeness) if further in ((), (None,)) else ()


# --- load balancers -------------------------------------------------------------------------------

_GROUPS = (
    ("DefaultActions", "AWS::ElasticLoadBalancingV2::Listener"),
    ("Actions", "AWS::ElasticLoadBalancingV2::ListenerRule"),
)


def _balanced(balancer: Resource, triggers: Triggers) -> Iterator[Trigger]:
    """The functions behind the listeners of a load balancer."""
    scope = balancer.scope
    listeners: set[Any] = set()
    for actions, type in _GROUPS:
        for declaration in scope.template.resources.values():
            if declaration.type != type or not scope.open(declaration.gates):
                continue
            one = Resource(declaration, scope)
            listener = resolve(one.get("ListenerArn").data, scope)
            if resolve(one.get("LoadBalancerArn").data, scope) == balancer:
                listeners.add(one)
            elif listener not in listeners:
                continue
            for group in _groups(one, actions):
                yield from triggers(group)


def _groups(one: Resource, actions: str) -> Iterator[Resource]:
    for path in (
        f"{actions}[].TargetGroupArn",
        f"{actions}[].ForwardConfig.TargetGroups[].TargetGroupArn",
    ):
        for value, _ in said(one.get(), steps(path), one.scope):
            group = resolve(value.data, one.scope)
            if isinstance(group, Resource):
                yield group
