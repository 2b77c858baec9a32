"""A scheduler's sign of life: until when all that was due is seen to, in case it is killed."""

from collections.abc import Callable
from datetime import datetime

from emulator.eventbridge.missed import LATEST
from emulator.state.scheduler_note import SchedulerNotes


class SignOfLife:
    """Is given while nothing that is due waits, for whoever comes after a kill goes on from it.

    An heir looks `LATEST` further back. So what happened since may still be on its way to the
    record; where the clock has gone further than that at once, `flush` waits for the record first.
    """

    def __init__(
        self,
        notes: SchedulerNotes,
        *,
        caught_up: Callable[[], bool],
        flush: Callable[[], None],
        failed: Callable[[OSError], None],
    ) -> None:
        self._notes = notes
        self._caught_up = caught_up
        self._flush = flush
        self._failed = failed
        self._given: datetime | None = None

    def look(self, now: datetime) -> None:
        """Give the sign, unless something that is due by `now` is still to be fired or told."""
        if not self._caught_up():
            return
        if self._given is not None and now - self._given > LATEST:
            self._flush()
        self.give(now)

    def give(self, now: datetime) -> None:
        """Give the sign, whatever waits."""
        self._given = now
        try:
            self._notes.beat(now)
        except OSError as error:
            self._failed(error)
