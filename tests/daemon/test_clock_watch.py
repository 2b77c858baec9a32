"""What became of the clock between two looks, and the reason that is told for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from emulator.daemon.clock_watch import ClockWatch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class FakeClocks:
    """The clocks of a machine."""

    def __init__(self) -> None:
        self.wall, self.up, self.awake = NOON, 0.0, 0.0

    def pass_by(self, seconds: float, *, asleep: float = 0.0, step: float = 0.0) -> None:
        """Let time pass awake and asleep, and set the wall clock by a step."""
        self.wall += timedelta(seconds=seconds + asleep + step)
        self.up += seconds + asleep
        self.awake += seconds


@pytest.fixture
def clocks() -> FakeClocks:
    return FakeClocks()


@pytest.fixture
def watch(clocks: FakeClocks) -> Callable[[str], ClockWatch]:
    return lambda late: ClockWatch(lambda: clocks.wall, lambda: (clocks.up, clocks.awake), late)


def test_a_second_that_passes_is_nothing(
    clocks: FakeClocks, watch: Callable[[str], ClockWatch]
) -> None:
    watching = watch("")
    clocks.pass_by(1)
    assert watching.look() == (NOON + timedelta(seconds=1), None, False)
    assert watching.why_late() == "the scheduler could not fire in time"


def test_a_jump_is_the_reason_for_a_minute(
    clocks: FakeClocks, watch: Callable[[str], ClockWatch]
) -> None:
    watching = watch("")
    clocks.pass_by(1, asleep=3600)
    assert str(watching.look().jump) == "the machine slept for 1:00:00"
    clocks.pass_by(9)
    assert watching.look().jump is None
    assert watching.why_late() == "the machine slept for 1:00:00"
    for _ in range(6):
        clocks.pass_by(9)
        watching.look()
    assert watching.why_late() == "the scheduler could not fire in time"


def test_a_correction_too_small_to_tell_still_went_back(
    clocks: FakeClocks, watch: Callable[[str], ClockWatch]
) -> None:
    watching = watch("")
    clocks.pass_by(0.5, step=-1)
    glance = watching.look()
    assert glance.jump is None
    assert glance.went_back


def test_right_after_the_beginning_it_is_what_came_before(
    clocks: FakeClocks, watch: Callable[[str], ClockWatch]
) -> None:
    watching = watch("the last scheduler was killed")
    clocks.pass_by(5)
    watching.look()
    assert watching.why_late() == "the last scheduler was killed"


def test_why_what_is_late_at_first_is_holds_after_a_slow_beginning_too(
    clocks: FakeClocks, watch: Callable[[str], ClockWatch]
) -> None:
    watching = watch("nobody was at work")
    clocks.pass_by(90)
    assert watching.begin() == clocks.wall
    assert watching.why_late() == "nobody was at work"
    clocks.pass_by(61)
    watching.look()
    assert watching.why_late() != "nobody was at work"
