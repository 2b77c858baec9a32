"""Terraform's functions on sets."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Final

from emulator.definitions.terraform.conversion import convert
from emulator.definitions.terraform.equality import identity, set_of
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.kinds import type_of, weighed
from emulator.definitions.terraform.unification import element_type, unify
from emulator.definitions.terraform.value_types import Tuple, Type
from emulator.definitions.terraform.values import EvaluationError, ListOf, SetOf, Value


def _combining(combine: Callable[[set[str], set[str]], set[str]]) -> Callable[..., SetOf]:
    def apply(site: Site, *sets: SetOf) -> SetOf:
        element = unify([weighed(one.element, site.budget) for one in sets])
        if element is None:
            message = f"{site.call.name}: the sets have no element type in common"
            raise EvaluationError(message)
        named = [
            {identity(made, site.budget): made for made in _converted(one, element, site)}
            for one in sets
        ]
        names = set(named[0])
        for other in named[1:]:
            names = combine(names, set(other))
        by_name = {name: value for one in named for name, value in one.items()}
        return set_of([by_name[name] for name in by_name if name in names], element, site.budget)

    return apply


def _converted(one: SetOf, element: Type, site: Site) -> list[Value]:
    return [convert(value, element, site.budget) for value in one]


def _product(site: Site, *lists: list[Value]) -> ListOf:
    """Return every choice of one element each, as tuples: a set where any argument is one."""
    if len(lists) < 2:
        message = "setproduct takes at least 2 arguments"
        raise EvaluationError(message)
    size = 1
    for values in lists:
        size *= len(values)
    site.budget.spend(size * len(lists))
    elements = [_element(values, site) for values in lists]
    rows = [
        site.value([convert(v, e, site.budget) for v, e in zip(row, elements, strict=True)])
        for row in product(*lists)
    ]
    row_type = Tuple(tuple(elements))
    if any(isinstance(values, SetOf) for values in lists):
        return set_of(rows, row_type, site.budget)
    return ListOf(rows, row_type)


def _element(values: list[Value], site: Site) -> Type:
    """Return the type that a tuple's elements have in common, too."""
    if isinstance(values, ListOf):
        return values.element
    found = element_type("list", [type_of(value, site.budget) for value in values])
    if found is None:
        message = "setproduct: the elements of an argument have no single type"
        raise EvaluationError(message)
    return found


FUNCTIONS: Final[Mapping[str, Function]] = {
    "setintersection": Function("@ee*", _combining(set.__and__)),
    "setproduct": Function("@q*", _product),
    "setsubtract": Function("@ee", _combining(set.__sub__)),
    "setunion": Function("@ee*", _combining(set.__or__)),
}
