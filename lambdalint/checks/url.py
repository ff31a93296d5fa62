"""Function URLs."""

from __future__ import annotations

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note
from lambdalint.value import Value


def public(graph: Graph, *, allow: list[str]) -> Claims:
    for url in graph.resources("AWS::Lambda::Url"):
        match url.get("AuthType"):
            case Value("NONE", at):
                called = [trigger.function.id for trigger in graph.triggers_of(url)]
                if not {url.id, *called} & set(allow):
                    yield Claim(Note(at, f"does not check who calls {''.join(called) or url.id}"))
