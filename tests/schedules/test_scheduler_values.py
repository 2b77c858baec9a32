"""Start, end and flexible time windows: what EventBridge Scheduler adds to an expression."""

import pickle
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from emulator.schedules import Schedule, parse
from emulator.schedules.flexible import FlexibleSchedule

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
END = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def _flexible(expression: str, window: timedelta = WINDOW, seed: str = "job") -> FlexibleSchedule:
    schedule = parse(expression, dialect="scheduler", flexible_time_window=window, seed=seed)
    assert isinstance(schedule, FlexibleSchedule)
    return schedule


def _hours(schedule: Schedule) -> list[str]:
    day = START.replace(hour=0)
    return [f"{due:%H:%M}" for due in schedule.between(day, day + timedelta(days=1))]


def test_start_and_end_are_both_inclusive() -> None:
    schedule = parse("cron(0 * * * ? *)", dialect="scheduler", start=START, end=END)
    assert _hours(schedule) == ["10:00", "11:00", "12:00"]
    assert schedule.next_after(START - timedelta(days=3000)) == START
    assert schedule.next_after(END) is None


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (START, None, range(10, 24)),
        (None, END, range(13)),
        (None, None, range(24)),
        (START + timedelta(seconds=1), END - timedelta(seconds=1), range(11, 12)),
    ],
)
def test_each_bound_may_be_left_out_and_holds_however_the_instants_are_asked_for(
    start: datetime | None, end: datetime | None, hours: range
) -> None:
    schedule = parse("cron(0 * * * ? *)", dialect="scheduler", start=start, end=end)
    day = START.replace(hour=0)
    expected = [day + timedelta(hours=hour) for hour in hours]
    assert list(schedule.between(day, day + timedelta(days=1))) == expected
    ticks = [tick for batch in schedule.ticks(day, day + timedelta(days=1)) for tick in batch]
    assert ticks == [int(due.timestamp()) * 1_000_000 for due in expected]
    assert schedule.next_after(day - timedelta(seconds=1)) == expected[0]
    following = schedule.next_after(expected[-1])
    assert (following is None) is (end is not None)
    # Asked for from within the bounds, they take nothing away.
    noon = list(schedule.between(expected[-1], day + timedelta(days=1)))
    assert noon == expected[-1:]


def test_whoever_bounds_or_delays_a_rate_counts_as_it_does() -> None:
    for more in ({"end": END}, {"flexible_time_window": WINDOW}):
        bare = parse("rate(45 minutes)", dialect="scheduler", **more)
        assert (bare.wants_anchor, bare.counts_from) == (True, None)
        anchored = bare.with_anchor(START)
        assert (anchored.wants_anchor, anchored.counts_from) == (False, START)
        assert len(list(anchored.between(START, END))) in (2, 3)


def test_a_rate_with_a_start_is_first_due_at_the_start() -> None:
    schedule = parse("rate(45 minutes)", dialect="scheduler", start=START, end=END)
    assert _hours(schedule) == ["10:00", "10:45", "11:30"]


def test_a_rate_with_an_end_only_wants_its_creation() -> None:
    schedule = parse("rate(45 minutes)", dialect="scheduler", end=END)
    assert schedule.wants_anchor
    assert _hours(schedule.with_anchor(START)) == ["10:00", "10:45", "11:30"]


def test_at_ignores_start_and_end() -> None:
    schedule = parse("at(2026-01-01T00:00:00)", dialect="scheduler", start=START, end=END)
    assert schedule.next_after(datetime(2025, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_flexible_time_window_delays_each_firing_within_the_window() -> None:
    schedule = _flexible("cron(0 3 * * ? *)")
    firings = list(schedule.between(START, START + timedelta(days=365)))
    delays = {firing - firing.replace(hour=3, minute=0, second=0) for firing in firings}
    assert len(firings) == 365
    assert min(delays) >= timedelta()
    assert max(delays) < WINDOW
    assert len(delays) > 200, "firings are spread over the window"


def test_a_flexible_firing_is_the_same_in_every_run_and_another_for_each_rule() -> None:
    first = _flexible("cron(0 3 * * ? *)").next_after(START)
    assert first == datetime(2026, 11, 25, 3, 5, 38, tzinfo=UTC)
    assert first != _flexible("cron(0 3 * * ? *)", seed="other").next_after(START)


@pytest.mark.parametrize("expression", ["cron(* * * * ? *)", "cron(0/7 * * * ? *)"])
def test_a_window_wider_than_the_interval_neither_loses_nor_reorders(expression: str) -> None:
    schedule = _flexible(expression, timedelta(minutes=1440))
    stepped = []
    due = schedule.next_after(START)
    while due is not None and due < START + timedelta(hours=3):
        stepped.append(due)
        due = schedule.next_after(due)
    plain = list(parse(expression).between(START - WINDOW, START + timedelta(hours=4)))
    assert all(sooner < later for sooner, later in pairwise(stepped))
    first = max(number for number, due in enumerate(plain) if due <= stepped[0])
    for firing, (due, following) in zip(stepped, pairwise(plain[first:]), strict=False):
        assert due <= firing < following
    between = list(islice(schedule.between(START + timedelta(seconds=0.5), END), len(stepped)))
    assert between == [due for due in stepped if due < END]


def test_an_end_date_bounds_the_scheduled_time_not_the_delay() -> None:
    schedule = parse(
        "cron(0 * * * ? *)", dialect="scheduler", end=END, flexible_time_window=WINDOW, seed="job"
    )
    last = list(schedule.between(START, END + timedelta(hours=2)))[-1]
    assert END < last < END + WINDOW


@pytest.mark.parametrize("expression", ["cron(*/5 * * * ? *)", "rate(6 minutes)"])
def test_a_firing_in_a_window_knows_the_time_that_its_expression_says(expression: str) -> None:
    plain = parse(expression, dialect="scheduler", anchor=START)
    flexible = parse(expression, dialect="scheduler", anchor=START, flexible_time_window=WINDOW)
    times = list(plain.between(START, END))
    assert [flexible.scheduled_time(due) for due in flexible.between(START, END)] == times
    assert [plain.scheduled_time(due) for due in times] == times


@pytest.mark.parametrize("minutes", [0, -1, 1441, 0.5, 1.5])
def test_a_window_aws_does_not_take_is_refused(minutes: float) -> None:
    with pytest.raises(ValueError, match="1 to 1440"):
        _flexible("rate(1 day)", timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [1, 1440])
def test_a_window_has_up_to_a_day(minutes: int) -> None:
    window = timedelta(minutes=minutes)
    due = _flexible("rate(1 day)", window).with_anchor(START).next_after(START - window)
    assert due is not None
    assert START <= due < START + window


def test_what_is_schedulers_is_refused_for_a_rule() -> None:
    with pytest.raises(ValueError, match="Scheduler"):
        parse("rate(1 day)", flexible_time_window=WINDOW)


SCHEDULES = [
    parse("cron(0 9 ? * 2#1 *)"),
    parse("rate(5 minutes)", anchor=START),
    parse("at(2026-01-01T00:00:00)", dialect="scheduler", timezone="Asia/Tokyo"),
    parse("cron(0 9 L * ? *)", dialect="scheduler", timezone="Asia/Tokyo", start=START, end=END),
    _flexible("rate(1 hour)"),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_a_schedule_is_a_value(schedule: Schedule) -> None:
    copy = pickle.loads(pickle.dumps(schedule))
    assert copy == schedule
    assert hash(copy) == hash(schedule)
    assert len({*SCHEDULES, copy}) == len(SCHEDULES)
    with pytest.raises(AttributeError):
        setattr(schedule, "expression", "rate(1 day)")  # noqa: B010 - mypy knows it, too


def test_a_schedule_reads_well() -> None:
    assert [repr(schedule) for schedule in SCHEDULES] == [
        "CronSchedule('cron(0 9 ? * 2#1 *)')",
        "RateSchedule('rate(5 minutes)', anchor='2026-11-24T10:00:00+00:00')",
        "AtSchedule('at(2026-01-01T00:00:00)', timezone='Asia/Tokyo')",
        (
            "BoundedSchedule('cron(0 9 L * ? *)', timezone='Asia/Tokyo', "
            "start='2026-11-24T10:00:00+00:00', end='2026-11-24T12:00:00+00:00')"
        ),
        "FlexibleSchedule('rate(1 hour)', flexible_time_window=15 minutes, seed='job')",
    ]
    assert str(SCHEDULES[2]) == "at(2026-01-01T00:00:00) Asia/Tokyo"
