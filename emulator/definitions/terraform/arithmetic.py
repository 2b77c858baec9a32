"""Terraform's numbers: binary floating point of 512 bits, computed and written exactly.

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
    if abs(_size(value)) > LARGEST_EXPONENT:
        message = "the number is too large, or too small, to compute with"
        raise ArithmeticFailure(message)
    kept = _to_bits(value, precision)
    if kept.denominator != 1:
        return Real(kept, precision)
    return int(kept) if precision == FULL_PRECISION else Short(int(kept), precision)


def _size(value: Fraction) -> int:
    return value.numerator.bit_length() - value.denominator.bit_length()


def _to_bits(value: Fraction, precision: int = FULL_PRECISION) -> Fraction:
    """Round half to even, in units of the last bit."""
    unit = Fraction(2) ** (_size(value) - precision)
    if abs(value) / unit >= 1 << precision:
        unit *= 2
    return round(value / unit) * unit


def parse(text: str) -> Number:
    """Return the number that a text spells. Raises `ArithmeticFailure`."""
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


# -- as text -----------------------------------------------------------------------------------


def number_text(value: Number) -> str:
    """Return the shortest decimal that is read back as the same number, without exponent."""
    if isinstance(value, int) and value.bit_length() <= precision_of(value):
        return int.__repr__(value)
    if value == 0:
        return "-0" if below_zero(value) else "0"
    digits, point = shortest(exact(value), precision_of(value))
    sign = "-" if value < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole, fraction = digits[:point].ljust(point, "0"), digits[point:]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def shortest(value: Fraction, precision: int) -> tuple[str, int]:
    """Return the fewest digits that tell a number from its neighbours, and where its point is."""
    mantissa, exponent = _scaled(abs(value), precision + 1)
    digits, point = _decimal(mantissa, exponent)
    lower, _ = _decimal(mantissa - 1, exponent)
    upper, _ = _decimal(mantissa + 1, exponent)
    inclusive = mantissa & 2 == 0
    for at, digit in enumerate(digits):
        low, high = (text[at] if at < len(text) else "0" for text in (lower, upper))
        down = low != digit or (inclusive and at + 1 == len(lower))
        up = digit != high and (inclusive or int(digit) + 1 < int(high) or at + 1 < len(upper))
        if down or up:
            return _cut(digits, point, at + 1, up=up and (not down or _nearer_up(digits, at + 1)))
    return digits, point


def _scaled(value: Fraction, bits: int) -> tuple[int, int]:
    """Return a whole number of so many bits, and the power of two that it is to be taken by."""
    exponent = _size(value) - bits
    scaled = value / Fraction(2) ** exponent
    while scaled >= 1 << bits:
        scaled, exponent = scaled / 2, exponent + 1
    while scaled < 1 << (bits - 1):
        scaled, exponent = scaled * 2, exponent - 1
    return int(scaled), exponent


def _decimal(mantissa: int, exponent: int) -> tuple[str, int]:
    """Return the digits of `mantissa * 2**exponent`, and how many stand before the point."""
    if exponent >= 0:
        text = str(mantissa << exponent)
        return text.rstrip("0"), len(text)
    text = str(mantissa * 5**-exponent)
    return text.rstrip("0"), len(text) + exponent


def _nearer_up(digits: str, count: int) -> bool:
    """Return whether digits are rounded up when they are cut; half goes to the even one."""
    rest = digits[count:]
    if rest == "5":
        return int(digits[count - 1]) % 2 == 1
    return rest[:1] >= "5"


def _cut(digits: str, point: int, count: int, *, up: bool) -> tuple[str, int]:
    kept = digits[:count]
    if not up:
        return kept.rstrip("0"), point
    raised = str(int(kept) + 1)
    return raised.rstrip("0"), point + len(raised) - count
