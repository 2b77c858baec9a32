"""A task as it lives: its containers, its states with their instants, and how it ended.

Values of the ECS API's Task and Container types. A change makes a new value (`changed`);
`version` counts them, as `version` of DescribeTasks does.
"""

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from emulator.model.health import HealthStatus, combined
from emulator.model.rules import TaskOverride
from emulator.model.task_definition import LaunchType, TaskDefinition
from emulator.values import Changing, frozen

if TYPE_CHECKING:
    from emulator.model.networking import NetworkBinding, NetworkInterface

TIMED_OUT: Final = "Task timed out after"
"""How the reason of a task begins that was stopped because it ran too long."""


FAKE_ENGINE: Final = "fake"
"""The engine of a task of which nothing was really run."""

NOTHING_IS_RUN: Final = "the fake engine: nothing is really run"


Match = tuple[str, str]
"""A rule and the id of an event that it matched: what its tasks are started for."""


class TaskStatus(StrEnum):
    """The life of a task, in order (AWS: "Amazon ECS task lifecycle")."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


class Origin(StrEnum):
    """What a task was started for; `retry` is automatic, `manual-retry` asked for by a person.

    `queue` and `replace` are firings that had to wait for the rule's last task, or ended it.
    """

    SCHEDULE = "schedule"
    EVENT = "event"
    INVOKE = "invoke"
    RUN_TASK = "run-task"
    RETRY = "retry"
    MANUAL_RETRY = "manual-retry"
    QUEUE = "queue"
    REPLACE = "replace"


class ContainerStatus(StrEnum):
    """The life of a container of a task."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class StopCode(StrEnum):
    """Why a task stopped, as the ECS API codes it."""

    TASK_FAILED_TO_START = "TaskFailedToStart"
    ESSENTIAL_CONTAINER_EXITED = "EssentialContainerExited"
    USER_INITIATED = "UserInitiated"
    TERMINATION_NOTICE = "TerminationNotice"


@frozen
class LogStream:
    """Where a container's awslogs output goes."""

    log_group: str
    log_stream: str


@frozen
class TaskContainer(Changing):
    """One container of a running or stopped task.

    `exit_code` is None unless the container ran and finished; `reason` is ECS's
    `<ErrorName>: <message>` and None for a container that exits normally. `restart_count` counts
    the restarts of its restart policy.
    """

    name: str
    arn: str
    image: str
    essential: bool
    last_status: ContainerStatus = ContainerStatus.PENDING
    image_digest: str | None = None
    runtime_id: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    log_stream: LogStream | None = None
    health_status: HealthStatus = HealthStatus.UNKNOWN
    network_bindings: "tuple[NetworkBinding, ...]" = ()
    restart_count: int = 0


@frozen
class Task(Changing):
    """One task. Instants are aware UTC; those that have not come are None.

    `rule` is the rule that started it (None: by hand), `scheduled_at` the due instant it was
    started for, `event_id` the id of the event that the rule matched; `cause` are the rules of the
    chain of events that led to it, its own the last. `origin` is what it was started for. `attempt`
    counts from 1; of a further attempt, `retry_of` is the id of the first. `engine` is the kind of
    engine that has its containers: `fake` runs nothing.
    """

    id: str
    arn: str
    cluster_arn: str
    task_definition: TaskDefinition
    task_definition_arn: str
    containers: tuple[TaskContainer, ...]
    overrides: TaskOverride
    created_at: datetime
    launch_type: LaunchType
    group: str
    started_by: str | None = None
    rule: str | None = None
    scheduled_at: datetime | None = None
    event_id: str | None = None
    cause: tuple[str, ...] = ()
    origin: Origin = Origin.RUN_TASK
    attempt: int = 1
    retry_of: str | None = None
    availability_zone: str = "us-east-1a"
    cpu: int | None = None
    memory: int | None = None
    last_status: TaskStatus = TaskStatus.PROVISIONING
    desired_status: TaskStatus = TaskStatus.RUNNING
    version: int = 1
    connectivity_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_code: StopCode | None = None
    stopped_reason: str | None = None
    tags: tuple[tuple[str, str], ...] = field(default=())
    network_interface: "NetworkInterface | None" = None
    engine: str = "docker"

    @property
    def match(self) -> Match | None:
        """The rule and the event it was started for; None: for no event."""
        return None if self.rule is None or self.event_id is None else (self.rule, self.event_id)

    @property
    def region(self) -> str:
        """The region that its ARN names."""
        return self.arn.split(":")[3]

    @property
    def log_streams(self) -> tuple[tuple[str, str], ...]:
        """The log group and log stream of each container that has one."""
        streams = (container.log_stream for container in self.containers)
        return tuple((s.log_group, s.log_stream) for s in streams if s is not None)

    @property
    def stopped(self) -> bool:
        """Whether the task is over."""
        return self.last_status is TaskStatus.STOPPED

    @property
    def timed_out(self) -> bool:
        """Whether it was stopped because it ran too long."""
        return (self.stopped_reason or "").startswith(TIMED_OUT)

    @property
    def ran_for(self) -> timedelta | None:
        """From when all its containers ran to the end of the first essential one; None before."""
        if self.started_at is None or self.execution_stopped_at is None:
            return None
        return self.execution_stopped_at - self.started_at

    @property
    def health_status(self) -> HealthStatus:
        """What the health of the essential containers comes to."""
        return combined(c.health_status for c in self.containers if c.essential)

    @property
    def succeeded(self) -> bool:
        """Whether it ran to its end and every essential container exited 0."""
        return self.stop_code is StopCode.ESSENTIAL_CONTAINER_EXITED and all(
            c.exit_code == 0 for c in self.containers if c.essential
        )

    @property
    def exit_code(self) -> int:
        """The code `docker run` would exit with: 125 where no essential container ever ran.

        Of several essential containers it is that of the first to stop, which ended the task.
        """
        ended = [c for c in self.containers if c.essential and c.exit_code is not None]
        if self.stop_code is StopCode.TASK_FAILED_TO_START or not ended:
            return 125
        first = min(ended, key=lambda c: (c.stopped_at is None, c.stopped_at))
        return first.exit_code or 0
