"""A due rule becomes RunTask requests: one per target, and the overlap rule of this machine."""

from collections.abc import Callable, Iterator
from datetime import datetime

from emulator.clock import Clock
from emulator.ecs.cluster import Cluster
from emulator.ecs.identity import started_by
from emulator.ecs.run_task import RunTaskRefusedError, RunTaskRequest, run_task
from emulator.events import EventBus, FiringFired, FiringOverlapped, InvocationFailed
from emulator.model.definitions import Definitions, Overlap
from emulator.model.rules import Rule
from emulator.model.task import Task


def requests_for(rule: Rule, scheduled_at: datetime) -> Iterator[tuple[str, RunTaskRequest]]:
    """Yield the id of each target with what EventBridge asks of RunTask for it (pure)."""
    for target in rule.targets:
        yield (
            target.id,
            RunTaskRequest(
                task_definition=target.task_definition,
                count=target.task_count,
                overrides=target.overrides,
                launch_type=target.launch_type,
                group=target.group,
                cluster=target.cluster,
                started_by=started_by(rule.name, rule.dialect),
                rule=rule.name,
                scheduled_at=scheduled_at,
            ),
        )


class Delivery:
    """Fires rules: hands their tasks to the cluster and tells what could not be."""

    def __init__(
        self,
        definitions: Definitions,
        cluster: Cluster,
        bus: EventBus,
        clock: Clock,
        *,
        new_task: Callable[..., tuple[Task, ...]] = run_task,
    ) -> None:
        self._definitions = definitions
        self._cluster = cluster
        self._bus = bus
        self._clock = clock
        self._new_task = new_task

    def fire(self, rule: Rule, scheduled_at: datetime) -> list[Task]:
        """Start the tasks of a rule that is due; returns them PROVISIONING.

        None start when the rule's tasks must not overlap and one is running; AWS has no such
        choice and always starts another.
        """
        if self._overlaps(rule, scheduled_at):
            return []
        tasks = [
            task
            for target_id, request in requests_for(rule, scheduled_at)
            for task in self._invoke(rule, target_id, request)
        ]
        self._bus.publish(
            FiringFired(rule=rule.name, scheduled_at=scheduled_at, fired_at=self._clock())
        )
        for task in tasks:
            self._cluster.submit(task)
        return tasks

    def _overlaps(self, rule: Rule, scheduled_at: datetime) -> bool:
        running = self._cluster.running_of(rule.name)
        if not running:
            return False
        skipped = self._definitions.local.rule(rule.name).overlap is Overlap.SKIP
        self._bus.publish(
            FiringOverlapped(
                rule=rule.name,
                scheduled_at=scheduled_at,
                running=running,
                skipped=skipped,
                at=self._clock(),
            )
        )
        return skipped

    def _invoke(self, rule: Rule, target_id: str, request: RunTaskRequest) -> tuple[Task, ...]:
        try:
            return self._new_task(request, self._definitions, now=self._clock())
        except RunTaskRefusedError as error:
            self._bus.publish(
                InvocationFailed(
                    rule=rule.name,
                    target_id=target_id,
                    scheduled_at=request.scheduled_at or self._clock(),
                    reason=str(error),
                    at=self._clock(),
                )
            )
            return ()
