"""Whose turn it is: a firing starts at once, waits for the tasks of its rule, or is skipped."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from emulator.ecs.cluster import Cluster
from emulator.ecs.identity import new_promise_key
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.overlap import Decision, decide
from emulator.events import (
    EventBus,
    FiringOverlapped,
    FiringSkipped,
    Promised,
    PromiseKind,
    PromiseSettled,
)
from emulator.model.definitions import Definitions
from emulator.model.task import Origin, Task
from emulator.timers import Timers

Begin = Callable[[Occasion], list[Task]]


class WaitingFiring(NamedTuple):
    """A firing that waits; the cluster is not idle until `come` is called."""

    key: str
    occasion: Occasion
    begin: Begin
    come: Callable[[], None]


def drop_all(left: Sequence[WaitingFiring], reason: str, bus: EventBus, now: datetime) -> None:
    """Let firings that wait not come any more, which may be thousands; of each rule one says so."""
    numbers = Counter(each.occasion.rule for each in left)
    for each in left:
        number = numbers.pop(each.occasion.rule, None)
        drop(each, reason, bus, now, alike=None if number is None else number - 1)


def drop(
    waiting: WaitingFiring, reason: str, bus: EventBus, now: datetime, *, alike: int | None = 0
) -> None:
    """Let a firing that waits not come any more: that is told, and its promise is settled.

    `alike`: how many more of its rule do not come with it; None: one of them has told so.
    """
    with bus.together():
        bus.publish(
            FiringSkipped(
                rule=waiting.occasion.rule,
                scheduled_at=waiting.occasion.at,
                reason=reason,
                at=now,
                event_id=waiting.occasion.event_id,
                alike=alike,
            )
        )
        bus.publish(PromiseSettled(key=waiting.key))
    waiting.come()


class Turns:
    """Lets firings begin as `local.rules.NAME.overlap` says. Thread-safe.

    That one waits is promised, so that the next scheduler can go on with it after a kill.
    """

    def __init__(
        self, definitions: Definitions, cluster: Cluster, bus: EventBus, timers: Timers
    ) -> None:
        self._definitions = definitions
        self._cluster = cluster
        self._bus = bus
        self._timers = timers
        self._waiting: dict[str, deque[WaitingFiring]] = {}
        self._stopped = False
        # Again by the same thread: what a firing begins may be an event that another rule matches.
        self._lock = threading.RLock()
        cluster.when_gone(self._on_gone)

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._definitions = definitions

    def take(self, occasion: Occasion, begin: Begin) -> list[Task]:
        """Call `begin` now, in its turn or never; return the tasks that it started now.

        It gets the occasion, which says by its origin whether it had to wait.
        """
        rule = occasion.rule
        with self._lock, self._bus.together():
            waiting = self._waiting.get(rule, ())
            running = self._cluster.running_of(rule)
            overlap = self._definitions.local.rule(rule).overlap
            decision = decide(overlap, running=running, waiting=len(waiting))
            if running or waiting:
                self._tell(occasion, running, decision)
            if decision is Decision.START:
                return begin(occasion)
            if decision is not Decision.SKIP:
                self._wait(occasion, begin, decision)
            if decision is Decision.REPLACE:
                # Still within the lock: what replaces them must not be among what is stopped.
                reason = f"replaced by the next run (local.rules.{rule}.overlap)"
                self._cluster.stop_rule(rule, reason)
        return []

    def resume(self, key: str, occasion: Occasion, begin: Begin) -> None:
        """Let a firing have its turn that was promised under a key before this process began.

        To be called in order, once the tasks of its rule that still run are known.
        """
        with self._lock:
            come = self._cluster.expect(match=occasion.match)
            self._line_up(WaitingFiring(key, occasion, begin, come))
        self._on_gone(occasion.rule)

    def stop(self) -> None:
        """Begin nothing from now on; what waits is skipped, which is told."""
        with self._lock:
            self._stopped = True
            left = [each for waiting in self._waiting.values() for each in waiting]
            self._waiting.clear()
        reason = "still waited for its turn when the run ended"
        drop_all(left, reason, self._bus, self._timers.now())

    def _wait(self, occasion: Occasion, begin: Begin, decision: Decision) -> None:
        waited = replace(occasion, origin=Origin(decision.value))
        come = self._cluster.expect(match=occasion.match)
        following = WaitingFiring(new_promise_key(), waited, begin, come)
        waiting = self._waiting.get(occasion.rule, ())
        while decision is Decision.REPLACE and waiting:
            self._drop(waiting.popleft(), "another firing came before its turn")
        self._line_up(following)

    def _line_up(self, following: WaitingFiring) -> None:
        if self._stopped:
            self._drop(following, "the run is ending")
            return
        occasion = following.occasion
        self._bus.publish(
            Promised(
                key=following.key, kind=PromiseKind.TURN, value=occasion, at=self._timers.now()
            )
        )
        self._waiting.setdefault(occasion.rule, deque()).append(following)

    def _on_gone(self, rule: str) -> None:
        """Let the next one begin, once no task of the rule is left.

        And the one after it, where that started no task: nobody would call another time.
        """
        with self._lock:
            while (following := self._take_next(rule)) is not None:
                try:
                    with self._bus.together():
                        following.begin(following.occasion)
                        self._bus.publish(PromiseSettled(key=following.key))
                finally:
                    following.come()

    def _take_next(self, rule: str) -> WaitingFiring | None:
        """Return the next firing of a rule that has no task left; None: none waits, or one has."""
        waiting = self._waiting.get(rule)
        if not waiting or self._cluster.running_of(rule):
            return None
        following = waiting.popleft()
        if not waiting:
            del self._waiting[rule]
        return following

    def _drop(self, waiting: WaitingFiring, reason: str) -> None:
        drop(waiting, reason, self._bus, self._timers.now())

    def _tell(self, occasion: Occasion, running: int, decision: Decision) -> None:
        self._bus.publish(
            FiringOverlapped(
                rule=occasion.rule,
                scheduled_at=occasion.at,
                running=running,
                decision=decision.value,
                at=self._timers.now(),
            )
        )
