"""`lambdalint check --watch`: a check whenever something changes that it may have read."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import strftime
from typing import Any, Final

import click

from lambdalint.command.reports import Report
from lambdalint.files import STDIN, SUFFIXES, repository
from lambdalint.parameters import BadSetting
from lambdalint.source.locate import SUFFIXES as CODE

INSTALL: Final = "pip install 'lambdalint[watch]'"

# What a check reads: templates and code, what they include, configuration.
_READ = frozenset({*SUFFIXES, *(suffix for suffixes in CODE.values() for suffix in suffixes)})
_READ |= {".toml", ""}  # without a suffix: .gitignore, .cfnlintrc, and folders that move

# How long, in milliseconds, to wait before the first check for what tells of changes.
_READY = 100


def watch(
    check: Callable[[], None],
    paths: Sequence[str],
    reports: Iterable[Report],
    options: dict[str, Any],
) -> None:
    """Check now and after each change, until somebody ends it; raises `BadSetting`.

    `check` ends with `SystemExit`, as a command does. All that lies in the repositories of the
    paths is watched, and in this folder.
    """
    for name in ("fix", "diff_fixes", "add_ignores", "write_baseline", "update_baseline"):
        if options[name]:
            other = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"--watch and {other} exclude each other: it only looks.")
    if STDIN in paths:
        raise click.UsageError("--watch: stdin does not change, name files or folders.")
    is_read = reader(paths, options, reports)
    try:
        for changed in _changes(folders(paths), is_read):
            if changed and sys.stdout.isatty():
                click.clear()
            _once(check)
            if not options["quiet"]:
                said = f"checked at {strftime('%H:%M:%S')}, waiting for changes (Ctrl-C ends)"
                click.echo(said, err=True)
    except KeyboardInterrupt:
        click.echo(err=True)  # behind the ^C that a terminal shows
    sys.exit(0)


def _once(check: Callable[[], None]) -> None:
    """One check, after which nothing of it is kept."""
    with suppress(SystemExit):
        check()
    gc.unfreeze()
    gc.collect()


def folders(paths: Iterable[str]) -> list[str]:
    """The folders that hold all that is read for some paths: none lies in another."""
    given = map(Path, paths)
    there = [next(one for one in (path, *path.parents) if one.is_dir()) for path in given]
    tops = {Path(), *(Path(repository(str(folder.resolve()))) for folder in there)}
    whole = {top.resolve() for top in tops}
    return sorted(str(one) for one in whole if whole.isdisjoint(one.parents))


def reader(
    paths: Iterable[str], options: dict[str, Any], reports: Iterable[Report]
) -> Callable[[str], bool]:
    """Whether a check may have read a path that changed: not so what it writes itself."""
    given = (*paths, *options["parameter_files"], options["config"], options["baseline"])
    named = {Path(one).resolve() for one in given if one}
    written = {Path(report.file).resolve() for report in reports if report.place != "stdout"}

    def is_read(path: str) -> bool:
        file = Path(path)
        return file not in written and (file in named or file.suffix in _READ)

    return is_read


def _changes(folders: list[str], is_read: Callable[[str], bool]) -> Iterator[bool]:
    """False once the folders are watched, and True after each change of what is read."""
    try:
        import watchfiles  # noqa: PLC0415  few have it
    except ImportError:
        raise BadSetting(f"--watch needs watchfiles: {INSTALL}") from None
    is_source = watchfiles.DefaultFilter()  # no caches, no copies that editors keep
    begun = False
    try:
        for changes in watchfiles.watch(
            *folders,
            watch_filter=lambda change, path: is_source(change, path) and is_read(path),
            rust_timeout=_READY,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            if changes or not begun:
                yield begun
                begun = True
    except OSError as error:
        raise BadSetting(f"--watch: {error}") from None
