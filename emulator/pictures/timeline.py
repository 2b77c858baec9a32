"""What happened in a period, as a value to draw: rows of rules, bars of tasks, lost firings marked.

Pure: the same records make the same timeline, whether a clock or a simulation made them.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Final

from emulator.values import frozen

MOST_EXPECTED: Final = 2_000
"""Due instants of one rule that are drawn; of more, none can be told from its neighbour."""


class Outcome(StrEnum):
    """How a task ended, as far as a picture tells."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NOT_STARTED = "not started"
    STOPPED = "stopped"
    RUNNING = "running"


class MarkKind(StrEnum):
    """What became of a due instant that left no task, or has not come yet."""

    MISSED = "missed"
    SKIPPED = "skipped"
    INVOCATION_FAILED = "invocation failed"
    EXPECTED = "expected"


@frozen
class Bar:
    """A task. It was made at `created`, ran from `started` (None: never) to `end` (None: still).

    `due` is the instant it was started for, None by hand. `containers` has a line for each
    container; `log` are the last lines it wrote. Overlapping bars of a row differ in `lane`. Of a
    `fake` one nothing was really run.
    """

    task_id: str
    family: str
    outcome: Outcome
    due: datetime | None
    created: datetime
    started: datetime | None
    end: datetime | None
    exit_code: int | None = None
    stop_code: str | None = None
    reason: str = ""
    attempt: int = 1
    retry_of: str | None = None
    containers: tuple[str, ...] = ()
    streams: tuple[tuple[str, str], ...] = ()
    log: tuple[str, ...] = ()
    lane: int = 0
    fake: bool = False

    @property
    def duration(self) -> timedelta | None:
        """How long it ran; None where it never did, or still does."""
        if self.started is None or self.end is None:
            return None
        return max(self.end - self.started, timedelta())


@dataclass(frozen=True, slots=True)
class Mark:
    """A due instant without a task, and why."""

    at: datetime
    kind: MarkKind
    detail: str = ""


@frozen
class Row:
    """What a rule did, or a family that was run without one. Bars and marks in order of time.

    `schedule` is said in words, "" where no definitions were read.
    """

    name: str
    description: str = ""
    schedule: str = ""
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def lanes(self) -> int:
        """How many bars lie side by side at most; 1 without any."""
        return max((bar.lane for bar in self.bars), default=0) + 1

    @property
    def counts(self) -> "Counter[Outcome | MarkKind]":
        """How many there are of each kind."""
        kinds: Counter[Outcome | MarkKind] = Counter(bar.outcome for bar in self.bars)
        kinds.update(mark.kind for mark in self.marks)
        return kinds

    @property
    def typical(self) -> tuple[timedelta, timedelta] | None:
        """The median and the longest of the durations; None where nothing ended."""
        known = sorted(bar.duration for bar in self.bars if bar.duration is not None)
        return (known[len(known) // 2], known[-1]) if known else None

    @property
    def last_failure(self) -> Bar | None:
        """The last task that ended otherwise than well."""
        bad = (Outcome.FAILED, Outcome.NOT_STARTED, Outcome.STOPPED)
        return next((bar for bar in reversed(self.bars) if bar.outcome in bad), None)


@frozen
class Timeline:
    """A period and its rows, by name. `now` is when it was drawn, or when a simulation ended."""

    since: datetime
    until: datetime
    now: datetime
    rows: tuple[Row, ...]

    @property
    def fake_tasks(self) -> int:
        """Of how many tasks nothing was really run."""
        return sum(bar.fake for row in self.rows for bar in row.bars)

    @property
    def counts(self) -> "Counter[Outcome | MarkKind]":
        """How many there are of each kind in all rows."""
        return sum((row.counts for row in self.rows), Counter())


@dataclass(frozen=True, slots=True)
class Plan:
    """What the definitions say of a rule: words, and the due instants of the period."""

    description: str
    schedule: str
    due: Iterable[datetime] = ()


def draw(
    bars: Mapping[str, Sequence[Bar]],
    marks: Mapping[str, Sequence[Mark]],
    plans: Mapping[str, Plan],
    *,
    fired: Mapping[str, set[datetime]],
    period: tuple[datetime, datetime],
    now: datetime,
) -> Timeline:
    """Return the timeline of a period.

    A due instant of a plan is expected unless a task, a mark or `fired` answers for it.
    """
    rows = []
    for name in sorted({*bars, *marks, *plans}):
        own = in_lanes(bars.get(name, ()), now)
        plan = plans.get(name, Plan("", ""))
        lost = list(marks.get(name, ()))
        answered = {bar.due for bar in own} | {mark.at for mark in lost} | fired.get(name, set())
        lost += _expected(plan.due, answered)
        rows.append(
            Row(
                name=name,
                description=plan.description,
                schedule=plan.schedule,
                bars=own,
                marks=tuple(sorted(lost, key=lambda mark: mark.at)),
            )
        )
    return Timeline(since=period[0], until=period[1], now=now, rows=tuple(rows))


def in_lanes(bars: Iterable[Bar], now: datetime) -> tuple[Bar, ...]:
    """Return bars in order of time, each in the first lane that is free when it begins.

    One that still runs takes its lane until `now`.
    """
    free: list[int] = []
    busy: list[tuple[datetime, int]] = []
    placed = []
    for bar in sorted(bars, key=lambda each: (each.created, each.task_id)):
        while busy and busy[0][0] <= bar.created:
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (max(bar.end or now, bar.created), lane))
        placed.append(replace(bar, lane=lane))
    return tuple(placed)


def _expected(due: Iterable[datetime], answered: set[datetime | None]) -> list[Mark]:
    """Return the due instants nothing answers for, none where there are too many to see."""
    bounded = [at for _, at in takewhile(lambda pair: pair[0] <= MOST_EXPECTED, enumerate(due))]
    if len(bounded) > MOST_EXPECTED:
        return []
    return [Mark(at, MarkKind.EXPECTED) for at in bounded if at not in answered]
