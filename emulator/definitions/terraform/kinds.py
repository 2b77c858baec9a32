"""Which type a value has, and what an error calls it."""

from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NUMBER,
    STRING,
    Collection,
    Object,
    Tuple,
    Type,
    friendly,
)
from emulator.definitions.terraform.values import Lazy, ListOf, MapOf, SetOf, Value, ordered


def type_of(value: Value, budget: Budget) -> Type:
    """Return a value's type; resources, and what only AWS knows, may be of any. Spends."""
    budget.spend(1)
    match value.content:
        case SetOf() as items:
            return Collection("set", weighed(items.element, budget))
        case ListOf() as items:
            return Collection("list", weighed(items.element, budget))
        case list() as items:
            return Tuple(tuple(type_of(item, budget) for item in items))
        case MapOf() as entries:
            return Collection("map", weighed(entries.element, budget))
        case dict() as entries:
            return Object(tuple((key, type_of(item, budget)) for key, item in ordered(entries)))
    return _type_of_one(value)


def weighed(of: Type, budget: Budget) -> Type:
    """Return a type that is to be compared; spends for all its parts, as an empty list has them."""
    budget.spend(1)
    match of:
        case Collection(element=element):
            weighed(element, budget)
        case Tuple(elements=elements):
            for element in elements:
                weighed(element, budget)
        case Object(attributes=attributes):
            for _, inner in attributes:
                weighed(inner, budget)
    return of


def _type_of_one(value: Value) -> Type:
    match value.content:
        case None:
            return value.null_type
        case bool():
            return BOOL
        case int() | float():
            return NUMBER
        case str():
            return STRING
    return ANYTHING


def kind(value: Value) -> str:
    """Return what an error calls a value's type."""
    match value.content:
        case None:
            return "null"
        case SetOf() as items:
            return friendly(Collection("set", items.element))
        case ListOf() as items:
            return friendly(Collection("list", items.element))
        case MapOf() as entries:
            return friendly(Collection("map", entries.element))
        case list():
            return "tuple"
        case dict() | Lazy():
            return "object"
    return friendly(_type_of_one(value))
