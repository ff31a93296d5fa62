"""`lambdalint check --fix`, and what goes with it: repairs that are made, or only shown."""

# What only repairs need is imported for them.
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from lambdalint.command.reports import Report
    from lambdalint.rule import Outcome
    from lambdalint.run import Reading


def repair_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that repairs."""
    for add in (
        click.option(
            "--diff-fixes", is_flag=True, help="Show what --fix would change, instead of a report."
        ),
        click.option(
            "--unsafe-fixes", is_flag=True, help="Repair in ways, too, that somebody must judge."
        ),
        click.option(
            "--fix", is_flag=True, help="Repair what can be repaired, and report what is left."
        ),
    ):
        command = add(command)
    return command


def wants_repairs(options: dict[str, Any]) -> bool:
    """Whether to repair, or to show how."""
    ways = options["fix"] + options["diff_fixes"]
    if ways > 1:
        raise click.UsageError("--fix and --diff-fixes exclude each other.")
    if options["unsafe_fixes"] and not ways:
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff-fixes.")
    return bool(ways)


class Rewritten(NamedTuple):
    """What there is to report once files are rewritten, or it is shown how, lines that count what
    was done, and what stdout is for then: the `diff` that shows it, or the text that was `piped` in.
    """

    outcome: Outcome
    summary: str
    diff: str | bytes | None = None
    piped: bytes | None = None

    def beside(self, reports: Sequence[Report]) -> list[Report]:
        """The reports that there is room for: stderr takes what a piped text keeps from stdout."""
        if self.diff is not None:
            return [report for report in reports if report.place != "stdout"]
        return [report._replace(aside=self.piped is not None) for report in reports]

    def write(self, *, quiet: bool) -> None:
        """Say what was done."""
        for text in (self.diff, self.piped):
            if text is not None:
                click.echo(text, nl=False)
        if not quiet:
            click.echo(self.summary, nl=False, err=True)


def repair(
    reading: Reading, check: Callable[[Reading], Outcome], options: dict[str, Any]
) -> Rewritten:
    """Repair files, or show how, and say what is left."""
    from lambdalint import repair

    made = options["fix"]
    repaired = repair.repair(reading, check, unsafe=options["unsafe_fixes"])
    summary = repair.summary(repaired, made=made)
    if not made:
        shown = sys.stdout.isatty()
        diff = repair.diff(reading.files, repaired.texts, shown=shown)
        # Whatever stdout is encoded in, a patch has the bytes of the files.
        return Rewritten(repaired.before, summary, diff=diff if shown else diff.encode())
    problems = (*repaired.outcome.problems, *repair.write(reading.files, repaired.texts))
    outcome = repaired.outcome._replace(problems=problems)
    return Rewritten(outcome, summary, piped=repair.piped(reading.files, repaired.texts))
