"""Event patterns and filters, and whether they match an event of which not all is known."""

from lambdalint.pattern.data import OneOf, Open
from lambdalint.pattern.event import match, only_from_aws
from lambdalint.pattern.filters import mapping, sns
from lambdalint.pattern.verdict import Verdict

__all__ = ["OneOf", "Open", "Verdict", "mapping", "match", "only_from_aws", "sns"]
