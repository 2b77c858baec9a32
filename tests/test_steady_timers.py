"""Wall timers for what takes no time by itself."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from emulator import steady_timers
from emulator.clock import system_clock
from emulator.steady_timers import SteadyTimers
from emulator.timers import after
from emulator.waiting import Mailbox, Signal

PATIENCE = 60.0
SOON = timedelta(milliseconds=20)


@pytest.fixture
def timers() -> Iterator[SteadyTimers]:
    made = SteadyTimers(system_clock)
    yield made
    made.close()


def test_a_thread_at_work_sees_the_instant_at_which_its_work_began(timers: SteadyTimers) -> None:
    seen = list[datetime]()
    over = threading.Event()

    def work() -> None:
        seen.append(timers.now())
        _wait_for_the_clock_to_go_on()
        seen.append(timers.now())
        over.set()

    due = system_clock() + SOON
    timers.at(due, lambda: timers.activity.thread(work, "worker"))
    assert over.wait(PATIENCE)
    assert seen == [due, due]


def test_any_other_thread_sees_the_present(timers: SteadyTimers) -> None:
    with timers.activity.at_work():
        before = timers.now()
    _wait_for_the_clock_to_go_on()
    assert before < timers.now() <= system_clock()


def test_a_thread_at_work_sees_the_present_though_one_waits_that_nobody_counts(
    timers: SteadyTimers,
) -> None:
    seen, over = list[datetime](), threading.Event()
    # As `Signal.wait` does of such a thread, for as long as it waits.
    timers.activity.end()
    _wait_for_the_clock_to_go_on()
    began = system_clock()

    def work() -> None:
        seen.append(timers.now())
        over.set()

    timers.activity.thread(work, "worker")
    assert over.wait(PATIENCE)
    assert seen[0] >= began
    timers.activity.begin()


def test_what_lasts_equally_long_comes_in_the_order_it_was_set(timers: SteadyTimers) -> None:
    """However long what is set takes to be done: a chain of two comes to the instant of one."""
    seen, over = list[str](), threading.Event()

    def chain() -> None:
        # As slow as a busy machine: by its own clock the chain is late.
        _wait_for_the_clock_to_go_on()
        after(timers, SOON, lambda: seen.append("second of a chain"))
        after(timers, SOON, over.set)

    with timers.activity.at_work():
        after(timers, SOON, lambda: timers.activity.thread(chain, "chain"))
        after(timers, 2 * SOON, lambda: seen.append("as long"))
    assert over.wait(PATIENCE)
    assert seen == ["as long", "second of a chain"]


def test_a_timer_goes_off_when_all_that_came_of_the_one_before_is_done(
    timers: SteadyTimers,
) -> None:
    seen, over = list[str](), threading.Event()
    asked: Mailbox[str] = Mailbox(timers.activity)
    answered = Signal(timers.activity)

    def ask() -> None:
        asked.put("?")
        answered.wait()
        seen.append("answered")

    def answer() -> None:
        asked.get()
        _wait_for_the_clock_to_go_on()
        answered.set()

    with timers.activity.at_work():
        timers.activity.thread(answer, "answers")
        after(timers, SOON, lambda: timers.activity.thread(ask, "asks"))
        after(timers, SOON, lambda: seen.append("next"))
        after(timers, SOON, over.set)
    assert over.wait(PATIENCE)
    assert seen == ["answered", "next"]


def test_time_goes_on_though_a_thread_waits_for_the_world_outside(
    timers: SteadyTimers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady_timers, "PATIENCE", 0.01)
    outside, over = threading.Event(), threading.Event()
    timers.activity.thread(lambda: outside.wait(PATIENCE), "writes to a full disk")
    timers.at(system_clock(), over.set)
    assert over.wait(PATIENCE)
    outside.set()


def test_closing_waits_for_no_thread_that_is_still_at_work(
    timers: SteadyTimers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady_timers, "PATIENCE", 10 * PATIENCE)
    outside = threading.Event()
    timers.activity.thread(lambda: outside.wait(2 * PATIENCE), "writes to a full disk")
    timers.at(system_clock(), lambda: None)
    closing = threading.Thread(target=timers.close)
    closing.start()
    closing.join(PATIENCE)
    closed = not closing.is_alive()
    outside.set()
    closing.join()
    assert closed


def _wait_for_the_clock_to_go_on() -> None:
    before = system_clock()
    while system_clock() == before:
        pass
