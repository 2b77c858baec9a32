"""Activity: which threads are at work, so that a virtual clock moves only when none is.

A thread that waits on a `Signal` or a `Mailbox` of `waiting` is at rest, and at work again from the
very moment in which somebody wakes it: no gap in between in which all seems quiet. With `in_order`
they work one after the other, so that what they do comes out the same each time.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from emulator.workers import NoThreadError, workers


class Turn:
    """Leave to work, of a thread that is counted as at work already."""

    def take(self) -> None:
        """Block until the thread may work: not at all where all of them work at once."""


_AT_ONCE: Final = Turn()


def _nothing() -> None:
    """Take no notice."""


class _OrderedTurn(Turn):
    """Leave that comes when those before have ended or rest."""

    def __init__(self) -> None:
        self._come = threading.Lock()
        self._come.acquire()

    def take(self) -> None:
        self._come.acquire()

    def give(self) -> None:
        self._come.release()


class Activity:
    """Counts the threads at work. Thread-safe.

    `in_order`: one of them works at a time, in the order in which they began or were woken, and
    none unless somebody is in `wait_until`, who drives them. A thread must not wait for another
    by other means than those of `waiting` then: the other would never have its turn. `woken` is
    called, and returns at once, when the first thread comes to work after none was.
    """

    def __init__(self, *, in_order: bool = False, woken: Callable[[], None] = _nothing) -> None:
        self._count = 0
        self._woken = woken
        self._here = threading.local()
        self._watched = False
        self._changed = threading.Condition()
        self._in_order = in_order
        self._line: deque[_OrderedTurn] = deque()
        self._busy = in_order
        """Whether the one that has its turn, or whoever drives them, is at work."""

    def begin(self) -> Turn:
        """Count one thread more, which is to take its turn before it works."""
        with self._changed:
            self._count += 1
            if self._count <= 1:
                # Below, while one that was never counted waits here.
                self._woken()
            if not self._in_order:
                return _AT_ONCE
            turn = _OrderedTurn()
            self._line.append(turn)
            self._give_turn()
            if self._watched:
                # Whoever lets time pass drives it first.
                self._changed.notify_all()
            return turn

    def end(self) -> None:
        """Count one thread less: the one that calls, whose turn is over."""
        with self._changed:
            self._count -= 1
            if self._in_order:
                self._busy = False
                self._give_turn()
            if self._count <= 0 or self._watched:
                self._changed.notify_all()

    def thread(self, target: Callable[[], object], name: str) -> None:
        """Run `target` in a daemon thread that is at work from now until it ends.

        Raises `NoThreadError` where none can be had.
        """
        turn = self.begin()

        def work() -> None:
            turn.take()
            with self._counted():
                target()

        try:
            workers.run(work, name)
        except NoThreadError:
            self._withdraw(turn)
            raise

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count the thread that calls as at work meanwhile."""
        self.begin().take()
        with self._counted():
            yield

    @property
    def is_at_work(self) -> bool:
        """Whether the thread that asks is one of those that are counted."""
        return getattr(self._here, "counted", False)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._here.counted = True
        try:
            yield
        finally:
            # Before it counts no more: threads are used again.
            self._here.counted = False
            self.end()

    def _withdraw(self, turn: Turn) -> None:
        """Count one thread less that never began, whether it has its turn or waits for it."""
        with self._changed:
            if turn in self._line:
                self._line = deque(other for other in self._line if other is not turn)
                self._count -= 1
                return
        self.end()

    def _give_turn(self) -> None:
        if self._line and not self._busy:
            self._busy = True
            self._line.popleft().give()

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

    def wait_until(self, condition: Callable[[], bool], seconds: float | None = None) -> None:
        """Block until no thread is at work or a condition holds, looking when woken.

        At most so many seconds. In order, until none is at work: the one that has its turn cannot
        be held up.
        """
        if self._in_order:
            self._drive()
            return
        with self._changed:
            self._changed.wait_for(lambda: self._count <= 0 or condition(), seconds)

    def _drive(self) -> None:
        with self._changed:
            self._busy = False
            self._give_turn()
            self._changed.wait_for(lambda: self._count <= 0)
            self._busy = True

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
