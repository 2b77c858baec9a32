"""The firings of many schedules as one timeline, in memory that does not grow with its length."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Final

from emulator.schedules.base import Schedule, in_utc

FEWEST: Final = 10_000
"""Firings that are sorted at a time: many, so that asking each schedule hardly counts."""

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=3660)

_BY_INSTANT: Final = itemgetter(0)


def timeline(
    schedules: Mapping[str, Schedule], start: datetime, end: datetime
) -> Iterator[tuple[datetime, str]]:
    """Yield due instant and name, from `start` (inclusive) to `end` (exclusive), in order of time.

    Those of one instant come in order of their names, as `run` fires them. Instants are UTC.
    """
    begins, ends = in_utc(start), in_utc(end)
    sources = [_Source(name, schedules[name], begins, ends) for name in sorted(schedules)]
    stretch = timedelta(hours=1)
    while sources:
        first = min(source.ahead for source in sources)
        limit = _later(first, stretch, ends)
        # Sorting keeps the order of equals, which is that of the sources: by name.
        due = list(chain.from_iterable(source.take(limit) for source in sources))
        due.sort(key=_BY_INSTANT)
        yield from due
        sources = [source for source in sources if source.ahead < ends]
        stretch = _next_stretch(stretch, len(due))


def _next_stretch(stretch: timedelta, firings: int) -> timedelta:
    if firings < FEWEST:
        return min(stretch * 2, LONGEST)
    return max(stretch / 2, SHORTEST) if firings > 4 * FEWEST else stretch


def _later(instant: datetime, by: timedelta, limit: datetime) -> datetime:
    # Compared as a distance: the sum may lie beyond the calendar.
    return limit if limit - instant <= by else instant + by


class _Source:
    """One schedule, and its firing that comes next."""

    __slots__ = ("_due", "_ends", "_name", "ahead")

    def __init__(self, name: str, schedule: Schedule, start: datetime, end: datetime) -> None:
        self._name = name
        self._due = schedule.between(start, end)
        self._ends = end
        self.ahead = next(self._due, end)

    def take(self, limit: datetime) -> list[tuple[datetime, str]]:
        """Return the firings before `limit`."""
        taken = []
        due, name = self.ahead, self._name
        if due < limit:
            taken.append((due, name))
            for due in self._due:
                if due >= limit:
                    break
                taken.append((due, name))
            else:
                due = self._ends
        self.ahead = due
        return taken
