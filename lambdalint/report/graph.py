"""The flow of events for programs: version 1 of our own JSON."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any

from lambdalint import __version__
from lambdalint.report.json import VERSION, error, place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdalint.flow import Edge, Flow, Node
    from lambdalint.rule import Finding, Outcome
    from lambdalint.value import Place


def render(flow: Flow, outcome: Outcome) -> str:
    """All nodes and edges; what is empty or not known is null."""
    report = {
        "version": VERSION,
        "tool": {"name": "lambdalint", "version": __version__},
        "nodes": [_node(node) for node in flow.nodes],
        "edges": [_edge(edge) for edge in flow.edges],
        "errors": [error(problem) for problem in outcome.problems],
    }
    # ASCII keeps control characters and bidirectional overrides off the terminal.
    return dumps(report, indent=2) + "\n"


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "type": node.type or None,
        "kind": node.kind,
        "label": node.label,
        "external": node.external,
        "resource": node.resource or None,
        "construct_path": node.construct_path or None,
        "name": node.name or None,
        "stack": (node.template and node.template.stack) or None,
        **_place(node.at),
        "findings": _rules(node.findings),
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "from": edge.source,
        "to": edge.target,
        "kind": edge.kind,
        "model": edge.model or None,
        "label": list(edge.label),
        "when": edge.when or None,
        "via": list(edge.via),
        "disabled": edge.disabled,
        "loops": edge.loops,
        **_place(edge.at),
        "findings": _rules(edge.findings),
    }


def _place(at: Place | None) -> dict[str, Any]:
    """The place, without its path, which `resource` or `via` tells; nulls for what is outside."""
    written = place(at) if at else {}
    return {key: written.get(key) for key in ("file", "line", "column", "end_line", "end_column")}


def _rules(findings: Iterable[Finding]) -> list[str]:
    return sorted({finding.rule.id for finding in findings})
