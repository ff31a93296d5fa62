"""The working folder, which a path may lead to by links: settings and reports know it by one name."""

# ruff: noqa: PTH100, PTH112, PTH117, PTH120  pathlib is slower

from __future__ import annotations

import os


def meant(path: str) -> str:
    """The absolute path, with `/`, of one that somebody names: below the working folder, if what it
    leads to lies there.
    """
    whole = _slashed(os.path.abspath(path))
    here = _ended(_slashed(os.path.abspath(".")))
    if os.path.isabs(path) and not _ended(whole).startswith(here):
        folder = whole if os.path.isdir(whole) else os.path.dirname(whole)
        real = _slashed(os.path.realpath(folder)) + whole[len(folder) :]
        if _ended(real).startswith(here):
            return real
    return whole


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _ended(folder: str) -> str:
    return folder if folder.endswith("/") else f"{folder}/"
