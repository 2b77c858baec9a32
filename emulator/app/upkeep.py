"""Tasks left behind by processes that are gone: continued, stopped, or cleared away."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from emulator.app.live import Live
from emulator.ecs.adoption import Remains, has_begun, not_begun, remains_of
from emulator.ecs.identity import OWNER_LABEL, STATE_DIRECTORY_LABEL, TASK_ID_LABEL, group_name
from emulator.engines.base import ContainerSummary
from emulator.errors import UsageError
from emulator.eventbridge.missed import LATEST
from emulator.events import PromiseKind
from emulator.model.log_position import LogPosition, Place
from emulator.model.task import StopCode, Task
from emulator.quantity import counted
from emulator.state.directory import StateDirectory
from emulator.state.owner import owner_lives
from emulator.state.promises import promises
from emulator.state.records import TaskRecord

ORPHANED: Final = "the ecs-local process that ran the task is gone"
SHOWN_ID: Final = 8

_END: Final = Place(lines=2**62)
_NOTHING_MORE: Final = LogPosition(_END, _END)
"""Where nobody can tell how far a log is written, nothing is added rather than all of it twice."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """How much was removed."""

    containers: int
    volumes: int
    tasks: int
    notifications: int = 0
    """Notifications that wait to be delivered; those are not removed."""


class Upkeep:
    """Sees to what is left in one state directory, with a wired machine at hand.

    `wait_idle` blocks until no task is left in its cluster; None: the cluster does.
    """

    def __init__(
        self, live: Live, state: StateDirectory, wait_idle: Callable[[], object] | None = None
    ) -> None:
        self._live = live
        self._wait_idle = wait_idle or live.cluster.wait_idle
        self._history = live.history
        self._engine = live.engine
        self._labels = {STATE_DIRECTORY_LABEL: state.true_name}

    def adopt(self, heir_of: Collection[str] = (), last: datetime | None = None) -> None:
        """Go on with the tasks that had begun, clear the others away, and say so.

        `heir_of` are schedulers that were killed, the last of which was alive at `last`: what
        rules asked them for begins now, if the time nobody saw to it is no longer than a firing may
        be late. Where tasks wait for a place (`local.concurrency`) it begins however long that is.
        """
        orphans = self._orphans()
        taken = self._take_over(orphans)
        fresh = [r for r in orphans if r not in taken and self._may_begin(r, heir_of, last)]
        rest = [record for record in orphans if record not in taken]
        removed = self._clear(rest, spare=fresh)
        for record in fresh:
            self._begin(record)
        parts = [
            f"{what} {counted(len(records), 'task')} ({_ids(records)})"
            for what, records in (("going on with", taken), ("starting", fresh))
            if records
        ]
        if removed.tasks:
            parts.append(f"{counted(removed.tasks, 'task')} recorded as stopped")
        if removed.containers:
            parts.append(f"{counted(removed.containers, 'container')} removed")
        if parts:
            message = f"an earlier run ended before its tasks did: {', '.join(parts)}"
            self._live.warn(message)

    def stop(self, record: TaskRecord, reason: str) -> None:
        """Stop a task whose process is gone, and wait for its end."""
        if self._take_over([record]):
            self._live.cluster.stop(record.task_id, reason)
            self._wait_idle()
        else:
            self._clear([record], StopCode.USER_INITIATED, reason)

    def remove(self) -> Leftovers:
        """End and remove everything that no living process owns."""
        orphans = self._orphans()
        ours = [c for c in self._found() if not owner_lives(c.labels.get(OWNER_LABEL))]
        volumes = len(self._engine.find_volumes(self._labels))
        taken = self._take_over(orphans)
        # What comes to its end by this leads to nothing more.
        with self._live.router.unchained(), self._live.supervision.without_attempts():
            self._live.cluster.kill_all(ORPHANED, StopCode.TERMINATION_NOTICE)
            self._wait_idle()
        # What could not be removed with its task is no task's any more once that is on record.
        self._live.recorder.flush()
        self._clear([record for record in orphans if record not in taken])
        left = len(self._engine.find_volumes(self._labels))
        waiting = promises(self._history, PromiseKind.NOTIFICATION)
        return Leftovers(len(ours), volumes - left, len(orphans), len(waiting))

    def _orphans(self) -> list[TaskRecord]:
        return [r for r in self._history.unfinished() if not owner_lives(r.owner)]

    def _found(self) -> list[ContainerSummary]:
        return self._engine.find_containers(self._labels)

    def _take_over(self, records: Sequence[TaskRecord]) -> list[TaskRecord]:
        """Go on with tasks; not with what had not begun, or whose record cannot be read.

        Returns those that go on. The engine is asked once for all: it takes its time to answer.
        """
        if not records:
            return []
        containers, volumes = self._found(), self._engine.find_volumes(self._labels)
        by_task: dict[str, list[ContainerSummary]] = {}
        for container in containers:
            by_task.setdefault(container.labels.get(TASK_ID_LABEL, ""), []).append(container)
        going_on = [
            (record, task, remains)
            for record in records
            if (task := self._history.unfinished_task(record.task_id)) is not None
            and has_begun(task, remains := self._remains(task, by_task.get(task.id, ()), volumes))
        ]
        # Only now: each begins a thread, and all that follows would wait for those before it.
        for _, task, remains in going_on:
            self._live.cluster.take_over(task, remains)
        return [record for record, _, _ in going_on]

    def _remains(
        self, task: Task, containers: Sequence[ContainerSummary], volumes: Sequence[str]
    ) -> Remains:
        return remains_of(task, containers, volumes, partial(self._position, task))

    def _may_begin(
        self, record: TaskRecord, heir_of: Collection[str], last: datetime | None
    ) -> bool:
        seen_to = max(record.created_at, last or record.created_at)
        in_time = self._live.now() - seen_to <= LATEST
        return (
            record.owner in heir_of
            and record.rule is not None
            and record.stop_code is None
            and (in_time or self._live.tasks_wait_for_a_place)
            and self._history.unfinished_task(record.task_id) is not None
        )

    def _begin(self, record: TaskRecord) -> None:
        """Start a task of which nothing has run; it is the same task as it was on record."""
        task = self._history.unfinished_task(record.task_id)
        assert task is not None, "it was read a moment ago"
        self._live.cluster.submit(not_begun(task))

    def _position(self, task: Task, name: str) -> LogPosition:
        stream = next((c.log_stream for c in task.containers if c.name == name), None)
        position = None if stream is None else self._live.logs.take_up(stream)
        return _NOTHING_MORE if position is None else position

    def _clear(
        self,
        records: Sequence[TaskRecord],
        code: StopCode = StopCode.TERMINATION_NOTICE,
        reason: str = ORPHANED,
        *,
        spare: Sequence[TaskRecord] = (),
    ) -> Leftovers:
        """Remove what these tasks have in the engine, or no task at all; record them as stopped.

        Those to `spare` only lose what was prepared for them.
        """
        found, volumes = self._found(), self._engine.find_volumes(self._labels)
        # Only then: whatever another process has made by now was on record before.
        busy = self._busy(besides=records)
        orphans = [
            c
            for c in found
            if not owner_lives(c.labels.get(OWNER_LABEL))
            and c.labels.get(TASK_ID_LABEL) not in busy
        ]
        for container in orphans:
            self._engine.remove(container.id)
        busy |= {c.labels.get(TASK_ID_LABEL, "") for c in found if c not in orphans}
        forsaken = _forsaken(volumes, busy)
        for volume in forsaken:
            self._engine.remove_volume(volume)
        for record in records:
            self._engine.remove_group(group_name(record.task_id))
            if record not in spare:
                self._history.close_orphan(record, self._live.now(), code, reason)
        self._live.endpoints.remove_stale()
        return Leftovers(len(orphans), len(forsaken), len(records) - len(spare))

    def _busy(self, *, besides: Sequence[TaskRecord]) -> set[str]:
        """Return the ids of tasks that are not over, whoever sees to them, or is still to.

        Labels do not tell: a task that was gone on with has those of the process that began it.
        """
        cleared = {record.task_id for record in besides}
        unfinished = {record.task_id for record in self._history.unfinished()}
        return {task.id for task in self._live.cluster.active()} | (unfinished - cleared)


def refuse_while_at_work(state: StateDirectory) -> None:
    """Raise `UsageError` while a scheduler is at work."""
    scheduler = state.scheduler()
    if scheduler is not None:
        message = f"{state.path}: a scheduler is at work: {scheduler}"
        raise UsageError(message, hint="stop it first (Ctrl-C, or SIGTERM)")


def _forsaken(volumes: Iterable[str], busy: Collection[str]) -> list[str]:
    """Return the volumes of no task: one that starts has its volumes before its containers."""
    return [v for v in volumes if not any(task_id and task_id in v for task_id in busy)]


def _ids(records: Sequence[TaskRecord]) -> str:
    return ", ".join(record.task_id[:SHOWN_ID] for record in records)
