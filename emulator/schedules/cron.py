"""`cron(...)`: the due instants of a cron expression.

Minutes, hours, months and years are sets of numbers; the days are a `DayRule`. The search goes
from day to day, never from minute to minute, and knows when a schedule is over.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from emulator.schedules.base import MOMENT, Schedule, in_utc, tick_of
from emulator.schedules.days import DayRule
from emulator.schedules.zones import DAY, HOUR, instant_of, steady_offset, wall_of, zone_of

LAST_YEAR: Final = 2199
BATCH: Final = 240
"""Ticks that are made at once."""

END_OF_CALENDAR: Final = datetime.max  # noqa: DTZ901 - wall time


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CronSchedule(Schedule):
    """A cron expression as sets: `minutes`, `hours`, `months`, `years` sorted, and `days`."""

    expression: str
    timezone: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: DayRule
    months: tuple[int, ...]
    years: tuple[int, ...]
    doubts: tuple[str, ...] = ()

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first due instant strictly later than an aware instant, in UTC."""
        after = in_utc(instant)
        if self.timezone == "UTC":
            wall = self._next_wall(after.replace(tzinfo=None))
            return None if wall is None else wall.replace(tzinfo=UTC)
        return self._next_in_zone(after, zone_of(self.timezone))

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due instants from `start` (inclusive) to `end` (exclusive), in UTC."""
        first, last = in_utc(start), in_utc(end)
        zone = None if self.timezone == "UTC" else zone_of(self.timezone)
        if zone is None:
            whole_days = self._utc_days(first, last)
        else:
            whole_days = self._zoned_hours(first, last, zone)
        for begins, ends, instants in whole_days:
            if first <= begins and ends <= last:
                yield from instants
                continue
            for due in instants:
                if due >= last:
                    return
                if due >= first:
                    yield due

    def ticks(self, start: datetime, end: datetime) -> Iterator[Sequence[int]]:
        """Yield the same instants in batches of microseconds since the epoch, in order."""
        if self.timezone != "UTC":
            yield from super(CronSchedule, self).ticks(start, end)
            return
        first, last = tick_of(in_utc(start)), tick_of(in_utc(end))
        batches = _batches_of_day(self.hours, self.minutes)
        for day in self._days_between(
            in_utc(start).replace(tzinfo=None), in_utc(end).replace(tzinfo=None)
        ):
            midnight = tick_of(day.replace(tzinfo=UTC))
            for batch in batches:
                ticks = [midnight + past for past in batch]
                if first <= ticks[0] and ticks[-1] < last:
                    yield ticks
                elif within := ticks[bisect_left(ticks, first) : bisect_left(ticks, last)]:
                    yield within

    def _utc_days(
        self, first: datetime, last: datetime
    ) -> Iterator[tuple[datetime, datetime, Iterator[datetime]]]:
        """Yield the due days, each with its end and its due instants, none before the first."""
        times = _times_of_day(self.hours, self.minutes)
        for day in self._days_between(first.replace(tzinfo=None), last.replace(tzinfo=None)):
            midnight = day.replace(tzinfo=UTC)
            # A scheduler asks for the last second of a day that may have a thousand before it.
            begun = 0 if first <= midnight else bisect_left(times, first - midnight)
            yield midnight, midnight + DAY, map(midnight.__add__, times[begun:])

    def _zoned_hours(
        self, first: datetime, last: datetime, zone: tzinfo
    ) -> Iterator[tuple[datetime, datetime, Iterator[datetime]]]:
        """Yield the due hours of a zone, each with its end and its due instants."""
        past_hour = _times_of_day((0,), self.minutes)
        # A zone may be up to a day ahead or behind, and midnight itself may be skipped.
        for day in self._days_between(wall_of(first, zone), _day_later(wall_of(last, zone))):
            for hour in self.hours:
                wall = day.replace(hour=hour)
                offset = steady_offset(wall, zone)
                if offset is None:
                    found = (instant_of(wall + past, zone) for past in past_hour)
                    instants = [due for due in found if due is not None]
                    if instants:
                        yield instants[0], instants[-1] + MOMENT, iter(instants)
                    continue
                begins = (wall - offset).replace(tzinfo=UTC)
                yield begins, begins + HOUR, map(begins.__add__, past_hour)

    def _next_in_zone(self, after: datetime, zone: tzinfo) -> datetime | None:
        wall: datetime | None = wall_of(after, zone)
        while wall is not None:
            wall = self._next_wall(wall)
            due = None if wall is None else instant_of(wall, zone)
            # In a repeated hour, what comes the second time is not later than `after`.
            if due is not None and due > after:
                return due
        return None

    def _next_wall(self, wall: datetime) -> datetime | None:
        """Return the first due wall time strictly later than one."""
        on_day = self._next_on_day(wall)
        if on_day is not None:
            return on_day
        try:
            tomorrow = wall.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        except OverflowError:
            return None
        day = next(self._days_between(tomorrow, END_OF_CALENDAR), None)
        return None if day is None else day.replace(hour=self.hours[0], minute=self.minutes[0])

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

    def _days_between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due days from the day of a naive wall time on, as midnights before `end`."""
        of_month = self.days.of_month
        for year in self.years[bisect_left(self.years, start.year) :]:
            if year > end.year:
                return
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in of_month(year, month):
                    midnight = datetime(year, month, day)  # noqa: DTZ001 - wall time
                    if midnight >= end:
                        return
                    if midnight + DAY > start:
                        yield midnight


def _day_later(wall: datetime) -> datetime:
    try:
        return wall + DAY
    except OverflowError:
        return END_OF_CALENDAR


@lru_cache(maxsize=4096)
def _batches_of_day(hours: tuple[int, ...], minutes: tuple[int, ...]) -> list[list[int]]:
    """Return the times of a due day in microseconds, few enough at a time to be kept for long."""
    past = [time // MOMENT for time in _times_of_day(hours, minutes)]
    return [past[begun : begun + BATCH] for begun in range(0, len(past), BATCH)]


@lru_cache(maxsize=4096)
def _times_of_day(hours: tuple[int, ...], minutes: tuple[int, ...]) -> tuple[timedelta, ...]:
    return tuple(timedelta(hours=hour, minutes=minute) for hour in hours for minute in minutes)
