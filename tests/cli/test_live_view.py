"""What is shown while tasks run of things that come in numbers."""

import errno
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emulator.cli.live_view import LiveView
from emulator.events import EventBus, FiringOverlapped, FiringSkipped, TaskStateChanged
from emulator.logs.directory import LogDirectory
from emulator.model.task import LogStream, TaskStatus
from tests.builders import NOON, definitions, task

MINUTE = timedelta(minutes=1)


@pytest.fixture
def bus(tmp_path: Path) -> EventBus:
    bus = EventBus()
    LiveView(bus, definitions(), LogDirectory(tmp_path))
    return bus


def test_how_a_task_went_is_told_also_where_its_log_cannot_be_looked_up(
    bus: EventBus, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_words: object) -> Path:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(LogDirectory, "stream_path", too_many)
    over = replace(
        task(),
        last_status=TaskStatus.STOPPED,
        containers=(
            replace(
                task().containers[0],
                started_at=NOON,
                log_stream=LogStream(log_group="/ecs/job", log_stream="a/b"),
            ),
        ),
    )
    bus.publish(TaskStateChanged(over, NOON))
    assert capsys.readouterr().out.endswith(" (its log cannot be looked up: Too many open files)\n")


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


def test_of_firings_that_are_skipped_together_one_line_is_told(
    bus: EventBus, capsys: pytest.CaptureFixture[str]
) -> None:
    for minutes, alike in ((3, 1234), (2, None), (1, 0)):
        bus.publish(
            FiringSkipped(
                rule="夜間",
                scheduled_at=NOON - minutes * MINUTE,
                reason="the run ended",
                at=NOON,
                alike=alike,
            )
        )
    assert capsys.readouterr().err == (
        "warning: 夜間: the firing of 2026-11-24T11:57:00Z and 1,234 more are skipped: "
        "the run ended\n"
        "warning: 夜間: the firing of 2026-11-24T11:59:00Z is skipped: the run ended\n"
    )
