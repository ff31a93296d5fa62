"""Event patterns and filters, and what is known of an event: does the one match the other?"""

from lambdalint.pattern.data import OneOf, Open
from lambdalint.pattern.event import match, only_from_aws
from lambdalint.pattern.filters import mapping, sns
from lambdalint.pattern.verdict import Verdict

__all__ = ["OneOf", "Open", "Verdict", "mapping", "match", "only_from_aws", "sns"]
