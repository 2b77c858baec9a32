"""Recurring schedules with a start date and an end date (EventBridge Scheduler).

AWS: "CreateSchedule" in the API reference. Both dates are instants and both are inclusive; what
a flexible time window delays past the end date still fires.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from emulator.schedules.base import MOMENT, Schedule, earlier, in_utc


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BoundedSchedule(Schedule):
    """A recurring schedule that is due from `start` on and until `end`."""

    schedule: Schedule
    start: datetime | None
    end: datetime | None
    expression: str
    timezone: str
    doubts: tuple[str, ...]

    @classmethod
    def of(
        cls, schedule: Schedule, start: datetime | None, end: datetime | None
    ) -> "BoundedSchedule":
        """Bound a schedule by aware instants."""
        return cls(
            schedule=schedule,
            start=None if start is None else in_utc(start),
            end=None if end is None else in_utc(end),
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
        """Return the first due instant strictly later than an aware instant, in UTC."""
        after = in_utc(instant)
        if self.start is not None:
            after = max(after, earlier(self.start, MOMENT))
        due = self.schedule.next_after(after)
        return None if due is None or (self.end is not None and due > self.end) else due

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due instants from `start` (inclusive) to `end` (exclusive), in UTC."""
        first = in_utc(start) if self.start is None else max(in_utc(start), self.start)
        for due in self.schedule.between(first, end):
            if self.end is not None and due > self.end:
                return
            yield due

    def ticks(self, start: datetime, end: datetime) -> Iterator[Sequence[int]]:
        """Yield the same instants in batches of microseconds since the epoch, in order."""
        first = in_utc(start) if self.start is None else max(in_utc(start), self.start)
        last = in_utc(end) if self.end is None else min(in_utc(end), self.end + MOMENT)
        return self.schedule.ticks(first, last)

    def _key(self) -> tuple[object, ...]:
        return (self.schedule, self.start, self.end)

    def _more(self) -> str:
        bounds = {"start": self.start, "end": self.end}
        return "".join(f", {k}={v.isoformat()!r}" for k, v in bounds.items() if v is not None)
