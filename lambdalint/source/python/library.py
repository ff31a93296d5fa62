"""Libraries: which are harmless, and what those functions give that matter here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from lambdalint.source.handler import Own, Replaced, Sight
from lambdalint.source.python import aws
from lambdalint.source.python.state import State, variable
from lambdalint.source.python.values import (
    ANYTHING,
    HARMLESS,
    Arguments,
    BatchResponse,
    Coroutine,
    Dict,
    Event,
    Foreign,
    Function,
    Harmless,
    Http,
    List,
    Partial,
    PathOf,
    Processor,
    Thread,
    Workers,
    joined,
    ways,
)
from lambdalint.source.regex import taken
from lambdalint.value import Place

# Parts of Python that may run anything, or reach anybody.
_WILD = frozenset(
    {
        *("code", "codeop", "ctypes", "importlib", "multiprocessing", "pkgutil", "pty", "runpy"),
        *("subprocess", "ftplib", "imaplib", "poplib", "smtplib", "socketserver", "telnetlib"),
        *("xmlrpc", "os.popen", "os.system", "asyncio.create_subprocess_exec"),
        *("asyncio.create_subprocess_shell", "boto3.s3.transfer.S3Transfer"),
        *("botocore.client", "botocore.httpsession", "importlib.import_module"),
    }
)
_WILD_PROCESSES = ("os.exec", "os.fork", "os.posix_spawn", "os.spawn")

# Libraries that call no AWS API that matters here, and run nothing but what they are given.
_TAME = frozenset(
    {
        *("aioboto3", "aiobotocore", "aiohttp", "attr", "attrs", "aws_embedded_metrics"),
        *("aws_lambda_powertools", "aws_secretsmanager_caching", "aws_xray_sdk", "bcrypt"),
        *("boto3", "boto3_type_annotations", "botocore", "bs4", "cachetools", "certifi"),
        *("cfnresponse", "chardet", "charset_normalizer", "confluent_kafka", "crhelper"),
        *("cryptography", "dataclasses_json", "dateutil", "defusedxml", "dotenv"),
        *("elasticsearch", "faker", "fastjsonschema", "html2text", "httpx", "idna", "iso8601"),
        *("isodate", "jinja2", "jmespath", "jose", "jsonschema", "jwt", "kafka", "loguru"),
        *("lxml", "markdown", "marshmallow", "msgpack", "mypy_boto3", "mypy_boto3_dynamodb"),
        *("mypy_boto3_s3", "mypy_boto3_sqs", "mysql", "numpy", "opensearchpy", "OpenSSL"),
        *("orjson", "packaging", "pika", "PIL", "prettytable", "psycopg", "psycopg2"),
        *("pydantic", "pydantic_core", "pydantic_settings", "pymongo", "pymysql", "pyodbc"),
        *("pypdf", "PyPDF2", "pytz", "rapidjson", "redis", "regex", "requests"),
        *("requests_aws4auth", "simplejson", "six", "slugify", "sqlalchemy", "structlog"),
        *("tabulate", "tenacity", "toml", "typing_extensions", "tzlocal", "ujson", "ulid"),
        *("urllib3", "xmltodict", "yaml"),
    }
)

_PRINTING = ("print", "pprint.", "logging.", "warnings.", "structlog.", "loguru.")


def is_harmless(name: str) -> bool:
    """Whether nothing that matters here is done by what a library has under a name."""
    root = name.partition(".")[0]
    parts = name.split(".")
    if any(".".join(parts[:end]) in _WILD for end in range(1, len(parts) + 1)):
        return False
    if name.startswith(_WILD_PROCESSES):
        return False
    return root in sys.stdlib_module_names or root in _TAME


def is_known(name: str) -> bool:
    """Whether a module is a library's, though a copy may lie beside the handler."""
    return name.partition(".")[0] in _TAME


def prints(name: str) -> bool:
    """Whether something only tells people what it is given."""
    return name.startswith(_PRINTING)


# What takes functions and calls none of them.
_WRAPPING = frozenset(
    {"functools.wraps", "functools.update_wrapper", "functools.lru_cache", "functools.cache"}
)

Known: TypeAlias = Callable[[State, Arguments, Place], Any]


def call(state: State, name: str, arguments: Arguments, at: Place) -> Any:
    """What a function of a library gives, and what it does."""
    if known := _FUNCTIONS.get(name) or _by_end(name):
        return known(state, arguments, at)
    if prints(name) or name in _WRAPPING:
        return Harmless(name.partition(".")[0])
    if name.startswith(_HTTP) and name.rpartition(".")[2] in _VERBS:
        patient = name.startswith("requests.") and not arguments.is_open
        limited = not patient or "timeout" in arguments.named
        return request(state, name.rpartition(".")[2], arguments, at, limited=limited)
    if name in ("asyncio.all_tasks", "asyncio.wait", "threading.enumerate"):
        state.joins = True
    for value in arguments.all():
        state.hand_over(value)
        call_back(state, value, at)
    if is_harmless(name):
        return Harmless(name.partition(".")[0])
    state.stranger()
    return ANYTHING


def call_back(state: State, value: Any, at: Place) -> None:
    """Whatever a library is given, it may call."""
    for way in ways(value):
        if isinstance(way, Coroutine):
            state.wait(way)
        elif isinstance(way, Function | Partial):
            state.wait(state.run(way, Arguments(is_open=True, by_library=True), at))
        elif isinstance(way, List):
            for one in way.items:
                if isinstance(one, Coroutine | Function | Partial):
                    call_back(state, one, at)


# --- Python's own ---------------------------------------------------------------------------------


def _environment(state: State, arguments: Arguments, at: Place) -> Any:
    del state, at
    return variable(arguments.get(0, "key"), arguments.get(1, "default"))


def _same(state: State, arguments: Arguments, at: Place) -> Any:
    """What stays what it is, whatever its encoding: a mapping as JSON is still the mapping."""
    del state, at
    return arguments.get(0)


def _decoded(state: State, arguments: Arguments, at: Place) -> Any:
    del state, at
    value = arguments.get(0)
    found = [
        Event(way.path, way.at, decoded=True) if isinstance(way, Event) else way
        for way in ways(value)
    ]
    return found[0] if len(found) == 1 else HARMLESS


def _field(state: State, arguments: Arguments, at: Place) -> Any:
    """What the field of a data class is unless somebody says so."""
    factory = arguments.named.get("default_factory")
    default = arguments.named.get("default", HARMLESS)
    return default if factory is None else state.run(factory, Arguments(), at)


def _substituted(state: State, arguments: Arguments, at: Place) -> Any:
    """`re.sub`: a text in which something stands for what an expression finds."""
    old, new, whole = (
        arguments.get(0, "pattern"),
        arguments.get(1, "repl"),
        arguments.get(2, "string"),
    )
    if not (isinstance(old, str) and isinstance(new, str) and "\\" not in new):
        call_back(state, new, at)
        return HARMLESS
    literal, start, end = taken(old)
    if literal and isinstance(whole, Event) and whole.is_key:
        return HARMLESS if literal in ("+", "%20") else Replaced(whole, literal, new)
    if start != end and isinstance(whole, Event | Replaced):
        return joined((new, HARMLESS) if start else (HARMLESS, new))
    return HARMLESS


def _path(state: State, arguments: Arguments, at: Place) -> Any:
    del state, at
    parts: list[Any] = []
    for part in arguments.positional:
        if isinstance(part, str) and part.startswith("/"):
            parts = []
        parts += ["/", part] if parts else [part]
    return HARMLESS if arguments.is_open else joined(parts)


def _pathlib(state: State, arguments: Arguments, at: Place) -> Any:
    return PathOf(_path(state, arguments, at))


def _partial(state: State, arguments: Arguments, at: Place) -> Any:
    del state, at
    function, *rest = arguments.positional or [ANYTHING]
    return Partial(function, Arguments(rest, arguments.named, arguments.is_open))


def _deep_copy(state: State, arguments: Arguments, at: Place) -> Any:
    del at
    value = arguments.get(0)
    if isinstance(value, Dict):
        return Dict(dict(value.items), value.is_open, state.branch)
    return List(list(value.items), value.is_open) if isinstance(value, List) else value


# --- at the same time -----------------------------------------------------------------------------


def _waited(state: State, arguments: Arguments, at: Place) -> Any:
    del at
    return state.wait(arguments.get(0))


def _gathered(state: State, arguments: Arguments, at: Place) -> Any:
    del at
    with state.inside(parallel=1):
        given = [state.wait(one) for one in arguments.positional]
    return List(given, is_open=True)


def _task(state: State, arguments: Arguments, at: Place) -> Any:
    """A task: it is waited for somewhere else, or never."""
    del at
    value = arguments.get(0, "coro")
    if not isinstance(value, Coroutine):
        return value
    work = value.work

    def at_once() -> Any:
        with state.inside(parallel=1):
            return work()

    value.work, value.is_task = at_once, True
    return value


def _thread(state: State, arguments: Arguments, at: Place) -> Any:
    target, given = arguments.get(1, "target"), arguments.named.get("args")
    positional = given.items if isinstance(given, List) else []
    is_open = not isinstance(given, List | None) or "kwargs" in arguments.named
    if target is not None:
        with state.inside(parallel=1):
            state.run(target, Arguments(list(positional), {}, is_open=is_open), at)
    return Thread(at)


def _workers(state: State, arguments: Arguments, at: Place) -> Any:
    del state, arguments, at
    return Workers()


# --- HTTP -----------------------------------------------------------------------------------------

_HTTP = ("requests.", "httpx.", "urllib3.", "aiohttp.")
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})


def request(
    state: State, verb: str, arguments: Arguments, at: Place, *, limited: bool = True
) -> Any:
    """A call over HTTP: the URL comes first, or after the method."""
    method, url = verb, arguments.get(0, "url")
    if verb in ("request", "urlopen", "request_encode_body", "request_encode_url"):
        method, url = arguments.get(0, "method"), arguments.get(1, "url")
    state.request(method, url, arguments.named, at, limited=limited)
    return HARMLESS


def _http(library: str) -> Known:
    def make(state: State, arguments: Arguments, at: Place) -> Any:
        del state, arguments, at
        return Http(library)

    return make


def _prepared(state: State, arguments: Arguments, at: Place) -> Any:
    """`urllib.request.Request`: it is sent as a rule."""
    method = arguments.get(5, "method")
    data = arguments.get(1, "data")
    spelled = method if isinstance(method, str) else "POST" if data is not None else "GET"
    state.request(spelled, arguments.get(0, "url"), arguments.named, at)
    return Http("prepared")


def _opened(state: State, arguments: Arguments, at: Place) -> Any:
    url = arguments.get(0, "url")
    if not isinstance(url, Http):
        limited = arguments.is_open or arguments.get(2, "timeout") is not None
        state.request("GET", url, arguments.named, at, limited=limited)
    return HARMLESS


# --- CloudFormation's custom resources ------------------------------------------------------------


def _answered(state: State, arguments: Arguments, at: Place) -> Any:
    del arguments, at
    state.answer()
    return HARMLESS


def _crhelper(state: State, arguments: Arguments, at: Place) -> Any:
    """It answers whatever happens: https://github.com/aws-cloudformation/custom-resource-helper."""
    del arguments, at
    state.answers = state.answers_failures = True
    return Harmless("crhelper")


# --- Powertools -----------------------------------------------------------------------------------


def _processor(state: State, arguments: Arguments, at: Place) -> Any:
    """A processor that goes on with the next record whatever happened to the last one."""
    kind = arguments.get(0, "event_type")
    if isinstance(kind, Foreign) and kind.name.endswith("EventType.SQS"):
        state.continues[at] = Sight(at, "goes on with the next message though one has failed")
    return Processor(at, order=False)


def _fifo(state: State, arguments: Arguments, at: Place) -> Any:
    del state, arguments
    return Processor(at, order=True)


def _processed(state: State, arguments: Arguments, at: Place) -> Any:
    """https://docs.powertools.aws.dev/lambda/python/latest/utilities/batch/."""
    state.takes_all_records = True
    with state.inside(repeating=1):
        state.run(arguments.get(1, "record_handler"), Arguments([HARMLESS]), at)
    return BatchResponse()


def _idempotent(state: State, arguments: Arguments, at: Place) -> Any:
    state.idempotent[at] = Sight(at, "is guarded by Powertools")
    for value in arguments.all():
        state.hand_over(value)
    return Foreign("aws_lambda_powertools.decorator")


def _parameter(action: str, service: str, name: str) -> Known:
    def get(state: State, arguments: Arguments, at: Place) -> Any:
        named = {name: arguments.get(0, "name")}
        state.call(service, action, Arguments([], named), at)
        return HARMLESS

    return get


_FUNCTIONS: dict[str, Known] = {
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "os.environ.setdefault": _environment,
    "os.path.join": _path,
    "re.sub": _substituted,
    "dataclasses.field": _field,
    "posixpath.join": _path,
    "pathlib.Path": _pathlib,
    "pathlib.PurePath": _pathlib,
    "pathlib.PurePosixPath": _pathlib,
    "json.loads": _same,
    "orjson.loads": _same,
    "ujson.loads": _same,
    "simplejson.loads": _same,
    "json.dumps": _same,
    "orjson.dumps": _same,
    "ujson.dumps": _same,
    "simplejson.dumps": _same,
    "base64.b64decode": _same,
    "base64.b64encode": _same,
    "copy.copy": _deep_copy,
    "copy.deepcopy": _deep_copy,
    "urllib.parse.unquote": _decoded,
    "urllib.parse.unquote_plus": _decoded,
    "functools.partial": _partial,
    "typing.cast": lambda state, arguments, at: arguments.get(1),  # noqa: ARG005
    "asyncio.run": _waited,
    "asyncio.wait_for": _waited,
    "asyncio.shield": _waited,
    "asyncio.gather": _gathered,
    "asyncio.create_task": _task,
    "asyncio.ensure_future": _task,
    "threading.Thread": _thread,
    "concurrent.futures.ThreadPoolExecutor": _workers,
    "concurrent.futures.thread.ThreadPoolExecutor": _workers,
    "boto3.client": lambda state, arguments, at: aws.client(state, arguments),  # noqa: ARG005
    "boto3.resource": lambda state, arguments, at: aws.resource(state, arguments),  # noqa: ARG005
    "urllib.request.Request": _prepared,
    "urllib.request.urlopen": _opened,
    "cfnresponse.send": _answered,
    "crhelper.CfnResource": _crhelper,
    **dict.fromkeys(
        (
            "boto3.Session",
            "boto3.session.Session",
            "aioboto3.Session",
            "aiobotocore.session.get_session",
            "aiobotocore.get_session",
            "aiobotocore.session.AioSession",
            "botocore.session.get_session",
            "botocore.session.Session",
        ),
        lambda state, arguments, at: aws.session(arguments),  # noqa: ARG005
    ),
    **{
        name: _http(name)
        for name in (
            "requests.Session",
            "requests.session",
            "httpx.Client",
            "httpx.AsyncClient",
            "urllib3.PoolManager",
            "aiohttp.ClientSession",
        )
    },
}

# What Powertools has, whichever of its modules it is imported from.
_POWERTOOLS: dict[str, Known] = {
    "BatchProcessor": _processor,
    "AsyncBatchProcessor": _processor,
    "SqsFifoPartialProcessor": _fifo,
    "process_partial_response": _processed,
    "async_process_partial_response": _processed,
    "idempotent": _idempotent,
    "idempotent_function": _idempotent,
    "get_parameter": _parameter("GetParameter", "ssm", "Name"),
    "get_parameters": _parameter("GetParametersByPath", "ssm", "Path"),
    "get_secret": _parameter("GetSecretValue", "secretsmanager", "SecretId"),
}


def _by_end(name: str) -> Known | None:
    if name.startswith("aws_lambda_powertools."):
        return _POWERTOOLS.get(name.rpartition(".")[2])
    return None


# --- values of libraries --------------------------------------------------------------------------


def constant(name: str) -> Any:
    """What a library has under a name, where that is more than its name."""
    if name == "os.environ":
        return Foreign(name)
    if name.startswith("string.") or name in ("os.sep", "os.linesep"):
        return HARMLESS
    return Foreign(name)


def context(name: str) -> Any:
    """What Lambda tells about the running function.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """
    return {"function_name": Own("name"), "invoked_function_arn": Own("arn")}.get(name, HARMLESS)
