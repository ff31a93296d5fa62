"""Services that answer requests with a function: APIs, URLs, load balancers."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited

_API = "https://docs.aws.amazon.com/apigateway/latest/developerguide"

KINDS: tuple[Kind, ...] = (
    awaited(
        "rest-api",
        "REST API",
        f"{_API}/set-up-lambda-integrations.html",
        (
            Form("AWS::ApiGateway::Method", "Integration.Uri", "RestApiId"),
            Form("AWS::ApiGateway::RestApi", "Body"),
        ),
        "apigateway.amazonaws.com",
    ),
    awaited(
        "http-api",
        "HTTP API",
        f"{_API}/http-api-develop-integrations-lambda.html",
        (
            Form("AWS::ApiGatewayV2::Integration", "IntegrationUri", "ApiId"),
            Form("AWS::ApiGatewayV2::Api", "Target"),
            Form("AWS::ApiGatewayV2::Api", "Body"),
        ),
        "apigateway.amazonaws.com",
    ),
    awaited(
        "websocket-api",
        "WebSocket API",
        f"{_API}/apigateway-websocket-api-integrations.html",
        (Form("AWS::ApiGatewayV2::Integration", "IntegrationUri", "ApiId"),),
        "apigateway.amazonaws.com",
    ),
    awaited(
        "authorizer",
        "API authorizer",
        f"{_API}/apigateway-use-lambda-authorizer.html",
        (
            Form("AWS::ApiGateway::Authorizer", "AuthorizerUri", "RestApiId"),
            Form("AWS::ApiGatewayV2::Authorizer", "AuthorizerUri", "ApiId"),
            Form("AWS::ApiGateway::RestApi", "Body"),
            Form("AWS::ApiGatewayV2::Api", "Body"),
        ),
        "apigateway.amazonaws.com",
    ),
    awaited(
        "url",
        "function URL",
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html",
        (Form("AWS::Lambda::Url", "TargetFunctionArn"),),
    ),
    awaited(
        "alb",
        "load balancer",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html",
        (
            Form(
                "AWS::ElasticLoadBalancingV2::TargetGroup",
                "Targets[].Id",
                when=("TargetType", "lambda"),
            ),
        ),
        "elasticloadbalancing.amazonaws.com",
        payload="1 MB",
    ),
)
