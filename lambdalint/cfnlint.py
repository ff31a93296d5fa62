"""Our rules inside cfn-lint 1: `cfn-lint -t template.yaml -a lambdalint.cfnlint`.

A rule of ours is three of cfn-lint's, for there the severity is a part of the id: whatever is found
is told as the one of its severity. Our configuration and our ignores count as in `lambdalint check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from json import dumps
from typing import Any, Final

from lambdalint import config, run
from lambdalint.baseline import Baseline, Scope
from lambdalint.engine import describe
from lambdalint.foreign import unusable
from lambdalint.link import link
from lambdalint.load import load
from lambdalint.parameters import BadSetting, of_data
from lambdalint.report.escape import visible
from lambdalint.rule import Finding, Note, Outcome, Problem, Severity
from lambdalint.value import Turn, Unreadable

if why := unusable():
    raise ImportError(f"lambdalint.cfnlint: {why}")

from cfnlint.rules import CloudFormationLintRule, RuleMatch

LETTERS: Final = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "I"}
STDIN: Final = "<stdin>"


def number(rule: str) -> str:
    """The five digits that stand for a rule of ours: always the same ones."""
    return f"{int(sha256(rule.encode()).hexdigest(), 16) % 100_000:05}"


class _Rule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no types
    """A rule of ours with one severity; cfn-lint passes over this one, which has no id."""

    ours = ""
    severest = Severity.ERROR

    def match(self, cfn: Any) -> Iterator[Any]:
        file, outcome = _outcome(cfn)
        for finding in outcome.findings:
            if finding.rule.id == self.ours and finding.severity is self.severest:
                yield _match(finding, file)


class Unread(CloudFormationLintRule):  # type: ignore[misc]  # the same
    """What kept lambdalint from looking at a template."""

    id = "ELL00000"
    shortdesc = "lambdalint cannot look at this template"
    description = "It cannot be read, a setting is wrong, or lambdalint itself failed"
    source_url = "https://github.com/lambdalint/lambdalint/blob/main/docs/ci.md"
    tags: Final = ["lambda"]

    def match(self, cfn: Any) -> Iterator[Any]:
        for problem in _outcome(cfn)[1].problems:
            line, column = max(problem.line - 1, 0), max(problem.column - 1, 0)
            where = (line, column, line, column + 1)
            yield RuleMatch([], visible(f"{problem.message} (lambdalint)"), location=where)


def _rules() -> Iterator[type[Any]]:
    for id in config.known_rules():
        rule = config.find_rule(id)
        for severity, letter in LETTERS.items():
            code = f"{letter}LL{number(id)}"
            told = {
                "id": code,
                "shortdesc": rule.title,
                "description": f"lambdalint explain {id}",
                "source_url": rule.url,
                "tags": ["lambda", id.partition("/")[0]],
                "ours": id,
                "severest": severity,
            }
            yield type(code, (_Rule,), told)


# cfn-lint takes the classes that it finds in a module.
globals().update({rule.__name__: rule for rule in _rules()})


@lru_cache(maxsize=1)
def _outcome(cfn: Any) -> tuple[str, Outcome]:
    """The file as we call it, and all that we say of it; every rule asks for the same template."""
    file = cfn.filename or STDIN
    try:
        settings = config.find()
        reading = _read(cfn, settings)
        if reading.templates:
            file = reading.templates[0].file
        rules = config.choose([settings.selection])
        # Without the other templates, an ignore may seem to be of no use.
        return file, _new(run.check(reading._replace(whole=False), rules, settings), settings)
    except BadSetting as bad:
        said = f"{bad.file}: {bad.message}" if bad.file else bad.message
        return file, Outcome(problems=(Problem(file, said),))
    except Exception as crash:  # noqa: BLE001  cfn-lint would tell it once for each rule
        said = f"lambdalint failed, please report this: {describe(crash)}"
        return file, Outcome(problems=(Problem(file, said, internal=True),))


def _new(outcome: Outcome, settings: config.Settings) -> Outcome:
    """What no baseline knows."""
    if not settings.baseline:
        return outcome
    return Baseline.load(settings.baseline).hold(outcome, Scope((), ())).outcome


def _read(cfn: Any, settings: config.Settings) -> run.Reading:
    sets = cfn.context.parameter_sets or []
    given = (of_data(sets[0].parameters) or {}) if len(sets) == 1 else {}
    if cfn.filename:
        return run.read([cfn.filename], settings, given=run.Given(files=given))
    # A text that cfn-lint read from stdin is gone: what it understood of it is left.
    try:
        template = load(dumps(cfn.template), STDIN, {**settings.parameters, **given})
    except Unreadable as refused:
        return run.Reading(problems=(Problem(STDIN, refused.message),))
    return run.Reading(tuple(link([template], lambda *_asked: None)))


def _match(finding: Finding, file: str) -> Any:
    at = finding.at
    told: dict[str, Any] = {}
    if at.source.file != STDIN:
        line, column, end_line, end_column = at.location[1:]
        told["location"] = (line - 1, column - 1, end_line - 1, end_column - 1)
    path = list(at.path)
    if at.source.file not in (file, STDIN):  # a nested template, or code
        told["filename"] = at.source.file
        path = ["Resources", finding.resource]
    elif isinstance(at, Turn) and at.made:  # cfn-lint knows what the loop makes
        path = ["Resources", at.made, *at.path[at.depth :]]
    return RuleMatch(path, _message(finding), **told)


def _message(finding: Finding) -> str:
    when = f" (when {finding.when})" if finding.when else ""
    evidence = "".join(f"; {_evidence(note, finding)}" for note in finding.notes[1:])
    return visible(f"{finding.message}{when}{evidence} [{finding.rule.id}, see {finding.rule.url}]")


def _evidence(note: Note, finding: Finding) -> str:
    at = note.at.location
    if note.at.source.file == STDIN:
        return f"{note.at.resource}: {note.text}".removeprefix(": ")
    where = f"line {at.line}" if at.file == finding.at.source.file else f"{at.file}:{at.line}"
    return f"{where} {note.text}"
