"""Terraform's numbers: binary floating point of 512 bits, computed exactly.

Whole numbers are Python's `int`, others `Real`: a mantissa and a power of two, for fractions as
Python has them spend most of their time on what two numbers have in common. A few numbers have
fewer bits: what Terraform counts has 64, what it computes by the processor's own functions 53, and
both keep them where they meet nothing more exact.
"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

FULL_PRECISION: Final = 512
COUNTED_PRECISION: Final = 64
PROCESSOR_PRECISION: Final = 53
LARGEST_EXPONENT: Final = 4096
"""Numbers end here at 2**4096: a text of a hundred million digits is no use to anyone."""

_SMALLEST_FLOAT: Final = 5e-324

_SURELY_WHOLE: Final = 150
"""So many digits always fit."""

Number = int | float


class ArithmeticFailure(ValueError):  # noqa: N818 - it becomes an EvaluationError with a place
    """What Terraform does not compute either, or is too large."""


class Real(float):
    """A number that is no whole one, `mantissa * 2**exponent`; a float where that is enough."""

    __slots__ = ("exponent", "mantissa", "precision")
    mantissa: int
    exponent: int
    precision: int

    def __new__(cls, mantissa: int, exponent: int, precision: int = FULL_PRECISION) -> Self:
        """Return a number that has been rounded already; 0 is the zero below zero."""
        made = super().__new__(cls, _nearest_float(mantissa, exponent))
        made.mantissa, made.exponent, made.precision = mantissa, exponent, precision
        return made

    def __reduce__(self) -> tuple[type[float], tuple[str]]:
        return float, (repr(self),)


def _nearest_float(mantissa: int, exponent: int) -> float:
    """Return a float that is zero for zero alone, below it."""
    if mantissa == 0:
        return -0.0
    return math.ldexp(mantissa, exponent) or math.copysign(_SMALLEST_FLOAT, mantissa)


class Short(int):
    """A whole number of fewer bits than most: a length, an index."""

    precision: int

    def __new__(cls, value: int, precision: int = COUNTED_PRECISION) -> Self:
        """Return a whole number."""
        made = super().__new__(cls, value)
        made.precision = precision
        return made


MINUS_ZERO: Final = Real(0, 0)
"""What is left of a negative number that has become zero: Terraform writes it as -0."""


def parts(value: Number) -> tuple[int, int]:
    """Return mantissa and exponent; a float of Python's is what it is written as."""
    if isinstance(value, Real):
        return value.mantissa, value.exponent
    return (value, 0) if isinstance(value, int) else parts(rounded(Fraction(repr(value))))


def exact(value: Number) -> Fraction:
    """Return what a number is exactly."""
    mantissa, exponent = parts(value)
    return Fraction(mantissa) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def precision_of(value: Number) -> int:
    """Return how many bits a number has."""
    return value.precision if isinstance(value, Real | Short) else FULL_PRECISION


def rounded(value: Fraction, precision: int = FULL_PRECISION) -> Number:
    """Return the nearest number of so many bits. Raises `ArithmeticFailure`."""
    return quotient(value.numerator, value.denominator, 0, precision)


def quotient(left: int, right: int, exponent: int, precision: int) -> Number:
    """Return `left / right * 2**exponent`; the divisor is above zero."""
    more = max(0, precision + 2 - left.bit_length() + right.bit_length())
    whole, rest = divmod(abs(left) << more, right)
    # One bit stands for all that is left: it says on which side of a half the number is.
    mantissa = whole << 1 | (rest != 0)
    return made(mantissa if left >= 0 else -mantissa, exponent - more - 1, precision)


def made(mantissa: int, exponent: int, precision: int) -> Number:
    """Return the nearest number of so many bits, half to even. Raises `ArithmeticFailure`."""
    if mantissa == 0:
        return _whole(0, precision)
    mantissa, exponent = without_zeros(mantissa, exponent)
    size = mantissa.bit_length()
    if exponent >= 0 and size + exponent <= precision:
        return _whole(mantissa << exponent, precision)
    if abs(size + exponent) > LARGEST_EXPONENT:
        message = "the number is too large, or too small, to compute with"
        raise ArithmeticFailure(message)
    if size > precision:
        kept = _half_to_even(mantissa, size - precision)
        mantissa, exponent = without_zeros(kept, exponent + size - precision)
    if exponent >= 0:
        return _whole(mantissa << exponent, precision)
    return Real(mantissa, exponent, precision)


def without_zeros(mantissa: int, exponent: int) -> tuple[int, int]:
    """Return the same number with an odd mantissa."""
    zeros = (mantissa & -mantissa).bit_length() - 1
    return mantissa >> zeros, exponent + zeros


def _half_to_even(mantissa: int, bits: int) -> int:
    """Return a mantissa with so many bits less."""
    half = 1 << (bits - 1)
    kept, rest = mantissa >> bits, mantissa & ((half << 1) - 1)
    return kept + (rest > half or (rest == half and kept & 1))


def _whole(value: int, precision: int) -> int:
    return value if precision == FULL_PRECISION else Short(value, precision)


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
        return _of_decimal(text) or zero(below=decimal.is_signed())
    except ArithmeticError as error:
        raise ArithmeticFailure from error


def _of_decimal(text: str) -> Number:
    """Return the number that a text spells which is known to spell one."""
    digits, _, power = text.lower().partition("e")
    whole, _, behind = digits.partition(".")
    mantissa, exponent = int(whole + behind), int(power or 0) - len(behind)
    if exponent >= 0:
        return made(mantissa * 10**exponent, 0, FULL_PRECISION)
    return quotient(mantissa, 5**-exponent, exponent, FULL_PRECISION)


def from_float(value: float) -> Number:
    """Return a float that the processor computed."""
    return rounded(Fraction(value), PROCESSOR_PRECISION)


def zero(*, below: bool) -> Number:
    """Return zero, of one sign or the other."""
    return MINUS_ZERO if below else 0


def below_zero(value: Number) -> bool:
    """Return whether a number has a minus sign."""
    return value < 0 or value is MINUS_ZERO
