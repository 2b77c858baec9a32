"""When the clocks of a time zone change: the local times that are skipped or come twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_STEP = timedelta(days=7)
_FINEST = timedelta(minutes=1)


class Shift(NamedTuple):
    """Local times from `start` (inclusive) to `end` (exclusive), written as if they were UTC.

    `skipped`: they do not exist; otherwise they come twice.
    """

    start: datetime
    end: datetime
    skipped: bool


def clock_shifts(zone: str, start: datetime, end: datetime) -> Iterator[Shift]:
    """Yield the clock changes of an IANA time zone between two instants."""
    info = ZoneInfo(zone)
    earlier = start.astimezone(UTC)
    while earlier < end:
        later = earlier + _STEP
        before, after = _offset(earlier, info), _offset(later, info)
        if before != after:
            change = _change(earlier, later, info)
            walls = sorted((change + before, change + after))
            yield Shift(walls[0], walls[1], skipped=after > before)
        earlier = later


def _change(earlier: datetime, later: datetime, info: ZoneInfo) -> datetime:
    """Return the minute in which the offset changes."""
    before = _offset(earlier, info)
    while later - earlier > _FINEST:
        middle = earlier + (later - earlier) / 2
        if _offset(middle, info) == before:
            earlier = middle
        else:
            later = middle
    return later.replace(second=0, microsecond=0)


def _offset(instant: datetime, info: ZoneInfo) -> timedelta:
    return instant.astimezone(info).utcoffset() or timedelta()
