"""Wall time and instants, by EventBridge Scheduler's rules for daylight saving time.

A wall time that a zone skips has no instant; one that comes twice means the first of the two.
AWS: "Schedule types in EventBridge Scheduler", daylight saving time.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


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
