"""Writes what happens into the history, in batches, without holding up whoever it happens to."""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Final

from emulator.errors import StateDirectoryError
from emulator.events import (
    FiringDelivered,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    TaskStateChanged,
)
from emulator.model.task import Task
from emulator.state.history import Firing, History

LARGEST_BATCH: Final = 500

FiringEvent = FiringDelivered | FiringMissed | FiringOverlapped | FiringSkipped | InvocationFailed


class Recorder:
    """Subscribes to tasks and firings. A failing history is told once and kept in `failure`.

    `linger` is for how many seconds what happens may wait for more to be written with it: a kill
    loses as much. Nobody who waits for it to be written waits for that.
    """

    def __init__(
        self, history: History, on_failure: Callable[[str], None], *, linger: float = 0.0
    ) -> None:
        self.failure: str | None = None
        self._linger = linger
        self._hurry = threading.Event()
        self._history = history
        self._on_failure = on_failure
        self._queue: queue.Queue[Task | Firing | threading.Event | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="history", daemon=True)
        self._thread.start()

    def task_changed(self, event: TaskStateChanged) -> None:
        """Take in a task's new state."""
        self._queue.put(event.task)

    def firing(self, event: FiringEvent) -> None:
        """Take in what became of a due instant."""
        for firing in _firings(event):
            self._queue.put(firing)

    def wait_until_recorded(self) -> None:
        """Block until what was taken in before is written, or has failed."""
        written = threading.Event()
        self._queue.put(written)
        self._hurry.set()
        written.wait()

    def flush(self) -> None:
        """Block until everything taken in so far is written, or has failed."""
        self._hurry.set()
        self._queue.join()

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._queue.put(None)
        self._hurry.set()
        self._thread.join()

    def fail(self, error: Exception) -> None:
        """Take in that the history could not be read or written: told the first time only."""
        if self.failure is None:
            self.failure = str(error)
            self._on_failure(f"the history is incomplete: {error}")

    def _work(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                self._write(batch)
            except (StateDirectoryError, ValueError) as error:
                # ValueError: text that SQLite cannot hold, such as half a surrogate pair.
                self.fail(error)
            for item in batch:
                if isinstance(item, threading.Event):
                    item.set()
                self._queue.task_done()
            if None in batch:
                return

    def _next_batch(self) -> list[Task | Firing | threading.Event | None]:
        batch = [self._queue.get()]
        if self._linger:
            self._hurry.wait(self._linger)
            self._hurry.clear()
        while len(batch) < LARGEST_BATCH and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, items: Sequence[object]) -> None:
        # Of several states of one task in a batch only the last is left in the history anyway.
        tasks = {item.id: item for item in items if isinstance(item, Task)}
        firings = [item for item in items if isinstance(item, Firing)]
        if tasks:
            self._history.record(list(tasks.values()))
        if firings:
            self._history.record_firings(firings)


def _firings(event: FiringEvent) -> list[Firing]:
    match event:
        case FiringDelivered():
            return [Firing(event.rule, event.scheduled_at, "fired", event.fired_at)]
        case FiringMissed():
            return [
                Firing(event.rule, at, "missed", event.at, event.reason) for at in event.scheduled
            ]
        case FiringOverlapped():
            if event.decision == "start":
                return []
            outcome = "skipped" if event.skipped else "queued"
            detail = f"{event.running} still running, overlap: {event.decision}"
            return [Firing(event.rule, event.scheduled_at, outcome, event.at, detail)]
        case FiringSkipped():
            return [Firing(event.rule, event.scheduled_at, "skipped", event.at, event.reason)]
        case InvocationFailed():
            detail = f"{event.target_id}: {event.reason}"
            return [Firing(event.rule, event.scheduled_at, "failed", event.at, detail)]
