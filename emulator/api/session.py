"""An emulator's beginning and end: what it is made with, its machine, and what both know."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from emulator.api.advice import advising_callers, for_callers, warned_of
from emulator.api.arguments import read_construction
from emulator.api.engines import Engine, Script, engine_of
from emulator.api.further_settings import FurtherSettings
from emulator.api.kinds import Files
from emulator.api.places import Places, as_called, remove_what_killed_processes_left
from emulator.api.presence import Present
from emulator.api.recording import Recording
from emulator.api.results import Result
from emulator.app.emulator import Emulator as Application
from emulator.app.settings import Settings
from emulator.app.simulation import Simulation
from emulator.clock import iso_instant, system_clock
from emulator.ecs import identity
from emulator.errors import DefinitionError, Problem, UsageError
from emulator.events import EventBus, Warned
from emulator.model.definitions import Definitions

if TYPE_CHECKING:
    from emulator.engines.fake_script import FakeScript


class Session(Present):
    """The context in which an emulator has a machine; `Emulator` adds the operations."""

    def __init__(
        self,
        *files: Files,
        text: str | None = None,
        directory: Files | None = None,
        state_dir: Files | None = None,
        engine: Engine = "docker",
        clock: Literal["simulated", "real"] = "simulated",
        start: datetime | str | None = None,
        script: Script = None,
        flows: bool | None = None,
        seed: int | None = None,
        scratch: bool | None = None,
        **settings: Unpack[FurtherSettings],
    ) -> None:
        own: dict[str, object] = {}
        own |= {"files": files, "text": text, "directory": directory, "state_dir": state_dir}
        own |= {"engine": engine, "clock": clock, "start": start, "script": script}
        own |= {"flows": flows, "seed": seed, "scratch": scratch}
        made, self._more = read_construction(own, settings)
        self._places = Places(**{each.name: made[each.name] for each in fields(Places)})
        self._engine: Engine = made["engine"]
        self._flows = engine != "fake" if flows is None else flows
        self._script: FakeScript | None = made["script"]
        self._seed = seed
        self._scratch = self._places.temporary if scratch is None else scratch
        self._real = clock == "real"
        self._start: datetime = made["start"] or system_clock()
        self._stack = ExitStack()
        self._opened: tuple[Application, Recording] | None = None
        self._simulation: Simulation | None = None
        self._process = os.getpid()
        self._turn = Lock()
        self._ids: Callable[[], AbstractContextManager[None]] = identity.fresh

    def __enter__(self) -> Self:
        if self._simulation is not None:
            message = "the emulator is running already: entered twice it would be two"
            raise UsageError(message, hint="make another `Emulator(…)`")
        if self._engine == "docker" and self._places.temporary:
            from emulator.engines.docker import DockerEngine

            remove_what_killed_processes_left(DockerEngine)
        with advising_callers(), ExitStack() as stack:
            settings = self._settings(stack)
            bus = EventBus()

            def warn(text: str) -> None:
                bus.publish(Warned(message=text))

            application = Application(settings, clock=lambda: self._start)
            definitions = self._read(application)
            recording = Recording(bus, application.logs, definitions)
            self._opened = application, recording
            simulation = Simulation(
                settings,
                definitions,
                bus,
                self._start,
                engine_of(self._engine, self._script, settings, definitions, warn),
                flows=self._flows,
                speed=1.0 if self._real else None,
                scratch=self._scratch,
            )
            # What is due at the very start is past, as it is for `run`.
            simulation.reached = self._start
            if self._seed is not None:
                self._ids = identity.Seeded(str(self._seed)).drawn
            with self._ids():
                self._simulation = stack.enter_context(simulation)
            self._stack = stack.pop_all()
        self._process = os.getpid()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._simulation = None
        if self._process != os.getpid():
            # A fork has none of its threads, and what it began is still the other process's.
            return
        with self._ids():
            self._stack.close()

    def __repr__(self) -> str:
        if self._simulation is None:
            return f"<{type(self).__name__}: not running>"
        engine = self._engine if isinstance(self._engine, str) else "own"
        return f"<{type(self).__name__}: {engine} engine, {iso_instant(self.now())}>"

    @property
    def definitions(self) -> Definitions:
        """What the files say."""
        return self._application.definitions

    @property
    def state_dir(self) -> Path:
        """Where logs and history of this emulator are."""
        return self._application.settings.state_dir

    @property
    def fake(self) -> bool:
        """Whether the fake engine runs its containers: nothing is really run."""
        return self._engine == "fake"

    @property
    def warnings(self) -> list[str]:
        """What was warned of so far: of the definitions, and of what happened."""
        return warned_of(self.definitions.problems) + self._recording.warnings

    def happened(self) -> Result:
        """Return everything that happened so far, in all operations."""
        return self._recording.since(0)

    def now(self) -> datetime:
        """Return the emulator's present instant (UTC)."""
        present = self._machine.timers.now()
        return max(present, system_clock()) if self._real else present

    def rules(self) -> list[str]:
        """Return the names of the rules that have a schedule: `invoke` takes them."""
        return [rule.name for rule in self.definitions.rules]

    @property
    def _application(self) -> Application:
        return self._were_opened[0]

    @property
    def _recording(self) -> Recording:
        return self._were_opened[1]

    @property
    def _were_opened(self) -> tuple[Application, Recording]:
        if self._opened is None:
            raise _not_running()
        return self._opened

    @property
    def _machine(self) -> Simulation:
        if self._simulation is None:
            raise _not_running()
        if self._process != os.getpid():
            message = "the emulator runs in the process that this one was forked from"
            raise UsageError(message, hint="each process makes its own emulator")
        return self._simulation

    def _read(self, application: Application) -> Definitions:
        try:
            found = application.definitions
        except DefinitionError as error:
            raise DefinitionError(self._as_called(application, error.problems)) from None
        # Whoever asks for a rule that was left out is told one of them.
        problems = self._as_called(application, found.problems)
        application.definitions = replace(found, problems=problems)
        return application.definitions

    def _as_called(
        self, application: Application, problems: tuple[Problem, ...]
    ) -> tuple[Problem, ...]:
        text = self._places.text is not None
        return for_callers(as_called(problems, application.settings, text=text))

    def _settings(self, stack: ExitStack) -> Settings:
        named = self._engine if isinstance(self._engine, str) else "docker"
        more: dict[str, Any] = {"environ": dict(os.environ), "send": False, **self._more}
        return Settings(**self._places.open(stack), engine=named, **more)


def _not_running() -> UsageError:
    message = "the emulator is not running"
    return UsageError(message, hint="use it as a context: `with Emulator(…) as ecs:`")
