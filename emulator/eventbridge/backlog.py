"""What was missed and is to be made up for, while what is due now goes first."""

from collections import deque
from datetime import datetime

from emulator.eventbridge.missed import Verdict


class Backlog:
    """Firings that wait until nothing else is due. Not thread-safe.

    Rules come in turn; of one rule the order stays: what is due of it meanwhile waits behind what
    was missed.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[datetime]] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def ahead(self, rule: str, verdict: Verdict) -> tuple[datetime, ...]:
        """Return what is to fire of a rule at once; the rest waits from now on."""
        # In order of time: where anything is made up for, the first is.
        made_up = bool(verdict.fire) and verdict.fire[0] in verdict.missed
        if not made_up and rule not in self._waiting:
            return verdict.fire
        self._waiting.setdefault(rule, deque()).extend(verdict.fire)
        return ()

    def take(self, most: int) -> tuple[str, list[datetime]]:
        """Take the next firings of one rule, whose others then wait behind those of all rules.

        There must be one.
        """
        rule = next(iter(self._waiting))
        waiting = self._waiting.pop(rule)
        taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        if waiting:
            self._waiting[rule] = waiting
        return rule, taken

    def clear(self) -> None:
        """Let nothing wait any more."""
        self._waiting.clear()
