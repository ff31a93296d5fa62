"""Our rules inside cfn-lint, started as people start it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.runner import Runner
from click.testing import CliRunner

from lambdalint import cfnlint as plugin
from lambdalint.catalog import load_rule
from lambdalint.cli import main
from lambdalint.config import known_rules
from lambdalint.foreign import OURS
from lambdalint.rule import Severity

ROOT = Path(__file__).parents[1]
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Timeout: 45, Runtime: python3.14, Handler: app.handler, CodeUri: .}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""
SHORT = "sqs/short-visibility-timeout"
WLL = f"WLL{plugin.number(SHORT)}"
ELL = f"ELL{plugin.number(SHORT)}"


def _cfn_lint(*args: str) -> dict[str, list[Any]]:
    """What of ours cfn-lint reports, by its code."""
    runner = Runner(ConfigMixIn([*args, "-c", "I", "-r", "us-east-1", "-a", "lambdalint.cfnlint"]))
    return _ours(runner.run())


def _ours(matches: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for match in matches:
        if OURS.fullmatch(match.rule.id):
            found.setdefault(match.rule.id, []).append(match)
    return found


def put(path: str, text: str = TEMPLATE) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")
    return path


# --- ids ------------------------------------------------------------------------------------------


def test_numbers_never_change() -> None:
    assert plugin.number("sqs/short-visibility-timeout") == "46694"
    assert plugin.number("function/deprecated-runtime") == "24891"


def test_no_two_rules_have_the_same_number() -> None:
    numbers = [*map(plugin.number, known_rules()), plugin.Unread.id[3:]]

    assert len({*numbers}) == len(numbers)
    assert all(re.fullmatch(r"\d{5}", number) for number in numbers)


def test_every_rule_is_there_in_every_severity() -> None:
    for id in known_rules():
        for severity, letter in plugin.LETTERS.items():
            rule = vars(plugin)[f"{letter}LL{plugin.number(id)}"]()
            assert rule.severity[:4] == severity.name.lower()[:4]
            assert rule.source_url.startswith("https://")
            assert id in rule.description


# --- findings -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
def test_finding_is_told_in_its_place_with_its_evidence() -> None:
    (match,) = _cfn_lint("-t", put("template.yaml"))[WLL]

    assert match.message == (
        "hides a message for 60 s, needs 6 × 45 s; line 3 one attempt may take 45 s; line 13 reads "
        f"the queue [{SHORT}, see {load_rule(SHORT).url}]"
    )
    assert match.filename == "template.yaml"
    assert (match.linenumber, match.columnnumber) == (8, 7)
    assert (match.linenumberend, match.columnnumberend) == (8, 24)
    assert match.path == ["Resources", "Orders", "Properties", "VisibilityTimeout"]


@pytest.mark.usefixtures("home")
def test_command_of_cfn_lint_reports_and_exits_as_ever() -> None:
    put("template.yaml")
    told = _process("-t", "template.yaml", "-f", "parseable", "-a", "lambdalint.cfnlint")
    ignored = ["-i", *(f"{letter}LL" for letter in "EWI")]
    silent = _process("-t", "template.yaml", *ignored, "-a", "lambdalint.cfnlint")

    assert told.returncode == 4  # warnings
    assert f"template.yaml:8:7:8:24:{WLL}:hides a message for 60 s" in told.stdout
    assert (silent.returncode, silent.stdout) == (0, "")


def _process(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cfnlint.runner import main; main()", *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AWS_REGION": "us-east-1"},
    )


@pytest.mark.usefixtures("home")
def test_severity_is_the_one_of_the_finding() -> None:
    put("lambdalint.toml", f'[rules."{SHORT}"]\nseverity = "error"\n')

    found = _cfn_lint("-t", put("template.yaml"))

    assert ELL in found
    assert WLL not in found


@pytest.mark.usefixtures("home")
def test_options_and_selection_are_those_of_lambdalint() -> None:
    put("lambdalint.toml", f'select = ["{SHORT}"]\n[rules."{SHORT}"]\nfactor = 1\n')

    assert _cfn_lint("-t", put("template.yaml")) == {}


@pytest.mark.usefixtures("home")
def test_baseline_of_the_configuration_counts() -> None:
    put("template.yaml")
    assert CliRunner().invoke(main, ["check", "--write-baseline", "known.json"]).exit_code == 0
    put("lambdalint.toml", 'baseline = "known.json"\n')
    put("other.yaml")

    assert _cfn_lint("-t", "template.yaml") == {}
    assert WLL in _cfn_lint("-t", "other.yaml")

    put("known.json", "{")
    assert [*_cfn_lint("-t", "template.yaml")] == ["ELL00000"]


@pytest.mark.usefixtures("home")
def test_bad_setting_is_told_once() -> None:
    put("lambdalint.toml", "selct = []\n")

    found = _cfn_lint("-t", put("template.yaml"))

    assert [*found] == ["ELL00000"]
    assert "did you mean select?" in found["ELL00000"][0].message


@pytest.mark.usefixtures("home")
def test_parameters_given_to_cfn_lint_count() -> None:
    # In a template of SAM cfn-lint forgets them before it runs a rule.
    template = put(
        "template.yaml",
        """\
Parameters: {Hidden: {Type: Number}}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Hidden}}
  Fulfil: {Type: AWS::Lambda::Function, Properties: {Timeout: 45}}
  Reads:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !Ref Fulfil}
""",
    )

    assert WLL not in _cfn_lint("-t", template)
    assert WLL in _cfn_lint("-t", template, "--parameters", "Hidden=50")


@pytest.mark.usefixtures("home")
def test_stdin_is_read_as_cfn_lint_understood_it() -> None:
    template, _ = decode_str(TEMPLATE)
    runner = Runner(ConfigMixIn(["-a", "lambdalint.cfnlint", "-r", "us-east-1"]))

    (match,) = _ours(runner.validate_template(template))[WLL]

    assert (match.linenumber, match.columnnumber) == (8, 7)
    assert "; Fulfil: reads the queue [" in match.message


@pytest.mark.usefixtures("home")
def test_finding_in_a_nested_template_names_its_file() -> None:
    put("child.yaml", TEMPLATE.replace("60", "!Ref Hidden").replace("Resources", _HIDDEN, 1))
    parent = put(
        "parent.yaml",
        "Resources:\n  Shop:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        "      TemplateURL: child.yaml\n      Parameters: {Hidden: 50}\n",
    )

    (match,) = _cfn_lint("-t", parent)[WLL]

    assert match.filename == "child.yaml"


@pytest.mark.usefixtures("home")
def test_finding_in_code_names_its_file_and_is_ignored_on_its_resource() -> None:
    put("app.py", "def handler(event, context):\n    return event['Records'][0]['body']\n")
    template = put("template.yaml")
    code = f"ELL{plugin.number('handler/first-record-only')}"

    (match,) = _cfn_lint("-t", template)[code]

    assert (match.filename, match.linenumber) == ("app.py", 2)
    assert match.path == ["Resources", "Fulfil"]


_HIDDEN = "Parameters: {Hidden: {Type: Number}}\nResources"


# --- ignores --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
def test_metadata_of_cfn_lint_ignores_a_rule_on_a_resource() -> None:
    ignore = f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [{WLL}]}}}}}}"
    template = put("template.yaml", TEMPLATE.replace("Queue\n", f"Queue\n    {ignore}\n", 1))

    assert WLL not in _cfn_lint("-t", template)
    assert WLL in _cfn_lint("-t", template, "-m", WLL)


@pytest.mark.usefixtures("home")
def test_metadata_of_cfn_lint_ignores_rules_in_a_template() -> None:
    ignore = f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [{WLL[:4]}]}}}}}}\n"

    assert WLL not in _cfn_lint("-t", put("template.yaml", ignore + TEMPLATE))


@pytest.mark.usefixtures("home")
def test_metadata_of_cfn_lint_knows_what_a_loop_makes() -> None:
    text = """\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Queues:
    - Name
    - [Orders, Parcels]
    - ${Name}:
        Type: AWS::SQS::Queue
        Properties: {VisibilityTimeout: 60}
        METADATA
      ${Name}Function:
        Type: AWS::Serverless::Function
        Properties:
          Timeout: 45
          Runtime: python3.14
          Handler: app.handler
          CodeUri: .
          Events:
            Order: {Type: SQS, Properties: {Queue: !GetAtt [!Sub "${Name}", Arn]}}
"""
    ignore = f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [{WLL}]}}}}}}"
    template = put("template.yaml", text.replace("METADATA", "DeletionPolicy: Delete"))
    (one, other) = _cfn_lint("-t", template)[WLL]

    assert {one.path[1], other.path[1]} == {"Orders", "Parcels"}
    assert one.linenumber == 8
    assert WLL not in _cfn_lint("-t", put("template.yaml", text.replace("METADATA", ignore)))


@pytest.mark.usefixtures("home")
def test_comments_of_lambdalint_ignore_too_and_are_never_called_unused() -> None:
    comment = f"60  # lambdalint: ignore[{SHORT}] never throttled"
    elsewhere = "# lambdalint: ignore[s3/no-filter] another template has the bucket\n"

    found = _cfn_lint("-t", put("template.yaml", elsewhere + TEMPLATE.replace("60", comment)))

    assert WLL not in found
    assert f"WLL{plugin.number('ignore/unused')}" not in found


# --- trouble --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
def test_what_cannot_be_read_is_told_once() -> None:
    (match,) = _cfn_lint("-t", put("template.yaml", "Resources: {Orders: {}}\n"))["ELL00000"]

    assert match.message == (
        "no CloudFormation template: it has no Resources with a Type (lambdalint)"
    )
    assert (match.linenumber, match.columnnumber) == (1, 1)


@pytest.mark.usefixtures("home")
def test_control_characters_are_spelled_out() -> None:
    template = put(
        "template.yaml",
        TEMPLATE.replace("Orders:", '"Or\\eders":', 1).replace(
            "!GetAtt Orders.Arn", '!GetAtt "Or\\eders.Arn"'
        ),
    )

    for matches in _cfn_lint("-t", template).values():
        assert all("\x1b" not in match.message for match in matches)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.53.2", "cfn-lint 1.53.2 is too old, 1.54 is needed"),
        ("2.0.0a1", "cfn-lint 2.0.0a1 runs no rules in Python, cfn-lint 1 does"),
        ("unheard-of", "cfn-lint unheard-of is too old"),
    ],
)
def test_another_cfn_lint_is_refused(home: Path, version: str, told: str) -> None:
    metadata = home / f"cfn_lint-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: cfn-lint\nVersion: {version}\n")

    process = subprocess.run(
        [sys.executable, "-c", "import lambdalint.cfnlint"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{ROOT}"},
    )

    assert f"ImportError: lambdalint.cfnlint: {told}" in process.stderr
    assert "pip install 'lambdalint[cfn-lint]'" in process.stderr


def test_severities_are_all_known() -> None:
    assert {*plugin.LETTERS} == {*Severity}
