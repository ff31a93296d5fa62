from __future__ import annotations

import json
import re
from pathlib import Path
from shutil import copytree

import pytest

from lambdalint.config import Selection, Settings, choose
from lambdalint.rule import Outcome
from lambdalint.run import NOTHING_GIVEN, Given, check, read

SHORT = "sqs/short-visibility-timeout"
REASON = "never throttled"

TEMPLATE = """\
Resources:
  # 1
  Orders:  # 2
    Type: AWS::SQS::Queue
    Properties:
      # 3
      VisibilityTimeout: 60  # 4
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}  # 5
  Failed: {Type: AWS::SQS::Queue}  # 6
  Fulfil:  # 7
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 30  # 8
      Events:
        Order:  # 9
          Type: SQS
          Properties: {Queue: !GetAtt Orders.Arn}
Outputs:
  Url: {Value: !Ref Orders}  # 10
"""


pytestmark = pytest.mark.usefixtures("home")


def outcome(
    template: str,
    *select: str,
    file: str = "template.yaml",
    given: Given = NOTHING_GIVEN,
) -> Outcome:
    Path(file).write_text(template)
    rules = choose([Selection(select or (SHORT, "ignore"))])
    settings = Settings()
    return check(read([file], settings, given=given), rules, settings)


def said(template: str, *select: str, file: str = "template.yaml") -> list[tuple[int, str, str]]:
    found = outcome(template, *select, file=file)
    assert found.problems == ()
    return [(f.at.location.line, f.rule.id, f.message) for f in found.findings]


def commented(place: int, comment: str) -> str:
    return TEMPLATE.replace(f"# {place}\n", f"# {comment}\n")


def test_finding_is_there_without_an_ignore() -> None:
    assert [(line, rule) for line, rule, _ in said(TEMPLATE)] == [(7, SHORT)]


@pytest.mark.parametrize("place", [1, 2, 3, 4, 7, 8, 9])
def test_comment_counts_on_the_finding_its_evidence_and_their_resources(place: int) -> None:
    assert said(commented(place, f"lambdalint: ignore[{SHORT}] {REASON}")) == []


@pytest.mark.parametrize("place", [5, 6, 10])
def test_comment_elsewhere_takes_nothing_away_and_is_reported(place: int) -> None:
    found = said(commented(place, f"lambdalint: ignore[{SHORT}] {REASON}"))

    assert {rule for _, rule, _ in found} == {SHORT, "ignore/unused"}
    assert (f"nothing breaks {SHORT} here") in {message for *_, message in found}


@pytest.mark.parametrize(
    "comment",
    [
        f"lambdalint: ignore[{SHORT}]: {REASON}",
        f"lambdalint:ignore[{SHORT}] - {REASON}",
        f"  lambdalint:  ignore [ {SHORT} ]   {REASON}",
        f"lambdalint: ignore[sqs] {REASON}",
        f"noqa # lambdalint: ignore[{SHORT}] {REASON}",
        f"lambdalint: ignore[{SHORT}] {REASON} # and more",
    ],
)
def test_spellings_of_a_comment(comment: str) -> None:
    assert said(commented(4, comment)) == []


def test_comment_above_may_have_others_below_it_but_no_blank_line() -> None:
    ignore = f"# lambdalint: ignore[{SHORT}] {REASON}"
    stacked = TEMPLATE.replace("      # 3\n", f"      {ignore}\n      # TODO\n")
    apart = TEMPLATE.replace("      # 3\n", f"      {ignore}\n\n")

    assert said(stacked) == []
    assert [rule for _, rule, _ in said(apart)] == ["ignore/unused", SHORT]


def test_one_comment_may_name_several_rules_and_each_must_be_used() -> None:
    found = said(commented(4, f"lambdalint: ignore[{SHORT}, url/public] {REASON}"), "ALL")

    assert SHORT not in {rule for _, rule, _ in found}
    assert (7, "ignore/unused", "nothing breaks url/public here") in found


@pytest.mark.parametrize("reason", ["", "  ", ":", " # because"])
def test_ignore_without_a_reason_does_not_count(reason: str) -> None:
    found = said(commented(4, f"lambdalint: ignore[{SHORT}]{reason}"))

    assert [(line, rule) for line, rule, _ in found] == [(7, SHORT), (7, "ignore/no-reason")]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        (
            f"lambdalint: ignore[sqs/short-visibilty-timeout] {REASON}",
            f"there is no rule 'sqs/short-visibilty-timeout', did you mean {SHORT}?",
        ),
        (f"lambdalint: ignore[*] {REASON}", "there is no rule '*'"),
        (f"lambdalint: ignore[] {REASON}", "there is no rule ''"),
        (f"lambdalint: disable[{SHORT}] {REASON}", "is not understood, write ignore[rule] and why"),
        ("lambdalint: ignore", "is not understood, write ignore[rule] and why"),
    ],
)
def test_what_is_no_ignore_is_reported(comment: str, message: str) -> None:
    found = said(commented(4, comment))

    assert (7, "ignore/unused", message) in found
    assert SHORT in {rule for _, rule, _ in found}


def test_ignore_of_a_rule_that_was_not_run_is_not_unused() -> None:
    ignored = commented(4, f"lambdalint: ignore[url/public] {REASON}")

    assert "ignore/unused" not in {rule for _, rule, _ in said(ignored)}
    assert "ignore/unused" in {rule for _, rule, _ in said(ignored, SHORT, "url", "ignore")}


def test_ignore_that_another_deployment_may_need_is_not_unused() -> None:
    ignored = commented(5, f"lambdalint: ignore[{SHORT}] {REASON}")

    found = outcome(ignored, given=Given({"AWS::Region": "eu-west-1"}))

    assert {finding.rule.id for finding in found.findings} == {SHORT}


def test_ignore_in_a_template_with_an_unknown_macro_is_not_unused() -> None:
    ignored = commented(5, f"lambdalint: ignore[{SHORT}] {REASON}")

    assert said(f"Transform: OurMacro\n{ignored}") == []


def test_reports_about_ignores_can_be_switched_off() -> None:
    ignored = commented(5, f"lambdalint: ignore[{SHORT}] {REASON}")

    assert {rule for _, rule, _ in said(ignored, SHORT)} == {SHORT}


def test_report_about_an_ignore_knows_its_resource() -> None:
    found = outcome(commented(5, "lambdalint: ignore[url/nope] x"))

    assert {finding.resource for finding in found.findings} == {"Orders"}
    found = outcome(commented(10, "lambdalint: ignore[url/nope] x"))
    assert {finding.resource for finding in found.findings} == {"Orders", ""}


# --- Metadata -------------------------------------------------------------------------------------


def with_metadata(metadata: object, *path: str) -> str:
    template = {
        "Resources": {
            "Orders": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"VisibilityTimeout": 60},
            },
            "Other": {"Type": "AWS::SQS::Queue"},
            "Fulfil": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Timeout": 30,
                    "Events": {
                        "Order": {
                            "Type": "SQS",
                            "Properties": {"Queue": {"Fn::GetAtt": "Orders.Arn"}},
                        }
                    },
                },
            },
        }
    }
    owner: dict[str, object] = template  # type: ignore[assignment]
    for key in path:
        owner = owner[key]  # type: ignore[assignment]
    owner["Metadata"] = {"lambdalint": metadata}
    return json.dumps(template, indent=2)


@pytest.mark.parametrize(
    "path", [("Resources", "Orders"), ("Resources", "Fulfil"), ()], ids=["queue", "function", "all"]
)
@pytest.mark.parametrize("rule", [SHORT, "sqs"])
def test_metadata_counts_at_either_end_and_for_the_whole_template(
    path: tuple[str, ...], rule: str
) -> None:
    ignore = {"ignore": [{"rule": rule, "reason": REASON}]}

    assert said(with_metadata(ignore, *path), file="template.json") == []


def test_metadata_of_another_resource_does_not_count() -> None:
    ignore = {"ignore": [{"rule": SHORT, "reason": REASON}]}

    found = said(with_metadata(ignore, "Resources", "Other"), file="template.json")

    assert {rule for _, rule, _ in found} == {SHORT, "ignore/unused"}


@pytest.mark.parametrize(
    ("metadata", "rule"),
    [
        ({"ignore": [{"rule": SHORT}]}, "ignore/no-reason"),
        ({"ignore": [{"rule": SHORT, "reason": ""}]}, "ignore/no-reason"),
        ({"ignore": [{"rule": SHORT, "reason": 3}]}, "ignore/no-reason"),
        ({"ignore": [{"reason": REASON}]}, "ignore/unused"),
        ({"ignore": [SHORT]}, "ignore/unused"),
        ({"ignore": SHORT}, "ignore/unused"),
        ({"ignore": [{"rule": "sqs/nope", "reason": REASON}]}, "ignore/unused"),
        ({}, "ignore/unused"),
        ("yes", "ignore/unused"),
    ],
)
def test_metadata_that_ignores_nothing_is_reported_where_it_stands(
    metadata: object, rule: str
) -> None:
    found = outcome(with_metadata(metadata, "Resources", "Orders"), file="template.json").findings

    (about,) = (finding for finding in found if finding.rule.id == rule)
    assert {finding.rule.id for finding in found} == {SHORT, rule}
    assert about.at.path[:4] == ("Resources", "Orders", "Metadata", "lambdalint")
    assert about.resource == "Orders"


@pytest.mark.parametrize(
    "text",
    [
        f'"write # lambdalint: ignore[{SHORT}] and why"',
        f"|\n        # lambdalint: ignore[{SHORT}] and why",
        f">-\n        write\n        # lambdalint: ignore[{SHORT}] and why",
    ],
)
def test_text_is_no_comment(text: str) -> None:
    described = TEMPLATE.replace("  # 2\n", f"\n    Metadata:\n      How: {text}\n")

    assert [rule for _, rule, _ in said(described)] == [SHORT]


@pytest.mark.parametrize("block", ["|", "|+", ">-"])
def test_comment_below_a_text_of_several_lines_is_one(block: str) -> None:
    failed = "  Failed:\n    Type: AWS::SQS::Queue\n    Metadata:\n"
    how = f"      How: {block}\n        as it was\n\n  # lambdalint: ignore[{SHORT}] {REASON}\n"
    template = TEMPLATE.replace("  Failed: {Type: AWS::SQS::Queue}  # 6\n", failed + how)

    assert said(template) == []


def test_json_has_no_comments() -> None:
    template = with_metadata({}, "Resources", "Other").replace("lambdalint", "x")
    described = template.replace("{", '{"Description": " # lambdalint: ignore[sqs] because",', 1)

    assert [rule for _, rule, _ in said(described, file="template.json")] == [SHORT]


def test_construct_is_known_though_the_template_does_not_name_it() -> None:
    assembly = Path(__file__).parents[1] / "fixtures" / "cdk" / "topology" / "cdk.out"
    copytree(assembly, "named")
    copytree(assembly, "nameless")
    for template in Path("nameless").rglob("*.template.json"):
        text, count = re.subn(r'"aws:cdk:path": "[^"]*",?', "", template.read_text())
        assert count
        template.write_text(re.sub(r",(\s*})", r"\1", text))
    rules = choose([Selection(("ALL",))])

    named, nameless = (
        {
            (
                *(one.at.source.file.partition("/")[2], one.at.path, one.rule.id, one.stack),
                *(one.construct_path, one.created_at, *(note.text for note in one.notes)),
            )
            for one in check(read([folder], Settings()), rules, Settings()).findings
        }
        for folder in ("named", "nameless")
    )

    assert any(rule == "ignore/unused" for _, _, rule, *_ in named)
    assert nameless == named
