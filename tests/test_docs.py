"""What the guides show is what happens, and every command in them is one that is understood."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from lambdalint import config
from lambdalint.catalog import load_rule, rule_ids
from lambdalint.cli import main
from lambdalint.load import load

ROOT = Path(__file__).parents[1]
PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text("utf-8")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
GUIDES = {name: text for name, text in PAGES.items() if name != "README.md"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(
    r"(?:^\$ |^\$ .*\| xargs (?:-\w+ )*|^ *- (?:run: )?)lambdalint (.+)$", re.MULTILINE
)


def _blocks(language: str, pages: dict[str, str]) -> list[tuple[str, str]]:
    """Each block in a language, and the page that it stands on."""
    return [
        (name, block[2])
        for name, text in pages.items()
        for block in BLOCK.finditer(text)
        if block[1] == language
    ]


def _sessions() -> list[tuple[str, str]]:
    """Each command of the guides that reads a template of this repository, and what it prints."""
    return [
        (session[1], session[2])
        for _, block in _blocks("console", GUIDES)
        for session in re.finditer(
            r"^\$ lambdalint (.*\bfixtures/.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE
        )
    ]


@pytest.mark.parametrize(("command", "output"), _sessions())
def test_shown_output_is_real(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    assert CliRunner().invoke(main, command.split()).output == output


@pytest.mark.parametrize(
    "command", sorted({c for text in PAGES.values() for c in COMMAND.findall(text)})
)
def test_shown_command_is_understood(command: str) -> None:
    name, *args = shlex.split(command, comments=True)

    found = main.get_command(click.Context(main), name)

    assert found
    found.make_context(name, args)  # or it raises what is wrong


@pytest.mark.skipif(sys.platform == "win32", reason="there is no xargs")
def test_what_git_tells_reaches_lambdalint_whatever_it_is_called(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (command,) = re.findall(
        r"^\$ (git diff .*\| xargs .*)$", PAGES["docs/monorepo.md"], re.MULTILINE
    )
    program = home / "bin" / "lambdalint"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nfor word; do echo "$word"; done >> {home}/told\n')
    program.chmod(0o755)
    folder = home / "work" / "services"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (
        ["init", "-q", ".."],
        ["add", "."],
        [*who, "commit", "-qm", "1", "--allow-empty"],
    ):
        subprocess.run(["git", *words], check=True)  # noqa: S607
    subprocess.run(["git", "branch", "origin/main"], check=True)  # noqa: S607

    subprocess.run(["bash", "-c", command], check=True)  # noqa: S607
    assert not (home / "told").exists()  # without a path, all would be looked at

    (folder / "große stacks.yaml").write_text("Resources: {}\n")
    subprocess.run(["git", "add", "."], check=True)  # noqa: S607
    subprocess.run(["bash", "-c", command], check=True)  # noqa: S607
    assert (home / "told").read_text("utf-8").endswith("\ngroße stacks.yaml\n")


def test_all_guides_have_commands() -> None:
    shown = {name for name, text in GUIDES.items() if COMMAND.search(text)}

    assert shown == {*GUIDES} - {"docs/triggers.md", "docs/parity.md"}


@pytest.mark.parametrize(("page", "text"), _blocks("toml", GUIDES))
def test_shown_settings_are_valid(page: str, text: str, tmp_path: Path) -> None:
    del page
    (tmp_path / "lambdalint.toml").write_text(text, "utf-8")

    assert config.load(tmp_path / "lambdalint.toml")


def _files() -> list[tuple[str, str]]:
    """The YAML of each file that a guide shows, and what it is a file of."""
    found = []
    for _, text in _blocks("yaml", PAGES):
        if text.startswith(("name:", "repos:")):
            found.append((text, "vendor.github-workflows" if text[0] == "n" else "pre-commit"))
        elif text.startswith("lambdalint:\n"):
            found.append((text, "vendor.gitlab-ci"))
    return found


@pytest.mark.parametrize(("text", "kind"), _files())
def test_shown_file_is_one_that_its_reader_takes(text: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(text, "utf-8")
    command = ["check_jsonschema", "--builtin-schema", kind, str(file)]
    if kind == "pre-commit":
        command = ["pre_commit", "validate-config", str(file)]
    checked = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


def test_inputs_of_the_action_are_those_that_are_told() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    told = dict(
        re.findall(r"^\| `([a-z-]+)` \| (?:`(.+?)`|[^|]*) \|", PAGES["docs/ci.md"], re.MULTILINE)
    )
    pinned = re.findall(r"uses: (actions/[^ ]+)", PAGES["docs/ci.md"] + PAGES["docs/cdk.md"])

    assert {*told} == {*action["inputs"]}
    assert all(
        not shown or shown == action["inputs"][name]["default"] for name, shown in told.items()
    )
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", used) for used in pinned)


@pytest.mark.parametrize(
    "text", [text for _, text in _blocks("yaml", PAGES) if text.startswith("Resources:")]
)
def test_shown_template_can_be_read(text: str) -> None:
    assert load(text, "template.yaml").resources


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (name, link)
        for name, text in GUIDES.items()
        for link in re.findall(r"\]\(((?!https?:)[^)]+)\)", text)
    ],
)
def test_links_lead_somewhere(page: str, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (ROOT / page).parent / file if file else ROOT / page

    assert target.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w-]", "", one.lower().replace(" ", "-")) for one in headings}


@pytest.mark.parametrize("page", GUIDES)
def test_named_rules_exist(page: str) -> None:
    families = "|".join(sorted({id.partition("/")[0] for id in rule_ids()}))
    named = re.findall(rf"(?<![\w/.-])((?:{families})/[a-z][a-z0-9-]+)(?![\w/.-])", GUIDES[page])

    assert {*named} <= {*config.known_rules()}


def test_parity_tells_what_cfn_lint_finds_too() -> None:
    rows = [row for row in PAGES["docs/parity.md"].splitlines() if row.startswith("| ")]

    for rule in map(load_rule, rule_ids()):
        for code in rule.cfn_lint:
            assert [row for row in rows if f"`{rule.id}`" in row and f"`{code}`" in row], code
