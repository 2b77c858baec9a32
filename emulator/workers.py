"""Threads that run one function after the other: beginning a thread costs as much as a task."""

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

PATIENCE: Final = 10.0
"""Seconds that an idle thread waits for work before it ends."""

Work = Callable[[], object]


class NoThreadError(Exception):
    """The system gives this process no further thread: it has a limit, or there is no memory."""


def begin_thread(work: Work, name: str) -> threading.Thread:
    """Run a function in a daemon thread of its own. Raises `NoThreadError`."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    _start(thread)
    return thread


def in_thread_or_here(work: Work, name: str) -> Callable[[], None]:
    """Run a function in a thread, or at once where none can be had; return what waits for it."""
    try:
        return begin_thread(work, name).join
    except NoThreadError:
        work()
        return lambda: None


def _start(thread: threading.Thread) -> None:
    try:
        thread.start()
    except RuntimeError as error:
        # Python has no other words for it.
        advice = "raise the limit of processes (ulimit -u, pids of a container), or run fewer"
        message = f"{error}: {advice}"
        raise NoThreadError(message) from error


class Workers:
    """Runs functions in daemon threads, each at once: there are as many as work at a time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._forget()
        # A child of this process has none of its threads.
        os.register_at_fork(after_in_child=self._forget)

    def run(self, work: Work, name: str) -> None:
        """Run a function in a thread of this name; one that raises ends its thread, and shows.

        Raises `NoThreadError` where it cannot begin.
        """
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is None:
            worker = _Worker(self._wait)
            worker.inbox.put((work, name))
            _start(worker)
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
