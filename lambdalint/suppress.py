"""Ignores in comments and in Metadata: which findings they take away, and which do nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lambdalint.graph import Graph
from lambdalint.read import YamlSource
from lambdalint.rule import CFN_LINT, Claims, Confidence, Finding, Note, Rule, Severity
from lambdalint.template import Template
from lambdalint.value import Location, Place, Source, Value

_HOW = """
Write the rule, or its family, and the reason:

```yaml
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60  # lambdalint: ignore[sqs/short-visibility-timeout] never throttled
```

The comment stands on the line of the finding, of its evidence or of the resource's key, or on a
line of its own right above one of these. Where the code of a function is at fault, it stands there
in the same way, behind `#` or `//`. JSON and CDK have `Metadata` instead, on the resource (at
either end of the trigger) or on the whole template:

```yaml
    Metadata:
      lambdalint:
        ignore:
          - rule: sqs/short-visibility-timeout
            reason: never throttled
```

In a CDK app it can be said of a construct and all that it consists of:

```ts
Validations.of(orders).acknowledge({
  id: 'Lambdalint::sqs/short-visibility-timeout',
  reason: 'never throttled',
});
```
"""


def _nothing(graph: Graph, **options: Any) -> Claims:
    """No template breaks these rules by itself: it takes the findings of the others."""
    del graph, options
    yield from ()


def _rule(id: str, title: str, text: str) -> Rule:
    return Rule(
        id=id,
        title=title,
        severity=Severity.WARNING,
        enabled=True,
        options={},
        sources=(
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html",
        ),
        page=f"# {title}\n\n{text}\n{_HOW}",
        check=_nothing,
    )


UNUSED = _rule(
    "ignore/unused",
    "An ignore takes nothing away",
    "It names a rule that nothing breaks here, or that does not exist. What was wrong is repaired, "
    "or the line has moved: left in place, it would hide the next mistake.",
)
NO_REASON = _rule(
    "ignore/no-reason",
    "An ignore without a reason does not count",
    "Whoever reads it next must be able to tell whether it still holds.",
)
RULES = {rule.id: rule for rule in (UNUSED, NO_REASON)}


@dataclass(slots=True, eq=False)
class Ignore:
    """One ignore of one rule or family; `broken` says what is wrong with the way it is written.

    It covers a line (a comment), a resource (its Metadata), constructs of a CDK app or, with none
    of these, the whole template. The body of a loop covers all resources that it makes.
    """

    rule: str
    reason: str
    at: Place
    line: int = 0
    resource: Place | None = None
    broken: str = ""
    constructs: frozenset[Place] | None = None
    used: bool = field(default=False, compare=False)

    def covers(self, finding: Finding, lines: _Lines) -> bool:
        if self.rule not in (finding.rule.id, finding.rule.id.partition("/")[0]):
            return False
        if self.constructs is not None:
            return any(note.at.top in self.constructs for note in finding.notes)
        if self.line:
            return self.line in lines[self.at.source.file]
        places = [note.at for note in finding.notes if note.at.source.file == self.at.source.file]
        return any(self.resource in (None, place.top) for place in places)


class _Lines(dict[str, frozenset[int]]):
    """The lines of a file in which a finding has places, or their resources have keys; each file
    is looked at once.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self._places = [note.at for note in finding.notes]

    def __missing__(self, file: str) -> frozenset[int]:
        places = [place for place in self._places if place.source.file == file]
        found = {one.location.line for place in places for one in (place, place.top)}
        self[file] = lines = frozenset(found)
        return lines


# --- how they are written -------------------------------------------------------------------------

_MARK = re.compile(
    r"(?:^|(?<=\s))(?:#|//)[ \t]*lambdalint[ \t]*:[ \t]*(?P<said>[^\n\r]*)", re.MULTILINE
)
_IGNORE = re.compile(r"ignore[ \t]*\[(?P<rules>[^\]]*)\](?P<reason>.*)")
_COMMENT = re.compile(r"\s*(?:#|//)")
# The texts of a template in which a comment is one: code of functions.
_CODE = ("InlineCode", "ZipFile")


def written(template: Template) -> list[Ignore]:
    """All ignores of a template, in its comments and its Metadata."""
    if "lambdalint" not in template.source.text:
        return []
    found = [*_commented(template.source)] if takes_comments(template.source) else []
    found += _listed(template.section("Metadata"), None)
    # Whatever a loop makes, its body is written once.
    tops = {one.at.top: one.data for _, one in template.section("Resources").items()}
    for top, data in tops.items():
        found += _listed(Value(data, top).get("Metadata"), top)
    return found


def takes_comments(source: Source) -> bool:
    """Whether the comments of a template count: JSON has none, nor has YAML that looks like it."""
    return source.text.lstrip("\ufeff \t\r\n")[:1] != "{"


def comment(rules: Iterable[str], reason: str) -> str:
    """The comment that ignores rules for a reason."""
    return f"# lambdalint: ignore[{', '.join(rules)}] {reason}"


def entry(rule: str, reason: str) -> dict[str, str]:
    """What ignores a rule for a reason, in Metadata."""
    return {"rule": rule, "reason": reason}


def reason_of(said: str) -> str:
    """The reason that a comment gives behind its rules: what is behind a second # is not ours."""
    return said.partition(" #")[0].strip(" \t:-–—")


def _commented(source: Source) -> Iterator[Ignore]:
    from lambdalint.edit.comment import Margin  # noqa: PLC0415  few templates have ignores

    lines = source.text.split("\n")
    margin = Margin(source, _CODE) if isinstance(source, YamlSource) else None
    for mark in _MARK.finditer(source.text):
        if margin and margin.is_text(mark.start()):
            continue
        number = source.text.count("\n", 0, mark.start()) + 1
        column = mark.start() - source.text.rfind("\n", 0, mark.start())
        span = Location(source.file, number, column, number, column + len(mark[0].rstrip()))
        covered = number
        if _COMMENT.match(lines[number - 1]):  # a line of its own speaks of what follows
            below = range(number, len(lines))
            covered = next((n + 1 for n in below if not _COMMENT.match(lines[n])), number)
        at = Place(source, (), span)
        match _IGNORE.match(mark["said"]):
            case None:
                yield Ignore(
                    "", "", at, covered, broken="is not understood, write ignore[rule] and why"
                )
            case said:
                reason = reason_of(said["reason"])
                for rule in said["rules"].split(","):
                    yield Ignore(rule.strip(), reason, at, covered)


def _listed(metadata: Value, resource: Place | None) -> Iterator[Ignore]:
    own = metadata.get("lambdalint")
    listed = own.get("ignore")
    if own.data is not None and not isinstance(listed.data, list):
        yield Ignore("", "", listed.at, resource=resource, broken="is not understood, needs a list")
    for entry in listed.elements():
        rule, reason = entry.get("rule").data, entry.get("reason").data
        if isinstance(rule, str):
            said = reason.strip() if isinstance(reason, str) else ""
            yield Ignore(rule.strip(), said, entry.at, resource=resource)
        else:
            broken = "is not understood, needs a rule and a reason"
            yield Ignore("", "", entry.at, resource=resource, broken=broken)


def acknowledged(templates: Sequence[Template]) -> Iterator[tuple[Template, Ignore]]:
    """What a CDK app says of its constructs, each in the template where the first of them is."""
    stacks = {id(one.cdk): one for one in templates if one.cdk and not one.parent}
    for template in stacks.values():
        assert template.cdk  # noqa: S101
        for said in template.cdk.acknowledged():
            made = [
                (one, declaration)
                for one in templates
                if one.cdk is template.cdk
                for declaration in one.resources.values()
                if f"{one.construct_of(declaration)}/".startswith(f"{said.construct}/")
            ]
            owner, at = (made[0][0], made[0][1].at) if made else (template, template.root.at)
            constructs = frozenset(declaration.at.top for _, declaration in made)
            resource = made[0][1].at.top if made else None
            yield (
                owner,
                Ignore(said.rule, said.reason, at, resource=resource, constructs=constructs),
            )


# --- what they do ---------------------------------------------------------------------------------


class Judge(NamedTuple):
    """What a run may say about ignores: the rules there are, and those that were run in full."""

    known: Sequence[str]
    ran: Collection[str]
    suggest: Callable[[str, Iterable[str]], str]


def apply(
    findings: Iterable[Finding],
    templates: Iterable[Template],
    judge: Judge,
    code: Iterable[Source] = (),
) -> Iterator[Finding]:
    """The findings that nobody ignores, and what is wrong with the ignores themselves.

    `code` are the files of code that were read: their comments count as those of templates do.
    """
    templates = list(templates)
    once = {template.file: template for template in reversed(templates)}.values()
    ignores: list[tuple[Template | None, Ignore]] = []
    ignores += [(template, ignore) for template in once for ignore in written(template)]
    ignores += acknowledged(templates)
    for source in {one.file: one for one in code if "lambdalint" in one.text}.values():
        ignores += [(None, ignore) for ignore in _commented(source)]
    counting = [ignore for _, ignore in ignores if ignore.reason and not ignore.broken]
    for finding in findings:
        lines = _Lines(finding)
        covering = [ignore for ignore in counting if ignore.covers(finding, lines)]
        for ignore in covering:
            ignore.used = True
        if not covering:
            yield finding
    for template, ignore in ignores:
        if claim := _wrong(ignore, template, judge):
            rule, message = claim
            if rule.id in judge.ran:
                yield _finding(rule, message, ignore, template)


def _wrong(ignore: Ignore, template: Template | None, judge: Judge) -> tuple[Rule, str] | None:
    if ignore.broken:
        return UNUSED, ignore.broken
    families = {id.partition("/")[0] for id in judge.known}
    # What cfn-lint finds may be ignored here, whether or not it is asked.
    foreign = ignore.rule.partition("/")[0] == CFN_LINT
    if not foreign and ignore.rule not in judge.known and ignore.rule not in families:
        names = (*judge.known, *sorted(families))
        return UNUSED, f"there is no rule {ignore.rule!r}{judge.suggest(ignore.rule, names)}"
    if not ignore.reason:
        return NO_REASON, f"ignores {ignore.rule} without a reason, so it does not count"
    if foreign:
        return None
    meant = [id for id in judge.known if ignore.rule in (id, id.partition("/")[0])]
    is_whole = template is None or not template.macros()
    if not ignore.used and is_whole and all(id in judge.ran for id in meant):
        return UNUSED, f"nothing breaks {ignore.rule} here"
    return None


def _finding(rule: Rule, message: str, ignore: Ignore, template: Template | None) -> Finding:
    at, top = ignore.at, ignore.resource
    if template is None:
        return Finding(rule, rule.severity, Confidence.HIGH, (Note(at, message),))
    if ignore.line:
        top = _around(ignore.line, template)
        at = Place(at.source, top.path if top else (), at.span)
    resource = top.resource if top else ""
    declared = template.resources.get(resource)
    return Finding(
        rule,
        rule.severity,
        Confidence.HIGH,
        (Note(at, message),),
        resource=resource,
        stack=template.stack,
        construct_path=template.construct_of(declared) if declared else "",
    )


def _around(line: int, template: Template) -> Place | None:
    """Where the resource is written that a line belongs to, if it belongs to one."""
    starts: dict[int, Place | None] = {
        section.at.location.line: None for _, section in template.root.items()
    }
    for _, resource in template.section("Resources").items():  # noqa: PERF102  no dict
        starts[resource.at.location.line] = resource.at.top
    above = [start for start in starts if start <= line]
    return starts[max(above)] if above else None
