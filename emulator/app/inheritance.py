"""What a scheduler takes on from those before it that were killed, read from their notes (pure)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Self

from emulator.clock import iso_instant
from emulator.eventbridge.missed import LATEST
from emulator.eventbridge.rule_changes import schedule_key
from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.scheduler_note import SchedulerNote
from emulator.values import frozen

_MOMENT: Final = timedelta.resolution


@frozen
class Inheritance:
    """`owners` were killed, the first of them began at `since`; one was last alive at `last`.

    `rules` says from when on (exclusive) rules are due that go by the same schedule as before.
    """

    owners: tuple[str, ...]
    since: datetime
    last: datetime
    rules: Mapping[str, datetime]

    @classmethod
    def of(
        cls,
        note: SchedulerNote | None,
        last: datetime | None,
        schedules: Mapping[str, tuple[Rule, Schedule]],
    ) -> Self | None:
        """Return what is left of a note, and of the last sign of life; None: nothing.

        A sign of life says that the clock was looked at, not that what was due then is on record
        already. So it is looked a little further back: what fired is known, and does not fire
        again.
        """
        if note is None or last is None:
            return None
        since = note.heir_since or note.since
        begin = max(since, last - LATEST)
        return cls(
            owners=(*note.heir_of, note.owner),
            since=since,
            last=last,
            rules={
                name: max(begin, note.joined.get(name, begin)) - _MOMENT
                for name, (rule, _) in schedules.items()
                if note.rules.get(name) == schedule_key(rule)
            },
        )

    @property
    def downtime(self) -> str:
        """Why what was missed was missed."""
        return f"no scheduler was at work: the last one was killed at {iso_instant(self.last)}"
