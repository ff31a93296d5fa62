"""SAM resources around compute that become one plain resource, and a role where none is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.sam import role
from lambdalint.template import Declaration
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application


class _Kind(NamedTuple):
    """The plain type, the property that may give a role, and the generated role."""

    type: str
    given: str
    suffix: str
    managed: str


# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
KINDS = {
    "AWS::Serverless::CapacityProvider": _Kind(
        "AWS::Lambda::CapacityProvider",
        "OperatorRole",
        "OperatorRole",
        "AWSLambdaManagedEC2ResourceOperator",
    ),
    "AWS::Serverless::NetworkConnector": _Kind(
        "AWS::Lambda::NetworkConnector",
        "OperatorRole",
        "OperatorRole",
        "AWSLambdaNetworkConnectorOperatorPolicy",
    ),
    "AWS::Serverless::WebFunction": _Kind(
        "AWS::Lambda::WebFunction", "ExecutionRoleArn", "Role", "AWSLambdaBasicExecutionRole"
    ),
}


def expand(application: Application, declaration: Declaration) -> None:
    """Replace one of them; what it does with its role is nobody's question here."""
    kind = KINDS[declaration.type]
    properties = application.properties(declaration)
    plain: dict[str, Any] = dict(properties.items())
    settings = {"ManagedPolicyArns": [f"{role.AWS_POLICIES}{kind.managed}"]}
    given = properties.get(kind.given)
    plain[kind.given] = role.complete(application, declaration, given, settings, kind.suffix)
    application.replace(declaration, kind.type, Value(plain, properties.at))
