"""`cron(...)`: the due instants of a cron expression.

Minutes, hours, months and years are sets of numbers; the days are a `DayRule`. The search goes
from day to day, never from minute to minute, and knows when a schedule is over.

Time zones by EventBridge Scheduler's rules (AWS: "Schedule types in EventBridge Scheduler"): a
local time that does not exist is skipped, one that comes twice is due the first time.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from emulator.schedules.base import Schedule, in_utc
from emulator.schedules.days import DayRule

LAST_YEAR: Final = 2199


class CronSchedule(Schedule):
    """A cron expression as sets: `minutes`, `hours`, `months`, `years` sorted, and `days`."""

    __slots__ = (
        "days",
        "doubts",
        "expression",
        "hours",
        "minutes",
        "months",
        "timezone",
        "years",
    )

    def __init__(
        self,
        expression: str,
        timezone: str,
        *,
        minutes: tuple[int, ...],
        hours: tuple[int, ...],
        days: DayRule,
        months: tuple[int, ...],
        years: tuple[int, ...],
        doubts: tuple[str, ...] = (),
    ) -> None:
        self.expression = expression
        self.timezone = timezone
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.years = years
        self.doubts = doubts

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first due instant strictly later than an aware instant, in UTC."""
        after = in_utc(instant)
        if self.timezone == "UTC":
            wall = self._next_wall(after.replace(tzinfo=None))
            return None if wall is None else wall.replace(tzinfo=UTC)
        return self._next_in_zone(after)

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due instants from `start` (inclusive) to `end` (exclusive), in UTC."""
        if self.timezone != "UTC":
            yield from super().between(start, end)
            return
        first, last = in_utc(start), in_utc(end)
        times = [(hour, minute) for hour in self.hours for minute in self.minutes]
        for year, month, day in self._days_from(first.year, first.month, first.day):
            if datetime(year, month, day, tzinfo=UTC) >= last:
                return
            for hour, minute in times:
                due = datetime(year, month, day, hour, minute, tzinfo=UTC)
                if due >= last:
                    return
                if due >= first:
                    yield due

    def _next_in_zone(self, after: datetime) -> datetime | None:
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(self.timezone)
        wall: datetime | None = after.astimezone(zone).replace(tzinfo=None, fold=0)
        while wall is not None:
            wall = self._next_wall(wall)
            if wall is None:
                return None
            due = wall.replace(tzinfo=zone).astimezone(UTC)
            exists = due.astimezone(zone).replace(tzinfo=None) == wall
            if exists and due > after:
                return due
        return None

    def _next_wall(self, wall: datetime) -> datetime | None:
        """Return the first due wall time strictly later than one."""
        on_day = self._next_on_day(wall)
        if on_day is not None:
            return on_day
        try:
            tomorrow = wall.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        except OverflowError:
            return None
        day = next(self._days_from(tomorrow.year, tomorrow.month, tomorrow.day), None)
        if day is None:
            return None
        return datetime(*day, self.hours[0], self.minutes[0])  # noqa: DTZ001 - wall time

    def _next_on_day(self, wall: datetime) -> datetime | None:
        if not self._is_due_day(wall):
            return None
        hour = wall.hour
        if hour in self.hours:
            index = bisect_right(self.minutes, wall.minute)
            if index < len(self.minutes):
                return wall.replace(minute=self.minutes[index], second=0, microsecond=0)
        index = bisect_right(self.hours, hour)
        if index == len(self.hours):
            return None
        return wall.replace(hour=self.hours[index], minute=self.minutes[0], second=0, microsecond=0)

    def _is_due_day(self, wall: datetime) -> bool:
        return (
            wall.month in self.months
            and wall.year in self.years
            and (self.days.every or wall.day in self.days.of_month(wall.year, wall.month))
        )

    def _days_from(self, year: int, month: int, day: int) -> Iterator[tuple[int, int, int]]:
        """Yield the due days from one on (inclusive)."""
        of_month = self.days.of_month
        for due_year in self.years[bisect_right(self.years, year - 1) :]:
            for due_month in self.months:
                if (due_year, due_month) < (year, month):
                    continue
                first = day if (due_year, due_month) == (year, month) else 1
                for due_day in of_month(due_year, due_month):
                    if due_day >= first:
                        yield due_year, due_month, due_day
