"""Which promises are to be written: those that outlive what is written with them, in their order.

What a thread publishes is on record once all of its group is, and so may come later than what
another thread publishes after it. The order is that of the publishing.
"""

import itertools
from collections.abc import Iterable
from typing import Final, NamedTuple

from emulator.events import Promised, PromiseSettled

MOST_KNOWN: Final = 10_000
"""Promises whose last change is remembered, lest one that comes late is taken for a later one."""


class Entry(NamedTuple):
    """What was published about a promise, and as which of all."""

    number: int
    event: Promised | PromiseSettled


class Changes(NamedTuple):
    """What is to be written: promises made, and the keys of those that are settled."""

    made: list[Promised]
    settled: list[str]


class PromiseLedger:
    """Puts in order what is published about promises.

    `entry` is for any thread, `changes` for the one that writes.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._latest: dict[str, int] = {}

    def entry(self, event: Promised | PromiseSettled) -> Entry:
        """Return what is to be handed to `changes` once it is to be written."""
        return Entry(next(self._numbers), event)

    def changes(self, entries: Iterable[Entry]) -> Changes:
        """Return what comes of these entries, which are all that is written at once."""
        last: dict[str, Promised | PromiseSettled] = {}
        for number, event in sorted(entries, key=lambda entry: entry.number):
            # The same number comes again where it could not be written before.
            if number >= self._latest.get(event.key, -1):
                last[event.key] = event
                # Put behind the others, as the one that changed last.
                self._latest.pop(event.key, None)
                self._latest[event.key] = number
        for key in list(self._latest)[: max(0, len(self._latest) - MOST_KNOWN)]:
            del self._latest[key]
        made = [event for event in last.values() if isinstance(event, Promised)]
        settled = [event.key for event in last.values() if isinstance(event, PromiseSettled)]
        return Changes(made, settled)
