"""Every way in which AWS invokes a function: one table, from which triggers are read and told."""

from __future__ import annotations

from lambdalint.kinds import (
    assistants,
    data,
    identity,
    operations,
    polled,
    pushed,
    things,
    web,
    workflow,
)
from lambdalint.kinds.kind import Form, Kind, Model

__all__ = ["KINDS", "Form", "Kind", "Model"]

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
KINDS: dict[str, Kind] = {
    kind.name: kind
    for table in (
        polled,
        pushed,
        web,
        identity,
        workflow,
        operations,
        data,
        assistants,
        things,
    )
    for kind in table.KINDS
}
