"""The jobs that the end of a simulation cuts off."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from emulator.app.simulation_place import Due
from emulator.eventbridge.supervision import Supervision
from emulator.events import (
    EventBus,
    FiringSkipped,
    InvocationFailed,
    TaskRetryCancelled,
    TaskStateChanged,
)
from emulator.model.task import StopCode, Task

Job = tuple[str, datetime | str]
"""A rule, and what its tasks are started for: a due instant, or the id of an event it matched."""

_CUT_SHORT: Final = (StopCode.USER_INITIATED, StopCode.TERMINATION_NOTICE)


def job_of(task: Task) -> Job | None:
    """Return the job that a task belongs to; None: somebody ran it by hand."""
    key = task.event_id or task.scheduled_at
    return None if task.rule is None or key is None else (task.rule, key)


def was_cut_short(task: Task) -> bool:
    """Return whether a task has ended because somebody ended it."""
    return task.stop_code in _CUT_SHORT and not task.timed_out


class CutOff:
    """Collects what is cut off. To be made behind the `Supervision` that decides upon attempts."""

    def __init__(self, bus: EventBus, supervision: Supervision, ending: Callable[[], bool]) -> None:
        self._supervision = supervision
        self._ending = ending
        self.cut: set[Job] = set()
        self.failed: set[Job] = set()
        """What has come to its end, and has failed."""
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(FiringSkipped, self._on_skipped)
        bus.subscribe(InvocationFailed, self._on_refused)
        bus.subscribe(TaskRetryCancelled, lambda event: self._give_up(job_of(event.task)))

    def due(self, *, failed: bool) -> set[Due]:
        """Return the due instants among what was cut off, or has `failed`."""
        jobs = self.cut | (self.failed if failed else set())
        return {(rule, key) for rule, key in jobs if isinstance(key, datetime)}

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        job = job_of(task)
        if not task.stopped or task.succeeded:
            return
        if was_cut_short(task):
            self._give_up(job)
        elif job is not None and self._supervision.counts(task):
            self.failed.add(job)

    def _on_skipped(self, event: FiringSkipped) -> None:
        self._give_up((event.rule, event.event_id or event.scheduled_at))

    def _on_refused(self, event: InvocationFailed) -> None:
        job = (event.rule, event.event_id or event.scheduled_at)
        (self.cut if self._ending() else self.failed).add(job)

    def _give_up(self, job: Job | None) -> None:
        if job is not None and self._ending():
            self.cut.add(job)
