"""The buffer of `mode: non-blocking`: bounded in bytes, and what does not fit is dropped."""

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from emulator.logs.lines import Lines
from emulator.workers import in_thread_or_here


class Dropped(NamedTuple):
    """How much was dropped."""

    lines: int = 0
    bytes: int = 0


class Ring:
    """Hands lines on in a thread of its own, which lives while there are any.

    As Docker's: a line is taken while the buffer has room for it, or is empty; the newest are
    dropped, not the oldest.
    """

    def __init__(self, limit: int, take: Callable[[Lines], None]) -> None:
        self.dropped = Dropped()
        self._limit = limit
        self._take = take
        self._queue: deque[Lines] = deque()
        self._size = 0
        self._busy = False
        self._changed = threading.Condition()

    def put(self, lines: Lines) -> None:
        """Take what there is room for; returns at once."""
        with self._changed:
            count, size = self._room(lines.lines)
            lost = len(lines.lines) - count
            if lost:
                bytes_lost = sum(map(len, lines.lines[count:]))
                self.dropped = Dropped(self.dropped.lines + lost, self.dropped.bytes + bytes_lost)
            if not count:
                return
            # What was dropped has been read all the same: the position goes on behind it.
            self._queue.append(lines._replace(lines=lines.lines[:count]) if lost else lines)
            self._size += size
            begins, self._busy = not self._busy, True
        if begins:
            in_thread_or_here(self._work, "log buffer")

    def drain(self) -> None:
        """Block until all that was taken has been handed on."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)

    def _room(self, lines: list[bytes]) -> tuple[int, int]:
        """Return how many lines fit, and their bytes."""
        size = 0
        for count, line in enumerate(lines):
            together = self._size + size
            if together and together + len(line) > self._limit:
                return count, size
            size += len(line)
        return len(lines), size

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._queue:
                    self._busy = False
                    self._changed.notify_all()
                    return
                lines = self._queue.popleft()
            try:
                self._take(lines)
            finally:
                with self._changed:
                    self._size -= sum(map(len, lines.lines))
