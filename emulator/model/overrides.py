"""RunTask's overrides: what a target changes in a task definition for one task.

AWS: RunTask, TaskOverride and ContainerOverride in the ECS API reference.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emulator.model.fargate import NO_GPUS
from emulator.model.rules import TaskOverride
from emulator.model.sizes import size_complaints
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition

if TYPE_CHECKING:
    from emulator.model.container_override import ContainerOverride

NO_OVERRIDES: Final = TaskOverride()


def apply_overrides(definition: TaskDefinition, overrides: TaskOverride) -> TaskDefinition:
    """Return the task definition as one task has it.

    A command replaces, environment is merged by name, environment files and limits replace. Names
    are checked by `override_problems`; an override of an unknown container changes nothing here.
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
        task_role_arn=overrides.task_role_arn or definition.task_role_arn,
        execution_role_arn=overrides.execution_role_arn or definition.execution_role_arn,
        ephemeral_storage_gib=overrides.ephemeral_storage_gib or definition.ephemeral_storage_gib,
    )


def _override_container(
    container: ContainerDefinition, override: "ContainerOverride"
) -> ContainerDefinition:
    return replace(
        container,
        command=override.command or container.command,
        environment={**container.environment, **override.environment},
        environment_files=override.environment_files or container.environment_files,
        cpu=container.cpu if override.cpu is None else override.cpu,
        memory=container.memory if override.memory is None else override.memory,
        memory_reservation=(
            container.memory_reservation
            if override.memory_reservation is None
            else override.memory_reservation
        ),
        gpus=container.gpus if override.gpus is None else override.gpus,
    )


def unknown_containers(definition: TaskDefinition, overrides: TaskOverride) -> list[str]:
    """Return the names of containers that overrides are for and that there are none of."""
    names = {container.name for container in definition.container_definitions}
    return [each.name for each in overrides.container_overrides if each.name not in names]


def override_problems(definition: TaskDefinition, overrides: TaskOverride) -> list[str]:
    """Return what RunTask would refuse in overrides, in its words; empty when it would not.

    Unknown containers come first, in the order of `unknown_containers`.
    """
    problems = [
        f"Override for container named {name} is not a container in the TaskDefinition."
        for name in unknown_containers(definition, overrides)
    ]
    effective = apply_overrides(definition, overrides)
    fargate = LaunchType.FARGATE in definition.requires_compatibilities
    if overrides.ephemeral_storage_gib is not None and not fargate:
        problems.append("ephemeralStorage is for tasks on Fargate only")
    if fargate and any(override.gpus for override in overrides.container_overrides):
        problems.append(NO_GPUS)
    return problems + _size_problems(definition, effective)


def _size_problems(definition: TaskDefinition, effective: TaskDefinition) -> list[str]:
    """Return what does not fit since the overrides.

    What is wrong with the definition itself was told where it was read, and may run all the same.
    """
    known = {complaint.message for complaint in size_complaints(definition)}
    found = [complaint.message for complaint in size_complaints(effective)]
    return [message for message in found if message not in known]
