"""Control groups of tasks: what several containers may use together, as on Fargate.

Docker puts containers below a parent control group but cannot limit the parent; that takes the
rights of root on the engine's own machine. This knows version 1 with the driver cgroupfs.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from emulator.engines.base import EngineRefusedError

ROOT: Final = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS: Final = 100_000
"""The ECS agent's scheduling period."""

_NAME: Final = re.compile(r"(?:/[A-Za-z0-9_-]{1,64}){1,3}", re.ASCII)


def obstacle(info: Mapping[str, Any], socket_path: str | None) -> str | None:
    """Return why the engine's containers cannot be limited together; None: they can."""
    version, driver = str(info.get("CgroupVersion", "1")), str(info.get("CgroupDriver", "?"))
    if version != "1" or driver != "cgroupfs":
        return f"the engine uses control groups version {version} by {driver}"
    if socket_path is None:
        return "the engine is on another machine"
    if not os.access(ROOT / "memory", os.W_OK) or not os.access(ROOT / "cpu", os.W_OK):
        return "it takes the rights of root"
    return None


def create_group(name: str, *, memory_bytes: int | None, nano_cpus: int | None) -> None:
    """Make a control group with limits. Raises `EngineRefusedError`."""
    try:
        if memory_bytes is not None:
            group = _made("memory", name)
            # Containers of the group are to be counted in it.
            (group / "memory.use_hierarchy").write_text("1")
            (group / "memory.limit_in_bytes").write_text(str(memory_bytes))
            swap = group / "memory.memsw.limit_in_bytes"
            if swap.exists():
                swap.write_text(str(memory_bytes))
        if nano_cpus is not None:
            group = _made("cpu", name)
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            quota = nano_cpus * PERIOD_MICROSECONDS // 1_000_000_000
            (group / "cpu.cfs_quota_us").write_text(str(max(1000, quota)))
    except OSError as error:
        message = f"the control group {name} cannot be made: {error}"
        raise EngineRefusedError(message) from error


def remove_group(name: str) -> None:
    """Remove a control group from every hierarchy. Raises `EngineRefusedError`.

    The engine has made it in the hierarchies that have no limit, too, and leaves it there.
    """
    for hierarchy in ROOT.iterdir() if ROOT.is_dir() else ():
        group = hierarchy / _checked(name)
        try:
            group.rmdir()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            message = f"the control group {group} is left: {error.strerror}"
            raise EngineRefusedError(message) from error


def _made(hierarchy: str, name: str) -> Path:
    group = ROOT / hierarchy / _checked(name)
    if not group.parent.exists() and hierarchy == "memory":
        group.parent.mkdir(parents=True)
        (group.parent / "memory.use_hierarchy").write_text("1")
    group.mkdir(parents=True, exist_ok=True)
    return group


def _checked(name: str) -> str:
    """Return the part of the path that a group's name is; it must not lead elsewhere."""
    if not _NAME.fullmatch(name):
        message = f"{name!r} cannot be the name of a control group"
        raise EngineRefusedError(message)
    return name.lstrip("/")
