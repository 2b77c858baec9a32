"""Old history goes: tasks that are over, their firings, and definitions that none of them had."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from emulator.model.task_policies import HistoryLimits
from emulator.state.history_file import HistoryFile
from emulator.state.records import instant_text

LARGEST_BATCH: Final = 2_000
"""Rows deleted at once: whoever writes meanwhile waits no longer than for these."""

_ANYTHING: Final = "SELECT 1 WHERE EXISTS (SELECT 1 FROM tasks) OR EXISTS (SELECT 1 FROM firings)"


class Pruned(NamedTuple):
    """How much went."""

    tasks: int
    firings: int


def prune(history: HistoryFile, limits: HistoryLimits, now: datetime) -> Pruned:
    """Delete what is past the limits; tasks that are not over stay.

    Log files are not touched: their log group's retention says how long they stay. Raises
    `StateDirectoryError`.
    """
    cutoff = _cutoff(history, limits, now)
    if cutoff is None or not history.query(_ANYTHING):
        return Pruned(0, 0)  # And no file is made to find that out.
    tasks = _delete(
        history,
        "DELETE FROM tasks WHERE rowid IN (SELECT rowid FROM tasks "
        "WHERE created_at < ? AND last_status = 'STOPPED' LIMIT ?)",
        cutoff,
    )
    firings = _delete(
        history,
        "DELETE FROM firings WHERE (rule, scheduled_at, outcome) IN "
        "(SELECT rule, scheduled_at, outcome FROM firings WHERE scheduled_at < ? LIMIT ?)",
        cutoff,
    )
    if tasks:
        with history.writing() as database:
            database.execute(
                "DELETE FROM task_definitions WHERE digest NOT IN "
                "(SELECT definition FROM tasks WHERE definition IS NOT NULL)"
            )
    return Pruned(tasks, firings)


def _cutoff(history: HistoryFile, limits: HistoryLimits, now: datetime) -> str | None:
    """Return the instant before which nothing stays; None: all of it does."""
    found = []
    if limits.keep_days is not None:
        found.append(instant_text(now - timedelta(days=limits.keep_days)))
    if limits.keep_tasks is not None:
        rows = history.query(
            "SELECT created_at FROM tasks WHERE last_status = 'STOPPED' "
            "ORDER BY created_at DESC LIMIT 1 OFFSET ?",
            (limits.keep_tasks - 1,),
        )
        found += [row["created_at"] for row in rows]
    return max(found, default=None)


def _delete(history: HistoryFile, statement: str, cutoff: str) -> int:
    total = 0
    while True:
        with history.writing() as database:
            count = database.execute(statement, (cutoff, LARGEST_BATCH)).rowcount
        total += count
        if count < LARGEST_BATCH:
            return total
