"""What `--diff` holds back is what the revision has, whatever was moved, renamed or inserted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lambdalint.cli import FORMATS, main

SHORT = "sqs/short-visibility-timeout"
QUEUE = """\
  {0}:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
"""
READER = """\
  Read{0}:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: {1}
      Events:
        Order: {{Type: SQS, Properties: {{Queue: !GetAtt {0}.Arn}}}}
"""
HEAD = "Resources:\n"
IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def pair(name: str, timeout: int = 30) -> str:
    """A queue that hides its messages too briefly, and who reads it."""
    return QUEUE.format(name) + READER.format(name, timeout)


ORDERS, PARCELS = pair("Orders"), pair("Parcels")


def git(*args: str, folder: Path | str = ".") -> str:
    words = ["git", *args]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout


def put(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "As it is")


def check(*args: str, stdin: str | None = None) -> Result:
    words = ["check", "--format", "concise", "--select", SHORT, *args]
    return CliRunner().invoke(main, words, input=stdin)


def told(*args: str, base: str = "HEAD") -> list[str]:
    """Where something is new, and of which resource: `template.yaml:5 Orders`."""
    result = check("--diff", base, *args)
    lines = result.stdout.splitlines()
    assert result.exit_code == bool(lines), result.output
    return [
        f"{':'.join(line.split(':')[:2])} {line.rpartition('(')[2].rstrip(')').split(',')[0]}"
        for line in lines
    ]


@pytest.fixture(autouse=True)
def repository(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, whose template has one finding."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    git("init", "--quiet")
    put("template.yaml", HEAD + ORDERS)
    commit()
    return home


# --- what is new ----------------------------------------------------------------------------------


def test_what_the_revision_has_is_not_told() -> None:
    assert check().exit_code == 1
    assert told() == []


def test_what_it_has_not_is_told() -> None:
    put("template.yaml", HEAD + ORDERS + PARCELS)

    assert told() == ["template.yaml:15 Parcels"]
    assert check("--diff", "HEAD", "--fail-on", "error").exit_code == 0


def test_lines_may_move() -> None:
    put("template.yaml", f"# a\n# b\n{HEAD}{PARCELS}{ORDERS}")

    assert told() == ["template.yaml:7 Parcels"]


def test_figures_may_change() -> None:
    put("template.yaml", HEAD + pair("Orders", 50))

    assert told() == []


def test_revision_may_be_any() -> None:
    git("branch", "base")
    put("template.yaml", HEAD + ORDERS + PARCELS)
    commit()

    assert told() == []
    assert told(base="base") == told(base="HEAD~1") == ["template.yaml:15 Parcels"]
    git("commit", "--quiet", "--allow-empty", "--message", "Another")
    assert told(base=":/^Another") == told(base="HEAD^{/Another}") == []


def test_template_that_git_does_not_know_is_new() -> None:
    put("other.yaml", HEAD + ORDERS)

    assert told() == ["other.yaml:5 Orders"]
    assert told("other.yaml") == ["other.yaml:5 Orders"]
    assert told("template.yaml") == []


def test_both_ends_may_lie_in_different_templates() -> None:
    put("queue.yaml", HEAD + QUEUE.format("Far") + "Outputs:\n  A: {Value: !GetAtt Far.Arn}\n")
    reader = READER.format("Far", 30).replace("!GetAtt Far.Arn", "!Ref Queue")
    nested = """\
Resources:
  Queues: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: queue.yaml}}
  Readers:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: reader.yaml, Parameters: {Queue: !GetAtt Queues.Outputs.A}}
"""
    put("reader.yaml", "Parameters: {Queue: {Type: String}}\n" + HEAD + reader)
    put("root.yaml", nested)
    commit()
    assert "queue.yaml" in check().stdout
    assert told() == []

    put("reader.yaml", Path("reader.yaml").read_text("utf-8").replace("Timeout: 30", "Timeout: 5"))
    commit()
    put("reader.yaml", Path("reader.yaml").read_text("utf-8").replace("Timeout: 5", "Timeout: 30"))
    assert told() == ["queue.yaml:5 Far"]  # by a change of another file


LISTED = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Metadata:
      lambdalint:
        ignore:
"""


@pytest.mark.parametrize(
    ("then", "now", "new"),
    [
        ("sns", "sns", []),
        ("sns", "s3 sns", ["template.yaml:7 s3"]),
        ("sns s3", "sns sqs s3", ["template.yaml:8 sqs"]),
        ("sns", "sns sns", ["template.yaml:8 sns"]),
        ("sns sns", "sns", []),
        ("sns s3", "s3", []),
    ],
)
def test_lists_are_compared_one_for_one(then: str, now: str, new: list[str]) -> None:
    """Each unneeded ignore in a list is a finding."""
    every = ("check", "--format", "concise", "--select", "ALL", "--ignore", "sqs")

    def listed(rules: str) -> str:
        return LISTED + "".join(
            f"          - {{rule: {rule}/no-such, reason: r}}\n" for rule in rules.split()
        )

    put("template.yaml", listed(then))
    commit()
    put("template.yaml", listed(now))

    lines = CliRunner().invoke(main, [*every, "--diff", "HEAD"]).stdout.splitlines()

    said = [line.split("'")[1].removesuffix("/no-such") for line in lines]
    assert [
        f"{':'.join(line.split(':')[:2])} {rule}" for line, rule in zip(lines, said, strict=True)
    ] == new


POLLED = """\
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Orders: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
      Events:
        Order:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Orders.Arn
            StartingPosition: LATEST
"""
CAUGHT = "            DestinationConfig: {OnFailure: {Destination: !GetAtt Dead.Arn}}\n"


@pytest.mark.parametrize(
    ("then", "now", "new"), [(POLLED + CAUGHT, POLLED, 1), (POLLED, POLLED + CAUGHT, 0)]
)
def test_what_has_become_more_severe_is_new(then: str, now: str, new: int) -> None:
    words = ("check", "--format", "concise", "--select", "mapping/dead-letter-queue-on-function")
    put("template.yaml", then)
    commit()
    put("template.yaml", now)
    assert CliRunner().invoke(main, words).stdout.count("\n") == 1

    said = CliRunner().invoke(main, [*words, "--diff", "HEAD"]).stdout

    assert said.count("warning[") == said.count("\n") == new


def test_what_was_ignored_and_is_not_is_new() -> None:
    text = HEAD + ORDERS
    put("template.yaml", text.replace("60", f"60  # lambdalint: ignore[{SHORT}] for now"))
    commit()
    put("template.yaml", text)

    assert told() == ["template.yaml:5 Orders"]


def test_finding_in_code_survives_moves() -> None:
    template = """\
Resources:
  Read:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Events:
        Put: {Type: S3, Properties: {Bucket: !Ref Files, Events: "s3:ObjectCreated:*"}}
  Files: {Type: AWS::S3::Bucket}
"""
    code = 'def handler(event, context):\n    return event["Records"][0]["s3"]["object"]["key"]\n'
    put("template.yaml", template)
    put("src/app.py", code)
    commit()
    every = ("check", "--format", "concise", "--select", "ALL")
    put("src/app.py", "import os\n\n\n" + code)
    before = CliRunner().invoke(main, every).stdout
    assert "src/app.py:5" in before

    assert CliRunner().invoke(main, [*every, "--diff", "HEAD"]).stdout == ""


# --- renamed --------------------------------------------------------------------------------------


def test_renamed_template_is_the_same() -> None:
    git("mv", "template.yaml", "orders.yaml")

    assert told() == []
    assert told("orders.yaml") == []

    put("orders.yaml", HEAD + ORDERS + PARCELS)
    assert told("orders.yaml") == ["orders.yaml:15 Parcels"]


def test_renamed_folder_is_the_same() -> None:
    put("old/a.yaml", HEAD + PARCELS)
    commit()
    git("mv", "old", "new")

    assert told("new") == told("new/*.yaml") == []


def test_rename_without_git_is_new() -> None:
    Path("template.yaml").rename("orders.yaml")

    assert told() == ["orders.yaml:5 Orders"]


# --- where ----------------------------------------------------------------------------------------


def test_folder_within_the_repository(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    put("deep/er/t.yaml", HEAD + ORDERS)
    commit()
    put("deep/er/t.yaml", HEAD + PARCELS + ORDERS)
    monkeypatch.chdir("deep")

    assert told() == told("er/*.yaml") == ["er/t.yaml:5 Parcels"]
    assert told(str(repository / "deep" / "er")) == ["er/t.yaml:5 Parcels"]
    assert told("../template.yaml") == []
    assert Path.cwd() == repository / "deep"


def test_link_to_the_repository(repository: Path) -> None:
    put("template.yaml", HEAD + PARCELS + ORDERS)
    link = repository.parent / f"{repository.name}-link"
    link.symlink_to(repository)

    for path in (link, link / "template.yaml", link / "*.yaml"):
        assert told(str(path)) == ["template.yaml:5 Parcels"]


def test_folder_that_the_revision_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    put("fresh/t.yaml", HEAD + ORDERS)
    monkeypatch.chdir("fresh")

    assert told() == ["t.yaml:5 Orders"]


def test_folder_that_was_a_file_in_the_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    git("mv", "template.yaml", "stacks")
    commit()
    git("mv", "stacks", "moved")
    put("stacks/deep/t.yaml", HEAD + PARCELS)
    git("mv", "moved", "stacks/t.yaml")
    monkeypatch.chdir("stacks")
    assert told() == ["deep/t.yaml:5 Parcels"]

    monkeypatch.chdir("deep")
    assert told() == ["t.yaml:5 Parcels"]


def test_configuration_of_cfn_lint_that_was_a_folder() -> None:
    put(".cfnlintrc/notes.txt", "What to ignore")
    commit()
    shutil.rmtree(".cfnlintrc")
    put(".cfnlintrc", "ignore_checks: [W]\n")

    assert told() == []


def exported() -> None:
    """A queue and its reader, and a copy that makes it unclear which queue is meant."""
    outputs = "Outputs:\n  A: {Value: !GetAtt Far.Arn, Export: {Name: far}}\n"
    put("queue.yaml", HEAD + QUEUE.format("Far") + outputs)
    put("copy/queue.yaml", HEAD + QUEUE.format("Far") + outputs)
    reader = READER.format("Far", 30).replace("!GetAtt Far.Arn", "!ImportValue far")
    put("reader.yaml", HEAD + reader)


def test_excluded_is_excluded_in_both() -> None:
    exported()
    commit()
    assert "queue.yaml" not in check().stdout
    assert "queue.yaml" in check("--exclude", "/copy/").stdout

    assert told("--exclude", "/copy/") == []


@pytest.mark.parametrize("inner", [".", "inner"])
def test_configuration_excludes_in_both(inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(inner).mkdir(exist_ok=True)
    put("lambdalint.toml", f'exclude = ["/{inner}/copy/"]'.replace("/./", "/"))
    monkeypatch.chdir(inner)
    git("init", "--quiet")
    exported()
    commit()
    assert "queue.yaml" in check().stdout

    assert told() == []


def test_what_gitignore_names_above_counts_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    put(".gitignore", "/below/copy/\n")
    Path("below").mkdir()
    monkeypatch.chdir("below")
    exported()
    git("add", "--all", "--force", "..")
    git("commit", "--quiet", "--message", "With what is ignored")
    assert "queue.yaml" in check().stdout

    assert told() == []


def test_configuration_is_that_of_now() -> None:
    put("lambdalint.toml", f'[rules."{SHORT}"]\nfactor = 1\n')
    commit()
    Path("lambdalint.toml").unlink()

    assert told() == []


def test_parameter_that_is_new_is_no_mistake() -> None:
    put("template.yaml", "Parameters: {Stage: {Type: String}}\n" + HEAD + ORDERS)

    assert told("--parameter", "Stage=prod") == []


def test_export_is_what_is_stored() -> None:
    """A filter and an attribute of archives have no say."""
    put("there.yaml", HEAD + PARCELS + "# \n")
    commit()
    git("mv", "there.yaml", "moved.yaml")
    git("config", "filter.loud.smudge", "touch ran; cat")
    git("config", "filter.loud.clean", "touch ran; cat")
    git("config", "core.fsmonitor", "touch ran; false")
    put(".git/info/attributes", "*.yaml filter=loud export-ignore\n")
    put("template.yaml", HEAD + ORDERS + PARCELS)
    put("moved.yaml", HEAD + PARCELS)

    assert told() == ["template.yaml:15 Parcels"]
    assert not Path("ran").exists()


def test_link_that_leads_out_is_not_followed(tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "t.yaml"
    outside.write_text(HEAD + ORDERS, "utf-8")
    Path("link.yaml").symlink_to(outside)
    commit()

    assert told("link.yaml") == ["link.yaml:5 Orders"]


def test_nothing_is_written(repository: Path) -> None:
    put("template.yaml", HEAD + ORDERS + PARCELS)

    def state() -> dict[str, bytes]:
        files = (path for path in repository.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files}

    before = state()
    assert told()
    assert state() == before


# --- what is said ---------------------------------------------------------------------------------


def test_summary_counts_what_is_older() -> None:
    put("template.yaml", HEAD + PARCELS + ORDERS)
    words = ("check", "--select", SHORT, "--diff", "HEAD")

    for format in ("text", "markdown"):
        said = CliRunner().invoke(main, [*words, "--format", format]).stdout
        assert "1 warning in 1 template, 1 older finding not shown" in said
    counted = CliRunner().invoke(main, [*words, "--statistics"]).stdout
    assert "\n\n1 warning in 1 template, 1 older finding not shown\n" in counted
    commit()
    nothing = CliRunner().invoke(main, words)
    assert nothing.stdout == "nothing new in 1 template, 2 older findings not shown\n"
    assert nothing.exit_code == 0


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_tells_what_is_new_alone(format: str) -> None:
    put("template.yaml", HEAD + pair("Elder", 31) + pair("Younger", 32))
    words = ("check", "--select", SHORT, "--format", format, "--output", "report")
    CliRunner().invoke(main, words)
    report = Path("report").read_text("utf-8")
    assert "6 × 31" in report or "6 \\u00d7 31" in report
    commit()
    put("template.yaml", HEAD + pair("Elder", 31) + pair("Younger", 32) + pair("Youngest", 33))

    said = CliRunner().invoke(main, [*words, "--diff", "HEAD"])

    assert said.exit_code == 1
    report = Path("report").read_text("utf-8")
    assert "6 × 33" in report or "6 \\u00d7 33" in report
    assert not [old for old in ("31", "32") if f"6 × {old}" in report or f"00d7 {old}" in report]


def test_json_has_the_new_finding() -> None:
    put("template.yaml", HEAD + ORDERS + PARCELS)

    said = CliRunner().invoke(
        main, ["check", "--format", "json", "--select", SHORT, "--diff", "HEAD"]
    )

    assert [one["resource"] for one in json.loads(said.stdout)["findings"]] == ["Parcels"]


def test_what_cannot_be_read_now_fails() -> None:
    put("broken.yaml", HEAD + "  A: {Type: AWS::SQS::Queue\n")

    result = check("--diff", "HEAD")

    assert result.exit_code == 2
    assert result.stderr.startswith("broken.yaml:")


def test_what_could_not_be_read_then_is_no_problem() -> None:
    put("template.yaml", HEAD + "  A: {Type: AWS::SQS::Queue\n")
    commit()
    put("template.yaml", HEAD + ORDERS)

    assert told() == ["template.yaml:5 Orders"]


# --- what cannot be done --------------------------------------------------------------------------


def refused(*args: str, stdin: str | None = None) -> str:
    result = check(*args, stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


@pytest.mark.parametrize("name", ["nope", "--all", "-h", "", "HEAD..HEAD", "^HEAD", "HEAD:"])
def test_unknown_revision(name: str) -> None:
    assert refused(f"--diff={name}") == f"error: --diff: git knows no revision {name!r}\n"


def test_stdin_is_in_no_revision() -> None:
    said = refused("--diff", "HEAD", "-", stdin=HEAD + ORDERS)

    assert "--diff: what comes from stdin is in no revision." in said


@pytest.mark.parametrize("option", ["--fix", "--diff-fixes"])
def test_repairs_are_of_everything(option: str) -> None:
    assert "--diff: repairs are of all that is found" in refused("--diff", "HEAD", option)
    assert Path("template.yaml").read_text("utf-8") == HEAD + ORDERS


def test_path_outside(tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "t.yaml"
    other.write_text(HEAD + ORDERS, "utf-8")

    assert "does not lie in the repository" in refused("--diff", "HEAD", str(other))


def test_no_repository(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("bare"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(Path.cwd().parent))
    put("template.yaml", HEAD + ORDERS)

    assert "not a git repository" in refused("--diff", "HEAD")


def test_no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert refused("--diff", "HEAD").startswith("error: --diff: git cannot be run: no such file")


def test_shallow_clone(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    first = git("rev-parse", "HEAD").strip()
    put("more.yaml", HEAD + PARCELS)
    commit()
    clone = tmp_path_factory.mktemp("clone")
    git("clone", "--quiet", "--depth=1", repository.as_uri(), str(clone))
    monkeypatch.chdir(clone)

    assert told() == []
    assert "fetch-depth: 0" in refused("--diff", first)


def test_clone_that_leaves_files_away(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    git("config", "uploadpack.allowFilter", "true")
    put("template.yaml", HEAD + PARCELS)
    commit()
    clone = tmp_path_factory.mktemp("clone")
    git("clone", "--quiet", "--filter=blob:none", repository.as_uri(), str(clone))
    monkeypatch.chdir(clone)

    assert told() == []
    assert "clone it without a filter" in refused("--diff", "HEAD~1")
