"""What an editor offers to do about what was found: quick fixes, and all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from lsprotocol.types import CodeAction, CodeActionKind, CodeActionParams, Range

from lambdalint.editor.area import Area
from lambdalint.editor.telling import Told
from lambdalint.rule import Finding
from lambdalint.suppress import RULES

FIX_ALL = f"{CodeActionKind.SourceFixAll.value}.lambdalint"


class Order(NamedTuple):
    """What an action is to do: repair or ignore one finding, or repair all in a file that is safe.

    It travels to the editor and back. `path` is the file that is asked about.
    """

    uri: str
    path: str
    fingerprint: str = ""
    title: str = ""
    unsafe: bool = False
    ignore: bool = False

    @classmethod
    def of(cls, data: Any) -> Order:
        """The order that an editor gives back; raises `TypeError` if it is none."""
        return cls(**data)

    def wants(self, area: Area) -> Callable[[Finding], bool]:
        """Whether a finding is one of those to repair."""
        if self.fingerprint:
            return lambda one: (
                one.fingerprint == self.fingerprint
                and (self.ignore or (one.fix is not None and one.fix.title == self.title))
            )
        return lambda one: (
            one.fix is not None
            and any(area.path(edit.source.file) == self.path for edit in one.fix.edits)
        )


def offered(
    uri: str, path: str, told: Iterable[Told], params: CodeActionParams
) -> Iterator[CodeAction]:
    """The actions for a part of a document, without the edits that they make."""
    only, told = params.context.only, list(told)
    if _wanted(CodeActionKind.QuickFix.value, only):
        here = [one for one in told if _meets(one.diagnostic.range, params.range)]
        for one in here:
            if one.remedy:
                title, safe, _ = one.remedy
                order = Order(uri, path, one.fingerprint, title, unsafe=not safe)
                said = f"{title[:1].upper()}{title[1:]}{'' if safe else ' (unsafe)'}"
                yield _quick_fix(said, one, order, preferred=safe)
        for one in here:
            if one.rule and one.rule.id not in RULES:
                order = Order(uri, path, one.fingerprint, ignore=True)
                yield _quick_fix(f"Ignore {one.rule.id} here", one, order)
    is_safe = (one.remedy and one.remedy.safe and one.remedy.path == path for one in told)
    if _wanted(FIX_ALL, only) and any(is_safe):
        said = "Fix all safe problems in this file"
        yield CodeAction(said, FIX_ALL, data=Order(uri, path)._asdict())


def _quick_fix(
    title: str, told: Told, order: Order, *, preferred: bool | None = None
) -> CodeAction:
    return CodeAction(
        title,
        CodeActionKind.QuickFix,
        diagnostics=[told.diagnostic],
        is_preferred=preferred,
        data=order._asdict(),
    )


def _wanted(kind: str, only: Iterable[CodeActionKind | str] | None) -> bool:
    """Whether an editor asks for a kind of actions, or for all."""
    if only is None:
        return True
    asked = [one.value if isinstance(one, CodeActionKind) else one for one in only]
    return any(f"{kind}.".startswith(f"{one}.") or not one for one in asked)


def _meets(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end
