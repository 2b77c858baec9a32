"""When virtual time jumps, when it stands still, and when it flows."""

import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from emulator.timers import SimulatedTimers, after
from emulator.virtual_time import VirtualTime

START = datetime(2028, 2, 29, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTANT = timedelta(milliseconds=20)
PATIENCE = 60.0


def test_time_jumps_from_timer_to_timer_while_nothing_is_at_work() -> None:
    timers = SimulatedTimers(START)
    seen: list[datetime] = []
    for hours in (3, 1, 2):
        timers.at(START + hours * HOUR, lambda: seen.append(timers.now()))
    assert not VirtualTime(timers).pass_until(START + 5 * HOUR)
    assert seen == [START + HOUR, START + 2 * HOUR, START + 3 * HOUR]
    assert timers.now() == START + 5 * HOUR


def test_time_stands_still_while_a_thread_is_at_work() -> None:
    timers = SimulatedTimers(START)
    seen: list[tuple[str, datetime]] = []

    def work() -> None:
        threading.Event().wait(0.02)
        seen.append(("worked", timers.now()))

    timers.at(START + HOUR, lambda: timers.activity.thread(work, "worker"))
    timers.at(START + 2 * HOUR, lambda: seen.append(("later", timers.now())))
    VirtualTime(timers).pass_until(START + 3 * HOUR)
    assert seen == [("worked", START + HOUR), ("later", START + 2 * HOUR)]


def test_what_a_thread_sets_while_it_works_goes_off_in_its_turn() -> None:
    timers = SimulatedTimers(START)
    seen: list[int] = []
    timers.at(
        START,
        lambda: timers.activity.thread(
            lambda: after(timers, HOUR, lambda: seen.append(1)), "worker"
        ),
    )
    timers.at(START + 2 * HOUR, lambda: seen.append(2))
    VirtualTime(timers).pass_until(START + 2 * HOUR)
    assert seen == [1, 2]


def test_time_flows_with_a_thread_that_really_lasts_and_jumps_after_it() -> None:
    timers = SimulatedTimers(START)
    seen: list[str] = []
    over = threading.Event()

    def work() -> None:
        assert over.wait(PATIENCE)
        seen.append("worked")

    def meanwhile() -> None:
        seen.append("meanwhile")
        over.set()

    timers.activity.thread(work, "container")
    timers.at(START + INSTANT, meanwhile)
    timers.at(START + HOUR, lambda: seen.append("later"))
    assert not VirtualTime(timers, flows=True).pass_until(START + HOUR)
    assert seen == ["meanwhile", "worked", "later"]
    assert timers.now() == START + HOUR


def test_flowing_time_comes_to_its_limit_though_a_thread_is_at_work() -> None:
    timers = SimulatedTimers(START)
    timers.activity.begin()
    assert not VirtualTime(timers, flows=True).pass_until(START + INSTANT)
    assert timers.now() == START + INSTANT


def test_with_a_speed_time_never_jumps() -> None:
    timers = SimulatedTimers(START)
    seen: list[datetime] = []
    timers.at(START + HOUR, lambda: seen.append(timers.now()))
    fast = VirtualTime(timers, speed=36_000.0)
    began = time.monotonic()
    assert not fast.pass_until(START + 2 * HOUR)
    assert time.monotonic() - began >= 0.2, "two hours at that speed"
    assert timers.now() == START + 2 * HOUR
    assert seen[0] >= START + HOUR


def test_with_a_speed_what_takes_no_time_sees_exact_instants_and_works_in_order() -> None:
    timers = SimulatedTimers(START, in_order=True)
    seen: list[tuple[str, datetime]] = []

    def begin() -> None:
        for name in "abc":
            work = partial(lambda name: seen.append((name, timers.now())), name)
            timers.activity.thread(work, name)

    timers.at(START + HOUR, begin)
    timers.at(START + HOUR, lambda: seen.append(("next", timers.now())))
    assert not VirtualTime(timers, speed=3_600_000.0).pass_until(START + 2 * HOUR)
    assert seen == [(name, START + HOUR) for name in ("a", "b", "c", "next")]
    assert timers.now() == START + 2 * HOUR


def test_with_a_speed_a_thread_that_begins_meanwhile_has_its_turn_at_once() -> None:
    timers = SimulatedTimers(START, in_order=True)
    time, over = VirtualTime(timers, speed=1.0), threading.Event()

    def stop() -> None:
        timers.activity.thread(over.set, "stop")
        assert over.wait(PATIENCE)
        time.wake()

    stopper = threading.Timer(0.02, stop)
    stopper.start()
    assert time.pass_until(START + HOUR, over.is_set)
    assert START < timers.now() < START + HOUR
    stopper.join()


def test_a_pass_ends_when_it_is_done_or_when_nothing_is_left_to_happen() -> None:
    timers = SimulatedTimers(START)
    seen: list[int] = []
    for hours in range(1, 4):
        timers.at(START + hours * HOUR, lambda: seen.append(1))
    time = VirtualTime(timers)
    assert time.pass_until(None, lambda: len(seen) == 2)
    assert timers.now() == START + 2 * HOUR
    assert not time.pass_until(None, lambda: len(seen) == 4)
    assert timers.now() == START + 3 * HOUR


def test_a_sleeping_pass_looks_again_when_woken() -> None:
    timers = SimulatedTimers(START)
    timers.activity.begin()
    asked = threading.Event()
    time = VirtualTime(timers)

    def ask() -> None:
        asked.set()
        time.wake()

    waker = threading.Timer(0.02, ask)
    waker.start()
    assert time.pass_until(None, asked.is_set)
    waker.join()
