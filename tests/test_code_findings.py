"""Findings in the code of functions: where they are, how they are shown, and how to ignore them."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from lambdalint.cli import main
from lambdalint.config import Selection, Settings, choose
from lambdalint.rule import Finding, Outcome
from lambdalint.run import check, read

pytestmark = pytest.mark.usefixtures("home")

UNCHECKED = "handler/ignored-batch-api-failures"
UNWAITED = "handler/unawaited-work"

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Announce:  # 1
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: src/
      Handler: announce.handler
  Save:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      CodeUri: src/
      Handler: save.handler
"""

PYTHON = """\
import boto3

events = boto3.client("events")


def handler(event, context):
    # 1
    events.put_events(  # 2
        Entries=[event]  # 3
    )
    # 4
"""

JAVASCRIPT = """\
const { SNSClient, PublishCommand } = require("@aws-sdk/client-sns");
const sns = new SNSClient();

exports.handler = async (event) => {
  // 1
  event.Records.forEach(async ({ body }) => { // 2
    await sns.send(new PublishCommand({ TopicArn: "t", Message: body })); // 3
  });
};
"""

ON_THE_QUEUE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Clicks: {Type: AWS::Kinesis::Stream}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: src/
      Handler: fulfil.handler
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
        Click: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}
"""


def _write(python: str = PYTHON, javascript: str = JAVASCRIPT, template: str = TEMPLATE) -> None:
    _files({"template.yaml": template, "src/announce.py": python, "src/save.js": javascript})


def _files(files: dict[str, str]) -> None:
    Path(".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _outcome(*select: str, file: str = "template.yaml") -> Outcome:
    rules = choose([Selection(select or ("handler", "chain", "ignore"))])
    settings = Settings()
    outcome = check(read([file], settings), rules, settings)
    assert outcome.problems == ()
    return outcome


def _found(*select: str) -> dict[str, Finding]:
    findings = _outcome(*select).findings
    assert len({finding.rule.id for finding in findings}) == len(findings)
    return {finding.rule.id: finding for finding in findings}


def _shown(format: str, *options: str) -> str:
    return CliRunner().invoke(main, ["check", "template.yaml", "--format", format, *options]).stdout


# --- where they are -------------------------------------------------------------------------------


def test_finding_lies_in_the_code_and_is_about_the_function() -> None:
    _write()
    found = _found()

    python, javascript = found[UNCHECKED], found[UNWAITED]
    assert str(python.at.location) == "src/announce.py:8:5"
    assert str(javascript.at.location) == "src/save.js:6:3"
    assert (python.resource, javascript.resource) == ("Announce", "Save")
    assert [(str(note.at.location), note.text) for note in python.notes[1:]] == [
        ("template.yaml:3:3", "runs this code")
    ]


def test_columns_count_characters_not_bytes() -> None:
    _write(PYTHON.replace("    events.put", "    'ünï'; events.put"))

    assert str(_found(UNCHECKED)[UNCHECKED].at.location) == "src/announce.py:8:12"


def test_inline_code_is_found_in_the_template() -> None:
    Path("template.yaml").write_text(
        dedent("""\
            Resources:
              Announce:
                Type: AWS::Lambda::Function
                Properties:
                  Runtime: python3.13
                  Handler: index.handler
                  Role: arn:aws:iam::111122223333:role/announce
                  Code:
                    ZipFile: |
                      import boto3

                      def handler(event, context):
                          boto3.client("events").put_events(Entries=[event])
            """)
    )
    finding = _found(UNCHECKED)[UNCHECKED]

    assert str(finding.at.location) == "template.yaml:13:15"
    assert finding.resource == "Announce"
    assert len(finding.notes) == 1


def test_code_that_functions_share_has_its_finding_once() -> None:
    shared = PYTHON.replace("def handler", "def put")
    _files(
        {
            "template.yaml": TEMPLATE.replace("save.handler", "two.handler").replace(
                "nodejs22.x", "python3.13"
            ),
            "src/announce.py": "from shared import put as handler\n",
            "src/two.py": "import shared\n\n\ndef handler(event, context):\n    shared.put(event, 1)\n",
            "src/shared.py": shared,
        }
    )
    [finding] = _outcome(UNCHECKED).findings

    assert finding.resource == "Announce"
    assert [note.at.resource for note in finding.notes] == ["", "Announce", "Save"]


def test_code_that_templates_share_has_its_finding_once() -> None:
    _write()
    Path("again.yaml").write_text(TEMPLATE)
    rules = choose([Selection((UNCHECKED,))])
    outcome = check(read(["template.yaml", "again.yaml"], Settings()), rules, Settings())

    [finding] = outcome.findings
    assert {note.at.source.file for note in finding.notes[1:]} == {"template.yaml", "again.yaml"}


# --- how they are shown ---------------------------------------------------------------------------


def test_text_shows_the_line_of_code_and_the_function() -> None:
    _write()

    assert dedent("""\
            error[handler/unawaited-work]: is not waited for: the handler may return before it is done
             --> src/save.js:6:3
              |
            6 |   event.Records.forEach(async ({ body }) => { // 2
              |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
             ::: template.yaml:9:3
              |
            9 |   Save:
              |   ---- runs this code
              |
            """) in _shown("text")


def test_concise_names_the_function() -> None:
    _write()

    assert (
        "src/save.js:6:3: error[handler/unawaited-work] "
        "is not waited for: the handler may return before it is done (Save)"
    ) in _shown("concise").splitlines()


def test_json_tells_the_place_in_the_code() -> None:
    _write()
    findings = {one["rule"]: one for one in json.loads(_shown("json"))["findings"]}

    finding = findings[UNCHECKED]
    assert (finding["file"], finding["line"], finding["column"]) == ("src/announce.py", 8, 5)
    assert (finding["end_line"], finding["end_column"]) == (10, 6)
    assert (finding["path"], finding["resource"]) == ([], "Announce")
    assert [note["path"] for note in finding["notes"]] == [["Resources", "Announce"]]


def test_sarif_tells_the_place_in_the_code() -> None:
    _write()
    results = json.loads(_shown("sarif"))["runs"][0]["results"]

    [result] = [one for one in results if one["ruleId"] == UNCHECKED]
    [place] = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "src/announce.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 8, "startColumn": 5, "endLine": 10, "endColumn": 6},
    }
    assert [one["name"] for one in place["logicalLocations"]] == ["Announce"]


def test_github_gets_columns_only_where_there_is_one_line() -> None:
    _write(javascript=JAVASCRIPT.replace("// 2\n", "").replace("\n  });", "});"))
    lines = _shown("github").splitlines()

    [several] = [line for line in lines if UNCHECKED in line]
    assert several.startswith(
        f"::warning file=src/announce.py,line=8,endLine=10,title=lambdalint {UNCHECKED}::"
    )
    [one] = [line for line in lines if UNWAITED in line]
    assert one.startswith("::error file=src/save.js,line=6,col=3,endLine=6,endColumn=")


def test_code_of_strangers_does_nothing_to_the_terminal() -> None:
    _write(PYTHON.replace("# 2", "# \x1b[2J\u202e"))
    shown = _shown("text")

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert r"# \x1b[2J\u202e" in shown


# --- how they are named ---------------------------------------------------------------------------


def _fingerprints(python: str) -> list[str]:
    _write(python)
    return [finding.fingerprint for finding in _outcome(UNCHECKED).findings]


def test_fingerprint_survives_moves_of_the_line() -> None:
    moved = PYTHON.replace("def handler", "TEN = 10\n\n\ndef handler")

    assert _fingerprints(moved) == _fingerprints(PYTHON)


def test_fingerprint_tells_lines_and_functions_apart() -> None:
    more = PYTHON.replace("    # 4\n", '    boto3.client("sqs").send_message_batch(**event)\n')
    fingerprints = _fingerprints(more)
    _write(more, template=TEMPLATE.replace("Announce:", "Tell:"))
    renamed = [finding.fingerprint for finding in _outcome(UNCHECKED).findings]

    assert len({*fingerprints, *renamed}) == 4


# --- how to ignore them ---------------------------------------------------------------------------


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("family", [True, False])
def test_comment_in_the_code_counts(place: int, family: bool) -> None:  # noqa: FBT001
    said = "lambdalint: ignore[{}] nothing gets lost".format
    _write(
        PYTHON.replace(f"# {place}\n", f"# {said('handler' if family else UNCHECKED)}\n"),
        JAVASCRIPT.replace(f"// {place}\n", f"// {said('handler' if family else UNWAITED)}\n"),
    )

    assert _found() == {}


@pytest.mark.parametrize("place", [3, 4])
def test_comment_on_another_line_of_the_code_counts_for_nothing(place: int) -> None:
    _write(PYTHON.replace(f"# {place}\n", "# lambdalint: ignore[handler] nothing gets lost\n"))
    found = {finding.rule.id: finding for finding in _outcome().findings}

    assert {UNCHECKED, UNWAITED, "ignore/unused"} == found.keys()
    assert found["ignore/unused"].message == "nothing breaks handler here"
    assert found["ignore/unused"].at.source.file == "src/announce.py"


def test_comment_without_a_reason_and_of_an_unknown_rule_are_told() -> None:
    _write(
        PYTHON.replace("# 2\n", f"# lambdalint: ignore[{UNCHECKED}]\n"),
        JAVASCRIPT.replace("// 2\n", "// lambdalint: ignore[handler/unwaited] why not\n"),
    )
    found = _found()

    assert found.keys() == {UNCHECKED, UNWAITED, "ignore/no-reason", "ignore/unused"}
    assert str(found["ignore/no-reason"].at.location) == "src/announce.py:8:25"
    assert str(found["ignore/unused"].at.location) == "src/save.js:6:47"


def test_ignore_on_the_function_counts_for_its_code() -> None:
    reason = "nothing gets lost"
    by_comment = TEMPLATE.replace("# 1", f"# lambdalint: ignore[{UNCHECKED}] {reason}")
    metadata = f"Metadata: {{lambdalint: {{ignore: [{{rule: {UNCHECKED}, reason: {reason}}}]}}}}"
    by_metadata = TEMPLATE.replace("# 1\n", f"\n    {metadata}\n")

    for template in (by_comment, by_metadata):
        _write(template=template)
        assert _found().keys() == {UNWAITED}


def test_comment_in_inline_javascript_counts() -> None:
    code = JAVASCRIPT.replace("// 2", f"// lambdalint: ignore[{UNWAITED}] nobody minds")
    inline = "".join(f"        {line}\n" for line in code.splitlines())
    Path("template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Save:\n"
        "    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs22.x\n"
        f"      Handler: index.handler\n      InlineCode: |\n{inline}"
    )

    assert _found() == {}


def test_comments_of_code_that_nobody_read_are_nobodys_business() -> None:
    _write()
    Path("src/other.py").write_text("# lambdalint: ignore[handler] an old one\n")

    assert _found().keys() == {UNCHECKED, UNWAITED}


# --- one cause, one finding -----------------------------------------------------------------------

REPORTING = """\
def handler(event, context):
    return {"batchItemFailures": [{"itemIdentifier": one["id"]} for one in event["Records"]]}
"""


def test_what_is_reported_and_not_heard_is_told_once() -> None:
    _files({"template.yaml": ON_THE_QUEUE, "src/fulfil.py": REPORTING})
    told = [
        (one.rule.id, one.at.location.line) for one in _outcome("handler", "sqs", "stream").findings
    ]

    assert told.count(("handler/ignored-batch-item-failures", 12)) == 1
    assert told.count(("handler/ignored-batch-item-failures", 13)) == 1
    assert not {"sqs/no-partial-batch-response", "stream/poison-batch-not-isolated"} & {
        rule for rule, _ in told
    }


def test_handler_that_reports_nothing_leaves_the_mapping_to_other_rules() -> None:
    _files(
        {"template.yaml": ON_THE_QUEUE, "src/fulfil.py": "def handler(event, context):\n    1\n"}
    )
    told = {one.rule.id for one in _outcome("handler", "sqs", "stream").findings}

    assert {"sqs/no-partial-batch-response", "stream/poison-batch-not-isolated"} <= told
    assert not {rule for rule in told if rule.startswith("handler/")}


def test_function_that_waits_for_itself_is_no_chain() -> None:
    ring = """\
        import os
        import boto3

        def handler(event, context):
            boto3.client("lambda").invoke(FunctionName=os.environ["NEXT"])
        """
    template = TEMPLATE.replace("nodejs22.x", "python3.13").replace(
        "save.handler", "announce.handler"
    )
    for name, other in (("Announce", "Save"), ("Save", "Announce")):
        template = template.replace(f"  {name}:", f"  {name}:", 1).replace(
            "      CodeUri: src/\n",
            f"      CodeUri: ./src\n      Environment: {{Variables: {{NEXT: !Ref {other}}}}}\n",
            1,
        )
    _files({"template.yaml": template, "src/announce.py": dedent(ring)})
    assert _outcome("chain/synchronous-invoke").findings == ()

    _files({"template.yaml": template.replace("NEXT: !Ref Announce", "NEXT: other")})
    messages = {finding.message for finding in _outcome("chain/synchronous-invoke").findings}
    assert messages == {"waits for Save → other, a chain of 3 functions", "waits for other"}


# --- requests over HTTP ---------------------------------------------------------------------------

SHOP = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13, CodeUri: src/}}
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties: {StageName: live}
  Http: {Type: AWS::Serverless::HttpApi}
  Asking:
    Type: AWS::Serverless::Function
    Properties:
      Handler: asking.handler
      Environment:
        Variables:
          REST: !Sub "https://${Rest}.execute-api.${AWS::Region}.amazonaws.com/live/"
          HTTP: !Sub "https://${Http}.execute-api.${AWS::Region}.amazonaws.com"
          POINT: !Sub "${Http.ApiEndpoint}/"
          URL: !GetAtt AnyUrl.FunctionUrl
          HOST: !Sub "${Rest}.execute-api.${AWS::Region}.amazonaws.com"
  One:
    Type: AWS::Serverless::Function
    Properties:
      Handler: one.handler
      Events:
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: "/orders/{id}", Method: GET}}
        Http: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: "/orders/{id}", Method: GET}}
  Any:
    Type: AWS::Serverless::Function
    Properties:
      Handler: any.handler
      FunctionUrlConfig: {AuthType: AWS_IAM}
      Events:
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: "/{proxy+}", Method: ANY}}
"""

ASKED = {
    'requests.get(E["REST"] + "orders/1")': "calls GET /orders/{id} of Rest, which waits for One",
    'requests.get(E["REST"] + "orders/1?all=1")': "calls GET /orders/{id} of Rest, which waits for One",
    'requests.post(E["REST"] + "orders/1")': "calls ANY /{proxy+} of Rest, which waits for Any",
    'requests.get(E["REST"] + "a/b/c")': "calls ANY /{proxy+} of Rest, which waits for Any",
    'requests.get(E["REST"] + event["path"])': "calls Rest, which waits for One or Any",
    "requests.get(f\"https://{E['HOST']}/live/orders/1\")": (
        "calls GET /orders/{id} of Rest, which waits for One"
    ),
    'requests.get(E["HTTP"] + "/orders/1")': "calls GET /orders/{id} of Http, which waits for One",
    'requests.get(E["POINT"] + "orders/1")': "calls GET /orders/{id} of Http, which waits for One",
    'requests.get(E["POINT"] + "live/orders/1")': (
        "calls GET /orders/{id} of Http, which waits for One"
    ),
    'requests.post(E["POINT"] + "orders/1")': "",
    'requests.get(E["POINT"] + "orders")': "",
    'requests.get(E["POINT"] + "orders/1/lines/2")': "",
    'requests.delete(E["URL"] + "orders")': "calls AnyUrl, which waits for Any",
    'requests.get(E["OTHER"])': "",
    'requests.get("https://abc.execute-api.eu-west-1.amazonaws.com/live/orders/1")': "",
}


@pytest.mark.parametrize(("request_", "said"), ASKED.items())
def test_request_is_answered_by_the_function_of_its_route(request_: str, said: str) -> None:
    asking = f"import os\nimport requests\n\nE = os.environ\n\ndef handler(event, context):\n    {request_}\n"
    _files({"template.yaml": SHOP, "src/asking.py": asking})
    messages = [finding.message for finding in _outcome("chain/over-http").findings]

    assert messages == ([said] if said else [])
