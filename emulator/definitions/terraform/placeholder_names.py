"""Names for what is named after something that only AWS knows.

A container called `${data.terraform_remote_state.base.outputs.prefix}-app` is `outputs-prefix-app`
here: the same wherever it is spoken of, as volumes and log groups are. A name that a missing
variable is part of stays as it is, unless it says where logs go, and is told to lack it.
"""

import re
from typing import Final

from emulator.definitions.nodes import Node

_GAP: Final = re.compile(r"\$\{([^}]*)\}")
_VARIABLE: Final = re.compile(r"\bvar\.")
_OVERRIDDEN: Final = re.compile(r'("name"\s*:\s*")([^"]*)(")', re.IGNORECASE)
_OF_LOGS: Final = ("awslogs-group", "awslogs-stream-prefix")


def plain_name(text: str) -> str:
    """Return a name with the last two words of each placeholder in its stead."""
    return _GAP.sub(lambda match: _words(match[1]), text)


def _words(expression: str) -> str:
    words = re.findall(r"[A-Za-z0-9_]+", expression)
    return "-".join(words[-2:]) or "unknown"


def name_placeholders(container: dict[str, Node]) -> None:
    """Give a container, and what it speaks of by name, names that are names."""
    name_placeholder(container.get("name"))
    for entries, key in (
        ("dependsOn", "containerName"),
        ("mountPoints", "sourceVolume"),
        ("volumesFrom", "sourceContainer"),
    ):
        for entry in _entries(container.get(entries)):
            name_placeholder(entry.get(key))
    options = _fields(_fields(container.get("logConfiguration")).get("options"))
    for option in _OF_LOGS:
        _name_of_logs(options.get(option))


def name_placeholder(node: Node | None) -> None:
    """Make a name of what is unknown in part."""
    if node is not None and node.guess and isinstance(node.value, str):
        node.value = _known(node.value, node.guess) or node.value


def _name_of_logs(node: Node | None) -> None:
    """Make a place for logs of what is unknown, of a missing variable too: tasks can do with it."""
    if node is not None and node.guess and isinstance(node.value, str):
        node.value = plain_name(node.value)


def name_overridden_containers(text: str) -> str:
    """Return overrides as JSON text whose containers have the names that they have here."""
    return _OVERRIDDEN.sub(lambda match: match[1] + (_known(match[2]) or match[2]) + match[3], text)


def _known(text: str, guess: str = "") -> str | None:
    """Return a name, None where a variable is missing in it."""
    return None if _VARIABLE.search(f"{text} {guess}") else plain_name(text)


def _entries(node: Node | None) -> list[dict[str, Node]]:
    items = node.value if node is not None and isinstance(node.value, list) else []
    return [item.value for item in items if isinstance(item.value, dict)]


def _fields(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}
