"""`AWS::Serverless::StateMachine`: the machine, its role, and the events that start it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint.sam import api, events, policy, role
from lambdalint.sam.events import Event, Target
from lambdalint.template import Declaration, entries
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

# What SAM alone understands or the plain resource calls differently; the rest is passed on.
_OWN = frozenset(
    {
        "AutoPublishAlias",
        "DefinitionUri",
        "DeploymentPreference",
        "Events",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "Role",
        "RolePath",
        "UseAliasAsEventTarget",
    }
)
_RENAMED = {
    "Logging": "LoggingConfiguration",
    "Name": "StateMachineName",
    "Tracing": "TracingConfiguration",
    "Type": "StateMachineType",
}
_START = "states:StartExecution"


def expand(application: Application, declaration: Declaration) -> None:
    """Replace a SAM state machine."""
    properties = application.properties(declaration)
    plain: dict[str, Any] = {
        _RENAMED.get(name, name): value for name, value in properties.items() if name not in _OWN
    }
    inline, managed = policy.of(properties.get("Policies"), f"{declaration.id}Role")
    if properties.get("Tracing", "Enabled").data is True:
        managed.append(Value(f"{role.AWS_POLICIES}AWSXrayWriteOnlyAccess", declaration.at))
    settings: dict[str, Any] = {
        "Policies": Value(inline, declaration.at),
        "ManagedPolicyArns": Value(managed, declaration.at),
        "PermissionsBoundary": properties.get("PermissionsBoundary"),
        "Path": properties.get("RolePath"),
    }
    plain["RoleArn"] = role.complete(application, declaration, properties.get("Role"), settings)
    application.replace(
        declaration, "AWS::StepFunctions::StateMachine", Value(plain, properties.at)
    )
    alias = _alias(application, declaration, properties)
    wanted = application.told(properties.get("UseAliasAsEventTarget"))
    machine = Target(declaration, alias if wanted else "")
    boundary = properties.get("PermissionsBoundary")
    for name, gates, written in entries(properties.get("Events")):
        event = Event(application, machine, name, written, gates)
        kind = written.get("Type").data
        if isinstance(kind, str) and event.is_complete(kind):
            _event(event, kind, boundary)


def _alias(application: Application, declaration: Declaration, properties: Value) -> str:
    written = properties.get("AutoPublishAlias")
    name = application.told(written)
    if not name or not isinstance(name, str):
        return ""
    version = application.add(
        f"{declaration.id}Version",
        "AWS::StepFunctions::StateMachineVersion",
        {"StateMachineArn": {"Ref": declaration.id}},
        written.at,
        origin=declaration,
    )
    preference = properties.get("DeploymentPreference")
    shifting = {"Type": "ALL_AT_ONCE", **dict(preference.items())}
    shifting["StateMachineVersionArn"] = {"Ref": version}
    return application.add(
        f"{declaration.id}Alias{name}",
        "AWS::StepFunctions::StateMachineAlias",
        {"Name": name, "DeploymentPreference": Value(shifting, preference.at)},
        written.at,
        origin=declaration,
    )


def _event(event: Event, kind: str, boundary: Value) -> None:
    """Rules, schedules and APIs start a machine through a role of their own."""
    arn, given = event.target.arn, event.properties.get("RoleArn")
    if kind == "ScheduleV2":
        events.add_schedule(event, arn, _START)
    elif kind == "Schedule" and given.data is not None:
        events.add_rule(event, arn, RoleArn=given)
    elif kind in ("Api", "Schedule", "EventBridgeRule", "CloudWatchEvent"):
        own = event.add_role(role.policy((_START, arn)), boundary)
        if kind == "Api":
            api.add_start(event, own)
        else:
            events.add_rule(event, arn, RoleArn=own)
