"""The server that an editor talks to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer

from lambdalint import __version__
from lambdalint.editor import area as areas
from lambdalint.editor.actions import FIX_ALL, Order, offered
from lambdalint.editor.address import path_of, uri_of
from lambdalint.editor.area import Area, Repairs, Wishes
from lambdalint.editor.desk import Desk, is_template
from lambdalint.editor.rounds import Round, Rounds
from lambdalint.editor.ruler import Ruler
from lambdalint.editor.telling import Teller, Told
from lambdalint.engine import describe
from lambdalint.files import SKIPPED
from lambdalint.parameters import BadSetting
from lambdalint.report.escape import visible
from lambdalint.report.rules import opening
from lambdalint.rule import Outcome, Problem

# What a change outside of the editor may change in what is found.
_WATCHED = "**/*.{yaml,yml,json,template,toml,py,js,mjs,cjs,ts,mts,cts}"

GONE = "it is not found any more"


class Server(LanguageServer):
    """Keeps an editor told of what is wrong in the areas that have open documents."""

    def __init__(self) -> None:
        # With changes in parts, pygls counts lines that no editor does, such as those of U+2028.
        super().__init__("lambdalint", __version__, types.TextDocumentSyncKind.Full)
        self.wishes: Any = None
        self.has_ended = False
        self.rounds = Rounds(self)
        self._told: dict[Area, dict[str, list[Told]]] = {}
        self._shown: dict[str, list[types.Diagnostic]] = {}
        self._complaints: dict[Area, str] = {}

    @property
    def desk(self) -> Desk:
        return Desk(self.workspace)

    def can(self, what: str) -> bool:
        """Whether the editor says that it can do something."""
        return bool(get_capability(self.client_capabilities, what))

    # --- what is told

    def job(self, area: Area) -> Callable[[Round], Callable[[], None]]:
        texts, wishes, teller = self.desk.texts(), self.wishes, self._teller(area)

        def job(running: Round) -> Callable[[], None]:
            try:
                outcome, said = areas.lint(area, texts, Wishes.of(wishes), running)
            except BadSetting as bad:
                said = {}
                problem = Problem(bad.file, bad.message, bad.line, bad.column, not bad.file)
                outcome = Outcome(problems=(problem,))
                complaint = f"lambdalint: {bad}"
            else:
                internal = (one.message for one in outcome.problems if one.internal)
                complaint = next((f"lambdalint failed: {why}" for why in internal), "")
            return partial(self._tell, area, teller.told(outcome, said), complaint)

        return job

    def failed(self, area: Area, error: Exception) -> None:
        self._complain(area, f"lambdalint failed, please report this: {describe(error)}")

    def tidy(self) -> None:
        """Take back what was told of areas that have no open document any more."""
        for area in [*self._told]:
            if not self._lasts(area):
                self.rounds.forget(area)
                del self._told[area]
        self._publish()

    def told(self, uri: str) -> list[Told]:
        """What is told of a document, each thing once."""
        found = [one for area in self._owners(uri) for one in self._told[area].get(uri, ())]
        return [one for at, one in enumerate(found) if one not in found[:at]]

    def reopened(self, uri: str) -> None:
        """Tell of a document again, even that there is nothing to tell."""
        self._shown.pop(uri, None)

    def _owners(self, uri: str) -> list[Area]:
        """The areas that may tell of a document: where folders lie in each other, the inner one."""
        own = Area(self.desk.folder(path_of(uri)))
        return [own] if own in self._told else [*self._told]

    def _lasts(self, area: Area) -> bool:
        """Whether an area is still open: a folder may have no open document for a while."""
        is_folder = not area.file and area.folder in self.desk.folders()
        return is_folder or area in self.desk.areas()

    def _teller(self, area: Area) -> Teller:
        related = self.can("text_document.publish_diagnostics.related_information")
        return Teller(area, self._ruler(), self.desk.uris(), related=related)

    def _ruler(self) -> Ruler:
        return Ruler(self.workspace.position_codec)

    def _tell(self, area: Area, told: dict[str, list[Told]], complaint: str) -> None:
        if self._lasts(area):
            self._told[area] = told
            self._publish()
            self._complain(area, complaint)

    def _publish(self) -> None:
        told = {uri for one in self._told.values() for uri in one}
        looked_at = {one.uri for one in self.desk.documents() if self.desk.area(one) in self._told}
        for uri in sorted({*told, *looked_at, *self._shown}):
            diagnostics = [one.diagnostic for one in self.told(uri)]
            if self._shown.get(uri) != diagnostics:
                document = self.desk.document(uri)
                self.text_document_publish_diagnostics(
                    types.PublishDiagnosticsParams(
                        uri, diagnostics, version=document.version if document else None
                    )
                )
            self._shown[uri] = diagnostics
        self._shown = {uri: one for uri, one in self._shown.items() if one or uri in looked_at}

    def _complain(self, area: Area, complaint: str) -> None:
        """Say once what keeps an area from being looked at."""
        if complaint and self._complaints.get(area) != complaint:
            self.say(complaint)
        self._complaints[area] = complaint

    def say(self, message: str) -> None:
        """Show somebody a message."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, visible(message)))

    # --- what is repaired

    async def carried_out(self, order: Order) -> types.WorkspaceEdit | str:
        """What it takes to carry out an order; why not, if that had better not be."""
        owners = self._owners(order.uri)
        area = next((one for one in owners if order.uri in self._told[one]), None)
        if area is None:
            return GONE
        versions = {one.uri: one.version for one in self.desk.documents()}
        given = (area, self.desk.texts(), Wishes.of(self.wishes), order.wants(area))
        job = (
            partial(areas.ignored, *given)
            if order.ignore
            else partial(areas.repaired, *given, unsafe=order.unsafe)
        )
        repairs = await self.rounds.ask(job)
        if not repairs.texts:
            return repairs.why or GONE
        return self._edit(repairs, versions)

    def _edit(self, repairs: Repairs, versions: dict[str, int | None]) -> types.WorkspaceEdit:
        ruler, uris = self._ruler(), self.desk.uris()
        edits = {
            uris.get(path) or uri_of(path): ruler.edits(before, after)
            for path, (before, after) in repairs.texts.items()
        }
        if not self.can("workspace.workspace_edit.document_changes"):
            return types.WorkspaceEdit(edits)
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(uri, versions.get(uri)), listed
                )
                for uri, listed in edits.items()
            ]
        )


def serve() -> int:
    """Serve the editor at stdin and stdout until it goes; what to exit with."""
    server = Server()
    _listen(server)
    stdout = sys.stdout.buffer
    with redirect_stdout(sys.stderr):  # what is not of the protocol would break it
        server.start_io(sys.stdin.buffer, stdout)
    server.rounds.end()
    return 0 if server.has_ended else 1


def _listen(server: Server) -> None:
    """Have the server hear what the editor says."""
    _listen_to_documents(server)
    _listen_to_workspace(server)
    _listen_to_settings(server)
    _listen_to_questions(server)


def _listen_to_documents(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        ls.reopened(uri)
        if (document := ls.desk.document(uri)) and (area := ls.desk.area(document)):
            ls.rounds.now(area)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        document = ls.desk.document(params.text_document.uri)
        if document and is_template(document) and (area := ls.desk.area(document)):
            ls.rounds.soon(area)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        document = ls.desk.document(params.text_document.uri)
        area = ls.desk.area(document) if document else None
        # Code that lies in no folder may be that of a template beside it.
        for one in (area,) if area else ls.desk.areas():
            ls.rounds.now(one)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        ls.tidy()
        if folder := ls.desk.folder(path_of(params.text_document.uri)):
            ls.rounds.now(Area(folder))


def _listen_to_workspace(server: Server) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def noticed(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
        touched = set()
        for path in (path_of(change.uri) for change in params.changes):
            folder = ls.desk.folder(path)
            if SKIPPED.isdisjoint(path.removeprefix(folder).split("/")):
                touched.add(Area(folder))
        for area in touched & ls.desk.areas():
            ls.rounds.soon(area)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def regrouped(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
        del params
        ls.tidy()
        for area in ls.desk.areas():
            ls.rounds.now(area)


def _listen_to_settings(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def begun(ls: Server, params: types.InitializeParams) -> None:
        ls.wishes = params.initialization_options

    @server.feature(types.INITIALIZED)
    def ready(ls: Server, params: types.InitializedParams) -> None:
        del params
        if ls.can("workspace.did_change_watched_files.dynamic_registration"):
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            watchers = [types.FileSystemWatcher(_WATCHED)]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = types.Registration("lambdalint", method, options)
            ls.client_register_capability(types.RegistrationParams([registration]))

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(ls: Server, params: types.DidChangeConfigurationParams) -> None:
        match params.settings:
            case {"lambdalint": wishes}:
                ls.wishes = wishes
                for area in ls.desk.areas():
                    ls.rounds.now(area)

    @server.feature(types.SHUTDOWN)
    def ended(ls: Server, params: None) -> None:
        del params
        ls.has_ended = True
        ls.rounds.end()


def _listen_to_questions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        at = params.position
        here = [
            one
            for one in ls.told(params.text_document.uri)
            if one.rule and one.diagnostic.range.start <= at <= one.diagnostic.range.end
        ]
        rules = {one.rule.id: one.rule for one in here if one.rule}
        if not rules:
            return None
        pages = "\n---\n\n".join(map(opening, rules.values()))
        where = here[0].diagnostic.range
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, pages), where)

    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(kinds, resolve_provider=True),
    )
    async def offer(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        path = {uri: path for path, uri in ls.desk.uris().items()}.get(uri, "")
        actions = list(offered(uri, path, ls.told(uri), params))
        properties = get_capability(
            ls.client_capabilities, "text_document.code_action.resolve_support.properties", ()
        )
        if "edit" in properties:
            return actions
        made = []
        for action in actions:
            order = Order.of(action.data)
            edit = None if order.ignore else await ls.carried_out(order)
            if isinstance(edit, types.WorkspaceEdit):
                action.edit = edit
                made.append(action)
        return made

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(ls: Server, params: types.CodeAction) -> types.CodeAction:
        order = Order.of(params.data)
        edit = await ls.carried_out(order)
        if isinstance(edit, types.WorkspaceEdit):
            params.edit = edit
        else:
            ls.say(f"lambdalint: not {'ignored' if order.ignore else 'repaired'}, {edit}")
        return params
