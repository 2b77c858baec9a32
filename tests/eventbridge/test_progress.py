"""A rule's way through its schedule, whatever the clock does."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.eventbridge.missed import MissedPolicy
from emulator.eventbridge.progress import LONGEST_GAP, Progress
from emulator.schedules import parse

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVERY_MINUTE = parse("cron(* * * * ? *)")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SKIP, ONCE, ALL = MissedPolicy.SKIP, MissedPolicy.ONCE, MissedPolicy.ALL


def _times(instants: tuple[datetime, ...]) -> list[str]:
    return [f"{instant:%H:%M}" for instant in instants]


def test_what_is_due_at_the_beginning_itself_is_not_the_rules_to_fire() -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    assert progress.next_due() == NOON + MINUTE
    assert progress.advance(NOON, SKIP).fire == ()


def test_an_instant_is_handed_out_once() -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    assert _times(progress.advance(NOON + MINUTE, SKIP).fire) == ["12:01"]
    assert progress.advance(NOON + MINUTE, SKIP) == ((), (), None)
    assert progress.advance(NOON + MINUTE + SECOND, SKIP) == ((), (), None)
    assert progress.next_due() == NOON + 2 * MINUTE


@pytest.mark.parametrize(
    ("policy", "fire"),
    [(SKIP, ["12:59", "13:00"]), (ONCE, ["12:59", "13:00"]), (ALL, None)],
)
def test_an_hour_asleep_is_missed_but_for_the_last_minute(
    policy: MissedPolicy, fire: list[str] | None
) -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    verdict = progress.advance(NOON + 60 * MINUTE, policy)
    assert len(verdict.missed) == 58
    assert verdict.uncounted_before is None
    if fire is None:
        assert len(verdict.fire) == 60
    else:
        assert _times(verdict.fire) == fire
    assert progress.next_due() == NOON + 61 * MINUTE


def test_a_nightly_rule_that_was_slept_through_is_made_up_for_once_if_wanted() -> None:
    nightly = parse("cron(0 3 * * ? *)")
    asleep_until = NOON + timedelta(days=3)
    for policy, fire in ((SKIP, 0), (ONCE, 1), (ALL, 3)):
        progress = Progress(nightly, NOON)
        verdict = progress.advance(asleep_until, policy)
        assert (len(verdict.fire), len(verdict.missed)) == (fire, 3)
        assert progress.next_due() == datetime(2026, 11, 28, 3, tzinfo=UTC)


def test_a_single_firing_that_was_missed_is_past_all_the_same() -> None:
    progress = Progress(parse("cron(0 3 * * ? *)"), NOON)
    assert len(progress.advance(NOON + timedelta(hours=20), SKIP).missed) == 1
    assert progress.next_due() == datetime(2026, 11, 26, 3, tzinfo=UTC)


def test_a_clock_set_back_fires_nothing_twice_and_goes_on_afterwards() -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    for minute in range(1, 11):
        progress.advance(NOON + minute * MINUTE, SKIP)
    progress.go_back(NOON + 5 * MINUTE)
    assert progress.next_due() == NOON + 11 * MINUTE
    fired = [progress.advance(NOON + n * 20 * SECOND, SKIP).fire for n in range(16, 37)]
    assert [_times(found) for found in fired if found] == [["12:11"], ["12:12"]]


def _after_a_jump(policy: MissedPolicy) -> Progress:
    """Return a progress that fired 12:01 and then, by a clock that jumped, 12:09 and 12:10."""
    progress = Progress(EVERY_MINUTE, NOON)
    progress.advance(NOON + MINUTE, policy)
    assert _times(progress.advance(NOON + 10 * MINUTE, policy).fire)[-2:] == ["12:09", "12:10"]
    return progress


@pytest.mark.parametrize("told", [True, False])
def test_what_was_missed_by_a_clock_that_jumped_fires_when_its_time_comes_again(told: bool) -> None:
    progress = _after_a_jump(SKIP)
    back = NOON + MINUTE + 30 * SECOND
    if told:
        progress.go_back(back)
    else:
        assert progress.advance(back, SKIP) == ((), (), None)
    assert progress.next_due() == NOON + 2 * MINUTE
    fired = [_times(progress.advance(NOON + n * MINUTE, SKIP).fire) for n in range(2, 13)]
    assert fired == [*([f"12:{n:02}"] for n in range(2, 9)), [], [], ["12:11"], ["12:12"]]


def test_what_was_made_up_for_does_not_fire_when_its_time_comes_again() -> None:
    progress = _after_a_jump(ALL)
    progress.go_back(NOON + MINUTE + 30 * SECOND)
    assert progress.next_due() == NOON + 11 * MINUTE


def test_what_so_long_a_gap_left_uncounted_may_still_fire() -> None:
    hourly = Progress(parse("cron(0 * * * ? *)"), NOON)
    hour = timedelta(hours=1)
    hourly.advance(NOON + hour, ALL)
    verdict = hourly.advance(NOON + LONGEST_GAP + 10 * hour, ALL)
    assert verdict.fire[0] == NOON + 11 * hour
    hourly.go_back(NOON + hour)
    assert hourly.next_due() == NOON + 2 * hour


def test_a_gap_of_just_31_days_is_counted_from_its_beginning() -> None:
    hourly = Progress(parse("cron(0 * * * ? *)"), NOON)
    hour = timedelta(hours=1)
    verdict = hourly.advance(NOON + hour + LONGEST_GAP, SKIP)
    assert (verdict.missed[0], verdict.uncounted_before) == (NOON + hour, None)


def test_a_clock_that_is_ahead_of_a_rule_takes_it_nowhere_by_going_back() -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    progress.go_back(NOON + 10 * MINUTE)
    assert progress.next_due() == NOON + MINUTE


def test_what_has_fired_is_kept_as_ranges_and_not_one_by_one() -> None:
    progress = Progress(EVERY_MINUTE, NOON, fired=[NOON + MINUTE])
    for minute in range(1, 100):
        progress.advance(NOON + minute * MINUTE, SKIP)
    assert progress._fired == [(NOON + MINUTE, NOON + 99 * MINUTE)]


def test_a_clock_that_was_ahead_by_mistake_leaves_nothing_silent_once_it_is_right() -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    ahead = progress.advance(NOON + timedelta(days=1), SKIP)
    assert _times(ahead.fire) == ["11:59", "12:00"]
    progress.go_back(NOON + SECOND)
    assert progress.next_due() == NOON + MINUTE
    assert _times(progress.advance(NOON + MINUTE, SKIP).fire) == ["12:01"]


def test_a_time_server_that_corrects_by_a_blink_fires_nothing_twice() -> None:
    progress = Progress(EVERY_MINUTE, NOON)
    due = NOON + MINUTE
    assert progress.advance(due + timedelta(milliseconds=3), SKIP).fire == (due,)
    progress.go_back(due - timedelta(milliseconds=200))
    assert progress.next_due() == due + MINUTE
    assert progress.advance(due + timedelta(milliseconds=100), SKIP).fire == ()


def test_what_fired_in_an_earlier_run_does_not_fire_again() -> None:
    ahead = [NOON + MINUTE, NOON + 2 * MINUTE]
    progress = Progress(EVERY_MINUTE, NOON, fired=ahead)
    assert progress.next_due() == NOON + 3 * MINUTE
    assert _times(progress.advance(NOON + 3 * MINUTE, SKIP).fire) == ["12:03"]


def test_a_clock_that_comes_up_in_1970_does_not_hold_everything_up() -> None:
    progress = Progress(EVERY_MINUTE, datetime(1970, 1, 1, tzinfo=UTC))
    verdict = progress.advance(NOON, SKIP)
    assert verdict.uncounted_before == NOON - LONGEST_GAP
    assert len(verdict.missed) == 31 * 24 * 60 - 2
    assert _times(verdict.fire) == ["11:59", "12:00"]
    assert progress.next_due() == NOON + MINUTE


def test_a_nightly_rule_is_due_next_night_after_a_gap_that_was_not_counted() -> None:
    nightly = Progress(parse("cron(0 3 * * ? *)"), NOON)
    nightly.advance(NOON + LONGEST_GAP + timedelta(days=5), SKIP)
    assert nightly.next_due() == datetime(2026, 12, 31, 3, tzinfo=UTC)


def test_a_yearly_rule_is_counted_from_its_last_due_instant() -> None:
    yearly = Progress(parse("cron(0 0 1 1 ? *)"), NOON)
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert yearly.advance(new_year, SKIP) == ((new_year,), (), None)


def test_a_schedule_that_is_over_has_nothing_next() -> None:
    progress = Progress(parse("cron(0 13 24 11 ? 2026)"), NOON)
    assert len(progress.advance(NOON + timedelta(hours=1), SKIP).fire) == 1
    assert progress.next_due() is None
    assert progress.advance(NOON + timedelta(hours=2), SKIP) == ((), (), None)


STEPS = st.lists(
    st.one_of(
        st.integers(0, 90),
        st.integers(-4000, 4000),
        st.just(60),
    ),
    min_size=1,
    max_size=60,
)


@given(
    STEPS, st.sampled_from(list(MissedPolicy)), st.sampled_from(["* * * * ? *", "7/9 * * * ? *"])
)
def test_whatever_the_clock_does_nothing_fires_twice_and_nothing_is_lost(
    steps: list[int], policy: MissedPolicy, fields: str
) -> None:
    schedule = parse(f"cron({fields})")
    progress = Progress(schedule, NOON)
    now, earliest = NOON, NOON
    fired: Counter[datetime] = Counter()
    told: set[datetime] = set()
    for step in steps:
        now += step * SECOND
        earliest = min(earliest, now)
        verdict = progress.advance(now, policy)
        fired.update(verdict.fire)
        told.update(verdict.fire + verdict.missed)
        upcoming = progress.next_due()
        assert upcoming is not None
        assert upcoming > now
        assert upcoming not in fired
    assert max(fired.values(), default=1) == 1
    passed = set(schedule.between(NOON + SECOND, now + SECOND))
    assert passed <= told, "every due instant the clock has passed was fired or reported"
