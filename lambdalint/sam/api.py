"""APIs of SAM: explicit and implicit ones, and the routes that functions add to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lambdalint.sam.merge import gated
from lambdalint.template import Declaration, Gate, alternatives
from lambdalint.value import Place, Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application
    from lambdalint.sam.events import Event

_REST, _HTTP = "ServerlessRestApi", "ServerlessHttpApi"
_ANY = "x-amazon-apigateway-any-method"
_DEFAULT = "$default"
_EXTENSION = "x-amazon-apigateway-integration"
_GATEWAY = "arn:${AWS::Partition}:apigateway:${AWS::Region}:"
_SOURCE_ARN = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"
# The role that calls with the credentials of whoever calls the API.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
_CALLER = "arn:${AWS::Partition}:iam::*:user/*"
_VARIABLE = re.compile(r"{[a-zA-Z0-9._-]+\+?}")


def uri(function: Any, *, streaming: bool = False) -> dict[str, Any]:
    """Where APIs call a function.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
    """
    version, invocations = "2015-03-31", "invocations"
    if streaming:
        version, invocations = "2021-11-15", "response-streaming-invocations"
    path = f"lambda:path/{version}/functions/${{Function}}/{invocations}"
    return sub(f"{_GATEWAY}{path}", Function=function)


def sub(text: str, **variables: Any) -> dict[str, Any]:
    """An `Fn::Sub` with variables of its own."""
    return {"Fn::Sub": [text, variables]}


# --- events ---------------------------------------------------------------------------------------


def add_rest_event(event: Event) -> None:
    """A method of a REST API that invokes the function."""
    properties = event.properties
    owner = _owner(event, "RestApiId", _REST)
    path, method = properties.get("Path").data, properties.get("Method").data
    if not isinstance(path, str) or not isinstance(method, str):
        return
    verb = "*" if method.lower() == "any" else method.upper()
    event.permit(
        "apigateway.amazonaws.com",
        _source(event, "RestApiId", owner, f"{verb}{_pattern(path)}"),
        suffix=_stage(event, owner),
    )
    if not owner:
        return
    streaming = properties.get("ResponseTransferMode").data == "RESPONSE_STREAM"
    integration = {
        **_proxy(event, streaming=streaming),
        "credentials": _credentials(event, owner),
        **({"responseTransferMode": "STREAM"} if streaming else {}),
    }
    if event.application.properties(_now(event, owner)).get("MergeDefinitions").data is True:
        # Merging knows no other name for all methods than that of the event.
        _route(event, owner, path, method.lower(), integration)
    elif _is_managed(event, owner):
        _route(event, owner, path, _verb(method), integration)


def add_http_event(event: Event) -> None:
    """A route of an HTTP API that invokes the function; without a path it is the default route."""
    owner = _owner(event, "ApiId", _HTTP)
    path = event.properties.get("Path").data or _DEFAULT
    method = event.properties.get("Method").data or _ANY
    if not isinstance(path, str) or not isinstance(method, str):
        return
    if path == _DEFAULT or not owner or not _has_default_route(event, owner):
        verb = "*" if _verb(method) == _ANY else method.upper()
        route = f"{verb}{'' if path == _DEFAULT else _pattern(path)}"
        source = _source(event, "ApiId", owner, "$default" if route == "*/$default" else route)
        event.permit("apigateway.amazonaws.com", source)
    if owner and _now(event, owner).written.get("Properties", "DefinitionUri").data is None:
        place = _place(path, _verb(method))
        known = _now(event, owner).written.get("Properties", *place)
        _route(event, owner, path, _verb(method), _proxy(event), keeping=True)
        for name, value in event.given("TimeoutInMillis").items() if known.data else ():
            event.application.change(owner, (*place, _camel(name)), value)


def add_start(event: Event, role: Value) -> None:
    """A method of a REST API that starts a state machine."""
    owner = _owner(event, "RestApiId", _REST)
    path, method = event.properties.get("Path").data, event.properties.get("Method").data
    if not owner or not isinstance(path, str) or not isinstance(method, str):
        return
    if _is_managed(event, owner):
        start = {
            "type": "aws",
            "httpMethod": "POST",
            "uri": {"Fn::Sub": f"{_GATEWAY}states:action/StartExecution"},
            "credentials": role,
        }
        _route(event, owner, path, _verb(method), start)


def _owner(event: Event, name: str, implicit: str) -> str:
    """The id of the API that a route belongs to, "" if it is not in the template."""
    written = event.properties.get(name)
    id = written.get("Ref").data if isinstance(written.data, dict) else written.data
    if written.data is not None and id != implicit:
        return id if isinstance(id, str) and id in event.application.written else ""
    kind = "Api" if implicit == _REST else "HttpApi"
    stage = {"StageName": "Prod"} if implicit == _REST else {}
    return event.application.share(
        implicit,
        f"AWS::Serverless::{kind}",
        stage,
        event.at,
        origin=event.target.declaration,
        gates=(*event.target.declaration.gates, *event.gates),
    )


def _now(event: Event, owner: str) -> Declaration:
    """An API with the routes that events have added to it so far."""
    return event.application.template.resources[owner]


def _source(event: Event, name: str, owner: str, route: str) -> dict[str, Any]:
    """The ARN of a route in every stage."""
    written = event.properties.get(name)
    api = written if written.data is not None else {"Ref": owner}
    return sub(f"{_SOURCE_ARN}*/{route}", Api=api)


def _pattern(path: str) -> str:
    """A path as permissions name it: variables are anything."""
    return _VARIABLE.sub("*", path.rstrip("/") or "/")


def _verb(method: str) -> str:
    return _ANY if method.lower() in ("any", _ANY) else method.lower()


def _camel(name: str) -> str:
    return f"{name[0].lower()}{name[1:]}"


def _stage(event: Event, owner: str) -> str:
    """The stage, by which SAM names the permission; one that no id may hold is left out here."""
    if not owner:
        return "AllStages"
    stage = _now(event, owner).written.get("Properties", "StageName").data
    if not isinstance(stage, str):
        return "Stage"
    return stage if stage.isalnum() else ""


def _is_managed(event: Event, owner: str) -> bool:
    """Whether SAM alone writes the API's definition."""
    declared = event.application.written.get(owner)
    properties = declared.written.get("Properties") if declared else Value({}, event.at)
    return not (properties.get("DefinitionBody").data or properties.get("DefinitionUri").data)


def _has_default_route(event: Event, owner: str) -> bool:
    """Whether the function has the default route too, whose permission covers all others."""
    properties = _now(event, owner).written.get("Properties")
    called = properties.get(*_place(_DEFAULT, _ANY), "uri", "Fn::Sub")
    arn = f"${{{event.target.id}.Arn}}"
    own = called.get(1, "Function").data == {"Fn::GetAtt": [event.target.id, "Arn"]}
    return not event.target.alias and (own or arn in str(called.data))


def _credentials(event: Event, owner: str) -> Value:
    """The role with which an API calls where it knows its callers by IAM; None for no role."""
    written = event.properties.get("Auth")
    shared = event.application.properties(_now(event, owner)).get("Auth")
    by_default = written.data is None and shared.get("DefaultAuthorizer").data == "AWS_IAM"
    if written.get("Authorizer").data != "AWS_IAM" and not by_default:
        return Value(None, event.at)
    given = [dict(auth.items()).get("InvokeRole") for auth in (written, shared)]
    role = next((one for one in given if one is not None), None)
    if role is None or role.data == "CALLER_CREDENTIALS":
        return event.value({"Fn::Sub": _CALLER})
    return Value(None, role.at) if role.data == "NONE" else role


def _proxy(event: Event, *, streaming: bool = False) -> dict[str, Any]:
    """An integration that hands the request to the function as it is."""
    given = event.given("TimeoutInMillis")
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": event.value(uri(event.target.arn, streaming=streaming)),
        **{_camel(name): value for name, value in given.items()},
    }


def _place(path: str, verb: str) -> tuple[str, ...]:
    return ("DefinitionBody", "paths", path, verb, _EXTENSION)


def _route(
    event: Event,
    owner: str,
    path: str,
    verb: str,
    integration: dict[str, Any],
    *,
    keeping: bool = False,
) -> None:
    """Write a route into the definition of its API, with what the event says of its integration."""
    entry = gated(event.value(integration), (*event.target.declaration.gates, *event.gates))
    event.application.change(owner, _place(path, verb), entry, keeping=keeping)
    name = event.properties.get("Auth", "Authorizer")
    if isinstance(name.data, str):
        security = event.value([] if name.data == "NONE" else [{name.data: []}])
        way = (*_place(path, verb)[:-1], "security")
        event.application.change(owner, way, gated(security, event.gates), keeping=keeping)


# --- APIs -----------------------------------------------------------------------------------------


def expand_rest(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::Api`."""
    _expand(application, declaration, "AWS::ApiGateway::RestApi")


def expand_http(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::HttpApi`."""
    _expand(application, declaration, "AWS::ApiGatewayV2::Api")


def _expand(application: Application, declaration: Declaration, type: str) -> None:
    properties = application.properties(declaration)
    plain: dict[str, Any] = {
        name: value
        for name, value in properties.items()
        if name not in ("Auth", "DefinitionBody", "DefinitionUri")
    }
    if (body := properties.get("DefinitionBody")).data is not None:
        plain["Body"] = body
    application.replace(declaration, type, Value(plain, properties.at))
    default = properties.get("Auth", "DefaultAuthorizer")
    if isinstance(default.data, str):
        # SAM says it of each operation that says nothing else.
        security = Value([{default.data: []}], default.at)
        application.change(declaration.id, ("Body", "security"), security)
    for name, authorizer in properties.get("Auth", "Authorizers").items():
        _authorizer(application, declaration, name, authorizer, type)


def _authorizer(
    application: Application, declaration: Declaration, name: str, written: Value, type: str
) -> None:
    """A Lambda authorizer, with the permission that SAM gives it unless told otherwise."""
    is_rest = type == "AWS::ApiGateway::RestApi"
    role = written.get("FunctionInvokeRole")
    # SAM knows the parameters in `Auth` of REST APIs alone.
    named = application.told(role) if is_rest else role.data
    function = written.get("FunctionArn")
    ways = list(alternatives(function))
    if not ways:
        return
    entry = {
        "authorizerUri": Value(uri(function), function.at),
        "authorizerCredentials": Value(None if named == "NONE" else role.data, role.at),
        **_keeping(written, is_rest=is_rest),
    }
    schemes = ("securityDefinitions",) if is_rest else ("components", "securitySchemes")
    application.change(
        declaration.id,
        ("Body", *schemes, name, "x-amazon-apigateway-authorizer"),
        Value(entry, written.at),
    )
    if is_rest:
        allowed = not application.told(written.get("DisableFunctionDefaultPermissions"))
    else:
        allowed = bool(application.told(written.get("EnableFunctionDefaultPermissions")))
    if allowed:
        id = f"{declaration.id}{name}AuthorizerPermission"
        for gates, one in ways:
            permit(application, declaration, id, one, "authorizers/*", written.at, gates)


def _keeping(written: Value, *, is_rest: bool) -> dict[str, Any]:
    """For how long, and by what, an API keeps the answers of an authorizer."""
    identity = written.get("Identity")
    kind = written.get("FunctionPayloadType")
    sources = [
        f"{name}.{one.data}" for key, name in _IDENTITIES for one in identity.get(key).elements()
    ]
    if is_rest and (kind.data in (None, "TOKEN") or identity.get("Header").data is not None):
        sources.append("method.request.header.Authorization")
    return {
        "type": Value("token" if kind.data is None else kind.data, kind.at),
        "identitySource": Value(",".join(sources) or None, identity.at),
        "authorizerResultTtlInSeconds": identity.get("ReauthorizeEvery"),
        "enableSimpleResponses": written.get("EnableSimpleResponses"),
    }


# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-lambdarequestauthorizationidentity.html
_IDENTITIES = (
    ("Headers", "method.request.header"),
    ("QueryStrings", "method.request.querystring"),
    ("StageVariables", "stageVariables"),
    ("Context", "context"),
)


def permit(
    application: Application,
    api: Declaration,
    id: str,
    function: Value,
    route: str,
    at: Place,
    gates: tuple[Gate, ...] = (),
    variables: Mapping[str, Any] | None = None,
) -> None:
    """Let an API invoke a function that is named in the API itself."""
    settings = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": function,
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": sub(f"{_SOURCE_ARN}{route}", **{"Api": {"Ref": api.id}, **(variables or {})}),
    }
    application.add(id, "AWS::Lambda::Permission", settings, at, origin=api, gates=gates)
