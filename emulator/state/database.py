"""The SQLite file: opened for writing with its migrations, or for reading only."""

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from emulator.errors import StateDirectoryError
from emulator.state.new_database import begin_with_copy

MIGRATIONS: Final = (
    """
    CREATE TABLE tasks (
        task_id TEXT PRIMARY KEY,
        rule TEXT,
        family TEXT NOT NULL,
        last_status TEXT NOT NULL,
        version INTEGER NOT NULL,
        stop_code TEXT,
        stopped_reason TEXT,
        exit_code INTEGER,
        succeeded INTEGER,
        created_at TEXT NOT NULL,
        started_at TEXT,
        stopped_at TEXT,
        scheduled_at TEXT,
        owner TEXT NOT NULL,
        streams TEXT NOT NULL,
        document TEXT NOT NULL
    );
    CREATE INDEX tasks_by_time ON tasks (created_at);
    CREATE INDEX tasks_by_rule ON tasks (rule, created_at);
    CREATE INDEX tasks_unfinished ON tasks (last_status) WHERE last_status <> 'STOPPED';
    CREATE TABLE stop_requests (
        task_id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        reason TEXT NOT NULL,
        at TEXT NOT NULL
    );
    CREATE TABLE rule_anchors (
        rule TEXT PRIMARY KEY,
        expression TEXT NOT NULL,
        anchor TEXT NOT NULL
    );
    CREATE TABLE firings (
        rule TEXT NOT NULL,
        scheduled_at TEXT NOT NULL,
        outcome TEXT NOT NULL,
        at TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (rule, scheduled_at, outcome)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE tasks ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE tasks ADD COLUMN retry_of TEXT;
    ALTER TABLE tasks ADD COLUMN definition TEXT;
    ALTER TABLE tasks ADD COLUMN duration INTEGER;
    UPDATE tasks SET duration = CAST(round(
        (julianday(stopped_at) - julianday(started_at)) * 86400000) AS INTEGER);
    CREATE INDEX tasks_by_duration ON tasks (rule, duration) WHERE succeeded = 1;
    CREATE INDEX tasks_recent ON tasks (rule, created_at, duration) WHERE succeeded = 1;
    CREATE INDEX tasks_failed ON tasks (rule, created_at) WHERE succeeded = 0;
    CREATE INDEX tasks_of_retries ON tasks (retry_of) WHERE retry_of IS NOT NULL;
    CREATE INDEX firings_by_time ON firings (scheduled_at);
    CREATE TABLE task_definitions (
        digest TEXT PRIMARY KEY,
        document TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE rule_switches (
        rule TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        at TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # What another process needs to go on with a task; nothing once it is STOPPED.
    "ALTER TABLE tasks ADD COLUMN snapshot TEXT",
    """
    CREATE INDEX tasks_by_family ON tasks (family, created_at);
    CREATE INDEX tasks_failed_by_time ON tasks (created_at) WHERE succeeded = 0;
    """,
    # What a task was started for, and the rules of its chain; attempts that are still to come.
    """
    ALTER TABLE tasks ADD COLUMN origin TEXT;
    ALTER TABLE tasks ADD COLUMN cause TEXT;
    CREATE TABLE waiting_attempts (
        first TEXT PRIMARY KEY,
        task_id TEXT NOT NULL,
        at TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # What is to come besides, in the order in which it was promised.
    """
    CREATE TABLE promises (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        owner TEXT NOT NULL,
        at TEXT NOT NULL,
        document TEXT NOT NULL
    );
    """,
)
"""Each brings the schema one version on; `PRAGMA user_version` counts them."""

APPLICATION_ID: Final = 0x6563736C
"""Marks the file as ours ("ecsl"), so that a foreign database is not written into."""

_BEGIN_ANEW: Final = (
    "move {name} away, with {name}-wal and {name}-shm, to begin a new history, "
    "or choose another --state-dir"
)
_RIGHTS: Final = "it and its directory must be yours to write; or choose another --state-dir"
_DISK: Final = (
    "SQLite needs a disk that locks files and keeps them whole, which some network file systems "
    "do not: choose a --state-dir on a local one"
)
_ADVICE: Final = {
    "SQLITE_FULL": "free some space, or choose another --state-dir",
    "SQLITE_BUSY": (
        "another program keeps it locked, or its disk locks no files: end that program, "
        "or choose another --state-dir"
    ),
    "SQLITE_READONLY": _RIGHTS,
    "SQLITE_CANTOPEN": _RIGHTS,
    "SQLITE_PERM": _RIGHTS,
    "SQLITE_IOERR": _DISK,
    "SQLITE_PROTOCOL": _DISK,
}
"""What to do, by the beginning of SQLite's name of an error; else a new history is begun."""

_LONGEST_PATH: Final = 504
"""Bytes of a file's absolute path that SQLite takes, with room for those of its companions."""

_BUSY_MILLISECONDS: Final = 10_000
_PAUSE_MILLISECONDS: Final = 20
_PRIMARY_CODE: Final = 0xFF
"""The part of SQLite's error codes that says what, rather than where."""


class _NewerError(sqlite3.DatabaseError):
    """The history is whole, and of a later version than this program knows."""


def connect(path: Path, *, synced: bool = True) -> sqlite3.Connection:
    """Open the database for writing, making or migrating it. Raises `StateDirectoryError`.

    `synced`: it survives that the machine loses power. It survives a kill of ours in any case.
    """
    if not synced:
        begin_with_copy(path, _migrate)
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        if not synced:
            # Before the file is made: that is synced otherwise, more than once.
            connection.execute("PRAGMA synchronous = OFF")
        # Before anything is written: another program's file must stay as it is.
        _refuse_foreign(connection)
        _write_ahead(connection)
        if synced:
            connection.execute("PRAGMA synchronous = NORMAL")
        _migrate(connection)
        _refuse_incomplete(connection)
    except sqlite3.Error as error:
        connection.close()
        raise unusable(path, error) from error
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection | None:
    """Open the database for reading; None where there is none. Raises `StateDirectoryError`."""
    if not path.exists():
        return None
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        connection.execute("PRAGMA query_only = 1")
        _refuse_foreign(connection)
        version = _version(connection)
        if version == len(MIGRATIONS):
            _refuse_incomplete(connection)
    except sqlite3.Error as error:
        connection.close()
        raise unusable(path, error) from error
    if version == len(MIGRATIONS):
        return connection
    connection.close()
    if version == 0:
        return None
    # Of another version: brought up to date, or refused.
    connect(path).close()
    return connect_to_read(path)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write meanwhile, all of it or nothing. Raises `sqlite3.Error`."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite does so itself where the disk is full: another attempt would hide that.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def unusable(path: Path, error: sqlite3.Error) -> StateDirectoryError:
    """Return the error for a database that cannot be used, with what to do about it."""
    name = getattr(error, "sqlite_errorname", None) or ""
    advice = next((text for start, text in _ADVICE.items() if name.startswith(start)), _BEGIN_ANEW)
    if isinstance(error, _NewerError):
        advice = "bring ecs-local up to date, or choose another --state-dir"
    elif name.startswith("SQLITE_CANTOPEN") and len(os.fsencode(path.absolute())) > _LONGEST_PATH:
        advice = "its path is longer than SQLite takes: choose a --state-dir with a shorter one"
    hint = advice.format(name=path.name)
    return StateDirectoryError(f"{path}: the history cannot be used: {error}", hint=hint)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have the file in WAL mode.

    To change the mode SQLite wants the file for itself, and where another process has it, as when
    several begin together, fails at once: it does not wait as it does for a transaction.
    """
    for _ in range(_BUSY_MILLISECONDS // _PAUSE_MILLISECONDS):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_PAUSE_MILLISECONDS / 1000)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _refuse_foreign(connection: sqlite3.Connection) -> None:
    # In this order: tables that another process makes meanwhile come with the id, not before it.
    tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and application != APPLICATION_ID:
        message = "another program's database"
        raise sqlite3.DatabaseError(message)
    if _version(connection) > len(MIGRATIONS):
        message = "written by a newer ecs-local"
        raise _NewerError(message)


def _refuse_incomplete(connection: sqlite3.Connection) -> None:
    """Raise `DatabaseError` where a table is gone: found out later, it would cost what happens."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    missing = sorted(_tables() - {row[0] for row in rows})
    if missing:
        message = f"it has no table {missing[0]}"
        raise sqlite3.DatabaseError(message)


@cache
def _tables() -> frozenset[str]:
    return frozenset(re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS)))


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with transaction(connection):
        # Another process may have been quicker while this one waited for the lock.
        for migration in MIGRATIONS[_version(connection) :]:
            for statement in filter(str.strip, migration.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
