"""What `cdk synth` writes: the stacks of a cloud assembly, and where their constructs come from."""

# With pathlib, ten thousand files would take twice as long.
# ruff: noqa: PTH100, PTH113, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import loads
from typing import Any, NamedTuple

# Metadata of large apps are long; nobody has one that is longer than this.
_MOST_BYTES = 200_000_000


class Refused(NamedTuple):
    """What a manifest names and nobody can read, and why."""

    path: str
    reason: str


class Acknowledgement(NamedTuple):
    """A rule that the app acknowledges for a construct and all that it consists of."""

    construct: str
    rule: str
    reason: str


@dataclass(slots=True, eq=False)
class Stack:
    """A stack of an assembly: its names, its template, and the manifest that it is listed in.

    `name` is CloudFormation's, `construct` the path of the construct (`Prod/Orders`), `stage` the
    folder of the manifest, `assembly` the outermost one. `region` and `account` are "" where the
    app leaves them open.
    """

    name: str
    construct: str
    template: str
    stage: str
    assembly: str
    region: str = ""
    account: str = ""
    metadata_file: str = ""
    _metadata: Mapping[str, Any] | None = None
    _places: dict[str, list[str]] = field(default_factory=dict)
    _ids: dict[str, list[str]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """How the paths of constructs begin in this stage, "" outside of stages."""
        stage, slash, _ = self.construct.rpartition("/")
        return stage + slash

    def construct_of(self, id: str, above: str) -> str:
        """The path of the construct below another one that has a logical id, "" if nobody knows."""
        if not self._ids:
            for path, entries in self._entries():
                for data in (data for kind, data in entries if kind == "aws:cdk:logicalId"):
                    self._ids.setdefault(str(data), []).append(path)
        found = [path for path in self._ids.get(id, ()) if path.startswith(f"{above}/")]
        return found[0] if len(found) == 1 else ""

    def created(self, construct: str) -> str:
        """The line of the app that makes a construct, "" if the assembly does not tell.

        Where a function of the app makes many, the line that calls it comes with it.
        """
        if not self._places:
            for path, entries in self._entries():
                frames = [frame for kind, data in entries for frame in _frames(kind, data)]
                if frames:
                    self._places[path] = [_shown(frame, self.assembly) for frame in frames]
        own = next(filter(None, map(self._places.get, _names(construct))), None)
        if not own:
            return ""
        callers = {tuple(frames[1:2]) for frames in self._places.values() if frames[0] == own[0]}
        return own[0] if len(callers) == 1 else ", called from ".join(own[:2])

    def acknowledged(self) -> Iterator[Acknowledgement]:
        """What `Validations.of(construct).acknowledge({id: 'Lambdalint::…'})` says in the app."""
        if not self._mentions(b"ambdalint::"):
            return
        for path, entries in self._entries():
            for kind, data in entries:
                if kind == "aws:cdk:acknowledged-rules" and isinstance(data, dict):
                    for id, reason in data.items():
                        tool, _, rule = str(id).partition("::")
                        if tool.lower() == "lambdalint":
                            yield Acknowledgement(path, rule, str(reason or ""))

    def asset(self, name: str) -> str:
        """Where the assembly keeps what is uploaded under a hash, "" if nowhere."""
        for file in sorted(os.listdir(self.stage)):
            if file.endswith(".assets.json"):
                match _loaded(os.path.join(self.stage, file)):
                    case {"files": {**files}}:
                        match files.get(name):
                            case {"source": {"path": str(path)}}:
                                return os.path.join(self.stage, path)
        return ""

    def _mentions(self, word: bytes) -> bool:
        """Whether there is a word in the metadata, which are long to take apart."""
        if self._metadata is not None:
            return True
        try:
            with open(self.metadata_file, "rb") as opened:
                return word in opened.read(_MOST_BYTES)
        except OSError:
            return False

    def _entries(self) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
        """The paths of all constructs, with the kinds and data of what is known about each."""
        if self._metadata is None:
            loaded = _loaded(self.metadata_file)
            self._metadata = loaded if isinstance(loaded, dict) else {}
        for path, entries in self._metadata.items():
            found = []
            for entry in entries if isinstance(entries, list) else ():
                match entry:
                    case {"type": str(kind), **said}:
                        found.append((kind, said.get("data")))
                        if kind == "aws:cdk:logicalId":  # where older versions keep the trace
                            found.append(("trace", said.get("trace")))
            yield path.removeprefix("/"), found


def output_of(folder: str) -> str:
    """Where the app in a folder has its assembly, by its `cdk.json`; "" if that does not say."""
    match _loaded(f"{folder}/cdk.json"):
        case {"output": str(output)} if output:
            return os.path.normpath(os.path.join(folder, output)).replace(os.sep, "/")
    return ""


def stacks(folder: str) -> Iterator[Stack | Refused]:
    """The stacks that a manifest names, those of its stages too; nothing else there is wiring."""
    top = folder
    home = f"{os.path.realpath(folder)}/".replace(os.sep, "/")
    todo, seen = [folder], {folder}
    while todo:
        folder = todo.pop(0)
        manifest = f"{folder}/manifest.json"
        loaded = _loaded(manifest)
        artifacts = loaded.get("artifacts") if isinstance(loaded, dict) else None
        if not isinstance(artifacts, dict):
            yield Refused(manifest, "no manifest of a CDK assembly")
            continue
        for id, artifact in artifacts.items():
            match artifact:
                case {
                    "type": "aws:cloudformation:stack",
                    "properties": {"templateFile": str(name)},
                }:
                    path = _below(folder, name)
                    if not _is_inside(path, home):
                        yield Refused(manifest, f"stack {id} lies outside the assembly")
                    elif not os.path.isfile(path):
                        yield Refused(path, f"stack {id} is in the manifest, but not there")
                    else:
                        yield _stack(id, artifact, path, folder, top)
                case {"type": "cdk:cloud-assembly", "properties": {"directoryName": str(name)}}:
                    stage = _below(folder, name)
                    if _is_inside(stage, home) and stage not in seen:
                        seen.add(stage)
                        todo.append(stage)


# aws://ACCOUNT/REGION: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
_ENVIRONMENT = re.compile(r"aws://([0-9]{12}|unknown-account)/([a-z0-9-]+)$")


def _stack(id: str, artifact: Mapping[str, Any], path: str, stage: str, top: str) -> Stack:
    name = artifact["properties"].get("stackName")
    construct, metadata = artifact.get("displayName"), artifact.get("additionalMetadataFile")
    known = _ENVIRONMENT.match(str(artifact.get("environment")))
    account, region = known.groups() if known else ("", "")
    inline = artifact.get("metadata")
    return Stack(
        name if isinstance(name, str) and name else id,
        construct if isinstance(construct, str) else "",
        path,
        stage,
        top,
        "" if region.startswith("unknown") else region,
        "" if account.startswith("unknown") else account,
        _below(stage, metadata) if isinstance(metadata, str) else "",
        inline if isinstance(inline, dict) else None,
    )


def _below(folder: str, name: str) -> str:
    return os.path.abspath(f"{folder}/{name}").replace(os.sep, "/")


def _is_inside(path: str, home: str) -> bool:
    return os.path.realpath(path).replace(os.sep, "/").startswith(home)


def _loaded(path: str) -> Any:
    """What a JSON file says, None if it cannot be read."""
    try:
        with open(path, "rb") as opened:
            return loads(opened.read(_MOST_BYTES))
    except (OSError, RecursionError, ValueError):
        return None


# --- creation -------------------------------------------------------------------------------------

_FRAME = re.compile(r"[^(]*\((.+?):([0-9]+)(?::[0-9]+)?\)$")


def _names(construct: str) -> Iterator[str]:
    """What a construct is called in metadata; for what has no line, what it is a part of."""
    while construct:
        yield from (f"{construct}/Resource", f"{construct}/Default", construct)
        construct = construct.rpartition("/")[0]


def _frames(kind: str, data: Any) -> Iterator[tuple[str, str]]:
    """The files and lines of the app in a stack trace, the innermost first."""
    if kind not in ("aws:cdk:creationStack", "trace") or not isinstance(data, list):
        return
    for said in data:
        frame = _FRAME.match(str(said).strip())
        if frame and "node_modules" not in frame[1] and not frame[1].startswith("node:"):
            yield frame[1], frame[2]


def _shown(frame: tuple[str, str], assembly: str) -> str:
    """A place in the app, as the project calls its file: it may have been made elsewhere."""
    file, line = frame
    project = os.path.dirname(assembly)
    parts = file.replace("\\", "/").split("/")
    for start in range(len(parts)):
        path = os.path.join(project, *parts[start:])
        if parts[start] and os.path.isfile(path):
            return f"{os.path.relpath(path).replace(os.sep, '/')}:{line}"
    return f"{file}:{line}"
