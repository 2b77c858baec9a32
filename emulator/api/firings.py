"""What an operation of `Emulator` answers besides tasks: which rules fired, and who was told."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from emulator.clock import iso_instant


@dataclass(frozen=True, slots=True, repr=False)
class Firing:
    """A rule fired at `fired_at` (UTC) for the due instant `scheduled_at`.

    `timezone` is the IANA name of the zone that its expression is written for.
    """

    rule: str
    scheduled_at: datetime
    fired_at: datetime
    timezone: str = "UTC"

    @property
    def scheduled_local(self) -> datetime:
        """The due instant in the time zone of the expression."""
        return self.scheduled_at.astimezone(ZoneInfo(self.timezone))

    def __repr__(self) -> str:
        due = iso_instant(self.scheduled_at, timespec="seconds")
        if self.timezone != "UTC":
            due += f" ({self.scheduled_local:%m-%d %H:%M} {self.timezone})"
        late = "" if self.fired_at == self.scheduled_at else f", at {iso_instant(self.fired_at)}"
        return f"<{self.rule} due {due}{late}>"


@dataclass(frozen=True, slots=True)
class Notification:
    """A rule told a target that is no task, such as `sns alerts`, a message at `at` (UTC).

    `message` is what the target receives: the event as JSON, or what the rule makes of it.
    """

    rule: str
    target: str
    message: str
    at: datetime
