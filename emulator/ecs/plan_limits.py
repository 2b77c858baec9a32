"""What a task and its containers may use: CPU, memory, files (pure)."""

from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.ecs import identity
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition, LaunchType

if TYPE_CHECKING:
    from emulator.model.linux import Ulimit

MIB: Final = 1024 * 1024
CORE: Final = 1_000_000_000
"""Nano CPUs."""

SMALLEST_CPU_SHARES: Final = 2
LARGEST_CPU_SHARES: Final = 262_144
"""The ECS agent keeps to what the kernel takes."""

FARGATE_OPEN_FILES: Final = 65535
"""Both limits of nofile where the definition says nothing."""


class GroupPlan(NamedTuple):
    """A limit on the containers of a task together; see `ContainerEngine.create_group`."""

    name: str
    memory_bytes: int | None
    nano_cpus: int | None


class ContainerLimits(NamedTuple):
    """A container's own limits, as `ContainerSpec` has them."""

    cpu_shares: int
    nano_cpus: int | None
    memory_bytes: int | None
    memory_swap_bytes: int | None
    memory_reservation_bytes: int | None
    ulimits: "tuple[Ulimit, ...]"


def wants_group(task: Task) -> bool:
    """Return whether the task's limits are for several containers together.

    A single container has them as its own, which comes to the same and costs nothing.
    """
    several = len(task.task_definition.container_definitions) > 1
    return several and (task.cpu is not None or task.memory is not None)


def plan_group(task: Task, cpus: int) -> GroupPlan:
    """Return the limits of the task as a whole."""
    return GroupPlan(
        name=identity.group_name(task.id),
        memory_bytes=None if task.memory is None else task.memory * MIB,
        nano_cpus=nano_cpus(task.cpu, cpus),
    )


def container_limits(
    container: ContainerDefinition,
    task: Task,
    *,
    cpus: int,
    most_open_files: int | None,
    grouped: bool,
) -> ContainerLimits:
    """Return a container's limits: its own, and without a group those of the task."""
    fargate = task.launch_type is LaunchType.FARGATE
    memory = container.memory
    if memory is None and not grouped:
        memory = task.memory
    size = None if memory is None else memory * MIB
    reserved = container.memory_reservation
    ulimits = container.ulimits
    if fargate and not any(limit.name == "nofile" for limit in ulimits):
        ulimits = (*ulimits, fargate_open_files(most_open_files))
    return ContainerLimits(
        cpu_shares=min(max(SMALLEST_CPU_SHARES, container.cpu), LARGEST_CPU_SHARES),
        nano_cpus=None if grouped else nano_cpus(task.cpu, cpus),
        memory_bytes=size,
        # Fargate has no swap; on EC2 it is left to the engine.
        memory_swap_bytes=size if fargate else None,
        memory_reservation_bytes=None if reserved is None else reserved * MIB,
        ulimits=ulimits,
    )


def nano_cpus(units: int | None, cpus: int) -> int | None:
    """Return the hard limit that CPU units are; the engine refuses more than it has."""
    return None if units is None else min(units * CORE // 1024, cpus * CORE)


def fargate_open_files(most: int | None) -> "Ulimit":
    """Return Fargate's limit of open files, or the nearest to it that the engine can give."""
    from emulator.model.linux import Ulimit

    limit = FARGATE_OPEN_FILES if most is None else min(FARGATE_OPEN_FILES, most)
    return Ulimit(name="nofile", soft_limit=limit, hard_limit=limit)
