"""The command line: the only place that prints and exits."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from lambdalint import __version__

if TYPE_CHECKING:
    from lambdalint.config import Settings
    from lambdalint.parameters import BadSetting
    from lambdalint.rule import Outcome, Rule, Severity
    from lambdalint.run import Given

FOUND, UNUSABLE, FAILED = 1, 2, 3
WIDTH = 100  # columns, where there is no terminal to ask


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lambdalint", message="%(prog)s %(version)s")
def main() -> None:
    """Lint the trigger wiring of AWS Lambda in CloudFormation, SAM and CDK templates.

    Needs no AWS account, no credentials and no network, and runs nothing of what it reads.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that has no × must not stop us
            stream.reconfigure(errors="backslashreplace")


@main.command(
    short_help="Check templates.",
    epilog="""\b
Exit codes:
  0  nothing at or above --fail-on
  1  findings
  2  bad usage, bad configuration, or a template that cannot be read
  3  lambdalint itself failed

A rule is selected by its id (sqs/short-visibility-timeout), by its family (sqs) or by ALL; the
more specific word wins. A rule that is off by default runs when any of these selects it.""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    type=click.Choice(["text", "concise", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option("--output", metavar="FILE", help="Write the report to FILE.")
@click.option("--select", multiple=True, metavar="RULES", help="Run only these rules.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Run these rules as well.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not run these rules.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Exit with 1 from this severity on.  [default: warning]",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Say what a parameter of the template is.",
)
@click.option(
    "--parameters-file",
    "parameter_files",
    multiple=True,
    metavar="FILE",
    help="Read parameters from JSON or YAML: a mapping, or what the AWS CLI or CodePipeline take.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Pass over what matches, as a line of .gitignore would.",
)
@click.option("--config", metavar="FILE", help="Use this lambdalint.toml or pyproject.toml.")
@click.option("--no-config", is_flag=True, help="Use no configuration file.")
@click.option("--show-unknown", is_flag=True, help="List what could not be judged, and why.")
@click.option("--stdin-filename", metavar="FILE", default="", help="What to call the text of -.")
@click.option(
    "--color/--no-color", default=None, help="Colour the report.  [default: on a terminal]"
)
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Check templates: files, folders, globs, a cdk.out, or - for stdin (default: this folder).

    Folders are searched for templates, without what .gitignore names, and without following
    symbolic links. Of a CDK assembly, the stacks in its manifest are read.
    """
    from lambdalint.parameters import BadSetting

    try:
        settings, rules, given = _prepare(options)
        outcome = _run(paths or (".",), settings, rules, given, options)
    except BadSetting as bad:
        _refuse(bad)
    _report(outcome, options)
    if not outcome.files and not outcome.problems:
        where = ", ".join(map(_visible, paths)) or "this folder"
        click.echo(f"warning: no template found in {where}", err=True)
    sys.exit(_status(outcome, settings.fail_on))


def _prepare(options: dict[str, Any]) -> tuple[Settings, list[Rule], Given]:
    """The configuration with the command line on top of it; raises `BadSetting`."""
    from lambdalint import config
    from lambdalint.parameters import of_file, of_options
    from lambdalint.run import Given

    if options["config"] and options["no_config"]:
        raise click.UsageError("--config and --no-config exclude each other.")
    settings = config.Settings()
    if options["config"]:
        settings = config.load(Path(options["config"])) or settings
    elif not options["no_config"]:
        settings = config.find()
    if fail_on := options["fail_on"]:
        settings = settings._replace(fail_on=config.SEVERITIES.get(fail_on))
    select = config.words(options["select"], "--select")
    selection = config.Selection(
        select if options["select"] else None,
        config.words(options["extend_select"], "--extend-select"),
        config.words(options["ignore"], "--ignore"),
    )
    files: dict[str, str] = {}
    for file in options["parameter_files"]:
        files |= of_file(file)
    rules = config.choose([settings.selection, selection])
    return settings, rules, Given(of_options(options["parameters"]), files)


def _run(
    paths: Iterable[str],
    settings: Settings,
    rules: list[Rule],
    given: Given,
    options: dict[str, Any],
) -> Outcome:
    """What there is to say; exits with 3 where lambdalint itself fails outside of any rule."""
    from lambdalint import run
    from lambdalint.parameters import BadSetting

    # What is read is kept to the end: looking for garbage in it costs more than all the rest.
    gc.disable()
    try:
        return run.check(
            paths,
            rules,
            settings,
            given=given,
            exclude=options["exclude"],
            stdin_filename=options["stdin_filename"],
            unknown=options["show_unknown"] or options["format"] in {"json", "text"},
        )
    except BadSetting:
        raise
    except Exception as crash:  # noqa: BLE001  never a traceback
        from lambdalint.engine import describe

        said = _visible(describe(crash))
        click.echo(f"error: lambdalint failed, please report this: {said}", err=True)
        sys.exit(FAILED)
    finally:
        gc.freeze()
        gc.enable()


def _status(outcome: Outcome, fail_on: Severity | None) -> int:
    if any(problem.internal for problem in outcome.problems):
        return FAILED
    if outcome.problems:
        return UNUSABLE
    if fail_on and any(finding.severity >= fail_on for finding in outcome.findings):
        return FOUND
    return 0


def _report(outcome: Outcome, options: dict[str, Any]) -> None:
    """Write the report; what is for people has its problems on stderr."""
    format, output = options["format"], options["output"]
    if format in {"text", "concise"}:
        from lambdalint.report import concise
        from lambdalint.rule import Outcome as Part

        # Problems last, where they are seen.
        said = concise.render(Part(problems=outcome.problems))
        outcome = outcome._replace(problems=())
    colour = options["color"]
    if colour is None:
        colour = not output and _colourful(sys.stdout)
    text = _rendered(outcome, format, colour=colour, show_unknown=options["show_unknown"])
    if output and output != "-":
        try:
            Path(output).write_text(text, "utf-8")
        except OSError as error:
            raise click.UsageError(f"--output {output}: {error.strerror}") from None
    elif outcome.files or format not in {"text", "concise"}:
        click.echo(text, nl=False, color=colour)
    if format in {"text", "concise"}:
        click.echo(said, nl=False, err=True)


def _rendered(outcome: Outcome, format: str, *, colour: bool, show_unknown: bool) -> str:
    match format:
        case "concise":
            from lambdalint.report import concise

            return concise.render(outcome, show_unknown=show_unknown)
        case "json":
            from lambdalint.report import json

            return json.render(outcome)
        case "sarif":
            from lambdalint.report import sarif

            return sarif.render(outcome)
        case "github":
            from lambdalint.report import github

            return github.render(outcome)
    from lambdalint.report import text

    return text.render(outcome, colour=colour, width=_width(), show_unknown=show_unknown)


def _colourful(stream: TextIO) -> bool:
    """Whether to colour: https://no-color.org, https://force-color.org, or else a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if force := os.environ.get("FORCE_COLOR"):
        return force != "0"
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _width() -> int:
    if (columns := os.environ.get("COLUMNS", "")).isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH


def _visible(text: str) -> str:
    from lambdalint.report.escape import visible

    return visible(text)


def _refuse(bad: BadSetting) -> NoReturn:
    place = f":{bad.line}:{bad.column}" if bad.line else ""
    where = f"{bad.file}{place}: " if bad.file else ""
    click.echo(f"{where}error: {_visible(bad.message)}", err=True)
    sys.exit(UNUSABLE)


@main.command(short_help="Show the page of a rule.")
@click.argument("rule")
def explain(rule: str) -> None:
    """Show the page of a RULE: what is wrong, why it hurts, and how to repair it."""
    from lambdalint import config
    from lambdalint.parameters import BadSetting

    try:
        found = config.find_rule(rule)
    except BadSetting as bad:
        _refuse(bad)
    page = _page(found)
    if _colourful(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(force_terminal=True, width=min(_width(), WIDTH)).print(Markdown(page))
    else:
        click.echo(page, nl=False)


def _page(rule: Rule) -> str:
    """The page with what its front matter says below it."""
    default = "on" if rule.enabled else "off"
    facts = [f"`{rule.id}`: {rule.severity.name.lower()}, {default} by default"]
    facts += [f"option `{name}`: {value!r} by default" for name, value in rule.options.items()]
    facts += [f"source: <{source}>" for source in rule.sources]
    return f"{rule.page.rstrip()}\n\n---\n\n" + "".join(f"- {fact}\n" for fact in facts)


@main.command(short_help="List all rules.")
def rules() -> None:
    """List all rules: id, severity, whether on or off by default, and what is wrong."""
    from lambdalint import config

    rows = [
        (rule.id, rule.severity.name.lower(), "on" if rule.enabled else "off", rule.title)
        for rule in map(config.find_rule, config.known_rules())
    ]
    if _colourful(sys.stdout):
        from rich.console import Console
        from rich.table import Table

        table = Table("rule", "severity", "default", "what is wrong", box=None)
        for row in rows:
            table.add_row(*row)
        Console(force_terminal=True, width=_width()).print(table)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
