"""How a command ends: what it complains of, and what it exits with."""

# What only some endings need is imported in them.
# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from lambdalint.command.reports import Report
    from lambdalint.parameters import BadSetting
    from lambdalint.rule import Outcome, Severity
    from lambdalint.run import Reading

FOUND, UNUSABLE, FAILED = 1, 2, 3


@contextmanager
def answering() -> Iterator[None]:
    """Exits with 2 where a setting is bad, with 3 where lambdalint itself fails."""
    # What is read is kept to the end: looking for garbage in it costs more than all the rest.
    gc.disable()
    from lambdalint.parameters import BadSetting

    try:
        yield
    except BadSetting as bad:
        refuse(bad)
    except click.ClickException:
        raise
    except Exception as crash:  # noqa: BLE001  never a traceback
        if lost := _lost():
            refuse(BadSetting(f"the working folder cannot be read: {lost}"))
        from lambdalint.engine import describe

        said = _visible(describe(crash))
        click.echo(f"error: lambdalint failed, please report this: {said}", err=True)
        sys.exit(FAILED)
    finally:
        gc.freeze()
        gc.enable()


def _lost() -> str:
    """What keeps the working folder from being one, "" as a rule: somebody may have removed it."""
    try:
        os.getcwd()  # noqa: PTH109  it is not needed as a path
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def refuse(bad: BadSetting) -> NoReturn:
    """Exit because of a setting that nobody can follow."""
    place = f":{bad.line}:{bad.column}" if bad.line else ""
    where = f"{bad.file}{place}: " if bad.file else ""
    click.echo(f"{where}error: {_visible(bad.message)}", err=True)
    sys.exit(UNUSABLE)


def status(outcome: Outcome, fail_on: Severity | None) -> int:
    """What to exit with."""
    if any(problem.internal for problem in outcome.problems):
        return FAILED
    if outcome.problems:
        return UNUSABLE
    if fail_on and any(finding.severity >= fail_on for finding in outcome.findings):
        return FOUND
    return 0


def complain(outcome: Outcome, reports: Iterable[Report], held: Container[str]) -> None:
    """Say on stderr what kept templates from being looked at, unless it is on stdout already:
    in a report whose format holds it.
    """
    from lambdalint.report import concise
    from lambdalint.rule import Outcome as Part

    if any(report.format in held and report.place == "stdout" for report in reports):
        return
    click.echo(concise.render(Part(problems=outcome.problems)), nl=False, err=True)


def mind(outcome: Outcome, paths: tuple[str, ...]) -> None:
    """Say that there was nothing to look at."""
    if not outcome.files and not outcome.problems:
        warn(f"no template found in {', '.join(paths) or 'this folder'}")


def warn_of_macros(reading: Reading, why: str) -> None:
    """Say which templates are not known in full."""
    for template in reading.templates:
        if macros := ", ".join(str(macro.data) for macro in template.macros()):
            warn(f"{template.file}: {why}, nobody knows what {macros} makes of it")


def warn(said: str) -> None:
    """Say on stderr that something may be less than somebody expects."""
    click.echo(f"warning: {_visible(said)}", err=True)


def _visible(text: str) -> str:
    from lambdalint.report.escape import visible

    return visible(text)
