"""cfn-lint's own rules on the templates of a run: their findings as ours."""

# cfn-lint takes a second to import, and few have it.
# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from glob import escape
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from lambdalint.engine import Verdict, describe
from lambdalint.graph import Graph
from lambdalint.parameters import BadSetting
from lambdalint.rule import CFN_LINT, Claims, Confidence, Finding, Note, Problem, Rule, Severity
from lambdalint.template import Template
from lambdalint.value import Location, Place

# The first that reads SAM as it is written, and the first that is no Python program any more.
OLDEST, TOO_NEW = (1, 54), (2, 0)

INSTALL: Final = "pip install 'lambdalint[cfn-lint]'"

# The ids under which our rules run in cfn-lint, where its configuration appends them.
OURS: Final = re.compile(r"[EWI]LL\d{5}")

_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}
_DOCS: Final = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"


def unusable() -> str:
    """Why cfn-lint cannot be used here, "" if it can."""
    try:
        version = metadata.version("cfn-lint")
    except metadata.PackageNotFoundError:
        return f"cfn-lint is not installed: {INSTALL}"
    numbers = re.match(r"(\d+)\.(\d+)", version)
    major, minor = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    if (major, minor) >= TOO_NEW:
        return f"cfn-lint {version} runs no rules in Python, cfn-lint 1 does: {INSTALL}"
    if (major, minor) < OLDEST:
        return f"cfn-lint {version} is too old, 1.54 is needed: {INSTALL}"
    return ""


def second_opinion(templates: Sequence[Template], findings: Sequence[Finding]) -> Verdict:
    """What cfn-lint finds in the templates and `findings` do not say; raises `BadSetting`.

    `.cfnlintrc` and `Metadata` decide what it looks for, as they do for the command `cfn-lint`.
    """
    once = {one.file: one for one in reversed(templates)}
    on_disk = {file for file, template in once.items() if _is_on_disk(template)}
    runner = _runner(on_disk)
    wanted = {*map(Path, runner.config.templates)}  # what `ignore_templates` leaves of them
    verdict = Verdict()
    gc.enable()  # a template of cfn-lint's holds on to itself
    for file, template in once.items():
        if file in on_disk and Path(file) not in wanted:
            continue
        matches = _from_file(file, runner) if file in on_disk else _from_text(template, runner)
        try:
            for match in matches:
                found = _finding(match, template)
                is_told = any(_is_same(found, ours) for ours in findings)
                if not is_told and not OURS.fullmatch(match.rule.id):
                    verdict.findings.append(found)
        except Exception as crash:  # noqa: BLE001  it must not hide what others find
            said = f"cfn-lint failed: {describe(crash)}"
            verdict.problems.append(Problem(file, said))
    return verdict


def find_rule(id: str) -> Rule:
    """The rule of cfn-lint under an id such as `cfn-lint/E3002`; raises `BadSetting`."""
    code = id.partition("/")[2]
    rules = _runner().rules
    if code not in rules:
        raise BadSetting(f"cfn-lint has no rule {code!r}")
    return _rule(rules[code])


def _runner(files: Iterable[str] = ()) -> Any:
    """cfn-lint as its configuration files want it, for these files; raises `BadSetting`."""
    if why := unusable():
        raise BadSetting(why)
    from cfnlint.config import ConfigMixIn
    from cfnlint.helpers import REGIONS
    from cfnlint.runner import Runner

    try:
        config = ConfigMixIn(templates=[*map(escape, files)])
        runner = Runner(config)
    except Exception as bad:  # noqa: BLE001  of many kinds, each with what is wrong
        raise BadSetting(f"cfn-lint: {bad}") from None
    if strange := {*config.regions} - {*REGIONS}:
        raise BadSetting(f"cfn-lint: there is no region {', '.join(sorted(strange))}")
    return runner


def _from_file(file: str, runner: Any) -> Iterator[Any]:
    """What cfn-lint finds in a file; it looks at the templates that are nested in it, too."""
    from cfnlint.runner import run_template_by_file_path

    yield from run_template_by_file_path(
        file, runner.config, runner.rules, ignore_bad_template=False
    )


def _from_text(template: Template, runner: Any) -> Iterator[Any]:
    from cfnlint.decode import decode_str
    from cfnlint.runner import run_template_by_data

    data, broken = decode_str(template.source.text)
    yield from broken or run_template_by_data(data, runner.config, runner.rules)


def _is_on_disk(template: Template) -> bool:
    """Whether the file says what was read, and not the editor that speaks through stdin."""
    try:
        return Path(template.file).read_bytes().decode("utf-8-sig") == template.source.text
    except (OSError, UnicodeDecodeError):
        return False


def _finding(match: Any, template: Template) -> Finding:
    rule = _rule(match.rule)
    start = max(match.linenumber, 1), max(match.columnnumber, 1)
    end = max(start, (match.linenumberend, match.columnnumberend))
    path = tuple(getattr(match, "path", None) or ())
    at = Place(template.source, path, Location(template.file, *start, *end))
    declared = template.resources.get(at.resource)
    construct = template.construct_of(declared) if declared else ""
    return Finding(
        rule,
        rule.severity,
        Confidence.HIGH,
        (Note(at, " ".join(match.message.split())),),
        resource=at.resource,
        stack=template.stack,
        construct_path=construct,
        created_at=template.cdk.created(construct) if template.cdk and construct else "",
    )


def _rule(rule: Any) -> Rule:
    return _translated(rule.id, rule.shortdesc, rule.description, rule.source_url or _DOCS)


@cache
def _translated(code: str, title: str, description: str, url: str) -> Rule:
    return Rule(
        id=f"{CFN_LINT}/{code}",
        title=title,
        severity=_SEVERITIES.get(code[0], Severity.WARNING),
        enabled=True,
        options={},
        sources=(url,),
        page=f"# {title}\n\n{description}\n",
        check=_nothing,
    )


def _nothing(graph: Graph, **options: Any) -> Claims:
    """It is cfn-lint that looks."""
    del graph, options
    yield from ()


def _is_same(theirs: Finding, ours: Finding) -> bool:
    """Whether both tell the same fact: of one resource, or in one line."""
    return theirs.rule.id.partition("/")[2] in ours.rule.cfn_lint and any(
        note.at.source.file == theirs.at.source.file
        and (
            (theirs.resource and note.at.resource == theirs.resource)
            or note.at.location.line == theirs.at.location.line
        )
        for note in ours.notes
    )
