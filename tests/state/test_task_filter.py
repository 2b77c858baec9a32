"""Which tasks are asked for, as the condition of a query."""

from datetime import timedelta

import pytest

from emulator.state.records import instant_text
from emulator.state.task_filter import EVERY_TASK, TaskFilter
from tests.builders import NOON

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("wanted", "condition", "values"),
    [
        (EVERY_TASK, "1", ()),
        (TaskFilter(rule="nightly"), "rule = ?", ("nightly",)),
        (TaskFilter(status="STOPPED"), "last_status = ?", ("STOPPED",)),
        # A partial index holds what is not over, and is used where that is said.
        (
            TaskFilter(status="RUNNING"),
            "last_status = ? AND last_status <> 'STOPPED'",
            ("RUNNING",),
        ),
        (TaskFilter(failed=True), "succeeded = 0", ()),
        (
            TaskFilter(family="job", since=NOON, until=LATER),
            "family = ? AND created_at >= ? AND created_at < ?",
            ("job", instant_text(NOON), instant_text(LATER)),
        ),
    ],
)
def test_what_is_said_is_asked_for_and_nothing_else(
    wanted: TaskFilter, condition: str, values: tuple[object, ...]
) -> None:
    assert wanted.condition() == (condition, values)
