"""The container engine in our own words: everything a task needs of Docker, and nothing more."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from emulator.engines.spec import ContainerSpec
from emulator.errors import EngineError
from emulator.model.health import HealthStatus

if TYPE_CHECKING:
    from emulator.model.image_builds import ImageBuild
    from emulator.model.networking import NetworkBinding


class EngineRefusedError(EngineError):
    """The engine answered a request with an error.

    `message` is the engine's own text, which ECS quotes in its reasons.
    """


class ImageUnavailableError(EngineRefusedError):
    """An image is neither here nor to be had; `hint` says what to do where more is known."""


class EngineInfo(NamedTuple):
    """What `doctor` tells of the engine. `cpus` and `memory_bytes` are the engine host's.

    `no_groups` says why several containers cannot be limited together; None: they can.
    `most_open_files` is the largest nofile limit a container can have; None: any. `here`: it runs
    on this very machine, so that a container can hand a socket to this process.
    """

    name: str
    version: str
    api_version: str
    operating_system: str
    architecture: str
    cgroup_version: str
    cgroup_driver: str
    cpus: int
    memory_bytes: int
    root_directory: str
    system_time: datetime | None = None
    no_groups: str | None = None
    most_open_files: int | None = None
    here: bool = False


_NONE: Final[Mapping[str, str]] = MappingProxyType({})
"""What an image says that has neither labels nor variables."""


class ImageInfo(NamedTuple):
    """An image that is here. `digest` is the registry's `sha256:...`, None when built locally."""

    id: str
    digest: str | None
    architecture: str
    labels: Mapping[str, str] = _NONE
    environment: Mapping[str, str] = _NONE


class OutputChunk(NamedTuple):
    """Bytes a container wrote, as they came: not lines."""

    stream: Literal["stdout", "stderr"]
    data: bytes


class LogRecord(NamedTuple):
    """A piece of the engine's own copy of an output stream, and when the engine read it.

    It ends with a newline, or goes on in the stream's next record. The copy keeps all newlines;
    where it is not `exact`, bytes that are not UTF-8 have become U+FFFD.
    """

    stream: Literal["stdout", "stderr"]
    data: bytes
    at: datetime
    exact: bool = True


class ContainerExit(NamedTuple):
    """How a container ended, by the engine's own record.

    `exit_code` is None for a container that never ran. `error` is the engine's own text, or "".
    """

    exit_code: int | None
    oom_killed: bool = False
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class NetworkAddress(NamedTuple):
    """Where a running container is in the network: "" without one; its published ports."""

    ip: str
    mac: str
    bindings: "tuple[NetworkBinding, ...]" = ()


class ContainerSummary(NamedTuple):
    """A container the engine holds. `running` is false for a created or exited one."""

    id: str
    name: str
    running: bool
    labels: Mapping[str, str]
    never_started: bool = False


class ContainerEngine(Protocol):
    """Runs one container at a time; thread-safe.

    Every method raises `EngineUnavailableError` when no engine answers, and
    `EngineRefusedError` when it answers with an error; no type of an SDK crosses this seam.
    The order of a container's life is create, attach, start, (stop,) wait, remove; after wait it
    may be attached to and started again.
    """

    def info(self) -> EngineInfo:
        """Describe the engine."""
        ...

    def known(self) -> EngineInfo:
        """Describe the engine as this process knows it, without its time; prove that it answers.

        That takes less time than `info` where the process has asked this engine before.
        """
        ...

    def find_image(self, image: str) -> ImageInfo | None:
        """Return an image that is already here, or None."""
        ...

    def pull_image(
        self,
        image: str,
        *,
        platform: str | None = None,
        login: tuple[str, str] | None = None,
        progress: Callable[[str], None],
    ) -> ImageInfo:
        """Pull an image, calling `progress` with a line of text now and then.

        `login` is a user name and a password; None: those of the user's own Docker configuration.
        Raises `ImageUnavailableError`.
        """
        ...

    def build_image(
        self, build: "ImageBuild", *, platform: str | None = None, progress: Callable[[str], None]
    ) -> str:
        """Return the name of an image of a build's present content, built when it is not here.

        Raises `ImageUnavailableError` with the step that failed.
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

    def wait_briefly(self, container_id: str, patience: timedelta) -> ContainerExit | None:
        """Wait as `wait` does, but not for long; None when the container still runs then."""
        ...

    def read_log(
        self, container_id: str, *, tty: bool = False, follow: bool = False
    ) -> Iterator[LogRecord]:
        """Return the engine's own copy of a container's output, from the beginning.

        With `follow` the iterator goes on until the container is down. What it then misses a
        second reading without `follow` has: only that one is sure to be whole.
        """
        ...

    def address(self, container_id: str) -> NetworkAddress:
        """Return where a running container is in the network."""
        ...

    def watch_health(self, container_id: str) -> Iterator[HealthStatus]:
        """Return what the health check of a started container finds: by now, and each change.

        The iterator blocks, ends with this life of the container, and raises
        `EngineUnavailableError` when the engine goes away.
        """
        ...

    def stats(self, container_id: str) -> Mapping[str, Any] | None:
        """Return what a running container uses, in the engine's own shape; None if it is down."""
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

    def create_volume(
        self,
        name: str,
        labels: Mapping[str, str],
        *,
        driver: str | None = None,
        driver_opts: Mapping[str, str] | None = None,
    ) -> None:
        """Create a named volume; nothing happens to one that is there."""
        ...

    def remove_volume(self, name: str) -> None:
        """Remove a named volume; idempotent."""
        ...

    def create_group(self, name: str, *, memory_bytes: int | None, nano_cpus: int | None) -> None:
        """Make a group whose containers together stay below limits (`ContainerSpec.group`)."""
        ...

    def remove_group(self, name: str) -> None:
        """Remove a group without containers; idempotent."""
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
