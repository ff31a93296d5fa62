"""What is open in an editor: folders and documents, and which of them belong together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from pygls.workspace import TextDocument, Workspace

from lambdalint.editor.address import path_of, split
from lambdalint.editor.area import Area
from lambdalint.files import SUFFIXES

# What editors call the languages of templates: `yaml`, `yaml.cloudformation`, `jsonc` …
_LANGUAGES = ("yaml", "json", "cloudformation")


class Desk:
    """The folders and documents of an editor, as they are now."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def folders(self) -> list[str]:
        """The open folders, the innermost first; nobody means all that there is, or all of theirs."""
        uris = [folder.uri for folder in self._workspace.folders.values()]
        if not uris and self._workspace.root_uri:
            uris = [self._workspace.root_uri]
        everything = {"", str(Path.home()), Path(os.sep).as_posix()}
        paths = (path for path in map(path_of, uris) if path not in everything)
        return sorted(filter(os.path.isdir, paths), key=len, reverse=True)

    def document(self, uri: str) -> TextDocument | None:
        """A document, if it is open."""
        documents: dict[str, TextDocument] = self._workspace.text_documents
        return documents.get(unquote(uri))

    def documents(self) -> Iterator[TextDocument]:
        yield from self._workspace.text_documents.values()

    def areas(self) -> set[Area]:
        """What is linted as long as these documents are open."""
        return {area for one in self.documents() if (area := self.area(one))}

    def area(self, document: TextDocument) -> Area | None:
        """What a document belongs to; None for what is not linted by itself."""
        path = path_of(document.uri)
        if path and (folder := self.folder(path)):
            return Area(folder)
        if not is_template(document):
            return None
        if path:
            folder, name = os.path.split(path)
            return Area(folder, name, document.uri) if name and Path(folder).is_dir() else None
        scheme, _, name, _, _ = split(document.uri)
        if scheme != "untitled":
            return None
        here = next(iter(self.folders()), str(Path.home()))
        return Area(here, os.path.basename(unquote(name)) or "untitled", document.uri)  # noqa: PTH119

    def folder(self, path: str) -> str:
        """The innermost open folder that a path lies in, "" if in none."""
        return next((one for one in self.folders() if path.startswith(f"{one}/")), "")

    def texts(self) -> dict[str, str]:
        """What the documents say, by their absolute paths."""
        return {path: one.source for one in self.documents() if (path := self._path(one))}

    def uris(self) -> dict[str, str]:
        """What the editor calls the documents, by their absolute paths."""
        return {path: one.uri for one in self.documents() if (path := self._path(one))}

    def _path(self, document: TextDocument) -> str:
        """The absolute path of a document, or of what it would be if it were saved."""
        if path := path_of(document.uri):
            return path
        area = self.area(document)
        return area.path(area.file) if area else ""


def is_template(document: TextDocument) -> bool:
    """Whether a document may be a template, by its name or its language."""
    language = document.language_id or ""
    return document.uri.endswith(SUFFIXES) or any(word in language for word in _LANGUAGES)
