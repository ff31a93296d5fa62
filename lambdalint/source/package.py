"""What code is packaged in: folders, archives and images, read as far as somebody asks."""

# ruff: noqa: PTH112, PTH113, PTH118, PTH119, PTH120, PTH123, PTH202, PTH208

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from json import loads
from typing import NamedTuple, Protocol

from lambdalint.files import Project
from lambdalint.source.codefile import CodeFile

# Handlers are short; what is longer was made by a tool, or is no code.
MAX_BYTES = 1_000_000
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 50 MB zipped, 250 MB if
# it is uploaded to S3 first.
_MAX_ZIPPED = 250_000_000
# What a list of ten thousand files needs.
_MAX_DIRECTORY = 2_000_000


class Part(Protocol):
    """Files that Lambda unpacks together."""

    def file(self, name: str) -> CodeFile | None: ...
    def names(self, folder: str) -> Iterable[str]:
        """What lies in a folder, which is given as it begins a path: `lib/`, "" for the root."""


def opened(whole: str, project: Project) -> Part | None:
    """What lies at an absolute path, None if nothing does."""
    if os.path.isdir(whole):
        return Folder(whole, project)
    if not os.path.isfile(whole):
        return None
    if whole.endswith((".zip", ".jar")):
        return Archive(whole, project)
    return Folder(os.path.dirname(whole), project, only=os.path.basename(whole))


class Layer(NamedTuple):
    """A layer: files in certain folders of it are found as if they lay beside the code."""

    content: Part
    folders: tuple[str, ...]

    def file(self, name: str) -> CodeFile | None:
        found = (self.content.file(folder + name) for folder in self.folders)
        return next(filter(None, found), None)

    def names(self, folder: str) -> Iterator[str]:
        for one in self.folders:
            yield from self.content.names(one + folder)


class Folder:
    """A folder of the project, or a single file of it."""

    def __init__(self, path: str, project: Project, only: str = "") -> None:
        self._path, self._project, self._only = path, project, only
        self._files: dict[str, CodeFile | None] = {}

    def file(self, name: str) -> CodeFile | None:
        if name not in self._files:
            self._files[name] = self._read(name)
        return self._files[name]

    def names(self, folder: str) -> list[str]:
        path = os.path.join(self._path, folder)
        if self._only or path not in self._project:
            return [self._only] if self._only else []
        try:
            return os.listdir(path)
        except OSError:
            return []

    def seen(self) -> Iterator[CodeFile]:
        """The files that were asked for, and are there."""
        return filter(None, self._files.values())

    def _read(self, name: str) -> CodeFile | None:
        path = os.path.join(self._path, name)
        if (
            (self._only and name != self._only)
            or not _is_below(name)
            or not os.path.isfile(path)
            or path not in self._project
        ):
            return None
        try:
            with open(path, "rb") as opened:
                data = opened.read(MAX_BYTES + 1)
        except OSError:
            return None
        return _decoded(self._project.name(path.replace(os.sep, "/")), data)


class Archive:
    """A ZIP file of the project."""

    def __init__(self, path: str, project: Project) -> None:
        self._path, self._file = path, project.name(path)
        self._files: dict[str, CodeFile | None] = {}

    def file(self, name: str) -> CodeFile | None:
        if name not in self._files:
            self._files[name] = self._read(name)
        return self._files[name]

    def names(self, folder: str) -> set[str]:
        below = (name[len(folder) :] for name in self._names if name.startswith(folder))
        return {name.partition("/")[0] for name in below}

    def seen(self) -> Iterator[CodeFile]:
        """The files that were asked for, and are there."""
        return filter(None, self._files.values())

    def _read(self, name: str) -> CodeFile | None:
        data = self._unpacked(name) if name in self._names else b""
        return _decoded(f"{self._file}/{name}", data) if data else None

    @cached_property
    def _names(self) -> frozenset[str]:
        """The files in it; none if it is larger than Lambda takes."""
        from zipfile import BadZipFile, ZipFile  # noqa: PLC0415  few need it

        try:
            if os.path.getsize(self._path) <= _MAX_ZIPPED and _is_short(self._path):
                with ZipFile(self._path) as archive:
                    return frozenset(archive.namelist())
        except (OSError, ValueError, NotImplementedError, BadZipFile):
            pass
        return frozenset()

    def _unpacked(self, name: str) -> bytes:
        from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile  # noqa: PLC0415
        from zlib import error  # noqa: PLC0415

        try:
            with ZipFile(self._path) as archive:
                entry = archive.getinfo(name)
                # Other methods cannot be unpacked piece by piece.
                if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                    return b""
                with archive.open(entry) as opened:
                    return opened.read(MAX_BYTES + 1)
        except (KeyError, OSError, EOFError, ValueError, RuntimeError, BadZipFile, error):
            return b""


# The end of an archive: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.16)
_END, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF


def _is_short(path: str) -> bool:
    """Whether the list of an archive's files can be read without much memory."""
    with open(path, "rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - _END_LENGTH - _LONGEST_COMMENT - 20))
        tail = opened.read()
    found = tail.rfind(_END)
    end = tail[found:] if found >= 0 else b""
    is_zip64 = b"PK\x06\x07" in tail[max(0, found - 20) : max(0, found)]
    length = int.from_bytes(end[12:16], "little")
    return len(end) >= _END_LENGTH and not is_zip64 and length <= _MAX_DIRECTORY


def _is_below(name: str) -> bool:
    """Whether a name stays within the folder that it is relative to."""
    return "\0" not in name and not name.startswith("/") and ".." not in name.split("/")


def _decoded(file: str, data: bytes) -> CodeFile | None:
    if len(data) > MAX_BYTES:
        return None
    try:
        return CodeFile(file, data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None


# --- images ---------------------------------------------------------------------------------------

# The images of AWS start the handler that their command names; others may start anything.
# https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
_BASE = re.compile(r"(?:--\S+ )*public\.ecr\.aws/lambda/(?:python|nodejs)[:@]", re.IGNORECASE)
_TASK_ROOT = re.compile(r"(?:\$\{?LAMBDA_TASK_ROOT\}?|/var/task|\.)(?:/|$)")


class Image:
    """The files that a recipe copies from its folder, by the path at which they are then."""

    def __init__(self, folder: Part, copied: list[tuple[str, str]], command: str) -> None:
        self._folder, self._copied, self.command = folder, copied, command

    @classmethod
    def of(cls, folder: Part, recipe: str) -> Image | None:
        """What the last stage of a recipe makes; None where that is nothing that AWS starts."""
        copied: list[tuple[str, str]] = []
        base = command = stage = ""
        stages: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}
        for line in re.sub(r"\\\r?\n", " ", recipe).splitlines():
            word, _, rest = line.strip().partition(" ")
            match word.upper():
                case "FROM":
                    stages[stage] = base, command, copied
                    image, stage = _from(rest)
                    base, command, copied = stages.get(image, (rest.strip(), "", []))
                    copied = [*copied]
                case "COPY" | "ADD" if "--from" not in rest:
                    copied += _copies(rest)
                case "CMD":
                    command = _command(rest)
                case "ENTRYPOINT":
                    return None
        return cls(folder, copied, command) if _BASE.match(base) else None

    def names(self, folder: str) -> tuple[str, ...]:  # noqa: ARG002  what is installed in it is unknown
        return ()

    def file(self, name: str) -> CodeFile | None:
        for source, target in reversed(self._copied):
            if name == target and (found := self._folder.file(source)):
                return found
            if target.endswith("/"):
                inside = os.path.basename(source)
                if name == target.lstrip("/") + inside and (found := self._folder.file(source)):
                    return found
            folder = target.strip("/")
            if not folder or name.startswith(f"{folder}/"):
                below = name[len(folder) + 1 :] if folder else name
                path = os.path.normpath(f"{source}/{below}").replace(os.sep, "/")
                if found := self._folder.file(path):
                    return found
        return None


def _from(rest: str) -> tuple[str, str]:
    """The image that a stage begins with, and the name of the stage, "" if it has none."""
    image, *named = [word.lower() for word in rest.split() if not word.startswith("--")] or [""]
    return image, named[1] if named[:1] == ["as"] and len(named) == 2 else ""


def _copies(rest: str) -> Iterator[tuple[str, str]]:
    """What is copied from where to where, if that is below the code's root."""
    try:
        words = loads(rest) if rest.lstrip().startswith("[") else rest.split()
    except ValueError:
        return
    *sources, target = [str(word) for word in words if not str(word).startswith("--")] or [""]
    if found := _TASK_ROOT.match(target):
        below = target[found.end() :]
        for source in sources:
            path = os.path.normpath(source.removeprefix("/")).replace(os.sep, "/")
            yield path, below or "/"


def _command(rest: str) -> str:
    """The one word of a command."""
    try:
        match loads(rest):
            case [str(word)]:
                return word
    except ValueError:
        pass
    return ""
