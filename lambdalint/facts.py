"""Documented defaults, limits and advice that the checks compare templates against.

Every number stands below the address of the page that states it. Ranges that the CloudFormation
schemas enforce are not repeated here unless a check computes with them.
"""

from __future__ import annotations

from typing import Final

DEFAULTS: Final[dict[tuple[str, str], int | str | bool]] = {
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    ("AWS::Lambda::Function", "Timeout"): 3,
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
    ("AWS::SQS::Queue", "VisibilityTimeout"): 30,
    ("AWS::SQS::Queue", "MessageRetentionPeriod"): 345_600,
    ("AWS::SQS::Queue", "FifoQueue"): False,
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
    ("AWS::Lambda::EventSourceMapping", "Enabled"): True,
    # Kinesis, DynamoDB and SQS only; for other sources it is half a second.
    ("AWS::Lambda::EventSourceMapping", "MaximumBatchingWindowInSeconds"): 0,
    ("AWS::Lambda::EventSourceMapping", "BisectBatchOnFunctionError"): False,
    # -1 is without end: until the record expires in the source.
    ("AWS::Lambda::EventSourceMapping", "MaximumRetryAttempts"): -1,
    ("AWS::Lambda::EventSourceMapping", "MaximumRecordAgeInSeconds"): -1,
    # https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
    ("AWS::Kinesis::Stream", "RetentionPeriodHours"): 24,
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
    ("AWS::Events::Rule", "State"): "ENABLED",
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
    # The page names the states but no default; a schedule made without one is enabled.
    ("AWS::Scheduler::Schedule", "State"): "ENABLED",
}
"""The value that holds where a template sets none, by CloudFormation type and property."""

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
BATCH_SIZE: Final[dict[str, int]] = {
    "sqs": 10,
    "kinesis": 100,
    "dynamodb": 100,
    "stream": 100,
    "kafka": 100,
    "mq": 100,
    "documentdb": 100,
}
"""The BatchSize of an event source mapping that sets none, by kind of source."""
SLOW_BATCH_WINDOW_S: Final = 0.5
"""MaximumBatchingWindowInSeconds of a Kafka, MQ or DocumentDB mapping that sets none."""

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
SQS_BATCH_WITHOUT_WINDOW_MAX: Final = 10
"""The largest BatchSize for a standard queue with a batching window of 0."""
SQS_FIFO_BATCH_MAX: Final = 10
"""The largest BatchSize for a FIFO queue."""

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
SQS_VISIBILITY_TIMEOUT_MAX_S: Final = 43_200
"""The longest VisibilityTimeout of a queue, 12 hours."""

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
DYNAMODB_STREAM_RETENTION_H: Final = 24
"""How long a DynamoDB stream keeps its records, which cannot be changed."""

# https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
KAFKA_RETRIES_WITH_DESTINATION: Final = 10
"""How often Lambda repeats a Kafka batch that has a destination to end in, and no other limit."""

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
EVENTBRIDGE_DELIVERY_S: Final = 86_400
"""How long a rule tries to reach a target without a RetryPolicy, in at most 185 attempts."""

# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
SNS_DELIVERY_DAYS: Final = 23
"""How long a topic tries to reach a function, which cannot be changed."""

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
STATE_RETRIES: Final = 3
"""MaxAttempts of a Retry that sets none."""

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
CUSTOM_RESOURCE_TIMEOUT_S: Final = 3600
"""ServiceTimeout of a custom resource that sets none."""

# https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
APIGW_REST_INTEGRATION_TIMEOUT_MS: Final = 29_000
"""TimeoutInMillis of an AWS::ApiGateway::Method integration that sets none.

A longer one takes a raised quota, for Regional and private APIs only.
"""

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html
APIGW_HTTP_INTEGRATION_TIMEOUT_MS: Final = 30_000
"""TimeoutInMillis of an AWS::ApiGatewayV2::Integration of an HTTP API; the maximum too."""
APIGW_WEBSOCKET_INTEGRATION_TIMEOUT_MS: Final = 29_000
"""TimeoutInMillis of an AWS::ApiGatewayV2::Integration of a WebSocket API; the maximum too."""

# https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
APIGW_AUTHORIZER_TTL_S: Final = 300
"""authorizerResultTtlInSeconds of a REST API's authorizer that sets none."""

# https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
COGNITO_RESPONSE_S: Final = 5
"""How long Cognito waits for a user pool's trigger, which cannot be changed."""

# https://repost.aws/knowledge-center/lambda-function-retry-timeout-sdk
BOTO_READ_TIMEOUT_S: Final = 60
"""How long boto3 waits for an answer before it calls again, unless it is told otherwise."""
