"""Services that ask a function who somebody is, or whether they may come in."""

from __future__ import annotations

from lambdalint.facts import COGNITO_RESPONSE_S
from lambdalint.kinds.kind import Form, Kind, awaited

_TRIGGERS = (
    "PreSignUp",
    "PreAuthentication",
    "PostAuthentication",
    "PostConfirmation",
    "PreTokenGeneration",
    "PreTokenGenerationConfig.LambdaArn",
    "UserMigration",
    "CustomMessage",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "InboundFederation.LambdaArn",
)

KINDS: tuple[Kind, ...] = (
    awaited(
        "cognito",
        "Cognito trigger",
        "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html",
        tuple(
            Form(type, f"LambdaConfig.{trigger}", source)
            for type, source in (
                ("AWS::Cognito::UserPool", ""),
                ("AWS::Cognito::UserPoolRegionalConfigurationAttachment", "UserPoolId"),
            )
            for trigger in _TRIGGERS
        ),
        "cognito-idp.amazonaws.com",
        retries="Cognito, up to three times in all",
        limit_s=COGNITO_RESPONSE_S,
    ),
    awaited(
        "cognito-sync",
        "Cognito Sync trigger",
        "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-events.html",
        (Form("AWS::Cognito::IdentityPool", "CognitoEvents!.SyncTrigger"),),
    ),
    awaited(
        "appsync-authorizer",
        "AppSync authorizer",
        "https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html",
        (
            Form(
                "AWS::AppSync::GraphQLApi",
                "LambdaAuthorizerConfig.AuthorizerUri",
                when=("AuthenticationType", "AWS_LAMBDA"),
            ),
            Form(
                "AWS::AppSync::GraphQLApi",
                "AdditionalAuthenticationProviders[].LambdaAuthorizerConfig.AuthorizerUri",
                when=(".AuthenticationType", "AWS_LAMBDA"),
            ),
            Form(
                "AWS::AppSync::Api",
                "EventConfig.AuthProviders[].LambdaAuthorizerConfig.AuthorizerUri",
                when=(".AuthType", "AWS_LAMBDA"),
            ),
        ),
        "appsync.amazonaws.com",
        failures="the request is refused",
        limit_s=10,
    ),
    awaited(
        "iot-authorizer",
        "IoT authorizer",
        "https://docs.aws.amazon.com/iot/latest/developerguide/config-custom-auth.html",
        (Form("AWS::IoT::Authorizer", "AuthorizerFunctionArn", off=("Status", "INACTIVE")),),
        "iot.amazonaws.com",
        failures="the device is refused",
        limit_s=5,
    ),
    awaited(
        "transfer",
        "Transfer Family server",
        "https://docs.aws.amazon.com/transfer/latest/userguide/custom-lambda-idp.html",
        (
            Form(
                "AWS::Transfer::Server",
                "IdentityProviderDetails.Function",
                when=("IdentityProviderType", "AWS_LAMBDA"),
            ),
        ),
        "transfer.amazonaws.com",
        failures="the login is refused",
    ),
    # A service-linked role invokes it.
    awaited(
        "client-vpn",
        "Client VPN endpoint",
        "https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-authorization.html",
        (
            Form(
                "AWS::EC2::ClientVpnEndpoint",
                "ClientConnectOptions.LambdaFunctionArn",
                when=("ClientConnectOptions.Enabled", "true"),
            ),
        ),
        failures="the connection is refused",
        pressure="the connection is refused",
        limit_s=30,
    ),
    awaited(
        "healthlake",
        "HealthLake data store",
        "https://docs.aws.amazon.com/healthlake/latest/devguide/reference-smart-on-fhir-token-validation.html",
        (Form("AWS::HealthLake::FHIRDatastore", "IdentityProviderConfiguration.IdpLambdaArn"),),
        failures="the request is refused",
        limit_s=1,
    ),
    awaited(
        "security-agent",
        "Security Agent penetration test",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityagent-pentest.html",
        (
            Form(
                "AWS::SecurityAgent::Pentest",
                "Assets.Actors[].Authentication.Value",
                when=(".Authentication.ProviderType", "AWS_LAMBDA"),
            ),
        ),
    ),
)
