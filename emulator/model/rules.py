"""What EventBridge says: rules, their targets, and the overrides a target gives to its task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from emulator.errors import SourceRef
from emulator.model.task_definition import LaunchType
from emulator.schedules import Schedule, parse

Dialect = Literal["rule", "scheduler"]


class RuleState(StrEnum):
    """Whether a rule fires by itself."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerOverride:
    """What a target changes in one container.

    `command` replaces, `environment` is merged by name; units as in `ContainerDefinition`.
    """

    name: str
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    cpu: int | None = None
    memory: int | None = None
    memory_reservation: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskOverride:
    """The `overrides` of RunTask: what an EventBridge target's `Input` holds."""

    container_overrides: tuple[ContainerOverride, ...] = ()
    cpu: int | None = None
    memory: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An ECS target of a rule: which task definition to run, how often, with which overrides.

    `task_definition` is a family, `family:revision` or an ARN, as written; `role_arn` the role
    that EventBridge assumes to run it, and `dead_letter_arn` the queue that keeps what failed.
    """

    id: str
    task_definition: str
    task_count: int = 1
    launch_type: LaunchType | None = None
    group: str | None = None
    overrides: TaskOverride = field(default_factory=TaskOverride)
    role_arn: str | None = None
    dead_letter_arn: str | None = None
    source: SourceRef | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """An EventBridge rule or, with `dialect` "scheduler", an EventBridge Scheduler schedule."""

    name: str
    schedule_expression: str
    targets: tuple[Target, ...]
    description: str = ""
    timezone: str = "UTC"
    dialect: Dialect = "rule"
    state: RuleState = RuleState.ENABLED
    source: SourceRef | None = field(default=None, compare=False)

    @property
    def schedule(self) -> Schedule:
        """The parsed expression; equal expressions share one value.

        A `rate` still wants its anchor, the instant of the rule's creation.
        """
        return parse(self.schedule_expression, dialect=self.dialect, timezone=self.timezone)

    @property
    def enabled(self) -> bool:
        """Whether the rule fires by itself."""
        return self.state is RuleState.ENABLED


@dataclass(frozen=True, kw_only=True, slots=True)
class LogGroup:
    """A CloudWatch Logs log group; `retention_in_days` None means that events never expire."""

    name: str
    retention_in_days: int | None = None
    source: SourceRef | None = field(default=None, compare=False)
