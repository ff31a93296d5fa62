"""The flow of events as people draw it: nodes, and the edges between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple, TypeAlias

from lambdalint.rule import Finding
from lambdalint.template import Template
from lambdalint.value import Place

NodeKind: TypeAlias = Literal[
    "function",
    "queue",
    "dlq",
    "topic",
    "stream",
    "table",
    "bucket",
    "bus",
    "rule",
    "schedule",
    "api",
    "workflow",
    "other",
]
EdgeKind: TypeAlias = Literal["trigger", "delivery", "failure", "success", "invoke", "write"]


class Node(NamedTuple):
    """A resource that events flow through, or (`external`) what lies outside of the templates.

    `resource` is the logical id, `name` what AWS calls it, each "" where there is none or nobody
    can tell. An external node has a template if it was told apart from those of other templates.
    The findings are those that belong to none of its edges.
    """

    id: str
    kind: NodeKind
    label: str
    type: str = ""
    resource: str = ""
    construct_path: str = ""
    name: str = ""
    external: bool = False
    template: Template | None = None
    at: Place | None = None
    findings: tuple[Finding, ...] = ()


class Edge(NamedTuple):
    """Events go from a node to another, both by id.

    `model` is how a trigger invokes (`poll`, `async`, `sync`), "" for other edges. `label` are the
    lines that tell what goes this way, `when` the deployments that have the edge ("" if all have),
    `via` the resources that make it. A disabled one is off in every deployment. One that `loops` is
    part of a way by which events come back to where they began.
    """

    source: str
    target: str
    kind: EdgeKind
    model: str
    label: tuple[str, ...]
    when: str
    via: tuple[str, ...]
    disabled: bool
    at: Place
    findings: tuple[Finding, ...] = ()
    loops: bool = False


class Flow(NamedTuple):
    """All nodes and edges, in the order of the templates."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def names(self) -> set[str]:
        """All that somebody may call nodes and edges."""
        nodes = {name for node in self.nodes for name in _names(node)}
        return nodes | {name for edge in self.edges for name in edge.via}

    def named(self, name: str) -> list[Node]:
        """The nodes of a name: a logical id, construct path, name in AWS or label. What makes an
        edge stands for its ends.
        """
        ends = {id for edge in self.edges if name in edge.via for id in (edge.source, edge.target)}
        return [node for node in self.nodes if name in _names(node) or node.id in ends]

    def around(self, nodes: Iterable[Node], hops: int) -> Flow:
        """What flows into some nodes and out of them, this many edges far."""
        start = {node.id for node in nodes}
        down = _reached(start, [(edge.source, edge.target) for edge in self.edges], hops)
        up = _reached(start, [(edge.target, edge.source) for edge in self.edges], hops)
        return Flow(
            tuple(node for node in self.nodes if node.id in down | up),
            tuple(
                edge
                for edge in self.edges
                if {edge.source, edge.target} <= down or {edge.source, edge.target} <= up
            ),
        )


def _names(node: Node) -> set[str]:
    return {node.resource, node.construct_path, node.name, node.label} - {""}


def _reached(start: Collection[str], steps: Collection[tuple[str, str]], hops: int) -> set[str]:
    reached = set(start)
    for _ in range(hops):
        further = {end for begin, end in steps if begin in reached} - reached
        if not further:
            break
        reached |= further
    return reached
