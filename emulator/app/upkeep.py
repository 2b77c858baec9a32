"""What processes that are gone have left behind: found by its labels, ended and removed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from emulator.ecs.identity import OWNER_LABEL, STATE_DIRECTORY_LABEL, TASK_ID_LABEL, group_name
from emulator.engines.base import ContainerEngine
from emulator.errors import UsageError
from emulator.events import EventBus, Warned
from emulator.model.task import StopCode
from emulator.state.directory import Owner, StateDirectory
from emulator.state.history import History, TaskRecord

ORPHANED: Final = "the ecs-local process that ran the task is gone"
_GRACE: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """How much was removed."""

    containers: int
    volumes: int
    tasks: int


def owner_lives(owner: str | None) -> bool:
    """Return whether the process that a record or a label names still runs."""
    parsed = None if owner is None else Owner.parse(owner)
    return parsed is not None and parsed.alive()


def adopt_orphans(
    history: History, engine: ContainerEngine, state: StateDirectory, now: datetime, bus: EventBus
) -> None:
    """Bring tasks of processes that are gone to their end, and say so."""
    removed = _remove(history, engine, state, now)
    if removed.tasks or removed.containers:
        message = (
            f"an earlier run ended before its tasks did: {removed.tasks} tasks recorded as "
            f"stopped, {removed.containers} containers removed"
        )
        bus.publish(Warned(message=message))


def remove_leftovers(
    history: History, engine: ContainerEngine, state: StateDirectory, now: datetime
) -> Leftovers:
    """Remove everything of this state directory that no living process owns.

    Raises `UsageError` while a scheduler is at work.
    """
    scheduler = state.scheduler()
    if scheduler is not None:
        message = f"{state.path}: a scheduler is at work: {scheduler}"
        raise UsageError(message, hint="stop it first (Ctrl-C, or SIGTERM)")
    return _remove(history, engine, state, now)


def stop_orphan(
    record: TaskRecord, history: History, engine: ContainerEngine, now: datetime, reason: str
) -> None:
    """Stop a task whose process is gone: its containers, then its record."""
    found = engine.find_containers({TASK_ID_LABEL: record.task_id})
    for container in found:
        engine.stop(container.id, grace=_GRACE)
    for container in found:
        engine.remove(container.id)
    for volume in engine.find_volumes({TASK_ID_LABEL: record.task_id}):
        engine.remove_volume(volume)
    engine.remove_group(group_name(record.task_id))
    history.close_orphan(record, now, StopCode.USER_INITIATED, reason)
    engine.close()


def _remove(
    history: History, engine: ContainerEngine, state: StateDirectory, now: datetime
) -> Leftovers:
    ours = {STATE_DIRECTORY_LABEL: str(state.path)}
    orphans = [
        c for c in engine.find_containers(ours) if not owner_lives(c.labels.get(OWNER_LABEL))
    ]
    for container in orphans:
        engine.remove(container.id)
    busy = {c.labels.get(TASK_ID_LABEL, "") for c in engine.find_containers(ours)}
    volumes = [
        volume
        for volume in engine.find_volumes(ours)
        if not any(task_id and task_id in volume for task_id in busy)
    ]
    for volume in volumes:
        engine.remove_volume(volume)
    tasks = [record for record in history.unfinished() if not owner_lives(record.owner)]
    for task_id in {
        *(container.labels.get(TASK_ID_LABEL, "-") for container in orphans),
        *(record.task_id for record in tasks),
    } - busy:
        engine.remove_group(group_name(task_id))
    for record in tasks:
        history.close_orphan(record, now, StopCode.TERMINATION_NOTICE, ORPHANED)
    return Leftovers(len(orphans), len(volumes), len(tasks))
