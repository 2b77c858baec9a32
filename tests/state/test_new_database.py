"""New databases as copies: the same tables as where they are made step by step, never a part."""

import errno
import sqlite3
from pathlib import Path

import pytest

from emulator.state.database import connect

SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
MARKS = ("application_id", "user_version", "journal_mode", "page_size", "encoding")


def _shape(database: sqlite3.Connection) -> tuple[object, ...]:
    """Return everything about a database but its rows, and close it."""
    with database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        marks = [database.execute(f"PRAGMA {mark}").fetchone()[0] for mark in MARKS]
        found = (marks, [tuple(row) for row in database.execute(SCHEMA)])
    database.close()
    return found


def test_a_copy_is_what_the_migrations_make(tmp_path: Path) -> None:
    made = _shape(connect(tmp_path / "made", synced=True))
    assert _shape(connect(tmp_path / "first", synced=False)) == made
    assert _shape(connect(tmp_path / "second", synced=False)) == made


def test_a_copy_leaves_nothing_beside_it_and_may_be_read_by_whom_any_file_may(
    tmp_path: Path,
) -> None:
    connect(tmp_path / "made", synced=True).close()
    connect(tmp_path / "copied", synced=False).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copied", "made"]
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_database_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "history"
    for number in range(2):
        database = connect(path, synced=False)
        database.execute("INSERT INTO rule_anchors VALUES (?, '', '')", (str(number),))
        database.close()
    database = connect(path, synced=False)
    assert [row[0] for row in database.execute("SELECT rule FROM rule_anchors")] == ["0", "1"]
    database.close()


def test_what_is_left_of_a_database_that_was_removed_does_not_come_into_the_new_one(
    tmp_path: Path,
) -> None:
    path, kept = tmp_path / "history", tmp_path / "kept"
    database = connect(path, synced=False)
    database.execute("INSERT INTO rule_anchors VALUES ('old', '', '')")
    kept.write_bytes(Path(f"{path}-wal").read_bytes())
    database.close()
    path.unlink()
    kept.rename(f"{path}-wal")
    database = connect(path, synced=False)
    assert database.execute("SELECT count(*) FROM rule_anchors").fetchone()[0] == 0
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    database.close()


def test_without_hard_links_the_tables_are_made_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    made = _shape(connect(tmp_path / "made", synced=True))
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert _shape(connect(tmp_path / "other", synced=False)) == made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "other"]
