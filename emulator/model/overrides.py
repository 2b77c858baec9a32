"""RunTask's overrides: what a target changes in a task definition for one task.

AWS: RunTask, TaskOverride and ContainerOverride in the ECS API reference.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from emulator.model.rules import ContainerOverride, TaskOverride
from emulator.model.task_definition import ContainerDefinition, TaskDefinition

SMALLEST_MEMORY: Final = 6
"""MiB; the engine starts no container below."""

NO_OVERRIDES: Final = TaskOverride()


def apply_overrides(definition: TaskDefinition, overrides: TaskOverride) -> TaskDefinition:
    """Return the task definition as one task has it.

    A command replaces, environment is merged by name, limits replace. Names are checked by
    `override_problems`; an override of an unknown container changes nothing here.
    """
    if overrides == NO_OVERRIDES:
        return definition
    by_name = {override.name: override for override in overrides.container_overrides}
    containers = tuple(
        _override_container(container, by_name[container.name])
        if container.name in by_name
        else container
        for container in definition.container_definitions
    )
    return replace(
        definition,
        container_definitions=containers,
        cpu=definition.cpu if overrides.cpu is None else overrides.cpu,
        memory=definition.memory if overrides.memory is None else overrides.memory,
    )


def _override_container(
    container: ContainerDefinition, override: ContainerOverride
) -> ContainerDefinition:
    return replace(
        container,
        command=override.command or container.command,
        environment={**container.environment, **override.environment},
        cpu=container.cpu if override.cpu is None else override.cpu,
        memory=container.memory if override.memory is None else override.memory,
        memory_reservation=(
            container.memory_reservation
            if override.memory_reservation is None
            else override.memory_reservation
        ),
    )


def override_problems(definition: TaskDefinition, overrides: TaskOverride) -> list[str]:
    """Return what RunTask would refuse in overrides, in its words; empty when it would not."""
    names = {container.name for container in definition.container_definitions}
    problems = [
        f"Override for container named {override.name} is not a container in the TaskDefinition."
        for override in overrides.container_overrides
        if override.name not in names
    ]
    overridden = {override.name for override in overrides.container_overrides}
    return problems + _size_problems(apply_overrides(definition, overrides), overridden)


def size_complaints(container: ContainerDefinition) -> Iterator[str]:
    """Yield what is wrong with the limits of a container in themselves."""
    name = container.name
    if container.cpu < 0:
        yield f"container {name}: cpu {container.cpu} is negative"
    for field, value in (
        ("memory", container.memory),
        ("memoryReservation", container.memory_reservation),
    ):
        if value is not None and value < SMALLEST_MEMORY:
            yield f"container {name}: {field} is at least {SMALLEST_MEMORY} MiB, not {value}"
    if (
        container.memory is not None
        and container.memory_reservation is not None
        and container.memory < container.memory_reservation
    ):
        yield f"container {name}: memory is below memoryReservation"


def _size_problems(effective: TaskDefinition, overridden: set[str]) -> list[str]:
    containers = effective.container_definitions
    problems = [
        complaint
        for container in containers
        if container.name in overridden
        for complaint in size_complaints(container)
    ]
    if effective.cpu is not None and sum(c.cpu for c in containers) > effective.cpu:
        problems.append(
            "The sum of all container 'cpu' values cannot be greater than the value of the "
            "task 'cpu'."
        )
    problems += [
        f"The 'memory' setting for container '{container.name}' is greater than for the task."
        for container in containers
        if effective.memory is not None and (container.memory or 0) > effective.memory
    ]
    return problems
