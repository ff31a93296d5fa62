"""What handlers in Python are seen to do, however they are written."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalint.engine import lint
from lambdalint.graph import Graph
from lambdalint.load import load
from lambdalint.report.text import render
from lambdalint.rule import Claim, Claims, Note, Outcome, Rule, Severity
from lambdalint.source.handler import EACH, Given, Handler, Joined, Own, Replaced, Variable
from lambdalint.source.languages import read
from lambdalint.source.locate import Cache
from lambdalint.value import Place, Ref, Unknown

TEMPLATE = """
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties: {Handler: app.handler, Runtime: python3.13, Code: src}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _read(code: str, **modules: str) -> Handler | None:
    """What a handler does; other modules are given by their paths, `__` for `/`."""
    for name, text in {"app": code, **modules}.items():
        path = Path("src", name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return read(next(Graph([load(TEMPLATE, "template.yaml")]).functions()), Cache())


def _handler(code: str, **modules: str) -> Handler:
    found = _read(code, **modules)
    assert found is not None
    return found


def _body(body: str, head: str = "") -> Handler:
    """A handler with this body."""
    return _handler(
        f"{HEAD}{dedent(head)}\ndef handler(event, context):\n{indent(dedent(body), '    ')}\n"
    )


HEAD = """
import asyncio, base64, functools, json, os, pathlib, re, threading, time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, unquote_plus
import boto3, requests
s3 = boto3.client("s3")
sqs = boto3.client("sqs")
sns = boto3.client("sns")
events = boto3.client("events")
lambda_client = boto3.client("lambda")
dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["TABLE"])
def work(record): pass
"""


def _calls(handler: Handler) -> list[tuple[str, str, dict[str, Any]]]:
    return [(one.service, one.action, one.arguments) for one in handler.calls]


def _line(place: Place) -> str:
    """The code at a place."""
    at = place.location
    return place.source.text.split("\n")[at.line - 1][at.column - 1 : at.end_column - 1]


# --- values ---------------------------------------------------------------------------------------

UNKNOWN = Unknown("what the code makes of it")
KEY = ("s3", "object", "key")

# How a value is written after `event`, `context` and the head, and what it is.
VALUES: dict[str, Any] = {
    '"text"': "text",
    "3": 3,
    "-3": -3,
    "True": True,
    "None": None,
    'os.environ["A"]': Variable("A"),
    'os.environ.get("A")': Variable("A"),
    'os.environ.get("A", "d")': Variable("A", "d"),
    'os.getenv("A")': Variable("A"),
    'os.getenv("A", "d")': Variable("A", "d"),
    'os.environ.get("A") or "d"': Variable("A", "d"),
    'str(os.environ["A"])': Variable("A"),
    'os.environ["AWS_LAMBDA_FUNCTION_NAME"]': Own("name"),
    "context.function_name": Own("name"),
    "context.invoked_function_arn": Own("arn"),
    "context.aws_request_id": UNKNOWN,
    'event["a"]["b"]': Given(("a", "b")),
    'event.get("a", {}).get("b")': Given(("a", "b")),
    'event["Records"][0]["body"]': Given(("Records", 0, "body")),
    '[r["body"] for r in event["Records"]][0]': Given(("Records", EACH, "body")),
    'json.loads(event["body"])["id"]': Given(("body", "id")),
    'base64.b64decode(event["data"]).decode("utf-8")': Given(("data",)),
    'event["Records"][-1]': Given(("Records", EACH)),
    'unquote_plus(event["key"])': Given(("key",)),
    'f"a/{os.environ["B"]}/c"'.replace('"B"', "'B'"): Joined(("a/", Variable("B"), "/c")),
    'f"{time.time()}.json"': Joined((UNKNOWN, ".json")),
    'f"{3:>5}.json"': Joined((UNKNOWN, ".json")),
    '"a/" + event["k"]': Joined(("a/", Given(("k",)))),
    '"a/%s" % event["k"]': Joined(("a/", Given(("k",)))),
    '"%s/%s%%" % ("a", event["k"])': Joined(("a/", Given(("k",)), "%")),
    '"%d" % 3': UNKNOWN,
    '"{}/{}".format("a", "b")': "a/b",
    '"{1}/{0}{{}}".format("a", "b")': "b/a{}",
    '"{k}/{x}".format(k=event["k"], x=1)': Joined((Given(("k",)), "/1")),
    '"{:>3}".format("a")': UNKNOWN,
    '"/".join(["a", event["k"]])': Joined(("a/", Given(("k",)))),
    'os.path.join("a", event["k"], "b")': Joined(("a/", Given(("k",)), "/b")),
    'os.path.join("a", "/b")': "/b",
    'os.path.basename(event["k"])': UNKNOWN,
    '"Ab".lower()': "ab",
    '"a-b".replace("-", "_")': "a_b",
    'event["key"].replace("raw/", "done/")': Replaced(Given(("key",)), "raw/", "done/"),
    'event["key"].replace("+", " ")': UNKNOWN,
    'event["key"].removeprefix("raw/")': Replaced(Given(("key",)), "raw/", ""),
    'event["key"][4:]': UNKNOWN,
    '"/".join(["a", *event["k"]])': Joined(("a/", UNKNOWN)),
    'str(pathlib.PurePosixPath("a") / pathlib.Path(event["k"]).name)': Joined(("a/", UNKNOWN)),
    'str(pathlib.Path("a", event["k"]) / "b")': Joined(("a/", Given(("k",)), "/b")),
    'pathlib.Path("a").joinpath("b", "c").as_posix()': "a/b/c",
    'f"{pathlib.Path(event["k"])}.gz"'.replace('"k"', "'k'"): Joined((Given(("k",)), ".gz")),
    'str(pathlib.Path(event["k"]).with_suffix(".json"))': Joined((UNKNOWN, ".json")),
    'pathlib.Path("/tmp/a").read_text()': UNKNOWN,
    '"/".join(["a"] + event["k"].split("/"))': Joined(("a/", UNKNOWN)),
    '"/".join(event["k"].split("/") + ["a"])': UNKNOWN,
    'event["key"].replace("a", "b").replace("c", "d")': Replaced(
        Replaced(Given(("key",)), "a", "b"), "c", "d"
    ),
    'os.environ["B"].rstrip("/") + "/c"': Joined((Variable("B"), "/c")),
    'os.environ["B"].lower()': UNKNOWN,
    're.sub("^raw/", "done/", event["key"])': Replaced(Given(("key",)), "raw/", "done/"),
    're.sub(r"[.]\\w+$", ".json", event["key"])': Joined((UNKNOWN, ".json")),
    're.sub("^[^/]+", "done", event["key"])': Joined(("done", UNKNOWN)),
    're.sub("a|b", "c", event["key"])': UNKNOWN,
    're.sub("^(a+)", r"\\1", event["key"])': UNKNOWN,
    'event["x"].replace("a", "b")': UNKNOWN,
    '{"a": 1, "b": {"c": [1, "x"]}}': {"a": 1, "b": {"c": [1, "x"]}},
    '{"a": 1, **event}': {"a": 1, EACH: UNKNOWN},
    '{**{"a": 1}, "b": 2}': {"a": 1, "b": 2},
    '{"a": 1} | {"b": 2}': {"a": 1, "b": 2},
    'dict(a=1, b="x")': {"a": 1, "b": "x"},
    '{event["k"]: 1}': {EACH: UNKNOWN},
    'json.dumps({"a": event["b"]})': {"a": Given(("b",))},
    'json.dumps({"a": 1}).encode("utf-8")': {"a": 1},
    "[1, 2] + [3]": [1, 2, 3],
    '(1, "a")': [1, "a"],
    "[*[1], 2]": [1, 2],
    "[*event]": [UNKNOWN],
    '"a" if event else "a"': "a",
    '"a" if event else "b"': UNKNOWN,
    '{"a": 1}["a"]': 1,
    '{"a": 1}.get("b", 2)': 2,
    "[1, 2][1]": 2,
    "undefined": UNKNOWN,
    'getattr(context, "function_name")': Own("name"),
    "lambda: 1": UNKNOWN,
    '(lambda x: x["a"])(event)': Given(("a",)),
    'b"text"': "text",
    "1 + 2": UNKNOWN,
    'event["page"] + 1': UNKNOWN,
    "(x := 5)": 5,
    "list(map(str, [1]))": [1],
    '"a" * 3': UNKNOWN,
    'functools.partial(lambda a, b: b, 1)("b")': "b",
}


@pytest.mark.parametrize("written", VALUES)
def test_values(written: str) -> None:
    (call,) = _body(f"sqs.send_message(QueueUrl='q', MessageBody={written})").calls

    assert call.arguments == {"QueueUrl": "q", "MessageBody": VALUES[written]}
    assert _line(call.at).startswith("sqs.send_message(")


# Statements that come before, so that `x` is a queue's name.
NAMED: dict[str, Any] = {
    "x = 'q'": "q",
    "x: str = 'q'": "q",
    "x, y = 'q', 1": "q",
    "[x, *y] = ['q', 'q']": "q",
    "x = 'q'\nx += '-more'": "q-more",
    "x = 'p'\nx = 'q'": "q",
    "x = 'q'\nif event: x = 'q'": "q",
    "x = 'p'\nif event: x = 'q'": UNKNOWN,
    "if event:\n  x = 'q'\nelse:\n  raise ValueError": "q",
    "if event:\n  x = 'q'\nelse:\n  x = 'p'": UNKNOWN,
    "try:\n  x = 'q'\nexcept KeyError:\n  raise": "q",
    "try:\n  x = 'q'\nexcept KeyError:\n  x = 'p'": UNKNOWN,
    "try:\n  x = 'q'\nfinally:\n  pass": "q",
    "for x in ['q']: pass": "q",
    "for i, x in enumerate(['q']): pass": "q",
    "for k, x in {'a': 'q'}.items(): pass": UNKNOWN,
    "x = 'q'\nfor r in event['Records']: x = r": UNKNOWN,
    "with open('f') as f: x = 'q'": "q",
    "d = {}\nd['u'] = 'q'\nx = d['u']": "q",
    "d = {'u': 'p'}\nif event: d['u'] = 'q'\nx = d['u']": UNKNOWN,
    "d = {}\nd.update(u='q')\nx = d['u']": "q",
    "d = {}\nd.setdefault('u', 'q')\nx = d['u']": "q",
    "l = []\nl.append('q')\nx = l[0]": "q",
    "def f(a, b='q'): return b\nx = f(1)": "q",
    "def f(*, a): return a\nx = f(a='q')": "q",
    "def f(*a, **k): return k['u']\nx = f(1, u='q')": "q",
    "def f():\n  yield 'q'\nx = next(f())": "q",
    "def f(g): return g\n@f\ndef h(): return 'q'\nx = h()": "q",
    "y = 'q'\ndef f(): return y\nx = f()": "q",
    "x = 'p'\ndef f():\n  nonlocal x\n  x = 'q'\nf()": UNKNOWN,
    "async def f(): return 'q'\nx = asyncio.run(f())": "q",
    "match event:\n  case {'a': 1}: x = 'q'\n  case _: x = 'q'": "q",
    "match event:\n  case {'a': 1}: x = 'q'\n  case _: x = 'p'": UNKNOWN,
    "class A:\n  u = 'q'\nx = A.u": "q",
    "class A:\n  u = 'q'\nx = A().u": "q",
    "class A:\n  def __init__(self, u): self.u = u\nx = A('q').u": "q",
    "class A:\n  @property\n  def u(self): return 'q'\nx = A().u": "q",
    "class A:\n  @staticmethod\n  def u(y): return y\nx = A.u('q')": "q",
    "class A:\n  v = 'q'\n  @classmethod\n  def u(cls): return cls.v\nx = A.u()": "q",
    "class B:\n  def u(self): return 'q'\nclass A(B):\n  def u(self): return super().u()\nx = A().u()": "q",
    "class A:\n  def __enter__(self): return 'q'\nwith A() as x: pass": "q",
    "class A:\n  def __call__(self): return 'q'\nx = A()()": "q",
    "from enum import Enum\nclass A(Enum):\n  U = 'q'\nx = A.U.value": "q",
    "from dataclasses import dataclass\n@dataclass\nclass A:\n  u: str\n  v: int = 1\nx = A('q').u": "q",
    "from pydantic_settings import BaseSettings\nclass A(BaseSettings):\n  queue_url: str\nx = A().queue_url": Variable("QUEUE_URL"),
    "from pydantic_settings import BaseSettings\nclass A(BaseSettings):\n  model_config = {'env_prefix': 'a_'}\n  queue_url: str\nx = A().queue_url": UNKNOWN,
    "while event:\n  x = 'q'\n  break": "q",
    "x = list(filter(None, ['q']))[0]": "q",
    "x = list(filter(lambda y: y, ['q']))[0]": "q",
    "for y, x in zip([1], ['q']): pass": "q",
    "import copy\nd = copy.deepcopy({'u': 'q'})\nx = d['u']": "q",
    "import copy\nd = {'u': 'q'}\ne = copy.copy(d)\ne['u'] = 'p'\nx = d['u']": "q",
    "import copy\nx = copy.copy(['q'])[0]": "q",
    "d = {'u': 'q'}\ne = d.copy()\ne['u'] = 'p'\nx = d['u']": "q",
    "d = {}\nd.update({'u': 'q'})\nx = d['u']": "q",
    "d = dict({'u': 'q'}, v=1)\nx = d['u']": "q",
    "x = {'u': 'q'}.pop('u')": "q",
    "x = {'u': 'q'}[event['x']]": "q",
    "x = {'u': 'q', 'v': 'p'}[event['x']]": UNKNOWN,
    "x = {**event}.get('u')": UNKNOWN,
    "d = {}\nd[event['x']] = 'q'\nx = d['u']": UNKNOWN,
    "l = ['q']\nx = l.pop()": "q",
    "l = ['p']\nl.insert(0, 'q')\nx = l[1]": "q",
    "l = []\nl.extend(['q'])\nx = l.copy()[0]": "q",
    "l = []\nl.extend(event['x'])\nx = l[0]": UNKNOWN,
    "l = ['p']\nl[event['x']] = 'q'\nx = l[event['y']]": UNKNOWN,
    "x = (['q'] + event['x'])[0]": UNKNOWN,
    "x = ['q'][event['x']]": "q",
    "x = 'q' and 'q'": "q",
    "x = None or 'q'": "q",
    "f = (lambda: 'q') if event else (lambda: 'q')\nx = f()": "q",
    "class A:\n  u = None\nA.u = 'q'\nx = A().u": "q",
    "class A: pass\na = A()\na.u = 'p'\nif event: a.u = 'q'\nx = a.u": UNKNOWN,
    "class A: pass\na = A()\nsetattr(a, 'u', 'q')\nx = a.u": "q",
    "class B:\n  u = 'q'\nclass A(B):\n  def v(self): return super().u\nx = A().v()": "q",
    "class A:\n  u = 'q'\n  def v(self): return self.__class__.u\nx = A().v()": "q",
    "class A:\n  class B:\n    u = 'q'\nx = A.B.u": "q",
    "class A:\n  one = None\n  def __new__(cls):\n    if cls.one is None:\n      cls.one = super().__new__(cls)\n"
    "      cls.one.u = 'q'\n    return cls.one\nx = A().u": "q",
    "class A:\n  def __new__(cls, u): return u\nx = A('q')": "q",
    "class A:\n  u = None\n  def __init__(self): type(self).u = 'q'\nx = A().u": "q",
    "from dataclasses import dataclass, field\n@dataclass\nclass A:\n  u: str = field(default='q')\nx = A().u": "q",
    "from dataclasses import dataclass, field\n@dataclass\nclass A:\n  u: list = field(default_factory=lambda: ['q'])\n"
    "x = A().u[0]": "q",
    "from dataclasses import dataclass\n@dataclass\nclass A:\n  s: str\n  def __post_init__(self): self.u = f'{self.s}q'\n"
    "x = A('my-').u": "my-q",
    "from enum import Enum\nclass A(Enum):\n  U = 'q'\nx = A['U'].value": "q",
    "from contextlib import contextmanager\n@contextmanager\ndef f(): yield 'q'\nwith f() as x: pass": "q",
    "async def f(): return 'q'\nasync def g():\n  async with f() as y: return y\nx = asyncio.run(g())": "q",
    "match event:\n  case {'a': {'b': x}}: pass\n  case [x, *y]: pass\n  case {**x}: pass\n  case y if y: x = 1\n"
    "x = 'q'": "q",
    "def f():\n  x = 'p'\n  def g():\n    def h():\n      nonlocal x\n      x = 'q'\n    h()\n  g()\n  return x\n"
    "x = f()": UNKNOWN,
    "try:\n  x = 'p'\nexcept KeyError:\n  raise\nelse:\n  x = 'q'": "q",
    "def f(x: 'str' = 'q', /): return x\nx = f()": "q",
    "import typing\nif typing.TYPE_CHECKING: x = 'p'\nelse: x = 'q'": "q",
    "x = 'q' if event else None": UNKNOWN,
    "def f():\n  if event: return 'q'\n  return 'q'\nx = f()": "q",
    "def f(): yield from ['q']\nfor x in f(): pass": "q",
    "x = f\"{'q'}\"": "q",
    "x = ''.join([])": "",
    "x = 'p'\ndel x\nx = 'q'": "q",
    "def f(n): return f(n - 1) if n else 'q'\nx = f(3)": UNKNOWN,
    "x = sqs.get_queue_url(QueueName='q')['QueueUrl']": "q",
}  # fmt: skip


@pytest.mark.parametrize("statements", NAMED)
def test_names(statements: str) -> None:
    found = _body(f"{statements}\nsqs.send_message(QueueUrl=x)")

    assert ("sqs", "SendMessage", {"QueueUrl": NAMED[statements]}) in _calls(found)


def test_module_constants_are_known_in_functions_of_all_modules() -> None:
    found = _handler(
        """
        from lib.store import save, Store as Shop
        import lib.names as names
        from lib import names as other
        import config
        def handler(event, context):
            save(event["id"], names.PREFIX + other.PREFIX)
            Shop(config.TABLE).keep(event)
        """,
        config="import os\nTABLE = os.environ['TABLE']",
        lib__names='PREFIX = "a"',
        lib__store="""
        import boto3
        from . import names
        from .names import *
        s3 = boto3.client("s3")
        def save(id, prefix):
            s3.put_object(Bucket=names.PREFIX, Key=f"{prefix}/{id}.json", Body=PREFIX)
        class Store:
            def __init__(self, table):
                self.table = boto3.resource("dynamodb").Table(table)
            def keep(self, item):
                self.table.put_item(Item=item)
        """,
    )

    assert found.complete
    assert _calls(found) == [
        ("s3", "PutObject", {"Bucket": "a", "Key": Joined(("aa/", Given(("id",)), ".json")), "Body": "a"}),
        ("dynamodb", "PutItem", {"TableName": Variable("TABLE"), "Item": Given(())}),
    ]  # fmt: skip
    assert found.calls[0].at.location.file == "src/lib/store.py"
    assert _line(found.calls[1].at) == "self.table.put_item(Item=item)"


def test_clients_that_are_made_when_needed() -> None:
    found = _handler(
        """
        import boto3
        client = None
        def get():
            global client
            if client is None:
                client = boto3.Session().client("sqs", region_name="eu-west-1")
            return client
        def handler(event, context):
            get().send_message(QueueUrl="q")
        """
    )

    assert found.complete
    assert _calls(found) == [("sqs", "SendMessage", {"QueueUrl": "q"})]


# --- calls ----------------------------------------------------------------------------------------

B, K = "b", "k"
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "s3.put_object(Bucket='b', Key='k')": ("s3", "PutObject", {"Bucket": B, "Key": K}),
    "s3.upload_file('f', 'b', 'k')": ("s3", "PutObject", {"Filename": "f", "Bucket": B, "Key": K}),
    "s3.upload_file(Filename='f', Bucket='b', Key='k')": (
        "s3", "PutObject", {"Filename": "f", "Bucket": B, "Key": K},
    ),
    "s3.upload_fileobj('f', 'b', 'k')": ("s3", "PutObject", {"Fileobj": "f", "Bucket": B, "Key": K}),
    "s3.download_file('b', 'k', 'f')": ("s3", "GetObject", {"Bucket": B, "Key": K, "Filename": "f"}),
    "s3.copy({'Bucket': 'a'}, 'b', 'k')": (
        "s3", "CopyObject", {"CopySource": {"Bucket": "a"}, "Bucket": B, "Key": K},
    ),
    "s3.list_objects_v2(Bucket='b')": ("s3", "ListObjectsV2", {"Bucket": B}),
    "boto3.resource('s3').Bucket('b').put_object(Key='k')": ("s3", "PutObject", {"Bucket": B, "Key": K}),
    "boto3.resource('s3').Bucket('b').upload_file('f', 'k')": (
        "s3", "PutObject", {"Bucket": B, "Filename": "f", "Key": K},
    ),
    "boto3.resource('s3').Object('b', 'k').put(Body='x')": (
        "s3", "PutObject", {"Bucket": B, "Key": K, "Body": "x"},
    ),
    "boto3.resource('s3').Object(bucket_name='b', key='k').delete()": (
        "s3", "DeleteObject", {"Bucket": B, "Key": K},
    ),
    "boto3.resource('s3').Bucket(name='b').Object('k').get()": ("s3", "GetObject", {"Bucket": B, "Key": K}),
    "boto3.resource('s3').Bucket('b').Object('k').Acl().put(ACL='x')": (
        "s3", "PutObjectAcl", {"Bucket": B, "Key": K, "ACL": "x"},
    ),
    "boto3.resource('s3').meta.client.copy({'Bucket': 'a'}, 'b', 'k')": (
        "s3", "CopyObject", {"CopySource": {"Bucket": "a"}, "Bucket": B, "Key": K},
    ),
    "[o.delete() for o in boto3.resource('s3').Bucket('b').objects.all()]": (
        "s3", "DeleteObject", {"Bucket": B, "Key": UNKNOWN},
    ),
    "s3.get_paginator('list_objects_v2').paginate(Bucket='b')": ("s3", "ListObjectsV2", {"Bucket": B}),
    "f = s3.put_object\nf(Bucket='b', Key='k')": ("s3", "PutObject", {"Bucket": B, "Key": K}),
    "functools.partial(s3.put_object, Bucket='b')(Key='k')": ("s3", "PutObject", {"Bucket": B, "Key": K}),
    "getattr(s3, 'put_object')(Bucket='b', Key='k')": ("s3", "PutObject", {"Bucket": B, "Key": K}),
    "a = {'Bucket': 'b'}\na['Key'] = 'k'\ns3.put_object(**a)": ("s3", "PutObject", {"Bucket": B, "Key": K}),
    "s3.put_object(Bucket='b', **event)": ("s3", "PutObject", {"Bucket": B, EACH: UNKNOWN}),
    "table.put_item(Item={'a': 1})": ("dynamodb", "PutItem", {"TableName": Variable("TABLE"), "Item": {"a": 1}}),
    "dynamodb.Table('t').update_item(Key={'a': 1})": (
        "dynamodb", "UpdateItem", {"TableName": "t", "Key": {"a": 1}},
    ),
    "with table.batch_writer() as w: w.put_item(Item={})": (
        "dynamodb", "BatchWriteItem", {"TableName": Variable("TABLE"), "Item": {}},
    ),
    "boto3.client('dynamodb').transact_write_items(TransactItems=[])": (
        "dynamodb", "TransactWriteItems", {"TransactItems": []},
    ),
    "table.meta.client.get_item(TableName='t')": ("dynamodb", "GetItem", {"TableName": "t"}),
    "boto3.resource('sqs').Queue('u').send_message(MessageBody='m')": (
        "sqs", "SendMessage", {"QueueUrl": "u", "MessageBody": "m"},
    ),
    "boto3.resource('sqs').get_queue_by_name(QueueName='q').send_messages(Entries=[])": (
        "sqs", "SendMessageBatch", {"QueueUrl": "q", "Entries": []},
    ),
    "boto3.resource('sns').Topic('a').publish(Message='m')": (
        "sns", "Publish", {"TopicArn": "a", "Message": "m"},
    ),
    "boto3.client('stepfunctions').start_execution(stateMachineArn='a')": (
        "states", "StartExecution", {"stateMachineArn": "a"},
    ),
    "boto3.client('iot-data').publish(topic='t')": ("iot", "Publish", {"topic": "t"}),
    "boto3.client(service_name='firehose').put_record_batch(Records=[])": (
        "firehose", "PutRecordBatch", {"Records": []},
    ),
    "boto3.session.Session().resource('dynamodb').Table('t').delete_item()": (
        "dynamodb", "DeleteItem", {"TableName": "t"},
    ),
    "lambda_client.invoke(FunctionName='f', InvocationType='Event', Payload=json.dumps({'a': 1}))": (
        "lambda", "Invoke", {"FunctionName": "f", "InvocationType": "Event", "Payload": {"a": 1}},
    ),
    "events.put_events(Entries=[{'Source': 's', 'Detail': json.dumps({'id': event['id']})}])": (
        "events", "PutEvents", {"Entries": [{"Source": "s", "Detail": {"id": Given(("id",))}}]},
    ),
    "entries = []\nfor r in event['Records']: entries.append({'Id': r['messageId']})\n"
    "sqs.send_message_batch(Entries=entries)": (
        "sqs", "SendMessageBatch", {"Entries": [{"Id": Given(("Records", EACH, "messageId"))}]},
    ),
    "sqs.send_message_batch(Entries=[{'Id': r['a']} for r in event['x']])": (
        "sqs", "SendMessageBatch", {"Entries": [{"Id": Given(("x", EACH, "a"))}]},
    ),
    "import aioboto3\nasync def f():\n  async with aioboto3.Session().client('sqs') as c:\n"
    "    await c.send_message(QueueUrl='q')\nasyncio.run(f())": ("sqs", "SendMessage", {"QueueUrl": "q"}),
    "from aiobotocore.session import get_session\nasync def f():\n"
    "  async with get_session().create_client('sqs') as c:\n    await c.send_message(QueueUrl='q')\n"
    "asyncio.get_event_loop().run_until_complete(f())": ("sqs", "SendMessage", {"QueueUrl": "q"}),
    "from aws_lambda_powertools.utilities import parameters\nparameters.get_parameter('p')": (
        "ssm", "GetParameter", {"Name": "p"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", CALLS)
def test_calls(code: str) -> None:
    found = _body(code)

    assert CALLS[code] in _calls(found)
    assert found.complete
    assert found.certain
    assert found.language == "python"


@pytest.mark.parametrize(
    "code",
    [
        "s3.generate_presigned_url('put_object', Params={})",
        "s3.generate_presigned_post('b', 'k')",
        "s3.get_waiter('object_exists').wait(Bucket='b')",
        "s3.exceptions.NoSuchKey",
        "try: pass\nexcept s3.exceptions.NoSuchKey: pass",
        "boto3.Session().get_credentials()",
        "boto3.resource('s3').create_bucket",
        "dynamodb.Table('t').wait_until_exists()",
        "boto3.resource('s3').Bucket('b').wait_until_exists()",
        "boto3.resource('ec2').instances.all()",
        "print(table.name, s3.meta.region_name)",
        "if __name__ == '__main__': s3.put_object()",
        "raise ValueError\ns3.put_object()",
        "return\ns3.put_object()",
        "def f(): s3.put_object()",
        "class A:\n  def f(self): s3.put_object()",
        "async def f(): pass\nawaited = 1",
    ],
)
def test_what_calls_nothing(code: str) -> None:
    found = _body(code)

    assert found.calls == ()
    assert found.complete


def test_calls_know_their_circumstances() -> None:
    found = _body(
        """
        if not event: return
        sqs.send_message(QueueUrl="once")
        for r in event["Records"]:
            if r: sqs.send_message(QueueUrl="each")
        with ThreadPoolExecutor() as pool:
            pool.submit(sqs.send_message, QueueUrl="pool")
            pool.map(lambda r: sqs.send_message(QueueUrl="map"), event["Records"])
        async def send(): sqs.send_message(QueueUrl="gather")
        async def both(): await asyncio.gather(send(), send())
        asyncio.run(both())
        thread = threading.Thread(target=sqs.send_message, kwargs={})
        thread.start()
        thread.join()
        """
    )

    told = {
        str(one.arguments.get("QueueUrl")): (
            one.repeated,
            one.parallel,
            [_line(guard) for guard in one.guards],
        )
        for one in found.calls
    }
    assert told == {
        "once": (False, False, ["not event"]),
        "each": (True, False, ["not event", "r"]),
        "pool": (False, True, ["not event"]),
        "map": (True, True, ["not event"]),
        "gather": (False, True, ["not event"]),
        "None": (False, True, ["not event"]),
    }
    assert found.unawaited == ()


CHECKED = [
    "x = events.put_events()\nif x['FailedEntryCount']: raise ValueError",
    "x = events.put_events()\nif x.get('FailedEntryCount', 0) > 0: raise ValueError",
    "x = events.put_events()\nfor e in x['Entries']: print(e)",
    "x = events.put_events()\ncheck(x)",
    "x = events.put_events()\nreturn x",
    "x = events.put_events()\nreturn {'body': json.dumps(x)}",
    "x = events.put_events()['FailedEntryCount']",
    "for x in events.put_events(): print(x)",
    "class A:\n  def __init__(self): self.x = events.put_events()\ncheck(A())",
    "check([events.put_events()])",
    "def check(x): return x['FailedEntryCount']\ncheck(events.put_events())",
    "def send(): return events.put_events()\nif send()['FailedEntryCount']: raise ValueError",
]
UNCHECKED = [
    "events.put_events()",
    "x = events.put_events()",
    "x = events.put_events()\nprint(x)",
    "x = events.put_events()\nprint(json.dumps(x, default=str))",
    "x = events.put_events()\nprint(x['ResponseMetadata']['HTTPStatusCode'])",
    "import logging\nlogging.getLogger().info('sent %s', events.put_events())",
    "def send(): return events.put_events()\nsend()",
    "x = events.put_events()\nprint(f'sent {x}')",
]


@pytest.mark.parametrize("code", [*CHECKED, *UNCHECKED])
def test_answers_that_are_looked_at(code: str) -> None:
    (call,) = _body(code).calls

    assert call.checked is (code in CHECKED)


REQUESTS: dict[str, tuple[str, Any]] = {
    "requests.get(os.environ['URL'])": ("GET", Variable("URL")),
    "requests.post('http://x', json={})": ("POST", "http://x"),
    "requests.request('put', url='http://x')": ("PUT", "http://x"),
    "requests.Session().delete('http://x')": ("DELETE", "http://x"),
    "with requests.Session() as s: s.get('http://x')": ("GET", "http://x"),
    "import httpx\nhttpx.post('http://x')": ("POST", "http://x"),
    "import httpx\nwith httpx.Client() as c: c.patch('http://x')": ("PATCH", "http://x"),
    "import urllib3\nurllib3.PoolManager().request('POST', 'http://x')": ("POST", "http://x"),
    "import urllib.request\nurllib.request.urlopen('http://x')": ("GET", "http://x"),
    "import urllib.request\nr = urllib.request.Request('http://x', method='PUT')\n"
    "urllib.request.urlopen(r)": ("PUT", "http://x"),
    "from urllib.request import Request, urlopen\nurlopen(Request('http://x', b''))": ("POST", "http://x"),
    "import aiohttp\nasync def f():\n  async with aiohttp.ClientSession() as s:\n"
    "    async with s.get('http://x') as r: return await r.json()\nasyncio.run(f())": ("GET", "http://x"),
    "requests.get(f\"https://{event['host']}/orders\")": (
        "GET", Joined(("https://", Given(("host",)), "/orders")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", REQUESTS)
def test_requests(code: str) -> None:
    found = _body(code)

    assert [(one.method, one.url) for one in found.requests] == [REQUESTS[code]]
    assert found.complete


STRANGE = [
    "import mystery\nmystery.do(event)",
    "from mystery import do\ndo(event)",
    "exec('1')",
    "eval(event['code'])",
    "__import__('mystery')",
    "import importlib\nimportlib.import_module('x').f()",
    "getattr(s3, event['method'])()",
    "boto3.Session(profile_name='other').client('s3').put_object(Bucket='b')",
    "class A(unknown): pass\nA()",
    "class A: pass\nA()()",
    "from broken import f\nf()",
    "for f in unknown: f()",
    "os.execv('/bin/aws', [])",
    "import subprocess\nsubprocess.run(['aws', 's3', 'cp'])",
    "os.system('aws s3 cp')",
    "boto3.client(event['service']).put_object()",
    "boto3.client('s3', aws_access_key_id='x').put_object(Bucket='b')",
    "unknown.put_object(Bucket='b')",
    "import mystery\n@mystery.wrap\ndef f(): pass\nf()",
    "import mystery\nclass A(mystery.Base): pass\nA()",
    "import broken\nbroken.f()",
    "def f(client): client.put_object()\nf(*event['x'])",
    "class A: pass\na = A()\nsetattr(a, event['x'], s3)\na.s.put_object()",
    "from boto3.s3.transfer import S3Transfer\nS3Transfer(s3).upload_file('f', 'b', 'k')",
    "import mystery\n@mystery.sync\nasync def f(): pass\nf()",
]


@pytest.mark.parametrize("code", STRANGE)
def test_code_that_nobody_knows_makes_it_incomplete(code: str) -> None:
    found = _handler(
        f"{HEAD}\ndef handler(event, context):\n{indent(code, '    ')}\n", broken="print 'Python 2'"
    )

    assert not found.complete
    assert found.calls == ()


@pytest.mark.parametrize(
    "code",
    [
        "import datetime, uuid\nreturn str(uuid.uuid4()) + datetime.datetime.now().isoformat()",
        "import re\nreturn re.match('a', event['x']).group(1).strip()",
        "from aws_lambda_powertools import Logger\nLogger().info('x', extra={})",
        "import pydantic\nclass A(pydantic.BaseModel):\n  x: int\nreturn A(**event).model_dump()",
        "class E(Exception): pass\nraise E('x')",
        "for k, v in event.items(): print(k.lower(), v)",
        "with open('/tmp/x', 'w') as f: f.write('x')",
        "import logging\nlogger = logging.getLogger(__name__)\nlogger.setLevel('INFO')",
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]): pass\nA()",
        "import yaml, requests\nreturn yaml.safe_load(requests.get('http://x').text)['a'].get('b')",
        "x = [lambda: 1]\nx[0]()",
        "del event['x']\nassert event\nglobal y\ny = 1",
        "return {k: v for k, v in sorted(event.items(), key=lambda p: p[0]) if v}",
    ],
)
def test_ordinary_code_is_complete(code: str) -> None:
    found = _body(code)

    assert found.complete
    assert found.calls == ()


# --- handlers -------------------------------------------------------------------------------------

SEND = 'sqs.send_message(QueueUrl="q", MessageBody=event["id"])'
SENT = [("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": Given(("id",))})]

HANDLERS = {
    "plain": f"def handler(event, context): {SEND}",
    "async": f"async def handler(event, context): {SEND}",
    "lambda": f"handler = lambda event, context: {SEND}",
    "other names": f"def handler(e, _, x=1):\n  event = e\n  {SEND}",
    "any arguments": f"def handler(*args, **kwargs):\n  event = args[0]\n  {SEND}",
    "renamed": f"def main(event, context): {SEND}\nhandler = main",
    "method": f"class A:\n  def run(self, event, context): {SEND}\nhandler = A().run",
    "callable": f"class A:\n  def __call__(self, event, context): {SEND}\nhandler = A()",
    "class method": f"class A:\n  @classmethod\n  def run(cls, event, context): {SEND}\nhandler = A.run",
    "partial": f"def main(x, event, context): {SEND}\nhandler = functools.partial(main, 1)",
    "decorated": f"""
def wrap(f):
  @functools.wraps(f)
  def inner(event, context):
    try: return f(event, context)
    except Exception: raise
  return inner
@wrap
def handler(event, context): {SEND}""",
    "decorated with arguments": f"""
def wrap(level):
  def outer(f):
    def inner(*args, **kwargs): return f(*args, **kwargs)
    return inner
  return outer
@wrap(level=3)
def handler(event, context): {SEND}""",
    "by Powertools": f"""
from aws_lambda_powertools import Logger, Tracer, Metrics
logger, tracer, metrics = Logger(), Tracer(), Metrics()
@logger.inject_lambda_context(log_event=True)
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event, context): {SEND}""",
}


@pytest.mark.parametrize("kind", HANDLERS)
def test_handlers_of_all_kinds(kind: str) -> None:
    found = _handler(HEAD + HANDLERS[kind])

    assert _calls(found) == SENT
    assert found.complete


def test_routes_are_called_by_their_router() -> None:
    found = _handler(
        HEAD
        + """
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
app = APIGatewayRestResolver()
@app.post("/orders/<id>")
def order(id):
    sqs.send_message(QueueUrl="q", MessageBody=app.current_event.json_body["x"])
def handler(event, context):
    return app.resolve(event, context)
"""
    )

    assert _calls(found) == [("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": UNKNOWN})]
    assert found.complete
    assert found.may_report


def test_a_framework_is_foreign() -> None:
    found = _handler("from mangum import Mangum\nfrom api import app\nhandler = Mangum(app)")

    assert not found.complete
    assert found.may_report
    assert not found.reports


@pytest.mark.parametrize(
    "code",
    [
        "def other(event, context): pass",
        "def handler(event, context)",
        "print 'Python 2'",
        "def handler(event, context):\n" + "".join(f"{'  ' * (d + 1)}for a{d} in x:\n" for d in range(30)),
        "x = " + "(" * 300 + ")" * 300,
        "x = " + "-" * 5000 + "1\ndef handler(event, context): pass",
        "x = " + " + ".join(["1"] * 5000) + "\ndef handler(event, context): pass",
        "\0",
        "",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_unknown(code: str) -> None:
    assert _read(code) is None


def test_endless_code_is_given_up() -> None:
    functions = "\n".join(
        f"def f{n}(x): return [f{n + 1}(x), f{n + 1}([x]), f{n + 1}({{}})]" for n in range(30)
    )
    found = _read(f"{functions}\ndef f30(x): pass\ndef handler(event, context): f0(1)")

    assert found is None or not found.complete


# --- records --------------------------------------------------------------------------------------

FAILURES = "failures = []\n"
NOTED = """
failures = []
for r in event["Records"]:
  try: work(r)
  except Exception: failures.append({"itemIdentifier": r["messageId"]})
"""

# always, or only sometimes, or nobody knows, or never
REPORTS: dict[str, str] = {
    NOTED + "return {'batchItemFailures': failures}": "always",
    NOTED + "response = {}\nresponse['batchItemFailures'] = failures\nreturn response": "always",
    NOTED + "def answer(f): return {'batchItemFailures': f}\nreturn answer(failures)": "always",
    NOTED + "if failures: return {'batchItemFailures': failures}\nraise ValueError": "always",
    NOTED + "if failures: return {'batchItemFailures': failures}": "sometimes",
    NOTED + "return {'batchItemFailures': failures} if failures else {}": "sometimes",
    "from aws_lambda_powertools.utilities.batch import *\n"
    "from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response\n"
    "return process_partial_response(event=event, record_handler=work, context=context,\n"
    "  processor=BatchProcessor(event_type=EventType.SQS))": "always",
    "from aws_lambda_powertools.utilities import batch\np = batch.BatchProcessor(batch.EventType.SQS)\n"
    "with p(records=event['Records'], handler=work):\n  p.process()\nreturn p.response()": "always",
    "import mystery\nreturn mystery.process(event)": "unknown",
    "from aws_lambda_powertools.utilities.batch import BatchProcessor\nreturn BatchProcessor().response": "unknown",
    "return json.loads(open('x').read())": "unknown",
    "return {**json.loads('{}'), 'a': 1}": "unknown",
    NOTED: "never",
    NOTED + "return {'statusCode': 200}": "never",
    NOTED + "print({'batchItemFailures': failures})\nreturn 'ok'": "never",
    "return sqs.send_message()": "never",
    "return event": "never",
    "raise ValueError": "never",
}


@pytest.mark.parametrize("code", REPORTS)
def test_partial_responses(code: str) -> None:
    found = _body(code)
    expected = REPORTS[code]

    assert bool(found.reports) is (expected in ("always", "sometimes"))
    assert found.always_reports is (expected == "always")
    assert found.may_report is (expected != "never")
    for sight in found.reports:
        assert _line(sight.at).startswith("return ")


def test_decorators_of_strangers_may_report() -> None:
    found = _handler(
        f"{HEAD}\nimport mystery\n@mystery.batch\ndef handler(event, context): return 1"
    )

    assert found.may_report
    assert not found.reports


FIRST_ONLY = [
    'work(event["Records"][0]["body"])',
    'record = event["Records"][0]\nwork(record["body"])',
    'work(json.loads(event["Records"][0]["Sns"]["Message"]))',
    'work(event.get("Records")[0].get("s3"))',
    'print(json.dumps(event))\nwork(event["Records"][0]["kinesis"]["data"])',
    'print(len(event["Records"]))\nwork(event["Records"][0]["body"])',
    'if "Records" in event: work(event["Records"][0]["body"])',
    'if len(event["Records"]) == 0: return\nwork(event["Records"][0]["body"])',
    'if len(event["Records"]) < 1: return\nwork(event["Records"][0]["body"])',
    'if len(event["Records"]) > 0: work(event["Records"][0]["body"])',
]
NOT_FIRST_ONLY = [
    'for r in event["Records"]: work(r["body"])',
    'source = event["Records"][0]["eventSource"]',
    'print(event["Records"][0]["body"])\nfor r in event["Records"]: work(r)',
    'print(event["Records"][0]["body"])\n[work(r) for r in event["Records"]]',
    'print(event["Records"][0]["body"])\nlist(map(work, event["Records"]))',
    'x = event["Records"][0]["body"]\nimport mystery\nmystery.do(event)',
    'x = event["Records"][0]["body"]\nlambda_client.invoke(Payload=json.dumps(event))',
    'x = event["Records"][0]["body"]\nreturn event',
    'x = event["Records"][0]["body"]\nfor i in range(len(event["Records"])): work(event["Records"][i])',
    'if len(event["Records"]) != 1: raise ValueError\nwork(event["Records"][0]["body"])',
    'if len(event["Records"]) > 1: raise ValueError\nwork(event["Records"][0]["body"])',
    'if 0 < len(event["Records"]) < 2: work(event["Records"][0]["body"])',
    'records = event["Records"]\nwhile records:\n  work(records[0]["body"])\n  del records[0]',
    'x = event["Records"][0]["cf"]["request"]',
    'x = event["Records"][0]["ses"]["mail"]',
    'records = event["Records"]\nx = records[0]["body"]\nwhile records: work(records.pop())',
    'def f(Records=(), **_): [work(r) for r in Records]\nf(**event)\nx = event["Records"][0]["body"]',
    'x = event["Records"][0]["body"]\nfor k, v in event.items(): [work(r) for r in v]',
    'x = event["Records"][0]["body"]\nall = {**event}',
    'x = event["Records"][0]["body"]\nwork(*event["Records"])',
    'def go(rs):\n  x = rs[0]["body"]\n  go(rs[1:])\ngo(event["Records"])',
    'first, *rest = event["Records"]\nx = event["Records"][0]["body"]',
    'event["detail"]["x"]',
    'event["items"][0]["body"]',
]


@pytest.mark.parametrize("code", [*FIRST_ONLY, *NOT_FIRST_ONLY])
def test_first_record_only(code: str) -> None:
    found = _body(code)

    assert (found.first_record_only is not None) is (code in FIRST_ONLY)


STEP = 'failures.append({"itemIdentifier": r["messageId"]})'
END = 'return {"batchItemFailures": failures}'
GOING_ON = [
    NOTED + END,
    (
        f"{FAILURES}for r in event['Records']:\n  try:\n    work(r)\n  except ValueError as e:\n"
        f"    print(e)\n    {STEP}\n    continue\n{END}"
    ),
    (
        "from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response as p\n"
        "return p(event, work, BatchProcessor(event_type=EventType.SQS), context)"
    ),
]
NOT_GOING_ON = [
    (
        f"{FAILURES}for r in event['Records']:\n  try:\n    work(r)\n  except ValueError:\n"
        f"    {STEP}\n    break\n{END}"
    ),
    (
        f"{FAILURES}for r in event['Records']:\n  if failures:\n    {STEP}\n    continue\n"
        f"  try:\n    work(r)\n  except ValueError:\n    {STEP}\n{END}"
    ),
    (
        f"{FAILURES}failed = False\nfor r in event['Records']:\n  try:\n    if failed: raise ValueError\n    work(r)\n"
        f"  except ValueError:\n    failed = True\n    {STEP}\n{END}"
    ),
    (
        f"{FAILURES}bad = set()\nfor r in event['Records']:\n  if r['g'] in bad:\n    {STEP}\n    continue\n"
        f"  try:\n    work(r)\n  except ValueError:\n    bad.add(r['g'])\n    {STEP}\n{END}"
    ),
    f"{FAILURES}for r in event['Records']:\n  try:\n    work(r)\n  except ValueError:\n    raise\n{END}",
    NOTED,
    f"{FAILURES}for x in event['other']:\n  try: work(x)\n  except ValueError: failures.append(x)\n{END}",
    (
        "from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response as p\n"
        "return p(event, work, SqsFifoPartialProcessor(), context)"
    ),
    (
        "from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response as p\n"
        "return p(event, work, BatchProcessor(EventType.KinesisDataStreams), context)"
    ),
]


@pytest.mark.parametrize("code", [*GOING_ON, *NOT_GOING_ON])
def test_what_goes_on_after_a_failure(code: str) -> None:
    found = _body(code)

    assert bool(found.continues_after_failure) is (code in GOING_ON)


ASYNC = "async def f(r): sqs.send_message(QueueUrl='q')\n"
UNAWAITED = [
    ASYNC + "f(1)",
    ASYNC + "for r in event['Records']: f(r)",
    ASYNC + "async def g(): f(1)\nasyncio.run(g())",
    ASYNC + "async def g(): asyncio.create_task(f(1))\nasyncio.run(g())",
    "threading.Thread(target=work).start()",
    "t = threading.Thread(target=work, args=(event,))\nt.start()",
]
AWAITED = [
    ASYNC + "async def g():\n  asyncio.create_task(f(1))\n  await asyncio.gather(*asyncio.all_tasks())\nasyncio.run(g())",
    "ts = {}\nts[event['x']] = threading.Thread(target=work)\nts[event['x']].start()\nfor t in ts.values(): t.join()",
    ASYNC + "asyncio.run(f(1))",
    ASYNC + "async def g(): await f(1)\nasyncio.run(g())",
    ASYNC + "async def g(): await asyncio.gather(*[f(r) for r in event['Records']])\nasyncio.run(g())",
    ASYNC + "async def g():\n  t = asyncio.create_task(f(1))\n  await t\nasyncio.run(g())",
    ASYNC + "async def g():\n  ts = [asyncio.create_task(f(r)) for r in event['Records']]\n"
    "  for t in ts: await t\nasyncio.run(g())",
    ASYNC + "async def g():\n  async with asyncio.TaskGroup() as group: group.create_task(f(1))\nasyncio.run(g())",
    ASYNC + "loop = asyncio.get_event_loop()\nloop.run_until_complete(f(1))",
    "t = threading.Thread(target=work)\nt.start()\nt.join()",
    ("ts = []\nfor r in event['Records']:\n  t = threading.Thread(target=work)\n  t.start()\n  ts.append(t)\n"
    "for t in ts: t.join()"),
    "with ThreadPoolExecutor() as pool: pool.map(work, event['Records'])",
]  # fmt: skip


@pytest.mark.parametrize("code", [*UNAWAITED, *AWAITED])
def test_what_nobody_waits_for(code: str) -> None:
    found = _body(code)

    assert bool(found.unawaited) is (code in UNAWAITED)
    assert len(found.calls) == (1 if "send_message" in code else 0)


IN_RECORD = "r = event['Records'][0]\n"
UNDECODED = [
    IN_RECORD + "s3.get_object(Bucket='b', Key=r['s3']['object']['key'])",
    "for r in event['Records']:\n  key = r['s3']['object']['key']\n  s3.head_object(Bucket='b', Key=key)",
    IN_RECORD + "boto3.resource('s3').Object('b', r['s3']['object']['key']).get()",
    IN_RECORD + "s3.copy_object(Bucket='b', Key='k', CopySource={'Bucket': 'b', 'Key': r['s3']['object']['key']})",
    ("for r in json.loads(event['Records'][0]['body'])['Records']:\n"
    "  s3.get_object(Bucket='b', Key=r['s3']['object']['key'])"),
    "def load(bucket, key): return s3.get_object(Bucket=bucket, Key=key)\n" + IN_RECORD
    + "load('b', r['s3']['object']['key'])",
]  # fmt: skip
DECODED = [
    IN_RECORD + "s3.get_object(Bucket='b', Key=unquote_plus(r['s3']['object']['key']))",
    IN_RECORD + "key = unquote(r['s3']['object']['key'].replace('+', ' '))\ns3.get_object(Bucket='b', Key=key)",
    IN_RECORD + "key = r['s3']['object']['key']\nkey = unquote_plus(key, encoding='utf-8')\n"
    "s3.get_object(Bucket='b', Key=key)",
    IN_RECORD + "print(r['s3']['object']['key'])",
    IN_RECORD + "sqs.send_message(QueueUrl='q', MessageBody=r['s3']['object']['key'])",
    "s3.get_object(Bucket='b', Key=event['detail']['object']['key'])",
    "s3.get_object(Bucket='b', Key=event['key'])",
    "import mystery\n" + IN_RECORD + "s3.get_object(Bucket='b', Key=mystery.clean(r['s3']['object']['key']))",
    IN_RECORD + "key = r['s3']['object']['key']\nif '%' in key: key = unquote_plus(key)\n"
    "s3.get_object(Bucket='b', Key=key)",
]  # fmt: skip


@pytest.mark.parametrize("code", [*UNDECODED, *DECODED])
def test_undecoded_keys(code: str) -> None:
    found = _body(code)

    assert bool(found.undecoded_keys) is (code in UNDECODED)
    for sight in found.undecoded_keys:
        assert _line(sight.at) == "r['s3']['object']['key']"


def test_threads_of_the_module_are_there_for_longer() -> None:
    found = _handler(
        f"{HEAD}\nthreading.Thread(target=work, daemon=True).start()\ndef handler(event, context): pass"
    )

    assert not found.unawaited


def test_the_batch_decorator_of_powertools_sees_all_records() -> None:
    found = _handler(
        HEAD
        + """
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, batch_processor
processor = BatchProcessor(event_type=EventType.SQS)
def record_handler(record): table.put_item(Item=record.json_body)
@batch_processor(record_handler=record_handler, processor=processor)
def handler(event, context):
    print(event["Records"][0]["body"])
    return processor.response()
"""
    )

    assert found.always_reports
    assert found.first_record_only is None
    assert found.continues_after_failure
    assert [one.action for one in found.calls] == ["PutItem"]


def test_middleware_of_powertools_is_foreign() -> None:
    found = _handler(
        HEAD
        + """
from aws_lambda_powertools.middleware_factory import lambda_handler_decorator
@lambda_handler_decorator
def around(handler, event, context): return handler(event, context)
@around
def handler(event, context): return sqs.send_message(QueueUrl="q")
"""
    )

    assert not found.complete
    assert found.may_report
    assert [one.action for one in found.calls] == ["SendMessage"]


def test_functions_that_libraries_are_told_of_are_called() -> None:
    found = _handler(
        HEAD
        + """
from functools import singledispatch
@singledispatch
def act(event): pass
@act.register(dict)
def _(event): sqs.send_message(QueueUrl="q")
def handler(event, context): act(event)
"""
    )

    assert [one.action for one in found.calls] == ["SendMessage"]


def test_data_classes_of_powertools_take_events_apart() -> None:
    found = _handler(
        HEAD
        + """
from aws_lambda_powertools.utilities.data_classes import S3Event, event_source
@event_source(data_class=S3Event)
def handler(event: S3Event, context):
    for record in event.records:
        s3.get_object(Bucket=record.s3.bucket.name, Key=record.s3.get_object.key.lower())
"""
    )

    assert _calls(found) == [("s3", "GetObject", {"Bucket": UNKNOWN, "Key": UNKNOWN})]
    assert found.complete
    assert not found.undecoded_keys
    assert found.first_record_only is None


@pytest.mark.parametrize(
    "code",
    [
        "table.put_item(Item={}, ConditionExpression='attribute_not_exists(id)')",
        "sqs.send_message(QueueUrl='q', MessageDeduplicationId=event['id'])",
        "boto3.client('stepfunctions').start_execution(stateMachineArn='a', name=event['id'])",
        "requests.post('http://x', headers={'Idempotency-Key': event['id']})",
        (
            "from aws_lambda_powertools.utilities.idempotency import idempotent_function\n"
            "@idempotent_function(data_keyword_argument='r')\ndef f(r): pass\nf(r=event)"
        ),
    ],
)
def test_signs_of_idempotency(code: str) -> None:
    assert _body(code).idempotent


@pytest.mark.parametrize("code", ["table.put_item(Item={})", "requests.post('http://x')", "pass"])
def test_no_sign_of_idempotency(code: str) -> None:
    assert not _body(code).idempotent


ANSWER = "requests.put(event['ResponseURL'], data=json.dumps({}))"
ANSWERS: dict[str, bool | None] = {
    "work(event)": None,
    "if 'ResponseURL' in event: work(event)": None,
    "import cfnresponse\nwork(event)\ncfnresponse.send(event, context, cfnresponse.SUCCESS, {})": False,
    f"work(event)\n{ANSWER}": False,
    f"try:\n  work(event)\n  {ANSWER}\nexcept Exception:\n  raise": False,
    f"try: work(event)\nexcept Exception: {ANSWER}": True,
    f"try: work(event)\nfinally: {ANSWER}": True,
    f"def tell(): {ANSWER}\ntry: work(event)\nexcept Exception: tell()": True,
    f"status = 'FAILED'\ntry:\n  work(event)\n  status = 'SUCCESS'\nexcept Exception as e: print(e)\n{ANSWER}": True,
    "import http.client, urllib.parse\nurl = urllib.parse.urlparse(event['ResponseURL'])\n"
    "try: work(event)\nfinally: http.client.HTTPSConnection(url.netloc).request('PUT', url.path)": False,
}


@pytest.mark.parametrize("code", ANSWERS)
def test_answers_to_cloudformation(code: str) -> None:
    assert _body(code).answers_cloudformation is ANSWERS[code]


def test_crhelper_answers() -> None:
    found = _handler(
        HEAD
        + """
from crhelper import CfnResource
helper = CfnResource()
@helper.create
@helper.update
def create(event, context):
    s3.put_object(Bucket=event["ResourceProperties"]["Bucket"], Key="k")
def handler(event, context):
    helper(event, context)
"""
    )

    assert found.answers_cloudformation is True
    assert [one.action for one in found.calls] == ["PutObject"]


# --- places and templates -------------------------------------------------------------------------


def test_code_in_templates_is_told_by_them() -> None:
    text = """
    Resources:
      Queue: {Type: AWS::SQS::Queue}
      Worker:
        Type: AWS::Lambda::Function
        Properties:
          Handler: index.handler
          Runtime: python3.13
          Code:
            ZipFile: !Sub |
              import boto3
              def handler(event, context):
                  boto3.client("sqs").send_message(QueueUrl="${Queue}", MessageBody="${AWS::Region}-x")
    """
    found = read(next(Graph([load(dedent(text), "template.yaml")]).functions()), Cache())

    assert found is not None
    (call,) = found.calls
    assert call.arguments == {
        "QueueUrl": Ref("Queue"),
        "MessageBody": Joined((Ref("AWS::Region"), "-x")),
    }
    assert call.at.resource == "Worker"
    assert call.at.location.line == 13
    assert found.at.location.line == 12


def test_places_count_characters() -> None:
    found = _body("x = 'äöü'; sqs.send_message(QueueUrl='ß')")

    assert [_line(one.at) for one in found.calls] == ["sqs.send_message(QueueUrl='ß')"]
    assert _line(found.at) == "def handler"


@pytest.mark.parametrize("name", ["mystery-1.0.dist-info", "My_Stery-1.0.dist-info"])
def test_installed_libraries_are_left_alone(name: str) -> None:
    Path("src", name).mkdir(parents=True)
    Path("src", name, "top_level.txt").write_text("mystery\n")
    found = _handler(
        "import mystery\ndef handler(event, context): mystery.do()",
        mystery__init__="",
        mystery____init__="def do(): exec('1')",
    )

    assert not found.complete


def test_functions_that_share_code_read_it_once() -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text("def handler(event, context): pass")
    cache = Cache()
    functions = TEMPLATE + TEMPLATE.split("\n", 2)[2].replace("Worker", "Other")
    one, two = (read(f, cache) for f in Graph([load(functions, "template.yaml")]).functions())

    assert one is not None
    assert one is two


# --- anything -------------------------------------------------------------------------------------

SNIPPETS = [
    *VALUES, *NAMED, *CALLS, *CHECKED, *REQUESTS, *STRANGE, *REPORTS, *FIRST_ONLY, *GOING_ON, *UNAWAITED,
    *UNDECODED, *ANSWERS,
]  # fmt: skip
WORDS = "event context s3 table r x f self [0] ['a'] (x) .get('a') * ** lambda x: await yield {} [] = , : \n "


@settings(max_examples=100, deadline=None)
@given(
    first=st.sampled_from(SNIPPETS),
    second=st.sampled_from(SNIPPETS),
    start=st.integers(0, 200),
    length=st.integers(0, 30),
    put=st.lists(st.sampled_from(WORDS.split(" ")), max_size=4).map("".join),
)
def test_no_code_is_too_strange(first: str, second: str, start: int, length: int, put: str) -> None:
    mutated = f"{first}\n{second}"
    mutated = mutated[:start] + put + mutated[start + length :]
    for code in (f"{HEAD}\ndef handler(event, context):\n{indent(mutated, '    ')}\n", mutated):
        found = _read(code)
        assert found is None or found.language == "python"


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_code_or_unknown(text: str) -> None:
    Path("src").mkdir(exist_ok=True)
    Path("src/app.py").write_text(text, "utf-8", errors="replace")

    found = read(next(Graph([load(TEMPLATE, "template.yaml")]).functions()), Cache())
    assert found is None or found.language == "python"


HUGE = {
    "lists": "x = [1]\n" + "x = x + x\nx += x\nx = [*x, *x]\n" * 50,
    "texts": f"x = '{'a' * 9000}'\n" + "x = x + x\nx = f'{x}{x}{x}'\nx = x.replace('a', x)\n" * 50,
    "mappings": "x = {}\n" + "x = {'a': x, 'b': x, **x}\n" * 50 + "sqs.send_message(**x)",
    "branches": "".join(f"if event: x{n} = 1\n" for n in range(5000)),
    "tests": "".join(f"if event: return {n}\nsqs.send_message(X={n})\n" for n in range(3000)),
    "loops": "".join(
        f"{'  ' * n}for x{n} in event:\n{'  ' * n}  y = [y, x{n}]\n" for n in range(15)
    ),
    "ways": "x = 0\n" + "".join(f"if event: x = {n}\n" for n in range(2000)),
    "table": f"x = {[(n, str(n)) for n in range(9000)]}\nfor y in x: print(y)\nmax(x)",
    "line": "x = ['" + "ä" * 100_000 + "'" + ", x" * 9000 + "]",
}


@pytest.mark.parametrize("kind", HUGE)
def test_huge_code_is_read_or_given_up(kind: str) -> None:
    found = _read(f"{HEAD}\ndef handler(event, context):\n{indent(HUGE[kind], '  ')}\n  pass\n")

    assert found is None or found.language == "python"


def test_findings_show_lines_of_code() -> None:
    Path("src").mkdir()
    code = "import boto3\ndef handler(event, context):\n    boto3.client('sqs').send_message()\n"
    Path("src/app.py").write_text(code)
    template = load(TEMPLATE, "template.yaml")

    def check(graph: Graph, **_: Any) -> Claims:
        for function in graph.functions():
            found = read(function, Cache())
            assert found is not None
            yield Claim(Note(found.calls[0].at, "sends"), Note(function.at, "the function"))

    rule = Rule(
        "x/y",
        "A title",
        Severity.ERROR,
        enabled=True,
        options={},
        sources=("https://example.com",),
        page="",
        check=check,
    )
    outcome = Outcome(tuple(lint([template], [rule]).findings), (), (), ("x",))
    shown = render(outcome, colour=False, width=80)

    assert "--> src/app.py:3:5" in shown
    assert "3 |     boto3.client('sqs').send_message()" in shown
    assert "::: template.yaml:3:3" in shown
