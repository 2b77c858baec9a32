"""What happens goes into the history in batches, and a failing history is told once."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from emulator.errors import StateDirectoryError
from emulator.eventbridge.occasion import due
from emulator.events import (
    FiringDelivered,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    Promised,
    PromiseKind,
    PromiseSettled,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
)
from emulator.model.task import Task, TaskStatus
from emulator.state.database import unusable
from emulator.state.firings import firings_between
from emulator.state.history import History
from emulator.state.history_writer import LARGEST_BATCH
from emulator.state.promises import promises
from emulator.state.recorder import Recorder
from emulator.state.records import Firing, WaitingAttempt
from tests.builders import NOON, definitions, rule, task

PATIENCE = 60.0
MINUTE = timedelta(minutes=1)


def _fails(message: str) -> None:
    raise AssertionError(message)


class _SlowHistory(History):
    """A history whose first write waits, so that a batch gathers behind it."""

    def __init__(self, path: Path, before_write: Callable[[], object] = lambda: None) -> None:
        super().__init__(path)
        self.batches: list[list[str]] = []
        self.fired: list[str] = []
        self.waiting: list[str] = []
        self.goes_on = threading.Event()
        self._before_write = before_write

    def record(
        self,
        tasks: Sequence[Task],
        firings: Sequence[Firing] = (),
        waiting: Sequence[WaitingAttempt] = (),
        promised: Sequence[Promised] = (),
        settled: Sequence[str] = (),
    ) -> None:
        self.batches.append([each.id for each in tasks])
        self.fired += [f"{each.rule} {each.outcome} {each.detail}".strip() for each in firings]
        self.waiting += [f"{each.task_id[-1]} {each.at is not None}" for each in waiting]
        assert self.goes_on.wait(PATIENCE)
        self._before_write()


def _changed(number: int, **changes: object) -> TaskStateChanged:
    made = task(task_id=f"{number:032x}")
    return TaskStateChanged(task=replace(made, **changes), at=NOON)  # type: ignore[arg-type]


def test_what_was_taken_in_is_written_when_flush_returns(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    recorder = Recorder(history, _fails)
    for number in range(3):
        recorder.task_changed(_changed(number))
    recorder.flush()
    assert len(history.tasks()) == 3
    recorder.close()
    history.close()


def test_nobody_waits_for_a_recorder_that_lingers(tmp_path: Path) -> None:
    history = _SlowHistory(tmp_path / "h")
    history.goes_on.set()
    recorder = Recorder(history, _fails, linger=3600)
    recorder.task_changed(_changed(0))
    recorder.task_changed(_changed(0, version=2, last_status=TaskStatus.PENDING))
    recorder.wait_until_recorded("")
    recorder.task_changed(_changed(1))
    recorder.flush()
    recorder.task_changed(_changed(2))
    recorder.close()
    assert history.batches == [[_changed(n).task.id] for n in range(3)]


def test_what_nobody_reads_any_more_is_not_written(tmp_path: Path) -> None:
    history = _SlowHistory(tmp_path / "h")
    history.goes_on.set()
    recorder = Recorder(history, _fails, linger=3600)
    recorder.task_changed(_changed(0))
    recorder.flush()
    recorder.task_changed(_changed(1))
    recorder.close(abandon=True)
    assert history.batches == [[_changed(0).task.id]]


def test_without_a_history_nobody_waits_but_for_what_belongs_together() -> None:
    recorder = Recorder(None, _fails)
    first = _changed(0)
    passed: list[str] = []

    def wait() -> None:
        recorder.wait_until_recorded(first.task.id)
        passed.append("the group is over")

    waiter = threading.Thread(target=wait)
    with recorder.together():
        recorder.task_changed(first)
        waiter.start()
        recorder.promise(PromiseSettled(key="k"))
        passed.append("still in the group")
    waiter.join(PATIENCE)
    recorder.flush()
    recorder.close()
    assert passed == ["still in the group", "the group is over"]
    assert recorder.failure is None


def test_states_that_come_during_a_write_are_one_batch_of_the_last_states(
    tmp_path: Path,
) -> None:
    history = _SlowHistory(tmp_path / "h")
    recorder = Recorder(history, _fails)
    recorder.task_changed(_changed(0))
    while not history.batches:
        threading.Event().wait(0.001)
    for number in range(1, LARGEST_BATCH // 2 + 1):
        recorder.task_changed(_changed(number))
        recorder.task_changed(_changed(number, version=2, last_status=TaskStatus.PENDING))
    history.goes_on.set()
    recorder.close()
    assert [len(batch) for batch in history.batches] == [1, LARGEST_BATCH // 2]


class _Unforeseen(History):
    """A history that fails as nobody thought of."""

    def record(self, *_: object, **__: object) -> None:
        raise RuntimeError("odd")


@pytest.mark.defect
def test_nobody_waits_for_ever_for_a_history_that_fails_as_nobody_thought_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    recorder = Recorder(_Unforeseen(tmp_path / "h"), told.append)
    for number in range(2):
        recorder.task_changed(_changed(number))
        recorder.wait_until_recorded(_changed(number).task.id)
    recorder.close()
    assert told == ["the history is incomplete: odd"]
    assert "RuntimeError: odd" in caplog.text


def test_firings_are_told_in_words(tmp_path: Path) -> None:
    history = _SlowHistory(tmp_path / "h")
    history.goes_on.set()
    recorder = Recorder(history, _fails)
    recorder.firing(FiringDelivered(rule="a", scheduled_at=NOON, fired_at=NOON))
    recorder.firing(
        FiringMissed(
            rule="b", scheduled=(NOON, NOON + timedelta(minutes=1)), reason="slept", at=NOON
        )
    )
    decisions: tuple[Literal["skip", "start", "queue"], ...] = ("skip", "start", "queue")
    for decision in decisions:
        recorder.firing(
            FiringOverlapped(rule="c", scheduled_at=NOON, running=2, decision=decision, at=NOON)
        )
    recorder.firing(FiringSkipped(rule="c", scheduled_at=NOON, reason="the run ended", at=NOON))
    recorder.firing(
        InvocationFailed(rule="d", target_id="1", scheduled_at=NOON, reason="no family", at=NOON)
    )
    recorder.close()
    assert history.fired == [
        "a fired",
        "b missed slept",
        "b missed slept",
        "c skipped 2 still running, overlap: skip",
        "c queued 2 still running, overlap: queue",
        "c skipped the run ended",
        "d failed 1: no family",
    ]


def test_a_failing_history_is_told_once_and_does_not_stop_the_recorder(tmp_path: Path) -> None:
    def full() -> None:
        message = "the disk is full"
        raise StateDirectoryError(message)

    told: list[str] = []
    history = _SlowHistory(tmp_path / "h", full)
    history.goes_on.set()
    recorder = Recorder(history, told.append)
    for number in range(3):
        recorder.task_changed(_changed(number))
        recorder.flush()
    recorder.close()
    assert told == ["the history is incomplete: the disk is full"]
    assert recorder.failure == "the disk is full"
    assert len(history.batches) == 4


def test_what_a_history_did_not_take_for_a_while_is_on_record_once_it_does(tmp_path: Path) -> None:
    """A disk is full, or another program keeps the file locked."""
    path, told = tmp_path / "history.sqlite3", list[str]()
    failing = True

    class _Failing(History):
        def record(self, *args: Any) -> None:
            if failing:
                message = "the disk is full"
                raise StateDirectoryError(message)
            super().record(*args)

    history = _Failing(path)
    recorder = Recorder(history, told.append)
    promised = Promised(
        key="k", kind=PromiseKind.TURN, value=due(rule(), NOON, definitions()), at=NOON
    )
    with recorder.together():
        recorder.firing(_fired())
        recorder.task_changed(_changed(1))
        recorder.promise(promised)
    recorder.flush()
    recorder.task_changed(_changed(2))
    recorder.flush()
    assert not history.tasks()
    failing = False
    recorder.task_changed(_changed(3))
    recorder.flush()
    assert sorted(each.task_id[-1] for each in history.tasks()) == ["1", "2", "3"]
    assert [each.outcome for each in firings_between(history, NOON, NOON + MINUTE)] == ["fired"]
    assert [each.key for each in promises(history, PromiseKind.TURN)] == ["k"]
    recorder.close()
    history.close()
    assert told == ["the history is incomplete: the disk is full"]


def test_what_a_history_takes_only_at_the_end_is_on_record_then(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("in the way")
    history = History(blocked / "history.sqlite3")
    recorder = Recorder(history, lambda _: None)
    recorder.task_changed(_changed(1))
    recorder.flush()
    blocked.unlink()
    blocked.mkdir()
    recorder.close()
    assert [each.task_id[-1] for each in history.tasks()] == ["1"]
    history.close()


def test_text_that_the_database_cannot_hold_is_told_and_does_not_hang(tmp_path: Path) -> None:
    told: list[str] = []
    history = History(tmp_path / "history.sqlite3")
    recorder = Recorder(history, told.append)
    recorder.task_changed(_changed(1, stopped_reason="half a pair: \ud800"))
    recorder.flush()
    recorder.task_changed(_changed(2))
    recorder.close()
    assert len(told) == 1
    assert [each.task_id for each in history.tasks()] == [f"{2:032x}"]
    history.close()


def _fired(rule: str = "a") -> FiringDelivered:
    return FiringDelivered(rule=rule, scheduled_at=NOON, fired_at=NOON)


def test_a_firing_and_the_tasks_of_all_its_targets_are_written_in_one_transaction(
    tmp_path: Path,
) -> None:
    history = _SlowHistory(tmp_path / "h")
    history.goes_on.set()
    recorder = Recorder(history, _fails)
    with recorder.together():
        recorder.task_changed(_changed(1))
        with recorder.together():
            recorder.task_changed(_changed(2))
        assert (history.batches, history.fired) == ([], [])
        recorder.firing(_fired())
    recorder.close()
    assert (history.batches, history.fired) == ([[f"{n:032x}" for n in (1, 2)]], ["a fired"])


def test_who_waits_for_a_task_waits_for_all_that_belongs_to_it(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    recorder = Recorder(history, _fails)
    seen: list[int] = []

    def wait() -> None:
        recorder.wait_until_recorded(f"{1:032x}")
        seen.append(len(history.tasks()))

    waiter = threading.Thread(target=wait)
    with recorder.together():
        recorder.task_changed(_changed(1))
        waiter.start()
        recorder.task_changed(_changed(2))
    waiter.join(PATIENCE)
    assert seen == [2]
    recorder.close()
    history.close()


def test_an_attempt_waits_until_it_is_on_record_or_cancelled(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    recorder = Recorder(history, _fails)
    first = f"{1:032x}"
    failed = _changed(1, last_status=TaskStatus.STOPPED)
    scheduled = TaskRetryScheduled(task=failed.task, attempt=2, attempts=3, at=NOON)
    ways: tuple[Callable[[], None], ...] = (
        lambda: recorder.task_changed(_changed(2, attempt=2, retry_of=first)),
        lambda: recorder.retry(TaskRetryCancelled(task=failed.task, reason="x", at=NOON)),
        lambda: recorder.forget(WaitingAttempt(first, first, NOON)),
    )
    for come in ways:
        recorder.task_changed(failed)
        recorder.retry(scheduled)
        recorder.flush()
        assert history.waiting_attempts() == [(first, first, NOON)]
        come()
        recorder.flush()
        assert history.waiting_attempts() == []
    recorder.close()
    history.close()


def test_an_attempt_that_came_within_the_same_batch_does_not_wait(tmp_path: Path) -> None:
    history = _SlowHistory(tmp_path / "h")
    history.goes_on.set()
    recorder = Recorder(history, _fails)
    second = _changed(2, attempt=2, retry_of=f"{1:032x}", last_status=TaskStatus.STOPPED)
    with recorder.together():
        recorder.retry(TaskRetryScheduled(task=_changed(1).task, attempt=2, attempts=3, at=NOON))
        recorder.task_changed(second)
    with recorder.together():
        recorder.retry(TaskRetryScheduled(task=_changed(3).task, attempt=2, attempts=3, at=NOON))
    recorder.close()
    assert history.waiting == ["3 True"]


def test_a_promise_is_on_record_with_what_led_to_it_and_gone_with_what_it_leads_to(
    tmp_path: Path,
) -> None:
    history = History(tmp_path / "history.sqlite3")
    recorder = Recorder(history, _fails)
    waiting = due(rule(), NOON, definitions())
    with recorder.together():
        recorder.firing(FiringDelivered(rule="nightly", scheduled_at=NOON, fired_at=NOON))
        recorder.promise(Promised(key="k", kind=PromiseKind.TURN, value=waiting, at=NOON))
        recorder.flush()
        assert promises(history, PromiseKind.TURN) == []
    recorder.flush()
    assert [each.key for each in promises(history, PromiseKind.TURN)] == ["k"]
    with recorder.together():
        recorder.task_changed(_changed(1))
        recorder.promise(PromiseSettled(key="k"))
        recorder.flush()
        assert (history.tasks(), len(promises(history, PromiseKind.TURN))) == ([], 1)
    recorder.flush()
    assert (len(history.tasks()), promises(history, PromiseKind.TURN)) == (1, [])
    recorder.close()
    history.close()


def test_a_file_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    told: list[str] = []
    history = History(tmp_path / "h")
    recorder = Recorder(history, told.append)
    missing = tmp_path / "gone" / "scheduler.alive"
    try:
        missing.write_text("now")
    except OSError as error:
        recorder.fail(error)
    recorder.close()
    history.close()
    reason = f"{missing}: cannot be written: No such file or directory"
    assert told == [f"the history is incomplete: {reason}"]


def test_a_full_disk_is_no_reason_to_begin_a_new_history(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "small")) as database:
        database.execute("PRAGMA max_page_count = 2")
        database.execute("CREATE TABLE t (c)")
        with pytest.raises(sqlite3.Error) as full:
            database.execute("INSERT INTO t VALUES (zeroblob(100000))")
    told = unusable(tmp_path / "small", full.value)
    assert told.hint == "free some space, or choose another --state-dir"


def test_what_a_removed_history_did_not_take_is_in_the_new_one(tmp_path: Path) -> None:
    directory, told = tmp_path / "state", list[str]()
    directory.mkdir()
    history = History(directory / "history.sqlite3")
    recorder = Recorder(history, told.append)
    recorder.task_changed(_changed(1))
    recorder.flush()
    shutil.rmtree(directory)
    recorder.task_changed(_changed(2))
    recorder.flush()
    assert [found.task_id[-1] for found in history.tasks()] == ["2"]
    assert len(told) == 1
    assert "removed while it was in use" in told[0]
    recorder.close()
    history.close()


@pytest.mark.parametrize("first_locked", [False, True])
def test_text_that_no_history_can_hold_costs_only_what_it_came_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_locked: bool
) -> None:
    """All is written at once, also what was kept for a while."""
    record, batches, told = History.record, list[int](), list[str]()

    def recorded(history: History, tasks: Sequence[Task], *more: Any) -> None:
        batches.append(len(tasks))
        if first_locked and len(batches) == 1:
            message = "database is locked"
            raise StateDirectoryError(message)
        record(history, tasks, *more)

    monkeypatch.setattr(History, "record", recorded)
    history = History(tmp_path / "history.sqlite3")
    recorder = Recorder(history, told.append, linger=3600)
    for number, reason in enumerate(("one", "half a \udcff", "three")):
        recorder.task_changed(_changed(number, stopped_reason=reason))
    recorder.flush()
    if first_locked:
        recorder.task_changed(_changed(3))
    recorder.close()
    assert max(batches) >= 3
    on_record = sorted(each.task_id[-1] for each in history.tasks())
    assert on_record == (["0", "2", "3"] if first_locked else ["0", "2"])
    assert len(told) == 1
    history.close()


def test_what_went_wrong_has_a_name_where_it_has_no_words(tmp_path: Path) -> None:
    told: list[str] = []
    history = History(tmp_path / "h")
    recorder = Recorder(history, told.append)
    recorder.fail(MemoryError())
    recorder.close()
    history.close()
    assert told == ["the history is incomplete: MemoryError"]
