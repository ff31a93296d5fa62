"""What handlers in JavaScript and TypeScript do, however they are written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalint.graph import Graph
from lambdalint.load import load
from lambdalint.source.codefile import CodeFile
from lambdalint.source.handler import (
    EACH,
    Call,
    Given,
    Handler,
    Joined,
    Own,
    Replaced,
    Said,
    Sight,
    Variable,
)
from lambdalint.source.javascript import read
from lambdalint.source.javascript.values import DATA
from lambdalint.source.languages import read as read_function
from lambdalint.source.locate import Cache, Codebase
from lambdalint.value import Ref, Unknown

S3 = 'import { S3Client, PutObjectCommand, GetObjectCommand } from "@aws-sdk/client-s3";\n'
CLIENT = S3 + "const client = new S3Client({});\n"
RECORD = ("Records", EACH)


class _Files:
    """Files in memory."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = {name: CodeFile(name, dedent(text)) for name, text in files.items()}

    def file(self, name: str) -> CodeFile | None:
        return self._files.get(name)

    def names(self, folder: str) -> list[str]:
        return [name for name in self._files if name.startswith(folder)]


def _handler(
    code: str | dict[str, str], entry: str = "index.mjs", name: str = "handler"
) -> Handler | None:
    files = code if isinstance(code, dict) else {entry: code}
    return read(Codebase("javascript", entry, name, (_Files(files),), None), Cache())


def _known(code: str | dict[str, str], entry: str = "index.mjs", name: str = "handler") -> Handler:
    handler = _handler(code, entry, name)
    assert handler is not None
    return handler


def _does(body: str, before: str = CLIENT) -> Handler:
    """A handler of an event, by what it does."""
    body = dedent(body)
    return _known(f"{before}export const handler = async (event, context) => {{\n{body}\n}};\n")


def _calls(handler: Handler) -> list[str]:
    return [f"{call.service}:{call.action}" for call in handler.calls]


def _only(handler: Handler) -> Call:
    (call,) = handler.calls
    return call


def _lines(sights: tuple[Sight, ...]) -> list[int]:
    return [sight.at.location.line for sight in sights]


# --- how a handler is exported --------------------------------------------------------------------

WORK = 'client.send(new PutObjectCommand({Bucket: "b"}))'

EXPORTS = {
    "constant": f"export const handler = async (event) => {{ await {WORK}; }};",
    "function": f"export async function handler(event) {{ await {WORK}; }}",
    "named later": f"async function work() {{ await {WORK}; }}\nexport {{ work as handler }};",
    "before it is defined": f"export {{ handler }};\nasync function handler() {{ await {WORK}; }}",
    "local wrapper": f"""
        const guarded = (inner) => async (event) => {{
          try {{ return await inner(event); }} catch (e) {{ console.error(e); throw e; }}
        }};
        export const handler = guarded(async (event) => {WORK});
        """,
    "method": """
        class Worker {
          client = client;
          async handle(event) { return this.put(); }
          put() { return this.client.send(new PutObjectCommand({ Bucket: "b" })); }
        }
        const worker = new Worker();
        export const handler = worker.handle.bind(worker);
        """,
    "middy": f"""
        import middy from "@middy/core";
        const work = async (event) => {WORK};
        export const handler = middy(work);
        """,
    "middy, then the handler": f"""
        import middy from "@middy/core";
        import {{ injectLambdaContext }} from "@aws-lambda-powertools/logger/middleware";
        export const handler = middy()
          .use(injectLambdaContext(logger))
          .handler(async (event) => {WORK});
        """,
    "middy over a variable": f"""
        import middy from "@middy/core";
        const base = async (event) => {WORK};
        const wrapped = middy(base);
        wrapped.use({{ after: () => undefined }});
        export {{ wrapped as handler }};
        """,
    "streamed": f"export const handler = awslambda.streamifyResponse(async (e, s) => {WORK});",
    "metrics": f"""
        import {{ metricScope }} from "aws-embedded-metrics";
        export const handler = metricScope((metrics) => async (event) => {WORK});
        """,
    "chosen": f"const live = async () => {WORK};\nexport const handler = flag ? live : live;",
}


@pytest.mark.parametrize("code", EXPORTS.values(), ids=EXPORTS)
def test_handler_of_a_module(code: str) -> None:
    handler = _known(CLIENT + dedent(code))

    assert _calls(handler) == ["s3:PutObject"]


COMMON = 'const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");\n'
COMMON += "const client = new S3Client();\n"

COMMON_EXPORTS = {
    "exports": f"exports.handler = async (event) => {{ await {WORK}; }};",
    "module.exports.x": f"module.exports.handler = async function (event) {{ await {WORK}; }};",
    "module.exports": f"const handler = async () => {WORK};\nmodule.exports = {{ handler }};",
    "method": f"module.exports = {{ async handler(event) {{ await {WORK}; }} }};",
    "chain": f"exports.main = exports.handler = async () => {WORK};",
    "callback": f"exports.handler = (event, context, callback) => {{ {WORK}.then(() => callback()); }}",
    "namespace": """
        const s3 = require("@aws-sdk/client-s3");
        exports.handler = async () => client.send(new s3.PutObjectCommand({ Bucket: "b" }));
        """,
    "compiled by tsc": """
        "use strict";
        Object.defineProperty(exports, "__esModule", { value: true });
        exports.handler = void 0;
        const client_s3_1 = require("@aws-sdk/client-s3");
        const handler = async (event) => {
            await client.send(new client_s3_1.PutObjectCommand({ Bucket: "b" }));
        };
        exports.handler = handler;
        """,
    "compiled for old runtimes": """
        const handler = (event) => __awaiter(void 0, void 0, void 0, function* () {
            yield client.send(new PutObjectCommand({ Bucket: "b" }));
        });
        exports.handler = handler;
        """,
}


@pytest.mark.parametrize("code", COMMON_EXPORTS.values(), ids=COMMON_EXPORTS)
def test_handler_of_a_common_js_module(code: str) -> None:
    handler = _known(COMMON + dedent(code), "index.js")

    assert _calls(handler) == ["s3:PutObject"]


def test_handler_below_an_exported_object() -> None:
    code = f"{COMMON}exports.api = {{ v1: {{ run: async () => {WORK} }} }};"

    assert _calls(_known(code, "index.js", "api.v1.run")) == ["s3:PutObject"]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "exports.other = async () => 1;",
        "exports.handler = 1;",
        'exports.handler = require("serverless-http")(app);',
        'export { handler } from "somewhere";',
        "export const handler = flag ? one : async () => 1;\nexport default",
        "export const handler = pick([async () => 1]);",
    ],
)
def test_nothing_is_said_where_there_is_no_handler_to_be_followed(code: str) -> None:
    handler = _handler(code)

    assert handler is None or not handler.calls


def test_typescript() -> None:
    code = """
        import { SQSEvent, SQSRecord, Handler } from "aws-lambda";
        import type { Config } from "./nowhere";
        import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";

        enum Kind { Order = "order", Parcel = "parcel" }
        interface Body { id: string }

        export abstract class Sender<T extends Body> {
          private static readonly delay: number = 5;
          constructor(private readonly client: SQSClient, readonly url?: string) {}
          protected async send(body: T): Promise<void> {
            await this.client.send(new SendMessageCommand({
              QueueUrl: this.url!,
              MessageBody: JSON.stringify({ kind: Kind.Order, id: body.id } satisfies object),
              DelaySeconds: Sender.delay as number,
            }));
          }
        }
        class Orders extends Sender<Body> {
          public async all(records: SQSRecord[]): Promise<void> {
            for (const record of records) await this.send(<Body>JSON.parse(record.body));
          }
        }
        const orders = new Orders(new SQSClient({}), process.env.QUEUE_URL as string);
        export const handler: Handler<SQSEvent, void> = async ({ Records }: SQSEvent): Promise<void> => {
          await orders.all(Records);
        };
        """
    handler = _known(code, "index.ts")

    assert handler.complete
    assert handler.certain
    assert _only(handler).arguments == {
        "QueueUrl": Variable("QUEUE_URL"),
        "MessageBody": {"kind": "order", "id": Given((*RECORD, "body", "id"))},
        "DelaySeconds": 5,
    }
    assert _only(handler).repeated


def test_generic_call_that_is_waited_for() -> None:
    code = """
        const publish = async <T>(what: T) => { await fetch("https://example.com"); };
        export const handler = async (event: Event) => {
          await publish<Event>(event);
          return 1;
        };
        """
    handler = _known(code, "index.ts")

    assert not handler.unawaited
    assert len(handler.requests) == 1


# --- modules --------------------------------------------------------------------------------------


def test_modules_of_the_code_are_followed() -> None:
    files = {
        "src/index.mjs": """
            import { save } from "./store/index.mjs";
            import * as names from "../lib/names";
            import defaults, { PREFIX as prefix } from "../lib/settings.js";
            export const handler = async (event) => {
              await save(`${prefix}/${event.id}`, names.TABLE, defaults.region);
            };
            """,
        "src/store/index.mjs": """
            export * from "./save.mjs";
            """,
        "src/store/save.mjs": S3
        + """
            const client = new S3Client();
            export const save = (key, table, region) =>
              client.send(new PutObjectCommand({ Bucket: table, Key: key, Tagging: region }));
            """,
        "lib/names/index.ts": "export const TABLE: string = process.env.TABLE!;",
        "lib/settings.js": 'module.exports = { region: "eu-west-1", PREFIX: "in" };',
    }
    handler = _known(files, "src/index.mjs")

    assert _only(handler).arguments == {
        "Bucket": Variable("TABLE"),
        "Key": Joined(("in/", Given(("id",)))),
        "Tagging": "eu-west-1",
    }
    assert _only(handler).at.location.file == "src/store/save.mjs"
    assert handler.complete


def test_reexported_handler() -> None:
    files = {
        "index.js": 'export { work as handler } from "./work";',
        "work.js": f"{CLIENT}export async function work() {{ await {WORK}; }}",
    }

    assert _known(files, "index.js").at.location.file == "work.js"


def test_modules_that_need_each_other() -> None:
    files = {
        "index.js": """
            const other = require("./other");
            exports.name = "bucket";
            exports.handler = async () => other.put();
            """,
        "other.js": COMMON
        + """
            const index = require("./index");
            exports.put = () => client.send(new PutObjectCommand({ Bucket: index.name }));
            """,
    }

    assert _only(_known(files, "index.js")).arguments == {"Bucket": "bucket"}


def test_documents_are_modules() -> None:
    files = {
        "index.js": f"""{COMMON}
            const config = require("./config.json");
            exports.handler = () => client.send(new PutObjectCommand({{ Bucket: config.buckets[0] }}));
            """,
        "config.json": '{"buckets": ["first"]}',
    }

    assert _only(_known(files, "index.js")).arguments == {"Bucket": "first"}


@pytest.mark.parametrize(
    "code",
    [
        'import { save } from "./missing.mjs";\nexport const handler = async () => save();',
        'import { save } from "somebody-elses";\nexport const handler = async () => save();',
        "export const handler = async (event) => require(event.name).run();",
        "export const handler = async (event) => (await import(event.name)).run();",
        "export const handler = async (event) => eval(event.code);",
        "export const handler = async (event) => new Function(event.code)();",
        "export const handler = async (event) => routes[event.path](event);",
        "export const handler = async (event) => {\n  work(;\n};",
        'import wrap from "wrapper";\nexport const handler = wrap(async (event) => 1);',
    ],
)
def test_code_that_cannot_be_followed_is_incomplete(code: str) -> None:
    assert not _known(code).complete


@pytest.mark.parametrize(
    "code",
    [
        "return event.items.filter((x) => x.ok).map(({ id }) => id.toUpperCase()).join();",
        "const now = new Date().toISOString(); console.log(now, Math.max(1, 2)); return { now };",
        "const { id, ...rest } = event; return JSON.stringify({ id: Number(id), ...rest });",
        "const seen = new Map(); seen.set(event.id, 1); return seen.get(event.id);",
        'return Buffer.from(event.body, "base64").toString("utf8").trim().split("\\n")[0];',
        "return new Promise((resolve) => setTimeout(resolve, 10));",
        "return new Promise((resolve, reject) => (event.ok ? resolve(1) : reject(new Error())));",
        "return context.getRemainingTimeInMillis() > 1000;",
    ],
)
def test_plain_code_is_complete(code: str) -> None:
    assert _does(code).complete


def test_streamed_answer_is_complete() -> None:
    code = """
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.setContentType("text/plain");
          stream.write(event.body);
          stream.end();
        });
        """

    assert _known(code).complete


def test_harmless_packages_leave_the_code_complete() -> None:
    code = """
        import { randomUUID } from "node:crypto";
        import { v4 } from "uuid";
        import { Logger } from "@aws-lambda-powertools/logger";
        import dayjs from "dayjs";
        const logger = new Logger();
        export const handler = async (event) => {
          logger.info("event", { event });
          return { id: v4(), at: dayjs().format(), other: randomUUID() };
        };
        """

    assert _known(code).complete


# --- what expressions are -------------------------------------------------------------------------

VALUES: dict[str, Said] = {
    '"text"': "text",
    "'it\\'s \\u0041\\x42\\n'": "it's AB\n",
    "`plain`": "plain",
    "12": 12,
    "-1.5": -1.5,
    "true": True,
    "null": None,
    "undefined": None,
    '"a" + "b"': "ab",
    '"orders/" + event.id': Joined(("orders/", Given(("id",)))),
    "`in/${event.id}.json`": Joined(("in/", Given(("id",)), ".json")),
    "process.env.NAME": Variable("NAME"),
    'process.env["NAME"]': Variable("NAME"),
    "process.env['NA' + 'ME']": Variable("NAME"),
    "process.env.NAME || 'none'": Variable("NAME", "none"),
    "process.env.NAME ?? 'none'": Variable("NAME", "none"),
    "NAME": Variable("NAME"),
    "OTHER": Variable("OTHER", "other"),
    "renamed": Variable("LONG_NAME"),
    "settings.table": Variable("TABLE"),
    "`${process.env.STAGE}-orders`": Joined((Variable("STAGE"), "-orders")),
    "process.env.AWS_LAMBDA_FUNCTION_NAME": Own("name"),
    "context.functionName": Own("name"),
    "context.invokedFunctionArn": Own("arn"),
    "event": Given(()),
    "event.Records[0].body": Given(("Records", 0, "body")),
    "event?.Records?.[0]?.body": Given(("Records", 0, "body")),
    "event['detail']['object-key']": Given(("detail", "object-key")),
    "event.Records[index].body": Given((*RECORD, "body")),
    "event.Records.at(0).body": Given(("Records", 0, "body")),
    "JSON.parse(event.Records[0].body).Message": Given(("Records", 0, "body", "Message")),
    "JSON.parse(Buffer.from(event.data, 'base64').toString()).id": Given(("data", "id")),
    "decodeURIComponent(event.key.replace(/\\+/g, ' '))": Given(("key",)),
    "event.key.replace('in/', 'out/')": Replaced(Given(("key",)), "in/", "out/"),
    "'in/x'.replace('in/', 'out/')": "out/x",
    "event.key.replace(/a/, 'b')": Replaced(Given(("key",)), "a", "b"),
    "event.key.replace(/^in\\//, 'out/')": Replaced(Given(("key",)), "in/", "out/"),
    "event.key.replace(/\\.csv$/, '.json')": Replaced(Given(("key",)), ".csv", ".json"),
    "process.env.STAGE.replace(/\\/$/, '')": Variable("STAGE"),
    "new URL(process.env.HOME_URL)": Variable("HOME_URL"),
    "new URL('orders', process.env.HOME_URL)": Joined((Variable("HOME_URL"), "/orders")),
    "new URL('https://example.com/a', process.env.HOME_URL)": "https://example.com/a",
    "event.key.replace('a', 'b').replace('c', 'd')": Replaced(
        Replaced(Given(("key",)), "a", "b"), "c", "d"
    ),
    "['a', ...event.parts].join('/')": Joined(("a/", DATA)),
    "['a', ...event.parts, 'b', ...event.more].join('-')": Joined(("a-", DATA)),
    "event.key.replace(/^[^/]+/, 'out')": Joined(("out", DATA)),
    "event.key.replace(/\\.[^.]+$/, '.json')": Joined((DATA, ".json")),
    "`in/${event.id}.csv`.replace(/^in/, 'out').replace(/\\.csv$/, '.gz')": Joined(
        ("out", DATA, ".gz")
    ),
    "['a', event.id].join('/')": Joined(("a/", Given(("id",)))),
    "path.join('out/', event.id)": Joined(("out/", Given(("id",)))),
    "'a'.concat('b')": "ab",
    "{ a: 1, 'b-c': [1, 'x'], d: { e: event.id } }": {
        "a": 1,
        "b-c": [1, "x"],
        "d": {"e": Given(("id",))},
    },
    "JSON.stringify({ id: event.id })": {"id": Given(("id",))},
    "{ ...{ a: 1 }, b: 2 }": {"a": 1, "b": 2},
    "Object.assign({ a: 1 }, { b: 2 })": {"a": 1, "b": 2},
    "[...[1, 2], 3]": [1, 2, 3],
    "event.items.map((item) => ({ Id: item.id }))": [{"Id": Given(("items", EACH, "id"))}],
    "known(event.id)": {"id": Given(("id",))},
    "(1, 'last')": "last",
    "flag ? 'same' : 'same'": "same",
    "(await Promise.all([load(event.id)]))[0]": Given(("id",)),
    "await new Promise((resolve) => resolve(event.id))": Given(("id",)),
    "mutable": "set later",
}

SETTING = """
    import path from "node:path";
    const { NAME, OTHER = "other", LONG_NAME: renamed } = process.env;
    const settings = Object.freeze({ table: process.env.TABLE });
    const known = (id) => ({ id });
    const load = async (id) => id;
    let mutable = "set first";
    mutable = "set later";
    """


@pytest.mark.parametrize(("expression", "said"), VALUES.items(), ids=VALUES)
def test_value_of_an_expression(expression: str, said: Said) -> None:
    put = f"await client.send(new PutObjectCommand({{ Body: {expression} }}));"

    assert _only(_does(put, CLIENT + dedent(SETTING))).arguments == {"Body": said}


UNKNOWN = [
    "flag ? 'a' : 'b'",
    "event.key.replace(/a./, 'b')",
    "[...event.parts, 'a'].join('/')",
    "process.env.STAGE.replace(/^dev/, 'prod')",
    "event.key.replace(/^a|b/, 'c')",
    "event.key.replace(/^.+$/, 'b')",
    "event.key.replace(/^(a+)/, '$1b')",
    "event.Records[0].s3.object.key.slice(3)",
    "event.name.toLowerCase()",
    "1 + 2",
    "event.page + 1",
    "new Date().toISOString()",
    "counted",
    "chosen",
    "/regex/",
]


@pytest.mark.parametrize("expression", UNKNOWN)
def test_value_that_only_a_run_tells(expression: str) -> None:
    before = """
        let counted = 0;
        for (const one of [1, 2]) counted++;
        let chosen = "a";
        if (process.env.DEBUG) { chosen = "b"; }
        """
    handler = _does(
        f"await client.send(new PutObjectCommand({{ Body: {expression} }}));",
        CLIENT + dedent(before),
    )

    assert isinstance(_only(handler).arguments["Body"], Unknown)


def test_members_that_only_a_run_tells() -> None:
    handler = _does(
        """
        const known = { Bucket: "b" };
        await client.send(new PutObjectCommand({ ...event.more, Bucket: "b" }));
        await client.send(new PutObjectCommand({ [event.name]: 1, Bucket: "b" }));
        """
    )

    for call in handler.calls:
        assert call.arguments["Bucket"] == "b"
        assert isinstance(call.arguments[EACH], Unknown)


def test_what_branches_assign() -> None:
    handler = _does(
        """
        const input = { Bucket: "b" };
        let key = "a";
        if (event.special) { key = "b"; input.Tagging = "x"; } else { key = "b"; }
        input.Key = key;
        await client.send(new PutObjectCommand(input));
        """
    )

    assert _only(handler).arguments["Key"] == "b"
    assert isinstance(_only(handler).arguments["Tagging"], Unknown)


def test_what_a_branch_that_leaves_assigns_is_gone() -> None:
    handler = _does(
        """
        let key = "a";
        if (event.special) { key = "b"; return; }
        await client.send(new PutObjectCommand({ Key: key }));
        """
    )

    assert _only(handler).arguments["Key"] == "a"


# --- calls of AWS ---------------------------------------------------------------------------------

CALLS = {
    # version 3
    'import { SQSClient as C, SendMessageCommand } from "@aws-sdk/client-sqs";'
    "await new C().send(new SendMessageCommand(A));": "sqs:SendMessage",
    'import { SNS } from "@aws-sdk/client-sns"; await new SNS({}).publish(A);': "sns:Publish",
    'import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";'
    "const c = new EventBridgeClient(); await c.send(new PutEventsCommand(A));": "events:PutEvents",
    'import * as L from "@aws-sdk/client-lambda";'
    "await new L.LambdaClient().send(new L.InvokeCommand(A));": "lambda:Invoke",
    'import { SFN } from "@aws-sdk/client-sfn"; await new SFN().startExecution(A);': (
        "states:StartExecution"
    ),
    'import { SFNClient, StartSyncExecutionCommand as S } from "@aws-sdk/client-sfn";'
    "await new SFNClient().send(new S(A));": "states:StartSyncExecution",
    'import { DynamoDBDocumentClient as D, PutCommand } from "@aws-sdk/lib-dynamodb";'
    'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";'
    "const c = D.from(new DynamoDBClient({})); await c.send(new PutCommand(A));": "dynamodb:PutItem",
    'import { DynamoDBDocument as D } from "@aws-sdk/lib-dynamodb";'
    "await D.from(x).update(A);": "dynamodb:UpdateItem",
    'import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";'
    "await unknown.send(new TransactWriteCommand(A));": "dynamodb:TransactWriteItems",
    'import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";'
    "await new KinesisClient().send(new PutRecordsCommand(A));": "kinesis:PutRecords",
    'import { FirehoseClient, PutRecordBatchCommand as P } from "@aws-sdk/client-firehose";'
    "await new FirehoseClient().send(new P(A));": "firehose:PutRecordBatch",
    'import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";'
    "await new IoTDataPlaneClient().send(new PublishCommand(A));": "iot:Publish",
    'import { SchedulerClient, CreateScheduleCommand } from "@aws-sdk/client-scheduler";'
    "await new SchedulerClient().send(new CreateScheduleCommand(A));": "scheduler:CreateSchedule",
    'import { Upload } from "@aws-sdk/lib-storage";'
    "const u = new Upload({ client: x, params: A }); await u.done();": "s3:PutObject",
    'import { S3, paginateListObjectsV2 } from "@aws-sdk/client-s3";'
    "for await (const page of paginateListObjectsV2({}, A)) { page; }": "s3:ListObjectsV2",
    'import { S3 } from "@aws-sdk/client-s3"; import X from "aws-xray-sdk-core";'
    "await X.captureAWSv3Client(new S3()).copyObject(A);": "s3:CopyObject",
    'import { Tracer } from "@aws-lambda-powertools/tracer"; const t = new Tracer();'
    'import { S3 } from "@aws-sdk/client-s3";'
    "await t.captureAWSv3Client(new S3()).getObject(A);": "s3:GetObject",
    'const { S3 } = await import("@aws-sdk/client-s3"); await new S3().putObject(A);': (
        "s3:PutObject"
    ),
    # version 2
    'import AWS from "aws-sdk"; await new AWS.S3().putObject(A).promise();': "s3:PutObject",
    'import * as AWS from "aws-sdk"; await new AWS.S3().upload(A).promise();': "s3:PutObject",
    'const { SQS } = require("aws-sdk"); await new SQS().sendMessage(A).promise();': (
        "sqs:SendMessage"
    ),
    'const SNS = require("aws-sdk/clients/sns"); await new SNS().publish(A).promise();': (
        "sns:Publish"
    ),
    'const AWS = require("aws-sdk"); const d = new AWS.DynamoDB.DocumentClient();'
    "await d.put(A).promise();": "dynamodb:PutItem",
    'const { DocumentClient } = require("aws-sdk/clients/dynamodb");'
    "await new DocumentClient().batchWrite(A).promise();": "dynamodb:BatchWriteItem",
    'const AWS = require("aws-sdk"); await new AWS.StepFunctions().startExecution(A).promise();': (
        "states:StartExecution"
    ),
    'const AWS = require("aws-sdk"); const i = new AWS.IotData({ endpoint: "x" });'
    "await i.publish(A).promise();": "iot:Publish",
    'const x = require("aws-xray-sdk-core"); const AWS = x.captureAWS(require("aws-sdk"));'
    "await new AWS.EventBridge().putEvents(A).promise();": "events:PutEvents",
    'const AWS = require("aws-sdk"); await new Promise((done) => {'
    "new AWS.Lambda().invoke(A, (error, data) => done(data)); });": "lambda:Invoke",
    'const AWS = require("aws-sdk"); const lambda = new AWS.Lambda();'
    "return lambda.invokeAsync(A).promise();": "lambda:InvokeAsync",
}


@pytest.mark.parametrize(("code", "told"), CALLS.items(), ids=[*map(str, range(len(CALLS)))])
def test_call_of_aws(code: str, told: str) -> None:
    imports = [part for part in code.split(";") if part.lstrip().startswith("import ")]
    rest = [part for part in code.split(";") if not part.lstrip().startswith("import ")]
    handler = _does(";".join(rest), ";\n".join([*imports, "const A = {N: 1};\n"]))

    assert _calls(handler) == [told]
    assert _only(handler).arguments == {"N": 1}
    assert handler.complete
    assert not handler.unawaited


@pytest.mark.parametrize(
    "code",
    [
        'const { InvokeCommand } = require("./other"); await lambda.send(new InvokeCommand({}));',
        'await require("@aws-sdk/s3-request-presigner").getSignedUrl(c, new PutObjectCommand({}));',
        'const AWS = require("aws-sdk"); new AWS.S3().getSignedUrl("putObject", {});',
        "new PutObjectCommand({});",
        'await require("@aws-sdk/client-s3").waitUntilObjectExists({ client }, {});',
    ],
)
def test_what_calls_nothing(code: str) -> None:
    assert not _does(code).calls


def test_kinds_of_invocation() -> None:
    code = """
        import { LambdaClient, InvokeCommand, InvocationType } from "@aws-sdk/client-lambda";
        const lambda = new LambdaClient();
        export const handler = async (event) => {
          await lambda.send(new InvokeCommand({ FunctionName: "a", InvocationType: "Event" }));
          await lambda.send(
            new InvokeCommand({ FunctionName: "b", InvocationType: InvocationType.Event }),
          );
          await lambda.send(new InvokeCommand({ FunctionName: "c" }));
        };
        """
    kinds = [call.arguments.get("InvocationType") for call in _known(code).calls]

    assert kinds == ["Event", "Event", None]


def test_client_made_when_it_is_first_needed() -> None:
    handler = _does(
        "await s3().send(new PutObjectCommand({ Bucket: 'b' }));",
        S3 + "let made;\nconst s3 = () => { if (!made) made = new S3Client(); return made; };\n",
    )

    assert _calls(handler) == ["s3:PutObject"]


def test_method_that_is_passed_on() -> None:
    code = """
        const AWS = require("aws-sdk");
        const { promisify } = require("util");
        const s3 = new AWS.S3();
        const get = promisify(s3.getObject.bind(s3));
        exports.handler = async (event) => get({ Bucket: event.bucket });
        """
    handler = _known(code, "index.js")

    assert _calls(handler) == ["s3:GetObject"]
    assert handler.complete


def test_arguments_that_somebody_else_may_change() -> None:
    handler = _does(
        """
        const input = { Bucket: "b" };
        fill(input);
        await client.send(new PutObjectCommand(input));
        """,
        f'{CLIENT}import fill from "somebody-elses";\n',
    )

    assert isinstance(_only(handler).arguments[EACH], Unknown)


def test_same_call_in_two_places_is_two_calls() -> None:
    put = "await client.send(new PutObjectCommand({ Bucket: 'b' }));"

    assert len(_does(f"{put}\n{put}").calls) == 2
    assert len(_does(f"const put = async () => {{ {put} }};\nawait put(); await put();").calls) == 1


def test_routes_that_somebody_else_calls_are_not_seen() -> None:
    code = f"""{CLIENT}
        import {{ Router }} from "@aws-lambda-powertools/event-handler/http";
        const app = new Router();
        app.get("/", async () => {WORK});
        export const handler = async (event, context) => app.resolve(event, context);
        """

    assert not _known(code).complete


def test_where_a_call_stands() -> None:
    code = (
        CLIENT
        + "\nexport const handler = async () => {\n  /* é */ await client.send(\n    x,\n  );"
    )
    code = code.replace("    x,", "    new PutObjectCommand({}),") + "\n};\n"
    at = _only(_known(code)).at.location

    assert (at.line, at.column, at.end_line) == (5, 17, 5)
    assert code.split("\n")[4][at.column - 1 : at.end_column - 1] == "client.send("


def test_circumstances_of_calls() -> None:
    code = CLIENT + dedent("""\
        const put = (Key) => client.send(new PutObjectCommand({ Key }));
        export const handler = async (event) => {
          await put("alone");
          for (const one of event.items) {
            if (one.old) continue;
            await put("loop");
          }
          await Promise.all(event.items.map(async (one) => put("map")));
          await Promise.all([put("one"), put("two")]);
          const started = [];
          while (event.more) started.push(put("pushed"));
          await Promise.allSettled(started);
          await Promise.all(event.items.map((one) => put("short map")));
          event.fast && (await put("and"));
          event.slow ? await put("ternary") : 0;
          switch (event.kind) { case "a": await put("switch"); }
        };
        """)
    calls = {str(call.arguments["Key"]): call for call in _known(code).calls}

    assert {key for key, call in calls.items() if call.repeated} == {
        *("loop", "map", "short map", "pushed"),
    }
    assert {key for key, call in calls.items() if call.parallel} == {
        *("map", "short map", "one", "two", "pushed"),
    }
    assert {key: _lines_of(call) for key, call in calls.items() if call.guards} == {
        "loop": [7],
        "and": [16],
        "ternary": [17],
        "switch": [18],
    }


def _lines_of(call: Call) -> list[int]:
    return [guard.location.line for guard in call.guards]


CHECKED = {
    "await bus.putEvents({});": False,
    "const answer = await bus.putEvents({}); console.log(answer);": False,
    "const answer = await bus.putEvents({}); console.log(JSON.stringify(answer.FailedEntryCount));": False,
    "const { $metadata } = await bus.putEvents({});": False,
    "const r = await bus.putEvents({}); if (r.$metadata.httpStatusCode !== 200) throw 1;": False,
    "const r = await bus.putEvents({}); const { $metadata: { attempts } } = r; if (attempts) throw 1;"
    "": False,
    "await put({});": False,
    "await bus.putEvents({}).then((answer) => console.log(answer));": False,
    "const answer = await bus.putEvents({}); if (answer.FailedEntryCount) throw new Error();": True,
    "const { FailedEntryCount } = await bus.putEvents({}); if (FailedEntryCount) throw 1;": True,
    "return await bus.putEvents({});": True,
    "return { body: JSON.stringify(await bus.putEvents({})) };": True,
    "verify(await bus.putEvents({}));": True,
    "(await bus.putEvents({})).Entries.filter((one) => one.ErrorCode);": True,
    "await bus.putEvents({}).then((answer) => { if (answer.FailedEntryCount) throw 1; });": True,
    "const all = []; all.push(await bus.putEvents({}));": True,
    "const [answer] = await Promise.all([bus.putEvents({})]); check(answer);": True,
}


@pytest.mark.parametrize(("code", "checked"), CHECKED.items(), ids=CHECKED)
def test_whether_somebody_looks_at_the_answer(code: str, checked: bool) -> None:  # noqa: FBT001
    before = 'import { EventBridge } from "@aws-sdk/client-eventbridge";\n'
    before += "const bus = new EventBridge();\n"
    before += "const put = async (input) => { const r = await bus.putEvents(input); return r; };\n"

    assert _only(_does(code, before)).checked is checked


# --- HTTP -----------------------------------------------------------------------------------------

REQUESTS: dict[str, tuple[str, Said]] = {
    'await fetch("https://x.y/z");': ("GET", "https://x.y/z"),
    'await fetch(`${process.env.URL}/z`, { method: "POST" });': (
        "POST",
        Joined((Variable("URL"), "/z")),
    ),
    'import axios from "axios"; await axios.post(process.env.URL, {});': ("POST", Variable("URL")),
    'import axios from "axios"; await axios({ method: "put", url: "https://x" });': (
        "PUT",
        "https://x",
    ),
    'import axios from "axios"; const api = axios.create({ baseURL: process.env.URL });'
    'await api.get("/items");': ("GET", Joined((Variable("URL"), "/items"))),
    'import got from "got"; await got("https://x");': ("GET", "https://x"),
    'import https from "https"; await new Promise((done) => {'
    'https.request({ hostname: "x", path: "/y", method: "DELETE" }, done).end(); });': (
        "DELETE",
        "https://x/y",
    ),
    'import fetch from "node-fetch"; await fetch(new URL("https://x"));': ("GET", "https://x"),
}


@pytest.mark.parametrize(("code", "told"), REQUESTS.items(), ids=REQUESTS)
def test_request(code: str, told: tuple[str, Said]) -> None:
    imports, _, rest = code.rpartition('"; ') if code.startswith("import") else ("", "", code)
    handler = _does(rest, f'{imports}";\n' if imports else "")
    (request,) = handler.requests

    assert (request.method, request.url) == told
    assert not handler.unawaited


# --- partial batch responses ----------------------------------------------------------------------


def test_handler_that_always_reports() -> None:
    handler = _does(
        """
        const batchItemFailures = [];
        for (const record of event.Records) {
          try {
            await work(record);
          } catch (error) {
            batchItemFailures.push({ itemIdentifier: record.messageId });
          }
        }
        return { batchItemFailures };
        """
    )

    assert _lines(handler.reports) == [13]
    assert handler.always_reports
    assert handler.may_report
    assert _lines(handler.continues_after_failure) == [9]


@pytest.mark.parametrize(
    "body",
    [
        "if (!event.Records) return;\nreturn { batchItemFailures: [] };",
        "if (event.Records) { return { batchItemFailures: [] }; }",
        "return event.Records ? { batchItemFailures: [] } : {};",
        "switch (event.kind) { case 1: return { batchItemFailures: [] }; }",
    ],
)
def test_handler_that_sometimes_reports(body: str) -> None:
    handler = _does(body)

    assert handler.reports
    assert not handler.always_reports


@pytest.mark.parametrize(
    "body",
    [
        "if (!event.Records) throw new Error();\nreturn { batchItemFailures: [] };",
        "if (event.a) return { batchItemFailures: [] };\nelse return { batchItemFailures: [1] };",
        "try { return { batchItemFailures: [] }; } catch (e) { throw e; }",
        "const answer = async () => ({ batchItemFailures: [] });\nreturn answer();",
        "const answer = {};\nanswer.batchItemFailures = [];\nreturn answer;",
        "switch (event.kind) { case 1: throw 1; default: return { batchItemFailures: [] }; }",
    ],
)
def test_handler_that_reports_or_fails(body: str) -> None:
    assert _does(body).always_reports


@pytest.mark.parametrize(
    "body",
    [
        "",
        "return;",
        "return { statusCode: 200, body: JSON.stringify(event) };",
        'console.log("batchItemFailures"); // batchItemFailures',
        "await client.send(new PutObjectCommand({}));",
        "return client.send(new PutObjectCommand({}));",
        "for (const record of event.Records) { console.log(record); }",
    ],
)
def test_handler_that_never_reports(body: str) -> None:
    handler = _does(body)

    assert not handler.reports
    assert not handler.may_report


@pytest.mark.parametrize(
    "code",
    [
        'import run from "runner";\nexport const handler = async (event) => run(event);',
        'import wrap from "wrapper";\nexport const handler = wrap(async (event) => 1);',
        "export const handler = async (event) => ({ ...event.answer });",
        "export const handler = (event, context, callback) => later(callback);",
        """
        import middy from "@middy/core";
        import more from "@middy/more";
        export const handler = middy(async () => 1).use(more());
        """,
    ],
)
def test_nobody_knows_whether_it_reports(code: str) -> None:
    handler = _known(code)

    assert handler.may_report
    assert not handler.reports
    assert not handler.always_reports


def test_report_by_callback() -> None:
    code = """
        exports.handler = (event, context, callback) => {
          callback(null, { batchItemFailures: [] });
        };
        """
    handler = _known(code, "index.js")

    assert handler.reports
    assert not handler.always_reports
    assert not _known(code.replace("batchItemFailures", "body"), "index.js").may_report


POWERTOOLS = """
    import {
      BatchProcessor, SqsFifoPartialProcessorAsync, EventType, processPartialResponse,
    } from "@aws-lambda-powertools/batch";
    const processor = new BatchProcessor(EventType.SQS);
    const one = async (record) => { await fetch(`https://x/${record.body}`); };
    export const handler = async (event, context) =>
      processPartialResponse(event, one, processor, { context });
    """


def test_batch_processor_of_powertools() -> None:
    handler = _known(POWERTOOLS)

    assert handler.always_reports
    assert handler.complete
    assert handler.first_record_only is None
    assert _lines(handler.reports) == _lines(handler.continues_after_failure)
    assert handler.requests[0].url == Joined(("https://x/", Given((*RECORD, "body"))))


def test_batch_processor_for_fifo_queues() -> None:
    code = POWERTOOLS.replace(
        "new BatchProcessor(EventType.SQS)", "new SqsFifoPartialProcessorAsync()"
    )
    handler = _known(code)

    assert handler.always_reports
    assert not handler.continues_after_failure


def test_middleware_that_reports() -> None:
    code = """
        import middy from "@middy/core";
        import sqsPartialBatchFailure from "@middy/sqs-partial-batch-failure";
        export const handler = middy()
          .use(sqsPartialBatchFailure())
          .handler(async (event) => Promise.allSettled(event.Records.map(async (r) => fetch(r.body))));
        """
    handler = _known(code)

    assert handler.reports
    assert handler.always_reports
    assert handler.continues_after_failure


CONTINUES = {
    "for (const r of event.Records) { try { work(r); } catch (e) { failed.push(r.messageId); } }": True,
    "for (const r of event.Records) { try { work(r); } catch { continue; } }": True,
    "for (let i = 0; i < event.Records.length; i++) { try { work(i); } catch (e) { log(e); } }": True,
    "event.Records.forEach((r) => { try { work(r); } catch (e) { failed.push(r.messageId); } });": True,
    "await Promise.all(event.Records.map(async (r) => { await work(r); }));": True,
    "await Promise.allSettled(event.Records.map(async (r) => work(r)));": True,
    "const all = []; for (const r of event.Records) all.push(save(r)); await Promise.all(all);": True,
    "for (const r of event.Records) { try { work(r); } catch (e) { failed.push(1); break; } }": False,
    "for (const r of event.Records) { try { work(r); } catch (e) { throw e; } }": False,
    "for (const r of event.Records) { try { work(r); } catch (e) { if (e.fatal) throw e; } }": False,
    "for (const r of event.Records) { await work(r); }": False,
    "for (const r of event.Records) { if (failed.length) { failed.push(r.messageId); continue; }"
    "try { work(r); } catch (e) { failed.push(r.messageId); } }": False,
    "let stop = false; for (const r of event.Records) { if (!stop) {"
    "try { work(r); } catch (e) { stop = true; } } }": False,
    "for (const one of event.items) { try { work(one); } catch (e) { log(e); } }": False,
    "try { for (const r of event.Records) work(r); } catch (e) { log(e); }": False,
}


@pytest.mark.parametrize(("body", "goes_on"), CONTINUES.items(), ids=CONTINUES)
def test_whether_the_next_record_follows_a_failure(body: str, goes_on: bool) -> None:  # noqa: FBT001
    before = "const failed = [];\nconst save = async (r) => fetch(r.url);\n"
    handler = _does(f"{body}\nreturn {{ batchItemFailures: failed }};", before)

    assert bool(handler.continues_after_failure) is goes_on


# --- the first record -----------------------------------------------------------------------------

FIRST = {
    "return event.Records[0].body;": True,
    "const [record] = event.Records; return record.body;": True,
    "const { Records: [{ body }] } = event; return body;": True,
    "const record = event.Records[0]; return work(record);": True,
    "const { Records } = event; const body = JSON.parse(Records[0].body); return body;": True,
    "return event.Records.at(0).s3.object.key;": True,
    "const b = event['Records'][0]['s3']['bucket']['name']; return b;": True,
    "const r = event.Records[0]; console.log(event.Records.length); return r.body;": True,
    "if (!event.Records?.length) return; return event.Records[0].body;": True,
    "if (!event.Records || event.Records.length === 0) return; return event.Records[0].body;": True,
    "if (event.Records.length < 1) throw new Error(); return event.Records[0].body;": True,
    "return event.Records.length ? event.Records[0].body : null;": True,
    "console.log(event.Records[0].body);": False,
    "if (event.Records.length !== 1) throw new Error(); return event.Records[0].body;": False,
    "const { length } = event.Records; if (length > 1) throw 1; return event.Records[0].body;": False,
    "while (event.Records.length > 0) { work(event.Records[0].body); event.Records.splice(0, 1); }": (
        False
    ),
    "for (; event.Records.length; event.Records.shift()) work(event.Records[0].body);": False,
    "const go = (r) => { if (r.length === 0) return; work(r[0].body); go(r.slice(1)); };"
    "go(event.Records);": False,
    "if (event.Records[0].eventSource === 'aws:sqs') return 1;": False,
    "return event.Records[0].body + event.Records[1].body;": False,
    "console.log(event.Records[0].body); for (const r of event.Records) work(r);": False,
    "const k = event.Records[0].body; event.Records.forEach((r) => work(r));": False,
    "const k = event.Records[0].body; return event.Records.map((r) => r.body);": False,
    "if (event.Records.length > 1) throw new Error(); return event.Records[0].body;": False,
    "const k = event.Records[0].body; await store(event);": False,
    "const k = event.Records[0].body; await fetch('x', { body: JSON.stringify(event) });": False,
    "const k = event.Records[0].body; const [, ...rest] = event.Records;": False,
    "const k = event.Records[0].body; return [...event.Records];": False,
    "const k = event.Records[0].body; for (const i in event.Records) work(event.Records[i].body);": False,
    "const k = event.Records[0].body; event.Records.forEach(store);": False,
    "const next = (i) => i < 5 && [event.Records[i].body, next(i + 1)]; return next(0);": False,
    "(function () { store(arguments); })(event.Records); return event.Records[0].body;": False,
    "return event.Records[0].cf.request;": False,
    "return event.detail;": False,
}


@pytest.mark.parametrize(("body", "only"), FIRST.items(), ids=FIRST)
def test_whether_only_the_first_record_is_read(body: str, only: bool) -> None:  # noqa: FBT001
    before = "const work = (record) => record.body;\n"
    before += 'import { store } from "elsewhere";\n'

    assert (_does(body, before).first_record_only is not None) is only


# --- what is not waited for -----------------------------------------------------------------------

UNAWAITED = {
    "event.Records.forEach(async (r) => { await save(r); });": True,
    "event.Records.map(async (r) => { await save(r); });": True,
    "await event.Records.map(async (r) => save(r));": True,
    "for (const r of event.Records) { save(r); }": True,
    "client.send(new PutObjectCommand({}));": True,
    "fetch('https://x');": True,
    "const pending = save(1); return 1;": True,
    "save(1).then(() => console.log('saved'));": True,
    "const pending = save(1); pending.then(() => console.log('saved'));": True,
    "const pending = save(1); pending.then(() => save(2)); await pending;": True,
    "v2.putObject({}).promise();": True,
    "(async () => { await save(1); })();": True,
    "void save(1);": True,
    "(() => { save(1); })();": True,
    "v2.putObject({}, (error, data) => { console.log(data); });": True,
    "event.Records.forEach((r) => console.log(r));": False,
    "event.Records.forEach(async (r) => console.log(r));": False,
    "await Promise.all(event.Records.map(async (r) => save(r)));": False,
    "const all = event.Records.map((r) => save(r)); await Promise.all(all);": False,
    "const all = []; event.Records.forEach((r) => { all.push(save(r)); }); await Promise.all(all);": False,
    "for (const r of event.Records) await save(r);": False,
    "return save(1);": False,
    "const pending = save(1); await other(); await pending;": False,
    "await save(1).catch((error) => console.error(error));": False,
    "const pending = save(1); pending.catch(() => {}); await pending;": False,
    "const pending = save(1); pending.then(pure).catch(pure); await Promise.all([pending]);": False,
    "const pending = save(1); const after = pending.then(pure); await after;": False,
    "const all = new Set(); const track = (p) => { all.add(p); p.finally(() => all.delete(p)); };"
    "track(save(1)); await Promise.all([...all]);": False,
    "const pending = v2.putObject({}).promise(); await pending;": False,
    "return { a: await save(1) };": False,
    "await new Promise((done) => { v2.putObject({}, done); });": False,
    "await v2.putObject({}).promise();": False,
    "pure(1);": False,
    "const saves = { a: save(1) }; await saves.a;": False,
    "await Promise.race([save(1), save(2)]);": False,
    "for await (const one of event.items.map(save)) { console.log(one); }": False,
}


@pytest.mark.parametrize(("body", "is_lost"), UNAWAITED.items(), ids=UNAWAITED)
def test_whether_work_is_waited_for(body: str, is_lost: bool) -> None:  # noqa: FBT001
    before = CLIENT + dedent("""\
        import AWS from "aws-sdk";
        const v2 = new AWS.S3();
        const save = async (r) => { await client.send(new PutObjectCommand({ Body: r })); };
        const pure = async (r) => r;
        const other = async () => fetch("https://x");
        """)

    assert bool(_does(body, before).unawaited) is is_lost


def test_lambda_waits_for_handlers_that_are_not_asynchronous() -> None:
    code = f"""{COMMON}
        exports.handler = (event, context, callback) => {{
          event.Records.forEach(async (r) => {{ await {WORK}; }});
          {WORK};
        }};
        """

    assert not _known(code, "index.js").unawaited


# --- keys, repetition, CloudFormation -------------------------------------------------------------

KEYS = {
    "const Key = record.s3.object.key;": True,
    "const { object: { key: Key } } = record.s3;": True,
    "const Key = JSON.parse(record.body).Records[0].s3.object.key;": True,
    "const Key = decodeURIComponent(record.s3.object.key.replace(/\\+/g, ' '));": False,
    "const Key = decodeURIComponent(record.s3.object.key).replace(/\\+/g, ' ');": False,
    "const Key = record.s3.object.key.split('+').join(' ');": False,
    "const decode = (key) => decodeURIComponent(key); const Key = decode(record.s3.object.key);": False,
    "const Key = event.detail.object.key;": False,
    "const Key = `out/${record.s3.object.key}`;": False,
    "const Key = record.s3.object.eTag;": False,
}


@pytest.mark.parametrize(("line", "is_raw"), KEYS.items(), ids=KEYS)
def test_keys_that_are_still_encoded(line: str, is_raw: bool) -> None:  # noqa: FBT001
    body = f"for (const record of event.Records) {{ {line}"
    body += " await client.send(new GetObjectCommand({ Bucket: 'b', Key })); }"
    handler = _does(body)

    assert bool(handler.undecoded_keys) is is_raw


def test_key_of_a_copy_stays_encoded() -> None:
    handler = _does(
        """
        const { key } = event.Records[0].s3.object;
        await s3.copyObject({ Bucket: "b", Key: "x", CopySource: `b/${key}` });
        """,
        'import { S3 } from "@aws-sdk/client-s3";\nconst s3 = new S3();\n',
    )

    assert not handler.undecoded_keys


IDEMPOTENT = {
    "await db.put({ TableName: 't', Item: {}, ConditionExpression: 'attribute_not_exists(id)' });": True,
    "await db.transactWrite({ TransactItems: [{ Put: { ConditionExpression: 'x' } }] });": True,
    "await fetch('https://pay', { headers: { 'Idempotency-Key': event.id } });": True,
    "await guarded(event);": True,
    "await db.put({ TableName: 't', Item: {} });": False,
    "await fetch('https://pay');": False,
}


@pytest.mark.parametrize(("body", "is_safe"), IDEMPOTENT.items(), ids=IDEMPOTENT)
def test_signs_of_idempotency(body: str, is_safe: bool) -> None:  # noqa: FBT001
    before = """
        import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
        const db = DynamoDBDocument.from({});
        """
    if "guarded" in body:
        before += """
        import { makeIdempotent } from "@aws-lambda-powertools/idempotency";
        const guarded = makeIdempotent(async (event) => fetch(event.url), { persistenceStore });
        """

    assert bool(_does(body, dedent(before)).idempotent) is is_safe


def test_decorator_of_idempotency() -> None:
    code = """
        import { idempotent } from "@aws-lambda-powertools/idempotency";
        class Lambda {
          @idempotent({ persistenceStore })
          public async handler(event: unknown) { await fetch("https://pay"); }
        }
        const made = new Lambda();
        export const handler = made.handler.bind(made);
        """
    handler = _known(code, "index.ts")

    assert _lines(handler.idempotent) == [4]
    assert handler.complete


CUSTOM = {
    "": None,
    'const r = require("cfn-response"); r.send(event, context, r.SUCCESS, {});': False,
    'const r = require("cfn-response"); try { work(); r.send(event, context, r.SUCCESS); }'
    "catch (e) { r.send(event, context, r.FAILED); }": True,
    'const r = require("cfn-response"); r.send(event, context, "FAILED");': True,
    "await answer('SUCCESS');": False,
    "await answer('SUCCESS'); await answer('FAILED');": True,
    "await fetch(event.ResponseURL, { method: 'PUT', body: '{}' });": False,
    'const { hostname } = new URL(event.ResponseURL); const https = require("https");'
    "https.request({ hostname, method: 'PUT' }).end();": False,
    "console.log(event.ResponseURL); await fetch('https://x');": None,
}


@pytest.mark.parametrize(("body", "answers"), CUSTOM.items(), ids=CUSTOM)
def test_how_cloudformation_is_answered(body: str, answers: bool | None) -> None:  # noqa: FBT001
    code = f"""
        exports.handler = async (event, context) => {{
          const answer = (Status) =>
            fetch(event.ResponseURL, {{ method: "PUT", body: JSON.stringify({{ Status }}) }});
          {body}
        }};
        """

    assert _known(code, "index.js").answers_cloudformation is answers


# --- code that tools have made --------------------------------------------------------------------

BUNDLE = """\
    "use strict";
    var __defProp = Object.defineProperty;
    var __export = (target, all) => {
      for (var name in all)
        __defProp(target, name, { get: all[name], enumerable: true });
    };
    var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

    // fn/orders.ts
    var orders_exports = {};
    __export(orders_exports, {
      handler: () => handler
    });
    module.exports = __toCommonJS(orders_exports);
    var import_client_sqs = require("@aws-sdk/client-sqs");

    // lib/queue.ts
    var url = process.env.QUEUE_URL;

    // fn/orders.ts
    var client = new import_client_sqs.SQSClient({});
    var handler = async (event) => {
      await client.send(new import_client_sqs.SendMessageCommand({ QueueUrl: url }));
    };
    // Annotate the CommonJS export names for ESM import in node:
    0 && (module.exports = {
      handler
    });
    //# sourceMappingURL=index.js.map
    """

ORDERS = """\
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
import { url } from "../lib/queue";

const client = new SQSClient({});
export const handler = async (event: unknown) => {
  await client.send(new SendMessageCommand({ QueueUrl: url }));
};
"""
QUEUE = "export const url = process.env.QUEUE_URL;\n"


def _source_map(mappings: str = "") -> str:
    return json.dumps(
        {
            "version": 3,
            "sources": [
                "../../lib/queue.ts",
                "../../node_modules/x/handler.js",
                "../../fn/orders.ts",
            ],
            "sourcesContent": [QUEUE, "exports.handler = 1", ORDERS],
            "mappings": mappings,
        }
    )


def test_bundle_is_understood_but_not_certain() -> None:
    handler = _known(BUNDLE, "index.js")

    assert not handler.certain
    assert handler.complete
    assert _only(handler).arguments == {"QueueUrl": Variable("QUEUE_URL")}
    assert _only(handler).at.location.line == 23


def test_originals_of_a_bundle_are_read_instead() -> None:
    # Segments: generated column, source, line and column, each as a difference from the last.
    mappings = ";" * 22 + "IEKA"  # line 23, column 4 of the bundle is line 6 of the third source
    handler = _known({"index.js": BUNDLE, "index.js.map": _source_map(mappings)}, "index.js")

    assert handler.certain
    assert _only(handler).arguments == {"QueueUrl": Variable("QUEUE_URL")}
    assert _only(handler).at.location[:3] == ("index.js", 23, 5)


@pytest.mark.parametrize(
    "mappings", ["", "IEKD", ";" * 9_000 + "IEKA", "gggggggggggggggC", "+/+/+/", "é"]
)
def test_map_of_another_bundle(mappings: str) -> None:
    handler = _known({"index.js": BUNDLE, "index.js.map": _source_map(mappings)}, "index.js")

    assert 1 <= _only(handler).at.location.line <= BUNDLE.count("\n") + 1


def test_minified_bundle_with_its_originals() -> None:
    files = {"index.js": "var a=1;" * 1000, "index.js.map": _source_map()}

    assert _calls(_known(files, "index.js")) == ["sqs:SendMessage"]


@pytest.mark.parametrize(
    "code",
    [
        "d(f,{handler:()=>h});module.exports=p(f);var h=()=>g();0&&(module.exports={handler});\n",
        "0&&(module.exports={other,handler});\n",
        'import{a as b}from"x";var h=async e=>{await g(e)};export{h as handler};\n',
        "var h=async e=>{await g(e)};export{h as handler,b as other};\n",
    ],
)
def test_minified_bundle_of_short_lines_with_its_originals(code: str) -> None:
    files = {"index.js": code, "index.js.map": _source_map()}
    handler = _known(files, "index.js")

    assert handler.certain
    assert _calls(handler) == ["sqs:SendMessage"]


def test_minified_bundle_of_short_lines_is_not_certain() -> None:
    code = f"{COMMON}var h=async()=>{{WORK}};export{{h as handler}};"

    assert not _known(code, "index.mjs").certain


def test_compiled_file_with_its_map_is_no_bundle() -> None:
    code = f"{COMMON}exports.handler = async () => {WORK};\n//# sourceMappingURL=index.js.map"
    handler = _known({"index.js": code, "index.js.map": _source_map()}, "index.js")

    assert _calls(handler) != ["sqs:SendMessage"]
    assert handler.certain


@pytest.mark.parametrize(
    "document",
    ["", "{", "[]", "{}", "[" * 10_000, '{"sources": [1], "sourcesContent": [2], "mappings": "A"}'],
)
def test_minified_bundle_is_nothing_that_can_be_read(document: str) -> None:
    code = f"{COMMON}exports.handler = async () => {WORK};" + ";" * 6_000

    assert _handler({"index.js": code, "index.js.map": document}, "index.js") is None


def test_map_in_the_last_line_makes_no_bundle() -> None:
    data = base64.b64encode(b"x" * 6_000).decode()
    code = f"{COMMON}exports.handler = async () => {WORK};\n"
    code += f"//# sourceMappingURL=data:application/json;base64,{data}"

    assert _known(code, "index.js").certain


# --- functions of templates -----------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    return write


def _of(template: str, file: str = "template.yaml") -> Handler:
    (function,) = Graph([load(dedent(template), file)]).functions()
    handler = read_function(function, Cache())
    assert handler is not None
    return handler


def test_function_of_a_template(project: Callable[[dict[str, str]], None]) -> None:
    project({"src/app.ts": ORDERS, "lib/queue.ts": QUEUE})
    handler = _of("""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Worker:
            Type: AWS::Serverless::Function
            Properties: {CodeUri: ., Handler: src/app.handler, Runtime: nodejs22.x}
        """)

    assert _only(handler).at.location[:2] == ("src/app.ts", 6)


def test_original_of_a_bundle_that_is_in_the_project(
    project: Callable[[dict[str, str]], None],
) -> None:
    project(
        {
            "cdk.out/asset.1/index.js": dedent(BUNDLE),
            "cdk.out/asset.1/index.js.map": _source_map(),
            "fn/orders.ts": ORDERS,
        }
    )
    handler = _of(
        """
        Resources:
          Worker:
            Type: AWS::Lambda::Function
            Properties: {Handler: index.handler, Runtime: nodejs22.x, Code: {S3Bucket: b, S3Key: k}}
            Metadata: {"aws:asset:path": asset.1}
        """,
        "cdk.out/app.template.yaml",
    )

    assert _only(handler).at.location[:2] == ("fn/orders.ts", 6)


def test_code_in_a_template(project: Callable[[dict[str, str]], None]) -> None:
    project({})
    handler = _of("""
        Resources:
          Queue: {Type: AWS::SQS::Queue}
          Worker:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Runtime: nodejs22.x
              Code:
                ZipFile: !Sub |
                  const { SQS } = require("@aws-sdk/client-sqs");
                  exports.handler = async () => {
                    await new SQS().sendMessage({ QueueUrl: "${Queue}", MessageBody: `a-${Queue}` });
                  };
        """)
    call = _only(handler)

    assert call.arguments == {
        "QueueUrl": Ref("Queue"),
        "MessageBody": Joined(("a-", Ref("Queue"))),
    }
    assert call.at.location[:3] == ("template.yaml", 13, 19)


# --- whatever it says -----------------------------------------------------------------------------

PIECES = [
    *EXPORTS.values(),
    *COMMON_EXPORTS.values(),
    *CALLS,
    *CONTINUES,
    *FIRST,
    *UNAWAITED,
    *VALUES,
    *REQUESTS,
    POWERTOOLS,
    BUNDLE,
    "export const handler = ",
    "async (event, context) => {",
    *(
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "`",
        '"',
        "${",
        "/*",
        "//",
        "=>",
        "...",
        "?.",
        "\0",
        "\\",
        "\ud800",
    ),
    *(
        "class A extends A {",
        "static x = A",
        "get y() { return this.y }",
        "function* f() { yield f }",
    ),
    *(
        "const x = x",
        "x = x + x",
        "f = () => f()",
        "f()",
        "new f()",
        "await",
        "import('./index.mjs')",
    ),
    "import * as me from './index.mjs'; export * from './index.mjs'; export default me.default;",
    "for (;;) { if (x) continue; else break; }",
    "label: do { switch (x) { case f(): default: throw x } } while (x)",
    "const { a: { b: [c = d, ...e] = [] } = {}, ...f } = event;",
    "enum E { A, B = 'b' } namespace N { f() }",
    "__awaiter(this, 1, 2, x ? () => 1 : () => 2)",
    "@f @g.h(1) class D { @i j() {} }",
    "x.y = x; x[y] = x; [x, y] = [y, x]; ({ x } = y);",
    "Object.defineProperty(exports, 'handler', { get: () => exports.handler });",
]


def _read_all(code: str) -> None:
    for entry in ("index.mjs", "index.ts"):
        handler = _handler({entry: code, "index.js.map": code}, entry)
        if handler:
            assert handler.at.location.line >= 1
            for call in handler.calls:
                assert call.at.location.line <= code.count("\n") + 1


@given(st.text())
@settings(max_examples=200)
def test_any_text_is_read(code: str) -> None:
    _read_all(code)
    _read_all(f"export const handler = async (event, context) => {{ {code} }}")


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from([" ", ";", "\n"]))
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_code_is_read(pieces: list[str], between: str) -> None:
    code = between.join(pieces)
    _read_all(code)
    _read_all(f"{CLIENT}export const handler = async (event, context) => {{\n{code}\n}}")


@pytest.mark.parametrize(
    "code",
    [
        f"export const handler = async () => {'(' * 5_000}1{')' * 5_000};",
        f"export const handler = async () => {'a.' * 5_000}b;",
        f"export const handler = async () => {'{' * 5_000}{'}' * 5_000};",
        f"export const handler = async () => {'[' * 5_000};",
        "const f = () => { f(); f(); f(); };\nexport const handler = async () => f();",
        "\n".join(
            [
                "const f0 = () => 1;",
                *(
                    f"const f{n} = () => f{n - 1}() + f{n - 1}() + f{n - 1}();"
                    for n in range(1, 40)
                ),
                "export const handler = async () => f39();",
            ]
        ),
        "\n".join(
            [
                "let x0 = [1];",
                *(f"const x{n} = [x{n - 1}, x{n - 1}, x{n - 1}];" for n in range(1, 40)),
                f"{CLIENT}export const handler = async () => client.send(new PutObjectCommand(x39));",
            ]
        ),
        "class A extends A {}\nexport const handler = async () => new A().x;",
        "let a = b, b = a;\nexport const handler = a;",
        f"// {'a/' * 2_000} \nexport const handler = async () => 1;",
    ],
    ids=range(10),
)
def test_code_that_would_keep_a_reader_busy(code: str) -> None:
    _read_all(code)


def test_same_code_gives_the_same_answer() -> None:
    one, other = _known(POWERTOOLS), _known(POWERTOOLS)

    assert _told(one) == _told(other)


def _told(handler: Handler) -> dict[str, Any]:
    return {name: repr(getattr(handler, name)) for name in Handler._fields}
