"""Watches the clock: what became of it between two looks, and so why something is late."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from emulator.clock import Clock
from emulator.eventbridge.clock_jump import Jump, Reading, jump_between
from emulator.eventbridge.missed import LATEST

_OVERSLEPT: Final = "the scheduler could not fire in time"


class Glance(NamedTuple):
    """One look at the clock: the present, what happened since the last look, and whether the
    wall clock stands before where it stood then."""

    now: datetime
    jump: Jump | None
    went_back: bool


class ClockWatch:
    """Looks at the clocks of this machine when asked. Not thread-safe.

    `late_at_first` is the reason for what is late right after the beginning.
    """

    def __init__(
        self, clock: Clock, uptime: Callable[[], tuple[float, float]], late_at_first: str = ""
    ) -> None:
        self._clock = clock
        self._uptime = uptime
        self._late_at_first = late_at_first
        self._last = self._read()
        self._last_jump: tuple[Jump, datetime] | None = None
        self.began = self._last.wall

    def begin(self) -> datetime:
        """Look for the first time, and return the present: no look was due before."""
        self._last = self._read()
        self.began = self._last.wall
        return self.began

    def look(self) -> Glance:
        """Look at the clock now."""
        reading = self._read()
        jump = jump_between(self._last, reading)
        went_back = reading.wall < self._last.wall
        self._last = reading
        if jump is not None:
            self._last_jump = (jump, reading.wall)
        return Glance(reading.wall, jump, went_back)

    def why_late(self) -> str:
        """Return why what was due before the last look has not fired in time."""
        now = self._last.wall
        if self._late_at_first and now - self.began <= LATEST:
            return self._late_at_first
        if self._last_jump is None or now - self._last_jump[1] > LATEST:
            return _OVERSLEPT
        return str(self._last_jump[0])

    def _read(self) -> Reading:
        return Reading(self._clock(), *self._uptime())
