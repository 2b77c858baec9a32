"""The container engine in our own words: everything a task needs of Docker, and nothing more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from emulator.errors import EngineError
from emulator.model.task_definition import Ulimit


class EngineRefusedError(EngineError):
    """The engine answered a request with an error.

    `message` is the engine's own text, which ECS quotes in its reasons.
    """


class ImageUnavailableError(EngineRefusedError):
    """An image is neither here nor to be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineInfo:
    """What `doctor` tells of the engine. `cpus` and `memory_bytes` are the engine host's."""

    name: str
    version: str
    api_version: str
    operating_system: str
    architecture: str
    cgroup_version: str
    cgroup_driver: str
    storage_driver: str
    cpus: int
    memory_bytes: int
    root_directory: str
    system_time: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageInfo:
    """An image that is here. `digest` is the registry's `sha256:...`, None when built locally."""

    id: str
    digest: str | None
    architecture: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnNetwork:
    """A network namespace of the container's own, on the engine's default bridge."""

    hostname: str | None = None


@dataclass(frozen=True, slots=True)
class HostNetwork:
    """The engine host's own network."""


@dataclass(frozen=True, slots=True)
class NoNetwork:
    """A loopback interface only."""


@dataclass(frozen=True, slots=True)
class SharedNetwork:
    """The network namespace of another container: localhost is shared."""

    container_id: str


Network = OwnNetwork | HostNetwork | NoNetwork | SharedNetwork


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeMount:
    """A named volume of the engine, mounted in a container."""

    volume: str
    container_path: str
    read_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerSpec:
    """A container to create.

    `command` and `entry_point` None: the image's own. `cpu_shares` and `nano_cpus` as the engine
    takes them (1e9 nano CPUs are one core); memory in bytes. `tty`: one output stream, lines end
    in CR LF.
    """

    name: str
    image: str
    command: Sequence[str] | None = None
    entry_point: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    network: Network = field(default_factory=OwnNetwork)
    user: str | None = None
    working_directory: str | None = None
    cpu_shares: int | None = None
    nano_cpus: int | None = None
    memory_bytes: int | None = None
    memory_swap_bytes: int | None = None
    memory_reservation_bytes: int | None = None
    mounts: tuple[VolumeMount, ...] = ()
    ulimits: tuple[Ulimit, ...] = ()
    read_only_root: bool = False
    init: bool = False
    open_stdin: bool = False
    tty: bool = False
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class OutputChunk:
    """Bytes a container wrote, as they came: not lines."""

    stream: Literal["stdout", "stderr"]
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerExit:
    """How a container ended, by the engine's own record.

    `exit_code` is None for a container that never ran. `error` is the engine's own text, or "".
    """

    exit_code: int | None
    oom_killed: bool = False
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerSummary:
    """A container the engine holds. `running` is false for a created or exited one."""

    id: str
    name: str
    running: bool
    labels: Mapping[str, str]


class ContainerEngine(Protocol):
    """Runs one container at a time; thread-safe.

    Every method raises `EngineUnavailableError` when no engine answers, and
    `EngineRefusedError` when it answers with an error; no type of an SDK crosses this seam.
    The order of a container's life is create, attach, start, (stop,) wait, remove.
    """

    def info(self) -> EngineInfo:
        """Describe the engine."""
        ...

    def find_image(self, image: str) -> ImageInfo | None:
        """Return an image that is already here, or None."""
        ...

    def pull_image(
        self, image: str, *, platform: str | None = None, progress: Callable[[str], None]
    ) -> ImageInfo:
        """Pull an image, calling `progress` with a line of text now and then.

        Raises `ImageUnavailableError`.
        """
        ...

    def pause_image(self) -> str:
        """Return the name of an image whose only process sleeps; make it when it is not here.

        A container of it owns the network namespace of an awsvpc task. Needs no registry.
        """
        ...

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id. Raises `ImageUnavailableError`."""
        ...

    def attach(self, container_id: str, *, tty: bool = False) -> Iterator[OutputChunk]:
        """Connect to a container's output before it is started, and return it as it comes.

        The connection is made before this returns; the iterator ends with the container or the
        connection, so that its end proves nothing: ask `wait`. It must be drained, for a
        container blocks when nobody reads.
        """
        ...

    def start(self, container_id: str) -> None:
        """Start a container."""
        ...

    def wait(self, container_id: str) -> ContainerExit:
        """Block until a container has exited, and say how."""
        ...

    def stop(self, container_id: str, *, grace: timedelta) -> None:
        """Send the image's STOPSIGNAL (SIGTERM by default) and, after `grace`, SIGKILL.

        Returns when the container is down. Nothing happens to one that is down or gone.
        """
        ...

    def kill(self, container_id: str) -> None:
        """Send SIGKILL; nothing happens to a container that is down or gone."""
        ...

    def remove(self, container_id: str) -> None:
        """Remove a container and its anonymous volumes, killing it if need be; idempotent."""
        ...

    def create_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a named volume."""
        ...

    def remove_volume(self, name: str) -> None:
        """Remove a named volume; idempotent."""
        ...

    def find_containers(self, labels: Mapping[str, str]) -> list[ContainerSummary]:
        """Return all containers, running or not, that carry all these labels.

        An empty value asks for the label with any value.
        """
        ...

    def find_volumes(self, labels: Mapping[str, str]) -> list[str]:
        """Return the names of all volumes that carry all these labels."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
