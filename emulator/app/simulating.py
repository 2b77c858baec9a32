"""`simulate --execute`: a period on a virtual clock, in a state directory of its own."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.app.engine_choice import simulated_engine
from emulator.app.obedience import Obedience
from emulator.app.simulation import MOMENT, Simulation
from emulator.app.tally import Counting, Tally
from emulator.app.upkeep import Upkeep, refuse_while_at_work
from emulator.clock import iso_instant
from emulator.ecs import identity
from emulator.errors import StateDirectoryError, UsageError
from emulator.events import EventBus, Progressed, Warned
from emulator.model.rules import Rule
from emulator.model.task import StopCode
from emulator.quantity import counted
from emulator.schedules import Schedule
from emulator.state.directory import StateDirectory
from emulator.state.firings import fired_after
from emulator.state.history import History
from emulator.state.pruning import Pruned

if TYPE_CHECKING:
    from emulator.app.settings import Settings
    from emulator.model.definitions import Definitions

PATIENCE: Final = timedelta(days=1)
"""How long after its end a simulation waits for tasks, in virtual time."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_MARK: Final = "simulation.json"
_CUT_SHORT: Final = (StopCode.USER_INITIATED.value, StopCode.TERMINATION_NOTICE.value)


@dataclass(frozen=True, kw_only=True, slots=True)
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


class Simulating:
    """One executed simulation. `interrupt` is for any thread, but no signal handler."""

    def __init__(
        self, settings: "Settings", definitions: "Definitions", options: SimulateOptions
    ) -> None:
        self.directory = settings.state_dir / "simulations" / options.directory_name
        self._settings = settings._replace(state_dir=self.directory)
        self._definitions = definitions
        self._options = options
        self._place = _Place(self.directory, options)
        self._simulation: Simulation | None = None
        self._interrupts = 0
        self.goes_on = False
        """Whether a part of the period is left, which `resume` goes through."""

    def prepare(self) -> None:
        """Make the directory ready to begin anew, or to go on.

        Raises `UsageError` when there is nothing to resume, or of another period.
        """
        self._place.prepare()

    def interrupt(self) -> None:
        """Let nothing fire any more and stop what runs; the second time kill it."""
        self._interrupts += 1
        if self._simulation is not None:
            self._simulation.ask_end(self._interrupts)

    def run(self, rules: Sequence[Rule], schedules: Mapping[str, Schedule], bus: EventBus) -> Tally:
        """Fire rules through the period, once all is prepared; return what it came to."""
        options, state = self._options, self._place
        engine = simulated_engine(self._settings, lambda text: bus.publish(Warned(message=text)))
        with ExitStack() as stack:
            simulation = Simulation(
                self._settings,
                self._definitions,
                bus,
                options.start,
                engine,
                flows=self._settings.engine != "fake",
                speed=options.speed,
                pruned=lambda gone: state.pruned(gone, simulation.timers.now()),
            )
            live = stack.enter_context(simulation).live
            directory = StateDirectory(self.directory)
            stack.enter_context(directory.lock())
            # What a process that is gone has left, of this or an earlier simulation of the name.
            Upkeep(live, directory).remove()
            before = _Before.nothing(options.start)
            if options.resume:
                before = _Before.of(live.history, options.start, state)
                simulation.begin_at(before.begin)
                simulation.retention.take_up()
            state.write("running")
            if options.seed is not None:
                identity.seed(f"{options.seed}/{before.tasks}")
            tally = Tally(started_at=simulation.timers.now())
            Counting(tally, bus, live.supervision, self._on_failure(simulation))
            self._simulation = simulation
            # In this order: an interrupt that comes between finds it, or is found here.
            if self._interrupts:
                simulation.ask_end(self._interrupts)
            by_name = {rule.name: rule for rule in rules}
            with Obedience(live):
                through = simulation.fire_until(
                    by_name, schedules, options.end - MOMENT, wanted=before.is_wanted
                )
                simulation.finish(max(options.end, simulation.timers.now()) + PATIENCE)
            for text in _deleted(simulation.retention.gone, state.gone_now):
                bus.publish(Progressed(message=text))
            tally.interrupted = self._interrupts > 0
            tally.ended_at = simulation.timers.now()
            tally.incomplete = live.incomplete
            self.goes_on = tally.interrupted or not through
            state.write(_outcome(through, tally))
        return tally

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


class _Place:
    """The directory of a simulation, and the file in it that says which one it is."""

    def __init__(self, path: Path, options: SimulateOptions) -> None:
        self._path = path
        self._options = options
        self._period = {"from": iso_instant(options.start), "to": iso_instant(options.end)}
        self.failed = False
        """Whether it stopped because a task failed."""
        self.pruned_at = options.start
        """Up to when (exclusive) what fired may have left the history."""
        self.gone = 0
        """Tasks that left the history, in earlier parts of it too."""
        self._gone_before = 0

    def prepare(self) -> None:
        """Go on with what is there, or begin anew."""
        mark = self._read()
        if self._options.resume:
            if mark is None:
                message = f"no simulation to resume: {self._path}"
                raise UsageError(message, hint="without --resume it begins")
            if {key: mark.get(key) for key in self._period} != self._period:
                message = f"{self._path} is of {mark.get('from')} to {mark.get('to')}"
                raise UsageError(message, hint="--from and --to must be those, or --name another")
            self.failed = mark.get("outcome") == "failed"
            self._take_up(mark)
        elif mark is not None:
            self._begin_anew()

    @property
    def gone_now(self) -> int:
        """How many tasks left the history in this part."""
        return self.gone - self._gone_before

    def pruned(self, gone: Pruned, at: datetime) -> None:
        """Note that the history does not tell all any more of what fired before an instant."""
        self.gone += gone.tasks
        self.pruned_at = max(self.pruned_at, at)
        self.write("running")

    def write(self, outcome: str) -> None:
        """Note how far the simulation is: running, interrupted, failed or complete."""
        document = {
            **self._period,
            "seed": self._options.seed,
            "outcome": outcome,
            "prunedAt": iso_instant(self.pruned_at),
            "tasksPruned": self.gone,
        }
        temporary = self._path / f".{_MARK}.new"
        try:
            temporary.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
            temporary.replace(self._path / _MARK)
        except OSError as error:
            message = f"{self._path}: cannot be written: {error.strerror}"
            raise StateDirectoryError(message) from error

    def _take_up(self, mark: dict[str, Any]) -> None:
        """Know what an earlier part has noted of its pruning."""
        try:
            at = datetime.fromisoformat(mark.get("prunedAt", self._period["from"]))
            self.pruned_at = at.astimezone(UTC)
            self.gone = self._gone_before = int(mark.get("tasksPruned", 0))
        except (TypeError, ValueError) as error:
            message = f"{self._path / _MARK}: cannot be read: {error}"
            raise StateDirectoryError(message, hint="remove the directory") from error

    def _read(self) -> dict[str, Any] | None:
        try:
            document = json.loads((self._path / _MARK).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            message = f"{self._path / _MARK}: cannot be read: {error}"
            raise StateDirectoryError(message, hint="remove the directory") from error
        return document if isinstance(document, dict) else {}

    def _begin_anew(self) -> None:
        refuse_while_at_work(StateDirectory(self._path))
        try:
            shutil.rmtree(self._path)
        except OSError as error:
            message = f"{self._path}: an earlier simulation cannot be removed: {error.strerror}"
            raise StateDirectoryError(message) from error


@dataclass(frozen=True, slots=True)
class _Before:
    """What an earlier part of a simulation has done: due instants that need not fire again.

    `done` is what is known to have fired, `again` what has but was cut short. What was due before
    `known_from` has fired, though the history does not tell it any more.
    """

    begin: datetime
    known_from: datetime
    done: frozenset[tuple[str, datetime]] = frozenset()
    again: frozenset[tuple[str, datetime]] = frozenset()
    tasks: int = 0

    @classmethod
    def nothing(cls, start: datetime) -> "_Before":
        return cls(start, start)

    @classmethod
    def of(cls, history: History, start: datetime, place: _Place) -> "_Before":
        """Read it from the history; what was cut short, or has failed, is to fire again."""
        fired = {
            (rule, due)
            for rule, dues in fired_after(history, start - MOMENT).items()
            for due in dues
        }
        records = history.tasks()
        cut_short = {
            (record.rule, record.scheduled_at)
            for record in records
            if record.stop_code in _CUT_SHORT or (place.failed and record.succeeded is False)
        }
        again = {(rule, due) for rule, due in fired if (rule, due) in cut_short}
        latest = max((due for _, due in fired), default=start)
        begin = min((due for _, due in again), default=max(latest, place.pruned_at))
        return cls(
            begin,
            place.pruned_at,
            frozenset(fired - again),
            frozenset(again),
            len(records) + place.gone,
        )

    def is_wanted(self, rule: str, due: datetime) -> bool:
        if (rule, due) in self.again:
            return True
        return due >= self.known_from and (rule, due) not in self.done
