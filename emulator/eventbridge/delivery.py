"""Delivers occasions to ECS targets: RunTask requests, attempts, dead letters, and overlap.

A due rule and a matched event take the same way from here on.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from emulator.ecs import identity
from emulator.ecs.cluster import Cluster
from emulator.ecs.run_task import RunTaskRefusedError, RunTaskRequest, new_tasks
from emulator.eventbridge.acceptances import Acceptances
from emulator.eventbridge.chaos import NO_CHAOS, Chaos
from emulator.eventbridge.failures import (
    Failure,
    InvalidInputError,
    Retry,
    after_failure,
    failure_of,
)
from emulator.eventbridge.invocation import Invocation, invocations, run_task_request
from emulator.eventbridge.occasion import Occasion, due
from emulator.eventbridge.telling import Telling
from emulator.eventbridge.turns import Turns
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import (
    EventBus,
    FiringDelivered,
    FiringFired,
    InvocationRetried,
    Warned,
)
from emulator.model.definitions import Definitions
from emulator.model.delivery import RetryPolicy
from emulator.model.rules import Rule, Target
from emulator.model.task import Origin, Task
from emulator.timers import Timer, Timers


class Delivery:
    """Hands the tasks of occasions to the cluster, and tells what could not be.

    Thread-safe. A retry is waited for like a task: the cluster is not idle before it has come.
    """

    def __init__(
        self,
        definitions: Definitions,
        cluster: Cluster,
        bus: EventBus,
        timers: Timers,
        undelivered: Undelivered,
        telling: Telling,
        *,
        chaos: Chaos = NO_CHAOS,
        new_tasks: Callable[..., tuple[Task, ...]] = new_tasks,
        jitter: Callable[[], float] = identity.new_jitter,
    ) -> None:
        self._definitions = definitions
        self._cluster = cluster
        self._bus = bus
        self._timers = timers
        self._turns = Turns(definitions, cluster, bus, timers)
        self._undelivered = undelivered
        self._telling = telling
        self._chaos = chaos
        self._new_tasks = new_tasks
        self._run_task = chaos.disturbed(self._accept_and_run)
        self._acceptances = Acceptances(definitions)
        self._jitter = jitter
        self._waiting: dict[int, tuple[Timer, Callable[[], None]]] = {}
        self._stopped = False
        self._lock = threading.Lock()

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._definitions = definitions
        self._acceptances = Acceptances(definitions)
        self._turns.adopt(definitions)

    def fire(
        self, rule: Rule, scheduled_at: datetime, origin: Origin = Origin.SCHEDULE
    ) -> list[Task]:
        """Start the tasks of a rule that is due; returns them PROVISIONING.

        None do, or only later, when the rule's tasks must not overlap and one is running; AWS has
        no such choice and always starts another.
        """

        def begin(occasion: Occasion) -> list[Task]:
            with self._bus.together():
                return self._fire(rule, occasion)

        return self._turns.take(due(rule, scheduled_at, self._definitions, origin), begin)

    def start(self, targets: Sequence[Target], occasion: Occasion) -> list[Task]:
        """Start the tasks of targets whose rule an event matched; as `fire`, without a firing."""

        def begin(occasion: Occasion) -> list[Task]:
            with self._bus.together():
                return self._submit(self._prepare(targets, occasion))

        return self._turns.take(occasion, begin)

    def stop(self) -> None:
        """Try nothing again from now on; what still waits for an attempt is a dead letter.

        Firings that wait for their turn are skipped.
        """
        self._turns.stop()
        with self._lock:
            self._stopped = True
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for timer, give_up in waiting:
            timer.cancel()
            give_up()

    def _fire(self, rule: Rule, occasion: Occasion) -> list[Task]:
        fired_at = self._timers.now()
        tasks = self._prepare(rule.targets, occasion)
        self._bus.publish(
            FiringFired(
                rule=rule.name,
                scheduled_at=occasion.at,
                fired_at=fired_at,
                event=occasion.event if rule.dialect == "rule" else None,
            )
        )
        self._submit(tasks)
        self._telling.tell(rule.notification_targets, occasion)
        self._bus.publish(
            FiringDelivered(rule=rule.name, scheduled_at=occasion.at, fired_at=fired_at)
        )
        return tasks

    def _prepare(self, targets: Sequence[Target], occasion: Occasion) -> list[Task]:
        times = 1
        if self._chaos.duplicates(occasion.rule):
            times = 2
            message = f"{occasion.rule}: this event is delivered twice (--chaos duplicate)"
            self._bus.publish(Warned(message=message))
        return [
            task
            for _ in range(times)
            for invocation in invocations(targets, occasion)
            for task in self._attempt(invocation, 1, self._timers.now())
        ]

    def _submit(self, tasks: list[Task]) -> list[Task]:
        for task in tasks:
            self._cluster.submit(task)
        return tasks

    def _attempt(self, invocation: Invocation, attempt: int, since: datetime) -> tuple[Task, ...]:
        now = self._timers.now()
        try:
            request = run_task_request(invocation, attempt=attempt, now=now)
            return self._run_task(request, invocation.target, now)
        except (RunTaskRefusedError, InvalidInputError) as error:
            failure = failure_of(error)
        outcome = after_failure(
            invocation.target.retry_policy or RetryPolicy(),
            failure,
            attempt=attempt,
            age=now - since,
            jitter=self._jitter(),
        )
        if isinstance(outcome, Retry):
            self._retry(invocation, attempt, since, failure, outcome)
        else:
            self._undelivered.add(
                invocation.target,
                invocation.occasion,
                failure,
                attempts=attempt,
                exhausted=outcome.exhausted,
            )
        return ()

    def _accept_and_run(
        self, request: RunTaskRequest, target: Target, now: datetime
    ) -> tuple[Task, ...]:
        return self._new_tasks(request, self._acceptances.of(target, request), now=now)

    def _retry(
        self, invocation: Invocation, attempt: int, since: datetime, failure: Failure, retry: Retry
    ) -> None:
        next_at = self._timers.now() + retry.delay
        come = self._cluster.expect()
        key = id(come)

        def try_again() -> None:
            with self._lock:
                if self._waiting.pop(key, None) is None:
                    return
            try:
                with self._bus.together():
                    self._submit(list(self._attempt(invocation, attempt + 1, since)))
            finally:
                come()

        def give_up() -> None:
            try:
                self._undelivered.add(
                    invocation.target, invocation.occasion, failure, attempts=attempt
                )
            finally:
                come()

        self._bus.publish(
            InvocationRetried(
                rule=invocation.occasion.rule,
                target_id=invocation.target.id,
                attempt=attempt + 1,
                next_at=next_at,
                reason=failure.message,
            )
        )
        with self._lock:
            if not self._stopped:
                self._waiting[key] = (self._timers.at(next_at, try_again), give_up)
                return
        give_up()
