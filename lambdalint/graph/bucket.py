"""Buckets that invoke functions, by whatever way, and functions that may write into buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from lambdalint.graph.delivery import Delivery
from lambdalint.graph.iam import Grants, Statement
from lambdalint.graph.reference import called, means, resolve
from lambdalint.graph.resource import External, Resource, descend, document
from lambdalint.graph.trigger import Trigger
from lambdalint.settled import Map, Seq
from lambdalint.value import Place, Ref, Text, Unknown, Value, spell, unspell
from lambdalint.world import Scope

if TYPE_CHECKING:
    from lambdalint.source.handler import Call

Feeders: TypeAlias = Callable[[Resource], list[Delivery]]

# What a function needs to be allowed to cause an event of a family.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
CAUSES = {
    "ObjectCreated": ("s3:PutObject",),
    "ObjectRemoved": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "ObjectTagging": ("s3:PutObjectTagging", "s3:DeleteObjectTagging"),
    "ObjectAcl": ("s3:PutObjectAcl",),
    "ObjectRestore": ("s3:RestoreObject",),
}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
_DETAIL_TYPES = {
    "Object Created": "ObjectCreated",
    "Object Deleted": "ObjectRemoved",
    "Object Tags Added": "ObjectTagging:Put",
    "Object Tags Deleted": "ObjectTagging:Delete",
    "Object ACL Updated": "ObjectAcl",
    "Object Restore Initiated": "ObjectRestore",
}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
_REASONS = {
    "PutObject": "ObjectCreated:Put",
    "CopyObject": "ObjectCreated:Copy",
    "CompleteMultipartUpload": "ObjectCreated:CompleteMultipartUpload",
}


class Keys(NamedTuple):
    """The keys that begin and end like this, except those that begin like one of the others.

    `exact` is the one key that is written out; what is `vague` may leave out some of these keys.
    """

    prefix: str = ""
    suffix: str = ""
    excluded: tuple[str, ...] = ()
    exact: bool = False
    vague: bool = False

    def __str__(self) -> str:
        return self.prefix if self.exact else f"{self.prefix}*{self.suffix}"

    @classmethod
    def of(cls, key: str) -> Keys:
        """The one key that is written out."""
        return cls(key, key, exact=True)

    def holds(self, key: str) -> bool:
        """Whether a key may belong to them."""
        if self.exact:
            return key == self.prefix
        ends = key.startswith(self.prefix) and key.endswith(self.suffix)
        return ends and not key.startswith(self.excluded)

    def meets(self, other: Keys) -> bool:
        """Whether some key may belong to both."""
        if self.exact or other.exact:
            return other.holds(self.prefix) if self.exact else self.holds(other.prefix)
        return (
            _compatible(self.prefix, other.prefix, str.startswith)
            and _compatible(self.suffix, other.suffix, str.endswith)
            and not any(other.prefix.startswith(prefix) for prefix in self.excluded)
            and not any(self.prefix.startswith(prefix) for prefix in other.excluded)
        )

    def within(self, other: Keys) -> bool:
        """Whether every key certainly belongs to the other as well."""
        if self is other:
            return True
        if self.exact:
            return other.holds(self.prefix) and not other.vague
        return not (other.exact or other.vague) and (
            self.prefix.startswith(other.prefix)
            and self.suffix.endswith(other.suffix)
            and not other.excluded
        )


def _compatible(one: str, other: str, test: Callable[[str, str], bool]) -> bool:
    return test(one, other) or test(other, one)


class Route(NamedTuple):
    """A way from a bucket to a function: which events of which keys, and the places on the way.

    An event is a family (`ObjectCreated`), or one kind of it (`ObjectCreated:Put`).
    """

    bucket: Resource
    events: tuple[str, ...]
    keys: tuple[Keys, ...]
    hops: tuple[Place, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """The families of its events."""
        return tuple(dict.fromkeys(event.partition(":")[0] for event in self.events))

    def takes(self, caused: Iterable[str]) -> bool:
        """Whether one of these events may go this way."""
        return any(_may_be(event, one) for one in caused for event in self.events)


def _may_be(event: str, other: str) -> bool:
    """Whether two events may be the same; a family may be any of its kinds."""
    family, _, kind = event.partition(":")
    other_family, _, other_kind = other.partition(":")
    return family == other_family and (kind == other_kind or not kind or not other_kind)


def routes(trigger: Trigger, feeders: Feeders) -> Iterator[Route]:
    """The ways by which a bucket invokes the function of a trigger: directly, through EventBridge,
    or through topics and queues in between.
    """
    match trigger.kind.name:
        case "s3" if isinstance(trigger.source, Resource):
            yield notified(trigger.source, trigger.settings, (trigger.at,))
        case "eventbridge":
            yield from by_rule(trigger.via, (trigger.at,))
        case "sns" | "sqs" if isinstance(trigger.source, Resource):
            yield from _upstream(trigger.source, feeders, (trigger.at,))


def _upstream(target: Resource, feeders: Feeders, hops: tuple[Place, ...]) -> Iterator[Route]:
    for delivery in feeders(target):
        way = (delivery.at, *hops)
        if len(way) > _LONGEST or not isinstance(delivery.source, Resource):
            continue
        if delivery.principal == "s3.amazonaws.com":
            yield notified(delivery.source, delivery.settings, way)
        elif delivery.principal == "events.amazonaws.com":
            yield from by_rule(delivery.source, way)
        else:
            yield from _upstream(delivery.source, feeders, way)


# bucket → topic → queue → function is the longest way that services offer.
_LONGEST = 4


def events_of(entry: Value) -> list[Any]:
    """The events of a notification, in CloudFormation's spelling or in that of the S3 API."""
    events = descend(entry, "Event").data or descend(entry, "Events").data
    return [one.data for one in events] if isinstance(events, Seq) else [events]


def filter_rules(entry: Value) -> Any:
    """The rules of a notification for keys, in either spelling; None if it has no filter."""
    rules = descend(entry, "Filter", "S3Key", "Rules").data
    return descend(entry, "Filter", "Key", "FilterRules").data if rules is None else rules


def notified(bucket: Resource, entry: Value, hops: tuple[Place, ...]) -> Route:
    """What a notification of a bucket is for."""
    events = (str(event).removeprefix("s3:").removesuffix(":*") for event in events_of(entry))
    # Only a browser's form upload is a Post, and a lifecycle or replication is nobody's call.
    caused = (event for event in events if not event.endswith(":Post"))
    rules = filter_rules(entry)
    given = {}
    for rule in rules if isinstance(rules, Seq) else ():
        name, value = descend(rule, "Name").data, descend(rule, "Value").data
        given[str(name).lower()] = value
    told = isinstance(rules, Seq | None) and all(isinstance(one, str) for one in given.values())
    keys = Keys(head(given.get("prefix", "")), tail(given.get("suffix", "")), vague=not told)
    return Route(bucket, tuple(dict.fromkeys(caused)), (keys,), hops)


def head(data: Any) -> str:
    """The beginning of a text that is known."""
    spelled = spell(data)
    return spelled[0].partition("\U000f0000")[0] if spelled else ""


def tail(data: Any) -> str:
    """The end of a text that is known."""
    spelled = spell(data)
    if spelled is None:
        return ""
    last = chr(0xF0000 + len(spelled[1]) - 1)
    return spelled[0].rpartition(last)[2] if spelled[1] else spelled[0]


def by_rule(rule: Resource, hops: tuple[Place, ...]) -> Iterator[Route]:
    """What a rule takes from buckets."""
    pattern = document(rule.get("EventPattern"), rule.scope)
    if "aws.s3" not in _listed(descend(pattern, "source")):
        return
    kinds = _listed(descend(pattern, "detail-type"))
    reasons = _listed(descend(pattern, "detail", "reason"))
    events = list(dict.fromkeys(_DETAIL_TYPES.get(str(kind), "") for kind in kinds)) or [*CAUSES]
    if reasons and all(isinstance(reason, str) for reason in reasons) and "ObjectCreated" in events:
        events.remove("ObjectCreated")
        events += [_REASONS[reason] for reason in reasons if reason in _REASONS]
    keys = _matched(descend(pattern, "detail", "object", "key"))
    if any(_names(descend(pattern, *path)) - known for path, known in _READ.items()):
        keys = tuple(one._replace(vague=True) for one in keys)  # some of them, by other signs
    for bucket in _buckets(pattern, rule):
        if isinstance(bucket, Resource) and bucket.type == "AWS::S3::Bucket" and emits(bucket):
            yield Route(bucket, tuple(events), keys, hops)


# What of a pattern is compared with what is written.
_READ = {
    (): {"source", "detail-type", "detail", "resources", "account", "region"},
    ("detail",): {"bucket", "reason", "object"},
    ("detail", "bucket"): {"name"},
    ("detail", "object"): {"key"},
}


def _names(pattern: Value) -> set[str]:
    return {*pattern.data} if isinstance(pattern.data, Map) else set()


def _buckets(pattern: Value, rule: Resource) -> Iterator[Resource | External | None]:
    """The buckets that a pattern names; all of the template if it names none."""
    named = (descend(pattern, "detail", "bucket", "name"), descend(pattern, "resources"))
    for name in (one for listed in named for one in _listed(listed)):
        yield called("AWS::S3::Bucket", name, rule.scope)
    if all(listed.data is None for listed in named):
        for declaration in rule.template.resources.values():
            if declaration.type == "AWS::S3::Bucket" and rule.scope.open(declaration.gates):
                yield Resource(declaration, rule.scope)


def _listed(value: Value) -> list[Any]:
    return [one.data for one in value.data] if isinstance(value.data, Seq) else []


def emits(bucket: Resource) -> bool:
    """Whether a bucket sends its events to EventBridge."""
    configurations = [bucket.get("NotificationConfiguration", "EventBridgeConfiguration")]
    for declaration in bucket.template.resources.values():
        if declaration.type == "Custom::S3BucketNotifications":
            custom = Resource(declaration, bucket.scope)
            if means(custom.get("BucketName").data, bucket.scope, bucket):
                configurations.append(
                    custom.get("NotificationConfiguration", "EventBridgeConfiguration")
                )
    return any(
        one.data is not None and descend(one, "EventBridgeEnabled").data not in (False, "false")
        for one in configurations
    )


def _matched(keys: Value) -> tuple[Keys, ...]:
    """The keys that an event pattern selects; all of them where it cannot be told."""
    found: list[Keys] = []
    for one in keys.data if isinstance(keys.data, Seq) else ():
        match one.data:
            case str(whole):
                found.append(Keys.of(whole))
            case {"prefix": Value(str(prefix))}:
                found.append(Keys(prefix))
            case {"suffix": Value(str(suffix))}:
                found.append(Keys(suffix=suffix))
            case {"wildcard": Value(str(pattern))}:
                found.append(globbed(pattern))
            case {"anything-but": Value({"prefix": prefix})}:
                found.append(_without(prefix))
            case _:
                found.append(Keys(vague=True))
    return tuple(found) or (Keys(vague=keys.data is not None),)


def _without(prefix: Value) -> Keys:
    prefixes = [one.data for one in prefix.data] if isinstance(prefix.data, Seq) else [prefix.data]
    told = tuple(one for one in prefixes if isinstance(one, str))
    return Keys(excluded=told, vague=len(told) < len(prefixes))


def globbed(pattern: str) -> Keys:
    """The keys that a pattern with `*` and `?` may mean."""
    if "*" not in pattern and "?" not in pattern:
        return Keys.of(pattern)
    first = min(pattern.find(c) for c in "*?" if c in pattern)
    last = max(pattern.rfind(c) for c in "*?")
    vague = pattern[first : last + 1].strip("*") != ""
    return Keys(pattern[:first], pattern[last + 1 :], vague=vague)


# --- writes ---------------------------------------------------------------------------------------


class Write(NamedTuple):
    """What writes keys of a bucket: a call in the code, or a statement that lets a function do so.

    By a statement for `anywhere` it may write into any bucket.
    """

    at: Place
    keys: Keys
    anywhere: bool = False
    call: Call | None = None


def writes(grants: Grants, bucket: Resource, families: tuple[str, ...]) -> Iterator[Write]:
    """What a role may write into a bucket that causes events of these families."""
    actions = [action for family in families for action in CAUSES.get(family, ())]
    allowed = [one for one in grants.statements if one.allow and any(map(one.covers, actions))]
    denied = [
        keys
        for one in grants.statements
        if not one.allow and not one.conditional and all(map(one.covers, actions))
        for keys, _ in ranges(one, bucket)
    ]
    for statement in allowed:
        for keys, anywhere in ranges(statement, bucket):
            if not any(keys.within(forbidden) for forbidden in denied):
                yield Write(statement.at, keys, anywhere)


def families_of(statement: Statement) -> tuple[str, ...]:
    """The families of the events of a bucket that a statement lets a function cause."""
    return tuple(name for name, needed in CAUSES.items() if any(map(statement.covers, needed)))


def ranges(statement: Statement, bucket: Resource) -> Iterator[tuple[Keys, bool]]:
    """The keys of a bucket that a statement speaks of, and whether it speaks of all buckets."""
    if statement.negated_resources:
        yield Keys(), True
        return
    for resource in statement.resources:
        spelled = spell(resource.data)
        if spelled is None or isinstance(resource.data, Unknown):
            continue
        whole, holes = spelled
        if whole == "*":
            yield Keys(), True
            continue
        arn, slash, key = whole.partition("/")
        if arn.endswith(":::*"):
            yield Keys(), True
        elif slash and _is_arn_of(unspell(arn, holes), statement.scope, bucket):
            yield globbed(_plain(key)), False
        elif arn.endswith("*") and _is_arn_of(
            unspell(arn.rstrip("*"), holes), statement.scope, bucket
        ):
            yield Keys(), False


def _is_arn_of(data: Any, scope: Scope, bucket: Resource) -> bool:
    is_arn = data.attribute == "Arn" if isinstance(data, Ref) else isinstance(data, str | Text)
    return is_arn and resolve(data, scope) == bucket


def _plain(key: str) -> str:
    """A key pattern in which what is not known may be anything."""
    return "".join("*" if ord(character) >= 0xF0000 else character for character in key)
