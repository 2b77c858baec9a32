"""What a task definition says: the containers of a task, and what the task gives them.

The names are those of the ECS API (RegisterTaskDefinition, ContainerDefinition), snake_cased.
Everything here is resolved and checked: raw text never gets this far.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.errors import SourceRef
from emulator.values import frozen

if TYPE_CHECKING:
    # Making a dataclass takes half a millisecond: those that few definitions use are imported
    # where one does.
    from emulator.model.container_life import ContainerDependency, RestartPolicy
    from emulator.model.environment import EnvironmentFile, Secret
    from emulator.model.firelens import FirelensConfiguration
    from emulator.model.health import HealthCheck
    from emulator.model.linux import LinuxParameters, SystemControl, Ulimit
    from emulator.model.networking import HostEntry, Link, PortMapping
    from emulator.model.volumes import MountPoint, Volume, VolumeFrom


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


class NamespaceMode(StrEnum):
    """Whose processes (`pidMode`) or shared memory (`ipcMode`) the containers of a task see."""

    HOST = "host"
    TASK = "task"
    NONE = "none"


@frozen
class LogConfiguration:
    """Where a container's output goes. `options` as written, e.g. `awslogs-group`."""

    log_driver: str
    options: Mapping[str, str] = field(default_factory=dict)
    secret_options: "tuple[Secret, ...]" = ()


@frozen
class ContainerDefinition:
    """One container of a task.

    `cpu` in units of 1/1024 vCPU, `memory` and `memory_reservation` in MiB, timeouts in seconds.
    `command` and `entry_point` are None where the image's own hold. `restart_policy` is None
    where it is not enabled. `repository_credentials` is the secret with which its image is pulled.
    """

    name: str
    image: str
    command: tuple[str, ...] | None = None
    entry_point: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    environment_files: "tuple[EnvironmentFile, ...]" = ()
    secrets: "tuple[Secret, ...]" = ()
    repository_credentials: str | None = None
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    essential: bool = True
    user: str | None = None
    working_directory: str | None = None
    depends_on: "tuple[ContainerDependency, ...]" = ()
    log_configuration: LogConfiguration | None = None
    firelens_configuration: "FirelensConfiguration | None" = None
    mount_points: "tuple[MountPoint, ...]" = ()
    volumes_from: "tuple[VolumeFrom, ...]" = ()
    start_timeout: int | None = None
    stop_timeout: int | None = None
    readonly_root_filesystem: bool = False
    init_process_enabled: bool = False
    interactive: bool = False
    pseudo_terminal: bool = False
    docker_labels: Mapping[str, str] = field(default_factory=dict)
    ulimits: "tuple[Ulimit, ...]" = ()
    health_check: "HealthCheck | None" = None
    restart_policy: "RestartPolicy | None" = None
    port_mappings: "tuple[PortMapping, ...]" = ()
    links: "tuple[Link, ...]" = ()
    hostname: str | None = None
    dns_servers: tuple[str, ...] = ()
    dns_search_domains: tuple[str, ...] = ()
    extra_hosts: "tuple[HostEntry, ...]" = ()
    disable_networking: bool = False
    linux_parameters: "LinuxParameters | None" = None
    system_controls: "tuple[SystemControl, ...]" = ()
    docker_security_options: tuple[str, ...] = ()
    privileged: bool = False
    gpus: int = 0
    source: SourceRef | None = field(default=None, compare=False)

    @property
    def routed(self) -> bool:
        """Whether its output is meant for the log router of its task, FireLens."""
        log = self.log_configuration
        return log is not None and log.log_driver == "awsfirelens"

    @property
    def dependencies(self) -> "tuple[ContainerDependency, ...]":
        """What it waits for: `dependsOn`, and what links and volumesFrom imply."""
        if not self.links and not self.volumes_from:
            return self.depends_on
        from emulator.model.container_life import ContainerDependency, DependencyCondition

        implied = [(link.container_name, DependencyCondition.START) for link in self.links]
        implied += [(o.source_container, DependencyCondition.CREATE) for o in self.volumes_from]
        return (
            *self.depends_on,
            *(ContainerDependency(container_name=name, condition=c) for name, c in implied),
        )


@frozen
class TaskDefinition:
    """A family at one revision.

    `cpu` in units of 1/1024 vCPU and `memory` in MiB, for the whole task; `cpu_architecture` is
    `X86_64` or `ARM64`.
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
    volumes: "tuple[Volume, ...]" = ()
    pid_mode: NamespaceMode | None = None
    ipc_mode: NamespaceMode | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    placement_constraints: tuple[str, ...] = ()
    enable_fault_injection: bool = False
    cpu_architecture: str | None = None
    ephemeral_storage_gib: int | None = None
    source: SourceRef | None = field(default=None, compare=False)
