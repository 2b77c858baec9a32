"""New databases as copies of an empty one: making the tables takes as long as a test's task."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

Migrate = Callable[[sqlite3.Connection], None]

_JOURNAL: Final = slice(18, 20)
_WRITE_AHEAD: Final = b"\2\2"
"""Where the header of a file says which journal it has, and the value for WAL.

See https://sqlite.org/fileformat2.html; changed later, it takes a journal of the other kind first.
"""

_BESIDE: Final = ("", "-journal", "-wal")
"""Leftovers of an earlier database: SQLite would replay what they hold into the copy."""


def begin_with_copy(path: Path, migrate: Migrate) -> None:
    """Make a database's file with the tables that `migrate` makes, where there is none yet.

    It is not synced to the disk. Other processes see it whole or not at all. Where it cannot be
    made so (without hard links, in a directory that is full or not ours) there is none: whoever
    then opens it makes the tables itself, or says why not.
    """
    # SQLite before 3.36 may be built without it.
    if not hasattr(sqlite3.Connection, "serialize"):
        return
    if any(Path(f"{path}{ending}").exists() for ending in _BESIDE):
        return
    with suppress(OSError):
        _put(path, _empty(migrate))


@cache
def _empty(migrate: Migrate) -> bytes:
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(database)
        content = bytearray(database.serialize())
    finally:
        database.close()
    content[_JOURNAL] = _WRITE_AHEAD
    return bytes(content)


def _put(path: Path, content: bytes) -> None:
    """Write a file whole, unless somebody else was quicker. Raises OSError."""
    new = path.with_name(f".{path.name}-{os.getpid()}-{threading.get_ident()}")
    with new.open("xb") as file:
        try:
            file.write(content)
            file.flush()
            path.hardlink_to(new)
        finally:
            new.unlink()
