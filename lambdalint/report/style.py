"""What drawings have in common: the colours of kinds and marks, and the stacks they show."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from lambdalint.report.escape import visible
from lambdalint.rule import Severity

if TYPE_CHECKING:
    from lambdalint.flow import Flow, Node

# Fill and stroke, on which dark text can be read.
COLOURS: Final = {
    "function": ("#ffe8d1", "#d4762c"),
    "queue": ("#fbdcea", "#c2377c"),
    "dlq": ("#e6e8eb", "#57606a"),
    "topic": ("#fbdcea", "#c2377c"),
    "stream": ("#e6dcfb", "#7a4ed0"),
    "table": ("#dbe6fd", "#3b62c9"),
    "bucket": ("#d9f2dc", "#2e8540"),
    "bus": ("#fbdcea", "#c2377c"),
    "rule": ("#fbdcea", "#c2377c"),
    "schedule": ("#fff3c4", "#a67c00"),
    "api": ("#d7f0f5", "#1b7f94"),
    "workflow": ("#fbdcea", "#c2377c"),
    "other": ("#f3f4f6", "#8c959f"),
}
# What comes back to where it began.
LOOP: Final = "#8250df"
MARKS: Final = {Severity.ERROR: "#cf222e", Severity.WARNING: "#bc4c00", Severity.INFO: "#0969da"}


# What is longer is nobody's name, and Graphviz need not take it.
_LONGEST = 200


def shown(line: str) -> str:
    """A line of a label that can be seen in full."""
    line = visible(line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def stacks(flow: Flow) -> list[tuple[str, list[Node]]]:
    """The nodes of each template, by the name of its stack or its file; "" for those of none, and
    for all where there is but one template.
    """
    found: dict[str, list[Node]] = {}
    titles: dict[str, str] = {"": ""}
    for node in flow.nodes:
        file = node.template.file if node.template else ""
        found.setdefault(file, []).append(node)
        if node.template:
            titles[file] = node.template.stack
    files = [file for file in found if file]
    if len(files) < 2:
        return [("", list(flow.nodes))]
    shared = len(_folder(files))
    return [(titles[file] or file[shared:], nodes) for file, nodes in found.items()]


def _folder(files: list[str]) -> str:
    """The folder that all files lie in, with its slash."""
    pieces = zip(*(file.split("/")[:-1] for file in files), strict=False)
    same = takewhile(lambda names: len({*names}) == 1, pieces)
    return "".join(f"{names[0]}/" for names in same)
