"""Which one type several values can all be converted to: the type of a list made of them.

HashiCorp, Terraform language: "Types and Values", conversion of complex types. The answers are
those of Terraform itself (`tests/definitions/terraform/console.json`).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

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
)

_FROM_TEXT: Final = (NUMBER, BOOL)
_FAMILIES: Final = (
    frozenset({"primitive"}),
    frozenset({"list", "set", "tuple"}),
    frozenset({"map", "object"}),
)
"""Kinds that can become one another."""


def unify(types: Sequence[Type]) -> Type | None:
    """Return the type that all can be converted to, None where there is none.

    A null beside what has no type in common leaves the type open, and so does what only AWS
    knows, but for text beside it: that is what nearly all of AWS's attributes are.
    """
    distinct = [one for one in dict.fromkeys(types) if one != NOTHING]
    if len(distinct) < 2:
        return distinct[0] if distinct else NOTHING
    if ANYTHING in distinct:
        known = unify([one for one in types if one != ANYTHING])
        return known if known in (None, STRING) else ANYTHING
    return _common(distinct) or (ANYTHING if NOTHING in types else None)


def element_type(name: str, types: Sequence[Type]) -> Type | None:
    """Return the type of the elements of a `list`, `set` or `map` made of these.

    A null among them becomes one of a primitive type, in a map one of any, but never of none.
    """
    found = unify(types)
    if found is None or NOTHING not in types or ANYTHING in types:
        return found
    if found == ANYTHING:
        return None
    return found if name == "map" or isinstance(found, Primitive) else None


def _common(distinct: Sequence[Type]) -> Type | None:
    kinds = frozenset(map(_kind, distinct))
    if not any(kinds <= family for family in _FAMILIES):
        return None
    if (structural := _STRUCTURAL.get(kinds)) is not None:
        return structural(distinct)
    if kinds in _MIXED and (mixed := _mixed(distinct)) is not None:
        return mixed
    wanted = (one for one in _preferred(distinct) if _all_convertible(distinct, one))
    return next(wanted, None)


def convertible(given: Type, wanted: Type) -> bool:
    """Return whether values of a type can become another; a text may still spell no number."""
    if given == wanted or ANYTHING in (given, wanted) or NOTHING in (given, wanted):
        return True
    match wanted, given:
        case Primitive(), Primitive():
            return wanted == STRING or (given == STRING and wanted in _FROM_TEXT)
        case Collection(name="map"), Collection(name="map") as other:
            return convertible(other.element, wanted.element)
        case Collection(name="list" | "set"), Collection(name="list" | "set") as other:
            return convertible(other.element, wanted.element)
        case Collection(name="list" | "set"), Tuple(elements=elements):
            return _become_elements(elements, wanted.element)
        case Collection(name="map"), Object(attributes=attributes):
            return _become_elements([inner for _, inner in attributes], wanted.element)
        case Tuple(), Tuple(elements=elements):
            return len(elements) == len(wanted.elements) and all(
                map(convertible, elements, wanted.elements)
            )
        case Object(), Object() | Collection(name="map"):
            return _become_attributes(given, wanted)
    return False


def _become_elements(elements: Sequence[Type], wanted: Type) -> bool:
    if wanted in (ANYTHING, NOTHING):
        return unify(elements) is not None
    return all(convertible(element, wanted) for element in elements)


def _become_attributes(given: Object | Collection, wanted: Object) -> bool:
    if isinstance(given, Collection):
        return all(convertible(given.element, inner) for _, inner in wanted.attributes)
    has = dict(given.attributes)
    return all(
        convertible(has[name], inner) if name in has else name in wanted.optional
        for name, inner in wanted.attributes
    )


def _kind(of: Type) -> str:
    match of:
        case Collection(name=name):
            return name
        case Tuple():
            return "tuple"
        case Object():
            return "object"
    return "primitive"


# -- several of one kind -----------------------------------------------------------------------


def _collections(types: Sequence[Type]) -> Type | None:
    first = types[0]
    assert isinstance(first, Collection)
    element = unify([one.element for one in types if isinstance(one, Collection)])
    return None if element is None else Collection(first.name, element)


def _tuples(types: Sequence[Type]) -> Type | None:
    """Return a tuple where all have as many elements, else a list."""
    rows = [one.elements for one in types if isinstance(one, Tuple)]
    if len({len(row) for row in rows}) > 1:
        return _list_of(types)
    elements = [unify(column) for column in zip(*rows, strict=True)]
    found = tuple(one for one in elements if one is not None)
    return Tuple(found) if len(found) == len(elements) else None


def _list_of(types: Sequence[Type]) -> Type | None:
    element = unify([inner for one in types if isinstance(one, Tuple) for inner in one.elements])
    return None if element is None else _if_all_fit(Collection("list", element), types)


def _objects(types: Sequence[Type]) -> Type | None:
    """Return an object where all have the same attributes, else a map."""
    tables = [dict(one.attributes) for one in types if isinstance(one, Object)]
    names = tables[0].keys()
    if any(table.keys() != names for table in tables):
        return _map_of(types)
    found = {name: unify([table[name] for table in tables]) for name in names}
    known = tuple((name, one) for name, one in found.items() if one is not None)
    return Object(known) if len(known) == len(found) else None


def _map_of(types: Sequence[Type]) -> Type | None:
    inner = [one for o in types if isinstance(o, Object) for _, one in o.attributes]
    element = unify(inner)
    return None if element is None else _if_all_fit(Collection("map", element), types)


_STRUCTURAL: Final[dict[frozenset[str], Callable[[Sequence[Type]], Type | None]]] = {
    frozenset({"list"}): _collections,
    frozenset({"set"}): _collections,
    frozenset({"map"}): _collections,
    frozenset({"tuple"}): _tuples,
    frozenset({"object"}): _objects,
}


# -- of two kinds ------------------------------------------------------------------------------

_MIXED: Final = (frozenset({"list", "tuple"}), frozenset({"map", "object"}))
"""What is often a list or map in disguise, for it was written in place."""


def _mixed(types: Sequence[Type]) -> Type | None:
    """Return the list or map that the tuples or objects among lists or maps can become."""
    written = [one for one in types if isinstance(one, Tuple | Object)]
    made = _list_of(written) if isinstance(written[0], Tuple) else _map_of(written)
    if made is None:
        return None
    found = unify([made, *(one for one in types if isinstance(one, Collection))])
    return None if found is None else _if_all_fit(found, types)


def _if_all_fit(found: Type, types: Sequence[Type]) -> Type | None:
    return found if _all_convertible(types, found) else None


def _all_convertible(types: Sequence[Type], wanted: Type) -> bool:
    return all(convertible(one, wanted) for one in types)


def _preferred(types: Sequence[Type]) -> Iterator[Type]:
    """Yield types with the more general ones first, else in the order they come in."""
    waiting = dict(enumerate(types))
    above = [{at for at, o in waiting.items() if _more_general(o, one)} for one in types]
    while waiting:
        free = (at for at in waiting if above[at].isdisjoint(waiting))
        yield waiting.pop(next(free, next(iter(waiting))))


def _more_general(one: Type, other: Type) -> bool:
    match one, other:
        case Primitive(), Primitive():
            return one == STRING != other
        case Collection(name=name, element=element), Collection(name=same, element=inner):
            return _more_general(element, inner) if name == same else (name, same) == _LIST_FIRST
        case Collection(name="list" | "set"), Tuple():
            return True
        case Collection(name="map"), Object():
            return True
        case Tuple(elements=ones), Tuple(elements=others) if len(ones) == len(others):
            return _wholly_more_general(list(zip(ones, others, strict=True)))
    return False


def _wholly_more_general(pairs: Sequence[tuple[Type, Type]]) -> bool:
    more = any(_more_general(one, other) for one, other in pairs)
    return more and not any(_more_general(other, one) for one, other in pairs)


_LIST_FIRST: Final = ("list", "set")
