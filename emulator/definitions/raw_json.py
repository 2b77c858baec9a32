"""Task definitions by themselves: a bare array of containers, or what the ECS API has."""

import json
import re
from pathlib import Path
from typing import Final

from emulator.definitions.containers import read_containers
from emulator.definitions.files import YAML_SUFFIXES
from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Node, Problems, child
from emulator.definitions.reading import Reading
from emulator.definitions.task_definitions import read_task_definition
from emulator.definitions.templated import parse_template
from emulator.model.task_definition import TaskDefinition

_AS_YAML: Final = (
    (re.compile(r"^containerDefinitions:", re.MULTILINE),),
    (
        re.compile(r"^taskDefinition:[ \t\r]*$", re.MULTILINE),
        re.compile(r"^[ \t]+containerDefinitions:", re.MULTILINE),
    ),
)
"""The keys of what RegisterTaskDefinition takes, and DescribeTaskDefinition gives, in YAML."""

_FAMILY: Final = r'"family"\s*:\s*"([^"]*)"'


def is_raw_json(path: Path, text: str) -> bool:
    """Return whether a file is JSON in the shape of a task definition, or YAML with its keys.

    One that cannot be parsed is taken for one when it speaks of container definitions.
    """
    if path.suffix in YAML_SUFFIXES:
        spoken = "containerDefinitions" in text
        return spoken and any(all(key.search(text) for key in keys) for keys in _AS_YAML)
    named = '"containerDefinitions"' in text
    if path.suffix != ".json" or not (named or '"image"' in text):
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return named
    if isinstance(value, list):
        return any(isinstance(item, dict) and "image" in item for item in value)
    inner = value.get("taskDefinition", value) if isinstance(value, dict) else None
    return isinstance(inner, dict) and "containerDefinitions" in inner


def may_define(path: Path, text: str, families: frozenset[str]) -> bool:
    """Return whether a file may define one of some families: unless by a template, it says so."""
    if "{{" in text or "\\" in text or path.suffix != ".json":
        return True
    return not families.isdisjoint({path.stem, *re.findall(_FAMILY, text)})


def read_raw_json(path: Path, text: str, reading: Reading) -> Fragment:
    """Return the task definition of a JSON file. Raises `DefinitionError`."""
    node = parse_template(path, text, reading)
    stem = path.stem if isinstance(node.value, list) else None
    node = typed(node, reading.problems)
    definition = read_definition_node(node, reading.problems, family=stem)
    fragment = Fragment(files=[path])
    if definition is not None:
        fragment.add_task_definition(definition, node)
    elif isinstance(family := _family_of(node), str):
        fragment.broken.add(family)
    return fragment


def _family_of(node: Node) -> object:
    """Return what a task definition of any JSON shape has for a family."""
    found = child(child(node, "taskDefinition") or node, "family")
    return None if found is None else found.value


def typed(node: Node, problems: Problems) -> Node:
    """Return a task definition of any of its JSON shapes with the types that the API has."""
    from emulator.definitions.api_types import typed_containers, typed_task_definition

    if isinstance(node.value, list):
        return typed_containers(node, problems)
    inner = node.value.get("taskDefinition") if isinstance(node.value, dict) else None
    if inner is None or not isinstance(inner.value, dict):
        return typed_task_definition(node, problems)
    return Node({"taskDefinition": typed_task_definition(inner, problems)}, node.source)


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
