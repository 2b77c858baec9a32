"""What lint asks: whether, how often and together with what schedules fire."""

from datetime import UTC, datetime, timedelta

import pytest

from emulator.schedules import Schedule, outlook, parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
YEAR = timedelta(days=365)


def _scheduler(expression: str, zone: str = "UTC") -> Schedule:
    return parse(expression, dialect="scheduler", timezone=zone)


@pytest.mark.parametrize(
    "expression", ["cron(0 0 30 2 ? *)", "cron(0 0 31 4,6,9,11 ? *)", "cron(0 0 29 2 ? 2027)"]
)
def test_a_date_that_does_not_exist_never_fires(expression: str) -> None:
    assert outlook.never_fires(parse(expression))
    assert outlook.over(parse(expression), NOW)
    assert outlook.smallest_interval(parse(expression)) is None
    assert outlook.last_due(parse(expression), NOW) is None


def test_a_local_time_that_is_skipped_on_its_only_day_never_fires() -> None:
    assert outlook.never_fires(_scheduler("cron(30 2 8 3 ? 2026)", "America/New_York"))
    assert not outlook.never_fires(_scheduler("cron(30 3 8 3 ? 2026)", "America/New_York"))


def test_bounds_that_cross_never_fire() -> None:
    schedule = parse("cron(0 0 * * ? *)", dialect="scheduler", start=NOW, end=NOW - YEAR)
    assert outlook.never_fires(schedule)


def test_years_that_are_past_are_over_but_did_fire() -> None:
    schedule = parse("cron(0 12 ? * 6L 2002-2005)")
    assert outlook.over(schedule, NOW)
    assert not outlook.never_fires(schedule)
    assert outlook.last_due(schedule, NOW) == datetime(2005, 12, 30, 12, tzinfo=UTC)


def test_a_rate_without_its_creation_is_not_over() -> None:
    assert not outlook.over(parse("rate(1 hour)"), NOW)
    assert not outlook.never_fires(parse("rate(1 hour)"))


@pytest.mark.parametrize(
    ("expression", "last"),
    [
        ("cron(0/15 * * * ? *)", "2026-11-23T23:45:00Z"),
        ("cron(0 0 * * ? *)", "2026-11-23T00:00:00Z"),
        ("cron(0 0 29 2 ? *)", "2024-02-29T00:00:00Z"),
        ("cron(0 0 1 1 ? 1970)", "1970-01-01T00:00:00Z"),
    ],
)
def test_the_last_due_instant_lies_before_the_present(expression: str, last: str) -> None:
    assert outlook.last_due(parse(expression), NOW) == datetime.fromisoformat(last)


@pytest.mark.parametrize(
    ("expression", "every_minute"),
    [
        ("cron(* * * * ? *)", True),
        ("cron(* 9 * * ? *)", True),
        ("cron(*/1 9 1 * ? *)", True),
        ("rate(1 minute)", True),
        ("cron(0-30 9 * * ? *)", False),
        ("cron(*/2 * * * ? *)", False),
        ("rate(2 minutes)", False),
    ],
)
def test_a_star_in_minutes_fires_every_minute(expression: str, every_minute: bool) -> None:
    assert outlook.fires_every_minute(parse(expression)) is every_minute


@pytest.mark.parametrize(
    ("expression", "smallest"),
    [
        ("cron(*/5 * * * ? *)", timedelta(minutes=5)),
        ("cron(0/7 * * * ? *)", timedelta(minutes=4)),
        ("cron(10,50 0,23 * * ? *)", timedelta(minutes=20)),
        ("cron(0 9 * * ? *)", timedelta(days=1)),
        ("cron(50 23 ? * MON *)", timedelta(days=7)),
        ("cron(0,30 0,23 ? * MON *)", timedelta(minutes=30)),
        ("cron(0 0,23 ? * MON-TUE *)", timedelta(hours=1)),
        ("cron(0 0 L * ? *)", timedelta(days=28)),
        ("cron(0 0 29 2 ? *)", timedelta(days=4 * 365 + 1)),
        ("cron(0 0 1 1 ? 2030)", None),
        ("cron(0 0,6 1 1 ? 2030)", timedelta(hours=6)),
        ("rate(90 minutes)", timedelta(minutes=90)),
    ],
)
def test_the_smallest_interval(expression: str, smallest: timedelta | None) -> None:
    assert outlook.smallest_interval(parse(expression)) == smallest


def test_rules_that_are_due_together_collide() -> None:
    schedules = {
        "nightly": parse("cron(0 3 * * ? *)"),
        "hourly": parse("cron(0 * * * ? *)"),
        "alone": parse("cron(7 3 * * ? *)"),
        "first": parse("cron(0 3 1 * ? *)"),
    }
    found = outlook.collisions(schedules, NOW, NOW + timedelta(days=10))
    assert found == (
        outlook.Collision(("hourly", "nightly"), datetime(2026, 11, 24, 3, tzinfo=UTC), 9),
        outlook.Collision(("first", "hourly", "nightly"), datetime(2026, 12, 1, 3, tzinfo=UTC), 1),
    )


def test_a_change_of_clocks_skips_and_repeats_local_times() -> None:
    schedule = _scheduler("cron(30 0-2 * * ? *)", "America/New_York")
    spring, autumn = outlook.clock_changes(schedule, datetime(2026, 1, 1, tzinfo=UTC), NOW)
    assert [str(wall) for wall in spring.skipped] == ["2026-03-08 02:30:00"]
    assert spring.repeated == ()
    assert [str(wall) for wall in autumn.repeated] == ["2026-11-01 01:30:00"]
    assert autumn.transition.instant == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert autumn.transition.shift == timedelta(hours=-1)


def test_what_is_due_by_day_or_in_utc_runs_into_no_change_of_clocks() -> None:
    for schedule in (
        _scheduler("cron(0 12 * * ? *)", "America/New_York"),
        _scheduler("cron(30 2 * * ? *)", "Asia/Tokyo"),
        parse("cron(30 2 * * ? *)"),
        parse("rate(1 hour)", anchor=NOW),
    ):
        assert list(outlook.clock_changes(schedule, NOW - YEAR, NOW)) == []


def test_an_at_in_a_gap_runs_into_a_change_of_clocks() -> None:
    schedule = _scheduler("at(2026-03-29T02:30:00)", "Europe/Berlin")
    (change,) = outlook.clock_changes(schedule, NOW - YEAR, NOW)
    assert [str(wall) for wall in change.skipped] == ["2026-03-29 02:30:00"]


def test_a_utc_rule_moves_in_local_time_where_clocks_are_changed() -> None:
    rule = parse("cron(0 14 * * ? *)")
    moved = outlook.local_times(rule, "America/New_York", NOW - YEAR, NOW)
    assert [change.instant.date().isoformat() for change in moved] == ["2026-03-08", "2026-11-01"]
    assert outlook.local_times(rule, "Asia/Tokyo", NOW - YEAR, NOW) == ()
    hourly = parse("cron(0 * * * ? *)")
    assert outlook.local_times(hourly, "America/New_York", NOW - YEAR, NOW) == ()
