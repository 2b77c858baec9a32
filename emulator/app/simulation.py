"""A machine on a virtual clock: rules fire and tasks live as time is made to pass."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from emulator.app.live import Live
from emulator.app.log_retention import TimedRetention
from emulator.app.record_keeping import Keeping
from emulator.app.settings import Settings
from emulator.ecs.outcome import STOPPED_BY_USER
from emulator.engines.base import ContainerEngine
from emulator.events import EventBus
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule
from emulator.model.task import Task
from emulator.schedules import Schedule
from emulator.timers import SimulatedTimers, Timers
from emulator.virtual_time import VirtualTime

if TYPE_CHECKING:
    from emulator.state.pruning import Pruned

MOMENT: Final = timedelta.resolution

SimulatedEngine = Callable[[Timers], ContainerEngine]
"""Makes an engine; one that runs nothing lets its processes last by the timers it is given."""


def _always(_rule: str, _due: datetime) -> bool:
    return True


class Simulation:
    """Runs tasks on a virtual clock while it is entered; for one thread.

    `flows`: real containers run, and time passes with them; else whatever lasts is a timer.
    `speed` makes it go so many times as fast as real time, and never jump. `scratch`: nobody
    needs history and events of the state directory. `pruned` gets what leaves the history, which
    goes by the virtual clock. `ask_end` may come from any thread: once lets nothing fire any more
    and stops the tasks, twice kills them.
    """

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        bus: EventBus,
        start: datetime,
        engine: SimulatedEngine,
        *,
        flows: bool,
        speed: float | None = None,
        scratch: bool = False,
        pruned: "Callable[[Pruned], None]" = lambda _gone: None,
    ) -> None:
        self.timers = SimulatedTimers(start, in_order=not flows)
        self.time = VirtualTime(self.timers, flows=flows, speed=speed)
        self.reached = start - MOMENT
        """Up to when (inclusive) the schedules have been seen to."""
        self.live = Live(
            settings,
            definitions,
            bus,
            self.timers.now,
            lambda: engine(self.timers),
            timers=self.timers,
            in_order=not flows,
            keeping=Keeping(durable=flows, synced=flows and not scratch, lasting=not scratch),
            pruned=pruned,
        )
        self.retention = TimedRetention(self.live.log_directory, self.timers, self.live.warn)
        self._bus = bus
        self._stack = ExitStack()
        self._ends = 0
        self._obeyed = 0
        self._stop_reason: str | None = None

    def __enter__(self) -> Self:
        self._stack.enter_context(self.live)
        # Behind the machine's own subscribers: the files of a task that is over are closed.
        self.retention.watch(self._bus)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Whatever the reason: nothing stays behind, and only this thread can let time pass.
        self.live.stop_tasks("the simulation is over", kill=True)
        self.time.pass_until(None, lambda: self.live.cluster.idle)
        self._stack.close()

    @property
    def ending(self) -> bool:
        """Whether nothing is to fire any more."""
        return self._ends > 0 or self._stop_reason is not None

    def begin_at(self, instant: datetime) -> None:
        """Go on from an instant (inclusive) that lies ahead."""
        self.timers.move_to(instant)
        self.reached = instant - MOMENT

    def ask_end(self, times: int) -> None:
        """Let nothing fire any more, and stop what runs; asked for more than once, kill it."""
        self._ends = max(self._ends, times)
        self.time.wake()

    def end_with(self, reason: str) -> None:
        """Let nothing fire any more, and stop what runs with this reason; from any thread."""
        if self._stop_reason is None:
            self._stop_reason = reason
            self.time.wake()

    def fire_until(
        self,
        rules: Mapping[str, Rule],
        schedules: Mapping[str, Schedule],
        end: datetime,
        *,
        wanted: Callable[[str, datetime], bool] = _always,
    ) -> bool:
        """Fire what is due after `reached` up to `end` (inclusive), and let time pass until then.

        What ends at the instant in which a rule is due has ended. Returns false where something
        asked for the end before.
        """
        from emulator.schedules.timeline import timeline

        for due, name in timeline(schedules, self.reached + MOMENT, end + MOMENT):
            self.time.pass_until(due, self._asked)
            if self._asked():
                return False
            if wanted(name, due):
                said = schedules[name].scheduled_time(due)
                self.live.delivery.fire(rules[name], due, scheduled_time=said)
            self.reached = due
        self.time.pass_until(end, self._asked)
        if self._asked():
            return False
        self.reached = end
        return True

    def wait_idle(self) -> None:
        """Block until no task is left; no time passes."""
        # Threads that work in order do so while they are waited for.
        self.timers.activity.wait_until(self._is_idle)
        self.live.cluster.wait_idle()

    def catch_up(self, now: datetime) -> None:
        """Be at an instant that a real clock has come to by itself, without a schedule firing."""
        while self.timers.step(now):
            pass
        self.reached = max(self.reached, now)

    def pass_until_over(self, tasks: Callable[[], Iterable[Task]], limit: datetime) -> bool:
        """Let time pass, without a schedule firing, until tasks are STOPPED; false: not by then."""

        def over() -> bool:
            return all(task.stopped for task in tasks()) and not self.live.cluster.expecting

        self.time.pass_until(limit, over)
        self.reached = max(self.reached, self.timers.now())
        return over()

    def pass_until_idle(self, limit: datetime) -> bool:
        """Let time pass, without a schedule firing, until no task is left; false: not by then."""
        self.time.pass_until(limit, self._is_idle)
        return self._is_idle()

    def finish(self, limit: datetime) -> bool:
        """Let the running tasks end, until a virtual instant; then stop those that still run.

        Returns whether all were over by then, be it because something asked for the end.
        """
        if self._pass_and_obey(limit):
            return True
        self.live.stop_tasks("the simulation is over")
        self._pass_and_obey(None)
        return False

    def _pass_and_obey(self, limit: datetime | None) -> bool:
        """Let time pass until nothing runs, stopping tasks when asked to; false: not by then."""
        while True:
            self._obey()
            asked = self.time.pass_until(limit, lambda: self._is_idle() or self._unheard())
            if self._is_idle():
                return True
            if not asked:
                return False

    def _is_idle(self) -> bool:
        return self.live.cluster.idle

    def _asked(self) -> bool:
        return self.ending

    def _unheard(self) -> bool:
        return self._wanted_stop() > self._obeyed

    def _wanted_stop(self) -> int:
        """Return how hard to stop: 1 gently, 2 by killing."""
        return min(2, max(self._ends, int(self._stop_reason is not None)))

    def _obey(self) -> None:
        wanted = self._wanted_stop()
        if wanted > self._obeyed:
            self._obeyed = wanted
            self.live.stop_tasks(self._stop_reason or STOPPED_BY_USER, kill=wanted > 1)
