"""The history's file: transactions and queries on it, from any thread, beside other processes."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.errors import HistoryRemovedError

if TYPE_CHECKING:
    import sqlite3


class HistoryFile:
    """The SQLite file of a state directory. Thread-safe; several processes may share it.

    `synced`: what is written survives a loss of power.

    Reading never makes the file: where there is none, there was nothing. All methods raise
    `StateDirectoryError`.
    """

    def __init__(self, path: Path, *, synced: bool = True) -> None:
        self.times_removed = 0
        """How often somebody took the file away, so that it was begun anew."""
        self._path = path
        self._synced = synced
        self._lock = threading.Lock()

    @contextmanager
    def writing(self) -> "Iterator[sqlite3.Connection]":
        """Give the database for one transaction. Raises `HistoryRemovedError`, too."""
        from emulator.state.database import transaction

        with self._lock, self._guarded():
            self._leave_removed()
            with transaction(self._database):
                yield self._database

    def query(self, text: str, values: Sequence[object] = ()) -> "list[sqlite3.Row]":
        """Return the rows of a query; none where there is no file."""
        with self._lock, self._guarded():
            if self._reader is None:
                # Not there yet: look again next time.
                self.__dict__.pop("_reader", None)
                return []
            try:
                return self._reader.execute(text, values).fetchall()
            except UnicodeEncodeError:
                # An argument of a command line may not be valid text, which no row can hold.
                return []

    def foreign_changes(self) -> int:
        """Return a number that changes once another process has written; cheap to ask for.

        Raises `HistoryRemovedError`, too.
        """
        with self._lock, self._guarded():
            self._leave_removed()
            number: int = self._database.execute("PRAGMA data_version").fetchone()[0]
            return number

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._close()

    def __del__(self) -> None:
        """Close what nobody closed, which a command leaves to its end: Python 3.13 warns of it."""
        self._close()

    def _close(self) -> None:
        for name in ("_database", "_reader"):
            connection = self.__dict__.pop(name, None)
            if connection is not None:
                connection.close()

    def _leave_removed(self) -> None:
        """Close a file that somebody removed: nobody would find what is written to it.

        Raises `HistoryRemovedError` then, once; the next transaction is one of a new file.
        """
        if "_database" not in self.__dict__ or self._is_there():
            return
        self._close()
        raise self._removed()

    def _removed(self) -> HistoryRemovedError:
        """Take in that the file is gone, and return the error that says so."""
        self.times_removed += 1
        with suppress(OSError):
            # Else opening it says what is wrong.
            self._path.parent.mkdir(parents=True, exist_ok=True)
        message = f"{self._path}: it was removed while it was in use: what it held is gone"
        hint = "what happens from now on is in a new one"
        return HistoryRemovedError(message, hint=hint)

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), self._opened)
        except OSError:
            return False

    @cached_property
    def _database(self) -> "sqlite3.Connection":
        from emulator.state.database import connect

        made = connect(self._path, synced=self._synced)
        try:
            self._opened = self._path.stat()
        except OSError as error:
            # A removal of the whole directory goes on while a new file is begun in it.
            made.close()
            raise self._removed() from error
        return made

    @cached_property
    def _reader(self) -> "sqlite3.Connection | None":
        from emulator.state.database import connect_to_read

        return self.__dict__.get("_database") or connect_to_read(self._path)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        import sqlite3

        from emulator.state.database import unusable

        try:
            yield
        except sqlite3.Error as error:
            raise unusable(self._path, error) from error
