"""Type constraints of variables: what a given value is converted to.

HashiCorp, Terraform language: "Type Constraints", with `optional` and its defaults.
"""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.syntax import (
    Call,
    Expression,
    ListOf,
    Literal,
    ObjectOf,
    Reference,
    spelling,
)
from emulator.definitions.terraform.values import (
    Content,
    EvaluationError,
    SetOf,
    Value,
    as_bool,
    as_number,
    as_text,
    kind,
    plain,
    set_of,
)

PRIMITIVES: Final[Mapping[str, object]] = {
    "string": as_text,
    "number": as_number,
    "bool": as_bool,
}


def convert(value: Value, constraint: Expression, scope: Scope) -> Value:
    """Return a value as its type wants it. Raises `EvaluationError`."""
    scope.workshop.budget.spend(1)
    if value.content is None or not value.known:
        return value
    if isinstance(constraint, Call):
        return _structure(plain(value), constraint, scope)
    name = _word(constraint)
    if name == "string":
        return value if isinstance(value.content, str) else _with(value, as_text(value))
    if name == "number":
        return _with(value, as_number(value))
    if name == "bool":
        return _with(value, as_bool(value))
    if name in ("list", "map", "set"):
        return _collection(plain(value), name, None, scope)
    return value


def takes_text(constraint: Expression | None) -> bool:
    """Return whether a value from the environment or command line is plain text, not HCL."""
    return constraint is None or _word(constraint) in ("string", "number", "bool", "any")


def _word(constraint: Expression) -> str:
    if isinstance(constraint, Reference):
        return constraint.name
    return str(constraint.value) if isinstance(constraint, Literal) else ""


def _with(value: Value, content: Content) -> Value:
    return Value(content, value.source, value.document, value.origin)


def _structure(value: Value, constraint: Call, scope: Scope) -> Value:
    inner = constraint.arguments[0] if constraint.arguments else None
    if constraint.name in ("list", "map", "set"):
        return _collection(value, constraint.name, inner, scope)
    if constraint.name == "tuple" and isinstance(inner, ListOf):
        items = value.content if isinstance(value.content, list) else []
        if len(items) != len(inner.items):
            message = f"a tuple of {len(inner.items)} is needed, not {kind(value)}"
            raise EvaluationError(message, value.source)
        pairs = zip(items, inner.items, strict=True)
        return _with(value, [convert(item, wanted, scope) for item, wanted in pairs])
    if constraint.name == "object" and isinstance(inner, ObjectOf):
        return _object(value, inner, scope)
    message = f"{spelling(constraint)} is no type"
    raise EvaluationError(message, constraint.source)


def _collection(value: Value, name: str, inner: Expression | None, scope: Scope) -> Value:
    content = value.content
    if name == "map" and isinstance(content, dict):
        entries = {
            key: item if inner is None else convert(item, inner, scope)
            for key, item in content.items()
        }
        return _with(value, entries)
    if name in ("list", "set") and isinstance(content, list):
        items = [item if inner is None else convert(item, inner, scope) for item in content]
        return _with(value, set_of(items, scope.workshop.budget) if name == "set" else items)
    message = f"a {name} is needed, not {kind(value)}"
    raise EvaluationError(message, value.source)


def _object(value: Value, wanted: ObjectOf, scope: Scope) -> Value:
    content = value.content
    if not isinstance(content, dict):
        message = f"an object is needed, not {kind(value)}"
        raise EvaluationError(message, value.source)
    found: dict[str, Value] = {}
    for key_expression, constraint in wanted.items:
        key = as_text(evaluate(key_expression, scope))
        found[key] = _attribute(key, content.get(key), constraint, value, scope)
    return _with(value, found)


def _attribute(
    key: str, given: Value | None, constraint: Expression, of: Value, scope: Scope
) -> Value:
    optional = isinstance(constraint, Call) and constraint.name == "optional"
    if not optional:
        if given is None:
            message = f"the attribute {key!r} is missing"
            raise EvaluationError(message, of.source)
        return convert(given, constraint, scope)
    assert isinstance(constraint, Call)
    inner, *default = constraint.arguments
    if given is not None and given.content is not None:
        return convert(given, inner, scope)
    if default:
        return convert(evaluate(default[0], scope), inner, scope)
    return Value(None, of.source)


__all__ = ["SetOf", "convert", "takes_text"]
