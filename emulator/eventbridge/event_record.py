"""Keeps every event of the bus in a file of the state directory, in a thread of its own."""

import json
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from emulator.eventbridge.router import MakeEvent
from emulator.quantity import counted
from emulator.state.json_lines import append_lines

MOST_WAITING: Final = 20_000
"""Events that may wait to be written; beyond that they are counted and left out."""

LARGEST_BATCH: Final = 500


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
        self._queue: queue.Queue[MakeEvent | None] = queue.Queue(MOST_WAITING)
        self._lost = 0
        self._failed = False
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._thread.start()

    def add(self, make: MakeEvent) -> None:
        """Take in an event, made when it is written."""
        try:
            self._queue.put_nowait(make)
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Write what is left, and say what could not be kept."""
        self._queue.put(None)
        self._closing.set()
        self._thread.join()
        if self._lost:
            lost = counted(self._lost, "event")
            self._on_failure(f"{lost} came too fast to be kept in {self._path.name}")

    def _work(self) -> None:
        while True:
            batch = self._next_batch()
            self._write([make for make in batch if make is not None])
            if None in batch:
                return

    def _next_batch(self) -> list[MakeEvent | None]:
        batch = [self._queue.get()]
        if self._linger:
            self._closing.wait(self._linger)
        while len(batch) < LARGEST_BATCH and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, batch: Sequence[MakeEvent]) -> None:
        try:
            append_lines(self._path, [json.dumps(make(), ensure_ascii=False) for make in batch])
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._on_failure(f"events are not kept: {self._path}: {error.strerror}")
