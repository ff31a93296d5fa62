"""API Gateway: where REST and HTTP APIs name the functions behind them, OpenAPI bodies included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.facts import (
    APIGW_HTTP_INTEGRATION_TIMEOUT_MS,
    APIGW_REST_INTEGRATION_TIMEOUT_MS,
    APIGW_WEBSOCKET_INTEGRATION_TIMEOUT_MS,
)
from lambdalint.graph.reference import resolve
from lambdalint.graph.resource import External, Resource, descend, number
from lambdalint.settled import Map
from lambdalint.template import Declaration, Gate, Gated, entries
from lambdalint.value import Value

_WAIT_MS = {
    "rest-api": APIGW_REST_INTEGRATION_TIMEOUT_MS,
    "http-api": APIGW_HTTP_INTEGRATION_TIMEOUT_MS,
    "websocket-api": APIGW_WEBSOCKET_INTEGRATION_TIMEOUT_MS,
}

_EXTENSION = "x-amazon-apigateway-integration"
_ANY = "x-amazon-apigateway-any-method"
METHODS = frozenset(
    ("get", "put", "post", "delete", "options", "head", "patch", "trace", _ANY),
)

# Types whose whole properties are one integration: the key under them, and the one with the URI.
_DIRECT = {
    "AWS::ApiGateway::Method": ("Integration",),
    "AWS::ApiGatewayV2::Integration": (),
    "AWS::ApiGateway::Authorizer": (),
    "AWS::ApiGatewayV2::Authorizer": (),
}
# The property that tells to which API they belong.
OWNERS = {
    "AWS::ApiGateway::Method": "RestApiId",
    "AWS::ApiGateway::Authorizer": "RestApiId",
    "AWS::ApiGatewayV2::Integration": "ApiId",
    "AWS::ApiGatewayV2::Authorizer": "ApiId",
}
_BODIES = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
TYPES = (*_DIRECT, *_BODIES)


class Integration(NamedTuple):
    """What stands behind a method or route: `wait_ms` is how long the API waits for it.

    `asynchronous` integrations answer at once; a `streaming` one may go on after the limit.
    """

    kind: str
    api: Resource | External | None
    uri: Value
    wait_ms: Value
    credentials: Value
    asynchronous: bool
    streaming: bool


def places(declaration: Declaration) -> Iterator[Gated]:
    """Where the resource may name a function."""
    properties = declaration.written.get("Properties")
    if declaration.type in _DIRECT:
        yield (), properties
        return
    if declaration.type == "AWS::ApiGatewayV2::Api" and properties.get("Target").data is not None:
        yield (), properties
    for name, gates, body in entries(properties):
        if name == "Body":
            yield from ((around, entry) for _, around, entry in operations(body, gates))
            yield from _authorizers(body, gates)


def operations(
    body: Value, gates: tuple[Gate, ...] = ()
) -> Iterator[tuple[str, tuple[Gate, ...], Value]]:
    """The integrations of an OpenAPI body, each with the request that it is for."""
    for key, around, paths in entries(body, gates):
        if key != "paths":
            continue
        for path, inside, methods in entries(paths, around):
            for method, within, operation in entries(methods, inside):
                if method.lower() not in METHODS:
                    continue
                for extension, deep, integration in entries(operation, within):
                    if extension == _EXTENSION:
                        yield request(method, path), deep, integration


def request(method: str, path: str) -> str:
    """The request that an operation of a body is for."""
    verb = "ANY" if method.lower() == _ANY else method.upper()
    return path if path == "$default" else f"{verb} {path}"


def _authorizers(body: Value, gates: tuple[Gate, ...]) -> Iterator[Gated]:
    """Security schemes of OpenAPI 3, security definitions of Swagger 2."""
    for key, around, part in entries(body, gates):
        if key == "securityDefinitions":
            yield from _schemes(part, around)
        elif key == "components":
            for name, inside, schemes in entries(part, around):
                if name == "securitySchemes":
                    yield from _schemes(schemes, inside)


def _schemes(schemes: Value, gates: tuple[Gate, ...]) -> Iterator[Gated]:
    for _, around, scheme in entries(schemes, gates):
        for extension, inside, authorizer in entries(scheme, around):
            if extension == "x-amazon-apigateway-authorizer":
                yield inside, authorizer


def integration(via: Resource, entry: Value) -> Integration | None:
    """The integration that an entry of `places` is in its world; None for what calls nothing."""
    match via.type:
        case "AWS::ApiGateway::Authorizer":
            return _authorizer(via, entry, "AuthorizerUri", "AuthorizerCredentials")
        case "AWS::ApiGatewayV2::Authorizer":
            return _authorizer(via, entry, "AuthorizerUri", "AuthorizerCredentialsArn")
        case "AWS::ApiGateway::Method":
            return _of("rest-api", _owner(via), descend(entry, "Integration"), _UPPER)
        case "AWS::ApiGatewayV2::Integration":
            owner = _owner(via)
            return _of(_protocol(owner), owner, entry, _V2)
        case "AWS::ApiGatewayV2::Api" if descend(entry, "Target").data is not None:
            target = descend(entry, "Target")
            return Integration(
                "http-api",
                via,
                target,
                Value(_WAIT_MS["http-api"], target.at),
                descend(entry, "CredentialsArn"),
                asynchronous=False,
                streaming=False,
            )
    if descend(entry, "authorizerUri").data is not None:
        return _authorizer(via, entry, "authorizerUri", "authorizerCredentials")
    kind = "rest-api" if via.type == "AWS::ApiGateway::RestApi" else _protocol(via)
    return _of(kind, via, entry, _LOWER)


def _owner(via: Resource) -> Resource | External | None:
    return resolve(via.get(OWNERS[via.type]).data, via.scope)


def _protocol(api: Resource | External | None) -> str:
    websocket = isinstance(api, Resource) and api.get("ProtocolType").data == "WEBSOCKET"
    return "websocket-api" if websocket else "http-api"


# The parameter that lets a REST API invoke without waiting: a header, in whatever case.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html
_INVOCATION_TYPE = "integration.request.header.x-amz-invocation-type"


def invocation_type(parameters: Value) -> Value:
    """How an integration invokes its function; None if its parameters do not say."""
    names = parameters.data.raw if isinstance(parameters.data, Map) else ()
    spelled = (name for name in names if name.lower() == _INVOCATION_TYPE)
    return descend(parameters, next(spelled, _INVOCATION_TYPE))


class _Spelling(NamedTuple):
    """The same settings have other names in each place."""

    uri: str
    wait: str
    credentials: str
    parameters: str
    transfer: str


_UPPER = _Spelling(
    "Uri", "TimeoutInMillis", "Credentials", "RequestParameters", "ResponseTransferMode"
)
_V2 = _Spelling(
    "IntegrationUri",
    "TimeoutInMillis",
    "CredentialsArn",
    "RequestParameters",
    "ResponseTransferMode",
)
_LOWER = _Spelling(
    "uri", "timeoutInMillis", "credentials", "requestParameters", "responseTransferMode"
)


def _of(
    kind: str, api: Resource | External | None, settings: Value, spelling: _Spelling
) -> Integration | None:
    uri = descend(settings, spelling.uri)
    if uri.data is None:
        return None
    written = descend(settings, spelling.wait)
    wait = Value(_WAIT_MS[kind], settings.at) if written.data is None else number(written)
    invocation = invocation_type(descend(settings, spelling.parameters))
    return Integration(
        kind,
        api,
        uri,
        wait,
        descend(settings, spelling.credentials),
        # A constant stands in single quotes. A value out of the request may be anything.
        asynchronous=invocation.data is not None and invocation.data != "'RequestResponse'",
        streaming=descend(settings, spelling.transfer).data not in (None, "BUFFERED")
        or "response-streaming-invocations" in str(uri.data),
    )


def _authorizer(via: Resource, entry: Value, uri: str, credentials: str) -> Integration | None:
    written = descend(entry, uri)
    if written.data is None:
        return None
    return Integration(
        "authorizer",
        via if via.type in _BODIES else _owner(via),
        written,
        Value(None, written.at),
        descend(entry, credentials),
        asynchronous=False,
        streaming=False,
    )
