"""Events that Lambda polls: their mappings, and what a generated role needs for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.sam.role import AWS_POLICIES, policy
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.events import Event

_ACCOUNT = "${AWS::Region}:${AWS::AccountId}"
_NETWORK = (
    [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
    ],
    "*",
)


class _Kind(NamedTuple):
    """The property that names the source, the managed policy that polling takes, the kinds of
    access whose secrets it reads, what it does to the source and to other resources.
    """

    source: str
    managed: str = ""
    secrets: tuple[str, ...] = ()
    on_source: str = ""
    others: tuple[tuple[str | list[str], Any], ...] = ()


_KINDS = {
    "SQS": _Kind("Queue", "AWSLambdaSQSQueueExecutionRole"),
    "Kinesis": _Kind("Stream", "AWSLambdaKinesisExecutionRole"),
    "DynamoDB": _Kind("Stream", "AWSLambdaDynamoDBExecutionRole"),
    "MSK": _Kind("Stream", "AWSLambdaMSKExecutionRole", ("CLIENT_CERTIFICATE_TLS_AUTH",)),
    "MQ": _Kind("Broker", "", ("BASIC_AUTH",), "mq:DescribeBroker"),
    "DocumentDB": _Kind(
        "Cluster",
        "",
        ("BASIC_AUTH",),
        "rds:DescribeDBClusters",
        (
            (
                "rds:DescribeDBClusterParameters",
                {"Fn::Sub": f"arn:${{AWS::Partition}}:rds:{_ACCOUNT}:cluster-pg:*"},
            ),
            (
                "rds:DescribeDBSubnetGroups",
                {"Fn::Sub": f"arn:${{AWS::Partition}}:rds:{_ACCOUNT}:subgrp:*"},
            ),
            _NETWORK,
        ),
    ),
    "SelfManagedKafka": _Kind(
        "",
        "",
        (
            "SASL_SCRAM_256_AUTH",
            "SASL_SCRAM_512_AUTH",
            "BASIC_AUTH",
            "CLIENT_CERTIFICATE_TLS_AUTH",
            "OAUTHBEARER_AUTH",
            "SERVER_ROOT_CA_CERTIFICATE",
        ),
    ),
}

# What is SAM's own, or has another place in a mapping.
_DATABASE = ("DatabaseName", "CollectionName", "FullDocument")
_KAFKA = ("ConsumerGroupId", "SchemaRegistryConfig")
_KAFKA_CONFIG = {
    "MSK": "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafka": "SelfManagedKafkaEventSourceConfig",
}
_OWN = frozenset(
    (
        *_DATABASE,
        *_KAFKA,
        "DynamicPolicyName",
        "KafkaBootstrapServers",
        "SecretsManagerKmsKeyId",
        *(kind.source for kind in _KINDS.values()),
    )
)


def is_polled(kind: str) -> bool:
    """Whether Lambda polls for events of a type."""
    return kind in _KINDS


def add_mapping(event: Event, kind: str) -> None:
    """Declare the mapping of an event."""
    given = {name: value for name, value in event.properties.items() if name not in _OWN}
    given["FunctionName"] = event.value(event.target.name)
    if source := _KINDS[kind].source:
        given["EventSourceArn"] = event.properties.get(source)
    if servers := event.given("KafkaBootstrapServers"):
        given["SelfManagedEventSource"] = event.value({"Endpoints": event.value(servers)})
    if kind == "DocumentDB":
        given["DocumentDBEventSourceConfig"] = event.value(event.given(*_DATABASE))
    if (name := _KAFKA_CONFIG.get(kind)) and (config := event.given(*_KAFKA)):
        given[name] = event.value(config)
    on_failure = event.properties.get("DestinationConfig", "OnFailure")
    if "Type" in dict(on_failure.items()):
        kept = {name: value for name, value in on_failure.items() if name != "Type"}
        at = given["DestinationConfig"].at
        given["DestinationConfig"] = Value({"OnFailure": Value(kept, on_failure.at)}, at)
    event.add("", "AWS::Lambda::EventSourceMapping", given)


def managed(event: Value) -> str:
    """The ARN of the managed policy by which a generated role may poll, "" if there is none."""
    kind = str(event.get("Type").data)
    if event.get("Properties", "SqsSubscription").data not in (None, False, "false"):
        kind = "SQS"  # through which a topic reaches the function
    name = _KINDS[kind].managed if kind in _KINDS else ""
    return f"{AWS_POLICIES}service-role/{name}" if name else ""


def inline(event: Value) -> Iterator[Value]:
    """The inline policy by which a generated role may poll, if there is one."""
    kind = str(event.get("Type").data)
    if kind in _KINDS and (statements := list(_statements(kind, event.get("Properties")))):
        yield Value(policy(*statements), event.at)


def _statements(kind: str, properties: Value) -> Iterator[tuple[str | list[str], Any]]:
    polled = _KINDS[kind]
    given = set()
    for access in properties.get("SourceAccessConfigurations").elements():
        given.add(name := str(access.get("Type").data))
        uri = access.get("URI")
        if name in polled.secrets and uri.data is not None:
            yield "secretsmanager:GetSecretValue", uri
    if polled.on_source:
        yield polled.on_source, properties.get(polled.source)
    yield from polled.others
    if {"VPC_SUBNET", "VPC_SECURITY_GROUP"} <= given:
        yield _NETWORK
    key = properties.get("SecretsManagerKmsKeyId").data
    if polled.secrets and isinstance(key, str) and kind != "MSK":
        yield (
            "kms:Decrypt",
            {"Fn::Sub": f"arn:${{AWS::Partition}}:kms:{_ACCOUNT}:key/{key}"},
        )
    if kind in _KAFKA_CONFIG:
        yield from _registry(properties.get("SchemaRegistryConfig"))


def _registry(config: Value) -> Iterator[tuple[str | list[str], Any]]:
    """What a schema registry takes; only one of Glue has an ARN."""
    for access in config.get("AccessConfigs").elements():
        if (secret := access.get("URI")).data is not None:
            yield "secretsmanager:GetSecretValue", secret
    uri = config.get("SchemaRegistryURI")
    written = uri.get("Fn::Sub").data or uri.data
    if not isinstance(written, str) or not written.startswith("arn"):
        return
    # SAM knows where it runs, and takes the ARN apart at its colons: `${AWS::AccountId}` has two.
    arn = written.replace("${AWS::Partition}", "").replace("${AWS::Region}", "").split(":")
    kind, _, name = "".join(arn[5:6]).partition("/")
    if kind == "registry":
        schemas = f"arn:${{AWS::Partition}}:glue:{_ACCOUNT}:schema/{name}/*"
        yield "glue:GetRegistry", uri
        yield "glue:GetSchemaVersion", {"Fn::Sub": schemas}
