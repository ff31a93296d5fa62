"""Repairs: the fixes of findings, made together as long as they leave nothing else broken."""

# ruff: noqa: PTH105, PTH108, PTH116, PTH120  a file is replaced by the system's own calls

from __future__ import annotations

import os
import shutil
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from lambdalint.edit import Edit
from lambdalint.edit.text import applied, changed, says
from lambdalint.files import TextFile, reread
from lambdalint.read import read
from lambdalint.report.escape import visible
from lambdalint.rule import Finding, Fix, Outcome, Problem
from lambdalint.run import Reading

# A round makes all fixes that do not touch each other; nobody has so many that do.
_MOST_ROUNDS = 100
# A repair may take others with it: who waits longer needs more time.
_MOST_CONSEQUENCES = 4


@dataclass(slots=True)
class Repaired:
    """What was to say before and is now, what the repaired files say, and which fixes were taken
    back, and why.
    """

    before: Outcome
    outcome: Outcome
    texts: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[Finding, str]] = field(default_factory=list)


class _Repair(NamedTuple):
    """A finding, its fix, and the edits that make it."""

    finding: Finding
    fix: Fix
    edits: tuple[Edit, ...]

    @property
    def files(self) -> set[str]:
        return {edit.source.file for edit in self.edits}


class _Trouble(NamedTuple):
    """Why repairs had better not be made, and the files in which that shows."""

    why: str
    files: set[str]


def repair(
    reading: Reading,
    check: Callable[[Reading], Outcome],
    *,
    unsafe: bool,
    wanted: Callable[[Finding], bool] = lambda _finding: True,
) -> Repaired:
    """Make the fixes of what is wrong with templates, and of what comes to light by that, as far
    as they are wanted.
    """
    outcome = check(reading)
    workshop = _Workshop(lambda texts: check(reading.again(texts)), unsafe=unsafe)
    now = Repaired(outcome, outcome)
    for _ in range(_MOST_ROUNDS):
        repairs = list(workshop.repairs(filter(wanted, now.outcome.findings)))
        if not repairs:
            break
        now = workshop.most_made(now, repairs)
    left = (
        replace(one, fix=None) if workshop.refuses(one) else one for one in now.outcome.findings
    )
    now.outcome = now.outcome._replace(findings=tuple(left))
    now.refused = list(workshop.refused.values())
    return now


class _Workshop:
    """Makes fixes, safe ones or `unsafe` ones too, and remembers those that it `refused`.

    `lint` tells what is wrong where some files say something else.
    """

    def __init__(self, lint: Callable[[Mapping[str, str]], Outcome], *, unsafe: bool) -> None:
        self.lint, self.unsafe = lint, unsafe
        self.refused: dict[tuple[str, ...], tuple[Finding, str]] = {}

    def refuses(self, finding: Finding) -> bool:
        return _name(finding) in self.refused

    def repairs(self, findings: Iterable[Finding]) -> Iterator[_Repair]:
        """The fixes that can be made at once: what meets another one waits."""
        taken: list[Edit] = []
        for finding in findings:
            fix = finding.fix
            if fix is None or not (fix.safe or self.unsafe) or self.refuses(finding):
                continue
            edits = fix.edits
            if edits and not any(one.meets(other) for one in edits for other in taken):
                taken += edits
                yield _Repair(finding, fix, edits)

    def most_made(self, now: Repaired, repairs: list[_Repair]) -> Repaired:
        """What fixes make where there is no trouble, or else what one of them makes."""
        innocent = repairs
        while innocent:
            after = self.made(now, innocent)
            if isinstance(after, Repaired):
                return after
            suspected = [one for one in innocent if one.files & after.files]
            if not suspected:  # it lies in other files than where it shows
                break
            innocent = [one for one in innocent if one not in suspected]
        return self.one_made(now, repairs)

    def one_made(self, now: Repaired, repairs: Iterable[_Repair]) -> Repaired:
        """What the first of some fixes makes that can be made; those before it are refused."""
        for one in repairs:
            after = self.made(now, [one])
            if isinstance(after, Repaired):
                return after
            self.refused[_name(one.finding)] = one.finding, after.why
        return now

    def made(self, now: Repaired, repairs: list[_Repair]) -> Repaired | _Trouble:
        """What fixes make of the files, or why they had better not."""
        after = self._applied(now, repairs)
        for _ in range(_MOST_CONSEQUENCES):
            if isinstance(after, _Trouble):
                return after
            if len(after.outcome.problems) > len(now.outcome.problems):
                last = after.outcome.problems[-1]
                return _Trouble(last.message, {last.file})
            worse = _worse(now.outcome, after.outcome, repairs)
            if not worse:
                return after
            shown = {note.at.source.file for one in worse for note in one.notes}
            trouble = _Trouble(f"{worse[0].rule.id} would be found", shown)
            consequences = list(self.repairs(worse))
            if len(consequences) < len(worse):
                return trouble
            after = self._applied(after, consequences)
        return trouble

    def _applied(self, now: Repaired, repairs: list[_Repair]) -> Repaired | _Trouble:
        texts = dict(now.texts)
        for file in dict.fromkeys(edit.source.file for one in repairs for edit in one.edits):
            here = [one for one in repairs if one.edits[0].source.file == file]
            edits = [edit for one in here for edit in one.edits]
            if any(edit.source.file != file for edit in edits):
                return _Trouble("it is spread over several files", {file})
            text = edits[0].source.text
            texts[file] = applied(text, edits)
            if not _says(texts[file], text, here):
                return _Trouble("the file would not say what it should", {file})
        return Repaired(now.before, self.lint(texts), texts)


def _says(text: str, before: str, repairs: Iterable[_Repair]) -> bool:
    """Whether a text says what another one said, but for what was to change."""
    wanted = read(before, "").root
    for one in repairs:
        for put in one.fix.puts:
            wanted = changed(wanted, put.at.path, put.said)
    return says(text, wanted)


def _worse(before: Outcome, after: Outcome, repairs: Iterable[_Repair]) -> list[Finding]:
    """What is found after repairs that was not found before, or should not be any more."""
    left = Counter(map(_subject, before.findings))
    left.subtract(Counter(_subject(one.finding) for one in repairs))
    found = Counter(map(_subject, after.findings))
    return [one for one in after.findings if found[_subject(one)] > left[_subject(one)]]


def _subject(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.id, finding.at.source.file, finding.resource


def _name(finding: Finding) -> tuple[str, ...]:
    return (*_subject(finding), finding.message, finding.fix.title if finding.fix else "")


# --- words ----------------------------------------------------------------------------------------


def summary(repaired: Repaired, *, made: bool) -> str:
    """What was repaired, or would be, what is left, and what was not repaired although it might."""
    left = len(repaired.outcome.findings)
    lines = [
        f"{finding.at.location}: not repaired[{finding.rule.id}] {why}"
        for finding, why in repaired.refused
    ]
    fixed = len(repaired.before.findings) - left
    lines.append(f"{'fixed' if made else 'would fix'} {fixed}, {left} left")
    return "".join(f"{visible(line)}\n" for line in lines)


def diff(files: Iterable[TextFile], texts: Mapping[str, str], *, shown: bool) -> str:
    """What would change in the files, as `patch` takes it, or as it can be `shown` to people."""
    found: list[str] = []
    for file in _each(files):
        if file.file in texts:
            # People need not see it, but the first line begins with it.
            mark = "" if shown or file.mark != BOM_UTF8 else "\ufeff"
            old, new = _lines(mark + file.text), _lines(mark + texts[file.file])
            before, after = _head(f"a/{file.file}"), _head(f"b/{file.file}")
            found += unified_diff(old, new, before, after, lineterm="\n")
    whole = (
        one if one.endswith("\n") else f"{one}\n\\ No newline at end of file\n" for one in found
    )
    return "".join(map(_shown, whole) if shown else whole)


def _head(path: str) -> str:
    """A path as git writes it above a diff: quoted as in C, or else ended by a tab if need be."""
    if path.isprintable() and not {'"', "\\"} & {*path}:
        return f"{path}\t" if " " in path else path
    return f'"{"".join(map(_in_c, path))}"'


def _in_c(letter: str) -> str:
    """A letter of a text in C: a byte that cannot be printed is an octal number."""
    if letter in '"\\':
        return f"\\{letter}"
    data = letter.encode("utf-8", "surrogateescape")
    return letter if letter.isprintable() else "".join(f"\\{byte:03o}" for byte in data)


def _shown(line: str) -> str:
    return visible(line.rstrip("\r\n").replace("\t", "    ")) + "\n"


def _lines(text: str) -> list[str]:
    """The lines as `patch` counts them, with their ends."""
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), *filter(None, [last])]


# --- files ----------------------------------------------------------------------------------------


def write(files: Iterable[TextFile], texts: Mapping[str, str]) -> list[Problem]:
    """Let files say what they say by now; what kept some from it."""
    problems = []
    for file in _each(files):
        if file.file in texts and not file.is_stdin:
            says = reread(file).text
            if says == texts[file.file]:  # a link leads to another one of the files
                continue
            if says != file.text:
                problems.append(Problem(file.file, "not written: it has changed meanwhile"))
            elif refused := _write(file.file, file.encoded(texts[file.file])):
                problems.append(Problem(file.file, f"not written: {refused}"))
    return problems


def piped(files: Iterable[TextFile], texts: Mapping[str, str]) -> bytes | None:
    """What stands for the text that came from a pipe, None if none did."""
    for file in files:
        if file.is_stdin and not file.refused:
            return file.encoded(texts.get(file.file, file.text))
    return None


def _each(files: Iterable[TextFile]) -> Iterable[TextFile]:
    return {file.file: file for file in files}.values()


def _as(path: str, new: str) -> None:
    """Let a file belong to whom another one belongs, as far as one may, and have its mode."""
    if os.name == "posix":
        before = os.stat(path)
        for owner in ((-1, before.st_gid), (before.st_uid, -1)):
            with suppress(OSError):
                os.chown(new, *owner)
    shutil.copymode(path, new)


def _write(file: str, data: bytes) -> str:
    """Replace a file as a whole, where a link leads; why that cannot be done, "" if it was."""
    path = os.path.realpath(file)
    name = ""
    try:
        with NamedTemporaryFile(dir=os.path.dirname(path), prefix=".", delete=False) as new:
            name = new.name
            new.write(data)
        _as(path, name)
        os.replace(name, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(name)
        return (error.strerror or str(error)).lower()
    return ""
