"""A year of the samples in many zones, against zoneinfo's own arithmetic."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from emulator.schedules import parse

ZONES = [
    "UTC",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]
SAMPLES = [
    "cron(*/15 * * * ? *)",
    "cron(0/15 0-3 * * ? *)",
    "cron(30 2 * * ? *)",
    "cron(0 0 L * ? *)",
    "cron(15 23 ? * 1L *)",
    "cron(45 1 ? * 1#1 *)",
    "cron(0 0,12 15W * ? *)",
]
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
"""All zones of today keep a distance from UTC that is a multiple of it."""


def _first_of_each_wall_time(zone: ZoneInfo) -> dict[datetime, datetime]:
    """Return the first instant of every quarter of an hour that a zone's clocks show."""
    found: dict[datetime, datetime] = {}
    instant = START - timedelta(hours=26)
    while instant < END:
        found.setdefault(instant.astimezone(zone).replace(tzinfo=None), instant)
        instant += QUARTER
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_the_samples_agrees_with_a_walk_through_the_zone(zone: str) -> None:
    instants = _first_of_each_wall_time(ZoneInfo(zone))
    for expression in SAMPLES:
        days = timedelta(days=2)
        walls = [
            d.replace(tzinfo=None) for d in parse(expression).between(START - days, END + days)
        ]
        expected = [
            instants[wall] for wall in walls if wall in instants and instants[wall] >= START
        ]
        schedule = parse(expression, dialect="scheduler", timezone=zone)
        assert list(schedule.between(START, END)) == expected, expression
        stepped: list[datetime] = []
        after = START - timedelta(seconds=1)
        while len(stepped) < 400 and (due := schedule.next_after(after)) and due < END:
            stepped.append(due)
            after = due
        assert stepped == expected[: len(stepped)], expression
        assert len(stepped) == min(400, len(expected)), expression


def test_a_day_that_a_zone_leaves_out_does_not_fire() -> None:
    schedule = parse("cron(0 9 * * ? *)", dialect="scheduler", timezone="Pacific/Apia")
    start = datetime(2011, 12, 28, tzinfo=UTC)
    found = list(schedule.between(start, start + timedelta(days=5)))
    walls = [due.astimezone(ZoneInfo("Pacific/Apia")).day for due in found]
    assert walls == [28, 29, 31, 1, 2]


@pytest.mark.parametrize(
    ("expression", "zone", "due"),
    [
        ("at(2026-03-29T02:30:00)", "Europe/Berlin", None),
        ("at(2026-10-25T02:30:00)", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),
        ("at(0001-01-01T00:00:00)", "Asia/Tokyo", None),
        ("at(9999-12-31T23:59:59)", "America/New_York", None),
    ],
)
def test_one_instant_by_the_rules_of_its_zone(expression: str, zone: str, due: str | None) -> None:
    schedule = parse(expression, dialect="scheduler", timezone=zone)
    found = schedule.next_after(datetime(2026, 1, 1, tzinfo=UTC))
    assert (None if found is None else found.isoformat()) == due


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("expression", ["cron(0 9 * * ? *)", "rate(5 minutes)"])
def test_the_ends_of_the_calendar_are_no_trouble(expression: str, zone: str) -> None:
    schedule = parse(expression, dialect="scheduler", timezone=zone, anchor=START)
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert schedule.next_after(first) is not None
    assert schedule.next_after(last) is None
    assert next(iter(schedule.between(first, last))) == schedule.next_after(first)
    assert list(schedule.between(last, last)) == []


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "localtime", "x" * 99])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    from emulator.errors import ScheduleExpressionError

    with pytest.raises(ScheduleExpressionError):
        parse("cron(0 9 * * ? *)", dialect="scheduler", timezone=zone)
