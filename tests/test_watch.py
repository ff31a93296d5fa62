"""`check --watch`: the command itself, told to end as people do it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from click.testing import CliRunner

import lambdalint
from lambdalint.cli import main
from lambdalint.command.reports import Report
from lambdalint.command.watch import folders, reader

pytestmark = pytest.mark.usefixtures("home")

LONG = 60  # seconds, after which something hangs

TEMPLATE = """\
Resources:
  Orders: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {timeout}}}}}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: fulfil.handler
      CodeUri: src/
      Timeout: 10
      Events:
        Orders: {{Type: SQS, Properties: {{Queue: !GetAtt Orders.Arn}}}}
"""
SHORT, RIGHT = TEMPLATE.format(timeout=30), TEMPLATE.format(timeout=60)


class Watch:
    """A running `check --watch`, and the lines that it writes."""

    def __init__(self, *args: str) -> None:
        path = os.pathsep.join([str(Path(lambdalint.__file__).parents[1]), *sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lambdalint", "check", "--watch", "--format", "concise", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
        )
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def told(self) -> str:
        """What the next check says."""
        lines: list[str] = []
        while not lines or not lines[-1].startswith("checked at"):
            lines.append(self._lines.get(timeout=LONG))
        return "".join(lines[:-1])

    def end(self) -> int:
        """What it exits with when somebody ends it."""
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(LONG)
        self._reader.join(LONG)
        assert self._process.stdout
        self._process.stdout.close()
        return status


@contextmanager
def watching(*args: str) -> Iterator[Watch]:
    watch = Watch(*args)
    try:
        yield watch
    finally:
        watch.end()


def test_a_template_is_checked_again_when_it_changes() -> None:
    template = Path("template.yaml")
    template.write_text(SHORT)
    rule = "sqs/short-visibility-timeout"

    with watching("--select", rule) as watch:
        assert rule in watch.told()
        template.write_text(RIGHT)
        assert rule not in watch.told()
        template.write_text(f"{SHORT}Outputs: [")
        assert "template.yaml:12:11: error" in watch.told()
        Path("lambdalint.toml").write_text("select = ['no-such-rule']")
        assert "lambdalint.toml: error" in watch.told()
        Path("lambdalint.toml").unlink()
        watch.told()
        template.write_text(SHORT)
        assert rule in watch.told()
        Path("more").mkdir()
        Path("more/template.yaml").write_text(SHORT)
        while "more/template.yaml" not in watch.told():  # the folder alone is a change too
            pass


def test_code_is_read_again_when_it_changes() -> None:
    Path("infra").mkdir()
    Path("src").mkdir()
    Path("infra/template.yaml").write_text(RIGHT.replace("src/", "../src/"))
    code = Path("src/fulfil.py")
    code.write_text("def handler(event, context):\n    print(event['Records'][0]['body'])\n")

    with watching("--select", "handler/first-record-only", "infra/template.yaml") as watch:
        assert "handler/first-record-only" in watch.told()
        code.write_text("def handler(event, context):\n    print(event['Records'])\n")
        assert "handler/first-record-only" not in watch.told()


def test_it_ends_well_when_somebody_ends_it() -> None:
    Path("template.yaml").write_text(SHORT)
    watch = Watch()
    watch.told()
    assert watch.end() == 0


def test_a_terminal_is_cleared_before_it_shows_another_report(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lambdalint.command import watch  # noqa: PLC0415  its parts are replaced

    shown: list[str] = []
    monkeypatch.setattr(watch, "_changes", lambda *_: iter((False, True)))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("click.clear", lambda: shown.append("cleared"))
    with pytest.raises(SystemExit):
        watch.watch(lambda: shown.append("checked"), [str(home)], (), OPTIONS)
    assert shown == ["checked", "cleared", "checked"]


# --- what is watched ------------------------------------------------------------------------------

OPTIONS = {
    "fix": False,
    "diff_fixes": False,
    "add_ignores": None,
    "write_baseline": None,
    "update_baseline": False,
    "parameter_files": ("values.txt",),
    "config": None,
    "baseline": None,
    "quiet": True,
}


def test_the_repositories_of_all_paths_are_watched(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("here/app", "other/.git", "other/infra/deep", "plain"):
        (home / folder).mkdir(parents=True)
    (home / "other/infra/template.yaml").write_text(SHORT)
    monkeypatch.chdir(home / "here")

    assert folders([]) == [str(home / "here")]
    assert folders(["app", "app/template.yaml", "*.yaml"]) == [str(home / "here")]
    other = [str(home / "here"), str(home / "other")]
    assert folders(["../other/infra/template.yaml"]) == other
    assert folders(["../other/infra/*.yaml", "../other/infra/deep"]) == other
    assert folders(["../plain/missing.yaml"]) == [str(home / "here"), str(home / "plain")]
    assert folders([".."]) == [str(home)]


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("template.yaml", True),
        ("stack.template", True),
        ("lambdalint.toml", True),
        ("src/index.mts", True),
        (".gitignore", True),
        ("odd.txt", True),
        ("values.txt", True),
        ("notes.txt", False),
        ("picture.png", False),
        ("report.json", False),
        ("data.json", True),
    ],
)
def test_what_a_check_reads_is_a_change(home: Path, path: str, *, is_read: bool) -> None:
    reports = [Report("text"), Report("json", "report.json")]
    assert reader(["odd.txt"], OPTIONS, reports)(str(home / path)) is is_read


# --- what it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--fix"], "--watch and --fix exclude each other"),
        (["--diff-fixes"], "--watch and --diff-fixes exclude each other"),
        (["--add-ignores", "old"], "--watch and --add-ignores exclude each other"),
        (["--write-baseline", "b.json"], "--watch and --write-baseline exclude each other"),
        (["--baseline", "b.json", "--update-baseline"], "--watch and --update-baseline exclude"),
        (["--format", "json"], "--watch is for people: it needs --format text."),
        (["-"], "--watch: stdin does not change"),
    ],
)
def test_what_cannot_be_watched_is_refused(args: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["check", "--watch", *args])
    assert result.exit_code == 2
    assert said in result.stderr


def test_without_watchfiles_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = CliRunner().invoke(main, ["check", "--watch"])
    assert result.exit_code == 2
    assert result.stderr == ("error: --watch needs watchfiles: pip install 'lambdalint[watch]'\n")


def test_where_nothing_can_be_watched_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import watchfiles  # noqa: PLC0415  as few as possible wait for it

    def full(*_: object, **__: object) -> Iterator[object]:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", full)
    result = CliRunner().invoke(main, ["check", "--watch"])
    assert result.exit_code == 2
    assert result.stderr == "error: --watch: OS file watch limit reached.\n"
