"""Which task may start next: in the order of submission, as many at once as there are places.

It holds no lock: whoever uses it from several threads has one.
"""

from collections import deque
from typing import Generic, Protocol, TypeVar

from emulator.model.task import Task


class Admissible(Protocol):
    """A task that waits for a place. One that is to stop never starts, and so needs none."""

    stop_asked: bool

    @property
    def task(self) -> Task:
        """The task's present value."""
        ...


_Run = TypeVar("_Run", bound=Admissible)


class Admission(Generic[_Run]):
    """Those that wait, and the places of those that began; `limit` is None without an end."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._waiting: deque[_Run] = deque()
        self._placed: set[str] = set()

    @property
    def full(self) -> bool:
        """Whether one that comes now will wait: those ahead take all places, begun or not."""
        return self.limit is not None and len(self._placed) + len(self._waiting) >= self.limit

    def wait(self, run: _Run) -> None:
        """Let a task wait behind all others."""
        self._waiting.append(run)

    def wait_again(self, run: _Run) -> None:
        """Let a task wait before all others that had its turn, and could not begin."""
        self._placed.discard(run.task.id)
        self._waiting.appendleft(run)

    def place(self, run: _Run) -> None:
        """Give a task a place that has begun elsewhere, whether there is one or not."""
        self._placed.add(run.task.id)

    def leave(self, run: _Run) -> None:
        """Take back a place."""
        self._placed.discard(run.task.id)

    def next(self) -> _Run | None:
        """Place the task that may start now, and return it; None while there is none."""
        run = self._first()
        if run is not None:
            self._waiting.remove(run)
            self._placed.add(run.task.id)
        return run

    def _first(self) -> _Run | None:
        if self.limit is None or len(self._placed) < self.limit:
            return self._waiting[0] if self._waiting else None
        return next((run for run in self._waiting if run.stop_asked), None)
