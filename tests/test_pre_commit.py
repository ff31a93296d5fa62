"""The hooks, run by pre-commit itself, with this lambdalint instead of an installed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
ORDERS = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60}
Outputs:
  Orders: {Value: !GetAtt Orders.Arn, Export: {Name: orders}}
"""
FULFIL = """\
Resources:
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: TIMEOUT
      FunctionResponseTypes: [ReportBatchItemFailures]
      Events:
        Order: {Type: SQS, Properties: {Queue: !ImportValue orders}}
"""
BOTH = ORDERS.partition("Outputs")[0] + FULFIL.removeprefix("Resources:\n").replace(
    "!ImportValue orders", "!GetAtt Orders.Arn"
).replace("TIMEOUT", "45")
SETTINGS = 'select = ["sqs/short-visibility-timeout"]\nexclude = ["drafts/"]\n'


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def put(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def commit() -> tuple[bool, str]:
    """Whether all that is there can be committed, and what is said."""
    assert _run("git", "add", "--all").returncode == 0
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    done = _run("git", *who, "commit", "--quiet", "--message", "Change")
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(params=[*HOOKS])
def hook(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A hook that is installed in a repository which has a template."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(home.parent / f"{home.name}-pre-commit"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home.parent / f"{home.name}-no-config"))
    here = HOOKS[request.param] | {"language": "system"}
    here["entry"] = f"{sys.executable} -m {here['entry']}"
    put(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [here]}]}))
    put("lambdalint.toml", SETTINGS)
    put("orders.yaml", ORDERS)
    put("compose.yaml", "services: {orders: {image: orders}}\n")
    put("drafts/both.yaml", BOTH)
    assert _run("git", "init", "--quiet").returncode == 0
    assert _run(sys.executable, "-m", "pre_commit", "install").returncode == 0
    return str(request.param)


def test_manifest_is_one_that_pre_commit_takes() -> None:
    checked = _run(sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST))

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.usefixtures("hook")
def test_what_is_sound_can_be_committed() -> None:
    assert commit()[0]
    put("fulfil.yaml", FULFIL.replace("TIMEOUT", "10"))

    done, said = commit()

    assert done, said


def test_what_is_wrong_in_one_file_cannot(hook: str) -> None:
    assert commit()[0]
    put("both.yaml", BOTH)

    done, said = commit()

    assert not done
    assert HOOKS[hook]["name"] in said
    assert "hides a message for 60 s, needs 6 × 45 s" in said
    assert "both.yaml:4:" in said


def test_only_the_hook_for_all_sees_what_is_wrong_between_two_files(hook: str) -> None:
    assert commit()[0]
    put("fulfil.yaml", FULFIL.replace("TIMEOUT", "45"))

    done, said = commit()

    assert done == (hook == "lambdalint-files")
    assert ("hides a message for 60 s" in said) == (hook == "lambdalint")


@pytest.mark.usefixtures("hook")
def test_commit_without_templates_runs_nothing() -> None:
    assert commit()[0]
    put("README.txt", "Orders\n")

    done, said = commit()

    assert done
    assert "no files to check" in said


@pytest.mark.usefixtures("hook")
def test_broken_template_cannot_be_committed() -> None:
    assert commit()[0]
    put("broken.yaml", ORDERS.replace("{VisibilityTimeout: 60}", "{VisibilityTimeout: 60"))

    done, said = commit()

    assert not done
    assert "broken.yaml:5:8: error: broken YAML" in said
