"""JUnit's XML, which every CI shows as tests: a suite for each template, a failure a finding."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from lambdalint.report.escape import xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lambdalint.rule import Finding, Outcome, Problem, Severity

CLEAN = "no findings"


class _Case(NamedTuple):
    """A test: its name, what became of it ("" if it passed), and why."""

    name: str
    result: str = ""
    type: str = ""
    message: str = ""
    details: tuple[str, ...] = ()


def render(outcome: Outcome, *, fail_on: Severity | None) -> str:
    """All templates; a finding below `fail_on` is a test that was skipped, a problem an error."""
    suites: dict[str, list[_Case]] = {_path(file): [] for file in outcome.files}
    for finding in outcome.findings:
        suites.setdefault(_path(finding.at.location.file), []).append(_finding(finding, fail_on))
    for problem in outcome.problems:
        suites.setdefault(_path(problem.file), []).append(_problem(problem))
    listed = {file: _unique(cases) or [_Case(CLEAN)] for file, cases in suites.items()}
    together = [case for cases in listed.values() for case in cases]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="lambdalint" {_counts(together)}>',
        *(line for file, cases in listed.items() for line in _suite(file, cases)),
        "</testsuites>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _path(file: str) -> str:
    return PurePath(file).as_posix()


def _finding(finding: Finding, fail_on: Severity | None) -> _Case:
    where = "/".join(map(str, finding.at.path[1:])) or finding.resource
    at = finding.at.location
    facts = [
        f"{at}: {finding.message}",
        *(f"{note.at.location}: {note.text}" for note in finding.notes[1:]),
        f"when {finding.when}" if finding.when else "",
        f"construct {finding.construct_path}" if finding.construct_path else "",
        finding.rule.url,
    ]
    return _Case(
        f"{finding.rule.id} {where}".rstrip(),
        "failure" if fail_on and finding.severity >= fail_on else "skipped",
        finding.severity.name.lower(),
        f"{finding.message} (line {at.line})",
        tuple(filter(None, facts)),
    )


def _problem(problem: Problem) -> _Case:
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    return _Case(
        "lambdalint" if problem.internal else "readable template",
        "error",
        "internal" if problem.internal else "unreadable",
        problem.message,
        (f"{problem.file}{place}: {problem.message}",),
    )


def _unique(cases: Sequence[_Case]) -> list[_Case]:
    """The tests under names of their own: of two that are called the same, a CI shows but one."""
    seen: Counter[str] = Counter()
    found = []
    for case in cases:
        seen[case.name] += 1
        number = f" ({seen[case.name]})" if seen[case.name] > 1 else ""
        found.append(case._replace(name=case.name + number))
    return found


def _suite(file: str, cases: Sequence[_Case]) -> Iterator[str]:
    name = xml(file)
    skipped = sum(case.result == "skipped" for case in cases)
    yield f'  <testsuite name="{name}" {_counts(cases)} skipped="{skipped}" file="{name}" time="0">'
    for case in cases:
        test = f'    <testcase name="{xml(case.name)}" classname="{name}" time="0"'
        if not case.result:
            yield f"{test}/>"
            continue
        yield f"{test}>"
        said = f'type="{case.type}" message="{xml(case.message)}"'
        details = "\n".join(map(xml, case.details))
        yield f"      <{case.result} {said}>{details}</{case.result}>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _counts(cases: Sequence[_Case]) -> str:
    results = Counter(case.result for case in cases)
    failures, errors = results["failure"], results["error"]
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
