"""The comparison operators of event patterns, but for `exists`: each reads its argument to a test.

AWS: "Comparison operators for use in event patterns" in the EventBridge user guide.
"""

import ipaddress
import operator
import re
from collections.abc import Callable
from typing import Any, Final

from emulator.patterns.values import PatternError, Scalar, Test, literal_key
from emulator.patterns.wildcards import fits_wildcard, wildcard_pieces

LARGEST_NUMBER: Final = 5e9
"""Numeric comparisons work from -5.0e9 to +5.0e9."""

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CIDR: Final = re.compile(r"[^/]+/\d{1,3}", re.ASCII)
_LOWER: Final = (">", ">=")
_UPPER: Final = ("<", "<=")


def read_operator(name: str, argument: Any) -> Test:
    """Return the test of a comparison operator with its argument. Raises `PatternError`."""
    reader = _OPERATORS.get(name)
    if reader is None:
        known = ", ".join(sorted(MATCH_TYPES))
        message = f"unrecognized match type {name}; there are {known}"
        raise PatternError(message)
    return reader(argument)


def only_entry(item: dict[str, Any]) -> tuple[str, Any]:
    """Return the name and the argument of a match expression. Raises `PatternError`."""
    if len(item) != 1:
        message = "only one key is allowed in a match expression"
        raise PatternError(message)
    return next(iter(item.items()))


def _text(name: str, argument: Any) -> str:
    if not isinstance(argument, str):
        message = f"{name} takes text"
        raise PatternError(message)
    return argument


def _affix(name: str, at_start: bool) -> Callable[[Any], Test]:
    def read(argument: Any) -> Test:
        fold = isinstance(argument, dict)
        if fold:
            inner, argument = only_entry(argument)
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


def _cidr(argument: Any) -> Test:
    text = _text("cidr", argument)
    if not _CIDR.fullmatch(text):
        message = f"cidr {text!r}: an address, a slash and a number of bits"
        raise PatternError(message)
    try:
        network = ipaddress.ip_network(text, strict=False)
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
        if not isinstance(sign, str) or sign not in _COMPARISONS:
            message = f"numeric: {sign!r} is not one of {' '.join(_COMPARISONS)}"
            raise PatternError(message)
        _check_number(number)
    if len(pairs) == 2:
        _check_range(pairs)
    checks = [(_COMPARISONS[sign], number) for sign, number in pairs]

    def test(value: Scalar) -> bool:
        return _is_number(value) and all(compare(value, number) for compare, number in checks)

    return test


def _check_number(number: Any) -> None:
    if not _is_number(number):
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
        return _anything_but_like(*only_entry(argument))
    items = _one_or_more(argument)
    if all(isinstance(item, str) for item in items):
        literals = {literal_key(item) for item in items}
        return lambda value: literal_key(value) not in literals
    if not all(map(_is_number, items)):
        message = "anything-but takes text or numbers, and a list of one kind"
        raise PatternError(message)
    # By their values, unlike the numbers that stand by themselves in the list of a field.
    numbers = frozenset(items)
    return lambda value: not (_is_number(value) and value in numbers)


def _anything_but_like(name: str, argument: Any) -> Test:
    if name not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
        message = f"anything-but: {name} cannot stand here"
        raise PatternError(message)
    items = _one_or_more(argument)
    if not all(isinstance(item, str) for item in items):
        # Where `prefix` stands by itself it may ignore case; behind anything-but nothing does both.
        message = f"anything-but: {name} takes text, or a list of texts"
        raise PatternError(message)
    if name in ("prefix", "suffix") and "" in items:
        message = f"anything-but: an empty {name} is one of every text"
        raise PatternError(message)
    refused = [read_operator(name, item) for item in items]
    return lambda value: isinstance(value, str) and not any(test(value) for test in refused)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


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

MATCH_TYPES: Final = frozenset({*_OPERATORS, "exists"})
"""The names of all comparison operators."""
