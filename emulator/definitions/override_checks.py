"""What RunTask would refuse in the overrides of a target, once its task definition is known."""

from itertools import zip_longest

from emulator.definitions.nodes import Problems, one_of
from emulator.model.overrides import apply_overrides, override_problems, unknown_containers
from emulator.model.rules import Target, TaskOverride
from emulator.model.sizes import fargate_size_complaint
from emulator.model.task_definition import LaunchType, TaskDefinition


def check_overrides(
    rule: str, target: Target, definition: TaskDefinition, problems: Problems
) -> None:
    """Note overrides of what the task definition does not have, and sizes that do not fit."""
    found = override_problems(definition, target.overrides)
    if LaunchType.FARGATE in definition.requires_compatibilities and target.overrides.resizes:
        effective = apply_overrides(definition, target.overrides)
        found += filter(None, [fargate_size_complaint(effective.cpu, effective.memory)])
    hints = container_hints(definition, target.overrides)
    for problem, hint in zip_longest(found, hints):
        message = f"rule {rule}: {problem}"
        problems.error(message, target.source, hint=hint, rule="target-overrides")


def container_hints(definition: TaskDefinition, overrides: TaskOverride) -> list[str]:
    """Return what may be meant by each container of `unknown_containers`."""
    names = [container.name for container in definition.container_definitions]
    unknown = unknown_containers(definition, overrides)
    return [one_of("containers", name, names) for name in unknown]
