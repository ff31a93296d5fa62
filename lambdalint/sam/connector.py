"""Connectors of SAM: the permissions between two resources, as statements of a policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lambdalint.sam import policy
from lambdalint.sam.merge import raw
from lambdalint.template import Declaration, Gate, elements
from lambdalint.value import Place, Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application
    from lambdalint.sam.connectors import Profile

# What the types of SAM are once they are translated, where an end is given by its type.
_PLAIN = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
}
# The types of which `Ref` is the ARN, and the property that holds the role of a type.
_ARN_BY_REF = frozenset(
    {
        "AWS::AppSync::DataSource",
        "AWS::AppSync::GraphQLApi",
        "AWS::SNS::Topic",
        "AWS::StepFunctions::StateMachine",
    }
)
_ROLE = {
    "AWS::AppSync::DataSource": "ServiceRoleArn",
    "AWS::Lambda::Function": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
}


def expand(application: Application, declaration: Declaration) -> None:
    """Declare what an `AWS::Serverless::Connector` makes."""
    properties = application.properties(declaration)
    application.template.resources.pop(declaration.id)
    _all(application, declaration, declaration.id, properties.get("Source"), properties)


def expand_embedded(application: Application, declaration: Declaration) -> None:
    """Declare what the `Connectors` of a resource make."""
    for name, connector in declaration.written.get("Connectors").items():
        properties = connector.get("Properties")
        reference = dict(properties.get("SourceReference").items())
        source = Value({"Id": declaration.id, **reference}, connector.at)
        condition = connector.get("Condition").data
        gates = ((condition, True),) if isinstance(condition, str) else ()
        _all(application, declaration, f"{declaration.id}{name}", source, properties, gates)


def _all(
    application: Application,
    origin: Declaration,
    id: str,
    source: Value,
    properties: Value,
    gates: tuple[Gate, ...] = (),
) -> None:
    destinations = properties.get("Destination")
    several = isinstance(destinations.data, list)
    wanted = [one.data for _, one in elements(properties.get("Permissions"))]
    for index, (around, destination) in enumerate(elements(destinations, gates)):
        suffix = f"Destination{index}" if several else ""
        ends = source, destination
        connect(application, origin, id, ends, properties.at, wanted, suffix, around)


def connect(
    application: Application,
    origin: Declaration,
    id: str,
    ends: tuple[Value, Value],
    at: Place,
    wanted: Sequence[Any] = ("Write",),
    suffix: str = "",
    gates: tuple[Gate, ...] = (),
) -> None:
    """Declare what lets a source use a destination."""
    from lambdalint.sam.connectors import CONNECTORS  # noqa: PLC0415  a large table that few need

    source, destination = (_End(application, end) for end in ends)
    profile = CONNECTORS.get((source.type, destination.type))
    if profile is None:
        return
    both = {"Source": source, "Destination": destination}
    kind, type, settings = _made(profile, both, wanted, Value(None, at))
    id = f"{id}{kind}{suffix}"
    application.add(id, type, settings, at, origin=origin, gates=gates)


class _End:
    """One end of a connector: a resource of the template, or its ARN, role and name."""

    def __init__(self, application: Application, written: Value) -> None:
        id = written.get("Id").data
        self.id = id if isinstance(id, str) else ""
        self.written = written
        found = application.template.resources.get(self.id)
        type = found.type if found else str(written.get("Type").data)
        self.type = _PLAIN.get(type, type)
        self.properties = found.written.get("Properties") if found else Value(None, written.at)

    @property
    def variables(self) -> dict[str, Any]:
        """What statements may refer to."""
        names = ("Arn", "Name", "QueueUrl", "ResourceId", "Qualifier")
        given = {name: self.written.get(name) for name in names}
        own: dict[str, Any] = {"Qualifier": "*"}
        if self.id:
            by_ref, appsync = self.type in _ARN_BY_REF, self.type.startswith("AWS::AppSync::")
            own |= {
                "Arn": {"Ref": self.id} if by_ref else {"Fn::GetAtt": [self.id, "Arn"]},
                "Name": {"Fn::GetAtt": [self.id, "Name"]},
                "QueueUrl": {"Ref": self.id},
                "ResourceId": {"Fn::GetAtt": [self.id, "ApiId"]} if appsync else {"Ref": self.id},
            }
        return own | {name: value for name, value in given.items() if value.data is not None}

    def role(self, other: _End) -> Any:
        """The role's name, or a pointer to it: a rule has one for each target."""
        if (name := self.written.get("RoleName")).data is not None:
            return name
        role = self.properties.get(_ROLE.get(self.type, ""))
        if self.type == "AWS::Events::Rule":
            for target in self.properties.get("Targets").elements():
                arn = target.get("Arn")
                if other.id in _pointers(arn) or raw(arn) == raw(other.written.get("Arn")):
                    role = target.get("RoleArn")
        return next(({"Ref": id} for id in _pointers(role)), None)


def _pointers(written: Value) -> Iterator[str]:
    """The logical id that a `Ref` or `Fn::GetAtt` points at, if it is one."""
    match written.data:
        case {"Fn::GetAtt": [str(id), *_]} | {"Ref": str(id)}:
            yield id
        case {"Fn::GetAtt": str(dotted)}:
            yield dotted.partition(".")[0]


def _made(
    profile: Profile, ends: dict[str, _End], wanted: Sequence[Any], written: Value
) -> tuple[str, str, dict[str, Any]]:
    """What a connector declares: the end of its id, its type and its properties."""
    variables = {
        f"{end}.{name}": value for end, one in ends.items() for name, value in one.variables.items()
    }
    statements = tuple(
        statement
        for category, listed in profile.access.items()
        if category in wanted
        for statement in listed
    )
    owner = ends[profile.owner.capitalize()]
    source_arn = {"Fn::Sub": [profile.source_arn, variables]}
    if profile.kind == "permission":
        permission: dict[str, Any] = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": owner.variables.get("Arn"),
            "Principal": profile.principal,
            "SourceArn": source_arn,
        }
        if profile.source_account:
            permission["SourceAccount"] = {"Fn::Sub": profile.source_account}
        return "WriteLambdaPermission", "AWS::Lambda::Permission", permission
    if profile.kind == "managed_policy":
        document = policy.statements(statements, variables, written)
        role = owner.role(ends["Source" if profile.owner == "destination" else "Destination"])
        settings = {"PolicyDocument": document, "Roles": [role]}
        return "Policy", "AWS::IAM::ManagedPolicy", settings
    service = {
        "Principal": {"Service": profile.principal},
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }
    document = policy.statements(statements, variables, written, service)
    if profile.kind == "queue_policy":
        queues = [owner.variables.get("QueueUrl")]
        settings = {"PolicyDocument": document, "Queues": queues}
        return "QueuePolicy", "AWS::SQS::QueuePolicy", settings
    settings = {"PolicyDocument": document, "Topics": [owner.variables.get("Arn")]}
    return "TopicPolicy", "AWS::SNS::TopicPolicy", settings
