"""The command line; it, and the commands below it, are the only place that prints and exits."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from lambdalint import __version__
from lambdalint.command.ending import answering, complain, mind, status
from lambdalint.command.reading import chosen, read, reads, rules_option, settings_of
from lambdalint.command.repairing import repair, repair_options, wants_repairs
from lambdalint.command.reports import Report, Reporter, report_options, spare
from lambdalint.terminal import width

if TYPE_CHECKING:
    from lambdalint.config import Settings
    from lambdalint.rule import Outcome, Rule

# What only other commands need is not waited for: the name of a command → its module.
_OTHERS = {
    "explain": "pages",
    "graph": "graph",
    "lsp": "lsp",
    "rules": "pages",
    "triggers": "triggers",
}


class _Commands(click.Group):
    """The commands, each imported when somebody wants it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *_OTHERS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _OTHERS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"lambdalint.command.{_OTHERS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="lambdalint", message="%(prog)s %(version)s")
def main() -> None:
    """Lint the trigger wiring of AWS Lambda in CloudFormation, SAM and CDK templates.

    Needs no AWS account, no credentials and no network, and runs nothing of what it reads.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that has no × must not stop us
            stream.reconfigure(errors="backslashreplace")


FORMATS = ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"]
READABLE = {"text", "concise"}


@main.command(
    cls=Reporter,
    short_help="Check templates.",
    epilog="""\b
Exit codes:
  0  nothing at or above --fail-on
  1  findings
  2  bad usage, bad configuration, or a template that cannot be read
  3  lambdalint itself failed

\b
Several reports at once, the first of them on the terminal:
  --format text --format sarif=lambdalint.sarif
  --format text --format sarif --output lambdalint.sarif
On GitHub Actions:
  --format github --format markdown="$GITHUB_STEP_SUMMARY"

A rule is selected by its id (sqs/short-visibility-timeout), by its family (sqs) or by ALL; the
more specific word wins. A rule that is off by default runs when any of these selects it.""",
)
@report_options(FORMATS, "How to report.")
@rules_option("--select", "Run only these rules.")
@rules_option("--extend-select", "Run these rules as well.")
@rules_option("--ignore", "Do not run these rules.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Exit with 1 from this severity on.  [default: warning]",
)
@click.option(
    "--baseline",
    type=click.Path(),
    metavar="FILE",
    help="Hold back the findings that FILE lists, and tell only what is new.",
)
@click.option(
    "--write-baseline",
    type=click.Path(),
    metavar="FILE",
    help="Write all that is found now into FILE, as a baseline.",
)
@click.option(
    "--update-baseline",
    is_flag=True,
    help="Drop from the baseline what is not found any more.",
)
@reads
@click.option(
    "--diff", metavar="REVISION", help="Tell only what this revision of git does not have yet."
)
@repair_options
@click.option(
    "--add-ignores",
    metavar="REASON",
    help="Write an ignore with this REASON for all that is told, and report what is left.",
)
@click.option(
    "--watch", is_flag=True, help="Check again whenever a template, code or setting changes."
)
@click.option("--cfn-lint", is_flag=True, help="Tell what cfn-lint finds as well.")
@click.option("--show-unknown", is_flag=True, help="List what could not be judged, and why.")
@click.option(
    "--statistics", is_flag=True, help="Count the findings of each rule instead of showing them."
)
@click.option(
    "--color/--no-color", default=None, help="Colour the report.  [default: on a terminal]"
)
def check(paths: tuple[str, ...], reports: Sequence[Report], **options: Any) -> None:
    """Check templates: files, folders, globs, a cdk.out, or - for stdin (default: this folder).

    Folders are searched for templates, without what .gitignore names, and without following
    symbolic links. Of a CDK assembly, the stacks in its manifest are read.
    """
    wanted = {report.format for report in reports}
    for option in ("statistics", "watch"):
        if options[option] and not wanted & READABLE:
            raise click.UsageError(f"--{option} is for people: it needs --format text.")
    once = partial(_check, paths, reports, options)
    if options["watch"]:
        from lambdalint.command.watch import watch

        with answering():
            watch(once, paths, reports, options)
    once()


def _check(paths: tuple[str, ...], reports: Sequence[Report], options: dict[str, Any]) -> NoReturn:
    """One check, to its end."""
    wanted = {report.format for report in reports}
    rewritten = None
    repairing = wants_repairs(options)
    _refuse(options, repairing=repairing)
    with answering():
        from lambdalint import run
        from lambdalint.command.progress import listening
        from lambdalint.report import formats

        settings = settings_of(options)
        rules = chosen(settings, options)
        new = _since(paths, rules, settings, options)
        unknown = options["show_unknown"] or not wanted.isdisjoint({"json", "text"})
        with listening(options, settings) as listener:
            reading = read(paths, settings, options, listener)
            spare(reports, reading)
            lint = partial(
                run.check,
                rules=rules,
                settings=settings,
                unknown=unknown,
                cfn_lint=options["cfn_lint"],
                listener=listener,
            )
            if repairing:
                rewritten = repair(reading, lint, options)
            outcome = found = rewritten.outcome if rewritten else lint(reading)
        if options["write_baseline"] or settings.baseline:
            from lambdalint.command.baselines import hold

            outcome = hold(outcome, reading, rules, settings, options)
        outcome = new(outcome)
        if options["add_ignores"]:
            from lambdalint.command.ignores import add_ignores

            silent = partial(lint, listener=run.NOBODY)
            rewritten = add_ignores(reading, found, outcome, silent, options["add_ignores"].strip())
            outcome = rewritten.outcome
        if rewritten:
            reports = rewritten.beside(reports)
        # What is for people has its problems on stderr, last, where they are seen.
        seen = outcome._replace(problems=())
        texts = [
            formats.check(
                seen if report.format in READABLE else outcome,
                report.format,
                colour=report.colourful(wish=options["color"]),
                width=width(),
                show_unknown=options["show_unknown"],
                statistics=options["statistics"],
                quiet=options["quiet"],
                fail_on=settings.fail_on,
            )
            for report in reports
        ]
    if rewritten:
        rewritten.write(quiet=options["quiet"])
    for report, text in zip(reports, texts, strict=True):
        if outcome.files or report.format not in READABLE or report.place != "stdout":
            report.write(text, colour=report.colourful(wish=options["color"]))
    complain(outcome, reports, held=wanted - READABLE)
    if not options["quiet"]:
        mind(outcome, paths)
    sys.exit(status(outcome, settings.fail_on))


def _since(
    paths: tuple[str, ...], rules: Sequence[Rule], settings: Settings, options: dict[str, Any]
) -> Callable[[Outcome], Outcome]:
    """Tells what is new since the revision of `--diff`: all, where none is named."""
    if options["diff"] is None:
        return lambda outcome: outcome
    from lambdalint.command.since import since

    return since(paths, rules, settings, options)


def _refuse(options: dict[str, Any], *, repairing: bool) -> None:
    """Raises `click.UsageError` for options that contradict each other."""
    if options["add_ignores"] is not None:
        from lambdalint.command.ignores import refuse

        refuse(options)
    differs = options["diff"] is not None
    if repairing and differs:
        raise click.UsageError("--diff: repairs are of all that is found, not only of what is new.")
    if repairing and (options["write_baseline"] or options["update_baseline"]):
        raise click.UsageError(
            "A baseline is written when nothing is to be repaired: repair first."
        )
    if options["write_baseline"] and differs:
        raise click.UsageError("--write-baseline takes in all that is found, not only what is new.")
