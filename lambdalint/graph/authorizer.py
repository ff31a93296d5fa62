"""Authorizers of APIs: how long their answers are kept, and for how many requests."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.facts import APIGW_AUTHORIZER_TTL_S
from lambdalint.graph.api import METHODS, request
from lambdalint.graph.reference import resolve
from lambdalint.graph.request import reached_by
from lambdalint.graph.resource import Resource, descend, number
from lambdalint.graph.trigger import Trigger
from lambdalint.settled import Map, Seq
from lambdalint.template import Declaration, entries
from lambdalint.value import Value

_GUARDED = {
    "AWS::ApiGateway::Authorizer": "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Authorizer": "AWS::ApiGatewayV2::Route",
}
_REST = ("AWS::ApiGateway::Authorizer", "AWS::ApiGateway::RestApi")


def kept(trigger: Trigger) -> Value:
    """For how many seconds an API keeps the policies of its authorizer; 0 for none.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
    """
    written = number(_setting(trigger, "AuthorizerResultTtlInSeconds"))
    sources = _setting(trigger, "IdentitySource")
    simple = _setting(trigger, "EnableSimpleResponses").data
    # A part of the key that tells requests apart tells their policies apart.
    apart = "$context." in str(_plain(sources)) or "context." in str(_plain(sources))
    if trigger.via.type in _REST:
        # https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
        default = (
            0 if _kind(trigger) == "REQUEST" and sources.data is None else APIGW_AUTHORIZER_TTL_S
        )
        return Value(0 if apart else default, written.at) if written.data is None else written
    if apart or simple not in (None, False, "false") or sources.data is None:
        return Value(0, written.at)
    return Value(0, written.at) if written.data is None else written


def _kind(trigger: Trigger) -> str:
    return str(_setting(trigger, "Type").data).upper()


def _setting(trigger: Trigger, name: str) -> Value:
    """A setting of the authorizer, as resources or as OpenAPI spell it."""
    own = descend(trigger.settings, name)
    return descend(trigger.settings, name[0].lower() + name[1:]) if own.data is None else own


def _plain(value: Value) -> object:
    return [one.data for one in value.data] if isinstance(value.data, Seq) else value.data


def guarded(trigger: Trigger) -> list[str]:
    """The requests that an authorizer is asked about, as far as the template tells.

    Browsers ask with OPTIONS first, and say there nothing of who they are.
    """
    return [one for one in _guarded(trigger) if not one.startswith("OPTIONS ")]


def is_wide(request: str) -> bool:
    """Whether a request stands for many, each of which authorizers are told about.

    https://repost.aws/knowledge-center/api-gateway-lambda-authorization-errors
    """
    return request.startswith("ANY ") or request == "$default" or "/{" in request


def _guarded(trigger: Trigger) -> list[str]:
    via, scope = trigger.via, trigger.via.scope
    if via.type in _GUARDED:
        guarding = (
            Resource(one, scope)
            for one in scope.template.resources.values()
            if one.type == _GUARDED[via.type] and scope.open(one.gates)
        )
        return [
            reached_by(one)
            for one in guarding
            if resolve(one.get("AuthorizerId").data, scope) == via
        ]
    settings = trigger.settings.data
    raw = settings.raw if isinstance(settings, Map) else None
    names = [name for name, scheme in _schemes(via.declaration) if scheme.data is raw]
    return [one for one, asked in _secured(via) if names and names[0] in asked]


def _schemes(api: Declaration) -> Iterator[tuple[str, Value]]:
    """The authorizers of a body, by the names of their schemes."""
    for way in (("securityDefinitions",), ("components", "securitySchemes")):
        for name, scheme in _below(api.written.get("Properties"), ("Body", *way)):
            for key, authorizer in _below(scheme, ()):
                if key == "x-amazon-apigateway-authorizer":
                    yield name, authorizer


def _below(value: Value, way: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
    """The entries of a mapping that lies at a path, behind whatever conditions."""
    for name, _, member in entries(value):
        if not way:
            yield name, member
        elif name == way[0]:
            yield from _below(member, way[1:])


def _secured(api: Resource) -> Iterator[tuple[str, list[str]]]:
    """The operations, each with the names of the schemes that it asks for."""
    body = api.get("Body")
    common = _names(descend(body, "security"))
    paths = descend(body, "paths").data
    for path, methods in paths.items() if isinstance(paths, Map) else ():
        for method, operation in methods.data.items() if isinstance(methods.data, Map) else ():
            if method.lower() in METHODS:
                own = descend(operation, "security")
                yield request(method, path), common if own.data is None else _names(own)


def _names(security: Value) -> list[str]:
    listed = security.data if isinstance(security.data, Seq) else ()
    return [name for one in listed if isinstance(one.data, Map) for name in one.data]
