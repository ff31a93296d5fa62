"""Connectors of SAM: the permissions between two resources, as statements of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint.sam import policy
from lambdalint.template import Declaration, elements
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application
    from lambdalint.sam.connectors import Profile


def expand(application: Application, declaration: Declaration) -> None:
    """Declare what an `AWS::Serverless::Connector` makes."""
    properties = application.properties(declaration)
    application.template.resources.pop(declaration.id)
    _connect(application, declaration, declaration.id, properties.get("Source"), properties)


def expand_embedded(application: Application, declaration: Declaration) -> None:
    """Declare what the `Connectors` of a resource make."""
    connectors = declaration.written.get("Connectors")
    for name, connector in connectors.items():
        source = Value({"Id": declaration.id}, connector.at)
        id = f"{declaration.id}{name}"
        _connect(application, declaration, id, source, connector.get("Properties"))


def _connect(
    application: Application, origin: Declaration, id: str, source: Value, properties: Value
) -> None:
    from lambdalint.sam.connectors import CONNECTORS  # noqa: PLC0415  a large table that few need

    destinations = properties.get("Destination")
    several = isinstance(destinations.data, list)
    wanted = [one.data for _, one in elements(properties.get("Permissions"))]
    for index, (_, destination) in enumerate(elements(destinations)):
        ends = {"Source": _End(application, source), "Destination": _End(application, destination)}
        profile = CONNECTORS.get((ends["Source"].type, ends["Destination"].type))
        if profile:
            suffix = f"Destination{index}" if several else ""
            _declare(application, origin, (id, suffix), profile, ends, wanted, properties)


class _End:
    """One end of a connector: a resource of the template, or its ARN, role and name."""

    def __init__(self, application: Application, written: Value) -> None:
        id = written.get("Id").data
        self.id = id if isinstance(id, str) else ""
        self.written = written
        found = application.template.resources.get(self.id)
        self.type = found.type if found else str(written.get("Type").data)
        self.properties = found.written.get("Properties") if found else Value(None, written.at)

    @property
    def variables(self) -> dict[str, Any]:
        """What statements may refer to."""
        if not self.id:
            names = ("Arn", "Name", "ResourceId", "Qualifier")
            given = {name: self.written.get(name) for name in names}
            return {"Qualifier": "*", **{k: v for k, v in given.items() if v.data is not None}}
        by_ref = self.type in ("AWS::SNS::Topic", "AWS::StepFunctions::StateMachine")
        arn = {"Ref": self.id} if by_ref else {"Fn::GetAtt": [self.id, "Arn"]}
        return {
            "Arn": arn,
            "Name": {"Ref": self.id},
            "ResourceId": {"Ref": self.id},
            "Qualifier": "*",
        }

    @property
    def role(self) -> Any:
        """The role's name, or a pointer to it."""
        if (name := self.written.get("RoleName")).data is not None:
            return name
        role = self.properties.get("Role" if "Lambda" in self.type else "RoleArn")
        match role.data:
            case {"Fn::GetAtt": [str(id), *_]} | {"Ref": str(id)}:
                return {"Ref": id}
            case {"Fn::GetAtt": str(dotted)}:
                return {"Ref": dotted.partition(".")[0]}
        return None


def _declare(
    application: Application,
    origin: Declaration,
    names: tuple[str, str],
    profile: Profile,
    ends: dict[str, _End],
    wanted: list[Any],
    written: Value,
) -> None:
    id, suffix = names
    variables = {
        f"{end}.{name}": value for end, one in ends.items() for name, value in one.variables.items()
    }
    statements = tuple(
        statement
        for category, listed in profile.access.items()
        if category in wanted
        for statement in listed
    )
    document = policy.statements(statements, variables, written)
    owner = ends[profile.owner.capitalize()]
    made: dict[str, dict[str, Any]] = {
        "managed_policy": {"PolicyDocument": document, "Roles": [owner.role]},
        "queue_policy": {"PolicyDocument": document, "Queues": [owner.variables.get("Name")]},
        "topic_policy": {"PolicyDocument": document, "Topics": [owner.variables.get("Arn")]},
        "permission": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": owner.variables.get("Arn"),
            "Principal": profile.principal,
            "SourceArn": {"Fn::Sub": [profile.source_arn, variables]},
        },
    }
    if profile.source_account:
        made["permission"]["SourceAccount"] = {"Fn::Sub": profile.source_account}
    types = {
        "managed_policy": ("Policy", "AWS::IAM::ManagedPolicy"),
        "queue_policy": ("QueuePolicy", "AWS::SQS::QueuePolicy"),
        "topic_policy": ("TopicPolicy", "AWS::SNS::TopicPolicy"),
        "permission": ("WriteLambdaPermission", "AWS::Lambda::Permission"),
    }
    kind, type = types[profile.kind]
    application.add(f"{id}{kind}{suffix}", type, made[profile.kind], written.at, origin=origin)
