"""Activity: which threads are at work, so that a virtual clock moves only when none is.

A thread that waits on a `Signal` or a `Mailbox` of this module is at rest, and at work again from
the very moment in which somebody wakes it: no gap in between in which all seems quiet.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from emulator.workers import workers

T = TypeVar("T")


class Activity:
    """Counts the threads at work. Thread-safe."""

    def __init__(self) -> None:
        self._count = 0
        self._watched = False
        self._changed = threading.Condition()

    def begin(self) -> None:
        """Count one thread more."""
        with self._changed:
            self._count += 1

    def end(self) -> None:
        """Count one thread less."""
        with self._changed:
            self._count -= 1
            if self._count <= 0 or self._watched:
                self._changed.notify_all()

    def thread(self, target: Callable[[], object], name: str) -> None:
        """Run `target` in a daemon thread that is at work from now until it ends."""

        def work() -> None:
            try:
                target()
            finally:
                self.end()

        self.begin()
        workers.run(work, name)

    @property
    def quiet(self) -> bool:
        """Whether no thread is at work."""
        return self._count <= 0

    def wake(self) -> None:
        """Let whoever waits here look again."""
        with self._changed:
            self._changed.notify_all()

    def tell_change(self) -> None:
        """Let whoever waits for a change look again, but not whoever waits for rest."""
        if self._watched:
            self.wake()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Block until no thread is at work or a condition holds, looking when woken."""
        with self._changed:
            self._changed.wait_for(lambda: self._count <= 0 or condition())

    def wait_for_change(self, unless: Callable[[], bool], seconds: float | None) -> None:
        """Block until a thread ends or rests, somebody wakes us, or so many seconds have passed.

        Not at all when `unless` holds, which is asked where no change can slip by.
        """
        with self._changed:
            # First: a change that `unless` does not see yet must see this.
            self._watched = True
            if not unless():
                self._changed.wait(seconds)
            self._watched = False


class Signal:
    """Something that happens once; a thread that waits for it is at rest."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._changed = threading.Condition()
        self._happened = False
        self._waiting = 0

    def is_set(self) -> bool:
        """Return whether it has happened."""
        return self._happened

    def set(self) -> None:
        """Let it happen; whoever waits is at work before this returns."""
        with self._changed:
            self._happened = True
            for _ in range(self._waiting):
                self._activity.begin()
            self._waiting = 0
            self._changed.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Block until it happens, at most so many real seconds; return whether it has."""
        with self._changed:
            if self._happened:
                return True
            self._waiting += 1
            self._activity.end()
            if self._changed.wait_for(lambda: self._happened, seconds):
                return True
            self._waiting -= 1
            self._activity.begin()
            return False


class Mailbox(Generic[T]):
    """Messages for one thread, which is at rest while it waits for the next."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._changed = threading.Condition()
        self._messages: deque[T] = deque()
        self._waiting = False

    def put(self, message: T) -> None:
        """Add a message; a reader that waits is at work before this returns."""
        with self._changed:
            self._messages.append(message)
            if self._waiting:
                self._waiting = False
                self._activity.begin()
                self._changed.notify()

    def get(self) -> T:
        """Return the next message, waiting for it."""
        with self._changed:
            if not self._messages:
                self._waiting = True
                self._activity.end()
                self._changed.wait_for(lambda: self._messages)
            return self._messages.popleft()

    def empty(self) -> bool:
        """Return whether no message is there now."""
        return not self._messages
