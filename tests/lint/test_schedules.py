"""Pitfalls of schedules."""

from datetime import UTC, datetime, timedelta

import pytest

from emulator.lint.zones import Shift, clock_shifts
from tests.lint.findings import TASK, find, of, rule


def schedule(check: str, *rules: str) -> list[str]:
    return of(check, find("rules:\n" + "".join(rules) + TASK))


def test_a_schedule_that_no_instant_fits() -> None:
    assert schedule("schedule-never-fires", rule("cron(0 0 30 2 ? *)")) == [
        "3 warning: rule job never fires: no instant is cron(0 0 30 2 ? *)"
    ]
    assert schedule("schedule-never-again", rule("cron(0 0 30 2 ? *)")) == []


def test_a_schedule_that_no_instant_fits_between_its_dates_tells_them() -> None:
    dates = "timezone: UTC\nstartDate: 2027-02-01T00:00:00Z\nendDate: 2027-01-01T00:00:00Z"
    (told,) = schedule("schedule-never-fires", rule("rate(1 day)", more=dates))
    assert told.endswith("is rate(1 day) from 2027-02-01T00:00:00Z until 2027-01-01T00:00:00Z")


def test_a_schedule_that_is_over() -> None:
    assert schedule("schedule-never-again", rule("cron(0 0 1 1 ? 2020)")) == [
        "3 warning: rule job never fires again: cron(0 0 1 1 ? 2020) lies in the past"
    ]
    assert schedule("schedule-never-fires", rule("cron(0 0 1 1 ? 2020)")) == []


def test_a_disabled_rule_need_not_fire() -> None:
    assert (
        schedule("schedule-never-again", rule("cron(0 0 1 1 ? 2020)", more="disabled: true")) == []
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("rate(1 minute)", 1),
        ("cron(* * * * ? *)", 1),
        ("cron(0/1 * * * ? *)", 1),
        ("cron(* 12 * * ? *)", 0),
        ("rate(2 minutes)", 0),
        ("cron(0 0 30 2 ? *)", 0),
    ],
)
def test_every_minute(expression: str, found: int) -> None:
    assert len(schedule("schedule-every-minute", rule(expression))) == found


def test_every_minute_counts_the_tasks_of_a_day() -> None:
    [text] = schedule("schedule-every-minute", rule("rate(1 minute)", more="taskCount: 3"))
    assert "4320 tasks a day" in text


def test_two_rules_that_start_the_same_family_in_the_same_second() -> None:
    rules = (
        rule("cron(0 3 * * ? *)", name="daily"),
        rule("cron(0/30 * * * ? *)", name="often"),
        rule("cron(15 3 * * ? *)", name="apart"),
    )
    assert schedule("schedule-collision", *rules) == [
        (
            "6 warning: rules daily and often start batch in the same second, "
            "next at 2026-11-25T03:00:00Z"
        )
    ]


def test_many_rules_that_start_the_same_family_together_are_told_of_once() -> None:
    daily = [rule("cron(0 3 * * ? *)", name=f"daily-{number}") for number in range(5)]
    hourly = [rule("cron(0 * * * ? *)", name=f"hourly-{number}") for number in range(2)]
    told = [
        text.partition("warning: ")[2] for text in schedule("schedule-collision", *daily, *hourly)
    ]
    assert told == [
        "rules hourly-0 and hourly-1 start batch in the same second, next at 2026-11-24T13:00:00Z",
        (
            "rules daily-0, daily-1, daily-2, 3 more and hourly-1 start batch in the same second, "
            "next at 2026-11-25T03:00:00Z"
        ),
    ]


def test_tasks_that_ran_longer_than_the_interval() -> None:
    lasted = [timedelta(seconds=s) for s in (290, 310, 320)]
    text = "rules:\n" + rule("rate(5 minutes)") + TASK
    assert of("schedule-overrun", find(text, durations={"job": lasted})) == [
        (
            "3 warning: rule job fires every 5m, and 2 of its last 3 tasks ran longer "
            "(median 5m10s): tasks overlap"
        )
    ]
    assert of("schedule-overrun", find(text, durations={"job": lasted[:1]})) == []
    assert of("schedule-overrun", find(text)) == []


def test_a_local_time_that_is_skipped_in_spring() -> None:
    zone = "timezone: Europe/Berlin"
    assert schedule("schedule-clock-change", rule("cron(30 2 ? * SUN *)", more=zone)) == [
        "3 warning: rule job: 02:30 does not exist on 2027-03-28 in Europe/Berlin: it is skipped"
    ]


def test_a_local_time_that_comes_twice_in_autumn() -> None:
    zone = "timezone: America/New_York"
    assert schedule("schedule-clock-change", rule("cron(30 1 * * ? *)", more=zone)) == [
        (
            "3 warning: rule job: 01:30 comes twice on 2027-11-07 in America/New_York: it runs the "
            "first time only"
        )
    ]


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("cron(30 2 * * ? *)", "Asia/Tokyo"),
        ("cron(30 2 * * ? *)", "UTC"),
        ("cron(0 12 * * ? *)", "Europe/Berlin"),
        ("cron(0/30 * * * ? *)", "Europe/Berlin"),
        ("rate(1 hour)", "Europe/Berlin"),
    ],
)
def test_times_that_clock_changes_do_not_touch(expression: str, zone: str) -> None:
    assert schedule("schedule-clock-change", rule(expression, more=f"timezone: {zone}")) == []


def test_the_clock_changes_of_a_zone() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    found = list(clock_shifts("Australia/Lord_Howe", start, start + timedelta(days=365)))
    assert found == [
        Shift(datetime(2026, 4, 5, 1, 30, tzinfo=UTC), datetime(2026, 4, 5, 2, tzinfo=UTC), False),
        Shift(datetime(2026, 10, 4, 2, tzinfo=UTC), datetime(2026, 10, 4, 2, 30, tzinfo=UTC), True),
    ]


@pytest.mark.parametrize(
    ("field", "spelled"),
    [("1", "SUN"), ("2-6", "MON-FRI"), ("1,7", "SUN,SAT"), ("6#3", "FRI#3"), ("2L", "MONL")],
)
def test_numbers_of_weekdays_are_spelled_out(field: str, spelled: str) -> None:
    assert schedule("schedule-numeric-weekday", rule(f"cron(0 9 ? * {field} *)")) == [
        (
            f"3 note: rule job: day-of-week {field} means {spelled}; in Unix cron 1 is "
            "Monday, here it "
            "is Sunday"
        )
    ]


@pytest.mark.parametrize("field", ["MON-FRI", "*", "L", "TUE#2"])
def test_names_of_weekdays_are_left_alone(field: str) -> None:
    assert schedule("schedule-numeric-weekday", rule(f'"cron(0 9 ? * {field} *)"')) == []


def test_a_day_that_is_not_in_every_month() -> None:
    assert schedule("schedule-short-months", rule("cron(0 9 31 * ? *)")) == [
        (
            "3 note: rule job fires on day 31, which does not come in February, April, June, "
            "September and November"
        )
    ]
    assert schedule("schedule-short-months", rule("cron(0 9 31 12 ? *)")) == []
