"""Timers by a wall clock for what takes no time by itself, so that it comes out the same each time.

What an engine that runs nothing does within an instant takes a busy machine some milliseconds. Time
does not pass meanwhile: whoever is at work sees the instant at which the work began, and a timer
goes off when all that came of the one before has been done.
"""

from datetime import datetime
from typing import Final

from emulator.activity import Activity
from emulator.clock import Clock
from emulator.timers import Timer, WallTimers

PATIENCE: Final = 10.0
"""Seconds that a timer waits for work to be done: some may wait for the world outside, such as a
disk, and time goes on all the same."""


class SteadyTimers(WallTimers):
    """Wall timers whose instants are exact: what lasts equally long comes in the order it was set.

    For threads that `activity` does not count the clock goes on as ever.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, activity=Activity(woken=self._begin_instant))
        self._instant = clock()

    def now(self) -> datetime:
        """Return the instant at which the work of this thread began; of any other, the present."""
        return self._instant if self.activity.is_at_work else super().now()

    def _begin_instant(self) -> None:
        self._instant = self._clock()

    def _settle(self) -> None:
        self.activity.wait_until(lambda: self._closed, PATIENCE)

    def _let_go_off(self, timer: Timer) -> None:
        with self.activity.at_work():
            self._instant = timer.instant
            super()._let_go_off(timer)
