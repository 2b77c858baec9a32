"""What the history holds of a period: its tasks, and how far it reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emulator.state.history_file import HistoryFile
from emulator.state.records import TaskRecord, instant_text, task_record


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last instant recorded, and whether a task is not over."""

    first: datetime
    last: datetime
    unfinished: bool


def recorded_span(history: HistoryFile) -> Span | None:
    """Return how far the history reaches, None where it is empty."""
    rows = history.query(
        "SELECT min(first) AS first, max(last) AS last, max(unfinished) AS unfinished FROM ("
        " SELECT min(created_at) AS first, max(coalesce(stopped_at, created_at)) AS last,"
        "  max(last_status <> 'STOPPED') AS unfinished FROM tasks"
        " UNION ALL SELECT min(scheduled_at), max(scheduled_at), 0 FROM firings)"
    )
    if not rows or rows[0]["first"] is None:
        return None
    first, last = (datetime.fromisoformat(rows[0][name]) for name in ("first", "last"))
    return Span(first, last, bool(rows[0]["unfinished"]))


def tasks_between(
    history: HistoryFile,
    since: datetime,
    until: datetime,
    *,
    names: Sequence[str] = (),
    limit: int = -1,
) -> list[TaskRecord]:
    """Return tasks that lived at any instant of a period, the newest first.

    `names` are rules, or families (bare or in brackets) of tasks without one; none means all.
    """
    where, values = _living(since, until, names)
    rows = history.query(
        f"SELECT * FROM tasks WHERE {where} ORDER BY created_at DESC, rowid DESC LIMIT ?",  # noqa: S608 - fixed texts
        (*values, limit),
    )
    return [task_record(row) for row in rows]


def count_tasks_between(
    history: HistoryFile, since: datetime, until: datetime, *, names: Sequence[str] = ()
) -> int:
    """Return how many tasks lived at any instant of a period."""
    where, values = _living(since, until, names)
    rows = history.query(f"SELECT count(*) AS n FROM tasks WHERE {where}", values)  # noqa: S608 - fixed texts
    return int(rows[0]["n"]) if rows else 0


def _living(since: datetime, until: datetime, names: Sequence[str]) -> tuple[str, list[str]]:
    where = "created_at < ? AND (stopped_at IS NULL OR stopped_at >= ?)"
    values = [instant_text(until), instant_text(since)]
    if names:
        places = _places(names)
        where += (
            f" AND (rule IN ({places}) OR rule IS NULL"
            f" AND (family IN ({places}) OR '(' || family || ')' IN ({places})))"
        )
        values += [*names] * 3
    return where, values


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
