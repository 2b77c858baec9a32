"""Nodes, of JSON or YAML text, become values, with numbers as exact as they are written."""

from collections.abc import Callable

from emulator.definitions.nodes import Node
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.normalization import normal
from emulator.definitions.terraform.plain_values import parse_number
from emulator.definitions.terraform.values import Content, Value
from emulator.errors import SourceRef

Place = Callable[[SourceRef], SourceRef]
"""Where something stands that the text around it knows by a line of its own."""


def value_of_node(node: Node, budget: Budget, place: Place = lambda source: source) -> Value:
    """Return a tree of nodes as a value. Raises `EvaluationError` for a number too large."""
    budget.spend()
    if isinstance(node.value, list):
        items = [value_of_node(item, budget, place) for item in node.value]
        return Value(items, place(node.source))
    if isinstance(node.value, dict):
        entries = {
            normal(key): value_of_node(item, budget, place) for key, item in node.value.items()
        }
        return Value(entries, place(node.source))
    return Value(_scalar(node), place(node.source))


def _scalar(node: Node) -> Content:
    content = node.value
    assert not isinstance(content, list | dict)
    if isinstance(content, float) and node.written is not None:
        return parse_number(node.written)
    return normal(content) if isinstance(content, str) else content
