"""Rules in the shape of AWS's APIs: JSON in, the rule or what is wrong with it out."""

import json
from typing import Any

import pytest
import yaml

from emulator.definitions.aws_api import read_events_rule, read_scheduler_schedule
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Problems
from tests.definitions.model_text import plain, problems_text

TARGET: dict[str, Any] = {
    "Id": "batch",
    "Arn": "arn:aws:ecs:ap-northeast-1:000000000000:cluster/example",
    "RoleArn": "arn:aws:iam::000000000000:role/events",
    "EcsParameters": {"TaskDefinitionArn": "arn:aws:ecs:x:0:task-definition/batch"},
}
SCHEDULE: dict[str, Any] = {
    "Name": "nightly",
    "ScheduleExpression": "rate(1 hour)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {key: value for key, value in TARGET.items() if key != "Id"},
}


def _rule(rule: dict[str, Any], *targets: dict[str, Any]) -> str:
    problems = Problems()
    nodes = [parse_json(json.dumps(target), "targets") for target in targets]
    read = read_events_rule(parse_json(json.dumps(rule), "rule"), nodes, problems)
    return _text(read[0] if len(read) == 1 else read or None, problems)


def _schedule(schedule: dict[str, Any]) -> str:
    problems = Problems()
    return _text(read_scheduler_schedule(parse_json(json.dumps(schedule), "s"), problems), problems)


def _text(value: object, problems: Problems) -> str:
    body = "nothing\n" if value is None else yaml.safe_dump(plain(value), sort_keys=False)
    return body + problems_text(tuple(problems.found))


def test_a_rule_with_everything_a_target_can_say() -> None:
    target = {
        **TARGET,
        "EcsParameters": {
            "TaskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/batch:3",
            "TaskCount": "2",
            "LaunchType": "FARGATE",
            "PlatformVersion": "1.4.0",
            "Group": "nightly",
            "NetworkConfiguration": {
                "awsvpcConfiguration": {
                    "Subnets": ["subnet-1"],
                    "SecurityGroups": ["sg-1"],
                    "AssignPublicIp": "ENABLED",
                }
            },
            "EnableECSManagedTags": "true",
            "EnableExecuteCommand": True,
            "PropagateTags": "TASK_DEFINITION",
            "ReferenceId": "ref",
            "TagList": [{"Key": "team", "Value": "batch"}],
        },
        "Input": json.dumps(
            {
                "containerOverrides": [
                    {"name": "app", "command": ["run"], "environment": [{"name": "A", "value": ""}]}
                ]
            }
        ),
        "RetryPolicy": {"MaximumRetryAttempts": 4, "MaximumEventAgeInSeconds": 120},
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:x:0:dead"},
    }
    rule = {
        "Name": "nightly",
        "Description": "every night",
        "ScheduleExpression": "cron(0 18 * * ? *)",
        "State": "DISABLED",
        "EventBusName": "default",
        "Arn": "arn:aws:events:x:0:rule/nightly",
    }
    assert _rule(rule, target) == (
        "name: nightly\n"
        "schedule_expression: cron(0 18 * * ? *)\n"
        "targets:\n"
        "- id: batch\n"
        "  task_definition: arn:aws:ecs:us-east-1:000000000000:task-definition/batch:3\n"
        "  task_count: 2\n"
        "  launch_type: FARGATE\n"
        "  group: nightly\n"
        "  overrides:\n"
        "    container_overrides:\n"
        "    - name: app\n"
        "      command:\n"
        "      - run\n"
        "      environment:\n"
        "        A: ''\n"
        "  cluster: example\n"
        "  role_arn: arn:aws:iam::000000000000:role/events\n"
        "  platform_version: 1.4.0\n"
        "  network_configuration:\n"
        "    subnets:\n"
        "    - subnet-1\n"
        "    security_groups:\n"
        "    - sg-1\n"
        "    assign_public_ip: true\n"
        "  propagate_tags: TASK_DEFINITION\n"
        "  enable_ecs_managed_tags: true\n"
        "  enable_execute_command: true\n"
        "  reference_id: ref\n"
        "  tags:\n"
        "    team: batch\n"
        "  retry_policy:\n"
        "    maximum_retry_attempts: 4\n"
        "    maximum_event_age_in_seconds: 120\n"
        "  dead_letter_arn: arn:aws:sqs:x:0:dead\n"
        "description: every night\n"
        "state: DISABLED\n"
        "# note targets:1: no effect on this machine: a target's role, platform version, "
        "network configuration, propagateTags and enableExecuteCommand\n"
    )


@pytest.mark.parametrize(
    ("rule", "targets", "said"),
    [
        ({"Name": "r"}, [TARGET], "rule r has no schedule and no event pattern: left out"),
        (
            {"Name": "r", "EventPattern": {"source": "x"}},
            [TARGET],
            "Event pattern is not valid. Reason: source must be an object or an array",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [],
            "r has no target that can be had here: left out",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{"Id": "l", "Arn": "arn:aws:kinesis:x:0:stream/s"}],
            "target l of rule r, arn:aws:kinesis:x:0:stream/s, can run or be told nothing here",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{"Id": "s", "Arn": "arn:aws:states:x:0:stateMachine:m"}],
            "is a Step Functions state machine, which is not supported",
        ),
        ({"Name": "r", "ScheduleExpression": "rate(0 days)"}, [TARGET], "rate(0 days)"),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)", "EventBusName": "mine"},
            [TARGET],
            "ScheduleExpression is supported only on the default event bus.",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)", "Sate": "ENABLED"},
            [TARGET],
            "unknown key 'Sate' in the rule\n#   hint: did you mean 'State'?",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{**TARGET, "Input": "{not json"}],
            "Input: not valid JSON",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{**TARGET, "RetryPolicy": {"MaximumRetryAttempts": 186}}],
            "maximumRetryAttempts is 0 to 185, not 186",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{**TARGET, "Arn": TARGET["EcsParameters"]["TaskDefinitionArn"]}],
            "not arn:aws:ecs:x:0:task-definition/batch\n#   hint: the task definition goes",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{**TARGET, "Arn": "example"}],
            "target batch: Arn is that of the cluster, not example\n#   hint: write arn:aws:ecs:",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{**TARGET, "RoleArn": "events"}],
            "target batch: RoleArn is the ARN of a role, not events",
        ),
        (
            {"Name": "r", "ScheduleExpression": "rate(1 day)"},
            [{**TARGET, "EcsParameters": {**TARGET["EcsParameters"], "Overrides": {}}}],
            "unknown key 'Overrides' in EcsParameters\n#   hint: a target has its overrides as",
        ),
    ],
)
def test_what_a_rule_cannot_do_is_said(
    rule: dict[str, Any], targets: list[dict[str, Any]], said: str
) -> None:
    assert said in _rule(rule, *targets)


def test_arns_that_cloudformation_resolves_when_it_deploys_are_not_judged() -> None:
    arns = {"Arn": "{{resolve:ssm:/cluster}}", "RoleArn": "{{resolve:ssm:/role:1}}"}
    found = _rule({"Name": "r", "ScheduleExpression": "rate(1 hour)"}, {**TARGET, **arns})
    assert "role_arn: '{{resolve:ssm:/role:1}}'" in found
    assert "error" not in found
    assert "cluster:" not in found


def test_an_event_pattern_is_kept_whether_text_or_mapping() -> None:
    rule = {"Name": "r", "ScheduleExpression": "rate(1 day)"}
    pattern = {"source": ["x"], "detail": {"a": [1]}}
    as_mapping = _rule({**rule, "EventPattern": pattern}, TARGET)
    assert as_mapping == _rule({**rule, "EventPattern": json.dumps(pattern)}, TARGET)
    assert """event_pattern: '{"detail":{"a":[1]},"source":["x"]}'""" in as_mapping


def test_a_schedule_with_its_zone_window_and_dates() -> None:
    schedule = {
        **SCHEDULE,
        "ScheduleExpressionTimezone": "Asia/Tokyo",
        "StartDate": "2026-01-01T09:00:00+09:00",
        "EndDate": 1800000000.0,
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        "GroupName": "jobs",
        "State": "ENABLED",
    }
    assert _schedule(schedule) == (
        "name: nightly\n"
        "schedule_expression: rate(1 hour)\n"
        "targets:\n"
        "- id: nightly\n"
        "  task_definition: arn:aws:ecs:x:0:task-definition/batch\n"
        "  cluster: example\n"
        "  role_arn: arn:aws:iam::000000000000:role/events\n"
        "timezone: Asia/Tokyo\n"
        "dialect: scheduler\n"
        "start_date: '2026-01-01T00:00:00+00:00'\n"
        "end_date: '2027-01-15T08:00:00+00:00'\n"
        "maximum_window_in_minutes: 15\n"
        "schedule_group: jobs\n"
        "# note s:1: no effect on this machine: a target's role\n"
    )


RUN_TASK: dict[str, Any] = {"Arn": "arn:aws:scheduler:::aws-sdk:ecs:runTask"}


def test_the_universal_target_takes_a_run_task_request() -> None:
    request = {
        "Cluster": "example",
        "TaskDefinition": "batch",
        "Count": 1,
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}},
        "Overrides": {
            "ContainerOverrides": [{"Name": "app", "Environment": [{"Name": "A", "Value": "b"}]}]
        },
    }
    target = {
        **RUN_TASK,
        "RoleArn": "arn:aws:iam::000000000000:role/scheduler",
        "Input": json.dumps(request),
    }
    text = _schedule({**SCHEDULE, "Target": target})
    assert "  task_definition: batch\n  launch_type: FARGATE\n" in text
    assert "    - name: app\n      environment:\n        A: b\n" in text
    assert "    subnets:\n    - subnet-1\n" in text
    assert "# error" not in text


def test_a_target_that_starts_no_task_is_rejected_in_either_shape() -> None:
    of_scheduler = {**RUN_TASK, "Input": json.dumps({"TaskDefinition": "batch", "Count": 0})}
    assert "count is at least 1, not 0" in _schedule({**SCHEDULE, "Target": of_scheduler})
    ecs = {"TaskDefinitionArn": "batch", "TaskCount": 0}
    own = {**SCHEDULE["Target"], "EcsParameters": ecs}
    assert "TaskCount is at least 1, not 0" in _schedule({**SCHEDULE, "Target": own})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"FlexibleTimeWindow": None}, "schedule nightly has no FlexibleTimeWindow"),
        ({"StartDate": "tomorrow"}, "StartDate: 'tomorrow' is not an instant"),
        ({"StartDate": 1e300}, "is not an instant"),
        ({"StartDate": "2027-01-01", "EndDate": "2026-01-01"}, "EndDate lies before StartDate"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"Target": {"Arn": "arn:aws:glue:x:0:job/j"}}, "can run or be told nothing here"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said(change: dict[str, Any], said: str) -> None:
    assert said in _schedule({**SCHEDULE, **change})


def test_a_schedule_tells_a_queue_any_text_and_a_function_json() -> None:
    queue = {"Arn": "arn:aws:sqs:x:0:q", "SqsParameters": {"MessageGroupId": "g"}}
    text = _schedule({**SCHEDULE, "Target": {**queue, "Input": "no json"}})
    assert "input: no json" in text
    assert "# error" not in text
    function = {"Arn": "arn:aws:lambda:x:0:function:f", "Input": "no json"}
    assert "JSON syntax error in input" in _schedule({**SCHEDULE, "Target": function})
