"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from lambdalint import config
from lambdalint.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SESSION = re.compile(r"^```console\n\$ lambdalint (.+)\n((?:.*\n)+?)```$", re.MULTILINE)
FLOWCHART = re.compile(
    r"^`lambdalint (graph .+?)` .+\n\n```mermaid\n((?:.*\n)+?)```$", re.MULTILINE
)
TOML = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("command", "output"), [*SESSION.findall(README), *FLOWCHART.findall(README)]
)
def test_shown_output_is_real(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    assert CliRunner().invoke(main, command.split()).output == output


def test_every_flowchart_is_drawn_anew() -> None:
    assert len(FLOWCHART.findall(README)) == README.count("```mermaid")


def test_shown_configuration_is_valid(tmp_path: Path) -> None:
    shown = TOML.findall(README)
    for number, text in enumerate(shown):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "lambdalint.toml").write_text(text, "utf-8")
        config.load(folder / "lambdalint.toml")

    assert shown


@pytest.mark.parametrize("link", re.findall(r"\]\(([^:)]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_named_rules_exist(page: str) -> None:
    families = "|".join(sorted(path.name for path in (ROOT / "rules").iterdir()))
    named = re.findall(rf"\b((?:{families})/[a-z][a-z0-9-]+)\b", (ROOT / page).read_text("utf-8"))

    assert set(named) <= {*config.known_rules()}
