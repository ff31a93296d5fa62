"""However lambdalint is installed, it finds its pages."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
import zipapp
from collections.abc import Iterator
from pathlib import Path
from shutil import unpack_archive
from tarfile import TarFile
from zipfile import ZipFile

import pytest

import lambdalint

ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "fixtures" / "sam" / "order-pipeline.yaml"
PAGES = {page.relative_to(ROOT).as_posix() for page in ROOT.glob("rules/*/*.md")}


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the source distribution, and of the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT), cwd=out)
    return out


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


@pytest.fixture(
    scope="session", params=["checkout", "editable install", "wheel", "zipapp of the wheel"]
)
def command(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[str], Path]]:
    """How to start lambdalint, and in which folder."""
    home = tmp_path_factory.mktemp("home")
    python, script = _environment(home / "venv")
    match request.param:
        case "checkout":
            yield [python, "-m", "lambdalint"], ROOT
        case "editable install":
            _install(python, "--no-build-isolation", "--editable", str(ROOT), cwd=home)
            yield [script], home
        case "wheel":
            _install(python, str(request.getfixturevalue("wheel")), cwd=home)
            yield [script], home
        case "zipapp of the wheel":
            unpack_archive(request.getfixturevalue("wheel"), home / "contents", "zip")
            archive = home / "lambdalint.pyz"
            zipapp.create_archive(home / "contents", archive, main="lambdalint.cli:main")
            yield [python, str(archive)], home


def test_explain(command: tuple[list[str], Path]) -> None:
    start, folder = command
    explained = _run(*start, "explain", "sqs/short-visibility-timeout", cwd=folder)

    assert "A queue hides its messages too briefly for its function" in explained


def test_check(command: tuple[list[str], Path]) -> None:
    start, folder = command
    found = _run(*start, "check", "--format", "concise", str(FIXTURE), cwd=folder, status=1)

    assert "sqs/short-visibility-timeout" in found


def test_version(command: tuple[list[str], Path]) -> None:
    start, folder = command

    assert lambdalint.__version__ in _run(*start, "--version", cwd=folder)


def test_wheel_holds_the_package_and_its_pages_only(wheel: Path) -> None:
    names = [name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name]
    pages = {name.removeprefix("lambdalint/") for name in names if name.endswith(".md")}

    assert pages == PAGES
    assert "lambdalint/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {"lambdalint"}
    assert not [name for name in names if re.search(r"_cache|__pycache__|\.pyc$", name)]


def test_source_distribution_is_complete(dist: Path) -> None:
    with TarFile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert names >= PAGES
    assert names >= {path.relative_to(ROOT).as_posix() for path in ROOT.glob("schemas/*.json")}
    assert names >= {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"}
    assert not [name for name in names if re.search(r"_cache|\.venv|__pycache__", name)]


def _environment(folder: Path) -> tuple[str, str]:
    """An environment that knows lambdalint's dependencies and not lambdalint: (python, script)."""
    venv.create(folder, symlinks=True)
    here = {"base": str(folder), "platbase": str(folder)}
    libraries = Path(sysconfig.get_path("purelib", "venv", here))
    (libraries / "dependencies.pth").write_text(
        "".join(f"{sysconfig.get_path(kind)}\n" for kind in ("purelib", "platlib"))
    )
    scripts = Path(sysconfig.get_path("scripts", "venv", here))
    return str(scripts / "python"), str(scripts / "lambdalint")


def _install(python: str, *args: str, cwd: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--python", python]
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", *args, cwd=cwd)


def _run(*command: str, cwd: Path, status: int = 0) -> str:
    """What a command prints, if it ends as it should."""
    process = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert process.returncode == status, process.stdout + process.stderr
    return process.stdout
