"""The baseline of a run: written, gone by, or brought up to date."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from lambdalint.baseline import Baseline, Held, Scope
from lambdalint.command.ending import warn
from lambdalint.config import Settings, known_rules
from lambdalint.files import looks_like_template
from lambdalint.parameters import BadSetting
from lambdalint.report.count import counted
from lambdalint.report.escape import visible
from lambdalint.rule import CFN_LINT, Outcome, Rule
from lambdalint.run import Reading


def hold(
    outcome: Outcome,
    reading: Reading,
    rules: Iterable[Rule],
    settings: Settings,
    options: dict[str, Any],
) -> Outcome:
    """What a run has to say that no baseline knows; raises `BadSetting`."""
    quiet = options["quiet"]
    if file := options["write_baseline"]:
        _spare(file)
        baseline = Baseline.of(file, outcome)
        baseline.save()
        _tell(f"{file}: {counted(len(baseline.entries), 'finding')} written", quiet=quiet)
        return outcome._replace(findings=(), held=len(baseline.entries))
    baseline = Baseline.load(settings.baseline)
    held = baseline.hold(outcome, _scope(outcome, reading, rules, options))
    if options["update_baseline"]:
        baseline._replace(entries=held.left).save()
        dropped, kept = counted(len(held.stale), "finding"), len(held.left)
        _tell(f"{baseline.file}: {dropped} dropped, {kept} kept", quiet=quiet)
        if not reading.whole and not quiet:
            warn("with parameters not every deployment is looked at, so nothing is dropped")
    elif held.stale and not quiet:
        _warn_of_stale(baseline, held)
    return held.outcome


def _spare(file: str) -> None:
    """Raises `BadSetting` where a baseline would take the place of a template."""
    with suppress(OSError):
        # From a pipe, nothing may ever come.
        if Path(file).is_file() and looks_like_template(Path(file).read_bytes()):
            raise BadSetting("the baseline would overwrite a template, name another file", file)


def _scope(
    outcome: Outcome, reading: Reading, rules: Iterable[Rule], options: dict[str, Any]
) -> Scope:
    ran = {rule.id for rule in rules}
    if options["cfn_lint"] and not outcome.problems:
        ran.add(CFN_LINT)
    # Of what a rule that failed would have found, nobody knows.
    crashed = any(problem.internal for problem in outcome.problems)
    return Scope(ran, known_rules(), reading.whole and not crashed)


def _warn_of_stale(baseline: Baseline, held: Held) -> None:
    first = held.stale[0]
    about = f" ({first.resource})" if first.resource else ""
    more = f" and {len(held.stale) - 1} more" if len(held.stale) > 1 else ""
    warn(
        f"{baseline.file}: nothing breaks {first.rule} in {first.template}{about}{more} any more, "
        "--update-baseline drops what is gone"
    )


def _tell(said: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(visible(said), err=True)
