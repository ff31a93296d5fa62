"""Workflows and deployments that call a function as one of their steps."""

from __future__ import annotations

from lambdalint.kinds.kind import Form, Kind, awaited, pushed

_PIPELINE = "AWS::CodePipeline::Pipeline"
_SHIFT = "/UpdatePolicy.CodeDeployLambdaAliasUpdate"
_REGION_SWITCH_STEPS = (
    "Workflows[].Steps[].",
    "Workflows[].Steps[].ExecutionBlockConfiguration.ParallelConfig.Steps[].",
)

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
    awaited(
        "pipe-enrichment",
        "pipe enrichment",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/pipes-enrichment.html",
        (
            Form(
                "AWS::Pipes::Pipe",
                "Enrichment",
                "Source",
                off=("DesiredState", "STOPPED"),
                role="RoleArn",
            ),
        ),
        retries="as the pipe's source says",
        failures="as the pipe's source says",
        order="of the pipe's source",
        batch="as the pipe's source says",
        pressure="the source keeps what waits",
        concurrency="as the pipe's source says",
        duplicates="possible",
    ),
    pushed(
        "codepipeline",
        "CodePipeline action",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html",
        (
            Form(
                _PIPELINE,
                "Stages[].Actions[].Configuration!.FunctionName",
                when=(".ActionTypeId.Provider", "Lambda"),
                role=".RoleArn",
            ),
            *(
                Form(
                    _PIPELINE,
                    f"Stages[].{moment}.Conditions[].Rules[].Configuration.FunctionName",
                    when=(".RuleTypeId.Provider", "LambdaInvoke"),
                    role=".RoleArn",
                )
                for moment in ("BeforeEntry", "OnSuccess", "OnFailure")
            ),
        ),
        failures="the action fails, when the result is missed",
        order="of the pipeline",
        batch="one job",
        notices=True,
    ),
    pushed(
        "codedeploy",
        "CodeDeploy hook",
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html",
        tuple(
            Form(
                "AWS::Lambda::Alias",
                f"{_SHIFT}.{moment}AllowTrafficHook",
                f"{_SHIFT}.DeploymentGroupName",
                of="AWS::CodeDeploy::DeploymentGroup",
            )
            for moment in ("Before", "After")
        ),
        failures="the deployment fails, when the status is missed",
        order="of the deployment",
        batch="one deployment",
        notices=True,
    ),
    awaited(
        "ecs-hook",
        "ECS deployment hook",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html",
        (
            Form(
                "AWS::ECS::Service",
                "DeploymentConfiguration.LifecycleHooks[].HookTargetArn",
                role=".RoleArn",
            ),
        ),
        retries="ECS, while the answer is IN_PROGRESS",
        failures="the deployment rolls back",
        order="of the deployment",
        batch="one deployment",
        duplicates="while the answer is IN_PROGRESS",
    ),
    pushed(
        "transfer-workflow",
        "Transfer Family workflow step",
        "https://docs.aws.amazon.com/transfer/latest/userguide/custom-step-details.html",
        tuple(
            Form("AWS::Transfer::Workflow", f"{steps}[].CustomStepDetails.Target")
            for steps in ("Steps", "OnExceptionSteps")
        ),
        failures="the OnExceptionSteps run, when the result is missed",
        order="of the workflow",
        batch="one file",
        notices=True,
    ),
    awaited(
        "region-switch",
        "Region switch step",
        "https://docs.aws.amazon.com/r53recovery/latest/dg/custom-action-lambda-block.html",
        tuple(
            Form(
                "AWS::ARCRegionSwitch::Plan",
                f"{steps}ExecutionBlockConfiguration.CustomActionLambdaConfig.Lambdas[].Arn",
                role="ExecutionRole",
            )
            for steps in _REGION_SWITCH_STEPS
        ),
        retries="Region switch, every RetryIntervalMinutes",
        failures="the step fails after TimeoutMinutes",
        order="of the plan",
    ),
    awaited(
        "automation",
        "Automation runbook step",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html",
        (
            Form(
                "AWS::SSM::Document",
                "Content!.mainSteps[].inputs.FunctionName",
                when=(".action", "aws:invokeLambdaFunction"),
                role="Content!.assumeRole",
            ),
        ),
        retries="the step's maxAttempts",
        failures="the step's onFailure",
        order="of the runbook",
    ),
)
