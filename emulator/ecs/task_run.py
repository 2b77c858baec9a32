"""One task from PROVISIONING to STOPPED: carries out what `plan` and `lifecycle` decide.

::

    PROVISIONING -> PENDING -> RUNNING -> DEPROVISIONING -> STOPPED
         |             |           |
     waits for     images,     until an essential container ends or StopTask is
     a start slot  namespace,  called; then the others are stopped
                   containers

A task that fails ends as a value: `execute` raises only on defects of this program.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, assert_never

from emulator.activity import Mailbox
from emulator.ecs import outcome
from emulator.ecs.adoption import GONE, Remains, was_stopping
from emulator.ecs.container_run import (
    ContainerRun,
    Created,
    Ended,
    HealthChanged,
    Lost,
    NotStarted,
    Report,
    Started,
)
from emulator.ecs.identity import network_interface
from emulator.ecs.images import Pull
from emulator.ecs.lifecycle import ABANDONED_EXIT_CODE, Phase, next_step
from emulator.ecs.output import ContainerOutput
from emulator.ecs.plan import TaskPlan
from emulator.ecs.plan_network import bindings_of, host_bindings
from emulator.ecs.preparation import TaskResources
from emulator.ecs.restarts import may_restart
from emulator.ecs.standings import Standings
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.engines.base import ImageInfo, ImageUnavailableError
from emulator.engines.spec import ContainerSpec
from emulator.errors import EngineError
from emulator.events import Warned
from emulator.model.log_position import START, LogPosition
from emulator.model.networking import NetworkBinding
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.model.task_definition import NetworkMode

STOP_TIMEOUT: Final = 30
"""Seconds between SIGTERM and SIGKILL where the definition says nothing (ECS's default)."""


PROGRAM_FAILED: Final = "ecs-local failed: its program log says how"


@dataclass(frozen=True, kw_only=True, slots=True)
class StopAsked:
    """Somebody wants the task to stop; `kill` at once, without SIGTERM."""

    code: StopCode
    reason: str
    kill: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pulled:
    """A pull is over: with an image, or an error."""

    result: ImageInfo | EngineError


@dataclass(frozen=True, kw_only=True, slots=True)
class _DeadlineCame:
    """A startTimeout may have run out."""


class _StoppedWhilePullingError(Exception):
    """The task was asked to stop, and nobody waits for its image any more."""


_Message = Report | StopAsked | _Pulled | _DeadlineCame


class TaskRun:
    """The life of one task. `execute` runs in one thread; `ask_stop` comes from any.

    With `remains` the task is one that another process began, and goes on from there. `recorded`
    blocks until the task as it is now is on record; `resources` are what was made ahead of it.
    """

    def __init__(
        self,
        task: Task,
        workshop: Workshop,
        remains: Remains | None = None,
        *,
        recorded: Callable[[Task], None] = lambda _task: None,
        resources: TaskResources | None = None,
    ) -> None:
        self._shop = workshop
        self._remains = remains
        self._recorded = recorded
        self._record = TaskRecord(task, workshop.bus, workshop.clock)
        self._resources = resources or TaskResources(workshop=workshop)
        self._definitions = {c.name: c for c in task.task_definition.container_definitions}
        self._standings = Standings(self._definitions.values())
        self.stop_asked = False
        self._activity = workshop.timers.activity
        self._inbox: Mailbox[_Message] = Mailbox(self._activity)
        self._stop_sent: set[str] = set()
        self._stopping = False
        self._killing = False
        self._pulled: _Pulled | None = None
        self._memory_shared = False
        self._outputs: list[ContainerOutput] = []

    @property
    def task(self) -> Task:
        """The task's present value."""
        return self._record.task

    def ask_stop(self, ask: StopAsked) -> None:
        """Ask the task to stop; returns at once."""
        self.stop_asked = True
        self._inbox.put(ask)

    def execute(self, release_slot: Callable[[], None] = lambda: None) -> Task:
        """Run the task to its end, clean up after it, and return it STOPPED.

        `release_slot` is called, perhaps repeatedly, once the task is past its start.
        """
        record = self._record
        try:
            if self._remains is not None:
                self._live(self._take_over(self._remains), release_slot)
            else:
                self._begin(release_slot)
        except _StoppedWhilePullingError:
            self._never_start()
        except CannotStartError as failure:
            self._fail_to_start(failure)
        except Exception:
            # A defect of this program: also then the task has an end that says why.
            record.decide(StopCode.TERMINATION_NOTICE, PROGRAM_FAILED)
            raise
        finally:
            release_slot()
            record.advance(TaskStatus.DEPROVISIONING)
            # A kill after this must not leave a record of containers that have yet to start.
            self._recorded(self.task)
            self._resources.remove()
            for output in self._outputs:
                output.close()
            record.advance(TaskStatus.STOPPED, stopped_at=record.now())
        return record.task

    def _begin(self, release_slot: Callable[[], None]) -> None:
        record = self._record
        record.advance(TaskStatus.PENDING, connectivity_at=record.now())
        self._receive_waiting()
        if self._stopping:
            self._never_start()
        else:
            plan = self._prepare(release_slot)
            self._live(dict(zip(self._definitions, plan.containers, strict=True)), release_slot)

    def _take_over(self, remains: Remains) -> dict[str, ContainerSpec]:
        """Go on with what there is; return how to create what there is not yet."""
        self._resources.take_over(self._record, remains)
        self._stopping = was_stopping(self.task)
        for name in self._definitions:
            self._take_over_container(name, remains)
        self._advance_if_running()
        if all(standing.phase is not Phase.WAITING for standing in self._standings.values()):
            return {}
        plan = self._resources.plan_rest(self.task, remains)
        return dict(zip(self._definitions, plan.containers, strict=True))

    def _take_over_container(self, name: str, remains: Remains) -> None:
        known, found = self._record.container(name), remains.started(name)
        definition = self._definitions[name]
        run = self._container_run(
            name,
            ContainerSpec(
                name=name,
                image=definition.image,
                tty=definition.pseudo_terminal,
                health_check=definition.health_check,
            ),
            remains.positions.get(name, START),
        )
        if known.last_status is ContainerStatus.STOPPED:
            self._standings.stopped(
                name, ran=known.started_at is not None, exit_code=known.exit_code
            )
            if found is not None:
                run.belongs(found.id)
        elif found is not None:
            self._note_start(name)
            if known.last_status is ContainerStatus.PENDING:
                self._record.container_started(name, found.id, ())
            self._resources.started(name)
            run.resume(found.id)
        elif known.last_status is ContainerStatus.RUNNING:
            self._end(name, ran=True, reason=GONE)
            self._decide_if_essential(name)

    def _prepare(self, release_slot: Callable[[], None]) -> TaskPlan:
        def pulling(pull: Pull) -> ImageInfo:
            release_slot()
            return self._pull(pull)

        # A kill must leave nothing behind that no record tells of.
        return self._resources.prepare(
            self._record, pulling, on_record=lambda: self._recorded(self.task)
        )

    def _pull(self, pull: Pull) -> ImageInfo:
        """Pull in a thread of its own: a registry may take minutes, and a stop must not wait."""

        def work() -> None:
            try:
                self._inbox.put(_Pulled(result=pull()))
            except EngineError as error:
                self._inbox.put(_Pulled(result=error))
            except BaseException as error:
                # A mistake of ours, which the thread shows; the task must not wait for ever.
                broken = ImageUnavailableError(f"{type(error).__name__}: {error}")
                self._inbox.put(_Pulled(result=broken))
                raise

        self._pulled = None
        self._activity.thread(work, "pull")
        while self._pulled is None:
            self._receive()
            if self._stopping:
                raise _StoppedWhilePullingError
        if isinstance(self._pulled.result, EngineError):
            raise self._pulled.result
        return self._pulled.result

    def _fail_to_start(self, failure: CannotStartError) -> None:
        code, reason = outcome.task_failed_to_start(failure.reason, self.task.launch_type)
        if failure.container is None:
            # About the task itself: there is no container to whose reason it could stand.
            reason = failure.reason[: outcome.REASON_LIMIT]
        self._record.decide(code, reason)
        for name in self._definitions:
            own = failure.reason if name == failure.container else None
            self._record.container_stopped(name, reason=own)

    def _never_start(self) -> None:
        for name in self._definitions:
            self._end(name)

    def _live(self, specs: dict[str, ContainerSpec], release_slot: Callable[[], None]) -> None:
        containers = tuple(self._definitions.values())
        self._memory_shared = self._resources.shares_limits(self.task)
        self._receive_waiting()
        while True:
            step = next_step(containers, self._standings, stopping=self._stopping)
            if step.over:
                return
            for name, reason in step.abandon:
                self._abandon(name, reason)
            for name in step.start:
                self._launch(name, specs[name])
            for name in step.stop:
                self._stop_container(name)
            if not self._standings.launching:
                release_slot()
            if not step.abandon:
                self._receive()

    def _launch(self, name: str, spec: ContainerSpec) -> None:
        spec = self._resources.namespaces.joined(name, spec, self.task.task_definition)
        self._standings.launch(name)
        self._container_run(name, spec, START).begin()

    def _container_run(self, name: str, spec: ContainerSpec, position: LogPosition) -> ContainerRun:
        shop, namespaces = self._shop, self._resources.namespaces
        output = ContainerOutput(
            self._definitions[name], self._record, shop.bus, shop.timers, position=position
        )
        self._outputs.append(output)
        run = ContainerRun(
            name,
            spec,
            engine=shop.engine,
            launch_type=self.task.launch_type,
            ready=lambda: namespaces.ready(name),
            report=self._inbox.put,
            output=output.pipeline,
            clock=shop.clock,
            outage=shop.outage,
            activity=self._activity,
        )
        self._resources.containers[name] = run
        return run

    def _stop_container(self, name: str) -> None:
        if name not in self._stop_sent:
            self._stop_sent.add(name)
            timeout = self._definitions[name].stop_timeout
            seconds = STOP_TIMEOUT if timeout is None else timeout
            if self._killing:
                seconds = 0
            self._resources.containers[name].stop(timedelta(seconds=seconds))

    def _abandon(self, name: str, reason: str) -> None:
        """Give up a container that will never start.

        With a reason its dependencies failed, for which ECS makes up an exit code.
        """
        if not reason:
            self._end(name)
            return
        reason = f"CannotStartContainerError: {reason}"
        self._end(name, exit_code=ABANDONED_EXIT_CODE, reason=reason)
        if self._definitions[name].essential:
            self._record.decide(StopCode.TASK_FAILED_TO_START, outcome.FAILED_TO_START)

    def _receive_waiting(self) -> None:
        """Take in what was asked before there was a container to stop."""
        while not self._inbox.empty():
            self._receive()

    def _receive(self) -> None:
        """Wait for the next thing to happen, and take it in."""
        message = self._inbox.get()
        match message:
            case Created():
                self._standings.created(message.name)
            case Started():
                self._on_started(message)
            case HealthChanged():
                self._on_health(message)
            case NotStarted():
                self._on_not_started(message)
            case Ended():
                self._on_ended(message)
            case Lost():
                self._on_lost(message)
            case StopAsked():
                self._on_stop_asked(message)
            case _Pulled():
                self._pulled = message
            case _DeadlineCame():
                self._standings.expire(self._shop.timers.now())
            case _:
                assert_never(message)

    def _on_started(self, message: Started) -> None:
        name = message.name
        restarted = self._standings[name].ran
        self._note_start(name)
        if not restarted:
            self._record.container_started(name, message.container_id, self._bindings(message))
            self._note_address()
            self._resources.started(name)
            self._advance_if_running()
        message.noted.set()

    def _note_start(self, name: str) -> None:
        """Note that a container runs, and be told when its startTimeout runs out."""
        timers = self._shop.timers
        due = self._standings.started(name, timers.now())
        if due is not None:
            timers.at(due, lambda: self._inbox.put(_DeadlineCame()))

    def _advance_if_running(self) -> None:
        """Enter RUNNING once every container runs or is past it, as the agent counts."""
        if self.task.last_status is TaskStatus.PENDING and self._standings.running:
            self._record.advance(TaskStatus.RUNNING, started_at=self._record.now())

    def _bindings(self, message: Started) -> tuple[NetworkBinding, ...]:
        if self.task.task_definition.network_mode is NetworkMode.HOST:
            return host_bindings(self._definitions[message.name])
        return message.bindings or self._record.container(message.name).network_bindings

    def _note_address(self) -> None:
        """Note where an awsvpc task is in the network, once its first container runs."""
        namespace = self._resources.namespaces.shared
        awsvpc = self.task.task_definition.network_mode is NetworkMode.AWSVPC
        if namespace is None or not awsvpc or self.task.network_interface is not None:
            return
        try:
            address = namespace.address()
        except EngineError as error:
            message = f"task {self.task.id}: its address is not known: {error.message}"
            self._shop.bus.publish(Warned(message=message))
            return
        interface = network_interface(self.task, address.ip, address.mac)
        self._record.attached(
            interface,
            {n: bindings_of(c, address.bindings) for n, c in self._definitions.items()},
        )

    def _on_health(self, message: HealthChanged) -> None:
        if self._standings[message.name].phase is Phase.RUNNING:
            self._standings.health(message.name, message.status)
            self._record.health_changed(message.name, message.status)

    def _on_not_started(self, message: NotStarted) -> None:
        reason = message.failure.reason(self.task.launch_type)
        ran = self._standings[message.name].ran
        self._end(message.name, reason=reason, ran=ran)
        if ran:
            self._decide_if_essential(message.name)
        elif self._definitions[message.name].essential:
            self._record.decide(*outcome.task_failed_to_start(reason, self.task.launch_type))

    def _on_ended(self, message: Ended) -> None:
        name, code = message.name, message.exit.exit_code
        if self._restart(name, code):
            return
        # Where memory is limited together, every container is told of the one that was killed.
        innocent = self._memory_shared and name in self._stop_sent
        ended = replace(message.exit, oom_killed=False) if innocent else message.exit
        self._end(name, ran=True, exit_code=code, reason=outcome.exit_reason(ended))
        self._decide_if_essential(name)

    def _restart(self, name: str, exit_code: int | None) -> bool:
        """Start a container again where its restart policy says so."""
        container = self._record.container(name)
        if container.started_at is None or not may_restart(
            self._definitions[name].restart_policy,
            exit_code=exit_code,
            running_since=container.started_at,
            now=self._record.now(),
            stopping=self.task.desired_status is TaskStatus.STOPPED,
        ):
            return False
        self._record.container_restarted(name)
        count = container.restart_count + 1
        message = f"container {name} exited with {exit_code} and is restarted (restart {count})"
        self._shop.bus.publish(Warned(message=f"task {self.task.id[:8]}: {message}"))
        self._resources.containers[name].restart()
        return True

    def _on_lost(self, message: Lost) -> None:
        if self._standings[message.name].phase is not Phase.STOPPED:
            reason = f"CannotInspectContainerError: {message.message}"
            self._end(message.name, ran=True, reason=reason[: outcome.REASON_LIMIT])
            self._decide_if_essential(message.name)

    def _on_stop_asked(self, message: StopAsked) -> None:
        self._stopping = True
        self._record.decide(message.code, message.reason)
        if message.kill:
            self._killing = True
            self._resources.kill()

    def _decide_if_essential(self, name: str) -> None:
        if self._definitions[name].essential:
            self._record.decide(StopCode.ESSENTIAL_CONTAINER_EXITED, outcome.ESSENTIAL_EXITED)

    def _end(
        self,
        name: str,
        *,
        ran: bool = False,
        exit_code: int | None = None,
        reason: str | None = None,
    ) -> None:
        self._standings.stopped(name, ran=ran, exit_code=exit_code)
        self._record.container_stopped(name, exit_code=exit_code, reason=reason)
        self._advance_if_running()
