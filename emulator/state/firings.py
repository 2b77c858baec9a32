"""What became of due instants: written by the process that fires rules, read by any."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from emulator.state.history_file import HistoryFile
from emulator.state.records import Firing, firing, instant_text, optional

PAGE: Final = 1000
"""Firings that are read at once where all are wanted."""


_UPSERT: Final = """
INSERT INTO firings VALUES (?, ?, ?, ?, ?)
ON CONFLICT (rule, scheduled_at, outcome) DO UPDATE SET at = excluded.at, detail = CASE
    WHEN outcome <> 'failed' THEN excluded.detail
    WHEN instr(detail, excluded.detail) THEN detail
    ELSE detail || '; ' || excluded.detail END
"""
"""Of several targets that fail each says why."""


def write_firings(database: sqlite3.Connection, firings: Iterable[Firing]) -> None:
    """Write firings within a transaction that is under way."""
    rows = [
        (f.rule, instant_text(f.scheduled_at), f.outcome, instant_text(f.at), f.detail)
        for f in firings
    ]
    database.executemany(_UPSERT, rows)


def firings_between(history: HistoryFile, since: datetime, until: datetime) -> list[Firing]:
    """Return what became of due instants from `since` (inclusive) to `until`, by time."""
    rows = history.query(
        "SELECT * FROM firings WHERE scheduled_at >= ? AND scheduled_at < ? ORDER BY scheduled_at",
        (instant_text(since), instant_text(until)),
    )
    return [firing(row) for row in rows]


def each_firing(
    history: HistoryFile,
    *,
    rule: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Firing]:
    """Yield what became of due instants from `since` (inclusive) to `until`, by time.

    They are read page by page.
    """
    after = (instant_text(since) if since else "", "", "")
    end = instant_text(until) if until else "~"
    while True:
        rows = history.query(
            "SELECT * FROM firings WHERE (scheduled_at, rule, outcome) > (?, ?, ?) "
            "AND scheduled_at < ? AND (? IS NULL OR rule = ?) "
            "ORDER BY scheduled_at, rule, outcome LIMIT ?",
            (*after, end, rule, rule, PAGE),
        )
        for row in rows:
            yield firing(row)
        if len(rows) < PAGE:
            return
        after = (rows[-1]["scheduled_at"], rows[-1]["rule"], rows[-1]["outcome"])


def outcomes_between(
    history: HistoryFile, since: datetime, until: datetime
) -> list[tuple[str, datetime, str, bool | None]]:
    """Return the tasks of due instants from `since` (inclusive) to `until`, the oldest first.

    Of each its rule, due instant, the id of its first attempt, and whether it succeeded.
    """
    rows = history.query(
        "SELECT rule, scheduled_at, coalesce(retry_of, task_id) AS chain, succeeded FROM tasks "
        "WHERE rule IS NOT NULL AND created_at >= ?1 AND scheduled_at >= ?1 "
        "AND scheduled_at < ?2 ORDER BY created_at, rowid",
        (instant_text(since), instant_text(until)),
    )
    return [
        (
            row["rule"],
            datetime.fromisoformat(row["scheduled_at"]),
            row["chain"],
            optional(row["succeeded"], bool),
        )
        for row in rows
    ]


def fired_after(history: HistoryFile, instant: datetime) -> dict[str, list[datetime]]:
    """Return the due instants later than an instant that have fired, by rule.

    There are some where the clock was ahead when they fired, and has been set back since, or
    where a scheduler was killed. A firing is on record with its tasks: what has failed alone
    was cut off by a kill before the rest of its targets had their turn.
    """
    rows = history.query(
        "SELECT rule, scheduled_at FROM firings "
        "WHERE scheduled_at > ?1 AND outcome NOT IN ('missed', 'failed') UNION "
        "SELECT rule, scheduled_at FROM tasks "
        "WHERE rule IS NOT NULL AND created_at >= ?1 AND scheduled_at > ?1",
        (instant_text(instant),),
    )
    found: dict[str, list[datetime]] = {}
    for row in rows:
        found.setdefault(row["rule"], []).append(datetime.fromisoformat(row["scheduled_at"]))
    return found
