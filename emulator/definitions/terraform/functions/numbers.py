"""Terraform's numeric functions."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Final

from emulator.definitions.terraform.arithmetic import (
    FULL_PRECISION,
    Number,
    Short,
    exact,
    from_float,
    precision_of,
)
from emulator.definitions.terraform.functions.logarithms import natural_logarithm
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.operators import add, below, negate
from emulator.definitions.terraform.plain_values import as_number, as_text
from emulator.definitions.terraform.values import EvaluationError, Value

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

_DIGITS_AT_A_STEP: Final = 8
_LETTERS_AND_DIGITS: Final = 36
_MOST_SQUARED: Final = 1 << 62
_SMALLEST_SCALE: Final = -5000
"""Far below the smallest float, which is zero then."""


def _absolute(value: Number) -> Number:
    return value if value > 0 else negate(value) if value < 0 else 0


def _least(*values: Number) -> Number:
    return reduce(lambda least, value: value if below(value, least) else least, values)


def _greatest(*values: Number) -> Number:
    return reduce(lambda most, value: value if below(most, value) else most, values)


def _whole(direction: Callable[[Fraction], int]) -> Callable[[Number], Number]:
    def apply(value: Number) -> Number:
        made = direction(exact(value))
        precision = precision_of(value)
        return made if precision == FULL_PRECISION else Short(made, precision)

    return apply


def _sum(values: list[Value]) -> Number:
    if not values:
        message = "sum: the list is empty"
        raise EvaluationError(message)
    total, *rest = [as_number(value) for value in values]
    for number in rest:
        total = add(total, number)
    return total


def _power(base: Number, exponent: Number) -> Number:
    try:
        return _computed(_raised(float(base), float(exponent)), "pow")
    except (OverflowError, ZeroDivisionError) as error:
        message = "pow: the result is not a number"
        raise EvaluationError(message) from error


def _raised(base: float, exponent: float) -> complex:
    """Return a power with the very bits that Terraform gets, which squares and multiplies."""
    if not exponent.is_integer() or not base or abs(exponent) >= _MOST_SQUARED:
        found: complex = base**exponent
        return found
    mantissa, scale = math.frexp(base)
    product, exponents, left = 1.0, 0, int(abs(exponent))
    while left:
        if left & 1:
            product, exponents = product * mantissa, exponents + scale
        mantissa, scale, left = mantissa * mantissa, scale * 2, left >> 1
        if mantissa < 0.5:
            mantissa, scale = mantissa * 2, scale - 1
    if exponent < 0:
        product, exponents = 1 / product, -exponents
    return math.ldexp(product, max(exponents, _SMALLEST_SCALE))


def _log(value: Number, base: Number) -> Number:
    if value <= 0 or base < 0:
        message = "log: the result is not a number"
        raise EvaluationError(message)
    if not base:
        # The logarithm of 0 is beyond all numbers, and what is divided by it comes to nothing.
        return 0
    try:
        found = natural_logarithm(float(value)) / natural_logarithm(float(base))
    except (OverflowError, ZeroDivisionError) as error:
        message = "log: the result is not a number"
        raise EvaluationError(message) from error
    return _computed(found, "log")


def _computed(found: complex, name: str) -> Number:
    if isinstance(found, complex) or not math.isfinite(found):
        message = f"{name}: the result is not a number"
        raise EvaluationError(message)
    return from_float(found)


def _parse_int(site: Site, value: Value, base: int) -> int:
    text = as_text(value) if isinstance(value.content, str) else ""
    if not 2 <= base <= 62:
        message = "parseint: the base is 2 to 62"
        raise EvaluationError(message)
    sign = -1 if text.startswith("-") else 1
    body = text[1:] if text[:1] in ("-", "+") else text
    body = body if base > 36 else body.lower()
    if not body or len(body) > 600 or any(_DIGITS.find(c) not in range(base) for c in body):
        message = f"parseint: {text[:40]!r} is not a whole number of base {base}"
        raise EvaluationError(message)
    total = _of_base(body, base, site)
    return Short(sign * total, max(64, total.bit_length()))


def _of_base(digits: str, base: int, site: Site) -> int:
    if base <= _LETTERS_AND_DIGITS:
        return int(digits, base)
    site.budget.scan(len(digits), _DIGITS_AT_A_STEP)
    total = 0
    for digit in digits:
        total = total * base + _DIGITS.index(digit)
    return total


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": Function("n", _absolute),
    "ceil": Function("n", _whole(math.ceil)),
    "floor": Function("n", _whole(math.floor)),
    "log": Function("nn", _log),
    "max": Function("nn*", _greatest),
    "min": Function("nn*", _least),
    "parseint": Function("@vi", _parse_int),
    "pow": Function("nn", _power),
    "signum": Function("i", lambda value: Short((value > 0) - (value < 0))),
    "sum": Function("q", _sum),
}
