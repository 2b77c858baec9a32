"""A task that may start but gets no thread: told, and tried again until there is one."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from emulator.timers import Timers, after
from emulator.workers import NoThreadError

TRY_EVERY: Final = timedelta(seconds=1)
TELL_EVERY: Final = timedelta(minutes=10)
"""Now and then a task finds a thread that another one left: the shortage goes on."""


class ThreadShortage:
    """Calls `again` some time after each task that found no thread. Thread-safe."""

    def __init__(
        self, timers: Timers, say: Callable[[str], None], again: Callable[[], None]
    ) -> None:
        self._timers = timers
        self._say = say
        self._again = again
        self._lock = threading.Lock()
        self._told_at: datetime | None = None
        self._to_come = False

    def meet(self, error: NoThreadError) -> None:
        """Take in that a task found no thread."""
        now = self._timers.now()
        with self._lock:
            tells = self._told_at is None or now - self._told_at >= TELL_EVERY
            self._told_at = now if tells else self._told_at
            wanted, self._to_come = not self._to_come, True
        if tells:
            self._say(f"tasks wait for a thread: {error}")
        if wanted:
            after(self._timers, TRY_EVERY, self._try)

    def _try(self) -> None:
        with self._lock:
            self._to_come = False
        self._again()
