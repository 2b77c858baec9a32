"""Terraform's functions on lists and tuples."""

from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.arithmetic import Number, Short
from emulator.definitions.terraform.conversion import convert
from emulator.definitions.terraform.equality import identity, likeness
from emulator.definitions.terraform.functions.graphemes import graphemes
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.kinds import kind, type_of, weighed
from emulator.definitions.terraform.operators import add, below
from emulator.definitions.terraform.plain_values import as_bool, as_list, as_text
from emulator.definitions.terraform.unification import unify
from emulator.definitions.terraform.value_types import NUMBER, STRING, Collection
from emulator.definitions.terraform.values import (
    EvaluationError,
    ListOf,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    plain,
)

LONGEST_RANGE: Final = 1024
"""Terraform's own limit of `range`."""


def texts(site: Site, made: list[str]) -> ListOf:
    """Return a list of text."""
    return ListOf([site.value(text) for text in made], STRING)


def like(content: list[Value], items: list[Value]) -> list[Value]:
    """Return elements of a list or set as a list of the same type, those of a tuple as a tuple."""
    return ListOf(items, content.element) if isinstance(content, ListOf) else items


def _wrong(message: str) -> EvaluationError:
    return EvaluationError(message)


def _all_true(values: list[Value]) -> bool:
    return all(item.content is not None and as_bool(item) for item in values)


def _any_true(values: list[Value]) -> bool:
    return any(item.content is not None and as_bool(item) for item in values)


def _chunk_list(site: Site, values: ListOf, size: int) -> ListOf:
    if size < 0:
        raise _wrong("chunklist: the size is at least 0")
    step = size or max(1, len(values))
    starts = range(0, len(values), step)
    chunks = [site.value(ListOf(values[at : at + step], values.element)) for at in starts]
    return ListOf(chunks, Collection("list", values.element))


def _coalesce(site: Site, *values: Value) -> Value:
    """Return the first that is neither null nor empty text, in the type that all can have."""
    wanted = unify([type_of(value, site.budget) for value in values])
    if wanted is None:
        raise _wrong("coalesce: all arguments must be of one type")
    for value in values:
        made = convert(value, wanted, site.budget)
        if made.content is not None and made.content != "":
            return made
    raise _wrong("coalesce: all arguments are null or empty")


def _coalesce_list(*values: Value) -> Value:
    if any(isinstance(value.content, SetOf) for value in values):
        raise _wrong("coalescelist: all arguments must be lists or tuples, not sets")
    for value in values:
        if isinstance(value.content, Unknown) or as_list(value):
            return value
    raise _wrong("coalescelist: all lists are empty")


def _compact(values: ListOf) -> ListOf:
    kept = [item for item in values if item.content is not None and item.content != ""]
    return ListOf(kept, STRING)


def _concat(site: Site, *lists: list[Value]) -> list[Value]:
    """Join; lists that have a type in common stay a list, all else is a tuple."""
    if not lists:
        raise _wrong("concat takes at least one list")
    found = [item for values in lists for item in values]
    site.budget.spend(len(found))
    if any(isinstance(values, SetOf) for values in lists):
        raise _wrong("concat: all arguments must be lists or tuples, not sets")
    if not all(isinstance(values, ListOf) for values in lists):
        return found
    elements = [values.element for values in lists if isinstance(values, ListOf)]
    wanted = unify([weighed(element, site.budget) for element in elements])
    if wanted is None:
        return found
    return ListOf([convert(item, wanted, site.budget) for item in found], wanted)


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


def _distinct(site: Site, values: ListOf) -> ListOf:
    found: dict[str, Value] = {}
    for item in values:
        found.setdefault(likeness(item, site.budget), item)
    return ListOf(found.values(), values.element)


def _element(values: list[Value], index: int) -> Value:
    if isinstance(values, SetOf):
        raise _wrong("element: a set has no order to count by")
    if not values:
        raise _wrong("element: the list is empty")
    if index < 0:
        raise _wrong("element: the index is at least 0")
    return values[index % len(values)]


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


def _index(site: Site, values: list[Value], wanted: Value) -> Short:
    if isinstance(values, SetOf):
        raise _wrong("index: a set has no order to count by")
    key = identity(wanted, site.budget)
    for position, item in enumerate(values):
        if identity(item, site.budget) == key:
            return Short(position)
    raise _wrong("index: there is no such element")


def _length(site: Site, value: Value) -> Short:
    content = value.content
    if isinstance(content, list | dict):
        return Short(len(content))
    if isinstance(content, str):
        return Short(len(graphemes(content, site.budget)))
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    raise _wrong(f"length: {kind(value)} has no length")


def _list(*values: Value) -> list[Value]:
    return list(values)


def _match_keys(site: Site, values: ListOf, keys: ListOf, wanted: ListOf) -> ListOf:
    if len(values) != len(keys):
        raise _wrong("matchkeys: values and keys have different lengths")
    common = unify([weighed(one.element, site.budget) for one in (keys, wanted)])
    if common is None:
        raise _wrong("matchkeys: keys and searchset are of different types")
    found = {identity(convert(item, common, site.budget), site.budget) for item in wanted}
    kept = [
        value
        for value, key in zip(values, keys, strict=True)
        if identity(convert(key, common, site.budget), site.budget) in found
    ]
    return ListOf(kept, values.element)


def _one(values: list[Value]) -> Value | None:
    if len(values) > 1:
        raise _wrong(f"one: the list has {len(values)} elements")
    return values[0] if values else None


def _range(site: Site, first: Number, *more: Number) -> ListOf:
    if len(more) > 2:
        raise _wrong("range takes 1 to 3 arguments")
    start, limit = (first, more[0]) if more else (0, first)
    step = more[1] if len(more) > 1 else (-1 if below(limit, start) else 1)
    if start == limit:
        return ListOf([], NUMBER)
    if step == 0 or (step > 0) != below(start, limit):
        raise _wrong("range: the step does not lead to the limit")
    found: list[Value] = []
    at = start
    while below(at, limit) if step > 0 else below(limit, at):
        if len(found) >= LONGEST_RANGE:
            raise _wrong(f"range: more than {LONGEST_RANGE} elements")
        found.append(site.value(at))
        at = add(at, step)
    return ListOf(found, NUMBER)


def _reverse(values: list[Value]) -> list[Value]:
    return like(values, values[::-1])


def _slice(values: list[Value], start: int, end: int) -> list[Value]:
    if isinstance(values, SetOf):
        raise _wrong("slice: a set has no order to count by")
    if not 0 <= start <= end <= len(values):
        raise _wrong(f"slice: {start} to {end} is outside of {len(values)} elements")
    return like(values, values[start:end])


def _sort(site: Site, values: ListOf) -> ListOf:
    site.budget.spend(len(values))
    return ListOf(sorted(values, key=as_text), STRING)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "alltrue": Function("B", _all_true),
    "anytrue": Function("B", _any_true),
    "chunklist": Function("@li", _chunk_list),
    "coalesce": Function("@w*", _coalesce),
    "coalescelist": Function("v*", _coalesce_list),
    "compact": Function("S", _compact),
    "concat": Function("@q*", _concat),
    "contains": Function("@qv", _contains),
    "distinct": Function("@l", _distinct),
    "element": Function("qi", _element),
    "flatten": Function("@q", _flatten),
    "index": Function("@qv", _index),
    "length": Function("@v", _length),
    "list": Function("?w*", _list),
    "matchkeys": Function("@lll", _match_keys),
    "one": Function("q", _one),
    "range": Function("@nn*", _range),
    "reverse": Function("q", _reverse),
    "slice": Function("qii", _slice),
    "sort": Function("@S", _sort),
}
