"""What is shown while tasks run of things that come in numbers."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulator.cli.live_view import LiveView
from emulator.events import EventBus, FiringOverlapped
from emulator.logs.directory import LogDirectory
from tests.builders import NOON, definitions

MINUTE = timedelta(minutes=1)


@pytest.fixture
def bus(tmp_path: Path) -> EventBus:
    bus = EventBus()
    LiveView(bus, definitions(), LogDirectory(tmp_path))
    return bus


def _overlap(bus: EventBus, rule: str, due: datetime, at: datetime) -> None:
    event = FiringOverlapped(rule=rule, scheduled_at=due, running=2, decision="start", at=at)
    bus.publish(event)


def test_of_missed_firings_that_overlap_one_is_told_for_each_rule(
    bus: EventBus, capsys: pytest.CaptureFixture[str]
) -> None:
    for minutes in range(500, 2, -1):
        for rule in ("夜間", "sync"):
            _overlap(bus, rule, NOON - minutes * MINUTE, NOON)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2][: len("夜間: 2 tasks")] for line in lines] == [
        "夜間: 2 tasks",
        "sync: 2 tasks"[: len("夜間: 2 tasks")],
    ]
    assert lines[0].endswith(
        "another one starts, as on AWS; it is made up for, as may be more: "
        "no other of them is told for a minute"
    )


def test_of_firings_in_time_each_that_overlaps_is_told(
    bus: EventBus, capsys: pytest.CaptureFixture[str]
) -> None:
    _overlap(bus, "sync", NOON - 10 * MINUTE, NOON)
    for seconds in range(3):
        _overlap(bus, "sync", NOON, NOON + timedelta(seconds=seconds))
    _overlap(bus, "sync", NOON - 9 * MINUTE, NOON + MINUTE)
    assert [line.endswith("for a minute") for line in capsys.readouterr().err.splitlines()] == [
        *(True, False, False, False, True)
    ]
