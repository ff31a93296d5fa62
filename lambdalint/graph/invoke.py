"""Settings for asynchronous invocation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.graph.edges import Shape, Shapes
from lambdalint.graph.path import whole
from lambdalint.graph.reference import function
from lambdalint.graph.resource import External, Resource
from lambdalint.value import Place, Value


class InvokeConfig(NamedTuple):
    """An `AWS::Lambda::EventInvokeConfig`: it counts for calls of exactly that qualifier.

    "" stands for calls without one, which AWS writes `$LATEST`.
    """

    resource: Resource
    function: Resource | External
    qualifier: str

    @property
    def at(self) -> Place:
        return self.resource.at

    @property
    def ends(self) -> tuple[Resource, ...]:
        if isinstance(self.function, Resource):
            return (self.resource, self.function)
        return (self.resource,)

    @property
    def on_success(self) -> Value:
        """Where results go."""
        return self.resource.get("DestinationConfig", "OnSuccess", "Destination")

    @property
    def on_failure(self) -> Value:
        """Where events go that failed for good."""
        return self.resource.get("DestinationConfig", "OnFailure", "Destination")


def _config(resource: Resource, settings: Value) -> Iterator[InvokeConfig]:
    del settings
    if target := function(resource.get("FunctionName").data, resource.scope):
        qualifier = _plain(resource.get("Qualifier"), resource)
        yield InvokeConfig(resource, target.function, "" if qualifier == "$LATEST" else qualifier)


def _plain(qualifier: Value, resource: Resource) -> str:
    """An alias by name, a version by logical id, whichever way it is pointed at."""
    target = function(qualifier.data, resource.scope)
    if target and target.qualifier:
        return target.qualifier
    return str(qualifier.data)


CONFIGS: Shapes[InvokeConfig] = {"AWS::Lambda::EventInvokeConfig": (Shape(whole, _config),)}
