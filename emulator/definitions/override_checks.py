"""What RunTask would refuse in the overrides of a target, once its task definition is known."""

from emulator.definitions.nodes import Problems
from emulator.model.overrides import apply_overrides, override_problems
from emulator.model.rules import Target
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
    for problem in found:
        problems.error(f"rule {rule}: {problem}", target.source, rule="target-overrides")
