"""Parameter values that somebody gave: on the command line, in a file, in `samconfig.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lambdalint.read import read
from lambdalint.value import Unreadable

_SAMCONFIGS = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")

# What the SAM CLI takes for the template beside a `samconfig.toml` that names none.
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
_TEMPLATES = ("template.yaml", "template.yml", "template.json")


class BadSetting(Exception):
    """A setting that nobody can follow: where it stands (a file, "" for an option), what is wrong."""

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(f"{file}: {message}" if file else message)
        self.message, self.file, self.line, self.column = message, file, line, column


def of_options(options: Iterable[str]) -> dict[str, str]:
    """The values of `NAME=VALUE` options; raises `BadSetting`."""
    given = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not (name and equals):
            raise BadSetting(f"--parameter: expected NAME=VALUE instead of {option!r}")
        given[name] = value
    return given


def of_file(file: str) -> dict[str, str]:
    """The values in a JSON or YAML file; raises `BadSetting`.

    Understood are a mapping, one under the key `Parameters` (as CodePipeline writes it), and a list
    of `{"ParameterKey": …, "ParameterValue": …}` or `"NAME=VALUE"` (as the AWS CLI reads them).
    """
    try:
        given = of_data(read(Path(file).read_text("utf-8-sig"), file).root)
    except OSError as error:
        raise BadSetting((error.strerror or str(error)).lower(), file) from None
    except UnicodeDecodeError:
        raise BadSetting("not UTF-8", file) from None
    except Unreadable as refused:
        raise BadSetting(refused.message, file, refused.line, refused.column) from None
    if given is None:
        raise BadSetting("holds no parameters: expected names and values", file)
    return given


def of_data(data: Any) -> dict[str, str] | None:
    """The values that a piece of JSON, YAML or TOML lists; None if it does not."""
    match data:
        case {"Parameters": dict(members)} | dict(members):
            spelled = {name: spell(value) for name, value in members.items()}
        case list(entries):
            spelled = {}
            for entry in entries:
                match entry:
                    case {"ParameterKey": str(name), "ParameterValue": value}:
                        spelled[name] = spell(value)
                    case {"ParameterKey": str(), "UsePreviousValue": True | "true"}:
                        pass
                    case str() if "=" in entry:
                        name, _, value = entry.partition("=")
                        spelled[name] = value
                    case _:
                        return None
        case _:
            return None
    return None if None in spelled.values() else {k: v for k, v in spelled.items() if v is not None}


def spell(value: Any) -> str | None:
    """A parameter's value as CloudFormation takes it, as text; None for what can be none."""
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list(items) if all(isinstance(item, str | int | float) for item in items):
            return ",".join(spell(item) or "" for item in items)
    return None


# --- samconfig.toml -------------------------------------------------------------------------------


class Samconfigs:
    """What `sam deploy` would pass to the templates of a folder, each file read once."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def beside(self, file: str) -> dict[str, str]:
        """The overrides in the nearest `samconfig.toml`, at most as far up as the repository goes;
        one further up that has a template beside it is for that one.

        Raises `BadSetting`, once for each file.
        """
        return self._of(Path(os.path.abspath(file)).parent)  # noqa: PTH100  links stay links

    def _of(self, folder: Path) -> dict[str, str]:
        if (found := self._known.get(str(folder))) is None:
            self._known[str(folder)] = {}
            found = self._known[str(folder)] = self._find(folder)
        return found

    def _find(self, folder: Path) -> dict[str, str]:
        if path := _there(folder, _SAMCONFIGS):
            return _overrides(path)
        above = folder.parent
        if above == folder or (folder / ".git").exists():
            return {}
        if _there(above, _SAMCONFIGS) and _there(above, _TEMPLATES):
            return {}
        return self._of(above)


def _there(folder: Path, names: Iterable[str]) -> Path | None:
    """The first file of these names that a folder has."""
    return next((path for name in names if (path := folder / name).is_file()), None)


def _overrides(path: Path) -> dict[str, str]:
    """The `parameter_overrides` of the default environment; those of `deploy` beat the global."""
    default = _samconfig(path).get("default")
    for command in ("deploy", "global"):
        match default:
            case {**commands}:
                match commands.get(command):
                    case {"parameters": {"parameter_overrides": overrides}}:
                        return _override(overrides, path)
    return {}


def _samconfig(path: Path) -> dict[str, Any]:
    try:
        if path.suffix != ".toml":
            root = read(path.read_text("utf-8-sig"), str(path)).root
        else:
            import tomllib  # noqa: PLC0415  costs 16 ms, and few have the file

            root = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadSetting((error.strerror or str(error)).lower(), _shown(path)) from None
    except Unreadable as refused:
        raise BadSetting(refused.message, _shown(path), refused.line, refused.column) from None
    except ValueError as error:  # not UTF-8, or not TOML
        raise BadSetting(str(error), _shown(path)) from None
    return root if isinstance(root, dict) else {}


def _override(data: Any, path: Path) -> dict[str, str]:
    """The values in any spelling that SAM accepts: text, a list of such texts, or a table."""
    match data:
        case str():
            return _assignments(data, path)
        case list() if all(isinstance(one, str) for one in data):
            found: dict[str, str] = {}
            for one in data:
                found |= _override(one, path)
            return found
    if (given := of_data(data)) is None:
        raise BadSetting("parameter_overrides holds no names and values", _shown(path))
    return given


# As `sam deploy --parameter-overrides` reads them:
# https://github.com/aws/aws-sam-cli/blob/develop/samcli/cli/types.py
_VALUE = r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^\s\\])*)"""
_ASSIGNMENT = rf"ParameterKey=(\w+),ParameterValue={_VALUE}|([\w:]+)={_VALUE}"


def _assignments(text: str, path: Path) -> dict[str, str]:
    if text.startswith("file://"):
        return of_file(os.path.relpath(path.parent / text.removeprefix("file://")))
    found = {}
    if left := re.sub(_ASSIGNMENT, "", text).split():
        raise BadSetting(f"parameter_overrides cannot be read from {left[0]!r} on", _shown(path))
    for match in re.finditer(_ASSIGNMENT, text):
        name, value = (match[1], match[2]) if match[1] else (match[3], match[4])
        if value[:1] in {'"', "'"}:
            value = value[1:-1]
        found[name] = re.sub(r"\\(.)", r"\1", value)
    return found


def _shown(path: Path) -> str:
    return Path(os.path.relpath(path)).as_posix()
