"""Hooks of MkDocs: the pages of the site that lie elsewhere, and links that fit both places.

On GitHub a page links to files of the repository; on the site some of these are pages, and the others
are found on GitHub.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from lambdalint.catalog import load_rule, rule_ids
from lambdalint.rule import Rule

ROOT = Path(__file__).parents[1]
REPOSITORY = "https://github.com/lambdalint/lambdalint/blob/main"
INDEX = "rules/index.md"

# Files of the repository → pages of the site, but for those that lie in `docs` and `rules`.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "rules": INDEX,
}

_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")
_FENCE = re.compile(r"(^ *```.*?^ *```$)", re.DOTALL | re.MULTILINE)


def on_config(config: Any) -> None:
    """Put the rules into the navigation, a section for each family."""
    families = groupby(rule_ids(), key=lambda id: id.partition("/")[0])
    listed = [{family: [_page(id) for id in ids]} for family, ids in families]
    config.nav.insert(-3, {"Rules": [INDEX, *listed]})


def on_files(files: Files, config: Any) -> None:
    """Add the pages that do not lie in `docs`."""
    rules = [load_rule(id) for id in rule_ids()]
    made = {page: (ROOT / file).read_text("utf-8") for file, page in PAGES.items() if page != INDEX}
    made[INDEX] = "".join(_index(rules))
    made |= {_page(rule.id): _rule(rule) for rule in rules}
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    """Let links lead where the site has what they name."""
    site = page.file.src_uri
    parts = _FENCE.split(markdown)
    parts[::2] = [_LINK.sub(lambda link: _target(link[1], site), part) for part in parts[::2]]
    return "".join(parts)


def _page(id: str) -> str:
    return f"rules/{id}.md"


def _rule(rule: Rule) -> str:
    """The page of a rule, and what its front matter says."""
    facts = [
        f"`{rule.id}`",
        rule.severity.name.lower(),
        "on by default" if rule.enabled else "only when it is selected",
    ]
    options = [f"- `{name}`: {value!r}\n" for name, value in rule.options.items()]
    told = ["\n## Options and their defaults\n\n", *options] if options else []
    sources = "".join(f"- <{source}>\n" for source in rule.sources)
    heading, _, text = rule.page.partition("\n")
    return "".join(
        [f"{heading}\n\n{', '.join(facts)}\n{text}", *told, f"\n## Sources\n\n{sources}"]
    )


def _index(rules: list[Rule]) -> Iterator[str]:
    yield "# Rules\n"
    for family, members in groupby(rules, key=lambda rule: rule.id.partition("/")[0]):
        yield f"\n## {family}\n\n| rule | severity | what is wrong |\n| --- | --- | --- |\n"
        for rule in members:
            severity = rule.severity.name.lower() + ("" if rule.enabled else ", off by default")
            yield f"| [{rule.id}]({rule.id}.md) | {severity} | {rule.title} |\n"


def _target(link: str, site: str) -> str:
    """Where a link of a page leads on the site."""
    written = next((file for file, page in PAGES.items() if page == site), None)
    if site == INDEX:
        return link
    if written is None:
        written = site if site.startswith("rules/") else f"docs/{site}"
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(written), link))
    if meant in PAGES:
        found = PAGES[meant]
    elif meant.startswith("docs/"):
        found = meant.removeprefix("docs/")
    elif meant.startswith("rules/"):
        found = meant
    else:
        return f"{REPOSITORY}/{meant}"
    return posixpath.relpath(found, posixpath.dirname(site) or ".")
