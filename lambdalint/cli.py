"""The command line: the only place that prints and exits."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from lambdalint import __version__
from lambdalint.terminal import WIDTH, is_colourful, width

if TYPE_CHECKING:
    from lambdalint.config import Settings
    from lambdalint.flow import Flow
    from lambdalint.parameters import BadSetting
    from lambdalint.rule import Outcome, Rule, Severity
    from lambdalint.run import Reading

FOUND, UNUSABLE, FAILED = 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lambdalint", message="%(prog)s %(version)s")
def main() -> None:
    """Lint the trigger wiring of AWS Lambda in CloudFormation, SAM and CDK templates.

    Needs no AWS account, no credentials and no network, and runs nothing of what it reads.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that has no × must not stop us
            stream.reconfigure(errors="backslashreplace")


def _reads(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments of a command that reads templates."""
    for add in (
        click.option(
            "--stdin-filename", metavar="FILE", default="", help="What to call the text of -."
        ),
        click.option("--no-config", is_flag=True, help="Use no configuration file."),
        click.option(
            "--config", metavar="FILE", help="Use this lambdalint.toml or pyproject.toml."
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="PATTERN",
            help="Pass over what matches, as a line of .gitignore would.",
        ),
        click.option(
            "--parameters-file",
            "parameter_files",
            multiple=True,
            metavar="FILE",
            help="Read parameters from JSON or YAML: a mapping, or what the AWS CLI or "
            "CodePipeline take.",
        ),
        click.option(
            "--parameter",
            "parameters",
            multiple=True,
            metavar="NAME=VALUE",
            help="Say what a parameter of the template is.",
        ),
        click.option("--output", metavar="FILE", help="Write the report to FILE."),
        click.argument("paths", nargs=-1, metavar="[PATH]..."),
    ):
        command = add(command)
    return command


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
@click.option(
    "--format",
    type=click.Choice(["text", "concise", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option("--select", multiple=True, metavar="RULES", help="Run only these rules.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Run these rules as well.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not run these rules.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Exit with 1 from this severity on.  [default: warning]",
)
@_reads
@click.option("--fix", is_flag=True, help="Repair what can be repaired, and report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Repair in ways, too, that somebody must judge.")
@click.option("--diff-fixes", is_flag=True, help="Show what --fix would change.")
@click.option("--show-unknown", is_flag=True, help="List what could not be judged, and why.")
@click.option(
    "--color/--no-color", default=None, help="Colour the report.  [default: on a terminal]"
)
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Check templates: files, folders, globs, a cdk.out, or - for stdin (default: this folder).

    Folders are searched for templates, without what .gitignore names, and without following
    symbolic links. Of a CDK assembly, the stacks in its manifest are read.
    """
    from lambdalint import run

    if options["fix"] + options["diff_fixes"] != 1 and (options["fix"] or options["unsafe_fixes"]):
        raise click.UsageError("--unsafe-fixes goes with either --fix or --diff-fixes.")
    with _answering():
        settings = _settings(options)
        rules = _chosen(settings, options)
        unknown = options["show_unknown"] or options["format"] in {"json", "text"}
        reading = _read(paths, settings, options)
        lint = partial(run.check, rules=rules, settings=settings, unknown=unknown)
        wanted = options["fix"] or options["diff_fixes"]
        outcome = _repair(reading, lint, options) if wanted else lint(reading)
    if not options["diff_fixes"]:
        _report(outcome, options)
    _mind(outcome, paths)
    sys.exit(_status(outcome, settings.fail_on))


@main.command(
    short_help="Draw how events flow.",
    epilog="""\b
Exit codes:
  0  drawn, whatever the rules find
  2  bad usage, bad configuration, or a template that cannot be read
  3  lambdalint itself failed""",
)
@click.option(
    "--format",
    type=click.Choice(["mermaid", "dot", "json"]),
    default="mermaid",
    show_default=True,
    help="What to draw with.",
)
@click.option(
    "--focus",
    multiple=True,
    metavar="RESOURCE",
    help="Draw only what flows into and out of it: a logical id, a CDK construct path or a name.",
)
@click.option(
    "--hops",
    type=click.IntRange(min=0),
    default=2,
    show_default=True,
    help="How far to go from what --focus names.",
)
@click.option("--no-findings", is_flag=True, help="Do not mark what the rules find.")
@_reads
def graph(paths: tuple[str, ...], **options: Any) -> None:
    """Draw how events flow through templates: from sources to functions, and on to where results
    and failures end (default: the templates below this folder).

    An edge is marked with the rules that it breaks. See lambdalint check for what is read.
    """
    from lambdalint import run
    from lambdalint.flow.trace import trace
    from lambdalint.report import formats
    from lambdalint.rule import Outcome

    with _answering():
        settings = _settings(options)
        reading = _read(paths, settings, options)
        outcome = Outcome(problems=reading.problems, files=len(reading.templates))
        if not options["no_findings"]:
            outcome = run.check(reading, _chosen(settings, options), settings)
        if options["format"] != "json":
            _complain(outcome)
        flow = trace(reading.templates, outcome.findings)
        if options["focus"]:
            flow = _focused(flow, options)
        drawing = formats.graph(flow, outcome, options["format"])
    _write(drawing, options["output"])
    _warn(reading, flow, drawing, options["format"])
    _mind(outcome, paths)
    sys.exit(_status(outcome, None))


@main.command(
    short_help="List what invokes each function.",
    epilog="""\b
Exit codes:
  0  listed, whatever the rules find
  2  bad usage, bad configuration, or a template that cannot be read
  3  lambdalint itself failed""",
)
@click.option(
    "--format",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    default="text",
    show_default=True,
    help="How to list.",
)
@click.option("--details", is_flag=True, help="Say everything about each trigger, as text.")
@click.option("--no-findings", is_flag=True, help="Do not name the rules that triggers break.")
@_reads
@click.option("--color/--no-color", default=None, help="Colour the text.  [default: on a terminal]")
def triggers(paths: tuple[str, ...], **options: Any) -> None:
    """List every trigger of every function: who calls again when it fails, and where events end
    that failed for good (default: in the templates below this folder).

    Functions without a trigger are named too. See lambdalint check for what is read.
    """
    from lambdalint import run
    from lambdalint.graph import Graph
    from lambdalint.inventory import take
    from lambdalint.report import formats

    with _answering():
        settings = _settings(options)
        reading = _read(paths, settings, options)
        rules = [] if options["no_findings"] else _chosen(settings, options)
        outcome = run.check(reading, rules, settings, unknown=options["format"] == "json")
        inventory = take(Graph(reading.templates), outcome.findings)
        listed = formats.triggers(
            inventory,
            outcome,
            options["format"],
            colour=_wants_colour(options),
            width=width(),
            details=options["details"],
        )
        if options["format"] != "json":
            _complain(outcome)
    _write(listed, options["output"], colour=_wants_colour(options))
    _warn_of_macros(reading, "not listed")
    _mind(outcome, paths)
    sys.exit(_status(outcome, None))


@contextmanager
def _answering() -> Iterator[None]:
    """Exits with 2 where a setting is bad, with 3 where lambdalint itself fails."""
    from lambdalint.parameters import BadSetting

    # What is read is kept to the end: looking for garbage in it costs more than all the rest.
    gc.disable()
    try:
        yield
    except BadSetting as bad:
        _refuse(bad)
    except click.ClickException:
        raise
    except Exception as crash:  # noqa: BLE001  never a traceback
        from lambdalint.engine import describe

        said = _visible(describe(crash))
        click.echo(f"error: lambdalint failed, please report this: {said}", err=True)
        sys.exit(FAILED)
    finally:
        gc.freeze()
        gc.enable()


def _settings(options: dict[str, Any]) -> Settings:
    """The configuration with the command line on top of it; raises `BadSetting`."""
    from lambdalint import config

    if options["config"] and options["no_config"]:
        raise click.UsageError("--config and --no-config exclude each other.")
    settings = config.Settings()
    if options["config"]:
        settings = config.load(Path(options["config"])) or settings
    elif not options["no_config"]:
        settings = config.find()
    if fail_on := options.get("fail_on"):
        settings = settings._replace(fail_on=config.SEVERITIES.get(fail_on))
    return settings


def _chosen(settings: Settings, options: dict[str, Any]) -> list[Rule]:
    """The rules to run; raises `BadSetting`."""
    from lambdalint import config

    select = config.words(options.get("select", ()), "--select")
    selection = config.Selection(
        select if options.get("select") else None,
        config.words(options.get("extend_select", ()), "--extend-select"),
        config.words(options.get("ignore", ()), "--ignore"),
    )
    return config.choose([settings.selection, selection])


def _read(paths: Iterable[str], settings: Settings, options: dict[str, Any]) -> Reading:
    """The templates under these paths, or under this folder; raises `BadSetting`."""
    from lambdalint import run
    from lambdalint.parameters import of_file, of_options

    files: dict[str, str] = {}
    for file in options["parameter_files"]:
        files |= of_file(file)
    return run.read(
        paths or (".",),
        settings,
        given=run.Given(of_options(options["parameters"]), files),
        exclude=options["exclude"],
        stdin_filename=options["stdin_filename"],
    )


def _status(outcome: Outcome, fail_on: Severity | None) -> int:
    if any(problem.internal for problem in outcome.problems):
        return FAILED
    if outcome.problems:
        return UNUSABLE
    if fail_on and any(finding.severity >= fail_on for finding in outcome.findings):
        return FOUND
    return 0


def _repair(reading: Reading, check: Callable[[Reading], Outcome], options: Any) -> Outcome:
    """Repair files, or show how, and say what is left."""
    from lambdalint import repair

    made, unsafe = options["fix"], options["unsafe_fixes"]
    repaired = repair.repair(reading, check, unsafe=unsafe)
    if not made:
        diff = repair.diff(reading.files, repaired.texts, shown=sys.stdout.isatty())
        _write(diff, options["output"])
    problems = repair.write(reading.files, repaired.texts) if made else []
    click.echo(repair.summary(repaired, made=made), nl=False, err=True)
    for text in repair.piped(reading.files, repaired.texts) if made else ():
        sys.stdout.buffer.write(text)
        options["piped"] = True
    outcome = repaired.outcome if made else repaired.before
    return outcome._replace(problems=(*outcome.problems, *problems))


def _report(outcome: Outcome, options: dict[str, Any]) -> None:
    """Write the report; what is for people has its problems on stderr, last, where they are seen."""
    from lambdalint.report import formats

    format, output = options["format"], options["output"]
    readable = format in {"text", "concise"}
    colour = _wants_colour(options)
    shown = outcome._replace(problems=()) if readable else outcome
    text = formats.check(
        shown, format, colour=colour, width=width(), show_unknown=options["show_unknown"]
    )
    if outcome.files or not readable or output not in {None, "-"}:
        _write(text, output, colour=colour, err="piped" in options)
    if readable:
        _complain(outcome)


def _write(text: str, output: str | None, *, colour: bool = False, err: bool = False) -> None:
    """Write a report to where somebody wants it."""
    if output and output != "-":
        try:
            Path(output).write_text(text, "utf-8")
        except OSError as error:
            raise click.UsageError(f"--output {output}: {error.strerror}") from None
    else:
        click.echo(text, nl=False, color=colour, err=err)


def _complain(outcome: Outcome) -> None:
    """Say on stderr what kept templates from being looked at."""
    from lambdalint.report import concise
    from lambdalint.rule import Outcome as Part

    click.echo(concise.render(Part(problems=outcome.problems)), nl=False, err=True)


def _mind(outcome: Outcome, paths: tuple[str, ...]) -> None:
    """Say that there was nothing to look at."""
    if not outcome.files and not outcome.problems:
        where = ", ".join(map(_visible, paths)) or "this folder"
        click.echo(f"warning: no template found in {where}", err=True)


def _warn(reading: Reading, flow: Flow, drawing: str, format: str) -> None:
    """Say why a drawing may show less than somebody expects."""
    from lambdalint.report.mermaid import MOST_CHARACTERS, MOST_EDGES

    _warn_of_macros(reading, "not drawn")
    if reading.templates and not flow.nodes:
        click.echo("warning: no events flow in these templates", err=True)
    edges = len(flow.edges)
    if format == "mermaid" and (edges > MOST_EDGES or len(drawing) > MOST_CHARACTERS):
        click.echo(
            f"warning: {edges} edges in {len(drawing):,} characters, and Mermaid draws at most "
            f"{MOST_EDGES} in {MOST_CHARACTERS:,}: see --focus, or --format dot",
            err=True,
        )


def _warn_of_macros(reading: Reading, why: str) -> None:
    for template in reading.templates:
        if macros := ", ".join(str(macro.data) for macro in template.macros()):
            said = f"{template.file}: {why}, nobody knows what {macros} makes of it"
            click.echo(f"warning: {_visible(said)}", err=True)


def _focused(flow: Flow, options: dict[str, Any]) -> Flow:
    """The surroundings of what somebody wants to see; raises `BadSetting` where it is not there."""
    from lambdalint.config import suggest
    from lambdalint.parameters import BadSetting

    wanted = []
    for name in options["focus"]:
        if not (found := flow.named(name)):
            close = suggest(name, flow.names())
            raise BadSetting(f"--focus: nothing in the flow is called {name!r}{close}")
        wanted += found
    return flow.around(wanted, options["hops"])


def _wants_colour(options: dict[str, Any]) -> bool:
    """Whether to colour a text: as somebody says, or else as its reader is one."""
    if options["color"] is None:
        return not options["output"] and is_colourful(sys.stdout)
    return bool(options["color"])


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
    if is_colourful(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(force_terminal=True, width=min(width(), WIDTH)).print(Markdown(page))
    else:
        click.echo(page, nl=False)


def _page(rule: Rule) -> str:
    """The page with what its front matter says below it."""
    default = "on" if rule.enabled else "off"
    facts = [f"`{rule.id}`: {rule.severity.name.lower()}, {default} by default, {rule.repair}"]
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
    if is_colourful(sys.stdout):
        from rich.console import Console
        from rich.table import Table

        table = Table("rule", "severity", "default", "what is wrong", box=None)
        for row in rows:
            table.add_row(*row)
        Console(force_terminal=True, width=width()).print(table)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
