"""How long the tasks of each rule take and how often they fail, from the indexes alone.

A million tasks must not be read for it: counts come from partial indexes, medians are a look-up
at an offset of the index by duration.
"""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from emulator.model.task import TIMED_OUT, StopCode
from emulator.state.history_file import HistoryFile
from emulator.state.records import instant_text
from emulator.values import frozen

RECENT: Final = 20
"""How many of the last successes are held against those before for the trend."""

BEFORE: Final = 100
FEWEST_BEFORE: Final = 10

_FROM_THE_BEGINNING: Final = (
    "SELECT duration FROM tasks WHERE rule = ? AND succeeded = 1 "
    "ORDER BY duration ASC LIMIT 1 OFFSET ?"
)
_FROM_THE_END: Final = _FROM_THE_BEGINNING.replace("ASC", "DESC")


@frozen
class RuleStatistics:
    """What became of a rule's tasks. Durations are those of successes, None without any.

    `trend` is the median of the last 20 successes divided by that of the 100 before; None where
    there are too few.
    """

    rule: str
    succeeded: int
    failed: int
    median: timedelta | None
    p95: timedelta | None
    longest: timedelta | None
    trend: float | None
    last_at: datetime
    last_succeeded: bool | None

    @property
    def failure_rate(self) -> float:
        """The share of tasks that failed, of those that are over."""
        over = self.succeeded + self.failed
        return self.failed / over if over else 0.0


def rule_statistics(
    history: HistoryFile, *, rule: str | None = None, since: datetime | None = None
) -> list[RuleStatistics]:
    """Return the statistics of one rule or of all, by name. Raises `StateDirectoryError`."""
    names = [rule] if rule is not None else _rules(history)
    start = "" if since is None else instant_text(since)
    found = (_statistics(history, name, start) for name in names)
    return [statistics for statistics in found if statistics is not None]


def _rules(history: HistoryFile) -> list[str]:
    """Return the rules that tasks have, by jumps through the index rather than its whole length."""
    rows = history.query(
        "WITH RECURSIVE names (rule) AS (SELECT min(rule) FROM tasks UNION ALL "
        "SELECT (SELECT min(rule) FROM tasks WHERE rule > names.rule) FROM names "
        "WHERE names.rule IS NOT NULL) SELECT rule FROM names WHERE rule IS NOT NULL"
    )
    return [row["rule"] for row in rows]


def _statistics(history: HistoryFile, rule: str, start: str) -> RuleStatistics | None:
    last = history.query(
        "SELECT created_at, succeeded FROM tasks WHERE rule = ? AND created_at >= ? "
        "ORDER BY created_at DESC LIMIT 1",
        (rule, start),
    )
    if not last:
        return None
    succeeded = last[0]["succeeded"]
    count, middle, high, longest = _durations(history, rule, start)
    return RuleStatistics(
        rule=rule,
        succeeded=count,
        failed=_failed(history, rule, start),
        median=middle,
        p95=high,
        longest=longest,
        trend=_trend(history, rule),
        last_at=datetime.fromisoformat(last[0]["created_at"]),
        last_succeeded=None if succeeded is None else bool(succeeded),
    )


def _failed(history: HistoryFile, rule: str, start: str) -> int:
    rows = history.query(
        "SELECT count(*) AS n FROM tasks WHERE rule = ? AND succeeded = 0 AND created_at >= ?",
        (rule, start),
    )
    return int(rows[0]["n"])


def _durations(
    history: HistoryFile, rule: str, start: str
) -> tuple[int, timedelta | None, timedelta | None, timedelta | None]:
    """Return how many successes there are, and their median, 95th percentile and maximum."""
    if start:
        return _durations_since(history, rule, start)
    rows = history.query(
        "SELECT count(*) AS n, max(duration) AS longest FROM tasks "
        "WHERE rule = ? AND succeeded = 1",
        (rule,),
    )
    count = int(rows[0]["n"])
    if not count:
        return 0, None, None, None
    places = ((count - 1) // 2, _place_of_p95(count))
    middle, high = (_at_place(history, rule, place, count) for place in places)
    return count, middle, high, _length(rows[0]["longest"])


def _durations_since(
    history: HistoryFile, rule: str, start: str
) -> tuple[int, timedelta | None, timedelta | None, timedelta | None]:
    rows = history.query(
        "SELECT duration FROM tasks WHERE rule = ? AND succeeded = 1 AND created_at >= ?",
        (rule, start),
    )
    lengths = sorted(row["duration"] for row in rows)
    if not lengths:
        return 0, None, None, None
    count = len(lengths)
    middle, high = lengths[(count - 1) // 2], lengths[_place_of_p95(count)]
    return count, _length(middle), _length(high), _length(lengths[-1])


def _at_place(history: HistoryFile, rule: str, place: int, count: int) -> timedelta:
    """Return the duration at a place of the index, counted from its nearer end."""
    backwards = place > count // 2
    rows = history.query(
        _FROM_THE_END if backwards else _FROM_THE_BEGINNING,
        (rule, count - 1 - place if backwards else place),
    )
    return _length(rows[0]["duration"])


def _place_of_p95(count: int) -> int:
    """Return the place of the smallest value that 95 of 100 do not exceed."""
    return max(0, -(-count * 95 // 100) - 1)


def _trend(history: HistoryFile, rule: str) -> float | None:
    rows = history.query(
        "SELECT duration FROM tasks WHERE rule = ? AND succeeded = 1 "
        "ORDER BY created_at DESC LIMIT ?",
        (rule, RECENT + BEFORE),
    )
    lengths = [row["duration"] for row in rows]
    recent, before = lengths[:RECENT], lengths[RECENT:]
    if len(before) < FEWEST_BEFORE or not median(before):
        return None
    return float(median(recent) / median(before))


def _length(milliseconds: int) -> timedelta:
    return timedelta(milliseconds=milliseconds)


def last_durations(history: HistoryFile, count: int) -> dict[str, list[timedelta]]:
    """Return how long the last so many tasks of each rule ran, the newest first."""
    rows = history.query(
        "SELECT rule, started_at, stopped_at FROM (SELECT *, row_number() OVER "
        "(PARTITION BY rule ORDER BY created_at DESC) AS place FROM tasks WHERE rule IS NOT "
        "NULL AND started_at IS NOT NULL AND stopped_at IS NOT NULL) WHERE place <= ? "
        "ORDER BY rule, place",
        (count,),
    )
    found: dict[str, list[timedelta]] = {}
    for row in rows:
        started, stopped = (datetime.fromisoformat(row[k]) for k in ("started_at", "stopped_at"))
        found.setdefault(row["rule"], []).append(stopped - started)
    return found


def count_since(history: HistoryFile, since: datetime) -> Counter[str]:
    """Return how many tasks created since then have `succeeded`, `failed` or were `stopped`.

    What a person stopped is no failure; what ran into its timeout is one.
    """
    rows = history.query(
        "SELECT CASE WHEN succeeded THEN 'succeeded' "
        "WHEN stop_code = ? AND stopped_reason NOT LIKE ? THEN 'stopped' ELSE 'failed' END AS how, "
        "count(*) AS n FROM tasks WHERE created_at >= ? AND succeeded IS NOT NULL GROUP BY how",
        (StopCode.USER_INITIATED, f"{TIMED_OUT}%", instant_text(since)),
    )
    return Counter({row["how"]: row["n"] for row in rows})
