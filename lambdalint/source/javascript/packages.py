"""Packages that handlers use, and what is known of them without reading them."""

from __future__ import annotations

import re

from lambdalint.source.javascript.sdk import is_sdk
from lambdalint.source.javascript.values import Package

# https://nodejs.org/api/modules.html#built-in-modules
NODE = frozenset(
    {
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants"),
        *("crypto", "dgram", "diagnostics_channel", "dns", "domain", "events", "fs", "http"),
        *("http2", "https", "inspector", "module", "net", "os", "path", "perf_hooks", "process"),
        *("punycode", "querystring", "readline", "repl", "stream", "string_decoder", "test"),
        *("timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi"),
        *("worker_threads", "zlib"),
    }
)
# Those of them that run or reach what cannot be followed.
_OPAQUE = frozenset({"child_process", "cluster", "inspector", "module", "repl", "vm", "wasi"})

WEB = frozenset(
    {
        *("axios", "cross-fetch", "got", "isomorphic-fetch", "ky", "needle", "node-fetch"),
        *("phin", "request", "request-promise", "request-promise-native", "superagent", "undici"),
        *("http", "https"),
    }
)

POWERTOOLS = "@aws-lambda-powertools/"
BATCH = POWERTOOLS + "batch"
IDEMPOTENCY = POWERTOOLS + "idempotency"
PARTIAL_BATCH = ("@middy/sqs-partial-batch-failure", "middy-sqs-partial-batch-failure")

# Packages that never call AWS for events, change no response, and run no code of others later.
_HARMLESS = re.compile(
    r"""(?:
    @aws-crypto/.* | @aws-lambda-powertools/.* | @hapi/joi | @middy/core | @opentelemetry/api
    | @sinclair/typebox | @types/.* | @xmldom/xmldom | ajv(?:-.*)? | async-retry | atob
    | aws-embedded-metrics | aws-lambda | aws-xray-sdk(?:-core)? | bcrypt(?:js)? | bignumber\.js
    | btoa | buffer | busboy | cfn-response(?:-.*)? | chalk | cheerio | class-transformer
    | class-validator | cookie | core-js(?:/.*)? | crypto-js | csv-parse(?:/.*)? | csv-parser
    | csv-stringify(?:/.*)? | date-fns(?:/.*)? | dayjs(?:/.*)? | debug | deepmerge | dotenv
    | fast-xml-parser | form-data | graphql-tag | handlebars | he | http-errors | http-status-codes
    | inversify | jimp | jose | joi | js-yaml | jsdom | json2csv | jsonpath | jsonschema
    | jsonwebtoken | jszip | jwk-to-pem | jwt-decode | ksuid | lodash(?:[./-].*)? | loglevel
    | luxon | marked | md5 | mime(?:-types)? | moment(?:-.*)? | ms | mustache | mysql2?(?:/.*)?
    | nanoid | object-hash | papaparse | pg | pino(?:-.*)? | postgres | qs | querystring | ramda
    | random | redis | ioredis | reflect-metadata | regenerator-runtime(?:/.*)? | rxjs(?:/.*)?
    | sanitize-html | semver | sharp | slugify | source-map-support(?:/.*)? | statuses
    | string-similarity | superstruct | ts-pattern | tslib | ua-parser-js | ulid | underscore
    | url-join | uuid(?:/.*)? | validator | winston | xml2js | yaml | yup | zod
    )$""",
    re.VERBOSE,
)

# Wrappers of handlers that leave the answer and the event as they are.
_PLAIN_WRAPPERS = re.compile(
    r"@aws-lambda-powertools/(?:logger|metrics|tracer|commons|idempotency)(?:/.*)?$"
    r"|@middy/(?:core|do-not-wait-for-empty-event-loop|warmup|ssm|secrets-manager|input-output-logger)$"
    r"|aws-embedded-metrics$|aws-lambda$"
)


def is_harmless(package: Package) -> bool:
    """Whether nothing that a package does is a call of AWS or an answer of its own."""
    name = package.name.removeprefix("node:")
    if name.partition("/")[0] in NODE:
        return name.partition("/")[0] not in _OPAQUE
    return is_sdk(package) or name in WEB or _HARMLESS.match(name) is not None


def wraps_plainly(package: Package) -> bool:
    """Whether a handler that a package wraps is given the event and answers as if it were not."""
    return _PLAIN_WRAPPERS.match(package.name) is not None
