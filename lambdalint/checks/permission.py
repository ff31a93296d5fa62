"""Who may invoke functions and send to queues and topics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lambdalint.fix import Fix, declaring, is_declared, setting
from lambdalint.graph import External, Graph, Resource, Trigger, resolve
from lambdalint.graph.permission import covers, is_service, may_be_service, unlimited
from lambdalint.graph.reference import function
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.value import NOWHERE, Place, Value


def missing(graph: Graph) -> Claims:
    for trigger in graph.triggers():
        if not graph.may_invoke(trigger):
            name = ":".join(filter(None, (trigger.function.name, trigger.qualifier)))
            yield Claim(
                Note(_at(graph.caller(trigger)), f"has no permission to invoke {name}"),
                Note(trigger.at, f"the {trigger.kind.title} calls the function"),
                *_near_misses(graph, trigger),
                fix=_permitting(graph, trigger),
            )
    for delivery in graph.deliveries():
        target = delivery.target
        if isinstance(target, Resource) and not graph.may_deliver(delivery):
            yield Claim(
                Note(_at(delivery.source), f"has no permission to send to {target.name}"),
                Note(delivery.at, f"{delivery.principal} sends here"),
                *(Note(one.resource.at, "lets others in") for one in graph.policies(target)),
            )


def no_source(graph: Graph, *, skip_principals: list[str]) -> Claims:
    for permission in graph.resources("AWS::Lambda::Permission"):
        service, source = permission.get("Principal").data, permission.get("SourceArn")
        if not is_service(service) or any(
            permission.get(key).data is not None
            for key in ("SourceAccount", "EventSourceToken", "PrincipalOrgID")
        ):
            continue
        if source.data is None:
            fix = _naming(graph, permission, service)
            yield _unlimited(Value(service, source.at), skip_principals, fix)
        elif isinstance(service, str) and service.startswith("s3."):
            bucket = resolve(source.data, permission.scope)
            yield Claim(
                Note(source.at, "names no account, and bucket names change hands"),
                fix=setting(permission, _OWN_ACCOUNT, safe=isinstance(bucket, Resource)),
            )
    for policy in graph.resources("AWS::Lambda::ResourcePolicy"):
        for one in unlimited(policy):
            if is_service(one.data):
                yield _unlimited(one, skip_principals)


def _unlimited(service: Value, skip_principals: list[str], fix: Fix | None = None) -> Claim:
    skipped = any(may_be_service(service.data, one) for one in skip_principals)
    return Claim(
        Note(service.at, f"lets {service.data} in on behalf of any account"),
        severity=Severity.INFO if skipped else None,
        fix=fix,
    )


def _at(node: Resource | External) -> Place:
    return node.at if isinstance(node, Resource) else NOWHERE


def _near_misses(graph: Graph, trigger: Trigger) -> Iterator[Note]:
    """Permissions that somebody may have meant for this trigger."""
    if isinstance(trigger.function, Resource) and trigger.kind.principal:
        for permission in graph.permissions(trigger.function):
            if may_be_service(permission.principal.data, trigger.kind.principal):
                allows = covers(permission.action.data, "lambda:InvokeFunction")
                what = "source or qualifier" if allows else "action"
                yield Note(permission.resource.at, f"is for another {what}")


# --- what would let them in, and nobody else ------------------------------------------------------

_PERMISSION = "AWS::Lambda::Permission"
_OWN_ACCOUNT = {"SourceAccount": {"Ref": "AWS::AccountId"}}

# Who is known to say for whose account it calls. Not all do, and rules must not be asked.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
_TELLS_ACCOUNT = ("s3.", "ses.", "config.", "iot.")

# Which attribute of a caller is the ARN that it calls with, "" for what `Ref` gives.
# https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
_ARN = {
    "AWS::SNS::Topic": "",
    "AWS::Events::Rule": "Arn",
    "AWS::Cognito::UserPool": "Arn",
    "AWS::IoT::TopicRule": "Arn",
}
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
_API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s}/*"
_APIS = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")


def _arn(caller: Resource) -> Any:
    """The ARN with which a caller calls, as a template writes it; None if nobody can tell."""
    if caller.type in _APIS:
        return {"Fn::Sub": _API % caller.id}
    attribute = _ARN.get(caller.type)
    if attribute is None:
        return None
    return {"Fn::GetAtt": [caller.id, attribute]} if attribute else {"Ref": caller.id}


def _permitting(graph: Graph, trigger: Trigger) -> Fix | None:
    """A permission for one caller of a function that is declared beside it, wherever both are."""
    called, caller = trigger.function, graph.caller(trigger)
    if not isinstance(called, Resource) or not isinstance(caller, Resource) or trigger.qualifier:
        return None
    gates = (*called.declaration.gates, *caller.declaration.gates)
    together = is_declared(called) and is_declared(caller) and called.template is caller.template
    if gates or not together or not trigger.kind.principal or (arn := _arn(caller)) is None:
        return None
    properties = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": called.id},
        "Principal": trigger.kind.principal,
        "SourceArn": arn,
    }
    return declaring(called, f"{caller.id}Invokes{called.id}", _PERMISSION, properties)


def _naming(graph: Graph, permission: Resource, service: Any) -> Fix | None:
    """The one caller that a permission can be meant for, or else the account of all of them."""
    if not isinstance(service, str):
        return None
    callers = _callers(graph, permission, service)
    if len(callers) == 1 and _may_name(permission, callers[0]):
        return setting(permission, {"SourceArn": _arn(callers[0])})
    if service.startswith("events."):
        return None
    safe = bool(callers) and service.startswith(_TELLS_ACCOUNT)
    return setting(permission, _OWN_ACCOUNT, safe=safe)


def _callers(graph: Graph, permission: Resource, service: str) -> list[Resource]:
    """Who calls the function of a permission as this service, as far as the templates tell."""
    called = function(permission.get("FunctionName").data, permission.scope)
    if called is None or not isinstance(called.function, Resource):
        return []
    triggers = graph.invokers(called.function)
    found = (graph.caller(one) for one in triggers if one.kind.principal == service)
    return [one for one in dict.fromkeys(found) if isinstance(one, Resource)]


def _may_name(permission: Resource, caller: Resource) -> bool:
    """Whether a permission can point at its caller, in every deployment and without a circle."""
    waits = caller.declaration.written.get("DependsOn").data
    return (
        _arn(caller) is not None
        and is_declared(caller)
        and caller.template is permission.template
        and {*caller.declaration.gates} <= {*permission.declaration.gates}
        and permission.id not in (waits if isinstance(waits, list) else [waits])
    )
