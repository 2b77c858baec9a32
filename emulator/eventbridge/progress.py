"""How far a rule has got in its schedule: no due instant is lost, and none fires twice.

The clock that drives it may jump: forward (a laptop slept, a process was suspended, time was
set), and back. `Progress` reads no clock; whoever does, a real or a simulated one, calls
`advance` with the present whenever it likes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from emulator.eventbridge.missed import MissedPolicy, Verdict, judge
from emulator.schedules import Schedule

LONGEST_GAP: Final = timedelta(days=31)
"""How much unseen time is gone through instant by instant: a clock may come up in 1970."""

_MOMENT: Final = timedelta.resolution


class Progress:
    """One rule's way through its schedule, from an aware instant on. Not thread-safe.

    `fired` are due instants that fired before, in an earlier run. What has fired is kept as
    ranges in which every due instant has, so that it stays small however long the rule runs.
    """

    def __init__(self, schedule: Schedule, after: datetime, fired: Iterable[datetime] = ()) -> None:
        self._schedule = schedule
        self._seen = after
        self._upcoming = schedule.next_after(after)
        self._fired = [(instant, instant) for instant in sorted(fired)]
        self._last_fired: datetime | None = None

    def next_due(self) -> datetime | None:
        """Return the next due instant that has not fired; None when the schedule is over."""
        due = self._upcoming
        while due is not None and (range_end := self._end_of_range(due)) is not None:
            due = self._schedule.next_after(range_end)
        return due

    def advance(self, now: datetime, policy: MissedPolicy) -> Verdict:
        """Return what to do about the due instants up to `now` (inclusive).

        Each is handed out once. Where the clock has gone back it is as if the time in between
        had not been: what was missed in it may still fire, what has fired does not.
        """
        if now <= self._seen:
            self.go_back(now)
            return Verdict()
        due, uncounted_before = self._pass_by(now)
        fresh = [instant for instant in due if self._end_of_range(instant) is None]
        verdict = judge(fresh, now, policy)
        self._note(due, set(verdict.fire))
        return verdict._replace(uncounted_before=uncounted_before)

    def go_back(self, now: datetime) -> None:
        """Stand where a clock stands that was set back; nothing where it is ahead of the rule."""
        if now < self._seen:
            self._seen = now
            self._upcoming = self._schedule.next_after(now)
            self._last_fired = None

    def _pass_by(self, now: datetime) -> tuple[list[datetime], datetime | None]:
        """Go on to `now`; return what was due by then, and before when that was not counted."""
        first, self._seen = self._upcoming, now
        if first is None or first > now:
            return [], None
        if now - first > LONGEST_GAP:
            self._upcoming = self._schedule.next_after(now)
            self._last_fired = None
            start = now - LONGEST_GAP
            return list(self._schedule.between(start + _MOMENT, now + _MOMENT)), start
        following = self._schedule.next_after(first)
        if following is None or following > now:
            # As nearly always; a thousand rules of one second are not gone through like a gap.
            self._upcoming = following
            return [first], None
        self._upcoming = self._schedule.next_after(now)
        return list(self._schedule.between(first, now + _MOMENT)), None

    def _note(self, due: list[datetime], fired: set[datetime]) -> None:
        for instant in due:
            if instant in fired:
                self._extend(instant)
            elif self._end_of_range(instant) is None:
                self._last_fired = None
            else:
                self._last_fired = instant

    def _extend(self, instant: datetime) -> None:
        """Note a firing, in the last range where it follows upon that one's end."""
        if self._fired and self._last_fired == self._fired[-1][1]:
            self._fired[-1] = (self._fired[-1][0], instant)
        else:
            self._fired.append((instant, instant))
        self._last_fired = instant

    def _end_of_range(self, instant: datetime) -> datetime | None:
        return next((last for first, last in self._fired if first <= instant <= last), None)
