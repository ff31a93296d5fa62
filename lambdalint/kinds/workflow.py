"""Workflows and deployments that call a function as one of their steps."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited

KINDS: tuple[Kind, ...] = (
    awaited(
        "step-functions",
        "Step Functions task",
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html",
        (
            Form("AWS::StepFunctions::StateMachine", "DefinitionString", role="RoleArn"),
            Form("AWS::StepFunctions::StateMachine", "Definition", role="RoleArn"),
        ),
        retries="the state's Retry",
        failures="the state's Catch",
    ),
)
