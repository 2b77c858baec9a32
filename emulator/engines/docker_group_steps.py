"""How a control group with limits is made and removed, for every kind of engine, in steps (pure).

Version 1 has a hierarchy for each resource, version 2 one for all. With the driver cgroupfs a
group is a directory; with systemd it is a slice, for systemd alone may make groups there. Names
are the ECS agent's own: `/ecs/<task id>`, as a slice `ecstasks-<task id>.slice`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from emulator.engines.base import EngineRefusedError

ROOT: Final = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS: Final = 100_000
"""The ECS agent's scheduling period."""

SMALLEST_QUOTA_MICROSECONDS: Final = 1000
"""The kernel takes no less."""

_CORE: Final = 1_000_000_000
_NAME: Final = re.compile(r"(?:/[A-Za-z0-9_-]{1,64}){1,3}", re.ASCII)
_MANAGER: Final = (
    *("org.freedesktop.systemd1", "/org/freedesktop/systemd1"),
    "org.freedesktop.systemd1.Manager",
)


class Kind(NamedTuple):
    """How an engine arranges its control groups."""

    version: str
    driver: str

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> "Kind":
        """Return what `docker info` says; engines before version 2 say nothing."""
        return cls(str(info.get("CgroupVersion", "1")), str(info.get("CgroupDriver", "?")))

    @property
    def known(self) -> bool:
        """Whether there are steps for it."""
        return self.version in ("1", "2") and self.driver in ("cgroupfs", "systemd")


class Limits(NamedTuple):
    """What the containers of a group may use together; None: as much as there is."""

    memory_bytes: int | None
    nano_cpus: int | None

    @property
    def quota(self) -> int | None:
        """Microseconds of CPU in each period."""
        if self.nano_cpus is None:
            return None
        return max(SMALLEST_QUOTA_MICROSECONDS, self.nano_cpus * PERIOD_MICROSECONDS // _CORE)


class Make(NamedTuple):
    """Make a directory and those above it. `first` is written into it where it is new."""

    path: Path
    first: tuple[str, str] | None = None


class Write(NamedTuple):
    """Write into a file of the kernel's; `if_there`: not every kernel has it."""

    path: Path
    text: str
    if_there: bool = False


class Remove(NamedTuple):
    """Remove an empty directory, if it is there."""

    path: Path


class Run(NamedTuple):
    """Run a command. One that fails with `unless` in its output has had nothing to do."""

    command: tuple[str, ...]
    unless: str | None = None


Step = Make | Write | Remove | Run


def parent(kind: Kind, name: str) -> str:
    """Return a group's name as the engine takes it for a container's parent."""
    relative = _checked(name)
    if kind.driver != "systemd":
        return name
    return f"{relative.replace('/', 'tasks-')}.slice"


def making(kind: Kind, name: str, limits: Limits, root: Path = ROOT) -> list[Step]:
    """Return how a group is made. Raises `EngineRefusedError` for a name that is none."""
    if kind.driver == "systemd":
        return [_start_slice(kind, parent(kind, name), limits)]
    group = _checked(name)
    if kind.version == "1":
        return [*_memory_group(root / "memory", group, limits), *_cpu_group(root, group, limits)]
    return _unified_group(root, group, limits)


def removing(kind: Kind, name: str, root: Path = ROOT) -> list[Step]:
    """Return how a group is removed whose containers are gone."""
    group = _checked(name)
    if kind.driver == "systemd":
        return [Run(("systemctl", "stop", parent(kind, name)), unless="not loaded")]
    if kind.version == "2":
        return [Remove(root / group)]
    # The engine has made it in the hierarchies that have no limit, too, and leaves it there.
    return [Remove(hierarchy / group) for hierarchy in sorted(root.glob("*"))]


def _memory_group(hierarchy: Path, group: str, limits: Limits) -> list[Step]:
    if limits.memory_bytes is None:
        return []
    path = hierarchy / group
    size = str(limits.memory_bytes)
    # Containers of the group are to be counted in it.
    counted = ("memory.use_hierarchy", "1")
    above: list[Step] = [] if path.parent == hierarchy else [Make(path.parent, first=counted)]
    return [
        *above,
        Make(path),
        Write(path / counted[0], counted[1]),
        Write(path / "memory.limit_in_bytes", size),
        Write(path / "memory.memsw.limit_in_bytes", size, if_there=True),
    ]


def _cpu_group(root: Path, group: str, limits: Limits) -> list[Step]:
    if limits.quota is None:
        return []
    path = root / "cpu" / group
    return [
        Make(path),
        Write(path / "cpu.cfs_period_us", str(PERIOD_MICROSECONDS)),
        Write(path / "cpu.cfs_quota_us", str(limits.quota)),
    ]


def _unified_group(root: Path, group: str, limits: Limits) -> list[Step]:
    path = root / group
    above = [root / part for part in reversed(Path(group).parents)]
    steps: list[Step] = []
    for folder in above:
        # A group has the files of a resource once the group above it shares that resource out.
        steps += [
            Make(folder),
            Write(folder / "cgroup.subtree_control", "+memory"),
            Write(folder / "cgroup.subtree_control", "+cpu"),
        ]
    steps.append(Make(path))
    if limits.memory_bytes is not None:
        steps += [
            Write(path / "memory.max", str(limits.memory_bytes)),
            # Of swap alone, where version 1 counts both together.
            Write(path / "memory.swap.max", "0", if_there=True),
        ]
    if limits.quota is not None:
        steps.append(Write(path / "cpu.max", f"{limits.quota} {PERIOD_MICROSECONDS}"))
    return steps


def _start_slice(kind: Kind, unit: str, limits: Limits) -> Run:
    """Return the call of systemd that starts a transient slice: a name, a mode, properties."""
    properties: dict[str, int] = {}
    if limits.memory_bytes is not None:
        properties["MemoryMax"] = limits.memory_bytes
        if kind.version == "2":
            properties["MemorySwapMax"] = 0
    if limits.quota is not None:
        # A second has ten periods.
        properties["CPUQuotaPerSecUSec"] = limits.quota * (1_000_000 // PERIOD_MICROSECONDS)
        properties["CPUQuotaPeriodUSec"] = PERIOD_MICROSECONDS
    words = [word for name, value in properties.items() for word in (name, "t", str(value))]
    call = ("busctl", "call", *_MANAGER, "StartTransientUnit", "ssa(sv)a(sa(sv))")
    return Run((*call, unit, "fail", str(len(properties)), *words, "0"))


def _checked(name: str) -> str:
    """Return the part of the path that a group's name is; it must not lead elsewhere."""
    if not _NAME.fullmatch(name):
        message = f"{name!r} cannot be the name of a control group"
        raise EngineRefusedError(message)
    return name.lstrip("/")
