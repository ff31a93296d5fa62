"""The findings that a repository knows already: a file that holds them back."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lambdalint.parameters import BadSetting
from lambdalint.rule import CFN_LINT, Finding, Outcome, written

VERSION = 1

# How many of the last names of a path may be common to a file that moved and others that did not.
_DEEPEST = 4

# What nobody gave a name lies in no folder.
_UNNAMED = "<stdin>"


class Entry(NamedTuple):
    """One known finding: all but its line.

    `template` is the file in which the resource stands, relative to the baseline, and `beside` are
    the other templates that the finding needs. `at` leads from the resource to the place; where no
    path does, as in code, it is what the line says.
    """

    template: str
    rule: str
    resource: str
    at: str
    message: str
    beside: tuple[str, ...] = ()


class Scope(NamedTuple):
    """What a run speaks of: the rules that it ran, and whether it looked at every deployment."""

    rules: Collection[str]
    known: Collection[str]
    whole: bool = True

    def covers(self, rule: str) -> bool:
        """Whether silence means that nothing breaks the rule; one that is no more never breaks."""
        foreign = rule.partition("/")[0] == CFN_LINT
        asked = CFN_LINT if foreign else rule
        return self.whole and (asked in self.rules or not (foreign or rule in self.known))


class Held(NamedTuple):
    """What is new, which entries nothing is found for any more, and the others as they are now."""

    outcome: Outcome
    stale: tuple[Entry, ...] = ()
    left: tuple[Entry, ...] = ()


class Baseline(NamedTuple):
    """The entries of one file."""

    file: str
    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, file: str, outcome: Outcome) -> Baseline:
        """All that a run finds; raises `BadSetting`."""
        entries = [_entry(finding, file, outcome.files) for finding in outcome.findings]
        if any(entry.template == _UNNAMED for entry in entries):
            raise BadSetting("what is found in - needs --stdin-filename to be found again", file)
        return cls(file, tuple(entries))

    @classmethod
    def load(cls, file: str) -> Baseline:
        """What a file holds; raises `BadSetting`."""
        try:
            data = json.loads(Path(file).read_bytes().decode("utf-8-sig", "surrogatepass"))
        except FileNotFoundError:
            said = "there is no such baseline, --write-baseline writes one"
            raise BadSetting(said, file) from None
        except OSError as error:
            raise BadSetting((error.strerror or str(error)).lower(), file) from None
        except json.JSONDecodeError as error:
            raise BadSetting(f"not JSON: {error.msg}", file, error.lineno, error.colno) from None
        except (ValueError, RecursionError):
            raise BadSetting("not JSON", file) from None
        return cls(file, tuple(_entries(data, file)))

    def save(self) -> None:
        """Write the file, an entry on each line; raises `BadSetting`."""
        lines = ",\n".join(f"    {_line(entry)}" for entry in sorted(self.entries))
        listed = f"[\n{lines}\n  ]" if lines else "[]"
        text = f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n'
        try:
            Path(self.file).write_bytes(text.encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise BadSetting((error.strerror or str(error)).lower(), self.file) from None

    def hold(self, outcome: Outcome, scope: Scope) -> Held:
        """Hold back what is known: each entry holds one finding."""
        found = [_entry(finding, self.file, outcome.files) for finding in outcome.findings]
        read = {_relative(file, self.file) for file in outcome.files}
        pairs = _Pairs(self.entries, found)
        # The nearest first: what was changed or moved within its resource is still the same.
        pairs.match(lambda one: (one.template, one.rule, one.resource, one.at, one.message))
        pairs.match(lambda one: (one.template, one.rule, one.resource, one.message))
        pairs.match(lambda one: (one.template, one.rule, one.resource, one.at))
        gone = {one for one in self._templates() if one not in read and not self._exists(one)}
        # Of many alike that moved, each is the one that is called the same furthest up.
        for common in range(_DEEPEST, -1, -1):
            pairs.follow(gone, common, lambda one: (one.rule, one.resource, one.at))
            pairs.follow(gone, common, lambda one: (one.rule, one.resource, one.message))
        new = tuple(outcome.findings[number] for number in pairs.found)
        stale: list[Entry] = []
        left = [*pairs.known()]
        for entry in pairs.missing():
            told = scope.covers(entry.rule) and {entry.template, *entry.beside} <= read | gone
            (stale if told else left).append(entry)
        held = len(found) - len(new)
        return Held(outcome._replace(findings=new, held=held), tuple(stale), tuple(left))

    def _templates(self) -> set[str]:
        return {one for entry in self.entries for one in (entry.template, *entry.beside)}

    def _exists(self, template: str) -> bool:
        return os.path.lexists(Path(self.file).parent / template)


Key = Callable[[Entry], Hashable]


class _Pairs:
    """Which entry is which finding; `entries` and `found` are the numbers of those left over."""

    def __init__(self, entries: Sequence[Entry], found: Sequence[Entry]) -> None:
        self._all, self._now = entries, found
        self._known: dict[int, int] = {}
        self.entries, self.found = [*range(len(entries))], [*range(len(found))]

    def known(self) -> Iterator[Entry]:
        return (self._now[number] for number in self._known.values())

    def missing(self) -> Iterator[Entry]:
        return (self._all[number] for number in self.entries)

    def match(self, key: Key) -> None:
        """Pair those of one key, as many as there are of both."""
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for number in reversed(self.entries):
            waiting[key(self._all[number])].append(number)
        for number in self.found:
            if same := waiting[key(self._now[number])]:
                self._known[same.pop()] = number
        self._leave()

    def follow(self, gone: Collection[str], common: int, key: Key) -> None:
        """Pair what was found in one file that is gone with what is found in one other file, where
        both paths end in as many common names.
        """
        before: dict[Hashable, list[int]] = defaultdict(list)
        now: dict[Hashable, list[int]] = defaultdict(list)
        for number in self.entries:
            entry = self._all[number]
            if entry.template in gone and entry.resource:
                before[_end(entry, common), key(entry)].append(number)
        for number in self.found:
            if self._now[number].template != _UNNAMED:
                now[_end(self._now[number], common), key(self._now[number])].append(number)
        for same, old in before.items():
            old_files = {self._all[number].template for number in old}
            new_files = {self._now[number].template for number in now[same]}
            if len(old_files) == len(new_files) == 1:
                self._known.update(zip(old, now[same], strict=False))
        self._leave()

    def _leave(self) -> None:
        held = {*self._known.values()}
        self.entries = [number for number in self.entries if number not in self._known]
        self.found = [number for number in self.found if number not in held]


def _end(entry: Entry, names: int) -> str:
    """The last names of the path to a template."""
    return "/".join(entry.template.split("/")[-names:]) if names else ""


# --- one finding ----------------------------------------------------------------------------------


def _entry(finding: Finding, file: str, templates: Iterable[str]) -> Entry:
    """A finding as the baseline in this file tells it."""
    own = next((note.at for note in finding.notes if note.at.resource), finding.at)
    template = own.source.file
    others = {note.at.source.file for note in finding.notes} - {template}
    return Entry(
        _relative(template, file),
        finding.rule.id,
        finding.construct_path or finding.resource,
        _at(finding, template, file),
        finding.message,
        tuple(sorted(_relative(other, file) for other in others.intersection(templates))),
    )


def _at(finding: Finding, template: str, file: str) -> str:
    at = finding.at
    below = at.path[len(at.top.path) :] if at.resource else at.path
    more = filter(None, (at.turn, written(at) if at.span else ""))
    steps = "/".join((*map(str, below), *more))
    return steps if at.source.file == template else f"{_relative(at.source.file, file)}: {steps}"


def _relative(path: str, file: str) -> str:
    """Where a file lies, seen from the folder of a baseline."""
    if path == _UNNAMED:
        return path
    whole, folder = Path(os.path.abspath(path)), Path(os.path.abspath(file)).parent  # noqa: PTH100
    if not whole.is_relative_to(folder):  # but links may lead there
        real = _real(whole.parent) / whole.name
        if real.is_relative_to(_real(folder)):
            whole, folder = real, _real(folder)
    return os.path.relpath(whole, folder).replace(os.sep, "/")


@cache
def _real(folder: Path) -> Path:
    return folder.resolve()


# --- the file -------------------------------------------------------------------------------------


def _line(entry: Entry) -> str:
    members = entry._asdict()
    if not entry.beside:
        del members["beside"]
    return json.dumps(members, ensure_ascii=False)


def _entries(data: Any, file: str) -> Iterator[Entry]:
    match data:
        case {"version": int(version)} if version != VERSION:
            said = f"is a baseline of version {version}, and only {VERSION} is understood"
            raise BadSetting(f"{said}: --write-baseline writes it anew", file)
        case {"version": int(), "findings": list(listed)}:
            for number, one in enumerate(listed, 1):
                yield _read(one, number, file)
        case _:
            raise BadSetting("is no baseline: expected a version and findings", file)


def _read(data: Any, number: int, file: str) -> Entry:
    match data:
        case {
            "template": str(template),
            "rule": str(rule),
            "resource": str(resource),
            "at": str(at),
            "message": str(message),
        }:
            beside = data.get("beside", [])
            if isinstance(beside, list) and all(isinstance(one, str) for one in beside):
                return Entry(template, rule, resource, at, message, tuple(beside))
    raise BadSetting(f"is no baseline: finding {number} is not understood", file)
