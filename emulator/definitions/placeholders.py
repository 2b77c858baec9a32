"""Marks texts with placeholders for what only AWS knows, and gives names words in their place."""

import re
from typing import Final

from emulator.definitions.nodes import Node

_PLACEHOLDER: Final = re.compile(r"\$\{((?:cfn_export|cfn_output|ssm|tfstate):[^}]*)\}")
"""What the functions of `definitions/plugins.py` give for what only AWS knows."""


def with_placeholders(node: Node) -> Node:
    """Return a tree of task definitions whose texts know what in them only AWS knows.

    Containers, and the log groups and volumes that they name, are called by words of it.
    """
    marked = _marked(node)
    for container in _containers(marked):
        from emulator.definitions.terraform.placeholder_names import name_placeholders

        name_placeholders(container)
    return marked


def _marked(node: Node) -> Node:
    if isinstance(node.value, dict):
        made = {key: _marked(child) for key, child in node.value.items()}
        return Node(made, node.source, node.guess)
    if isinstance(node.value, list):
        return Node([_marked(item) for item in node.value], node.source, node.guess)
    if not isinstance(node.value, str) or "${" not in node.value:
        return node
    names = _PLACEHOLDER.findall(node.value)
    return Node(node.value, node.source, ", ".join(names)) if names else node


def _containers(node: Node) -> list[dict[str, Node]]:
    """Return the containers of a task definition in any of its JSON shapes."""
    while isinstance(node.value, dict):
        inner = node.value.get("taskDefinition") or node.value.get("containerDefinitions")
        if inner is None:
            return []
        node = inner
    items = node.value if isinstance(node.value, list) else []
    return [item.value for item in items if isinstance(item.value, dict)]
