"""Terraform's functions on maps and objects."""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.conversion import convert
from emulator.definitions.terraform.functions.lists import texts
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.plain_values import as_list, as_map, as_text
from emulator.definitions.terraform.value_types import NOTHING, STRING, Collection, Object, friendly
from emulator.definitions.terraform.values import (
    EvaluationError,
    ListOf,
    MapOf,
    SetOf,
    Value,
    ordered,
)


def _wrong(message: str) -> EvaluationError:
    return EvaluationError(message)


def _keys(site: Site, value: Value) -> list[Value]:
    """Return the names in order: of a map as a list, of an object as a tuple."""
    made = texts(site, list(as_map(value)))
    return made if isinstance(value.content, MapOf) else list(made)


def _lookup(site: Site, value: Value, key: str, *default: Value) -> Value:
    """Return an element or the default, which gets the type that a map's elements have."""
    entries = as_map(value)
    fallback = [_like_elements(value, given, site) for given in default]
    if key in entries:
        return entries[key]
    if fallback:
        return fallback[0]
    raise _wrong(f"lookup: there is no {key!r}, and no default")


def _like_elements(value: Value, default: Value, site: Site) -> Value:
    if not isinstance(value.content, MapOf):
        return default
    try:
        return convert(default, value.content.element, site.budget)
    except EvaluationError as error:
        message = f"lookup: the default must have the type of the map's elements: {error.message}"
        raise EvaluationError(message, default.source) from error


def _map(site: Site, *values: Value) -> dict[str, Value]:
    if len(values) % 2:
        raise _wrong("map: keys and values come in pairs")
    return {as_text(key): value for key, value in zip(values[::2], values[1::2], strict=True)}


def _merge(site: Site, *values: Value) -> dict[str, Value]:
    """Return all entries, later ones over earlier ones: a map where all are maps of one type."""
    found: dict[str, Value] = {}
    for value in values:
        if value.content is not None:
            entries = as_map(value)
            site.budget.spend(len(entries))
            found.update(entries)
        elif not isinstance(value.null_type, Object | Collection) and value.null_type != NOTHING:
            raise _wrong(f"merge: a map is needed, not a {friendly(value.null_type)} that is null")
    given = [value.content for value in values if value.content is not None]
    elements = {one.element for one in given if isinstance(one, MapOf)}
    if len(elements) == 1 and all(isinstance(one, MapOf) for one in given):
        return MapOf(found, elements.pop())
    return found


def _transpose(site: Site, entries: MapOf) -> MapOf:
    found: dict[str, list[Value]] = {}
    for key, values in ordered(entries):
        for item in as_list(values):
            site.budget.spend(1)
            found.setdefault(as_text(item), []).append(Value(key, item.source))
    lists = {key: site.value(ListOf(items, STRING)) for key, items in sorted(found.items())}
    return MapOf(lists, Collection("list", STRING))


def _values(value: Value) -> list[Value]:
    items = list(as_map(value).values())
    content = value.content
    return ListOf(items, content.element) if isinstance(content, MapOf) else items


def _zip_map(site: Site, keys: ListOf, values: list[Value]) -> dict[str, Value]:
    if isinstance(values, SetOf):
        raise _wrong("zipmap: the values must be a list or tuple, not a set")
    if len(keys) != len(values):
        raise _wrong("zipmap: keys and values have different lengths")
    made = {as_text(key): value for key, value in zip(keys, values, strict=True)}
    return MapOf(made, values.element) if isinstance(values, ListOf) else made


FUNCTIONS: Final[Mapping[str, Function]] = {
    "keys": Function("@v", _keys),
    "lookup": Function("@vs?w", _lookup),
    "map": Function("@?w*", _map),
    "merge": Function("@?w*", _merge),
    "transpose": Function("@T", _transpose),
    "values": Function("v", _values),
    "zipmap": Function("@Sq", _zip_map),
}
