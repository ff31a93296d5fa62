"""Whole paths; links may lead to the working folder, which settings and reports know by one name."""

# ruff: noqa: PTH100, PTH112, PTH117, PTH120  pathlib is slower

from __future__ import annotations

import os


def meant(path: str) -> str:
    """The absolute path, with `/`, of one that somebody names: below the working folder, if what it
    leads to lies there.
    """
    whole, here = absolute(path), inside(absolute("."))
    if os.path.isabs(path) and not inside(whole).startswith(here):
        folder = whole if os.path.isdir(whole) else os.path.dirname(whole)
        real = os.path.realpath(folder).replace(os.sep, "/") + whole[len(folder) :]
        if inside(real).startswith(here):
            return real
    return whole


def absolute(path: str) -> str:
    """The absolute path, with `/`, whatever links are in it."""
    return os.path.abspath(path).replace(os.sep, "/")


def inside(folder: str) -> str:
    """How the paths in a folder begin."""
    return folder if folder.endswith("/") else f"{folder}/"
