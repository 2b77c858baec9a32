"""What an earlier part of a simulation has done, and what of that is to be done again."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, Self

from emulator.app.simulation_place import RUNNING, Due, SimulationPlace
from emulator.eventbridge.failures import WaitingInvocation
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.supervision import Supervision
from emulator.events import (
    EventBus,
    FiringSkipped,
    InvocationFailed,
    PromiseKind,
    TaskRetryCancelled,
    TaskStateChanged,
)
from emulator.model.task import StopCode, Task
from emulator.state.firings import fired_after
from emulator.state.history import History
from emulator.state.promises import Promise, forget_promises, promises
from emulator.state.snapshot import load_value

_MOMENT: Final = datetime.resolution
_CUT_SHORT: Final = (StopCode.USER_INITIATED, StopCode.TERMINATION_NOTICE)


class CutOff:
    """Collects the due instants that do not come to their end because a simulation ends.

    To be made behind the `Supervision` that decides upon further attempts.
    """

    def __init__(self, bus: EventBus, supervision: Supervision, ending: Callable[[], bool]) -> None:
        self._supervision = supervision
        self._ending = ending
        self.due: set[Due] = set()
        self.failed: set[Due] = set()
        """What has come to its end, and has failed."""
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(FiringSkipped, lambda event: self._give_up(event.rule, event.scheduled_at))
        bus.subscribe(InvocationFailed, self._on_refused)
        bus.subscribe(TaskRetryCancelled, lambda event: self._give_up_task(event.task))

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        if not task.stopped or task.succeeded:
            return
        if task.stop_code in _CUT_SHORT and not task.timed_out:
            self._give_up_task(task)
        elif self._supervision.counts(task) and task.rule and task.scheduled_at:
            self.failed.add((task.rule, task.scheduled_at))

    def _on_refused(self, event: InvocationFailed) -> None:
        (self.due if self._ending() else self.failed).add((event.rule, event.scheduled_at))

    def _give_up_task(self, task: Task) -> None:
        if task.rule is not None and task.scheduled_at is not None:
            self._give_up(task.rule, task.scheduled_at)

    def _give_up(self, rule: str, due: datetime) -> None:
        if self._ending():
            self.due.add((rule, due))


class Resumption:
    """Due instants that need not fire any more, and those that are to fire again.

    `begin` is where the clock goes on, `tasks` how many there were before.
    """

    def __init__(
        self,
        begin: datetime,
        known_from: datetime,
        done: Iterable[Due] = (),
        again: Iterable[Due] = (),
        tasks: int = 0,
    ) -> None:
        self.begin = begin
        self.tasks = tasks
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
    ) -> Self:
        """Read from history and mark what an earlier part came to."""
        fired = {
            (rule, due)
            for rule, dues in fired_after(history, start - _MOMENT).items()
            for due in dues
        }
        again = place.again
        if place.outcome == RUNNING:
            again = _left_by_a_kill(history, place, warn)
        again &= fired
        latest = max((due for _, due in fired), default=start)
        begin = min((due for _, due in again), default=max(latest, place.pruned_at))
        return cls(begin, place.pruned_at, fired - again, again, len(history.tasks()) + place.gone)

    def is_wanted(self, rule: str, due: datetime) -> bool:
        """Return whether a rule is to fire; asked once for each due instant, which then fires."""
        if (rule, due) in self.again:
            self.again.discard((rule, due))
            return True
        return due >= self._known_from and (rule, due) not in self._done


def _left_by_a_kill(
    history: History, place: SimulationPlace, warn: Callable[[str], None]
) -> frozenset[Due]:
    """Return what did not come to its end, and nobody was there to say so."""
    tasks = [
        ((row["rule"], datetime.fromisoformat(row["scheduled_at"])), row["stop_code"])
        for row in history.query(
            "SELECT rule, scheduled_at, stop_code FROM tasks WHERE rowid > ? "
            "AND rule IS NOT NULL AND scheduled_at IS NOT NULL",
            (place.part_from,),
        )
    ]
    begun = {due for due, _ in tasks}
    cut_short = {due for due, code in tasks if code == StopCode.TERMINATION_NOTICE}
    waited = {*history.forget_waiting_attempts(), *_forget_promises(history, warn)}
    return frozenset((place.again - begun) | cut_short | waited)


def _forget_promises(history: History, warn: Callable[[str], None]) -> Iterator[Due]:
    """Yield the due instants that waited for their turn, or for RunTask: all of it comes again."""
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
        yield occasion.rule, occasion.at
    forget_promises(history, [promise.key])
