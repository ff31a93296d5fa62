"""The GitHub Action and the image: what they are made of, and what their scripts do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step.get("id", step.get("name")): step for step in ACTION["runs"]["steps"]}
TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 45
      FunctionResponseTypes: [ReportBatchItemFailures]
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def _step(name: str, home: Path, **given: str) -> tuple[int, str, dict[str, str]]:
    """How a script ends, what it prints and what it puts out, for some inputs."""
    inputs = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
    inputs |= {name.replace("_", "-"): value for name, value in given.items()}
    outputs = {"steps.install.outputs.python": sys.executable, "steps.check.outputs.status": "1"}
    variables = {}
    for variable, written in STEPS[name]["env"].items():
        source = written.removeprefix("${{ ").removesuffix(" }}")
        variables[variable] = outputs.get(source) or inputs[source.removeprefix("inputs.")]
    output = home / "output"
    output.write_text("")
    (home / "summary").unlink(missing_ok=True)
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    ended = _run(
        *shell,
        STEPS[name]["run"],
        PYTHONPATH=str(ROOT),
        GITHUB_OUTPUT=str(output),
        GITHUB_STEP_SUMMARY=str(home / "summary"),
        **variables,
    )
    said = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return ended.returncode, ended.stdout + ended.stderr, said


@pytest.fixture
def checkout(home: Path) -> Path:
    """A folder with a template that has one fault."""
    (home / "template.yaml").write_text(TEMPLATE)
    (home / "lambdalint.toml").write_text('select = ["sqs/short-visibility-timeout"]\n')
    return home


# --- the action -----------------------------------------------------------------------------------


def test_action_is_one_that_github_takes() -> None:
    schema = ["--builtin-schema", "vendor.github-actions"]
    checked = _run(sys.executable, "-m", "check_jsonschema", *schema, str(ROOT / "action.yml"))

    assert checked.returncode == 0, checked.stdout


def test_every_input_is_used_and_every_one_used_is_declared() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))

    assert used == {*ACTION["inputs"]}


def test_nothing_that_is_given_becomes_a_part_of_a_script() -> None:
    assert not [step for step in STEPS.values() if "${{" in step.get("run", "")]


@pytest.mark.parametrize("used", [step["uses"] for step in STEPS.values() if "uses" in step])
def test_other_actions_are_pinned_by_their_commit(used: str) -> None:
    assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", used)


def test_findings_are_annotations_and_the_status_comes_last(checkout: Path) -> None:
    code, said, out = _step("check", checkout)

    assert code == 0
    assert said.startswith("::warning file=template.yaml,line=4,col=18,")
    assert (checkout / "summary").read_text("utf-8").startswith("### lambdalint: 1 warning")
    assert out == {"status": "1"}
    assert _step("Tell the result", checkout)[0] == 1


def test_sarif_is_written_beside_the_checkout(checkout: Path) -> None:
    _, said, out = _step("check", checkout, format="sarif", summary="false")

    assert out == {"sarif": "lambdalint.sarif", "status": "1"}
    assert said.startswith("warning[sqs/short-visibility-timeout]")
    assert not (checkout / "summary").exists()
    assert json.loads((checkout / out["sarif"]).read_text("utf-8"))["version"] == "2.1.0"


def test_arguments_and_paths_are_handed_on(checkout: Path) -> None:
    (checkout / "a folder").mkdir()
    (checkout / "a folder" / "one.yaml").write_text(TEMPLATE)

    code, said, out = _step(
        "check",
        checkout,
        paths="a folder\n\n",
        args="--fail-on  error --ignore s3",
        format="concise",
    )

    assert (code, out) == (0, {"status": "0"})
    assert said.startswith("a folder/one.yaml:4:18: warning")
    assert "template.yaml" not in said


def test_arguments_may_stand_on_several_lines(checkout: Path) -> None:
    _, said, out = _step(
        "check",
        checkout,
        args="--fail-on error\n\n--format text=report.txt\n  --no-config --select s3\n",
        format="concise",
    )

    assert (said, out["status"]) == ("", "0")
    assert "nothing found" in (checkout / "report.txt").read_text("utf-8")


def test_what_is_given_is_never_run(checkout: Path) -> None:
    _, said, out = _step("check", checkout, paths="$(touch stolen); `touch stolen`", args=";touch")

    assert out == {"status": "2"}
    assert ";touch" in said
    assert not (checkout / "stolen").exists()


def test_cfn_lint_is_asked(checkout: Path) -> None:
    _, said, _ = _step("check", checkout, cfn_lint="true", format="concise")

    assert "[cfn-lint/" in said


# --- the image ------------------------------------------------------------------------------------

IMAGE = (ROOT / "Dockerfile").read_text("utf-8")


def test_image_is_made_of_what_is_there_and_not_ignored() -> None:
    taken = set((ROOT / ".dockerignore").read_text("utf-8").split())
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", IMAGE, re.MULTILINE)
        for source in line.split()[:-1]
    ]

    assert copied
    assert all((ROOT / source).exists() and f"!{source}" in taken for source in copied)


def test_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (.+)$", IMAGE, re.MULTILINE) == ["10001"]
