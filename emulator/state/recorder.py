"""Takes in what happens, for the history, without holding up whoever it happens to.

What belongs together is written in one transaction: a process that is killed leaves a firing on
record with the tasks of all its targets, or nothing of it.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from emulator.events import (
    FiringDelivered,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    Promised,
    PromiseSettled,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
)
from emulator.model.task import Task
from emulator.state.history import History
from emulator.state.history_writer import HistoryWriter, Item, NoWriter, Writer
from emulator.state.promise_ledger import PromiseLedger
from emulator.state.records import Firing, WaitingAttempt

FiringEvent = FiringDelivered | FiringMissed | FiringOverlapped | FiringSkipped | InvocationFailed


class _Group(threading.local):
    """What one thread has published that belongs together, until the outermost context ends.

    It is that context itself: a firing is in three of them, and a generator for each took longer
    than what it is for.
    """

    def __init__(self, close: "Callable[[_Group], None]") -> None:
        self.depth = 0
        self.items: list[Item] = []
        self.taken_in: threading.Lock | None = None
        """Held until it is over, for who waits for a task of it; None: it has none so far."""
        self._close = close

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
        if not self.depth:
            self._close(self)


class Recorder:
    """Subscribes to tasks and firings. A failing history is told once and kept in `failure`.

    `history` None: nothing is put on record. `linger` is for how many seconds what happens may
    wait for more to be written with it: a kill loses as much. Nobody who waits for it to be
    written waits for that.
    """

    def __init__(
        self, history: History | None, on_failure: Callable[[str], None], *, linger: float = 0.0
    ) -> None:
        self.failure: str | None = None
        self._on_failure = on_failure
        self._ledger = PromiseLedger()
        self._writer: Writer = NoWriter()
        if history is not None:
            self._writer = HistoryWriter(history, self._ledger, self.fail, linger=linger)
        self._group = _Group(self._close)
        self._held: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def task_changed(self, event: TaskStateChanged) -> None:
        """Take in a task's new state."""
        group = self._group
        if group.depth:
            if group.taken_in is None:
                # Not an Event: one is made for each change of a task, and takes ten times as long.
                group.taken_in = threading.Lock()
                group.taken_in.acquire()
            with self._lock:
                self._held[event.task.id] = group.taken_in
        self._take_in([event.task])

    def firing(self, event: FiringEvent) -> None:
        """Take in what became of a due instant."""
        self._take_in(_firings(event))

    def retry(self, event: TaskRetryScheduled | TaskRetryCancelled) -> None:
        """Take in that an attempt is to come, or does not come any more."""
        task = event.task
        at = event.at if isinstance(event, TaskRetryScheduled) else None
        self._take_in([WaitingAttempt(task.retry_of or task.id, task.id, at)])

    def promise(self, event: Promised | PromiseSettled) -> None:
        """Take in what is to come, or that it has."""
        self._take_in([self._ledger.entry(event)])

    def forget(self, attempt: WaitingAttempt) -> None:
        """Take in that an attempt of another process does not come."""
        self._take_in([attempt._replace(at=None)])

    def together(self) -> AbstractContextManager[None]:
        """Write what this thread hands in meanwhile in one transaction, once that is over."""
        return self._group

    def wait_until_taken_in(self, task_id: str) -> None:
        """Block until all of what is written with a task is known: its firing, and its siblings.

        What is taken in after that is written with it or later, never before.
        """
        held = self._held.get(task_id)
        if held is not None:
            held.acquire()
            held.release()

    def wait_until_recorded(self, task_id: str) -> None:
        """Block until what is known of a task so far is written, or has failed."""
        self.wait_until_taken_in(task_id)
        self._writer.wait()

    def _take_in(self, items: list[Item]) -> None:
        if self._group.depth:
            self._group.items += items
        elif items:
            self._writer.put(items)

    def _close(self, group: _Group) -> None:
        items, group.items = group.items, []
        taken_in, group.taken_in = group.taken_in, None
        if items:
            self._writer.put(items)
        if taken_in is None:
            return
        taken_in.release()
        with self._lock:
            for item in items:
                if isinstance(item, Task) and self._held.get(item.id) is taken_in:
                    del self._held[item.id]

    def flush(self) -> None:
        """Block until everything taken in so far is written, or has failed."""
        self._writer.flush()

    def close(self, *, abandon: bool = False) -> None:
        """Write what is left, or `abandon` it where nobody reads the history any more; end."""
        self._writer.close(abandon=abandon)

    def fail(self, error: Exception) -> None:
        """Take in that the history could not be read or written: told the first time only."""
        if self.failure is None:
            self.failure = _in_words(error)
            self._on_failure(f"the history is incomplete: {self.failure}")


def _firings(event: FiringEvent) -> list[Item]:
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


def _in_words(error: Exception) -> str:
    """Return what is wrong, and with which file."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: cannot be written: {error.strerror}"
    # Where there is no memory Python has no words for it.
    return str(error) or type(error).__name__
