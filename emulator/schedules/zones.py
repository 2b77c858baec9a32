"""Wall time and instants, by EventBridge Scheduler's rules for daylight saving time.

A wall time that a zone skips has no instant; one that comes twice means the first of the two.
AWS: "Schedule types in EventBridge Scheduler", daylight saving time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
NOTHING: Final = timedelta()


def zone_of(name: str) -> tzinfo:
    """Return the zone of an IANA name. Raises LookupError, ValueError or OSError."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def instant_of(wall: datetime, zone: tzinfo) -> datetime | None:
    """Return the instant of a naive wall time in UTC; None where the zone skips it.

    None also where the calendar ends before the instant does.
    """
    try:
        due = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        exists = due.astimezone(zone).replace(tzinfo=None, fold=0) == wall
    except OverflowError:
        return None
    return due if exists else None


def wall_of(instant: datetime, zone: tzinfo) -> datetime:
    """Return the naive wall time of an instant; the calendar's end where it has none."""
    try:
        return instant.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        return instant.replace(tzinfo=None)


def steady_offset(wall: datetime, zone: tzinfo) -> timedelta | None:
    """Return the zone's offset in the hour that begins at a wall time; None if it changes."""
    offset = zone.utcoffset(wall)
    after = wall + HOUR
    steady = (
        offset == zone.utcoffset(wall.replace(fold=1))
        and offset == zone.utcoffset(after)
        and offset == zone.utcoffset(after.replace(fold=1))
    )
    return offset if steady else None


class Transition(NamedTuple):
    """A change of a zone's offset at `instant`: clocks go from one wall time to another."""

    instant: datetime
    before: timedelta
    after: timedelta

    @property
    def shift(self) -> timedelta:
        """How far clocks go forward; negative when they go back."""
        return self.after - self.before

    @property
    def wall(self) -> datetime:
        """The wall time at which clocks are changed, by the offset before."""
        return self.instant.replace(tzinfo=None) + self.before


def transitions(zone_name: str, start: datetime, end: datetime) -> Iterator[Transition]:
    """Yield the changes of a zone's offset between two aware instants, in order."""
    zone = zone_of(zone_name)
    moment = start.astimezone(UTC)
    last = end.astimezone(UTC)
    while moment < last:
        following = min(moment + DAY, last)
        if _offset(zone_name, moment) != _offset(zone_name, following):
            yield _pinned_down(zone, moment, following)
        moment = following


@lru_cache(maxsize=4096)
def _offset(zone_name: str, instant: datetime) -> timedelta:
    return instant.astimezone(zone_of(zone_name)).utcoffset() or NOTHING


def _pinned_down(zone: tzinfo, low: datetime, high: datetime) -> Transition:
    before = low.astimezone(zone).utcoffset() or NOTHING
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle <= low:
            break
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return Transition(high, before, high.astimezone(zone).utcoffset() or NOTHING)
