"""Who follows a run is told what happens, on stderr only."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import lambdalint
from lambdalint import config, run
from lambdalint.cli import main
from lambdalint.command.progress import Bar

TEMPLATE = """\
Parameters:
  Stage: {Type: String}
  Token: {Type: String, NoEcho: true}
Resources:
  Orders: {Type: AWS::SQS::Queue}
"""

pytestmark = pytest.mark.usefixtures("home")


def verbose(*args: str) -> Result:
    return CliRunner().invoke(main, [*args, "--verbose"])


def told(result: Result) -> list[str]:
    return re.sub(r"\d+\.\d{3} s", "… s", result.stderr).splitlines()


# --- --verbose ------------------------------------------------------------------------------------


def test_verbose_tells_what_is_read_with_what() -> None:
    Path("template.yaml").write_text(TEMPLATE)
    Path("lambdalint.toml").write_text("select = ['url']\n[parameters]\nStage = 'dev'\n")
    Path("p.json").write_text('{"Stage": "test", "Token": "s3cret", "Other": "x"}')

    result = verbose("check", "--parameters-file", "p.json", "--parameter", "AWS::Region=eu-west-1")

    assert result.stdout == "nothing found in 1 template\n"
    values = "Stage=test (--parameters-file), Token=**** (--parameters-file)"
    assert told(result) == [
        "configuration: lambdalint.toml",
        "1 file found in … s",
        f"template.yaml: read in … s, {values}, AWS::Region=eu-west-1 (--parameter)",
        "1 rule checked in … s",
        "done in … s",
    ]


def test_verbose_tells_what_a_nested_template_is_read_for() -> None:
    Path("child.yaml").write_text(TEMPLATE)
    Path("parent.yaml").write_text(
        "Resources:\n  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}\n"
    )

    assert "child.yaml: read in … s, AWS::Region=eu-west-1 (parent.yaml)" in told(
        verbose("triggers", "--parameter", "AWS::Region=eu-west-1", "parent.yaml")
    )


def test_verbose_names_what_is_no_template() -> None:
    Path("broken.yaml").write_text("Resources:\n  Orders: {Type: AWS::SQS::Queue\n")

    result = verbose("graph", ".")

    assert "configuration: none" in told(result)
    assert "broken.yaml: no template that can be read" in told(result)


def test_verbose_obeys_no_template() -> None:
    Path("a\x1b[31m.yaml").write_text(TEMPLATE)

    assert "\x1b" not in verbose("check", "--parameter", "Stage=\x1b[2J").output


def test_verbose_and_quiet_exclude_each_other() -> None:
    assert "--quiet and --verbose exclude each other" in verbose("check", "-q").stderr


# --- progress -------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """What people look at."""

    def isatty(self) -> bool:
        return True


def drawn(patience: float) -> str:
    """What a bar shows of a run."""
    for number in range(3):
        Path(f"{number}.yaml").write_text(TEMPLATE)
    terminal = Terminal()
    bar = Bar(terminal, patience)
    settings = config.Settings()
    reading = run.read(["."], settings, listener=bar)
    run.check(reading, config.named(["sqs"]), settings, listener=bar)
    bar.end()
    return terminal.getvalue()


def test_progress_of_a_long_run_is_drawn_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = drawn(patience=0)

    assert "reading" in shown
    assert shown.endswith("\r\x1b[2K\x1b[?25h\r")  # no line is left, and the cursor is back


def test_progress_of_a_short_run_is_not_drawn() -> None:
    assert drawn(patience=60) == ""


def test_short_run_leaves_a_terminal_alone() -> None:
    import pty  # noqa: PLC0415  Windows has none

    Path("template.yaml").write_text(TEMPLATE)
    ours, theirs = pty.openpty()
    process = subprocess.run(
        [sys.executable, "-m", "lambdalint", "check", "--select", "url"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parents[1])},
    )
    os.write(theirs, b"end")
    shown = os.read(ours, 1000)
    os.close(theirs)
    os.close(ours)

    assert process.stdout == b"nothing found in 1 template\n"
    assert shown == b"end"
