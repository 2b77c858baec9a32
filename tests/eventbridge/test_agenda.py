"""Which rule is due next, whatever order they were given in and however many there are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from emulator.eventbridge.agenda import Agenda, ways
from emulator.eventbridge.missed import MissedPolicy
from emulator.schedules import parse

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SKIP = MissedPolicy.SKIP


def _agenda(**expressions: str) -> Agenda:
    schedules = {name: parse(text, dialect="scheduler") for name, text in expressions.items()}
    return Agenda(ways(schedules, NOON, {}, {}))


def _taken(agenda: Agenda, now: datetime) -> list[str]:
    taken = []
    while (due := agenda.take_due(now, SKIP)) is not None:
        name, verdict = due
        taken += [f"{name} {instant:%H:%M}" for instant in verdict.fire]
    return taken


def test_what_is_due_comes_in_order_of_time_and_then_of_name() -> None:
    agenda = _agenda(b="cron(2 12 * * ? *)", a="cron(2 12 * * ? *)", c="cron(1 12 * * ? *)")
    assert agenda.next_due == NOON + MINUTE
    assert _taken(agenda, NOON + 2 * MINUTE) == ["c 12:01", "a 12:02", "b 12:02"]
    assert agenda.next_due == NOON + timedelta(days=1, minutes=1)


def test_nothing_is_due_before_its_time() -> None:
    agenda = _agenda(a="cron(1 12 * * ? *)")
    assert agenda.take_due(NOON + MINUTE - timedelta.resolution, SKIP) is None
    assert _taken(agenda, NOON + MINUTE) == ["a 12:01"]
    assert agenda.take_due(NOON + MINUTE, SKIP) is None


def test_a_schedule_that_is_over_is_on_the_agenda_no_more() -> None:
    agenda = _agenda(once="at(2026-11-24T12:01:00)", past="at(2020-01-01T00:00:00)")
    assert _taken(agenda, NOON + MINUTE) == ["once 12:01"]
    assert agenda.next_due is None


def test_a_clock_set_back_brings_back_what_was_due_last_and_nothing_twice() -> None:
    agenda = _agenda(a="cron(* * * * ? *)", b="cron(3 12 * * ? *)")
    assert _taken(agenda, NOON + MINUTE) == ["a 12:01"]
    agenda.go_back(NOON)
    assert agenda.next_due == NOON + 2 * MINUTE
    assert _taken(agenda, NOON + 3 * MINUTE) == ["a 12:02", "a 12:03", "b 12:03"]


def test_what_a_clock_that_jumped_made_a_rule_miss_is_due_again_once_it_is_set_back() -> None:
    agenda = _agenda(a="cron(* * * * ? *)", b="cron(3 12 * * ? *)")
    assert _taken(agenda, NOON + 10 * MINUTE) == ["a 12:09", "a 12:10"]
    agenda.go_back(NOON)
    assert agenda.next_due == NOON + MINUTE
    assert _taken(agenda, NOON + MINUTE) == ["a 12:01"]
    assert _taken(agenda, NOON + 3 * MINUTE) == ["a 12:02", "a 12:03", "b 12:03"]


def test_rules_that_stay_go_on_where_they_are_on_another_agenda() -> None:
    old = _agenda(a="cron(* * * * ? *)", b="cron(* * * * ? *)")
    assert _taken(old, NOON + MINUTE) == ["a 12:01", "b 12:01"]
    fresh = ways({"c": parse("cron(* * * * ? *)")}, NOON, {}, {})
    new = Agenda({**old.ways_of(["a", "unknown"]), **fresh})
    assert _taken(new, NOON + 2 * MINUTE) == ["c 12:01", "c 12:02", "a 12:02"]


@given(
    st.dictionaries(st.text("abc", min_size=1), st.integers(1, 59), min_size=1),
    st.lists(st.integers(1, 600), max_size=20),
)
def test_every_due_instant_is_handed_out_once(minutes: dict[str, int], steps: list[int]) -> None:
    rates = {name: f"cron(0/{minute} * * * ? *)" for name, minute in minutes.items()}
    schedules = {name: parse(rate) for name, rate in rates.items()}
    agenda = Agenda(ways(schedules, NOON, {}, {}))
    now, seen = NOON, []
    for step in [*steps, 1]:
        now += timedelta(seconds=step)
        while (due := agenda.take_due(now, MissedPolicy.ALL)) is not None:
            name, verdict = due
            seen += [(instant, name) for instant in verdict.fire]
    expected = [
        (instant, name)
        for name, schedule in schedules.items()
        for instant in schedule.between(NOON + timedelta.resolution, now + timedelta.resolution)
    ]
    assert sorted(seen) == sorted(expected)


def test_what_was_last_seen_by_a_clock_that_was_set_back_since_is_due_from_now_on() -> None:
    every_minute = {"a": parse("cron(* * * * ? *)")}
    ahead = NOON + 120 * MINUTE
    agenda = Agenda(ways(every_minute, NOON, {"a": ahead}, {"a": [NOON + MINUTE]}))
    assert agenda.next_due == NOON + 2 * MINUTE
