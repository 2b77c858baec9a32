"""The timeline as a value: lanes, what is expected, and what is told of a row."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from emulator.pictures.timeline import (
    MOST_EXPECTED,
    Bar,
    Mark,
    MarkKind,
    Outcome,
    Plan,
    Timeline,
    draw,
    in_lanes,
)
from tests.builders import NOON

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def _bar(start: float, end: float | None, outcome: Outcome = Outcome.SUCCEEDED) -> Bar:
    return Bar(
        task_id=f"{start}",
        family="job",
        outcome=outcome,
        due=NOON + start * MINUTE,
        created=NOON + start * MINUTE,
        started=NOON + start * MINUTE,
        end=None if end is None else NOON + end * MINUTE,
    )


def _drawn(*bars: Bar, due: tuple[datetime, ...] = (), marks: tuple[Mark, ...] = ()) -> Timeline:
    return draw(
        {"nightly": bars},
        {"nightly": marks},
        {"nightly": Plan("夜間", "every minute", due)},
        fired={"nightly": {NOON + 7 * MINUTE}},
        period=(NOON, NOON + 10 * MINUTE),
        now=NOON + 10 * MINUTE,
    )


def test_tasks_that_follow_each_other_share_a_lane() -> None:
    assert [bar.lane for bar in in_lanes([_bar(1, 2), _bar(0, 1), _bar(2, 3)], NOON)] == [0, 0, 0]


def test_tasks_that_overlap_lie_in_lanes_of_their_own_and_free_ones_are_taken_again() -> None:
    bars = [_bar(0, 5), _bar(1, 3), _bar(2, 4), _bar(3, 9), _bar(6, 7)]
    assert [bar.lane for bar in in_lanes(bars, NOON)] == [0, 1, 2, 1, 0]


def test_a_task_that_still_runs_keeps_its_lane_until_now() -> None:
    bars = in_lanes([_bar(0, None), _bar(5, 6)], NOON + 6 * MINUTE)
    assert [bar.lane for bar in bars] == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=40))
def test_no_two_tasks_of_a_lane_overlap_and_none_is_lost(spans: list[tuple[int, int]]) -> None:
    bars = in_lanes([_bar(start, start + length) for start, length in spans], NOON)
    assert len(bars) == len(spans)
    for lane in {bar.lane for bar in bars}:
        own = [bar for bar in bars if bar.lane == lane]
        for before, after in pairwise(own):
            assert before.end is not None
            assert before.end <= after.created


def test_a_due_instant_is_expected_where_nothing_answers_for_it() -> None:
    due = tuple(NOON + minute * MINUTE for minute in (1, 3, 5, 7, 9))
    missed = Mark(NOON + 5 * MINUTE, MarkKind.MISSED, "asleep")
    (row,) = _drawn(_bar(3, 4), due=due, marks=(missed,)).rows
    assert [(mark.at, mark.kind) for mark in row.marks] == [
        (NOON + 1 * MINUTE, MarkKind.EXPECTED),
        (NOON + 5 * MINUTE, MarkKind.MISSED),
        (NOON + 9 * MINUTE, MarkKind.EXPECTED),
    ]


def test_due_instants_too_many_to_be_told_apart_are_left_out() -> None:
    due = tuple(NOON + number * SECOND for number in range(MOST_EXPECTED + 1))
    assert _drawn(due=due).rows[0].marks == ()
    assert len(_drawn(due=due[1:]).rows[0].marks) == MOST_EXPECTED - 1


def test_a_row_tells_counts_typical_durations_and_the_last_failure() -> None:
    bars = (_bar(0, 1), _bar(2, 5, Outcome.FAILED), _bar(6, 8), _bar(9, None, Outcome.RUNNING))
    timeline = _drawn(*bars)
    (row,) = timeline.rows
    assert row.counts == {Outcome.SUCCEEDED: 2, Outcome.FAILED: 1, Outcome.RUNNING: 1}
    assert timeline.counts == row.counts
    assert row.typical == (2 * MINUTE, 3 * MINUTE)
    assert row.last_failure == row.bars[1]
    assert (row.description, row.schedule) == ("夜間", "every minute")


def test_a_rule_without_anything_has_a_row_of_one_lane() -> None:
    (row,) = _drawn().rows
    assert (row.lanes, row.typical, row.last_failure) == (1, None, None)
