"""Threads that run one function after the other: beginning a thread costs as much as a task."""

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

PATIENCE: Final = 10.0
"""Seconds that an idle thread waits for work before it ends."""

Work = Callable[[], object]


class Workers:
    """Runs functions in daemon threads, each at once: there are as many as work at a time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._forget()
        # A child of this process has none of its threads.
        os.register_at_fork(after_in_child=self._forget)

    def run(self, work: Work, name: str) -> None:
        """Run a function in a thread of this name; one that raises ends its thread, and shows."""
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is None:
            worker = _Worker(self._wait)
            worker.inbox.put((work, name))
            worker.start()
        else:
            worker.inbox.put((work, name))

    @property
    def idle(self) -> int:
        """How many threads wait for work."""
        return len(self._idle)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []

    def _wait(self, worker: "_Worker") -> tuple[Work, str] | None:
        """Return the next work of a thread that has none; None: it is to end."""
        with self._lock:
            self._idle.append(worker)
        try:
            return worker.inbox.get(timeout=self._patience)
        except Empty:
            with self._lock:
                if worker in self._idle:
                    self._idle.remove(worker)
                    return None
        # Chosen in this very moment: its work is on the way.
        return worker.inbox.get()


class _Worker(threading.Thread):
    def __init__(self, wait: "Callable[[_Worker], tuple[Work, str] | None]") -> None:
        super().__init__(daemon=True)
        self.inbox: SimpleQueue[tuple[Work, str]] = SimpleQueue()
        self._wait_for_work = wait

    def run(self) -> None:
        given: tuple[Work, str] | None = self.inbox.get()
        while given is not None:
            work, self.name = given
            work()
            # Not kept while it waits: it holds on to the task that it was for.
            del work, given
            self.name = "idle"
            given = self._wait_for_work(self)


workers: Final = Workers()
"""Those of this process."""
