"""`rate(...)`: due instants at a fixed distance from an anchor, in real time.

AWS: a rule's rate "starts when you create the scheduled event rule"; EventBridge Scheduler's
first occurrence is at the start date. Neither knows daylight saving time: a day is 24 hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from emulator.schedules.base import MOMENT, Schedule, earlier, in_utc, tick_of


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RateSchedule(Schedule):
    """A rate. `first` is 1 for a rule (one period after its creation), 0 for Scheduler.

    Without an anchor it is known how often, but not when: `next_after` raises ValueError.
    """

    expression: str
    timezone: str
    value: int
    unit: str
    period: timedelta
    first: int
    anchor: datetime | None = None
    doubts: tuple[str, ...] = ()

    @property
    def wants_anchor(self) -> bool:
        """Whether it is known how often, but not from when on."""
        return self.anchor is None

    @property
    def counts_from(self) -> datetime | None:
        """The anchor; None: it has none yet."""
        return self.anchor

    def with_anchor(self, anchor: datetime) -> Self:
        """Return this rate counted from an aware instant."""
        return replace(self, anchor=in_utc(anchor))

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first due instant strictly later than an aware instant, in UTC."""
        after = in_utc(instant)
        if self.anchor is None:
            message = f"{self.expression} counts from an instant: give it an anchor"
            raise ValueError(message)
        passed = (after - self.anchor) // self.period + 1
        try:
            return self.anchor + max(passed, self.first) * self.period
        except OverflowError:
            return None

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due instants from `start` (inclusive) to `end` (exclusive), in UTC."""
        last = in_utc(end)
        due = self.next_after(earlier(in_utc(start), MOMENT))
        while due is not None and due < last:
            yield due
            try:
                due += self.period
            except OverflowError:
                return

    def ticks(self, start: datetime, end: datetime) -> Iterator[Sequence[int]]:
        """Yield the same instants in batches of microseconds since the epoch, in order."""
        first = self.next_after(earlier(in_utc(start), MOMENT))
        if first is not None:
            ticks = range(tick_of(first), tick_of(in_utc(end)), self.period // MOMENT)
            if ticks:
                yield ticks

    def _key(self) -> tuple[object, ...]:
        return (self.expression, self.timezone, self.first, self.anchor)

    def _more(self) -> str:
        return "" if self.anchor is None else f", anchor={self.anchor.isoformat()!r}"
