"""The house has one staircase, small rooms with names, and nothing heavy in the hall."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOME = ROOT / "lambdalint"
MODULES = sorted(HOME.rglob("*.py"))

# From the roof to the cellar: a module imports only what stands below it.
LAYERS = [
    "cli",
    "cfnlint",
    "command",
    "editor",
    "terminal",
    "revision",
    "ignoring",
    "repair",
    "run",
    "baseline",
    "report",
    "config",
    "suppress",
    "stages",
    "foreign",
    "engine",
    "catalog",
    "checks",
    "inventory",
    "flow",
    "rule",
    "fix",
    "when",
    "graph",
    "source",
    "kinds",
    "load",
    "link",
    "parameters",
    "sam",
    "loops",
    "language",
    "world",
    "abroad",
    "condition",
    "pattern",
    "settled",
    "macro",
    "beside",
    "template",
    "files",
    "here",
    "assembly",
    "edit",
    "read",
    "words",
    "confidence",
    "facts",
    "runtimes",
    "value",
]

# Where everything that has no place ends up.
LUMBER_ROOMS = {"utils", "util", "helpers", "common", "base", "core", "misc", "manager"}

# What `lambdalint check` never needs, each of it slow to import (or able to reach a network).
HEAVY = {
    "asyncio",
    "boto3",
    "botocore",
    "cfnlint",
    "http.client",
    "importlib.metadata",
    "importlib.resources",
    "jsonschema",
    "lsprotocol",
    "markdown_it",
    "multiprocessing",
    "networkx",
    "pydantic",
    "pygls",
    "rich",
    "samtranslator",
    "socket",
    "ssl",
    "sympy",
    "tree_sitter",
    "urllib.request",
    "watchfiles",
}


def _name(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def _floor(path: Path) -> str:
    return path.relative_to(HOME).parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    """The modules of this package that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module), level=0):
                found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                pytest.fail(f"{path}:{node.lineno}: an import that is not absolute")
    return {module for module in found if module.startswith("lambdalint.")}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_point_down(path: Path) -> None:
    floor = _floor(path)
    if floor.startswith("__"):
        return
    for module in _imported(path):
        below = module.split(".")[1]
        if below != floor and not below.startswith("__"):
            assert LAYERS.index(floor) < LAYERS.index(below), module


def test_every_module_has_its_floor() -> None:
    floors = {_floor(path) for path in MODULES}

    assert {floor for floor in floors if not floor.startswith("__")} == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_is_one_idea(path: Path) -> None:
    text = path.read_text("utf-8")
    generated = "scripts/refresh_facts.py" in text.partition("\n\n\n")[0]

    assert not LUMBER_ROOMS & {*path.relative_to(HOME).with_suffix("").parts}
    assert generated or text.count("\n") <= 500


def test_import_of_the_package_imports_nothing() -> None:
    assert not _imports("-c", "import lambdalint") - _imports("-c", "pass") - {"lambdalint"}


def test_check_imports_nothing_heavy() -> None:
    fixture = ROOT / "fixtures" / "sam" / "order-pipeline.yaml"
    check = _imports("-m", "lambdalint", "check", "--format", "concise", str(fixture))
    ours = check - _imports("-c", "pass")

    assert "lambdalint.engine" in ours
    assert not HEAVY & ours
    assert "lambdalint.loops" not in ours  # nor what only some templates need
    assert "lambdalint.baseline" not in ours  # nor what only some repositories have
    assert "lambdalint.command.graph" not in ours  # nor other commands
    assert not {"lambdalint.command.since", "lambdalint.revision", "subprocess"} & ours
    assert not {"lambdalint.command.ignores", "lambdalint.ignoring", "lambdalint.repair"} & ours


@pytest.mark.parametrize(
    ("fixture", "languages"),
    [
        ("sam/everything-right.yaml", set()),
        ("sam/streams.yaml", set()),
        ("sam/scheduler-and-workflows.yaml", {"python"}),
        ("sam/handlers/template.yaml", {"python", "javascript"}),
    ],
)
def test_languages_are_imported_where_there_is_code_in_them(
    fixture: str, languages: set[str]
) -> None:
    check = _imports("-m", "lambdalint", "check", str(ROOT / "fixtures" / fixture))
    read = {name for name in ("python", "javascript") if f"lambdalint.source.{name}" in check}

    assert read == languages
    assert ("tree_sitter" in check) == ("javascript" in languages)


def _imports(*args: str) -> set[str]:
    """The modules that a Python process imports."""
    process = subprocess.run(
        [sys.executable, "-X", "importtime", *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in process.stderr
    return {line.rpartition("|")[2].strip() for line in process.stderr.splitlines()}
