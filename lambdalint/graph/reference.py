"""From what a template writes to what it means: names, ARNs and pointers → resources."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from lambdalint.graph.resource import External, Resource
from lambdalint.template import PSEUDO, Declaration
from lambdalint.value import Ref, Text, Unknown, spell, unspell
from lambdalint.world import Scope

# What an ARN of a service calls a resource: type, the property with its name, and the name in the
# last part of the ARN (a pattern, which `re` compiles and keeps when it is used).
_NAMED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "sqs": (("AWS::SQS::Queue", "QueueName", r"([^/:]+)$"),),
    "sns": (("AWS::SNS::Topic", "TopicName", r"([^/:]+)"),),
    "s3": (("AWS::S3::Bucket", "BucketName", r"([^/:]+)"),),
    "lambda": (("AWS::Lambda::Function", "FunctionName", r"function:([^:]+)"),),
    "kinesis": (("AWS::Kinesis::Stream", "Name", r"stream/([^/:]+)"),),
    "dynamodb": (
        ("AWS::DynamoDB::Table", "TableName", r"table/([^/:]+)"),
        ("AWS::DynamoDB::GlobalTable", "TableName", r"table/([^/:]+)"),
    ),
    "events": (
        ("AWS::Events::EventBus", "Name", r"event-bus/(.+)$"),
        ("AWS::Events::Rule", "Name", r"rule/(?:[^/]+/)?([^/]+)$"),
    ),
    "states": (
        ("AWS::StepFunctions::StateMachine", "StateMachineName", r"[sS]tateMachine:([^:]+)"),
    ),
    "logs": (("AWS::Logs::LogGroup", "LogGroupName", r"log-group:([^:]+)"),),
    "kafka": (("AWS::MSK::Cluster", "ClusterName", r"cluster/([^/]+)"),),
    "iot": (("AWS::IoT::TopicRule", "RuleName", r"rule/(.+)$"),),
    "iam": (("AWS::IAM::Role", "RoleName", r"role/(?:.*/)?([^/]+)$"),),
    "execute-api": (
        ("AWS::ApiGateway::RestApi", "Name", r"([^/:]+)"),
        ("AWS::ApiGatewayV2::Api", "Name", r"([^/:]+)"),
    ),
}

# The properties that name a resource of a type.
_NAMING: dict[str, list[str]] = defaultdict(list)
for _forms in _NAMED.values():
    for _type, _naming, _ in _forms:
        _NAMING[_type].append(_naming)

_ARN = re.compile(r"arn:[^:]*:([a-z0-9-]+):([^:]*):([^:]*):(.+)$", re.DOTALL)
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
_QUEUE_URL = re.compile(
    r"https://sqs\.([^./]+)\.(?:amazonaws\.com(?:\.cn)?|[^\x00-\x7f])/([^/]+)/([^/]+)$"
)
# An ARN, or what follows the account's colon in one: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
_FUNCTION = re.compile(r"(?:arn:[^:]*:lambda:([^:]*):)?([^:]*):function:([^:]+)(?::(.+))?$")
# https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
_INTEGRATION = re.compile(
    r"arn:[^:]*:apigateway:[^:]*:lambda:path/[^/]+/functions/(.+)/"
    r"(?:response-streaming-)?invocations/?$"
)


class FunctionRef(NamedTuple):
    """A function, and the version or alias of it that was meant ("" for none)."""

    function: Resource | External
    qualifier: str = ""


def deployed(ref: Ref, scope: Scope) -> Resource | None:
    """The resource that is pointed at, if this world has it."""
    scope = scope.elsewhere(ref.file)
    declaration = scope.template.resources.get(ref.id)
    if declaration is None or not scope.open(declaration.gates):
        return None
    return Resource(declaration, scope)


def resolve(data: Any, scope: Scope) -> Resource | External | None:
    """What a settled name, ARN or pointer means; None if nobody can tell, or if it is not there."""
    if isinstance(data, Ref) and data.id not in PSEUDO:
        return deployed(data, scope)
    spelled = spell(data)
    if spelled is None or isinstance(data, Unknown):
        return None
    whole, holes = spelled
    if arn := _ARN.match(whole):
        service, region, account, rest = arn.groups()
        for kind, naming, pattern in _NAMED.get(service, ()):
            if (match := re.match(pattern, rest)) and (
                found := named(kind, naming, unspell(match[1], holes), scope, (region, account))
            ):
                return found
        return External(service, str(unspell(rest, holes)))
    if url := _QUEUE_URL.match(whole):
        region, account, rest = url.groups()
        name = unspell(rest, holes)
        queue = named("AWS::SQS::Queue", "QueueName", name, scope, (region, account))
        return queue or External("sqs", str(name))
    # `${Queue.Arn}/…`: an ARN that goes on below the resource
    if isinstance(data, Text) and isinstance(data.parts[0], Ref) and data.parts[0].attribute:
        return deployed(data.parts[0], scope)
    return External("", str(unspell(whole, holes)))


def called(kind: str, data: Any, scope: Scope) -> Resource | External | None:
    """What a pointer or ARN means, or the plain name of a resource of this type."""
    found = resolve(data, scope)
    if isinstance(found, Resource):
        return found
    names = (named(kind, naming, data, scope) for naming in _NAMING.get(kind, ()))
    return next(filter(None, names), found)


# Where an ARN says that a resource is: region and account, "" where it does not say.
Where: TypeAlias = tuple[str, str]


def named(
    kind: str, naming: str, name: Any, scope: Scope, where: Where = ("", "")
) -> Resource | None:
    """The resource of a type that has a name, written out or pointed at.

    A name that is written out may be that of the one resource in another template of the
    application, too.
    """
    if isinstance(name, Ref) and name.id not in PSEUDO:
        found = deployed(name, scope)
        return found if found and found.type == kind else None
    if _is_vague(name):
        return None
    own, *others = scope.relatives() if isinstance(name, str) else (scope,)
    if _may_be(own, where) and (called := next(_all_named(kind, naming, name, own), None)):
        return called
    far = [
        one
        for other in others
        if _may_be(other, where)
        for one in _all_named(kind, naming, name, other)
    ]
    return far[0] if len(far) == 1 else None


def _all_named(kind: str, naming: str, name: Any, scope: Scope) -> Iterator[Resource]:
    for declaration in _having(kind, naming, scope):
        if scope.open(declaration.gates):
            resource = Resource(declaration, scope)
            if resource.get(naming).data == name:
                yield resource


def _having(kind: str, naming: str, scope: Scope) -> list[Declaration]:
    """The resources of a type that are given a name, looked up once in a world."""
    memory, key = scope.world.memory, (_having, scope, kind, naming)
    if key not in memory:
        memory[key] = [
            one
            for one in scope.template.resources.values()
            if one.type == kind and one.written.get("Properties", naming).data is not None
        ]
    found: list[Declaration] = memory[key]
    return found


def _may_be(scope: Scope, where: Where) -> bool:
    """Whether a template may be deployed to where an ARN points."""
    keys = ("AWS::Region", "AWS::AccountId")
    return all(
        not said.isascii() or not said or scope.template.fixed.get(key, said) == said
        for key, said in zip(keys, where, strict=True)
    )


def means(data: Any, scope: Scope, resource: Resource) -> bool:
    """Whether settled data is this resource, by pointer, ARN or name."""
    return called(resource.type, data, scope) == resource


def short(external: External) -> str:
    """The name in what an ARN says."""
    for _, _, pattern in _NAMED.get(external.service, ()):
        if match := re.match(pattern, external.name):
            return match[1]
    return external.name


def written_name(declaration: Declaration) -> str:
    """What a resource is called in AWS, "" if that is not written in so many words."""
    for naming in _NAMING.get(declaration.type, ()):
        name = declaration.written.get("Properties", naming).data
        if isinstance(name, str):
            return name
    return ""


def _is_vague(data: Any) -> bool:
    """Whether two of these may be different things (a parameter is always the same thing)."""
    parts = data.parts if isinstance(data, Text) else (data,)
    return any(isinstance(part, Unknown) and not part.parameter for part in parts)


def function(data: Any, scope: Scope) -> FunctionRef | None:
    """The function that a name, ARN, integration URI, alias or version means."""
    if isinstance(data, Ref) and data.id not in PSEUDO:
        found = deployed(data, scope)
        return qualified(found) if found else None
    spelled = spell(data)
    if spelled is None or _is_vague(data):
        return None
    whole, holes = spelled
    if uri := _INTEGRATION.match(whole):
        return function(unspell(uri[1], holes), scope)
    where = ("", "")
    if arn := _FUNCTION.match(whole):
        region, account, name, qualifier = arn.groups()
        where = (region or "", account)
    elif whole.startswith("arn:"):
        return None
    else:  # a name, or a pointer to one, with or without a qualifier
        name, _, qualifier = whole.partition(":")
    target = unspell(name, holes)
    if isinstance(target, Ref) and target.id not in PSEUDO:
        pointed = function(target, scope)
    elif resource := named("AWS::Lambda::Function", "FunctionName", target, scope, where):
        pointed = FunctionRef(resource)
    elif isinstance(target, str) and "${" not in target:
        pointed = FunctionRef(External("lambda", target))
    else:
        return None
    if pointed is None or not qualifier:
        return pointed
    return FunctionRef(pointed.function, _qualifier(unspell(qualifier, holes)))


def _owner(resource: Resource) -> FunctionRef | None:
    """The function of an alias or version; None where aliases are aliases of each other."""
    known = resource.world.memory
    key = _owner, resource.declaration
    if key not in known:
        known[key] = None
        known[key] = function(resource.get("FunctionName").data, resource.scope)
    owner: FunctionRef | None = known[key]
    return owner


def qualified(resource: Resource) -> FunctionRef | None:
    """The function that a resource is, or is an alias or version of."""
    if resource.type == "AWS::Lambda::Function":
        return FunctionRef(resource)
    if resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        owner = _owner(resource)
        if owner is None:
            return None
        if resource.type == "AWS::Lambda::Version":
            return FunctionRef(owner.function, resource.id)
        return FunctionRef(owner.function, _qualifier(resource.get("Name").data))
    return None


def _qualifier(data: Any) -> str:
    """A qualifier as text; a version is called by its logical id."""
    match data:
        case Ref(id):
            return id
        case Unknown():
            return "${?}"
    return str(data)
