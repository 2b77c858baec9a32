"""A database that another process makes at the same time is nobody else's."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import StateDirectoryError
from emulator.state import database


class _Interrupted(sqlite3.Connection):
    """A connection between whose first two questions another process makes the tables."""

    made: Path | None = None

    def execute(self, *words: Any) -> sqlite3.Cursor:
        answer = super().execute(*words)
        if self.made is not None:
            rows = answer.fetchall()
            path, self.made = self.made, None
            database.connect(path).close()
            return super().execute(f"SELECT {rows[0][0]}")
        return answer


def test_tables_that_come_while_a_database_is_looked_at_are_ours(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.touch()
    reader = sqlite3.connect(path, isolation_level=None, factory=_Interrupted)
    reader.made = path
    database._refuse_foreign(reader)
    reader.close()


def test_a_path_that_is_too_long_for_sqlite_is_said_to_be(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["状態" * 30] * 4)
    deep.mkdir(parents=True)
    with pytest.raises(StateDirectoryError) as refused:
        database.connect(deep / "history.sqlite3")
    assert "its path is longer than SQLite takes" in str(refused.value.hint)
