"""Services that check, change and look after what is deployed."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited, pushed

_APPCONFIG = "https://docs.aws.amazon.com/appconfig/latest/userguide"
_CDK = "https://docs.aws.amazon.com/cdk/api/v2/docs"
_CONFIG = "https://docs.aws.amazon.com/config/latest/developerguide"


def _action_points(*names: str) -> tuple[Form, ...]:
    return tuple(
        Form("AWS::AppConfig::Extension", f"Actions.{name}[].Uri", role=".RoleArn")
        for name in names
    )


def _framework(handler: str, variable: str) -> Form:
    path = f"Environment.Variables.{variable}"
    return Form("AWS::Lambda::Function", path, when=("Handler", f"framework.{handler}"))


def _cdk_trigger(invocation_type: str) -> Form:
    return Form("Custom::Trigger", "HandlerArn", when=("InvocationType", invocation_type))


KINDS: tuple[Kind, ...] = (
    pushed(
        "config-rule",
        "Config rule",
        f"{_CONFIG}/evaluate-config_develop-rules_lambda-functions.html",
        (
            Form(
                "AWS::Config::ConfigRule",
                "Source.SourceIdentifier",
                when=("Source.Owner", "CUSTOM_LAMBDA"),
            ),
        ),
        "config.amazonaws.com",
        failures="nothing is evaluated",
        batch="one change, or one look at all",
        notices=True,
    ),
    # Member accounts invoke it: whom a permission must let in, this template does not tell.
    pushed(
        "organization-config-rule",
        "organization Config rule",
        f"{_CONFIG}/config-rule-multi-account-deployment.html",
        (
            Form(
                "AWS::Config::OrganizationConfigRule",
                "OrganizationCustomRuleMetadata.LambdaFunctionArn",
            ),
        ),
        failures="nothing is evaluated",
        batch="one change, or one look at all",
        notices=True,
    ),
    awaited(
        "secret-rotation",
        "secret rotation",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html",
        (
            Form(
                "AWS::SecretsManager::RotationSchedule",
                "RotationLambdaARN",
                "SecretId",
                of="AWS::SecretsManager::Secret",
            ),
        ),
        "secretsmanager.amazonaws.com",
        retries="Secrets Manager, all steps anew",
        failures="the rotation fails",
        order="create, set, test, finish",
        batch="one of four steps",
        duplicates="with each retry",
    ),
    # A function of the CDK's own answers CloudFormation, and calls these.
    awaited(
        "cdk-provider",
        "CDK provider framework",
        f"{_CDK}/aws-cdk-lib.custom_resources-readme.html",
        (
            _framework("onEvent", "USER_ON_EVENT_FUNCTION_ARN"),
            _framework("isComplete", "USER_IS_COMPLETE_FUNCTION_ARN"),
        ),
        retries="the framework, until the resource is complete",
        failures="the deployment fails",
        batch="one custom resource",
    ),
    pushed(
        "cdk-trigger",
        "CDK trigger",
        f"{_CDK}/aws-cdk-lib.triggers-readme.html",
        (_cdk_trigger("Event"),),
        batch="one deployment",
    ),
    awaited(
        "cdk-trigger-request",
        "CDK trigger that waits",
        f"{_CDK}/aws-cdk-lib.triggers-readme.html",
        (_cdk_trigger("RequestResponse"),),
        failures="the deployment fails",
        batch="one deployment",
    ),
    awaited(
        "macro",
        "CloudFormation macro",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html",
        (Form("AWS::CloudFormation::Macro", "FunctionName"),),
        failures="the change set fails",
        batch="one template, or a part of it",
    ),
    awaited(
        "cloudformation-hook",
        "CloudFormation Lambda Hook",
        "https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/lambda-hooks-create-lambda-function.html",
        (
            Form(
                "AWS::CloudFormation::LambdaHook",
                "LambdaFunction",
                off=("HookStatus", "DISABLED"),
                role="ExecutionRole",
            ),
        ),
        failures="a failed operation or a warning, as FailureMode says",
        batch="one operation",
        limit_s=30,
    ),
    # It invokes as its service-linked role, not as a service.
    awaited(
        "termination-policy",
        "Auto Scaling termination policy",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/lambda-custom-termination-policy.html",
        (Form("AWS::AutoScaling::AutoScalingGroup", "TerminationPolicies[]"),),
        retries="Auto Scaling, again and again",
        failures="no instance ends meanwhile",
        batch="up to 30,000 instances",
        duplicates="with each retry",
        limit_s=2,
    ),
    awaited(
        "appconfig-validator",
        "AppConfig validator",
        f"{_APPCONFIG}/appconfig-creating-configuration-and-profile-validators.html",
        (
            Form(
                "AWS::AppConfig::ConfigurationProfile",
                "Validators[].Content",
                when=(".Type", "LAMBDA"),
            ),
        ),
        "appconfig.amazonaws.com",
        failures="the configuration is refused",
        batch="one configuration",
    ),
    awaited(
        "appconfig-extension",
        "AppConfig extension",
        f"{_APPCONFIG}/working-with-appconfig-extensions-creating-custom-extensions.html",
        _action_points(
            "PRE_CREATE_HOSTED_CONFIGURATION_VERSION", "PRE_START_DEPLOYMENT", "AT_DEPLOYMENT_TICK"
        ),
        failures="the version or deployment is stopped",
    ),
    pushed(
        "appconfig-event",
        "AppConfig deployment event",
        f"{_APPCONFIG}/working-with-appconfig-extensions-creating-custom-extensions.html",
        _action_points(
            "ON_DEPLOYMENT_START",
            "ON_DEPLOYMENT_STEP",
            "ON_DEPLOYMENT_BAKING",
            "ON_DEPLOYMENT_COMPLETE",
            "ON_DEPLOYMENT_ROLLED_BACK",
        ),
        retries="AWS does not say",
        failures="AppConfig ignores them",
    ),
)
