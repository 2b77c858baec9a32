"""Terraform's functions on lists, sets and maps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.values import (
    Content,
    EvaluationError,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    as_bool,
    as_list,
    as_map,
    as_number,
    as_text,
    as_whole,
    identity,
    kind,
    plain,
    set_of,
)

LONGEST_RANGE: Final = 1024
"""Terraform's own limit of `range`."""


def _wrong(message: str) -> EvaluationError:
    return EvaluationError(message)


def _all_true(values: list[Value]) -> bool:
    return all(item.content is not None and as_bool(item) for item in values)


def _any_true(values: list[Value]) -> bool:
    return any(item.content is not None and as_bool(item) for item in values)


def _chunk_list(site: Site, values: list[Value], size: int) -> list[Value]:
    if size < 0:
        raise _wrong("chunklist: the size is at least 0")
    if not values:
        return []
    step = size or len(values)
    return [Value(values[i : i + step], site.call.source) for i in range(0, len(values), step)]


def _coalesce(*values: Value) -> Value:
    """Return the first that is neither null nor empty text."""
    for value in values:
        if value.content is not None and value.content != "":
            return value
    raise _wrong("coalesce: all arguments are null or empty")


def _coalesce_list(*values: Value) -> Value:
    for value in values:
        if isinstance(value.content, Unknown) or as_list(value):
            return value
    raise _wrong("coalescelist: all lists are empty")


def _compact(values: list[Value]) -> list[Value]:
    return [item for item in values if item.content is not None and item.content != ""]


def _concat(site: Site, *lists: list[Value]) -> list[Value]:
    found = [item for values in lists for item in values]
    site.budget.spend(len(found))
    return found


def _contains(site: Site, values: list[Value], wanted: Value) -> bool:
    """Search; an unknown element leaves the answer unknown unless another one fits."""
    key = identity(wanted, site.budget)
    gap = None
    for item in values:
        if isinstance(item.content, Unknown):
            gap = item.content
        elif identity(item, site.budget) == key:
            return True
    if gap is not None:
        raise UndeterminedError(gap)
    return False


def _loose_identity(value: Value, site: Site) -> str:
    """Return what two primitives share when they are equal after conversion to text."""
    content = value.content
    if isinstance(content, str | bool | int | float):
        return repr(as_text(value))
    return identity(value, site.budget)


def _distinct(site: Site, values: list[Value]) -> list[Value]:
    found: dict[str, Value] = {}
    for item in values:
        found.setdefault(_likeness(item, site), item)
    return list(found.values())


def _likeness(value: Value, site: Site) -> str:
    """Return what two values share that are equal as far as is known: a gap is like itself only."""
    content = plain(value).content
    if isinstance(content, Unknown):
        return content.text
    if isinstance(content, list):
        site.budget.spend(1)
        return "[" + ",".join(_likeness(item, site) for item in content) + "]"
    if isinstance(content, dict):
        site.budget.spend(1)
        inner = (f"{key!r}:{_likeness(item, site)}" for key, item in sorted(content.items()))
        return "{" + ",".join(inner) + "}"
    return identity(value, site.budget)


def _element(values: Value, index: int) -> Value:
    items = as_list(values)
    if not items:
        raise _wrong("element: the list is empty")
    if index < 0:
        raise _wrong("element: the index is at least 0")
    return items[index % len(items)]


def _flatten(site: Site, values: list[Value]) -> list[Value]:
    found: list[Value] = []
    for item in values:
        site.budget.spend(1)
        inner = plain(item).content
        if isinstance(inner, list):
            found += _flatten(site, inner)
        else:
            found.append(item)
    return found


def _index(site: Site, values: list[Value], wanted: Value) -> int:
    key = _loose_identity(wanted, site)
    for position, item in enumerate(values):
        if _loose_identity(item, site) == key:
            return position
    raise _wrong("index: there is no such element")


def _keys(site: Site, value: Value) -> list[Value]:
    return [Value(key, item.source) for key, item in as_map(value).items()]


def _length(value: Value) -> int:
    content = value.content
    if isinstance(content, str | list | dict):
        return len(content)
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    raise _wrong(f"length: {kind(value)} has no length")


def _list(*values: Value) -> list[Value]:
    return list(values)


def _lookup(entries: dict[str, Value], key: str, *default: Value) -> Value:
    if key in entries:
        return entries[key]
    if default:
        return default[0]
    raise _wrong(f"lookup: there is no {key!r}, and no default")


def _map(*values: Value) -> dict[str, Value]:
    if len(values) % 2:
        raise _wrong("map: keys and values come in pairs")
    return {as_text(key): value for key, value in zip(values[::2], values[1::2], strict=True)}


def _match_keys(site: Site, values: list[Value], keys: list[Value], wanted: list[Value]) -> object:
    if len(values) != len(keys):
        raise _wrong("matchkeys: values and keys have different lengths")
    found = {_loose_identity(item, site) for item in wanted}
    return [v for v, k in zip(values, keys, strict=True) if _loose_identity(k, site) in found]


def _merge(site: Site, *values: Value) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for value in values:
        if value.content is not None:
            entries = as_map(value)
            site.budget.spend(len(entries))
            found.update(entries)
    return found


def _one(values: list[Value]) -> Value | None:
    if len(values) > 1:
        raise _wrong(f"one: the list has {len(values)} elements")
    return values[0] if values else None


def _range(site: Site, first: float, *more: float) -> list[Value]:
    start, limit = (first, more[0]) if more else (0, first)
    if len(more) > 2:
        raise _wrong("range takes 1 to 3 arguments")
    step = more[1] if len(more) > 1 else (1 if start <= limit else -1)
    if step == 0 or (step > 0) != (start <= limit):
        if start == limit:
            return []
        raise _wrong("range: the step does not lead to the limit")
    found: list[Value] = []
    at = start
    while (at < limit) if step > 0 else (at > limit):
        if len(found) >= LONGEST_RANGE:
            raise _wrong(f"range: more than {LONGEST_RANGE} elements")
        found.append(Value(at, site.call.source))
        at += step
    return found


def _reverse(values: list[Value]) -> list[Value]:
    return values[::-1]


def _sets(combine: Callable[[set[str], set[str]], set[str]]) -> Callable[..., SetOf]:
    def apply(site: Site, *lists: list[Value]) -> SetOf:
        by_key = {identity(v, site.budget): v for values in lists for v in values}
        keys = {identity(v, site.budget) for v in lists[0]}
        for values in lists[1:]:
            keys = combine(keys, {identity(v, site.budget) for v in values})
        return set_of([by_key[key] for key in by_key if key in keys], site.budget)

    return apply


def _set_product(site: Site, *lists: list[Value]) -> list[Value]:
    size = 1
    for values in lists:
        size *= len(values)
    site.budget.spend(size * len(lists))
    return [Value(list(row), site.call.source) for row in product(*lists)]


def _slice(values: list[Value], start: int, end: int) -> list[Value]:
    if not 0 <= start <= end <= len(values):
        raise _wrong(f"slice: {start} to {end} is outside of {len(values)} elements")
    return values[start:end]


def _sort(site: Site, values: list[Value]) -> list[Value]:
    site.budget.spend(len(values))
    return sorted((Value(as_text(item), item.source) for item in values), key=as_text)


def _transpose(site: Site, entries: dict[str, Value]) -> dict[str, Value]:
    found: dict[str, list[Value]] = {}
    for key, values in entries.items():
        for item in as_list(values):
            site.budget.spend(1)
            found.setdefault(as_text(item), []).append(Value(key, item.source))
    return {key: Value(items, site.call.source) for key, items in sorted(found.items())}


def _values(value: Value) -> list[Value]:
    return list(as_map(value).values())


def _zip_map(keys: list[Value], values: list[Value]) -> dict[str, Value]:
    if len(keys) != len(values):
        raise _wrong("zipmap: keys and values have different lengths")
    return {as_text(key): value for key, value in zip(keys, values, strict=True)}


# -- conversions -------------------------------------------------------------------------------


def _null_or(convert: Callable[[Value], Content]) -> Callable[[Value], Content]:
    def apply(value: Value) -> Content:
        return None if value.content is None else convert(value)

    return apply


def _to_set(site: Site, values: list[Value]) -> SetOf:
    return set_of(_alike(values), site.budget)


def _to_list(values: list[Value]) -> list[Value]:
    return list(_alike(values))


def _to_map(entries: dict[str, Value]) -> dict[str, Value]:
    return dict(zip(entries, _alike(list(entries.values())), strict=True))


def _alike(values: Sequence[Value]) -> Iterator[Value]:
    """Yield primitives as text where any of them is text: a collection has one type."""
    mixed = any(isinstance(v.content, str) for v in values)
    for value in values:
        primitive = isinstance(value.content, bool | int | float)
        yield Value(as_text(value), value.source) if mixed and primitive else value


def _same(value: Value) -> Value:
    return value


def _type(value: Value) -> str:
    return kind(value)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "alltrue": Function("l", _all_true),
    "anytrue": Function("l", _any_true),
    "chunklist": Function("@li", _chunk_list),
    "coalesce": Function("v*", _coalesce),
    "coalescelist": Function("v*", _coalesce_list),
    "compact": Function("l", _compact),
    "concat": Function("@l*", _concat),
    "contains": Function("@lv", _contains),
    "distinct": Function("@l", _distinct),
    "element": Function("vi", _element),
    "flatten": Function("@l", _flatten),
    "index": Function("@lv", _index),
    "keys": Function("@v", _keys),
    "length": Function("v", _length),
    "list": Function("?v*", _list),
    "lookup": Function("ms?v", _lookup),
    "map": Function("?v*", _map),
    "matchkeys": Function("@lll", _match_keys),
    "merge": Function("@?v*", _merge),
    "one": Function("l", _one),
    "range": Function("@nn*", _range),
    "reverse": Function("l", _reverse),
    "setintersection": Function("@ll*", _sets(set.__and__)),
    "setproduct": Function("@ll*", _set_product),
    "setsubtract": Function("@ll", _sets(set.__sub__)),
    "setunion": Function("@ll*", _sets(set.__or__)),
    "slice": Function("lii", _slice),
    "sort": Function("@l", _sort),
    "transpose": Function("@m", _transpose),
    "values": Function("v", _values),
    "zipmap": Function("ll", _zip_map),
    "defaults": Function("v?v", lambda value, _default=None: value),
    "ephemeralasnull": Function("v", _same),
    "issensitive": Function("v", lambda _: False),
    "nonsensitive": Function("v", _same),
    "sensitive": Function("v", _same),
    "tobool": Function("v", _null_or(as_bool)),
    "tolist": Function("l", _to_list),
    "tomap": Function("m", _to_map),
    "tonumber": Function("v", _null_or(as_number)),
    "toset": Function("@l", _to_set),
    "tostring": Function("v", _null_or(as_text)),
    "type": Function("v", _type),
}

__all__ = ["FUNCTIONS", "as_whole"]
