"""What a terminal, or whatever stands in its place, can show."""

from __future__ import annotations

import os
import sys
from typing import TextIO

WIDTH = 100  # columns, where there is no terminal to ask


def is_colourful(stream: TextIO) -> bool:
    """Whether to colour: https://no-color.org, https://force-color.org, or else a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if force := os.environ.get("FORCE_COLOR"):
        return force != "0"
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The columns of the terminal."""
    if (columns := os.environ.get("COLUMNS", "")).isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH
