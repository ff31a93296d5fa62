"""Who may invoke functions and send to queues and topics."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.graph import External, Graph, Resource, Trigger
from lambdalint.graph.permission import is_service, may_be_service
from lambdalint.rule import Claim, Claims, Note, Severity
from lambdalint.value import NOWHERE, Place


def missing(graph: Graph) -> Claims:
    for trigger in graph.triggers():
        if not graph.may_invoke(trigger):
            name = ":".join(filter(None, (trigger.function.name, trigger.qualifier)))
            yield Claim(
                Note(_at(graph.caller(trigger)), f"has no permission to invoke {name}"),
                Note(trigger.at, f"the {trigger.kind.title} calls the function"),
                *_near_misses(graph, trigger),
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
            skipped = any(may_be_service(service, one) for one in skip_principals)
            yield Claim(
                Note(source.at, f"lets {service} in on behalf of any account"),
                severity=Severity.INFO if skipped else None,
            )
        elif isinstance(service, str) and service.startswith("s3."):
            yield Claim(Note(source.at, "names no account, and bucket names change hands"))


def _at(node: Resource | External) -> Place:
    return node.at if isinstance(node, Resource) else NOWHERE


def _near_misses(graph: Graph, trigger: Trigger) -> Iterator[Note]:
    """Permissions that somebody may have meant for this trigger."""
    if isinstance(trigger.function, Resource) and trigger.kind.principal:
        for permission in graph.permissions(trigger.function):
            if may_be_service(permission.principal.data, trigger.kind.principal):
                yield Note(permission.resource.at, "is for another source or qualifier")
