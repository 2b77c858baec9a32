"""`at(...)`: one instant, and schedules that begin and end (EventBridge Scheduler)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from emulator.schedules.base import Schedule, in_utc


class AtSchedule(Schedule):
    """A single wall time in a zone; one that is skipped there never comes."""

    __slots__ = ("doubts", "expression", "timezone", "wall")

    def __init__(self, expression: str, timezone: str, wall: datetime) -> None:
        self.expression = expression
        self.timezone = timezone
        self.wall = wall
        self.doubts: tuple[str, ...] = ()

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the instant, or None when it is past."""
        due = self._instant()
        return due if due is not None and due > in_utc(instant) else None

    def _instant(self) -> datetime | None:
        if self.timezone == "UTC":
            return self.wall.replace(tzinfo=UTC)
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(self.timezone)
        due = self.wall.replace(tzinfo=zone).astimezone(UTC)
        return due if due.astimezone(zone).replace(tzinfo=None) == self.wall else None


class BoundedSchedule(Schedule):
    """A recurring schedule that is due from `start` on and until `end`, both inclusive."""

    __slots__ = ("doubts", "end", "expression", "schedule", "start", "timezone")

    def __init__(self, schedule: Schedule, start: datetime | None, end: datetime | None) -> None:
        self.schedule = schedule
        self.expression = schedule.expression
        self.timezone = schedule.timezone
        self.doubts = schedule.doubts
        self.start = None if start is None else in_utc(start)
        self.end = None if end is None else in_utc(end)

    @property
    def wants_anchor(self) -> bool:
        """Whether the bounded schedule is a `rate` that begins with its creation."""
        return self.schedule.wants_anchor

    def with_anchor(self, anchor: datetime) -> "BoundedSchedule":
        """Return the same bounds around the schedule counted from an instant."""
        return BoundedSchedule(self.schedule.with_anchor(anchor), self.start, self.end)

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first due instant strictly later than an aware instant, in UTC."""
        after = in_utc(instant)
        if self.start is not None:
            after = max(after, self.start - timedelta(microseconds=1))
        due = self.schedule.next_after(after)
        return None if due is None or (self.end is not None and due > self.end) else due

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due instants from `start` (inclusive) to `end` (exclusive), in UTC."""
        first = in_utc(start) if self.start is None else max(in_utc(start), self.start)
        for due in self.schedule.between(first, end):
            if self.end is not None and due > self.end:
                return
            yield due

    def _key(self) -> tuple[object, ...]:
        return (self.schedule, self.start, self.end)
