"""A container to create, in our own words: what the engine is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.model.health import HealthCheck
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.linux import LinuxParameters, SystemControl, Ulimit
    from emulator.model.networking import HostEntry

CONTAINER_NAME_LABEL: Final = "com.amazonaws.ecs.container-name"
"""The label with a container's name in its task."""

TASK_LABEL: Final = "com.amazonaws.ecs.task-arn"
"""The label with the ARN of a container's task."""

PAUSE_CONTAINER: Final = "~internal~ecs~pause"
"""The name the ECS agent gives the container that owns a task's namespaces."""

HANDOVER: Final = "/endpoint"
HANDOVER_SOCKET: Final = "handover"
"""Where a pause container expects a directory with a Unix socket of that name.

Through it, it sends a socket that listens at 169.254.170.2:80 in its network namespace, and does so
again when the receiver is gone and another one has come.
"""


class PublishedPort(NamedTuple):
    """A container's port on the engine host; `host_port` None leaves the choice to the engine."""

    container_port: int
    protocol: str = "tcp"
    host_ip: str = "127.0.0.1"
    host_port: int | None = None


class Naming(NamedTuple):
    """What a container calls itself, and how it resolves other names."""

    hostname: str | None = None
    dns_servers: tuple[str, ...] = ()
    dns_search_domains: tuple[str, ...] = ()
    extra_hosts: "tuple[HostEntry, ...]" = ()


@frozen
class OwnNetwork:
    """A network namespace of the container's own.

    It is on the networks that `names` names, or on the engine's default bridge. `links` are
    engine names of running containers, each with its alias.
    """

    naming: Naming = field(default_factory=Naming)
    names: tuple[str, ...] = ()
    ports: tuple[PublishedPort, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@frozen
class HostNetwork:
    """The engine host's own network."""

    naming: Naming = field(default_factory=Naming)


@frozen
class NoNetwork:
    """A loopback interface only."""

    naming: Naming = field(default_factory=Naming)


@frozen
class SharedNetwork:
    """The network namespace of another container: localhost is shared.

    `ports` are those of this container that the other one publishes for it.
    """

    container_id: str
    ports: tuple[PublishedPort, ...] = ()


Network = OwnNetwork | HostNetwork | NoNetwork | SharedNetwork


@frozen
class VolumeMount:
    """A named volume of the engine, mounted in a container."""

    volume: str
    container_path: str
    read_only: bool = False


@frozen
class HostMount:
    """A path of the engine host, mounted in a container; a missing directory is made."""

    host_path: str
    container_path: str
    read_only: bool = False


@frozen
class ContainerSpec:
    """A container to create.

    `command` and `entry_point` None: the image's own. `environment` holds secrets. `cpu_shares`
    and `nano_cpus` as the engine takes them (1e9 nano CPUs are one core); memory in bytes. `tty`:
    one output stream, lines end in CR LF. `health_check` None: none, whatever the image says.
    `volumes_from` are engine names of containers, each with whether its mounts are read-only
    here. `pid_mode` and `ipc_mode` are `host`, `none`, `shareable` or `container:<id>`; None is a
    namespace of its own. `group` is the name of a group made by `create_group`.
    """

    name: str
    image: str
    command: Sequence[str] | None = None
    entry_point: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    network: Network = field(default_factory=OwnNetwork)
    user: str | None = None
    working_directory: str | None = None
    cpu_shares: int | None = None
    nano_cpus: int | None = None
    memory_bytes: int | None = None
    memory_swap_bytes: int | None = None
    memory_reservation_bytes: int | None = None
    mounts: tuple[VolumeMount | HostMount, ...] = ()
    volumes_from: tuple[tuple[str, bool], ...] = ()
    ulimits: "tuple[Ulimit, ...]" = ()
    read_only_root: bool = False
    init: bool = False
    open_stdin: bool = False
    tty: bool = False
    platform: str | None = None
    health_check: HealthCheck | None = None
    linux: "LinuxParameters | None" = None
    system_controls: "tuple[SystemControl, ...]" = ()
    security_options: tuple[str, ...] = ()
    privileged: bool = False
    gpus: int = 0
    pid_mode: str | None = None
    ipc_mode: str | None = None
    group: str | None = None
