"""From the graph to the flow: every node and edge once, however many deployments have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import PurePath
from typing import Any, TypeAlias

from lambdalint.flow import Edge, EdgeKind, Flow, Node
from lambdalint.flow.kind import kind_of
from lambdalint.flow.label import CLOUDFORMATION, of_delivery, of_effect, of_failure, of_trigger
from lambdalint.graph import External, Graph, Resource, resolve
from lambdalint.graph.provider import is_provider
from lambdalint.graph.reference import function, qualified, short, written_name
from lambdalint.graph.trigger import DEFAULT_BUS, Trigger, bus_of, known
from lambdalint.rule import Confidence, Finding
from lambdalint.template import Template
from lambdalint.value import Path, Place
from lambdalint.when import Deployments

# What a node is told apart by: a resource by file and logical id, others by where they are the
# same, service and name.
_Key: TypeAlias = tuple[str, ...]

_KINDS: Sequence[EdgeKind] = ("trigger", "delivery", "success", "failure", "invoke", "write")


def trace(templates: Sequence[Template], findings: Iterable[Finding] = ()) -> Flow:
    """The flow of events in templates; each finding marks the edges, or else the node, that it is
    about.
    """
    tracer = _Tracer(templates)
    tracer.follow()
    return tracer.drawn(findings)


@dataclass(slots=True, eq=False)
class _Draft:
    """An edge, and all that was learnt about it so far."""

    source: _Key
    target: _Key
    kind: EdgeKind
    model: str
    label: dict[str, None] = field(default_factory=dict)
    via: dict[str, None] = field(default_factory=dict)
    places: dict[Place, None] = field(default_factory=dict)
    on: Deployments = field(default_factory=Deployments)
    off: Deployments = field(default_factory=Deployments)
    findings: dict[Finding, None] = field(default_factory=dict)


class _Tracer:
    """Asks the graph for all edges, and draws them."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._graph = Graph(templates)
        self._templates = {template.key: template for template in self._graph.templates}
        self._nodes: dict[_Key, Node] = {}
        self._edges: dict[tuple[Any, ...], _Draft] = {}
        self._functions: set[_Key] = set()
        self._prefixes: dict[str, int] = {}
        # The nodes of each loop, and where its steps are written.
        self._loops: list[tuple[set[_Key | None], set[Place]]] = []

    def follow(self) -> None:
        """Find all edges."""
        self._follow_triggers()
        self._follow_deliveries()
        self._follow_failures()
        self._follow_successes()
        self._follow_functions()
        self._follow_loops()
        self._fold_rules()

    # --- edges

    def _follow_triggers(self) -> None:
        for trigger in self._graph.triggers(disabled=True):
            via = trigger.via
            if via.type == "AWS::Lambda::EventInvokeConfig":
                continue  # where results and failures go is told below
            waits = not self._graph.hands_over(trigger)
            many = trigger.kind.model == "sync" or trigger.kind.name == "custom-resource"
            self._edge(
                self._source(trigger),
                self._node(trigger.function, via),
                "trigger",
                trigger.at,
                model=trigger.kind.model if waits else "async",
                via=via,
                label=of_trigger(trigger, self._graph),
                group=(trigger.kind.name, "" if many else via.id),
                enabled=trigger.enabled or not _is_off(via),
            )

    def _source(self, trigger: Trigger) -> _Key | None:
        match trigger.kind.name:
            case "eventbridge":
                return self._rule(trigger.via)
            case "custom-resource":
                return self._node(CLOUDFORMATION, trigger.via)
        return self._node(trigger.source, trigger.via, trigger.kind.name)

    def _rule(self, rule: Resource) -> _Key | None:
        """A rule as a node, with the edge from its bus if it has one."""
        key = self._node(rule, rule)
        if bus := bus_of(rule):
            self._edge(
                self._node(bus, rule, "eventbridge"),
                key,
                "delivery",
                rule.at,
                enabled=not _is_off(rule),
            )
        return key

    def _follow_deliveries(self) -> None:
        for delivery in self._graph.deliveries():
            source, target, via = delivery.source, delivery.target, delivery.via
            if _is_function(target):
                continue  # a trigger tells it
            if source == via and via.type == "AWS::Events::Rule":
                origin = self._rule(via)
            else:
                origin = self._node(source, via, delivery.principal.partition(".")[0])
            self._edge(
                origin,
                self._node(target, via),
                "delivery",
                delivery.at,
                via=via,
                label=of_delivery(delivery),
                group=(via.id,),
            )
        for bucket in self._graph.resources("AWS::S3::Bucket"):
            if self._graph.emits(bucket):
                at = bucket.get("NotificationConfiguration", "EventBridgeConfiguration").at
                ends = self._node(bucket, bucket), self._node(DEFAULT_BUS, bucket)
                self._edge(*ends, "delivery", at)

    def _follow_failures(self) -> None:
        for failure in self._graph.failures():
            owner = failure.owner
            target = self._node(failure.target, owner)
            self._edge(
                self._failing(owner),
                target,
                "failure",
                failure.at,
                via=owner,
                label=(said := of_failure(owner),),
                group=(said,),
            )
            if target and self._nodes[target].kind == "queue":
                self._nodes[target] = self._nodes[target]._replace(kind="dlq")

    def _failing(self, owner: Resource) -> _Key | None:
        """The node whose failures an owner of settings sends away."""
        match owner.type:
            case "AWS::Lambda::EventSourceMapping" | "AWS::Lambda::EventInvokeConfig":
                found = function(owner.get("FunctionName").data, owner.scope)
                return self._node(found.function, owner) if found else None
            case "AWS::SNS::Subscription":
                return self._node(known(owner.get("TopicArn").data, owner), owner, "sns")
            case "AWS::EventsV2::Subscriber":
                return self._node(known(owner.get("EventBusArn").data, owner), owner)
            case "AWS::Pipes::Pipe":
                return self._node(known(owner.get("Source").data, owner), owner)
            case "AWS::Events::Rule":
                return self._rule(owner)
        return self._node(owner, owner)

    def _follow_successes(self) -> None:
        for config in self._graph.configs():
            via = config.resource
            if target := resolve(config.on_success.data, via.scope):
                self._edge(
                    self._node(config.function, via),
                    self._node(target, via),
                    "success",
                    config.on_success.at,
                    via=via,
                    label=("on success",),
                )

    def _follow_functions(self) -> None:
        """All functions, and what they do, or may do, by themselves."""
        for caller in self._graph.functions():
            key = self._node(caller, caller)
            assert key  # noqa: S101  no function of CDK's own
            self._functions.add(key)
            for effect in self._graph.effects(caller):
                kind: EdgeKind = "invoke" if effect.act.service == "lambda" else "write"
                target = self._node(effect.target, caller)
                self._edge(key, target, kind, effect.at, label=(of_effect(effect),))

    def _follow_loops(self) -> None:
        """What comes back, unless that is no more than possible."""
        for cycle in self._graph.loops():
            if cycle.confidence is Confidence.LOW:
                continue
            near = cycle.start
            vias = [hop.via for hop in cycle.hops if hop.via.type == "AWS::Events::Rule"]
            ends = (near, *cycle.functions, *cycle.nodes, *vias)
            places = {leg.effect.at for leg in cycle.legs} | {hop.at for hop in cycle.hops}
            self._loops.append(
                ({self._node(end, near) for end in ends}, {*places, *(via.at for via in vias)})
            )

    def _is_in_loop(self, draft: _Draft) -> bool:
        return any(
            {draft.source, draft.target} <= nodes and draft.places.keys() & places
            for nodes, places in self._loops
        )

    def _edge(
        self,
        source: _Key | None,
        target: _Key | None,
        kind: EdgeKind,
        at: Place,
        *,
        model: str = "",
        via: Resource | None = None,
        label: Iterable[str] = (),
        group: tuple[str, ...] = (),
        enabled: bool = True,
    ) -> None:
        """An edge that the world the graph is in has; edges of a group are one."""
        if source is None or target is None:
            return
        key = source, target, kind, model, group
        draft = self._edges.setdefault(key, _Draft(source, target, kind, model))
        draft.label |= dict.fromkeys(label)
        draft.places[at] = None
        if via and ("", via.template.key, via.id) not in (source, target):
            draft.via[via.id] = None
        (draft.on if enabled else draft.off).add(self._graph.subject, self._graph.world)

    # --- nodes

    def _node(self, end: Resource | External, near: Resource, trigger: str = "") -> _Key | None:
        """The node that the end of an edge is; None for what CDK made for itself.

        What lies outside is the same node for all templates of an assembly, and for no others.
        """
        if isinstance(end, External):
            return self._external(end, near, trigger)
        owner = qualified(end)
        if owner and owner.function != end:  # an alias or a version
            return self._node(owner.function, near)
        if is_provider(end.declaration):
            return None
        key = ("", end.template.key, end.id)
        if key not in self._nodes:
            self._nodes[key] = Node(
                "",
                kind_of(end),
                self._label(end),
                end.type,
                end.id,
                end.template.construct_of(end.declaration),
                written_name(end.declaration),
                template=end.template,
                at=end.at,
            )
        return key

    def _external(self, end: External, near: Resource, trigger: str) -> _Key:
        template = near.template
        label = short(end) if end.told else end.written or "?"
        home = str(PurePath(template.file).parent) if template.stack else template.file
        alone = (template.key, near.id) if label == "?" else ()  # nobody knows what it is
        key = (home, end.service, label, *alone)
        if key not in self._nodes:
            self._nodes[key] = Node(
                "",
                kind_of(end, trigger),
                "default event bus" if end == DEFAULT_BUS else label,
                name=label,
                external=True,
                template=None if template.stack else template,
            )
        return key

    def _label(self, resource: Resource) -> str:
        """The construct, without what all constructs of the template have in common."""
        template = resource.template
        path = template.construct_of(resource.declaration).split("/")
        file = template.key
        if file not in self._prefixes:
            every = map(template.construct_of, template.resources.values())
            self._prefixes[file] = _common([one.split("/") for one in every if one])
        return "/".join(path[self._prefixes[file] :]) or path[-1] or resource.id

    # --- the drawing

    def _fold_rules(self) -> None:
        """Turn each rule with one target into an edge."""
        leaving, entering = defaultdict(list), defaultdict(list)
        for draft in self._edges.values():
            leaving[draft.source].append(draft)
            entering[draft.target].append(draft)
        gone: set[_Draft] = set()
        for key, node in self._nodes.items():
            if node.kind != "rule":
                continue
            onward = [draft for draft in leaving[key] if draft.kind != "failure"]
            if onward and (len(entering[key]) != 1 or len({one.target for one in onward}) != 1):
                continue
            for draft in leaving[key] if onward else ():
                draft.source = entering[key][0].source
                draft.via = {node.resource: None} | draft.via
                draft.label = {node.label: None} | draft.label
            for draft in onward:
                draft.places |= entering[key][0].places
            gone |= {*entering[key], *(() if onward else leaving[key])}
        self._edges = {key: one for key, one in self._edges.items() if one not in gone}

    def drawn(self, findings: Iterable[Finding]) -> Flow:
        """All that was found, with the findings where they belong."""
        belonging = self._mark(findings)
        streaming = {draft.source for draft in self._edges.values()}
        drafts = [
            draft
            for draft in self._edges.values()
            # What is put into a table is an event only where the table has a stream.
            if self._nodes[draft.target].kind != "table" or draft.target in streaming
        ]
        used = self._functions | {end for one in drafts for end in (one.source, one.target)}
        order = self._order()
        ids = {key: f"n{n}" for n, key in enumerate(sorted(used, key=order.__getitem__), 1)}
        nodes = (
            self._nodes[key]._replace(id=id, findings=tuple(belonging[key]))
            for key, id in ids.items()
        )
        rank = {key: number for number, key in enumerate(ids)}
        edges = (
            Edge(
                ids[draft.source],
                ids[draft.target],
                draft.kind,
                draft.model,
                tuple(draft.label),
                (draft.on or draft.off).words(self._templates),
                tuple(draft.via),
                not draft.on,
                next(iter(draft.places)),
                tuple(draft.findings),
                self._is_in_loop(draft),
            )
            for draft in sorted(
                drafts, key=lambda one: (rank[one.source], rank[one.target], _KINDS.index(one.kind))
            )
        )
        return Flow(tuple(nodes), tuple(edges))

    def _order(self) -> dict[_Key, tuple[int, ...]]:
        """Resources as their templates have them, what is outside after those who know of it."""
        files = {key: number for number, key in enumerate(self._templates)}
        written = {
            (key, id): number
            for key, template in self._templates.items()
            for number, id in enumerate(template.resources)
        }
        order: dict[_Key, tuple[int, ...]] = {}
        for found, (key, node) in enumerate(self._nodes.items()):
            file = files[node.template.key] if node.template else len(files)
            place = (1, found) if node.external else (0, written[key[1], key[2]])
            order[key] = (file, *place)
        return order

    def _mark(self, findings: Iterable[Finding]) -> dict[_Key, dict[Finding, None]]:
        """Give the findings to the edges that their notes point at, and return the others by node.

        A note belongs to the edges that are written closest around it.
        """
        written: dict[tuple[str, Path], list[_Draft]] = defaultdict(list)
        for draft in self._edges.values():
            if self._nodes[draft.target].kind != "rule":
                for place in draft.places:
                    written[place.source.file, place.path].append(draft)
        others: dict[_Key, dict[Finding, None]] = defaultdict(dict)
        for finding in findings:
            marked = False
            for note in finding.notes:
                file, path = note.at.source.file, note.at.path
                around = (written.get((file, path[:end])) for end in range(len(path), 1, -1))
                for draft in next(filter(None, around), ()):
                    draft.findings[finding] = None
                    marked = True
            if not marked:
                for template in self._templates.values():
                    if template.file == finding.at.source.file:
                        others["", template.key, finding.resource][finding] = None
        return others


def _common(paths: Collection[Sequence[str]]) -> int:
    """How many components all paths begin with."""
    return sum(1 for _ in takewhile(lambda here: len({*here}) == 1, zip(*paths, strict=False)))


def _is_off(via: Resource) -> bool:
    """Whether what makes an edge certainly is switched off."""
    return (
        via["Enabled"].data is False
        or via["State"].data == "DISABLED"
        or via.get("TopicRulePayload", "RuleDisabled").data in (True, "true")
    )


def _is_function(end: Resource | External) -> bool:
    if isinstance(end, External):
        return end.service == "lambda"
    return qualified(end) is not None
