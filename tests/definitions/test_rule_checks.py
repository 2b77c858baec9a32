"""What AWS allows of a rule or schedule as a whole."""

import pytest

from tests.definitions.conftest import TASK, Load

RULES = TASK + "rules:\n"


def test_a_description_that_is_too_long_is_rejected(read: Load) -> None:
    rule = "- {{name: a, scheduleExpression: rate(1 day), taskDefinition: job, description: {}}}\n"
    assert read(RULES + rule.format("d" * 512)).model.rules[0].description == "d" * 512
    assert "rule a: the description has 513 characters" in read(RULES + rule.format("d" * 513)).text


@pytest.mark.parametrize(
    ("count", "zone", "told"),
    [(10, "timezone: UTC, ", False), (11, "timezone: UTC, ", True), (11, "", False)],
)
def test_a_schedule_starts_ten_tasks_at_most_and_a_rule_more(
    read: Load, count: int, zone: str, told: bool
) -> None:
    said_of_it = f"{zone}scheduleExpression: rate(1 day), taskDefinition: job, taskCount: {count}"
    rule = f"- {{name: a, {said_of_it}}}"
    said = "target a: the task count of a schedule is 1 to 10, not 11"
    assert (said in read(RULES + rule).text) is told
