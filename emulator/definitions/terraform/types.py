"""Type constraints of variables: what a given value is converted to.

HashiCorp, Terraform language: "Type Constraints", with `optional` and its defaults.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform import conversion, syntax
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.plain_values import as_text
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import Call, Expression, ListOf, ObjectOf
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NUMBER,
    STRING,
    Collection,
    Object,
    Tuple,
    Type,
)
from emulator.definitions.terraform.values import EvaluationError, Lazy, Value, plain

_CollectionName = Literal["list", "set", "map"]

_COLLECTIONS: Final[tuple[_CollectionName, ...]] = ("list", "set", "map")
_WORDS: Final[Mapping[str, Type]] = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": ANYTHING,
    # Without an element type, as Terraform 0.11 had them: any, but one for all.
    **{name: Collection(name, ANYTHING) for name in _COLLECTIONS},
}


def convert(value: Value, constraint: Expression, scope: Scope) -> Value:
    """Return a value as its type wants it. Raises `EvaluationError`."""
    wanted = type_named(constraint, scope)
    return conversion.convert(_filled(value, constraint, scope), wanted, scope.budget)


def takes_text(constraint: Expression | None) -> bool:
    """Return whether a value from the environment or command line is plain text, not HCL."""
    return constraint is None or _word(constraint) in ("string", "number", "bool")


def type_named(constraint: Expression, scope: Scope) -> Type:
    """Return the type that a constraint spells. Raises `EvaluationError`."""
    scope.budget.spend(1)
    word = _word(constraint)
    if word in _WORDS:
        return _WORDS[word]
    if isinstance(constraint, Call) and len(constraint.arguments) == 1:
        inner = constraint.arguments[0]
        for name in _COLLECTIONS:
            if constraint.name == name:
                return Collection(name, type_named(inner, scope))
        if constraint.name == "tuple" and isinstance(inner, ListOf):
            return Tuple(tuple(type_named(item, scope) for item in inner.items))
        if constraint.name == "object" and isinstance(inner, ObjectOf):
            return _object_type(inner, scope)
    message = f"{spelling(constraint)} is not a type"
    hint = did_you_mean(word, tuple(_WORDS)) or "string, number, bool, list(…), map(…), object({…})"
    raise EvaluationError(message, constraint.source, hint)


def _word(constraint: Expression) -> str:
    if isinstance(constraint, syntax.Reference):
        return constraint.name
    return str(constraint.value) if isinstance(constraint, syntax.Literal) else ""


@dataclass(frozen=True, slots=True)
class _Attribute:
    """One attribute of an `object({…})`."""

    name: str
    constraint: Expression
    optional: bool
    default: Expression | None


def _attributes(wanted: ObjectOf, scope: Scope) -> Iterator[_Attribute]:
    for key, constraint in wanted.items:
        name = as_text(evaluate(key, scope))
        if isinstance(constraint, Call) and constraint.name == "optional":
            if not 1 <= len(constraint.arguments) <= 2:
                message = f"{name}: optional takes a type and a default"
                raise EvaluationError(message, constraint.source)
            inner, *default = constraint.arguments
            yield _Attribute(name, inner, True, default[0] if default else None)
        else:
            yield _Attribute(name, constraint, False, None)


def _object_type(wanted: ObjectOf, scope: Scope) -> Object:
    found = list(_attributes(wanted, scope))
    types = {one.name: type_named(one.constraint, scope) for one in found}
    optional = frozenset(one.name for one in found if one.optional)
    return Object(tuple((name, types[name]) for name in sorted(types)), optional)


# -- defaults ----------------------------------------------------------------------------------


def _filled(value: Value, constraint: Expression, scope: Scope) -> Value:
    """Return a value with the defaults of optional attributes in it, however deep they are."""
    scope.budget.spend(1)
    if not isinstance(constraint, Call) or len(constraint.arguments) != 1:
        return value
    inner = constraint.arguments[0]
    value = _opened(value, inner, scope)
    content = value.content
    if constraint.name == "object" and isinstance(content, dict) and isinstance(inner, ObjectOf):
        return _with_defaults(value, content, inner, scope)
    if constraint.name == "map" and isinstance(content, dict):
        entries = {key: _filled(item, inner, scope) for key, item in content.items()}
        return Value(entries, value.source)
    if constraint.name in ("list", "set") and isinstance(content, list):
        return Value([_filled(item, inner, scope) for item in content], value.source)
    if constraint.name == "tuple" and isinstance(content, list) and isinstance(inner, ListOf):
        pairs = zip(content, inner.items, strict=False)
        rest = content[len(inner.items) :]
        return Value([*(_filled(item, one, scope) for item, one in pairs), *rest], value.source)
    return value


def _opened(value: Value, inner: Expression, scope: Scope) -> Value:
    """Return a resource or module as a plain value, with what an object wants of it."""
    if isinstance(value.content, Lazy) and isinstance(inner, ObjectOf):
        names = [one.name for one in _attributes(inner, scope) if not one.optional]
        return value.content.holding(names, value.source)
    return plain(value)


def _with_defaults(
    value: Value, content: dict[str, Value], wanted: ObjectOf, scope: Scope
) -> Value:
    found = dict(content)
    for one in _attributes(wanted, scope):
        given = content.get(one.name)
        if one.default is not None and (given is None or given.content is None):
            given = convert(evaluate(one.default, scope), one.constraint, scope)
        if given is not None:
            found[one.name] = _filled(given, one.constraint, scope)
    return Value(found, value.source)
