"""One block, several instances: `count`, `for_each` and `dynamic`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.terraform.bodies import blocks_of
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.kinds import kind
from emulator.definitions.terraform.plain_values import as_text, as_whole
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import Block, Body, Expression
from emulator.definitions.terraform.values import (
    EvaluationError,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    ordered,
    plain,
    unknown,
)
from emulator.errors import SourceRef

MOST_INSTANCES: Final = 2000

Key = str | int | None


@dataclass(frozen=True, slots=True)
class Expansion:
    """The instances of a block: their keys, and the names that each has of its own.

    `mode` is `one`, `count`, `each`, or `unknown` where a variable is missing that decides it;
    then `gap` says which.
    """

    mode: str
    instances: dict[Key, dict[str, Value]] = field(default_factory=dict)
    gap: Unknown | None = None


def expand(body: Body, scope: Scope, source: SourceRef) -> Expansion:
    """Return the instances of a resource or module. Raises `EvaluationError`."""
    count, each = body.expression("count"), body.expression("for_each")
    if count is not None and each is not None:
        message = "count and for_each exclude each other"
        raise EvaluationError(message, source)
    if count is not None:
        return _counted(count, scope)
    if each is not None:
        return _each(each, scope)
    return Expansion("one", {None: {}})


def _counted(expression: Expression, scope: Scope) -> Expansion:
    value = evaluate(expression, scope)
    if isinstance(value.content, Unknown):
        if value.content.missing:
            return Expansion("unknown", gap=value.content)
        _guessed(expression, value.content, "1", scope)
        value = Value(1, value.source)
    number = as_whole(value)
    if not 0 <= number <= MOST_INSTANCES:
        message = f"count is 0 to {MOST_INSTANCES}, not {number}"
        raise EvaluationError(message, expression.source)
    source = expression.source
    instances: dict[Key, dict[str, Value]] = {
        index: {"count": Value({"index": Value(index, source)}, source)} for index in range(number)
    }
    return Expansion("count", instances)


def _each(expression: Expression, scope: Scope) -> Expansion:
    value = plain(evaluate(expression, scope))
    if isinstance(value.content, Unknown):
        if value.content.missing:
            return Expansion("unknown", gap=value.content)
        _guessed(expression, value.content, "one instance", scope)
        key = unknown("each.key", expression.source)
        return Expansion("each", {"unknown": _names_of(key, unknown("each.value", key.source))})
    pairs = list(_pairs(value))
    if len(pairs) > MOST_INSTANCES:
        message = f"for_each has {len(pairs)} elements; {MOST_INSTANCES} at most"
        raise EvaluationError(message, expression.source)
    instances: dict[Key, dict[str, Value]] = {
        as_text(key): _names_of(Value(as_text(key), key.source), item) for key, item in pairs
    }
    return Expansion("each", instances)


def _pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    """Yield keys and values. A list is taken as the set that Terraform would want."""
    content = value.content
    if isinstance(content, dict):
        yield from ((Value(key, item.source), item) for key, item in ordered(content))
    elif isinstance(content, SetOf | list):
        for item in content:
            if isinstance(item.content, Unknown):
                yield Value(item.content.text, item.source), item
            else:
                yield item, item
    else:
        message = f"for_each needs a map or a set, not {kind(value)}"
        raise EvaluationError(message, value.source)


def _names_of(key: Value, value: Value) -> dict[str, Value]:
    return {"each": Value({"key": key, "value": value}, key.source)}


def _guessed(expression: Expression, gap: Unknown, taken: str, scope: Scope) -> None:
    message = f"{spelling(expression)} is known {gap.where}; taken as {taken}"
    scope.workshop.guessed(message, expression.source)


def nested(body: Body, name: str, scope: Scope) -> Iterator[tuple[Block, Scope]]:
    """Yield the nested blocks of a type, those that `dynamic` makes too.

    An argument of that name is one, or a list of them: JSON and Terraform 0.11 write them so.
    Raises `EvaluationError` for an argument that is no object.
    """
    written = body.expression(name)
    if written is not None:
        yield from ((block, scope) for block in blocks_of(name, (), written))
    for block in body.blocks:
        if block.type == name:
            yield block, scope
        elif block.type == "dynamic" and block.labels and block.labels[0] == name:
            yield from _dynamic(block, name, scope)


def nested_types(body: Body) -> list[str]:
    """Return the types of the nested blocks of a body."""
    types = (b.labels[0] if b.type == "dynamic" and b.labels else b.type for b in body.blocks)
    return list(dict.fromkeys(types))


def _dynamic(block: Block, name: str, scope: Scope) -> Iterator[tuple[Block, Scope]]:
    each = block.body.expression("for_each")
    contents = block.body.of_type("content")
    if each is None or not contents:
        message = "a dynamic block has for_each and content"
        raise EvaluationError(message, block.source)
    iterator = block.body.expression("iterator")
    label = name if iterator is None else spelling(iterator).strip('"')
    value = plain(evaluate(each, scope))
    if isinstance(value.content, Unknown):
        if value.content.missing:
            raise UndeterminedError(value.content)
        _guessed(each, value.content, "no block", scope)
        return
    pairs = (
        _pairs(value)
        if not isinstance(value.content, list) or isinstance(value.content, SetOf)
        else ((Value(i, v.source), v) for i, v in enumerate(value.content))
    )
    for key, item in pairs:
        scope.workshop.budget.spend(1)
        own = Value({"key": key, "value": item}, block.source)
        yield contents[0], scope.with_own({label: own})
