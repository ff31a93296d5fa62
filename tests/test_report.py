"""What a run has to say, in each format."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator
from markdown_it import MarkdownIt
from xmlschema import XMLSchema

from lambdalint import __version__
from lambdalint.edit import Put
from lambdalint.graph import Graph
from lambdalint.read import read
from lambdalint.report import concise, github, gitlab, junit, markdown, sarif, statistics, text
from lambdalint.report import json as own_json
from lambdalint.report.escape import visible
from lambdalint.rule import (
    Claim,
    Confidence,
    Finding,
    Fix,
    Note,
    Outcome,
    Problem,
    Rule,
    Severity,
    Unjudged,
)
from lambdalint.value import Location, Place

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 30
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
"""
PAGE = """\
# A queue hides its messages too briefly

While a function works on a message,
SQS hides it.

```yaml
Resources: {}
```
"""
DATA = Path(__file__).with_name("data")
SCHEMA = json.loads((DATA / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
CODE_QUALITY = json.loads((DATA / "gitlab-code-quality.json").read_text("utf-8"))
JUNIT = XMLSchema(DATA / "junit-10.xsd")


def _never(graph: Graph, **options: Any) -> Iterator[Claim]:
    raise AssertionError(graph, options)


def _rule(name: str, severity: Severity = Severity.WARNING) -> Rule:
    return Rule(
        id=name,
        title="A queue hides its messages too briefly",
        severity=severity,
        enabled=True,
        options={},
        sources=("https://docs.aws/sqs",),
        page=PAGE,
        check=_never,
    )


def _finding(
    *notes: tuple[Place, str],
    severity: Severity = Severity.WARNING,
    confidence: Confidence = Confidence.HIGH,
    **where: Any,
) -> Finding:
    rule = _rule("sqs/short-visibility-timeout")
    return Finding(rule, severity, confidence, tuple(Note(*note) for note in notes), **where)


def _resources(source: str = TEMPLATE, file: str = "template.yaml") -> Place:
    return Place(read(source, file).source, ("Resources",))


def _timeouts(orders: Place, fulfil: Place, **more: Any) -> Finding:
    return _finding(
        (orders / "Properties" / "VisibilityTimeout", "hides a message for 60 s, needs 6 × 30 s"),
        (fulfil / "Properties" / "Timeout", "may take 30 s"),
        **more,
    )


def _simple(**more: Any) -> Finding:
    resources = _resources()
    return _timeouts(resources / "Orders", resources / "Fulfil", **more)


def _plain(*findings: Finding, width: int = 100) -> str:
    return text.render(Outcome(findings, files=("template.yaml",)), colour=False, width=width)


def _frame(*findings: Finding, width: int = 100) -> str:
    """Only the code of the first finding, without the facts below it."""
    return _plain(*findings, width=width).partition("\n   =")[0].partition("\n  =")[0]


def _written(source: str, key: str, label: str = "") -> Finding:
    """One finding at a key of the top level."""
    place = Place(read(source, "t.yaml").source, (key,))
    return _finding((place, "m"), *([(place, label)] if label else []))


# --- text ---------------------------------------------------------------------------------------


def test_text_shows_the_code_with_its_evidence() -> None:
    finding = _simple(
        when="Stage = prod", construct_path="Shop/Orders", confidence=Confidence.MEDIUM
    )

    assert _plain(finding) == (
        """\
warning[sqs/short-visibility-timeout]: hides a message for 60 s, needs 6 × 30 s
 --> template.yaml:5:7
  |
2 |   Orders:
...
5 |       VisibilityTimeout: 60
  |       ^^^^^^^^^^^^^^^^^
6 |   Fulfil:
...
9 |       Timeout: 30
  |       ------- may take 30 s
  |
  = when Stage = prod
  = construct Shop/Orders
  = confidence medium
  = help: lambdalint explain sqs/short-visibility-timeout
  = docs: https://docs.aws/sqs

1 warning in 1 template
"""
    )


def test_text_gives_every_file_its_own_frame() -> None:
    queue = _resources("Resources:\n  Orders:\n    Type: T\n", "queues.yaml")
    handler = Place(queue.source, (), Location("queues.yaml", 3, 5, 3, 9))
    finding = _finding(
        (_resources() / "Fulfil" / "Properties" / "Events" / "Order", "takes too long"),
        (queue / "Orders", "hides a message for 30 s"),
        (handler, "by default"),
    )

    assert _frame(finding) == (
        """\
warning[sqs/short-visibility-timeout]: takes too long
  --> template.yaml:11:9
   |
 6 |   Fulfil:
...
11 |         Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
   |         ^^^^^
   |
  ::: queues.yaml:2:3
   |
 2 |   Orders:
   |   ------ hides a message for 30 s
 3 |     Type: T
   |     ---- by default
   |"""
    )


def test_text_shows_a_single_line_between_rather_than_dots() -> None:
    source = read("A: 1\nB: 2\nC: 3\n", "t.yaml").source
    finding = _finding((Place(source, ("C",)), "m"), (Place(source, ("A",)), "first"))

    assert "1 | A: 1\n  | - first\n2 | B: 2\n3 | C: 3\n  | ^\n" in _plain(finding)


def test_text_labels_one_line_from_left_to_right() -> None:
    mapping = Place(read("A: {B: 1, C: 2}\n", "t.yaml").source, ("A",))
    finding = _finding((mapping / "C", "m"), (mapping / "B", "left"))

    assert "1 | A: {B: 1, C: 2}\n  |     - left\n  |           ^\n" in _plain(finding)


def test_text_cuts_json_of_one_line_to_the_width() -> None:
    template = {
        "Resources": {
            "Orders": {"Properties": {"VisibilityTimeout": 60, "Tags": ["x" * 100_000]}},
            "Fulfil": {"Properties": {"Timeout": 30}},
        }
    }
    resources = _resources(json.dumps(template), "t.json")
    found = _frame(_timeouts(resources / "Orders", resources / "Fulfil"), width=60)

    assert found.splitlines()[3:] == [
        '1 | …{"Properties": {"VisibilityTimeout": 60, "Tags": ["xxx…',
        "  |                  ^^^^^^^^^^^^^^^^^^^",
        '1 | …{"Properties": {"Timeout": 30}}}}',
        "  |                  --------- may take 30 s",
        "  |",
    ]
    assert max(map(len, found.splitlines()[3:])) <= 60


@pytest.mark.parametrize("width", [-1, 0, 30, 31, 32, 33, 34])
def test_text_keeps_carets_below_their_key_at_any_width(width: int) -> None:
    finding = _written(f"Before: {'x' * 40}\nKey: {{日本語: 1, Deep: 2}}  # {'語' * 40}\n", "Key")
    deep = _finding((finding.at / "Deep", "m"))
    code, carets = _frame(deep, width=width).splitlines()[3:5]
    before = code[: code.index("Deep")]

    assert carets.index("^") == len(before) + sum(c in "日本語" for c in before)
    assert carets.count("^") == len("Deep")


@pytest.mark.parametrize(
    ("source", "code", "carets"),
    [
        ('{"A": 1,\t"Key": 2}', '{"A": 1,    "Key": 2}', "            ^^^^^"),
        ("{日\uff21: 1, Key: 2}", "{日\uff21: 1, Key: 2}", "          ^^^"),
        ('{"e\u0301": 1, "Key": 2}', '{"e\u0301": 1, "Key": 2}', "         ^^^^^"),
        ('{"\u202e": 1, "Key": 2}', r'{"\u202e": 1, "Key": 2}', "              ^^^^^"),
    ],
    ids=["tab", "wide", "combining", "override"],
)
def test_text_counts_columns_as_a_terminal_does(source: str, code: str, carets: str) -> None:
    assert _frame(_written(source, "Key")).splitlines()[3:5] == [f"1 | {code}", f"  | {carets}"]


def test_text_reads_windows_lines() -> None:
    assert "2 | Key: 1\n  | ^^^\n" in _plain(_written("A: 1\r\nKey: 1\r\n", "Key"))


def test_text_survives_a_place_behind_the_end() -> None:
    source = read("A: 1\n", "t.yaml").source
    lost = Place(source, (), Location("t.yaml", 9, 9, 9, 12))

    assert "9 |\n  | ^\n" in _plain(_finding((lost, "m")))


def test_text_underlines_the_rest_of_a_line_when_the_span_goes_on() -> None:
    source = read("A: 1\nB: 2\n", "t.yaml").source
    span = Place(source, (), Location("t.yaml", 1, 1, 2, 2))

    assert "1 | A: 1\n  | ^^^^\n" in _plain(_finding((span, "m")))


def test_text_lets_no_control_character_through() -> None:
    evil = "a\x1b[2J\x9b\u202e\u2066\r\n\x00\u200e\ud800"
    finding = _written("A: 1\n", "A", label=evil)
    finding = _finding(
        *((note.at, note.text + evil) for note in finding.notes), when=evil, construct_path=evil
    )
    outcome = Outcome(
        (finding,), (Unjudged("r", finding.at, evil),), (Problem(evil[:-1], evil),), ("t.yaml",)
    )

    for output in (
        text.render(outcome, colour=False, width=100, show_unknown=True),
        concise.render(outcome, show_unknown=True),
        own_json.render(outcome),
        sarif.render(outcome),
        github.render(outcome),
        gitlab.render(outcome),
        junit.render(outcome, fail_on=Severity.INFO),
        markdown.render(outcome, show_unknown=True),
        statistics.render(outcome),
    ):
        assert [c for c in output if not c.isprintable() and c != "\n"] == []
    assert visible(evil) == r"a\x1b[2J\x9b\u202e\u2066\r\n\x00\u200e\ud800"


def test_text_in_colour_says_the_same() -> None:
    outcome = Outcome((_simple(), _simple(severity=Severity.ERROR)), files=("template.yaml",))
    coloured = text.render(outcome, colour=True, width=100)

    assert "\x1b[1;31merror[sqs/short-visibility-timeout]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text.render(outcome, colour=False, width=100)


def test_text_counts_and_points_to_what_it_does_not_show() -> None:
    place = _resources() / "Orders"
    outcome = Outcome(
        (
            _simple(severity=Severity.INFO),
            _simple(severity=Severity.ERROR),
            _simple(severity=Severity.INFO),
        ),
        (Unjudged("sqs/fifo", place, "depends on Stage"),),
        (
            Problem("a.yaml", "broken YAML: tab", 3, 4),
            Problem("b.yaml", "sqs/x failed", internal=True),
        ),
        ("template.yaml", "b.yaml"),
    )
    brief = text.render(outcome, colour=False, width=100)
    full = text.render(outcome, colour=False, width=100, show_unknown=True)

    assert brief.endswith(
        """
error: broken YAML: tab
 --> a.yaml:3:4

error[internal]: sqs/x failed
 --> b.yaml

1 error, 2 info, 2 problems in 2 templates
1 not judged, --show-unknown says why
"""
    )
    assert "\nunknown[sqs/fifo]: depends on Stage\n --> template.yaml:2:3\n" in full
    assert full.endswith("\n1 error, 2 info, 2 problems in 2 templates\n")


def test_text_of_a_clean_run_is_one_line() -> None:
    assert _plain() == "nothing found in 1 template\n"


# --- concise ------------------------------------------------------------------------------------


def test_concise_is_a_line_each() -> None:
    outcome = Outcome(
        (_simple(when="Stage = prod"), _simple(severity=Severity.INFO)),
        (Unjudged("sqs/fifo", _resources() / "Orders", "depends on Stage"),),
        (
            Problem("a.yaml", "broken YAML: tab", 3, 4),
            Problem("b.yaml", "sqs/x failed", internal=True),
        ),
    )
    problems = "a.yaml:3:4: error: broken YAML: tab\nb.yaml: error[internal] sqs/x failed\n"
    claim = "[sqs/short-visibility-timeout] hides a message for 60 s, needs 6 × 30 s"
    findings = (
        f"template.yaml:5:7: warning{claim} (when Stage = prod)\ntemplate.yaml:5:7: info{claim}\n"
    )

    assert concise.render(outcome) == findings + problems
    assert concise.render(outcome, show_unknown=True) == (
        f"{findings}template.yaml:2:3: unknown[sqs/fifo] depends on Stage\n{problems}"
    )


# --- json ---------------------------------------------------------------------------------------


def test_json_is_version_1() -> None:
    finding = _simple(resource="Orders", when="Stage = prod")
    outcome = Outcome(
        (finding,),
        (Unjudged("sqs/fifo", _resources() / "Orders", "depends on Stage"),),
        (Problem("a.yaml", "broken YAML: tab", 3, 4), Problem("b.yaml", "too large")),
        ("template.yaml",),
    )
    report = json.loads(own_json.render(outcome))

    assert report == {
        "version": 1,
        "tool": {"name": "lambdalint", "version": __version__},
        "findings": [
            {
                "rule": "sqs/short-visibility-timeout",
                "severity": "warning",
                "confidence": "high",
                "message": "hides a message for 60 s, needs 6 × 30 s",
                "file": "template.yaml",
                "line": 5,
                "column": 7,
                "end_line": 5,
                "end_column": 24,
                "path": ["Resources", "Orders", "Properties", "VisibilityTimeout"],
                "resource": "Orders",
                "stack": None,
                "construct_path": None,
                "created_at": None,
                "when": "Stage = prod",
                "fingerprint": finding.fingerprint,
                "url": "https://docs.aws/sqs",
                "notes": [
                    {
                        "file": "template.yaml",
                        "line": 9,
                        "column": 7,
                        "end_line": 9,
                        "end_column": 14,
                        "path": ["Resources", "Fulfil", "Properties", "Timeout"],
                        "text": "may take 30 s",
                    }
                ],
                "fix": None,
            }
        ],
        "unknown": [
            {
                "rule": "sqs/fifo",
                "reason": "depends on Stage",
                "file": "template.yaml",
                "line": 2,
                "column": 3,
                "end_line": 2,
                "end_column": 9,
                "path": ["Resources", "Orders"],
            }
        ],
        "errors": [
            {"file": "a.yaml", "line": 3, "column": 4, "message": "broken YAML: tab"},
            {"file": "b.yaml", "line": None, "column": None, "message": "too large"},
        ],
    }
    assert ",".join(report["findings"][0]) == (
        "rule,severity,confidence,message,file,line,column,end_line,end_column,path,resource,stack,"
        "construct_path,created_at,when,fingerprint,url,notes,fix"
    )


# --- sarif --------------------------------------------------------------------------------------


def _log(outcome: Outcome) -> Any:
    log = json.loads(sarif.render(outcome))
    Draft4Validator(SCHEMA).validate(log)
    return log["runs"][0]


def test_sarif_holds_to_its_schema() -> None:
    hidden = _resources() / "Orders" / "Properties" / "VisibilityTimeout"
    fix = Fix("set VisibilityTimeout to 180", safe=True, puts=(Put(hidden, 180, 60),))
    assert _log(Outcome((_simple(fix=fix),)))["results"][0]["fixes"]
    _log(Outcome())
    _log(
        Outcome(
            (
                _simple(when="Stage = prod", resource="Orders", construct_path="Shop/Orders"),
                _simple(severity=Severity.INFO, confidence=Confidence.LOW, stack="Shop"),
            ),
            problems=(Problem("a.yaml", "broken YAML: tab", 3, 0), Problem("b.yaml", "too large")),
        )
    )


def test_sarif_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(sarif.render(Outcome((_simple(),))))
    log["runs"][0]["results"][0]["level"] = "info"

    assert not Draft4Validator(SCHEMA).is_valid(log)


def test_sarif_lists_each_broken_rule_once() -> None:
    other = Finding(
        _rule("sns/no-dlq", Severity.INFO), Severity.ERROR, Confidence.HIGH, _simple().notes
    )
    run = _log(Outcome((_simple(), other, _simple())))

    assert run["tool"]["driver"]["rules"] == [
        {
            "id": name,
            "name": pascal,
            "shortDescription": {"text": "A queue hides its messages too briefly"},
            "fullDescription": {"text": "While a function works on a message, SQS hides it."},
            "help": {"text": PAGE, "markdown": PAGE},
            "helpUri": "https://docs.aws/sqs",
            "defaultConfiguration": {"level": level},
            "properties": {"tags": [family]},
        }
        for name, pascal, level, family in (
            ("sqs/short-visibility-timeout", "ShortVisibilityTimeout", "warning", "sqs"),
            ("sns/no-dlq", "NoDlq", "note", "sns"),
        )
    ]
    assert [(result["ruleIndex"], result["level"]) for result in run["results"]] == [
        (0, "warning"),
        (1, "error"),
        (0, "warning"),
    ]


def test_sarif_pins_message_and_evidence_to_regions() -> None:
    finding = _simple(
        when="Stage = prod", resource="Orders", stack="Shop", construct_path="Shop/Queues/Orders"
    )
    (result,) = _log(Outcome((finding,)))["results"]
    artifact = {"uri": "template.yaml", "uriBaseId": "%SRCROOT%"}

    assert result["message"] == {
        "text": "hides a message for 60 s, needs 6 × 30 s (when Stage = prod)"
    }
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": artifact,
                "region": {"startLine": 5, "startColumn": 7, "endLine": 5, "endColumn": 24},
            },
            "logicalLocations": [
                {"name": "Orders", "fullyQualifiedName": "Shop/Orders", "kind": "resource"},
                {"name": "Orders", "fullyQualifiedName": "Shop/Queues/Orders", "kind": "construct"},
            ],
        }
    ]
    assert result["relatedLocations"] == [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": artifact,
                "region": {"startLine": 9, "startColumn": 7, "endLine": 9, "endColumn": 14},
            },
            "message": {"text": "may take 30 s"},
        }
    ]
    assert result["partialFingerprints"] == {"lambdalint/v1": finding.fingerprint}
    assert result["properties"] == {"confidence": "high", "when": "Stage = prod"}


def test_sarif_tells_what_was_not_looked_at() -> None:
    (invocation,) = _log(
        Outcome(problems=(Problem("a.yaml", "broken", 3, 4), Problem("b.yaml", "too large")))
    )["invocations"]
    one, other = invocation["toolExecutionNotifications"]

    assert invocation["executionSuccessful"] is False
    assert one["level"] == "error"
    assert one["message"] == {"text": "broken"}
    assert one["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 4}
    assert "region" not in other["locations"][0]["physicalLocation"]
    assert _log(Outcome())["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/ü#1.yaml", "a%20b/%C3%BC%231.yaml"),
        ("c:d%.yaml", "c%3Ad%25.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
        ("/srv/x y.yaml", "file:///srv/x%20y.yaml"),
    ],
)
def test_sarif_percent_encodes_file_names(file: str, uri: str) -> None:
    (invocation,) = _log(Outcome(problems=(Problem(file, "broken"),)))["invocations"]
    (location,) = invocation["toolExecutionNotifications"][0]["locations"]

    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("waits for ${Stage} s", "waits for ${{Stage}} s"),
        ("item [0] of (a)", "item [0] of (a)"),
        (r"\ [all is well](https://evil)", r"\\ \[all is well\](https://evil)"),
    ],
)
def test_sarif_takes_no_placeholder_or_link_from_a_template(message: str, shown: str) -> None:
    (result,) = _log(Outcome((_finding((_resources(), message)),)))["results"]

    assert result["message"]["text"] == shown


# --- github -------------------------------------------------------------------------------------


def test_github_annotates_with_the_evidence() -> None:
    outcome = Outcome(
        (
            _simple(when="Stage = prod", severity=Severity.ERROR),
            _finding((_resources() / "Orders", "could be shorter"), severity=Severity.INFO),
        ),
        problems=(Problem("a.yaml", "broken", 3, 4), Problem("b.yaml", "too large")),
    )

    assert github.render(outcome) == (
        "::error file=template.yaml,line=5,col=7,endLine=5,endColumn=24,"
        "title=lambdalint sqs/short-visibility-timeout::"
        "hides a message for 60 s, needs 6 × 30 s (when Stage = prod)"
        "%0Atemplate.yaml:9:7: may take 30 s%0Ahttps://docs.aws/sqs\n"
        "::notice file=template.yaml,line=2,col=3,endLine=2,endColumn=9,"
        "title=lambdalint sqs/short-visibility-timeout::could be shorter%0Ahttps://docs.aws/sqs\n"
        "::error file=a.yaml,line=3,col=4,title=lambdalint::broken\n"
        "::error file=b.yaml,title=lambdalint::too large\n"
    )


def test_github_commands_cannot_be_smuggled_in() -> None:
    file = "a,line=1::x%0A:y.yaml"
    outcome = Outcome(problems=(Problem(file, "100%\r\n::set-env name=PATH::/evil"),))

    assert github.render(outcome) == (
        "::error file=a%2Cline=1%3A%3Ax%250A%3Ay.yaml,title=lambdalint::"
        r"100%25\r\n::set-env name=PATH::/evil" + "\n"
    )


# --- gitlab -------------------------------------------------------------------------------------


def _issues(outcome: Outcome) -> Any:
    issues = json.loads(gitlab.render(outcome))
    Draft7Validator(CODE_QUALITY).validate(issues)
    return issues


def test_gitlab_tells_all_that_its_widget_shows() -> None:
    finding = _simple(when="Stage = prod")
    problems = (Problem("a.yaml", "broken", 3, 4), Problem("b.yaml", "too large"))
    issue, *others = _issues(Outcome((finding,), problems=problems))

    assert issue == {
        "description": "hides a message for 60 s, needs 6 × 30 s (when Stage = prod); "
        "template.yaml:9:7: may take 30 s",
        "check_name": "sqs/short-visibility-timeout",
        "fingerprint": finding.fingerprint,
        "severity": "major",
        "location": {"path": "template.yaml", "lines": {"begin": 5, "end": 5}},
    }
    assert [one["severity"] for one in others] == ["blocker", "blocker"]
    assert [one["location"]["lines"] for one in others] == [{"begin": 3}, {"begin": 1}]


def test_gitlab_maps_each_severity() -> None:
    findings = tuple(_simple(severity=severity) for severity in sorted(Severity))

    assert [one["severity"] for one in _issues(Outcome(findings))] == ["info", "major", "critical"]


def test_gitlab_tells_findings_at_the_same_place_apart() -> None:
    first, second = _issues(Outcome((_simple(), _simple())))

    assert first["fingerprint"] == _simple().fingerprint
    assert second["fingerprint"] == f"{_simple().fingerprint}-2"


def test_gitlab_schema_refuses_what_is_no_code_quality() -> None:
    issues = json.loads(gitlab.render(Outcome((_simple(),))))
    issues[0]["severity"] = "error"

    assert not Draft7Validator(CODE_QUALITY).is_valid(issues)


# --- junit --------------------------------------------------------------------------------------


def _tests(outcome: Outcome, fail_on: Severity | None = Severity.WARNING) -> ET.Element:
    written = junit.render(outcome, fail_on=fail_on)
    JUNIT.validate(written)
    return ET.fromstring(written)  # noqa: S314  it is our own


def test_junit_is_a_suite_for_each_template() -> None:
    outcome = Outcome(
        (_simple(severity=Severity.ERROR), _simple(severity=Severity.INFO)),
        problems=(Problem("a.yaml", "broken", 3, 4),),
        files=("clean.yaml", "template.yaml"),
    )
    root = _tests(outcome)

    assert root.attrib == {"name": "lambdalint", "tests": "4", "failures": "1", "errors": "1"}
    clean, template, broken = root
    assert [suite.get("name") for suite in root] == ["clean.yaml", "template.yaml", "a.yaml"]
    assert [(one.get("name"), [*one]) for one in clean] == [("no findings", [])]
    assert [one[0].tag for one in template] == ["failure", "skipped"]
    assert {k: template.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert broken[0][0].attrib == {"type": "unreadable", "message": "broken"}


def test_junit_failure_tells_the_evidence() -> None:
    (suite,) = _tests(Outcome((_simple(when="Stage = prod"),)))
    (test,) = suite
    (failure,) = test

    assert test.get("name") == ("sqs/short-visibility-timeout Orders/Properties/VisibilityTimeout")
    assert test.get("classname") == "template.yaml"
    assert failure.attrib == {
        "type": "warning",
        "message": "hides a message for 60 s, needs 6 × 30 s (line 5)",
    }
    assert failure.text == (
        "template.yaml:5:7: hides a message for 60 s, needs 6 × 30 s\n"
        "template.yaml:9:7: may take 30 s\n"
        "when Stage = prod\n"
        "https://docs.aws/sqs"
    )


@pytest.mark.parametrize(
    ("fail_on", "results"),
    [
        (Severity.ERROR, ["skipped", "skipped", "failure"]),
        (Severity.INFO, ["failure", "failure", "failure"]),
        (None, ["skipped", "skipped", "skipped"]),
    ],
)
def test_junit_fails_where_lambdalint_does(fail_on: Severity | None, results: list[str]) -> None:
    findings = tuple(_simple(severity=severity) for severity in sorted(Severity))

    assert [test[0].tag for test in _tests(Outcome(findings), fail_on)[0]] == results


def test_junit_has_no_two_tests_of_one_name() -> None:
    (suite,) = _tests(Outcome((_simple(), _simple(), _simple())))
    first, *others = [test.get("name") or "" for test in suite]

    assert others == [f"{first} (2)", f"{first} (3)"]


def test_junit_takes_no_markup_from_a_template() -> None:
    evil = "]]><x a='1'>&amp;\"\x00\ufffe"
    outcome = Outcome(problems=(Problem(evil, evil),), files=("<&>",))
    clean, broken = _tests(outcome)

    assert clean.get("name") == "<&>"
    assert broken[0][0].get("message") == visible(evil)


def test_junit_schema_refuses_what_is_no_junit() -> None:
    written = junit.render(Outcome((_simple(),)), fail_on=None)

    assert not JUNIT.is_valid(written.replace("testcase", "test"))


# --- markdown -----------------------------------------------------------------------------------


def test_markdown_is_a_table_with_the_code_below() -> None:
    outcome = Outcome(
        (_simple(resource="Orders", when="Stage = prod"), _simple(severity=Severity.ERROR)),
        problems=(Problem("a.yaml", "broken", 3, 4),),
        files=("template.yaml",),
    )
    table, _, code = markdown.render(outcome).partition("\n<details>\n")

    assert table == (
        """\
### lambdalint: 1 error, 1 warning, 1 problem in 1 template

| severity | rule | place | what is wrong |
| --- | --- | --- | --- |
| error |  | a.yaml:3:4 | broken |
| error | [sqs/short-visibility-timeout](https://docs.aws/sqs) | template.yaml:5:7 | hides a message for 60 s, needs 6 × 30 s |
| warning | [sqs/short-visibility-timeout](https://docs.aws/sqs) | template.yaml:5:7 | hides a message for 60 s, needs 6 × 30 s (Orders, when Stage = prod) |
"""
    )
    assert code.startswith("<summary>Details</summary>\n\n```text\nerror[sqs/short-visibility")
    assert "5 |       VisibilityTimeout: 60" in code
    assert code.endswith("\n```\n\n</details>\n")


def test_markdown_of_a_clean_run_is_one_line() -> None:
    outcome = Outcome(files=("template.yaml",))

    assert markdown.render(outcome) == "### lambdalint: nothing found in 1 template\n"


def test_markdown_lists_what_could_not_be_judged_on_request() -> None:
    outcome = Outcome(unjudged=(Unjudged("", _resources() / "Orders", "nobody knows"),))

    assert "nobody knows" not in markdown.render(outcome)
    assert "| unknown |  | template.yaml:2:3 | nobody knows |" in markdown.render(
        outcome, show_unknown=True
    )


@pytest.mark.parametrize(
    "evil",
    [
        "| a | b |",
        "`code` **bold** <script>alert(1)</script>",
        "[link](https://evil) ![image](https://evil)",
        "@somebody #1 https://evil www.evil.com",
        "```\n</details>",
        "``````` ~~~",
    ],
)
def test_markdown_takes_no_markup_from_a_template(evil: str) -> None:
    source = read(f"{json.dumps(evil)}: 1\n", evil).source
    finding = _finding((Place(source, (), Location(evil, 1, 1, 1, 2)), evil), when=evil)
    written = markdown.render(Outcome((finding,), problems=(Problem(evil, evil),)))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(written)
    inline = [child for token in tokens for child in token.children or ()]

    assert [token.type for token in tokens if token.type == "td_open"] == ["td_open"] * 8
    assert [token.tag for token in tokens if token.type == "fence"] == ["code"]
    assert [one.attrs.get("href") for one in inline if one.type == "link_open"] == [
        "https://docs.aws/sqs"
    ]
    assert {one.type for one in inline} <= {"text", "text_special", "link_open", "link_close"}
    assert [token.content for token in tokens if token.type == "html_block"] == [
        "<details>\n<summary>Details</summary>\n",
        "</details>\n",
    ]


def test_markdown_stays_below_what_a_summary_may_hold() -> None:
    long = _finding((_resources() / "Orders", "x" * 300_000))
    written = markdown.render(Outcome((long, long)))

    assert "\n1 more is not shown in detail" in written
    assert len(written) < 1 << 20


# --- statistics ---------------------------------------------------------------------------------


def test_statistics_count_each_rule() -> None:
    other = Finding(
        _rule("sns/no-dlq", Severity.INFO), Severity.INFO, Confidence.HIGH, _simple().notes
    )
    outcome = Outcome((other, *[_simple()] * 10), files=("template.yaml",))
    counted = (
        "10  warning  sqs/short-visibility-timeout  A queue hides its messages too briefly\n"
        " 1  info     sns/no-dlq                    A queue hides its messages too briefly\n"
    )

    assert statistics.render(outcome) == f"{counted}\n10 warnings, 1 info in 1 template\n"
    assert statistics.render(outcome, quiet=True) == counted
    assert statistics.render(Outcome()) == "nothing found in 0 templates\n"
