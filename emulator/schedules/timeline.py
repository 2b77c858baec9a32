"""The firings of many schedules as one timeline, in memory that does not grow with its length."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from emulator.schedules.base import MOMENT, Schedule, in_utc, instant_of_tick, tick_of

FEWEST: Final = 10_000
FEWEST_EACH: Final = 50
"""Firings that are put in order at a time: many, so that asking each schedule hardly counts."""

HOUR: Final = timedelta(hours=1) // MOMENT
SHORTEST: Final = timedelta(minutes=1) // MOMENT
LONGEST: Final = timedelta(days=3660) // MOMENT


def timeline(
    schedules: Mapping[str, Schedule], start: datetime, end: datetime
) -> Iterator[tuple[datetime, str]]:
    """Yield due instant and name, from `start` (inclusive) to `end` (exclusive), in order of time.

    Those of one instant come in order of their names, as `run` fires them. Instants are UTC, and
    those that are equal are the same object.
    """
    begins, ends = in_utc(start), in_utc(end)
    last, stretch = tick_of(ends), HOUR
    sources = [_Source(name, schedules[name], begins, ends, last) for name in sorted(schedules)]
    while sources := [source for source in sources if source.ahead < last]:
        limit = min(last, min(source.ahead for source in sources) + stretch)
        # Sources are asked in order of their names, and few instants are left to sort.
        names: defaultdict[int, list[str]] = defaultdict(list)
        for source in sources:
            name = source.name
            for tick in source.take(limit):
                names[tick].append(name)
        for tick in sorted(names):
            due = instant_of_tick(tick)
            for name in names[tick]:
                yield due, name
        fewest = max(FEWEST, FEWEST_EACH * len(sources))
        stretch = _next_stretch(stretch, sum(map(len, names.values())), fewest)


def _next_stretch(stretch: int, firings: int, fewest: int) -> int:
    if firings < fewest:
        return min(stretch * 2, LONGEST)
    return max(stretch // 2, SHORTEST) if firings > 4 * fewest else stretch


class _Source:
    """One schedule, and its firing that comes next."""

    __slots__ = ("_at", "_batch", "_batches", "_end", "ahead", "name")

    def __init__(
        self, name: str, schedule: Schedule, start: datetime, end: datetime, last: int
    ) -> None:
        self.name = name
        self._batches = schedule.ticks(start, end)
        self._end = self.ahead = last
        self._batch: Sequence[int] = ()
        self._at = 0
        self._begin(next(self._batches, ()))

    def take(self, limit: int) -> Sequence[int]:
        """Return the firings before `limit`."""
        taken: Sequence[int] = ()
        while self.ahead < limit:
            reached = bisect_left(self._batch, limit, self._at)
            some = self._batch[self._at : reached]
            taken = [*taken, *some] if taken else some
            if reached < len(self._batch):
                self._at, self.ahead = reached, self._batch[reached]
            else:
                self._begin(next(self._batches, ()))
        return taken

    def _begin(self, batch: Sequence[int]) -> None:
        self._batch, self._at = batch, 0
        self.ahead = batch[0] if batch else self._end
