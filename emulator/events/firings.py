"""What becomes of the due instants of rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


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
