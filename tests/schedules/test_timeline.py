"""Many schedules as one timeline."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import islice

from emulator.schedules import parse
from emulator.schedules.timeline import timeline

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_timeline_is_in_order_of_time_and_then_of_names() -> None:
    schedules = {
        "b": parse("cron(0 * * * ? *)"),
        "a": parse("cron(0 */2 * * ? *)"),
        "c": parse("rate(90 minutes)", anchor=START),
        "never": parse("cron(0 0 30 2 ? *)"),
    }
    shown = [
        f"{due:%H:%M} {name}"
        for due, name in timeline(schedules, START, START + timedelta(hours=4))
    ]
    assert shown == [
        "00:00 a",
        "00:00 b",
        "01:00 b",
        "01:30 c",
        "02:00 a",
        "02:00 b",
        "03:00 b",
        "03:00 c",
    ]


def test_the_timeline_holds_every_firing_of_its_schedules_once() -> None:
    schedules = {f"rule{n}": parse(f"cron({n % 60}/{7 + n} {n % 24}-3 * * ? *)") for n in range(40)}
    end = START + timedelta(days=200)
    merged = list(timeline(schedules, START, end))
    apart = [(due, name) for name, s in schedules.items() for due in s.between(START, end)]
    assert merged == sorted(apart)


def test_an_endless_timeline_can_be_begun() -> None:
    end = datetime.max.replace(tzinfo=UTC)
    schedules = {"leap": parse("cron(0 0 29 2 ? *)"), "daily": parse("cron(0 0 * * ? *)")}
    assert len(list(islice(timeline(schedules, START, end), 5000))) == 5000


def test_the_memory_of_a_timeline_does_not_grow_with_its_length() -> None:
    schedules = {f"rule{n}": parse(f"cron({n} * * * ? *)") for n in range(60)}

    def peak(days: int) -> int:
        tracemalloc.start()
        for _ in timeline(schedules, START, START + timedelta(days=days)):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(1)
    assert peak(96) < 3 * peak(16)
