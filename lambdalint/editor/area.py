"""What is linted together, and how: as the command line would, with the texts of open documents.

The working folder is that of the area meanwhile, so one thread does all this.
"""

# ruff: noqa: PTH118  names are joined as the files beside them are found

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import chdir
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from lambdalint import config, run
from lambdalint.baseline import Baseline, Scope
from lambdalint.config import Selection, Settings
from lambdalint.files import Ignore, TextFile, collect, looks_like_template
from lambdalint.ignoring import ignore
from lambdalint.parameters import BadSetting, spell
from lambdalint.repair import repair
from lambdalint.rule import Finding, Outcome, Rule
from lambdalint.run import Given, Listener, Reading

Texts: TypeAlias = Mapping[str, str]
"""What open documents say, by their absolute paths."""

# Characters that mean nothing, so that hardly a text has them.
_PRIVATE = range(0xE000, 0xF900)


class Area(NamedTuple):
    """A folder, or one document that lies in none of the folders that are open.

    `folder` is an absolute path; `file` is the name of the document in it, "" for a whole folder,
    and `uri` what the editor calls it.
    """

    folder: str
    file: str = ""
    uri: str = ""

    def path(self, file: str) -> str:
        """The absolute path of a file that people are shown by a relative one."""
        return os.path.normpath(os.path.join(self.folder, file)).replace(os.sep, "/")

    def name(self, path: str) -> str:
        """How a file is shown here, "" if it cannot be: it lies on another drive."""
        try:
            return os.path.relpath(path, self.folder).replace(os.sep, "/")
        except ValueError:
            return ""


class Wishes(NamedTuple):
    """What an editor says on top of the configuration file, or instead of it."""

    config: str = ""
    selection: Selection = Selection()
    parameters: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def of(cls, said: Any) -> Wishes:
        """The wishes in an object of JSON; raises `BadSetting`."""
        keys = ("config", "select", "extendSelect", "ignore", "parameters")
        for key in _mapping(said, "the options of the editor"):
            if key not in keys:
                close = config.suggest(key, keys)
                raise BadSetting(f"unknown option {key!r} of the editor{close}")
        said = said or {}
        given = _mapping(said.get("parameters"), "parameters")
        parameters = {name: spell(value) for name, value in given.items()}
        file = said.get("config") or ""
        if not isinstance(file, str):
            raise BadSetting("config: expected the path of a file")
        selection = Selection(
            _rules(said, "select") if "select" in said else None,
            _rules(said, "extendSelect"),
            _rules(said, "ignore"),
        )
        return cls(file, selection, {k: v for k, v in parameters.items() if v is not None})


def _mapping(said: Any, what: str) -> Mapping[str, Any]:
    if said is not None and not isinstance(said, dict):
        raise BadSetting(f"{what}: expected names and values")
    return said or {}


def _rules(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    match said.get(key, []):
        case list(texts) if all(isinstance(text, str) for text in texts):
            return config.words(texts, key)
    raise BadSetting(f"{key}: expected a list of rules")


class Repairs(NamedTuple):
    """What files say and would say, by their absolute paths; else why not."""

    texts: Mapping[str, tuple[str, str]]
    why: str = ""


def lint(
    area: Area, texts: Texts, wishes: Wishes, listener: Listener
) -> tuple[Outcome, dict[str, str]]:
    """What is wrong in an area, and what its files say; raises `BadSetting`."""
    with chdir(area.folder):
        settings = _settings(wishes)
        reading = _read(area, texts, settings, wishes, listener)
        outcome = _check(area, settings, wishes, listener)(reading)
        if settings.baseline:
            baseline = Baseline.load(settings.baseline)
            outcome = baseline.hold(outcome, Scope((), ())).outcome
        return outcome, _said(area, texts, reading)


def repaired(
    area: Area, texts: Texts, wishes: Wishes, wanted: Callable[[Finding], bool], *, unsafe: bool
) -> Repairs:
    """What some repairs make of an area; raises `BadSetting`."""
    with chdir(area.folder):
        reading, check = _begun(area, texts, wishes)
        made = repair(reading, check, unsafe=unsafe, wanted=wanted)
        changed = _changed(area, _said(area, texts, reading), made.texts)
        return Repairs(changed, made.refused[0][1] if made.refused else "")


def ignored(area: Area, texts: Texts, wishes: Wishes, wanted: Callable[[Finding], bool]) -> Repairs:
    """What it takes to ignore some findings, once somebody gives the reason, which does not stand
    there yet; raises `BadSetting`.
    """
    with chdir(area.folder):
        reading, check = _begun(area, texts, wishes)
        said = _said(area, texts, reading)
        found = check(reading)
        told = found._replace(findings=tuple(filter(wanted, found.findings)))
        # It is tried with a reason, or it would not count.
        reason = next(one for one in map(chr, _PRIVATE) if not any(one in t for t in said.values()))
        made = ignore(reading, found, told, check, reason)
        unfounded = {
            file: text.replace(f" {reason}", "").replace(reason, "")
            for file, text in made.texts.items()
        }
        why = made.refused[0][1].replace(reason, "…") if made.refused else ""
        return Repairs(_changed(area, said, unfounded), why)


def _changed(area: Area, said: Texts, texts: Texts) -> dict[str, tuple[str, str]]:
    return {area.path(file): (said[file], text) for file, text in texts.items()}


def _begun(
    area: Area, texts: Texts, wishes: Wishes
) -> tuple[Reading, Callable[[Reading], Outcome]]:
    """What is read of an area, and how to lint it."""
    settings = _settings(wishes)
    reading = _read(area, texts, settings, wishes, run.NOBODY)
    return reading, _check(area, settings, wishes, run.NOBODY)


def _settings(wishes: Wishes) -> Settings:
    found = config.load(Path(wishes.config)) if wishes.config else config.find()
    return found or Settings()


def _read(
    area: Area, texts: Texts, settings: Settings, wishes: Wishes, listener: Listener
) -> Reading:
    said = _named(area, texts)
    if area.file:
        files = list(_alone(area.file, said.get(area.file, "")))
    else:
        files = collect(["."], exclude=[Ignore.of(settings.exclude, settings.folder)])
    # A parameter that no template has yet is no mistake.
    return run.understand(files, settings, Given(files=wishes.parameters), said, listener)


def _alone(file: str, text: str) -> Iterable[TextFile]:
    """A document, if it looks like a template."""
    if looks_like_template(text.encode("utf-8", "replace")):
        yield TextFile(file, text)


def _named(area: Area, texts: Texts) -> dict[str, str]:
    """The texts by the names that files have in an area."""
    return {name: text for path, text in texts.items() if (name := area.name(path))}


def _said(area: Area, texts: Texts, reading: Reading) -> dict[str, str]:
    return {file.file: file.text for file in reading.files} | _named(area, texts)


def _check(
    area: Area, settings: Settings, wishes: Wishes, listener: Listener
) -> Callable[[Reading], Outcome]:
    rules = _chosen(settings.selection, wishes.selection)

    def check(reading: Reading) -> Outcome:
        # Without the other templates, an ignore may seem to be of no use.
        whole = reading.whole and not area.file
        return run.check(reading._replace(whole=whole), rules, settings, listener=listener)

    return check


@lru_cache(maxsize=8)
def _chosen(*selections: Selection) -> Sequence[Rule]:
    """The rules to run, whose pages need not be read again."""
    return config.choose(selections)
