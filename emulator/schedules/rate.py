"""`rate(...)`: due instants at a fixed distance from an anchor, in real time.

AWS: a rule's rate "starts when you create the scheduled event rule"; EventBridge Scheduler's
first occurrence is at the start date. Neither knows daylight saving time: a day is 24 hours.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from emulator.schedules.base import Schedule, in_utc


class RateSchedule(Schedule):
    """A rate. `first` is 1 for a rule (one period after its creation), 0 for Scheduler.

    Without an anchor it is known how often, but not when: `next_after` raises ValueError.
    """

    __slots__ = ("anchor", "doubts", "expression", "first", "period", "timezone", "unit", "value")

    def __init__(
        self,
        expression: str,
        timezone: str,
        *,
        value: int,
        unit: str,
        period: timedelta,
        first: int,
        anchor: datetime | None,
        doubts: tuple[str, ...] = (),
    ) -> None:
        self.expression = expression
        self.timezone = timezone
        self.value = value
        self.unit = unit
        self.period = period
        self.first = first
        self.anchor = None if anchor is None else in_utc(anchor)
        self.doubts = doubts

    @property
    def wants_anchor(self) -> bool:
        """Whether the instant it counts from is missing."""
        return self.anchor is None

    def with_anchor(self, anchor: datetime) -> "RateSchedule":
        """Return this rate counted from an instant."""
        return RateSchedule(
            self.expression,
            self.timezone,
            value=self.value,
            unit=self.unit,
            period=self.period,
            first=self.first,
            anchor=anchor,
            doubts=self.doubts,
        )

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
        due = self.next_after(in_utc(start) - timedelta(microseconds=1))
        while due is not None and due < last:
            yield due
            try:
                due += self.period
            except OverflowError:
                return

    def _key(self) -> tuple[object, ...]:
        return (self.expression, self.timezone, self.first, self.anchor)
