"""Whether a history is whole: damage that nobody has met yet is found."""

import sqlite3
from pathlib import Path

import pytest

from emulator.errors import StateDirectoryError
from emulator.state import history_check
from emulator.state.database import connect
from emulator.state.history import History
from emulator.state.history_check import count_tasks_of_whole
from tests.builders import task

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "history.sqlite3"
    history = History(made)
    history.record([task(task_id=f"{number:032x}") for number in range(50)])
    history.close()
    return made


def test_a_whole_history_says_how_many_tasks_it_has(path: Path) -> None:
    assert count_tasks_of_whole(path) == 50
    assert count_tasks_of_whole(path.with_name("none.sqlite3")) is None
    assert not path.with_name("none.sqlite3").exists()


def test_pages_that_nobody_has_met_are_found_to_be_damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - PAGE)
        file.write(b"\xff" * PAGE)
    with pytest.raises(StateDirectoryError, match=r"damaged|malformed") as refused:
        count_tasks_of_whole(path)
    assert str(path) in refused.value.message
    assert "begin a new history" in (refused.value.hint or "")


def test_a_file_that_was_cut_off_is_found_to_be_damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 3 * PAGE)
    with pytest.raises(StateDirectoryError, match=r"damaged|malformed"):
        count_tasks_of_whole(path)


def test_an_index_that_lacks_a_row_is_found(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = 1")
        database.execute(
            "UPDATE sqlite_master SET sql = 'CREATE INDEX tasks_by_time ON tasks (version)' "
            "WHERE name = 'tasks_by_time'"
        )
    database.close()
    with pytest.raises(StateDirectoryError, match=r"damaged: .*tasks_by_time"):
        count_tasks_of_whole(path)


def test_one_that_another_program_keeps_locked_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_check, "_BUSY_MILLISECONDS", 1)
    other = connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StateDirectoryError, match="locked"):
        count_tasks_of_whole(path)
    other.close()
