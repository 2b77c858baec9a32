"""How many tasks of each rule are here or expected, and for each event that a rule matched."""

from collections import Counter

from emulator.model.task import Match


class Presence:
    """Counts tasks. It holds no lock: whoever uses it from several threads has one."""

    def __init__(self) -> None:
        self._by_rule: Counter[str] = Counter()
        self._by_match: Counter[Match] = Counter()

    def of_rule(self, rule: str) -> int:
        """Return how many there are of a rule."""
        return self._by_rule[rule]

    def enter(self, rule: str | None, match: Match | None) -> None:
        """Count one more task, of the rule that started it and the event that matched, if any."""
        if rule is not None:
            self._by_rule[rule] += 1
        if match is not None:
            self._by_match[match] += 1

    def leave(self, rule: str | None, match: Match | None) -> Match | None:
        """Count one task less; return the match if this was the last task of it."""
        if rule is not None:
            self._by_rule[rule] -= 1
        if match is None:
            return None
        self._by_match[match] -= 1
        if self._by_match[match]:
            return None
        # Else the matches of a year of simulated events would stay.
        del self._by_match[match]
        return match
