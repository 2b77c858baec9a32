"""What is said of a task that is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from emulator.cli.happenings import ended, started
from emulator.model.task import StopCode, Task, TaskStatus
from tests.builders import task

MORNING = datetime(2026, 11, 24, 6, 37, tzinfo=UTC)

STOPPED = replace(
    task(),
    last_status=TaskStatus.STOPPED,
    stop_code=StopCode.USER_INITIATED,
    stopped_reason="Task stopped by user",
)


def _exited(made: Task, exit_code: int | None) -> Task:
    return replace(made, containers=(replace(made.containers[0], exit_code=exit_code),))


@pytest.mark.parametrize(
    ("exit_code", "told"),
    [
        (143, "stopped: Task stopped by user (exit codes: app 143)"),
        (None, "stopped: Task stopped by user"),
    ],
)
def test_a_stopped_task_shows_the_exit_codes_there_are(exit_code: int | None, told: str) -> None:
    assert ended(_exited(STOPPED, exit_code)) == f"nightly task 00000000 {told}"


def test_why_a_task_was_stopped_cannot_command_the_terminal() -> None:
    made = replace(STOPPED, stopped_reason="late\x1b[2J")
    assert ended(made) == "nightly task 00000000 stopped: late\\x1b[2J"


@pytest.mark.parametrize(
    ("due", "dated", "told"),
    [
        (MORNING, False, "started (due 06:37:00Z)"),
        (MORNING, True, "started (due 2026-11-24T06:37:00Z)"),
        (MORNING - timedelta(days=1), False, "started (due 2026-11-23T06:37:00Z)"),
        (None, True, "started"),
    ],
)
def test_a_due_instant_has_its_day_where_that_is_another_one(
    due: datetime | None, dated: bool, told: str
) -> None:
    made = replace(task(), scheduled_at=due, created_at=MORNING + timedelta(seconds=1))
    assert started(made, dated=dated) == f"nightly task 00000000 {told}"
