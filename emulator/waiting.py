"""What a thread waits for at rest: a signal, or a message. Who wakes it counts it as at work again.

There is no gap in between in which all seems quiet (`activity`).
"""

import threading
from collections import deque
from typing import Generic, TypeVar

from emulator.activity import Activity, Turn

T = TypeVar("T")


class _Rest:
    """A thread that waits, and its turn once somebody has woken it."""

    def __init__(self) -> None:
        self.turn: Turn | None = None


class Signal:
    """Something that happens once; a thread that waits for it is at rest."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._changed = threading.Condition()
        self._happened = False
        self._waiting: list[_Rest] = []

    def is_set(self) -> bool:
        """Return whether it has happened."""
        return self._happened

    def set(self) -> None:
        """Let it happen; whoever waits is at work before this returns."""
        with self._changed:
            self._happened = True
            for rest in self._waiting:
                rest.turn = self._activity.begin()
            self._waiting.clear()
            self._changed.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Block until it happens, at most so many real seconds; return whether it has."""
        with self._changed:
            if self._happened:
                return True
            rest = _Rest()
            self._waiting.append(rest)
            self._activity.end()
            self._changed.wait_for(lambda: self._happened, seconds)
            if rest.turn is None:
                self._waiting.remove(rest)
                rest.turn = self._activity.begin()
            happened = self._happened
        rest.turn.take()
        return happened


class Mailbox(Generic[T]):
    """Messages for one thread, which is at rest while it waits for the next."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._changed = threading.Condition()
        self._messages: deque[T] = deque()
        self._waiting: _Rest | None = None

    def put(self, message: T) -> None:
        """Add a message; a reader that waits is at work before this returns."""
        with self._changed:
            self._messages.append(message)
            if self._waiting is not None:
                self._waiting.turn = self._activity.begin()
                self._waiting = None
                self._changed.notify()

    def get(self) -> T:
        """Return the next message, waiting for it."""
        with self._changed:
            if self._messages:
                return self._messages.popleft()
            rest = self._waiting = _Rest()
            self._activity.end()
            self._changed.wait_for(lambda: rest.turn is not None)
            message = self._messages.popleft()
        assert rest.turn is not None, "nobody wakes without"
        rest.turn.take()
        return message

    def empty(self) -> bool:
        """Return whether no message is there now."""
        return not self._messages
