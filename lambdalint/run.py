"""One run: paths, rules and settings → everything there is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from lambdalint import suppress
from lambdalint.config import Settings, known_rules, suggest
from lambdalint.engine import Verdict, describe, lint, order
from lambdalint.files import Ignore, TextFile, collect, nested
from lambdalint.here import absolute
from lambdalint.link import link
from lambdalint.load import load
from lambdalint.parameters import BadSetting, Samconfigs
from lambdalint.rule import Finding, Outcome, Problem, Rule
from lambdalint.template import PSEUDO, Template
from lambdalint.value import NoTemplate, Unreadable


class Given(NamedTuple):
    """Values of parameters: those of options must have a template that knows them."""

    options: Mapping[str, str] = MappingProxyType({})
    files: Mapping[str, str] = MappingProxyType({})


NOTHING_GIVEN = Given()


class Origin(NamedTuple):
    """Where values of parameters come from."""

    name: str
    values: Mapping[str, str]


class Listener:
    """Who wants to know how far a run is; this one does not."""

    def reading(self, files: Sequence[TextFile]) -> Iterable[TextFile]:
        """The files, one after the other as they are read."""
        return files

    def read(self, file: TextFile, template: Template | None, given: Sequence[Origin]) -> None:
        """A file was read with these values, the last being the nearest; None if it is no template."""

    def checking(self, rules: Sequence[Rule]) -> Iterable[Rule]:
        """The rules, one after the other as they are asked."""
        return rules


NOBODY = Listener()


class Reading(NamedTuple):
    """The templates that lie under some paths, and what kept others from being read.

    `whole` is whether every deployment of them is looked at: no parameter was given. `again` reads
    the same `files` once more, where some of them say something else; without files, nothing is
    left to read.
    """

    templates: tuple[Template, ...] = ()
    problems: tuple[Problem, ...] = ()
    whole: bool = True
    files: tuple[TextFile, ...] = ()
    again: Callable[[Mapping[str, str]], Reading] = lambda _texts: Reading()


def read(
    paths: Iterable[str],
    settings: Settings,
    *,
    given: Given = NOTHING_GIVEN,
    exclude: Iterable[str] = (),
    stdin_filename: str = "",
    only_templates: bool = False,
    listener: Listener = NOBODY,
) -> Reading:
    """Read what lies under these paths; raises `BadSetting`.

    `exclude` are patterns as in `.gitignore`, relative to the working folder. With
    `only_templates`, they and what is no template count for files that are named too.
    """
    excluded = [Ignore.of(settings.exclude, settings.folder), Ignore.of(exclude, ".")]
    files = collect(
        paths, stdin_filename=stdin_filename, exclude=excluded, only_templates=only_templates
    )
    if only_templates:
        files = [file._replace(named=False) for file in files]
    return understand(files, settings, given, listener=listener)


def understand(
    files: Sequence[TextFile],
    settings: Settings,
    given: Given,
    texts: Mapping[str, str] = MappingProxyType({}),
    listener: Listener = NOBODY,
) -> Reading:
    """The templates in files, some of which say something else by now; raises `BadSetting`."""
    loader = _Loader(settings, given, texts, listener)
    loader.pipe(files)
    named = [template for file in listener.reading(files) if (template := loader.load(file))]
    if not loader.problems:
        _know(given.options, named)
    templates = tuple(link(named, loader.nested))
    return Reading(
        templates,
        tuple(loader.problems),
        not (given.options or given.files),
        (*files, *loader.found()),
        # Nobody is told again what is read.
        lambda others: understand(files, settings, given, {**texts, **others}),
    )


def check(
    reading: Reading,
    rules: Sequence[Rule],
    settings: Settings,
    *,
    unknown: bool = False,
    cfn_lint: bool = False,
    listener: Listener = NOBODY,
) -> Outcome:
    """Lint templates; with `unknown`, the outcome tells also what could not be judged, and with
    `cfn_lint`, what cfn-lint finds besides. Raises `BadSetting`.
    """
    checks = [rule for rule in rules if rule.id not in suppress.RULES]
    asked = listener.checking(checks)
    verdict = lint(reading.templates, asked, settings.options, unknown=unknown)
    other = Verdict()
    if cfn_lint:
        from lambdalint.foreign import second_opinion  # noqa: PLC0415  slow to import

        other = second_opinion(reading.templates, verdict.findings)
    # A deployment among several, or a rule that failed: another run may need what this one did not.
    whole = reading.whole and not verdict.problems
    ran = {rule.id for rule in rules if whole or rule.id in suppress.RULES}
    judge = suppress.Judge(known_rules(), ran, suggest)
    once = list({template.file: template for template in reading.templates}.values())
    found = [*verdict.findings, *other.findings]
    findings = suppress.apply(found, reading.templates, judge, verdict.code)
    if any(template.cdk for template in once):
        from lambdalint.stages import fold  # noqa: PLC0415  for CDK apps alone

        findings = fold(findings, once)
    return Outcome(
        tuple(sorted((_weighed(finding, settings) for finding in findings), key=order)),
        tuple(verdict.unjudged),
        (*reading.problems, *verdict.problems, *other.problems),
        tuple(template.file for template in once),
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

    def __init__(
        self, settings: Settings, given: Given, texts: Mapping[str, str], listener: Listener
    ) -> None:
        self.problems: list[Problem] = []
        self._settings, self._given, self._texts, self._listener = settings, given, texts, listener
        self._samconfigs = Samconfigs()
        self._nested: dict[str, TextFile | None] = {}

    def pipe(self, files: Iterable[TextFile]) -> None:
        """Take what is piped in for what its file says, for whoever nests it too."""
        self._nested |= {absolute(one.file): one for one in files if one.is_stdin}

    def load(self, file: TextFile) -> Template | None:
        if file.refused:
            self.problems.append(Problem(file.file, file.refused, file.line, file.column))
            return None
        return self._read(file, self._origins(file.file))

    def _read(
        self,
        file: TextFile,
        origins: Sequence[Origin],
        above: Mapping[str, Any] = MappingProxyType({}),
    ) -> Template | None:
        values = {k: v for one in origins for k, v in one.values.items()}
        template = self._template(file, {**values, **above})
        self._listener.read(file, template, origins)
        return template

    def _template(self, file: TextFile, values: dict[str, Any]) -> Template | None:
        try:
            text = self._texts.get(file.file, file.text)
            return load(text, file.file, values, file.stack)
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

    def nested(self, path: str, parent: Template, given: Mapping[str, Any]) -> Template | None:
        """A template that another one nests: what it is given, it is given there."""
        if path not in self._nested:
            self._nested[path] = nested(path, parent.file)
        file = self._nested[path]
        if file is None:
            return None
        pseudo = {name: value for name, value in parent.fixed.items() if name in PSEUDO}
        return self._read(file, [Origin(parent.file, pseudo)], given)

    def found(self) -> list[TextFile]:
        """The files that others nest."""
        return [file for file in self._nested.values() if file]

    def _origins(self, file: str) -> list[Origin]:
        beside: Mapping[str, str] = {}
        try:
            beside = self._samconfigs.beside(file)
        except BadSetting as bad:
            self.problems.append(Problem(bad.file, bad.message, bad.line, bad.column))
        return [
            Origin("samconfig", beside),
            Origin(self._settings.file, self._settings.parameters),
            Origin("--parameters-file", self._given.files),
            Origin("--parameter", self._given.options),
        ]
