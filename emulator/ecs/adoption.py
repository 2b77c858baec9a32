"""A task that another process began: what the engine has of it, and where it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from typing import Final

from emulator.clock import Clock
from emulator.ecs.identity import (
    TASK_ID_LABEL,
    owned_by_pause,
)
from emulator.engines.base import ContainerSummary
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER
from emulator.model.log_position import LogPosition
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.values import frozen

GONE: Final = "CannotInspectContainerError: the container is gone from the engine"


@frozen
class Remains:
    """What the engine has of a task whose process is gone.

    `containers` by their name in the task; `pause` is the id of the container that owns the
    shared namespaces, `own_pauses` are the ids of those that own the network of one container,
    by its name; `positions` says how far the log of each container is written.
    """

    containers: Mapping[str, ContainerSummary] = field(default_factory=dict)
    pause: str | None = None
    own_pauses: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    positions: Mapping[str, LogPosition] = field(default_factory=dict)

    def started(self, name: str) -> ContainerSummary | None:
        """Return the container of a name if it has ever run."""
        found = self.containers.get(name)
        return None if found is None or found.never_started else found


def remains_of(
    task: Task,
    containers: Iterable[ContainerSummary],
    volumes: Iterable[str],
    position: Callable[[str], LogPosition],
) -> Remains:
    """Return what of these containers and volumes is a task's (pure, but for `position`).

    `position` is asked for each container that ran.
    """
    found = {
        c.labels.get(CONTAINER_NAME_LABEL, ""): c
        for c in containers
        if c.labels.get(TASK_ID_LABEL) == task.id
    }
    pause = found.pop(PAUSE_CONTAINER, None)
    owners = {label: owned_by_pause(label) for label in found}
    own = {name: found.pop(label).id for label, name in owners.items() if name is not None}
    return Remains(
        containers=found,
        pause=None if pause is None else pause.id,
        own_pauses=own,
        volumes=tuple(volume for volume in volumes if task.id in volume),
        positions={name: position(name) for name, c in found.items() if not c.never_started},
    )


def has_begun(task: Task, remains: Remains) -> bool:
    """Return whether a task is past its start, so that it can only go on."""
    recorded = any(c.last_status is not ContainerStatus.PENDING for c in task.containers)
    return recorded or any(remains.started(c.name) for c in task.containers)


def not_begun(task: Task) -> Task:
    """Return a task of which nothing has run as it was when it was asked for.

    Its version goes on, so that it is recorded.
    """
    return replace(
        task,
        last_status=TaskStatus.PROVISIONING,
        version=task.version + 1,
        connectivity_at=None,
        pull_started_at=None,
        pull_stopped_at=None,
        network_interface=None,
        containers=tuple(replace(c, network_bindings=()) for c in task.containers),
    )


def clock_of(task: Task, clock: Clock) -> Clock:
    """Return a clock that shows no instant before those that a task has noted.

    One that was set back, or of a simulation that goes on, would end the task before it began.
    """
    noted = (
        *(task.created_at, task.connectivity_at, task.pull_started_at, task.pull_stopped_at),
        *(task.started_at, task.stopping_at, task.execution_stopped_at),
        *(at for c in task.containers for at in (c.started_at, c.stopped_at)),
    )
    latest = max(at for at in noted if at is not None)
    return lambda: max(clock(), latest)


def was_stopping(task: Task) -> bool:
    """Return whether somebody had asked the task to stop."""
    return task.stop_code in (StopCode.USER_INITIATED, StopCode.TERMINATION_NOTICE)
