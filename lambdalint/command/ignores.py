"""`lambdalint check --add-ignores`: what is reported is ignored from now on, for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from yaml.reader import Reader

from lambdalint import ignoring, repair
from lambdalint.command.repairing import Rewritten
from lambdalint.rule import Outcome
from lambdalint.run import Reading
from lambdalint.suppress import reason_of

_OTHERS = {
    "fix": "repair first, then ignore what is left.",
    "diff_fixes": "repair first, then ignore what is left.",
    "write_baseline": "what is ignored needs no baseline.",
    "update_baseline": "bring the baseline up to date first.",
}


def refuse(options: dict[str, Any]) -> None:
    """Raises `click.UsageError` for a reason that nobody could read back, and for other options
    that write files.
    """
    reason = options["add_ignores"].strip()
    if not reason:
        raise click.UsageError("--add-ignores needs a reason: without one, no ignore counts.")
    if len(reason.splitlines()) > 1 or Reader.NON_PRINTABLE.search(reason):
        raise click.UsageError("--add-ignores: the reason must be one line of printable text.")
    if (left := reason_of(f" {reason}")) != reason:
        raise click.UsageError(
            f'--add-ignores: of {reason!r}, only {left!r} would count: a reason ends before " #", '
            "and neither begins nor ends with - or :."
        )
    for name, instead in _OTHERS.items():
        if options[name]:
            other = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"--add-ignores and {other} exclude each other: {instead}")


def add_ignores(
    reading: Reading,
    found: Outcome,
    told: Outcome,
    check: Callable[[Reading], Outcome],
    reason: str,
) -> Rewritten:
    """Ignore what is `told` of all that was `found`, and say what is left."""
    ignored = ignoring.ignore(reading, found, told, check, reason)
    problems = repair.write(reading.files, ignored.texts)
    if problems:
        locked = {problem.file for problem in problems}
        ignored = ignoring.ignore(reading, found, told, check, reason, locked)
    outcome = ignored.outcome._replace(problems=(*ignored.outcome.problems, *problems))
    piped = repair.piped(reading.files, ignored.texts)
    return Rewritten(outcome, ignoring.summary(ignored), piped=piped)
