"""`[tool.lambdalint]` and `lambdalint.toml` → settings, checked against the rules there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from lambdalint.catalog import load_rule, rule_ids
from lambdalint.parameters import BadSetting, spell
from lambdalint.rule import Rule, Severity
from lambdalint.suppress import RULES

ALL = "ALL"
NEVER = "never"
SEVERITIES = {severity.name.lower(): severity for severity in reversed(Severity)}
OFF = "off"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Selection(NamedTuple):
    """What one place says about the rules to run: ids, families or `ALL`.

    Without `select` it starts from what was chosen before. The more specific word wins, and of two
    equally specific ones that which ignores.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def chooses(self, id: str, *, before: bool) -> bool:
        wanted = max(map(_rank(id), (*(self.select or ()), *self.extend)), default=0)
        unwanted = max(map(_rank(id), self.ignore), default=0)
        if wanted or unwanted:
            return wanted > unwanted
        return before and self.select is None


def _rank(id: str) -> Callable[[str], int]:
    """How closely a word names a rule: 0 not at all, 3 by its id."""
    family = id.partition("/")[0]
    return lambda word: {ALL: 1, family: 2, id: 3}.get(word, 0)


class Settings(NamedTuple):
    """What a configuration file says; its folder is what `exclude` is relative to.

    `baseline` is the path of one, "" for none.
    """

    file: str = ""
    folder: str = "."
    selection: Selection = Selection()
    fail_on: Severity | None = Severity.WARNING
    exclude: tuple[str, ...] = ()
    parameters: Mapping[str, str] = _NOTHING
    severities: Mapping[str, Severity] = _NOTHING
    options: Mapping[str, Mapping[str, Any]] = _NOTHING
    baseline: str = ""


@cache
def known_rules() -> tuple[str, ...]:
    """The ids of all rules, those about ignores too."""
    return tuple(sorted((*rule_ids(), *RULES)))


def names() -> tuple[str, ...]:
    """What stands for rules where somebody selects them: ids, families and `ALL`."""
    known = known_rules()
    return tuple(sorted({ALL, *known, *(id.partition("/")[0] for id in known)}))


def find_rule(id: str) -> Rule:
    """The rule under an id; raises `BadSetting` with a suggestion."""
    if id in RULES:
        return RULES[id]
    known = known_rules()
    if id not in known:
        raise BadSetting(f"there is no rule {id!r}{suggest(id, known)}")
    return load_rule(id)


def choose(selections: Iterable[Selection]) -> list[Rule]:
    """The rules to run, each layer deciding upon the one before; nothing else is loaded.

    A rule that is off by default runs when it, its family or `ALL` is selected.
    """
    chosen = []
    layers = list(selections)
    for id in known_rules():
        # What depends on the default is known only when the page has been read.
        certain, possible = _chosen(layers, id, default=False), _chosen(layers, id, default=True)
        if possible and ((rule := find_rule(id)).enabled or certain):
            chosen.append(rule)
    return chosen


def _chosen(layers: Iterable[Selection], id: str, *, default: bool) -> bool:
    for layer in layers:
        default = layer.chooses(id, before=default)
    return default


def words(listed: Iterable[str], where: str = "") -> tuple[str, ...]:
    """The ids, families or `ALL` in (comma separated) texts; raises `BadSetting` if there is none."""
    if not (listed := tuple(listed)):
        return ()
    found = [word.strip() for text in listed for word in text.split(",") if word.strip()]
    known = names()
    for word in found:
        if word not in known:
            said = f"there is no rule or family {word!r}{suggest(word, known)}"
            raise BadSetting(f"{where}: {said}" if where else said)
    return tuple(found)


def named(listed: Iterable[str]) -> list[Rule]:
    """The rules that (comma separated) ids, families or `ALL` name, each once; raises `BadSetting`."""
    ids = (id for word in words(listed) for id in known_rules() if _rank(id)(word))
    return [find_rule(id) for id in dict.fromkeys(ids)]


def suggest(word: str, names: Iterable[str]) -> str:
    """A question, where a word is close to one of the names."""
    from difflib import get_close_matches  # noqa: PLC0415  only those who mistyped wait for it

    names = sorted(names)
    close = get_close_matches(word, names, 1) or [
        name for name in names if word and word.casefold() == name.rpartition("/")[2].casefold()
    ]
    return f", did you mean {close[0]}?" if close else ""


# --- files ----------------------------------------------------------------------------------------


def find(start: str | Path = ".") -> Settings:
    """The nearest configuration from a folder upwards; `lambdalint.toml` beats its neighbour."""
    folder = Path(start).absolute()
    for one in (folder, *folder.parents):
        for name in ("lambdalint.toml", "pyproject.toml"):
            path = one / name
            # pathlib fails where nobody may look for it.
            if os.path.isfile(path) and (settings := load(path, required=False)):  # noqa: PTH113
                return settings
    return Settings()


def load(path: Path, *, required: bool = True) -> Settings | None:
    """The settings in a file; None if a `pyproject.toml` has none. Raises `BadSetting`."""
    file = _shown(path)
    try:
        data = path.read_bytes()
        if path.name == "pyproject.toml" and b"lambdalint" not in data:
            return _nothing(file, required=required)
        import tomllib  # noqa: PLC0415  costs 16 ms, and few have the file

        table = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise BadSetting((error.strerror or str(error)).lower(), file) from None
    except ValueError as error:  # not UTF-8, or not TOML
        raise BadSetting(str(error), file) from None
    if path.name == "pyproject.toml":
        match table:
            case {"tool": {"lambdalint": dict(own)}}:
                table = own
            case {"tool": {"lambdalint": _}}:
                raise BadSetting("tool.lambdalint: expected a table", file)
            case _:
                return _nothing(file, required=required)
    return _Reader(file, str(path.absolute().parent)).settings(table)


def _nothing(file: str, *, required: bool) -> Settings | None:
    if required:
        raise BadSetting("has no [tool.lambdalint]", file)
    return None


def _shown(path: Path) -> str:
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


class _Reader(NamedTuple):
    """Reads the table of one file, and complains with its name."""

    file: str
    folder: str

    def settings(self, table: Mapping[str, Any]) -> Settings:
        keys = (
            *("select", "extend-select", "ignore", "fail-on", "exclude", "baseline"),
            *("parameters", "rules"),
        )
        self._keys(table, keys, "")
        severities, off, options = self._rules(table.get("rules", {}))
        return Settings(
            self.file,
            self.folder,
            Selection(
                self._words(table, "select") if "select" in table else None,
                self._words(table, "extend-select"),
                (*self._words(table, "ignore"), *off),
            ),
            self._fail_on(table.get("fail-on", "warning")),
            self._texts(table, "exclude"),
            self._parameters(table.get("parameters", {})),
            severities,
            options,
            self._baseline(table),
        )

    def _complain(self, message: str) -> BadSetting:
        return BadSetting(message, self.file)

    def _keys(self, table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        for key in table:
            if key not in known:
                place = f" in {where}" if where else ""
                raise self._complain(f"unknown key {key!r}{place}{suggest(key, known)}")

    def _texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        match table.get(key, []):
            case str(text):
                return (text,)
            case list(texts) if all(isinstance(text, str) for text in texts):
                return tuple(texts)
        raise self._complain(f"{key}: expected a list of texts")

    def _words(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        try:
            return words(self._texts(table, key), key)
        except BadSetting as bad:
            raise (bad if bad.file else self._complain(bad.message)) from None

    def _severity(self, value: Any, where: str, other: str) -> Severity | None:
        names = (*SEVERITIES, other)
        if not isinstance(value, str) or value not in names:
            near = suggest(value, names) if isinstance(value, str) else ""
            raise self._complain(f"{where}: expected {', '.join(names)} instead of {value!r}{near}")
        return SEVERITIES.get(value)

    def _baseline(self, table: Mapping[str, Any]) -> str:
        match table.get("baseline"):
            case None:
                return ""
            case str(path) if path:
                return _shown(Path(self.folder, path))
        raise self._complain("baseline: expected the path of a file")

    def _fail_on(self, value: Any) -> Severity | None:
        return self._severity(value, "fail-on", NEVER)

    def _parameters(self, table: Any) -> dict[str, str]:
        if not isinstance(table, dict):
            raise self._complain("parameters: expected a table of names and values")
        given = {}
        for name, value in table.items():
            if (spelled := spell(value)) is None:
                raise self._complain(f"parameters: {name} is neither text nor number nor list")
            given[name] = spelled
        return given

    def _rules(
        self, table: Any
    ) -> tuple[dict[str, Severity], list[str], dict[str, dict[str, Any]]]:
        if not isinstance(table, dict):
            raise self._complain("rules: expected a table for each rule")
        severities: dict[str, Severity] = {}
        off: list[str] = []
        options: dict[str, dict[str, Any]] = {}
        for id, given in table.items():
            where = f'rules."{id}"'
            try:
                rule = find_rule(id)
            except BadSetting as bad:
                raise self._complain(f"rules: {bad.message}") from None
            if not isinstance(given, dict):
                raise self._complain(f'{where}: expected a table such as severity = "error"')
            self._keys(given, ("severity", *rule.options), where)
            if "severity" in given:
                severity = self._severity(given["severity"], f"{where}.severity", OFF)
                if severity is None:
                    off.append(id)
                else:
                    severities[id] = severity
            options[id] = dict(self._options(rule, given, where))
        return severities, off, options

    def _options(
        self, rule: Rule, given: Mapping[str, Any], where: str
    ) -> Iterator[tuple[str, Any]]:
        for name, default in rule.options.items():
            if name in given:
                if not _like(given[name], default):
                    kind = _KINDS.get(type(default), "a day such as '2026-11-22'")
                    example = "" if default is None else f" such as {default!r}"
                    raise self._complain(
                        f"{where}.{name}: expected {kind}{example} instead of {given[name]!r}"
                    )
                self._choice(rule.choices.get(name), given[name], f"{where}.{name}")
                yield name, given[name]

    def _choice(self, choices: Sequence[Any] | None, given: Any, where: str) -> None:
        for one in given if isinstance(given, list) else [given]:
            if choices and one not in choices:
                close = suggest(str(one), map(str, choices))
                expected = ", ".join(map(str, choices))
                raise self._complain(f"{where}: {one!r} is none of {expected}{close}")


_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list of texts",
}


def _like(given: Any, default: Any) -> bool:
    """Whether an option is of its default's type (a whole number is a number too)."""
    if default is None:
        return _is_day(given)
    if isinstance(given, bool) or isinstance(default, bool):
        return isinstance(given, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(given, int | float)
    if isinstance(default, list):
        return isinstance(given, list) and all(isinstance(one, str) for one in given)
    return isinstance(given, type(default))


def _is_day(given: Any) -> bool:
    """Whether something is a day, as TOML or as text; an option without a default is one."""
    from datetime import date, datetime  # noqa: PLC0415  only those who pin a day wait for it

    try:
        is_day = isinstance(given, date) and not isinstance(given, datetime)
        return is_day or bool(date.fromisoformat(given))
    except (TypeError, ValueError):
        return False
