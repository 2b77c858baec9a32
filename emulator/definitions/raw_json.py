"""Task definitions as JSON: a bare array of containers, or what the ECS API takes and gives."""

from collections.abc import Mapping
from pathlib import Path

from emulator.definitions.containers import read_containers
from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.task_definitions import read_task_definition
from emulator.model.task_definition import TaskDefinition


def is_raw_json(path: Path, text: str) -> bool:
    """Return whether a file is JSON that speaks of containers."""
    return path.suffix == ".json" and ('"containerDefinitions"' in text or '"image"' in text)


def read_raw_json(
    path: Path, text: str, project: Project, environ: Mapping[str, str], problems: Problems
) -> Fragment:
    """Return the task definition of a JSON file. Raises `DefinitionError`."""
    del environ
    node = parse_json(text, project.name(path))
    stem = path.stem if isinstance(node.value, list) else None
    definition = read_definition_node(node, problems, family=stem)
    fragment = Fragment(files=[path])
    if definition is not None:
        fragment.task_definitions.append(definition)
    return fragment


def read_definition_node(
    node: Node, problems: Problems, *, family: str | None = None
) -> TaskDefinition | None:
    """Return a task definition of any of its JSON shapes.

    A bare array says nothing of the task: it has local defaults, which is noted.
    """
    if isinstance(node.value, dict) and isinstance(node.value.get("taskDefinition"), Node):
        inner = node.value["taskDefinition"]
        if isinstance(inner.value, dict):
            return read_task_definition(inner, problems, family=family)
    if not isinstance(node.value, list):
        return read_task_definition(node, problems, family=family)
    problems.note(
        f"a bare list of containers: family {family}, with local defaults for the task",
        node.source,
    )
    return TaskDefinition(
        family=family or "",
        container_definitions=read_containers(node.value, problems),
        source=node.source,
    )
