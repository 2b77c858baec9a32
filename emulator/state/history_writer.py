"""Writes what the recorder hands it into the history, in batches, in a thread of its own."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Protocol

from emulator.errors import HistoryRemovedError, StateDirectoryError
from emulator.model.task import Task
from emulator.state.history import History
from emulator.state.promise_ledger import Entry, PromiseLedger
from emulator.state.records import Firing, WaitingAttempt

LARGEST_BATCH: Final = 500

MOST_KEPT: Final = 10_000
"""How many groups that the history did not take are tried again: the latest ones."""

_logger = logging.getLogger(__name__)

Item = Task | Firing | WaitingAttempt | Entry


class Writer(Protocol):
    """Takes what belongs on record, in the order in which it is to be there; for any thread."""

    def put(self, items: list[Item]) -> None:
        """Take in what is to be written in one transaction; returns at once."""
        ...

    def wait(self) -> None:
        """Block until all that was put before is written, or has failed."""
        ...

    def flush(self) -> None:
        """Block as `wait` does, also for what is put in the meantime."""
        ...

    def close(self, *, abandon: bool) -> None:
        """Write what is left, or `abandon` it; end."""
        ...


class NoWriter:
    """Where nobody will ever read the history: nothing is written, and nobody waits for it."""

    def put(self, items: list[Item]) -> None:
        """Let it be forgotten."""

    def wait(self) -> None:
        """Return: there is nothing to wait for."""

    def flush(self) -> None:
        """Return: there is nothing to wait for."""

    def close(self, *, abandon: bool) -> None:
        """Return: there is nothing left."""


class HistoryWriter:
    """Writes into a history; `failed` gets what a batch could not be written for.

    A disk is full and a file is locked for a while: what they did not take is tried again with
    what comes next, and at the end.

    `ledger` has numbered the promises that are put. `linger` is for how many seconds what was put
    may wait for more to be written with it. Nobody who waits for it to be written waits for that.
    """

    def __init__(
        self,
        history: History,
        ledger: PromiseLedger,
        failed: Callable[[Exception], None],
        *,
        linger: float = 0.0,
    ) -> None:
        self._linger = linger
        self._abandoned = False
        self._hurry = threading.Event()
        self._history = history
        self._failed = failed
        self._kept: list[list[Item]] = []
        self._queue: queue.Queue[list[Item] | threading.Event | None] = queue.Queue()
        self._ledger = ledger
        self._thread = threading.Thread(target=self._work, name="history", daemon=True)
        self._thread.start()

    def put(self, items: list[Item]) -> None:
        """Take in what is to be written in one transaction; returns at once."""
        self._queue.put(items)

    def wait(self) -> None:
        """Block until all that was put before is written, or has failed."""
        written = threading.Event()
        self._queue.put(written)
        self._hurry.set()
        written.wait()

    def flush(self) -> None:
        """Block as `wait` does, also for what is put in the meantime."""
        self._hurry.set()
        self._queue.join()

    def close(self, *, abandon: bool) -> None:
        """Write what is left, or `abandon` it where nobody reads the history any more; end."""
        self._abandoned = abandon
        self._queue.put(None)
        self._hurry.set()
        self._thread.join()

    def _work(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                if not self._abandoned:
                    self._write(batch)
            except StateDirectoryError as error:
                self._failed(error)
            except Exception as error:
                # Without this thread every task would wait for ever to be on record.
                _logger.exception("the history could not be written")
                self._failed(error)
            for item in batch:
                if isinstance(item, threading.Event):
                    item.set()
                self._queue.task_done()
            if None in batch:
                return

    def _next_batch(self) -> list[list[Item] | threading.Event | None]:
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

    def _write(self, batch: Sequence[list[Item] | threading.Event | None]) -> None:
        new = [group for group in batch if isinstance(group, list)]
        if not new and None not in batch:
            return
        groups, self._kept = [*self._kept, *new], []
        try:
            self._record([item for group in groups for item in group])
        except StateDirectoryError:
            self._kept = groups[-MOST_KEPT:]
            raise
        except ValueError:
            self._write_each(groups)

    def _write_each(self, groups: Sequence[list[Item]]) -> None:
        """Write groups one by one: what SQLite cannot hold costs only the one that it is in.

        Such as half a surrogate pair.
        """
        for number, group in enumerate(groups):
            try:
                self._record(group)
            except StateDirectoryError:
                self._kept = list(groups[number:])
                raise
            except ValueError as error:
                self._failed(error)

    def _record(self, items: Sequence[Item]) -> None:
        # Of several states of one task in a batch only the last is left in the history anyway.
        tasks = {item.id: item for item in items if isinstance(item, Task)}
        firings = [item for item in items if isinstance(item, Firing)]
        waiting = _still_waiting(items)
        promises = self._ledger.changes(item for item in items if isinstance(item, Entry))
        if tasks or firings or waiting or any(promises):
            write = partial(self._history.record, list(tasks.values()), firings, waiting, *promises)
            try:
                write()
            except HistoryRemovedError as error:
                self._failed(error)
                write()


def _still_waiting(items: Sequence[Item]) -> list[WaitingAttempt]:
    """Return the attempts that have not come within these items themselves."""
    waiting: dict[str, WaitingAttempt] = {}
    for item in items:
        if isinstance(item, WaitingAttempt):
            waiting[item.first] = item
        elif isinstance(item, Task) and item.retry_of is not None:
            waiting.pop(item.retry_of, None)
    return list(waiting.values())
