"""What one template exports and another one imports is linked where both are in the run."""

from __future__ import annotations

import pytest

from lambdalint.catalog import load_rule
from lambdalint.engine import lint
from lambdalint.load import load

QUEUES = """
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: !If [IsProd, 60, 600]}
  Bucket:
    Type: AWS::S3::Bucket
Outputs:
  Arn: {Value: !GetAtt Queue.Arn, Export: {Name: orders-arn}}
"""
WORKER = """
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties: {Timeout: 30}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !ImportValue orders-arn, FunctionName: !Ref Worker}
"""
SHORT = load_rule("sqs/short-visibility-timeout")


def _said(rule: str, *texts: str) -> list[tuple[str, str, str]]:
    templates = [load(text, f"{number}.yaml") for number, text in enumerate(texts)]
    verdict = lint(templates, [load_rule(rule)])
    assert verdict.problems == []
    return [(one.at.source.file, one.message, one.when) for one in verdict.findings]


def test_queue_and_function_may_lie_in_two_templates() -> None:
    found = [("0.yaml", "hides a message for 60 s, needs 6 × 30 s", "Stage = prod")]

    assert _said(SHORT.id, QUEUES, WORKER) == found
    assert _said(SHORT.id, WORKER, QUEUES) == [("1.yaml", *found[0][1:])]


def test_evidence_names_the_other_file() -> None:
    templates = [load(QUEUES, "queues.yaml"), load(WORKER, "worker.yaml")]
    (finding,) = lint(templates, [SHORT]).findings

    assert [(note.at.source.file, note.text) for note in finding.notes] == [
        ("queues.yaml", "hides a message for 60 s, needs 6 × 30 s"),
        ("worker.yaml", "one attempt may take 30 s"),
        ("worker.yaml", "reads the queue"),
    ]


def test_name_that_two_templates_export_is_nobodys() -> None:
    assert _said(SHORT.id, QUEUES, QUEUES, WORKER) == []


RULE = """
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !ImportValue worker}]}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: CALLED
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
      SourceArn: !GetAtt Rule.Arn
"""
CALLED = """
Parameters: {Other: {Type: String}}
Resources:
  Worker: {Type: AWS::Lambda::Function, Properties: {FunctionName: worker}}
Outputs:
  Arn: {Value: !GetAtt Worker.Arn, Export: {Name: worker}}
"""


@pytest.mark.parametrize(
    ("called", "found"),
    [
        ("!ImportValue worker", 0),
        ("worker", 0),
        ("!Sub 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:worker'", 0),
        ("other", 1),
    ],
)
def test_permission_beside_a_rule_may_call_the_function_of_another_template(
    called: str, found: int
) -> None:
    texts = (CALLED, RULE.replace("CALLED", called))

    assert len(_said("permission/missing", *texts)) == found
    unnamed = CALLED.replace("FunctionName: worker", "Timeout: 3")
    assert len(_said("permission/missing", unnamed, texts[1])) == ("Import" not in called)


@pytest.mark.parametrize(("called", "found"), [("!ImportValue worker", 0), ("worker", 0), ("x", 1)])
def test_destination_beside_a_rule_may_be_that_of_the_function_of_another_template(
    called: str, found: int
) -> None:
    config = f"""  Config:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: {called}
      Qualifier: $LATEST
      DestinationConfig: {{OnFailure: {{Destination: !ImportValue failures}}}}
"""
    rule = RULE.replace("CALLED", "worker") + config

    assert len(_said("async/no-failure-destination", CALLED, rule)) == found


def test_permission_beside_a_function_may_be_for_the_rule_of_another_template() -> None:
    permission = """
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      {FunctionName: !Ref Other, Action: lambda:InvokeFunction, Principal: events.amazonaws.com}
Outputs:"""
    rule = RULE.replace("CALLED", "other")

    assert len(_said("permission/missing", CALLED, rule)) == 1
    assert _said("permission/missing", CALLED.replace("\nOutputs:", permission), rule) == []


STAGE = "Parameters:\n  Stage: {Type: String}\n"


@pytest.mark.parametrize("name", ["!Sub orders-arn", "!Join ['-', [orders, arn]]"])
def test_name_of_an_export_may_be_put_together(name: str) -> None:
    found = [("0.yaml", "hides a message for 60 s, needs 6 × 30 s", "Stage = prod")]

    assert _said(SHORT.id, QUEUES.replace("Name: orders-arn", f"Name: {name}"), WORKER) == found


@pytest.mark.parametrize(
    "name", ["!Sub '${Stage}-arn'", "!Join ['-', [!Ref Stage, arn]]", "{'Fn::Sub': '${Stage}-arn'}"]
)
@pytest.mark.parametrize(
    ("stages", "found"),
    [
        (({"Stage": "prod"}, {"Stage": "prod"}), ["0.yaml"]),
        (({"Stage": "prod"}, {"Stage": "dev"}), []),
        (({"Stage": "prod"}, {}), []),
        (({}, {"Stage": "prod"}), []),
        (({}, {}), []),
    ],
)
def test_name_of_an_export_may_hold_what_is_given(
    name: str, stages: tuple[dict[str, str], dict[str, str]], found: list[str]
) -> None:
    texts = (
        QUEUES.replace("Name: orders-arn", f"Name: {name}"),
        STAGE + WORKER.replace("!ImportValue orders-arn", f"{{'Fn::ImportValue': {name}}}"),
    )
    templates = [
        load(text, f"{number}.yaml", dict(given))
        for number, (text, given) in enumerate(zip(texts, stages, strict=True))
    ]

    assert [one.at.source.file for one in lint(templates, [SHORT]).findings] == found


def test_name_of_a_stored_parameter_is_not_what_is_stored_there() -> None:
    stage = "Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}"
    stored = "Stage: {Type: 'AWS::SSM::Parameter::Value<String>'}"
    queues = QUEUES.replace(stage, stored).replace("Name: orders-arn", "Name: !Ref Stage")
    templates = [load(queues, "0.yaml", {"Stage": "orders-arn"}), load(WORKER, "1.yaml")]

    assert lint(templates, [SHORT]).findings == []


def test_two_outputs_of_which_one_is_there_may_export_one_name() -> None:
    """In every deployment exactly one of them does."""
    conditions = "  IsDev: !Not [!Condition IsProd]\nResources:"
    either = (
        QUEUES.replace("Resources:", conditions)
        + "  Other: {Condition: IsDev, Value: !GetAtt Queue.Arn, Export: {Name: orders-arn}}\n"
    )
    gated = either.replace("Arn: {Value", "Arn: {Condition: IsProd, Value")

    assert _said(SHORT.id, gated, WORKER) == [
        ("0.yaml", "hides a message for 60 s, needs 6 × 30 s", "Stage = prod")
    ]
    swapped = gated.replace("60, 600", "600, 60")
    assert _said(SHORT.id, swapped, WORKER) == [
        ("0.yaml", "hides a message for 60 s, needs 6 × 30 s", "Stage = dev")
    ]


def test_name_that_nobody_exports_is_unknown() -> None:
    assert _said(SHORT.id, WORKER) == []


def test_output_may_be_conditional() -> None:
    gated = QUEUES.replace("Arn: {Value", "Arn: {Condition: IsProd, Value")

    assert _said(SHORT.id, gated, WORKER) == [
        ("0.yaml", "hides a message for 60 s, needs 6 × 30 s", "Stage = prod")
    ]
    assert _said(SHORT.id, gated.replace("60, 600", "600, 60"), WORKER) == []


def test_alias_may_be_imported() -> None:
    function = """
    Resources:
      Worker: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
      Live: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: !Ref Worker}}
    Outputs:
      Live: {Value: !Ref Live, Export: {Name: live}}
    """
    mapping = """
    Resources:
      Orders: {Type: AWS::SQS::Queue}
      Mapping:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !GetAtt Orders.Arn, FunctionName: !ImportValue live}
    """

    assert _said(SHORT.id, function, mapping) == [
        ("1.yaml", "hides a message for 30 s, needs 6 × 30 s", "")
    ]


@pytest.mark.parametrize("own", ["${AWS::StackName}", "${Prefix}"])
def test_own_name_of_a_stack_is_not_that_of_another(own: str) -> None:
    exporter = f"""
    Parameters: {{Prefix: {{Type: String}}}}
    Resources:
      Topic: {{Type: AWS::SNS::Topic}}
    Outputs:
      Arn:
        Value: !Sub "arn:aws:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{own}-orders"
        Export: {{Name: orders-arn}}
    """
    importer = f"""Parameters: {{Prefix: {{Type: String}}}}{WORKER}
  Orders: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !Sub "{own}-orders"}}}}
"""

    assert _said(SHORT.id, exporter, importer) == []


def test_same_logical_id_in_two_templates_is_two_resources() -> None:
    """The function writes into its own `Bucket`; the one that invokes it only has the same id."""
    writer = """
    Resources:
      Bucket: {Type: AWS::S3::Bucket}
      Writer: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
      Role:
        Type: AWS::IAM::Role
        Properties:
          Policies:
            - PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: "s3:PutObject", Resource: !Sub "${Bucket.Arn}/*"}
    Outputs:
      Writer: {Value: !GetAtt Writer.Arn, Export: {Name: writer}}
      Bucket: {Value: !GetAtt Bucket.Arn, Export: {Name: bucket}}
    """
    source = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          NotificationConfiguration:
            LambdaConfigurations: [{Event: "s3:ObjectCreated:*", Function: !ImportValue writer}]
    Outputs:
      Source: {Value: !GetAtt Bucket.Arn, Export: {Name: source}}
    """
    loop = writer.replace('!Sub "${Bucket.Arn}/*"', '!Join ["", [!ImportValue source, "/*"]]')

    assert _said("loop/s3-self-trigger", writer, source) == []
    assert [file for file, _, _ in _said("loop/s3-self-trigger", loop, source)] == ["1.yaml"]
