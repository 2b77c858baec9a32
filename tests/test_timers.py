"""Timers by the wall clock and by a virtual one."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from emulator.clock import system_clock
from emulator.timers import SimulatedTimers, WallTimers, after

START = datetime(2028, 2, 29, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PATIENCE = 60.0


def _drain(timers: SimulatedTimers, until: datetime) -> int:
    count = 0
    while timers.step(until):
        count += 1
    return count


def test_virtual_timers_go_off_in_order_of_time_and_then_of_setting() -> None:
    timers = SimulatedTimers(START)
    seen: list[str] = []
    timers.at(START + 2 * MINUTE, lambda: seen.append("late"))
    timers.at(START + MINUTE, lambda: seen.append("first"))
    timers.at(START + MINUTE, lambda: seen.append("second"))
    assert _drain(timers, START + 3 * MINUTE) == 3
    assert seen == ["first", "second", "late"]


def test_a_virtual_timer_sees_its_own_instant_as_now() -> None:
    timers = SimulatedTimers(START)
    seen: list[datetime] = []
    after(timers, MINUTE, lambda: seen.append(timers.now()))
    _drain(timers, START + 5 * MINUTE)
    assert seen == [START + MINUTE]
    assert timers.now() == START + 5 * MINUTE


def test_a_virtual_timer_may_set_another_that_still_goes_off() -> None:
    timers = SimulatedTimers(START)
    seen: list[datetime] = []

    def again() -> None:
        seen.append(timers.now())
        after(timers, MINUTE, again)

    timers.at(START, again)
    _drain(timers, START + 2 * MINUTE)
    assert seen == [START, START + MINUTE, START + 2 * MINUTE]
    assert timers.next_instant() == START + 3 * MINUTE


def test_a_cancelled_timer_never_goes_off() -> None:
    timers = SimulatedTimers(START)
    timer = timers.at(START + MINUTE, lambda: pytest.fail("it was cancelled"))
    timer.cancel()
    assert timers.next_instant() is None
    assert _drain(timers, START + MINUTE) == 0


def test_a_timer_of_the_past_goes_off_and_the_clock_does_not_go_back() -> None:
    timers = SimulatedTimers(START)
    timers.move_to(START + 2 * MINUTE)
    seen: list[datetime] = []
    timers.at(START, lambda: seen.append(timers.now()))
    _drain(timers, START + 2 * MINUTE)
    timers.move_to(START)
    assert seen == [START + 2 * MINUTE]
    assert timers.now() == START + 2 * MINUTE


def test_what_is_due_later_than_any_calendar_goes_is_due_at_its_end() -> None:
    timers = SimulatedTimers(START)
    after(timers, timedelta.max, lambda: None)
    assert timers.next_instant() == datetime.max.replace(tzinfo=UTC)


@pytest.mark.defect
def test_an_action_that_fails_is_reported_and_the_others_go_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    timers = SimulatedTimers(START)
    seen: list[str] = []

    def fail() -> None:
        message = "broken"
        raise ValueError(message)

    timers.at(START, fail)
    timers.at(START, lambda: seen.append("fine"))
    with caplog.at_level(logging.ERROR):
        _drain(timers, START)
    assert seen == ["fine"]
    assert "a timer's action failed" in caplog.text


@pytest.fixture
def wall_timers() -> Iterator[WallTimers]:
    timers = WallTimers(system_clock)
    yield timers
    timers.close()


def test_a_wall_timer_goes_off_when_its_instant_has_come(wall_timers: WallTimers) -> None:
    gone_off = threading.Event()
    wall_timers.at(system_clock(), gone_off.set)
    assert gone_off.wait(PATIENCE)


def test_a_nearer_wall_timer_overtakes_one_that_is_waited_for(wall_timers: WallTimers) -> None:
    gone_off = threading.Event()
    wall_timers.at(system_clock() + timedelta(hours=1), lambda: pytest.fail("too early"))
    wall_timers.at(system_clock(), gone_off.set)
    assert gone_off.wait(PATIENCE)


class _MachineClocks:
    """The wall clock and the uptime of a machine, which the test moves."""

    def __init__(self) -> None:
        self.wall = START
        self.up = 0.0

    def __call__(self) -> datetime:
        return self.wall

    def uptime(self) -> tuple[float, float]:
        return self.up, 0.0

    def pass_by(self, length: timedelta) -> None:
        self.up += length.total_seconds()
        self.wall += length


class _SetTimers:
    """Timers by clocks that are moved; `seen` says what has gone off by now, in order."""

    def __init__(self) -> None:
        self.clocks = _MachineClocks()
        self.timers = WallTimers(self.clocks, self.clocks.uptime)
        self._seen: list[str] = []

    def expect(self, name: str, delay: timedelta) -> None:
        after(self.timers, delay, lambda: self._seen.append(name))

    def seen(self) -> list[str]:
        looked = threading.Event()
        self.timers.at(self.timers.now(), looked.set)
        assert looked.wait(PATIENCE)
        return self._seen


@pytest.fixture
def set_timers() -> Iterator[_SetTimers]:
    made = _SetTimers()
    yield made
    made.timers.close()


@pytest.mark.parametrize("step", [timedelta(hours=26), timedelta(hours=-2), 3 * MINUTE])
def test_a_wall_timer_is_as_far_away_as_before_where_the_clock_is_set(
    set_timers: _SetTimers, step: timedelta
) -> None:
    set_timers.expect("second", 2 * MINUTE)
    set_timers.expect("first", MINUTE)
    set_timers.expect("at the end of all time", timedelta.max)
    set_timers.clocks.wall += step
    assert set_timers.seen() == []
    set_timers.clocks.pass_by(MINUTE)
    assert set_timers.seen() == ["first"]
    set_timers.clocks.pass_by(MINUTE)
    assert set_timers.seen() == ["first", "second"]


def test_what_is_set_after_the_clock_was_goes_by_the_clock_as_it_is(
    set_timers: _SetTimers,
) -> None:
    set_timers.clocks.wall -= timedelta(hours=2)
    set_timers.expect("soon", MINUTE)
    set_timers.clocks.pass_by(MINUTE)
    assert set_timers.seen() == ["soon"]


def test_a_wall_timer_that_comes_while_the_machine_sleeps_goes_off_when_it_wakes(
    set_timers: _SetTimers,
) -> None:
    set_timers.expect("overslept", MINUTE)
    set_timers.clocks.pass_by(timedelta(hours=8))
    assert set_timers.seen() == ["overslept"]


def test_a_closed_clock_lets_nothing_go_off() -> None:
    timers = WallTimers(system_clock)
    timers.close()
    timers.at(system_clock(), lambda: pytest.fail("it is closed"))
    assert timers.now().tzinfo is UTC
