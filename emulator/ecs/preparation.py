"""What must stand before a task's containers can start: log groups, images, volumes, namespace.

And its undoing: `TaskResources.remove` leaves nothing of a task in the engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from emulator.ecs.container_run import ContainerRun
from emulator.ecs.endpoint_of_task import EndpointOfTask
from emulator.ecs.holdings import Holdings
from emulator.ecs.images import Pull
from emulator.ecs.local_differences import (
    look_for_log_groups,
    say_limits_differ,
    say_links_differ,
)
from emulator.ecs.namespace import TaskNamespaces
from emulator.ecs.plan import TaskPlan, plan_task
from emulator.ecs.plan_environment import Surroundings
from emulator.ecs.plan_limits import wants_group
from emulator.ecs.plan_network import PortKey
from emulator.ecs.plan_pause import needs_pause
from emulator.ecs.surroundings import surroundings
from emulator.ecs.task_images import TaskImages
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.engines.base import ImageInfo
from emulator.errors import EngineError, EngineUnavailableError
from emulator.events import Warned
from emulator.model.task import Task
from emulator.workers import in_thread_or_here

if TYPE_CHECKING:
    from emulator.ecs.adoption import Remains


@dataclass(eq=False, kw_only=True, slots=True)
class TaskResources:
    """What one task holds in the engine, and on this machine."""

    workshop: Workshop
    containers: dict[str, ContainerRun] = field(default_factory=dict)
    endpoint: EndpointOfTask = field(init=False)
    _task_id: str = ""
    _holdings: Holdings = field(init=False)
    _ports: Mapping[PortKey, int] | None = None

    def __post_init__(self) -> None:
        self._holdings = Holdings(self.workshop.engine, self.workshop.outage)
        self.endpoint = EndpointOfTask(self.workshop, self.namespaces, self.containers)

    @property
    def namespaces(self) -> TaskNamespaces:
        """The namespaces that the task's containers join."""
        return self._holdings.namespaces

    def prepare(
        self,
        record: TaskRecord,
        pulling: Callable[[Pull], ImageInfo],
        *,
        on_record: Callable[[], None],
        given_up: Callable[[], bool],
    ) -> TaskPlan:
        """Make everything but the containers. Raises `CannotStartError`, and what `pulling` does.

        Nothing is made in the engine until all images are here and `on_record` has returned: the
        record is written meanwhile. An engine that goes away is waited for until `given_up`.
        """
        look_for_log_groups(record.task, self.workshop)
        try:
            around = surroundings(record.task, self.workshop)
            self.endpoint.open(lambda: record.task)
            maker = self._holdings.maker(given_up)
            planned = maker.through(lambda: self._plan(record.task, around))
            images = TaskImages(shop=self.workshop, record=record)
            plan = maker.through(lambda: images.bring(planned, pulling))
            on_record()
            self._holdings.create(plan, given_up)
        except EngineError as error:
            reason = f"ResourceInitializationError: {error.message}"
            raise CannotStartError(reason) from error
        return plan

    def prewarm(self, task: Task) -> bool:
        """Make the shared namespace of a task that is not due yet; return whether it stands.

        `prepare` makes the rest when the task has come. Raises `EngineError`.
        """
        self.endpoint.open(lambda: task)
        pause = self._plan(task, {}).pause
        # What is made ahead waits for no engine: the task makes it, too.
        self.namespaces.create(pause, {}, lambda: True)
        return self.namespaces.stands()

    def take_over(self, record: TaskRecord, remains: "Remains") -> None:
        """Hold what another process made for the task."""
        task = record.task
        self._task_id = task.id
        self._holdings.take_over(task, remains, group=self.shares_limits(task))
        if remains.pause is not None:
            # What owns the network stands, with the ports that it has.
            self._ports = {}
        self.endpoint.reopen(lambda: record.task)
        for container in remains.containers.values():
            if container.never_started:
                self._attempt(partial(self.workshop.engine.remove, container.id))

    def shares_limits(self, task: Task) -> bool:
        """Return whether the task's containers are limited together."""
        return wants_group(task) and self.workshop.host.no_groups is None

    def plan_rest(self, task: Task, remains: "Remains") -> TaskPlan:
        """Return the plan of a task some of whose containers are there already.

        Raises `CannotStartError`.
        """
        names = {n: c.name for n, c in remains.containers.items() if not c.never_started}
        try:
            return self._plan(task, surroundings(task, self.workshop), names)
        except EngineError as error:
            reason = f"ResourceInitializationError: {error.message}"
            raise CannotStartError(reason) from error

    def remove(self) -> None:
        """Remove everything from the engine; what cannot be removed is reported by name."""
        # Tearing a network namespace down takes as long as all the rest.
        pauses = [
            in_thread_or_here(partial(self._attempt, removal), "pause removal")
            for removal in self.namespaces.removals()
        ]
        for container in self.containers.values():
            self._attempt(container.remove)
        self.endpoint.close()
        for wait in pauses:
            wait()
        for removal in self._holdings.last_removals():
            self._attempt(removal)
        self.workshop.ports.release(self._task_id)

    def _plan(
        self,
        task: Task,
        around: Mapping[str, Surroundings],
        names: Mapping[str, str] | None = None,
    ) -> TaskPlan:
        shop, definition = self.workshop, task.task_definition
        self._task_id = task.id
        handover = self.endpoint.directory
        pauses = needs_pause(definition) or handover is not None
        image = shop.engine.pause_image() if pauses else ""
        if self._ports is None:
            self._ports = shop.ports.choose(task.id, definition)
        say_limits_differ(task, shop)
        if self.endpoint.is_open():
            say_links_differ(task, shop)
        return plan_task(
            task,
            shop.local,
            shop.host,
            pause_image=image,
            ports=self._ports,
            names=names,
            around=self.endpoint.added_to(around),
            handover=handover,
        )

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            _insist(action)
        except EngineError as error:
            is_ = "may be" if isinstance(error, EngineUnavailableError) else "is"
            message = (
                f"something of a task {is_} left in the engine: {error.message}; "
                "`ecs-local down` removes it"
            )
            self.workshop.bus.publish(Warned(message=message))


def _insist(action: Callable[[], None]) -> None:
    """Do something that may be done twice: a connection may break alone, and not for long."""
    try:
        action()
    except EngineUnavailableError:
        action()
