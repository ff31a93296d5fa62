"""A revision of a git repository: the files it holds, and what they are called by now."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from lambdalint.parameters import BadSetting

# git is asked what it has: it takes no locks, and whatever is missing is not fetched.
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
# A repository can name a program that is asked what has changed.
_GIT = ("git", "-c", "core.fsmonitor=false")

_SYMBOLIC_LINK = "120000"


class Revision:
    """A commit of the repository around this folder; raises `BadSetting` if there is none.

    Contents are taken as they are stored, so that neither filters nor hooks run.
    """

    def __init__(self, name: str) -> None:
        self.name, self.top = name, Path.cwd()
        self.top = Path(os.fsdecode(self._ask("rev-parse", "--show-toplevel").rstrip(b"\r\n")))
        self._commit = self._found()

    def export(self, folder: Path) -> None:
        """Write all files into a folder."""
        listed = self._ask("ls-tree", "-r", "-z", "--full-tree", self._commit)
        links = []
        with self._run("cat-file", "--batch") as git:
            for mode, id, path in _entries(listed):
                data = self._content(git, id)
                if mode == _SYMBOLIC_LINK:
                    links.append((folder / path, os.fsdecode(data)))
                else:
                    _write(folder / path, data)
        # Last, so that nothing is written through them; what they lead to outside is not meant.
        for link, target in links:
            if Path(os.path.realpath(link.parent / target)).is_relative_to(folder):
                with suppress(OSError):  # not every system lets everybody make one
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(target)

    def renamed(self) -> dict[str, str]:
        """The paths that files had in it, and those that git knows them by now."""
        # The index is compared: whoever compares files as they lie there lets filters run.
        asked = ("diff-index", "--cached", "--find-renames", "--name-status", "-z", self._commit)
        words = iter(os.fsdecode(self._ask(*asked)).split("\0"))
        found: dict[str, str] = {}
        for status in filter(None, words):
            old = next(words)
            if status[0] in "RC":
                new = next(words)
                found |= {old: new} if status[0] == "R" else {}
        return found

    def _found(self) -> str:
        """The id of the commit."""
        # No revision begins like an option.
        if not self.name.startswith("-"):
            # What is searched for, as in `:/text`, takes in all that follows it.
            named = self._id(self.name)
            if named and (commit := self._id(f"{named}^{{commit}}")):
                return commit
        if self._ask("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise BadSetting(
                f"--diff: this clone is shallow and has no revision {self.name!r}; "
                "clone it in full, in actions/checkout with fetch-depth: 0"
            )
        raise BadSetting(f"--diff: git knows no revision {self.name!r}")

    def _id(self, name: str) -> str:
        """The id of what a name stands for, "" if it stands for nothing."""
        with self._run("rev-parse", "--verify", "--quiet", name) as git:
            id = git.communicate()[0].decode("ascii", "replace").strip()
        return id if re.fullmatch("[0-9a-f]{40,64}", id) else ""

    def _content(self, git: subprocess.Popen[bytes], id: str) -> bytes:
        asked, answers = _pipes(git)
        try:
            asked.write(f"{id}\n".encode())
            asked.flush()
            _, kind, size = answers.readline().split()
        except (OSError, ValueError):
            kind, size = b"", b"0"
        if kind != b"blob":
            raise BadSetting(
                f"--diff: this clone has not all files of {self.name!r}; clone it without a filter"
            )
        data = answers.read(int(size))
        answers.read(1)
        return data

    def _ask(self, *args: str) -> bytes:
        """What git answers; raises `BadSetting` with what it says where it has no answer."""
        with self._run(*args) as git:
            answer, said = git.communicate()
        if git.returncode:
            why = said.decode("utf-8", "replace").strip().partition("\n")[0]
            raise BadSetting(f"--diff: git says {why.removeprefix('fatal: ')!r}")
        return answer

    def _run(self, *args: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  no shell, and no argument that is an option
                [*_GIT, *args],
                cwd=self.top,
                env={**os.environ, **_ENVIRONMENT},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise BadSetting(f"--diff: git cannot be run: {why}") from None


def _pipes(git: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert git.stdin  # noqa: S101
    assert git.stdout  # noqa: S101
    return git.stdin, git.stdout


def _write(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise BadSetting(f"--diff: {file.name} cannot be copied: {why}") from None


def _entries(listed: bytes) -> Iterator[tuple[str, str, str]]:
    """The mode, the id and the path of each file in a tree: no submodule, and nothing outside."""
    for entry in filter(None, listed.split(b"\0")):
        told, _, path = os.fsdecode(entry).partition("\t")
        mode, kind, id = told.split()
        parts = Path(path).parts
        if kind == "blob" and not Path(path).anchor and not {".git", ".."} & {*parts}:
            yield mode, id, path
