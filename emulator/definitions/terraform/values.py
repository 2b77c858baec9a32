"""Values of Terraform's language, each with the place it was written, and what stands in for
those that only AWS knows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Union

from emulator.definitions.terraform.knowledge import known_where
from emulator.definitions.terraform.value_types import NOTHING, Type
from emulator.errors import SourceRef


class EvaluationError(Exception):
    """An expression that Terraform would refuse, or that is not known here."""

    def __init__(
        self, message: str, source: SourceRef | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.hint = hint


class UndeterminedError(Exception):
    """A value is asked for that only AWS knows."""

    def __init__(self, unknown: "Unknown") -> None:
        super().__init__(unknown.text)
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value is unknown: what was asked for, and the variable to give where it is one."""

    name: str
    source: SourceRef
    variable: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """What only AWS, or the user, knows. `text` stands in for it, with `${…}` for the gaps."""

    text: str
    causes: tuple[Cause, ...]

    @property
    def where(self) -> str:
        """Where it is known."""
        return known_where(", ".join(cause.name for cause in self.causes))

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables that would have to be given."""
        return tuple(dict.fromkeys(c.variable for c in self.causes if c.variable))


def unknown(name: str, source: SourceRef, *, variable: str | None = None) -> "Value":
    """Return the placeholder of what `name` spells."""
    return Value(Unknown(placeholder(name), (Cause(name, source, variable),)), source)


def placeholder(name: str) -> str:
    """Return `${name}`, in characters that may stand in JSON text."""
    plain = name.replace('"', "'").replace("\\", "/").replace("}", ")")
    return "${" + " ".join(plain.split()) + "}"


class ListOf(list["Value"]):
    """A list, all of whose elements have one type: a plain list is a tuple."""

    def __init__(self, items: "Iterable[Value]", element: Type) -> None:
        super().__init__(items)
        self.element = element


class SetOf(ListOf):
    """A set: in Terraform's order, without doubles."""


class MapOf(dict[str, "Value"]):
    """A map, all of whose elements have one type: a plain dictionary is an object."""

    def __init__(self, entries: "Mapping[str, Value]", element: Type) -> None:
        super().__init__(entries)
        self.element = element


class Lazy(ABC):
    """Something whose parts are evaluated when they are asked for: a resource, a module."""

    @abstractmethod
    def attribute(self, name: str, source: SourceRef) -> "Value":
        """Return one part. Raises `EvaluationError` when there is none."""

    @abstractmethod
    def element(self, key: "str | int", source: SourceRef) -> "Value":
        """Return one instance. Raises `EvaluationError` when there is none."""

    @abstractmethod
    def whole(self, source: SourceRef) -> "Value":
        """Return all of it as a plain value."""

    def holding(self, _names: Iterable[str], source: SourceRef) -> "Value":
        """Return all of it as a plain value, with these attributes where it may have them."""
        return self.whole(source)

    def elements(self, source: SourceRef) -> "list[Value]":
        """Return what a splat goes through: itself where it is one thing."""
        return [Value(self, source)]


Content = Union[  # noqa: UP007 - names in it are defined below
    None, bool, int, float, str, list["Value"], dict[str, "Value"], Unknown, Lazy
]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Content and where it was written.

    `document` is what a text encodes, where that is known better than from the text: the places
    of a `jsonencode`. `origin` is where the first line of a longer text stands. `null_type` is
    what a null was converted to.
    """

    content: Content
    source: SourceRef
    document: "Value | None" = None
    origin: SourceRef | None = None
    null_type: Type = NOTHING

    @property
    def known(self) -> bool:
        """Whether it is no placeholder; parts of it may still be."""
        return not isinstance(self.content, Unknown)


def plain(value: Value) -> Value:
    """Return a value with its resources and modules evaluated."""
    return value.content.whole(value.source) if isinstance(value.content, Lazy) else value


def ordered(entries: "dict[str, Value]") -> "Iterable[tuple[str, Value]]":
    """Return entries in the order that Terraform visits them."""
    return sorted(entries.items())
