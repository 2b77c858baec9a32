"""The types that Terraform's values have, and what Terraform calls them.

A text of several elements is a tuple or an object as it is written, each element with a type of
its own; a list, set or map has one type for all of them.
"""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Primitive:
    """`string`, `number` or `bool`; also `NOTHING` and `ANYTHING`."""

    name: str


STRING: Final = Primitive("string")
NUMBER: Final = Primitive("number")
BOOL: Final = Primitive("bool")
NOTHING: Final = Primitive("null")
"""The type of a null that nobody has converted, and of what an empty list would have in it."""
ANYTHING: Final = Primitive("dynamic")
"""The type of what only AWS knows, and the constraint `any`."""


@dataclass(frozen=True, slots=True)
class Collection:
    """`list`, `set` or `map`: as many elements as wished, all of one type."""

    name: Literal["list", "set", "map"]
    element: "Type"


@dataclass(frozen=True, slots=True)
class Tuple:
    """A fixed number of elements, each with its type."""

    elements: "tuple[Type, ...]"


@dataclass(frozen=True, slots=True)
class Object:
    """Attributes in order of name, each with its type; a constraint may make some optional."""

    attributes: "tuple[tuple[str, Type], ...]"
    optional: frozenset[str] = frozenset()


Type = Primitive | Collection | Tuple | Object


def open_ended(of: Type) -> bool:
    """Return whether a constraint has `any` in it."""
    match of:
        case Collection(element=element):
            return open_ended(element)
        case Tuple(elements=elements):
            return any(map(open_ended, elements))
        case Object(attributes=attributes):
            return any(open_ended(inner) for _, inner in attributes)
    return of == ANYTHING


def friendly(of: Type) -> str:
    """Return a type in the words of an error: `list of string`."""
    match of:
        case Collection(name=name, element=element):
            return f"{name} of {'any type' if element == ANYTHING else friendly(element)}"
        case Tuple():
            return "tuple"
        case Object():
            return "object"
    return "unknown" if of == ANYTHING else of.name


def spelled(of: Type) -> str:
    """Return a type as a constraint spells it: `list(string)`, as `type` answers."""
    match of:
        case Collection(name=name, element=element):
            inner = spelled(element)
            structural = isinstance(element, Tuple | Object)
            return f"{name}(\n{_indented(inner)},\n)" if structural else f"{name}({inner})"
        case Tuple(elements=elements):
            inner = "".join(f"\n{_indented(spelled(element))}," for element in elements)
            return f"tuple([{inner}\n])" if inner else "tuple([])"
        case Object(attributes=attributes):
            entries = (f"{name}: {spelled(inner)}" for name, inner in attributes)
            inner = "".join(f"\n{_indented(entry)}," for entry in entries)
            return f"object({{{inner}\n}})" if inner else "object({})"
    return ANYTHING.name if of == NOTHING else of.name


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))
