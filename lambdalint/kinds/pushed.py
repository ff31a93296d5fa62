"""Services that hand an event to Lambda and do not wait for the outcome."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, pushed

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"

KINDS: tuple[Kind, ...] = (
    pushed(
        "s3",
        "S3 notification",
        f"{_GUIDE}/with-s3.html",
        (
            Form("AWS::S3::Bucket", "NotificationConfiguration.LambdaConfigurations[].Function"),
            # CDK sets notifications with a custom resource, in the spelling of the S3 API.
            Form(
                "Custom::S3BucketNotifications",
                "NotificationConfiguration.LambdaFunctionConfigurations[].LambdaFunctionArn",
                "BucketName",
                of="AWS::S3::Bucket",
            ),
        ),
        "s3.amazonaws.com",
    ),
    pushed(
        "sns",
        "SNS topic",
        f"{_GUIDE}/with-sns.html",
        (
            Form("AWS::SNS::Subscription", "Endpoint", "TopicArn", when=("Protocol", "lambda")),
            Form("AWS::SNS::Topic", "Subscription[].Endpoint", when=(".Protocol", "lambda")),
        ),
        "sns.amazonaws.com",
    ),
    pushed(
        "eventbridge",
        "EventBridge rule",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html",
        (
            Form(
                "AWS::Events::Rule",
                "Targets[].Arn",
                "EventBusName",
                off=("State", "DISABLED"),
                role=".RoleArn",
            ),
        ),
        "events.amazonaws.com",
    ),
    pushed(
        "schedule-rule",
        "scheduled rule",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html",
        (
            Form(
                "AWS::Events::Rule",
                "Targets[].Arn",
                "ScheduleExpression",
                off=("State", "DISABLED"),
                role=".RoleArn",
            ),
        ),
        "events.amazonaws.com",
    ),
    pushed(
        "scheduler",
        "EventBridge Scheduler schedule",
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html",
        (
            Form(
                "AWS::Scheduler::Schedule",
                "Target.Arn",
                off=("State", "DISABLED"),
                role="Target.RoleArn",
            ),
        ),
    ),
    pushed(
        "logs",
        "log subscription",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
        (
            Form(
                "AWS::Logs::SubscriptionFilter",
                "DestinationArn",
                "LogGroupName",
                of="AWS::Logs::LogGroup",
            ),
        ),
        "logs.amazonaws.com",
        batch="one batch of log events",
    ),
    pushed(
        "iot",
        "IoT rule",
        "https://docs.aws.amazon.com/iot/latest/developerguide/lambda-rule-action.html",
        (
            Form(
                "AWS::IoT::TopicRule",
                "TopicRulePayload.Actions[].Lambda.FunctionArn",
                off=("TopicRulePayload.RuleDisabled", "true"),
            ),
            Form(
                "AWS::IoT::TopicRule",
                "TopicRulePayload.ErrorAction.Lambda.FunctionArn",
                off=("TopicRulePayload.RuleDisabled", "true"),
            ),
        ),
        "iot.amazonaws.com",
    ),
    pushed(
        "cognito-sender",
        "Cognito custom sender",
        "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html",
        tuple(
            Form(type, f"LambdaConfig.{sender}.LambdaArn", source)
            for type, source in (
                ("AWS::Cognito::UserPool", ""),
                ("AWS::Cognito::UserPoolRegionalConfigurationAttachment", "UserPoolId"),
            )
            for sender in ("CustomEmailSender", "CustomSMSSender")
        ),
        "cognito-idp.amazonaws.com",
    ),
    pushed(
        "custom-resource",
        "custom resource",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources-lambda.html",
        (
            Form("AWS::CloudFormation::CustomResource", "ServiceToken"),
            Form("Custom::*", "ServiceToken"),
        ),
        failures="the deployment fails, when the answer is missed",
        notices=True,
    ),
)
