"""What must stand before a task's containers can start: log groups, images, volumes, namespace.

And its undoing: `TaskResources.remove` leaves nothing of a task in the engine.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from emulator.ecs import outcome
from emulator.ecs.adoption import Remains
from emulator.ecs.container_run import ContainerRun
from emulator.ecs.container_statistics import Gauge
from emulator.ecs.endpoint_choice import TURNED_OFF, why_no_endpoint
from emulator.ecs.endpoints import TaskEndpoint
from emulator.ecs.environment_files import EnvironmentFileError, read_environment_files
from emulator.ecs.identity import group_name
from emulator.ecs.images import Pull
from emulator.ecs.namespace import TaskNamespaces
from emulator.ecs.plan import TaskPlan, plan_task
from emulator.ecs.plan_environment import Surroundings
from emulator.ecs.plan_limits import wants_group
from emulator.ecs.plan_network import PortKey
from emulator.ecs.plan_pause import needs_pause
from emulator.ecs.plan_volumes import PlannedDirectory, PlannedVolume
from emulator.ecs.secret_values import SecretValues
from emulator.ecs.task_images import TaskImages
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.task_secrets import SecretsMissingError, task_secrets
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.engines.base import ImageInfo
from emulator.errors import EngineError
from emulator.events import Warned
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode


@dataclass(kw_only=True, slots=True)
class TaskResources:
    """What one task holds in the engine."""

    workshop: Workshop
    volumes: list[str] = field(default_factory=list)
    group: str | None = None
    task_id: str = ""
    containers: dict[str, ContainerRun] = field(default_factory=dict)
    endpoint: TaskEndpoint | None = None
    namespaces: TaskNamespaces = field(init=False)
    _awsvpc: bool = False
    _task: Callable[[], Task] | None = None
    _ports: Mapping[PortKey, int] | None = None
    _gauge: Gauge = field(init=False)

    def __post_init__(self) -> None:
        self.namespaces = TaskNamespaces(self.workshop.engine)
        self._gauge = Gauge(self.workshop.engine)

    def prepare(
        self,
        record: TaskRecord,
        pulling: Callable[[Pull], ImageInfo],
        *,
        on_record: Callable[[], None],
    ) -> TaskPlan:
        """Make everything but the containers. Raises `CannotStartError`, and what `pulling` does.

        Nothing is made in the engine until all images are here and `on_record` has returned: the
        record is written meanwhile.
        """
        self._look_for_log_groups(record.task)
        self._task = lambda: record.task
        try:
            around = self._around(record.task)
            self._open_endpoint(record.task)
            plan = self._plan(record.task, around)
            plan = TaskImages(self.workshop, record, self._hint).bring(plan, pulling)
            on_record()
            self._create(plan)
        except EngineError as error:
            reason = f"ResourceInitializationError: {error.message}"
            raise CannotStartError(reason) from error
        return plan

    def prewarm(self, task: Task) -> bool:
        """Make the shared namespace of a task that is not due yet; return whether it stands.

        `prepare` makes the rest when the task has come. Raises `EngineError`.
        """
        self._task = lambda: task
        self._open_endpoint(task)
        pause = self._plan(task, {}).pause
        self.namespaces.create(pause, {})
        return self.namespaces.stands()

    def _look_for_log_groups(self, task: Task) -> None:
        for missing in self.workshop.missing_log_groups(task):
            if missing.fatal:
                reason = outcome.missing_log_group(task.launch_type)
                raise CannotStartError(reason, missing.container)
            self.workshop.notices.once(
                f"the log group {missing.log_group} does not exist: what container "
                f"{missing.container} says would be lost on AWS, and is kept here"
            )

    def take_over(self, record: TaskRecord, remains: Remains) -> None:
        """Hold what another process made for the task."""
        engine, task = self.workshop.engine, record.task
        self.task_id = task.id
        self._task = lambda: record.task
        self.namespaces.take_over(remains)
        self._reopen_endpoint(task)
        self.volumes.extend(remains.volumes)
        if self.shares_limits(task):
            self.group = group_name(task.id)
        for container in remains.containers.values():
            if container.never_started:
                self._attempt(partial(engine.remove, container.id))

    def started(self, name: str) -> None:
        """Take in that the task's record says of a container that it runs."""
        if self.endpoint is not None:
            self.endpoint.started(name)

    def shares_limits(self, task: Task) -> bool:
        """Return whether the task's containers are limited together."""
        return wants_group(task) and self.workshop.host.no_groups is None

    def plan_rest(self, task: Task, remains: Remains) -> TaskPlan:
        """Return the plan of a task some of whose containers are there already.

        Raises `CannotStartError`.
        """
        names = {n: c.name for n, c in remains.containers.items() if not c.never_started}
        try:
            return self._plan(task, self._around(task), names)
        except EngineError as error:
            reason = f"ResourceInitializationError: {error.message}"
            raise CannotStartError(reason) from error

    def remove(self) -> None:
        """Remove everything from the engine; what cannot be removed is reported by name."""
        # Tearing a network namespace down takes as long as all the rest.
        pauses = [
            threading.Thread(target=self._attempt, args=(removal,))
            for removal in self.namespaces.removals()
        ]
        for pause in pauses:
            pause.start()
        for container in self.containers.values():
            self._attempt(container.remove)
        if self.endpoint is not None:
            self.endpoint.close()
        for pause in pauses:
            pause.join()
        for volume in self.volumes:
            self._attempt(partial(self.workshop.engine.remove_volume, volume))
        if self.group is not None:
            self._attempt(partial(self.workshop.engine.remove_group, self.group))
        self.workshop.ports.release(self.task_id)

    def kill(self) -> None:
        """Send SIGKILL to every container."""
        for container in self.containers.values():
            self._attempt(container.kill)

    def _around(self, task: Task) -> dict[str, Surroundings]:
        """Return what environments get from files and secrets. Raises `CannotStartError`."""
        shop, definition = self.workshop, task.task_definition
        try:
            secrets = task_secrets(
                definition,
                SecretValues(shop.local, shop.environ),
                task.launch_type,
                task.region,
            )
            return {
                c.name: Surroundings(
                    files=read_environment_files(c.environment_files, shop.local),
                    secrets=secrets[c.name],
                )
                for c in definition.container_definitions
            }
        except SecretsMissingError as missing:
            self._hint(task, *missing.hints)
            raise CannotStartError(missing.reason) from missing
        except EnvironmentFileError as missing:
            self._hint(task, missing.hint)
            raise CannotStartError(missing.reason(task.launch_type)) from missing

    def _open_endpoint(self, task: Task) -> None:
        """Open the endpoint that the task's containers ask for metadata and credentials."""
        shop, definition = self.workshop, task.task_definition
        self._awsvpc = definition.network_mode is NetworkMode.AWSVPC
        why = why_no_endpoint(definition, shop.local, here=shop.endpoints is not None)
        if why is None and self.endpoint is None:
            self._serve_endpoint(task)
        elif why is not None and definition.task_role_arn and why != TURNED_OFF:
            shop.notices.once(f"a task with a role gets no credentials from ecs-local: {why}")

    def _reopen_endpoint(self, task: Task) -> None:
        """Serve the endpoint that another process opened, where there was one."""
        endpoints = self.workshop.endpoints
        self._awsvpc = task.task_definition.network_mode is NetworkMode.AWSVPC
        if endpoints is not None and endpoints.left(task.id):
            self._serve_endpoint(task, "cannot have its metadata endpoint again")

    def _serve_endpoint(self, task: Task, trouble: str = "has no metadata endpoint") -> None:
        endpoints = self.workshop.endpoints
        assert endpoints is not None
        try:
            self.endpoint = endpoints.open(
                self._present_task,
                self._statistics,
                self.namespaces.address,
            )
        except OSError as error:
            message = f"task {task.id[:8]} {trouble}: {error}"
            self.workshop.bus.publish(Warned(message=message))

    def _present_task(self) -> Task:
        assert self._task is not None
        return self._task()

    def _statistics(self, names: Collection[str]) -> Mapping[str, Mapping[str, Any] | None]:
        ids = {n: r.container_id for n, r in self.containers.items() if n in names}
        networks = self.namespaces.networks(names, shared=self._awsvpc)
        return self._gauge.read({n: ids.get(n) for n in names}, networks)

    def _hint(self, task: Task, *hints: str) -> None:
        """Say what to do about a task that cannot start: its reason has AWS's words only."""
        for hint in hints:
            message = f"task {task.id[:8]} cannot start: {hint}"
            self.workshop.bus.publish(Warned(message=message))

    def _plan(
        self,
        task: Task,
        around: Mapping[str, Surroundings],
        names: Mapping[str, str] | None = None,
    ) -> TaskPlan:
        shop, definition, endpoint = self.workshop, task.task_definition, self.endpoint
        self.task_id = task.id
        directory = None if endpoint is None else endpoint.directory
        pauses = needs_pause(definition) or directory is not None
        image = shop.engine.pause_image() if pauses else ""
        if self._ports is None:
            self._ports = shop.ports.choose(task.id, definition)
        self._say_what_differs(task)
        return plan_task(
            task,
            shop.local,
            shop.host,
            pause_image=image,
            ports=self._ports,
            names=names,
            around=around if endpoint is None else _with_endpoint(around, endpoint),
            handover=directory,
        )

    def _say_what_differs(self, task: Task) -> None:
        host, once = self.workshop.host, self.workshop.notices.once
        if host.no_groups is not None and wants_group(task):
            once(
                "cpu and memory of a task of several containers are a limit of each of them here, "
                f"not of all together: {host.no_groups}"
            )

        links = any(c.links for c in task.task_definition.container_definitions)
        if links and self.endpoint is not None:
            once(
                "in network mode bridge, containers with an endpoint know those they link to by "
                "name only: the variables that Docker's links set are missing"
            )

    def _create(self, plan: TaskPlan) -> None:
        engine = self.workshop.engine
        if not self.namespaces.stands():
            self.namespaces.create(plan.pause, plan.own_pauses)
        for planned in plan.volumes.values():
            match planned:
                case PlannedVolume():
                    self._create_volume(planned)
                case PlannedDirectory():
                    _make(planned)
        if plan.group is not None:
            group = plan.group
            engine.create_group(
                group.name, memory_bytes=group.memory_bytes, nano_cpus=group.nano_cpus
            )
            self.group = group.name

    def _create_volume(self, volume: PlannedVolume) -> None:
        self.workshop.engine.create_volume(
            volume.name, volume.labels, driver=volume.driver, driver_opts=volume.driver_opts
        )
        if not volume.shared:
            self.volumes.append(volume.name)

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except EngineError as error:
            message = (
                f"something of a task is left in the engine: {error.message}; "
                "`ecs-local down` removes it"
            )
            self.workshop.bus.publish(Warned(message=message))


def _with_endpoint(
    around: Mapping[str, Surroundings], endpoint: TaskEndpoint
) -> dict[str, Surroundings]:
    return {name: replace(own, injected=endpoint.environment(name)) for name, own in around.items()}


def _make(directory: PlannedDirectory) -> None:
    """Make a directory that stands for a file system. Raises `CannotStartError`."""
    path = Path(directory.path)
    try:
        if not path.exists():
            path.mkdir(parents=True)
            if directory.open_to_all:
                # An access point lets its containers write, whoever they run as.
                path.chmod(0o777)
    except OSError as error:
        reason = (
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS "
            f"volumes: stderr: {path}: {error.strerror}"
        )
        raise CannotStartError(reason) from error
