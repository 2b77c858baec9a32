"""Terraform's functions on maps and objects."""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.functions.lists import texts
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.value_types import ANYTHING, NOTHING, STRING, Collection
from emulator.definitions.terraform.values import (
    EvaluationError,
    ListOf,
    MapOf,
    SetOf,
    Value,
    as_list,
    as_map,
    as_text,
    ordered,
    type_of,
)


def _wrong(message: str) -> EvaluationError:
    return EvaluationError(message)


def _keys(site: Site, value: Value) -> list[Value]:
    """Return the names in order: of a map as a list, of an object as a tuple."""
    made = texts(site, list(as_map(value)))
    return made if isinstance(value.content, MapOf) else list(made)


def _lookup(site: Site, value: Value, key: str, *default: Value) -> Value:
    entries = as_map(value)
    content = value.content
    if default and isinstance(content, MapOf):
        _must_agree(content, default[0], site)
    if key in entries:
        return entries[key]
    if default:
        return default[0]
    raise _wrong(f"lookup: there is no {key!r}, and no default")


def _must_agree(entries: MapOf, default: Value, site: Site) -> None:
    given, element = type_of(default, site.budget), entries.element
    if given not in (element, ANYTHING, NOTHING) and element not in (ANYTHING, NOTHING):
        raise _wrong("lookup: the default must have the type of the map's elements")


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
