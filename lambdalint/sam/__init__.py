"""SAM resources → the plain resources that AWS makes of them, each value where it was written.

Ids and shapes are those of the official translator:
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from __future__ import annotations

from lambdalint.template import Template

_PREFIX = "AWS::Serverless::"


def expand(template: Template) -> None:
    """Replace the SAM resources of a template, if it has any."""
    if any(_is_sam(one.type, one.written.data) for one in template.resources.values()):
        from lambdalint.sam.application import Application  # noqa: PLC0415  SAM alone needs it

        Application(template).expand()


def _is_sam(type: str, written: object) -> bool:
    return type.startswith(_PREFIX) or (isinstance(written, dict) and "Connectors" in written)
