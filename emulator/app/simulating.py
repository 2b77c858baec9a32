"""`simulate --execute`: a period on a virtual clock, in a state directory of its own."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.app.anchoring import anchored_as_before
from emulator.app.chains import Chains
from emulator.app.cut_off import CutOff
from emulator.app.engine_choice import simulated_engine
from emulator.app.obedience import Obedience
from emulator.app.resumption import Resumption
from emulator.app.simulation import MOMENT, Simulation
from emulator.app.simulation_place import Period, SimulationPlace
from emulator.app.tally import Counting, Tally
from emulator.app.upkeep import Upkeep
from emulator.ecs import identity
from emulator.errors import UsageError
from emulator.events import EventBus, Progressed, Warned
from emulator.model.rules import Rule
from emulator.quantity import counted
from emulator.schedules import Schedule
from emulator.state.directory import StateDirectory
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.app.settings import Settings
    from emulator.model.definitions import Definitions

PATIENCE: Final = timedelta(days=1)
"""How long after its end a simulation waits for tasks, in virtual time."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


@frozen
class SimulateOptions:
    """A period from `start` (inclusive) to `end` (exclusive), and how to go through it.

    `speed` None: as fast as tasks end. `resume`: go on where the simulation of this name stopped,
    firing again what did not come to its end. `seed`: the same ids of tasks and events each time.
    """

    start: datetime
    end: datetime
    name: str | None = None
    speed: float | None = None
    exit_on_failure: bool = False
    resume: bool = False
    seed: int | None = None

    @property
    def directory_name(self) -> str:
        """The name of the simulation's directory. Raises `UsageError`."""
        if self.name is None:
            return f"{self.start:%Y%m%dT%H%M%SZ}-{self.end:%Y%m%dT%H%M%SZ}"
        if not _NAME.fullmatch(self.name):
            message = f"--name {self.name}: a name is of letters, digits, `.`, `-` and `_`"
            raise UsageError(message)
        return self.name


class _Watch(NamedTuple):
    """What follows a part of a simulation while it runs."""

    tally: Tally
    cut_off: CutOff
    chains: Chains


class Simulating:
    """One executed simulation. `interrupt` is for any thread, but no signal handler.

    Raises `UsageError` for an engine there is none of, or no script of: before it touches anything
    that an earlier simulation of the name has left.
    """

    def __init__(
        self,
        settings: "Settings",
        definitions: "Definitions",
        options: SimulateOptions,
        bus: EventBus,
    ) -> None:
        self.directory = settings.state_dir / "simulations" / options.directory_name
        self._settings = settings._replace(state_dir=self.directory)
        self._definitions = definitions
        self._options = options
        self._bus = bus
        # By the whole state directory, which goes into no image: other simulations lie beside.
        self._engine = simulated_engine(settings, self._warn, definitions)
        period = Period(options.start, options.end, options.seed)
        self._place = SimulationPlace(self.directory, period)
        self._simulation: Simulation | None = None
        self._interrupts = 0
        self.goes_on = False
        """Whether a part of the period is left, which `resume` goes through."""

    def prepare(self) -> None:
        """Make the directory ready to begin anew, or to go on.

        Raises `UsageError` when there is nothing to resume, or of another period.
        """
        self._place.prepare(resume=self._options.resume)

    def interrupt(self) -> None:
        """Let nothing fire any more and stop what runs; the second time kill it."""
        self._interrupts += 1
        if self._simulation is not None:
            self._simulation.ask_end(self._interrupts)

    def run(self, rules: Sequence[Rule], schedules: Mapping[str, Schedule]) -> Tally:
        """Fire rules through the period, once all is prepared; return what it came to."""
        with ExitStack() as stack:
            simulation = self._entered(stack)
            before = self._taken_up(simulation, stack)
            live = simulation.live
            schedules = anchored_as_before(rules, schedules, live.history)
            self._place.begin(before.again, live.history.last_row(), [rule.name for rule in rules])
            if self._options.seed is not None:
                identity.seed(f"{self._options.seed}/{before.tasks}")
            watch = self._watched(simulation)
            self._simulation = simulation
            # In this order: an interrupt that comes between finds it, or is found here.
            if self._interrupts:
                simulation.ask_end(self._interrupts)
            for link in before.links:
                watch.chains.go_on(link, live.router, simulation.timers, self._warn)
            through = self._fire(simulation, {rule.name: rule for rule in rules}, schedules, before)
            self._end(simulation, watch, before, through=through)
        return watch.tally

    def _entered(self, stack: ExitStack) -> Simulation:
        """Return the machine, which lasts as long as `stack`."""
        simulation = Simulation(
            self._settings,
            self._definitions,
            self._bus,
            self._options.start,
            self._engine,
            flows=self._settings.engine != "fake",
            speed=self._options.speed,
            pruned=lambda gone: self._place.pruned(gone, simulation.timers.now()),
        )
        return stack.enter_context(simulation)

    def _taken_up(self, simulation: Simulation, stack: ExitStack) -> Resumption:
        """Clear away what earlier processes have left; return what is to be gone on with."""
        directory = StateDirectory(self.directory)
        stack.enter_context(directory.lock())
        live, start = simulation.live, self._options.start
        unfinished = {record.task_id for record in live.history.unfinished()}
        # What a process that is gone has left, of this or an earlier simulation of the name.
        Upkeep(live, directory, simulation.wait_idle).remove()
        if not self._options.resume:
            return Resumption.nothing(start)
        before = Resumption.of(live.history, start, self._place, self._warn, unfinished=unfinished)
        simulation.begin_at(before.begin)
        simulation.retention.take_up()
        return before

    def _watched(self, simulation: Simulation) -> _Watch:
        """Begin to count what happens, and to note which jobs are not over."""
        live = simulation.live
        tally = Tally(started_at=simulation.timers.now())
        cut_off = CutOff(self._bus, live.supervision, lambda: simulation.ending)
        stops = self._options.exit_on_failure
        chains = Chains(self._bus, live.cluster, cut_off, keep_failed=stops)
        Counting(tally, self._bus, live.supervision, self._on_failure(simulation))
        return _Watch(tally, cut_off, chains)

    def _fire(
        self,
        simulation: Simulation,
        rules: Mapping[str, Rule],
        schedules: Mapping[str, Schedule],
        before: Resumption,
    ) -> bool:
        """Fire what is due, and wait for its tasks; return whether the period was gone through."""
        end = self._options.end
        with Obedience(simulation.live):
            through = simulation.fire_until(rules, schedules, end - MOMENT, wanted=before.is_wanted)
            simulation.finish(max(end, simulation.timers.now()) + PATIENCE)
        return through

    def _end(
        self, simulation: Simulation, watch: _Watch, before: Resumption, *, through: bool
    ) -> None:
        """Note what this part came to, and what is left to the next one."""
        tally = watch.tally
        # Where time flows it may be at it still, and would note that the simulation goes on.
        simulation.live.pruning.end()
        for text in _deleted(simulation.retention.gone, self._place.gone_now):
            self._bus.publish(Progressed(message=text))
        tally.interrupted = self._interrupts > 0
        tally.ended_at = simulation.timers.now()
        tally.incomplete = simulation.live.incomplete
        self.goes_on = tally.interrupted or not through
        outcome = _outcome(through, tally)
        failed = outcome == "failed"
        watch.chains.end(failed=failed)
        self._place.end(outcome, watch.cut_off.due(failed=failed) | before.again)

    def _warn(self, text: str) -> None:
        self._bus.publish(Warned(message=text))

    def _on_failure(self, simulation: Simulation) -> Callable[[str], None]:
        def failed(what: str) -> None:
            if self._options.exit_on_failure and not simulation.ending:
                simulation.end_with(f"{what} (--exit-on-failure)")

        return failed


def _deleted(streams: int, tasks: int) -> Iterator[str]:
    """Yield what to say of that which is not kept any more."""
    if streams:
        yield f"{counted(streams, 'log stream')} deleted: older than retentionInDays"
    if tasks:
        yield f"{counted(tasks, 'old task')} left the history: local.history"


def _outcome(through: bool, tally: Tally) -> str:
    if tally.interrupted:
        return "interrupted"
    return "complete" if through else "failed"
