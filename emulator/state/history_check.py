"""Whether a history is whole and can be written: its file is read from end to end."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from emulator.state.database import connect, unusable

_BUSY_MILLISECONDS: Final = 3_000
"""No writer of ours takes as long."""


def count_tasks_of_whole(path: Path) -> int | None:
    """Return how many tasks a history has, once it proved to be whole; None: there is none yet.

    Raises `StateDirectoryError` for one that is damaged, locked, or not to be written.
    """
    if not path.exists():
        return None
    with closing(connect(path)) as connection:
        try:
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            _refuse_damaged(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            count: int = connection.execute("SELECT count(*) FROM tasks").fetchone()[0]
        except sqlite3.Error as error:
            raise unusable(path, error) from error
    return count


def _refuse_damaged(connection: sqlite3.Connection) -> None:
    """Raise `DatabaseError` with the first thing that is wrong; rows and indexes are compared."""
    found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        *_, last = found.splitlines()
        message = f"it is damaged: {last}"
        raise sqlite3.DatabaseError(message)
