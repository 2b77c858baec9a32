"""Terraform's numbers: binary floating point of 512 bits, computed exactly.

Whole numbers are Python's `int`, others `Real`. A few numbers have fewer bits: what Terraform
counts has 64, what it computes by the processor's own functions 53, and both keep them where they
meet nothing more exact.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

FULL_PRECISION: Final = 512
COUNTED_PRECISION: Final = 64
PROCESSOR_PRECISION: Final = 53
LARGEST_EXPONENT: Final = 4096
"""Numbers end here at 2**4096: a text of a hundred million digits is no use to anyone."""

_SURELY_WHOLE: Final = 150
"""So many digits always fit."""

Number = int | float


class ArithmeticFailure(ValueError):  # noqa: N818 - it becomes an EvaluationError with a place
    """What Terraform does not compute either, or is too large."""


class Real(float):
    """A number that is no whole one: `exact`, with a float's value for whoever needs no more."""

    __slots__ = ("exact", "precision")
    exact: Fraction
    precision: int

    def __new__(cls, exact: Fraction, precision: int = FULL_PRECISION) -> Self:
        """Return a fraction that has been rounded already; 0 is the zero below zero."""
        made = super().__new__(cls, exact or -0.0)
        made.exact, made.precision = exact, precision
        return made

    def __reduce__(self) -> tuple[type[float], tuple[str]]:
        return float, (repr(self),)


class Short(int):
    """A whole number of fewer bits than most: a length, an index."""

    precision: int

    def __new__(cls, value: int, precision: int = COUNTED_PRECISION) -> Self:
        """Return a whole number."""
        made = super().__new__(cls, value)
        made.precision = precision
        return made


MINUS_ZERO: Final = Real(Fraction(0))
"""What is left of a negative number that has become zero: Terraform writes it as -0."""


def exact(value: Number) -> Fraction:
    """Return what a number is exactly; a float of Python's is what it is written as."""
    if isinstance(value, Real):
        return value.exact
    return Fraction(value) if isinstance(value, int) else _to_bits(Fraction(repr(value)))


def precision_of(value: Number) -> int:
    """Return how many bits a number has."""
    return value.precision if isinstance(value, Real | Short) else FULL_PRECISION


def rounded(value: Fraction, precision: int = FULL_PRECISION) -> Number:
    """Return the nearest number of so many bits. Raises `ArithmeticFailure`."""
    if value.denominator == 1 and value.numerator.bit_length() <= precision:
        return _whole(value.numerator, precision)
    if abs(size_of(value)) > LARGEST_EXPONENT:
        message = "the number is too large, or too small, to compute with"
        raise ArithmeticFailure(message)
    kept = _to_bits(value, precision)
    return Real(kept, precision) if kept.denominator != 1 else _whole(int(kept), precision)


def _whole(value: int, precision: int) -> int:
    return value if precision == FULL_PRECISION else Short(value, precision)


def size_of(value: Fraction) -> int:
    """Return about how many bits stand before the point: one more or less."""
    return value.numerator.bit_length() - value.denominator.bit_length()


def _to_bits(value: Fraction, precision: int = FULL_PRECISION) -> Fraction:
    """Round half to even, in units of the last bit."""
    unit = Fraction(2) ** (size_of(value) - precision)
    if abs(value) / unit >= 1 << precision:
        unit *= 2
    return round(value / unit) * unit


def parse(text: str) -> Number:
    """Return the number that a text spells. Raises `ArithmeticFailure`."""
    if text.isdecimal() and text.isascii() and len(text) < _SURELY_WHOLE:
        return int(text)
    if len(text) > 1000 or "_" in text or not text.isascii() or text.strip() != text:
        raise ArithmeticFailure
    try:
        decimal = Decimal(text)
        if not decimal.is_finite() or abs(decimal.adjusted()) > LARGEST_EXPONENT:
            raise ArithmeticFailure
        return rounded(Fraction(decimal)) or _zero(below=decimal.is_signed())
    except ArithmeticError as error:
        raise ArithmeticFailure from error


def from_float(value: float) -> Number:
    """Return a float that the processor computed."""
    return rounded(Fraction(value), PROCESSOR_PRECISION)


# -- operators ---------------------------------------------------------------------------------


def _wider(left: Number, right: Number) -> int:
    return max(precision_of(left), precision_of(right))


def _zero(*, below: bool) -> Number:
    return MINUS_ZERO if below else 0


def below_zero(value: Number) -> bool:
    """Return whether a number has a minus sign."""
    return value < 0 or value is MINUS_ZERO


def negate(value: Number) -> Number:
    """Return a number with the other sign."""
    if value == 0:
        return _zero(below=not below_zero(value))
    return rounded(-exact(value), precision_of(value))


def add(left: Number, right: Number) -> Number:
    """Return the sum. Raises `ArithmeticFailure`."""
    if left is MINUS_ZERO is right:
        return MINUS_ZERO
    return rounded(exact(left) + exact(right), _wider(left, right))


def subtract(left: Number, right: Number) -> Number:
    """Return the difference. Raises `ArithmeticFailure`."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """Return the product, which has all the bits that it needs. Raises `ArithmeticFailure`."""
    if left == 0 or right == 0:
        return _zero(below=below_zero(left) != below_zero(right))
    product = rounded(exact(left) * exact(right))
    return rounded(exact(product), max(_wider(left, right), _bits_needed(exact(product))))


def _bits_needed(value: Fraction) -> int:
    numerator = abs(value.numerator)
    return numerator.bit_length() - ((numerator & -numerator).bit_length() - 1 if numerator else 0)


def divide(left: Number, right: Number) -> Number:
    """Return the quotient. Raises `ArithmeticFailure`."""
    if right == 0:
        message = "division by zero"
        raise ArithmeticFailure(message)
    if left == 0:
        return _zero(below=below_zero(left) != below_zero(right))
    return rounded(exact(left) / exact(right), _wider(left, right))


def remainder(left: Number, right: Number) -> Number:
    """Return what division leaves, with the sign of the dividend; by zero leaves all of it."""
    if right == 0:
        return left
    precision = precision_of(left)
    whole = rounded(Fraction(int(exact(divide(left, right)))), precision)
    product = rounded(exact(right) * exact(whole), precision)
    return rounded(exact(left) - exact(product), precision)


OPERATORS: Final[Mapping[str, Callable[[Number, Number], Number]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": remainder,
    "<": lambda left, right: exact(left) < exact(right),
    ">": lambda left, right: exact(left) > exact(right),
    "<=": lambda left, right: exact(left) <= exact(right),
    ">=": lambda left, right: exact(left) >= exact(right),
}
