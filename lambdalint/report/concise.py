"""One line a finding, for editors and `grep`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdalint.report.escape import visible

if TYPE_CHECKING:
    from lambdalint.rule import Finding, Outcome, Problem


def render(outcome: Outcome, *, show_unknown: bool = False) -> str:
    """`file:line:col: error[rule] message (resource, when …)`, then what could not be judged or looked at."""
    lines = [_finding(finding) for finding in outcome.findings]
    if show_unknown:
        lines += [
            f"{u.at.location}: unknown{f'[{u.rule}]' if u.rule else ':'} {u.reason}"
            for u in outcome.unjudged
        ]
    lines += [_problem(problem) for problem in outcome.problems]
    return "".join(f"{visible(line)}\n" for line in lines)


def _finding(finding: Finding) -> str:
    kind = f"{finding.severity.name.lower()}[{finding.rule.id}]"
    subject = finding.construct_path or finding.resource
    about = ", ".join(filter(None, (subject, finding.when and f"when {finding.when}")))
    return f"{finding.at.location}: {kind} {finding.message}" + (f" ({about})" if about else "")


def _problem(problem: Problem) -> str:
    where = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    return f"{where}: error{'[internal]' if problem.internal else ':'} {problem.message}"
