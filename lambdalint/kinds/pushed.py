"""Services that hand an event to Lambda and do not wait for the outcome, unless told to."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited, pushed

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
_EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_MAIL = "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference"


def _subscriber(how: str) -> Form:
    return Form(
        "AWS::EventsV2::Subscriber",
        "InvokeConfiguration.TargetArn",
        "EventBusArn",
        when=("InvokeConfiguration.LambdaParameters.InvocationType", how),
        off=("State", "STOPPED"),
        role="InvokeConfiguration.RoleArn",
    )


def _mail_action(how: str) -> Form:
    return Form(
        "AWS::SES::MailManagerRuleSet",
        "Rules[].Actions[].InvokeLambda.FunctionArn",
        when=(".InvokeLambda.InvocationType", how),
        role=".InvokeLambda.RoleArn",
    )


def _destination(outcome: str) -> Form:
    return Form(
        "AWS::Lambda::EventInvokeConfig",
        f"DestinationConfig.{outcome}.Destination",
        "FunctionName",
        of="AWS::Lambda::Function",
    )


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
        f"{_EVENTS}/eb-targets.html",
        (
            Form(
                "AWS::Events::Rule",
                "Targets[].Arn",
                "EventBusName",
                of="AWS::Events::EventBus",
                off=("State", "DISABLED"),
                role=".RoleArn",
            ),
        ),
        "events.amazonaws.com",
    ),
    pushed(
        "schedule-rule",
        "scheduled rule",
        f"{_EVENTS}/eb-create-rule-schedule.html",
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
            # A universal target calls `Invoke`, with the input as its request.
            Form(
                "AWS::Scheduler::Schedule",
                "Target.Input!.FunctionName",
                when=("Target.Input!.InvocationType", "Event"),
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
            Form(
                "AWS::Logs::AccountPolicy",
                "PolicyDocument!.DestinationArn",
                when=("PolicyType", "SUBSCRIPTION_FILTER_POLICY"),
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
        "bus-subscriber",
        "EventBridge bus subscriber",
        f"{_EVENTS}/eb-custom-bus-target-lambda.html",
        (_subscriber("EVENT"),),
        order="per event group of a FIFO subscriber, else none",
        batch="up to 10 events",
    ),
    awaited(
        "bus-subscriber-request",
        "EventBridge bus subscriber that waits",
        f"{_EVENTS}/eb-custom-bus-target-lambda.html",
        (_subscriber("REQUEST_RESPONSE"),),
        retries="EventBridge, 5 times within 5 min",
        failures="lost, without an on-failure queue",
        order="per event group of a FIFO subscriber, else none",
        batch="up to 10 events",
        pressure="EventBridge tries again",
        duplicates="possible",
    ),
    pushed(
        "alarm",
        "CloudWatch alarm",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html",
        tuple(
            Form(f"AWS::CloudWatch::{alarm}", f"{state}Actions[]", off=("ActionsEnabled", "false"))
            for alarm in ("Alarm", "CompositeAlarm", "LogAlarm")
            for state in ("Alarm", "OK", "InsufficientData")
        ),
        "lambda.alarms.cloudwatch.amazonaws.com",
    ),
    pushed(
        "destination",
        "Lambda destination for results",
        f"{_GUIDE}/invocation-async-retain-records.html",
        (_destination("OnSuccess"),),
    ),
    pushed(
        "failure-destination",
        "Lambda destination for failures",
        f"{_GUIDE}/invocation-async-retain-records.html",
        (_destination("OnFailure"),),
    ),
    pushed(
        "codecommit",
        "CodeCommit trigger",
        "https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-notify-lambda-cc.html",
        (Form("AWS::CodeCommit::Repository", "Triggers[].DestinationArn"),),
        "codecommit.amazonaws.com",
    ),
    pushed(
        "ses",
        "SES receipt rule",
        "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html",
        (
            Form(
                "AWS::SES::ReceiptRule",
                "Rule.Actions[].LambdaAction.FunctionArn",
                when=("Rule.Enabled", "true"),
                unless=(".LambdaAction.InvocationType", "RequestResponse"),
            ),
        ),
        "ses.amazonaws.com",
        batch="one mail, without its body",
    ),
    awaited(
        "ses-request",
        "SES receipt rule that waits",
        "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html",
        (
            Form(
                "AWS::SES::ReceiptRule",
                "Rule.Actions[].LambdaAction.FunctionArn",
                when=(".LambdaAction.InvocationType", "RequestResponse"),
                off=("Rule.Enabled", "false"),
            ),
        ),
        "ses.amazonaws.com",
        batch="one mail, without its body",
        limit_s=30,
    ),
    pushed(
        "mail-manager",
        "Mail Manager rule",
        f"{_MAIL}/API_InvokeLambdaAction.html",
        (_mail_action("EVENT"),),
        batch="one mail",
    ),
    awaited(
        "mail-manager-request",
        "Mail Manager rule that waits",
        f"{_MAIL}/API_InvokeLambdaAction.html",
        (_mail_action("REQUEST_RESPONSE"),),
        retries="Mail Manager, for RetryTimeMinutes",
        failures="the mail goes on or is dropped, as ActionFailurePolicy says",
        batch="one mail",
    ),
    pushed(
        "channel-flow",
        "channel flow processor",
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/processor-setup.html",
        (Form("AWS::Chime::ChannelFlow", "Processors[].Configuration.Lambda.ResourceArn"),),
        "messaging.chime.amazonaws.com",
        failures="the message goes on or is dropped, as FallbackAction says",
        batch="one message",
        notices=True,
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
