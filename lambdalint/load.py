"""From a text to a template with the plain resources that AWS makes of it."""

from __future__ import annotations

from typing import Any

from lambdalint.assembly import Stack
from lambdalint.read import read
from lambdalint.sam import expand
from lambdalint.template import Template


def load(
    text: str, file: str, fixed: dict[str, Any] | None = None, cdk: Stack | None = None
) -> Template:
    """Read a template; `fixed` are given parameter values. Raises `Unreadable`."""
    template = Template.of(read(text, file), fixed, cdk)
    expand(template)
    return template
