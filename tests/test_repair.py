"""Repairs change what is wrong, keep everything else, and leave nothing worse behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lambdalint import repair
from lambdalint.cli import main
from lambdalint.files import collect
from lambdalint.read import read

ROOT = Path(__file__).parents[1]
FUNCTION = """\
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: s3://code/app.zip
      Timeout: 60
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""
TEMPLATE = f"""\
# Orders of the shop
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30  # seconds
{FUNCTION}"""
FIXED = TEMPLATE.replace(": 30 ", ": 360 ")
VISIBILITY = ("--select", "sqs/visibility-below-timeout,sqs/short-visibility-timeout")

pytestmark = pytest.mark.usefixtures("home")


def put(text: str, path: str = "template.yaml") -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode())
    return Path(path)


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    format = () if "--format" in args else ("--format", "concise")
    return CliRunner().invoke(main, ["check", *format, *args], input=stdin)


def fixed(text: str, *args: str, path: str = "template.yaml") -> str:
    """What the file says once it is repaired."""
    put(text, path)
    result = run("--fix", *args, path)
    assert result.exit_code in (0, 1), result.output
    return Path(path).read_bytes().decode()


# --- the command ----------------------------------------------------------------------------------


def test_fix_changes_the_file_and_says_what_is_left() -> None:
    file = put(TEMPLATE)

    result = run("--fix", *VISIBILITY)

    assert file.read_text("utf-8") == FIXED
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "fixed 1, 0 left\n")


def test_second_time_there_is_nothing_to_do() -> None:
    file = put(TEMPLATE)
    run("--fix", "--unsafe-fixes")
    after = file.read_bytes()

    result = run("--fix", "--unsafe-fixes")

    assert file.read_bytes() == after
    assert result.stderr == "fixed 0, 1 left\n"
    assert "no-dead-letter-queue" in result.stdout


def test_unsafe_fixes_are_made_when_somebody_wants_them() -> None:
    text = TEMPLATE.replace(": 30 ", ": 60 ")

    assert fixed(text, *VISIBILITY) == text
    assert fixed(text, "--unsafe-fixes", *VISIBILITY) == FIXED


@pytest.mark.parametrize(
    ("fifo", "queue", "is_safe"),
    [
        ("true", "!GetAtt Orders.Arn", True),
        ("!If [IsProd, true, !Ref AWS::NoValue]", "!GetAtt Orders.Arn", False),
        ("true", "!If [IsProd, !GetAtt Orders.Arn, !GetAtt Plain.Arn]", False),
        ("true", "arn:aws:sqs:eu-west-1:123456789012:elsewhere.fifo", True),
        ("true", "!Ref Elsewhere", False),
    ],
)
def test_batches_shrink_where_every_deployment_reads_a_fifo_queue(
    fifo: str, queue: str, *, is_safe: bool
) -> None:
    text = f"""\
Parameters:
  Stage: {{Type: String, Default: prod, AllowedValues: [dev, prod]}}
  Elsewhere: {{Type: String, Default: "arn:aws:sqs:eu-west-1:123456789012:elsewhere.fifo"}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Plain:
    Type: AWS::SQS::Queue
  Orders:
    Type: AWS::SQS::Queue
    Properties: {{FifoQueue: {fifo}}}
  Read:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: worker
      EventSourceArn: {queue}
      BatchSize: 50
      MaximumBatchingWindowInSeconds: 5
"""
    after = text.replace(": 50", ": 10").replace(": 5\n", ": 0\n")
    fifo_alone = ("--select", "sqs/fifo-batch-too-large")

    assert fixed(text, *fifo_alone) == (after if is_safe else text)
    assert fixed(text, "--unsafe-fixes", *fifo_alone) == after


def test_diff_shows_what_would_change() -> None:
    file = put(TEMPLATE)

    result = run("--diff-fixes", *VISIBILITY)

    assert file.read_text("utf-8") == TEMPLATE
    assert result.exit_code == 1
    assert result.stderr == "would fix 1, 0 left\n"
    assert (
        result.stdout
        == """\
--- a/template.yaml
+++ b/template.yaml
@@ -3,7 +3,7 @@
   Orders:
     Type: AWS::SQS::Queue
     Properties:
-      VisibilityTimeout: 30  # seconds
+      VisibilityTimeout: 360  # seconds
   Worker:
     Type: AWS::Serverless::Function
     Properties:
"""
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_diff_is_a_patch(newline: str) -> None:
    file = put(TEMPLATE.replace("\n", newline).removesuffix(newline))
    diff = run("--diff-fixes", "--unsafe-fixes").stdout_bytes
    run("--fix", "--unsafe-fixes")
    after = file.read_bytes()
    put(TEMPLATE.replace("\n", newline).removesuffix(newline))

    subprocess.run(["git", "apply", "-"], input=diff, check=True)  # noqa: S607

    assert file.read_bytes() == after


@pytest.mark.parametrize("tool", [["git", "apply", "-"], ["patch", "-p1", "--batch"]])
@pytest.mark.parametrize(
    "path",
    [
        "my stacks/all orders.yaml",
        "tab\tand space.yaml",
        "two\nlines.yaml",
        'so "called".yaml',
        "back\\slash.yaml",
        "größe.yaml",
        "zero\u200bwidth.yaml",
        "latin \udce9.yaml",
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not take such names")
def test_diff_is_a_patch_whatever_the_file_is_called(path: str, tool: list[str]) -> None:
    diffs = []
    for mark in ("", "\ufeff"):
        file = put(mark + TEMPLATE.partition("\n")[2], path)
        diffs.append(run("--diff-fixes", *VISIBILITY).stdout_bytes)

        subprocess.run(tool, input=diffs[-1], check=True, capture_output=True)

        assert file.read_text("utf-8") == mark + FIXED.partition("\n")[2]
    assert diffs[0] == diffs[1].replace(b"\xef\xbb\xbf", b"")


def test_diff_has_the_bytes_of_the_file_whatever_stdout_takes() -> None:
    put(TEMPLATE.replace("seconds", "s, höchstens 12 h"))
    command = [sys.executable, "-m", "lambdalint", "check", "--diff-fixes", *VISIBILITY]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}

    ended = subprocess.run(command, capture_output=True, check=False, env=env)

    assert "-      VisibilityTimeout: 30  # s, höchstens 12 h\n".encode() in ended.stdout


def test_stdin_is_repaired_to_stdout() -> None:
    result = run("--fix", "-", "--stdin-filename", "template.yaml", stdin=TEMPLATE)

    assert result.stdout == FIXED
    assert "fixed 1, 2 left" in result.stderr
    assert "no-dead-letter-queue" in result.stderr
    assert not Path("template.yaml").exists()


def test_stdin_that_needs_no_repair_comes_back_as_it_is() -> None:
    text = b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()

    assert run("--fix", "-", *VISIBILITY, stdin=text).stdout_bytes == text


@pytest.mark.parametrize(
    "args",
    [("--fix", "--diff-fixes"), ("--unsafe-fixes",), ("--fix", "--diff-fixes", "--unsafe-fixes")],
)
def test_options_that_contradict_each_other_are_refused(args: tuple[str, ...]) -> None:
    put(TEMPLATE)

    assert run(*args).exit_code == 2


def test_reports_go_to_files_while_a_diff_is_shown() -> None:
    put(TEMPLATE)

    result = run("--diff-fixes", *VISIBILITY, "--format", "text", "--format", "json=all.json")

    assert result.stdout == run("--diff-fixes", *VISIBILITY).stdout
    assert len(json.loads(Path("all.json").read_text("utf-8"))["findings"]) == 1


def test_reports_tell_what_is_left() -> None:
    put(TEMPLATE)

    result = run("--fix", "--format", "text", "--format", "json=left.json", "--statistics")

    left = [one["rule"] for one in json.loads(Path("left.json").read_text("utf-8"))["findings"]]
    assert sorted(left) == ["sqs/no-dead-letter-queue", "sqs/no-partial-batch-response"]
    assert all(rule in result.stdout for rule in left)
    assert result.stdout.endswith("can be repaired: 1 with --fix --unsafe-fixes\n")


def test_report_steps_aside_for_repaired_stdin() -> None:
    result = run("--fix", "-", "--format", "json", "--format", "concise=left.txt", stdin=TEMPLATE)

    assert result.stdout == FIXED
    assert '"rule": "sqs/no-dead-letter-queue"' in result.stderr
    assert "no-dead-letter-queue" in Path("left.txt").read_text("utf-8")


def test_stdin_that_is_broken_comes_back_as_it_is() -> None:
    broken = TEMPLATE.replace("{Type", "{{Type")

    result = run("--fix", "-", stdin=broken)

    assert (result.exit_code, result.stdout) == (2, broken)
    assert "broken YAML" in result.stderr


def test_quiet_repairs_count_nothing() -> None:
    file = put(TEMPLATE)

    result = run("--fix", "--quiet", *VISIBILITY)

    assert (result.exit_code, result.output, file.read_text("utf-8")) == (0, "", FIXED)


def test_verbose_repairs_are_told_once_what_is_read() -> None:
    put(TEMPLATE)

    told = run("--fix", "--verbose", *VISIBILITY).stderr

    assert told.count("template.yaml: read in") == 1
    assert told.count("2 rules checked in") == 2
    assert told.endswith("fixed 1, 0 left\n")


def test_reports_tell_of_fixes() -> None:
    put(TEMPLATE)

    (finding,) = json.loads(run("--format", "json", *VISIBILITY).stdout)["findings"]
    (result,) = json.loads(run("--format", "sarif", *VISIBILITY).stdout)["runs"][0]["results"]
    text = run("--format", "text", *VISIBILITY).stdout

    place = {"line": 6, "column": 26, "end_line": 6, "end_column": 28}
    assert finding["fix"] == {
        "title": "set VisibilityTimeout to 360",
        "safe": True,
        "edits": [{"file": "template.yaml", **place, "text": "360"}],
    }
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 6, "startColumn": 26, "endLine": 6, "endColumn": 28},
            "insertedContent": {"text": "360"},
        }
    ]
    assert "= fix: set VisibilityTimeout to 360 (--fix)\n" in text
    assert text.endswith("can be repaired: 1 with --fix\n")


def test_report_tells_of_nothing_to_repair() -> None:
    put(TEMPLATE)

    (finding,) = json.loads(run("--format", "json", "--select", "sqs/no-dead-letter-queue").stdout)[
        "findings"
    ]

    assert finding["fix"] is None


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_and_line_ends_stay(encoding: str) -> None:
    file = Path("template.yaml")
    file.write_bytes(TEMPLATE.replace("\n", "\r\n").replace("shop", "Läden").encode(encoding))

    run("--fix", *VISIBILITY)

    expected = FIXED.replace("\n", "\r\n").replace("shop", "Läden")
    assert file.read_bytes() == expected.encode(encoding)


def test_big_endian_text_stays_big_endian() -> None:
    file = Path("template.yaml")
    file.write_bytes(b"\xfe\xff" + TEMPLATE.encode("utf-16-be"))

    run("--fix", *VISIBILITY)

    assert file.read_bytes() == b"\xfe\xff" + FIXED.encode("utf-16-be")


def test_link_and_mode_stay() -> None:
    file = put(TEMPLATE, "real/template.yaml")
    file.chmod(0o640)
    Path("link.yaml").symlink_to(file)

    run("--fix", "link.yaml", *VISIBILITY)

    assert Path("link.yaml").is_symlink()
    assert file.read_text("utf-8") == FIXED
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in Path("real").iterdir()] == ["template.yaml"]


@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root may give files away"
)
def test_owner_and_group_stay() -> None:
    file = put(TEMPLATE)
    file.chmod(0o664)
    os.chown(file, 1234, 2345)

    run("--fix", *VISIBILITY)

    now = file.stat()
    assert file.read_text("utf-8") == FIXED
    assert (now.st_uid, now.st_gid, now.st_mode & 0o777) == (1234, 2345, 0o664)


def test_file_that_has_changed_meanwhile_is_left_alone() -> None:
    file = put(TEMPLATE)
    files = collect(["."])
    put(f"{TEMPLATE}# more\n")

    (problem,) = repair.write(files, {"template.yaml": FIXED})

    assert problem.message == "not written: it has changed meanwhile"
    assert file.read_text("utf-8") == f"{TEMPLATE}# more\n"


def test_file_that_has_two_names_is_repaired_once() -> None:
    file = put(TEMPLATE)
    Path("link.yaml").symlink_to(file)

    result = run("--fix", *VISIBILITY, "template.yaml", "link.yaml")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "fixed 2, 0 left\n"
    assert Path("link.yaml").is_symlink()
    assert file.read_text("utf-8") == FIXED


def test_file_that_is_gone_is_a_problem() -> None:
    file = put(TEMPLATE)
    files = collect(["."])
    file.unlink()

    assert repair.write(files, {"template.yaml": FIXED})
    assert not file.exists()


# --- what is not repaired -------------------------------------------------------------------------


def test_repair_that_breaks_something_else_is_taken_back() -> None:
    put('[rules."sqs/short-visibility-timeout"]\nfactor = 10\n', "lambdalint.toml")
    file = put(TEMPLATE)

    result = run("--fix", *VISIBILITY)

    assert file.read_text("utf-8") == TEMPLATE
    assert result.exit_code == 1
    assert result.stderr == (
        "template.yaml:6:7: not repaired[sqs/visibility-below-timeout] "
        "sqs/short-visibility-timeout would be found\nfixed 0, 1 left\n"
    )


def test_repair_may_take_another_one_with_it() -> None:
    put('[rules."sqs/short-visibility-timeout"]\nfactor = 10\n', "lambdalint.toml")

    assert "VisibilityTimeout: 600 " in fixed(TEMPLATE, "--unsafe-fixes", *VISIBILITY)


def test_broken_fix_does_not_keep_others_from_being_made() -> None:
    put('[rules."sqs/short-visibility-timeout"]\nfactor = 10\n', "lambdalint.toml")
    text = TEMPLATE.replace("Orders.Arn}", "Orders.Arn, BatchSize: 20}")

    after = fixed(text, "--extend-select", "sqs")

    assert after == text.replace("20}", "20, MaximumBatchingWindowInSeconds: 1}")


@pytest.mark.parametrize(
    "text",
    [
        TEMPLATE.replace("30  #", "!Ref Hidden  #").replace(
            "Resources:", "Parameters:\n  Hidden: {Type: Number, Default: 30}\nResources:", 1
        ),
        TEMPLATE.replace("30  #", "!FindInMap [A, B, C]  #").replace(
            "Resources:", "Mappings:\n  A: {B: {C: 30}}\nResources:", 1
        ),
        TEMPLATE.replace("30  #", "&t 30  #").replace(
            "Timeout: 60", "MemorySize: *t\n      Timeout: 60"
        ),
        TEMPLATE.replace("    Properties:\n      Vis", "    Properties: &q\n      Vis")
        + "  Other:\n    Type: AWS::SQS::Queue\n    Properties: *q\n",
    ],
    ids=["parameter", "mapping", "anchored number", "anchored mapping"],
)
def test_value_that_stands_for_more_stays(text: str) -> None:
    assert "below-timeout" in run("-", *VISIBILITY, stdin=text).stdout
    assert fixed(text, "--unsafe-fixes", *VISIBILITY) == text


def test_body_of_a_loop_stays() -> None:
    text = f"""\
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Queues:
    - Name
    - [Orders, Returns]
    - ${{Name}}:
        Type: AWS::SQS::Queue
        Properties: {{VisibilityTimeout: 30}}
{FUNCTION}"""

    assert "below-timeout" in run("-", *VISIBILITY, stdin=text).stdout
    assert fixed(text, "--unsafe-fixes", *VISIBILITY) == text


def test_queue_that_sam_makes_stays() -> None:
    text = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 60
      Events:
        Order: {Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}
"""

    assert "no-partial-batch" in run("-", "--select", "sqs", stdin=text).stdout
    assert fixed(text, "--unsafe-fixes", "--select", "sqs") == text


def test_template_of_a_cdk_app_is_the_apps_business() -> None:
    assembly = ROOT / "fixtures" / "cdk" / "shop" / "cdk.out"
    shutil.copytree(assembly, "cdk.out")
    before = {path: path.read_bytes() for path in Path("cdk.out").rglob("*") if path.is_file()}

    result = run("--fix", "--unsafe-fixes", "cdk.out", "--format", "json")

    fixes = [one["fix"] for one in json.loads(result.stdout)["findings"] if one["fix"]]
    assert before == {path: path.read_bytes() for path in before}
    assert fixes
    assert all(fix["edits"] == [] for fix in fixes)
    assert ", in the app\n" in run("cdk.out", "--format", "text").stdout


# --- where a fix goes -----------------------------------------------------------------------------


def test_branch_of_a_condition_is_repaired_by_itself() -> None:
    conditions = "Conditions:\n  Prod: !Equals [!Ref AWS::Region, eu-west-1]\nResources:"
    text = TEMPLATE.replace("30  #", "!If [Prod, 30, 360]  #").replace("Resources:", conditions, 1)

    assert fixed(text, *VISIBILITY) == text.replace("Prod, 30", "Prod, 360")


def test_globals_are_overruled_where_it_matters() -> None:
    text = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Timeout: 30}
Resources:
  Users:
    Type: AWS::Cognito::UserPool
  Check:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Events:
        SignUp: {Type: Cognito, Properties: {UserPool: !Ref Users, Trigger: PreSignUp}}
  Other:
    Type: AWS::Serverless::Function
"""
    trigger = "Trigger: PreSignUp}}\n"

    assert fixed(text, "--select", "cognito") == text.replace(
        trigger, f"{trigger}      Timeout: 5\n"
    )


def test_nested_template_is_repaired_where_it_lies() -> None:
    child = put(TEMPLATE, "child.yaml")
    put(
        "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: child.yaml}\n",
        "parent.yaml",
    )

    result = run("--fix", "parent.yaml", *VISIBILITY)

    assert result.stderr == "fixed 1, 0 left\n"
    assert child.read_text("utf-8") == FIXED


def test_queue_that_others_read_is_not_repaired_without_being_asked() -> None:
    text = f"""{TEMPLATE}\
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {{Name: poller, Image: poller, Environment: [{{Name: QUEUE, Value: !Ref Orders}}]}}
"""

    assert fixed(text, *VISIBILITY) == text
    assert fixed(text, "--unsafe-fixes", *VISIBILITY) == text.replace(": 30 ", ": 360 ")


PERMISSION = """\
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Worker:
    Type: AWS::Lambda::Function
    Properties: {Timeout: 3}
  Wire:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Worker.Arn}
"""


def test_missing_permission_is_added() -> None:
    assert (
        fixed(PERMISSION, "--select", "permission")
        == f"""{PERMISSION}\
  TopicInvokesWorker:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Worker
      Principal: sns.amazonaws.com
      SourceArn: !Ref Topic
"""
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  Worker:\n", "  Worker:\n    Condition: C\n"),
        ("!GetAtt Worker.Arn", "!Ref Live"),
        ("Resources:\n", "Resources:\n  TopicInvokesWorker: {Type: AWS::SQS::Queue}\n"),
    ],
    ids=["condition", "alias", "name is taken"],
)
def test_permission_that_is_not_certain_is_left_to_people(old: str, new: str) -> None:
    text = PERMISSION.replace(old, new)
    text += "  Live:\n    Type: AWS::Lambda::Alias\n    Properties: {FunctionName: !Ref Worker, Name: live}\n"
    text += "Conditions:\n  C: !Equals [!Ref AWS::Region, eu-west-1]\n"

    assert "permission/missing" in run("-", stdin=text).stdout
    assert fixed(text, "--select", "permission") == text


@pytest.mark.parametrize(
    ("wire", "principal", "more"),
    [
        ("Topic", "sns", "SourceArn: !Ref Topic"),
        ("Rule", "events", "SourceArn: !GetAtt Rule.Arn"),
        ("Bucket", "s3", "SourceAccount: !Ref AWS::AccountId"),
    ],
)
def test_permission_names_its_caller(wire: str, principal: str, more: str) -> None:
    arn = "!GetAtt Worker.Arn"
    wires = {
        "Topic": f"AWS::SNS::Topic\n    Properties: {{Subscription: [{{Protocol: lambda, Endpoint: {arn}}}]}}",
        "Rule": f"AWS::Events::Rule\n    Properties:\n      EventPattern: {{source: [shop]}}\n      Targets: [{{Id: a, Arn: {arn}}}]",
        "Bucket": "AWS::S3::Bucket\n    Properties:\n      NotificationConfiguration:\n"
        f"        LambdaConfigurations: [{{Event: 's3:*', Function: {arn}}}]",
    }
    text = f"""\
Resources:
  Worker: {{Type: AWS::Lambda::Function, Properties: {{Timeout: 3}}}}
  {wire}:
    Type: {wires[wire]}
  LetIn:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Worker
      Principal: {principal}.amazonaws.com
"""

    assert fixed(text, "--select", "permission/no-source") == f"{text}      {more}\n"


def test_rule_that_waits_for_its_permission_is_not_named() -> None:
    text = """\
Resources:
  Worker: {Type: AWS::Lambda::Function, Properties: {Timeout: 3}}
  Rule:
    Type: AWS::Events::Rule
    DependsOn: LetIn
    Properties: {EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !GetAtt Worker.Arn}]}
  LetIn:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Worker, Principal: events.amazonaws.com}
"""

    assert fixed(text, "--unsafe-fixes", "--select", "permission/no-source") == text


# --- what goes with code --------------------------------------------------------------------------

UNHEARD = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            failed = []
            for record in event["Records"]:
                try:
                    print(record["body"])
                except ValueError:
                    failed.append({"itemIdentifier": record["messageId"]})
            return {"batchItemFailures": failed}
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
"""
HEARD = f"""{UNHEARD}\
            FunctionResponseTypes:
              - ReportBatchItemFailures
"""
IGNORED = ("--select", "handler/ignored-batch-item-failures,handler/fifo-continues-after-failure")


def test_mapping_is_told_to_listen_to_what_the_handler_reports() -> None:
    assert fixed(UNHEARD, *IGNORED) == HEARD


def test_handler_that_does_not_always_report_is_not_listened_to_without_being_asked() -> None:
    first = "        def handler(event, context):\n"
    idle = f"{first}            if context:\n                return 'nothing to do'\n"
    text, after = (one.replace(first, idle) for one in (UNHEARD, HEARD))

    assert fixed(text, *IGNORED) == text
    assert fixed(text, "--unsafe-fixes", *IGNORED) == after


def test_mapping_does_not_listen_to_a_handler_that_goes_on_out_of_order() -> None:
    text = UNHEARD.replace("SQS::Queue}", "SQS::Queue, Properties: {FifoQueue: true}}")
    put(text)

    result = run("--fix", "--unsafe-fixes", *IGNORED)

    assert Path("template.yaml").read_text("utf-8") == text
    assert "handler/fifo-continues-after-failure would be found" in result.stderr


def test_mapping_does_not_listen_to_a_handler_that_never_reports() -> None:
    text = UNHEARD.replace('return {"batchItemFailures": failed}', "client('sqs').list_queues()")
    text = text.replace("def handler", "from boto3 import client\n        def handler")
    put(text)

    result = run("--fix", "--unsafe-fixes", "--select", "sqs/no-partial-batch-response,handler")

    assert Path("template.yaml").read_text("utf-8") == text
    assert "handler/no-batch-item-failures would be found" in result.stderr


def test_trouble_with_code_keeps_only_its_own_template_from_being_repaired() -> None:
    """And nobody tries the others one by one."""
    for number in range(8):
        put(TEMPLATE, f"shop{number}/template.yaml")
    put(TEMPLATE.replace("30 ", "360 ").replace("s3://code/app.zip", "."), "broken/template.yaml")
    put(
        "from boto3 import client\n\ndef handler(event, context):\n    client('sqs').list_queues()\n",
        "broken/app.py",
    )

    result = run(
        *("--fix", "--unsafe-fixes", "--verbose"),
        *("--select", "sqs/visibility-below-timeout,sqs/no-partial-batch-response,handler"),
    )

    assert "broken/template.yaml:15:9: not repaired[sqs/no-partial-batch-response]" in result.stderr
    assert "fixed 16, 1 left" in result.stderr
    assert result.stderr.count("rules checked in") < 8


def test_what_cfn_lint_finds_does_not_keep_repairs_from_being_made() -> None:
    put(TEMPLATE)

    result = run("--fix", "--cfn-lint", *VISIBILITY)

    assert Path("template.yaml").read_text("utf-8").count("360") == 1
    assert result.stderr.startswith("fixed 1, ")


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
def test_fixture_can_be_repaired(path: Path) -> None:
    """Whatever is repaired: the rest stays, nothing new is wrong, and then all is done."""
    copy = shutil.copytree(path.parent, Path("copy")) / path.name
    before = _counts(copy)
    old = path.read_text("utf-8")

    first = run("--fix", "--unsafe-fixes", str(copy))
    new = copy.read_text("utf-8")
    second = run("--fix", "--unsafe-fixes", str(copy))

    after = _counts(copy)
    assert set(after) <= set(before)
    assert all(after[rule] <= before[rule] for rule in after)
    assert copy.read_text("utf-8") == new
    assert "fixed 0, " in second.stderr
    assert ("fixed 0, " in first.stderr) == (new == old)
    lost = set(_without_numbers(old)) - set(_without_numbers(new))
    assert not lost
    _contains(read(new, "").root, read(old, "").root)


def _counts(path: Path) -> dict[str, int]:
    rules = [
        one["rule"] for one in json.loads(run("--format", "json", str(path)).stdout)["findings"]
    ]
    return {rule: rules.count(rule) for rule in rules}


def _without_numbers(text: str) -> list[str]:
    """The lines, but for the numbers in them and the commas at their ends."""
    if text.count("\n") < 2:
        return []
    return ["".join(c for c in line if not c.isdigit()).rstrip(",") for line in text.splitlines()]


def _contains(new: Any, old: Any) -> None:
    """Fails where anything but a number has changed or is gone."""
    if isinstance(old, dict):
        for key, value in old.items():
            _contains(new[key], value)
    elif isinstance(old, list):
        for one, other in zip(new, old, strict=True):
            _contains(one, other)
    elif not str(old).isdigit():
        assert new == old
