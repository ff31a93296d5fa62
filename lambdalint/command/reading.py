"""What a command reads: templates, configuration and parameters."""

# What a command needs is imported in it, so that no other waits for it.
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from lambdalint.config import Settings
    from lambdalint.rule import Rule
    from lambdalint.run import Given, Listener, Reading


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments of a command that reads templates."""
    for add in (
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            help="Tell what is read, with which configuration and parameters, and how long it takes.",
        ),
        click.option(
            "-q", "--quiet", is_flag=True, help="Leave out counts, warnings and progress."
        ),
        click.option(
            "--stdin-filename", metavar="FILE", default="", help="What to call the text of -."
        ),
        click.option("--no-config", is_flag=True, help="Use no configuration file."),
        click.option(
            "--config",
            type=click.Path(),
            metavar="FILE",
            help="Use this lambdalint.toml or pyproject.toml.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="PATTERN",
            help="Pass over what matches, as a line of .gitignore would.",
        ),
        click.option(
            "--only-templates",
            is_flag=True,
            help="Pass over named files that are no templates or are excluded.",
        ),
        click.option(
            "--parameters-file",
            "parameter_files",
            multiple=True,
            type=click.Path(),
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
        click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]..."),
    ):
        command = add(command)
    return command


def rules_option(name: str, what: str) -> Callable[[Any], Any]:
    """An option that takes rules, families or `ALL`."""
    return click.option(name, multiple=True, metavar="RULES", help=what, shell_complete=complete)


def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules and families that begin like this, for a shell."""
    from click.shell_completion import CompletionItem

    from lambdalint import config

    del ctx, param
    return [CompletionItem(name) for name in config.names() if name.startswith(incomplete)]


def settings_of(options: dict[str, Any]) -> Settings:
    """The configuration with the command line on top of it; raises `BadSetting`."""
    from lambdalint import config

    for one, other in (("config", "no_config"), ("quiet", "verbose")):
        if options[one] and options[other]:
            names = f"--{one} and --{other.replace('_', '-')}"
            raise click.UsageError(f"{names} exclude each other.")
    _exclusive(options)
    settings = config.Settings()
    if options["config"]:
        settings = config.load(Path(options["config"])) or settings
    elif not options["no_config"]:
        settings = config.find()
    if fail_on := options.get("fail_on"):
        settings = settings._replace(fail_on=config.SEVERITIES.get(fail_on))
    if baseline := options.get("baseline"):
        settings = settings._replace(baseline=baseline)
    if options.get("update_baseline") and not settings.baseline:
        raise click.UsageError(
            "--update-baseline: there is none, name it with --baseline or in the configuration."
        )
    return settings


def _exclusive(options: dict[str, Any]) -> None:
    """Refuse to write a baseline and to go by one at once."""
    if options.get("write_baseline"):
        for other in ("baseline", "update_baseline"):
            if options[other]:
                raise click.UsageError(
                    f"--write-baseline and --{other.replace('_', '-')} exclude each other: the one "
                    "takes in all that is found now, the other goes by what was written before."
                )


def chosen(settings: Settings, options: dict[str, Any]) -> list[Rule]:
    """The rules to run; raises `BadSetting`."""
    from lambdalint import config

    select = config.words(options.get("select", ()), "--select")
    if options.get("select") and not select:  # without any rule, everything would pass
        raise click.UsageError("--select names no rule.")
    selection = config.Selection(
        select or None,
        config.words(options.get("extend_select", ()), "--extend-select"),
        config.words(options.get("ignore", ()), "--ignore"),
    )
    return config.choose([settings.selection, selection])


def read(
    paths: Iterable[str], settings: Settings, options: dict[str, Any], listener: Listener
) -> Reading:
    """The templates under these paths, or under this folder; raises `BadSetting`."""
    from lambdalint import run

    return run.read(
        paths or (".",),
        settings,
        given=given_of(options),
        exclude=options["exclude"],
        stdin_filename=options["stdin_filename"],
        only_templates=options["only_templates"],
        listener=listener,
    )


def given_of(options: dict[str, Any]) -> Given:
    """The values of parameters that the command line gives; raises `BadSetting`."""
    from lambdalint import run
    from lambdalint.parameters import of_file, of_options

    files: dict[str, str] = {}
    for file in options["parameter_files"]:
        files |= of_file(file)
    return run.Given(of_options(options["parameters"]), files)
