"""`AWS::Serverless::Function`: the function, its role, alias, version, URL and failure settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.sam import events, policy, role
from lambdalint.sam.events import Target
from lambdalint.template import MACRO, Declaration, alternatives, entries
from lambdalint.value import Value
from lambdalint.world import World

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

# What SAM alone understands; everything else is passed on.
_OWN = frozenset(
    {
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CodeUri",
        "Connectors",
        "DeadLetterQueue",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "ImageUri",
        "InlineCode",
        "PermissionsBoundary",
        "Policies",
        "ProvisionedConcurrencyConfig",
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
    if MACRO not in plain:  # what is included may be the role, or what it may do
        plain["Role"] = _role(application, declaration, properties)
    application.replace(declaration, "AWS::Lambda::Function", Value(plain, properties.at))
    alias = _alias(application, declaration, properties, plain)
    target = Target(declaration, alias)
    _invoke_config(application, target, properties.get("EventInvokeConfig"))
    _url(
        application,
        target,
        properties.get("FunctionUrlConfig"),
        _alias_name(application, properties),
    )
    for name, gates, event in entries(properties.get("Events")):
        events.expand(application, target, name, event, gates)


def _code(properties: Value) -> Value:
    for name, key in (("InlineCode", "ZipFile"), ("ImageUri", "ImageUri")):
        if (written := properties.get(name)).data is not None:
            return Value({key: written}, written.at)
    uri = properties.get("CodeUri")
    text = uri.data
    if isinstance(text, str) and text.startswith("s3://"):
        bucket, _, key = text.removeprefix("s3://").partition("/")
        return Value({"S3Bucket": bucket, "S3Key": key}, uri.at)
    if isinstance(text, dict) and "Bucket" in text:
        renamed = {f"S3{'ObjectVersion' if k == 'Version' else k}": v for k, v in uri.items()}
        return Value(renamed, uri.at)
    return uri


def _role(application: Application, declaration: Declaration, properties: Value) -> Value:
    policies, managed = policy.of(properties.get("Policies"), f"{declaration.id}Role")
    policies += _may_send(declaration, properties)
    events.polled(properties.get("Events"), managed)
    settings: dict[str, Any] = {
        "Policies": Value(policies, declaration.at),
        "ManagedPolicyArns": Value(managed, declaration.at),
        "PermissionsBoundary": properties.get("PermissionsBoundary"),
    }
    return role.complete(application, declaration, properties.get("Role"), settings)


# What SAM lets a function do to the ends of its failures and destinations, by their type.
_SEND = {
    "SQS": "sqs:SendMessage",
    "SNS": "sns:Publish",
    "Lambda": "lambda:InvokeFunction",
    "EventBridge": "events:PutEvents",
    "S3Bucket": "s3:PutObject",
    "S3": "s3:PutObject",
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


def _may_send(declaration: Declaration, properties: Value) -> Iterator[Value]:
    """The policies by which a generated role reaches the ends of failures and destinations."""
    dead_letters = properties.get("DeadLetterQueue")
    ends = [(dead_letters, dead_letters.get("TargetArn"))]
    config = properties.get("EventInvokeConfig", "DestinationConfig")
    for outcome in ("OnSuccess", "OnFailure"):
        end = config.get(outcome)
        arn = end.get("Destination")
        if arn.data is None and (own := _OWN_END.get(str(end.get("Type").data))):
            made = f"{declaration.id}EventInvokeConfig{outcome}{own.suffix}"
            arn = Value(own.arn(made), end.at)
        ends.append((end, arn))
    for _, _, event in entries(properties.get("Events")):
        end = event.get("Properties", "DestinationConfig", "OnFailure")
        ends.append((end, end.get("Destination")))
    for end, arn in ends:
        if (action := _SEND.get(str(end.get("Type").data))) and arn.data is not None:
            statement = {"Effect": "Allow", "Action": action, "Resource": arn}
            yield Value({"PolicyDocument": {"Statement": [statement]}}, end.at)


def _alias_name(application: Application, properties: Value) -> str:
    """The alias that SAM publishes: a text, or a parameter with a value."""
    scope = World({}).scope(application.template)
    name = scope.settle(properties.get("AutoPublishAlias")).data
    return name if isinstance(name, str) else ""


def _alias(
    application: Application, declaration: Declaration, properties: Value, plain: dict[str, Any]
) -> str:
    name = _alias_name(application, properties)
    if not name:
        return ""
    at = properties.get("AutoPublishAlias").at
    version = application.add(
        f"{declaration.id}Version{_digest(properties, plain['Code'])}",
        "AWS::Lambda::Version",
        {"FunctionName": {"Ref": declaration.id}},
        at,
        origin=declaration,
    )
    alias = application.add(
        f"{declaration.id}Alias{name.replace('-', 'D').replace('_', 'U')}",
        "AWS::Lambda::Alias",
        {
            "Name": name,
            "FunctionName": {"Ref": declaration.id},
            "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            "ProvisionedConcurrencyConfig": properties.get("ProvisionedConcurrencyConfig"),
        },
        at,
        origin=declaration,
    )
    application.template.attributes[f"{declaration.id}.Alias"] = alias
    application.template.attributes[f"{declaration.id}.Version"] = version
    return alias


def _digest(properties: Value, code: Value) -> str:
    """Ten digits that change with the code, by which SAM names a version."""
    from hashlib import sha1  # noqa: PLC0415  2 ms that only aliases need

    given = properties.get("AutoPublishCodeSha256").data
    if isinstance(given, str):
        return given[:10]
    hashed = {**raw(code)} if isinstance(raw(code), dict) else {}
    environment = raw(properties.get("Environment"))
    hashed |= environment if isinstance(environment, dict) else {}
    if memory := raw(properties.get("MemorySize")):
        hashed["MemorySize"] = memory
    if properties.get("SnapStart", "ApplyOn").data not in (None, "None"):
        hashed["SnapStart"] = raw(properties.get("SnapStart"))
    plain = json.dumps(hashed, separators=(",", ":"), sort_keys=True)
    return sha1(plain.encode(), usedforsecurity=False).hexdigest()[:10]


def raw(data: Any) -> Any:
    """What was written, without the places."""
    if isinstance(data, Value):
        return raw(data.data)
    if isinstance(data, dict):
        return {key: raw(value) for key, value in data.items()}
    return [raw(item) for item in data] if isinstance(data, list) else data


def _invoke_config(application: Application, target: Target, written: Value) -> None:
    if not isinstance(written.data, dict):
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
    }
    if destinations:
        settings["DestinationConfig"] = Value(destinations, written.get("DestinationConfig").at)
    application.add(
        id, "AWS::Lambda::EventInvokeConfig", settings, written.at, origin=target.declaration
    )


def _destination(application: Application, target: Target, written: Value, id: str) -> Value:
    """Where events go; SAM makes a queue or topic where only the type of one is given."""
    arn = written.get("Destination")
    if arn.data is None and (own := _OWN_END.get(str(written.get("Type").data))):
        made = application.add(
            f"{id}{own.suffix}", own.type, {}, written.at, origin=target.declaration
        )
        return Value(own.arn(made), written.at)
    return arn


def _url(application: Application, target: Target, written: Value, alias: str) -> None:
    for gates, config in alternatives(written):
        settings = {
            "TargetFunctionArn": {"Ref": target.id},
            "AuthType": config.get("AuthType"),
            "InvokeMode": config.get("InvokeMode"),
        }
        if alias:
            settings["Qualifier"] = Value(alias, config.at)
        application.add(
            f"{target.id}Url",
            "AWS::Lambda::Url",
            settings,
            config.at,
            origin=target.declaration,
            gates=gates,
        )
        if config.get("AuthType").data != "NONE":
            continue
        for id, permission in (
            (
                "UrlPublicPermissions",
                {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
            ),
            (
                "URLInvokeAllowPublicAccess",
                {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
            ),
        ):
            application.add(
                f"{target.id}{id}",
                "AWS::Lambda::Permission",
                {"FunctionName": target.name, "Principal": "*", **permission},
                config.at,
                origin=target.declaration,
                gates=gates,
            )
