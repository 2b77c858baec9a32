"""The definitions and the history of a project: all that can be asked without running anything.

What a question does not need is not imported: `next` reads no log and opens no database.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from emulator.app.settings import Settings
from emulator.clock import Clock
from emulator.errors import UsageError, all_of
from emulator.model.definitions import Definitions
from emulator.model.names import named_by_group
from emulator.model.rules import Rule, RuleState
from emulator.schedules import Schedule

if TYPE_CHECKING:
    from emulator.definitions import Loaded
    from emulator.logs.directory import LogDirectory
    from emulator.model.event_rules import EventRule
    from emulator.state.directory import StateDirectory
    from emulator.state.history import History


class Workspace:
    """The definitions that settings choose, and a state directory."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self.files_as_read: object = None
        """How the definition files stood when they were read; None: nobody has looked."""

    def now(self) -> datetime:
        """Return the present instant of this workspace's clock."""
        return self._clock()

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
            local=settings.local,
        )
        return read(settings.files, reading)

    @cached_property
    def definitions(self) -> Definitions:
        """The resolved definitions, rules in the state they have here. Raises `DefinitionError`."""
        return self.with_switches(self.switches())

    def rules(self, names: Sequence[str] = ()) -> list[Rule]:
        """Return rules that have a schedule by name, or all.

        Raises `UsageError` for names there are none of.
        """
        by_name = {rule.name: rule for rule in self.definitions.rules}
        self._check_rules(names, by_name)
        return [by_name[name] for name in names] or list(by_name.values())

    def rules_of_both_kinds(
        self, names: Sequence[str] = ()
    ) -> "tuple[list[Rule], list[EventRule]]":
        """Return rules that have a schedule, and those that have an event pattern; one may be both.

        By name, or all. Raises `UsageError` for names there are none of.
        """
        matching = self.definitions.event_rules
        if not names:
            return self.rules(), list(matching)
        self._check_rules(names, self.definitions.rule_names)
        scheduled = {rule.name for rule in self.definitions.rules}
        chosen = [name for name in names if name in scheduled]
        return (
            self.rules(chosen) if chosen else [],
            [rule for rule in matching if rule.name in names],
        )

    def _check_rules(self, names: Iterable[str], known: Collection[str]) -> None:
        unknown = [name for name in dict.fromkeys(names) if name not in known]
        if unknown:
            raise all_of([self._why_not(name, known) for name in unknown])

    def _why_not(self, name: str, known: Collection[str]) -> UsageError:
        """Return why there is no rule of this name among those known, and what to do."""
        if name in self.definitions.rule_names:
            hint = (
                "`ecs-local put-events` sends one, `fire_event` in Python; "
                "`run-task` runs its task definition without one"
            )
            message = f"rule {name} has no schedule: it starts when an event matches"
            return UsageError(message, hint=hint)
        if ways := named_by_group(name, known):
            message = f"rule {name!r} is in several groups of schedules"
            return UsageError(message, hint=f"name one of them: {', '.join(ways)}")
        for problem in self.definitions.problems:
            left_out = problem.message.startswith(f"rule {name} is left out")
            if problem.rule == "left-out" and left_out:
                place = f"{problem.source}: " if problem.source else ""
                return UsageError(f"{place}{problem.message}", hint=problem.hint)
        from emulator.definitions.nodes import one_of

        if os.path.isfile(self.settings.directory / name):  # noqa: PTH113 - never raises
            return UsageError(f"no rule {name!r}", hint="that is a file: name it with -f")
        only_some = len(known) < len(self.definitions.rule_names)
        kind = "rules with a schedule" if only_some else "rules"
        return UsageError(f"no rule {name!r}", hint=one_of(kind, name, tuple(known)))

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

    def again(self) -> "Workspace":
        """Return a workspace of the same settings that has read nothing yet."""
        return Workspace(self.settings, self._clock)

    def take_over(self, other: "Workspace") -> None:
        """Go by what another workspace has read from now on."""
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
