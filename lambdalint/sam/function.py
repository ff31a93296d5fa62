"""`AWS::Serverless::Function`: the function, its role, alias, version, URL and failure settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.sam import deployment, events, policy, polling, role
from lambdalint.sam.events import Target
from lambdalint.sam.merge import absent, filled, gated
from lambdalint.template import MACRO, Declaration, alternatives, entries
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

# What SAM alone understands; everything else is passed on.
_OWN = frozenset(
    {
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CapacityProviderConfig",
        "CodeUri",
        "DeadLetterQueue",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "ImageUri",
        "InlineCode",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "RolePath",
        "SourceKMSKeyArn",
        "Tracing",
        "VersionDeletionPolicy",
        "VersionDescription",
    }
)


def expand(application: Application, declaration: Declaration) -> None:
    """Replace a SAM function."""
    properties = application.properties(declaration)
    plain: dict[str, Any] = {name: value for name, value in properties.items() if name not in _OWN}
    plain["Code"] = _code(properties)
    dead_letters = properties.get("DeadLetterQueue")
    if dead_letters.data is not None:
        arn = dead_letters.get("TargetArn")
        plain["DeadLetterConfig"] = Value({"TargetArn": arn}, dead_letters.at)
    if is_traced(application, properties):
        tracing = properties.get("Tracing")
        plain["TracingConfig"] = Value({"Mode": tracing}, tracing.at)
    if (provider := properties.get("CapacityProviderConfig")).data is not None:
        plain["CapacityProviderConfig"] = _capacity(provider)
    if MACRO not in plain:  # what is included may be the role, or what it may do
        plain["Role"] = _role(application, declaration, properties)
    application.replace(declaration, "AWS::Lambda::Function", Value(plain, properties.at))
    target = Target(declaration, _alias(application, declaration, properties))
    _invoke_config(application, target, properties.get("EventInvokeConfig"))
    _url(application, target, properties.get("FunctionUrlConfig"))
    # The default route comes first: its permission is enough for the other routes.
    found = sorted(entries(properties.get("Events")), key=events.order)
    for name, gates, event in found:
        events.expand(application, target, name, event, gates)


def is_traced(application: Application, properties: Value) -> bool:
    """Whether X-Ray traces a function, or might."""
    return application.told(properties.get("Tracing")) not in (None, "Disabled")


def _code(properties: Value) -> Value:
    for name, key in (("InlineCode", "ZipFile"), ("ImageUri", "ImageUri")):
        if (written := properties.get(name)).data is not None:
            return Value({key: written}, written.at)
    uri = properties.get("CodeUri")
    text = uri.data
    code: dict[str, Any] = {}
    if isinstance(text, str) and text.startswith("s3://"):
        where, _, version = text.removeprefix("s3://").partition("?versionId=")
        bucket, _, key = where.partition("/")
        code = {"S3Bucket": bucket, "S3Key": key}
        if version:
            code["S3ObjectVersion"] = version
    elif isinstance(text, dict) and "Bucket" in text:
        code = {f"S3{'ObjectVersion' if k == 'Version' else k}": v for k, v in uri.items()}
    if not code:
        return uri
    if (encrypted := properties.get("SourceKMSKeyArn")).data is not None:
        code["SourceKMSKeyArn"] = encrypted
    return Value(code, uri.at)


def _capacity(written: Value) -> Value:
    """The settings of a capacity provider, under the name of its kind."""
    renamed = {"Arn": "CapacityProviderArn"}
    config = {renamed.get(name, name): value for name, value in written.items()}
    kind = {"LambdaManagedInstancesCapacityProviderConfig": Value(config, written.at)}
    return Value(kind, written.at)


def _role(application: Application, declaration: Declaration, properties: Value) -> Value:
    inline, managed = policy.of(properties.get("Policies"), f"{declaration.id}Role")
    durable = properties.get("DurableConfig").data
    own = ["service-role/AWSLambdaBasicDurableExecutionRolePolicy"] if durable else []
    own = own or ["service-role/AWSLambdaBasicExecutionRole"]
    if is_traced(application, properties):
        own.append("AWSXrayWriteOnlyAccess")
    if properties.get("VpcConfig").data:
        own.append("service-role/AWSLambdaVPCAccessExecutionRole")
    managed += [Value(f"{role.AWS_POLICIES}{name}", declaration.at) for name in own]
    inline += _may_send(application, declaration, properties)
    for _, gates, event in entries(properties.get("Events")):
        if arn := polling.managed(event):
            managed.append(gated(Value(arn, event.at), gates))
        inline += [gated(one, gates) for one in polling.inline(event)]
    settings: dict[str, Any] = {
        "Policies": Value(inline, declaration.at),
        "ManagedPolicyArns": Value(managed, declaration.at),
        "PermissionsBoundary": properties.get("PermissionsBoundary"),
        "Path": properties.get("RolePath"),
    }
    return role.complete(application, declaration, properties.get("Role"), settings)


# What SAM lets a function do to the ends of its failures and destinations, by their type.
_SEND = {
    "SQS": "sqs:SendMessage",
    "SNS": "sns:Publish",
    "Lambda": "lambda:InvokeFunction",
    "EventBridge": "events:PutEvents",
}


class _OwnEnd(NamedTuple):
    """What SAM makes for events to go to where only the type of an end is given."""

    suffix: str
    type: str
    attribute: str

    def arn(self, id: str) -> dict[str, Any]:
        """The ARN of the one with this id."""
        return {"Fn::GetAtt": [id, self.attribute]} if self.attribute else {"Ref": id}


_OWN_END = {
    "SQS": _OwnEnd("Queue", "AWS::SQS::Queue", "Arn"),
    "SNS": _OwnEnd("Topic", "AWS::SNS::Topic", ""),
}


def _may_send(
    application: Application, declaration: Declaration, properties: Value
) -> Iterator[Value]:
    """The policies by which a generated role reaches the ends of failures and destinations."""
    dead_letters = properties.get("DeadLetterQueue")
    ends = [(dead_letters, dead_letters.get("Type").data, dead_letters.get("TargetArn"))]
    config = properties.get("EventInvokeConfig", "DestinationConfig")
    for outcome in ("OnSuccess", "OnFailure"):
        end = config.get(outcome)
        arn, kind = end.get("Destination"), application.told(end.get("Type"))
        if own := _OWN_END.get(str(kind)):
            made = f"{declaration.id}EventInvokeConfig{outcome}{own.suffix}"
            arn = filled(arn, Value(own.arn(made), end.at))
        ends.append((end, kind, arn))
    for _, _, event in entries(properties.get("Events")):
        end = event.get("Properties", "DestinationConfig", "OnFailure")
        ends.append((end, end.get("Type").data, end.get("Destination")))
    for end, kind, arn in ends:
        if arn.data is None:
            continue
        if action := _SEND.get(str(kind)):
            yield Value(role.policy((action, arn)), end.at)
        elif kind in ("S3", "S3Bucket"):
            objects = {"Fn::Join": ["/", [arn, "*"]]}
            yield Value(role.policy(("s3:PutObject", objects), ("s3:ListBucket", arn)), end.at)


def _alias(application: Application, declaration: Declaration, properties: Value) -> str:
    """The alias that SAM publishes: a text, or a parameter with a value."""
    written = properties.get("AutoPublishAlias")
    name = application.told(written)
    if not name or not isinstance(name, str):
        return ""
    # Here the id of a version does not change with the code, as it does for AWS.
    version = application.add(
        f"{declaration.id}Version",
        "AWS::Lambda::Version",
        {
            "FunctionName": {"Ref": declaration.id},
            "Description": properties.get("VersionDescription"),
            "FunctionScalingConfig": properties.get("FunctionScalingConfig"),
        },
        written.at,
        origin=declaration,
    )
    preference = properties.get("DeploymentPreference")
    update = deployment.update_policy(application, declaration, preference)
    return application.add(
        f"{declaration.id}Alias{name.replace('-', 'D').replace('_', 'U')}",
        "AWS::Lambda::Alias",
        {
            "Name": name,
            "FunctionName": {"Ref": declaration.id},
            "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            "ProvisionedConcurrencyConfig": properties.get("ProvisionedConcurrencyConfig"),
        },
        written.at,
        origin=declaration,
        attributes={"UpdatePolicy": update} if update else {},
    )


def _invoke_config(application: Application, target: Target, written: Value) -> None:
    if not (isinstance(written.data, dict) and written.data):
        return
    id = f"{target.id}EventInvokeConfig"
    qualifier: Any = "$LATEST"
    if target.alias:
        qualifier = application.template.resources[target.alias].written.get("Properties", "Name")
    destinations: dict[str, Any] = {}
    for outcome in ("OnSuccess", "OnFailure"):
        destination = written.get("DestinationConfig", outcome)
        if destination.data is not None:
            arn = _destination(application, target, destination, f"{id}{outcome}")
            destinations[outcome] = Value({"Destination": arn}, destination.at)
    settings = {
        "FunctionName": {"Ref": target.id},
        "Qualifier": qualifier,
        "MaximumRetryAttempts": written.get("MaximumRetryAttempts"),
        "MaximumEventAgeInSeconds": written.get("MaximumEventAgeInSeconds"),
        "DestinationConfig": Value(destinations, written.get("DestinationConfig").at),
    }
    application.add(
        id, "AWS::Lambda::EventInvokeConfig", settings, written.at, origin=target.declaration
    )


def _destination(application: Application, target: Target, written: Value, id: str) -> Value:
    """Where events go; SAM makes a queue or topic where only the type of one is given."""
    arn = written.get("Destination")
    ways = list(absent(arn))
    own = _OWN_END.get(str(application.told(written.get("Type"))))
    if not own or not ways:
        return arn
    made = application.add(
        f"{id}{own.suffix}",
        own.type,
        {},
        written.at,
        origin=target.declaration,
        gates=ways[0] if len(ways) == 1 else (),
    )
    return filled(arn, Value(own.arn(made), written.at))


# The two permissions without which a public URL is not public.
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
_PUBLIC: dict[str, dict[str, Any]] = {
    "UrlPublicPermissions": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
    "URLInvokeAllowPublicAccess": {
        "Action": "lambda:InvokeFunction",
        "InvokedViaFunctionUrl": True,
    },
}


def _url(application: Application, target: Target, written: Value) -> None:
    for gates, config in alternatives(written):
        application.add(
            f"{target.id}Url",
            "AWS::Lambda::Url",
            {"TargetFunctionArn": target.name, **dict(config.items())},
            config.at,
            origin=target.declaration,
            gates=gates,
        )
        if config.get("AuthType").data != "NONE":
            continue
        for id, permission in _PUBLIC.items():
            application.add(
                f"{target.id}{id}",
                "AWS::Lambda::Permission",
                {"FunctionName": target.name, "Principal": "*", **permission},
                config.at,
                origin=target.declaration,
                gates=gates,
            )
