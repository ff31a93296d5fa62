"""From a function to its code: the files that Lambda would unpack, and which of them it starts."""

# ruff: noqa: PTH120

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from lambdalint.files import Project
from lambdalint.settled import Map, Seq
from lambdalint.source.codefile import CodeFile, InlineCode
from lambdalint.source.package import MAX_BYTES, Archive, Folder, Image, Layer, Part, opened
from lambdalint.template import Declaration
from lambdalint.value import Key, Ref, Text, Value
from lambdalint.world import Scope

PYTHON, JAVASCRIPT = "python", "javascript"

# The files that a module may be, in the order in which they are looked for.
SUFFIXES = {
    PYTHON: (".py", "/__init__.py"),
    JAVASCRIPT: (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"),
}

_Made = TypeVar("_Made")


class Function(Protocol):
    """A function in a world, as the graph has it."""

    @property
    def declaration(self) -> Declaration: ...
    @property
    def scope(self) -> Scope: ...
    def get(self, *path: Key) -> Value: ...


class Cache:
    """What a run reads once, however many functions share it."""

    def __init__(self) -> None:
        self._made: dict[Any, Any] = {}

    def once(self, key: Any, make: Callable[[], _Made]) -> _Made:
        """What is made for a key, the first time that somebody asks for it."""
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made

    def files(self) -> Iterator[CodeFile]:
        """The files of code that somebody has read."""
        for made in self._made.values():
            if isinstance(made, Folder | Archive):
                yield from made.seen()


class Codebase(NamedTuple):
    """The code of a function: the language, the file that Lambda starts, and what it calls there.

    `entry` is relative to the root of the code, as are the names of all files. `parts` are the root
    and, where they are local, the layers. `key` tells it from other code: functions that share
    code share the key.
    """

    language: str
    entry: str
    handler: str
    parts: tuple[Part, ...]
    key: Any

    def file(self, name: str) -> CodeFile | None:
        """A file of the code; None where there is none, or none that can be read."""
        return next(filter(None, (part.file(name) for part in self.parts)), None)

    def names(self) -> Iterator[str]:
        """The names of what lies at the root of the code."""
        for part in self.parts:
            yield from part.names("")


def locate(function: Function, cache: Cache) -> Codebase | None:
    """The code of a function, None where nobody can tell it."""
    languages = _languages(function.get("Runtime").data)
    packaged = function.get("PackageType").data
    if not languages:
        return None
    if packaged == "Image":
        found = _image(function, cache)
    elif packaged in (None, "Zip"):
        found = _package(function, cache), function.get("Handler").data
    else:
        return None
    root, handler = found
    if root is None or not isinstance(handler, str):
        return None
    for language in languages:
        for module, name in _modules(handler, language):
            for suffix in SUFFIXES[language]:
                if root.file(module + suffix):
                    layers = tuple(_layers(function, language, cache))
                    key = (root, module + suffix, name, *layers)
                    return Codebase(language, module + suffix, name, (root, *layers), key)
    return _bundled(function, root, handler)


def _languages(runtime: Any) -> Sequence[str]:
    """The languages that a function may be written in: any if its runtime is not told."""
    if not isinstance(runtime, str):
        return tuple(SUFFIXES)
    families = {"python": PYTHON, "nodejs": JAVASCRIPT}
    family = runtime.rstrip(".x0123456789")
    return [families[family]] if family in families else ()


def _modules(handler: str, language: str) -> Iterator[tuple[str, str]]:
    """The module that a handler names, without a suffix, and what is called in it."""
    # https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html#naming
    if language == PYTHON:
        module, dot, name = handler.rpartition(".")
        if dot and name.isidentifier():
            yield os.path.normpath(module.replace(".", "/")).replace(os.sep, "/"), name
    # What comes before the first dot of the last name is the file.
    # https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
    else:
        folder, slash, last = handler.rpartition("/")
        module, dot, name = last.partition(".")
        if dot and name:
            yield os.path.normpath(folder + slash + module).replace(os.sep, "/"), name


def _bundled(function: Function, root: Part, handler: str) -> Codebase | None:
    """The file that `sam build` lets esbuild make the handler of.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
    """
    metadata = function.declaration.written.get("Metadata")
    if metadata.get("BuildMethod").data != "esbuild":
        return None
    if JAVASCRIPT not in _languages(function.get("Runtime").data):
        return None
    for module, name in _modules(handler, JAVASCRIPT):
        wanted = module.rpartition("/")[2]
        for entry in metadata.get("BuildProperties", "EntryPoints").elements():
            path = os.path.normpath(str(entry.data)).replace(os.sep, "/")
            stem = re.sub(r"\.[cm]?[jt]s$", "", path)
            if stem.rpartition("/")[2] != wanted:
                continue
            for file in (path, *(stem + suffix for suffix in SUFFIXES[JAVASCRIPT])):
                if root.file(file):
                    return Codebase(JAVASCRIPT, file, name, (root,), (root, file, name))
    return None


# --- packages -------------------------------------------------------------------------------------


def _package(function: Function, cache: Cache) -> Part | None:
    code = function.get("Code").data
    if isinstance(code, Map):
        inline = function.get("Code", "ZipFile")
        if isinstance(inline.data, str | Text):
            written = function.declaration.written.get("Properties", "Code", "ZipFile")
            languages = _languages(function.get("Runtime").data)
            key = (inline.at, inline.data, *languages)
            return cache.once(key, lambda: _Inline(InlineCode(inline, written), languages))
    return _local(function, function.declaration, code, cache)


def _local(function: Function, owner: Declaration, code: Any, cache: Cache) -> Part | None:
    """What lies in the project at the path that a template gives for code, or for a layer."""
    template = function.scope.template
    asset = owner.written.get("Metadata", "aws:asset:path").data
    stack = template.cdk
    name = code["S3Key"].data if isinstance(code, Map) and "S3Key" in code else None
    path = ""
    if isinstance(asset, str):
        path = asset
    elif isinstance(code, str) and "://" not in code:
        path = code
    elif code is None and owner.origin == owner.id:  # where SAM looks if nobody tells it
        path = "."
    elif stack and isinstance(name, str):
        digest = name.partition(".")[0]
        path = cache.once(("asset", stack.stage, digest), lambda: stack.asset(digest))
    return _part(template.file, path, cache) if path else None


def _part(file: str, path: str, cache: Cache) -> Part | None:
    """A folder, archive or single file, given by a path relative to a template."""
    project = cache.once(("project", os.path.dirname(file)), lambda: Project(file))
    whole = project.find(path)
    return cache.once(("part", whole), lambda: opened(whole, project)) if whole else None


def _layers(function: Function, language: str, cache: Cache) -> Iterator[Part]:
    """The layers of a function whose content is in the project.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    folders = {PYTHON: ("python/",), JAVASCRIPT: ("nodejs/node_modules/", "nodejs/")}[language]
    layers = function.get("Layers").data
    for layer in layers if isinstance(layers, Seq) else ():
        declared = None
        if isinstance(layer.data, Ref) and not layer.data.file:
            declared = function.scope.template.resources.get(layer.data.id)
        if declared is None or declared.type != "AWS::Lambda::LayerVersion":
            continue
        properties = function.scope.properties(declared).data
        if not isinstance(properties, Map):
            continue
        content = properties.get("ContentUri") or properties.get("Content")
        part = _local(function, declared, content.data if content else None, cache)
        # `sam build` puts what it builds into that folder.
        is_built = declared.written.get("Metadata", "BuildMethod").data is not None
        if part:
            yield Layer(part, (*folders, "") if is_built else folders)


class _Inline:
    """Code in the template itself: the one file that Lambda makes of it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
    """

    def __init__(self, code: InlineCode, languages: Sequence[str]) -> None:
        self._code = code if len(code.text) <= MAX_BYTES else None
        self._names = {f"index{SUFFIXES[one][0]}" for one in languages[:1]}
        if len(languages) > 1:  # no runtime is told
            looks_like_python = re.search(r"^(?:async )?def |^import \w+$", code.text, re.MULTILINE)
            self._names = {"index.py" if looks_like_python else "index.js"}

    def file(self, name: str) -> CodeFile | None:
        return self._code if name in self._names else None

    def names(self, folder: str) -> Iterable[str]:
        return () if folder else self._names


# --- images ---------------------------------------------------------------------------------------


def _image(function: Function, cache: Cache) -> tuple[Part | None, Any]:
    """What the recipe of an image copies into it, and the handler that it starts."""
    metadata = function.declaration.written.get("Metadata")
    context, recipe = metadata.get("DockerContext").data, metadata.get("Dockerfile").data
    if not isinstance(context, str):
        context = metadata.get("aws:asset:path").data
        recipe = metadata.get("aws:asset:dockerfile-path").data
    if not isinstance(context, str):
        return None, None
    folder = _part(function.scope.template.file, context, cache)
    text = folder.file(recipe if isinstance(recipe, str) else "Dockerfile") if folder else None
    if folder is None or text is None:
        return None, None
    image = cache.once(("image", text.file), lambda: Image.of(folder, text.text))
    command = function.get("ImageConfig", "Command").data
    if isinstance(command, Seq) and len(command) == 1:
        return image, command[0].data
    return image, image.command if image and command is None else None
