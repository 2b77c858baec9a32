"""`*.tf.json`: the same configuration as HCL has, written as JSON; strings are templates.

HashiCorp, Terraform language: "JSON Configuration Syntax".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node, failure
from emulator.definitions.terraform.bodies import COMMENT, blocks_of, entries_of
from emulator.definitions.terraform.grammar import parse_expression, parse_template
from emulator.definitions.terraform.syntax import (
    Attribute,
    Block,
    Body,
    Expression,
    ListOf,
    Literal,
    ObjectOf,
)
from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import SourceRef

LABELS: Final[Mapping[str, int]] = {
    "data": 2,
    "locals": 0,
    "module": 1,
    "output": 1,
    "provider": 1,
    "resource": 2,
    "variable": 1,
}
"""Blocks of a file that say something here, and how many labels each has."""


def parse_json_file(text: str, path: str) -> Body:
    """Return the body of a `.tf.json` file. Raises `DefinitionError`."""
    top = parse_json(text, path)
    if not isinstance(top.value, dict | list):
        raise failure(f"a mapping of blocks is expected, not {top.kind}", top.source)
    body = Body()
    try:
        for kind, written in entries_of("the file", _expression(top)):
            if kind in LABELS:
                body.blocks += map(_typed, _labelled(kind, (), written, LABELS[kind]))
    except EvaluationError as error:
        raise failure(error.message, error.source or SourceRef(path)) from error
    return body


def _labelled(kind: str, labels: Sequence[str], written: Expression, more: int) -> Iterator[Block]:
    """Yield the blocks of a type: `more` levels of the object are labels."""
    if more == 0:
        yield from blocks_of(kind, labels, written)
        return
    for label, inner in entries_of(kind, written):
        if label != COMMENT:
            yield from _labelled(kind, (*labels, label), inner, more - 1)


def _typed(block: Block) -> Block:
    """Read the type of a variable, which JSON has as text, as the expression that it is."""
    constraint = block.body.expression("type")
    if block.type == "variable" and isinstance(constraint, Literal):
        source = constraint.source
        read = parse_expression(str(constraint.value), source.path, source.line)
        block.body.attributes["type"] = Attribute("type", read, source)
    return block


def _expression(node: Node, path: tuple[str, ...] = ()) -> Expression:
    """Return what a node says; `path` has the first three names that lead to it."""
    if isinstance(node.value, dict):
        items = (
            (_text(key, node.source, path), _expression(inner, (*path, key)[:3]))
            for key, inner in node.value.items()
        )
        return ObjectOf(tuple(items), node.source)
    if isinstance(node.value, list):
        return ListOf(tuple(_expression(item, path) for item in node.value), node.source)
    if isinstance(node.value, str):
        return _text(node.value, node.source, path)
    return Literal(node.value, node.source)


def _text(text: str, source: SourceRef, path: tuple[str, ...]) -> Expression:
    # A variable's default is no expression: nothing in it is a template either.
    literal = path[:1] == ("variable",) and path[2:] == ("default",)
    if not literal and ("${" in text or "%{" in text):
        return parse_template(text, source.path, source.line)
    return Literal(text, source)
