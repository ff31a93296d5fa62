"""Each `--output` belongs to the `--format` before it."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lambdalint.cli import main
from lambdalint.command.reports import Report, pair

SHORT = "sqs/short-visibility-timeout"
TEMPLATE = """\
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 30
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""

pytestmark = pytest.mark.usefixtures("home")


def run(*args: str) -> Result:
    return CliRunner().invoke(main, args)


def paired(line: str) -> tuple[Report, ...]:
    """The reports that a line of options asks for: `f` stands for `--format`, `o` for `--output`."""
    said = []
    for option, _, value in (word.partition(":") for word in line.split()):
        said.append(("format", tuple(value.split("="))) if option == "f" else ("output", value))
    return pair(said, "text")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", [Report("text")]),
        ("f:json", [Report("json")]),
        ("o:a", [Report("text", "a")]),
        ("f:json o:a", [Report("json", "a")]),
        ("o:a f:json", [Report("json", "a")]),
        ("f:json=a", [Report("json", "a")]),
        ("f:sarif o:a f:text", [Report("sarif", "a"), Report("text")]),
        ("f:text f:sarif o:a", [Report("text"), Report("sarif", "a")]),
        (
            "f:sarif=a f:text f:json o:b",
            [Report("sarif", "a"), Report("text"), Report("json", "b")],
        ),
        ("f:json=a f:json o:-", [Report("json", "a"), Report("json", "-")]),
    ],
)
def test_output_belongs_to_the_format_before_it(line: str, wanted: list[Report]) -> None:
    assert paired(line) == tuple(wanted)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("f:json f:text", "two reports cannot both go to stdout"),
        ("f:json f:text o:-", "two reports cannot both go to stdout"),
        ("f:json=a f:text=./a", "two reports cannot both go to a"),
        ("f:json o:a o:b", "--output b: the json report goes to a"),
        ("f:json=a o:b", "--output b: the json report goes to a"),
        ("o:a o:b", "--output a: say it after the --format it is for"),
        ("o:a f:json f:text", "--output a: say it after the --format it is for"),
        ("o:a f:json=b", "--output a: say it after the --format it is for"),
    ],
)
def test_what_nobody_can_tell_is_refused(line: str, said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        paired(line)


def test_one_run_writes_them_all() -> None:
    Path("template.yaml").write_text(TEMPLATE)
    alone = run("check", "--select", SHORT)

    result = run(
        *("check", "--format", "sarif", "--output", "a.sarif", "--select", SHORT),
        *("--format", "text", "--format=json=a.json", "template.yaml"),
    )

    assert (result.exit_code, result.stdout) == (1, alone.stdout)
    assert json.loads(Path("a.sarif").read_text())["runs"][0]["results"][0]["ruleId"] == SHORT
    assert json.loads(Path("a.json").read_text())["findings"][0]["rule"] == SHORT


def test_other_commands_write_several_too() -> None:
    Path("template.yaml").write_text(TEMPLATE)

    assert "AWS" not in run("triggers", "--format", "json=i.json", "--format", "text").stdout
    assert json.loads(Path("i.json").read_text())["triggers"]
    assert run("graph", "--format", "dot=g.dot", "--format", "mermaid").stdout.startswith("flow")
    assert Path("g.dot").read_text().startswith("digraph")


@pytest.mark.parametrize("command", ["check", "graph", "triggers"])
@pytest.mark.parametrize("text", [TEMPLATE, "Resources: {"])
def test_no_report_overwrites_what_is_read(command: str, text: str) -> None:
    file = Path("template.yaml")
    file.write_text(text)
    Path("link").symlink_to(file)

    for output in ("template.yaml", "link"):
        result = run(command, "--format", "json", "--output", output, "template.yaml")

        assert result.exit_code == 2
        assert f"--output {output}: the report would overwrite a template" in result.stderr
        assert file.read_text() == text


@pytest.mark.parametrize("format", ["sarif", "json", "text"])
def test_report_is_written_anew(format: str) -> None:
    Path("template.yaml").write_text(TEMPLATE)

    for _ in range(2):
        assert run("check", "--format", format, "--output", "report.json").exit_code == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--format", "sarif="], "'sarif=' names no file"),
        (["--format", "srif=a"], "'srif' is not one of"),
        (["--output", ""], "names no file"),
        (["--format", "json=nope/a.json"], "nope/a.json: No such file"),
        (["--format", "json", "--format", "sarif"], "cannot both go to stdout"),
    ],
)
def test_nonsense_is_bad_usage(args: list[str], said: str) -> None:
    Path("template.yaml").write_text(TEMPLATE)

    result = run("check", *args)

    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("args", "complains"),
    [
        (["--format", "json"], False),
        (["--format", "json=a.json"], True),
        (["--format", "json=a.json", "--format", "concise"], True),
        (["--format", "json", "--format", "text=a.txt"], False),
    ],
)
@pytest.mark.parametrize("command", ["check", "graph", "triggers"])
def test_problems_are_on_stderr_unless_stdout_holds_them(
    command: str, args: list[str], *, complains: bool
) -> None:
    Path("broken.yaml").write_text("Resources:\n  Orders: {Type: AWS::SQS::Queue\n")
    if command == "graph":
        args = [one.replace("concise", "dot").replace("text", "dot") for one in args]
    elif command == "triggers":
        args = [one.replace("concise", "csv") for one in args]

    result = run(command, *args)

    assert result.exit_code == 2
    assert ("broken YAML" in result.stderr) is complains
    assert ("broken YAML" in result.stdout) is (args == ["--format", "json"] or not complains)
