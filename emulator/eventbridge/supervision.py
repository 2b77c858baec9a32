"""Watches tasks: one that runs too long is stopped, one that failed may get another attempt."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import NamedTuple

from emulator.ecs.cluster import Cluster
from emulator.eventbridge.task_retry import (
    delay_before_next,
    limit_of,
    retry_of,
    total_limit_of,
)
from emulator.events import (
    EventBus,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
)
from emulator.model.definitions import Definitions
from emulator.model.task import Task, TaskStatus
from emulator.model.task_policies import Notify, TaskRetry
from emulator.timers import Timer, Timers


class _Pending(NamedTuple):
    """A task whose next attempt waits for its time."""

    task: Task
    retry: TaskRetry
    timer: Timer
    come: Callable[[], None]


class Supervision:
    """Subscribes to tasks. Thread-safe; an attempt that waits is waited for like a task."""

    def __init__(
        self, definitions: Definitions, cluster: Cluster, bus: EventBus, timers: Timers
    ) -> None:
        self._definitions = definitions
        self._cluster = cluster
        self._bus = bus
        self._timers = timers
        self._begun: dict[str, datetime] = {}
        self._limits: dict[str, Timer] = {}
        self._pending: dict[str, _Pending] = {}
        self._stopped = False
        self._lock = threading.Lock()
        bus.subscribe(TaskStateChanged, self._on_task)
        cluster.when_stopped_by_rule(self.cancel)

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._definitions = definitions

    def is_retried(self, task: Task) -> bool:
        """Return whether another attempt waits to follow upon a STOPPED task."""
        with self._lock:
            return task.id in self._pending

    def counts(self, task: Task) -> bool:
        """Return whether the end of a STOPPED task is its last word, or is to count anyway."""
        retry = None if task.rule is None else retry_of(task.rule, self._definitions)
        each = retry is not None and retry.notify is Notify.EACH
        return each or not self.is_retried(task)

    def waiting(self) -> list[TaskRetryScheduled]:
        """Return the attempts that wait for their time, and when that is by now."""
        with self._lock:
            return [_scheduled(p.task, p.retry, p.timer.instant) for p in self._pending.values()]

    def cancel(self, rule: str | None, reason: str) -> None:
        """Let no attempt follow that waits for its time, of a rule or (None) of all."""
        with self._lock:
            chosen = [p for p in self._pending.values() if rule in (None, p.task.rule)]
            for pending in chosen:
                del self._pending[pending.task.id]
                self._begun.pop(_first(pending.task), None)
        for pending in chosen:
            pending.timer.cancel()
            try:
                self._bus.publish(
                    TaskRetryCancelled(task=pending.task, reason=reason, at=self._timers.now())
                )
            finally:
                pending.come()

    def resume(self, task: Task, at: datetime) -> bool:
        """Let the next attempt of a STOPPED task come that a killed process has not lived to see.

        It comes at `at`, or now where that is past. Returns false where it does not come by what
        the definitions say now.
        """
        retry = None if task.rule is None else retry_of(task.rule, self._definitions)
        if retry is None or delay_before_next(task, retry) is None:
            return False
        at = max(at, self._timers.now())
        with self._lock:
            if self._stopped:
                return False
            self._expect_next(task, retry, at)
        self._bus.publish(_scheduled(task, retry, at))
        return True

    @contextmanager
    def without_attempts(self) -> Iterator[None]:
        """Let no attempt follow upon what ends meanwhile."""
        stopped, self._stopped = self._stopped, True
        try:
            yield
        finally:
            self._stopped = stopped

    def stop(self, reason: str) -> None:
        """Let no attempt follow from now on."""
        with self._lock:
            self._stopped = True
        self.cancel(None, reason)

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        if task.stopped:
            self._on_stopped(task)
        elif task.last_status is TaskStatus.RUNNING:
            self._on_running(task)
        elif task.last_status is TaskStatus.PROVISIONING:
            with self._lock:
                self._begun.setdefault(_first(task), task.created_at)

    def _on_running(self, task: Task) -> None:
        with self._lock:
            if task.id in self._limits:
                return
            limit = limit_of(task, self._begun_at(task), self._definitions)
            if limit is not None:
                stop = partial(self._stop, task.id, limit.reason)
                self._limits[task.id] = self._timers.at(limit.at, stop)

    def _stop(self, task_id: str, reason: str) -> None:
        self._cluster.stop(task_id, reason)

    def _begun_at(self, task: Task) -> datetime:
        return self._begun.get(_first(task), task.created_at)

    def _on_stopped(self, task: Task) -> None:
        retry = None if task.rule is None else retry_of(task.rule, self._definitions)
        with self._lock:
            timer = self._limits.pop(task.id, None)
            if timer is not None:
                timer.cancel()
            at = None if retry is None or self._stopped else self._next_at(task, retry)
            if retry is None or at is None:
                self._begun.pop(_first(task), None)
            else:
                self._expect_next(task, retry, at)
        if retry is not None and at is not None:
            self._bus.publish(_scheduled(task, retry, at))

    def _expect_next(self, task: Task, retry: TaskRetry, at: datetime) -> None:
        come = self._cluster.expect(task.rule, task.match)
        # Going off, it takes the lock that is held here: not before it is known.
        wait = self._timers.at(at, partial(self._try_again, task))
        self._pending[task.id] = _Pending(task, retry, wait, come)

    def _next_at(self, task: Task, retry: TaskRetry) -> datetime | None:
        """Return when the next attempt comes; not when all of them have no time left then."""
        delay = delay_before_next(task, retry)
        if delay is None or task.rule is None:
            return None
        at = self._timers.now() + delay
        limit = total_limit_of(task.rule, self._begun_at(task), self._definitions)
        return at if limit is None or at < limit.at else None

    def _try_again(self, task: Task) -> None:
        from emulator.ecs.further_attempt import further_attempt

        with self._lock:
            pending = self._pending.pop(task.id, None)
        if pending is None:
            return
        try:
            again = further_attempt(task, attempt=task.attempt + 1, now=self._timers.now())
            self._cluster.submit(again)
        finally:
            pending.come()


def _scheduled(task: Task, retry: TaskRetry, at: datetime) -> TaskRetryScheduled:
    attempt = task.attempt + 1
    return TaskRetryScheduled(task=task, attempt=attempt, attempts=retry.attempts, at=at)


def _first(task: Task) -> str:
    return task.retry_of or task.id
