#!/usr/bin/env python3
"""Write schemas/config.json anew: the configuration, with the rules and options that there are.

A maintainer's script: run it when a rule or an option comes, goes or gets another default.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lambdalint.config import NEVER, OFF, SEVERITIES, find_rule, known_rules, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdalint.rule import Rule

SCHEMA: Final = Path(__file__).resolve().parent.parent / "schemas" / "config.json"

_TYPES: Final[dict[type, dict[str, Any]]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    type(None): {"type": "string", "format": "date"},  # what has no default is a day
}
_SCALAR: Final = {"type": ["string", "number", "boolean"]}


def schema() -> dict[str, Any]:
    """The schema of `lambdalint.toml`, and of the table `tool.lambdalint` in `pyproject.toml`."""
    rules = {id: _rule(find_rule(id)) for id in known_rules()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://raw.githubusercontent.com/lambdalint/lambdalint/main/schemas/config.json",
        "title": "lambdalint configuration",
        "description": "lambdalint.toml, or [tool.lambdalint] in pyproject.toml.",
        **_table(
            {
                "select": _words("Run only these rules."),
                "extend-select": _words("Run these rules as well."),
                "ignore": _words("Do not run these rules."),
                "fail-on": {
                    "description": "Exit with 1 from this severity on.",
                    "enum": [*SEVERITIES, NEVER],
                    "default": "warning",
                },
                "exclude": {
                    "description": "Pass over what matches, as lines of .gitignore would.",
                    **_texts({"type": "string"}),
                },
                "baseline": {
                    "description": "Hold back the findings that this file lists.",
                    "type": "string",
                    "minLength": 1,
                },
                "parameters": {
                    "description": "What the parameters of the templates are.",
                    "type": "object",
                    "additionalProperties": {
                        "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]
                    },
                },
                "rules": {"description": "Severities and options of rules.", **_table(rules)},
            }
        ),
        "definitions": {
            "words": {
                "type": "string",
                "anyOf": [{"enum": names()}, {"pattern": _listed(names())}],
            }
        },
    }


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _words(what: str) -> dict[str, Any]:
    """Ids, families or `ALL`; a text may hold several, with commas between them."""
    return {"description": what, **_texts({"$ref": "#/definitions/words"})}


def _texts(text: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "array", "items": text}, text]}


def _listed(words: Sequence[str]) -> str:
    return rf"^(\s*(({'|'.join(words)})\s*)?(,|$))+$"


def _rule(rule: Rule) -> dict[str, Any]:
    severity = {"enum": [*SEVERITIES, OFF], "default": rule.severity.name.lower()}
    options = {name: _option(rule, name) for name in rule.options}
    return {"description": rule.title, **_table({"severity": severity, **options})}


def _option(rule: Rule, name: str) -> dict[str, Any]:
    default = rule.options[name]
    choice = {"enum": list(rule.choices[name])} if name in rule.choices else {}
    if isinstance(default, list):
        kind = {"type": "array", "items": {"type": "string", **choice}}
    else:
        kind = {**_TYPES[type(default)], **choice}
    return kind if default is None else {**kind, "default": default}


def main() -> None:
    """Write the file."""
    SCHEMA.write_text(f"{json.dumps(schema(), indent=2, ensure_ascii=False)}\n", "utf-8")


if __name__ == "__main__":
    main()
