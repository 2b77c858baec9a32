"""A TaskOverride as JSON: the `overrides` of RunTask, and the `Input` of a target."""

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Problems
from emulator.definitions.rules import read_container_override
from emulator.model.rules import TaskOverride


def parse_task_override(text: str, place: str) -> TaskOverride:
    """Return the overrides of a JSON text. Raises `DefinitionError` with every problem."""
    problems = Problems()
    fields = Fields(parse_json(text, place), "the TaskOverride", problems)
    containers = tuple(
        override
        for item in fields.items("containerOverrides")
        if (override := read_container_override(item, problems)) is not None
    )
    cpu, memory = fields.digits("cpu"), fields.digits("memory")
    for name in (
        "executionRoleArn",
        "taskRoleArn",
        "ephemeralStorage",
        "inferenceAcceleratorOverrides",
    ):
        node = fields.take(name)
        if node is not None and not node.empty:
            problems.error(f"{name} is not supported yet in overrides", node.source)
    fields.refuse_rest()
    problems.raise_errors()
    return TaskOverride(container_overrides=containers, cpu=cpu, memory=memory)
