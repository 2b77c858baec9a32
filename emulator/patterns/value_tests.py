"""The tests an event pattern puts to one value: literals and comparison operators (pure).

AWS: "Comparison operators for use in event patterns" in the EventBridge user guide. What it leaves
open follows AWS's published matching library, event-ruler.
"""

import ipaddress
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Scalar = str | int | float | bool | None
Test = Callable[[Scalar], bool]

LARGEST_NUMBER: Final = 5e9
"""Numeric comparisons work from -5.0e9 to +5.0e9."""

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LOWER: Final = (">", ">=")
_UPPER: Final = ("<", "<=")


class PatternError(ValueError):
    """What is wrong with a test, without its place: the pattern knows that."""


@dataclass(frozen=True, slots=True)
class FieldTests:
    """What a field must be: one of `literals`, or pass one of `tests`, or be absent.

    A literal is a key of `literal_key`, so that `1`, `"1"` and `true` are kept apart.
    """

    literals: frozenset[str] = frozenset()
    tests: tuple[Test, ...] = ()
    or_absent: bool = False

    def accept(self, value: Scalar) -> bool:
        """Return whether a value that is there passes."""
        if self.literals and literal_key(value) in self.literals:
            return True
        return any(test(value) for test in self.tests)


def literal_key(value: Scalar) -> str:
    """Return a text that is equal for equal values only.

    Numbers count by how they are written: 300 and 300.0 are not equal.
    """
    if isinstance(value, str):
        return f'"{value}'
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "null" if value is None else repr(value)


def read_tests(items: list[Any]) -> FieldTests:
    """Return the tests of the list that stands at a field. Raises `PatternError`."""
    if not items:
        message = "an empty list matches nothing"
        raise PatternError(message)
    literals = frozenset(literal_key(item) for item in items if not isinstance(item, dict | list))
    tests: list[Test] = []
    or_absent = False
    for item in items:
        if isinstance(item, list):
            message = "a list inside a list"
            raise PatternError(message)
        if not isinstance(item, dict):
            continue
        name, argument = _only_entry(item)
        if name == "exists":
            or_absent = or_absent or not _truth(argument)
            if argument:
                tests.append(lambda _value: True)
        else:
            tests.append(_read_operator(name, argument))
    return FieldTests(literals, tuple(tests), or_absent)


def _only_entry(item: dict[str, Any]) -> tuple[str, Any]:
    if len(item) != 1:
        message = "only one key is allowed in a match expression"
        raise PatternError(message)
    return next(iter(item.items()))


def _truth(argument: Any) -> bool:
    if not isinstance(argument, bool):
        message = "exists takes true or false"
        raise PatternError(message)
    return argument


def _read_operator(name: str, argument: Any) -> Test:
    reader = _OPERATORS.get(name)
    if reader is None:
        known = ", ".join(sorted([*_OPERATORS, "exists"]))
        message = f"unrecognized match type {name}; there are {known}"
        raise PatternError(message)
    return reader(argument)


def _text(name: str, argument: Any) -> str:
    if not isinstance(argument, str):
        message = f"{name} takes text"
        raise PatternError(message)
    return argument


def _affix(name: str, at_start: bool) -> Callable[[Any], Test]:
    def read(argument: Any) -> Test:
        fold = isinstance(argument, dict)
        if fold:
            inner, argument = _only_entry(argument)
            if inner != "equals-ignore-case":
                message = f"{name} takes text or equals-ignore-case"
                raise PatternError(message)
        wanted = _text(name, argument)
        if fold:
            wanted = wanted.casefold()
        check = str.startswith if at_start else str.endswith

        def test(value: Scalar) -> bool:
            return isinstance(value, str) and check(value.casefold() if fold else value, wanted)

        return test

    return read


def _equals_ignore_case(argument: Any) -> Test:
    wanted = _text("equals-ignore-case", argument).casefold()
    return lambda value: isinstance(value, str) and value.casefold() == wanted


def _wildcard(argument: Any) -> Test:
    pieces = wildcard_pieces(_text("wildcard", argument))
    return lambda value: isinstance(value, str) and fits_wildcard(value, pieces)


def wildcard_pieces(text: str) -> list[str]:
    r"""Return the texts between the stars of a wildcard; `\*` and `\\` are plain characters.

    Raises `PatternError` for two stars in a row and for another escape, as EventBridge does.
    """
    pieces = [""]
    position = 0
    while position < len(text):
        character = text[position]
        if character == "*":
            if text[position + 1 : position + 2] == "*":
                message = f"wildcard {text!r}: two * in a row"
                raise PatternError(message)
            pieces.append("")
        else:
            if character == "\\":
                position += 1
                character = text[position : position + 1]
                if character not in ("*", "\\"):
                    message = f"wildcard {text!r}: a backslash stands before * or \\ only"
                    raise PatternError(message)
            pieces[-1] += character
        position += 1
    return pieces


def fits_wildcard(value: str, pieces: list[str]) -> bool:
    """Return whether a text is made of the pieces with anything between them.

    Each piece is taken as early as possible, which is enough and cannot take long.
    """
    if len(pieces) == 1:
        return value == pieces[0]
    first, *middle, last = pieces
    position, end = len(first), len(value) - len(last)
    if position > end or not value.startswith(first) or not value.endswith(last):
        return False
    for piece in middle:
        found = value.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def _cidr(argument: Any) -> Test:
    try:
        network = ipaddress.ip_network(_text("cidr", argument), strict=False)
    except ValueError as error:
        message = f"cidr {argument!r}: {error}"
        raise PatternError(message) from error

    def test(value: Scalar) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return test


def _numeric(argument: Any) -> Test:
    if not isinstance(argument, list) or len(argument) not in (2, 4):
        message = "numeric takes one or two comparisons, each a sign and a number"
        raise PatternError(message)
    pairs = list(zip(argument[::2], argument[1::2], strict=True))
    for sign, number in pairs:
        if sign not in _COMPARISONS:
            message = f"numeric: {sign!r} is not one of {' '.join(_COMPARISONS)}"
            raise PatternError(message)
        _check_number(number)
    if len(pairs) == 2:
        _check_range(pairs)
    checks = [(_COMPARISONS[sign], number) for sign, number in pairs]

    def test(value: Scalar) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return all(compare(value, number) for compare, number in checks)

    return test


def _check_number(number: Any) -> None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        message = f"numeric: {number!r} is not a number"
        raise PatternError(message)
    if not -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
        message = f"numeric: {number} is not between -5.0e9 and 5.0e9"
        raise PatternError(message)


def _check_range(pairs: list[tuple[str, float]]) -> None:
    (low_sign, low), (high_sign, high) = pairs
    if low_sign not in _LOWER or high_sign not in _UPPER:
        message = "numeric: a range begins with > or >= and ends with < or <="
        raise PatternError(message)
    if low >= high:
        message = f"numeric: the bottom {low} is not below the top {high}"
        raise PatternError(message)


def _anything_but(argument: Any) -> Test:
    if isinstance(argument, dict):
        name, inner = _only_entry(argument)
        if name not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
            message = f"anything-but: {name} cannot stand here"
            raise PatternError(message)
        refused = [_read_operator(name, item) for item in _one_or_more(inner)]
        return lambda value: isinstance(value, str) and not any(test(value) for test in refused)
    items = _one_or_more(argument)
    kinds = {str if isinstance(item, str) else float for item in items}
    if len(kinds) > 1 or any(
        isinstance(item, bool) or not isinstance(item, str | int | float) for item in items
    ):
        message = "anything-but takes text or numbers, and a list of one kind"
        raise PatternError(message)
    literals = {literal_key(item) for item in items}
    return lambda value: literal_key(value) not in literals


def _one_or_more(argument: Any) -> list[Any]:
    items = argument if isinstance(argument, list) else [argument]
    if not items:
        message = "anything-but: the list is empty"
        raise PatternError(message)
    return items


_OPERATORS: Final[dict[str, Callable[[Any], Test]]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _equals_ignore_case,
    "numeric": _numeric,
    "prefix": _affix("prefix", at_start=True),
    "suffix": _affix("suffix", at_start=False),
    "wildcard": _wildcard,
}
