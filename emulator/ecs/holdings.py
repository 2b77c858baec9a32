"""What a task has in the engine besides its containers: namespaces, volumes, a control group."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.ecs.identity import group_name
from emulator.ecs.maker import Maker
from emulator.ecs.namespace import TaskNamespaces
from emulator.ecs.outage import Outage
from emulator.ecs.plan import TaskPlan
from emulator.ecs.plan_limits import GroupPlan
from emulator.ecs.workshop import CannotStartError
from emulator.engines.base import ContainerEngine
from emulator.model.task import Task

if TYPE_CHECKING:
    from emulator.ecs.adoption import Remains
    from emulator.ecs.plan_volumes import Planned, PlannedDirectory, PlannedVolume


class Holdings:
    """Makes them, or takes them over, and says how they are removed."""

    def __init__(self, engine: ContainerEngine, outage: Outage) -> None:
        self.namespaces = TaskNamespaces(engine, outage)
        self._engine = engine
        self._outage = outage
        self._volumes: list[str] = []
        self._group: str | None = None

    def create(self, plan: TaskPlan, given_up: Callable[[], bool]) -> None:
        """Make what a plan says; namespaces go on starting.

        An engine that goes away meanwhile is waited for until `given_up`. Raises
        `CannotStartError`, and the engine's errors.
        """
        if not self.namespaces.stands():
            self.namespaces.create(plan.pause, plan.own_pauses, given_up)
        if plan.volumes:
            self._create_volumes(plan.volumes.values(), self.maker(given_up))
        if plan.group is not None:
            self._create_group(plan.group)

    def maker(self, given_up: Callable[[], bool]) -> Maker:
        """Return what asks an engine that goes away again, until `given_up`."""
        return Maker(engine=self._engine, outage=self._outage, given_up=given_up)

    def take_over(self, task: Task, remains: "Remains", *, group: bool) -> None:
        """Hold what another process made; `group`: the task's containers have one."""
        self.namespaces.take_over(remains)
        self._volumes.extend(remains.volumes)
        if group:
            self._group = group_name(task.id)

    def last_removals(self) -> list[Callable[[], None]]:
        """Return what removes all that must be there until the containers are gone.

        Not the namespaces: they know how to be removed meanwhile.
        """
        removals = [partial(self._engine.remove_volume, volume) for volume in self._volumes]
        if self._group is not None:
            removals.append(partial(self._engine.remove_group, self._group))
        return list(removals)

    def _create_volumes(self, volumes: "Iterable[Planned]", maker: Maker) -> None:
        from emulator.ecs.plan_volumes import PlannedDirectory, PlannedVolume

        for planned in volumes:
            match planned:
                case PlannedVolume():
                    maker.through(partial(self._create_volume, planned))
                case PlannedDirectory():
                    _make(planned)

    def _create_volume(self, volume: "PlannedVolume") -> None:
        if not volume.shared:
            self._volumes.append(volume.name)
        self._engine.create_volume(
            volume.name, volume.labels, driver=volume.driver, driver_opts=volume.driver_opts
        )

    def _create_group(self, group: GroupPlan) -> None:
        # First: it is made in several steps, of which one may fail.
        self._group = group.name
        self._engine.create_group(
            group.name, memory_bytes=group.memory_bytes, nano_cpus=group.nano_cpus
        )


def _make(directory: "PlannedDirectory") -> None:
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
