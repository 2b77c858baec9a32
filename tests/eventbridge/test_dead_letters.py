"""What lies in a dead-letter queue, attribute by attribute as SQS gives it."""

import json
from typing import Any

import pytest

from emulator.ecs.run_task import RunTaskRefusedError
from emulator.eventbridge.dead_letters import body_of, cluster_arn_of, dead_letter
from emulator.eventbridge.failures import Exhausted, Failure, failure_of
from emulator.eventbridge.occasion import due
from emulator.model.container_override import ContainerOverride
from emulator.model.rules import Target, TaskOverride
from tests.builders import NOON, definitions, rule

CLUSTER = "arn:aws:ecs:ap-northeast-1:000000000000:cluster/default"
OVERRIDE = TaskOverride(container_overrides=(ContainerOverride(name="app", command=("夜間",)),))
TARGET = Target(id="1", task_definition="job", task_count=2, overrides=OVERRIDE)


def _attributes(letter: dict[str, Any]) -> dict[str, str]:
    types = {each["DataType"] for each in letter["MessageAttributes"].values()}
    assert types == {"String"}
    return {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}


def _failure(name: str, text: str) -> Failure:
    return failure_of(RunTaskRefusedError(name, text))


def test_a_rules_event_lies_there_with_eventbridges_error_code() -> None:
    occasion = due(rule(), NOON, definitions())
    failure = _failure("ClientException", "TaskDefinition not found: job.")
    letter = dead_letter(occasion, CLUSTER, "body", failure, attempts=1, exhausted=None)
    assert letter["Body"] == "body"
    assert list(letter["MessageAttributes"]) == sorted(letter["MessageAttributes"])
    assert _attributes(letter) == {
        "ERROR_CODE": "NO_RESOURCE",
        "ERROR_MESSAGE": "ClientException: TaskDefinition not found: job.",
        "RETRY_ATTEMPTS": "0",
        "RULE_ARN": "arn:aws:events:ap-northeast-1:000000000000:rule/nightly",
        "TARGET_ARN": CLUSTER,
    }
    again = dead_letter(occasion, CLUSTER, "body", failure, attempts=1, exhausted=None)
    assert again["MessageId"] != letter["MessageId"]


def test_a_schedules_request_lies_there_with_the_exception_and_what_it_was_due_for() -> None:
    occasion = due(rule(dialect="scheduler"), NOON, definitions())
    failure = _failure("ThrottlingException", "Rate exceeded")
    letter = dead_letter(
        occasion, CLUSTER, "body", failure, attempts=3, exhausted=Exhausted.ATTEMPTS
    )
    assert _attributes(letter) == {
        "ERROR_CODE": "ThrottlingException",
        "ERROR_MESSAGE": "ThrottlingException: Rate exceeded",
        "EXECUTION_ID": occasion.execution_id,
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "2",
        "SCHEDULED_TIME": "2026-11-24T12:00:00Z",
        "SCHEDULE_ARN": "arn:aws:scheduler:ap-northeast-1:000000000000:schedule/default/nightly",
        "TARGET_ARN": CLUSTER,
    }


@pytest.mark.parametrize(("attempts", "retries"), [(0, "0"), (1, "0"), (2, "1")])
def test_the_first_attempt_is_no_retry(attempts: int, retries: str) -> None:
    letter = dead_letter(
        due(rule(), NOON, definitions()),
        CLUSTER,
        "",
        _failure("ThrottlingException", ""),
        attempts=attempts,
        exhausted=None,
    )
    assert _attributes(letter)["RETRY_ATTEMPTS"] == retries


def test_the_body_is_the_event_of_a_rule_and_the_request_of_a_schedule() -> None:
    occasion = due(rule("夜間"), NOON, definitions())
    body = body_of(occasion, TARGET, definitions())
    assert json.loads(body) == occasion.event
    assert "夜間" in body
    scheduled = body_of(due(rule(dialect="scheduler"), NOON, definitions()), TARGET, definitions())
    assert json.loads(scheduled) == {
        "cluster": CLUSTER,
        "taskDefinition": "job",
        "count": 2,
        "overrides": {"containerOverrides": [{"name": "app", "command": ["夜間"]}]},
    }
    assert "夜間" in scheduled


def test_the_arn_of_a_target_is_that_of_its_cluster() -> None:
    assert cluster_arn_of(TARGET, definitions()) == CLUSTER
    assert cluster_arn_of(TARGET, definitions(cluster="batch")).endswith(":cluster/batch")
    own = Target(id="1", task_definition="job", cluster="night")
    assert cluster_arn_of(own, definitions(cluster="batch")).endswith(":cluster/night")
