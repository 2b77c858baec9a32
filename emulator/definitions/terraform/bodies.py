"""Blocks that are written as objects: in JSON all of them, in Terraform 0.11 many.

HashiCorp, Terraform language: "JSON Configuration Syntax", and "Attributes as Blocks".
"""

from collections.abc import Iterator, Sequence
from typing import Final

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

COMMENT: Final = "//"
"""The key that JSON has for comments."""

_BLOCKS: Final = ("content", "lifecycle")
"""What is a block wherever it stands; of others, whoever asks for them knows."""


def blocks_of(kind: str, labels: Sequence[str], written: Expression) -> Iterator[Block]:
    """Yield the blocks that an object is, or a list of objects; null is none.

    Raises `EvaluationError` for anything else.
    """
    for item in written.items if isinstance(written, ListOf) else (written,):
        if isinstance(item, Literal) and item.value is None:
            continue
        yield Block(kind, labels, body_of(kind, item), item.source)


def body_of(kind: str, written: Expression) -> Body:
    """Return what an object says as a body. Raises `EvaluationError`."""
    body = Body()
    for name, value in entries_of(kind, written):
        if name == "dynamic":
            for label, inner in entries_of(name, value):
                body.blocks += blocks_of(name, (label,), inner)
        elif name in _BLOCKS:
            body.blocks += blocks_of(name, (), value)
        elif name != COMMENT:
            body.attributes[name] = Attribute(name, value, value.source)
    return body


def entries_of(kind: str, written: Expression) -> list[tuple[str, Expression]]:
    """Return the entries of an object, or of a list of objects. Raises `EvaluationError`."""
    found: list[tuple[str, Expression]] = []
    for item in written.items if isinstance(written, ListOf) else (written,):
        if not isinstance(item, ObjectOf):
            raise _no_block(kind, item)
        for key, value in item.items:
            if not isinstance(key, Literal):
                raise _no_block(kind, key)
            found.append((str(key.value), value))
    return found


def _no_block(kind: str, written: Expression) -> EvaluationError:
    message = f"{kind} is a block, and what stands here is none"
    return EvaluationError(message, written.source, f"write {kind} {{ … }}, or dynamic {kind!r}")
