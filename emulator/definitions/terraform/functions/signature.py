"""What a function takes, and how its arguments are turned into Python's values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emulator.definitions.terraform.arithmetic import ArithmeticFailure
from emulator.definitions.terraform.budget import DIGITS_AT_A_STEP, Budget
from emulator.definitions.terraform.conversion import convert
from emulator.definitions.terraform.normalization import normal
from emulator.definitions.terraform.plain_values import (
    as_bool,
    as_list,
    as_map,
    as_number,
    as_text,
    as_whole,
)
from emulator.definitions.terraform.scope import Scope
from emulator.definitions.terraform.syntax import Call
from emulator.definitions.terraform.value_types import ANYTHING, BOOL, STRING, Collection, Type
from emulator.definitions.terraform.values import (
    EvaluationError,
    UndeterminedError,
    Unknown,
    Value,
    plain,
)

_ARGUMENTS_AT_A_STEP: Final = 4
_ELEMENTS_AT_A_STEP: Final = 16


@dataclass(frozen=True, slots=True)
class Site:
    """Where a function is called."""

    call: Call
    scope: Scope

    @property
    def budget(self) -> Budget:
        """What the work may cost."""
        return self.scope.budget

    def value(self, content: Any) -> Value:
        """Return what the function makes as a value that stands where it is called."""
        return Value(content, self.call.source)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of Terraform's.

    `takes` has a letter for each argument: s text, n number, i whole number of 64 bits, I one of
    any size, b true or false, v any value, w any value or null, q list, set or tuple as it is,
    m map or object as it is; converted before, and so of one element type: l list, S list of text,
    B list of truths, e set, T map of lists of text.
    `?` stands before those that may be absent, `*` for the last one as often as wished, `@` at
    the beginning to get the `Site` first. An argument that is unknown where it is looked into
    makes the result unknown.
    """

    takes: str
    implementation: Callable[..., Any]

    def __call__(self, arguments: Sequence[Value], site: Site) -> Value:
        """Return the result. Raises `EvaluationError`, `UndeterminedError`."""
        site.budget.scan(len(arguments), _ARGUMENTS_AT_A_STEP)
        letters = self._letters(len(arguments), site.call.name)
        given: list[Any] = [site] if self.takes.startswith("@") else []
        for number, (letter, value) in enumerate(zip(letters, arguments, strict=True), start=1):
            try:
                given.append(_taken(letter, value, site))
            except EvaluationError as error:
                message = f"{site.call.name}, argument {number}: {error.message}"
                raise EvaluationError(message, value.source) from error
        try:
            result = self.implementation(*given)
        except ArithmeticFailure as error:
            message = f"{site.call.name}: {error}"
            raise EvaluationError(message) from error
        if isinstance(result, str):
            result = normal(result)
        return result if isinstance(result, Value) else site.value(result)

    def _letters(self, count: int, name: str) -> str:
        plain_letters = self.takes.lstrip("@")
        required, _, optional = plain_letters.partition("?")
        repeated = plain_letters.endswith("*")
        known = (required + optional).rstrip("*")
        least = len(required.rstrip("*")) - (1 if required.endswith("*") else 0)
        if count < least or (count > len(known) and not repeated):
            wanted = f"at least {least}" if repeated or optional else str(least)
            message = f"{name} takes {wanted} arguments, not {count}"
            raise EvaluationError(message)
        return known[:count] + (known[-1] * (count - len(known)) if repeated else "")


def _taken(letter: str, value: Value, site: Site) -> Any:
    if letter in _COLLECTIONS:
        return _elements(convert(plain(value), _COLLECTIONS[letter], site.budget))
    found = _CONVERSIONS[letter](value)
    _spend_for(found, value, site.budget)
    return found


def _spend_for(found: Any, given: Value, budget: Budget) -> None:
    """Spend for what a function goes through: it may be called on the same again and again."""
    content = found.content if isinstance(found, Value) else found
    if isinstance(content, str):
        budget.scan(len(content), 64 if isinstance(given.content, str) else DIGITS_AT_A_STEP)
    elif isinstance(content, list | dict):
        budget.scan(len(content), _ELEMENTS_AT_A_STEP)


def _elements(value: Value) -> Any:
    if isinstance(value.content, Unknown):
        raise UndeterminedError(value.content)
    return _not_null(value).content


def _not_null(value: Value) -> Value:
    if value.content is None:
        message = "a value is needed, not null"
        raise EvaluationError(message)
    return plain(value)


def _whole(value: Value) -> int:
    found = as_whole(value)
    if not -(1 << 63) <= found < 1 << 63:
        message = "a whole number of 64 bits is needed"
        raise EvaluationError(message)
    return found


_CONVERSIONS: Final[Mapping[str, Callable[[Value], Any]]] = {
    "s": as_text,
    "n": as_number,
    "i": _whole,
    "I": as_whole,
    "b": as_bool,
    "q": as_list,
    "m": as_map,
    "v": _not_null,
    "w": plain,
}

_COLLECTIONS: Final[Mapping[str, Type]] = {
    "l": Collection("list", ANYTHING),
    "S": Collection("list", STRING),
    "B": Collection("list", BOOL),
    "e": Collection("set", ANYTHING),
    "T": Collection("map", Collection("list", STRING)),
}


def part(value: Value) -> str:
    """Return a value as part of a text: an unknown one keeps its placeholder."""
    return value.content.text if isinstance(value.content, Unknown) else as_text(value)


def assembled(text: str, of: Sequence[Value], site: Site) -> Value:
    """Return a text made of parts, unknown where any of them is."""
    site.budget.text(len(text))
    causes = tuple(
        dict.fromkeys(
            cause
            for value in of
            if isinstance(value.content, Unknown)
            for cause in value.content.causes
        )
    )
    text = normal(text)
    return site.value(Unknown(text, causes) if causes else text)
