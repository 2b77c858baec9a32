"""What becomes of events that match rules, and of the targets that are invoked."""

from datetime import datetime
from typing import Any, NamedTuple

from emulator.events.firings import FiringFired
from emulator.events.tasks import TaskStateChanged


class EventMatched(NamedTuple):
    """An event matched a rule, which starts the tasks of its targets.

    `subject` says in a few words what happened; `cause` are the rules that led to it, this one
    the last.
    """

    rule: str
    subject: str
    cause: tuple[str, ...]
    at: datetime


class ChainLinked(NamedTuple):
    """An event matched a rule, whose tasks start; not `begun`: the run is ending, and they do not.

    `occasion` is a dataclass that says all of it, `trigger` what the event tells of, if it does of
    anything here.
    """

    occasion: Any
    trigger: TaskStateChanged | FiringFired | None
    begun: bool
    at: datetime


class TargetTold(NamedTuple):
    """An event matched a rule, and a target that is no ECS task is told: `target` names it."""

    rule: str
    target: str
    text: str
    at: datetime


class ChainStopped(NamedTuple):
    """An event matched a rule whose tasks are not started again; `reason` says why."""

    rule: str
    cause: tuple[str, ...]
    reason: str
    at: datetime


class InvocationFailed(NamedTuple):
    """A target could not be started and is not tried again, so no task exists.

    `scheduled_at` is the due instant, or that of the event that the rule matched, whose id is
    `event_id`.
    """

    rule: str
    target_id: str
    scheduled_at: datetime
    reason: str
    at: datetime
    event_id: str | None = None


class InvocationRetried(NamedTuple):
    """A target could not be started this time: attempt number `attempt` comes at `next_at`."""

    rule: str
    target_id: str
    attempt: int
    next_at: datetime
    reason: str


class DeadLettered(NamedTuple):
    """What could not be delivered lies in a dead-letter queue, in the file `path`."""

    rule: str
    target_id: str
    queue: str
    path: str


Event = (
    EventMatched
    | ChainLinked
    | TargetTold
    | ChainStopped
    | InvocationFailed
    | InvocationRetried
    | DeadLettered
)
