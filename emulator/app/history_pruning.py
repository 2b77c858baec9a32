"""Keeps the history within `local.history` while a machine lives, by the clock of its timers."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from emulator.errors import StateDirectoryError
from emulator.model.task_policies import HistoryLimits
from emulator.state.history import History
from emulator.state.recorder import Recorder
from emulator.timers import Timer, Timers, after
from emulator.workers import NoThreadError

if TYPE_CHECKING:
    from emulator.state.pruning import Pruned

EVERY: Final = timedelta(hours=6)


class HistoryPruning:
    """Prunes when it begins, and every six hours from then on. Thread-safe.

    `limits` is asked each time, for definitions may be read again; `told` gets what went each time
    that something did. A history that fails ends no task: the recorder tells it.
    """

    def __init__(
        self,
        history: History,
        recorder: Recorder,
        timers: Timers,
        *,
        limits: Callable[[], HistoryLimits | None],
        told: "Callable[[Pruned], None]",
    ) -> None:
        self._history = history
        self._recorder = recorder
        self._timers = timers
        self._limits = limits
        self._told = told
        self._timer: Timer | None = None
        self._ended = False
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Prune now, and again when the time has come."""
        self._prune()
        with self._lock:
            if not self._ended and self._limits() is not None:
                self._set_timer()

    def begin_anew(self) -> None:
        """Prune now in a thread of its own, which a virtual clock waits for; returns at once.

        For limits that have changed, and for timers, which are to go on.
        """
        try:
            self._timers.activity.thread(self.begin, "pruning")
        except NoThreadError:
            # Nothing is in a hurry here: the next time does what this one did not.
            with self._lock:
                if not self._ended:
                    self._set_timer()

    def end(self) -> None:
        """Prune no more; waits for what is being deleted, and until that is told."""
        with self._lock:
            self._ended = True
            if self._timer is not None:
                self._timer.cancel()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = after(self._timers, EVERY, self.begin_anew)

    def _prune(self) -> None:
        limits = self._limits()
        if limits is None:
            return
        from emulator.state.pruning import prune

        # Else what has ended and is not yet written would stay until the next time.
        self._recorder.flush()
        with self._lock:
            if self._ended:
                return
            try:
                gone = prune(self._history, limits, self._timers.now())
            except StateDirectoryError as error:
                self._recorder.fail(error)
                return
            if any(gone):
                self._told(gone)
