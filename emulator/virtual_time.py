"""Virtual time: jumps to the next timer while nothing is at work, flows while something is.

Where everything that lasts is a timer (the fake engine), time never flows: it stands still while
threads work, so that a simulation comes out the same each time. Where real containers run, it
flows with real time while they do, so that overlaps and timeouts come out as they would.
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

    `flows`: time passes while threads are at work. `speed`: it flows so many times as fast as
    real time, and never jumps, for watching.
    """

    def __init__(
        self, timers: SimulatedTimers, *, flows: bool = False, speed: float | None = None
    ) -> None:
        self._timers = timers
        self._activity = timers.activity
        self._flows = flows or speed is not None
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
            moved = self._jump(limit) if self._jumps else self._flow(limit, done)
            if not moved:
                return done()

    @property
    def _jumps(self) -> bool:
        return self._speed is None and self._activity.quiet

    def _jump(self, limit: datetime | None) -> bool:
        target = self._timers.next_instant() if limit is None else limit
        return target is not None and self._timers.step(target)

    def _flow(self, limit: datetime | None, done: Callable[[], bool]) -> bool:
        """Let time flow until something happens; false when `limit` has come, or nothing can."""
        timers, speed = self._timers, self._speed or 1.0
        timers.flow(speed)
        try:
            while not done() and not self._jumps:
                now = timers.now()
                if limit is not None:
                    now = min(now, limit)
                if timers.step(now):
                    return True
                if limit is not None and now >= limit:
                    return False
                ahead = [at for at in (timers.next_instant(), limit) if at is not None]
                if not ahead and self._activity.quiet:
                    return False
                seconds = min(((at - now).total_seconds() / speed for at in ahead), default=1.0)
                soonest = min(ahead, default=None)

                def changed(soonest: datetime | None = soonest) -> bool:
                    first = timers.next_instant()
                    sooner = first is not None and (soonest is None or first < soonest)
                    return sooner or self._jumps or done()

                self._activity.wait_for_change(changed, min(seconds, LONGEST_WAIT))
        finally:
            timers.stand_still(limit)
        return True
