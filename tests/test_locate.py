"""From functions to their code, in every spelling, and never out of the project."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from lambdalint.assembly import stacks
from lambdalint.graph import Graph, Resource
from lambdalint.load import load
from lambdalint.source.codefile import CodeFile, Span
from lambdalint.source.locate import Cache, Codebase, locate
from lambdalint.value import Ref

CODE = "def handler(event, context):\n    return 1\n"


def _function(text: str, file: str = "template.yaml") -> Resource:
    return next(Graph([load(dedent(text), file)]).functions())


def _located(text: str, file: str = "template.yaml") -> Codebase | None:
    return locate(_function(text, file), Cache())


def _entry(text: str, file: str = "template.yaml") -> str:
    """The file that a function starts, as people are shown it, and what it calls there."""
    code = _located(text, file)
    if code is None:
        return ""
    started = code.file(code.entry)
    assert started is not None
    return f"{started.file} {code.handler} {code.language}"


def _write(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")


def _sam(properties: str, metadata: str = "", globals: str = "") -> str:  # noqa: A002
    lines = ["Transform: AWS::Serverless-2016-10-31"]
    lines += [f"Globals: {{Function: {{{globals}}}}}"] if globals else []
    lines += ["Resources:", "  Worker:", "    Type: AWS::Serverless::Function"]
    lines += [f"    Metadata: {metadata}"] if metadata else []
    lines += [f"    Properties: {{{properties}}}"]
    return "\n".join(lines) + "\n"


def _plain(properties: str, metadata: str = "{}") -> str:
    return f"""
    Resources:
      Worker:
        Type: AWS::Lambda::Function
        Metadata: {metadata}
        Properties: {{{properties}}}
    """


PYTHON = "Runtime: python3.13"
NODE = "Runtime: nodejs22.x"

# What the template says, where it lies, and what is started.
FOUND: dict[str, tuple[str, str, str]] = {
    "folder": (_sam(f"CodeUri: src/, Handler: app.handler, {PYTHON}"), "t.yaml", "src/app.py"),
    "no slash": (_sam(f"CodeUri: ./src, Handler: app.handler, {PYTHON}"), "t.yaml", "src/app.py"),
    "module in a package": (
        _sam(f"CodeUri: src, Handler: pkg.mod.handler, {PYTHON}"), "t.yaml", "src/pkg/mod.py",
    ),
    "path to a module": (
        _sam(f"CodeUri: src, Handler: pkg/mod.handler, {PYTHON}"), "t.yaml", "src/pkg/mod.py",
    ),
    "package": (
        _sam(f"CodeUri: src, Handler: pkg.handler, {PYTHON}"), "t.yaml", "src/pkg/__init__.py",
    ),
    "root, by a path": (
        _sam(f"CodeUri: ., Handler: src/app.handler, {PYTHON}"), "t.yaml", "src/app.py",
    ),
    "no CodeUri": (_sam(f"Handler: src/app.handler, {PYTHON}"), "t.yaml", "src/app.py"),
    "Globals": (
        _sam("Handler: app.handler", globals=f"CodeUri: src, {PYTHON}"), "t.yaml", "src/app.py",
    ),
    "beside the template": (
        _sam(f"CodeUri: ../src, Handler: app.handler, {PYTHON}"), "infra/t.yaml", "src/app.py",
    ),
    "a file": (_sam(f"CodeUri: src/app.py, Handler: app.handler, {PYTHON}"), "t.yaml", "src/app.py"),
    "plain": (_plain(f"Code: ./src, Handler: app.handler, {PYTHON}"), "t.yaml", "src/app.py"),
    "asset": (
        _plain(f"Code: {{S3Bucket: b, S3Key: k.zip}}, Handler: app.handler, {PYTHON}",
               "{'aws:asset:path': ../src}"), "out/t.yaml", "src/app.py",
    ),
    "no runtime": (_plain("Code: src, Handler: app.handler"), "t.yaml", "src/app.py"),
    "runtime of any value": (
        "Parameters: {R: {Type: String}}"
        + dedent(_plain("Code: src, Handler: app.handler, Runtime: !Ref R")), "t.yaml", "src/app.py",
    ),
    "node": (_sam(f"CodeUri: js, Handler: index.handler, {NODE}"), "t.yaml", "js/index.js"),
    "node, a path": (_sam(f"CodeUri: ., Handler: js/m.handler, {NODE}"), "t.yaml", "js/m.mjs"),
    "typescript": (_sam(f"CodeUri: js, Handler: typed.handler, {NODE}"), "t.yaml", "js/typed.ts"),
    "esbuild": (
        _sam(f"CodeUri: ., Handler: typed.handler, {NODE}",
             "{BuildMethod: esbuild, BuildProperties: {EntryPoints: [js/other.ts, js/typed.ts]}}"),
        "t.yaml", "js/typed.ts",
    ),
    "esbuild, no suffix": (
        _sam(f"CodeUri: js/, Handler: typed.handler, {NODE}",
             "{BuildMethod: esbuild, BuildProperties: {EntryPoints: [./typed]}}"),
        "t.yaml", "js/typed.ts",
    ),
    "archive": (_sam(f"CodeUri: code.zip, Handler: app.handler, {PYTHON}"), "t.yaml", "code.zip/app.py"),
    "image": (
        _sam("PackageType: Image", "{DockerContext: ./box, Dockerfile: Dockerfile}"),
        "t.yaml", "box/lib/app.py",
    ),
    "image with a command": (
        _sam("PackageType: Image, ImageConfig: {Command: [sub.more.handler]}", "{DockerContext: box}"),
        "t.yaml", "box/lib/deep/more.py",
    ),
    "image in stages": (
        _sam("PackageType: Image", "{DockerContext: ., Dockerfile: stages/Dockerfile}"),
        "t.yaml", "src/app.py",
    ),
    "image of CDK": (
        _plain("PackageType: Image, Code: {ImageUri: x}",
               "{'aws:asset:path': box, 'aws:asset:dockerfile-path': Dockerfile}"),
        "t.yaml", "box/lib/app.py",
    ),
}  # fmt: skip

FILES = {
    "src/app.py": CODE,
    "src/pkg/mod.py": CODE,
    "src/pkg/__init__.py": CODE,
    "js/index.js": "exports.handler = async () => 1\n",
    "js/m.mjs": "export const handler = async () => 1\n",
    "js/typed.ts": "export const handler = async () => 1\n",
    "js/other.ts": "export const handler = async () => 2\n",
    "box/Dockerfile": """
        FROM python:3.13 AS build
        COPY wrong.py ./
        FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.13
        COPY requirements.txt lib/app.py \\
             ${LAMBDA_TASK_ROOT}/
        COPY lib/deep/ ./sub/
        COPY --from=build /x ./
        CMD ["app.handler"]
        """,
    "stages/Dockerfile": """
        FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.13 AS Base
        COPY box/lib/ ./
        FROM base as tests
        COPY js/ ./
        CMD ["wrong.handler"]
        FROM base
        COPY src/ ${LAMBDA_TASK_ROOT}/
        CMD ["app.handler"]
        """,
    "box/lib/app.py": CODE,
    "box/lib/deep/more.py": CODE,
}


def _archive(entries: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize("spelling", FOUND)
def test_code_is_found(spelling: str) -> None:
    text, file, expected = FOUND[spelling]
    _write(FILES)
    Path("code.zip").write_bytes(_archive({"app.py": CODE}))

    language = "python" if expected.endswith(".py") else "javascript"
    assert _entry(text, file) == f"{expected} handler {language}"


NOT_FOUND = {
    "bucket": _sam(f"CodeUri: s3://bucket/src, Handler: app.handler, {PYTHON}"),
    "location": _sam(f"CodeUri: {{Bucket: b, Key: k}}, Handler: app.handler, {PYTHON}"),
    "plain location": _plain(f"Code: {{S3Bucket: b, S3Key: src}}, Handler: app.handler, {PYTHON}"),
    "no such folder": _sam(f"CodeUri: nowhere, Handler: app.handler, {PYTHON}"),
    "no such module": _sam(f"CodeUri: src, Handler: nothing.handler, {PYTHON}"),
    "wrong language": _sam(f"CodeUri: src, Handler: app.handler, {NODE}"),
    "other language": _sam("CodeUri: src, Handler: app.handler, Runtime: java21"),
    "no handler": _sam(f"CodeUri: src, {PYTHON}"),
    "handler is no name": _sam(f"CodeUri: src, Handler: run.sh/, {PYTHON}"),
    "above the handler": _sam(f"CodeUri: js, Handler: ../src/app.handler, {PYTHON}"),
    "outside": _sam(f"CodeUri: ../outside, Handler: app.handler, {PYTHON}"),
    "absolute": _sam(f"CodeUri: /, Handler: etc/app.handler, {PYTHON}"),
    "a link to a folder": _sam(f"CodeUri: linked, Handler: app.handler, {PYTHON}"),
    "a link to a file": _sam(f"CodeUri: src, Handler: link.handler, {PYTHON}"),
    "a pipe": _sam(f"CodeUri: src, Handler: pipe.handler, {PYTHON}"),
    "long": _sam(f"CodeUri: src, Handler: long.handler, {PYTHON}"),
    "latin": _sam(f"CodeUri: src, Handler: latin.handler, {PYTHON}"),
    "no archive": _sam(f"CodeUri: not.zip, Handler: app.handler, {PYTHON}"),
    "image without context": _sam("PackageType: Image"),
    "image with an entrypoint": _sam("PackageType: Image", "{DockerContext: entry}"),
    "image that starts no handler": _sam("PackageType: Image", "{DockerContext: shell}"),
    "image of another recipe": _sam("PackageType: Image", "{DockerContext: other, Dockerfile: no}"),
    "package of another type": _sam(
        f"PackageType: Jar, CodeUri: src, Handler: app.handler, {PYTHON}"
    ),
    "esbuild of other entries": _sam(
        f"CodeUri: ., Handler: none.handler, {NODE}",
        "{BuildMethod: esbuild, BuildProperties: {EntryPoints: [js/typed.ts, js/none.ts]}}",
    ),
    "esbuild of another language": _sam(
        f"CodeUri: ., Handler: none.handler, {PYTHON}", "{BuildMethod: esbuild}"
    ),
    "image of another base": _sam("PackageType: Image", "{DockerContext: other}"),
    "a null in the path": _sam(f'CodeUri: "s\\0c", Handler: app.handler, {PYTHON}'),
    "mapping": _sam(f"CodeUri: {{Fn::Transform: x}}, Handler: app.handler, {PYTHON}"),
}


@pytest.mark.parametrize("spelling", NOT_FOUND)
def test_what_nobody_can_tell_is_unknown(spelling: str) -> None:
    _write(FILES | {"../outside/app.py": CODE, "src/long.py": "#" * 1_000_001})
    _write(
        {
            "other/Dockerfile": 'FROM python:3.13\nCOPY . .\nCMD ["app.handler"]',
            "other/app.py": CODE,
        }
    )
    aws = "FROM public.ecr.aws/lambda/python:3.13\nCOPY . .\n"
    _write(
        {"entry/app.py": CODE, "entry/Dockerfile": f'{aws}ENTRYPOINT ["sh"]\nCMD ["app.handler"]'}
    )
    _write({"shell/app.py": CODE, "shell/Dockerfile": f"{aws}COPY [broken\nCMD app.handler"})
    Path("linked").symlink_to("../outside")
    Path("src/link.py").symlink_to("../../outside/app.py")
    Path("src/latin.py").write_bytes(b"# \xe9\n")
    Path("not.zip").write_text("PK")
    os.mkfifo("src/pipe.py")

    assert _entry(NOT_FOUND[spelling]) == ""


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "bomb": lambda: _archive({"app.py": "#" * 50_000_000}),
    "another method": lambda: _archive({"app.py": CODE}, zipfile.ZIP_LZMA),
    "endless list": lambda: _archive(dict.fromkeys([f"{'n' * 250}{i}" for i in range(9000)], "")),
    "truncated": lambda: _archive({"app.py": CODE})[:-30],
    "broken": lambda: _archive({"app.py": CODE * 99}).replace(b"\x4b\x49", b"\x00\x00"),
    "empty": lambda: b"",
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_cannot_hurt(kind: str) -> None:
    Path("code.zip").write_bytes(ARCHIVES[kind]())

    code = _located(_sam(f"CodeUri: code.zip, Handler: app.handler, {PYTHON}"))
    assert code is None or kind == "broken"


def test_code_stays_below_its_root() -> None:
    _write({"src/app.py": CODE, "secret.py": CODE})

    code = _located(_sam(f"CodeUri: src, Handler: app.handler, {PYTHON}"))
    assert code is not None
    assert code.file("app.py")
    assert code.file("../secret.py") is None
    assert code.file(str(Path("secret.py").absolute())) is None
    assert code.file("app.py\0") is None


def test_layers_of_the_template_lie_beside_the_code() -> None:
    _write({"src/app.py": CODE, "shared/python/store.py": CODE, "built/tools.py": CODE})
    text = """
    Resources:
      Worker:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src
          Handler: app.handler
          Runtime: python3.13
          Layers: [!Ref Shared, !Ref Built, "arn:aws:lambda:eu-west-1:123456789012:layer:x:1"]
      Shared: {Type: AWS::Lambda::LayerVersion, Properties: {Content: ./shared}}
      Built:
        Type: AWS::Serverless::LayerVersion
        Metadata: {BuildMethod: python3.13}
        Properties: {ContentUri: built}
    """

    code = _located(text)
    assert code is not None
    found = [code.file(name) for name in ("store.py", "tools.py", "none.py")]
    assert [one.file if one else None for one in found] == [
        "shared/python/store.py",
        "built/tools.py",
        None,
    ]


def test_assets_are_found_by_their_hash() -> None:
    digest = "0" * 64
    _write({
        "cdk.out/cdk.out": '{"version": "48.0.0"}',
        "cdk.out/manifest.json": json.dumps({"artifacts": {"App": {
            "type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}),
        "cdk.out/App.assets.json": json.dumps({"files": {digest: {"source": {"path": f"asset.{digest}"}}}}),
        f"cdk.out/asset.{digest}/app.py": CODE,
        "cdk.out/App.template.json": "{}",
    })  # fmt: skip
    text = _plain(f"Code: {{S3Bucket: b, S3Key: {digest}.zip}}, Handler: app.handler, {PYTHON}")
    (stack,) = stacks(str(Path("cdk.out").absolute()))
    template = load(dedent(text), "cdk.out/App.template.json", {}, stack)  # type: ignore[arg-type]

    code = locate(next(Graph([template]).functions()), Cache())
    assert code is not None
    assert str(code.file("app.py")) == f"<code cdk.out/asset.{digest}/app.py>"


def test_names_at_the_root_of_code() -> None:
    _write({"src/app.py": CODE, "src/lib/x.py": "", "layer/python/y.py": "", "box/Dockerfile": FILES["box/Dockerfile"],
            "box/lib/app.py": CODE})  # fmt: skip
    Path("code.zip").write_bytes(_archive({"app.py": CODE, "lib/x.py": "", "lib/y.py": ""}))

    def names(properties: str, metadata: str = "") -> list[str]:
        code = _located(_sam(properties, metadata) + "  Layer: {Type: AWS::Lambda::LayerVersion, "
                        "Properties: {Content: layer}}\n")  # fmt: skip
        assert code is not None
        return sorted(code.names())

    assert names(f"CodeUri: src, Handler: app.handler, {PYTHON}") == ["app.py", "lib"]
    assert names(f"CodeUri: code.zip, Handler: app.handler, {PYTHON}") == ["app.py", "lib"]
    assert names(f"CodeUri: src/app.py, Handler: app.handler, {PYTHON}") == ["app.py"]
    assert names(f"InlineCode: x, Handler: index.handler, {PYTHON}") == ["index.py"]
    assert names("PackageType: Image", "{DockerContext: box}") == []
    layered = f"CodeUri: src, Handler: app.handler, {PYTHON}, Layers: [!Ref Layer]"
    assert names(layered) == ["app.py", "lib", "y.py"]


def test_functions_that_share_code_share_what_is_read() -> None:
    _write({"src/app.py": CODE})
    cache = Cache()
    one, two = (
        locate(_function(_sam(f"CodeUri: src, Handler: app.handler, {PYTHON}"), file), cache)
        for file in ("one.yaml", "two.yaml")
    )

    assert one is not None
    assert two is not None
    assert one.key == two.key
    assert one.file("app.py") is two.file("app.py")


# --- code in templates ----------------------------------------------------------------------------

BLOCK = """
    Resources:
      Worker:
        Type: AWS::Lambda::Function
        Properties:
          Handler: index.handler
          Runtime: python3.13
          Code:
            ZipFile: KIND

              import os

              def handler(event, context):
                  return os.environ["X"], "${Worker}"
    """


def _shown(code: CodeFile, line: int) -> str:
    """What a report shows of a line of code."""
    location = code.place(Span(line, 5, line, 11)).location
    shown = code.place(Span(line, 5, line, 11)).source.text.split("\n")[location.line - 1]
    return shown[location.column - 1 : location.end_column - 1]


@pytest.mark.parametrize("kind", ["|", "|-", "!Sub |", "\n              Fn::Sub: |"])
def test_lines_of_blocks_are_lines_of_the_template(kind: str) -> None:
    text = BLOCK.replace("KIND", kind)
    if "\n" in kind:
        text = text.replace("              import", "                import").replace(
            "              def", "                def"
        ).replace("                  return", "                    return")  # fmt: skip
    code = _located(text)
    assert code is not None
    inline = code.file("index.py")
    assert inline is not None
    line = 1 + inline.text.split("\n").index("def handler(event, context):")

    assert inline.place(Span(line, 1, line, 2)).resource == "Worker"
    assert inline.file == "template.yaml"
    assert _shown(inline, line + 1) == "return"
    assert (inline.holes == (Ref("Worker"),)) is ("Sub" in kind)


def test_lines_are_found_though_what_is_put_into_them_is_known() -> None:
    code = _located(
        """
        Parameters: {Stage: {Type: String, Default: prod}}
        Resources:
          Worker:
            Type: AWS::Lambda::Function
            Properties:
              Handler: index.handler
              Runtime: python3.13
              Code:
                ZipFile:
                  Fn::Sub:
                    - |
                      STAGE = "${Stage}-${Side}/${Side}${!kept}"
                      def handler(event, context):
                          return STAGE
                    - {Side: east}
        """
    )
    assert code is not None
    inline = code.file("index.py")

    assert inline is not None
    assert inline.text.startswith('STAGE = "prod-east/east${kept}"\n')
    assert _shown(inline, 3) == "return"


def test_lines_that_are_joined_are_lines_of_the_template() -> None:
    text = """{"Resources": {"Worker": {"Type": "AWS::Lambda::Function", "Properties": {
      "Handler": "index.handler", "Runtime": "python3.13", "Code": {"ZipFile": {"Fn::Join": ["\\n", [
        "def handler(event, context):",
        "    return 1"
      ]]}}}}}}"""

    code = _located(text, "template.json")
    assert code is not None
    inline = code.file("index.py")
    assert inline is not None
    assert inline.place(Span(2, 5, 2, 11)).location.line == 4


@pytest.mark.parametrize(
    "code", ['"def handler(event, context):\\n    return 1"', "!Ref Nothing", "{a: b}", "''", "3"]
)
def test_code_that_is_written_otherwise_has_the_place_of_its_key(code: str) -> None:
    text = _plain(f"Handler: index.handler, {PYTHON}, Code: {{ZipFile: {code}}}")

    located = _located(text)
    if located:
        inline = located.file("index.py")
        assert inline is not None
        assert inline.place(Span(2, 5, 2, 11)) == _function(text).get("Code", "ZipFile").at


@pytest.mark.parametrize(
    ("code", "language"),
    [(CODE, "python"), ("exports.handler = async () => 1", "javascript")],
)
def test_inline_code_without_a_runtime_is_what_it_looks_like(code: str, language: str) -> None:
    text = _plain(f"Handler: index.handler, Code: {{ZipFile: {json.dumps(code)}}}")

    located = _located(text)
    assert located is not None
    assert located.language == language
