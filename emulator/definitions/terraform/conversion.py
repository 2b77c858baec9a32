"""A value converted to a type: text to a number, a tuple to a list, an object to a map.

HashiCorp, Terraform language: "Type conversion".
"""

from collections.abc import Callable, Mapping
from typing import Final

from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.equality import set_of
from emulator.definitions.terraform.kinds import kind, type_of
from emulator.definitions.terraform.plain_values import as_bool, as_number, as_text
from emulator.definitions.terraform.unification import convertible, element_type
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NOTHING,
    NUMBER,
    STRING,
    Collection,
    Object,
    Primitive,
    Tuple,
    Type,
    friendly,
    open_ended,
)
from emulator.definitions.terraform.values import (
    Content,
    EvaluationError,
    Lazy,
    ListOf,
    MapOf,
    Value,
    plain,
)

_PRIMITIVES: Final[Mapping[Primitive, Callable[[Value], Content]]] = {
    STRING: as_text,
    NUMBER: as_number,
    BOOL: as_bool,
}


def convert(value: Value, wanted: Type, budget: Budget) -> Value:
    """Return a value as a type wants it; what only AWS knows stays. Raises `EvaluationError`."""
    budget.spend(1)
    if not value.known or wanted in (ANYTHING, NOTHING):
        return value
    if value.content is None:
        if not convertible(value.null_type, wanted):
            raise _unsuitable(value, wanted)
        return Value(None, value.source, null_type=wanted)
    if isinstance(wanted, Primitive):
        return _primitive(value, wanted)
    value = _opened(value, wanted)
    match wanted:
        case Collection():
            return _collection(value, wanted, budget)
        case Tuple():
            return _tuple(value, wanted, budget)
        case Object():
            return _object(value, wanted, budget)


def _opened(value: Value, wanted: Type) -> Value:
    """Return a resource or module as a plain value, with what an object wants of it."""
    if isinstance(value.content, Lazy) and isinstance(wanted, Object):
        names = [name for name, _ in wanted.attributes if name not in wanted.optional]
        return value.content.holding(names, value.source)
    return plain(value)


def _primitive(value: Value, wanted: Primitive) -> Value:
    content = _PRIMITIVES[wanted](value)
    return value if content is value.content else Value(content, value.source)


def _collection(value: Value, wanted: Collection, budget: Budget) -> Value:
    content = value.content
    if isinstance(content, ListOf | MapOf) and not convertible(content.element, wanted.element):
        raise _unsuitable(value, wanted)
    if wanted.name == "map" and isinstance(content, dict):
        items, element = _elements(value, list(content.values()), wanted, budget)
        return _with(value, MapOf(dict(zip(content, items, strict=True)), element))
    if wanted.name != "map" and isinstance(content, list):
        items, element = _elements(value, content, wanted, budget)
        made = set_of(items, element, budget) if wanted.name == "set" else ListOf(items, element)
        return _with(value, made)
    raise _unsuitable(value, wanted)


def _elements(
    value: Value, items: list[Value], wanted: Collection, budget: Budget
) -> tuple[list[Value], Type]:
    """Return the elements in the type that all get: the wanted one, or what they have in common.

    Where `any` is a part of the wanted one, it stands for the same in all of them.
    """
    if open_ended(wanted.element):
        items = [convert(item, wanted.element, budget) for item in items]
        element = _in_common(value, items, wanted, budget)
    else:
        element = wanted.element
    return [convert(item, element, budget) for item in items], element


def _in_common(value: Value, items: list[Value], wanted: Collection, budget: Budget) -> Type:
    if wanted.element == ANYTHING and isinstance(value.content, ListOf | MapOf):
        return value.content.element
    types = [type_of(item, budget) for item in items]
    found = element_type(wanted.name, types)
    if wanted.element != ANYTHING and (wanted.name == "set" or isinstance(wanted.element, Tuple)):
        # Terraform looks for nothing in common there.
        found = found if len(set(types)) <= 1 or any(map(open_ended, types)) else None
    if found is None:
        message = f"the elements of this {kind(value)} have no single type for a {wanted.name}"
        raise EvaluationError(message)
    return found


def _tuple(value: Value, wanted: Tuple, budget: Budget) -> Value:
    content = value.content
    if not isinstance(content, list) or isinstance(content, ListOf):
        raise _unsuitable(value, wanted)
    if len(content) != len(wanted.elements):
        raise _unsuitable(value, wanted)
    pairs = zip(content, wanted.elements, strict=True)
    return _with(value, [convert(item, inner, budget) for item, inner in pairs])


def _object(value: Value, wanted: Object, budget: Budget) -> Value:
    content = value.content
    if not isinstance(content, dict):
        raise _unsuitable(value, wanted)
    missing = [n for n, _ in wanted.attributes if n not in content and n not in wanted.optional]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        names = ", ".join(map(repr, missing))
        message = f"the attribute{plural} {names} {'are' if plural else 'is'} missing"
        raise EvaluationError(message, value.source)
    found = {}
    for name, inner in wanted.attributes:
        given = content.get(name, Value(None, value.source))
        found[name] = _within(name, given, inner, budget)
    return _with(value, found)


def _within(name: str, given: Value, wanted: Type, budget: Budget) -> Value:
    try:
        return convert(given, wanted, budget)
    except EvaluationError as error:
        message = f"{name}: {error.message}"
        raise EvaluationError(message, error.source or given.source, error.hint) from error


def _unsuitable(value: Value, wanted: Type) -> EvaluationError:
    shown = friendly(wanted)
    if isinstance(wanted, Tuple):
        shown = f"tuple of {len(wanted.elements)} elements"
    article = "an" if shown.startswith("o") else "a"
    given = kind(value) if value.content is not None else f"a {friendly(value.null_type)}, null"
    return EvaluationError(f"{article} {shown} is needed, not {given}", value.source)


def _with(value: Value, content: Content) -> Value:
    return Value(content, value.source, value.document, value.origin)
