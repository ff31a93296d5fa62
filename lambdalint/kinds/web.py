"""Services that answer requests with a function: APIs, URLs, load balancers, CDNs."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited

_API = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_APPSYNC = "https://docs.aws.amazon.com/appsync/latest/devguide"
_CLOUDFRONT = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
_RESOURCES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"


def _edge(*events: str) -> tuple[Form, ...]:
    """The associations of a distribution's cache behaviors with these events."""
    return tuple(
        Form(
            "AWS::CloudFront::Distribution",
            f"DistributionConfig.{behavior}.LambdaFunctionAssociations[].LambdaFunctionARN",
            when=(".EventType", event),
            off=("DistributionConfig.Enabled", "false"),
        )
        for behavior in ("DefaultCacheBehavior", "CacheBehaviors[]")
        for event in events
    )


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
        order="none: messages of one connection may run at once",
        payload="128 KB a message",
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
    # VPC Lattice and Refactor Spaces write the function's policy themselves.
    awaited(
        "vpc-lattice",
        "VPC Lattice target group",
        "https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html",
        (Form("AWS::VpcLattice::TargetGroup", "Targets[].Id", when=("Type", "LAMBDA")),),
    ),
    awaited(
        "refactor-spaces",
        "Refactor Spaces service",
        f"{_RESOURCES}/aws-resource-refactorspaces-service.html",
        (
            Form(
                "AWS::RefactorSpaces::Service",
                "LambdaEndpoint.Arn",
                "ApplicationIdentifier",
                when=("EndpointType", "LAMBDA"),
            ),
        ),
    ),
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    awaited(
        "cloudfront-viewer",
        "CloudFront viewer event",
        f"{_CLOUDFRONT}/lambda-cloudfront-trigger-events.html",
        _edge("viewer-request", "viewer-response"),
        failures="the viewer gets the error",
        concurrency="1,000 a Region, unless raised",
        payload="40 KB of generated response",
        limit_s=5,
    ),
    awaited(
        "cloudfront-origin",
        "CloudFront origin event",
        f"{_CLOUDFRONT}/lambda-cloudfront-trigger-events.html",
        _edge("origin-request", "origin-response"),
        failures="the viewer gets the error",
        concurrency="1,000 a Region, unless raised",
        payload="1 MB of generated response",
        limit_s=30,
    ),
    awaited(
        "s3-object-lambda",
        "S3 Object Lambda access point",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/transforming-objects.html",
        (
            Form(
                "AWS::S3ObjectLambda::AccessPoint",
                "ObjectLambdaConfiguration.TransformationConfigurations[]"
                ".ContentTransformation.AwsLambda.FunctionArn",
            ),
        ),
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-best-practices.html
        limit_s=60,
    ),
    # Requests end after 30 s, but a resolver may hand the event over and go.
    # https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-lambda-js.html
    awaited(
        "appsync",
        "AppSync data source",
        f"{_APPSYNC}/resolver-reference-lambda-js.html",
        (
            Form(
                "AWS::AppSync::DataSource",
                "LambdaConfig.LambdaFunctionArn",
                "ApiId",
                when=("Type", "AWS_LAMBDA"),
                role="ServiceRoleArn",
            ),
        ),
        batch="one call, or up to the resolver's MaxBatchSize",
    ),
    awaited(
        "appsync-conflict",
        "AppSync conflict handler",
        f"{_RESOURCES}/aws-properties-appsync-resolver-lambdaconflicthandlerconfig.html",
        tuple(
            Form(type, "SyncConfig.LambdaConflictHandlerConfig.LambdaConflictHandlerArn", "ApiId")
            for type in ("AWS::AppSync::Resolver", "AWS::AppSync::FunctionConfiguration")
        ),
    ),
)
