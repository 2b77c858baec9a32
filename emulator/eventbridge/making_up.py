"""Missed firings that are made up for: some at a time, in order, each as an earlier one ends.

A laptop that slept for a month may have thousands to make up for. All at once they would fill the
memory, and begin only when the last of them had fired.
"""

import threading
from collections import deque
from typing import Final

from emulator.ecs.cluster import Cluster
from emulator.ecs.identity import new_promise_key
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.turns import Begin, Turns, WaitingFiring, drop, drop_all
from emulator.events import EventBus, Promised, PromiseKind, PromiseSettled
from emulator.timers import Timers

MOST_AT_ONCE: Final = 100
"""Tasks beside which no further missed firing is made up for."""

_ENDED: Final = "it was to be made up for, and the run ended"


class MakingUp:
    """Lets missed firings have their turns while there is room for their tasks. Thread-safe.

    That one waits is promised, so that the next scheduler can go on with it after a kill.
    """

    def __init__(self, turns: Turns, cluster: Cluster, bus: EventBus, timers: Timers) -> None:
        self._turns = turns
        self._cluster = cluster
        self._bus = bus
        self._timers = timers
        self._waiting: deque[WaitingFiring] = deque()
        self._stopped = False
        self._beginning = False
        self._lock = threading.Lock()
        cluster.when_gone(lambda _rule: self._go_on())

    def take(self, occasion: Occasion, begin: Begin, key: str = "") -> None:
        """Let a firing begin once there is room; `key` is that of a former process's promise."""
        key = key or new_promise_key()
        with self._bus.together():
            self._bus.publish(
                Promised(key=key, kind=PromiseKind.MAKE_UP, value=occasion, at=self._timers.now())
            )
            with self._lock:
                self._waiting.append(WaitingFiring(key, occasion, begin, self._cluster.expect()))
            self._go_on()

    def stop(self) -> None:
        """Begin nothing from now on; what waits is skipped, which is told."""
        with self._lock:
            self._stopped = True
            left, self._waiting = self._waiting, deque()
        drop_all(left, _ENDED, self._bus, self._timers.now())

    def _go_on(self) -> None:
        """Begin what there is room for: one thread at a time, so that the order stays."""
        with self._lock:
            if self._beginning:
                return
            self._beginning = True
        while (following := self._next()) is not None:
            (self._drop if self._stopped else self._begin)(following)

    def _next(self) -> WaitingFiring | None:
        """Return what is to begin next; None where nothing is, and another thread may look."""
        with self._lock:
            if self._waiting and (self._stopped or self._has_room):
                return self._waiting.popleft()
            self._beginning = False
            return None

    @property
    def _has_room(self) -> bool:
        return len(self._cluster.active()) < MOST_AT_ONCE

    def _begin(self, following: WaitingFiring) -> None:
        try:
            with self._bus.together():
                self._turns.take(following.occasion, following.begin)
                self._bus.publish(PromiseSettled(key=following.key))
        except BaseException:
            with self._lock:
                self._beginning = False
            raise
        finally:
            following.come()

    def _drop(self, waiting: WaitingFiring) -> None:
        drop(waiting, _ENDED, self._bus, self._timers.now())
