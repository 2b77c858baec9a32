"""What files say together: each name has one definition."""

import json

import pytest

from tests.definitions.conftest import Load

TARGET = {
    "Arn": "arn:aws:ecs:us-east-1:111111111111:cluster/c",
    "RoleArn": "arn:aws:iam::111111111111:role/r",
    "EcsParameters": {
        "TaskDefinitionArn": "arn:aws:ecs:us-east-1:111111111111:task-definition/job"
    },
}
JOB = json.dumps({"family": "job", "containerDefinitions": [{"name": "main", "image": "alpine"}]})


def _schedule(group: str) -> str:
    return json.dumps(
        {
            "Name": "nightly",
            "GroupName": group,
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": TARGET,
        }
    )


RULE = json.dumps(
    {"Name": "nightly", "ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "a", **TARGET}]}
)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (
            _schedule("blue"),
            _schedule("green"),
            "schedules of the group blue and schedules of the group green",
        ),
        (RULE, _schedule("default"), "rules of the bus default and schedules of the group default"),
    ],
)
def test_a_name_that_only_aws_can_have_twice_is_told_as_that(
    read: Load, one: str, other: str, apart: str
) -> None:
    outcome = read({"a.json": one, "b.json": other, "job.json": JOB})
    assert "error b.json:1: rule nightly is defined before, at a.json:1" in outcome.text
    assert f"hint: AWS tells {apart} apart; here each has a name of its own" in outcome.text


def test_a_name_that_aws_has_once_is_simply_there_twice(read: Load) -> None:
    outcome = read({"a.json": RULE, "b.json": RULE, "job.json": JOB})
    assert "error b.json:1: rule nightly is defined before, at a.json:1" in outcome.text
    assert "AWS tells" not in outcome.text
