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
)
