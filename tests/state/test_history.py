"""The run history in SQLite: what is kept, found, asked for, and shared by processes."""

import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import HistoryRemovedError, StateDirectoryError, UsageError
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.state.database import APPLICATION_ID, MIGRATIONS, connect, unusable
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.records import Firing
from emulator.state.task_filter import TaskFilter
from tests.builders import NOON, awslogs, container, task

MINUTE = timedelta(minutes=1)


def _task(task_id: str = "a1", **changes: Any) -> Task:
    made = task(container(log_configuration=awslogs()), task_id=task_id.ljust(32, "0"))
    return replace(made, **changes)


def _stopped(task_id: str = "a1", *, code: int = 0, version: int = 5, **changes: Any) -> Task:
    made = _task(task_id)
    ended = replace(
        made.containers[0],
        exit_code=code,
        last_status=ContainerStatus.STOPPED,
        stopped_at=NOON + MINUTE,
    )
    return replace(
        made,
        **{
            "containers": (ended,),
            "last_status": TaskStatus.STOPPED,
            "stop_code": StopCode.ESSENTIAL_CONTAINER_EXITED,
            "stopped_reason": "Essential container in task exited",
            "started_at": NOON,
            "stopped_at": NOON + MINUTE,
            "version": version,
            **changes,
        },
    )


# -- tasks --------------------------------------------------------------------------------------


def test_a_task_comes_back_as_it_was_recorded(history: History) -> None:
    made = _stopped(code=3, stopped_reason="夜間バッチ")
    history.record([made])
    (found,) = history.tasks()
    assert (found.task_id, found.rule, found.family) == (made.id, "nightly", "job")
    assert (found.exit_code, found.succeeded, found.stopped) == (3, False, True)
    assert (found.created_at, found.started_at, found.stopped_at) == (NOON, NOON, NOON + MINUTE)
    assert found.streams == (("app", "/jobs/nightly", f"batch/app/{made.id}"),)
    assert found.stopped_reason == "夜間バッチ"
    assert found.document["taskArn"] == made.arn
    assert found.owner == "me/1@1"


def test_what_is_no_text_is_the_name_of_nothing(history: History) -> None:
    history.record([_stopped()])
    assert history.tasks(TaskFilter(rule="\udcff")) == []
    with pytest.raises(UsageError, match="no task"):
        history.find("\udcff")


@pytest.mark.parametrize(("synced", "level"), [(True, 1), (False, 0)], ids=["NORMAL", "OFF"])
def test_a_history_survives_a_loss_of_power_unless_nobody_needs_it(
    path: Path, synced: bool, level: int
) -> None:
    history = History(path, synced=synced)
    with history.writing() as database:
        found = database.execute("PRAGMA synchronous").fetchone()[0]
    history.close()
    assert found == level


def test_a_task_that_still_runs_has_no_result(history: History) -> None:
    history.record([_task(last_status=TaskStatus.RUNNING)])
    (found,) = history.tasks()
    assert (found.exit_code, found.succeeded, found.stopped) == (None, None, False)


def test_a_later_version_replaces_an_earlier_one_and_never_the_other_way(
    history: History,
) -> None:
    history.record([_task(version=1)])
    history.record([_stopped(version=5)])
    history.record([_task(version=2, last_status=TaskStatus.PENDING)])
    (found,) = history.tasks()
    assert (found.last_status, found.document["version"]) == ("STOPPED", 5)


def test_tasks_are_listed_the_newest_first_and_filtered(history: History) -> None:
    history.record(
        [
            _stopped("aa", created_at=NOON),
            _stopped("bb", created_at=NOON + MINUTE, code=1),
            _task("cc", created_at=NOON + 2 * MINUTE, rule="hourly"),
        ]
    )

    def listed(limit: int | None = None, **wanted: Any) -> list[str]:
        found = history.tasks(TaskFilter(**wanted), limit=limit)
        return [each.task_id[:2] for each in found]

    assert listed() == ["cc", "bb", "aa"]
    assert listed(limit=1) == ["cc"]
    assert listed(rule="nightly") == ["bb", "aa"]
    assert listed(family="job", status="STOPPED") == ["bb", "aa"]
    assert listed(failed=True) == ["bb"]
    assert listed(since=NOON + MINUTE) == ["cc", "bb"]
    assert listed(rule="none'; DROP TABLE tasks") == []


def test_what_is_not_stopped_is_unfinished(history: History) -> None:
    history.record([_stopped("aa"), _task("bb"), _task("cc", created_at=NOON - MINUTE)])
    assert [found.task_id[:2] for found in history.unfinished()] == ["cc", "bb"]


@pytest.mark.parametrize("form", ["abcd", "ABCD", "abcd1", "arn:aws:ecs:r:a:task/default/abcd1"])
def test_a_task_is_found_by_its_id_its_beginning_or_its_arn(history: History, form: str) -> None:
    history.record([_task("abcd1"), _task("abce2")])
    assert history.find(form).task_id.startswith("abcd1")


@pytest.mark.parametrize("form", ["abc", "abcd2", "", "%", "abc%", "/", "ffff"])
def test_what_means_no_task_is_refused(history: History, form: str) -> None:
    history.record([_task("abcd1")])
    with pytest.raises(UsageError, match="no task"):
        history.find(form)


def test_a_beginning_of_several_tasks_is_refused_with_their_ids(history: History) -> None:
    history.record([_task("abcd1"), _task("abcd2")])
    with pytest.raises(UsageError, match=r"may mean several tasks: abcd10+, abcd20+"):
        history.find("abcd")


def test_an_orphan_is_closed_with_its_containers_and_its_first_cause_stands(
    history: History,
) -> None:
    history.record([_task("aa", last_status=TaskStatus.RUNNING, version=3), _task("bb")])
    for found in history.unfinished():
        history.close_orphan(found, NOON + MINUTE, "TerminationNotice", "the process is gone")
    found = history.find("aa00")
    assert (found.stopped, found.succeeded, found.exit_code) == (True, False, None)
    assert (found.stop_code, found.stopped_reason) == ("TerminationNotice", "the process is gone")
    assert found.document["stoppedAt"] == "2026-11-24T12:01:00.000Z"
    assert found.document["version"] == 4
    assert {each["lastStatus"] for each in found.document["containers"]} == {"STOPPED"}
    assert history.unfinished() == []


# -- the file -------------------------------------------------------------------------------------


def test_reading_never_makes_a_file_and_sees_it_once_it_is_there(path: Path) -> None:
    reader = History(path)
    assert (reader.tasks(), reader.unfinished()) == ([], [])
    assert not path.exists()
    writer = History(path)
    writer.record([_task()])
    writer.close()
    assert len(reader.tasks()) == 1
    reader.close()


def test_the_file_is_marked_as_ours_and_in_the_newest_version(path: Path, history: History) -> None:
    history.record([_task()])
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    database.close()


def test_a_file_of_each_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    for version in range(len(MIGRATIONS)):
        path = tmp_path / f"{version}.sqlite3"
        database = sqlite3.connect(path)
        for migration in MIGRATIONS[:version]:
            database.executescript(migration)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()
        database.close()
        history = History(path)
        history.record([_task()])
        assert len(history.tasks()) == 1
        history.close()


def _foreign(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE theirs (x)")
    database.commit()
    database.close()


def _newer(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.commit()
    database.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database at all, and long enough to look at" * 50)


def _incomplete(path: Path) -> None:
    connect(path).close()
    database = sqlite3.connect(path)
    database.execute("DROP TABLE promises")
    database.commit()
    database.close()


_SPOILT = pytest.mark.parametrize(
    ("spoil", "said", "advice"),
    [
        (_foreign, "another program's database", "history.sqlite3-wal"),
        (_newer, "written by a newer ecs-local", "bring ecs-local up to date"),
        (_garbage, "file is not a database", "history.sqlite3-wal"),
        (_incomplete, "it has no table promises", "history.sqlite3-wal"),
    ],
)


@_SPOILT
def test_a_file_that_is_not_a_history_is_no_empty_one_to_who_reads_it(
    path: Path, spoil: Any, said: str, advice: str
) -> None:
    spoil(path)
    history = History(path)
    with pytest.raises(StateDirectoryError, match=said) as refused:
        history.tasks()
    assert advice in (refused.value.hint or "")
    history.close()


@_SPOILT
def test_a_file_that_is_not_a_history_is_left_alone(
    path: Path, spoil: Any, said: str, advice: str
) -> None:
    spoil(path)
    before = path.read_bytes()
    history = History(path)
    with pytest.raises(StateDirectoryError, match=said) as refused:
        history.record([_task()])
    assert str(path) in str(refused.value)
    assert advice in str(refused.value)
    assert path.read_bytes() == before
    history.close()


def test_a_file_that_another_process_is_just_making_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        other.execute("COMMIT")

    monkeypatch.setattr("emulator.state.database.time.sleep", wait)
    connect(path).close()
    other.close()
    assert len(waits) == 1


def test_a_file_that_is_removed_while_it_is_in_use_is_told_once_and_begun_anew(
    path: Path, history: History
) -> None:
    history.record([_task()])
    shutil.rmtree(path.parent)
    with pytest.raises(HistoryRemovedError, match="removed while it was in use") as told:
        history.foreign_changes()
    assert str(path) in told.value.message
    history.foreign_changes()
    assert history.tasks() == []
    history.record([_task()])
    reader = History(path)
    assert len(reader.tasks()) == 1
    assert history.times_removed == 1
    reader.close()


def test_a_file_that_is_removed_as_soon_as_it_is_made_is_begun_anew_as_well(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_and_removed(path: Path, *, synced: bool) -> sqlite3.Connection:
        connection = connect(path, synced=synced)
        path.unlink()
        return connection

    history = History(path)
    with monkeypatch.context() as patched:
        patched.setattr("emulator.state.database.connect", made_and_removed)
        with pytest.raises(HistoryRemovedError):
            history.record([_task()])
    history.record([_task()])
    assert len(history.tasks()) == 1
    history.close()


def test_a_file_that_another_one_has_taken_the_place_of_is_left_to_it(
    path: Path, history: History
) -> None:
    history.record([_task()])
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    other = History(path)
    other.record([_task()])
    with pytest.raises(HistoryRemovedError):
        history.record([_task()])
    history.close()
    assert len(other.tasks()) == 1
    other.record([_task()])
    assert path.with_name(f"{path.name}-wal").exists()
    other.close()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("SQLITE_BUSY", "end that program"),
        ("SQLITE_READONLY", "must be yours to write"),
        ("SQLITE_FULL", "free some space"),
        ("SQLITE_CORRUPT", "to begin a new history"),
        ("SQLITE_IOERR", "on a local one"),
    ],
)
def test_what_is_wrong_with_a_file_has_its_own_advice(path: Path, error: str, advice: str) -> None:
    failed = sqlite3.OperationalError("failed")
    failed.sqlite_errorname = error
    assert advice in (unusable(path, failed).hint or "")


def test_a_disk_that_is_full_is_said_to_be_and_costs_nothing_that_comes_later(
    history: History,
) -> None:
    many = [Firing(f"rule-{number}", NOON, "fired", NOON, "x" * 200) for number in range(2000)]
    with history.writing() as database:
        database.execute("PRAGMA max_page_count = 60")
    with pytest.raises(StateDirectoryError, match="is full") as caught:
        history.record([], many)
    assert "free some space" in (caught.value.hint or "")
    history.record([], many[:1])
    assert list(each_firing(history)) == many[:1]


_WRITER = """
import sys
from pathlib import Path
from dataclasses import replace
from emulator.state.firings import each_firing
from emulator.state.history import History
from emulator.state.records import Firing
from tests.builders import task
history = History(Path(sys.argv[1]), owner=sys.argv[2])
for number in range(20):
    made = task(task_id=f"{sys.argv[2]}{number:031x}")
    history.record([made])
    history.record([replace(made, version=2)])
history.close()
"""


def test_processes_that_begin_together_lose_nothing(path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), letter],
            stderr=subprocess.PIPE,
            cwd=Path(__file__).resolve().parent.parent.parent,
        )
        for letter in "abc"
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=300)
        assert (writer.returncode, errors) == (0, b"")
    history = History(path)
    found = history.tasks()
    assert len({each.task_id for each in found}) == 60
    assert {each.document["version"] for each in found} == {2}
    history.close()


def test_instants_of_another_zone_are_kept_as_utc(history: History) -> None:
    tokyo = datetime.fromisoformat("2026-11-24T21:00:00+09:00")
    history.record([_task(created_at=tokyo)])
    assert history.tasks()[0].created_at == NOON
    assert history.tasks()[0].created_at.tzinfo == UTC


def test_a_history_that_nobody_closes_closes_its_file(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    held = History(path)
    held.record([_task()])
    with held.writing() as connection:
        pass

    del held

    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.execute("SELECT 1")
