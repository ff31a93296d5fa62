"""Reports that somebody wants: `--format`, and the `--output` that belongs to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from lambdalint.terminal import is_colourful

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from lambdalint.run import Reading


class Report(NamedTuple):
    """A format, and the file that it goes to: none, or `-`, is stdout.

    It steps `aside` to stderr where stdout is taken.
    """

    format: str
    file: str = ""
    aside: bool = False

    @property
    def place(self) -> str:
        return "stdout" if self.file in {"", "-"} else str(Path(self.file))

    def colourful(self, *, wish: bool | None) -> bool:
        """Whether to colour it: as somebody says, or else as its reader is one."""
        if wish is None:
            stream = sys.stderr if self.aside else sys.stdout
            return self.place == "stdout" and is_colourful(stream)
        return wish

    def write(self, text: str, *, colour: bool = False) -> None:
        if self.place == "stdout":
            click.echo(text, nl=False, color=colour, err=self.aside)
            return
        try:
            Path(self.file).write_text(text, "utf-8")
        except OSError as error:
            raise click.UsageError(f"--output {self.file}: {error.strerror}") from None


def spare(reports: Iterable[Report], reading: Reading) -> None:
    """Raises `click.UsageError` where a report would take the place of what was to be read."""
    if written := [report.file for report in reports if report.place != "stdout"]:
        read = {os.path.realpath(one.file) for one in reading.templates}
        read |= {os.path.realpath(one.file) for one in reading.problems}
        for file in written:
            if os.path.realpath(file) in read:
                raise click.UsageError(f"--output {file}: the report would overwrite a template.")


class _Format(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has none to give
    """`FORMAT` or `FORMAT=FILE`."""

    name = "format"

    def __init__(self, formats: Sequence[str]) -> None:
        self.formats = click.Choice(formats)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):  # read already: click may ask again
            return value
        format, equals, file = value.partition("=")
        if equals and not file:
            self.fail(f"{value!r} names no file.", param, ctx)
        return self.formats.convert(format, param, ctx), file

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return self.formats.shell_complete(ctx, param, incomplete)


class Reporter(click.Command):
    """A command that writes reports: each `--output` belongs to the `--format` before it.

    The command is given them as `reports`, with the first of its formats if there is none else.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # What click passes on tells options apart, but not which stood before which.
        _, _, order = self.make_parser(ctx).parse_args([*args])
        rest = super().parse_args(ctx, args)
        given = {name: iter(ctx.params.pop(name) or ()) for name in ("format", "output")}
        if not ctx.resilient_parsing:
            said = [(one.name, next(given[one.name])) for one in order if one.name in given]
            ctx.params["reports"] = pair(said, self._default())
        return rest

    def _default(self) -> str:
        (kind,) = (one.type for one in self.params if isinstance(one.type, _Format))
        return str(kind.formats.choices[0])


def report_options(formats: Sequence[str], what: str) -> Callable[[Any], Any]:
    """The options of a `Reporter`: the first format is the default."""

    def options(command: Any) -> Any:
        command = click.option(
            "--output",
            multiple=True,
            type=click.Path(),
            metavar="FILE",
            help="Write the report of the --format before it to FILE.",
        )(command)
        return click.option(
            "--format",
            multiple=True,
            type=_Format(formats),
            metavar=f"[{'|'.join(formats)}][=FILE]",
            help=f"{what} Give it several times for several reports.  [default: {formats[0]}]",
        )(command)

    return options


def pair(said: Iterable[tuple[str, Any]], default: str) -> tuple[Report, ...]:
    """The reports that options ask for, in this order: `("format", (FORMAT, FILE))` and
    `("output", FILE)`.

    Raises `click.UsageError` where nobody can tell which report a file is for, or where two would
    go to the same place.
    """
    wanted: list[Report] = []
    early: list[str] = []
    for option, value in said:
        if option == "format":
            wanted.append(Report(*value))
        elif not value:
            raise click.UsageError("--output names no file.")
        elif not wanted:
            early.append(value)
        elif wanted[-1].file:
            raise click.UsageError(
                f"--output {value}: the {wanted[-1].format} report goes to {wanted[-1].file}."
            )
        else:
            wanted[-1] = wanted[-1]._replace(file=value)
    wanted = wanted or [Report(default)]
    if early:
        if len(early) > 1 or len(wanted) > 1 or wanted[0].file:
            raise click.UsageError(f"--output {early[0]}: say it after the --format it is for.")
        wanted = [wanted[0]._replace(file=early[0])]
    places = [one.place for one in wanted]
    for place in places:
        if places.count(place) > 1:
            raise click.UsageError(f"--format: two reports cannot both go to {place}.")
    return tuple(wanted)
