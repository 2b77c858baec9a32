"""What Terraform's operators make of two numbers, computed exactly and rounded once."""

from collections.abc import Callable, Mapping
from typing import Final

from emulator.definitions.terraform.arithmetic import (
    FULL_PRECISION,
    MINUS_ZERO,
    ArithmeticFailure,
    Number,
    below_zero,
    made,
    parts,
    precision_of,
    quotient,
    without_zeros,
    zero,
)


def _wider(left: Number, right: Number) -> int:
    return max(precision_of(left), precision_of(right))


def negate(value: Number) -> Number:
    """Return a number with the other sign."""
    if value == 0:
        return zero(below=not below_zero(value))
    mantissa, exponent = parts(value)
    return made(-mantissa, exponent, precision_of(value))


def _aligned(left: Number, right: Number) -> tuple[int, int, int]:
    """Return two mantissas of one exponent, and the exponent."""
    (one, up), (other, down) = parts(left), parts(right)
    least = min(up, down)
    return one << (up - least), other << (down - least), least


def add(left: Number, right: Number) -> Number:
    """Return the sum. Raises `ArithmeticFailure`."""
    if left is MINUS_ZERO is right:
        return MINUS_ZERO
    one, other, exponent = _aligned(left, right)
    return made(one + other, exponent, _wider(left, right))


def subtract(left: Number, right: Number) -> Number:
    """Return the difference. Raises `ArithmeticFailure`."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """Return the product, which has all the bits that it needs. Raises `ArithmeticFailure`."""
    if left == 0 or right == 0:
        return zero(below=below_zero(left) != below_zero(right))
    (one, up), (other, down) = parts(left), parts(right)
    product = made(one * other, up + down, FULL_PRECISION)
    mantissa, exponent = without_zeros(*parts(product))
    return made(mantissa, exponent, max(_wider(left, right), mantissa.bit_length()))


def divide(left: Number, right: Number) -> Number:
    """Return the quotient. Raises `ArithmeticFailure`."""
    if right == 0:
        message = "division by zero"
        raise ArithmeticFailure(message)
    if left == 0:
        return zero(below=below_zero(left) != below_zero(right))
    (one, up), (other, down) = parts(left), parts(right)
    one = one if other > 0 else -one
    return quotient(one, abs(other), up - down, _wider(left, right))


def remainder(left: Number, right: Number) -> Number:
    """Return what division leaves, with the sign of the dividend; by zero leaves all of it."""
    if right == 0:
        return left
    precision = precision_of(left)
    mantissa, exponent = parts(divide(left, right))
    whole = abs(mantissa) >> -exponent if exponent < 0 else abs(mantissa)
    kept = made(whole if mantissa >= 0 else -whole, max(exponent, 0), precision)
    (one, up), (other, down) = parts(right), parts(kept)
    product = made(one * other, up + down, precision)
    one, other, exponent = _aligned(left, product)
    return made(one - other, exponent, precision)


def below(left: Number, right: Number) -> bool:
    """Return whether a number is less than another one."""
    one, other, _ = _aligned(left, right)
    return one < other


OPERATORS: Final[Mapping[str, Callable[[Number, Number], Number]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": remainder,
    "<": below,
    ">": lambda left, right: below(right, left),
    "<=": lambda left, right: not below(right, left),
    ">=": lambda left, right: not below(left, right),
}
