"""Repairs: the fixes of findings, made together as long as they leave nothing else broken."""

# ruff: noqa: PTH105, PTH108, PTH120, PTH123  a file is replaced by the system's own calls

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from lambdalint.edit import Edit
from lambdalint.edit.text import applied, changed
from lambdalint.files import TextFile, reread
from lambdalint.read import read
from lambdalint.report.escape import visible
from lambdalint.rule import Finding, Fix, Outcome, Problem
from lambdalint.value import Unreadable

# A round makes all fixes that do not touch each other; nobody has so many that do.
_MOST_ROUNDS = 100


@dataclass(slots=True)
class Repaired:
    """What is left to say, what the repaired files say, and which fixes were taken back, and why."""

    outcome: Outcome
    texts: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[Finding, str]] = field(default_factory=list)


class _Repair(NamedTuple):
    """A finding, its fix, and the edits that make it."""

    finding: Finding
    fix: Fix
    edits: tuple[Edit, ...]


def repair(
    outcome: Outcome, check: Callable[[Mapping[str, str]], Outcome], *, unsafe: bool
) -> Repaired:
    """Make the fixes of an outcome, and of what comes to light; `check` lints what files say."""
    now = Repaired(outcome)
    for _ in range(_MOST_ROUNDS):
        repairs = list(_repairs(now, unsafe=unsafe))
        if not repairs:
            break
        after = _made(now, repairs, check)
        if isinstance(after, str):
            after = _first_made(now, repairs, check)
        now = after
    refused = {_name(finding) for finding, _ in now.refused}
    left = (
        replace(one, fix=None) if _name(one) in refused else one for one in now.outcome.findings
    )
    now.outcome = now.outcome._replace(findings=tuple(left))
    return now


def _repairs(now: Repaired, *, unsafe: bool) -> Iterator[_Repair]:
    """The fixes that can be made at once: what meets another one waits."""
    refused = {_name(finding) for finding, _ in now.refused}
    taken: list[Edit] = []
    for finding in now.outcome.findings:
        fix = finding.fix
        if fix is None or not (fix.safe or unsafe) or _name(finding) in refused:
            continue
        edits = fix.edits()
        if edits and not any(one.meets(other) for one in edits for other in taken):
            taken += edits
            yield _Repair(finding, fix, edits)


def _first_made(
    now: Repaired, repairs: Iterable[_Repair], check: Callable[[Mapping[str, str]], Outcome]
) -> Repaired:
    """What the first of some fixes makes that can be made alone; those before it are refused."""
    for one in repairs:
        after = _made(now, [one], check)
        if isinstance(after, Repaired):
            return after
        now.refused.append((one.finding, after))
    return now


def _made(
    now: Repaired, repairs: list[_Repair], check: Callable[[Mapping[str, str]], Outcome]
) -> Repaired | str:
    """What fixes make of the files, or why they had better not."""
    texts = dict(now.texts)
    for file in dict.fromkeys(edit.source.file for one in repairs for edit in one.edits):
        here = [one for one in repairs if one.edits[0].source.file == file]
        edits = [edit for one in here for edit in one.edits]
        if any(edit.source.file != file for edit in edits):
            return "it is spread over several files"
        text = edits[0].source.text
        texts[file] = applied(text, edits)
        if not _says(texts[file], text, here):
            return "the file would not say what it should"
    after = check(texts)
    if trouble := _trouble(now.outcome, after, repairs):
        return trouble
    return Repaired(after, texts, now.refused)


def _says(text: str, before: str, repairs: Iterable[_Repair]) -> bool:
    """Whether a text says what another one said, but for what was to change."""
    wanted = read(before, "").root
    for one in repairs:
        for put in one.fix.puts:
            wanted = changed(wanted, put.at.path, put.said)
    try:
        return bool(read(text, "").root == wanted)
    except Unreadable:
        return False


def _trouble(before: Outcome, after: Outcome, repairs: Iterable[_Repair]) -> str:
    """What is wrong after repairs that was not before, or still is; "" if all is well."""
    if len(after.problems) > len(before.problems):
        return after.problems[-1].message
    left = Counter(map(_subject, before.findings))
    left.subtract(Counter(_subject(one.finding) for one in repairs))
    for subject, count in Counter(map(_subject, after.findings)).items():
        if count > left[subject]:
            still = any(_subject(one.finding) == subject for one in repairs)
            return f"{subject[0]} would {'still' if still else 'then'} be found"
    return ""


def _subject(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.id, finding.at.source.file, finding.resource


def _name(finding: Finding) -> tuple[str, ...]:
    return (*_subject(finding), finding.message, finding.fix.title if finding.fix else "")


# --- words ----------------------------------------------------------------------------------------


def summary(before: Outcome, repaired: Repaired, *, made: bool) -> str:
    """What was repaired, or would be, what is left, and what was not repaired although it might."""
    left = len(repaired.outcome.findings)
    lines = [
        f"{finding.at.location}: not repaired[{finding.rule.id}] {why}"
        for finding, why in repaired.refused
    ]
    fixed = len(before.findings) - left
    lines.append(f"{'fixed' if made else 'would fix'} {fixed}, {left} left")
    return "".join(f"{visible(line)}\n" for line in lines)


def diff(files: Iterable[TextFile], texts: Mapping[str, str]) -> str:
    """What would change in the files, as `patch` takes it."""
    found = []
    for file in _each(files):
        if file.file in texts:
            old, new = _lines(file.text), _lines(texts[file.file])
            found += unified_diff(old, new, f"a/{file.file}", f"b/{file.file}", lineterm="\n")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found
    )


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
            if reread(file).text != file.text:
                problems.append(Problem(file.file, "not repaired: it has changed meanwhile"))
            elif refused := _write(file.file, file.encoded(texts[file.file])):
                problems.append(Problem(file.file, f"not repaired: {refused}"))
    return problems


def _each(files: Iterable[TextFile]) -> Iterable[TextFile]:
    return {file.file: file for file in files}.values()


def _write(file: str, data: bytes) -> str:
    """Replace a file as a whole, where a link leads; why that cannot be done, "" if it was."""
    path = os.path.realpath(file)
    name = ""
    try:
        with NamedTemporaryFile(dir=os.path.dirname(path), prefix=".", delete=False) as new:
            name = new.name
            new.write(data)
        shutil.copymode(path, name)
        os.replace(name, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(name)
        return (error.strerror or str(error)).lower()
    return ""
