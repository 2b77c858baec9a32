"""The record of one task while it lives: every change is counted, timed and published.

The version counts the changes that AWS sends a "Task State Change" event for: a task with one
container passes 1 PROVISIONING, 2 PENDING, 3 RUNNING, 4 DEPROVISIONING, 5 STOPPED.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from emulator.clock import Clock
from emulator.ecs import identity
from emulator.events import EventBus, TaskStateChanged
from emulator.model.health import HealthStatus
from emulator.model.task import ContainerStatus, StopCode, Task, TaskContainer, TaskStatus

if TYPE_CHECKING:
    from emulator.model.networking import NetworkBinding, NetworkInterface


class TaskRecord:
    """Holds the present value of a task; changed by one thread, read by any."""

    def __init__(self, task: Task, bus: EventBus, clock: Clock) -> None:
        self.task = task
        self._bus = bus
        self._clock = clock
        self._latest = task.created_at

    def now(self) -> datetime:
        """Return the present instant, or the last one where the clock was set back since.

        Else a task would end before it began.
        """
        self._latest = max(self._latest, self._clock())
        return self._latest

    def container(self, name: str) -> TaskContainer:
        """Return one container's present value."""
        return next(c for c in self.task.containers if c.name == name)

    def advance(self, status: TaskStatus, **changes: Any) -> None:
        """Enter the next state."""
        self._publish(last_status=status, **changes)

    def pull_started(self) -> None:
        """Note that the images are being seen to."""
        self._note(pull_started_at=self.now())

    def pull_stopped(self, digests: Mapping[str, str | None]) -> None:
        """Note that all images are here, with their digests by container."""
        containers = tuple(c.changed(image_digest=digests[c.name]) for c in self.task.containers)
        self._note(pull_stopped_at=self.now(), containers=containers)

    def container_started(
        self, name: str, engine_id: str, bindings: "tuple[NetworkBinding, ...]" = ()
    ) -> None:
        """Note that a container runs, which the engine calls `engine_id`."""
        self._change_container(
            name,
            last_status=ContainerStatus.RUNNING,
            runtime_id=identity.runtime_id(self.task, name, engine_id),
            started_at=self.now(),
            network_bindings=bindings,
        )

    def container_restarted(self, name: str) -> None:
        """Note that a container is started again in place."""
        count = self.container(name).restart_count + 1
        self._change_container(name, restart_count=count, started_at=self.now())

    def attached(
        self, interface: "NetworkInterface", bindings: "Mapping[str, tuple[NetworkBinding, ...]]"
    ) -> None:
        """Note the network interface of the task, and published ports by container."""
        containers = tuple(
            c.changed(network_bindings=bindings[c.name]) for c in self.task.containers
        )
        self._note(network_interface=interface, containers=containers)

    def health_changed(self, name: str, status: HealthStatus) -> None:
        """Note what a health check found."""
        containers = tuple(
            c.changed(health_status=status) if c.name == name else c for c in self.task.containers
        )
        self._publish(containers=containers)

    def container_stopped(
        self,
        name: str,
        *,
        exit_code: int | None = None,
        reason: str | None = None,
        cause: tuple[StopCode, str] | None = None,
    ) -> None:
        """Note that a container is over; the first essential one ends the task's execution.

        `cause` is why the task stops with it: who hears of the one hears of the other.
        """
        now = self.now()
        if self.container(name).essential and self.task.execution_stopped_at is None:
            self._note(execution_stopped_at=now)
        if cause is not None:
            self.decide(*cause)
        self._change_container(
            name,
            last_status=ContainerStatus.STOPPED,
            stopped_at=now,
            exit_code=exit_code,
            reason=reason,
        )

    def decide(self, code: StopCode, reason: str) -> None:
        """Note why the task stops; the first cause stands."""
        if self.task.stop_code is not None:
            return
        changes = {
            "stop_code": code,
            "stopped_reason": reason,
            "desired_status": TaskStatus.STOPPED,
            "stopping_at": self.now(),
        }
        if code is StopCode.USER_INITIATED:
            self._publish(**changes)
        else:
            self._note(**changes)

    def _change_container(self, name: str, **changes: Any) -> None:
        containers = tuple(
            c.changed(**changes) if c.name == name else c for c in self.task.containers
        )
        # With one container the task's own change of state says the same.
        if len(containers) == 1:
            self._note(containers=containers)
        else:
            self._publish(containers=containers)

    def _note(self, **changes: Any) -> None:
        self.task = self.task.changed(**changes)

    def _publish(self, **changes: Any) -> None:
        self._note(version=self.task.version + 1, **changes)
        with self._bus.together():
            self._bus.publish(TaskStateChanged(task=self.task, at=self.now()))
