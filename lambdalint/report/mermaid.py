"""Mermaid flowcharts, which GitHub and others draw where a Markdown file has them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from lambdalint.flow.label import broken, lines
from lambdalint.report.style import COLOURS, LOOP, MARKS, shown, stacks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdalint.flow import Edge, Flow, Node

# https://mermaid.js.org/syntax/flowchart.html
_SHAPES: Final = {
    "function": "[{}]",
    "queue": "[[{}]]",
    "dlq": "[[{}]]",
    "topic": "{{{{{}}}}}",
    "stream": "[/{}/]",
    "table": "[({})]",
    "bucket": "[({})]",
    "bus": "[/{}\\]",
    "rule": ">{}]",
    "schedule": "[\\{}/]",
    "api": "([{}])",
    "workflow": "({})",
    "other": "({})",
}
_ARROWS: Final = {
    "poll": "-->",
    "async": "-.->",
    "sync": "==>",
    "delivery": "-.->",
    "success": "-.->",
    "failure": "-.-x",
    "invoke": "-.-o",
    "write": "-.-o",
}


# What Mermaid draws unless told otherwise, which a page on GitHub cannot.
# https://mermaid.js.org/config/schema-docs/config.html
MOST_EDGES, MOST_CHARACTERS = 500, 50_000


def render(flow: Flow) -> str:
    """A flowchart from left to right, templates as subgraphs where there are several."""
    text = ["flowchart LR"]
    for number, (stack, nodes) in enumerate(stacks(flow), 1):
        if stack:
            text.append(f"  subgraph s{number}[{_quoted([stack])}]")
        text += [f"  {'  ' * bool(stack)}{_node(node)}" for node in nodes]
        text += ["  end"] * bool(stack)
    text += [f"  {_edge(edge)}" for edge in flow.edges]
    text += [f"  {line}" for line in (*_classes(flow), *_links(flow))]
    return "".join(f"{line}\n" for line in text)


def _node(node: Node) -> str:
    said = _quoted([node.label, *broken(node.findings)])
    return f"{node.id}{_SHAPES[node.kind].format(said)}:::{node.kind}"


def _edge(edge: Edge) -> str:
    arrow, said = _ARROWS[edge.model or edge.kind], lines(edge)
    label = f"|{_quoted(said)}|" if said else ""
    return f"{edge.source} {arrow}{label} {edge.target}"


def _classes(flow: Flow) -> Iterable[str]:
    """The look of each kind, of what is outside, and of nodes that break rules."""
    for kind in dict.fromkeys(node.kind for node in flow.nodes):
        fill, stroke = COLOURS[kind]
        yield f"classDef {kind} fill:{fill},stroke:{stroke},color:#1f2328"
    if outside := [node.id for node in flow.nodes if node.external]:
        yield "classDef external stroke-dasharray:4 3"
        yield f"class {','.join(outside)} external"
    marked = defaultdict(list)
    for node in flow.nodes:
        if node.findings:
            marked[max(one.severity for one in node.findings)].append(node.id)
    for severity, ids in sorted(marked.items(), reverse=True):
        name = severity.name.lower()
        yield f"classDef {name} stroke:{MARKS[severity]},stroke-width:3px"
        yield f"class {','.join(ids)} {name}"


def _links(flow: Flow) -> Iterable[str]:
    """The look of edges that break rules, and of those that are weak."""
    marked = defaultdict(list)
    for number, edge in enumerate(flow.edges):
        if edge.loops:
            marked[f"stroke:{LOOP},stroke-width:4px,color:{LOOP}"].append(str(number))
        elif edge.findings:
            colour = MARKS[max(one.severity for one in edge.findings)]
            marked[f"stroke:{colour},stroke-width:2px,color:{colour}"].append(str(number))
        elif edge.disabled or edge.kind in ("invoke", "write"):
            marked["stroke:#8c959f,color:#8c959f"].append(str(number))
    for style, numbers in marked.items():
        yield f"linkStyle {','.join(numbers)} {style}"


def _quoted(said: Iterable[str]) -> str:
    """Lines of a label, as text that is neither markup nor Markdown to anybody."""
    return '"' + "<br>".join(_escaped(shown(line)) for line in said) + '"'


# What may mean something in quotes, in an entity, in Markdown, or in HTML; a name keeps the rest.
# https://mermaid.js.org/syntax/flowchart.html#special-characters-that-break-syntax
_SPECIAL = re.compile(
    r"""["#;&<>`%\\|~^\[\]@]"""
    r"|\$(?=\$)|(?<=\$)\$"  # a formula
    r"|:(?=fa-)"  # an icon
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|\*(?!\s)"  # emphasis
    r"|^[-+=*\s]|(?<=^[0-9])[.)]|(?<=^[0-9]{2})[.)]|(?<=^[0-9]{3})[.)]"  # lists
)
# A line that has one of these words, a colon, a code and a semicolon loses the semicolon.
_STYLES = ("style", "classDef")


def _escaped(line: str) -> str:
    if any(word in line for word in _STYLES):
        line = line.replace(":", "\0")
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", line).replace("\0", "#58;")
