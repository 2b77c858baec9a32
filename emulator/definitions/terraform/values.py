"""Values of Terraform's language, each with the place it was written, and what stands in for
those that only AWS knows."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Union

from emulator.errors import SourceRef

LARGEST_NUMBER_BITS: Final = 512
"""Terraform's numbers have 512 bits."""


class EvaluationError(Exception):
    """An expression that Terraform would refuse, or that is not known here."""

    def __init__(
        self, message: str, source: SourceRef | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.hint = hint


class BudgetExceededError(Exception):
    """The definitions ask for more work or memory than any real ones do."""


class UndeterminedError(Exception):
    """A value is asked for that only AWS knows."""

    def __init__(self, unknown: "Unknown") -> None:
        super().__init__(unknown.text)
        self.unknown = unknown


@dataclass(slots=True)
class Budget:
    """Bounds the work of one root: hostile files end in an error within seconds.

    A step is one evaluated expression, one element or 64 characters of text.
    """

    steps: int = 1_000_000
    characters: int = 64 * 1024 * 1024

    def spend(self, steps: int = 1) -> None:
        """Take from the budget. Raises `BudgetExceededError`."""
        self.steps -= steps
        if self.steps < 0:
            message = "evaluating this takes too long: too many elements or repetitions"
            raise BudgetExceededError(message)

    def text(self, length: int) -> None:
        """Take the making of a text from the budget. Raises `BudgetExceededError`."""
        self.characters -= length
        if self.characters < 0:
            message = "evaluating this makes too much text"
            raise BudgetExceededError(message)


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


class SetOf(list["Value"]):
    """A set: in Terraform's order, without doubles."""


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
    of a `jsonencode`. `origin` is where the first line of a longer text stands.
    """

    content: Content
    source: SourceRef
    document: "Value | None" = None
    origin: SourceRef | None = None

    @property
    def known(self) -> bool:
        """Whether it is no placeholder; parts of it may still be."""
        return not isinstance(self.content, Unknown)


def kind(value: Value) -> str:
    """Return what Terraform calls a value's type."""
    match value.content:
        case None:
            return "null"
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case SetOf():
            return "set"
        case list():
            return "list"
        case dict() | Lazy():
            return "object"
        case _:
            return "unknown"


def number(value: float) -> int | float:
    """Return a number as Terraform has it: whole where it is whole, and not endless."""
    if isinstance(value, int):
        if value.bit_length() > LARGEST_NUMBER_BITS:
            message = "the number is too large"
            raise EvaluationError(message)
        return value
    if not math.isfinite(value):
        message = "the result is no number"
        raise EvaluationError(message)
    return int(value) if value.is_integer() else value


def number_text(value: float) -> str:
    """Return a number as text, as Terraform writes it."""
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    if "e" not in text:
        return text
    from decimal import Decimal

    return format(Decimal(text), "f")


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


def as_number(value: Value) -> int | float:
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


def parse_number(text: str) -> int | float:
    """Return the number that a text spells. Raises `EvaluationError`."""
    try:
        if len(text) <= 200 and text.isascii() and "_" not in text and text == text.strip():
            return number(int(text) if text.lstrip("-").isdecimal() else float(text))
    except ValueError:
        pass
    message = f"a number is needed, not {text[:40]!r}"
    raise EvaluationError(message)


def as_whole(value: Value) -> int:
    """Return a whole number. Raises as `as_text`."""
    found = as_number(value)
    if isinstance(found, int):
        return found
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
    message = f"true or false is needed, not {kind(value)}"
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
            yield Value(index, item.source), item
    elif isinstance(content, dict):
        for key, item in ordered(content):
            yield Value(key, item.source), item
    else:
        message = f"a list or map is needed to go through, not {kind(value)}"
        raise EvaluationError(message, value.source)
    budget.spend(1)


def set_of(values: "Iterable[Value]", budget: Budget) -> SetOf:
    """Return a set. Raises as `as_text`, and on elements whose order is not known here."""
    found: dict[str, Value] = {}
    for value in values:
        budget.spend(1)
        found.setdefault(_set_key(value, budget), value)
    return SetOf(found[key] for key in sorted(found))


def _set_key(value: Value, budget: Budget) -> str:
    if isinstance(value.content, str):
        return value.content
    if isinstance(value.content, Unknown):
        return value.content.text
    if isinstance(value.content, int | float) and not isinstance(value.content, bool):
        return f"{value.content:040.10f}"
    return identity(value, budget)


def identity(value: Value, budget: Budget) -> str:
    """Return a text that two values share exactly when they are equal. Spends the budget."""
    budget.spend(1)
    content = plain(value).content
    match content:
        case list():
            return "[" + ",".join(identity(item, budget) for item in content) + "]"
        case dict():
            inner = (f"{key!r}:{identity(item, budget)}" for key, item in ordered(content))
            return "{" + ",".join(inner) + "}"
        case Unknown():
            raise UndeterminedError(content)
        case str():
            budget.text(len(content))
            return repr(content)
        case bool() | None:
            return str(content)
        case int() | float():
            return "#" + number_text(content)
    return "?"


def moved(value: Value, source: SourceRef) -> Value:
    """Return the same content as if it were written elsewhere."""
    return replace(value, source=source)
