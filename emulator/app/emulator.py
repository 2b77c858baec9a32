"""The operations that front ends offer, wired from settings.

What a command does not need it does not import: `next` never loads the Docker SDK.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from emulator.app.settings import Settings
from emulator.app.workspace import Workspace
from emulator.clock import Clock, system_clock
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule

if TYPE_CHECKING:
    from emulator.app.live import EngineFactory, Live
    from emulator.app.service import Service
    from emulator.app.serving import ServeOptions
    from emulator.app.tally import Tally
    from emulator.engines.base import ContainerEngine
    from emulator.errors import Problem
    from emulator.eventbridge.expected import Expectation
    from emulator.events import EventBus
    from emulator.model.task_policies import HistoryLimits
    from emulator.state.pruning import Pruned
    from emulator.timers import WallTimers


class Emulator(Workspace):
    """A workspace, and what can be done in it: lint it, fire its rules, run its tasks."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = system_clock,
        engine: "EngineFactory | None" = None,
    ) -> None:
        super().__init__(settings, clock)
        self._engine = engine
        self._service: Service | None = None
        self._reload_asked = False
        self._live: Live | None = None
        self._interrupts = 0
        self._ended = False
        self.incomplete = False
        """Whether logs or history of what ran here could not be written as a whole."""

    def lint(self, *, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> "list[Problem]":
        """Return what is wrong with the definitions; patterns of ids select and ignore."""
        from emulator.app.linting import findings

        return findings(self, select=select, ignore=ignore)

    def expectations(
        self, names: Sequence[str], since: datetime, until: datetime
    ) -> "list[Expectation]":
        """Return what became of each firing that was due from `since` to `until`, by time."""
        from emulator.app.expectations import expectations

        return expectations(self, names, since, until)

    def prune(self, limits: "HistoryLimits") -> "Pruned":
        """Delete what is past the limits from the history."""
        from emulator.state.pruning import prune

        return prune(self.history, limits, self._clock())

    def engine(self) -> "ContainerEngine":
        """Return a new connection to the container engine."""
        return self._engine_on(self._timers())()

    def _timers(self) -> "WallTimers":
        from emulator.app.engine_choice import wall_timers

        return wall_timers(self.settings, self._clock)

    def _engine_on(self, timers: "WallTimers") -> "EngineFactory":
        if self._engine is not None:
            return self._engine
        from emulator.app.engine_choice import engine_factory

        return engine_factory(self.settings, timers)

    def _engine_telling(self, bus: "EventBus", timers: "WallTimers") -> "EngineFactory":
        """Return what makes the engine, and warns of what its script says of what is not there."""
        if self._engine is not None:
            return self._engine
        from emulator.app.engine_choice import engine_factory
        from emulator.events import Warned

        def tell(text: str) -> None:
            bus.publish(Warned(message=text))

        return engine_factory(self.settings, timers, tell, self.definitions)

    def serve(
        self,
        rules: Sequence[Rule],
        options: "ServeOptions",
        bus: "EventBus",
        *,
        names: Sequence[str] = (),
    ) -> "Tally":
        """Fire rules by the clock until the options, the schedules or `interrupt` end it.

        `names` are those that were asked for, when definitions change; none: all there are.
        Raises `StateDirectoryError` when another scheduler is at work on the state directory.
        """
        from emulator.app.service import Service

        with self.machine(bus) as live, self.state.lock() as lock:
            service = Service(self, live, lock, rules, names, options, bus, self._clock)
            # In this order: an interrupt that comes between finds the service, or is found here.
            self._service = service
            if self._reload_asked:
                service.reload()
            if self.interrupted:
                service.server.drain()
                if self._interrupts > 1:
                    service.server.kill()
            elif self._ended:
                service.server.end()
            return service.serve()

    def reload(self) -> None:
        """Read the definitions of a run again, whether they have changed or not."""
        self._reload_asked = True
        if self._service is not None:
            self._service.reload()

    @contextmanager
    def looking_at_files(self) -> Iterator[None]:
        """Note how the definition files stand that are first read meanwhile: for a run's watch."""
        from emulator.app.definition_watch import signature_ahead, signature_of

        before = signature_ahead(self.settings)
        yield
        self.files_as_read = signature_of(self, before)

    def interrupt(self) -> None:
        """Stop what runs: the first time gently, after that at once.

        For any thread, and no signal handler: it takes locks that the main thread may hold.
        """
        self._interrupts += 1
        gentle = self._interrupts == 1
        server = None if self._service is None else self._service.server
        live = self._live
        if server is not None:
            (server.drain if gentle else server.kill)()
        elif live is not None:
            live.stop_tasks(kill=not gentle)

    def end(self) -> None:
        """Fire nothing more; what runs goes on to its end."""
        self._ended = True
        if self._service is not None:
            self._service.server.end()

    @property
    def interrupted(self) -> bool:
        """Whether `interrupt` was called."""
        return self._interrupts > 0

    def machine(self, bus: "EventBus") -> "Live":
        """Return a machine to enter, for what the definitions say."""
        timers = self._timers()
        return self._live_on(timers, self.definitions, bus, self._engine_telling(bus, timers))

    def bare_machine(self, bus: "EventBus") -> "Live":
        """Return a machine to enter that needs no definitions: for tasks that have begun."""
        timers = self._timers()
        return self._live_on(timers, Definitions(), bus, self._engine_on(timers))

    def _live_on(
        self,
        timers: "WallTimers",
        definitions: Definitions,
        bus: "EventBus",
        engine: "EngineFactory",
    ) -> "Live":
        from emulator.app.live import Live
        from emulator.model.task import FAKE_ENGINE

        in_order = self.settings.engine == FAKE_ENGINE
        return Live(
            self.settings, definitions, bus, self._clock, engine, timers=timers, in_order=in_order
        )

    def see_to_the_end(self, live: "Live", start: "Callable[[Live], None]") -> None:
        """Start something on a machine, and wait until nothing of it is left; `interrupt` stops it.

        Notes whether logs and history are whole.
        """
        self._live = live
        start(live)
        if self.interrupted:
            live.stop_tasks(kill=self._interrupts > 1)
        while not live.cluster.wait_idle(0.5):
            live.obey_stop_requests()
        self.incomplete = live.incomplete
