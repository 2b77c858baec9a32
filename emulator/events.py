"""What happens to rules and tasks, as typed values, and the bus that carries them.

Logs, history, the screen and notifications subscribe; whoever publishes knows none of them.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar

from emulator.errors import Problem
from emulator.model.log_position import LogPosition
from emulator.model.task import Task, TaskContainer
from emulator.together import Together


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStateChanged:
    """A task reached a new state; `task` is its whole new value."""

    task: Task
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class LogEventsReceived:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringFired:
    """A rule fired at `fired_at` for the due instant `scheduled_at`.

    `event` is the "Scheduled Event" of it; EventBridge Scheduler sends none.
    """

    rule: str
    scheduled_at: datetime
    fired_at: datetime
    event: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringDelivered:
    """All that a firing starts has been submitted, and it is on record together with this."""

    rule: str
    scheduled_at: datetime
    fired_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringMissed:
    """Due instants of a rule that passed without the scheduler being able to fire."""

    rule: str
    scheduled: tuple[datetime, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringOverlapped:
    """A rule fell due while `running` tasks it had started were still running.

    `decision` is `start` as on AWS, or what this machine does instead: `skip`, `queue`, `replace`.
    """

    rule: str
    scheduled_at: datetime
    running: int
    decision: Literal["start", "skip", "queue", "replace"]
    at: datetime

    @property
    def skipped(self) -> bool:
        """Whether nothing starts, now or later."""
        return self.decision == "skip"


@dataclass(frozen=True, kw_only=True, slots=True)
class FiringSkipped:
    """A firing that waited for its turn does not come any more."""

    rule: str
    scheduled_at: datetime
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRetryScheduled:
    """A failed task is tried again at `at`: attempt number `attempt` of `attempts`."""

    task: Task
    attempt: int
    attempts: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRetryCancelled:
    """The attempt that was to follow upon a failed task does not come."""

    task: Task
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskWaits:
    """A task waits to start, for `running` tasks run and no more may (`local.concurrency`)."""

    task: Task
    running: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InvocationFailed:
    """A target could not be started and is not tried again, so no task exists.

    `scheduled_at` is the due instant, or that of the event that the rule matched.
    """

    rule: str
    target_id: str
    scheduled_at: datetime
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class InvocationRetried:
    """A target could not be started this time: attempt number `attempt` comes at `next_at`."""

    rule: str
    target_id: str
    attempt: int
    next_at: datetime
    reason: str


class PromiseKind(StrEnum):
    """What is promised: that a firing has its turn or is made up for, another attempt to invoke,
    a notification."""

    TURN = "turn"
    MAKE_UP = "make-up"
    INVOCATION = "invocation"
    NOTIFICATION = "notification"


@dataclass(frozen=True, kw_only=True, slots=True)
class Promised:
    """Something is to come that the end of this process must not undo.

    `value` is a dataclass that says all of it; `at` is when it was promised. Under a `key` that is
    promised already it takes the place of the former value, not of its place in the order.
    """

    key: str
    kind: PromiseKind
    value: Any
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseSettled:
    """What was promised has come, or does not come, and this is on record or told elsewhere."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLettered:
    """What could not be delivered lies in a dead-letter queue, in the file `path`."""

    rule: str
    target_id: str
    queue: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EventMatched:
    """An event matched a rule, which starts the tasks of its targets.

    `subject` says in a few words what happened; `cause` are the rules that led to it, this one
    the last.
    """

    rule: str
    subject: str
    cause: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetTold:
    """An event matched a rule, and a target that is no ECS task is told: `target` names it."""

    rule: str
    target: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainStopped:
    """An event matched a rule whose tasks are not started again; `reason` says why."""

    rule: str
    cause: tuple[str, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SchedulerBegan:
    """A scheduler holds its state directory, and knows when each rule that fires is due next."""

    next_due: Mapping[str, datetime | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinitionsReloaded:
    """Other definitions hold from now on: names of the rules that were added, removed, changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DefinitionsRefused:
    """The definition files have changed and cannot be used; what held before still does."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """Something its reader should know, and that is part of no other event."""

    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Progressed:
    """A step of long work such as a pull: for a person who waits, not for the record."""

    message: str


Event = (
    TaskStateChanged
    | LogEventsReceived
    | FiringFired
    | FiringDelivered
    | FiringMissed
    | FiringOverlapped
    | FiringSkipped
    | TaskRetryScheduled
    | TaskRetryCancelled
    | TaskWaits
    | InvocationFailed
    | InvocationRetried
    | Promised
    | PromiseSettled
    | DeadLettered
    | EventMatched
    | TargetTold
    | ChainStopped
    | SchedulerBegan
    | DefinitionsReloaded
    | DefinitionsRefused
    | Warned
    | Progressed
)
E = TypeVar("E")

_logger = logging.getLogger(__name__)


class EventBus:
    """Hands each event to its subscribers, in the publisher's thread, in order of subscription.

    A subscriber that raises is reported and does not keep the event from the others: a full disk
    or a failing sink must not end a task.
    """

    def __init__(self) -> None:
        self._subscribers: dict[type[Any], list[Callable[[Any], None]]] = {}
        self._bound: list[Callable[[], AbstractContextManager[None]]] = []
        self._together = Together(self._bound)

    def bind(self, together: Callable[[], AbstractContextManager[None]]) -> None:
        """Enter what `together` returns around everything that belongs together, once."""
        self._bound.append(together)

    def together(self) -> AbstractContextManager[None]:
        """Return a context in which all that this thread publishes belongs together.

        It is to be on record as a whole or not at all: a firing with the tasks of all its targets,
        a task's end with what that leads to. Contexts may be nested; the outermost counts.
        """
        return self._together

    def subscribe(self, kind: type[E], receive: Callable[[E], None]) -> None:
        """Call `receive` with every event of a kind from now on."""
        self._subscribers.setdefault(kind, []).append(receive)

    def publish(self, event: Event) -> None:
        """Hand an event to everyone who subscribed to its kind."""
        for receive in self._subscribers.get(type(event), ()):
            try:
                receive(event)
            except Exception:
                _logger.exception("a subscriber failed on %s", type(event).__name__)
