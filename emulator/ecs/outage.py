"""An engine that does not answer any more: told once, and waited for as long as makes sense.

Containers outlive their engine's silence, or end with it; either way the engine knows how they
ended as soon as it is back.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from emulator.engines.base import ContainerEngine
from emulator.errors import EngineError, EngineUnavailableError
from emulator.timers import Timers, after

PATIENCE: Final = timedelta(minutes=5)
"""A restart of the engine takes seconds; a task that cannot be asked for longer is given up."""

LOOK_EVERY: Final = timedelta(seconds=1)

_SECOND: Final = timedelta(seconds=1)


class Outage:
    """Waits for the engine to be back; shared by all that miss it, and thread-safe."""

    def __init__(
        self,
        engine: ContainerEngine,
        timers: Timers,
        say: Callable[[str], None],
        *,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._engine = engine
        self._timers = timers
        self._say = say
        self._patience = patience
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._waiting = 0

    def wait_until_over(self, error: EngineUnavailableError, given_up: Callable[[], bool]) -> bool:
        """Block until the engine answers again; false when it does not in time, or `given_up`.

        One that answers at once was never away: a connection alone broke off, as a proxy ends one
        that is idle. That is not told; whoever makes such connections without end has to pause.
        """
        if given_up():
            return False
        if self._answers():
            self._end()
            return True
        began = self._begin(error)
        try:
            while not given_up():
                if self._answers():
                    self._end()
                    return True
                if self._timers.now() - began >= self._patience:
                    return False
                self.look_later()
            return False
        finally:
            self._leave()

    def look_later(self) -> None:
        """Block for as long as there is between two looks at an engine."""
        looked = threading.Event()
        after(self._timers, LOOK_EVERY, looked.set)
        looked.wait()

    def _begin(self, error: EngineUnavailableError) -> datetime:
        with self._lock:
            self._waiting += 1
            if self._since is not None:
                return self._since
            began = self._since = self._timers.now()
        self._say(f"{error.message}; what runs there is waited for")
        return began

    def _end(self) -> None:
        with self._lock:
            began, self._since = self._since, None
        if began is not None:
            away = self._timers.now() - began
            length = "less than a second" if away < _SECOND else f"{away.total_seconds():.0f} s"
            self._say(f"the container engine is back after {length}")

    def _leave(self) -> None:
        with self._lock:
            self._waiting -= 1
            if self._waiting == 0:
                # Nobody looks any more, so that nobody learns when it is over: the next is another.
                self._since = None

    def _answers(self) -> bool:
        try:
            self._engine.info()
        except EngineError:
            return False
        return True
