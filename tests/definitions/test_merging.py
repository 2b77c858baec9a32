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
    ("one", "other", "names"),
    [
        (_schedule("blue"), _schedule("green"), ["blue/nightly", "green/nightly"]),
        (_schedule("blue"), _schedule("default"), ["blue/nightly", "default/nightly"]),
        (RULE, _schedule("blue"), ["nightly", "blue/nightly"]),
    ],
)
def test_schedules_of_one_name_are_told_apart_by_their_groups(
    read: Load, one: str, other: str, names: list[str]
) -> None:
    outcome = read({"a.json": one, "b.json": other, "job.json": JOB})
    assert outcome.definitions is not None
    assert [rule.name for rule in outcome.definitions.rules] == names
    assert [rule.bare_name for rule in outcome.definitions.rules] == ["nightly", "nightly"]


def test_what_is_said_here_of_a_schedule_that_two_groups_have_names_them(read: Load) -> None:
    files = {"a.json": _schedule("blue"), "b.json": _schedule("green"), "job.json": JOB}
    said = read({**files, "ecs-local.yaml": "local: {rules: {nightly: {overlap: skip}}}\n"}).text
    assert "local.rules: rule 'nightly' is in several groups of schedules" in said
    assert "hint: name each that is meant: blue/nightly, green/nightly" in said


def test_a_schedule_whose_name_is_that_of_no_other_is_called_by_it_alone(read: Load) -> None:
    outcome = read({"a.json": _schedule("blue"), "job.json": JOB})
    assert outcome.definitions is not None
    assert [rule.name for rule in outcome.definitions.rules] == ["nightly"]


def test_one_name_in_one_group_is_there_twice(read: Load) -> None:
    outcome = read({"a.json": _schedule("blue"), "b.json": _schedule("blue"), "job.json": JOB})
    assert "error b.json:1: rule nightly is defined before, at a.json:1" in outcome.text


def test_a_rule_of_another_bus_is_told_apart_by_aws_only(read: Load) -> None:
    other = RULE.replace("ScheduleExpression", "EventBusName", 1).replace("rate(1 day)", "orders")
    other = other.replace("{", '{"EventPattern": "{\\"source\\": [\\"a\\"]}", ', 1)
    outcome = read({"a.json": RULE, "b.json": other, "job.json": JOB})
    assert (
        "hint: AWS tells rules of the bus default and rules of the bus orders apart; here each has "
        "a name of its own"
    ) in outcome.text


def test_a_name_that_aws_has_once_is_simply_there_twice(read: Load) -> None:
    outcome = read({"a.json": RULE, "b.json": RULE, "job.json": JOB})
    assert "error b.json:1: rule nightly is defined before, at a.json:1" in outcome.text
    assert "AWS tells" not in outcome.text
