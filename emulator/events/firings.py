"""What becomes of the due instants of rules."""

from datetime import datetime
from typing import Any, Literal, NamedTuple


class FiringFired(NamedTuple):
    """A rule fired at `fired_at` for the due instant `scheduled_at`.

    `event` is the "Scheduled Event" of it; EventBridge Scheduler sends none.
    """

    rule: str
    scheduled_at: datetime
    fired_at: datetime
    event: dict[str, Any] | None = None


class FiringDelivered(NamedTuple):
    """All that a firing starts has been submitted, and it is on record together with this."""

    rule: str
    scheduled_at: datetime
    fired_at: datetime


class FiringMissed(NamedTuple):
    """Due instants of a rule that passed without the scheduler being able to fire."""

    rule: str
    scheduled: tuple[datetime, ...]
    reason: str
    at: datetime


class FiringOverlapped(NamedTuple):
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


class FiringSkipped(NamedTuple):
    """A firing that waited for its turn does not come any more.

    `event_id` is that of the event that the rule matched, None where it was due. `alike` is how
    many more of the rule are skipped with it for this reason; None: one of them has said so.
    """

    rule: str
    scheduled_at: datetime
    reason: str
    at: datetime
    event_id: str | None = None
    alike: int | None = 0


Event = FiringFired | FiringDelivered | FiringMissed | FiringOverlapped | FiringSkipped
