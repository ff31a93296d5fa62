"""From a text to a template with the plain resources that AWS makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdalint import macro
from lambdalint.beside import take_in
from lambdalint.read import read
from lambdalint.sam import expand
from lambdalint.template import Template

if TYPE_CHECKING:
    from lambdalint.assembly import Stack

LANGUAGE = "AWS::LanguageExtensions"


def load(
    text: str, file: str, fixed: dict[str, Any] | None = None, cdk: Stack | None = None
) -> Template:
    """Read a template; `fixed` are given parameter values. Raises `Unreadable`."""
    template = Template.of(read(text, file), fixed, cdk)
    macro.apply(template)
    if any(one.data == LANGUAGE for one in template.transforms()):
        from lambdalint.loops import unroll  # noqa: PLC0415  few declare it

        unroll(template)
    take_in(template)
    expand(template)
    return template
