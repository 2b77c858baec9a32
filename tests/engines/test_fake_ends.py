"""Which containers of the fake engine end together."""

from datetime import UTC, datetime, timedelta
from functools import partial

from emulator.engines.fake_ends import FakeEnds
from emulator.timers import Action, SimulatedTimers, Timer

START = datetime(2028, 2, 29, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_ends_at_one_instant_of_a_task_ends_before_anything_else_happens() -> None:
    timers, seen = SimulatedTimers(START), list[str]()
    ends = FakeEnds(timers)
    ends.after("task", MINUTE, partial(seen.append, "first"))
    timers.at(START + MINUTE, partial(seen.append, "something else"))
    ends.after("other task", MINUTE, partial(seen.append, "of another task"))
    ends.after("task", MINUTE, partial(seen.append, "second"))
    ends.after("task", 2 * MINUTE, partial(seen.append, "later"))
    while timers.step(START + MINUTE):
        pass
    assert seen == ["first", "second", "something else", "of another task"]


def test_an_end_that_is_forgone_keeps_no_other_from_coming() -> None:
    timers, seen = SimulatedTimers(START), list[str]()
    ends = FakeEnds(timers)
    forgo = ends.after("task", MINUTE, partial(seen.append, "stopped before"))
    ends.after("task", MINUTE, partial(seen.append, "ends"))
    forgo()
    forgo()
    assert timers.step(START + MINUTE)
    assert seen == ["ends"]
    forgo()


def test_where_all_are_forgone_nothing_is_to_come() -> None:
    timers = SimulatedTimers(START)
    ends = FakeEnds(timers)
    for forgo in [ends.after("task", MINUTE, lambda: None) for _ in range(2)]:
        forgo()
    assert timers.next_instant() is None


def test_one_that_is_forgone_as_its_timer_goes_off_does_not_end() -> None:
    set_timers, seen = list[Timer](), list[str]()

    class Timers(SimulatedTimers):
        def at(self, instant: datetime, action: Action) -> Timer:
            set_timers.append(super().at(instant, action))
            return set_timers[-1]

    ends = FakeEnds(Timers(START))
    forgo = ends.after("task", MINUTE, partial(seen.append, "ends"))
    forgo()
    set_timers[0].action()
    assert seen == []


def test_what_begins_as_others_end_and_lasts_no_time_ends_after_them() -> None:
    timers, seen = SimulatedTimers(START), list[str]()
    ends = FakeEnds(timers)

    def end_and_follow() -> None:
        seen.append("first")
        ends.after("task", timedelta(), partial(seen.append, "follows"))

    ends.after("task", MINUTE, end_and_follow)
    ends.after("task", MINUTE, partial(seen.append, "second"))
    while timers.step(START + MINUTE):
        pass
    assert seen == ["first", "second", "follows"]
