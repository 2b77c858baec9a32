"""`at(...)`: one instant (EventBridge Scheduler)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from emulator.schedules.base import Schedule, in_utc
from emulator.schedules.zones import instant_of, zone_of


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AtSchedule(Schedule):
    """A single wall time in a zone; one that is skipped there never comes."""

    expression: str
    timezone: str
    wall: datetime
    doubts: tuple[str, ...] = ()

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the instant, or None when it is past."""
        after = in_utc(instant)
        zone = UTC if self.timezone == "UTC" else zone_of(self.timezone)
        due = instant_of(self.wall, zone)
        return due if due is not None and due > after else None
