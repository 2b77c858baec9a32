"""What becomes of a task as its containers report: where each stands, and what is on record."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, assert_never

from emulator.ecs import outcome
from emulator.ecs.identity import network_interface
from emulator.ecs.lifecycle import ABANDONED_EXIT_CODE, Phase
from emulator.ecs.plan_network import bindings_of, host_bindings
from emulator.ecs.preparation import TaskResources
from emulator.ecs.restarts import may_restart
from emulator.ecs.standings import Standings
from emulator.ecs.task_containers import TaskContainers
from emulator.ecs.task_messages import (
    Created,
    Ended,
    HealthChanged,
    Lost,
    NotStarted,
    Report,
    Started,
)
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.errors import EngineError
from emulator.events import Warned
from emulator.model.task import ContainerStatus, StopCode, TaskStatus
from emulator.model.task_definition import NetworkMode

if TYPE_CHECKING:
    from emulator.model.networking import NetworkBinding


class TaskProgress:
    """Keeps the standings and the record of one task in step. For the task's thread.

    `deadline_came` is called with when it was due, by any thread, when a startTimeout runs out.
    """

    def __init__(
        self,
        record: TaskRecord,
        workshop: Workshop,
        resources: TaskResources,
        containers: TaskContainers,
        deadline_came: Callable[[datetime], None],
    ) -> None:
        definitions = record.task.task_definition.container_definitions
        self.definitions = {c.name: c for c in definitions}
        self.standings = Standings(definitions)
        self._record = record
        self._shop = workshop
        self._resources = resources
        self._containers = containers
        self._deadline_came = deadline_came

    def take_in(self, report: Report) -> None:
        """Take in what a container reports."""
        match report:
            case Created():
                self.standings.created(report.name)
            case Started():
                self._on_started(report)
            case HealthChanged():
                self._on_health(report)
            case NotStarted():
                self._on_not_started(report)
            case Ended():
                self._on_ended(report)
            case Lost():
                self._on_lost(report)
            case _:
                assert_never(report)

    def resumes(self, name: str, engine_id: str) -> None:
        """Note that a container runs that another process has started."""
        self._runs(name)
        if self._record.container(name).last_status is ContainerStatus.PENDING:
            self._record.container_started(name, engine_id)
        self._resources.endpoint.started(name)

    def expire(self, due: datetime) -> None:
        """Note the startTimeouts that have run out, whatever the clock shows by now."""
        self.standings.expire(due)

    def advance_if_running(self) -> None:
        """Enter RUNNING once every container runs or is past it, as the agent counts."""
        if self._record.task.last_status is TaskStatus.PENDING and self.standings.running:
            self._record.advance(TaskStatus.RUNNING, started_at=self._record.now())

    def end(self, name: str, *, exit_code: int | None = None, reason: str | None = None) -> None:
        """Note that a container ran and is over: the task with it, if it is essential."""
        cause = StopCode.ESSENTIAL_CONTAINER_EXITED, outcome.ESSENTIAL_EXITED
        self._stop(name, cause, ran=True, exit_code=exit_code, reason=reason)

    def abandon(self, name: str, reason: str = "") -> None:
        """Give up a container that will never start.

        With a reason its dependencies failed, for which ECS makes up an exit code.
        """
        if not reason:
            self._stop(name)
            return
        reason = f"CannotStartContainerError: {reason}"
        cause = StopCode.TASK_FAILED_TO_START, outcome.FAILED_TO_START
        self._stop(name, cause, exit_code=ABANDONED_EXIT_CODE, reason=reason)

    def fail_to_start(self, failure: CannotStartError) -> None:
        """Note that nothing of the task starts any more, and why."""
        launch_type = self._record.task.launch_type
        code, reason = outcome.task_failed_to_start(failure.reason, launch_type)
        if failure.container is None:
            # About the task itself: there is no container to whose reason it could stand.
            reason = failure.reason[: outcome.REASON_LIMIT]
        self._record.decide(code, reason)
        waiting = [n for n, s in self.standings.items() if s.phase is Phase.WAITING]
        for name in waiting:
            own = failure.reason if name == failure.container else None
            self.standings.stopped(name)
            self._record.container_stopped(name, reason=own)

    def _on_started(self, report: Started) -> None:
        name = report.name
        if self.standings[name].phase is Phase.STOPPED:
            # It was lost while the engine was starting it, and is removed with its task.
            report.noted.set()
            return
        restarted = self.standings[name].ran
        self._runs(name)
        if not restarted:
            self._record.container_started(name, report.container_id, self._bindings(report))
            self._note_address()
            self._resources.endpoint.started(name)
            self.advance_if_running()
        report.noted.set()

    def _runs(self, name: str) -> None:
        """Note that a container runs, and be told when its startTimeout runs out."""
        timers = self._shop.timers
        due = self.standings.started(name, timers.now())
        if due is not None:
            timers.at(due, partial(self._deadline_came, due))

    def _bindings(self, report: Started) -> "tuple[NetworkBinding, ...]":
        if self._record.task.task_definition.network_mode is NetworkMode.HOST:
            return host_bindings(self.definitions[report.name])
        return report.bindings or self._record.container(report.name).network_bindings

    def _note_address(self) -> None:
        """Note where an awsvpc task is in the network, once its first container runs."""
        task, namespace = self._record.task, self._resources.namespaces.shared
        awsvpc = task.task_definition.network_mode is NetworkMode.AWSVPC
        if namespace is None or not awsvpc or task.network_interface is not None:
            return
        try:
            address = namespace.address()
        except EngineError as error:
            message = f"task {task.id}: its address is not known: {error.message}"
            self._shop.bus.publish(Warned(message=message))
            return
        self._record.attached(
            network_interface(task, address.ip, address.mac),
            {n: bindings_of(c, address.bindings) for n, c in self.definitions.items()},
        )

    def _on_health(self, report: HealthChanged) -> None:
        name, status = report.name, report.status
        if self.standings[name].phase is not Phase.RUNNING:
            return
        self.standings.health(name, status)
        # Watched anew after an outage, or a restart, it is told once more what it was.
        if self._record.container(name).health_status is not status:
            self._record.health_changed(name, status)

    def _on_not_started(self, report: NotStarted) -> None:
        if self.standings[report.name].phase is Phase.STOPPED:
            # It was lost on its way to its start, and its end is told already.
            return
        if report.failure is None:
            self.abandon(report.name)
            return
        launch_type = self._record.task.launch_type
        reason = report.failure.reason(launch_type)
        if self.standings[report.name].ran:
            self.end(report.name, reason=reason)
            return
        cause = outcome.task_failed_to_start(reason, launch_type)
        self._stop(report.name, cause, reason=reason)

    def _on_ended(self, report: Ended) -> None:
        name, code = report.name, report.exit.exit_code
        if self._restart(name, code):
            return
        # Where memory is limited together, every container is told of the one that was killed.
        shared = self._resources.shares_limits(self._record.task)
        innocent = shared and self._containers.was_stopped(name)
        ended = report.exit._replace(oom_killed=False) if innocent else report.exit
        self.end(name, exit_code=code, reason=outcome.exit_reason(ended))

    def _restart(self, name: str, exit_code: int | None) -> bool:
        """Start a container again where its restart policy says so."""
        task, container = self._record.task, self._record.container(name)
        if container.started_at is None or not may_restart(
            self.definitions[name].restart_policy,
            exit_code=exit_code,
            running_since=container.started_at,
            now=self._record.now(),
            stopping=task.desired_status is TaskStatus.STOPPED,
        ):
            return False
        self._record.container_restarted(name)
        count = container.restart_count + 1
        message = f"container {name} exited with {exit_code} and is restarted (restart {count})"
        self._shop.bus.publish(Warned(message=f"task {task.id[:8]}: {message}"))
        self._containers.restart(name)
        return True

    def _on_lost(self, report: Lost) -> None:
        if self.standings[report.name].phase is not Phase.STOPPED:
            self.end(report.name, reason=report.reason)

    def _stop(
        self,
        name: str,
        cause: tuple[StopCode, str] | None = None,
        *,
        ran: bool = False,
        exit_code: int | None = None,
        reason: str | None = None,
    ) -> None:
        """Note that a container is over; of an essential one `cause` is why the task stops."""
        self.standings.stopped(name, ran=ran, exit_code=exit_code)
        stops = cause if self.definitions[name].essential else None
        self._record.container_stopped(name, exit_code=exit_code, reason=reason, cause=stops)
        self.advance_if_running()
