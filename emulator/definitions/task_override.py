"""A TaskOverride, in the form of RunTask's `overrides` and in that of ecschedule."""

import json
import re
from typing import Final

from emulator.definitions.container_environment import read_environment_files
from emulator.definitions.container_limits import read_gpus
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.override_fields import with_task_fields
from emulator.model.container_override import ContainerOverride
from emulator.model.rules import TaskOverride

OVERRIDES_LIMIT: Final = 8192
"""Characters of an EventBridge target's `Input`, and of the overrides that RunTask takes."""


def parse_task_override(text: str, place: str) -> TaskOverride:
    """Return the overrides of a JSON text. Raises `DefinitionError` with every problem."""
    problems = Problems()
    overrides = read_task_override(parse_json(text, place), problems)
    problems.raise_errors()
    return overrides


def read_task_override(node: Node, problems: Problems) -> TaskOverride:
    """Return the overrides that a value says; errors are noted in `problems`."""
    fields = Fields(node, "the TaskOverride", problems)
    containers = _container_overrides(fields, problems, "containerOverrides")
    overrides = TaskOverride(container_overrides=containers)
    overrides = with_task_fields(overrides, fields, problems)
    fields.refuse_rest()
    return overrides


def read_overrides(fields: Fields, problems: Problems) -> TaskOverride:
    """Return the overrides that a target of ecs-local.yaml or ecschedule says."""
    names = ("containerOverrides", "container_overrides")
    containers = _container_overrides(fields, problems, *names)
    overrides = TaskOverride(container_overrides=containers)
    task = fields.section("taskOverride", "task_override")
    if task is not None:
        overrides = with_task_fields(overrides, task, problems)
        task.refuse_rest()
    if overrides_length(overrides) > OVERRIDES_LIMIT:
        place = fields.place("containerOverrides", "container_overrides")
        problems.rejected(f"overrides are longer than {OVERRIDES_LIMIT} characters", place)
    return overrides


def _container_overrides(
    fields: Fields, problems: Problems, *names: str
) -> tuple[ContainerOverride, ...]:
    found: dict[str, ContainerOverride] = {}
    for item in fields.items(*names):
        override = read_container_override(item, problems)
        if override is None:
            continue
        if override.name in found:
            message = f"containerOverrides: {override.name} is there twice; the last one holds here"
            problems.warning(message, item.source)
        found[override.name] = override
    return tuple(found.values())


def overrides_length(overrides: TaskOverride) -> int:
    """Return the characters of the JSON that says these overrides, written without blanks."""
    document = {
        "containerOverrides": [
            {
                "name": o.name,
                "command": o.command,
                "environment": [{"name": n, "value": v} for n, v in o.environment.items()] or None,
                "environmentFiles": [
                    {"value": f.value, "type": f.type} for f in o.environment_files
                ]
                or None,
                "cpu": o.cpu,
                "memory": o.memory,
                "memoryReservation": o.memory_reservation,
                "resourceRequirements": None
                if o.gpus is None
                else [{"type": "GPU", "value": str(o.gpus)}],
            }
            for o in overrides.container_overrides
        ],
        "cpu": overrides.cpu,
        "memory": overrides.memory,
        "taskRoleArn": overrides.task_role_arn,
        "executionRoleArn": overrides.execution_role_arn,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return len(re.sub(r',"\w+":null', "", text))


def read_container_override(node: Node, problems: Problems) -> ContainerOverride | None:
    """Return one container override; its environment is a mapping or a list of name and value."""
    fields = Fields(node, "the container override", problems)
    name = fields.text("name", required=True)
    override = ContainerOverride(
        name=name or "",
        command=fields.texts("command") or None,
        environment=_environment(fields, problems),
        environment_files=read_environment_files(fields, problems, "environment_files"),
        cpu=fields.integer("cpu"),
        memory=fields.integer("memory"),
        memory_reservation=fields.integer("memoryReservation", "memory_reservation"),
        gpus=read_gpus(fields, problems) if "resourceRequirements" in fields else None,
    )
    fields.refuse_rest()
    return override if name else None


def _environment(fields: Fields, problems: Problems) -> dict[str, str]:
    node = fields.take("environment")
    if node is None or not isinstance(node.value, list):
        found = fields.mapping("environment")
    else:
        found = {}
        for item in node.value:
            entry = Fields(item, "the environment variable", problems)
            name = entry.text("name", required=True)
            value = entry.text("value") or ""
            entry.refuse_rest()
            if name is not None:
                found[name] = value
    for name in found:
        if not name or "=" in name or "\0" in name:
            problems.error(f"environment: {name!r} cannot be a name", fields.place("environment"))
    return found
