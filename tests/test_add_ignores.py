"""Ignores are written where people would, change no value, and what they are for is not told again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint import ignoring
from lambdalint.catalog import load_rule, rule_ids
from lambdalint.cli import main
from lambdalint.config import Settings
from lambdalint.read import read
from lambdalint.rule import Outcome, Problem, Rule
from lambdalint.run import Reading, check
from lambdalint.run import read as read_all
from lambdalint.suppress import RULES

ROOT = Path(__file__).parents[1]
OLD = "function/deprecated-runtime"
SHORT = "sqs/short-visibility-timeout"
REASON = "known since 2026"
COMMENT = f"# lambdalint: ignore[{OLD}] {REASON}"
TEMPLATE = """\
# Orders of the shop
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.8
      Timeout: 60
"""
IGNORED = TEMPLATE.replace("      Runtime", f"      {COMMENT}\n      Runtime")
UNKNOWN = """\
Resources:
  # One that nobody knows yet
  Other:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.7}
"""

pytestmark = pytest.mark.usefixtures("home")


def put(text: str, path: str = "template.yaml") -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode())
    return Path(path)


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    format = () if "--format" in args else ("--format", "concise")
    return CliRunner().invoke(main, ["check", *format, *args], input=stdin)


def add(*args: str, stdin: str | bytes | None = None) -> Result:
    return run("--add-ignores", REASON, *args, stdin=stdin)


def ignored(text: str, *args: str, path: str = "template.yaml", reason: str = REASON) -> str:
    """What the file says once all is ignored, which changes no value and lasts."""
    file = put(text, path)
    result = run("--add-ignores", reason, *args, path)
    after = file.read_bytes().decode()
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert_same(text, after)
    assert run(*args, path).stdout == ""
    assert run("--add-ignores", reason, *args, path).stderr == "added 0 ignores, 0 findings left\n"
    assert file.read_bytes().decode() == after
    return after


def assert_same(before: str, after: str) -> None:
    """Two texts say the same; where there are no comments, but for the ignores in Metadata."""
    old, new = read(before, "").root, read(after, "").root
    if before.lstrip()[:1] == "{":
        old, new = without_ignores(old), without_ignores(new)
    assert new == old


def without_ignores(data: Any) -> Any:
    """What a template says but for the ignores in its Metadata."""
    if isinstance(data, list):
        return [without_ignores(one) for one in data]
    if not isinstance(data, dict):
        return data
    metadata = data.get("Metadata")
    if isinstance(metadata, dict) and "lambdalint" in metadata:
        rest = {key: value for key, value in metadata.items() if key != "lambdalint"}
        data = {**data, "Metadata": rest}
        if not rest:
            del data["Metadata"]
    return {key: without_ignores(value) for key, value in data.items()}


# --- the command ----------------------------------------------------------------------------------


def test_next_run_finds_nothing() -> None:
    file = put(TEMPLATE)

    result = add()

    assert file.read_text("utf-8") == IGNORED
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "added 1 ignore, 0 findings left\n"
    assert run().output == ""


def test_second_time_there_is_nothing_to_do() -> None:
    file = put(TEMPLATE)
    add()

    result = add()

    assert file.read_text("utf-8") == IGNORED
    assert (result.exit_code, result.stderr) == (0, "added 0 ignores, 0 findings left\n")


def test_quiet_run_counts_nothing() -> None:
    put(TEMPLATE)

    assert add("--quiet").output == ""


def test_only_what_is_told_is_ignored() -> None:
    file = put(TEMPLATE)

    assert add("--ignore", OLD).stderr == "added 0 ignores, 0 findings left\n"
    assert file.read_text("utf-8") == TEMPLATE


def test_several_rules_on_one_line_make_one_comment() -> None:
    wire = """\
  Wire:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Orders.StreamArn, FunctionName: !Ref Worker}
"""

    after = ignored(f"{IGNORED}  Orders: {{Type: AWS::DynamoDB::Table}}\n{wire}")

    both = "stream/poison-batch-not-isolated, stream/unbounded-retries"
    assert f"  # lambdalint: ignore[{both}] {REASON}\n  Wire:\n" in after


def test_stdin_comes_back_on_stdout() -> None:
    result = add("-", stdin=TEMPLATE)

    assert (result.stdout, result.exit_code) == (IGNORED, 0)
    assert result.stderr == "added 1 ignore, 0 findings left\n"


def test_stdin_without_findings_comes_back_as_it_is() -> None:
    text = b"\xef\xbb\xbf" + IGNORED.replace("\n", "\r\n").encode()

    assert add("-", stdin=text).stdout_bytes == text


def test_report_tells_what_is_left_where_it_is_now() -> None:
    stale = "  # lambdalint: ignore[url/public] it was once\n"
    put(f"{TEMPLATE}{stale}  Other: {{Type: AWS::SQS::Queue}}\n")

    result = add("--format", "json")

    (left,) = json.loads(result.stdout)["findings"]
    assert (left["rule"], left["line"]) == ("ignore/unused", 9)
    assert result.exit_code == 1
    assert result.stderr == (
        "template.yaml:9:3: not ignored[ignore/unused] what is wrong with an ignore cannot be "
        "ignored\nadded 1 ignore, 1 finding left\n"
    )


def test_baseline_keeps_what_it_knows() -> None:
    file = put(TEMPLATE)
    run("--write-baseline", "known.json")
    put(f"{TEMPLATE}{UNKNOWN.removeprefix('Resources:' + chr(10))}")

    result = add("--baseline", "known.json")

    assert file.read_text("utf-8").count("lambdalint:") == 1
    assert f"{COMMENT}\n    Properties: {{Runtime: python3.7}}" in file.read_text("utf-8")
    assert result.stderr == "added 1 ignore, 0 findings left\n"
    assert run("--baseline", "known.json").output == ""


def test_of_a_difference_only_the_new_is_ignored() -> None:
    file = put(TEMPLATE)
    for words in (["init", "-q"], ["add", "--all"], ["commit", "-qm", "All"]):
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *words], check=True)  # noqa: S607
    put(f"{TEMPLATE}{UNKNOWN.removeprefix('Resources:' + chr(10))}")

    result = add("--diff", "HEAD")

    assert file.read_text("utf-8").count("lambdalint:") == 1
    assert "added 1 ignore, 0 findings left\n" in result.stderr
    assert "python3.8" in run().stdout


@pytest.mark.parametrize(
    "reason",
    ["", "  ", "two\nlines", "see #12", "because: -", "- why not", "a\x1b[31m", "a\u2028b", "#"],
)
def test_reason_that_could_not_be_read_back_is_refused(reason: str) -> None:
    file = put(TEMPLATE)

    result = run("--add-ignores", reason)

    assert result.exit_code == 2
    assert "--add-ignores" in result.stderr
    assert file.read_text("utf-8") == TEMPLATE


@pytest.mark.parametrize(
    "reason", [" trimmed ", "SHOP-12: für später ✓", "don't [ask] {me} 'a' \"b\"", "a#b // c"]
)
@pytest.mark.parametrize("path", ["template.yaml", "template.json"])
def test_reason_is_kept_to_the_letter(reason: str, path: str) -> None:
    text = json.dumps(read(TEMPLATE, "").root, indent=2) if "json" in path else TEMPLATE

    after = ignored(text, path=path, reason=reason)

    said = json.dumps(reason.strip(), ensure_ascii=False) if "json" in path else reason.strip()
    assert said in after


@pytest.mark.parametrize(
    "other",
    [
        ("--fix",),
        ("--diff-fixes",),
        ("--write-baseline", "known.json"),
        ("--baseline", "known.json", "--update-baseline"),
        ("--watch",),
    ],
    ids=" ".join,
)
def test_options_that_contradict_it_are_refused(other: tuple[str, ...]) -> None:
    file = put(TEMPLATE)
    run("--write-baseline", "known.json")

    result = add(*other)

    assert result.exit_code == 2
    assert "exclude each other" in result.stderr
    assert file.read_text("utf-8") == TEMPLATE


def test_file_that_cannot_be_written_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    file, other = put(TEMPLATE, "locked/template.yaml"), put(TEMPLATE)
    move = os.replace

    def deny(source: str, target: str) -> None:
        if "locked" in target:
            raise PermissionError(13, "Permission denied")
        move(source, target)

    monkeypatch.setattr(os, "replace", deny)
    result = add()

    assert (file.read_text("utf-8"), other.read_text("utf-8")) == (TEMPLATE, IGNORED)
    assert result.exit_code == 2
    assert result.stdout.startswith(f"locked/template.yaml:6:7: warning[{OLD}]")
    assert result.stderr == (
        f"locked/template.yaml:6:7: not ignored[{OLD}] its file cannot be written\n"
        "added 1 ignore, 1 finding left\n"
        "locked/template.yaml: error: not written: permission denied\n"
    )


def test_template_of_a_cdk_app_is_the_apps_business() -> None:
    shutil.copytree(ROOT / "fixtures" / "cdk" / "shop" / "cdk.out", "cdk.out")
    before = {path: path.read_bytes() for path in Path("cdk.out").rglob("*") if path.is_file()}

    result = run("--add-ignores", "it's known", "--select", SHORT)

    assert before == {path: path.read_bytes() for path in before}
    assert result.exit_code == 1
    assert (
        f"cdk.out/Orders.template.json:133:5: not ignored[{SHORT}] a CDK app writes this template, "
        "say there of Orders/IntakeQueue: Validations.of(…).acknowledge("
        f"{{id: 'Lambdalint::{SHORT}', reason: 'it\\\\'s known'}})\n"
    ).replace("\\\\", "\\") in result.stderr
    assert result.stderr.endswith("added 0 ignores, 2 findings left\n")


def test_copy_of_a_synthesised_template_is_left_alone_too() -> None:
    data = read(TEMPLATE, "").root
    data["Resources"]["Worker"]["Metadata"] = {"aws:cdk:path": "Shop/Worker/Resource"}
    file = put(json.dumps(data), "template.json")

    result = add()

    assert json.loads(file.read_text("utf-8")) == data
    assert "say there of Shop/Worker: " in result.stderr


def test_nested_template_has_its_ignores_where_it_lies() -> None:
    child = put(TEMPLATE, "child.yaml")
    put(
        "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: child.yaml}\n",
        "parent.yaml",
    )

    assert add("parent.yaml").stderr == "added 1 ignore, 0 findings left\n"
    assert child.read_text("utf-8") == IGNORED


def test_what_cfn_lint_finds_is_ignored_by_our_comments() -> None:
    pytest.importorskip("cfnlint")
    text = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n      Delay: 3\n"

    after = ignored(text, "--cfn-lint")

    assert f"      Delay: 3  # lambdalint: ignore[cfn-lint/E3002] {REASON}\n" in after


# --- comments -------------------------------------------------------------------------------------

FUNCTION = "  Worker:\n    Type: AWS::Lambda::Function\n    Properties:"


def template(properties: str) -> str:
    return f"Resources:\n{FUNCTION}{properties}"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("\n      Runtime: nodejs8.10\n", "\n      Runtime: nodejs8.10  @\n", "old"),
        ("\n      Runtime: python3.8\n", "\n      @\n      Runtime: python3.8\n", "too long"),
        ("\n      Runtime: go1.x # go\n", "\n      @\n      Runtime: go1.x # go\n", "old"),
        ("\n      # go\n      Runtime: go1.x\n", "\n      # go\n      Runtime: go1.x  @\n", "old"),
        ("\n      Runtime: go1.x", "\n      Runtime: go1.x  @", "old"),
        ("\n      Runtime: python3.8", "\n      @\n      Runtime: python3.8", "too long"),
        ("\n      Runtime: go1.x \t\n", "\n      Runtime: go1.x  @\n", "old"),
        ("\n\n      Runtime: python3.8\n", "\n\n      @\n      Runtime: python3.8\n", "too long"),
        ("\n      Runtime: 'go1.x'\n", "\n      Runtime: 'go1.x'  @\n", "old"),
        (
            "\n      Runtime: >-\n        go1.x\n",
            "\n      @\n      Runtime: >-\n        go1.x\n",
            "old",
        ),
        ("\n      Runtime:\n        go1.x\n", "\n      Runtime:  @\n        go1.x\n", "old"),
        ("\n      ? Runtime\n      : go1.x\n", "\n      ? Runtime  @\n      : go1.x\n", "old"),
        (" {Runtime: go1.x}\n", None, "old"),
        (
            " {\n      Timeout: 3,\n      Runtime: go1.x,\n    }\n",
            " {\n      Timeout: 3,\n      Runtime: go1.x,  @\n    }\n",
            "old",
        ),
        (
            ' {Description: "two\n      lines", Runtime: go1.x}\n',
            ' {Description: "two\n      lines", Runtime: go1.x}  @\n',
            "too long to stand beside it",
        ),
        (
            "\n      Description: |+\n        text\n\n      Runtime: python3.8\n",
            "\n      Description: |+\n        text\n\n      @\n      Runtime: python3.8\n",
            "too long",
        ),
        (
            "\n      Description: a\n        b\n      Runtime: python3.8\n",
            "\n      Description: a\n        b\n      @\n      Runtime: python3.8\n",
            "too long",
        ),
        (
            "\n      Runtime: &old python3.8\n      Description: *old\n",
            "\n      @\n      Runtime: &old python3.8\n      Description: *old\n",
            "known",
        ),
        (
            '\n      Runtime: "go1.x" # see "#1"\n',
            '\n      @\n      Runtime: "go1.x" # see "#1"\n',
            "old",
        ),
        (
            " {Description: ' # no comment', Runtime: go1.x}\n",
            None,
            "old",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_comment_stands_where_people_would_write_it(
    before: str, after: str | None, reason: str, newline: str
) -> None:
    text = template(before)
    comment = f"# lambdalint: ignore[{OLD}] {reason}"
    if after is None:
        expected = text.replace("    Properties", f"    {comment}\n    Properties")
    else:
        expected = template(after).replace("@", comment)

    assert ignored(text.replace("\n", newline), reason=reason) == expected.replace("\n", newline)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # What is ignored for the same reason is told in the same comment.
        (f"  # lambdalint: ignore[@] {REASON}\n", f"  # lambdalint: ignore[@, {OLD}] {REASON}\n"),
        (
            f"  # lambdalint: ignore[@]: {REASON} # so there\n",
            f"  # lambdalint: ignore[@, {OLD}]: {REASON} # so there\n",
        ),
        # Another reason, or none, is somebody else's.
        (
            "  # lambdalint: ignore[@] never\n",
            f"  # lambdalint: ignore[@] never\n      {COMMENT}\n",
        ),
        (
            "  # lambdalint: ignore[@] never\n  # and why\n",
            f"  # lambdalint: ignore[@] never\n  # and why\n      {COMMENT}\n",
        ),
    ],
)
def test_comment_above_is_written_on(before: str, after: str) -> None:
    """The other rule is one that nothing breaks, of which only a whole run would tell."""
    head, runtime = template("\n"), "      Runtime: python3.8\n"
    before, after = (one.replace("@", "url/public") for one in (before, after))

    assert ignored(f"{head}{before}{runtime}", "--select", OLD) == f"{head}{after}{runtime}"


def test_comment_beside_is_written_on() -> None:
    text = template(f"\n      Runtime: python3.8  # lambdalint: ignore[url/public] {REASON}\n")

    assert ignored(text, "--select", OLD) == text.replace("public]", f"public, {OLD}]")


@pytest.mark.parametrize("reason", ["", " never"])
def test_comment_of_another_kind_beside_stays(reason: str) -> None:
    runtime = f"      Runtime: python3.8  # lambdalint: ignore[url/public]{reason}\n"

    assert ignored(template(f"\n{runtime}"), "--select", OLD) == template(
        f"\n      {COMMENT}\n{runtime}"
    )


def test_ignore_without_a_reason_is_left_to_people() -> None:
    runtime = f"      Runtime: python3.8  # lambdalint: ignore[{OLD}]\n"
    file = put(template(f"\n{runtime}"))

    result = add()

    assert file.read_text("utf-8") == template(f"\n      {COMMENT}\n{runtime}")
    assert result.stdout.startswith("template.yaml:6:27: warning[ignore/no-reason]")
    assert result.stderr.endswith("added 1 ignore, 1 finding left\n")


def test_ignore_in_a_text_is_no_comment() -> None:
    text = template(
        f"\n      Description: |\n        # lambdalint: ignore[url/public] {REASON}\n"
        "      Runtime: python3.8\n"
    )

    after = ignored(text, "--select", OLD)

    assert after == text.replace("      Runtime", f"      {COMMENT}\n      Runtime")


def test_item_of_a_list_has_its_comment_above_its_dash() -> None:
    text = """\
Resources:
  Images:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - Event: s3:ObjectCreated:*
            Function: !GetAtt Worker.Arn
  Worker: {Type: AWS::Lambda::Function}
"""

    after = ignored(text, "--select", "s3/no-filter")

    item = "          - Event"
    comment = f"          # lambdalint: ignore[s3/no-filter] {REASON}\n"
    assert after == text.replace(item, comment + item)


def test_whole_template_on_one_line_has_its_comment_above() -> None:
    text = "Resources: {Worker: {Type: AWS::Lambda::Function, Properties: {Runtime: go1.x}}}\n"

    assert ignored(text) == f"{COMMENT}\n{text}"
    assert ignored(f"%YAML 1.1\n--- {{{text.rstrip()}}}\n") == (
        f"%YAML 1.1\n{COMMENT}\n--- {{{text.rstrip()}}}\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_and_line_ends_stay(encoding: str) -> None:
    file = Path("template.yaml")
    file.write_bytes(TEMPLATE.replace("\n", "\r\n").replace("shop", "Läden").encode(encoding))

    run("--add-ignores", "bleibt für immer so")

    expected = IGNORED.replace(REASON, "bleibt für immer so").replace("shop", "Läden")
    assert file.read_bytes() == expected.replace("\n", "\r\n").encode(encoding)


CODE = """\
def handler(event, context):
    print(event["Records"][0]["body"])
"""
READER = """\
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      @
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""
FIRST = "handler/first-record-only"


@pytest.mark.parametrize(
    ("head", "margin"),
    [("InlineCode: |", 8), ("InlineCode: !Sub |", 8), ("InlineCode:\n        Fn::Sub: |-", 10)],
)
def test_code_in_a_template_stays_as_it_is(head: str, margin: int) -> None:
    """The comment is on the function, as none can stand in a text."""
    text = READER.replace("@", f"{head}\n{indent(CODE, ' ' * margin)}".rstrip())
    (finding,) = json.loads(run("-", "--select", FIRST, "--format", "json", stdin=text).stdout)[
        "findings"
    ]

    after = ignored(text, "--select", FIRST)

    assert "Records" in text.splitlines()[finding["line"] - 1]
    assert after == text.replace("Fulfil:", f"Fulfil:  # lambdalint: ignore[{FIRST}] {REASON}")


def test_finding_in_a_file_of_code_is_ignored_in_the_template_of_its_function() -> None:
    code = put(CODE, "app/index.py")

    after = ignored(READER.replace("@", "CodeUri: app"), "--select", FIRST)

    assert after.count(f"# lambdalint: ignore[{FIRST}] {REASON}") == 1
    assert code.read_text("utf-8") == CODE


def test_body_of_a_loop_has_one_comment_for_all_that_is_made_of_it() -> None:
    text = """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Workers:
    - Name
    - [Orders, Returns]
    - Work${Name}:
        Type: AWS::Lambda::Function
        Properties:
          Runtime: python3.8
"""

    after = ignored(text)

    assert after == text.replace("          Runtime", f"          {COMMENT}\n          Runtime")


def test_anchored_properties_have_one_comment() -> None:
    text = template(" &all\n      Runtime: python3.8\n") + (
        "  Other:\n    Type: AWS::Lambda::Function\n    Properties: *all\n"
    )

    assert ignored(text).count(COMMENT) == 1


def test_line_ends_of_old_macs_are_left_alone() -> None:
    text = TEMPLATE.replace("\n", "\r")
    file = put(text)

    result = add("template.yaml")

    assert file.read_bytes().decode() == text
    assert (
        "not ignored[function/deprecated-runtime] it would be found all the same" in result.stderr
    )
    assert result.stderr.endswith("added 0 ignores, 1 finding left\n")


# --- Metadata -------------------------------------------------------------------------------------

JSON: dict[str, Any] = {
    "Resources": {
        "Worker": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.8"}},
        "Orders": {"Type": "AWS::SQS::Queue"},
    }
}
ENTRY = {"rule": OLD, "reason": REASON}


def with_metadata(metadata: Any) -> dict[str, Any]:
    worker = {**JSON["Resources"]["Worker"], "Metadata": metadata}
    return {"Resources": {**JSON["Resources"], "Worker": worker}}


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (JSON, {"lambdalint": {"ignore": [ENTRY]}}),
        (with_metadata({"a": 1}), {"a": 1, "lambdalint": {"ignore": [ENTRY]}}),
        (with_metadata({}), {"lambdalint": {"ignore": [ENTRY]}}),
        (with_metadata({"lambdalint": {}}), {"lambdalint": {"ignore": [ENTRY]}}),
        (with_metadata({"lambdalint": {"ignore": []}}), {"lambdalint": {"ignore": [ENTRY]}}),
        (
            with_metadata({"lambdalint": {"ignore": [{"rule": "sqs", "reason": "so"}]}}),
            {"lambdalint": {"ignore": [{"rule": "sqs", "reason": "so"}, ENTRY]}},
        ),
    ],
)
def test_json_is_written_on_as_it_is(indent: Any, before: Any, after: Any) -> None:
    text = json.dumps(before, indent=indent)
    put(text, "template.json")

    add("--select", OLD, "template.json")

    expected = json.dumps(with_metadata(after), indent=indent)
    written = Path("template.json").read_text("utf-8")
    assert json.loads(written) == json.loads(expected)
    if before != with_metadata({}) or indent is None:  # what is empty has no layout
        assert "".join(written.split()) == "".join(expected.split())
    if "[]" not in text and "{}" not in text:
        assert written == expected
    assert run("--select", OLD, "template.json").output == ""


def test_compact_json_stays_compact() -> None:
    metadata = {"lambdalint": {"ignore": [{"rule": "sqs", "reason": "so"}]}}
    text = json.dumps(with_metadata(metadata), separators=(",", ":"))

    after = ignored(text, "--select", OLD, path="template.json")

    entry = json.dumps(ENTRY, separators=(",", ":"))
    assert after == text.replace('"so"}', f'"so"}},{entry}')


def test_several_rules_make_one_list_in_json() -> None:
    data = {
        "Resources": {
            **JSON["Resources"],
            "Records": {"Type": "AWS::DynamoDB::Table"},
            "Wire": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "EventSourceArn": {"Fn::GetAtt": ["Records", "StreamArn"]},
                    "FunctionName": {"Ref": "Worker"},
                },
                "Metadata": {"lambdalint": {"ignore": [{"rule": "url", "reason": "so"}]}},
            },
        }
    }

    after = ignored(json.dumps(data, indent=2), "--select", "stream", path="template.json")

    listed = json.loads(after)["Resources"]["Wire"]["Metadata"]["lambdalint"]["ignore"]
    assert [one["rule"] for one in listed] == [
        "url",
        "stream/no-failure-destination",
        "stream/poison-batch-not-isolated",
        "stream/unbounded-retries",
    ]


@pytest.mark.parametrize(
    "metadata", [None, "text", [], {"lambdalint": "text"}, {"lambdalint": {"ignore": OLD}}]
)
def test_metadata_of_another_kind_is_left_to_people(metadata: Any) -> None:
    text = json.dumps(with_metadata(metadata))
    file = put(text, "template.json")

    result = add("--select", OLD)

    assert file.read_text("utf-8") == text
    assert f"not ignored[{OLD}] no ignore can stand there" in result.stderr


def test_finding_outside_of_resources_has_no_place_in_json() -> None:
    text = json.dumps(JSON).replace("{", '{"Description": "a", "Description": "b", ', 1)
    file = put(text, "template.json")

    result = add("--select", "template/duplicate-key")

    assert file.read_text("utf-8") == text
    assert "it lies in no resource, and JSON has no comments" in result.stderr


def test_yaml_that_looks_like_json_has_metadata_as_well() -> None:
    text = "{Resources: {Worker: {Type: 'AWS::Lambda::Function', Properties: {Runtime: go1.x}}}}\n"

    after = ignored(text)

    data = yaml.safe_load(after)["Resources"]["Worker"]["Metadata"]
    assert data == {"lambdalint": {"ignore": [ENTRY]}}
    assert "#" not in after


def test_body_of_a_loop_in_json_has_metadata() -> None:
    loop = ["Name", ["Orders", "Returns"], {"Work${Name}": JSON["Resources"]["Worker"]}]
    data = {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::All": loop}}

    after = ignored(json.dumps(data, indent=2), path="template.json")

    (body,) = json.loads(after)["Resources"]["Fn::ForEach::All"][2].values()
    assert body["Metadata"] == {"lambdalint": {"ignore": [ENTRY]}}


# --- what is taken back ---------------------------------------------------------------------------


def lint(reading: Reading) -> Outcome:
    return check(reading, [load_rule(OLD), *RULES.values()], Settings())


def test_ignore_that_would_have_something_else_found_is_taken_back() -> None:
    put(TEMPLATE, "one.yaml")
    put(TEMPLATE, "two.yaml")
    reading = read_all(["one.yaml", "two.yaml"], Settings())
    found = lint(reading)

    def picky(reading: Reading) -> Outcome:
        """Finds fault with each comment in the one file."""
        outcome = lint(reading)
        (first, *_) = found.findings
        text = reading.templates[0].source.text
        more = [replace(first, resource="New", when="new")] if "lambdalint" in text else []
        return outcome._replace(findings=(*outcome.findings, *more))

    ignored = ignoring.ignore(reading, found, found, picky, REASON)

    assert ignored.texts == {"two.yaml": IGNORED}
    assert [(one.at.source.file, why) for one, why in ignored.refused] == [
        ("one.yaml", f"{OLD} would be found")
    ]
    assert (ignored.count, len(ignored.outcome.findings)) == (1, 1)


def test_ignore_that_would_make_a_file_unreadable_is_taken_back() -> None:
    put(TEMPLATE)
    reading = read_all(["template.yaml"], Settings())

    def picky(reading: Reading) -> Outcome:
        outcome = lint(reading)
        problem = Problem("template.yaml", "too long")
        return outcome if outcome.findings else outcome._replace(problems=(problem,))

    found = picky(reading)
    ignored = ignoring.ignore(reading, found, found, picky, REASON)

    assert ignored.texts == {}
    assert [why for _, why in ignored.refused] == ["too long"]
    assert ignored.outcome.findings == found.findings


# --- whole templates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *ROOT.glob("fixtures/sam/*.yaml"),
        *ROOT.glob("fixtures/sam/*/template.yaml"),
        *ROOT.glob("fixtures/cfn/*.*"),
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_findings_of_a_fixture_can_be_ignored(path: Path) -> None:
    copy = shutil.copytree(path.parent, Path("copy")) / path.name

    first = add("--extend-select", "ALL", str(copy))
    after = copy.read_text("utf-8")
    second = add("--extend-select", "ALL", str(copy))

    assert_same(path.read_text("utf-8"), after)
    assert {line.partition("[")[2].partition("/")[0] for line in first.stdout.splitlines()} <= {
        "ignore"
    }
    assert (second.stdout, copy.read_text("utf-8")) == (first.stdout, after)
    assert "added 0 ignores, " in second.stderr
    assert not first.stdout or "not ignored[ignore/" in first.stderr


BLOCK = re.compile(r"^```(yaml|json|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def pages() -> Iterator[tuple[Rule, dict[str, Any], str]]:
    """The templates on the pages of rules, and the options there."""
    for rule in map(load_rule, rule_ids()):
        options: dict[str, Any] = {}
        for language, text in BLOCK.findall(rule.page):
            if language == "toml":
                options = tomllib.loads(text)
            else:
                yield rule, options, text


@pytest.mark.parametrize("family", sorted({id.partition("/")[0] for id in rule_ids()}))
def test_findings_on_the_pages_of_rules_can_be_ignored(family: str) -> None:
    found = 0
    for rule, options, text in pages():
        if rule.id.partition("/")[0] != family:
            continue
        put(text)
        configured = Settings(options={rule.id: options})
        rules = [rule, *RULES.values()]

        def look(
            reading: Reading, rules: list[Rule] = rules, settings: Settings = configured
        ) -> Outcome:
            return check(reading, rules, settings)

        reading = read_all(["template.yaml"], configured)
        before = look(reading)
        after = ignoring.ignore(reading, before, before, look, REASON)
        found += len(before.findings)
        assert (after.outcome.findings, after.refused) == ((), []), text
        changed = after.texts.get("template.yaml", text)
        assert_same(text, changed)
        assert look(reading.again({"template.yaml": changed})).findings == ()
    assert found


# --- any template ---------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    [
        "text",
        "12",
        "",
        "a: b",
        "# no",
        " # no",
        "日本",
        "two\nlines\n",
        "{x",
        "word " * 30,
        "- a\n\n b",
    ]
)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A template in one of the layouts that people and programs write."""
    functions: dict[str, Any] = {
        name: {
            "Type": "AWS::Lambda::Function",
            "Properties": dict(
                draw(
                    st.permutations(
                        [("Runtime", runtime), ("Description", draw(TEXTS)), ("Role", draw(TEXTS))]
                    )
                )
            ),
        }
        for name, runtime in draw(
            st.dictionaries(
                st.sampled_from(["Worker", "Other", "Third"]),
                st.sampled_from(["python3.8", "go1.x", "python3.13"]),
                min_size=1,
            )
        ).items()
    }
    data = {"Resources": functions}
    if draw(st.booleans()):
        indent = draw(st.sampled_from([None, 1, 2, 4, "\t"]))
        text = json.dumps(data, indent=indent, ensure_ascii=draw(st.booleans()))
    else:
        text = yaml.safe_dump(
            data,
            indent=draw(st.integers(2, 6)),
            width=draw(st.sampled_from([20, 80, 1000])),
            default_flow_style=draw(st.sampled_from([None, False, True])),
            default_style=draw(st.sampled_from([None, None, "'", '"', "|", ">"])),
            allow_unicode=True,
            explicit_start=draw(st.booleans()),
            explicit_end=draw(st.booleans()),
            sort_keys=False,
        )
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(written(), st.sampled_from(["old", REASON]))
def test_whatever_is_ignored_says_the_same(text: str, reason: str) -> None:
    count = len(re.findall(r"python3\.8|go1\.x", text))

    first = run("--add-ignores", reason, "--select", f"{OLD},ignore", "-", stdin=text.encode())
    after = first.stdout_bytes.decode()

    assert first.stderr.endswith(", 0 findings left\n"), first.stderr
    assert_same(text, after)
    assert bool(count) <= after.count(OLD) <= count  # one comment for all on a line
    assert ("\r\n" in after) == ("\r\n" in text)
    assert run("--select", f"{OLD},ignore", "-", stdin=after.encode()).output == ""
