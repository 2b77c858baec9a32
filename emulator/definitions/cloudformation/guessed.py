"""Tells which values of a definition only AWS knows: once a name, where it can change a job."""

from collections.abc import Callable

from emulator.definitions.nodes import VALUE_MISSING, Node, Problems, child

Hint = Callable[[str], str | None]
"""How the user can say the value of a placeholder, by its name."""


def tell_guesses(node: Node, where: str, told: set[str], hint: Hint, problems: Problems) -> None:
    """Warn of every placeholder below a value that has not been told of."""
    for found in _guessed(node):
        for name in (found.guess or "").split(", "):
            if name in told or not name:
                continue
            told.add(name)
            message = f"{where}: {name} is not known here, ${{{name}}} stands for it"
            if name.startswith("resolve:"):
                message = f"{where}: {{{{{name}}}}} is resolved by AWS only"
            problems.warning(message, found.source, hint=hint(name))


def tell_lacks(
    where: str, properties: Node, told: set[str], hint: Hint, problems: Problems
) -> None:
    """Note what a task definition cannot be without: what stands for it fits no such value."""
    listed = child(properties, "ContainerDefinitions")
    containers = listed.value if listed is not None and isinstance(listed.value, list) else []
    parts = [(name, child(properties, name)) for name in ("Family", "Cpu", "Memory")]
    parts += [("a container's Name", child(container, "Name")) for container in containers]
    lacking: set[str] = set()
    for what, node in parts:
        if node is None or node.guess is None or not isinstance(node.value, str):
            continue
        for name in node.guess.split(", "):
            message = f"{where}: {what} needs {name}, which is not known here"
            if name not in lacking:
                problems.error(message, node.source, hint=hint(name), rule=VALUE_MISSING)
            lacking.add(name)
        problems.stands_in(node.value, node.source)
    told |= lacking


def with_log_groups(node: Node, family: str) -> Node:
    """Return a task definition whose log groups are known: `/ecs/<family>` for one that is not."""
    return _replaced(node, f"/ecs/{family}")


def _replaced(node: Node, group: str) -> Node:
    if isinstance(node.value, dict):
        made = {
            key: Node(group, child.source, child.guess)
            if key == "awslogs-group" and child.guess is not None
            else _replaced(child, group)
            for key, child in node.value.items()
        }
        return Node(made, node.source, node.guess)
    if isinstance(node.value, list):
        return Node([_replaced(item, group) for item in node.value], node.source, node.guess)
    return node


def _guessed(node: Node) -> list[Node]:
    """Return the innermost values with a guess, in their order."""
    children: list[Node] = []
    if isinstance(node.value, dict):
        children = list(node.value.values())
    elif isinstance(node.value, list):
        children = node.value
    below = [found for child in children for found in _guessed(child)]
    return below or ([node] if node.guess is not None else [])
