"""Ways round: what functions do, where it goes on, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalint.catalog import load_rule, rule_ids
from lambdalint.engine import lint
from lambdalint.graph import Graph
from lambdalint.graph.cause import Causes
from lambdalint.graph.component import components
from lambdalint.graph.mqtt import published, selected, selects
from lambdalint.load import load
from lambdalint.rule import Finding

RULES = [load_rule(id) for id in rule_ids() if id.startswith("loop/")]
ANY = {rule.id: {"min_confidence": "low"} for rule in RULES if "min_confidence" in rule.options}
TRUST = "AssumeRolePolicyDocument: {Statement: []}"
THINGS = f"""
Parameters:
  Stage: {{Type: String, AllowedValues: [dev, prod]}}
  Given: {{Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
Resources:
  Queue: {{Type: AWS::SQS::Queue}}
  Named: {{Type: AWS::SQS::Queue, Properties: {{QueueName: shop-orders}}}}
  Topic: {{Type: AWS::SNS::Topic}}
  Bus: {{Type: AWS::Events::EventBus, Properties: {{Name: shop}}}}
  Depot: {{Type: AWS::Events::EventBus, Properties: {{Name: depot}}}}
  Third: {{Type: AWS::Events::EventBus, Properties: {{Name: third}}}}
  Table: {{Type: AWS::DynamoDB::Table, Properties: {{StreamSpecification: {{StreamViewType: KEYS_ONLY}}}}}}
  Stream: {{Type: AWS::Kinesis::Stream}}
  Bucket: {{Type: AWS::S3::Bucket}}
  Machine: {{Type: AWS::StepFunctions::StateMachine, Properties: {{DefinitionString: '{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "${{Work}}"}}}}}}', DefinitionSubstitutions: {{Work: !GetAtt Work.Arn}}}}}}
  Role: {{Type: AWS::IAM::Role, Properties: {{{TRUST}}}}}
"""
MAPPING = """
Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Work, EventSourceArn: !GetAtt SOURCE}}
"""


def _indented(resources: str) -> str:
    return "".join(f"  {line}\n" for line in resources.splitlines() if line.strip())


def _template(resources: str) -> str:
    return THINGS + _indented(resources)


def _work(statement: str = "", variables: str = "{}", code: str = "", more: str = "") -> str:
    """The function `Work`, which may do something, or does it."""
    source = f"{{ZipFile: {json.dumps(code)}}}" if code else "{S3Bucket: code, S3Key: work.zip}"
    role = "arn:aws:iam::111122223333:role/work" if code else "!GetAtt Role.Arn"
    policy = f"""
Policy: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [!Ref Role], PolicyDocument: {{Statement: [{statement}]}}}}}}
"""
    return f"""
Work: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: work, Runtime: python3.13, Handler: index.handler, Role: {role}, Code: {source}, Environment: {{Variables: {variables}}}{more}}}}}
{policy if statement else ""}
"""


def _may(actions: str, resources: str, more: str = "") -> str:
    return f"{{Effect: Allow, Action: {actions}, Resource: {resources}{more}}}"


def _code(body: str) -> str:
    return f"import json\nimport os\nimport boto3\n\ndef handler(event, context):\n    {body}\n"


def _causes(*texts: str) -> Causes:
    return Causes(Graph([load(text, f"{number}.yaml") for number, text in enumerate(texts)]))


def _effects(work: str) -> dict[str, str]:
    """What `Work` does, and how sure that is."""
    graph = Graph([load(_template(work), "template.yaml")])
    (function,) = graph.functions()
    return {one.target.name: one.confidence.name.lower() for one in graph.effects(function)}


def _paths(*texts: str) -> list[str]:
    return [loop.cycle.path for loop in _causes(*texts).rings.loops]


def _said(resources: str) -> list[Finding]:
    verdict = lint([load(_template(resources), "template.yaml")], RULES, ANY)
    assert verdict.problems == []
    return verdict.findings


def _told(resources: str) -> list[str]:
    return [
        " ".join(filter(None, (one.rule.id, one.confidence.name.lower(), one.when)))
        for one in _said(resources)
    ]


# --- what a role allows ---------------------------------------------------------------------------

QUEUE = "!GetAtt Queue.Arn"
SEND = "sqs:SendMessage"


@pytest.mark.parametrize(
    ("statements", "variables", "effects"),
    [
        (_may(SEND, QUEUE), "{}", {"Queue": "medium"}),
        (_may(SEND, QUEUE), "{QUEUE: !Ref Queue}", {"Queue": "medium"}),
        (_may("sns:Publish", "!Ref Topic"), "{}", {"Topic": "medium"}),
        (_may("events:PutEvents", "!GetAtt Bus.Arn"), "{}", {"Bus": "medium"}),
        (
            _may("events:PutEvents", "!Sub 'arn:aws:events:eu-west-1:1:event-bus/default'"),
            "{}",
            {"default": "medium"},
        ),
        (_may("s3:PutObject", "!Sub '${Bucket.Arn}/*'"), "{}", {"Bucket": "medium"}),
        (_may("states:StartExecution", "!Ref Machine"), "{}", {"Machine": "medium"}),
        # What is often allowed and only read.
        (_may("dynamodb:PutItem", "!GetAtt Table.Arn"), "{}", {"Table": "low"}),
        (_may("dynamodb:PutItem", "!GetAtt Table.Arn"), "{T: !Ref Table}", {"Table": "medium"}),
        (_may("kinesis:PutRecord", "!GetAtt Stream.Arn"), "{}", {"Stream": "low"}),
        (_may("dynamodb:GetItem", "!GetAtt Table.Arn"), "{T: !Ref Table}", {}),
        # Anything at all, and what a variable makes of it.
        (_may(SEND, "'*'"), "{}", {}),
        (_may(SEND, "'*'"), "{QUEUE: !Ref Queue}", {"Queue": "low"}),
        (_may("'*'", "'*'"), "{QUEUE: !Ref Queue, WORD: queue}", {"Queue": "low"}),
        (_may(SEND, "'arn:aws:sqs:*:*:*'"), "{QUEUE: !Ref Queue}", {"Queue": "low"}),
        (_may(SEND, "'arn:aws:sqs:*:*:shop-*'"), "{Q: !Ref Named}", {"Named": "low"}),
        (_may(SEND, "'arn:aws:sqs:*:*:billing-*'"), "{Q: !Ref Named}", {}),
        (_may(SEND, "'arn:aws:sqs:*:*:billing-*'"), "{Q: !Ref Queue}", {}),
        (_may(SEND, "!Sub 'arn:aws:sqs:*:*:${AWS::StackName}-*'"), "{Q: !Ref Queue}", {"Queue": "low"}),
        (_may(SEND, "'arn:aws:sns:*:*:*'"), "{QUEUE: !Ref Queue}", {}),
        # A pattern that allows to read as well.
        (_may("'sqs:*'", QUEUE), "{}", {"Queue": "low"}),
        (_may("'sqs:Send*'", QUEUE), "{}", {"Queue": "medium"}),
        # Denied, or not.
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, Action: 'sqs:*', Resource: '*'}}", "{}", {}),
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, Action: sqs:Purge*, Resource: '*'}}", "{}", {"Queue": "medium"}),
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, Action: 'sqs:*', Resource: !GetAtt Named.Arn}}", "{}", {"Queue": "medium"}),
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, NotAction: 's3:*', Resource: {QUEUE}}}", "{}", {}),
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, Action: '*', NotResource: {QUEUE}}}", "{}", {"Queue": "medium"}),
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, Action: '*', NotResource: !GetAtt Named.Arn}}", "{}", {}),
        (f"{_may(SEND, QUEUE)}, {{Effect: Deny, Action: '*', Resource: '*', Condition: {{Bool: {{a: b}}}}}}", "{}", {"Queue": "medium"}),
        (f"{_may('dynamodb:*Item', '!GetAtt Table.Arn')}, {{Effect: Deny, Action: dynamodb:DeleteItem, Resource: '*'}}", "{T: !Ref Table}", {"Table": "low"}),
        # Everything but.
        (f"{{Effect: Allow, Action: {SEND}, NotResource: !GetAtt Named.Arn}}", "{Q: !Ref Queue}", {"Queue": "low"}),
        (f"{{Effect: Allow, Action: {SEND}, NotResource: {QUEUE}}}", "{Q: !Ref Queue}", {}),
        (f"{{Effect: Allow, NotAction: 's3:*', Resource: {QUEUE}}}", "{}", {"Queue": "low"}),
        # Under a condition that nobody can judge.
        (_may(SEND, QUEUE, ", Condition: {StringEquals: {aws:RequestTag/a: b}}"), "{}", {"Queue": "low"}),
        # Elsewhere.
        (_may(SEND, "arn:aws:sqs:eu-west-1:111122223333:far"), "{}", {}),
        (_may(SEND, "!Ref Given"), "{}", {}),
        (_may("lambda:InvokeFunction", "!GetAtt Work.Arn"), "{}", {"Work": "low"}),
        (_may("lambda:InvokeFunction", "!Sub '${Work.Arn}:*'"), "{}", {"Work": "low"}),
    ],
)  # fmt: skip
def test_role_tells_what_a_function_may_do(
    statements: str, variables: str, effects: dict[str, str]
) -> None:
    assert _effects(_work(statements, variables)) == effects


def test_role_of_two_functions_tells_of_those_that_know_the_target() -> None:
    other = "Other: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}"
    mapping = MAPPING.replace("SOURCE", "Queue.Arn")

    assert _told(_work(_may(SEND, QUEUE)) + mapping) == ["loop/queue-or-topic medium"]
    assert _told(_work(_may(SEND, QUEUE)) + mapping + other) == []
    assert _told(_work(_may(SEND, QUEUE), "{Q: !Ref Queue}") + mapping + other) == [
        "loop/queue-or-topic low"
    ]


def test_policy_of_two_roles_tells_as_little() -> None:
    mapping = MAPPING.replace("SOURCE", "Queue.Arn")
    shared = _work(_may(SEND, QUEUE)).replace("[!Ref Role]", "[!Ref Role, other]")

    assert _told(shared + mapping) == []


# --- what code says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "variables", "effects"),
    [
        (
            "boto3.client('sqs').send_message(QueueUrl=os.environ['Q'], MessageBody='')",
            "{Q: !Ref Queue}",
            {"Queue": "high"},
        ),
        (
            "boto3.client('sqs').send_message(QueueUrl=os.environ.get('Q', 'shop-orders'), MessageBody='')",
            "{}",
            {"Named": "high"},
        ),
        (
            ("boto3.client('sqs').send_message(QueueUrl="
            "'https://sqs.eu-west-1.amazonaws.com/111122223333/shop-orders', MessageBody='')"),
            "{}",
            {"Named": "high"},
        ),
        (
            ("boto3.client('dynamodb').transact_write_items("
            "TransactItems=[{'Put': {'TableName': os.environ['T'], 'Item': {}}}])"),
            "{T: !Ref Table}",
            {"Table": "high"},
        ),
        (
            "boto3.client('stepfunctions').start_execution(stateMachineArn=os.environ['M'])",
            "{M: !Ref Machine}",
            {"Machine": "high"},
        ),
        (
            "boto3.client('events').put_events(Entries=[{'EventBusName': 'shop'}, {'Source': 'x'}])",
            "{}",
            {"Bus": "high", "default": "high"},
        ),
        (
            ("boto3.client('events').put_events("
            "Entries=[{'EventBusName': 'arn:aws:events:eu-west-1:1:event-bus/default'}])"),
            "{}",
            {"default": "high"},
        ),
        (
            "if event: boto3.client('sqs').send_message(QueueUrl=os.environ['Q'], MessageBody='')",
            "{Q: !Ref Queue}",
            {"Queue": "medium"},
        ),
        # To where the event came from.
        (
            ("boto3.client('sqs').send_message("
            "QueueUrl=event['Records'][0]['eventSourceARN'], MessageBody='')"),
            "{}",
            {"Queue": "high"},
        ),
        ("boto3.client('sqs').send_message(QueueUrl=event['to'], MessageBody='')", "{}", {}),
        ("boto3.client('sqs').receive_message(QueueUrl=os.environ['Q'])", "{Q: !Ref Queue}", {}),
        (
            "boto3.client('lambda').invoke(FunctionName=context.invoked_function_arn)",
            "{}",
            {"Work": "high"},
        ),
    ],
)  # fmt: skip
def test_code_tells_what_a_function_does(
    body: str, variables: str, effects: dict[str, str]
) -> None:
    mapping = MAPPING.replace("SOURCE", "Queue.Arn")

    assert _effects(_work("", variables, _code(body)) + mapping) == effects


def test_permission_counts_where_code_sends_nobody_knows_where() -> None:
    code = _code("boto3.client('sqs').send_message(QueueUrl=event['to'], MessageBody='')")
    work = _work(_may(SEND, QUEUE)).replace(
        "{S3Bucket: code, S3Key: work.zip}", f"{{ZipFile: {json.dumps(code)}}}"
    )
    silent = work.replace("send_message", "receive_message")

    assert _effects(work) == {"Queue": "medium"}
    assert _effects(silent) == {}


# --- where it goes on -----------------------------------------------------------------------------


def _rule(bus: str, pattern: str, target: str, name: str = "Rule", more: str = "") -> str:
    return (
        f"{name}: {{Type: AWS::Events::Rule, Properties: {{EventBusName: !Ref {bus}, "
        f"EventPattern: {pattern}, Targets: [{{Id: a, Arn: !GetAtt {target}.Arn}}]{more}}}}}\n"
    )


PUT = _code(
    "boto3.client('events').put_events(Entries=[{'EventBusName': os.environ['BUS'], "
    "'Source': 'shop', 'DetailType': 'packed', 'Detail': json.dumps({'n': event['n']})}])"
)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("{source: [shop]}", ["loop/event-bus high"]),
        ("{detail: {n: [1]}}", ["loop/event-bus medium"]),
        ("{source: [{prefix: sh}], detail-type: [packed, sent]}", ["loop/event-bus high"]),
        ("{source: [other]}", []),
        ("{source: [aws.s3]}", []),
        ("{source: [shop], detail: {m: [{exists: true}]}}", []),
        ("{account: [!Ref AWS::AccountId]}", ["loop/event-bus high"]),
    ],
)
def test_pattern_decides_whether_events_come_back(pattern: str, told: list[str]) -> None:
    work = _work("", "{BUS: !Ref Bus}", PUT)

    assert _told(work + _rule("Bus", pattern, "Work")) == told


@pytest.mark.parametrize(
    ("condition", "pattern", "told"),
    [
        ("", "{source: [shop]}", ["loop/event-bus low"]),
        ("", "{source: [aws.ec2]}", []),
        ("{StringEquals: {events:source: shop}}", "{source: [shop]}", ["loop/event-bus medium"]),
        ("{StringEquals: {events:source: [a, b]}}", "{source: [shop]}", []),
        ("{'ForAllValues:StringEquals': {events:source: b}}", "{source: [shop]}", []),
        ("{StringEquals: {events:detail-type: sent}}", "{detail-type: [packed]}", []),
        ("{StringLike: {events:source: 'b*'}}", "{source: [shop]}", ["loop/event-bus low"]),
    ],
)
def test_condition_of_a_permission_is_as_good_as_an_entry(
    condition: str, pattern: str, told: list[str]
) -> None:
    more = f", Condition: {condition}" if condition else ""
    work = _work(_may("events:PutEvents", "!GetAtt Bus.Arn", more))

    assert _told(work + _rule("Bus", pattern, "Work")) == told


def test_events_go_from_bus_to_bus_once() -> None:
    work = _work("", "{BUS: !Ref Bus}", PUT)
    onward = _rule("Bus", "{source: [shop]}", "Depot", "First")
    further = _rule("Depot", "{source: [shop]}", "Third", "Second")

    assert _told(work + onward + _rule("Depot", "{source: [shop]}", "Work")) == [
        "loop/event-bus high"
    ]
    assert _told(work + onward + further + _rule("Third", "{source: [shop]}", "Work")) == []


PUBLISH = "boto3.client('sns').publish(TopicArn=os.environ['TOPIC'], Message='{}'ATTRIBUTES)"
SUBSCRIPTION = """
Subscription: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Work.Arn, FilterPolicy: {kind: [a]}SCOPE}}
"""


@pytest.mark.parametrize(
    ("attributes", "scope", "told"),
    [
        ("", "", []),
        ("KIND: 'a'", "", ["loop/queue-or-topic high"]),
        ("KIND: 'b'", "", []),
        ("KIND: event['kind']", "", ["loop/queue-or-topic medium"]),
        ("KIND: 'a'", ", FilterPolicyScope: MessageBody", []),
    ],
)
def test_filter_policy_decides_whether_messages_come_back(
    attributes: str, scope: str, told: list[str]
) -> None:
    value = attributes.partition(": ")[2]
    written = f", MessageAttributes={{'kind': {{'DataType': 'String', 'StringValue': {value}}}}}"
    code = _code(PUBLISH.replace("ATTRIBUTES", written if value else ""))
    work = _work("", "{TOPIC: !Ref Topic}", code)

    assert _told(work + SUBSCRIPTION.replace("SCOPE", scope)) == told


def test_filter_policy_may_let_pass_what_is_only_permitted() -> None:
    work = _work(_may("sns:Publish", "!Ref Topic"))

    assert _told(work + SUBSCRIPTION.replace("SCOPE", "")) == ["loop/queue-or-topic low"]


@pytest.mark.parametrize(
    ("action", "filtered", "told"),
    [
        ("dynamodb:PutItem", "", ["loop/stream medium"]),
        ("dynamodb:PutItem", "[INSERT]", ["loop/stream low"]),
        ("dynamodb:PutItem", "[REMOVE]", []),
        ("dynamodb:DeleteItem", "[INSERT, MODIFY]", []),
        ("dynamodb:DeleteItem", "[REMOVE]", ["loop/stream medium"]),
        ("dynamodb:UpdateItem", "[INSERT]", []),
        ("dynamodb:BatchWriteItem", "[INSERT]", ["loop/stream low"]),
    ],
)
def test_filter_of_a_mapping_decides_whether_changes_come_back(
    action: str, filtered: str, told: list[str]
) -> None:
    work = _work(_may(action, "!GetAtt Table.Arn"), "{TABLE: !Ref Table}")
    pattern = json.dumps({"eventName": filtered.strip("[]").split(", ")})
    criteria = f", FilterCriteria: {{Filters: [{{Pattern: '{pattern}'}}]}}" if filtered else ""
    mapping = MAPPING.replace("SOURCE", f"Table.StreamArn{criteria}")

    assert _told(work + mapping) == told


SENDS = _code("boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody='1')")
PIPE = """
Pipe: {Type: AWS::Pipes::Pipe, Properties: {RoleArn: a, Source: !GetAtt Queue.Arn, Target: !Ref Machine, DesiredState: STATE}}
"""


def test_way_leads_through_pipes_and_workflows() -> None:
    work = _work("", "{QUEUE: !Ref Queue}", SENDS)
    running, stopped = (PIPE.replace("STATE", state) for state in ("RUNNING", "STOPPED"))

    assert _paths(_template(work + running)) == ["Work → Queue → Machine → Work"]
    assert _told(work + running) == ["loop/multi-hop high"]
    assert _told(work + stopped) == []


def test_way_leads_through_a_queue_that_nobody_empties() -> None:
    queue = """
Broken: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Queue.Arn, maxReceiveCount: 5}}}
"""
    mapping = MAPPING.replace("SOURCE", "Queue.Arn")
    allowed = _may(SEND, "!GetAtt Broken.Arn")

    assert _told(queue + mapping + _work("", "{QUEUE: !Ref Broken}", SENDS)) == [
        "loop/queue-or-topic medium"
    ]
    assert _told(queue + mapping + _work(allowed, "{QUEUE: !Ref Broken}")) == [
        "loop/queue-or-topic low"
    ]
    assert _told(queue + mapping + _work(allowed)) == []


def test_what_a_workflow_is_given_comes_back() -> None:
    work = _work(_may("states:StartExecution", "!Ref Machine"))

    assert _told(work) == ["loop/multi-hop medium"]


# --- what is told ---------------------------------------------------------------------------------

OTHER = """
Other: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: index.handler, Role: far, Environment: {Variables: {QUEUE: !Ref Queue}}, Code: {ZipFile: CODE}GATE}
ToOther: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Other, EventSourceArn: !GetAtt Named.Arn}}
""".replace("CODE", json.dumps(SENDS))
TURNS = _work("", "{QUEUE: !Ref Named}", SENDS) + MAPPING.replace("SOURCE", "Queue.Arn")


def test_turns_are_told_once_and_step_by_step() -> None:
    (finding,) = _said(TURNS + OTHER.replace("GATE", "}"))

    assert finding.message == (
        "what Work does comes back to it: Work → Named → Other → Queue → Work"
    )
    assert [note.text for note in finding.notes[1:]] == [
        "Work sends to Named",
        "feeds Other",
        "Other sends to Queue",
        "Lambda's own loop detection ends it after about 16 rounds and drops the event",
        "cheapest cut: FilterCriteria that leave out what comes back",
    ]


def test_weakest_step_is_named() -> None:
    work = _work(_may("sns:Publish", "!Ref Topic"))
    (finding,) = _said(work + SUBSCRIPTION.replace("SCOPE", ""))

    assert [note.text for note in finding.notes] == [
        "invokes Work, which may publish to Topic: Work → Topic → Work",
        "lets Work publish to Topic, which is likely",
        "invokes Work, if its filter lets that pass",
        "Lambda's own loop detection ends it after about 16 rounds and drops the event",
        "cheapest cut: this permission, if nothing needs it",
    ]


def test_detection_does_not_notice_what_goes_through_a_bus_or_is_allowed_to() -> None:
    work = _work("", "{BUS: !Ref Bus}", PUT)
    (bus,) = _said(work + _rule("Bus", "{source: [shop]}", "Work"))
    allowing = TURNS.replace("FunctionName: work,", "FunctionName: work, RecursiveLoop: Allow,")
    disabled, turns = _said(allowing + OTHER.replace("GATE", "}"))

    assert "Lambda's own loop detection does not notice it" in {one.text for one in bus.notes}
    assert disabled.rule.id == "loop/protection-disabled"
    assert disabled.severity.name == "ERROR"
    assert "keeps Lambda from ending it" in {one.text for one in turns.notes}


def test_conditions_decide_in_which_deployments_there_is_a_loop() -> None:
    gated = OTHER.replace("GATE", "}, Condition: IsProd")
    mapping = gated.replace("ToOther: {", "ToOther: {Condition: IsDev, ")

    assert _told(TURNS + gated.replace("ToOther: {", "ToOther: {Condition: IsProd, ")) == [
        "loop/multi-hop high Stage = prod"
    ]
    assert _told(TURNS + mapping) == []


def test_many_conditions_elsewhere_cost_nothing() -> None:
    gates = "".join(
        f"Rule{n}: {{Type: AWS::Events::Rule, Condition: IsProd, Properties: {{EventBusName: !If "
        f"[C{n}, !Ref Bus, !Ref Depot], EventPattern: {{source: [a{n}]}}, "
        f"Targets: [{{Id: a, Arn: !GetAtt Queue.Arn}}]}}}}\n"
        for n in range(30)
    )
    conditions = "".join(f"  C{n}: !Equals [!Ref Given, '{n}']\n" for n in range(30))
    work = _work("", "{BUS: !Ref Bus}", PUT) + _rule("Bus", "{source: [shop]}", "Work")
    text = _template(work + gates).replace("Resources:\n", f"{conditions}Resources:\n", 1)
    causes = _causes(text)

    assert [one.cycle.path for one in causes.rings.loops] == ["Work → Bus → Work"]
    assert causes.rings.tries < 10


def test_functions_of_cdk_begin_no_loop() -> None:
    id = "BucketNotificationsHandler" + "0" * 32
    work = _work("", "{QUEUE: !Ref Queue}", SENDS) + MAPPING.replace("SOURCE", "Queue.Arn")

    assert _told(work) == ["loop/queue-or-topic high"]
    assert _told(work.replace("Work", id).replace(f"$${{{id}}}", "")) == []


def test_way_leads_through_several_templates() -> None:
    queue = """
Resources:
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  Arn: {Value: !GetAtt Queue.Arn, Export: {Name: queue-arn}}
  Url: {Value: !Ref Queue, Export: {Name: queue-url}}
"""
    work = f"""
Resources:
  Mapping: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !ImportValue queue-arn, FunctionName: !Ref Work}}}}
{_indented(_work("", "{QUEUE: !ImportValue queue-url}", SENDS))}
"""

    assert _paths(queue, work) == _paths(work, queue) == ["Work → Queue → Work"]
    assert _paths(work) == []


def test_templates_that_have_nothing_to_do_with_each_other_share_no_default_bus() -> None:
    code = PUT.replace("'EventBusName': os.environ['BUS'], ", "")
    puts = f"Resources:\n{_indented(_work('', '{}', code))}"
    takes = _rule("Bus", "{source: [shop]}", "Work").replace("EventBusName: !Ref Bus, ", "")

    assert _paths(puts + _indented(takes)) == ["Work → the default bus → Work"]
    assert _paths(puts, f"Resources:\n{_indented(takes + _work())}") == []


# --- large applications ---------------------------------------------------------------------------


def _mesh(functions: int, each: int) -> str:
    """Functions with a queue each, that may send to the next ones."""
    resources: dict[str, Any] = {}
    for number in range(functions):
        targets = [f"Queue{(number + step) % functions}" for step in range(1, each + 1)]
        arns = [{"Fn::GetAtt": [target, "Arn"]} for target in targets]
        statement = {"Effect": "Allow", "Action": SEND, "Resource": arns}
        policy = {"PolicyName": "send", "PolicyDocument": {"Statement": [statement]}}
        role = {"AssumeRolePolicyDocument": {}, "Policies": [policy]}
        mapping = {
            "EventSourceArn": {"Fn::GetAtt": [f"Queue{number}", "Arn"]},
            "FunctionName": {"Ref": f"Work{number}"},
        }
        resources |= {
            f"Queue{number}": {"Type": "AWS::SQS::Queue"},
            f"Role{number}": {"Type": "AWS::IAM::Role", "Properties": role},
            f"Work{number}": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Role": {"Fn::GetAtt": [f"Role{number}", "Arn"]}},
            },
            f"Mapping{number}": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": mapping,
            },
        }
    return json.dumps({"Resources": resources})


def test_large_application_is_searched_once() -> None:
    functions, each = 125, 16
    causes = _causes(_mesh(functions, each))
    (loop,) = causes.rings.loops

    # 125 functions in steps of 16 at most: nobody comes round in fewer.
    assert len(loop.cycle.functions) == 8
    # Each thing that a function may send to leads on by one mapping, which is looked at once.
    assert causes.rings.tries == functions * each


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


@given(EDGES)
def test_components_are_what_is_reached_both_ways(edges: list[tuple[int, int]]) -> None:
    following: dict[int, list[int]] = {}
    for start, end in edges:
        following.setdefault(start, []).append(end)
    reached = {node: _reached(node, following) for node in range(8)}

    found = components(following)

    assert {*found} == {node for node in range(8) if node in reached[node]}
    for one in found:
        for other in found:
            together = other in reached[one] and one in reached[other]
            assert (found[one] == found[other]) == together


def _reached(start: int, following: dict[int, list[int]]) -> Collection[int]:
    """What is reached in one step or more."""
    found: set[int] = set()
    todo = [*following.get(start, ())]
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += following.get(node, ())
    return found


# --- topics of MQTT -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "topic", "verdict"),
    [
        ("a/b", "a/b", "YES"),
        ("a/b", "a/c", "NO"),
        ("a/b", "a", "NO"),
        ("a", "a/b", "NO"),
        ("a/+", "a/b", "YES"),
        ("a/+", "a/b/c", "NO"),
        ("+/b", "a/b", "YES"),
        ("+", "a/b", "NO"),
        ("a/#", "a/b/c", "YES"),
        ("a/#", "a", "YES"),
        ("a/#", "b", "NO"),
        ("#", "a/b", "YES"),
        ("#", "$aws/things", "NO"),
        ("+/things", "$aws/things", "NO"),
        ("$aws/#", "$$aws/things/a", "YES"),
        ("a/b", "a/${name}", "MAYBE"),
        ("a/#", "a/${name}", "YES"),
        ("a/+", "a/${name}", "MAYBE"),
        ("a/b", "c/${name}", "NO"),
        ("a/b", "${name}", "MAYBE"),
        ("a/b/c", "a/x${name}", "MAYBE"),
    ],
)
def test_filter_selects_topics(wanted: str, topic: str, verdict: str) -> None:
    assert selects(tuple(wanted.split("/")), published(topic)).name == verdict


@pytest.mark.parametrize(
    ("wanted", "topic", "verdict"),
    [
        ("a/+/c", "${topic()}", "YES"),
        ("a/#", "${topic()}/more", "YES"),
        ("a/b", "${topic()}/more", "NO"),
        ("a/+/in", "a/${topic(2)}/in", "YES"),
        ("a/+/in", "a/${topic(2)}/out", "NO"),
        ("a/#", "b/${topic(2)}", "NO"),
        ("a/b", "a/${ topic( 2 ) }", "YES"),
    ],
)
def test_template_of_a_topic_knows_what_the_rule_selected(
    wanted: str, topic: str, verdict: str
) -> None:
    levels = tuple(wanted.split("/"))

    assert selects(levels, published(topic, levels)).name == verdict


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT * FROM 'a/b'", (("a", "b"), False)),
        ('select x from "a/#" where x > 1', (("a", "#"), True)),
        ("SELECT *\nFROM 'a'\nWHERE b = 'c'", (("a",), True)),
        ("SELECT 1", None),
        (None, None),
    ],
)
def test_statement_tells_its_filter(sql: Any, found: Any) -> None:
    assert selected(sql) == found


LEVEL = st.sampled_from(["a", "b", "+"])


@given(
    st.lists(LEVEL, min_size=1, max_size=4),
    st.booleans(),
    st.lists(st.sampled_from("ab"), min_size=1, max_size=4),
)
def test_filter_of_mqtt_is_what_the_standard_says(
    levels: list[str],
    deep: bool,  # noqa: FBT001  what hypothesis makes up
    topic: list[str],
) -> None:
    wanted = [*levels, "#"] if deep else levels
    fits = all(one in ("+", other) for one, other in zip(levels, topic, strict=False))
    long_enough = len(topic) >= len(levels) if deep else len(topic) == len(levels)

    assert selects(tuple(wanted), tuple(topic)).name == ("YES" if fits and long_enough else "NO")


# --- whose role it is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "shared"),
    [
        ("!GetAtt Role.Arn", "!GetAtt Role.Arn", True),
        ("!GetAtt Role.Arn", "!Sub '${Role.Arn}'", True),
        ("!GetAtt Role.Arn", "!If [IsProd, !GetAtt Role.Arn, !Ref Given]", True),
        ("!GetAtt Role.Arn", "!GetAtt RoleOfOthers.Arn", False),
        ("!GetAtt Role.Arn", "!Sub 'arn:aws:iam::${AWS::AccountId}:role/Role'", False),
        # A role that the parent of a nested template hands to both.
        ("!Ref Given", "!Ref Given", True),
        (
            "!Sub 'arn:aws:iam::${AWS::AccountId}:role/a'",
            "!Sub 'arn:aws:iam::${AWS::AccountId}:role/b'",
            False,
        ),
        (
            "!Sub 'arn:aws:iam::${AWS::AccountId}:role/a'",
            "!Sub 'arn:aws:iam::${AWS::AccountId}:role/a'",
            True,
        ),
    ],
)
def test_functions_share_a_role_where_both_name_it(own: str, other: str, *, shared: bool) -> None:
    functions = f"""
RoleOfOthers: {{Type: AWS::IAM::Role, Properties: {{{TRUST}}}}}
First: {{Type: AWS::Lambda::Function, Properties: {{Role: {own}}}}}
Second: {{Type: AWS::Lambda::Function, Properties: {{Role: {other}}}}}
"""
    graph = Graph([load(_template(functions), "template.yaml")])
    assert [graph.shares_role(one) for one in graph.functions()][:2] == [shared] * 2
