"""`lambdalint check --cfn-lint`: one report of what both find."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner
from click.testing import CliRunner, Result

from lambdalint import run
from lambdalint.catalog import load_rule, rule_ids
from lambdalint.cli import FORMATS, main
from lambdalint.config import Settings

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(?:yaml|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 20
      Colour: red
  Fulfil:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 45
      Runtime: python3.14
      Handler: app.handler
      Role: arn:aws:iam::123456789012:role/fulfil
      Code: {S3Bucket: code, S3Key: code.zip}
  Reads:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Fulfil}
"""
OURS = "template.yaml:5:7: error[sqs/visibility-below-timeout]"
THEIRS = (
    "template.yaml:6:7: error[cfn-lint/E3002] "
    "Additional properties are not allowed ('Colour' was unexpected) (Orders)\n"
)

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")


def put(path: str, text: str = TEMPLATE) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def check(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", "--cfn-lint", *args], input=stdin)


def concise(*args: str, stdin: str | None = None) -> str:
    """The report, which is all there is."""
    result = check("--format", "concise", *args, stdin=stdin)
    assert result.stderr == ""
    return result.stdout


# --- one report -----------------------------------------------------------------------------------


def test_both_are_told_in_file_order() -> None:
    put("template.yaml")

    told = concise()
    places = [tuple(map(int, line.split(":")[1:3])) for line in told.splitlines()]

    assert OURS in told
    assert THEIRS in told
    assert "E3505" not in told  # the fact that is told already
    assert places == sorted(places)


def test_without_the_option_nothing_of_it_is_told() -> None:
    put("template.yaml")

    result = CliRunner().invoke(main, ["check", "--format", "concise"])

    assert "cfn-lint" not in result.output


def test_what_is_not_looked_at_here_is_told_by_cfn_lint() -> None:
    put("template.yaml")

    assert "error[cfn-lint/E3505]" in concise("--ignore", "sqs/visibility-below-timeout")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_tells_it(format: str) -> None:
    put("template.yaml")

    told = check("--format", format).output

    assert "cfn-lint/E3002" in told
    assert "sqs/visibility-below-timeout" in told
    assert "E3505" not in told


def test_json_places_it() -> None:
    put("template.yaml")

    report = json.loads(check("--format", "json").output)
    (found,) = [one for one in report["findings"] if one["rule"] == "cfn-lint/E3002"]

    assert found["path"] == ["Resources", "Orders", "Properties", "Colour"]
    assert found["resource"] == "Orders"
    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (6, 7, 6, 13)
    assert found["url"].startswith("https://")
    jsonschema.validate(report, json.loads((ROOT / "schemas" / "report.json").read_text("utf-8")))


@pytest.mark.parametrize(
    ("fail_on", "status"), [("error", 1), ("warning", 1), ("info", 1), ("never", 0)]
)
def test_exit_code_follows_its_severity(fail_on: str, status: int) -> None:
    put("template.yaml")

    assert check("--select", "s3", "--fail-on", fail_on).exit_code == status


def test_warning_of_cfn_lint_is_no_error() -> None:
    sound = TEMPLATE.replace("VisibilityTimeout: 20", "VisibilityTimeout: 270")
    sound = sound.replace("      Colour: red\n", "")
    put("template.yaml", f"Parameters: {{Unused: {{Type: String}}}}\n{sound}")

    assert "template.yaml:1:14: warning[cfn-lint/W2001]" in concise("--select", "s3")
    assert check("--select", "s3").exit_code == 1
    assert check("--select", "s3", "--fail-on", "error").exit_code == 0


def test_stdin_is_looked_at() -> None:
    assert THEIRS in concise("-", "--stdin-filename", "template.yaml", stdin=TEMPLATE)


def test_what_an_editor_has_not_saved_counts() -> None:
    put("template.yaml", TEMPLATE.replace("Colour: red", "DelaySeconds: 5"))

    assert THEIRS in concise("-", "--stdin-filename", "template.yaml", stdin=TEMPLATE)


def test_rule_of_cfn_lint_is_explained() -> None:
    explained = CliRunner().invoke(main, ["explain", "cfn-lint/E3505"])

    assert explained.output.startswith("# Validate SQS 'VisibilityTimeout' is greater than")
    assert "- `cfn-lint/E3505`: error, on by default, repaired by hand\n" in explained.output


def test_rule_that_cfn_lint_has_not_is_refused() -> None:
    refused = CliRunner().invoke(main, ["explain", "cfn-lint/E9876"])

    assert (refused.exit_code, refused.stderr) == (2, "error: cfn-lint has no rule 'E9876'\n")


# --- what is looked for, and what is ignored ------------------------------------------------------


def test_cfnlintrc_decides_what_is_looked_for() -> None:
    put("template.yaml")
    put(".cfnlintrc", "ignore_checks: [E3002]\ninclude_checks: [I]\ntemplates: [nowhere.yaml]\n")

    told = concise()

    assert "E3002" not in told
    assert "info[cfn-lint/I3011]" in told


def test_cfnlintrc_decides_which_templates_are_looked_at() -> None:
    put("template.yaml")
    put("a [strange] folder/other.yaml")
    put(".cfnlintrc", "ignore_templates: [template.yaml]\n")

    told = concise()

    assert "\na [strange] folder/other.yaml:6:7: error[cfn-lint/E3002]" in f"\n{told}"
    assert "template.yaml:6:7" not in told
    assert OURS in told


def test_bad_cfnlintrc_is_told() -> None:
    put("template.yaml")
    put(".cfnlintrc", "colour: red\n")

    result = check()

    assert result.exit_code == 2
    assert result.stderr.startswith("error: cfn-lint: ")
    assert "Traceback" not in result.output


@pytest.mark.parametrize("text", ["regions: [mars-north-1]", "append_rules: [nowhere]", "\t- {"])
def test_no_cfnlintrc_leads_to_a_traceback(text: str) -> None:
    put("template.yaml")
    put(".cfnlintrc", text)

    result = check()

    assert result.exit_code == 2
    assert result.stderr.startswith("error: cfn-lint: ")
    assert result.stderr.count("\n") == 1


def test_our_rules_in_cfnlintrc_are_not_told_twice() -> None:
    put("template.yaml")
    alone = concise()
    put(".cfnlintrc", "append_rules: [lambdalint.cfnlint]\n")

    assert concise() == alone


def test_comment_ignores_what_cfn_lint_finds() -> None:
    put(
        "template.yaml",
        TEMPLATE.replace("red", "red  # lambdalint: ignore[cfn-lint/E3002] so be it"),
    )

    assert "E3002" not in concise()


@pytest.mark.parametrize("rule", ["cfn-lint/E3002", "cfn-lint/E9876", "cfn-lint"])
def test_ignore_of_cfn_lint_is_never_called_unused(rule: str) -> None:
    put("template.yaml", TEMPLATE.replace("45", f"45  # lambdalint: ignore[{rule}] who knows"))

    for args in (["--cfn-lint"], []):
        assert "ignore/" not in CliRunner().invoke(main, ["check", *args]).output


def test_ignore_of_cfn_lint_needs_a_reason_too() -> None:
    put("template.yaml", TEMPLATE.replace("red", "red  # lambdalint: ignore[cfn-lint/E3002]"))

    told = concise()

    assert "warning[ignore/no-reason]" in told
    assert "error[cfn-lint/E3002]" in told


def test_metadata_of_cfn_lint_counts() -> None:
    ignore = "Metadata: {cfn-lint: {config: {ignore_checks: [E3002]}}}"
    put("template.yaml", TEMPLATE.replace("Queue\n", f"Queue\n    {ignore}\n", 1))

    assert "E3002" not in concise()


def test_one_fact_that_is_ignored_here_is_not_told_by_cfn_lint() -> None:
    said = "20  # lambdalint: ignore[sqs/visibility-below-timeout] a test"
    put("template.yaml", TEMPLATE.replace("20", said))

    assert "E3505" not in concise("--select", "sqs/visibility-below-timeout")


# --- one fact, one finding ------------------------------------------------------------------------

PAIRED = [rule for rule in map(load_rule, rule_ids()) if rule.cfn_lint]


@pytest.mark.parametrize("rule", PAIRED, ids=lambda rule: rule.id)
def test_page_and_cfn_lint_tell_one_fact_once(rule: Any) -> None:
    for number, block in enumerate(BLOCK.finditer(rule.page)):
        put(f"{number}.yaml", block[1])
    reading = run.read(["."], Settings())

    alone = run.check(reading, [rule], Settings()).findings
    both = run.check(reading, [rule], Settings(), cfn_lint=True).findings
    theirs = run.check(reading, [], Settings(), cfn_lint=True).findings
    codes = {f"cfn-lint/{code}" for code in rule.cfn_lint}
    told, left = (
        {(str(one.at), one.at.location, one.rule.id) for one in found if one.rule.id in codes}
        for found in (theirs, both)
    )

    assert [one.at for one in both if one.rule is rule] == [one.at for one in alone]
    assert left < told


def test_paired_codes_exist() -> None:
    rules = Runner(ConfigMixIn()).rules

    assert {code for rule in PAIRED for code in rule.cfn_lint} <= {*rules.data}


def test_the_same_fault_of_another_resource_is_still_told() -> None:
    # cfn-lint takes the first branch of each, though no deployment has both: we are silent.
    conditions = """\
Conditions:
  Here: !Equals [!Ref AWS::Region, eu-west-1]
  Elsewhere: !Not [!Condition Here]
"""
    other = TEMPLATE.partition("Resources:\n")[2]
    for name, another in (("Orders", "Parcels"), ("Fulfil", "Send"), ("Reads", "Sends")):
        other = other.replace(name, another)
    other = other.replace("VisibilityTimeout: 20", "VisibilityTimeout: !If [Here, 20, 60]")
    other = other.replace("Timeout: 45", "Timeout: !If [Elsewhere, 45, 10]")
    put("template.yaml", conditions + TEMPLATE + other)

    lines = concise("--select", "sqs/visibility-below-timeout").splitlines()

    assert next(line for line in lines if "sqs/visibility-below-timeout" in line).endswith(
        "(Orders)"
    )
    assert [line.rpartition(" ")[2] for line in lines if "E3505" in line] == ["(Parcels)"]


# --- trouble --------------------------------------------------------------------------------------


def test_crash_of_cfn_lint_hides_nothing() -> None:
    put("template.yaml")
    put(
        "rules/crash.py",
        "from cfnlint.rules import CloudFormationLintRule\n\n\n"
        "class Crash(CloudFormationLintRule):\n    id = 'E9999'\n\n"
        "    def initialize(self, cfn):\n        raise RuntimeError('no luck')\n",
    )
    put(".cfnlintrc", "append_rules: [rules]\n")

    result = check("--format", "concise")

    assert OURS in result.stdout
    assert result.stderr.startswith("template.yaml: error: cfn-lint failed: RuntimeError: no luck")
    assert result.exit_code == 2


def test_template_that_only_cfn_lint_cannot_read_hides_nothing() -> None:
    put("template.yaml", TEMPLATE.replace("Colour: red", "VisibilityTimeout: 21"))

    told = concise("--ignore", "template")

    assert "template.yaml:6:7: error[sqs/visibility-below-timeout]" in told
    assert "template.yaml:5:7: error[cfn-lint/E0000]" in told


def test_template_that_nobody_can_read_is_told_once() -> None:
    put("template.yaml", "Resources:\n  Orders: {Type: AWS::SQS::Queue\n")
    put("other.yaml", TEMPLATE)

    result = check("--format", "concise")

    assert result.output.count("broken YAML") == 1
    assert "E0000" not in result.output
    assert "other.yaml:5:7: error[sqs/visibility-below-timeout]" in result.output


def test_missing_cfn_lint_is_told(home: Path) -> None:
    put("template.yaml")
    metadata = home / "cfn_lint-2.0.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: cfn-lint\nVersion: 2.0.0\n")

    process = subprocess.run(
        [sys.executable, "-m", "lambdalint", "check", "--cfn-lint"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{ROOT}"},
    )

    assert process.returncode == 2
    assert process.stderr == (
        "error: cfn-lint 2.0.0 runs no rules in Python, cfn-lint 1 does: "
        "pip install 'lambdalint[cfn-lint]'\n"
    )
