"""One task from PROVISIONING to STOPPED: carries out what `plan` and `lifecycle` decide.

::

    PROVISIONING -> PENDING -> RUNNING -> DEPROVISIONING -> STOPPED
         |             |           |
     waits for     images,     an essential container ends, StopTask, or nothing
     a start slot  namespace,  is left to run: the others are stopped
                   containers

A task that fails ends as a value: `execute` raises only on defects of this program.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, assert_never

from emulator.clock import Clock
from emulator.ecs import outcome
from emulator.ecs.container_run import ContainerRun, Ended, Lost, NotStarted, Report, Started
from emulator.ecs.images import ImageStore
from emulator.ecs.lifecycle import ABANDONED_EXIT_CODE, Phase, Standing, next_step
from emulator.ecs.namespace import PauseNamespace
from emulator.ecs.plan import Host, TaskPlan, join, plan_task
from emulator.engines.base import ContainerEngine, ContainerSpec, ImageUnavailableError
from emulator.errors import EngineError
from emulator.events import EventBus, LogEventsReceived, TaskStateChanged, Warned
from emulator.model.definitions import Local
from emulator.model.task import ContainerStatus, StopCode, Task, TaskContainer, TaskStatus
from emulator.model.task_definition import DependencyCondition

STOP_TIMEOUT: Final = 30
"""Seconds between SIGTERM and SIGKILL where the definition says nothing (ECS's default)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """What every task run works with."""

    engine: ContainerEngine
    images: ImageStore
    bus: EventBus
    clock: Clock
    local: Local
    host: Host
    missing_log_groups: Callable[[Task], list[str]] = lambda task: []


@dataclass(frozen=True, kw_only=True, slots=True)
class _StopAsked:
    code: StopCode
    reason: str
    kill: bool = False


class _CannotStart(Exception):  # noqa: N818 - control flow inside this module, not an error
    def __init__(self, reason: str, container: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.container = container


class TaskRun:
    """The life of one task. `execute` runs in one thread; `stop` and `kill` come from any."""

    def __init__(
        self, task: Task, workshop: Workshop, *, release_slot: Callable[[], None] = lambda: None
    ) -> None:
        self.task = task
        self._shop = workshop
        self._release_slot = release_slot
        self._containers = task.task_definition.container_definitions
        self._standings = {c.name: Standing() for c in self._containers}
        self._inbox: queue.SimpleQueue[Report | _StopAsked] = queue.SimpleQueue()
        self._runs: dict[str, ContainerRun] = {}
        self._stop_asked: set[str] = set()
        self._stopping = False
        self._deadlines: dict[str, float] = {}
        self._namespace: PauseNamespace | None = None
        self._volumes: list[str] = []

    def stop(self, reason: str, code: StopCode = StopCode.USER_INITIATED) -> None:
        """Ask for SIGTERM and, after each container's stop timeout, SIGKILL."""
        self._inbox.put(_StopAsked(code=code, reason=reason))

    def kill(self, reason: str, code: StopCode = StopCode.USER_INITIATED) -> None:
        """Ask for SIGKILL at once."""
        self._inbox.put(_StopAsked(code=code, reason=reason, kill=True))

    def execute(self) -> Task:
        """Run the task to its end, clean up after it, and return it STOPPED."""
        try:
            self._advance(last_status=TaskStatus.PENDING, connectivity_at=self._shop.clock())
            self._live(self._prepare())
        except _CannotStart as failure:
            self._fail_to_start(failure)
        finally:
            self._release_slot()
            self._advance(last_status=TaskStatus.DEPROVISIONING)
            self._clean_up()
            self._advance(last_status=TaskStatus.STOPPED, stopped_at=self._shop.clock())
        return self.task

    # -- before the containers -----------------------------------------------------------------

    def _prepare(self) -> TaskPlan:
        self._check_log_groups()
        definition = self.task.task_definition
        awsvpc = definition.network_mode == "awsvpc"
        try:
            pause_image = self._shop.engine.pause_image() if awsvpc else ""
            plan = plan_task(
                self.task, self._shop.local, self._shop.host, pause_image=pause_image
            )
            self._ensure_images(plan)
            for volume in plan.volumes:
                self._shop.engine.create_volume(volume, plan.labels)
                self._volumes.append(volume)
            if plan.pause is not None:
                self._namespace = PauseNamespace(self._shop.engine, plan.pause)
        except ImageUnavailableError:
            raise
        except EngineError as error:
            reason = f"ResourceInitializationError: {error.message}"
            raise _CannotStart(reason) from error
        return plan

    def _check_log_groups(self) -> None:
        if self._shop.missing_log_groups(self.task):
            raise _CannotStart(outcome.missing_log_group())

    def _ensure_images(self, plan: TaskPlan) -> None:
        self._advance(quiet=True, pull_started_at=self._shop.clock())
        digests = {}
        for container, spec in zip(self._containers, plan.containers, strict=True):
            try:
                image = self._shop.images.ensure(
                    spec.image, platform=spec.platform, before_pull=self._release_slot
                )
            except ImageUnavailableError as error:
                failure = outcome.pull_failure(spec.image, error.message)
                reason = failure.reason(self.task.launch_type)
                raise _CannotStart(reason, container.name) from error
            digests[container.name] = image.digest
        self._advance(
            quiet=True,
            pull_stopped_at=self._shop.clock(),
            containers=tuple(
                replace(c, image_digest=digests[c.name]) for c in self.task.containers
            ),
        )

    def _fail_to_start(self, failure: _CannotStart) -> None:
        now = self._shop.clock()
        containers = tuple(
            replace(
                container,
                last_status=ContainerStatus.STOPPED,
                reason=failure.reason if container.name == failure.container else None,
            )
            for container in self.task.containers
        )
        code, reason = outcome.task_failed_to_start(failure.reason, self.task.launch_type)
        self._decide(code, reason, containers=containers, execution_stopped_at=now)

    # -- while containers run ------------------------------------------------------------------

    def _live(self, plan: TaskPlan) -> None:
        specs = {c.name: s for c, s in zip(self._containers, plan.containers, strict=True)}
        while True:
            step = next_step(self._containers, self._standings, stopping=self._stopping)
            if step.over:
                return
            for name, reason in step.abandon:
                self._abandon(name, reason)
            for name in step.start:
                self._launch(name, specs[name])
            for name in step.stop:
                self._stop_container(name)
            if not step.abandon:
                self._receive()

    def _launch(self, name: str, spec: ContainerSpec) -> None:
        namespace = self._namespace
        run = ContainerRun(
            name,
            spec if namespace is None else join(spec, namespace.container_id),
            engine=self._shop.engine,
            launch_type=self.task.launch_type,
            ready=(lambda: None) if namespace is None else namespace.ready,
            report=self._inbox.put,
            output=self._deliver,
        )
        self._runs[name] = run
        self._standings[name] = Standing(phase=Phase.LAUNCHING)
        run.begin()

    def _deliver(self, name: str, messages: list[bytes]) -> None:
        container = next(c for c in self.task.containers if c.name == name)
        self._shop.bus.publish(
            LogEventsReceived(
                task=self.task, container=container, at=self._shop.clock(), messages=messages
            )
        )

    def _receive(self) -> None:
        """Wait for the next thing to happen, at most until a startTimeout runs out."""
        due = min(self._deadlines.values(), default=None)
        try:
            message = self._inbox.get(
                timeout=None if due is None else max(0.0, due - time.monotonic())
            )
        except queue.Empty:
            self._time_out()
            return
        match message:
            case Started():
                self._on_started(message)
            case NotStarted():
                self._on_not_started(message)
            case Ended():
                self._on_ended(message)
            case Lost():
                self._on_lost(message)
            case _StopAsked():
                self._on_stop_asked(message)
            case _:
                assert_never(message)
        if not any(s.phase is Phase.LAUNCHING for s in self._standings.values()):
            self._release_slot()

    def _time_out(self) -> None:
        now = time.monotonic()
        for name in [n for n, due in self._deadlines.items() if due <= now]:
            del self._deadlines[name]
            self._standings[name] = replace(self._standings[name], timed_out=True)

    def _on_started(self, message: Started) -> None:
        name, now = message.name, self._shop.clock()
        self._standings[name] = Standing(phase=Phase.RUNNING, ran=True)
        timeout = self._definition(name).start_timeout
        if timeout is not None and self._is_awaited(name):
            self._deadlines[name] = time.monotonic() + timeout
        self._change_container(
            name,
            last_status=ContainerStatus.RUNNING,
            runtime_id=message.container_id,
            started_at=now,
        )
        if all(s.ran for s in self._standings.values()) and self.task.started_at is None:
            self._advance(last_status=TaskStatus.RUNNING, started_at=now)

    def _on_not_started(self, message: NotStarted) -> None:
        reason = message.failure.reason(self.task.launch_type)
        self._end_container(message.name, Standing(phase=Phase.STOPPED), reason=reason)
        if self._definition(message.name).essential:
            code, text = outcome.task_failed_to_start(reason, self.task.launch_type)
            self._decide(code, text)

    def _on_ended(self, message: Ended) -> None:
        ended = message.exit
        standing = Standing(phase=Phase.STOPPED, ran=True, exit_code=ended.exit_code)
        if ended.exit_code is None and ended.started_at is None:
            standing = Standing(phase=Phase.STOPPED)
        self._end_container(
            message.name,
            standing,
            exit_code=ended.exit_code,
            reason=outcome.exit_reason(ended),
        )
        self._after_essential(message.name)

    def _on_lost(self, message: Lost) -> None:
        if self._standings[message.name].phase is Phase.STOPPED:
            return
        reason = f"CannotInspectContainerError: {message.message}"[: outcome.REASON_LIMIT]
        standing = Standing(phase=Phase.STOPPED, ran=True)
        self._end_container(message.name, standing, reason=reason)
        self._after_essential(message.name)

    def _after_essential(self, name: str) -> None:
        if self._definition(name).essential:
            self._decide(StopCode.ESSENTIAL_CONTAINER_EXITED, outcome.ESSENTIAL_EXITED)

    def _on_stop_asked(self, message: _StopAsked) -> None:
        self._stopping = True
        self._decide(message.code, message.reason)
        if message.kill:
            for run in self._runs.values():
                self._report_failure(run.kill, "killed")

    def _abandon(self, name: str, reason: str) -> None:
        """Give up a container that will never start; ECS makes up an exit code when it could not."""
        if not reason:
            self._end_container(name, Standing(phase=Phase.STOPPED))
            return
        self._end_container(
            name,
            Standing(phase=Phase.STOPPED),
            exit_code=ABANDONED_EXIT_CODE,
            reason=f"CannotStartContainerError: {reason}",
        )
        if self._definition(name).essential:
            self._decide(StopCode.TASK_FAILED_TO_START, outcome.FAILED_TO_START)

    def _stop_container(self, name: str) -> None:
        if name not in self._stop_asked:
            self._stop_asked.add(name)
            timeout = self._definition(name).stop_timeout
            self._runs[name].stop(timedelta(seconds=STOP_TIMEOUT if timeout is None else timeout))

    # -- the record ----------------------------------------------------------------------------

    def _definition(self, name: str) -> Any:
        return next(c for c in self._containers if c.name == name)

    def _is_awaited(self, name: str) -> bool:
        return any(
            d.container_name == name and d.condition is not DependencyCondition.START
            for c in self._containers
            for d in c.depends_on
        )

    def _end_container(self, name: str, standing: Standing, **changes: Any) -> None:
        self._standings[name] = standing
        self._deadlines.pop(name, None)
        now = self._shop.clock()
        self._change_container(
            name, last_status=ContainerStatus.STOPPED, stopped_at=now, **changes
        )
        if self._definition(name).essential and self.task.execution_stopped_at is None:
            self._advance(quiet=True, execution_stopped_at=now)

    def _change_container(self, name: str, **changes: Any) -> None:
        def changed(container: TaskContainer) -> TaskContainer:
            return replace(container, **changes) if container.name == name else container

        containers = tuple(changed(container) for container in self.task.containers)
        self._advance(quiet=len(containers) == 1, containers=containers)

    def _decide(self, code: StopCode, reason: str, **changes: Any) -> None:
        """Note why the task stops; the first cause stands."""
        if self.task.stop_code is None:
            now = self._shop.clock()
            quiet = code is not StopCode.USER_INITIATED
            self._advance(
                quiet=quiet,
                stop_code=code,
                stopped_reason=reason,
                desired_status=TaskStatus.STOPPED,
                stopping_at=now,
                **changes,
            )

    def _advance(self, *, quiet: bool = False, **changes: Any) -> None:
        """Change the record; a change that AWS sends an event for counts the version up."""
        version = self.task.version if quiet else self.task.version + 1
        self.task = replace(self.task, version=version, **changes)
        if not quiet:
            self._shop.bus.publish(TaskStateChanged(task=self.task, at=self._shop.clock()))

    # -- afterwards ----------------------------------------------------------------------------

    def _clean_up(self) -> None:
        """Remove everything the task left in the engine; the namespace meanwhile, it is slow."""
        pause = None
        if self._namespace is not None:
            remove = self._namespace.remove
            pause = threading.Thread(
                target=self._report_failure, args=(remove, "removed"), name="pause removal"
            )
            pause.start()
        for run in self._runs.values():
            self._report_failure(run.remove, "removed")
        if pause is not None:
            pause.join()
        for volume in self._volumes:
            self._report_failure(lambda v=volume: self._shop.engine.remove_volume(v), "removed")

    def _report_failure(self, action: Callable[[], None], what: str) -> None:
        try:
            action()
        except EngineError as error:
            message = (
                f"task {self.task.id}: something of it could not be {what}: {error.message}; "
                "`ecs-local down` removes what is left"
            )
            self._shop.bus.publish(Warned(message=message))
