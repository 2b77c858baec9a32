"""Timers call back at an instant, by the machine's clock or by a simulated one.

Everything that waits for a moment to come (a retry's delay, a run timeout, a flexible window)
asks a `Timers`, so that a simulation drives all of it from one virtual clock.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from emulator.activity import Activity
from emulator.clock import SMALLEST_STEP, Clock, uptime

Action = Callable[[], None]

_END: Final = datetime.max.replace(tzinfo=UTC)
LONGEST_SLEEP: Final = 1.0
"""Seconds until the wall clock is looked at again: it may jump, and a laptop may wake."""

_logger = logging.getLogger(__name__)


class Timer:
    """An action that is to happen at `instant`, unless it is cancelled before."""

    __slots__ = ("action", "cancelled", "instant", "number")

    def __init__(self, instant: datetime, number: int, action: Action) -> None:
        self.instant = instant
        self.number = number
        self.action = action
        self.cancelled = False

    def __lt__(self, other: "Timer") -> bool:
        return (self.instant, self.number) < (other.instant, other.number)

    def cancel(self) -> None:
        """Let it not happen; nothing happens to one that is over."""
        self.cancelled = True


class Timers(Protocol):
    """Tells the time and calls back when it has come; thread-safe.

    `activity` counts the threads during whose work no virtual time is skipped.
    """

    @property
    def activity(self) -> Activity:
        """Which threads are at work."""
        ...

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...

    def at(self, instant: datetime, action: Action) -> Timer:
        """Call `action` once `instant` has come, in the timers' own thread; it returns soon.

        Timers of one instant go off in the order in which they were set.
        """
        ...


def after(timers: Timers, delay: timedelta, action: Action) -> Timer:
    """Call `action` when `delay` has passed from now."""
    return timers.at(from_now(timers, delay), action)


def from_now(timers: Timers, delay: timedelta) -> datetime:
    """Return when `delay` will have passed: what lies beyond any calendar is at its end."""
    now = timers.now()
    return now + min(delay, _END - now)


class _Pending:
    """The timers that are still to come, the next one first. Not thread-safe."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._numbers = itertools.count()

    def add(self, instant: datetime, action: Action) -> Timer:
        timer = Timer(instant, next(self._numbers), action)
        heapq.heappush(self._heap, timer)
        return timer

    def first(self) -> Timer | None:
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def take_due(self, now: datetime) -> Timer | None:
        first = self.first()
        return heapq.heappop(self._heap) if first is not None and first.instant <= now else None

    def shift(self, step: timedelta) -> None:
        """Put all of them off by `step`, or forward; their order stays."""
        for timer in self._heap:
            timer.instant = min(timer.instant, _END - max(step, timedelta())) + step


class WallTimers:
    """Timers by a wall clock, in one thread that lives from the first one until `close`.

    What is to come is so much time away, asleep or awake: where the clock is set meanwhile, its
    instant moves with it. Else a clock set forward would end a task by its timeout that has just
    begun, and one set back would have its next attempt wait for hours.
    """

    def __init__(
        self,
        clock: Clock,
        uptime: Callable[[], tuple[float, float]] = uptime,
        activity: Activity | None = None,
    ) -> None:
        self.activity = activity or Activity()
        self._clock = clock
        self._uptime = uptime
        self._seen = self._look()
        self._pending = _Pending()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
        self._started = False

    def now(self) -> datetime:
        """Return the present instant of the clock."""
        return self._clock()

    def at(self, instant: datetime, action: Action) -> Timer:
        """Call `action` once `instant` has come."""
        with self._changed:
            # First: what is added now is meant by the clock as it stands by now.
            self._follow_clock()
            timer = self._pending.add(instant, action)
            if not self._started:
                self._thread.start()
                self._started = True
            self._changed.notify()
        return timer

    def close(self) -> None:
        """End the thread; what is still to come never happens."""
        with self._changed:
            self._closed = True
            self._changed.notify()
            started = self._started
        self.activity.wake()
        if started and threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            self._settle()
            timer = self._take_due_or_wait()
            if timer is not None:
                self._let_go_off(timer)

    def _settle(self) -> None:
        """Wait for what must be done before another timer goes off: nothing."""

    def _let_go_off(self, timer: Timer) -> None:
        _go_off(timer)

    def _take_due_or_wait(self) -> Timer | None:
        """Return a timer that is due; else wait until one may be, and return None."""
        with self._changed:
            if self._closed:
                return None
            now = self._follow_clock()
            due = self._pending.take_due(now)
            if due is None:
                first = self._pending.first()
                left = None if first is None else (first.instant - now).total_seconds()
                self._changed.wait(None if left is None else min(left, LONGEST_SLEEP))
            return due

    def _follow_clock(self) -> datetime:
        """Return the present; what is to come moves with a clock that was set."""
        before, self._seen = self._seen, self._look()
        step = (self._seen[0] - before[0]) - timedelta(seconds=self._seen[1] - before[1])
        if abs(step) >= SMALLEST_STEP:
            self._pending.shift(step)
        return self._seen[0]

    def _look(self) -> tuple[datetime, float]:
        """Return what the clock shows, and for how many seconds the machine has been up."""
        return self._clock(), self._uptime()[0]


class SimulatedTimers:
    """Timers by a virtual clock, which stands still until `step` moves it or it flows.

    `in_order`: threads work one at a time, for a clock that never flows.
    """

    def __init__(self, start: datetime, *, in_order: bool = False) -> None:
        self.activity = Activity(in_order=in_order)
        self._now = start
        self._flowing: tuple[datetime, float, float] | None = None
        self._pending = _Pending()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the virtual instant; also a `Clock`."""
        flowing = self._flowing
        if flowing is None:
            return self._now
        began, since, speed = flowing
        return began + timedelta(seconds=(time.monotonic() - since) * speed)

    def at(self, instant: datetime, action: Action) -> Timer:
        """Call `action` once the virtual clock gets to `instant`; past ones at the next step."""
        with self._lock:
            timer = self._pending.add(instant, action)
        self.activity.tell_change()
        return timer

    def next_instant(self) -> datetime | None:
        """Return when the next timer is due; None when there is none."""
        with self._lock:
            first = self._pending.first()
        return None if first is None else first.instant

    def step(self, limit: datetime) -> bool:
        """Move to the next timer and let it go off; false when none is due by `limit`.

        The clock then stands at `limit`. It never goes back.
        """
        with self._lock:
            due = self._pending.take_due(limit)
            self._now = max(self._now, limit if due is None else due.instant)
        if due is None:
            return False
        _go_off(due)
        return True

    def move_to(self, instant: datetime) -> None:
        """Let time pass without a timer going off; it never goes back."""
        with self._lock:
            self._now = max(self._now, instant)

    def flow(self, speed: float) -> None:
        """Let the clock run by itself, `speed` times as fast as real time."""
        with self._lock:
            self._flowing = (self._now, time.monotonic(), speed)

    def stand_still(self, limit: datetime | None = None) -> None:
        """End the flow, at the present instant or at `limit` where that is past."""
        now = self.now()
        with self._lock:
            self._now = max(self._now, now if limit is None else min(now, limit))
            self._flowing = None


def _go_off(timer: Timer) -> None:
    if timer.cancelled:
        return
    try:
        timer.action()
    except Exception:
        # One broken action must not stop the clock of all the others.
        _logger.exception("a timer's action failed")
