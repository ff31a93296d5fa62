"""Every page in `rules/` is a test: an arrow in a template is a promise about that line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from inspect import isfunction, signature
from pkgutil import iter_modules
from typing import Any

import pytest

from lambdalint import checks
from lambdalint.catalog import load_rule, rule_ids
from lambdalint.edit.text import applied, changed
from lambdalint.engine import lint
from lambdalint.load import load
from lambdalint.read import read
from lambdalint.rule import Finding, Rule, Severity

BLOCK = re.compile(r"^```(yaml|json|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# In code that is not YAML's or Python's, comments begin in another way.
ARROW = re.compile(r"  (?:#|//) <- (?:(error|warning|info): )?(.+)$", re.MULTILINE)
RULES = [load_rule(id) for id in rule_ids()]


@dataclass(frozen=True)
class Example:
    """A template on a page; a TOML block above it sets the options."""

    rule: Rule
    options: dict[str, Any]
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.rule.id}.md:{self.line}"


def _examples() -> Iterator[Example]:
    for rule in RULES:
        options: dict[str, Any] = {}
        for block in BLOCK.finditer(rule.page):
            language, text = block.groups()
            if language == "toml":
                options = tomllib.loads(text)
            else:
                yield Example(rule, options, text, rule.page[: block.start()].count("\n"))


EXAMPLES = list(_examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_page_tells_the_truth(example: Example) -> None:
    promised = set()
    for number, line in enumerate(example.text.splitlines(), 1):
        if arrow := ARROW.search(line):
            severity = Severity[arrow[1].upper()] if arrow[1] else example.rule.severity
            promised.add((number, severity, arrow[2]))
    template = load(example.text, "template.yaml")
    verdict = lint([template], [example.rule], {example.rule.id: example.options})

    assert verdict.problems == []
    assert promised == {
        (found.at.location.line, found.severity, _said(found.message, found.when))
        for found in verdict.findings
    }


def _said(message: str, when: str) -> str:
    return f"{message}, when {when}" if when else message


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_fix_repairs_what_is_wrong_and_nothing_else(example: Example) -> None:
    found = _findings(example, example.text)
    for finding in found:
        if finding.fix and (edits := finding.fix.edits):
            text = applied(example.text, edits)
            wanted = read(example.text, "").root
            for put in finding.fix.puts:
                wanted = changed(wanted, put.at.path, put.said)

            assert read(text, "").root == wanted
            assert text.count("#") == example.text.count("#")
            left = _findings(example, text)
            assert len(left) < len(found)
            assert {one.resource for one in left} <= {one.resource for one in found}


def _findings(example: Example, text: str) -> list[Finding]:
    template = load(text, "template.yaml")
    return lint([template], [example.rule], {example.rule.id: example.options}).findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_says_whether_it_can_be_repaired(rule: Rule) -> None:
    fixes = [
        finding.fix
        for example in EXAMPLES
        if example.rule is rule
        for finding in _findings(example, example.text)
        if finding.fix and finding.fix.edits
    ]
    safe = "safe" if any(fix.safe for fix in fixes) else "unsafe"

    assert rule.fix == (safe if fixes else "")
    assert ("--fix" in rule.page) is bool(fixes)
    assert "--unsafe-fixes" in rule.page or all(fix.safe for fix in fixes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_and_check_agree_on_options(rule: Rule) -> None:
    _, *options = signature(rule.check).parameters

    assert set(rule.options) == set(options)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_shows_both_sides_in_sam_and_in_plain_cloudformation(rule: Rule) -> None:
    templates = [example.text for example in EXAMPLES if example.rule is rule]

    failing = [text for text in templates if ARROW.search(text)]

    assert 0 < len(failing) < len(templates)
    assert {"AWS::Serverless" in text for text in failing} == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_names_its_sources(rule: Rule) -> None:
    assert rule.sources
    assert all(source.startswith("https://") for source in rule.sources)


def test_every_check_has_a_page() -> None:
    found = {
        f"{family.name}/{name.replace('_', '-')}"
        for family in iter_modules(checks.__path__)
        for name, check in vars(import_module(f"lambdalint.checks.{family.name}")).items()
        if isfunction(check)
        and not name.startswith("_")
        and check.__module__ == f"lambdalint.checks.{family.name}"
    }

    assert found == {rule.id for rule in RULES}
