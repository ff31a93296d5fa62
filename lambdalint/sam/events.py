"""`Events` of SAM functions → mappings, rules, subscriptions, notifications and permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambdalint.sam import api
from lambdalint.sam.merge import gated
from lambdalint.template import Declaration, Gate, elements, entries
from lambdalint.value import Value

if TYPE_CHECKING:
    from lambdalint.sam.application import Application

# The managed policies that SAM gives a generated role so that Lambda can poll.
_POLLERS = {
    "SQS": "AWSLambdaSQSQueueExecutionRole",
    "Kinesis": "AWSLambdaKinesisExecutionRole",
    "DynamoDB": "AWSLambdaDynamoDBExecutionRole",
    "MSK": "AWSLambdaMSKExecutionRole",
}

_SOURCE = {
    "SQS": "Queue",
    "Kinesis": "Stream",
    "DynamoDB": "Stream",
    "MSK": "Stream",
    "MQ": "Broker",
    "DocumentDB": "Cluster",
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

    def value(self, data: Any) -> Value:
        """Generated data, placed at the event."""
        return Value(data, self.at)


def expand(
    application: Application, target: Target, name: str, written: Value, gates: tuple[Gate, ...]
) -> None:
    """Declare what an event makes."""
    kind = written.get("Type").data
    event = Event(application, target, name, written, gates)
    if not isinstance(kind, str):
        return
    if kind in _SOURCE or kind == "SelfManagedKafka":
        _pull(event, kind)
    elif kind == "Api":
        api.add_rest_event(event)
    elif kind == "HttpApi":
        api.add_http_event(event)
    elif make := _PUSH.get(kind):
        make(event)


def polled(written: Value, managed: list[Value]) -> None:
    """Add the policies that polling takes to those of a generated role."""
    for _, gates, event in entries(written):
        if policy := _POLLERS.get(str(event.get("Type").data)):
            arn = Value(f"arn:aws:iam::aws:policy/service-role/{policy}", event.at)
            managed.append(gated(arn, gates))


# --- pull -----------------------------------------------------------------------------------------


def _pull(event: Event, kind: str) -> None:
    properties: dict[str, Any] = dict(event.properties.items())
    properties["FunctionName"] = event.target.name
    if source := properties.pop(_SOURCE.get(kind, ""), None):
        properties["EventSourceArn"] = source
    if kind == "SelfManagedKafka":
        servers = properties.pop("KafkaBootstrapServers", None)
        endpoints = {"Endpoints": event.value({"KafkaBootstrapServers": servers})}
        properties["SelfManagedEventSource"] = event.value(endpoints)
    if kind == "DocumentDB":
        names = ("DatabaseName", "CollectionName", "FullDocument")
        config = {name: properties.pop(name) for name in names if name in properties}
        properties["DocumentDBEventSourceConfig"] = event.value(config)
    if group := properties.pop("ConsumerGroupId", None):
        managed = "AmazonManaged" if kind == "MSK" else "SelfManaged"
        properties[f"{managed}KafkaEventSourceConfig"] = event.value({"ConsumerGroupId": group})
    event.add("", "AWS::Lambda::EventSourceMapping", properties)


# --- push -----------------------------------------------------------------------------------------


def _s3(event: Event) -> None:
    event.permit("s3.amazonaws.com", SourceAccount={"Ref": "AWS::AccountId"})
    bucket = event.properties.get("Bucket").data
    id = bucket.get("Ref") if isinstance(bucket, dict) else bucket
    if not isinstance(id, str) or id not in event.application.written:
        return
    configurations = []
    for gates, kind in elements(event.properties.get("Events")):
        entry = event.value({"Function": event.target.arn, "Event": kind, **event.given("Filter")})
        configurations.append(gated(entry, (*event.target.declaration.gates, *event.gates, *gates)))
    event.application.change(
        id,
        ("NotificationConfiguration", "LambdaConfigurations"),
        event.value(configurations),
    )


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
        {"Queues": [url], "PolicyDocument": _may_send("sns.amazonaws.com", arn)},
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


def _may_send(principal: str, queue: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sqs:SendMessage",
        "Resource": queue,
    }
    return {"Statement": [statement]}


def _rule(event: Event) -> None:
    settings: dict[str, Any] = {
        "EventPattern": event.properties.get("Pattern"),
        **event.given("EventBusName"),
    }
    if (name := event.properties.get("RuleName")).data is not None:
        settings["Name"] = name
    add_rule(event, settings, event.target.arn)
    event.permit("events.amazonaws.com", {"Fn::GetAtt": [event.id, "Arn"]})


def _schedule(event: Event) -> None:
    settings: dict[str, Any] = {"ScheduleExpression": event.properties.get("Schedule")}
    settings |= event.given("Name", "Description")
    add_rule(event, settings, event.target.arn)
    event.permit("events.amazonaws.com", {"Fn::GetAtt": [event.id, "Arn"]})


def add_rule(event: Event, settings: dict[str, Any], arn: Any, **more: Any) -> None:
    """Declare the rule of an event, with its one target, and the queue that may come with it."""
    target = {
        "Arn": arn,
        "Id": event.properties.get("Target", "Id"),
        **event.given("Input", "InputPath", "InputTransformer", "RetryPolicy"),
        **more,
    }
    if dead_letters := _dead_letters(event, "events.amazonaws.com"):
        target["DeadLetterConfig"] = dead_letters
    rule = {**settings, "State": _state(event), "Targets": event.value([event.value(target)])}
    event.add("", "AWS::Events::Rule", rule)


def _state(event: Event) -> Value:
    enabled = event.properties.get("Enabled")
    if enabled.data is None:
        return event.properties.get("State")
    if isinstance(enabled.data, bool | str):
        off = str(enabled.data).lower() == "false"
        return Value("DISABLED" if off else "ENABLED", enabled.at)
    return enabled


def _dead_letters(event: Event, principal: str) -> Value | None:
    """The `DeadLetterConfig` of a target; SAM makes the queue where only its type is given."""
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
        if principal:
            policy = {"Queues": [{"Ref": queue}], "PolicyDocument": _may_send(principal, arn)}
            event.add("QueuePolicy", "AWS::SQS::QueuePolicy", policy)
    return Value({"Arn": arn}, written.at) if arn.data is not None else written


def _schedule_v2(event: Event) -> None:
    add_schedule(event, event.target.arn, "lambda:InvokeFunction")


def add_schedule(event: Event, arn: Any, action: str) -> None:
    """Declare the schedule of an event and the role by which it invokes."""
    target: dict[str, Any] = {"Arn": arn, **event.given("Input", "RetryPolicy")}
    statements = [{"Effect": "Allow", "Action": action, "Resource": arn}]
    if dead_letters := _dead_letters(event, ""):
        target["DeadLetterConfig"] = dead_letters
        send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": dead_letters.get("Arn")}
        statements.append(send)
    role = event.properties.get("RoleArn")
    if role.data is None:
        policy = {
            "PolicyName": f"{event.id}StartExecutionPolicy",
            "PolicyDocument": {"Statement": statements},
        }
        id = event.add("Role", "AWS::IAM::Role", {"Policies": [policy]})
        role = event.value({"Fn::GetAtt": [id, "Arn"]})
    target["RoleArn"] = role
    names = ("ScheduleExpression", "FlexibleTimeWindow", "GroupName", "Name", "State")
    settings = {**event.given(*names), "Target": event.value(target)}
    event.add("", "AWS::Scheduler::Schedule", settings)


def _logs(event: Event) -> None:
    group = event.properties.get("LogGroupName")
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*"
    event.permit("logs.amazonaws.com", {"Fn::Sub": [arn, {"Group": group}]})
    settings = event.given("LogGroupName", "FilterPattern")
    event.add("", "AWS::Logs::SubscriptionFilter", {**settings, "DestinationArn": event.target.arn})


def _iot(event: Event) -> None:
    arn = f"arn:${{AWS::Partition}}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{{event.id}}}"
    event.permit("iot.amazonaws.com", {"Fn::Sub": arn})
    payload = {
        **event.given("Sql", "AwsIotSqlVersion"),
        "Actions": event.value([event.value({"Lambda": {"FunctionArn": event.target.arn}})]),
        "RuleDisabled": False,
    }
    event.add("", "AWS::IoT::TopicRule", {"TopicRulePayload": event.value(payload)})


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
    "Schedule": _schedule,
    "ScheduleV2": _schedule_v2,
    "EventBridgeRule": _rule,
    "CloudWatchEvent": _rule,
    "CloudWatchLogs": _logs,
    "IoTRule": _iot,
    "AlexaSkill": _alexa,
    "Cognito": _cognito,
}
