"""The timeline of what a state directory has recorded, a simulation's included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from emulator.logs.directory import LogDirectory
from emulator.logs.excerpt import last_lines
from emulator.model.describe import is_fake
from emulator.model.task import StopCode
from emulator.pictures.timeline import Bar, Mark, MarkKind, Outcome, Plan, Row, Timeline, draw
from emulator.state.firings import firings_between
from emulator.state.history import History
from emulator.state.period import (
    count_tasks_between,
    recorded_span,
    tasks_between,
)
from emulator.state.records import TaskRecord

MOST_TASKS: Final = 20_000
"""Tasks that one picture holds: more would be too heavy for a browser."""

DAY: Final = timedelta(days=1)

_KINDS: Final = {
    "missed": MarkKind.MISSED,
    "skipped": MarkKind.SKIPPED,
    "failed": MarkKind.INVOCATION_FAILED,
}
_STOPPED: Final = (StopCode.USER_INITIATED, StopCode.TERMINATION_NOTICE)


def period_of(
    history: History,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    *,
    whole: bool,
    least: tuple[datetime, datetime] | None = None,
) -> tuple[datetime, datetime]:
    """Return the period to draw, where a bound is not given by what is recorded.

    It ends with the last thing recorded, or now where a task runs; it begins with the first, but
    no more than a day before that unless the `whole` record is wanted, and `least` with it. Ends
    after it begins.
    """
    span = recorded_span(history)
    if span is None:
        first, last = now - DAY, now
    else:
        first, last = span.first, now if span.unfinished and now > span.last else span.last
    end = until or max(last, since or last)
    begin = since or (min(first, end) if whole else max(min(first, end), end - DAY))
    if whole and least is not None:
        since = since or (least[0] if least[0] <= begin else None)
        until = until or (least[1] if least[1] >= end else None)
        begin, end = since or begin, until or end
    # A bar that ends with the period would hide behind its edge; and one instant is no period.
    room = max((end - begin) / 100, timedelta(seconds=1))
    return (begin if since else begin - room, end if until else end + room)


def record_timeline(
    history: History,
    names: Sequence[str],
    period: tuple[datetime, datetime],
    plans: Mapping[str, Plan],
    now: datetime,
) -> tuple[Timeline, int]:
    """Return the timeline of a period, and how many of its tasks, the oldest, are left out.

    `names` choose rules, and families that ran without one; none of them means all. Raises
    `StateDirectoryError`.
    """
    records = tasks_between(history, *period, names=names, limit=MOST_TASKS + 1)
    left_out = 0
    if len(records) > MOST_TASKS:
        left_out = count_tasks_between(history, *period, names=names) - MOST_TASKS
        records = records[:MOST_TASKS]
        period = (max(period[0], records[-1].created_at), period[1])
    bars: dict[str, list[Bar]] = defaultdict(list)
    for record in records:
        bars[row_name(record)].append(_bar(record))
    marks: dict[str, list[Mark]] = defaultdict(list)
    fired: dict[str, set[datetime]] = defaultdict(set)
    for firing in firings_between(history, *period):
        if names and firing.rule not in names:
            continue
        kind = _KINDS.get(firing.outcome)
        if kind is None:
            fired[firing.rule].add(firing.scheduled_at)
        else:
            marks[firing.rule].append(Mark(firing.scheduled_at, kind, firing.detail))
    return draw(bars, marks, plans, fired=fired, period=period, now=now), left_out


def with_logs(timeline: Timeline, logs: LogDirectory, lines: int) -> Timeline:
    """Return a timeline whose bars hold the last lines of their logs."""

    def told(row: Row) -> Row:
        bars = (replace(b, log=tuple(last_lines(logs, b.streams, lines))) for b in row.bars)
        return replace(row, bars=tuple(bars))

    return replace(timeline, rows=tuple(map(told, timeline.rows)))


def row_name(record: TaskRecord) -> str:
    """Return the rule of a task, or its family in brackets where there was none."""
    return record.rule or f"({record.family})"


def outcome_of(record: TaskRecord) -> Outcome:
    """Return how a recorded task ended."""
    if not record.stopped:
        return Outcome.RUNNING
    if record.succeeded:
        return Outcome.SUCCEEDED
    if record.stop_code == StopCode.TASK_FAILED_TO_START:
        return Outcome.NOT_STARTED
    return Outcome.STOPPED if record.stop_code in _STOPPED else Outcome.FAILED


def _bar(record: TaskRecord) -> Bar:
    containers = record.document["containers"]
    own = next((c["reason"] for c in containers if c.get("reason")), None)
    return Bar(
        task_id=record.task_id,
        family=record.family,
        outcome=outcome_of(record),
        due=record.scheduled_at,
        created=record.created_at,
        started=record.started_at,
        end=record.stopped_at,
        exit_code=record.exit_code,
        stop_code=record.stop_code,
        # A container's own reason says more than the task's.
        reason=str(own or record.stopped_reason or ""),
        attempt=record.attempt,
        retry_of=record.retry_of,
        containers=tuple(_container(c) for c in containers) if len(containers) > 1 else (),
        streams=tuple((group, stream) for _, group, stream in record.streams),
        fake=is_fake(record.document),
    )


def _container(document: Mapping[str, object]) -> str:
    code = document.get("exitCode")
    ended = str(document.get("lastStatus", "")) if code is None else f"exit code {code}"
    reason = document.get("reason")
    return f"{document['name']}: {ended}" + (f", {reason}" if reason else "")
