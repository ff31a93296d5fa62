"""Topics and their subscriptions."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.graph import Graph, Resource, descend, document, resolve
from lambdalint.graph.provider import is_provider
from lambdalint.rule import Claim, Claims, Note
from lambdalint.settled import Seq
from lambdalint.value import Place, Value
from lambdalint.world import Scope


def no_dead_letter_queue(graph: Graph, *, protocols: list[str]) -> Claims:
    for at, subscription, scope in _subscriptions(graph):
        protocol = descend(subscription, "Protocol").data
        endpoint = resolve(descend(subscription, "Endpoint").data, scope)
        policy = document(descend(subscription, "RedrivePolicy"), scope)
        if (
            isinstance(protocol, str)
            and protocol in protocols
            and descend(policy, "deadLetterTargetArn").data is None
            and not (isinstance(endpoint, Resource) and is_provider(endpoint.declaration))
        ):
            name = endpoint.name if isinstance(endpoint, Resource) else "its endpoint"
            yield Claim(Note(at, f"discards messages that cannot reach {name}"))


def _subscriptions(graph: Graph) -> Iterator[tuple[Place, Value, Scope]]:
    """Subscriptions of their own, and those inside a topic, which cannot have a queue."""
    for resource in graph.resources("AWS::SNS::Subscription", "AWS::SNS::Topic"):
        if resource.type == "AWS::SNS::Subscription":
            yield resource.at, resource.get(), resource.scope
            continue
        inline = resource.get("Subscription").data
        for entry in inline if isinstance(inline, Seq) else ():
            yield entry.at, entry, resource.scope
