"""Invocations of ECS targets: RunTask, tried again as the retry policy says, or a dead letter."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from emulator.ecs.cluster import Cluster
from emulator.ecs.identity import new_promise_key
from emulator.ecs.run_task import RunTaskRefusedError, RunTaskRequest
from emulator.eventbridge.acceptances import Acceptances
from emulator.eventbridge.chaos import Chaos
from emulator.eventbridge.invocation import InvalidInputError, Invocation, run_task_request
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import EventBus, InvocationRetried, Promised, PromiseKind, PromiseSettled
from emulator.model.definitions import Definitions
from emulator.model.rules import Target
from emulator.model.task import Task
from emulator.timers import Timer, Timers

if TYPE_CHECKING:
    from emulator.eventbridge.failures import Exhausted, WaitingInvocation


class _Pending(NamedTuple):
    """An invocation that waits; the cluster is not idle until `come` is called."""

    waiting: "WaitingInvocation"
    timer: Timer
    come: Callable[[], None]


class Attempts:
    """Tries invocations. Thread-safe.

    An attempt that waits for its time counts as a task of its rule, which may not overlap, and the
    cluster is not idle before it has come. It is promised, so that the next scheduler can go on
    with it after a kill.
    """

    def __init__(
        self,
        definitions: Definitions,
        cluster: Cluster,
        bus: EventBus,
        timers: Timers,
        undelivered: Undelivered,
        *,
        chaos: Chaos,
        new_tasks: Callable[..., tuple[Task, ...]],
        jitter: Callable[[], float],
    ) -> None:
        self._acceptances = Acceptances(definitions)
        self._cluster = cluster
        self._bus = bus
        self._timers = timers
        self._undelivered = undelivered
        self._new_tasks = new_tasks
        self._run_task = chaos.disturbed(self._accept_and_run)
        self._jitter = jitter
        self._pending: dict[str, _Pending] = {}
        self._stopped = False
        self._lock = threading.Lock()

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._acceptances = Acceptances(definitions)

    def begin(self, invocation: Invocation) -> tuple[Task, ...]:
        """Return the tasks that an invocation starts; none where it fails, or is tried again."""
        return self._try(invocation, 1, self._timers.now())

    def resume(self, key: str, waiting: "WaitingInvocation") -> None:
        """Let the next attempt come that a killed process has promised under a key.

        It comes at its time, or now where that is past; an event that is too old by then is
        undelivered, as it would be without the kill.
        """
        from emulator.eventbridge.failures import Exhausted
        from emulator.model.delivery import RetryPolicy

        policy = waiting.invocation.target.retry_policy or RetryPolicy()
        due = replace(waiting, next_at=max(waiting.next_at, self._timers.now()))
        if due.next_at - due.since > timedelta(seconds=policy.maximum_event_age_in_seconds):
            self._give_up(key, due, Exhausted.AGE)
        else:
            self._await(key, due)

    def stop(self) -> None:
        """Try nothing again from now on; what still waits is undelivered."""
        with self._lock:
            self._stopped = True
            left, self._pending = self._pending, {}
        for key, (waiting, timer, come) in left.items():
            timer.cancel()
            try:
                self._give_up(key, waiting)
            finally:
                come()

    def _try(
        self, invocation: Invocation, attempt: int, since: datetime, key: str | None = None
    ) -> tuple[Task, ...]:
        """Try an invocation, `key` being that of the promise that led to it."""
        now = self._timers.now()
        try:
            request = run_task_request(invocation, attempt=attempt, now=now)
            return self._run_task(request, invocation.target, now)
        except (RunTaskRefusedError, InvalidInputError) as error:
            self._take_in(error, invocation, attempt, since, key)
            return ()

    def _take_in(
        self,
        error: RunTaskRefusedError | InvalidInputError,
        invocation: Invocation,
        attempt: int,
        since: datetime,
        key: str | None,
    ) -> None:
        """Let another attempt follow upon a failed one, or none, as the retry policy says."""
        from emulator.eventbridge.failures import (
            Retry,
            WaitingInvocation,
            after_failure,
            failure_of,
        )
        from emulator.model.delivery import RetryPolicy

        now, failure = self._timers.now(), failure_of(error)
        outcome = after_failure(
            invocation.target.retry_policy or RetryPolicy(),
            failure,
            attempt=attempt,
            age=now - since,
            jitter=self._jitter(),
        )
        next_at = now + outcome.delay if isinstance(outcome, Retry) else now
        waiting = WaitingInvocation(
            invocation=invocation, attempt=attempt, since=since, failure=failure, next_at=next_at
        )
        if isinstance(outcome, Retry):
            self._await(key or new_promise_key(), waiting)
        else:
            self._give_up(key, waiting, outcome.exhausted)

    def _accept_and_run(
        self, request: RunTaskRequest, target: Target, now: datetime
    ) -> tuple[Task, ...]:
        return self._new_tasks(request, self._acceptances.of(target, request), now=now)

    def _await(self, key: str, waiting: "WaitingInvocation") -> None:
        """Promise the next attempt, and let it come; what ends before it is given up."""
        occasion = waiting.invocation.occasion
        come = self._cluster.expect(occasion.rule, occasion.match)
        self._bus.publish(
            Promised(key=key, kind=PromiseKind.INVOCATION, value=waiting, at=self._timers.now())
        )
        self._bus.publish(
            InvocationRetried(
                rule=occasion.rule,
                target_id=waiting.invocation.target.id,
                attempt=waiting.attempt + 1,
                next_at=waiting.next_at,
                reason=waiting.failure.message,
            )
        )
        with self._lock:
            if not self._stopped:
                timer = self._timers.at(waiting.next_at, partial(self._try_again, key))
                self._pending[key] = _Pending(waiting, timer, come)
                return
        try:
            self._give_up(key, waiting)
        finally:
            come()

    def _try_again(self, key: str) -> None:
        with self._lock:
            found = self._pending.pop(key, None)
        if found is None:
            return
        waiting, _, come = found
        try:
            with self._bus.together():
                self._bus.publish(PromiseSettled(key=key))
                attempt = waiting.attempt + 1
                for task in self._try(waiting.invocation, attempt, waiting.since, key):
                    self._cluster.submit(task)
        finally:
            come()

    def _give_up(
        self, key: str | None, waiting: "WaitingInvocation", exhausted: "Exhausted | None" = None
    ) -> None:
        with self._bus.together():
            self._undelivered.add(
                waiting.invocation.target,
                waiting.invocation.occasion,
                waiting.failure,
                attempts=waiting.attempt,
                exhausted=exhausted,
            )
            if key is not None:
                self._bus.publish(PromiseSettled(key=key))
