"""What a process has promised and not done yet, so that the next one can go on with it."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from emulator.events import Promised, PromiseKind
from emulator.state.history_file import HistoryFile
from emulator.state.records import instant_text
from emulator.state.snapshot import dump_value

_UPSERT = """
INSERT INTO promises (key, kind, owner, at, document) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, document = excluded.document
"""


class Promise(NamedTuple):
    """A promise on record; `document` is its value as `snapshot.load_value` reads it."""

    key: str
    owner: str
    at: datetime
    document: str


def write_promises(
    database: sqlite3.Connection, owner: str, made: Iterable[Promised], settled: Iterable[str]
) -> None:
    """Write what `owner` promises, and take away what is settled, within a transaction."""
    database.executemany(
        _UPSERT,
        [(p.key, p.kind.value, owner, instant_text(p.at), dump_value(p.value)) for p in made],
    )
    database.executemany("DELETE FROM promises WHERE key = ?", [(key,) for key in settled])


def promises(history: HistoryFile, kind: PromiseKind) -> list[Promise]:
    """Return what is promised of a kind, in order; by any process. Raises `StateDirectoryError`."""
    rows = history.query(
        "SELECT key, owner, at, document FROM promises WHERE kind = ? ORDER BY number",
        (kind.value,),
    )
    return [
        Promise(row["key"], row["owner"], datetime.fromisoformat(row["at"]), row["document"])
        for row in rows
    ]


def count_promises(history: HistoryFile) -> Counter[PromiseKind]:
    """Return how much is promised of each kind, by any process. Raises `StateDirectoryError`."""
    rows = history.query("SELECT kind, count(*) AS n FROM promises GROUP BY kind")
    return Counter({PromiseKind(row["kind"]): row["n"] for row in rows})


def forget_promises(history: HistoryFile, keys: Collection[str]) -> None:
    """Take promises away that nobody goes on with. Raises `StateDirectoryError`."""
    if keys:
        with history.writing() as database:
            write_promises(database, "", (), keys)


def forget_oldest(history: HistoryFile, kind: PromiseKind, *, most: int) -> int:
    """Keep the last so many promises of a kind; return how many went."""
    rows = history.query(
        "SELECT key FROM promises WHERE kind = ? ORDER BY number DESC LIMIT -1 OFFSET ?",
        (kind.value, most),
    )
    forget_promises(history, [row["key"] for row in rows])
    return len(rows)
