"""APIs of SAM: explicit and implicit ones, and the routes that functions add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint.sam.merge import gated
from lambdalint.template import Declaration, Gate, alternatives
from lambdalint.value import Place, Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application
    from lambdalint.sam.events import Event

_REST, _HTTP = "ServerlessRestApi", "ServerlessHttpApi"
_ANY = "x-amazon-apigateway-any-method"
_EXTENSION = "x-amazon-apigateway-integration"
_URI = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "${Function}/invocations"
)
_SOURCE_ARN = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/"


def add_rest_event(event: Event) -> None:
    """A method of a REST API that invokes the function."""
    properties = event.properties
    written = properties.get("RestApiId")
    owner = owner_of(written, event, _REST)
    path, method = properties.get("Path").data, properties.get("Method").data
    if not isinstance(path, str) or not isinstance(method, str):
        return
    verb = "*" if method.lower() == "any" else method.upper()
    event.permit(
        "apigateway.amazonaws.com",
        _sub(f"{_SOURCE_ARN}{verb}{path.rstrip('/') or '/'}", Api=_id(written, owner)),
        suffix=_suffix(event, owner),
    )
    if owner and _is_managed(event, owner):
        _route(event, owner, path, method.lower(), "TimeoutInMillis", "ResponseTransferMode")


def add_http_event(event: Event) -> None:
    """A route of an HTTP API that invokes the function; without a path it is the default route."""
    properties = event.properties
    written = properties.get("ApiId")
    owner = owner_of(written, event, _HTTP)
    path = properties.get("Path").data or "$default"
    method = properties.get("Method").data or "any"
    if not isinstance(path, str) or not isinstance(method, str):
        return
    verb = "*" if method.lower() in ("any", _ANY) else method.upper()
    route = "" if path == "$default" else (path.rstrip("/") or "/")
    event.permit(
        "apigateway.amazonaws.com",
        _sub(f"{_SOURCE_ARN}{verb}{route}", Api=_id(written, owner)),
    )
    if owner:
        _route(event, owner, path, method.lower(), "TimeoutInMillis")


def owner_of(written: Value, event: Event, implicit: str = _REST) -> str:
    """The id of the API that a route belongs to, "" if it is not in the template."""
    id = written.get("Ref").data if isinstance(written.data, dict) else written.data
    if written.data is not None and id != implicit:
        return id if isinstance(id, str) and id in event.application.written else ""
    if implicit not in event.application.template.resources:
        kind = "AWS::ApiGateway::RestApi" if implicit == _REST else "AWS::ApiGatewayV2::Api"
        event.application.add(
            implicit, kind, {"Body": {"paths": {}}}, event.at, origin=event.target.declaration
        )
    return implicit


def _id(written: Value, owner: str) -> Any:
    return written if written.data is not None else {"Ref": owner}


def _suffix(event: Event, owner: str) -> str:
    """The stage, by which SAM names the permission."""
    if owner == _REST:
        return "Prod"
    if not owner:
        return "AllStages"
    stage = event.application.written[owner].written.get("Properties", "StageName").data
    return stage if isinstance(stage, str) else "Stage"


def _is_managed(event: Event, owner: str) -> bool:
    """Whether SAM writes the API's definition: there is none, or both are merged."""
    if owner == _REST:
        return True
    properties = event.application.written[owner].written.get("Properties")
    written = (properties.get("DefinitionBody").data, properties.get("DefinitionUri").data)
    return written == (None, None) or properties.get("MergeDefinitions").data is True


def _route(event: Event, owner: str, path: str, method: str, *settings: str) -> None:
    """Write a route into the definition of its API, with what the event says of its integration."""
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": event.value(_sub(_URI, Function=event.target.arn)),
        **{f"{name[0].lower()}{name[1:]}": value for name, value in event.given(*settings).items()},
    }
    entry = gated(event.value(integration), (*event.target.declaration.gates, *event.gates))
    verb = _ANY if method == "any" else method
    body = "Body" if owner in (_REST, _HTTP) else "DefinitionBody"  # a SAM API is expanded later
    event.application.change(owner, (body, "paths", path, verb, _EXTENSION), entry)


def _sub(text: str, **variables: Any) -> dict[str, Any]:
    return {"Fn::Sub": [text, variables]}


def finish_implicit(application: Application) -> None:
    """An implicit API has no gates, though the functions that made it may have, and the
    authorizers that Globals give to all APIs.
    """
    resources = application.template.resources
    for id, kind in ((_REST, "Api"), (_HTTP, "HttpApi")):
        if id in resources and id not in application.written:
            made = resources[id]
            resources[id] = Declaration(id, made.type, made.written, (), made.origin)
            shared = application.template.section("Globals").get(kind)
            for name, authorizer in shared.get("Auth", "Authorizers").items():
                _authorizer(application, resources[id], name, authorizer, made.type)


# --- explicit APIs --------------------------------------------------------------------------------


def expand_rest(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::Api`."""
    _explicit(application, declaration, "AWS::ApiGateway::RestApi")


def expand_http(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::HttpApi`."""
    _explicit(application, declaration, "AWS::ApiGatewayV2::Api")


def _explicit(application: Application, declaration: Declaration, type: str) -> None:
    # Functions came first and may have put routes into the definition.
    current = application.template.resources[declaration.id]
    properties = application.properties(current)
    plain: dict[str, Any] = {
        name: value
        for name, value in properties.items()
        if name not in ("Auth", "DefinitionBody", "DefinitionUri")
    }
    if (body := properties.get("DefinitionBody")).data is not None:
        plain["Body"] = body
    application.replace(declaration, type, Value(plain, properties.at))
    for name, authorizer in properties.get("Auth", "Authorizers").items():
        _authorizer(application, declaration, name, authorizer, type)


def _authorizer(
    application: Application, declaration: Declaration, name: str, written: Value, type: str
) -> None:
    """A Lambda authorizer, with the permission that SAM gives it unless told otherwise."""
    is_rest = type == "AWS::ApiGateway::RestApi"
    role = written.get("FunctionInvokeRole")
    for gates, function in alternatives(written.get("FunctionArn")):
        entry = Value(
            {
                "authorizerUri": Value(_sub(_URI, Function=function), function.at),
                "authorizerCredentials": Value(None if role.data == "NONE" else role.data, role.at),
            },
            written.at,
        )
        schemes = ("securityDefinitions",) if is_rest else ("components", "securitySchemes")
        application.change(
            declaration.id,
            ("Body", *schemes, name, "x-amazon-apigateway-authorizer"),
            gated(entry, gates),
        )
        if is_rest:
            allowed = written.get("DisableFunctionDefaultPermissions").data is not True
        else:
            allowed = written.get("EnableFunctionDefaultPermissions").data is True
        if allowed:
            source = f"{_SOURCE_ARN.removesuffix('*/')}authorizers/*"
            id = f"{declaration.id}{name}AuthorizerPermission"
            _permit(application, declaration, id, function, source, written.at, gates)


def expand_websocket(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::WebSocketApi`: an integration and a permission a route."""
    properties = application.properties(declaration)
    application.replace(
        declaration,
        "AWS::ApiGatewayV2::Api",
        Value({**dict(properties.items()), "ProtocolType": "WEBSOCKET"}, properties.at),
    )
    for route, settings in properties.get("Routes").items():
        name = f"{declaration.id}{route.replace('$', '').capitalize()}"
        function = settings.get("FunctionArn")
        application.add(
            f"{name}Integration",
            "AWS::ApiGatewayV2::Integration",
            {
                "ApiId": {"Ref": declaration.id},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": _sub(_URI, Function=function),
                "TimeoutInMillis": settings.get("IntegrationTimeout"),
            },
            settings.at,
            origin=declaration,
        )
        source = f"{_SOURCE_ARN}{route}"
        _permit(application, declaration, f"{name}Permission", function, source, settings.at)


def _permit(
    application: Application,
    api: Declaration,
    id: str,
    function: Value,
    source: str,
    at: Place,
    gates: tuple[Gate, ...] = (),
) -> None:
    """Let an API invoke a function that is named in the API itself."""
    settings = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": function,
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": _sub(source, Api={"Ref": api.id}),
    }
    application.add(id, "AWS::Lambda::Permission", settings, at, origin=api, gates=gates)
