"""Rules themselves: the page of one, and version 1 of our own JSON of several."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any

from lambdalint import __version__
from lambdalint.report.json import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdalint.rule import Rule


def page(rule: Rule) -> str:
    """The page with what its front matter says below it."""
    return _with_facts(rule.page, rule)


def opening(rule: Rule) -> str:
    """The page up to its first section, odd cases and options, with the same facts."""
    return _with_facts(rule.page.partition("\n## ")[0], rule)


def _with_facts(text: str, rule: Rule) -> str:
    default = "on" if rule.enabled else "off"
    facts = [f"`{rule.id}`: {rule.severity.name.lower()}, {default} by default, {rule.repair}"]
    facts += [f"option `{name}`: {value!r} by default" for name, value in rule.options.items()]
    facts += [f"source: <{source}>" for source in rule.sources]
    return f"{text.rstrip()}\n\n---\n\n" + "".join(f"- {fact}\n" for fact in facts)


def json(rules: Iterable[Rule], *, pages: bool = False) -> str:
    """What a rule is, and with `pages` what stands on its page."""
    report = {
        "version": VERSION,
        "tool": {"name": "lambdalint", "version": __version__},
        "rules": [_rule(rule) | ({"page": rule.page} if pages else {}) for rule in rules],
    }
    return dumps(report, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "family": rule.id.partition("/")[0],
        "title": rule.title,
        "severity": rule.severity.name.lower(),
        "enabled": rule.enabled,
        "fix": rule.fix or None,
        "options": [
            {
                "name": name,
                "default": default,
                "choices": list(rule.choices[name]) if name in rule.choices else None,
            }
            for name, default in rule.options.items()
        ],
        "url": rule.url,
        "sources": list(rule.sources),
    }
