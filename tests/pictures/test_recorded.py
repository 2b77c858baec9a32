"""The timeline of a state directory: its period, how tasks ended, and what is left out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.logs.directory import LogDirectory
from emulator.pictures import recorded
from emulator.pictures.recorded import period_of, record_timeline, with_logs
from emulator.pictures.timeline import Outcome
from emulator.state.history import History
from emulator.state.records import Firing
from tests.builders import NOON
from tests.pictures.seeding import Seed, fill

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PERIOD = (NOON, NOON + DAY)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.sqlite3")
    yield opened
    opened.close()


def test_each_way_to_end_has_its_outcome(tmp_path: Path, history: History) -> None:
    fill(
        tmp_path,
        [
            Seed(rule="a", due=NOON),
            Seed(rule="b", due=NOON, code=1),
            Seed(rule="c", due=NOON, code=None),
            Seed(rule="d", due=NOON, code=143, stopped_by="Task stopped by user"),
            Seed(rule="e", due=NOON, seconds=None),
            Seed(rule=None, due=NOON),
        ],
    )
    timeline, _ = record_timeline(history, (), PERIOD, {}, NOON + DAY)
    assert [(row.name, row.bars[0].outcome) for row in timeline.rows] == [
        ("(job)", Outcome.SUCCEEDED),
        ("a", Outcome.SUCCEEDED),
        ("b", Outcome.FAILED),
        ("c", Outcome.NOT_STARTED),
        ("d", Outcome.STOPPED),
        ("e", Outcome.RUNNING),
    ]


def test_a_containers_own_reason_goes_before_the_tasks(tmp_path: Path, history: History) -> None:
    fill(tmp_path, [Seed(rule="a", due=NOON, code=137, reason="OutOfMemoryError: killed")])
    timeline, _ = record_timeline(history, (), PERIOD, {}, NOON)
    assert timeline.rows[0].bars[0].reason == "OutOfMemoryError: killed"


def test_bars_hold_the_ends_of_their_logs(tmp_path: Path, history: History) -> None:
    fill(tmp_path, [Seed(rule="a", due=NOON, log=("一", "二", "三"))])
    timeline, _ = record_timeline(history, (), PERIOD, {}, NOON)
    told = with_logs(timeline, LogDirectory(tmp_path / "logs"), 2)
    assert told.rows[0].bars[0].log == ("二", "三")


def test_the_oldest_tasks_are_left_out_and_counted(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "MOST_TASKS", 3)
    fill(tmp_path, [Seed(rule="a", due=NOON + n * MINUTE, wait=0) for n in range(5)])
    timeline, left_out = record_timeline(history, (), PERIOD, {}, NOON)
    assert ([bar.due for bar in timeline.rows[0].bars], left_out) == (
        [NOON + n * MINUTE for n in (2, 3, 4)],
        2,
    )
    assert timeline.since == NOON + 2 * MINUTE


def test_the_period_is_that_of_the_record_with_room_at_its_ends(
    tmp_path: Path, history: History
) -> None:
    fill(tmp_path, [], [Firing("a", NOON + n * DAY, "missed", NOON) for n in range(4)])
    begin, end = period_of(history, None, None, NOON + 99 * DAY, whole=True)
    assert NOON - DAY < begin < NOON
    assert NOON + 3 * DAY < end < NOON + 4 * DAY
    begin, _ = period_of(history, None, None, NOON + 99 * DAY, whole=False)
    assert NOON + 1.5 * DAY < begin < NOON + 2 * DAY
    assert period_of(history, NOON, NOON + DAY, NOON, whole=False) == (NOON, NOON + DAY)


def test_while_a_task_runs_the_period_ends_now(tmp_path: Path, history: History) -> None:
    fill(tmp_path, [Seed(rule="a", due=NOON, seconds=None)])
    _, end = period_of(history, None, None, NOON + 60 * MINUTE, whole=False)
    assert NOON + 60 * MINUTE < end < NOON + 62 * MINUTE


def test_an_empty_record_has_the_last_day(history: History) -> None:
    begin, end = period_of(history, None, None, NOON, whole=False)
    assert begin < NOON - DAY < NOON < end
