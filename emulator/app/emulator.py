"""The operations that front ends offer, wired from settings.

What a command does not need it does not import: `next` never loads the Docker SDK.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from emulator.app.settings import Settings
from emulator.clock import Clock, system_clock
from emulator.errors import UsageError
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, RuleState
from emulator.schedules import Schedule

if TYPE_CHECKING:
    from emulator.app.live import EngineFactory, Live
    from emulator.app.service import Service
    from emulator.app.serving import ServeOptions
    from emulator.app.tally import Tally
    from emulator.definitions import Loaded
    from emulator.engines.base import ContainerEngine
    from emulator.errors import Problem
    from emulator.eventbridge.expected import Expectation
    from emulator.events import EventBus
    from emulator.logs.directory import LogDirectory
    from emulator.model.task_policies import HistoryLimits
    from emulator.state.directory import StateDirectory
    from emulator.state.history import History
    from emulator.state.pruning import Pruned


class Emulator:
    """One emulator: definitions, a state directory, and what can be done with them."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = system_clock,
        engine: "EngineFactory | None" = None,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._engine = engine or self._chosen_engine
        self._service: Service | None = None
        self._reload_asked = False
        self.files_as_read: object = None
        self._live: Live | None = None
        self._interrupts = 0
        self._ended = False
        self.incomplete = False
        """Whether logs or history of what ran here could not be written as a whole."""

    def now(self) -> datetime:
        """Return the present instant of this emulator's clock."""
        return self._clock()

    # -- what is defined -----------------------------------------------------------------------

    @cached_property
    def loaded(self) -> "Loaded":
        """What was read of the definition files, with everything that is wrong with them."""
        from emulator.definitions import read
        from emulator.definitions.cache_place import cache_directory
        from emulator.definitions.files import Project
        from emulator.definitions.nodes import Problems
        from emulator.definitions.reading import Reading

        settings = self.settings
        project = Project(settings.directory.absolute())
        problems = Problems(settings.lenient)
        reading = Reading(
            project,
            settings.environ,
            problems,
            parameters=settings.parameters,
            environment=settings.environment,
            variables=settings.variables,
            variable_files=settings.variable_files,
            cache=cache_directory(settings.environ),
        )
        return read(settings.files, reading)

    @cached_property
    def definitions(self) -> Definitions:
        """The resolved definitions, rules in the state they have here. Raises `DefinitionError`."""
        return self.with_switches(self.switches())

    def lint(self, *, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> "list[Problem]":
        """Return what is wrong with the definitions; patterns of ids select and ignore."""
        from emulator.app.linting import findings

        return findings(self, select=select, ignore=ignore)

    def rules(self, names: Sequence[str] = ()) -> list[Rule]:
        """Return rules by name, or all. Raises `UsageError` for a name there is none of."""
        by_name = {rule.name: rule for rule in self.definitions.rules}
        unknown = [name for name in names if name not in by_name]
        if unknown and any(rule.name == unknown[0] for rule in self.definitions.event_rules):
            message = f"rule {unknown[0]} has no schedule: it starts when an event matches"
            raise UsageError(message, hint="`ecs-local put-events` sends one")
        if unknown:
            self._refuse_left_out(unknown[0])
            known = ", ".join(by_name) or "none"
            message = f"no rule {unknown[0]!r}"
            raise UsageError(message, hint=f"rules here: {known}")
        return [by_name[name] for name in names] or list(by_name.values())

    def _refuse_left_out(self, name: str) -> None:
        """Raise `UsageError` for a rule that is there but lacks a value, saying which."""
        for problem in self.definitions.problems:
            if problem.rule == "left-out" and problem.message.startswith(
                f"rule {name} is left out"
            ):
                place = f"{problem.source}: " if problem.source else ""
                raise UsageError(f"{place}{problem.message}", hint=problem.hint)

    def schedules(
        self, rules: Iterable[Rule], *, created: datetime | None = None
    ) -> dict[str, Schedule]:
        """Return the schedule of each rule, a rate counted from the rule's creation.

        A rule that this state directory has not seen is created when it first runs: as if now,
        or at `created`, which no creation is later than.
        """
        rules = list(rules)
        parsed = {rule.name: rule.schedule for rule in rules}
        rates = {name: s for name, s in parsed.items() if s.wants_anchor}
        if rates:
            from emulator.state.rule_anchors import known_anchors

            wanted = {name: rate.expression for name, rate in rates.items()}
            anchors = known_anchors(self.history, wanted)
            latest = (created or self._clock()).replace(microsecond=0)
            for name, rate in rates.items():
                known = anchors.get(name, latest)
                parsed[name] = rate.with_anchor(known if created is None else min(known, latest))
        return parsed

    # -- what has been -------------------------------------------------------------------------

    @cached_property
    def state(self) -> "StateDirectory":
        """The state directory; reading it makes nothing."""
        from emulator.state.directory import StateDirectory

        return StateDirectory(self.settings.state_dir)

    @cached_property
    def history(self) -> "History":
        """The run history; reading it makes nothing."""
        from emulator.state.history import History

        return History(self.state.database)

    @cached_property
    def logs(self) -> "LogDirectory":
        """The log groups of the state directory."""
        from emulator.logs.directory import LogDirectory

        return LogDirectory(self.state.logs)

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

    def _chosen_engine(self) -> "ContainerEngine":
        from emulator.app.engine_choice import engine_factory

        return engine_factory(self.settings, self._clock)()

    def engine(self) -> "ContainerEngine":
        """Return a new connection to the container engine."""
        return self._engine()

    # -- running -------------------------------------------------------------------------------

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

        with self.machine(bus) as live, self.state.lock():
            service = Service(self, live, rules, names, options, bus, self._clock)
            # In this order: a signal that comes between finds the service, or is found here.
            self._service = service
            if self._reload_asked:
                service.reload()
            if self.interrupted:
                service.server.drain()
            elif self._ended:
                service.server.end()
            return service.serve()

    def reload(self) -> None:
        """Read the definitions of a run again, whether they have changed or not."""
        self._reload_asked = True
        if self._service is not None:
            self._service.reload()

    def look_at_files(self) -> None:
        """Note how the definition files stand, right after they were read: for a run's watch."""
        from emulator.app.reloading import signature_of

        self.files_as_read = signature_of(self)

    def again(self) -> "Emulator":
        """Return an emulator of the same settings that has read nothing yet."""
        return Emulator(self.settings, clock=self._clock, engine=self._engine)

    def take_over(self, other: "Emulator") -> None:
        """Go by what another emulator has read from now on."""
        self.__dict__.update(loaded=other.loaded, definitions=other.definitions)

    def with_switches(self, switches: Mapping[str, RuleState]) -> Definitions:
        """Return the definitions with the state that rules have here, where these are switched."""
        from emulator.eventbridge.rule_states import with_states_here

        return with_states_here(self.loaded.checked(), switches)

    def switches(self) -> dict[str, RuleState]:
        """Return the rules that a person enabled or disabled here: none before anything ran."""
        if not self.state.database.exists():
            return {}
        from emulator.state.switches import rule_switches

        return rule_switches(self.history)

    def interrupt(self) -> None:
        """Stop what runs: the first time gently, after that at once. For signal handlers."""
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
        from emulator.app.live import Live

        return Live(self.settings, self.definitions, bus, self._clock, self._engine)

    def bare_machine(self, bus: "EventBus") -> "Live":
        """Return a machine to enter that needs no definitions: for tasks that have begun."""
        from emulator.app.live import Live

        return Live(self.settings, Definitions(), bus, self._clock, self._engine)

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
