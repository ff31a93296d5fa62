"""Bots, agents, telephony and chat that have a function speak, act or judge."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited

_AGENTCORE = "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide"
_BEDROCK = "https://docs.aws.amazon.com/bedrock/latest/userguide"
_RESOURCES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

_LEX_HOOK = (
    "BotAliasLocaleSettings[].BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn"
)
_LEX_OFF = (".BotAliasLocaleSetting.Enabled", "false")

KINDS: tuple[Kind, ...] = (
    awaited(
        "lex",
        "Lex bot",
        "https://docs.aws.amazon.com/lexv2/latest/dg/lambda.html",
        (
            Form("AWS::Lex::BotAlias", _LEX_HOOK, "BotId", off=_LEX_OFF),
            Form("AWS::Lex::Bot", f"TestBotAliasSettings.{_LEX_HOOK}", off=_LEX_OFF),
        ),
        "lexv2.amazonaws.com",
        failures="the bot's failure response",
    ),
    # Connect writes the function's policy itself when the function is associated. It waits 8 s at
    # most, or 60 s where the flow goes on meanwhile.
    # https://docs.aws.amazon.com/connect/latest/adminguide/invoke-lambda-function-block.html
    awaited(
        "connect",
        "Connect flow",
        "https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html",
        (
            Form(
                "AWS::Connect::IntegrationAssociation",
                "IntegrationArn",
                "InstanceId",
                when=("IntegrationType", "LAMBDA_FUNCTION"),
            ),
            *(
                Form(
                    type,
                    "Content!.Actions[].Parameters.LambdaFunctionARN",
                    "InstanceArn",
                    when=(".Type", "InvokeLambdaFunction"),
                    off=("State", "ARCHIVED"),
                )
                for type in ("AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule")
            ),
        ),
        retries="Connect, up to three times while it waits",
        failures="the block's Error branch",
        pressure="throttled calls are repeated while Connect waits",
        duplicates="possible",
    ),
    # The permission is all that a template shows of a skill.
    awaited(
        "alexa",
        "Alexa skill",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html",
        tuple(
            Form("AWS::Lambda::Permission", "FunctionName", when=("Principal", principal))
            for principal in ("alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com")
        ),
        # https://developer.amazon.com/docs/device-apis/alexa-response.html
        limit_s=8,
    ),
    awaited(
        "bedrock-agent",
        "Bedrock agent",
        f"{_BEDROCK}/agents-lambda.html",
        (
            Form(
                "AWS::Bedrock::Agent",
                "ActionGroups[].ActionGroupExecutor.Lambda",
                off=(".ActionGroupState", "DISABLED"),
            ),
            Form("AWS::Bedrock::Agent", "PromptOverrideConfiguration.OverrideLambda"),
            Form("AWS::Bedrock::Agent", "CustomOrchestration.Executor.Lambda"),
        ),
        "bedrock.amazonaws.com",
    ),
    awaited(
        "bedrock-flow",
        "Bedrock flow",
        f"{_BEDROCK}/flows-nodes.html",
        tuple(
            Form(
                "AWS::Bedrock::Flow",
                f"Definition.{loop}Nodes[].Configuration.LambdaFunction.LambdaArn",
            )
            for loop in ("", "Nodes[].Configuration.Loop.Definition.")
        ),
    ),
    awaited(
        "bedrock-knowledge-base",
        "Bedrock knowledge base",
        f"{_BEDROCK}/kb-custom-transformation.html",
        (
            Form(
                "AWS::Bedrock::DataSource",
                "VectorIngestionConfiguration.CustomTransformationConfiguration.Transformations[]"
                ".TransformationFunction.TransformationLambdaConfiguration.LambdaArn",
                "KnowledgeBaseId",
            ),
        ),
    ),
    awaited(
        "agentcore-gateway",
        "AgentCore gateway",
        f"{_AGENTCORE}/gateway-add-target-lambda.html",
        (
            Form(
                "AWS::BedrockAgentCore::GatewayTarget",
                "TargetConfiguration.Mcp.Lambda.LambdaArn",
                "GatewayIdentifier",
            ),
            # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-interceptors-permissions.html
            Form(
                "AWS::BedrockAgentCore::Gateway",
                "InterceptorConfigurations[].Interceptor.Lambda.Arn",
                role="RoleArn",
            ),
        ),
    ),
    awaited(
        "agentcore-harness",
        "AgentCore harness",
        f"{_RESOURCES}/aws-resource-bedrockagentcore-harness.html",
        tuple(
            Form("AWS::BedrockAgentCore::Harness", f"Hooks[].{phase}.Target.Lambda.Arn")
            for phase in ("BeforeInvocation", "AfterInvocation", "BeforeToolCall", "AfterToolCall")
        ),
        failures="the hook's FailureMode decides",
    ),
    awaited(
        "agentcore-evaluator",
        "AgentCore evaluator",
        f"{_RESOURCES}/aws-resource-bedrockagentcore-evaluator.html",
        (
            Form(
                "AWS::BedrockAgentCore::Evaluator",
                "EvaluatorConfig.CodeBased.LambdaConfig.LambdaArn",
            ),
        ),
    ),
    # Chime writes the function's policy itself.
    awaited(
        "chime-sip",
        "Chime SIP media application",
        "https://docs.aws.amazon.com/chime-sdk/latest/dg/timeouts.html",
        (Form("AWS::Chime::SipMediaApplication", "Endpoints[].LambdaArn"),),
        retries="Chime, whenever 5 s pass without an answer",
        failures="the call ends",
        duplicates="when the answer takes 5 s or more",
        limit_s=20,
    ),
    awaited(
        "ivs-chat",
        "IVS chat room",
        "https://docs.aws.amazon.com/ivs/latest/ChatUserGuide/chat-message-review-handler.html",
        (Form("AWS::IVSChat::Room", "MessageReviewHandler.Uri"),),
        "ivschat.amazonaws.com",
        failures="the room's FallbackResult decides",
    ),
)
