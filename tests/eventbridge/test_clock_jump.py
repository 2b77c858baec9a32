"""What became of the clock between two looks at it."""

from datetime import UTC, datetime, timedelta

import pytest

from emulator.eventbridge.clock_jump import Reading, jump_between

BEFORE = Reading(datetime(2026, 11, 24, 12, tzinfo=UTC), up=1000.0, awake=700.0)


@pytest.mark.parametrize(
    ("wall", "up", "awake", "told"),
    [
        (1, 1, 1, None),
        (1.4, 1, 1, None),
        (0.4, 1, 1, None),
        (3601, 3601, 1, "the machine slept for 1:00:00"),
        (3601, 1, 1, "the clock was set forward by 1:00:00"),
        (-299, 1, 1, "the clock was set back by 0:05:00"),
        (-2.01, 0.98, 0.98, "the clock was set back by 0:00:03"),
        (90.5, 90.5, 90.5, "this process was stopped for 0:01:30"),
        (7, 7, 7, None),
        (7260, 3660, 60, "the clock was set forward by 1:00:00"),
    ],
)
def test_a_jump_is_told_apart_by_three_clocks(
    wall: float, up: float, awake: float, told: str | None
) -> None:
    after = Reading(
        BEFORE.wall + timedelta(seconds=wall), up=BEFORE.up + up, awake=BEFORE.awake + awake
    )
    jump = jump_between(BEFORE, after)
    assert (None if jump is None else str(jump)) == told
