"""What a function takes, and how its arguments are turned into Python's values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emulator.definitions.terraform.evaluation import Scope
from emulator.definitions.terraform.syntax import Call
from emulator.definitions.terraform.values import (
    Budget,
    EvaluationError,
    Unknown,
    Value,
    as_bool,
    as_list,
    as_map,
    as_number,
    as_text,
    as_whole,
    plain,
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a function is called."""

    call: Call
    scope: Scope

    @property
    def budget(self) -> Budget:
        """What the work may cost."""
        return self.scope.workshop.budget


@dataclass(frozen=True, slots=True)
class Function:
    """A function of Terraform's.

    `takes` has a letter for each argument: s text, n number, i whole number, b true or false,
    l list or set, m map, v any value; `?` before those that may be absent, `*` for the last one
    as often as wished, `@` at the beginning to get the `Site` first. An argument of s, n, i or b
    that is unknown makes the result unknown.
    """

    takes: str
    implementation: Callable[..., Any]

    def __call__(self, arguments: Sequence[Value], site: Site) -> Value:
        """Return the result. Raises `EvaluationError`, `UndeterminedError`."""
        letters = self._letters(len(arguments), site.call.name)
        given: list[Any] = [site] if self.takes.startswith("@") else []
        for number, (letter, value) in enumerate(zip(letters, arguments, strict=True), start=1):
            try:
                given.append(CONVERSIONS[letter](value))
            except EvaluationError as error:
                message = f"{site.call.name}, argument {number}: {error.message}"
                raise EvaluationError(message, value.source) from error
        result = self.implementation(*given)
        return result if isinstance(result, Value) else Value(result, site.call.source)

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


CONVERSIONS: Final[Mapping[str, Callable[[Value], Any]]] = {
    "s": as_text,
    "n": as_number,
    "i": as_whole,
    "b": as_bool,
    "l": as_list,
    "m": as_map,
    "v": plain,
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
    return Value(Unknown(text, causes) if causes else text, site.call.source)
