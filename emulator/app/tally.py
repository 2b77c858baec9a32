"""What a run has come to: counted from what happens, for the summary and the exit code."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from emulator.eventbridge.supervision import Supervision
from emulator.events import (
    EventBus,
    FiringFired,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    TaskRetryCancelled,
    TaskStateChanged,
)


@dataclass(kw_only=True, slots=True)
class Tally:
    """What a run has come to so far.

    `retried` are failed attempts upon which another one followed. `incomplete`: logs or history
    could not be written as a whole.
    """

    started_at: datetime
    ended_at: datetime | None = None
    firings: int = 0
    missed: int = 0
    skipped: int = 0
    refused: int = 0
    succeeded: int = 0
    failed: int = 0
    stopped: int = 0
    retried: int = 0
    interrupted: bool = False
    incomplete: bool = False


class Counting:
    """Subscribes to what happens and counts it. Calls `failed` with what went wrong, each time.

    Thread-safe; to be made after the `Supervision` that decides upon further attempts.
    """

    def __init__(
        self,
        tally: Tally,
        bus: EventBus,
        supervision: Supervision,
        failed: Callable[[str], None],
    ) -> None:
        self._tally = tally
        self._supervision = supervision
        self._failed = failed
        self._lock = threading.Lock()
        bus.subscribe(FiringFired, self._on_fired)
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(InvocationFailed, self._on_refused)
        bus.subscribe(FiringOverlapped, self._on_overlap)
        bus.subscribe(FiringSkipped, self._on_skipped)
        bus.subscribe(TaskRetryCancelled, self._on_retry_cancelled)

    def _on_fired(self, event: FiringFired) -> None:
        with self._lock:
            self._tally.firings += 1

    def _on_task(self, event: TaskStateChanged) -> None:
        task, tally = event.task, self._tally
        if not task.stopped:
            return
        retried = not self._supervision.counts(task)
        with self._lock:
            if task.succeeded:
                tally.succeeded += 1
            elif retried:
                tally.retried += 1
            elif task.stop_code == "UserInitiated" and not task.timed_out:
                tally.stopped += 1
            else:
                tally.failed += 1
        if not task.succeeded and not retried:
            self._failed("another task failed")

    def _on_retry_cancelled(self, event: TaskRetryCancelled) -> None:
        """Count what was not to count while another attempt was to come."""
        with self._lock:
            if self._tally.retried:
                self._tally.retried -= 1
                self._tally.failed += 1

    def _on_skipped(self, event: FiringSkipped) -> None:
        with self._lock:
            self._tally.skipped += 1

    def _on_overlap(self, event: FiringOverlapped) -> None:
        with self._lock:
            self._tally.skipped += event.skipped

    def _on_refused(self, event: InvocationFailed) -> None:
        with self._lock:
            self._tally.refused += 1
        self._failed("a target was refused")
