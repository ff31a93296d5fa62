"""`DeploymentPreference` of SAM functions: CodeDeploy shifts traffic from version to version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdalint.sam.role import AWS_POLICIES
from lambdalint.template import Declaration
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

# One for all functions of a template.
_APPLICATION, _ROLE = "ServerlessDeploymentApplication", "CodeDeployServiceRole"


def update_policy(application: Application, function: Declaration, written: Value) -> Value | None:
    """How CodeDeploy updates the alias of a function, if it does; declares what that takes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
    """
    enabled = application.told(written.get("Enabled"))
    if written.data is None or str(enabled).lower() == "false":
        return None
    conditional = application.told(written.get("PassthroughCondition"))
    gates = function.gates if str(conditional).lower() == "true" else ()
    deployed = application.share(
        _APPLICATION,
        "AWS::CodeDeploy::Application",
        {"ComputePlatform": "Lambda"},
        written.at,
        origin=function,
        gates=gates,
    )
    role = written.get("Role")
    if role.data is None:
        managed = f"{AWS_POLICIES}service-role/AWSCodeDeployRoleForLambda"
        made = application.share(
            _ROLE,
            "AWS::IAM::Role",
            {"ManagedPolicyArns": [managed]},
            written.at,
            origin=function,
            gates=gates,
        )
        role = Value({"Fn::GetAtt": [made, "Arn"]}, written.at)
    group = application.share(
        f"{function.id}DeploymentGroup",
        "AWS::CodeDeploy::DeploymentGroup",
        {"ApplicationName": {"Ref": deployed}, "ServiceRoleArn": role},
        written.at,
        origin=function,
        gates=gates,
    )
    hooks = {"BeforeAllowTrafficHook": "PreTraffic", "AfterAllowTrafficHook": "PostTraffic"}
    given = {name: written.get("Hooks", hook) for name, hook in hooks.items()}
    update = {
        "ApplicationName": {"Ref": deployed},
        "DeploymentGroupName": {"Ref": group},
        **{name: hook for name, hook in given.items() if hook.data is not None},
    }
    return Value({"CodeDeployLambdaAliasUpdate": Value(update, written.at)}, written.at)
