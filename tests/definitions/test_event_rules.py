"""Rules with an event pattern, and targets that are told: in ecs-local.yaml and in AWS's shape."""

import json

import pytest

from emulator.model.event_rules import EventRule
from emulator.model.notification_targets import NotificationTarget, TargetKind
from tests.definitions.conftest import TASK, Load


def _rule(read: Load, text: str) -> EventRule:
    (rule,) = read(TASK + "rules:\n" + text).model.event_rules
    return rule


def test_a_pattern_is_a_mapping_or_json_text_and_means_the_same(read: Load) -> None:
    rule = "- {{name: b, taskDefinition: job, eventPattern: {}}}\n"
    mapping = _rule(read, rule.format("{source: [aws.ecs], detail: {n: [1]}}"))
    text = _rule(read, rule.format("""'{"detail": {"n": [1]}, "source": ["aws.ecs"]}'"""))
    assert mapping == text
    assert json.loads(mapping.event_pattern) == {"source": ["aws.ecs"], "detail": {"n": [1]}}


def test_names_of_topics_and_queues_become_arns(read: Load) -> None:
    targets = (
        "[{sns: a}, {sqs: b}, {lambda: c}, {logs: /d}, "
        "{arn: 'arn:aws:events:x:0:api-destination/e/1'}]"
    )
    rule = _rule(read, f"- {{name: b, eventPattern: {{source: [x]}}, targets: {targets}}}\n")
    told = rule.notification_targets
    assert [(target.kind, target.name) for target in told] == [
        (TargetKind.SNS, "a"),
        (TargetKind.SQS, "b"),
        (TargetKind.LAMBDA, "c"),
        (TargetKind.LOGS, "/d"),
        (TargetKind.API_DESTINATION, "e"),
    ]
    assert told[0].arn == "arn:aws:sns:us-east-1:000000000000:a"
    assert [target.id for target in told] == ["b-1", "b-2", "b-3", "b-4", "b-5"]


def test_a_rule_with_a_schedule_and_a_pattern_is_of_both_kinds(read: Load) -> None:
    model = read(
        TASK + "rules:\n- name: both\n  scheduleExpression: rate(1 hour)\n"
        "  eventPattern: {source: [x]}\n  targets: [{taskDefinition: job}, {sns: a}]\n"
    ).model
    assert [rule.name for rule in model.rules] == ["both"]
    assert [rule.name for rule in model.event_rules] == ["both"]
    assert model.rules[0].targets == model.event_rules[0].task_targets


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "{name: b, eventPattern: {source: aws.ecs}, taskDefinition: job}",
            "Event pattern is not valid. Reason: source must be an object or an array",
        ),
        (
            "{name: b, eventPattern: '{\"source\": [}', taskDefinition: job}",
            "Event pattern is not valid. Reason: not valid JSON",
        ),
        (
            "{name: b, eventPattern: {detail: {a: [{numeric: ['>']}]}}, taskDefinition: job}",
            "numeric takes one or two comparisons",
        ),
        ("{name: b, eventPattern: {source: [x]}}", "b has no taskDefinition"),
        (
            "{name: b, eventPattern: {source: [x]}, arn: arn:aws:states:x:0:stateMachine:m}",
            "names no topic, queue, function, log group or bus",
        ),
        (
            "{name: b, eventPattern: {source: [x]}, sns: a, input: text}",
            "JSON syntax error in input for target b.",
        ),
        (
            "{name: b, eventPattern: {source: [x]}, sns: a, inputPath: detail}",
            "Invalid InputPath for target b: 'detail' is not a path",
        ),
        (
            "{name: b, eventPattern: {source: [x]}, sns: a, input: '1', inputPath: $.id}",
            "target b has input and inputPath; AWS allows one of them",
        ),
        (
            (
                "{name: b, eventPattern: {source: [x]}, sns: a,"
                " inputTransformer: {inputTemplate: <a>}}"
            ),
            "InputTemplate: <a> is not in InputPathsMap",
        ),
        (
            (
                "{name: b, eventPattern: {source: [x]}, taskDefinition: job,"
                " containerOverrides: [{name: main}], inputTransformer: {inputTemplate: x}}"
            ),
            "inputTransformer makes the overrides, so containerOverrides has no place beside it",
        ),
        (
            "{name: b, eventPattern: {source: [x]}, timezone: Asia/Tokyo, taskDefinition: job}",
            "timezone is for schedules of EventBridge Scheduler",
        ),
        ("{name: b, eventPattern: {source: [x]}, taskDefinition: gone}", "no task definition"),
    ],
)
def test_what_aws_would_refuse_is_an_error_with_its_place(rule: str, said: str, read: Load) -> None:
    outcome = read(TASK + f"rules:\n- {rule}\n")
    assert outcome.definitions is None
    assert "error ecs-local.yaml:5: " in outcome.text
    assert said in outcome.text


def test_two_rules_of_one_name_are_one_too_many_whatever_their_kinds(read: Load) -> None:
    outcome = read(
        TASK + "rules:\n- {name: b, scheduleExpression: rate(1 day), taskDefinition: job}\n"
        "- {name: b, eventPattern: {source: [x]}, taskDefinition: job}\n"
    )
    assert "ecs-local.yaml:6: rule b is defined before, at ecs-local.yaml:5" in outcome.text


def test_two_rules_of_one_name_are_one_too_many_though_they_stand_in_one_line(read: Load) -> None:
    outcome = read(
        TASK + "rules: [{name: b, scheduleExpression: rate(1 day), taskDefinition: job}, "
        "{name: b, eventPattern: {source: [x]}, taskDefinition: job}]\n"
    )
    assert "ecs-local.yaml:4: rule b is defined before, at ecs-local.yaml:4" in outcome.text


def test_targets_of_a_schedule_that_are_no_tasks_are_told_when_it_fires(read: Load) -> None:
    outcome = read(
        TASK + "rules:\n- name: b\n  scheduleExpression: rate(1 day)\n"
        "  targets: [{taskDefinition: job}, {sns: a}]\n"
        "- {name: c, scheduleExpression: rate(1 day), sqs: q}\n"
    )
    both, told = outcome.model.rules
    assert [target.id for target in both.targets] == ["b-1"]
    assert [target.id for target in both.notification_targets] == ["b-2"]
    assert (told.targets, [t.name for t in told.notification_targets]) == ((), ["q"])
    assert "left out" not in outcome.text


def test_terraform_says_the_same(read: Load) -> None:
    model = read(
        {
            "main.tf": """
resource "aws_ecs_task_definition" "job" {
  family                = "job"
  container_definitions = jsonencode([{ name = "main", image = "alpine", memory = 64 }])
}
locals {
  family = aws_ecs_task_definition.job.family
}
resource "aws_sns_topic" "alerts" {
  name = "batch-alerts"
}
resource "aws_lambda_function" "notify" {
  function_name = "notify"
  role          = "arn:aws:iam::000000000000:role/l"
}
resource "aws_cloudwatch_event_rule" "failed" {
  name          = "failed"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail      = { lastStatus = ["STOPPED"], group = ["family:${local.family}"] }
  })
}
resource "aws_cloudwatch_event_target" "topic" {
  rule = aws_cloudwatch_event_rule.failed.name
  arn  = aws_sns_topic.alerts.arn
  input_transformer {
    input_paths    = { group = "$.detail.group" }
    input_template = "\\"失敗: <group>\\""
  }
}
resource "aws_cloudwatch_event_target" "function" {
  rule = aws_cloudwatch_event_rule.failed.name
  arn  = aws_lambda_function.notify.arn
}
"""
        }
    ).model
    (rule,) = model.event_rules
    assert json.loads(rule.event_pattern)["detail"]["group"] == ["family:job"]
    targets = rule.notification_targets
    assert [(t.kind, t.name) for t in targets] == [
        (TargetKind.SNS, "batch-alerts"),
        (TargetKind.LAMBDA, "notify"),
    ]
    first = targets[0]
    assert isinstance(first, NotificationTarget)
    assert first.input_transformer is not None
    assert first.input_transformer.input_template == '"失敗: <group>"'


def test_cloudformation_says_the_same(read: Load) -> None:
    model = read(
        {
            "template.yaml": """
Resources:
  Job:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: job
      ContainerDefinitions: [{Name: main, Image: alpine, Memory: 64}]
  Alerts: {Type: "AWS::SNS::Topic", Properties: {TopicName: batch-alerts}}
  Failed:
    Type: AWS::Events::Rule
    Properties:
      Name: failed
      EventPattern:
        source: [aws.ecs]
        detail: {lastStatus: [STOPPED], clusterArn: [!Sub "arn:aws:ecs:${AWS::Region}:1:cluster/c"]}
      Targets:
        - {Id: topic, Arn: !Ref Alerts, InputPath: $.detail}
"""
        }
    ).model
    (rule,) = model.event_rules
    assert json.loads(rule.event_pattern)["detail"]["clusterArn"] == [
        "arn:aws:ecs:us-east-1:1:cluster/c"
    ]
    assert [(t.kind, t.name) for t in rule.notification_targets] == [
        (TargetKind.SNS, "batch-alerts")
    ]


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ("{url: 'http://a'}", "the sink has no type"),
        ("{type: fax}", "type: 'fax' is not one of webhook, command, desktop, email"),
        ("{type: webhook}", "the sink has no url"),
        ("{type: webhook, url: 'file:///etc/passwd'}", "not the address of a webhook"),
        ("{type: webhook, url: 'http://a b'}", "not the address of a webhook"),
        (
            "{type: webhook, url: 'http://a', headers: {Host: b}}",
            "Host is what",
        ),
        (
            '{type: webhook, url: "http://a", headers: {A: "b\\r\\nC: d"}}',
            "the value of A is not",
        ),
        ("{type: command, command: rm -rf /}", "command is a list"),
        ("{type: command, command: []}", "the sink has no command"),
        ("{type: email}", "the sink has no to"),
        ('{type: email, to: ["a@b\\r\\nBcc: c@d"]}', "is not a mail address"),
        ("{type: email, to: [a@b], port: 70000}", "port is 1 to 65535, not 70000"),
        ("{type: desktop, url: x}", "unknown key 'url' in the sink"),
    ],
)
def test_a_sink_that_cannot_be_is_an_error_with_its_place(sink: str, said: str, read: Load) -> None:
    outcome = read(TASK + f"local:\n  sinks:\n  - {sink}\n")
    assert "error ecs-local.yaml:6: " in outcome.text
    assert said in outcome.text


def test_a_chain_limit_is_bounded(read: Load) -> None:
    assert "local.chainLimit is 1 to 100, not 0" in read(TASK + "local: {chainLimit: 0}\n").text
