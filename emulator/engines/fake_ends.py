"""When containers of the fake engine end: those of a task that last until one instant end at once.

By a real engine each of them ends with its own exit code, before anybody can stop it because of
the others: with timers one after the other the task would stop the second one instead.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from emulator.timers import Timer, Timers, from_now

End = Callable[[], None]
_Key = tuple[str, datetime]


class _Together(NamedTuple):
    """What ends at one instant, by a number, in the order of its start."""

    timer: Timer
    ends: dict[int, End]


class FakeEnds:
    """Calls what ends a container when it has lasted. Thread-safe."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._coming: dict[_Key, _Together] = {}
        self._count = 0
        self._lock = threading.Lock()

    def after(self, task: str, duration: timedelta, end: End) -> Callable[[], None]:
        """Call `end` after a duration, with all that end then of a task; return what forgoes it."""
        instant = from_now(self._timers, duration)
        key = task, instant
        with self._lock:
            together = self._coming.get(key)
            if together is None:
                timer = self._timers.at(instant, partial(self._come, key))
                together = self._coming[key] = _Together(timer, {})
            self._count += 1
            number = self._count
            together.ends[number] = end
        return partial(self._forgo, key, number)

    def _come(self, key: _Key) -> None:
        with self._lock:
            together = self._coming.pop(key, None)
        # None where the last one was forgone as the timer went off.
        if together is not None:
            for end in together.ends.values():
                end()

    def _forgo(self, key: _Key, number: int) -> None:
        with self._lock:
            together = self._coming.get(key)
            if together is None or together.ends.pop(number, None) is None or together.ends:
                return
            del self._coming[key]
        together.timer.cancel()
