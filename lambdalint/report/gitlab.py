"""Code Quality of GitLab, which shows findings beside the changes of a merge request."""

from __future__ import annotations

from collections import Counter
from json import dumps
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lambdalint.report.escape import visible

if TYPE_CHECKING:
    from lambdalint.rule import Finding, Outcome, Problem

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
_SEVERITIES = {"ERROR": "critical", "WARNING": "major", "INFO": "info"}


def render(outcome: Outcome) -> str:
    """One list of findings and problems; GitLab takes those of one fingerprint for the same."""
    issues = [
        *(_finding(finding) for finding in outcome.findings),
        *(_problem(problem) for problem in outcome.problems),
    ]
    seen: Counter[str] = Counter()
    for issue in issues:
        fingerprint = issue["fingerprint"]
        seen[fingerprint] += 1
        if seen[fingerprint] > 1:
            issue["fingerprint"] = f"{fingerprint}-{seen[fingerprint]}"
    return dumps(issues, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    at = finding.at.location
    said = finding.message + (f" (when {finding.when})" if finding.when else "")
    evidence = [f"{note.at.location}: {note.text}" for note in finding.notes[1:]]
    return _issue(
        "; ".join([said, *evidence]),
        finding.rule.id,
        finding.fingerprint,
        _SEVERITIES[finding.severity.name],
        at.file,
        {"begin": at.line, "end": at.end_line},
    )


def _problem(problem: Problem) -> dict[str, Any]:
    from hashlib import sha256  # noqa: PLC0415  2 ms that few runs need

    named = f"{problem.file}\n{problem.message}".encode("utf-8", "surrogatepass")
    return _issue(
        problem.message,
        "lambdalint",
        sha256(named).hexdigest()[:16],
        "blocker",
        problem.file,
        {"begin": max(problem.line, 1)},
    )


def _issue(
    said: str, rule: str, fingerprint: str, severity: str, file: str, lines: dict[str, int]
) -> dict[str, Any]:
    return {
        "description": visible(said),
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": PurePath(file).as_posix(), "lines": lines},
    }
