"""How a value of the wrong kind would be written as what it is meant for: a hint, or None."""

import json
import re
from typing import Final

from emulator.definitions.nodes.tree import Node

LARGEST_INTEGER: Final = 2**31 - 1
"""The whole numbers of the ECS API are Java's `Integer`."""

_LONGEST_HINT: Final = 200
_FOR_A_SHELL: Final = r"[^\w\s./:=,@%+-]"
"""What only a shell understands, or splits otherwise than at blanks."""


def as_whole_number(node: Node) -> str | None:
    """Return how a value would be written as the whole number that it is meant for."""
    if isinstance(node.value, str) and node.value.isdecimal() and len(node.value) < 20:
        return f"write {int(node.value)}" + _unquoted(node)
    if isinstance(node.value, float) and 0 <= node.value <= LARGEST_INTEGER and node.value % 1 == 0:
        return f"write {node.value:.0f}"
    return None


def as_words(text: str) -> str | None:
    """Return how text would be written as the list that is wanted: it is often a command line."""
    if not text.isprintable() or len(text) > _LONGEST_HINT:
        return None
    words = ["/bin/sh", "-c", text] if re.search(_FOR_A_SHELL, text) else text.split()
    return f"write {json.dumps(words, ensure_ascii=False)}"


def as_truth(node: Node) -> str | None:
    """Return how a value would be written as the boolean that it is meant for."""
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    truth = words.get(node.value.lower()) if isinstance(node.value, str) else None
    return None if truth is None else f"write {str(truth).lower()}" + _unquoted(node)


def _unquoted(node: Node) -> str:
    return " without quotes" if node.written is None else ""
