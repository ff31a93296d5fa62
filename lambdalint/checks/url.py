"""Function URLs."""

from __future__ import annotations

from lambdalint.graph import Graph
from lambdalint.rule import Claim, Claims, Note
from lambdalint.value import Value


def public(graph: Graph, *, allow: list[str]) -> Claims:
    for url in graph.resources("AWS::Lambda::Url"):
        match url.get("AuthType"):
            case Value("NONE", at):
                called = next((one.function for one in graph.triggers_of(url)), url)
                if not {url.id, called.id} & set(allow):
                    yield Claim(Note(at, f"does not check who calls {called.name}"))
