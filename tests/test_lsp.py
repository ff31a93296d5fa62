"""`lambdalint lsp` talks to an editor: a process of its own, over stdin and stdout."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from lsprotocol.types import Position
from pygls.workspace import PositionCodec

import lambdalint
from lambdalint.config import Selection
from lambdalint.editor.address import path_of, uri_of
from lambdalint.editor.area import Wishes
from lambdalint.editor.ruler import Ruler
from lambdalint.parameters import BadSetting
from lambdalint.read import read

SHORT = "sqs/short-visibility-timeout"
HOME = Path(lambdalint.__file__).parents[1]
PATIENCE = 60  # seconds, after which it will not answer any more

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}
  Dead: {Type: AWS::SQS::Queue}
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1
      Timeout: 30
      Events:
        Order:
          Type: SQS
          Properties:
            Queue: !GetAtt Orders.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
"""
RIGHT = TEMPLATE.replace("VisibilityTimeout: 60", "VisibilityTimeout: 180")
LATE = TEMPLATE.replace("VisibilityTimeout: 60", "VisibilityTimeout: 20")

# Two templates of one application: the queue lies in one, its function in the other.
QUEUE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60}
Outputs:
  Arn: {Value: !GetAtt Orders.Arn}
"""
READER = """\
Parameters: {Queue: {Type: String}}
Resources:
  Fulfil:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1
      Timeout: 30
      Events:
        Order: {Type: SQS, Properties: {Queue: !Ref Queue}}
"""
ROOT = """\
Resources:
  Queues: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: queue.yaml}}
  Readers:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: reader.yaml, Parameters: {Queue: !GetAtt Queues.Outputs.Arn}}
"""

EVERYTHING: dict[str, Any] = {
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
}


class Editor:
    """An editor: it sends what it is told to, and keeps what it hears until somebody asks."""

    def __init__(self, *words: str, path: Path = HOME) -> None:
        self.process = subprocess.Popen(
            words or (sys.executable, "-m", "lambdalint", "lsp", "--stdio"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(path), str(HOME)))},
        )
        self.heard: list[dict[str, Any]] = []
        self._inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self._asked = 0
        self._versions: dict[str, int] = {}
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        stdout = self.process.stdout
        assert stdout
        while header := stdout.readline():
            length = int(header.removeprefix(b"Content-Length: "))  # nothing else is printed
            while stdout.readline().strip():
                pass
            self._inbox.put(json.loads(stdout.read(length)))

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is wanted."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                message = self._inbox.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"heard only {self.heard}")
            self.heard.append(message)
            if "method" in message and "id" in message:
                self.send(id=message["id"], result=None)
            if wanted(message):
                return message

    def ask(self, method: str, params: Any = None) -> Any:
        self._asked += 1
        number = self._asked
        self.send(id=number, method=method, params=params)
        answer = self.wait(lambda one: one.get("id") == number and "method" not in one)
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, **params: Any) -> None:
        self.send(method=method, params=params)

    def hear(self, method: str) -> Any:
        return self.wait(lambda one: one.get("method") == method)["params"]

    # --- what people do

    def begin(
        self, *folders: Path, can: dict[str, Any] = EVERYTHING, wishes: Any = None
    ) -> dict[str, Any]:
        listed = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
        result: dict[str, Any] = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": can,
                "workspaceFolders": listed or None,
                "initializationOptions": wishes,
            },
        )
        self.tell("initialized")
        return result

    def open(self, uri: str, text: str, language: str = "yaml") -> None:
        self._versions[uri] = 1
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)

    def change(self, uri: str, text: str) -> None:
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def save(self, uri: str) -> None:
        self.tell("textDocument/didSave", textDocument={"uri": uri})

    def close(self, uri: str) -> None:
        self.tell("textDocument/didClose", textDocument={"uri": uri})

    def told(self, uri: str) -> list[dict[str, Any]]:
        """The next diagnostics of a document."""
        found: list[dict[str, Any]] = self.wait(
            lambda one: (
                one.get("method") == "textDocument/publishDiagnostics"
                and one["params"]["uri"] == uri
            )
        )["params"]["diagnostics"]
        return found

    def codes(self, uri: str) -> list[str]:
        return [one.get("code", one["message"]) for one in self.told(uri)]

    def actions(self, uri: str, at: dict[str, Any], *only: str) -> list[dict[str, Any]]:
        context: dict[str, Any] = {"diagnostics": [], **({"only": only} if only else {})}
        params = {"textDocument": {"uri": uri}, "range": at, "context": context}
        found: list[dict[str, Any]] = self.ask("textDocument/codeAction", params)
        return found

    def end(self) -> int:
        self.ask("shutdown")
        self.tell("exit")
        return self.process.wait(PATIENCE)


@pytest.fixture
def editor() -> Iterator[Editor]:
    one = Editor()
    yield one
    _leave(one)


def _leave(editor: Editor) -> None:
    """End an editor, whatever has become of it."""
    editor.process.kill()
    editor.process.wait()
    for pipe in (editor.process.stdin, editor.process.stdout):
        assert pipe
        pipe.close()


@pytest.fixture
def project(home: Path) -> Path:
    """A folder of a name that URIs spell otherwise."""
    folder = home / "my orders ü"
    folder.mkdir()
    return folder


def put(path: Path, text: str) -> str:
    """Write a file; its URI."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path.as_uri()


def span(line: int, start: int, end: int) -> dict[str, Any]:
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """A text in which an editor makes edits, the last of them first."""
    lines = text.splitlines(keepends=True)

    def offset(at: dict[str, int]) -> int:
        return sum(map(len, lines[: at["line"]])) + at["character"]

    for edit in reversed(edits):
        start, end = (offset(edit["range"][which]) for which in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


# --- diagnostics ----------------------------------------------------------------------------------


def test_it_says_what_it_can_do(editor: Editor, project: Path) -> None:
    can = editor.begin(project)["capabilities"]

    assert can["textDocumentSync"] == {"openClose": True, "change": 1, "save": True}
    assert can["hoverProvider"] is True
    assert can["codeActionProvider"] == {
        "codeActionKinds": ["quickfix", "source.fixAll.lambdalint"],
        "resolveProvider": True,
    }
    assert can["workspace"]["workspaceFolders"]["supported"] is True
    watched = editor.hear("client/registerCapability")["registrations"]
    assert [one["method"] for one in watched] == ["workspace/didChangeWatchedFiles"]


def test_what_is_wrong_is_told_with_its_evidence(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project)
    editor.open(uri, TEMPLATE)

    assert editor.told(uri) == [
        {
            "range": span(5, 6, 23),
            "message": "hides a message for 60 s, needs 6 × 30 s\nfix: set VisibilityTimeout to 180",
            "severity": 2,
            "code": SHORT,
            "codeDescription": {
                "href": "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
            },
            "source": "lambdalint",
            "relatedInformation": [
                {
                    "location": {"uri": uri, "range": span(13, 6, 13)},
                    "message": "one attempt may take 30 s",
                },
                {
                    "location": {"uri": uri, "range": span(15, 8, 13)},
                    "message": "reads the queue",
                },
            ],
        }
    ]


def test_evidence_may_lie_in_another_file(editor: Editor, project: Path) -> None:
    texts = {"root.yaml": ROOT, "queue.yaml": QUEUE, "reader.yaml": READER}
    uris = {name: put(project / name, text) for name, text in texts.items()}
    editor.begin(project, wishes={"select": [SHORT]})
    editor.open(uris["reader.yaml"], READER)

    (found,) = editor.told(uris["queue.yaml"])  # which is not even open
    assert editor.told(uris["reader.yaml"]) == []

    related = {one["location"]["uri"] for one in found["relatedInformation"]}
    assert uris["reader.yaml"] in related

    editor.change(uris["reader.yaml"], READER.replace("Timeout: 30", "Timeout: 10"))
    assert editor.told(uris["queue.yaml"]) == []


def test_evidence_is_part_of_the_message_for_editors_that_cannot_link(
    editor: Editor, project: Path
) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project, can={})
    editor.open(uri, TEMPLATE)

    (found,) = editor.told(uri)

    assert "relatedInformation" not in found
    assert found["message"].splitlines()[1:3] == [
        "line 14: one attempt may take 30 s",
        "line 16: reads the queue",
    ]


def test_what_is_repaired_is_not_told_any_more(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project)
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == [SHORT]

    editor.change(uri, RIGHT)
    put(project / "template.yaml", RIGHT)
    editor.save(uri)

    assert editor.codes(uri) == []


def test_what_is_open_counts_and_not_what_is_saved(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", RIGHT)
    editor.begin(project)
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == [SHORT]

    editor.change(uri, LATE)
    assert editor.codes(uri) == ["sqs/visibility-below-timeout"]

    editor.close(uri)
    assert editor.codes(uri) == []


def test_deployment_that_has_the_problem_is_told(editor: Editor, project: Path) -> None:
    text = """\
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
""" + TEMPLATE.replace("Timeout: 30", "Timeout: !If [IsProd, 30, 10]")
    uri = put(project / "template.yaml", text)
    editor.begin(project)
    editor.open(uri, text)

    (found,) = editor.told(uri)

    assert "needs 6 × 30 s (when Stage = prod)\n" in found["message"]


def test_columns_are_those_of_utf_16(editor: Editor, project: Path) -> None:
    text = TEMPLATE.replace(
        "    Properties:\n      VisibilityTimeout: 60\n      RedrivePolicy: "
        "{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}\n",
        '    Properties: {QueueName: "🦀🦀é", VisibilityTimeout: 60}\n',
    )
    uri = put(project / "template.yaml", text)
    editor.begin(project, wishes={"select": [SHORT]})
    editor.open(uri, text)
    at = text.splitlines()[4].index("Visibility") + 2

    assert [one["range"] for one in editor.told(uri)] == [span(4, at, at + 17)]


def test_columns_are_those_that_the_editor_wants(editor: Editor, project: Path) -> None:
    text = "Resources: {Ä🦀: {Type: 'AWS::SQS::Queue'}, Ä🦀: {Type: 'AWS::SNS::Topic'}}\n"
    uri = put(project / "template.yaml", text)
    can = {"general": {"positionEncodings": ["utf-8", "utf-16"]}}

    assert editor.begin(project, can=can)["capabilities"]["positionEncoding"] == "utf-8"
    editor.open(uri, text)

    start = len(text.partition(", Ä")[0].encode()) + 2
    assert [one["range"] for one in editor.told(uri)] == [span(0, start, start + 6)]


def test_broken_text_is_told_where_it_breaks(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", RIGHT)
    editor.begin(project)
    editor.open(uri, RIGHT)
    assert editor.codes(uri) == []

    editor.change(uri, RIGHT + "  Broken: {\n")
    (found,) = editor.told(uri)

    assert found["message"].startswith("broken YAML: ")
    assert found["severity"] == 1
    assert found["range"]["start"]["line"] == RIGHT.count("\n") + 1
    editor.change(uri, RIGHT)
    assert editor.codes(uri) == []


def test_what_is_found_in_code_is_told_there(editor: Editor, project: Path) -> None:
    template = """\
Resources:
  Read:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      Events:
        Put: {Type: S3, Properties: {Bucket: !Ref Files, Events: "s3:ObjectCreated:*"}}
  Files: {Type: AWS::S3::Bucket}
"""
    code = 'def handler(event, context):\n    return event["Records"][0]["s3"]["object"]["key"]\n'
    uri, app = put(project / "template.yaml", template), put(project / "src" / "app.py", code)
    editor.begin(project)
    editor.open(uri, template)

    (found,) = editor.told(app)
    assert found["code"] == "handler/first-record-only"
    assert found["range"]["start"] == {"line": 1, "character": 11}

    editor.open(app, code, "python")
    assert editor.codes(app) == ["handler/first-record-only"]
    code = "def handler(event, context):\n    return None\n"
    editor.change(app, code)
    put(project / "src" / "app.py", code)
    editor.save(app)
    assert editor.codes(app) == []


# --- what belongs together ------------------------------------------------------------------------


def test_document_in_no_folder_is_looked_at_by_itself(editor: Editor, home: Path) -> None:
    editor.begin()
    uri = put(home / "a b;c#d.yaml", TEMPLATE)
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == [SHORT]

    editor.change(uri, RIGHT)
    assert editor.codes(uri) == []

    editor.change(uri, LATE)
    assert editor.codes(uri) == ["sqs/visibility-below-timeout"]
    editor.close(uri)
    assert editor.codes(uri) == []


def test_document_without_a_file_is_looked_at_too(editor: Editor) -> None:
    editor.begin()
    editor.open("untitled:Untitled-1", "name: no template\n")
    assert editor.codes("untitled:Untitled-1") == []

    editor.change("untitled:Untitled-1", TEMPLATE)
    (found,) = editor.told("untitled:Untitled-1")

    assert {one["location"]["uri"] for one in found["relatedInformation"]} == {
        "untitled:Untitled-1"
    }

    editor.change("untitled:Untitled-1", LATE)
    (found,) = editor.told("untitled:Untitled-1")
    (every,) = editor.actions("untitled:Untitled-1", found["range"], "source.fixAll.lambdalint")
    (change,) = editor.ask("codeAction/resolve", every)["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": "untitled:Untitled-1", "version": 3}
    assert applied(LATE, change["edits"]) == RIGHT


def test_what_is_no_template_is_left_alone(editor: Editor, home: Path) -> None:
    editor.begin()
    editor.open("git:/template.yaml", TEMPLATE)
    editor.open((home / "notes.txt").as_uri(), TEMPLATE, "plaintext")
    editor.open((home / "other.yaml").as_uri(), "a: [\n")

    assert editor.codes((home / "other.yaml").as_uri()) == []
    assert editor.end() == 0
    told = [one["params"]["uri"] for one in editor.heard if "publishDiagnostics" in str(one)]
    assert {*told} == {(home / "other.yaml").as_uri()}


def test_uris_are_spelled_as_the_editor_spells_them(editor: Editor, project: Path) -> None:
    put(project / "template.yaml", TEMPLATE)
    uri = (project / "template.yaml").as_uri().replace("template", "%74empl%61te")
    editor.begin(project)
    editor.open(uri, RIGHT)

    assert editor.codes(uri) == []


def test_document_of_somebody_else_disturbs_nothing(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project)
    editor.open("fugitive://[main]:template.yaml", TEMPLATE)
    editor.open("http://[main/template.yaml", TEMPLATE)
    editor.open("file:///", TEMPLATE)  # which does not mean all that there is
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == [SHORT]

    editor.change(uri, RIGHT)
    assert editor.codes(uri) == []


def test_folders_come_and_go(editor: Editor, project: Path) -> None:
    uri, other = put(project / "a.yaml", TEMPLATE), put(project / "b.yaml", TEMPLATE)
    folder = {"uri": project.as_uri(), "name": "orders"}
    editor.begin()
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == [SHORT]

    event = {"added": [folder], "removed": []}
    editor.tell("workspace/didChangeWorkspaceFolders", event=event)
    assert editor.codes(other) == [SHORT]

    event = {"added": [], "removed": [folder]}
    editor.tell("workspace/didChangeWorkspaceFolders", event=event)
    assert editor.codes(other) == []


def test_folder_in_a_folder_is_its_own(editor: Editor, project: Path) -> None:
    outer, inner = put(project / "a.yaml", TEMPLATE), put(project / "in" / "b.yaml", TEMPLATE)
    put(project / "in" / "lambdalint.toml", "ignore = ['sqs']\n")
    editor.begin(project, project / "in")
    editor.open(inner, TEMPLATE)
    assert editor.codes(inner) == []

    editor.open(outer, TEMPLATE)
    assert editor.codes(outer) == [SHORT]
    editor.save(inner)
    assert editor.end() == 0
    told = [one["params"] for one in editor.heard if "publishDiagnostics" in str(one)]
    assert not [one for one in told if one["uri"] == inner and one["diagnostics"]]


def test_change_outside_of_the_editor_is_seen(editor: Editor, project: Path) -> None:
    uri, other = put(project / "a.yaml", RIGHT), put(project / "b.yaml", RIGHT)
    editor.begin(project)
    editor.open(uri, RIGHT)
    assert editor.codes(uri) == []

    put(project / "b.yaml", TEMPLATE)
    editor.tell("workspace/didChangeWatchedFiles", changes=[{"uri": other, "type": 2}])

    assert editor.codes(other) == [SHORT]


# --- settings -------------------------------------------------------------------------------------


def test_configuration_of_the_folder_counts(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    put(project / "lambdalint.toml", f"ignore = ['{SHORT}']\n")
    editor.begin(project)
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == []

    put(project / "lambdalint.toml", f'[rules."{SHORT}"]\nseverity = "error"\n')
    editor.save(uri)
    assert [one["severity"] for one in editor.told(uri)] == [1]


def test_bad_configuration_is_told(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    toml = put(project / "lambdalint.toml", "ignroe = []\n")
    editor.begin(project)
    editor.open(uri, TEMPLATE)

    assert editor.codes(toml) == ["unknown key 'ignroe', did you mean ignore?"]
    assert "did you mean ignore?" in editor.hear("window/showMessage")["message"]

    put(project / "lambdalint.toml", "ignore = []\n")
    editor.save(uri)
    assert editor.codes(toml) == []
    assert editor.codes(uri) == [SHORT]


def test_ignores_and_baselines_count(editor: Editor, project: Path) -> None:
    ignored = TEMPLATE.replace(": 60", f": 60  # lambdalint: ignore[{SHORT}] never throttled")
    uri, other = put(project / "a.yaml", ignored), put(project / "b.yaml", TEMPLATE)
    subprocess.run(
        [sys.executable, "-m", "lambdalint", "check", "--write-baseline", "known.json"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        check=True,
    )
    put(project / "lambdalint.toml", "baseline = 'known.json'\n")
    editor.begin(project)
    editor.open(uri, ignored)
    editor.open(other, TEMPLATE)
    assert editor.codes(uri) == []
    assert editor.codes(other) == []

    editor.change(uri, ignored.replace(" never throttled", ""))
    assert editor.codes(uri) == [SHORT, "ignore/no-reason"]


def test_editor_may_have_settings_of_its_own(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project, wishes={"ignore": ["sqs"]})
    editor.open(uri, TEMPLATE)
    assert editor.codes(uri) == []

    settings = {"lambdalint": {"select": [SHORT]}}
    editor.tell("workspace/didChangeConfiguration", settings=settings)
    assert editor.codes(uri) == [SHORT]

    editor.tell("workspace/didChangeConfiguration", settings={"lambdalint": {"selct": []}})
    assert editor.codes(uri) == []
    said = editor.hear("window/showMessage")["message"]
    assert said == "lambdalint: unknown option 'selct' of the editor, did you mean select?"


def test_wishes_are_read() -> None:
    wishes = Wishes.of(
        {
            "config": "other.toml",
            "select": ["sqs,sns"],
            "extendSelect": [],
            "ignore": [SHORT],
            "parameters": {"Stage": "prod", "Size": 3},
        }
    )

    assert wishes.config == "other.toml"
    assert wishes.selection == Selection(("sqs", "sns"), (), (SHORT,))
    assert wishes.parameters == {"Stage": "prod", "Size": "3"}
    assert Wishes.of(None) == Wishes.of({}) == Wishes()


@pytest.mark.parametrize(
    "said",
    [[], {"select": "sqs"}, {"ignore": ["no-such"]}, {"parameters": []}, {"config": 1}],
)
def test_wishes_that_nobody_can_follow_are_refused(said: Any) -> None:
    with pytest.raises(BadSetting):
        Wishes.of(said)


# --- questions ------------------------------------------------------------------------------------


def test_hover_shows_the_page(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project)
    editor.open(uri, TEMPLATE)
    editor.told(uri)

    def shown(line: int) -> Any:
        at = {"line": line, "character": 10}
        return editor.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": at})

    page = shown(5)
    assert page["range"] == span(5, 6, 23)
    assert page["contents"]["kind"] == "markdown"
    assert page["contents"]["value"].startswith("# A queue hides its messages too briefly")
    assert f"- `{SHORT}`: warning, on by default" in page["contents"]["value"]
    assert "\n## " not in page["contents"]["value"]
    assert shown(6) is None


def test_quick_fix_repairs(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", LATE)
    editor.begin(project)
    editor.open(uri, LATE)
    (found,) = editor.told(uri)

    fix, _ignore, _every = editor.actions(uri, found["range"])
    assert fix["title"] == "Set VisibilityTimeout to 180"
    assert fix["isPreferred"] is True
    assert fix["diagnostics"] == [found]
    assert "edit" not in fix

    (change,) = editor.ask("codeAction/resolve", fix)["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    assert applied(LATE, change["edits"]) == RIGHT

    editor.change(uri, RIGHT)
    assert editor.codes(uri) == []
    assert editor.actions(uri, found["range"]) == []
    assert "edit" not in editor.ask("codeAction/resolve", fix)
    said = [one["params"]["message"] for one in editor.heard if "showMessage" in str(one)]
    assert said == ["lambdalint: not repaired, it is not found any more"]


def test_unsafe_fix_says_so(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project)
    editor.open(uri, TEMPLATE)
    (found,) = editor.told(uri)

    fix, _ignore = editor.actions(uri, found["range"])
    assert fix["title"] == "Set VisibilityTimeout to 180 (unsafe)"
    assert fix["isPreferred"] is False
    assert editor.actions(uri, span(0, 0, 1)) == []
    assert editor.actions(uri, found["range"], "refactor") == []
    edit = editor.ask("codeAction/resolve", fix)["edit"]
    assert applied(TEMPLATE, edit["documentChanges"][0]["edits"]) == RIGHT


def test_finding_is_ignored_where_it_can_be(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor.begin(project)
    editor.open(uri, TEMPLATE)
    (found,) = editor.told(uri)

    _fix, ignore = editor.actions(uri, found["range"])
    assert ignore["title"] == f"Ignore {SHORT} here"
    assert "isPreferred" not in ignore

    edits = editor.ask("codeAction/resolve", ignore)["edit"]["documentChanges"][0]["edits"]
    text = applied(TEMPLATE, edits)
    line = "      VisibilityTimeout: 60\n"
    comment = f"      # lambdalint: ignore[{SHORT}]\n"
    assert text == TEMPLATE.replace(line, comment + line)
    editor.change(uri, text)
    assert editor.codes(uri) == ["ignore/no-reason", SHORT]
    editor.change(uri, text.replace(comment, f"{comment.rstrip()} never throttled\n"))
    assert editor.codes(uri) == []


def test_ignore_in_json_waits_for_a_reason(editor: Editor, project: Path) -> None:
    text = json.dumps(read(TEMPLATE, "").root, indent=2)
    uri = put(project / "template.json", text)
    editor.begin(project)
    editor.open(uri, text, "json")
    (found,) = editor.told(uri)

    _fix, ignore = editor.actions(uri, found["range"])
    edits = editor.ask("codeAction/resolve", ignore)["edit"]["documentChanges"][0]["edits"]
    after = applied(text, edits)

    assert json.loads(after)["Resources"]["Orders"]["Metadata"] == {
        "lambdalint": {"ignore": [{"rule": SHORT, "reason": ""}]}
    }
    editor.change(uri, after)
    assert editor.codes(uri) == [SHORT, "ignore/no-reason"]


def test_what_cannot_be_done_is_told(editor: Editor, project: Path) -> None:
    shutil.copytree(HOME / "fixtures" / "cdk" / "shop" / "cdk.out", project / "cdk.out")
    template = project / "cdk.out" / "Orders.template.json"
    editor.begin(project, wishes={"select": [SHORT]})
    editor.open(template.as_uri(), template.read_text("utf-8"), "json")
    found, *_ = editor.told(template.as_uri())
    assert "fix: set VisibilityTimeout to 180, in the app" in found["message"]

    (ignore,) = editor.actions(template.as_uri(), found["range"])
    assert "edit" not in editor.ask("codeAction/resolve", ignore)
    (said,) = [one["params"]["message"] for one in editor.heard if "showMessage" in str(one)]
    assert said.startswith("lambdalint: not ignored, ")
    assert f"acknowledge({{id: 'Lambdalint::{SHORT}', reason: '…'}})" in said


def test_all_that_is_safe_is_repaired_at_once(editor: Editor, project: Path) -> None:
    second = LATE.partition("Resources:\n")[2]
    for name in ("Orders", "Dead", "Fulfil"):
        second = second.replace(name, f"{name}2")
    text = LATE + second.rstrip()
    uri = put(project / "template.yaml", text)
    put(project / "other.yaml", LATE)
    editor.begin(project)
    editor.open(uri, text)
    assert len(editor.told(uri)) == 2

    (every,) = editor.actions(uri, span(0, 0, 0), "source.fixAll")
    (change,) = editor.ask("codeAction/resolve", every)["edit"]["documentChanges"]

    assert every["title"] == "Fix all safe problems in this file"
    assert every["kind"] == "source.fixAll.lambdalint"
    assert change["textDocument"]["uri"] == uri
    assert applied(text, change["edits"]) == text.replace(
        "VisibilityTimeout: 20", "VisibilityTimeout: 180"
    )


LEFT = """\
Resources:
  Read:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: app.handler
      Runtime: python3.13
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
  Orders: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
"""


def test_what_is_found_in_code_can_be_ignored_there(editor: Editor, home: Path) -> None:
    code = 'def handler(event, context):\n    return event["Records"][0]["body"]\n'
    uri, app = put(home / "template.yaml", LEFT), put(home / "app.py", code)
    editor.begin(wishes={"select": ["handler/first-record-only"]})
    editor.open(uri, LEFT)
    (found,) = editor.told(app)
    editor.open(app, code, "python")

    (ignore,) = editor.actions(app, found["range"])
    (change,) = editor.ask("codeAction/resolve", ignore)["edit"]["documentChanges"]

    assert "# lambdalint: ignore[handler/first-record-only]\\n" in str(change)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\nb", "a\nb\nc"),
        ("a\nb", "a\n"),
        ("", "a\n"),
        ("a\n", ""),
        ("a\r\nb\rc\n", "a\r\nB\rc\nd"),
        ("🦀", "🦀🦀"),
        ("a\u2028b\x0cc\nd\n", "a\u2028b\x0cc\nD\n"),
    ],
)
def test_edits_make_one_text_of_another(before: str, after: str) -> None:
    edits = Ruler(PositionCodec()).edits(before, after)
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", before)

    def offset(at: Position) -> int:
        units = lines[at.line].encode("utf-16-le")[: 2 * at.character]
        return sum(map(len, lines[: at.line])) + len(units.decode("utf-16-le"))

    text = before
    for edit in reversed(edits):
        start, end = offset(edit.range.start), offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    assert text == after


def test_editor_that_knows_little_gets_edits_at_once(editor: Editor, project: Path) -> None:
    uri = put(project / "template.yaml", LATE)
    editor.begin(project, can={})
    editor.open(uri, LATE)
    (found,) = editor.told(uri)

    (fix,) = editor.actions(uri, found["range"], "quickfix")

    assert applied(LATE, fix["edit"]["changes"][uri]) == RIGHT


# --- the process ----------------------------------------------------------------------------------


def test_it_ends_when_it_is_told_to(editor: Editor, project: Path) -> None:
    editor.begin(project)

    assert editor.end() == 0


def test_it_ends_when_the_editor_is_gone(editor: Editor, project: Path) -> None:
    editor.begin(project)
    assert editor.process.stdin
    editor.process.stdin.close()

    assert editor.process.wait(PATIENCE) == 1


CRASHING = """\
import lambdalint.run

check = lambdalint.run.check

def crash(reading, *args, **options):
    print("this must not reach the editor")
    if any("crash" in template.source.text for template in reading.templates):
        raise ZeroDivisionError("as it was told to")
    return check(reading, *args, **options)

lambdalint.run.check = crash
from lambdalint.cli import main
main(["lsp"])
"""


def test_failure_of_lambdalint_is_told_and_is_not_the_end(project: Path) -> None:
    uri = put(project / "template.yaml", TEMPLATE)
    editor = Editor(sys.executable, "-c", CRASHING)
    editor.begin(project)
    editor.open(uri, TEMPLATE + "# crash\n")
    said = editor.hear("window/showMessage")["message"]
    editor.change(uri, TEMPLATE)

    assert said.startswith("lambdalint failed, please report this: ZeroDivisionError: as it was")
    assert editor.codes(uri) == [SHORT]
    assert editor.end() == 0
    _leave(editor)


def test_without_pygls_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ImportError\n")
    path = os.pathsep.join((str(tmp_path), str(HOME)))
    process = subprocess.run(
        [sys.executable, "-m", "lambdalint", "lsp"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr == "error: pygls 2 is not installed: pip install 'lambdalint[lsp]'\n"


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="these are paths of another system")
@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b.yaml", "/a/b.yaml"),
        ("file://localhost/a/b.yaml", "/a/b.yaml"),
        ("file:///a%20b/%C3%BC;c%23d.yaml", "/a b/ü;c#d.yaml"),
        ("file:///a/./b/../c.yaml", "/a/c.yaml"),
        ("untitled:Untitled-1", ""),
        ("git:/a/b.yaml?ref", ""),
    ],
)
def test_uri_leads_to_a_path(uri: str, path: str) -> None:
    assert path_of(uri) == path
    assert not path or path_of(uri_of(path)) == path
