"""The clockwork on APScheduler, with a clock that the test moves: nobody waits for a minute."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import apscheduler.schedulers.base
import pytest

from emulator.daemon import clockwork
from emulator.daemon.clockwork import Clockwork
from emulator.eventbridge.clock_jump import Jump, Reading
from emulator.eventbridge.missed import MissedPolicy, Verdict
from emulator.schedules import Schedule, parse

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATIENCE = 60.0
"""Seconds until a test gives up; it takes milliseconds."""


class FakeTime:
    """The three clocks of a machine; also the one that APScheduler reads.

    All three move at once: a thread has the uptime of the moment at which it read the wall clock.
    """

    def __init__(self) -> None:
        self._clocks = Reading(NOON, 0.0, 0.0)
        self._read = threading.local()
        self.before_ringing: Callable[[], object] = bool

    @property
    def wall(self) -> datetime:
        return self._clocks.wall

    def __call__(self) -> datetime:
        self._read.clocks = self._clocks
        return self._clocks.wall

    def uptime(self) -> tuple[float, float]:
        clocks: Reading = self._read.clocks
        return clocks.up, clocks.awake

    def pass_by(self, seconds: float) -> None:
        """Let time pass as it does."""
        self._move(seconds, seconds, seconds)

    def sleep(self, seconds: float) -> None:
        """Close the lid."""
        self._move(seconds, seconds, 0)

    def set_by(self, seconds: float) -> None:
        """Set the wall clock."""
        self._move(seconds, 0, 0)

    def _move(self, wall: float, up: float, awake: float) -> None:
        was = self._clocks
        self._clocks = Reading(was.wall + timedelta(seconds=wall), was.up + up, was.awake + awake)


class Running:
    """A clockwork at work, and what it said; `meanwhile` comes between its making and its start."""

    def __init__(
        self,
        time: FakeTime,
        schedules: dict[str, Schedule],
        meanwhile: Callable[[], object] = bool,
        **options: Any,
    ) -> None:
        self.time = time
        self.said: queue.Queue[str] = queue.Queue()
        self.on_fire: Callable[[], object] = bool
        self.on_jump: Callable[[], object] = bool
        self.clockwork = Clockwork(
            schedules,
            clock=time,
            uptime=time.uptime,
            fire=self._fire,
            missed=self._missed,
            jumped=self._jumped,
            **options,
        )
        meanwhile()
        self.clockwork.start()

    def next(self) -> str:
        self.clockwork.look()
        return self.said.get(timeout=PATIENCE)

    def wait(self, seconds: int) -> None:
        """Let time pass while the clockwork looks at it."""
        for _ in range(seconds // 5):
            self.time.pass_by(5)
            self.clockwork.look()

    def silent(self) -> bool:
        """Return whether nothing is said when it looks once more."""
        self.clockwork.look()
        self.clockwork.close()
        return self.said.empty()

    def _fire(self, rule: str, due: datetime) -> None:
        self.said.put(f"fire {rule} {due:%H:%M}")
        self.on_fire()

    def _missed(self, rule: str, verdict: Verdict, why: str) -> None:
        first, last = verdict.missed[0], verdict.missed[-1]
        self.said.put(f"missed {rule} {len(verdict.missed)} {first:%H:%M}-{last:%H:%M}: {why}")

    def _jumped(self, jump: Jump) -> None:
        self.on_jump()
        self.said.put(str(jump))


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            present = fake.wall.astimezone(tz)
            if threading.current_thread().name == "APScheduler":
                fake.before_ringing()
            return present

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Now)
    # The test looks at the clock: on a slow machine a tick would come between two of its steps.
    monkeypatch.setattr(clockwork, "TICK_SECONDS", 3600.0)
    return fake


@pytest.fixture
def every_minute(time: FakeTime) -> Iterator[Running]:
    running = Running(time, {"job": parse("cron(* * * * ? *)")})
    yield running
    running.clockwork.stop()


def test_a_scheduler_that_takes_its_time_to_begin_was_not_stopped(time: FakeTime) -> None:
    """A slow engine is asked what an earlier scheduler left, before anything fires."""
    every_minute = {"job": parse("cron(* * * * ? *)")}
    running = Running(time, every_minute, meanwhile=lambda: time.pass_by(70))
    assert running.next() == "fire job 12:01"
    assert running.silent()


def test_a_clock_that_is_set_back_while_a_scheduler_begins_is_gone_by(time: FakeTime) -> None:
    every_minute = {"job": parse("cron(* * * * ? *)")}
    running = Running(time, every_minute, meanwhile=lambda: time.set_by(-7200))
    running.wait(60)
    assert running.next() == "fire job 10:01"
    assert running.silent()


def test_rules_fire_at_their_minute_in_order_of_their_names(time: FakeTime) -> None:
    schedules = {name: parse("cron(0/2 * * * ? *)") for name in ("b", "a")}
    running = Running(time, {**schedules, "odd": parse("cron(1 * * * ? *)")})
    running.wait(60)
    assert running.next() == "fire odd 12:01"
    running.wait(60)
    assert [running.next(), running.next()] == ["fire a 12:02", "fire b 12:02"]
    assert running.silent()


def test_the_clock_is_looked_at_though_nothing_is_due(
    time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clockwork, "TICK_SECONDS", 0.001)
    running = Running(time, {"job": parse("cron(0 0 1 1 ? *)")})
    time.set_by(3600)
    assert running.said.get(timeout=PATIENCE) == "the clock was set forward by 1:00:00"
    running.clockwork.close()


def test_a_laptop_that_slept_reports_what_it_missed(every_minute: Running) -> None:
    every_minute.time.sleep(3600)
    said = [every_minute.next() for _ in range(4)]
    assert said == [
        "the machine slept for 1:00:00",
        "missed job 58 12:01-12:58: the machine slept for 1:00:00",
        "fire job 12:59",
        "fire job 13:00",
    ]
    assert every_minute.silent()


def test_a_stopped_process_reports_what_it_missed(every_minute: Running) -> None:
    every_minute.time.pass_by(200)
    said = [every_minute.next() for _ in range(3)]
    assert said == [
        "this process was stopped for 0:03:20",
        "missed job 2 12:01-12:02: this process was stopped for 0:03:20",
        "fire job 12:03",
    ]
    assert every_minute.silent()


def test_what_happened_to_the_clock_is_told_before_another_thread_goes_by_it(
    time: FakeTime,
) -> None:
    running = Running(time, {"job": parse("cron(0 0 1 1 ? *)")})
    waits: list[bool] = []

    def look_in_another_thread() -> None:
        other = threading.Thread(target=running.clockwork.look)
        other.start()
        other.join(0.05)
        waits.append(other.is_alive())

    running.on_jump = look_in_another_thread
    time.set_by(3600)
    assert running.next() == "the clock was set forward by 1:00:00"
    assert waits == [True]
    assert running.silent()


def test_a_clock_set_back_fires_nothing_twice(every_minute: Running) -> None:
    every_minute.wait(60)
    assert every_minute.next() == "fire job 12:01"
    every_minute.time.set_by(-45)
    assert every_minute.next() == "the clock was set back by 0:00:45"
    every_minute.wait(105)
    assert every_minute.next() == "fire job 12:02", "12:01 came once more, and has fired before"
    assert every_minute.silent()


def test_a_clock_set_back_just_before_a_rule_fires_keeps_no_rule_from_its_minute(
    every_minute: Running,
) -> None:
    def set_back() -> None:
        if every_minute.time.wall >= NOON + timedelta(minutes=1):
            every_minute.time.set_by(-3600)

    every_minute.wait(55)
    every_minute.time.before_ringing = set_back
    every_minute.time.pass_by(5)
    assert every_minute.next() == "the clock was set back by 1:00:00"
    every_minute.wait(60)
    assert every_minute.next() == "fire job 11:02"
    assert every_minute.silent()


def test_a_clock_that_was_years_ahead_goes_on_when_it_is_right(every_minute: Running) -> None:
    years = timedelta(days=4 * 365).total_seconds()
    every_minute.time.set_by(years)
    said = [every_minute.next() for _ in range(4)]
    assert said[0] == "the clock was set forward by 1460 days, 0:00:00"
    assert said[1].startswith("missed job 44638 ")
    every_minute.time.set_by(-years)
    assert every_minute.next() == "the clock was set back by 1460 days, 0:00:00"
    every_minute.wait(60)
    assert every_minute.next() == "fire job 12:01"
    assert every_minute.silent()


@pytest.mark.parametrize(
    ("policy", "fires"),
    [(MissedPolicy.SKIP, []), (MissedPolicy.ONCE, ["03:00"]), (MissedPolicy.ALL, ["03:00"])],
)
def test_the_policy_says_whether_a_missed_night_is_made_up_for(
    time: FakeTime, policy: MissedPolicy, fires: list[str]
) -> None:
    running = Running(time, {"nightly": parse("cron(0 3 * * ? *)")}, policy=policy)
    time.sleep(20 * 3600)
    assert running.next() == "the machine slept for 20:00:00"
    assert running.next().startswith("missed nightly 1 03:00-03:00")
    assert [running.next() for _ in fires] == [f"fire nightly {at}" for at in fires]
    assert running.silent()


def test_what_is_due_does_not_wait_for_what_is_made_up_for(time: FakeTime) -> None:
    schedules = {"often": parse("cron(* * * * ? *)"), "evening": parse("cron(0 22 * * ? *)")}
    running = Running(time, schedules, policy=MissedPolicy.ALL)
    time.sleep(10 * 3600)
    assert running.next() == "the machine slept for 10:00:00"
    assert running.next().startswith("missed often 598 12:01-21:58")
    assert running.next() == "fire evening 22:00"
    of_one_rule = [running.next() for _ in range(600)]
    assert of_one_rule[0] == "fire often 12:01"
    assert of_one_rule[-3:] == ["fire often 21:58", "fire often 21:59", "fire often 22:00"]
    assert of_one_rule == sorted(of_one_rule)
    assert running.silent()


def test_what_comes_due_meanwhile_does_not_wait_either_and_a_stop_ends_it(time: FakeTime) -> None:
    schedules = {"often": parse("cron(* * * * ? *)"), "next": parse("cron(1 22 * * ? *)")}
    running = Running(time, schedules, policy=MissedPolicy.ALL)
    fired = iter(range(1000))

    def act() -> None:
        number = next(fired)
        if number == 0:
            time.pass_by(60)
        if number == 150:
            running.clockwork.stop()

    running.on_fire = act
    time.sleep(10 * 3600)
    said = [running.next() for _ in range(104)]
    assert said[-1] == "fire next 22:01", "a hundred of the others went before it"
    assert [running.said.get(timeout=PATIENCE) for _ in range(150 - 100)]
    running.clockwork.close()
    assert running.said.empty(), "the stop ended it"


def test_a_change_of_the_hosts_own_zone_is_nothing(
    every_minute: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time as host

    try:
        for zone in ("America/New_York", "Asia/Tokyo"):
            monkeypatch.setenv("TZ", zone)
            host.tzset()
            every_minute.clockwork.look()
        every_minute.wait(60)
        assert every_minute.next() == "fire job 12:01"
    finally:
        monkeypatch.delenv("TZ")
        host.tzset()


def test_what_fired_in_an_earlier_run_is_not_fired_again(time: FakeTime) -> None:
    done = {"job": [NOON + timedelta(minutes=1)]}
    running = Running(time, {"job": parse("cron(* * * * ? *)")}, fired=done)
    running.wait(120)
    assert running.next() == "fire job 12:02"
    assert running.silent()


def test_a_new_rate_of_scheduler_is_due_at_once(time: FakeTime) -> None:
    rate = parse("rate(1 hour)", dialect="scheduler", anchor=NOON)
    running = Running(time, {"job": rate}, after={"job": NOON - timedelta(microseconds=1)})
    assert running.next() == "fire job 12:00"
    assert running.silent()


def test_a_schedule_that_is_over_exhausts_the_clockwork(time: FakeTime) -> None:
    past = parse("at(2020-01-01T00:00:00)", dialect="scheduler")
    once = parse("at(2026-11-24T12:01:00)", dialect="scheduler")
    idle = Running(time, {"past": past})
    assert idle.clockwork.exhausted
    idle.clockwork.close()
    running = Running(time, {"past": past, "once": once})
    assert not running.clockwork.exhausted
    running.wait(60)
    assert running.next() == "fire once 12:01"
    while not running.clockwork.exhausted:
        running.clockwork.look()
    running.clockwork.close()


def test_nothing_fires_after_a_stop_from_within_a_firing(time: FakeTime) -> None:
    running = Running(time, {name: parse("cron(* * * * ? *)") for name in ("a", "b")})
    running.on_fire = running.clockwork.stop
    running.wait(60)
    assert running.next() == "fire a 12:01"
    assert running.silent()


@pytest.mark.defect
def test_a_rule_that_cannot_be_fired_keeps_no_other_from_its_second(
    time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    running = Running(time, {name: parse("cron(* * * * ? *)") for name in ("a", "b")})
    defects = iter([RuntimeError("a defect")])
    running.on_fire = lambda: _raise(next(defects, None))
    running.wait(60)
    assert [running.next(), running.next()] == ["fire a 12:01", "fire b 12:01"]
    running.wait(60)
    assert [running.next(), running.next()] == ["fire a 12:02", "fire b 12:02"]
    assert running.silent()
    assert "rule a could not be fired" in caplog.text


def _raise(error: Exception | None) -> None:
    if error is not None:
        raise error


def test_other_schedules_come_in_while_the_kept_ones_go_on(time: FakeTime) -> None:
    every_minute = parse("cron(* * * * ? *)")
    running = Running(time, {"a": every_minute, "b": every_minute})
    running.wait(60)
    assert {running.next(), running.next()} == {"fire a 12:01", "fire b 12:01"}
    running.clockwork.replace(
        {"a": every_minute, "c": every_minute}, keep={"a"}, after={"c": NOON}, fired={}
    )
    assert running.next() == "fire c 12:01"
    running.wait(60)
    assert {running.next(), running.next()} == {"fire a 12:02", "fire c 12:02"}
    assert running.silent()


def test_what_passed_while_no_scheduler_was_at_work_is_told_with_its_reason(
    time: FakeTime,
) -> None:
    running = Running(
        time,
        {"a": parse("cron(* * * * ? *)")},
        after={"a": NOON - timedelta(minutes=5)},
        fired={"a": [NOON - timedelta(minutes=4)]},
        late_at_first="the last one was killed",
    )
    told = [running.next() for _ in range(3)]
    assert told[0] == "missed a 2 11:57-11:58: the last one was killed"
    assert told[1:] == ["fire a 11:59", "fire a 12:00"]
    running.clockwork.close()


def test_it_has_caught_up_once_all_that_is_due_has_been_fired(every_minute: Running) -> None:
    seen: list[bool] = []
    every_minute.on_fire = lambda: seen.append(every_minute.clockwork.caught_up)
    assert every_minute.clockwork.caught_up
    every_minute.wait(55)
    every_minute.time.pass_by(5)
    assert not every_minute.clockwork.caught_up
    assert every_minute.next() == "fire job 12:01"
    while not every_minute.clockwork.caught_up:
        every_minute.clockwork.look()
    assert seen == [False]


def test_what_is_due_at_once_fires_within_one_context(time: FakeTime) -> None:
    numbers = iter(range(100))
    present: list[int] = []

    @contextmanager
    def together() -> Iterator[None]:
        present.append(next(numbers))
        yield
        present.clear()

    schedules = {name: parse("cron(5 12 * * ? *)") for name in "abc"}
    running = Running(time, schedules, together=together)
    seen: list[tuple[int, ...]] = []
    running.on_fire = lambda: seen.append(tuple(present))
    running.wait(300)
    assert [running.next() for _ in schedules] == [f"fire {name} 12:05" for name in "abc"]
    assert running.silent()
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert seen[0] != ()
