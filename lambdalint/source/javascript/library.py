"""What packages do when they are called: the AWS SDKs, Powertools, clients of HTTP, and others."""

from __future__ import annotations

from collections.abc import Callable

from lambdalint.source.handler import EACH, Given, Sight
from lambdalint.source.javascript import packages, sdk
from lambdalint.source.javascript.standard import Site, Standard, decoded
from lambdalint.source.javascript.values import (
    DATA,
    Answer,
    Client,
    Command,
    Foreign,
    Function,
    List,
    Made,
    Method,
    Object,
    Package,
    Pending,
    Report,
    Seen,
    Web,
    alternatives,
    either,
    join,
    located,
)

# Clients of HTTP whose functions return promises.
_PROMISING = frozenset(
    {"axios", "cross-fetch", "got", "isomorphic-fetch", "ky", "node-fetch", "undici", "fetch"}
)
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "del", "head", "options"})
_LINKS = ("use", "before", "after", "onError", "handler")


class Libraries(Standard):
    """Follows calls of packages."""

    def __init__(self, steps: int) -> None:
        super().__init__(steps)
        # What packages were given before the handler ran, and may call then.
        self.kept: list[Function] = []

    def package(self, package: Package, site: Site) -> Seen:
        """What a function or class of a package returns or makes."""
        if sdk.is_sdk(package):
            return self._of_sdk(package, site)
        name, path = package.name.removeprefix("node:"), package.path
        last = path[-1] if path else ""
        if name in packages.WEB:
            return self._of_web(name, last, site)
        return self._of_others(package._replace(name=name), last, self.arguments(site), site)

    def _of_others(self, package: Package, last: str, given: list[Seen], site: Site) -> Seen:
        one = given[0] if given else None
        name = package.name
        if last in ("captureAWS", "captureAWSClient", "captureAWSv3Client"):
            return one
        if name == packages.BATCH and last.startswith("processPartialResponse"):
            return self._batch(given, site, waits=not last.endswith("Sync"))
        if name.startswith(packages.IDEMPOTENCY) and "dempotent" in last:
            at = site.scope.script.place(site.node)
            self.idempotent[Sight(at, f"{last} of Powertools")] = None
            return one if last == "makeIdempotent" else Foreign(package)
        if last == "metricScope":  # it is given a function that makes the handler
            made = self.call_with_data(given, Foreign(package))
            return Foreign(package, made if isinstance(made, Function) else None)
        if name.startswith("cfn-response") and last == "send":
            self.answers = True
            self.work += 1
            return self.promise(None, site, "an answer to CloudFormation", works=False)
        if (name, last) in _OF_NODE:
            return _OF_NODE[name, last](given)
        return self.foreign(Foreign(package), given)

    def foreign(self, made_by: Foreign, given: list[Seen]) -> Seen:
        """What something foreign returns."""
        package = made_by.package
        functions = [one for one in given if isinstance(one, Function)]
        is_harmless = packages.is_harmless(package)
        self.complete &= is_harmless
        if not self.started:
            self.hands_on(List(given))
            self.kept += functions
            return made_by._replace(inner=functions[0]) if functions else made_by
        if is_harmless:
            self.hands_on(List(given))
            self.call_with_data(given, made_by._replace(inner=None))
        else:
            self.give_away(given)
        return made_by._replace(inner=None)

    def method(self, holder: Seen, name: str, site: Site) -> Seen:
        """What a method of something returns; `ELSEWHERE` if it is nobody's here."""
        match holder:
            case Client():
                return self.of_client(holder, name, site)
            case Command():
                if name == "done":
                    return self.send(holder, site)
                self.call_with_data(self.arguments(site))
                return DATA
            case Method() if name == "bind":
                self.arguments(site)
                return holder
            case Web(base):
                return self._of_web("axios", name, site, base)
            case Foreign():
                return self._of_foreign(holder, name, site)
        if name == "send" and len(site.arguments) > 0:
            commands = self.use(site.arguments[0], site.scope)
            if any(isinstance(one, Command) for one in alternatives(commands)):
                return self._sent(commands, site)
        return super().method(holder, name, site)

    # --- the AWS SDKs ----------------------------------------------------------------------------

    def _of_sdk(self, package: Package, site: Site) -> Seen:
        given = self.arguments(site)
        one = given[0] if given else None
        last = package.path[-1] if package.path else ""
        if action := sdk.command(package):
            return Command(sdk.service(package), action, one if given else Object())
        if kind := sdk.style(package):
            return Client(sdk.service(package), kind, limited=_is_limited(one))
        holder = Package(package.name, package.path[:-1])
        if last == "from" and (kind := sdk.style(holder)):
            return Client(sdk.service(holder), kind)
        if package.name == "@aws-sdk/lib-storage" and last == "Upload":
            return Command("s3", "PutObject", self.member(one, "params", site.scope, site.node))
        if action := sdk.paginated(package):
            return self._make(sdk.service(package), action, [*given, None, None][1], site)
        if last in ("marshall", "unmarshall", "convertToAttr", "convertToNative"):
            return one
        self.call_with_data(given)
        return DATA

    def of_client(self, client: Client, name: str, site: Site) -> Seen:
        """What a method of a client returns."""
        if name == "send" and client.style != "v2":
            return (
                self._sent(self.use(site.arguments[0], site.scope), site, limited=client.limited)
                if site.arguments
                else DATA
            )
        given = self.arguments(site)
        action = sdk.operation(client.service, client.style, name)
        if name == "send" or not action:
            commands = [one for one in given if isinstance(one, Command)]
            return self.send(commands[0], site) if commands else DATA
        arguments = given[0] if given and not isinstance(given[0], Function) else Object()
        answer = self._make(client.service, action, arguments, site)
        answer.made.limited = client.limited or _is_limited(given[1] if len(given) > 1 else None)
        pending = self.promise(answer, site, f"{action} is not waited for")
        for one in given:
            if isinstance(one, Function):
                self.taken(self.run(one, [DATA, answer]))
        return pending

    def _sent(self, commands: Seen, site: Site, *, limited: bool = True) -> Seen:
        """What comes of a command, or of one of several."""
        sent: list[Seen] = [
            self.send(one, site, limited=limited)
            for one in alternatives(commands)
            if isinstance(one, Command)
        ]
        if len(sent) < len(alternatives(commands)):
            self.complete = False
            sent.append(DATA)
        return either(sent)

    def send(self, command: Command, site: Site, *, limited: bool = True) -> Pending:
        """A promise of what AWS answers to a command."""
        answer = self._make(command.service, command.action, command.arguments, site)
        answer.made.limited = limited or len(site.arguments) > 1
        for node in site.arguments[1:]:
            self.call_with_data([self.use(node, site.scope)])
        return self.promise(answer, site, f"{command.action} is not waited for")

    def _make(self, service: str, action: str, arguments: Seen, site: Site) -> Answer:
        made = Made(service, action, arguments, site.node, site.scope.script)
        self.call(made)
        return Answer(made)

    # --- HTTP ------------------------------------------------------------------------------------

    def _of_web(self, name: str, last: str, site: Site, base: Seen = "") -> Seen:
        if name in ("http", "https") and last not in ("request", "get"):
            self.call_with_data(self.arguments(site))
            return DATA
        if name == "axios" and last == "create":
            options = (self.arguments(site) or [None])[0]
            return Web(self._option(options, site, "baseURL", "baseUrl") or "")
        if last and last not in ("request", "fetch", "default", *_METHODS):
            self.arguments(site)
            return DATA
        return self.request_of(name, last, site, base)

    def request_of(self, name: str, last: str, site: Site, base: Seen = "") -> Seen:
        """What comes of a call over HTTP."""
        given = self.arguments(site)
        options = next((one for one in reversed(given) if isinstance(one, Object)), None)
        url: Seen = given[0] if given else None
        if isinstance(url, Object):
            url = self._address(url, site)
        method = last.upper() if last in _METHODS else self._option(options, site, "method")
        self.request(
            method.upper() if isinstance(method, str) else "GET" if method is None else "",
            join((base, url)) if base else url,
            List(given),
            site.scope.script,
            site.node,
            # Others than fetch have defaults, or are given some where they are made.
            limited=name != "fetch" or _is_limited(options or (given[1:] or [None])[0]),
        )
        with self.situation(promised=True):
            self.call_with_data(given)
        return (
            self.promise(DATA, site, "a request is not waited for") if name in _PROMISING else DATA
        )

    def _address(self, options: Object, site: Site) -> Seen:
        if url := self._option(options, site, "url", "uri"):
            return join((self._option(options, site, "baseURL") or "", url))
        host = self._option(options, site, "hostname", "host")
        if host is None:
            return DATA
        path = self._option(options, site, "path")
        return join(("https://", host, "" if path is None else path))

    def _option(self, options: Seen, site: Site, *names: str) -> Seen:
        """The first option that is there under one of several names."""
        if isinstance(options, Object):
            for name in names:
                value = self.member(options, name, site.scope, site.node)
                if value is not None:
                    return value
        return None

    # --- others ----------------------------------------------------------------------------------

    def _of_foreign(self, holder: Foreign, name: str, site: Site) -> Seen:
        package = holder.package
        if name in ("captureAWS", "captureAWSClient", "captureAWSv3Client"):
            return (self.arguments(site) or [None])[0]
        if package.name == packages.BATCH and name in ("process", "processSync", "register"):
            return self._processed(holder, name, site)
        if package.name == packages.BATCH and name == "response":
            return self._reported("the batch processor of Powertools", site)
        given = self.arguments(site)
        if name in _LINKS and package.name.startswith(("@middy/", "middy")):
            inner = next((one for one in given if isinstance(one, Function)), holder.inner)
            return holder._replace(
                inner=inner if name == "handler" else holder.inner,
                also=(*holder.also, *([] if name == "handler" else _links(given))),
            )
        called = Foreign(Package(package.name, (*package.path, name)), holder.inner, holder.also)
        return self.foreign(called, given)

    def _batch(self, given: list[Seen], site: Site, *, waits: bool) -> Seen:
        """What Powertools makes of the records of an event.

        https://docs.powertools.aws.dev/lambda/typescript/latest/features/batch/
        """
        self.whole = True
        event, function, processor = (given + [None] * 3)[:3]
        del event
        self._for_each_record(function, parallel=waits)
        self._goes_on(processor, site)
        report = self._reported("the batch processor of Powertools", site)
        return self.promise(report, site, "the batch is not waited for") if waits else report

    def _processed(self, holder: Foreign, name: str, site: Site) -> Seen:
        given = self.arguments(site)
        self.whole = True
        self._for_each_record([*given, None, None][1], parallel=False)
        if name == "register":
            self._goes_on(holder, site)
        return DATA

    def _for_each_record(self, function: Seen, *, parallel: bool) -> None:
        record = Given(("Records", EACH))
        for one in alternatives(function):
            if isinstance(one, Function):
                with self.situation(repeated=True, parallel=parallel, promised=True):
                    self.taken(self.run(one, [record, DATA]))
            else:
                self.complete = False

    def _goes_on(self, processor: Seen, site: Site) -> None:
        """Say so if a batch processor goes on with the next record after a failure."""
        if isinstance(processor, Foreign) and processor.package.name == packages.BATCH:
            kind = processor.package.path[0] if processor.package.path else ""
            if kind in ("BatchProcessor", "BatchProcessorSync", "AsyncBatchProcessor"):
                at = site.scope.script.place(site.node)
                self.continues[Sight(at, f"{kind} goes on with the next record")] = None

    def _reported(self, what: str, site: Site) -> Report:
        self.reports[Sight(site.scope.script.place(site.node), what)] = None
        return Report(what)


def _links(given: list[Seen]) -> list[Package]:
    """The packages that middleware comes from."""
    found: list[Package] = []
    for one in given:
        match one:
            case List(items=items):
                found += _links(items)
            case Foreign(package):
                found.append(package)
            case Package():
                found.append(one)
            case _:
                found.append(Package("."))
    return found


def _path(given: list[Seen]) -> Seen:
    """A path that is put together."""
    told = [one.rstrip("/") if isinstance(one, str) else one for one in given]
    return join([piece for one in told for piece in ("/", one)][1:])


# What some functions of Node.js make of their arguments.
_OF_NODE: dict[tuple[str, str], Callable[[list[Seen]], Seen]] = {
    ("path", "join"): _path,
    ("querystring", "unescape"): lambda given: decoded(given[0] if given else None),
    ("util", "promisify"): lambda given: given[0] if given else None,
    ("url", "URL"): located,
    ("url", "parse"): lambda given: given[0] if given else None,
}


def _is_limited(options: Seen) -> bool:
    """Whether options may say how long something waits."""
    if isinstance(options, Function):  # a callback
        return False
    if not isinstance(options, Object):
        return options is not None
    return options.open or not _LIMITS.isdisjoint(options.members)


_LIMITS = {"requestHandler", "httpOptions", "signal", "timeout", "agent"}
