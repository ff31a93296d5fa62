"""The DOT language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lambdalint.flow.label import broken, lines
from lambdalint.report.style import COLOURS, LOOP, MARKS, shown, stacks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdalint.flow import Edge, Flow, Node

# https://graphviz.org/doc/info/shapes.html
_SHAPES: Final = {
    "function": "box",
    "queue": "cds",
    "dlq": "cds",
    "topic": "hexagon",
    "stream": "parallelogram",
    "table": "cylinder",
    "bucket": "cylinder",
    "bus": "house",
    "rule": "tab",
    "schedule": "octagon",
    "api": "oval",
    "workflow": "component",
    "other": "ellipse",
}
_STYLES: Final = {
    "poll": {},
    "async": {"style": "dashed"},
    "sync": {"style": "bold"},
    "delivery": {"style": "dashed"},
    "success": {"style": "dashed"},
    "failure": {"style": "dashed", "arrowhead": "tee"},
    "invoke": {"style": "dotted", "arrowhead": "odot"},
    "write": {"style": "dotted", "arrowhead": "odot"},
}
_FONT: Final = {"fontname": "Helvetica,Arial,sans-serif"}


def render(flow: Flow) -> str:
    """A graph from left to right, templates as clusters where there are several."""
    text = [
        "digraph lambdalint {",
        "  rankdir=LR;",
        f"  graph {_attributes(_FONT)};",
        f"  node {_attributes(_FONT | {'style': 'filled'})};",
        f"  edge {_attributes(_FONT | {'fontsize': '10'})};",
    ]
    for number, (stack, nodes) in enumerate(stacks(flow), 1):
        if stack:
            text += [f"  subgraph cluster_{number} {{", f"    label={_quoted([stack])};"]
        text += [f"  {'  ' * bool(stack)}{_node(node)};" for node in nodes]
        text += ["  }"] * bool(stack)
    text += [f"  {_edge(edge)};" for edge in flow.edges]
    return "".join(f"{line}\n" for line in (*text, "}"))


def _node(node: Node) -> str:
    fill, stroke = COLOURS[node.kind]
    look = {"shape": _SHAPES[node.kind], "fillcolor": fill, "color": stroke}
    if node.external:
        look["style"] = "filled,dashed"
    if node.findings:
        look |= {"color": MARKS[max(one.severity for one in node.findings)], "penwidth": "3"}
    said = [node.label, *broken(node.findings)]
    return f"{node.id} {_attributes(look, said)}"


def _edge(edge: Edge) -> str:
    look = dict(_STYLES[edge.model or edge.kind])
    if edge.loops:
        look |= {"color": LOOP, "fontcolor": LOOP, "penwidth": "4"}
    elif edge.findings:
        colour = MARKS[max(one.severity for one in edge.findings)]
        look |= {"color": colour, "fontcolor": colour, "penwidth": "2"}
    elif edge.disabled or edge.kind in ("invoke", "write"):
        look |= {"color": "#8c959f", "fontcolor": "#8c959f"}
    return f"{edge.source} -> {edge.target} {_attributes(look, lines(edge))}"


def _attributes(look: dict[str, str], label: Iterable[str] = ()) -> str:
    listed = [f"{name}={_quoted([value])}" for name, value in look.items()]
    if said := list(label):
        listed.append(f"label={_quoted(said)}")
    return f"[{' '.join(listed)}]"


def _quoted(said: Iterable[str]) -> str:
    r"""Lines of a label: `\` begins an escape in one, and `&` an entity.

    https://graphviz.org/doc/info/lang.html
    """
    return '"' + r"\n".join(map(_escaped, map(shown, said))) + '"'


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
