"""What EventBridge says: rules, their targets, and the overrides a target gives to its task."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from emulator.errors import SourceRef
from emulator.model.task_definition import LaunchType
from emulator.schedules import Schedule, parse
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.container_override import ContainerOverride
    from emulator.model.delivery import InputTransformer, RetryPolicy
    from emulator.model.notification_targets import NotificationTarget
    from emulator.model.placement import CapacityProviderStrategyItem, NetworkConfiguration

Dialect = Literal["rule", "scheduler"]


class RuleState(StrEnum):
    """Whether a rule fires by itself."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@frozen
class TaskOverride:
    """The `overrides` of RunTask: what an EventBridge target's `Input` holds."""

    container_overrides: "tuple[ContainerOverride, ...]" = ()
    cpu: int | None = None
    memory: int | None = None
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    ephemeral_storage_gib: int | None = None

    @property
    def resizes(self) -> bool:
        """Whether the task's own cpu or memory changes."""
        return self.cpu is not None or self.memory is not None


@frozen
class Target:
    """An ECS target of a rule: which task definition to run, how often, with which overrides.

    `task_definition` is a family where the files define it, else `family:revision` or an ARN as
    written. `cluster` is the name of a cluster (None: that of the definitions), `role_arn` the
    role that EventBridge assumes to run it, `dead_letter_arn` the queue for what failed.
    """

    id: str
    task_definition: str
    task_count: int = 1
    launch_type: LaunchType | None = None
    group: str | None = None
    overrides: TaskOverride = field(default_factory=TaskOverride)
    input_transformer: "InputTransformer | None" = None
    cluster: str | None = None
    role_arn: str | None = None
    platform_version: str | None = None
    network_configuration: "NetworkConfiguration | None" = None
    capacity_provider_strategy: "tuple[CapacityProviderStrategyItem, ...]" = ()
    propagate_tags: str | None = None
    enable_ecs_managed_tags: bool = False
    enable_execute_command: bool = False
    reference_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: "RetryPolicy | None" = None
    dead_letter_arn: str | None = None
    source: SourceRef | None = field(default=None, compare=False)


@frozen
class Rule:
    """An EventBridge rule or, with `dialect` "scheduler", an EventBridge Scheduler schedule.

    `targets` run tasks, `notification_targets` are told when it fires. `event_pattern` is JSON text
    in one canonical form. The rest is Scheduler's alone: the window
    of `start_date` and `end_date` (aware, inclusive), `maximum_window_in_minutes` of a flexible
    time window, and the schedule's group.

    `name` tells it from all others here: where AWS does so by the group of a schedule, that stands
    before it, as in `reports/nightly`.

    `retries` and `timeout_seconds` are not EventBridge's: they are what the state machine that
    Copilot puts between does about a task that fails or takes too long.
    """

    name: str
    schedule_expression: str
    targets: tuple[Target, ...]
    notification_targets: "tuple[NotificationTarget, ...]" = ()
    description: str = ""
    timezone: str = "UTC"
    dialect: Dialect = "rule"
    state: RuleState = RuleState.ENABLED
    event_pattern: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    maximum_window_in_minutes: int | None = None
    schedule_group: str | None = None
    retries: int = 0
    timeout_seconds: int | None = None
    source: SourceRef | None = field(default=None, compare=False)

    @property
    def schedule(self) -> Schedule:
        """The parsed expression; equal expressions share one value.

        A `rate` still wants its anchor, the instant of the rule's creation.
        """
        window = self.maximum_window_in_minutes
        return parse(
            self.schedule_expression,
            dialect=self.dialect,
            timezone=self.timezone,
            start=self.start_date,
            end=self.end_date,
            flexible_time_window=None if window is None else timedelta(minutes=window),
            seed=self.name,
        )

    @property
    def enabled(self) -> bool:
        """Whether the rule fires by itself."""
        return self.state is RuleState.ENABLED

    @property
    def bare_name(self) -> str:
        """The name that AWS has, without the group that may stand before it here."""
        return self.name.removeprefix(self._group) if self.dialect == "scheduler" else self.name

    @property
    def qualified_name(self) -> str:
        """The name with the group of a schedule before it; a rule has none."""
        return self._group + self.bare_name if self.dialect == "scheduler" else self.name

    @property
    def _group(self) -> str:
        return f"{self.schedule_group or 'default'}/"


@frozen
class LogGroup:
    """A CloudWatch Logs log group; `retention_in_days` None means that events never expire."""

    name: str
    retention_in_days: int | None = None
    source: SourceRef | None = field(default=None, compare=False)
