"""What a check is, what it is given, and what it finds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from emulator.errors import Severity, SourceRef
from emulator.model.definitions import Definitions
from emulator.model.event_rules import EventRule
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule, Target
from emulator.model.task_definition import ContainerDefinition, TaskDefinition


class Place(Protocol):
    """Says where a value was written, by its kind, its name and its path in AWS's shape."""

    def __call__(self, kind: str, name: str, /, *path: str | int) -> SourceRef | None:
        """Return the place, or that of the nearest thing around it."""


def nowhere(_kind: str, _name: str, /, *_path: str | int) -> None:
    """Know no places; a finding then has that of its object."""


class Finding(NamedTuple):
    """What a check found; `severity` where it is not the check's own."""

    message: str
    source: SourceRef | None = None
    hint: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What checks judge: the definitions, and facts that no definition holds.

    `durations` is how long the last tasks of a rule took, the newest first. `missing_secrets` and
    `missing_files` say what to write for a `valueFrom` and for the ARN of an environment file.
    `bare` are families of which the files have only containers, and nothing of the task.
    """

    definitions: Definitions
    now: datetime
    durations: Mapping[str, Sequence[timedelta]] = field(default_factory=dict)
    place: Place = nowhere
    missing_secrets: Mapping[str, str] = field(default_factory=dict)
    missing_files: Mapping[str, str] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()

    def enabled(self) -> Iterator[Rule]:
        """Yield the rules that fire by a schedule of their own."""
        return (r for r in self.definitions.rules if r.enabled and r.schedule_expression)

    def targets(self) -> Iterator[tuple[Rule | EventRule, Target, TaskDefinition]]:
        """Yield the targets whose task definition is known."""
        for rule, targets in self._task_targets():
            for target in targets:
                family, _ = split_task_definition(target.task_definition)
                definition = self.definitions.task_definitions.get(family)
                if definition is not None:
                    yield rule, target, definition

    def _task_targets(self) -> Iterator[tuple[Rule | EventRule, tuple[Target, ...]]]:
        """Yield every rule with what it runs; one with a schedule and a pattern only once."""
        scheduled = {rule.name for rule in self.definitions.rules}
        yield from ((rule, rule.targets) for rule in self.definitions.rules)
        for rule in self.definitions.event_rules:
            if rule.name not in scheduled:
                yield rule, rule.task_targets

    def containers(self) -> Iterator[tuple[TaskDefinition, ContainerDefinition]]:
        """Yield all containers of all task definitions."""
        for definition in self.definitions.task_definitions.values():
            for container in definition.container_definitions:
                yield definition, container

    def of_rule(self, rule: Rule, *path: str | int) -> SourceRef | None:
        """Return where a value of a rule was written."""
        return self.place("rules", rule.name, *path) or rule.source

    def of_target(
        self, rule: Rule | EventRule, target: Target, *path: str | int
    ) -> SourceRef | None:
        """Return where a value of a target was written."""
        index = rule.targets.index(target)
        return self.place("rules", rule.name, "targets", index, *path) or target.source

    def of_task(self, definition: TaskDefinition, *path: str | int) -> SourceRef | None:
        """Return where a value of a task definition was written."""
        return self.place("taskDefinitions", definition.family, *path) or definition.source

    def of_container(
        self, definition: TaskDefinition, container: ContainerDefinition, *path: str | int
    ) -> SourceRef | None:
        """Return where a value of a container definition was written."""
        steps = ("containerDefinitions", container.name, *path)
        return self.place("taskDefinitions", definition.family, *steps) or container.source


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its id, which never changes, and how bad what it finds is.

    `summary` is one sentence that says what is wrong, for the documentation and for SARIF.
    """

    id: str
    severity: Severity
    summary: str
    find: Callable[[Facts], Iterator[Finding]]
