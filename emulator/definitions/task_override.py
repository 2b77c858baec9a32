"""A TaskOverride as JSON: the `overrides` of RunTask, and the `Input` of a target."""

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.override_fields import with_task_fields
from emulator.definitions.rules import read_container_override
from emulator.model.rules import TaskOverride


def parse_task_override(text: str, place: str) -> TaskOverride:
    """Return the overrides of a JSON text. Raises `DefinitionError` with every problem."""
    problems = Problems()
    overrides = read_task_override(parse_json(text, place), problems)
    problems.raise_errors()
    return overrides


def read_task_override(node: Node, problems: Problems) -> TaskOverride:
    """Return the overrides that a value says; errors are noted in `problems`."""
    fields = Fields(node, "the TaskOverride", problems)
    containers = tuple(
        override
        for item in fields.items("containerOverrides")
        if (override := read_container_override(item, problems)) is not None
    )
    overrides = TaskOverride(container_overrides=containers)
    overrides = with_task_fields(overrides, fields, problems)
    fields.refuse_rest()
    return overrides
