"""Stop requests of other processes, obeyed in a thread of its own while something else waits."""

import threading
from types import TracebackType
from typing import Final, Self

from emulator.app.live import Live

LOOK_SECONDS: Final = 0.5
"""How soon a stop request of another process is obeyed, in real time."""


class Obedience:
    """Looks for stop requests while it is entered: for whoever drives a clock and cannot."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="stop requests", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._live.obey_stop_requests()
