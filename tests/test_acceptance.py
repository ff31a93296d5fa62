"""Every template we show is one that AWS would take, as far as cfn-lint can tell.

A page may leave out what every function has and no rule is about (see `_completed`). What is left
of cfn-lint's errors is the fault that a page or a fixture is there to show, and is named below.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "rules").glob("*/*.md"))
FIXTURES = [
    *sorted((ROOT / "fixtures").glob("cfn/*")),
    *sorted((ROOT / "fixtures").glob("sam/*.yaml")),
    *sorted((ROOT / "fixtures").glob("sam/*/template.yaml")),
    *sorted((ROOT / "fixtures").glob("cdk/*/cdk.out/*.template.json")),
]
BLOCK = re.compile(r"^```(?:yaml|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# The faults that cfn-lint sees too, in the failing examples of a page or in a fixture.
PLANTED = {
    "sqs/fifo-batch-too-large": {
        "E3705",  # the rule's own fault
    },
    "sqs/visibility-below-timeout": {
        "E3505",  # the rule's own fault
    },
    "template/duplicate-key": {
        "E0000",  # the rule's own fault
    },
    "fixtures/cfn/order-pipeline.yaml": {
        "E3505",  # its queue hides a message for less time than its function takes
    },
    "fixtures/sam/gradual-deployment.yaml": {
        "E1010",  # cfn-lint does not know that SAM lets a template point at the queue it makes
    },
}

# What it sees where the page's own rule is rightly silent.
ELSEWHERE = {
    "sqs/batch-without-window": {
        "E3705",  # the fault is another rule's: sqs/fifo-batch-too-large
    },
    "sqs/visibility-below-timeout": {
        "E3505",  # cfn-lint does not see that two values change together
    },
}


def _rule(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


@pytest.fixture(scope="session")
def cfn_lint() -> Runner:
    # Whether a runtime's end has come (E2531, E2533) depends on the day.
    ignored = ["W", "I", "E2531", "E2533"]
    return Runner(ConfigMixIn(regions=["us-east-1"], ignore_checks=ignored))


@pytest.mark.parametrize("page", PAGES, ids=_rule)
def test_examples_would_be_accepted(page: Path, cfn_lint: Runner) -> None:
    text = page.read_text("utf-8")
    failing: dict[str, str] = {}
    silent: dict[str, str] = {}
    for block in BLOCK.finditer(text):
        line = text[: block.start()].count("\n") + 1
        for code, complaint in _errors(block[1], cfn_lint).items():
            examples = failing if re.search(r"(?:#|//) <- ", block[1]) else silent
            examples[code] = f"{page}:{line}: {complaint}"

    assert failing.keys() == PLANTED.get(_rule(page), set()), failing
    assert silent.keys() == ELSEWHERE.get(_rule(page), set()), silent


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_fixtures_would_be_accepted(fixture: Path, cfn_lint: Runner) -> None:
    refused = _errors(fixture.read_text("utf-8"), cfn_lint)

    assert refused.keys() == PLANTED.get(fixture.relative_to(ROOT).as_posix(), set()), refused


def test_planted_faults_are_where_we_think() -> None:
    known = {_rule(page) for page in PAGES}
    known |= {fixture.relative_to(ROOT).as_posix() for fixture in FIXTURES}

    assert known >= PLANTED.keys() | ELSEWHERE.keys()


def _errors(text: str, cfn_lint: Runner) -> dict[str, str]:
    """The codes of cfn-lint's errors, each with what it says."""
    template, unreadable = decode_str(text)
    found = unreadable or cfn_lint.validate_template(_completed(template))
    return {
        match.rule.id: f"{'/'.join(map(str, getattr(match, 'path', ())))}: {match.message}"
        for match in found
        if match.rule.id.startswith("E")
    }


def _completed(template: Any) -> Any:
    """A template whose functions have code, a handler, a runtime and a role."""
    resources = [one for one in template["Resources"].values() if "Type" in one]
    if any(resource["Type"].startswith("AWS::Serverless::") for resource in resources):
        template.setdefault("Transform", "AWS::Serverless-2016-10-31")
    code: dict[str, dict[str, Any]] = {
        "AWS::Lambda::Function": {
            "Code": {"S3Bucket": "code", "S3Key": "code.zip"},
            "Role": "arn:aws:iam::123456789012:role/function",
        },
        "AWS::Serverless::Function": {"CodeUri": "s3://code/code.zip"},
    }
    shared = template.get("Globals", {}).get("Function", {})
    for resource in resources:
        if not (left_out := dict(code.get(resource["Type"], {}))):
            continue
        properties = resource.setdefault("Properties", {})
        written = {**shared, **properties}
        if written.get("PackageType") != "Image":
            left_out |= {"Handler": "index.handler", "Runtime": "python3.13"}
        if written.keys() & {"InlineCode", "ImageUri"}:
            left_out.pop("CodeUri", None)
        for name, value in left_out.items():
            if name not in written:
                properties[name] = value
    return template
