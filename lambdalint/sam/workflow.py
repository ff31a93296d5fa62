"""`AWS::Serverless::StateMachine`: the machine, its role, and the events that start it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint.sam import api, events, policy, role
from lambdalint.sam.events import Event, Target
from lambdalint.template import Declaration, entries
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application


def expand(application: Application, declaration: Declaration) -> None:
    """Replace a SAM state machine."""
    properties = application.properties(declaration)
    own = ("DefinitionUri", "Events", "Logging", "Name", "Policies", "Role", "Tracing", "Type")
    plain: dict[str, Any] = {name: value for name, value in properties.items() if name not in own}
    renamed = {"Name": "StateMachineName", "Type": "StateMachineType"}
    for name, to in renamed.items():
        if (written := properties.get(name)).data is not None:
            plain[to] = written
    if (given := properties.get("Role")).data is not None:
        plain["RoleArn"] = given
    else:
        inline, managed = policy.of(properties.get("Policies"), f"{declaration.id}Role")
        settings: dict[str, Any] = {
            "Policies": Value(inline, declaration.at),
            "ManagedPolicyArns": Value(managed, declaration.at),
        }
        plain["RoleArn"] = role.complete(application, declaration, given, settings)
    application.replace(
        declaration, "AWS::StepFunctions::StateMachine", Value(plain, properties.at)
    )
    machine = Target(declaration)
    for name, gates, written in entries(properties.get("Events")):
        _event(Event(application, machine, name, written, gates), written.get("Type").data)


def _event(event: Event, kind: Any) -> None:
    """Rules and schedules start a machine through a role of their own."""
    arn, properties = event.target.arn, event.properties
    if kind == "ScheduleV2":
        events.add_schedule(event, arn, "states:StartExecution")
        return
    if kind not in ("Api", "Schedule", "EventBridgeRule", "CloudWatchEvent"):
        return
    statement = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": arn}
    document = {
        "PolicyName": f"{event.id}StartExecutionPolicy",
        "PolicyDocument": {"Statement": [statement]},
    }
    own = event.add("Role", "AWS::IAM::Role", {"Policies": [document]})
    if kind == "Api":
        api.owner_of(properties.get("RestApiId"), event)
        return
    if kind == "Schedule":
        settings = {"ScheduleExpression": properties.get("Schedule")}
    else:
        settings = {"EventPattern": properties.get("Pattern"), **event.given("EventBusName")}
    events.add_rule(event, settings, arn, RoleArn={"Fn::GetAtt": [own, "Arn"]})
