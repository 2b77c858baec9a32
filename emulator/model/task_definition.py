"""What a task definition says: the containers of a task, and what the task gives them.

The names are those of the ECS API (RegisterTaskDefinition, ContainerDefinition), snake_cased.
Everything here is resolved and checked: raw text never gets this far.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from emulator.errors import SourceRef


class NetworkMode(StrEnum):
    """How the containers of a task reach the network."""

    AWSVPC = "awsvpc"
    BRIDGE = "bridge"
    HOST = "host"
    NONE = "none"


class LaunchType(StrEnum):
    """What a task runs on; also the values of `requiresCompatibilities`."""

    FARGATE = "FARGATE"
    EC2 = "EC2"
    EXTERNAL = "EXTERNAL"


class DependencyCondition(StrEnum):
    """What another container must have reached before a container that depends on it starts."""

    START = "START"
    COMPLETE = "COMPLETE"
    SUCCESS = "SUCCESS"


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerDependency:
    """One entry of `dependsOn`."""

    container_name: str
    condition: DependencyCondition


@dataclass(frozen=True, kw_only=True, slots=True)
class LogConfiguration:
    """Where a container's output goes. `options` as written, e.g. `awslogs-group`."""

    log_driver: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MountPoint:
    """A volume of the task, as one container sees it."""

    source_volume: str
    container_path: str
    read_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ulimit:
    """A resource limit of the container's processes; `name` as in setrlimit(2), lower case."""

    name: str
    soft_limit: int
    hard_limit: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerDefinition:
    """One container of a task.

    `cpu` in units of 1/1024 vCPU, `memory` and `memory_reservation` in MiB, timeouts in seconds.
    `command` and `entry_point` are None where the image's own hold.
    """

    name: str
    image: str
    command: tuple[str, ...] | None = None
    entry_point: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    essential: bool = True
    user: str | None = None
    working_directory: str | None = None
    depends_on: tuple[ContainerDependency, ...] = ()
    log_configuration: LogConfiguration | None = None
    mount_points: tuple[MountPoint, ...] = ()
    start_timeout: int | None = None
    stop_timeout: int | None = None
    readonly_root_filesystem: bool = False
    init_process_enabled: bool = False
    interactive: bool = False
    pseudo_terminal: bool = False
    docker_labels: Mapping[str, str] = field(default_factory=dict)
    ulimits: tuple[Ulimit, ...] = ()
    source: SourceRef | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDefinition:
    """A family at one revision.

    `cpu` in units of 1/1024 vCPU and `memory` in MiB, for the whole task; `volumes` are the names
    of volumes that live as long as the task; `cpu_architecture` is `X86_64` or `ARM64`.
    """

    family: str
    container_definitions: tuple[ContainerDefinition, ...]
    revision: int = 1
    cpu: int | None = None
    memory: int | None = None
    network_mode: NetworkMode = NetworkMode.BRIDGE
    requires_compatibilities: tuple[LaunchType, ...] = ()
    execution_role_arn: str | None = None
    task_role_arn: str | None = None
    volumes: tuple[str, ...] = ()
    cpu_architecture: str | None = None
    ephemeral_storage_gib: int | None = None
    source: SourceRef | None = field(default=None, compare=False)
