"""`AWS::Serverless::GraphQLApi`: the API of AppSync, its data sources, functions and resolvers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lambdalint.sam import connector, role
from lambdalint.template import Declaration
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

# How SAM calls the kinds of authorizers, and how AppSync does.
_AUTHORIZERS = {
    "LambdaAuthorizer": "LambdaAuthorizerConfig",
    "OpenIDConnect": "OpenIDConnectConfig",
    "UserPool": "UserPoolConfig",
}


def expand(application: Application, declaration: Declaration) -> None:
    """Replace an `AWS::Serverless::GraphQLApi`."""
    properties = application.properties(declaration)
    auth = properties.get("Auth")
    additional = [Value(dict(_auth(one)), one.at) for one in auth.get("Additional").elements()]
    passed = ("Name", "Visibility", "XrayEnabled", "QueryDepthLimit", "ResolverCountLimit")
    plain: dict[str, Any] = {name: properties.get(name) for name in passed} | dict(_auth(auth))
    if additional:
        plain["AdditionalAuthenticationProviders"] = Value(additional, auth.at)
    if (logging := properties.get("Logging")).data is not False:
        plain["LogConfig"] = _logging(application, declaration, logging)
    application.replace(declaration, "AWS::AppSync::GraphQLApi", Value(plain, properties.at))
    _permit_authorizers(application, declaration, [auth, *auth.get("Additional").elements()])
    for kind in ("Lambda", "DynamoDb"):
        for name, written in properties.get("DataSources", kind).items():
            _source(application, declaration, kind, name, written)
    for name, written in properties.get("Functions").items():
        if written.get("Id").data is None:
            _function(application, declaration, name, written, properties)
    for type, fields in properties.get("Resolvers").items():
        for name, written in fields.items():
            _resolver(application, declaration, f"{type}{name}", written, properties)


def _auth(written: Value) -> Iterator[tuple[str, Value]]:
    yield "AuthenticationType", written.get("Type")
    for name, plain in _AUTHORIZERS.items():
        if (config := written.get(name)).data is not None:
            yield plain, config


def _logging(application: Application, declaration: Declaration, written: Value) -> Value:
    managed = [f"{role.AWS_POLICIES}service-role/AWSAppSyncPushToCloudWatchLogs"]
    given = written.get("CloudWatchLogsRoleArn")
    made = role.complete(
        application, declaration, given, {"ManagedPolicyArns": managed}, "CloudWatchRole"
    )
    return Value({"FieldLogLevel": "ALL", "CloudWatchLogsRoleArn": made}, written.at)


def _permit_authorizers(
    application: Application, declaration: Declaration, listed: list[Value]
) -> None:
    arns = [one.get("LambdaAuthorizer", "AuthorizerUri") for one in listed]
    for number, arn in enumerate((one for one in arns if one.data is not None), 1):
        source = {
            "Type": "AWS::AppSync::GraphQLApi",
            "ResourceId": {"Fn::GetAtt": [declaration.id, "ApiId"]},
        }
        ends = Value(source, arn.at), _end("AWS::Lambda::Function", arn)
        id = f"{declaration.id}ToLambdaAuthConnector{number}"
        connector.connect(application, declaration, id, ends, arn.at)


def _source(
    application: Application, declaration: Declaration, kind: str, name: str, written: Value
) -> None:
    """A data source, and the role by which AppSync reaches what is behind it."""
    if kind == "Lambda":
        id, type, target = f"{declaration.id}{name}LambdaDataSource", "AWS_LAMBDA", "FunctionArn"
        behind = _end("AWS::Lambda::Function", written.get(target))
        config = {"LambdaConfig": Value({"LambdaFunctionArn": written.get(target)}, written.at)}
        suffix, wanted = "ToLambdaConnector", ["Write"]
    else:
        id, type = f"{declaration.id}{name}DynamoDBDataSource", "AMAZON_DYNAMODB"
        behind = _end("AWS::DynamoDB::Table", _table(written))
        table = {"TableName": written.get("TableName")}
        config = {"DynamoDBConfig": Value(table, written.at)}
        suffix = "ToTableConnector"
        given = written.get("Permissions").data
        wanted = given if isinstance(given, list) else ["Read", "Write"]
    made = f"{id}Role"
    if (reach := written.get("ServiceRoleArn")).data is None:
        reach = Value({"Fn::GetAtt": [made, "Arn"]}, written.at)
        application.add(made, "AWS::IAM::Role", {}, written.at, origin=declaration)
        source = {"Type": "AWS::AppSync::DataSource", "RoleName": {"Ref": made}}
        ends = Value(source, written.at), behind
        connector.connect(application, declaration, f"{id}{suffix}", ends, written.at, wanted)
    called = written.get("Name")
    settings = {
        "ApiId": {"Fn::GetAtt": [declaration.id, "ApiId"]},
        "Name": called if called.data is not None else name,
        "Type": type,
        "ServiceRoleArn": reach,
        **config,
    }
    application.add(id, "AWS::AppSync::DataSource", settings, written.at, origin=declaration)


def _end(type: str, arn: Value) -> Value:
    """One end of a connector that is no resource of its own."""
    return Value({"Type": type, "Arn": arn}, arn.at)


def _table(written: Value) -> Value:
    """The ARN of a table, which may be given by name."""
    if (arn := written.get("TableArn")).data is not None:
        return arn
    region = written.get("Region")
    variables = {
        "Table": written.get("TableName"),
        "Region": region if region.data is not None else {"Ref": "AWS::Region"},
    }
    text = "arn:${AWS::Partition}:dynamodb:${Region}:${AWS::AccountId}:table/${Table}"
    return Value({"Fn::Sub": [text, variables]}, written.at)


def _function(
    application: Application,
    declaration: Declaration,
    name: str,
    written: Value,
    properties: Value,
) -> None:
    source = written.get("DataSource")
    if str(source.data).lower() == "none":
        none = f"{declaration.id}NoneDataSource"
        application.add(
            none,
            "AWS::AppSync::DataSource",
            {"ApiId": {"Fn::GetAtt": [declaration.id, "ApiId"]}, "Name": none, "Type": "NONE"},
            declaration.at,
            origin=declaration,
        )
        source = Value({"Fn::GetAtt": [none, "Name"]}, source.at)
    for kind, suffix in (("Lambda", "Lambda"), ("DynamoDb", "DynamoDB")):
        if isinstance(source.data, str) and source.data in dict(
            properties.get("DataSources", kind).items()
        ):
            id = f"{declaration.id}{source.data}{suffix}DataSource"
            source = Value({"Fn::GetAtt": [id, "Name"]}, source.at)
    settings = {
        "ApiId": {"Fn::GetAtt": [declaration.id, "ApiId"]},
        "DataSourceName": source,
        "MaxBatchSize": written.get("MaxBatchSize"),
    }
    application.add(
        f"{declaration.id}{name}",
        "AWS::AppSync::FunctionConfiguration",
        settings,
        written.at,
        origin=declaration,
    )


def _resolver(
    application: Application,
    declaration: Declaration,
    name: str,
    written: Value,
    properties: Value,
) -> None:
    steps: list[Any] = []
    for step in written.get("Pipeline").elements():
        id = properties.get("Functions", str(step.data), "Id")
        made = {"Fn::GetAtt": [f"{declaration.id}{step.data}", "FunctionId"]}
        steps.append(id if id.data is not None else made)
    settings = {
        "ApiId": {"Fn::GetAtt": [declaration.id, "ApiId"]},
        "Kind": "PIPELINE",
        "PipelineConfig": Value({"Functions": steps}, written.at),
        "MaxBatchSize": written.get("MaxBatchSize"),
    }
    application.add(
        f"{declaration.id}{name}",
        "AWS::AppSync::Resolver",
        settings,
        written.at,
        origin=declaration,
    )
