"""The wall clock: the only module that reads it, so that everybody else is handed the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Clock = Callable[[], datetime]
"""Answers the present instant, aware and in UTC."""

SMALLEST_STEP: Final = timedelta(seconds=2)
"""By how much it must differ from the time that has passed to have been set: time servers correct
clocks by fractions of a second all the time."""


def system_clock() -> datetime:
    """Return the present instant of this machine's clock, aware and in UTC."""
    return datetime.now(UTC)


def uptime() -> tuple[float, float]:
    """Return for how many seconds this machine has been up, and for how many of them awake.

    Nobody can set these back. Where the system does not count sleep both are the same.
    """
    awake = time.monotonic()
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return (awake if boottime is None else time.clock_gettime(boottime)), awake


def iso_instant(instant: datetime, *, timespec: str = "auto") -> str:
    """Return an aware instant as ISO 8601 in UTC with `Z`, as all our JSON and files have it.

    "auto" writes no more of a second than there is: whole ones, milliseconds, or microseconds.
    """
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    if timespec == "auto" and in_utc.microsecond and in_utc.microsecond % 1000 == 0:
        timespec = "milliseconds"
    return f"{in_utc.isoformat(timespec=timespec)[: -len('+00:00')]}Z"
