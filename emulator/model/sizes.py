"""What CPU and memory a task definition may ask for, in AWS's words (pure)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from emulator.model.fargate import FARGATE_SIZES, is_fargate_size
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition

TASK_CPU: Final = range(128, 196_609)
"""CPU units that a task may have where it has no size of Fargate's."""

SMALLEST_MEMORY: Final = 6
"""MiB: with less, the engine cannot start a process."""


class SizeComplaint(NamedTuple):
    """What does not fit: with one container, or with the task (`container` None).

    `unusable`: no container engine would take it either.
    """

    message: str
    container: ContainerDefinition | None = None
    unusable: bool = False


def size_complaints(definition: TaskDefinition) -> Iterator[SizeComplaint]:
    """Yield what does not fit together."""
    containers = definition.container_definitions
    yield from _task_complaints(definition)
    for container in containers:
        yield from _container_complaints(container, definition.memory)
    if definition.cpu is not None and sum(c.cpu for c in containers) > definition.cpu:
        message = (
            "The sum of all container 'cpu' values cannot be greater than the value of the "
            "task 'cpu'."
        )
        yield SizeComplaint(message=message)
    total = sum(c.memory or c.memory_reservation or 0 for c in containers)
    if definition.memory is None or total <= definition.memory:
        return
    if not any((c.memory or 0) > definition.memory for c in containers):
        message = (
            f"the memory of all containers, {total} MiB, is greater than the memory of the "
            f"task, {definition.memory} MiB"
        )
        yield SizeComplaint(message=message)


def _task_complaints(definition: TaskDefinition) -> Iterator[SizeComplaint]:
    """Yield what no task may have; Fargate's sizes are a list of their own."""
    if LaunchType.FARGATE in definition.requires_compatibilities:
        return
    if definition.cpu is not None and definition.cpu not in TASK_CPU:
        message = f"Invalid 'cpu' setting for task: 128 to 196608 units, not {definition.cpu}"
        yield SizeComplaint(message=message)
    if definition.memory is not None and definition.memory < SMALLEST_MEMORY:
        message = (
            f"Invalid 'memory' setting for task: at least {SMALLEST_MEMORY} MiB, not "
            f"{definition.memory}"
        )
        yield SizeComplaint(message=message)


def _container_complaints(
    container: ContainerDefinition, task_memory: int | None
) -> Iterator[SizeComplaint]:
    name, memory, reserved = container.name, container.memory, container.memory_reservation
    unusable = []
    if container.cpu < 0:
        unusable.append(f"cpu {container.cpu} is negative")
    for field, value in (("memory", memory), ("memoryReservation", reserved)):
        if value is not None and value < SMALLEST_MEMORY:
            unusable.append(f"{field} is at least {SMALLEST_MEMORY} MiB, not {value}")
    if memory is not None and reserved is not None and memory < reserved:
        unusable.append("memory is below memoryReservation")
    for text in unusable:
        message = f"container {name}: {text}"
        yield SizeComplaint(message=message, container=container, unusable=True)
    if task_memory is not None and (memory or 0) > task_memory:
        message = f"The 'memory' setting for container '{name}' is greater than for the task."
        yield SizeComplaint(message=message, container=container)


def fargate_size_complaint(cpu: int | None, memory: int | None) -> str | None:
    """Return what is wrong with a pair that is there; None for a pair that Fargate offers."""
    if cpu is None or memory is None or is_fargate_size(cpu, memory):
        return None
    if cpu not in FARGATE_SIZES:
        sizes = ", ".join(map(str, FARGATE_SIZES))
        return f"Invalid 'cpu' setting for task: Fargate has {sizes}"
    return (
        f"No Fargate configuration exists for given values: {cpu} CPU , {memory} memory. "
        "See the Amazon ECS documentation for the valid values."
    )
