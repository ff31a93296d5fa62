"""Paths, folders, globs, `cdk.out` and stdin → texts."""

# With pathlib, ten thousand files would take twice as long.
# ruff: noqa: PTH110, PTH112, PTH113, PTH117, PTH118, PTH120, PTH123

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lambdalint.here import absolute, inside, meant

if TYPE_CHECKING:
    from lambdalint.assembly import Stack

# CloudFormation takes 1 MB; whoever names a longer file is told so.
MAX_BYTES = 20_000_000

SUFFIXES = (".yaml", ".yml", ".json", ".template")

# What tools make, and nobody wrote. Whatever else is made here, `.gitignore` knows.
SKIPPED = frozenset(
    {
        *(".git", ".hg", ".svn"),
        *("node_modules", "bower_components", "site-packages", "__pycache__", "__pypackages__"),
        *(".aws-sam", ".serverless", ".terraform", "_build", "dist"),
        *(".eggs", ".nox", ".tox", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
        *(".idea", ".vscode"),
    }
)

STDIN = "-"


class TextFile(NamedTuple):
    """A text that may be a template, or the reason why there is none.

    `file` is the path that people are shown: relative to the working folder where it lies in it,
    with `/`. `named` tells whether somebody asked for this very file; `stack` is what it is in a
    CDK assembly. `refused` says what kept it from being read, at a line and column where
    they are known. `mark` are the bytes before the text that tell its encoding.
    """

    file: str
    text: str = ""
    named: bool = False
    stack: Stack | None = None
    refused: str = ""
    line: int = 0
    column: int = 0
    mark: bytes = b""
    is_stdin: bool = False

    def encoded(self, text: str) -> bytes:
        """Another text as the file has it: in its encoding."""
        return self.mark + text.encode(_ENCODINGS.get(self.mark, "utf-8"))


_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def collect(
    paths: Iterable[str],
    *,
    stdin_filename: str = "",
    exclude: Sequence[Ignore] = (),
    only_templates: bool = False,
) -> list[TextFile]:
    """Everything below these paths that looks like a template, each file once.

    A file that is named is taken whatever it looks like, and whatever `exclude` says, unless
    `only_templates` are wanted.
    """
    found: dict[str, TextFile] = {}
    for path in paths:
        if only_templates and os.path.isfile(path) and not _is_wanted(path, exclude):
            continue
        for one in _texts(path, stdin_filename, exclude):
            before = found.get(one.file, one)
            # Whoever pipes a text in means it, and not what the file says by now.
            text = before if before.is_stdin else one
            found[one.file] = text._replace(
                named=one.named or before.named, stack=one.stack or before.stack
            )
    return list(found.values())


def _is_wanted(path: str, exclude: Sequence[Ignore]) -> bool:
    """Whether a walk would take a file: it looks like a template, and nothing excludes it."""
    whole = meant(path)
    folders = [whole[:end] for end, letter in enumerate(whole) if letter == "/" and end]
    if any(_ignored(exclude, folder, is_folder=True) for folder in folders):
        return False
    if _ignored(exclude, whole, is_folder=False):
        return False
    data = _bytes(whole)
    return isinstance(data, str) or looks_like_template(data)


def _texts(path: str, stdin_filename: str, exclude: Sequence[Ignore]) -> Iterator[TextFile]:
    if path == STDIN:
        file = _Namer(stdin_filename)(absolute(stdin_filename)) if stdin_filename else "<stdin>"
        text = _text(file, sys.stdin.buffer.read(MAX_BYTES + 1))
        yield text._replace(is_stdin=True)
        return
    name = _Namer(path)
    whole = meant(path)
    if os.path.isdir(whole):
        yield from _found(_Walk(whole, exclude), name)
    elif os.path.exists(whole):
        yield _read(whole, name(whole))
    elif magic := re.search(_MAGIC, path):
        base, pattern = _split(path, magic.start())
        walk = _Walk(meant(base), exclude, pattern)
        texts = list(_found(walk, name)) if os.path.isdir(walk.top) else []
        yield from texts or [TextFile(path, refused="matches no template", named=True)]
    else:
        yield TextFile(path, refused="there is no such file or folder", named=True)


def _found(walk: _Walk, name: _Namer) -> Iterator[TextFile]:
    """The texts of a walk that look like templates; a stack of an assembly is one for sure."""
    for hit in walk.hits():
        if hit.refused:
            yield TextFile(name(hit.path), refused=hit.refused)
            continue
        data = _bytes(hit.path)
        if isinstance(data, str):
            yield TextFile(name(hit.path), refused=data, stack=hit.stack)
        elif hit.stack or looks_like_template(data):
            yield _text(name(hit.path), data)._replace(named=False, stack=hit.stack)


# --- paths ----------------------------------------------------------------------------------------

_MAGIC = r"[*?\[]"


def _split(glob: str, magic: int) -> tuple[str, re.Pattern[str]]:
    """The folder that a glob starts from, and what the paths below it must match."""
    base, _, _ = glob.replace(os.sep, "/")[:magic].rpartition("/")
    rest = glob[len(base) :].lstrip("/") if base or glob[0] == "/" else glob
    root = "/" if glob[0] == "/" else "."
    return base or root, re.compile(_regex(rest.removesuffix("/")), re.DOTALL)


class _Namer:
    """What people are shown: relative to the working folder in it, outside as they wrote it."""

    def __init__(self, given: str) -> None:
        self.here = inside(absolute("."))
        self.absolute = os.path.isabs(given)

    def __call__(self, path: str) -> str:
        if path.startswith(self.here):
            return path[len(self.here) :]
        return path if self.absolute else os.path.relpath(path).replace(os.sep, "/")


# --- reading --------------------------------------------------------------------------------------


def _read(path: str, file: str) -> TextFile:
    data = _bytes(path)
    if isinstance(data, str):
        return TextFile(file, refused=data, named=True)
    return _text(file, data)


def _bytes(path: str) -> bytes | str:
    """What a file holds, up to the first byte that is too much, or why it cannot be read."""
    try:
        with open(path, "rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        return (error.strerror or str(error)).lower()


def _text(file: str, data: bytes) -> TextFile:
    if len(data) > MAX_BYTES:
        return TextFile(file, refused=f"longer than {MAX_BYTES:,} bytes", named=True)
    mark = next((one for one in (codecs.BOM_UTF8, *_ENCODINGS) if data.startswith(one)), b"")
    encoding, data = _ENCODINGS.get(mark, "utf-8"), data[len(mark) :]
    try:
        return TextFile(file, data.decode(encoding), named=True, mark=mark)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        return TextFile(
            file,
            refused=f"not {encoding[:6].rstrip('-').upper()}: {error.reason}",
            named=True,
            line=before.count(b"\n") + 1,
            column=len(before) - before.rfind(b"\n"),
        )


def reread(file: TextFile) -> TextFile:
    """What a file says by now."""
    return _read(absolute(file.file), file.file)


def nested(path: str, file: str) -> TextFile | None:
    """The template that another one names by its path, None where the project has none there."""
    project = Project(file)
    whole = project.find(path)
    if not os.path.isfile(whole):
        return None
    return _read(whole, project.name(whole))._replace(named=False)


class Project:
    """The repository that a file lies in; else what lies below where we stand, or beside the file.

    Nothing outside of it is read, whatever links lead there.
    """

    def __init__(self, file: str) -> None:
        self._folder = os.path.dirname(absolute(file))
        self._top = inside(os.path.realpath(repository(self._folder)))
        self.name = _Namer(file)

    def find(self, path: str) -> str:
        """The absolute path that is meant by one relative to the file, "" outside the project."""
        whole = absolute(os.path.join(self._folder, path)) if "\0" not in path else ""
        return whole if whole and whole in self else ""

    def __contains__(self, path: str) -> bool:
        return inside(os.path.realpath(path)).startswith(self._top)


def repository(folder: str) -> str:
    """The folder of the repository that a folder lies in, or what takes its place."""
    top = folder
    while not os.path.exists(inside(top) + ".git"):
        above = os.path.dirname(top)
        if above == top:
            here = absolute(".")
            return here if inside(folder).startswith(inside(here)) else folder
        top = above
    return top


# Compiled when the first folder is walked, for which few wait.
# What stands before the word is looked at last: so the word itself is searched for, at C speed.
_KEY = rb"""Resources(?<![^\n"']Resources)["']?[ \t]*:"""
_FLOW_KEY = rb"""Resources(?<!\wResources)["']?\s*:"""
_TYPE = rb"""Type(?<!\wType)["']?\s*:\s*(?:[&!]\S+\s+)?["']?\w+::"""


def looks_like_template(data: bytes) -> bool:
    """Whether bytes may be a template: cheap enough to ask of every YAML and JSON file there is."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    if b"Resources" not in data or b"::" not in data:
        return False
    data = data.removeprefix(b"\xef\xbb\xbf")
    key = _FLOW_KEY if data.lstrip()[:1] == b"{" else _KEY
    return re.search(key, data) is not None and re.search(_TYPE, data) is not None


# --- walking --------------------------------------------------------------------------------------


class _Hit(NamedTuple):
    """A file that a walk came upon, or a place where it could not go on."""

    path: str
    stack: Stack | None = None
    refused: str = ""


class _Walk:
    """The files below a folder that nobody ignores, in order.

    Symbolic links are not followed: what they lead to has a path of its own, or is none of the
    project's business. A glob's `pattern` narrows it to what it matches, whatever the suffix.
    """

    def __init__(
        self, top: str, exclude: Sequence[Ignore], pattern: re.Pattern[str] | None = None
    ) -> None:
        self.top, self.exclude, self.pattern = top, tuple(exclude), pattern

    def hits(self) -> Iterator[_Hit]:
        for hit in self._folder(self.top, _above(self.top)):
            if self.pattern is None or hit.refused or self._matches(hit.path):
                yield hit

    def _matches(self, path: str) -> bool:
        """Whether the glob matches a path or a folder above it."""
        assert self.pattern is not None  # noqa: S101
        parts = path[len(inside(self.top)) :].split("/")
        return any(
            self.pattern.fullmatch("/".join(parts[:end])) for end in range(1, len(parts) + 1)
        )

    def _folder(self, folder: str, ignores: tuple[Ignore, ...]) -> Iterator[_Hit]:
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            yield _Hit(folder, refused=(error.strerror or str(error)).lower())
            return
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names and folder != self.top:
            return
        if "manifest.json" in names and is_assembly(folder):
            yield from _assembly(folder)
            return
        if "cdk.json" in names:
            yield from _elsewhere(folder)
        yield from self._entries(folder, entries, ignores)

    def _entries(
        self, folder: str, entries: list[os.DirEntry[str]], ignores: tuple[Ignore, ...]
    ) -> Iterator[_Hit]:
        if any(entry.name == ".gitignore" for entry in entries):
            ignores = (*ignores, *_gitignore(folder, ".gitignore"))
        for entry in entries:
            path = inside(folder) + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name in SKIPPED or _ignored(self.exclude, path, is_folder=True):
                    continue
                if not _ignored(ignores, path, is_folder=True) or is_assembly(path):
                    yield from self._folder(path, ignores)
            elif (
                entry.is_file(follow_symlinks=False)
                and (entry.name.endswith(SUFFIXES) or self._asks_for(path))
                and not _ignored(self.exclude, path, is_folder=False)
                and not _ignored(ignores, path, is_folder=False)
            ):
                yield _Hit(path)

    def _asks_for(self, path: str) -> bool:
        return self.pattern is not None and bool(
            self.pattern.fullmatch(path[len(inside(self.top)) :])
        )


def is_assembly(folder: str) -> bool:
    """Whether a folder is what `cdk synth` writes."""
    return os.path.isfile(f"{folder}/manifest.json") and (
        folder.endswith("/cdk.out") or os.path.isfile(f"{folder}/cdk.out")
    )


def _assembly(folder: str) -> Iterator[_Hit]:
    from lambdalint.assembly import Refused, stacks  # noqa: PLC0415  for CDK apps alone

    for found in stacks(folder):
        if isinstance(found, Refused):
            yield _Hit(found.path, refused=found.reason)
        else:
            yield _Hit(found.template, found)


def _elsewhere(folder: str) -> Iterator[_Hit]:
    """The assembly of the app in a folder, where its `cdk.json` has it made."""
    from lambdalint.assembly import output_of  # noqa: PLC0415  for CDK apps alone

    output = output_of(folder)
    if is_assembly(output) and output in Project(inside(folder)):
        yield from _assembly(output)


# --- .gitignore -----------------------------------------------------------------------------------


class Ignore(NamedTuple):
    """Patterns as in a `.gitignore` of a folder (absolute): the last one that matches decides.

    A pattern is its expression, whether it takes paths back in, and whether it is for folders only.
    https://git-scm.com/docs/gitignore
    """

    folder: str
    patterns: tuple[tuple[re.Pattern[str], bool, bool], ...]

    @classmethod
    def of(cls, lines: Iterable[str], folder: str) -> Ignore:
        return cls(absolute(folder), tuple(filter(None, map(_ignoring, lines))))

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path is ignored; None if no pattern matches."""
        start = inside(self.folder)
        if not path.startswith(start):
            return None
        below = path[len(start) :]
        for expression, negated, folders_only in reversed(self.patterns):
            if (is_folder or not folders_only) and expression.match(below):
                return not negated
        return None


def _ignored(ignores: Sequence[Ignore], path: str, *, is_folder: bool) -> bool:
    """Whether a path is ignored; the innermost `.gitignore` that knows it decides."""
    for ignore in reversed(ignores):
        if (verdict := ignore.verdict(path, is_folder=is_folder)) is not None:
            return verdict
    return False


def _gitignore(folder: str, name: str) -> Iterator[Ignore]:
    data = _bytes(inside(folder) + name)
    if isinstance(data, bytes):
        yield Ignore.of(data.decode("utf-8-sig", "replace").splitlines(), folder)


def _above(folder: str) -> tuple[Ignore, ...]:
    """What the repository says about a folder from further up; nothing outside a repository."""
    ignores: list[Ignore] = []
    while not os.path.exists(inside(folder) + ".git"):
        above = os.path.dirname(folder)
        if above == folder:
            return ()
        folder = above
        ignores[:0] = _gitignore(folder, ".gitignore")
    return (*_gitignore(folder, ".git/info/exclude"), *ignores)


def _ignoring(line: str) -> tuple[re.Pattern[str], bool, bool] | None:
    line = re.sub(r"(?<!\\) +$", "", line)
    if not line or line[0] == "#":
        return None
    negated = line[0] == "!"
    line = line[negated:]
    folders_only = line.endswith("/")
    line = line.removesuffix("/")
    anywhere = "" if "/" in line else "(?:.*/)?"
    try:
        return (
            re.compile(f"{anywhere}{_regex(line.lstrip('/'))}$", re.DOTALL),
            negated,
            folders_only,
        )
    except re.error:  # `[z-a]`: matches nothing, in git too
        return None


_PIECE = r"(^|/)\*\*+/|/\*\*+$|\*+|\?|\[[!^]?\]?(?:\\.|[^\]\\])*\]|\\.|."


_DEEP, _STAR = "(?:.*/)?", "[^/]*"
_LAZY = {_DEEP: "(?:.*?/)??", _STAR: "[^/]*?"}


def _regex(glob: str) -> str:
    """A glob as a regular expression: `*` stays within a name, `**` between slashes does not.

    What stands before a further star is matched as early as it can be, and never again: a pattern
    of many stars takes no longer than it must.
    """
    if re.fullmatch(r"\*\*+", glob):
        return ".+"
    glob = re.sub(r"(^|/)(?:\*\*+/)+", r"\1**/", glob)
    found: list[str] = []
    last: dict[str, int] = {}
    for match in re.finditer(_PIECE, glob, re.DOTALL):
        for piece in _translated(match[0]):
            if piece in _LAZY and (start := last.get(piece)) is not None:
                found[start:] = ["(?>", _LAZY[piece], *found[start + 1 :], ")"]
            if piece in ("/", _DEEP):
                last.pop(_STAR, None)
            if piece in _LAZY:
                last[piece] = len(found)
            found.append(piece)
    return "".join(found)


def _translated(piece: str) -> list[str]:
    if piece.endswith("**/"):
        return ["/", _DEEP] if piece[0] == "/" else [_DEEP]
    if piece.startswith("/**"):
        return ["/", ".+"]
    if piece[0] == "*":
        return [_STAR]
    if piece == "?":
        return ["[^/]"]
    if piece[0] == "[" and len(piece) > 1:
        inner = piece[1:-1]
        negated = inner[0] in "!^"
        members = inner[negated:].replace("[", "\\[")
        if members[0] == "]":
            members = "\\" + members
        return [f"(?!/)[{'^' * negated}{members}]"]
    return [re.escape(piece[1:] if piece[0] == "\\" and len(piece) > 1 else piece)]
