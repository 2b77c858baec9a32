"""Going on with a task that another process began: where each of its containers stands."""

from emulator.ecs.adoption import GONE, Remains
from emulator.ecs.task_containers import TaskContainers
from emulator.ecs.task_progress import TaskProgress
from emulator.ecs.task_record import TaskRecord
from emulator.engines.base import ContainerSummary
from emulator.engines.spec import ContainerSpec
from emulator.model.log_position import START
from emulator.model.task import ContainerStatus, TaskContainer
from emulator.model.task_definition import ContainerDefinition


class TakeOver:
    """Takes over the containers of a task, by its record and what the engine has of it."""

    def __init__(
        self,
        record: TaskRecord,
        remains: Remains,
        progress: TaskProgress,
        containers: TaskContainers,
    ) -> None:
        self._record = record
        self._remains = remains
        self._progress = progress
        self._containers = containers

    def carry_out(self) -> None:
        """Follow what runs, and take in what ended while nobody looked."""
        for definition in self._progress.definitions.values():
            self._container(definition)
        self._progress.advance_if_running()

    def _container(self, definition: ContainerDefinition) -> None:
        name = definition.name
        known, found = self._record.container(name), self._remains.started(name)
        if known.last_status is ContainerStatus.STOPPED:
            self._over(known, found, definition)
        elif found is not None:
            self._resume(found, definition)
        elif known.last_status is ContainerStatus.RUNNING:
            self._progress.end(name, reason=GONE)

    def _over(
        self,
        known: TaskContainer,
        found: ContainerSummary | None,
        definition: ContainerDefinition,
    ) -> None:
        self._progress.standings.stopped(
            known.name, ran=known.started_at is not None, exit_code=known.exit_code
        )
        if found is not None:
            self._containers.add(known.name, _left(definition)).belongs(found.id)

    def _resume(self, found: ContainerSummary, definition: ContainerDefinition) -> None:
        name = definition.name
        self._progress.resumes(name, found.id)
        position = self._remains.positions.get(name, START)
        self._containers.add(name, _left(definition), position).resume(found.id)


def _left(definition: ContainerDefinition) -> ContainerSpec:
    """Return what must be known of a container that is there already, to go on with it."""
    return ContainerSpec(
        name=definition.name,
        image=definition.image,
        tty=definition.pseudo_terminal,
        health_check=definition.health_check,
    )
