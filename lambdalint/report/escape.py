"""The text of strangers, made safe to show."""

from __future__ import annotations

import re


def visible(text: str) -> str:
    r"""One line that no terminal obeys: what cannot be printed is spelled out, as in `\x1b`."""
    if text.isprintable():
        return text
    # The ideographic space is as harmless as the plain one, and common in Japanese text.
    return "".join(
        c if c.isprintable() or c == "\u3000" else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def xml(text: str) -> str:
    """One line of XML, in an attribute too; what may not stand in XML cannot be printed either."""
    return visible(text).translate(_ENTITIES)


_MARKUP = re.compile(r"([\\`*_~\[\]<>|#&$!@]|(?<=:)//|(?<=www)\.)")


def markdown(text: str) -> str:
    r"""One line that Markdown shows as it is, in a cell of a table too: `\|`."""
    return _MARKUP.sub(r"\\\1", visible(text))
