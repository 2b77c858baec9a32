"""Whether a task has an endpoint: opened before its containers, or again for those left behind."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from emulator.ecs.container_run import ContainerRun
from emulator.ecs.endpoint_choice import why_no_endpoint
from emulator.ecs.local_differences import say_no_endpoint
from emulator.ecs.namespace import TaskNamespaces
from emulator.ecs.plan_environment import Surroundings
from emulator.ecs.workshop import Workshop
from emulator.events import Warned
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode
from emulator.workers import NoThreadError

if TYPE_CHECKING:
    from emulator.ecs.container_statistics import Gauge
    from emulator.ecs.task_endpoint import TaskEndpoint


class EndpointOfTask:
    """The endpoint of one task, once it is opened, if the task has one.

    It answers from the task's present value, and from what runs in `containers`.
    """

    def __init__(
        self,
        workshop: Workshop,
        namespaces: TaskNamespaces,
        containers: Mapping[str, ContainerRun],
    ) -> None:
        self._shop = workshop
        self._namespaces = namespaces
        self._containers = containers
        self._gauge: Gauge | None = None
        self._endpoint: TaskEndpoint | None = None
        self._task: Callable[[], Task] | None = None

    def open(self, task: Callable[[], Task]) -> None:
        """Open it where the task has one, once; from now on `task` gives the task's value."""
        self._task = task
        made, shop = task(), self._shop
        here = shop.endpoints is not None
        why = why_no_endpoint(made.task_definition, shop.local, here=here)
        if why is not None:
            say_no_endpoint(made, why, shop)
        elif self._endpoint is None:
            self._serve("has no metadata endpoint")

    def reopen(self, task: Callable[[], Task]) -> None:
        """Serve the one that another process opened, where there was one."""
        self._task = task
        endpoints = self._shop.endpoints
        if endpoints is not None and endpoints.left(task().id):
            self._serve("cannot have its metadata endpoint again")

    def is_open(self) -> bool:
        """Return whether the task has one."""
        return self._endpoint is not None

    @property
    def directory(self) -> PurePath | None:
        """What its pause containers must mount; None where it needs none."""
        return None if self._endpoint is None else self._endpoint.directory

    def added_to(self, around: Mapping[str, Surroundings]) -> Mapping[str, Surroundings]:
        """Return surroundings of containers with what tells them of the endpoint."""
        endpoint = self._endpoint
        if endpoint is None:
            return around
        return {n: replace(own, injected=endpoint.environment(n)) for n, own in around.items()}

    def started(self, name: str) -> None:
        """Take in that the task's record says of a container that it runs."""
        if self._endpoint is not None:
            self._endpoint.started(name)

    def close(self) -> None:
        """Answer nothing any more, and leave nothing behind."""
        if self._endpoint is not None:
            self._endpoint.close()

    def _serve(self, trouble: str) -> None:
        endpoints = self._shop.endpoints
        assert endpoints is not None
        # Where there is no endpoint nobody asks for statistics.
        from emulator.ecs.container_statistics import Gauge

        self._gauge = Gauge(self._shop.engine)
        try:
            self._endpoint = endpoints.open(
                self._present_task, self._statistics, self._namespaces.address
            )
        except (OSError, NoThreadError) as error:
            why = (isinstance(error, OSError) and error.strerror) or str(error)
            message = f"task {self._present_task().id[:8]} {trouble}: {why}"
            self._shop.bus.publish(Warned(message=message))

    def _present_task(self) -> Task:
        assert self._task is not None
        return self._task()

    def _statistics(self, names: Collection[str]) -> Mapping[str, Mapping[str, Any] | None]:
        assert self._gauge is not None
        ids = {n: r.container_id for n, r in self._containers.items() if n in names}
        awsvpc = self._present_task().task_definition.network_mode is NetworkMode.AWSVPC
        networks = self._namespaces.networks(names, shared=awsvpc)
        return self._gauge.read({n: ids.get(n) for n in names}, networks)
