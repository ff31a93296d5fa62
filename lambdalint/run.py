"""One run: paths, rules and settings → everything there is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from lambdalint import suppress
from lambdalint.config import Settings, known_rules, suggest
from lambdalint.engine import describe, lint, order
from lambdalint.files import Ignore, TextFile, collect, nested
from lambdalint.link import link
from lambdalint.load import load
from lambdalint.parameters import BadSetting, Samconfigs
from lambdalint.rule import Finding, Outcome, Problem, Rule
from lambdalint.stages import fold
from lambdalint.template import PSEUDO, Template
from lambdalint.value import NoTemplate, Unreadable


class Given(NamedTuple):
    """Values of parameters: those of options must have a template that knows them."""

    options: Mapping[str, str] = MappingProxyType({})
    files: Mapping[str, str] = MappingProxyType({})


NOTHING_GIVEN = Given()


class Reading(NamedTuple):
    """The templates that lie under some paths, and what kept others from being read.

    `whole` is whether every deployment of them is looked at: no parameter was given. `again` reads
    the same `files` once more, where some of them say something else.
    """

    templates: tuple[Template, ...]
    problems: tuple[Problem, ...]
    whole: bool
    files: tuple[TextFile, ...]
    again: Callable[[Mapping[str, str]], Reading]


def read(
    paths: Iterable[str],
    settings: Settings,
    *,
    given: Given = NOTHING_GIVEN,
    exclude: Iterable[str] = (),
    stdin_filename: str = "",
) -> Reading:
    """Read what lies under these paths; raises `BadSetting`.

    `exclude` are patterns as in `.gitignore`, relative to the working folder.
    """
    excluded = [Ignore.of(settings.exclude, settings.folder), Ignore.of(exclude, ".")]
    files = collect(paths, stdin_filename=stdin_filename, exclude=excluded)
    return _understand(files, settings, given, {})


def _understand(
    files: Sequence[TextFile], settings: Settings, given: Given, texts: Mapping[str, str]
) -> Reading:
    """The templates in files, some of which say something else by now."""
    loader = _Loader(settings, given, texts)
    named = [template for file in files if (template := loader.load(file))]
    if not loader.problems:
        _know(given.options, named)
    templates = tuple(link(named, loader.nested))
    return Reading(
        templates,
        tuple(loader.problems),
        not (given.options or given.files),
        (*files, *loader.found()),
        lambda texts: _understand(files, settings, given, texts),
    )


def check(
    reading: Reading, rules: Sequence[Rule], settings: Settings, *, unknown: bool = False
) -> Outcome:
    """Lint templates; with `unknown`, the outcome tells also what could not be judged."""
    checks = [rule for rule in rules if rule.id not in suppress.RULES]
    verdict = lint(reading.templates, checks, settings.options, unknown=unknown)
    # A deployment among several, or a rule that failed: another run may need what this one did not.
    whole = reading.whole and not verdict.problems
    ran = {rule.id for rule in rules if whole or rule.id in suppress.RULES}
    judge = suppress.Judge(known_rules(), ran, suggest)
    once = list({template.file: template for template in reading.templates}.values())
    findings = fold(suppress.apply(verdict.findings, reading.templates, judge), once)
    return Outcome(
        tuple(sorted((_weighed(finding, settings) for finding in findings), key=order)),
        tuple(verdict.unjudged),
        (*reading.problems, *verdict.problems),
        len(once),
    )


def _weighed(finding: Finding, settings: Settings) -> Finding:
    """A finding with the severity that somebody configured, if they did."""
    severity = settings.severities.get(finding.rule.id)
    return finding if severity is None else replace(finding, severity=severity)


def _know(options: Iterable[str], templates: Iterable[Template]) -> None:
    """Refuse the name of a parameter that no template has."""
    names = {name for one in templates for name, _ in one.section("Parameters").items()}
    for name in options:
        if name not in names and name not in PSEUDO:
            close = suggest(name, names | PSEUDO)
            raise BadSetting(f"--parameter: no template has a parameter {name!r}{close}")


class _Loader:
    """Reads templates with the values that are given for their parameters; collects problems."""

    def __init__(self, settings: Settings, given: Given, texts: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._settings, self._given, self._texts = settings, given, texts
        self._samconfigs = Samconfigs()
        self._nested: dict[str, TextFile | None] = {}

    def load(self, file: TextFile) -> Template | None:
        if file.refused:
            self.problems.append(Problem(file.file, file.refused, file.line, file.column))
            return None
        return self._read(file, self._values(file.file))

    def _read(self, file: TextFile, values: Mapping[str, Any]) -> Template | None:
        try:
            text = self._texts.get(file.file, file.text)
            return load(text, file.file, dict(values), file.stack)
        except Unreadable as refused:
            # What was only found by walking need not be a template.
            if file.named or not isinstance(refused, NoTemplate):
                self.problems.append(
                    Problem(file.file, refused.message, refused.line, refused.column)
                )
        except Exception as crash:  # noqa: BLE001  it must not hide what other templates have
            said = f"reading it failed: {describe(crash)}"
            self.problems.append(Problem(file.file, said, internal=True))
        return None

    def nested(self, path: str, parent: Template) -> Template | None:
        """A template that another one nests: what it is given, it is given there."""
        if path not in self._nested:
            self._nested[path] = nested(path, parent.file)
        file = self._nested[path]
        if file is None:
            return None
        pseudo = {name: value for name, value in parent.fixed.items() if name in PSEUDO}
        return self._read(file, pseudo)

    def found(self) -> list[TextFile]:
        """The files that others nest."""
        return [file for file in self._nested.values() if file]

    def _values(self, file: str) -> dict[str, str]:
        beside: Mapping[str, str] = {}
        try:
            beside = self._samconfigs.beside(file)
        except BadSetting as bad:
            self.problems.append(Problem(bad.file, bad.message, bad.line, bad.column))
        given = self._given
        return {**beside, **self._settings.parameters, **given.files, **given.options}
