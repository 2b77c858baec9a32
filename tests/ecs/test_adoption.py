"""A task that another process began: what is known of it, and by which clock it goes on."""

from datetime import timedelta

from emulator.ecs.adoption import clock_of
from tests.builders import NOON, task

MINUTE = timedelta(minutes=1)


def test_a_task_that_is_taken_over_does_not_end_before_it_began() -> None:
    began = task().changed(created_at=NOON, started_at=NOON + MINUTE)
    assert clock_of(began, lambda: NOON - 60 * MINUTE)() == NOON + MINUTE
    assert clock_of(began, lambda: NOON + 2 * MINUTE)() == NOON + 2 * MINUTE
