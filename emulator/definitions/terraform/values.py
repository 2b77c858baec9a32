"""Values of Terraform's language, each with the place it was written, and what stands in for
those that only AWS knows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Union
from unicodedata import normalize

from emulator.definitions.terraform.arithmetic import (
    ArithmeticFailure,
    Number,
    Short,
    parse,
)
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NOTHING,
    NUMBER,
    STRING,
    Collection,
    Object,
    Tuple,
    Type,
    friendly,
)
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


def normal(text: str) -> str:
    """Return a text with its characters composed, as all of Terraform's are."""
    return text if text.isascii() else normalize("NFC", text)


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


class Lazy:
    """Something whose parts are evaluated when they are asked for: a resource, a module."""

    def attribute(self, name: str, source: SourceRef) -> "Value":
        """Return one part. Raises `EvaluationError` when there is none."""
        raise NotImplementedError

    def element(self, key: "str | int", source: SourceRef) -> "Value":
        """Return one instance. Raises `EvaluationError` when there is none."""
        raise NotImplementedError

    def whole(self, source: SourceRef) -> "Value":
        """Return all of it as a plain value."""
        raise NotImplementedError

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


def type_of(value: Value, budget: Budget) -> Type:
    """Return a value's type; resources, and what only AWS knows, may be of any. Spends."""
    budget.spend(1)
    match value.content:
        case SetOf() as items:
            return Collection("set", items.element)
        case ListOf() as items:
            return Collection("list", items.element)
        case list() as items:
            return Tuple(tuple(type_of(item, budget) for item in items))
        case MapOf() as entries:
            return Collection("map", entries.element)
        case dict() as entries:
            return Object(tuple((key, type_of(item, budget)) for key, item in ordered(entries)))
    return _type_of_one(value)


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


def as_text(value: Value) -> str:
    """Return a primitive as text. Raises `EvaluationError`, `UndeterminedError`."""
    match value.content:
        case str(text):
            return text
        case bool(truth):
            return "true" if truth else "false"
        case int() | float():
            return number_text(value.content)
        case Unknown() as gap:
            raise UndeterminedError(gap)
    message = f"a string is needed, not {kind(value)}"
    raise EvaluationError(message)


def as_number(value: Value) -> Number:
    """Return a number, also of text that spells one. Raises as `as_text`."""
    match value.content:
        case bool():
            pass
        case int() | float():
            return value.content
        case str(text):
            return parse_number(text)
        case Unknown() as gap:
            raise UndeterminedError(gap)
    message = f"a number is needed, not {kind(value)}"
    raise EvaluationError(message)


def parse_number(text: str) -> Number:
    """Return the number that a text spells. Raises `EvaluationError`."""
    try:
        return parse(text)
    except ArithmeticFailure as error:
        message = str(error) or f"a number is needed, not {text[:40]!r}"
        raise EvaluationError(message) from error


def as_whole(value: Value) -> int:
    """Return a whole number. Raises as `as_text`."""
    found = as_number(value)
    if isinstance(found, int) or found == 0:
        return int(found)
    message = f"a whole number is needed, not {number_text(found)}"
    raise EvaluationError(message)


def as_bool(value: Value) -> bool:
    """Return true or false, also of text that spells it. Raises as `as_text`."""
    match value.content:
        case bool(truth):
            return truth
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case Unknown() as gap:
            raise UndeterminedError(gap)
    shown = repr(value.content[:40]) if isinstance(value.content, str) else kind(value)
    message = f"true or false is needed, not {shown}"
    raise EvaluationError(message)


def as_list(value: Value) -> "list[Value]":
    """Return the elements of a list or set. Raises as `as_text`."""
    content = plain(value).content
    if isinstance(content, list):
        return content
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    message = f"a list is needed, not {kind(value)}"
    raise EvaluationError(message)


def as_map(value: Value) -> "dict[str, Value]":
    """Return the entries of a map or object, in Terraform's order. Raises as `as_text`."""
    content = plain(value).content
    if isinstance(content, dict):
        return dict(ordered(content))
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    message = f"a map is needed, not {kind(value)}"
    raise EvaluationError(message)


def plain(value: Value) -> Value:
    """Return a value with its resources and modules evaluated."""
    return value.content.whole(value.source) if isinstance(value.content, Lazy) else value


def ordered(entries: "dict[str, Value]") -> "Iterable[tuple[str, Value]]":
    """Return entries in the order that Terraform visits them."""
    return sorted(entries.items())


def pairs(value: Value, budget: Budget) -> "Iterator[tuple[Value, Value]]":
    """Yield key and value of what a for expression goes through. Raises as `as_text`."""
    content = plain(value).content
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    if isinstance(content, SetOf):
        yield from ((item, item) for item in content)
    elif isinstance(content, list):
        for index, item in enumerate(content):
            yield Value(Short(index), item.source), item
    elif isinstance(content, dict):
        for key, item in ordered(content):
            yield Value(key, item.source), item
    else:
        message = f"a list or map is needed to go through, not {kind(value)}"
        raise EvaluationError(message, value.source)
    budget.spend(1)
