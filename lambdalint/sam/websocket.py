"""`AWS::Serverless::WebSocketApi`: a route, an integration and a permission for each route key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint.sam.api import permit, uri
from lambdalint.template import Declaration
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application


def expand(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::WebSocketApi`."""
    properties = application.properties(declaration)
    api = {"ApiId": {"Ref": declaration.id}}
    plain = {**dict(properties.items()), "ProtocolType": "WEBSOCKET"}
    application.replace(declaration, "AWS::ApiGatewayV2::Api", Value(plain, properties.at))
    stage = properties.get("StageName")
    if stage.data is None:
        stage = Value("default", properties.at)
    known = {"Api": {"Fn::GetAtt": [declaration.id, "ApiId"]}, "Stage": stage}
    auth = properties.get("Auth")
    for key, written in properties.get("Routes").items():
        name = f"{declaration.id}{key.replace('$', '').capitalize()}"
        function = written.get("FunctionArn")
        integration = application.add(
            f"{name}Integration",
            "AWS::ApiGatewayV2::Integration",
            {
                **api,
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": uri(function),
                "TimeoutInMillis": written.get("IntegrationTimeout"),
            },
            written.at,
            origin=declaration,
        )
        route: dict[str, Any] = {
            **api,
            "RouteKey": key,
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
        }
        if key == "$connect" and auth.data is not None:
            route["AuthorizationType"] = auth.get("AuthType")
            if application.told(auth.get("AuthType")) == "CUSTOM":
                route["AuthorizerId"] = {"Ref": _authorizer(application, declaration, auth)}
        application.add(
            f"{name}Route", "AWS::ApiGatewayV2::Route", route, written.at, origin=declaration
        )
        id, source = f"{name}Permission", f"${{Stage}}/{key}"
        permit(application, declaration, id, function, source, written.at, (), known)


def _authorizer(application: Application, declaration: Declaration, auth: Value) -> str:
    """The authorizer of the `$connect` route, which is permitted to be called unless by a role."""
    role, function = auth.get("InvokeRole"), auth.get("AuthArn")
    if role.data is None:
        id = f"{declaration.id}AuthorizerPermission"
        permit(application, declaration, id, function, "authorizers/*", auth.at)
    return application.add(
        f"{declaration.id}ConnectAuthorizer",
        "AWS::ApiGatewayV2::Authorizer",
        {
            "ApiId": {"Ref": declaration.id},
            "AuthorizerType": "REQUEST",
            "AuthorizerUri": uri(function),
            "AuthorizerCredentialsArn": role,
        },
        auth.at,
        origin=declaration,
    )
