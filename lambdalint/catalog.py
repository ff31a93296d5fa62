"""All rules: a page `rules/FAMILY/NAME.md`, and the function NAME in `lambdalint/checks/FAMILY.py`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from lambdalint.rule import Rule, Severity

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _pages() -> Traversable:
    """The folder `rules`: once installed it lies inside the package, in a checkout next to it."""
    home = Path(__file__).parent
    for pages in (home / "rules", home.parent / "rules"):
        if pages.is_dir():
            return pages
    from importlib.resources import files  # noqa: PLC0415  20 ms that only a zipapp needs

    return files("lambdalint") / "rules"


PAGES = _pages()


def rule_ids() -> Iterator[str]:
    """The ids of all rules, in order."""
    for family in sorted(PAGES.iterdir(), key=lambda family: family.name):
        for page in sorted(page.name for page in family.iterdir()):
            yield f"{family.name}/{page.removesuffix('.md')}"


def load_rule(id: str) -> Rule:
    """The rule under an id that exists."""
    family, name = id.split("/")
    _, head, page = (PAGES / f"{id}.md").read_text("utf-8").split("---\n", 2)
    front = yaml.load(head, _Loader)  # noqa: S506  a safe loader
    check = getattr(import_module(f"lambdalint.checks.{family}"), name.replace("-", "_"))
    return Rule(
        id=id,
        title=page.lstrip("# \n").partition("\n")[0],
        severity=Severity[front["severity"].upper()],
        enabled=front.get("enabled", True),
        options=front.get("options") or {},
        sources=tuple(front["sources"]),
        page=page.lstrip(),
        check=check,
        choices={name: tuple(listed) for name, listed in front.get("choices", {}).items()},
        fix=front.get("fix", ""),
        cfn_lint=tuple(front.get("cfn-lint", ())),
    )
