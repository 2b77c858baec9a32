"""Flexible time windows (EventBridge Scheduler): a firing comes some time after it is due.

AWS says only that a schedule is invoked within so many minutes after its time. Where in the
window is decided here by a hash of a seed (the rule's name) and the due instant: spread like
AWS's, yet the same in every run. A firing never waits past the next due instant, so firings keep
their order and each belongs to one due instant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from emulator.schedules.base import MOMENT, Schedule, earlier, in_utc


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FlexibleSchedule(Schedule):
    """A schedule whose instants are those of `schedule`, each delayed by less than `window`.

    AWS calls the instants of `schedule` the scheduled time.
    """

    schedule: Schedule
    window: timedelta
    seed: str
    expression: str
    timezone: str
    doubts: tuple[str, ...]

    @classmethod
    def of(cls, schedule: Schedule, window: timedelta, seed: str) -> "FlexibleSchedule":
        """Delay a schedule within a window. Raises ValueError for one AWS does not take."""
        minutes = window / timedelta(minutes=1)
        if not 1 <= minutes <= 1440 or minutes != int(minutes):
            message = f"a flexible time window has 1 to 1440 whole minutes, not {minutes:g}"
            raise ValueError(message)
        return cls(
            schedule=schedule,
            window=window,
            seed=seed,
            expression=schedule.expression,
            timezone=schedule.timezone,
            doubts=schedule.doubts,
        )

    @property
    def wants_anchor(self) -> bool:
        """Whether it is known how often, but not from when on."""
        return self.schedule.wants_anchor

    @property
    def counts_from(self) -> datetime | None:
        """The anchor of its rate; None: it has none."""
        return self.schedule.counts_from

    def with_anchor(self, anchor: datetime) -> Self:
        """Return this schedule with its rate counted from an aware instant."""
        return replace(self, schedule=self.schedule.with_anchor(anchor))

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first firing strictly later than an aware instant, in UTC."""
        after = in_utc(instant)
        due = self._last_due(after)
        if due is not None:
            fires = self._fires_at(due)
            if fires > after:
                return fires
        due = self.schedule.next_after(after)
        return None if due is None else self._fires_at(due)

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the firings from `start` (inclusive) to `end` (exclusive), in UTC."""
        first, last = in_utc(start), in_utc(end)
        for due in self.schedule.between(earlier(first, self.window), last):
            fires = self._fires_at(due)
            if first <= fires < last:
                yield fires

    def scheduled_time(self, due: datetime) -> datetime:
        """Return the time that the expression says of a firing."""
        return self._last_due(due) or due

    def _last_due(self, instant: datetime) -> datetime | None:
        last = None
        for due in self.schedule.between(earlier(instant, self.window), instant + MOMENT):
            last = due
        return last

    def _fires_at(self, due: datetime) -> datetime:
        from hashlib import sha256

        following = self.schedule.next_after(due)
        room = self.window if following is None else min(self.window, following - due)
        seconds = max(1, int(room.total_seconds()))
        digest = sha256(f"{self.seed}\n{due.isoformat()}".encode()).digest()
        return due + timedelta(seconds=int.from_bytes(digest[:8], "big") % seconds)

    def _key(self) -> tuple[object, ...]:
        return (self.schedule, self.window, self.seed)

    def _more(self) -> str:
        minutes = self.window // timedelta(minutes=1)
        return f", flexible_time_window={minutes} minutes, seed={self.seed!r}"
