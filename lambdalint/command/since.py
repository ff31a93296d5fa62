"""`--diff`: what is found now, and was not in a revision of the git repository."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click

from lambdalint import run
from lambdalint.command.reading import given_of
from lambdalint.config import Settings
from lambdalint.files import STDIN
from lambdalint.here import meant
from lambdalint.parameters import BadSetting
from lambdalint.revision import Revision
from lambdalint.rule import Finding, Outcome, Rule, written

# What cfn-lint reads where it stands.
_CFN_LINT = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml")


def since(
    paths: Sequence[str], rules: Sequence[Rule], settings: Settings, options: dict[str, Any]
) -> Callable[[Outcome], Outcome]:
    """Tells what is new in an outcome, and how much of it is older; raises `BadSetting`."""
    if STDIN in paths:
        raise click.UsageError("--diff: what comes from stdin is in no revision.")
    revision = Revision(options["diff"])
    asked = [_inside(path, revision.top) for path in paths or (".",)]
    return lambda outcome: _new(outcome, revision, asked, rules, settings, options)


def _new(
    outcome: Outcome,
    revision: Revision,
    asked: Sequence[str],
    rules: Sequence[Rule],
    settings: Settings,
    options: dict[str, Any],
) -> Outcome:
    renamed = revision.renamed()
    # A path that is named, or a folder, may have had another name.
    now = {_within(file, revision.top) for file in outcome.files}
    asked = [*asked, *(old for old, new in renamed.items() if new in now)]
    older = [
        _Known(finding, renamed.get(file, file))
        for finding, file in _before(revision, asked, rules, settings, options)
    ]
    known = [_Known(one, _within(one.at.source.file, revision.top)) for one in outcome.findings]
    new = tuple(one.finding for one in _without(known, older))
    return outcome._replace(findings=new, older=len(known) - len(new))


# --- the revision ---------------------------------------------------------------------------------


def _before(
    revision: Revision,
    paths: Iterable[str],
    rules: Sequence[Rule],
    settings: Settings,
    options: dict[str, Any],
) -> list[tuple[Finding, str]]:
    """What the same run finds in the revision, and in which of its files."""
    here, folder = Path.cwd(), Path(settings.folder).absolute()
    # What is excluded is told from the folder of the configuration, which may lie further up.
    above = folder if revision.top.is_relative_to(folder) else revision.top
    given = given_of(options)
    with TemporaryDirectory(prefix="lambdalint-") as made:
        top = Path(made).resolve() / revision.top.relative_to(above)
        (top / ".git").mkdir(parents=True)  # where the project ends, as it does here
        revision.export(top)
        there = _made(top / here.relative_to(revision.top))
        _configure(there, here)
        if folder.is_relative_to(above):
            moved = Path(made).resolve() / folder.relative_to(above)
            settings = settings._replace(folder=str(moved))
        with chdir(there):
            reading = run.read(
                [os.path.relpath(top / path) for path in paths],
                settings,
                # A parameter that no template had yet is no mistake.
                given=run.Given(files={**given.files, **given.options}),
                exclude=options["exclude"],
                only_templates=options["only_templates"],
            )
            found = run.check(reading, rules, settings, cfn_lint=options["cfn_lint"]).findings
            return [(one, _within(one.at.source.file, top)) for one in found]


def _made(folder: Path) -> Path:
    """A folder that is made if need be; where that was a file then, the one that the file lies in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return _made(folder.parent)
    return folder


def _configure(there: Path, here: Path) -> None:
    """Have cfn-lint configured there as it is here."""
    for name in _CFN_LINT:
        if (there / name).is_dir():  # cfn-lint passes over it
            continue
        (there / name).unlink(missing_ok=True)
        if (here / name).is_file():
            shutil.copyfile(here / name, there / name)


def _inside(path: str, top: Path) -> str:
    """Where a path lies in the repository; raises `BadSetting` outside."""
    found = _within(path, top)
    if found.partition("/")[0] == ".." or Path(found).is_absolute():
        raise BadSetting(f"--diff: {path} does not lie in the repository of this folder")
    return found


def _within(path: str, top: Path) -> str:
    """A path as the repository tells it, whatever links lead to the repository itself."""
    whole = Path(meant(path))  # links in the repository stay links
    if not whole.is_relative_to(top):
        whole = whole.parent.resolve() / whole.name
    try:
        return Path(os.path.relpath(whole, top)).as_posix()
    except ValueError:  # another drive
        return whole.as_posix()


# --- what is the same -----------------------------------------------------------------------------


class _Known(NamedTuple):
    """A finding, and what its file is called now, from the top of the repository."""

    finding: Finding
    file: str

    @property
    def place(self) -> Hashable:
        """Where it is, whatever line that is: in code, what the line says."""
        at = self.finding.at
        return self._subject, at.path, at.turn, written(at) if at.span else ""

    @property
    def exact(self) -> Hashable:
        return self.place, self._said

    @property
    def among(self) -> Hashable:
        """What it says, wherever in a list: something may have been put before it."""
        at = self.finding.at
        keys = tuple(key for key in at.path if not isinstance(key, int))
        return self._subject, keys, at.turn, written(at) if at.span else "", self._said

    @property
    def _subject(self) -> Hashable:
        return self.finding.rule.id, self.file, self.finding.resource

    @property
    def _said(self) -> Hashable:
        return self.finding.message, self.finding.when


# The closest first, so that of two at one place the one stays that is not the same.
_LIKENESSES: tuple[Callable[[_Known], Hashable], ...] = (
    lambda one: one.exact,
    lambda one: one.among,
    lambda one: one.place,
)


def _without(found: Iterable[_Known], older: Iterable[_Known]) -> list[_Known]:
    """What is found but for what is older, one for one; what has become more severe stays."""
    new, old = [*found], [*older]
    for likeness in _LIKENESSES:
        left: dict[Hashable, list[_Known]] = defaultdict(list)
        for one in old:
            left[likeness(one)].append(one)
        rest = []
        for one in new:
            alike = left[likeness(one)]
            severe = (each for each in alike if each.finding.severity >= one.finding.severity)
            if (same := next(severe, None)) is None:
                rest.append(one)
            else:
                alike.remove(same)
        new, old = rest, [one for alike in left.values() for one in alike]
    return new
