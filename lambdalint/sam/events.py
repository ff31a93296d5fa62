"""`Events` of SAM functions → mappings, rules, subscriptions, notifications and permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambdalint.sam import api, polling, role
from lambdalint.sam.merge import gated, raw
from lambdalint.template import Declaration, Gate, elements
from lambdalint.value import Unknown, Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application


# Without these SAM refuses an event: nothing can be said about it.
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
_REQUIRED = {
    "Api": ("Path", "Method"),
    "CloudWatchLogs": ("LogGroupName", "FilterPattern"),
    "Cognito": ("UserPool", "Trigger"),
    "DocumentDB": ("Cluster", "DatabaseName"),
    "DynamoDB": ("Stream", "StartingPosition"),
    "IoTRule": ("Sql",),
    "Kinesis": ("Stream", "StartingPosition"),
    "MQ": ("Broker",),
    "MSK": ("Stream", "StartingPosition"),
    "S3": ("Bucket", "Events"),
    "SNS": ("Topic",),
    "SQS": ("Queue",),
    "Schedule": ("Schedule",),
    "ScheduleV2": ("ScheduleExpression",),
    "SelfManagedKafka": ("KafkaBootstrapServers",),
}


class Target:
    """What events start: a function, by its alias if it has one, or a state machine."""

    def __init__(self, declaration: Declaration, alias: str = "") -> None:
        self.declaration, self.alias = declaration, alias

    @property
    def id(self) -> str:
        return self.declaration.id

    @property
    def arn(self) -> dict[str, Any]:
        by_ref = self.alias or self.declaration.type == "AWS::Serverless::StateMachine"
        return self.name if by_ref else {"Fn::GetAtt": [self.id, "Arn"]}

    @property
    def name(self) -> dict[str, Any]:
        return {"Ref": self.alias or self.id}


class Event:
    """One event of a function, in the worlds in which its gates are open."""

    def __init__(
        self,
        application: Application,
        target: Target,
        name: str,
        written: Value,
        gates: tuple[Gate, ...],
    ) -> None:
        self.application, self.target, self.gates = application, target, gates
        self.id = f"{target.id}{name}"
        self.at = written.at
        self.properties = written.get("Properties")

    def add(self, suffix: str, type: str, properties: dict[str, Any], id: str = "") -> str:
        """Declare a resource that the event makes; returns its id."""
        return self.application.add(
            id or f"{self.id}{suffix}",
            type,
            properties,
            self.at,
            origin=self.target.declaration,
            gates=self.gates,
        )

    def is_complete(self, kind: str) -> bool:
        """Whether it has all that an event of its type must have."""
        required = _REQUIRED.get(kind, ())
        return all(self.properties.get(name).data is not None for name in required)

    def given(self, *names: str) -> dict[str, Value]:
        """The properties of these names that are written."""
        found = ((name, self.properties.get(name)) for name in names)
        return {name: value for name, value in found if value.data is not None}

    def permit(
        self, principal: str, source_arn: Any = None, *, suffix: str = "", **more: Any
    ) -> None:
        """Let a service invoke the function."""
        settings: dict[str, Any] = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": self.target.name,
            "Principal": principal,
            **more,
        }
        if source_arn is not None:
            settings["SourceArn"] = source_arn
        self.add(f"Permission{suffix}", "AWS::Lambda::Permission", settings)

    def add_role(self, policy: dict[str, Any], boundary: Value) -> Value:
        """Declare a role for the event itself; returns its ARN."""
        settings = {"Policies": [policy], "PermissionsBoundary": boundary}
        id = self.add("Role", "AWS::IAM::Role", settings)
        return self.value({"Fn::GetAtt": [id, "Arn"]})

    def value(self, data: Any) -> Value:
        """Generated data, placed at the event."""
        return Value(data, self.at)


def order(entry: tuple[str, tuple[Gate, ...], Value]) -> str:
    """What SAM orders the events of a function by."""
    name, _, written = entry
    otherwise = "$default" if written.get("Type").data == "HttpApi" else name
    path = written.get("Properties", "Path").data
    return path if isinstance(path, str) else otherwise


def expand(
    application: Application, target: Target, name: str, written: Value, gates: tuple[Gate, ...]
) -> None:
    """Declare what an event makes."""
    kind = written.get("Type").data
    event = Event(application, target, name, written, gates)
    if not isinstance(kind, str) or not event.is_complete(kind):
        return
    if polling.is_polled(kind):
        polling.add_mapping(event, kind)
    elif kind == "Api":
        api.add_rest_event(event)
    elif kind == "HttpApi":
        api.add_http_event(event)
    elif make := _PUSH.get(kind):
        make(event)


# --- push -----------------------------------------------------------------------------------------


def _s3(event: Event) -> None:
    event.permit("s3.amazonaws.com", SourceAccount={"Ref": "AWS::AccountId"})
    bucket = event.properties.get("Bucket").data
    id = bucket.get("Ref") if isinstance(bucket, dict) else bucket
    if not isinstance(id, str) or id not in event.application.written:
        return
    path = ("NotificationConfiguration", "LambdaConfigurations")
    bucket_now = event.application.template.resources[id].written
    known = [raw(one) for one in bucket_now.get("Properties", *path).elements()]
    configurations = []
    for gates, kind in elements(event.properties.get("Events")):
        entry = event.value({"Function": event.target.arn, "Event": kind, **event.given("Filter")})
        entry = gated(entry, (*event.target.declaration.gates, *event.gates, *gates))
        if raw(entry) not in known:
            configurations.append(entry)
    event.application.change(id, path, event.value(configurations))


def _sns(event: Event) -> None:
    topic = event.properties.get("Topic")
    given = event.given("Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy")
    through = event.properties.get("SqsSubscription")
    if through.data in (None, False, "false"):
        event.permit("sns.amazonaws.com", topic)
        _subscribe(event, "lambda", event.target.arn, given)
        return
    if isinstance(through.data, dict):
        arn, url, batch = (through.get(name) for name in ("QueueArn", "QueueUrl", "BatchSize"))
        policy = through.get("QueuePolicyLogicalId").data
    else:
        fifo = event.application.template.root.get(
            "Resources", *_ref(topic), "Properties", "FifoTopic"
        )
        queue = event.add("Queue", "AWS::SQS::Queue", {"FifoQueue": fifo} if fifo.data else {})
        arn, url = event.value({"Fn::GetAtt": [queue, "Arn"]}), event.value({"Ref": queue})
        batch, policy = Value(None, event.at), None
    event.add(
        "EventSourceMapping",
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionName": event.target.name,
            "EventSourceArn": arn,
            "BatchSize": batch if batch.data is not None else 10,
            "Enabled": True,
        },
    )
    event.add(
        "QueuePolicy",
        "AWS::SQS::QueuePolicy",
        {"Queues": [url], "PolicyDocument": _may_send("*", arn, topic)},
        id=policy if isinstance(policy, str) else "",
    )
    _subscribe(event, "sqs", arn, given)


def _ref(value: Value) -> tuple[str, ...]:
    id = value.get("Ref").data
    return (id,) if isinstance(id, str) else ("",)


def _subscribe(event: Event, protocol: str, endpoint: Any, given: dict[str, Value]) -> None:
    settings = {"Protocol": protocol, "Endpoint": endpoint, **given}
    settings["TopicArn"] = event.properties.get("Topic")
    event.add("", "AWS::SNS::Subscription", settings)


def _may_send(principal: Any, queue: Any, source: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    return {"Statement": [statement]}


def _rule(event: Event) -> None:
    rule = add_rule(event, event.target.arn)
    event.permit("events.amazonaws.com", {"Fn::GetAtt": [rule, "Arn"]})


# What a rule has from its event, by its name there.
_RULE = {
    "EventBusName": "EventBusName",
    "Pattern": "EventPattern",
    "Schedule": "ScheduleExpression",
    "RuleName": "Name",
    "Name": "Name",
    "Description": "Description",
}


def add_rule(event: Event, arn: Any, **more: Any) -> str:
    """Declare the rule of an event, with its one target, and the queue that may come with it;
    returns its id.
    """
    ignored = "RuleName" if event.properties.get("Schedule").data is not None else ""
    given = event.given(*(name for name in _RULE if name != ignored))
    target = {
        "Arn": arn,
        "Id": event.properties.get("Target", "Id"),
        **event.given("Input", "InputPath", "InputTransformer", "RetryPolicy"),
        **more,
    }
    rule_arn = {"Fn::GetAtt": [event.id, "Arn"]}
    if dead_letters := _dead_letters(event, rule_arn):
        target["DeadLetterConfig"] = dead_letters
    rule = {
        **{_RULE[name]: value for name, value in given.items()},
        "State": _state(event),
        "Targets": event.value([event.value(target)]),
    }
    return event.add("", "AWS::Events::Rule", rule)


def _state(event: Event) -> Value:
    enabled = event.properties.get("Enabled")
    if enabled.data is None:
        return event.properties.get("State")
    if isinstance(enabled.data, Unknown):
        return enabled
    # SAM takes an intrinsic function for true, whatever it returns: such a rule is always on.
    off = str(enabled.data).lower() == "false"
    return Value("DISABLED" if off else "ENABLED", enabled.at)


def _dead_letters(event: Event, rule: Any = None) -> Value | None:
    """The `DeadLetterConfig` of a target; SAM makes the queue where only its type is given, and
    lets a rule send to it.
    """
    written = event.properties.get("DeadLetterConfig")
    if written.data is None:
        return None
    arn = written.get("Arn")
    if arn.data is None and written.get("Type").data == "SQS":
        wanted = written.get("QueueLogicalId").data
        queue = event.add(
            "Queue", "AWS::SQS::Queue", {}, id=wanted if isinstance(wanted, str) else ""
        )
        arn = Value({"Fn::GetAtt": [queue, "Arn"]}, written.at)
        if rule is not None:
            document = _may_send({"Service": "events.amazonaws.com"}, arn, rule)
            policy = {"Queues": [{"Ref": queue}], "PolicyDocument": document}
            event.add("QueuePolicy", "AWS::SQS::QueuePolicy", policy)
    return Value({"Arn": arn}, written.at) if arn.data is not None else written


def _schedule_v2(event: Event) -> None:
    add_schedule(event, event.target.arn, "lambda:InvokeFunction")


def add_schedule(event: Event, arn: Any, action: str) -> None:
    """Declare the schedule of an event and the role by which it invokes."""
    target: dict[str, Any] = {"Arn": arn, **event.given("Input", "RetryPolicy")}
    allowed: list[tuple[str | list[str], Any]] = [(action, arn)]
    if dead_letters := _dead_letters(event):
        target["DeadLetterConfig"] = dead_letters
        allowed.append(("sqs:SendMessage", dead_letters.get("Arn")))
    given = event.properties.get("RoleArn")
    if given.data is None:
        boundary = event.properties.get("PermissionsBoundary")
        given = event.add_role(role.policy(*allowed), boundary)
    target["RoleArn"] = given
    unnamed = event.properties.get("OmitName").data is True
    settings = {
        "FlexibleTimeWindow": event.value({"Mode": "OFF"}),
        **({} if unnamed else {"Name": event.value(event.id)}),
        **event.given(
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartDate",
            "EndDate",
            "FlexibleTimeWindow",
            "GroupName",
            "KmsKeyArn",
            "Name",
            "Description",
            "State",
        ),
        "Target": event.value(target),
    }
    event.add("", "AWS::Scheduler::Schedule", settings)


def _logs(event: Event) -> None:
    group = event.properties.get("LogGroupName")
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*"
    event.permit("logs.amazonaws.com", {"Fn::Sub": [arn, {"Group": group}]})
    settings = event.given("LogGroupName", "FilterPattern")
    event.add("", "AWS::Logs::SubscriptionFilter", {**settings, "DestinationArn": event.target.arn})


def _iot(event: Event) -> None:
    payload = {
        **event.given("Sql", "AwsIotSqlVersion"),
        "Actions": event.value([event.value({"Lambda": {"FunctionArn": event.target.arn}})]),
        "RuleDisabled": False,
    }
    rule = event.add("", "AWS::IoT::TopicRule", {"TopicRulePayload": event.value(payload)})
    arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${Rule}"
    source = {"Fn::Sub": [arn, {"Rule": {"Ref": rule}}]}
    event.permit("iot.amazonaws.com", source, SourceAccount={"Ref": "AWS::AccountId"})


def _alexa(event: Event) -> None:
    event.permit("alexa-appkit.amazon.com", EventSourceToken=event.properties.get("SkillId"))


def _cognito(event: Event) -> None:
    pool = event.properties.get("UserPool").data
    id = pool.get("Ref") if isinstance(pool, dict) else pool
    event.add(
        "",
        "AWS::Lambda::Permission",
        {
            "Action": "lambda:InvokeFunction",
            "FunctionName": event.target.name,
            "Principal": "cognito-idp.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": [id, "Arn"]},
        },
        id=f"{event.target.alias or event.target.id}CognitoPermission",
    )
    if not isinstance(id, str) or id not in event.application.written:
        return
    for gates, trigger in elements(event.properties.get("Trigger")):
        if isinstance(trigger.data, str):
            arn = event.value(event.target.arn)
            inside = (*event.target.declaration.gates, *event.gates, *gates)
            event.application.change(id, ("LambdaConfig", trigger.data), gated(arn, inside))


_PUSH: dict[str, Callable[[Event], None]] = {
    "S3": _s3,
    "SNS": _sns,
    "Schedule": _rule,
    "ScheduleV2": _schedule_v2,
    "EventBridgeRule": _rule,
    "CloudWatchEvent": _rule,
    "CloudWatchLogs": _logs,
    "IoTRule": _iot,
    "AlexaSkill": _alexa,
    "Cognito": _cognito,
}
