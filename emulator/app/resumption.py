"""What an earlier part of a simulation has done, and what of that is to be done again."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Final, Self

from emulator.app.chains import OpenLink, take_open_links
from emulator.app.simulation_place import RUNNING, Due, SimulationPlace
from emulator.eventbridge.failures import WaitingInvocation
from emulator.eventbridge.occasion import Occasion
from emulator.events import PromiseKind
from emulator.model.task import StopCode
from emulator.state.firings import fired_after
from emulator.state.history import History
from emulator.state.promises import Promise, forget_promises, promises
from emulator.state.snapshot import load_value

_MOMENT: Final = datetime.resolution


class Resumption:
    """Due instants that need not fire any more, and those that are to fire again.

    `begin` is where the clock goes on, `tasks` how many there were before, `links` what of chains
    begins again.
    """

    def __init__(
        self,
        begin: datetime,
        known_from: datetime,
        done: Iterable[Due] = (),
        again: Iterable[Due] = (),
        tasks: int = 0,
        links: Iterable[OpenLink] = (),
    ) -> None:
        self.begin = begin
        self.tasks = tasks
        self.links = tuple(links)
        # What was due before has fired, though the history does not tell it any more.
        self._known_from = known_from
        self._done = frozenset(done)
        self.again = set(again)
        """What is still to fire again."""

    @classmethod
    def nothing(cls, start: datetime) -> Self:
        """Return that of a simulation which begins."""
        return cls(start, start)

    @classmethod
    def of(
        cls,
        history: History,
        start: datetime,
        place: SimulationPlace,
        warn: Callable[[str], None],
        *,
        unfinished: Collection[str] = (),
    ) -> Self:
        """Read from history and mark what an earlier part came to.

        `unfinished` are the ids of tasks that nobody saw to before they were cleared away.
        """
        fired = {
            (rule, due)
            for rule, dues in fired_after(history, start - _MOMENT).items()
            for due in dues
        }
        again = place.again
        if place.outcome == RUNNING:
            again = _left_by_a_kill(history, place, warn, unfinished)
        again &= fired
        links = take_open_links(history, again, warn)
        latest = max((due for _, due in fired), default=start)
        left = [*(due for _, due in again), *(link.at for link in links)]
        begin = min(left, default=max(latest, place.pruned_at))
        tasks = len(history.tasks()) + place.gone
        return cls(begin, place.pruned_at, fired - again, again, tasks, links)

    def is_wanted(self, rule: str, due: datetime) -> bool:
        """Return whether a rule is to fire; asked once for each due instant, which then fires."""
        if (rule, due) in self.again:
            self.again.discard((rule, due))
            return True
        return due >= self._known_from and (rule, due) not in self._done


def _left_by_a_kill(
    history: History,
    place: SimulationPlace,
    warn: Callable[[str], None],
    unfinished: Collection[str],
) -> frozenset[Due]:
    """Return what did not come to its end, and nobody was there to say so."""
    begun, cut_short = set[Due](), set[Due]()
    for row in history.query(
        "SELECT task_id, rule, scheduled_at, stop_code, succeeded FROM tasks WHERE rowid > ? "
        "AND rule IS NOT NULL AND scheduled_at IS NOT NULL",
        (place.part_from,),
    ):
        due = (row["rule"], datetime.fromisoformat(row["scheduled_at"]))
        begun.add(due)
        unseen = row["task_id"] in unfinished and not row["succeeded"]
        if unseen or row["stop_code"] == StopCode.TERMINATION_NOTICE:
            cut_short.add(due)
    waited = {*history.forget_waiting_attempts(), *_forget_promises(history, warn)}
    return frozenset((place.again - begun) | cut_short | waited)


def _forget_promises(history: History, warn: Callable[[str], None]) -> Iterator[Due]:
    """Yield the due instants that waited for their turn, or for RunTask: all of it comes again.

    So does what of chains has waited, by its open link.
    """
    for promise in promises(history, PromiseKind.TURN):
        yield from _forget(history, promise, lambda p: load_value(Occasion, p), warn)
    for promise in promises(history, PromiseKind.INVOCATION):
        yield from _forget(history, promise, _occasion_of_invocation, warn)


def _occasion_of_invocation(document: str) -> Occasion:
    return load_value(WaitingInvocation, document).invocation.occasion


def _forget(
    history: History,
    promise: Promise,
    occasion_of: Callable[[str], Occasion],
    warn: Callable[[str], None],
) -> Iterator[Due]:
    try:
        occasion = occasion_of(promise.document)
    except ValueError as error:
        warn(f"what {promise.owner} has promised is given up: {error}")
    else:
        if occasion.scheduled_at is not None:
            yield occasion.rule, occasion.scheduled_at
    forget_promises(history, [promise.key])
