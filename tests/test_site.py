"""The site of the documentation: every page is there, and every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lambdalint.catalog import rule_ids

ROOT = Path(__file__).parents[1]
REPOSITORY = "https://github.com/lambdalint/lambdalint/blob/main/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, which is built without a warning."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_every_rule_and_every_guide_has_its_page(site: Path) -> None:
    pages = {page.parent.relative_to(site).as_posix() for page in site.rglob("index.html")}
    guides = {guide.stem for guide in (ROOT / "docs").glob("*.md")}

    assert pages == {
        *(".", "CONTRIBUTING", "CHANGELOG", "rules"),
        *guides,
        *(f"rules/{id}" for id in rule_ids()),
    }


def test_links_to_the_repository_lead_somewhere(site: Path) -> None:
    text = "".join(page.read_text("utf-8") for page in site.rglob("index.html"))
    linked = {*re.findall(rf'href="{re.escape(REPOSITORY)}([^"#]*)', text)}

    assert linked
    assert all((ROOT / path).exists() for path in linked)


def test_page_tells_what_its_front_matter_says(site: Path) -> None:
    page = (site / "rules" / "sqs" / "short-visibility-timeout" / "index.html").read_text("utf-8")

    assert "<code>sqs/short-visibility-timeout</code>, warning, on by default" in page
    assert "<code>factor</code>: 6" in page
    assert 'href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"' in page


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("index.html"):
        tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text("utf-8"))
        assert not [tag for tag in tags if re.search(r'(?:src|href)="(?:https?:)?//', tag)]
