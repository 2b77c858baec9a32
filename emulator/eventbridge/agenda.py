"""Which rule is due next: the progress of all rules, in the order in which they come due."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from emulator.eventbridge.missed import MissedPolicy, Verdict
from emulator.eventbridge.progress import Progress
from emulator.schedules import Schedule


def ways(
    schedules: Mapping[str, Schedule],
    now: datetime,
    after: Mapping[str, datetime],
    fired: Mapping[str, Sequence[datetime]],
) -> dict[str, Progress]:
    """Return the ways of rules that are due from `now` on, or from what `after` says.

    `fired` are the due instants of each that fired before, in an earlier run. Where `after` lies
    ahead the clock was set back since.
    """
    return {
        name: Progress(schedule, min(after.get(name, now), now), fired.get(name, ()))
        for name, schedule in schedules.items()
    }


class Agenda:
    """The rules with their ways through their schedules. Not thread-safe.

    What is next is known at once, however many rules there are; those that are due at one instant
    come in the order of their names.
    """

    def __init__(self, progress: Mapping[str, Progress]) -> None:
        self._progress = dict(progress)
        self._set_up()

    @property
    def next_due(self) -> datetime | None:
        """When the next rule is due; None when all schedules are over."""
        return self._coming[0][0] if self._coming else None

    def take_due(self, now: datetime, policy: MissedPolicy) -> tuple[str, Verdict] | None:
        """Return the next rule that is due by `now`, and what to do about it; None: none is.

        It is then past `now`, so that each due instant is handed out once.
        """
        if not self._coming or self._coming[0][0] > now:
            return None
        name = self._coming[0][1]
        progress = self._progress[name]
        verdict = progress.advance(now, policy)
        following = progress.next_due()
        if following is None:
            heapq.heappop(self._coming)
        else:
            heapq.heapreplace(self._coming, (following, name))
        return name, verdict

    def go_back(self, now: datetime) -> None:
        """Go back to where the clock stands by now: it was set back."""
        for progress in self._progress.values():
            progress.go_back(now)
        self._set_up()

    def ways_of(self, names: Iterable[str]) -> dict[str, Progress]:
        """Return how far rules have got, of those names that are known: for another agenda."""
        return {name: self._progress[name] for name in names if name in self._progress}

    def _set_up(self) -> None:
        due = ((progress.next_due(), name) for name, progress in self._progress.items())
        self._coming = [(instant, name) for instant, name in due if instant is not None]
        heapq.heapify(self._coming)
