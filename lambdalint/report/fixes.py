"""Fixes in reports: what would repair a finding, and who can make it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lambdalint.rule import Finding, Fix
    from lambdalint.value import Location


def words(fix: Fix | None) -> str:
    """What would repair it; "" if nothing is known to."""
    if fix is None or (fix.puts and not fix.edits):
        return ""
    return fix.title if fix.puts else f"{fix.title}, in the app"


def hint(fix: Fix | None) -> str:
    """What would repair it, and how to have that done; "" if nothing is known to."""
    if fix is None or not fix.edits:
        return words(fix)
    return f"{words(fix)} ({'--fix' if fix.safe else '--fix --unsafe-fixes'})"


def counted(findings: Iterable[Finding]) -> str:
    """How much can be repaired, "" if nothing can."""
    safe = [one.fix.safe for one in findings if one.fix and one.fix.edits]
    ways = {"--fix": safe.count(True), "--fix --unsafe-fixes": safe.count(False)}
    counts = [f"{count} with {way}" for way, count in ways.items() if count]
    return f"can be repaired: {', '.join(counts)}" if counts else ""


def data(fix: Fix | None) -> dict[str, Any] | None:
    """A fix for programs; without edits, the app that writes the template has to make it."""
    if fix is None or (fix.puts and not fix.edits):
        return None
    edits = [
        {
            "file": PurePath(at.file).as_posix(),
            "line": at.line,
            "column": at.column,
            "end_line": at.end_line,
            "end_column": at.end_column,
            "text": edit.text,
        }
        for edit in fix.edits
        for at in (edit.location,)
    ]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def sarif(
    fix: Fix | None,
    artifact: Callable[[str], dict[str, str]],
    region: Callable[[Location], dict[str, int]],
) -> list[dict[str, Any]]:
    """A fix as SARIF has it (§3.55): what to delete and to insert in each file."""
    edits = fix.edits if fix else ()
    changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for edit in edits:
        at = edit.location
        changes[at.file].append(
            {"deletedRegion": region(at), "insertedContent": {"text": edit.text}}
        )
    if fix is None or not changes:
        return []
    listed = [
        {"artifactLocation": artifact(file), "replacements": replacements}
        for file, replacements in changes.items()
    ]
    return [{"description": {"text": fix.title}, "artifactChanges": listed}]
