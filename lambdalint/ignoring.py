"""Ignores for what is found, each written where it belongs, so that the next run is silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from lambdalint import suppress
from lambdalint.edit import Edit, Put
from lambdalint.edit.comment import Margin
from lambdalint.edit.text import applied, changed, edits, says
from lambdalint.read import Document, YamlSource, read
from lambdalint.report.count import counted
from lambdalint.report.escape import visible
from lambdalint.rule import Finding, Outcome
from lambdalint.run import Reading
from lambdalint.template import Template
from lambdalint.value import Path, Place, Value

# Where an ignore can stand in a template: beside or above a line, or in the Metadata of a resource.
_At: TypeAlias = int | Path
_Key = TypeVar("_Key")


@dataclass(slots=True)
class Ignored:
    """What is left to say, what the files say that have more ignores now, how many these are, and
    which findings have none, and why.
    """

    outcome: Outcome
    texts: dict[str, str] = field(default_factory=dict)
    count: int = 0
    refused: list[tuple[Finding, str]] = field(default_factory=list)


class _Home(NamedTuple):
    """A place for an ignore."""

    file: str
    at: _At


@dataclass(slots=True)
class _Wish:
    """A finding that is to be ignored, the places for that which are still to be tried, the best
    one first, and why there is no better one.
    """

    finding: Finding
    homes: Sequence[_Home]
    why: str = ""

    def move(self, why: str) -> None:
        """Give up the first place."""
        self.homes, self.why = self.homes[1:], why


def ignore(
    reading: Reading,
    found: Outcome,
    told: Outcome,
    check: Callable[[Reading], Outcome],
    reason: str,
    locked: Collection[str] = (),
) -> Ignored:
    """Ignore what is `told` of all that was `found`, but for what lies in files that are `locked`.

    What would not help, or would have something else found, is taken back: the next place is tried.
    """
    once = {template.file: template for template in reversed(reading.templates)}
    wishes = [_wish(finding, once, reason, locked) for finding in told.findings]
    writer = _Writer({file: _sheet(template, reason) for file, template in once.items()})
    while texts := writer.texts(wishes):
        after = check(reading.again(texts))
        placed = [wish for wish in wishes if wish.homes]
        trouble = [*_trouble(found, after, placed)]
        if not trouble:
            return _ignored(told, after, texts, wishes)
        for wish, why in trouble:
            wish.move(why)
    return _ignored(told, found, {}, wishes)


def _ignored(
    told: Outcome, after: Outcome, texts: dict[str, str], wishes: Iterable[_Wish]
) -> Ignored:
    """What has come of wishes, the findings that are left being told where they are now."""
    now: dict[Hashable, list[Finding]] = defaultdict(list)
    for finding in after.findings:
        now[_name(finding)].append(finding)
    refused = [
        (same.pop(0), wish.why)
        for wish in wishes
        # Nothing is left of what the ignore of something else covers as well.
        if not wish.homes and (same := now[_name(wish.finding)])
    ]
    left = {finding for finding, _ in refused}
    return Ignored(
        after._replace(
            findings=tuple(finding for finding in after.findings if finding in left),
            older=told.older,
            held=told.held,
        ),
        texts,
        len({(wish.homes[0], wish.finding.rule.id) for wish in wishes if wish.homes}),
        refused,
    )


# --- where an ignore belongs ----------------------------------------------------------------------


def _wish(
    finding: Finding, templates: Mapping[str, Template], reason: str, locked: Collection[str]
) -> _Wish:
    """Where a finding can be ignored: in the template that it is about, or whose code it is about.

    On the line of the finding, or else of its resource, or of its evidence.
    """
    if finding.rule.id in suppress.RULES:
        return _Wish(finding, (), "what is wrong with an ignore cannot be ignored")
    places = [note.at for note in finding.notes if note.at.source.file in templates]
    template = templates[places[0].source.file]
    here = [at for at in places if at.source.file == template.file]
    if _is_synthesised(template):
        return _Wish(finding, (), _in_the_app(finding, reason))
    if template.file in locked:
        return _Wish(finding, (), "its file cannot be written")
    homes: list[_At] = []
    if suppress.takes_comments(template.source):
        homes += [line for at in here for line in (at.location.line, at.top.location.line)]
    else:
        homes += [at.top.path for at in here if at.resource]
    why = "" if homes else "it lies in no resource, and JSON has no comments"
    return _Wish(finding, [_Home(template.file, at) for at in dict.fromkeys(homes)], why)


def _is_synthesised(template: Template) -> bool:
    """Whether a CDK app writes a template, and writes it anew."""
    if template.cdk or (template.parent and _is_synthesised(template.parent)):
        return True
    return any(one.construct_path for one in template.resources.values())


def _in_the_app(finding: Finding, reason: str) -> str:
    """How to ignore a finding of a template that a CDK app writes."""
    said = reason.replace("\\", "\\\\").replace("'", "\\'")
    whose = f" of {finding.construct_path}" if finding.construct_path else ""
    return (
        f"a CDK app writes this template, say there{whose}: Validations.of(…).acknowledge("
        f"{{id: 'Lambdalint::{finding.rule.id}', reason: '{said}'}})"
    )


# --- what is written ------------------------------------------------------------------------------


class _Sheet(Protocol):
    """A template to write ignores on."""

    def text(self, wanted: Mapping[Any, Sequence[str]]) -> tuple[str, Collection[_At]]:
        """What it says with ignores of rules at places, and the places where none can stand."""


class _Writer:
    """Writes the ignores that are wished for on the `sheets` of their files."""

    def __init__(self, sheets: Mapping[str, _Sheet]) -> None:
        self.sheets = sheets

    def texts(self, wishes: Iterable[_Wish]) -> dict[str, str]:
        """What the files say with every wish at the first of its places where it can stand."""
        files: dict[str, list[_Wish]] = defaultdict(list)
        for wish in wishes:
            if wish.homes:
                files[wish.homes[0].file].append(wish)
        texts = {file: self._text(file, here) for file, here in files.items()}
        return {file: text for file, text in texts.items() if text}

    def _text(self, file: str, wishes: list[_Wish]) -> str:
        """What a file says then, "" where nothing can be written."""
        while wishes:
            wanted: dict[_At, set[str]] = defaultdict(set)
            for wish in wishes:
                wanted[wish.homes[0].at].add(wish.finding.rule.id)
            text, impossible = self.sheets[file].text(
                {at: sorted(rules) for at, rules in wanted.items()}
            )
            if not impossible:
                return text
            for wish in wishes:
                if wish.homes[0].at in impossible:
                    wish.move("no ignore can stand there")
            wishes = [wish for wish in wishes if wish.homes]
        return ""


def _sheet(template: Template, reason: str) -> _Sheet:
    source = template.source
    if suppress.takes_comments(source) and isinstance(source, YamlSource):
        return _Commented(template, source, reason)
    return _Listed(source.text, reason)


class _Commented:
    """A template in YAML: one comment for all that is ignored at a line.

    What is ignored there for the same reason already is told in the same comment.
    """

    def __init__(self, template: Template, source: YamlSource, reason: str) -> None:
        self.template, self.source, self.reason = template, source, reason

    def text(self, wanted: Mapping[Any, Sequence[str]]) -> tuple[str, Collection[_At]]:
        made = {line: self._edit(line, rules) for line, rules in wanted.items()}
        possible = {line: edit for line, edit in made.items() if edit}

        def text(lines: Iterable[int]) -> str:
            return applied(self.source.text, [possible[line] for line in lines])

        kept = _together(possible, lambda lines: says(text(lines), self._root))
        return text(kept), wanted.keys() - {*kept}

    def _edit(self, line: int, rules: Sequence[str]) -> Edit | None:
        for one in self._written:
            if one.rule and (one.line, one.reason, one.broken) == (line, self.reason, ""):
                at = self._margin.offset(*one.at.location[1:3])
                if not self._margin.is_text(at):
                    end = len(self.source.text[: self.source.text.find("]", at)].rstrip())
                    return Edit(self.source, end, end, "".join(f", {rule}" for rule in rules))
        return self._margin.near(line, suppress.comment(rules, self.reason))

    @cached_property
    def _margin(self) -> Margin:
        return Margin(self.source)

    @cached_property
    def _written(self) -> list[suppress.Ignore]:
        return suppress.written(self.template)

    @cached_property
    def _root(self) -> Any:
        return read(self.source.text, "").root


class _Listed:
    """A template without comments: a list in the Metadata of each resource."""

    def __init__(self, text: str, reason: str) -> None:
        self._before, self.reason = text, reason

    def text(self, wanted: Mapping[Any, Sequence[str]]) -> tuple[str, Collection[_At]]:
        text, impossible = self._before, set[_At]()
        left: dict[Path, list[Any]] = {
            resource: [suppress.entry(rule, self.reason) for rule in rules]
            for resource, rules in wanted.items()
        }
        while left:
            document = read(text, "")
            puts = {resource: _put(document, resource, left[resource]) for resource in left}
            text, kept = _with(text, document.root, puts)
            impossible |= left.keys() - {*kept}
            # A list that was there has one more by now.
            left = {
                resource: left[resource][1:]
                for resource in kept
                if left[resource][1:] and puts[resource].value is left[resource][0]
            }
        return text, impossible


def _put(document: Document, resource: Path, entries: list[Any]) -> Put:
    """The ignores of a resource: a list, or one more for that which is there."""
    place = Place(document.source, (*resource, "Metadata", "lambdalint", "ignore"))
    there = Value(document.root, Place(document.source)).get(*place.path).data
    if isinstance(there, list):
        return Put(place / len(there), entries[0])
    return Put(place, entries)


def _with(text: str, root: Any, puts: Mapping[Path, Put]) -> tuple[str, list[Path]]:
    """A text with what can be put into it, and where that was possible."""
    made = {resource: edits([put]) for resource, put in puts.items()}
    possible = {resource: found for resource, found in made.items() if found}

    def after(resources: Iterable[Path]) -> str:
        return applied(text, [edit for resource in resources for edit in possible[resource]])

    def works(resources: Iterable[Path]) -> bool:
        wanted = root
        for resource in resources:
            wanted = changed(wanted, puts[resource].at.path, puts[resource].value)
        return says(after(resources), wanted)

    kept = _together(possible, works)
    return after(kept), kept


def _together(keys: Collection[_Key], works: Callable[[Collection[_Key]], bool]) -> list[_Key]:
    """All keys if they work together, or else each that does with those before it."""
    if works(keys):
        return [*keys]
    kept: list[_Key] = []
    for key in keys:
        if works([*kept, key]):
            kept.append(key)
    return kept


# --- what it does ---------------------------------------------------------------------------------


def _trouble(
    before: Outcome, after: Outcome, placed: Sequence[_Wish]
) -> Iterator[tuple[_Wish, str]]:
    """The ignores that had better not be written, and why: those that do nothing, or else those
    in the files where something new is found, or else all.
    """
    left = Counter(map(_name, before.findings))
    left.subtract(Counter(_name(wish.finding) for wish in placed))
    now = Counter(map(_name, after.findings))
    useless = [wish for wish in placed if now[_name(wish.finding)] > left[_name(wish.finding)]]
    if useless:
        yield from ((wish, "it would be found all the same") for wish in useless)
    elif news := next(_news(before, after), None):
        why, files = news
        guilty = [wish for wish in placed if wish.homes[0].file in files] or placed
        yield from ((wish, why) for wish in guilty)


def _news(before: Outcome, after: Outcome) -> Iterator[tuple[str, Collection[str]]]:
    """What a run tells that none told before, and in which files."""
    known = {(one.file, one.message) for one in before.problems}
    for problem in after.problems:
        if (problem.file, problem.message) not in known:
            yield problem.message, {problem.file}
    left = Counter(map(_name, after.findings))
    left.subtract(Counter(map(_name, before.findings)))
    for finding in after.findings:
        if left[_name(finding)] > 0:
            files = {note.at.source.file for note in finding.notes}
            yield f"{finding.rule.id} would be found", files


def _name(finding: Finding) -> Hashable:
    """What a finding says and where, whatever line that is."""
    at = finding.at
    return (finding.rule.id, at.source.file, at.path, at.turn, finding.message, finding.when)


# --- words ----------------------------------------------------------------------------------------


def summary(ignored: Ignored) -> str:
    """How much was ignored, what is left, and why."""
    lines = [
        f"{finding.at.location}: not ignored[{finding.rule.id}] {why}"
        for finding, why in ignored.refused
    ]
    left = len(ignored.outcome.findings)
    lines.append(f"added {counted(ignored.count, 'ignore')}, {counted(left, 'finding')} left")
    return "".join(f"{visible(line)}\n" for line in lines)
