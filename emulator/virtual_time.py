"""Virtual time: jumps to the next timer while nothing is at work, flows while something is.

Where everything that lasts is a timer (the fake engine), time stands still while threads work, so
that a simulation comes out the same each time; to be watched it goes from timer to timer at a
speed. Where real containers run, it flows with real time while they do, so that overlaps and
timeouts come out as they would.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from emulator.timers import SimulatedTimers

LONGEST_WAIT: Final = 1.0
"""Seconds after which a flowing clock is looked at again in any case."""


def _never() -> bool:
    return False


class VirtualTime:
    """Moves simulated timers. For one thread, which drives the simulation; `wake` is for any.

    `flows`: time passes while threads are at work. `speed`: it goes so many times as fast as real
    time, and never jumps, for watching.
    """

    def __init__(
        self, timers: SimulatedTimers, *, flows: bool = False, speed: float | None = None
    ) -> None:
        self._timers = timers
        self._activity = timers.activity
        self._flows = flows
        self._speed = speed

    def wake(self) -> None:
        """Have `done` of a pass that waits looked at again."""
        self._activity.wake()

    def pass_until(self, limit: datetime | None, done: Callable[[], bool] = _never) -> bool:
        """Let time pass, timers going off in order, until `done` or `limit` (inclusive).

        Returns whether it is done; if not, the clock stands at the limit or, without one, nothing
        is left that could happen.
        """
        while True:
            if not self._flows:
                # Also when it is done: threads that work in order have no other time to do so.
                self._activity.wait_until(done)
            if done():
                return True
            if not self._move(limit, done):
                return done()

    def _move(self, limit: datetime | None, done: Callable[[], bool]) -> bool:
        """Go on to what comes next; false when `limit` has come, or nothing can."""
        if self._jumps:
            return self._jump(limit)
        return self._flow(limit, done) if self._flows else self._walk(limit, done)

    @property
    def _jumps(self) -> bool:
        return self._speed is None and self._activity.quiet

    def _jump(self, limit: datetime | None) -> bool:
        target = self._timers.next_instant() if limit is None else limit
        return target is not None and self._timers.step(target)

    def _walk(self, limit: datetime | None, done: Callable[[], bool]) -> bool:
        """Take the time to the next timer, at whose instant the clock stands while it goes off."""
        timers, ahead = self._timers, self._ahead(limit)
        if ahead is None:
            return False
        timers.flow(self._speed or 1.0)
        try:
            self._wait_for(ahead, done)
        finally:
            timers.stand_still(ahead)
        return timers.step(timers.now()) or timers.now() != limit

    def _ahead(self, limit: datetime | None) -> datetime | None:
        """Return what comes first of the next timer and the limit."""
        return min((at for at in (self._timers.next_instant(), limit) if at), default=None)

    def _wait_for(self, ahead: datetime | None, done: Callable[[], bool]) -> None:
        """Wait until an instant may have come of a clock that runs, or something happens before."""
        timers, speed = self._timers, self._speed or 1.0

        def changed() -> bool:
            first = timers.next_instant()
            sooner = first is not None and (ahead is None or first < ahead)
            return sooner or self._jumps or done()

        left = 1.0 if ahead is None else (ahead - timers.now()).total_seconds() / speed
        self._activity.wait_for_change(changed, min(max(left, 0.0), LONGEST_WAIT))

    def _flow(self, limit: datetime | None, done: Callable[[], bool]) -> bool:
        """Let time flow until something happens; false when `limit` has come, or nothing can."""
        timers = self._timers
        timers.flow(self._speed or 1.0)
        try:
            while not done() and not self._jumps:
                now = timers.now()
                if limit is not None:
                    now = min(now, limit)
                if timers.step(now):
                    return True
                if limit is not None and now >= limit:
                    return False
                ahead = self._ahead(limit)
                if ahead is None and self._activity.quiet:
                    return False
                self._wait_for(ahead, done)
        finally:
            timers.stand_still(limit)
        return True
