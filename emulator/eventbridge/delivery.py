"""Delivers occasions to the targets of rules, each in its turn.

A due rule and a matched event take the same way from here on.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from emulator.ecs import identity
from emulator.ecs.cluster import Cluster
from emulator.ecs.run_task import new_tasks
from emulator.eventbridge.attempts import Attempts
from emulator.eventbridge.chaos import NO_CHAOS, Chaos
from emulator.eventbridge.invocation import invocations
from emulator.eventbridge.making_up import MakingUp
from emulator.eventbridge.occasion import Occasion, due
from emulator.eventbridge.telling import Telling
from emulator.eventbridge.turns import Begin, Turns
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import (
    EventBus,
    FiringDelivered,
    FiringFired,
    Warned,
)
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, Target
from emulator.model.task import Origin, Task
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.eventbridge.failures import WaitingInvocation


class Delivery:
    """Hands the tasks of occasions to the cluster, and tells what could not be.

    Thread-safe. What waits is waited for like a task, and is promised: a scheduler that comes
    after a kill can go on with it.
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
        self._making_up = MakingUp(self._turns, cluster, bus, timers)
        self._attempts = Attempts(
            definitions,
            cluster,
            bus,
            timers,
            undelivered,
            chaos=chaos,
            new_tasks=new_tasks,
            jitter=jitter,
        )
        self._telling = telling
        self._chaos = chaos

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._definitions = definitions
        self._turns.adopt(definitions)
        self._attempts.adopt(definitions)

    def fire(
        self,
        rule: Rule,
        scheduled_at: datetime,
        origin: Origin = Origin.SCHEDULE,
        *,
        scheduled_time: datetime | None = None,
    ) -> list[Task]:
        """Start the tasks of a rule that is due; returns them PROVISIONING.

        `scheduled_time` is what its schedule says where it is not the due instant itself.

        None do, or only later, when the rule's tasks must not overlap and one is running; AWS has
        no such choice and always starts another.
        """
        occasion = due(rule, scheduled_at, self._definitions, origin, scheduled_time)
        return self._turns.take(occasion, partial(self._fire, rule))

    def start(self, targets: Sequence[Target], occasion: Occasion) -> list[Task]:
        """Start the tasks of targets whose rule an event matched; as `fire`, without a firing."""
        come = self._cluster.expect(match=occasion.match)
        try:
            return self._turns.take(occasion, partial(self._start, targets))
        finally:
            come()

    def make_up(
        self, rule: Rule, scheduled_at: datetime, *, scheduled_time: datetime | None = None
    ) -> None:
        """Fire a rule for a due instant that was missed, as soon as there is room for its tasks."""
        occasion = due(rule, scheduled_at, self._definitions, scheduled_time=scheduled_time)
        self._making_up.take(occasion, partial(self._fire, rule))

    def end_making_up(self) -> None:
        """Make up for nothing from now on."""
        self._making_up.stop()

    def resume_make_up(self, key: str, occasion: Occasion) -> bool:
        """Make up for a missed firing that a killed process has promised; as `resume_turn`."""
        begin = self._begin_of(occasion)
        if begin is not None:
            self._making_up.take(occasion, begin, key)
        return begin is not None

    def resume_turn(self, key: str, occasion: Occasion) -> bool:
        """Let a firing have the turn that a killed process has promised it under a key.

        Its targets are those of its rule by now; returns false where there is no such rule.
        """
        begin = self._begin_of(occasion)
        if begin is not None:
            self._turns.resume(key, occasion, begin)
        return begin is not None

    def resume_invocation(self, key: str, waiting: "WaitingInvocation") -> None:
        """Let the next attempt come that a killed process has promised under a key."""
        self._attempts.resume(key, waiting)

    def stop(self) -> None:
        """Try nothing again from now on; what still waits for an attempt is a dead letter.

        Firings that wait for their turn are skipped.
        """
        self._making_up.stop()
        self._turns.stop()
        self._attempts.stop()

    def _begin_of(self, occasion: Occasion) -> Begin | None:
        """Return what starts the targets of an occasion's rule; None where it is gone."""
        if occasion.scheduled_at is not None:
            scheduled = (r for r in self._definitions.rules if r.name == occasion.rule)
            due_rule = next(scheduled, None)
            return None if due_rule is None else partial(self._fire, due_rule)
        matching = (r for r in self._definitions.event_rules if r.name == occasion.rule)
        event_rule = next(matching, None)
        return None if event_rule is None else partial(self._start, event_rule.task_targets)

    def _start(self, targets: Sequence[Target], occasion: Occasion) -> list[Task]:
        with self._bus.together():
            return self._submit(self._prepare(targets, occasion))

    def _fire(self, rule: Rule, occasion: Occasion) -> list[Task]:
        with self._bus.together():
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
            message = f"{occasion.rule}: this event is delivered twice (chaos: duplicate)"
            self._bus.publish(Warned(message=message))
        return [
            task
            for _ in range(times)
            for invocation in invocations(targets, occasion)
            for task in self._attempts.begin(invocation)
        ]

    def _submit(self, tasks: list[Task]) -> list[Task]:
        for task in tasks:
            self._cluster.submit(task)
        return tasks
