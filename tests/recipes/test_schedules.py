"""Recipe: a month, and the days on which clocks change, asserted without waiting for them."""

from collections import Counter
from itertools import pairwise

import pytest

from emulator import Emulator

DEFINITIONS = """
region: ap-northeast-1
taskDefinitions:
  batch:
    containerDefinitions:
    - {name: batch, image: "registry.example.com/batch:1", memory: 128}
rules:
- name: every-six-hours
  scheduleExpression: rate(6 hours)
  taskDefinition: batch
- name: weekdays
  description: 平日の朝
  scheduleExpression: cron(0 0 ? * MON-FRI *)
  taskDefinition: batch
- name: month-end
  scheduleExpression: cron(30 14 L * ? *)
  taskDefinition: batch
- name: second-tuesday
  scheduleExpression: cron(0 4 ? * TUE#2 *)
  taskDefinition: batch
- name: berlin
  scheduleExpression: cron(30 2 * * ? *)
  timezone: Europe/Berlin
  taskDefinition: batch
- name: tokyo
  scheduleExpression: cron(30 2 * * ? *)
  timezone: Asia/Tokyo
  taskDefinition: batch
"""


@pytest.fixture
def ecs_local_files() -> str:
    return DEFINITIONS


@pytest.mark.ecs_local(engine="fake", start="2028-02-01T00:00:00Z")
def test_february_of_a_leap_year(ecs_local: Emulator) -> None:
    month = ecs_local.run_until("2028-03-01T00:00:00Z")

    fired = Counter(firing.rule for firing in month.firings)
    assert fired["every-six-hours"] == 29 * 4
    assert fired["weekdays"] == 21
    assert [f"{f.scheduled_at:%a %d %H:%M}" for f in month.of("month-end").firings] == [
        "Tue 29 14:30"
    ]
    assert [f"{f.scheduled_at:%a %d}" for f in month.of("second-tuesday").firings] == ["Tue 08"]
    assert month.succeeded, month.failed


@pytest.mark.ecs_local(engine="fake", start="2027-03-26T12:00:00Z")
def test_half_past_two_does_not_exist_on_the_last_sunday_of_march(ecs_local: Emulator) -> None:
    spring = ecs_local.advance(days=4).of("berlin")

    assert [f"{f.scheduled_at:%d %H:%M}" for f in spring.firings] == [
        "27 01:30",  # winter time: an hour ahead of UTC
        "29 00:30",  # the 28th has no half past two; summer time: two hours
        "30 00:30",
    ]


@pytest.mark.ecs_local(engine="fake", start="2027-10-29T12:00:00Z")
def test_half_past_two_comes_twice_on_the_last_sunday_of_october(ecs_local: Emulator) -> None:
    autumn = ecs_local.advance(days=3).of("berlin")

    assert [f"{f.scheduled_at:%d %H:%M}" for f in autumn.firings] == [
        "30 00:30",
        "31 00:30",  # the first of the two, and only this one
        "01 01:30",
    ]


@pytest.mark.ecs_local(engine="fake", start="2027-03-01T00:00:00Z")
def test_tokyo_has_no_summer_time(ecs_local: Emulator) -> None:
    spring = ecs_local.run_until("2027-05-01T00:00:00Z").of("tokyo")

    assert len(spring.firings) == 61
    apart = {later.scheduled_at - first.scheduled_at for first, later in pairwise(spring.firings)}
    assert [f"{gap}" for gap in apart] == ["1 day, 0:00:00"]
