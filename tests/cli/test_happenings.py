"""What is said of a task that is over."""

from dataclasses import replace

import pytest

from emulator.cli.happenings import ended
from emulator.model.task import StopCode, Task, TaskStatus
from tests.builders import task

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
