"""`local:` supplies values that only AWS or the user knows; the others are warned of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from emulator.definitions.fragment import Fragment
from emulator.definitions.nodes import Node, child
from emulator.errors import Problem
from emulator.model.definitions import Local
from emulator.model.task_definition import TaskDefinition


def told(fragments: Sequence[Fragment], local: Local) -> list[Problem]:
    """Return the warnings of what `local:` says nothing of, in the order of the files."""
    lacks = [lack for fragment in fragments for lack in fragment.lacks]
    return [lack.problem for lack in lacks if not lack.filled(local)]


def with_local_environment(
    families: Mapping[str, TaskDefinition], fragments: Sequence[Fragment], local: Local
) -> dict[str, TaskDefinition]:
    """Return task definitions with `local.env` in place of values that are placeholders."""
    return {
        family: _given(definition, dict(_placeholders(family, fragments, local)), local)
        for family, definition in families.items()
    }


def _given(
    definition: TaskDefinition, names: Mapping[str, set[str]], local: Local
) -> TaskDefinition:
    if not names:
        return definition
    containers = tuple(
        replace(
            container,
            environment={
                **container.environment,
                **{name: local.env[name] for name in names.get(container.name, ())},
            },
        )
        for container in definition.container_definitions
    )
    return replace(definition, container_definitions=containers)


def _placeholders(
    family: str, fragments: Sequence[Fragment], local: Local
) -> Iterator[tuple[str, set[str]]]:
    """Yield containers with those of their variables that are placeholders and given here."""
    if not local.env:
        return
    tree = next(
        (tree for f in fragments if (tree := f.origins.get(("taskDefinitions", family)))), None
    )
    for container in _items(child(tree, "containerDefinitions")):
        names = {
            str(name.value)
            for entry in _items(child(container, "environment"))
            if (name := child(entry, "name")) and (value := child(entry, "value"))
            if value.guess and name.value in local.env
        }
        name = child(container, "name")
        if names and name is not None:
            yield str(name.value), names


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []
