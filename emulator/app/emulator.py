"""The operations that front ends offer, wired from settings.

What a command does not need it does not import: `next` never loads the Docker SDK.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from emulator.app.settings import Settings
from emulator.clock import Clock, system_clock
from emulator.errors import UsageError
from emulator.model.definitions import Definitions
from emulator.model.rules import Rule, RuleState, TaskOverride
from emulator.schedules import Schedule

if TYPE_CHECKING:
    from emulator.app.live import EngineFactory, Live
    from emulator.app.service import Service
    from emulator.app.serving import ServeOptions
    from emulator.app.tally import Tally
    from emulator.app.upkeep import Leftovers
    from emulator.definitions import Loaded
    from emulator.definitions.put_events import Entry
    from emulator.engines.base import ContainerEngine
    from emulator.errors import Problem
    from emulator.eventbridge.expected import Expectation
    from emulator.eventbridge.service_events import Event
    from emulator.events import EventBus
    from emulator.logs.directory import LogDirectory
    from emulator.model.event_rules import EventRule
    from emulator.model.task import Task
    from emulator.model.task_policies import HistoryLimits
    from emulator.state.directory import StateDirectory
    from emulator.state.history import History
    from emulator.state.pruning import Pruned
    from emulator.state.records import TaskRecord


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
        return self.with_switches()

    def switch(self, names: Sequence[str], state: RuleState) -> "list[Rule | EventRule]":
        """Enable or disable rules here, for every process on this state directory.

        A rule whose files say the same is as they say from now on. Returns the rules. Raises
        `UsageError` for a name there is none of.
        """
        from emulator.eventbridge.rule_states import with_states_here
        from emulator.state.switches import forget_switch, switch_rule

        matching = {rule.name: rule for rule in self.definitions.event_rules}
        scheduled = {rule.name for rule in self.definitions.rules}
        rules: list[Rule | EventRule] = [
            matching[name] if name in matching and name not in scheduled else self.rules([name])[0]
            for name in names
        ]
        self.state.prepare()
        known = with_states_here(self.loaded.checked())
        declared = {rule.name: rule.state for rule in known.event_rules}
        declared |= {rule.name: rule.state for rule in known.rules}
        for rule in rules:
            if declared[rule.name] is state:
                forget_switch(self.history, rule.name)
            else:
                switch_rule(self.history, rule.name, state, self._clock())
        return rules

    def declared_states(self) -> dict[str, RuleState]:
        """Return the state of each rule that the files themselves say."""
        known = self.loaded.checked()
        states = {rule.name: rule.state for rule in known.event_rules}
        return states | {rule.name: rule.state for rule in known.rules}

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
        from emulator.app.live import Live
        from emulator.app.service import Service

        live = Live(self.settings, self.definitions, bus, self._clock, self._engine)
        with live, self.state.lock():
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

    def with_switches(self) -> Definitions:
        """Return the definitions with the state that rules have here by now."""
        from emulator.eventbridge.rule_states import with_states_here

        return with_states_here(self.loaded.checked(), self._switches())

    def _switches(self) -> dict[str, RuleState]:
        """Return the rules that a person enabled or disabled here: none before anything ran."""
        if not self.state.database.exists():
            return {}
        from emulator.state.switches import rule_switches

        return rule_switches(self.history)

    def invoke(self, rules: Sequence[Rule], bus: "EventBus") -> "list[Task]":
        """Fire rules now, as their schedule would; return their tasks once all are STOPPED."""
        from emulator.model.task import Origin

        now = self._clock()

        def start(live: "Live") -> None:
            for rule in rules:
                live.delivery.fire(rule, now, Origin.INVOKE)

        return self._run_to_the_end(start, bus)

    def run_task(
        self, task_definition: str, overrides: TaskOverride, count: int, bus: "EventBus"
    ) -> "list[Task]":
        """Run a task definition without a rule; return its tasks once all are STOPPED.

        Raises `RunTaskRefusedError`.
        """
        from emulator.ecs.run_task import RunTaskRequest, run_task

        request = RunTaskRequest(task_definition=task_definition, count=count, overrides=overrides)
        tasks = run_task(request, self.definitions, now=self._clock())

        def start(live: "Live") -> None:
            for task in tasks:
                live.cluster.submit(task)

        return self._run_to_the_end(start, bus)

    def retry(self, texts: Sequence[str], bus: "EventBus") -> "list[Task]":
        """Run recorded tasks again; return the new ones once all are STOPPED.

        Each has the definition, overrides and due instant of the recorded one, whatever the files
        say by now. Raises `UsageError` for a task that is not over, or not known well enough.
        """
        from emulator.app.recorded_task import changed_since, recorded_task
        from emulator.ecs.further_attempt import further_attempt
        from emulator.events import Warned
        from emulator.model.task import Origin

        again = []
        for text in texts:
            record = self.history.find(text)
            if not record.stopped:
                message = f"task {record.task_id} is still {record.last_status}"
                raise UsageError(message, hint="`ecs-local stop` ends it")
            task = recorded_task(record, self.history)
            last = self.history.last_attempt(task.retry_of or task.id)
            again.append(
                further_attempt(
                    task, attempt=last + 1, now=self._clock(), origin=Origin.MANUAL_RETRY
                )
            )
            if changed_since(task, self.definitions):
                family = task.task_definition.family
                message = f"{family}: the files say something else by now; it runs as recorded"
                bus.publish(Warned(message=message))

        def start(live: "Live") -> None:
            for task in again:
                live.cluster.submit(task)

        return self._run_to_the_end(start, bus)

    def events_of(self, entries: "Iterable[Entry]") -> "list[tuple[str, Event]]":
        """Return the events that entries of PutEvents become, each with the name of its bus."""
        from emulator.eventbridge.service_events import put_event

        known = self.definitions
        return [
            (
                entry.event_bus,
                put_event(entry, self._clock(), region=known.region, account=known.account),
            )
            for entry in entries
        ]

    def put_events(self, events: "Sequence[tuple[str, Event]]", bus: "EventBus") -> "list[Task]":
        """Put events on their buses; return what they started once all of it is STOPPED."""
        from emulator.events import Warned

        def start(live: "Live") -> None:
            for event_bus, event in events:
                if not live.router.put(event, event_bus=event_bus):
                    where = "" if event_bus == "default" else f" of bus {event_bus}"
                    message = f"no rule{where} matches event {event['id']}"
                    bus.publish(Warned(message=message))

        return self._run_to_the_end(start, bus)

    def interrupt(self) -> None:
        """Stop what runs: the first time gently, after that at once. For signal handlers."""
        self._interrupts += 1
        gentle = self._interrupts == 1
        server = None if self._service is None else self._service.server
        live = self._live
        if server is not None:
            (server.drain if gentle else server.kill)()
        elif live is not None:
            live.stop_tasks("Task stopped by user", kill=not gentle)

    def end(self) -> None:
        """Fire nothing more; what runs goes on to its end."""
        self._ended = True
        if self._service is not None:
            self._service.server.end()

    @property
    def interrupted(self) -> bool:
        """Whether `interrupt` was called."""
        return self._interrupts > 0

    def anchored(
        self, rules: Sequence[Rule], history: "History"
    ) -> tuple[dict[str, tuple[Rule, Schedule]], dict[str, datetime]]:
        """Return the enabled rules with their schedules, noting the creation of new ones.

        Also from when on new ones are due: EventBridge Scheduler's rate is due when created.
        """
        from emulator.state.rule_anchors import known_anchors, rule_anchors

        enabled = {rule.name: rule for rule in rules if rule.enabled}
        parsed = {name: rule.schedule for name, rule in enabled.items()}
        rates = {name: s for name, s in parsed.items() if s.wants_anchor}
        expressions = {name: rate.expression for name, rate in rates.items()}
        known = known_anchors(history, expressions)
        anchors = rule_anchors(history, expressions, self._clock())
        for name, rate in rates.items():
            parsed[name] = rate.with_anchor(anchors[name])
        new = {n: at - timedelta.resolution for n, at in anchors.items() if known.get(n) != at}
        return {name: (rule, parsed[name]) for name, rule in enabled.items()}, new

    def _run_to_the_end(self, start: "Callable[[Live], None]", bus: "EventBus") -> "list[Task]":
        from emulator.app.live import Live
        from emulator.events import TaskRetryCancelled, TaskRetryScheduled, TaskStateChanged

        ended: dict[str, Task] = {}

        def on_task(event: TaskStateChanged) -> None:
            if event.task.stopped:
                ended[event.task.id] = event.task

        def on_retry(event: TaskRetryScheduled) -> None:
            # An attempt is not the end of it where another one follows.
            ended.pop(event.task.id, None)

        def on_cancelled(event: TaskRetryCancelled) -> None:
            ended[event.task.id] = event.task

        bus.subscribe(TaskStateChanged, on_task)
        bus.subscribe(TaskRetryScheduled, on_retry)
        bus.subscribe(TaskRetryCancelled, on_cancelled)
        with Live(self.settings, self.definitions, bus, self._clock, self._engine) as live:
            self._live = live
            start(live)
            if self.interrupted:
                live.stop_tasks("Task stopped by user", kill=self._interrupts > 1)
            while not live.cluster.wait_idle(0.5):
                live.obey_stop_requests()
            self.incomplete = live.incomplete
        return list(ended.values())

    # -- from another process ------------------------------------------------------------------

    def remove_leftovers(self, bus: "EventBus") -> "Leftovers":
        """End and remove everything of this state directory that no living process owns.

        Raises `UsageError` while a scheduler is at work.
        """
        from emulator.app.upkeep import Upkeep, refuse_while_at_work

        refuse_while_at_work(self.state)
        with self._machine(bus) as live:
            return Upkeep(live, self.state).remove()

    def _machine(self, bus: "EventBus") -> "Live":
        """Return a machine to enter that needs no definitions: for tasks that have begun."""
        from emulator.app.live import Live

        return Live(self.settings, Definitions(), bus, self._clock, self._engine)

    def _stop_orphan(self, record: "TaskRecord", reason: str, bus: "EventBus") -> None:
        from emulator.app.upkeep import Upkeep

        with self._machine(bus) as live:
            Upkeep(live, self.state).stop(record, reason)

    def stop(self, text: str, reason: str, bus: "EventBus") -> str:
        """Stop a task wherever it runs; return its id once the request is on its way.

        Raises `UsageError` when there is no such task, or it is over.
        """
        from emulator.state.owner import owner_lives
        from emulator.state.stop_requests import request_stop

        record = self.history.find(text)
        if record.stopped:
            message = f"task {record.task_id} is over: {record.stopped_reason}"
            raise UsageError(message)
        if owner_lives(record.owner):
            request_stop(self.history, record.task_id, record.owner, reason, self._clock())
        else:
            self._stop_orphan(record, reason, bus)
        return record.task_id

    def await_stop(
        self, task_id: str, reason: str, bus: "EventBus", *, wait: Callable[[], object]
    ) -> "TaskRecord":
        """Return a task that was asked to stop once it is over; `wait` is called between looks.

        Its process may be gone before it obeys: then the task is stopped from here.
        """
        from emulator.state.owner import owner_lives

        while not (record := self.history.find(task_id)).stopped:
            if owner_lives(record.owner):
                wait()
            else:
                self._stop_orphan(record, reason, bus)
        return record
