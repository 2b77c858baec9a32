"""What a container may do and use of the kernel (AWS: LinuxParameters, SystemControl, Ulimit)."""

from dataclasses import field

from emulator.errors import SourceRef
from emulator.values import frozen


@frozen
class Device:
    """A device of the host; `permissions` are of read, write and mknod."""

    host_path: str
    container_path: str | None = None
    permissions: tuple[str, ...] = ("read", "write", "mknod")


@frozen
class Tmpfs:
    """A file system in memory; `size` in MiB."""

    container_path: str
    size: int
    mount_options: tuple[str, ...] = ()


@frozen
class SystemControl:
    """A kernel parameter such as `net.core.somaxconn`."""

    namespace: str
    value: str


@frozen
class Ulimit:
    """A resource limit of the container's processes; `name` as in setrlimit(2), lower case."""

    name: str
    soft_limit: int
    hard_limit: int


@frozen
class LinuxParameters:
    """`shared_memory_size` and `max_swap` in MiB; `max_swap` 0 means no swap."""

    capabilities_add: tuple[str, ...] = ()
    capabilities_drop: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    tmpfs: tuple[Tmpfs, ...] = ()
    shared_memory_size: int | None = None
    max_swap: int | None = None
    swappiness: int | None = None
    source: SourceRef | None = field(default=None, compare=False)
