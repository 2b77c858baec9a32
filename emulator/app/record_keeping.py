"""What a machine puts on record of its tasks: the history, who writes it, and what leaves it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.app.archive import Archive
from emulator.app.history_pruning import HistoryPruning
from emulator.app.recording import record_on
from emulator.errors import StateDirectoryError
from emulator.events import EventBus, PromiseKind, Warned
from emulator.events.promises import MOST_WAITING
from emulator.model.task import Task
from emulator.model.task_policies import HistoryLimits
from emulator.quantity import counted
from emulator.state.history import History
from emulator.state.recorder import Recorder
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.state.pruning import Pruned

LINGER: Final = 0.1
"""Seconds that records of what was never really run may wait for more: a kill loses nothing that
the same simulation would not bring about again."""


class Keeping(NamedTuple):
    """For whom a record is kept, and what it must survive.

    `durable`: nothing of a task begins before it is on record, so that a kill leaves nothing behind
    that nobody knows of. It may be false where nothing is really run. `synced`: the history
    survives that the machine loses power; it may be false where nobody looks for it afterwards.
    `lasting`: somebody reads history and events; where nobody does, what waits to be written is
    given up in the end, and only what `durable` asks for is written at all.
    """

    durable: bool = True
    synced: bool = True
    lasting: bool = True

    @property
    def linger(self) -> float:
        """For how many seconds a record may wait for more."""
        return 0.0 if self.durable else LINGER


KEPT: Final = Keeping()
"""A record for whoever comes later, whatever happens."""


class RecordKeeping:
    """Records what is published on a bus from now on, until `close`."""

    def __init__(
        self,
        database: Path,
        owner: str,
        bus: EventBus,
        timers: Timers,
        keeping: Keeping,
        *,
        limits: Callable[[], HistoryLimits | None],
        pruned: "Callable[[Pruned], None]",
    ) -> None:
        self._bus = bus
        self._keeping = keeping
        self.history = History(database, owner=owner, archive=Archive(), synced=keeping.synced)
        written = keeping.durable or keeping.lasting
        self.recorder = Recorder(
            self.history if written else None, self._warn, linger=keeping.linger
        )
        record_on(bus, self.recorder)
        self.pruning = HistoryPruning(
            self.history,
            self.recorder,
            timers,
            limits=limits if written else _none,
            told=pruned,
        )
        self.pruning.begin()

    def close(self) -> None:
        """Write what is left, where somebody reads it, and close the history."""
        self.recorder.close(abandon=not self._keeping.lasting)
        if self._keeping.lasting:
            self._bound_promises()
        self.history.close()

    def wait_until_recorded(self, task: Task) -> None:
        """Let nothing begin that no record tells of: a kill would leave it behind unknown."""
        if self._keeping.durable:
            self.recorder.wait_until_recorded(task.id)

    def _bound_promises(self) -> None:
        """Leave no more notifications to later runs than one could take: none may ever come."""
        from emulator.state.promises import forget_oldest

        try:
            gone = forget_oldest(self.history, PromiseKind.NOTIFICATION, most=MOST_WAITING)
        except StateDirectoryError as error:
            self.recorder.fail(error)
            return
        if gone:
            what = counted(gone, "notification")
            self._warn(f"{what} given up: more than {MOST_WAITING:,} wait for a later run")

    def _warn(self, text: str) -> None:
        self._bus.publish(Warned(message=text))


def _none() -> None:
    """Return that nothing leaves the history: nothing is in it."""
