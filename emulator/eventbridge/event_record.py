"""Keeps every event of the bus in a file of the state directory, in a thread of its own."""

import json
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from emulator.eventbridge.router import MakeEvent
from emulator.quantity import counted
from emulator.state.json_lines import append_lines

MOST_WAITING: Final = 20_000
"""Events that may wait to be written; beyond that they are counted and left out."""

LARGEST_BATCH: Final = 500

_TEXT: Final = json.JSONEncoder(ensure_ascii=False)


class _Group(threading.local):
    """The events that one thread has made within the contexts that it is in: itself such one."""

    def __init__(self, take_in: Callable[[list[MakeEvent]], None]) -> None:
        self.depth = 0
        self.events: list[MakeEvent] = []
        self._take_in = take_in

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
        if not self.depth and self.events:
            events, self.events = self.events, []
            self._take_in(events)


class EventRecord:
    """Takes events from any thread and never holds one up; a failure is told once.

    `linger` is for how many seconds an event may wait for more to be written with it.
    """

    def __init__(
        self, path: Path, on_failure: Callable[[str], None], *, linger: float = 0.0
    ) -> None:
        self._linger = linger
        self._closing = threading.Event()
        self._path = path
        self._on_failure = on_failure
        self._queue: queue.SimpleQueue[list[MakeEvent] | None] = queue.SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._group = _Group(self._take_in)
        self._lost = 0
        self._failed = False
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._thread.start()

    def add(self, make: MakeEvent) -> None:
        """Take in an event, made when it is written."""
        if self._group.depth:
            self._group.events.append(make)
        else:
            self._take_in([make])

    def together(self) -> AbstractContextManager[None]:
        """Write nothing of what this thread adds meanwhile before that is over.

        Making texts of events takes as long as what they tell of, and that comes first: a thousand
        rules of one second are all to fire before any of it is written.
        """
        return self._group

    def close(self) -> None:
        """Write what is left, and say what could not be kept."""
        self._queue.put(None)
        self._closing.set()
        self._thread.join()
        if self._lost:
            lost = counted(self._lost, "event")
            self._on_failure(f"{lost} came too fast to be kept in {self._path.name}")

    def _take_in(self, events: list[MakeEvent]) -> None:
        with self._lock:
            taken = events[: MOST_WAITING - self._waiting]
            self._waiting += len(taken)
            self._lost += len(events) - len(taken)
        if taken:
            self._queue.put(taken)

    def _work(self) -> None:
        over = False
        while not over:
            batch, over = self._next_batch()
            for begun in range(0, len(batch), LARGEST_BATCH):
                self._write(batch[begun : begun + LARGEST_BATCH])

    def _next_batch(self) -> tuple[list[MakeEvent], bool]:
        """Wait for events; return those that are there, and whether they are the last."""
        groups = [self._queue.get()]
        if self._linger:
            self._closing.wait(self._linger)
        while groups[-1] is not None and not self._queue.empty():
            groups.append(self._queue.get())
        return [make for group in groups for make in group or ()], groups[-1] is None

    def _write(self, batch: Sequence[MakeEvent]) -> None:
        try:
            append_lines(self._path, [_TEXT.encode(make()) for make in batch])
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._on_failure(f"events are not kept: {self._path}: {error.strerror}")
        with self._lock:
            self._waiting -= len(batch)
