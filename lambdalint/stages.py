"""Stages of a CDK app: the same code deployed more than once has its findings once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lambdalint.rule import Finding, Note
from lambdalint.template import Template

if TYPE_CHECKING:
    from lambdalint.assembly import Stack


def fold(findings: Iterable[Finding], templates: Iterable[Template]) -> Iterator[Finding]:
    """The findings, those of further stages as evidence of the first one."""
    stacks = {one.file: one.cdk for one in templates if one.cdk and one.cdk.prefix}
    first: dict[Any, Finding] = {}
    again: dict[Any, list[Note]] = defaultdict(list)
    seen: Counter[Any] = Counter()
    for finding in findings:
        stack = stacks.get(finding.at.source.file)
        if stack is None:
            yield finding
            continue
        said = _unstaged(finding, stacks, stack)
        # Two of them in one stage are two problems.
        key = (said, seen[said, stack.prefix])
        seen[said, stack.prefix] += 1
        if key in first:
            stage = stack.prefix.removesuffix("/")
            again[key].append(Note(finding.at, f"is the same in {stage}"))
        else:
            first[key] = finding
    for key, finding in first.items():
        yield replace(finding, notes=(*finding.notes, *again[key]))


# CDK names what connects two constructs after the other one, by an id with the stage in it.
_OTHER = re.compile(r":[^/]*")


def _unstaged(finding: Finding, stacks: Mapping[str, Stack], stack: Stack) -> Any:
    """What a finding says, but for the stage that it is about."""
    construct = _OTHER.sub("", finding.construct_path.removeprefix(stack.prefix))
    notes = [
        (_without_stage(stacks.get(note.at.source.file)), note.at.path[2:], note.text)
        for note in finding.notes
    ]
    return (
        (stack.assembly, finding.rule.id, finding.severity, finding.when, construct),
        tuple((own, path, text.replace(stack.prefix, "")) for own, path, text in notes),
    )


def _without_stage(stack: Stack | None) -> str:
    return stack.construct.removeprefix(stack.prefix) if stack else ""
