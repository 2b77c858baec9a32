"""What becomes of tasks, and what their containers write."""

from datetime import datetime
from typing import NamedTuple

from emulator.model.log_position import LogPosition
from emulator.model.task import Task, TaskContainer


class TaskStateChanged(NamedTuple):
    """A task reached a new state; `task` is its whole new value."""

    task: Task
    at: datetime


class LogEventsReceived(NamedTuple):
    """A container wrote: one or more log events that were read at the same instant.

    `messages` hold no newline at their end, but those of a multi-line pattern, which have one
    behind each of their lines. `position` is how much of the output has become events with these,
    None where nobody can go on from there.
    """

    task: Task
    container: TaskContainer
    at: datetime
    messages: list[bytes]
    position: LogPosition | None = None


class TaskRetryScheduled(NamedTuple):
    """A failed task is tried again at `at`: attempt number `attempt` of `attempts`."""

    task: Task
    attempt: int
    attempts: int
    at: datetime


class TaskRetryCancelled(NamedTuple):
    """The attempt that was to follow upon a failed task does not come."""

    task: Task
    reason: str
    at: datetime


class TaskWaits(NamedTuple):
    """A task waits to start, for `running` tasks run and no more may (`local.concurrency`)."""

    task: Task
    running: int


Event = TaskStateChanged | LogEventsReceived | TaskRetryScheduled | TaskRetryCancelled | TaskWaits
