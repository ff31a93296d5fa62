"""All rules: a page `rules/FAMILY/NAME.md`, and the function NAME in `lambdalint/checks/FAMILY.py`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import yaml

from lambdalint.rule import Rule, Severity

# In a wheel the pages lie inside the package; in a checkout, next to it.
_HOME = Path(__file__).parent
PAGES = next(pages for pages in (_HOME / "rules", _HOME.parent / "rules") if pages.is_dir())

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def rule_ids() -> Iterator[str]:
    """The ids of all rules, in order."""
    for page in sorted(PAGES.glob("*/*.md")):
        yield f"{page.parent.name}/{page.stem}"


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
    )
