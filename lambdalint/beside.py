"""Files beside a template that it takes in: definitions of workflows and APIs, what it includes."""

from __future__ import annotations

from typing import Any

from lambdalint.files import nested
from lambdalint.read import read
from lambdalint.template import Declaration, Template
from lambdalint.value import Unreadable, Value

# CloudFormation takes 1 MB, with all that is included.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_LONGEST = 1_000_000

# The property that names a file, and the one that has what it says.
# https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
_NAMED = {
    "AWS::Serverless::StateMachine": ("DefinitionUri", "Definition"),
    "AWS::Serverless::Api": ("DefinitionUri", "DefinitionBody"),
    "AWS::Serverless::HttpApi": ("DefinitionUri", "DefinitionBody"),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", "Definition"),
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "Body"),
    "AWS::ApiGatewayV2::Api": ("BodyS3Location", "Body"),
}


def take_in(template: Template) -> None:
    """Let resources say what the files say that they name."""
    for declaration in list(template.resources.values()):
        if declaration.type in _NAMED and (whole := _with_file(template, declaration)):
            template.resources[declaration.id] = Declaration(
                declaration.id, declaration.type, whole, declaration.gates, declaration.origin
            )


def _with_file(template: Template, declaration: Declaration) -> Value | None:
    key, body = _NAMED[declaration.type]
    properties = declaration.written.get("Properties")
    named = properties.get(key)
    if named.data is None or properties.get(body).data is not None:
        return None
    said = _said(template, named)
    if not isinstance(said, dict):
        return None
    members = {**dict(properties.items()), body: Value(said, named.at)}
    whole = {**dict(declaration.written.items()), "Properties": Value(members, properties.at)}
    return Value(whole, declaration.at)


def _said(template: Template, named: Value) -> Any:
    if isinstance(named.data, str):
        return read_beside(template.file, named.data)
    match template.cdk, named.get("Key").data:
        case (stack, str(key)) if stack and (path := stack.asset(key.partition(".")[0])):
            return read_beside(template.file, path)
    return None


def read_beside(file: str, path: str) -> Any:
    """What a file of the project says that a template names; None if nobody can read it."""
    found = nested(path, file) if "://" not in path else None
    if found is None or found.refused or len(found.text) > _LONGEST:
        return None
    try:
        return read(found.text, path).root
    except Unreadable:  # whoever cannot read it does not know what it says
        return None
