"""Whole templates from life say exactly what `tests/golden` says they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lambdalint.cli import main

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
GOLDEN = ROOT / "tests" / "golden"
SUBJECTS = [
    *sorted(FIXTURES.glob("sam/*.yaml")),
    *sorted(FIXTURES.glob("sam/*/template.yaml")),
    *sorted(FIXTURES.glob("cfn/*")),
    *sorted(FIXTURES.glob("broken/*")),
    *sorted(FIXTURES.glob("cdk/*/cdk.out")),
]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_fixture_says_what_it_should(
    subject: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(FIXTURES)
    name = subject.relative_to(FIXTURES)
    result = CliRunner().invoke(main, ["check", str(name), "--format", "json"])
    said = _told(json.loads(result.stdout), result.exit_code)
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--write-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(said, "utf-8")

    assert said == golden.read_text("utf-8")


def test_no_golden_file_is_left_behind() -> None:
    subjects = {f"{subject.relative_to(FIXTURES)}.txt" for subject in SUBJECTS}

    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.txt")} == subjects


@pytest.mark.parametrize("name", ["order-pipeline"])
def test_sam_and_plain_cloudformation_say_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FIXTURES)
    both = []
    for file in (f"sam/{name}.yaml", f"cfn/{name}.yaml"):
        result = CliRunner().invoke(main, ["check", file, "--format", "json"])
        findings = json.loads(result.stdout)["findings"]
        both.append(sorted((f["rule"], f["severity"], f["message"], f["when"]) for f in findings))

    assert both[0] == both[1]


def _told(report: dict[str, Any], exit_code: int) -> str:
    """A report in few words: a line a finding, and below it a line for each piece of evidence."""
    lines = [f"exit {exit_code}"]
    for finding in report["findings"]:
        when = f", when {finding['when']}" if finding["when"] else ""
        sure = "" if finding["confidence"] == "high" else f" ({finding['confidence']})"
        subject = finding["construct_path"] or finding["resource"]
        lines += [
            "",
            f"{_at(finding)} {finding['severity']}{sure} {finding['rule']} [{subject}]",
            f"    {finding['message']}{when}",
            *(f"    {_at(note)} {note['text']}" for note in finding["notes"]),
        ]
    for error in report["errors"]:
        lines += ["", f"{_at(error)} {error['message']}"]
    return "\n".join(lines) + "\n"


def _at(place: dict[str, Any]) -> str:
    where = f":{place['line']}:{place['column']}" if place["line"] else ""
    return f"{Path(place['file']).name}{where}"
