"""Functions that are invoked by services that do not wait for the answer."""

from __future__ import annotations

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note


def no_failure_destination(graph: Graph, *, ignore_triggers: list[str]) -> Claims:
    for function in graph.functions():
        if function.get("DurableConfig").data is not None:
            continue
        losing = [
            Note(trigger.at, f"the {trigger.kind.title} does not wait for the outcome")
            for trigger in graph.invokers(function)
            if graph.hands_over(trigger) and trigger.kind.name not in ignore_triggers
            if not graph.keeps_failures(trigger)
        ]
        if losing:
            others = [
                Note(config.on_failure.at, "keeps only what another qualifier failed to process")
                for config in graph.invoke_configs(function)
                if config.on_failure.data is not None
            ]
            yield Claim(Note(function.at, "loses the events it fails to process"), *losing, *others)
