"""Numbers as `format` writes them: with so many places, with an exponent, or as short as can be.

Their signs are somebody else's matter: all of them are written as if they were at least zero.
"""

from fractions import Fraction
from typing import Final

from emulator.definitions.terraform.arithmetic import Number, exact
from emulator.definitions.terraform.decimals import shortest

_SHORT_ENOUGH: Final = 6
"""How many digits a number may have before its point where it is written without exponent."""


def fixed(value: Number, places: int) -> str:
    """Return a number with so many places behind the point; half goes to the even one."""
    text = str(round(abs(exact(value)) * 10**places)).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def scientific(value: Number, places: int) -> str:
    """Return a number as `1.50e+01`."""
    digits, point = _significant(abs(exact(value)), places + 1)
    return _with_exponent(digits, point)


def general(value: Number, places: int | None) -> str:
    """Return a number with as many digits as it needs, or at most so many.

    Very large and very small ones get an exponent.
    """
    if value == 0:
        return "0"
    if places is None:
        digits, point = shortest(value)
        longest = _SHORT_ENOUGH
    else:
        digits, point = _significant(abs(exact(value)), places or 1)
        digits = digits.rstrip("0") or "0"
        longest = places or 1
        if longest > len(digits) >= point:
            longest = len(digits)
    if point - 1 < -4 or point - 1 >= longest:
        return _with_exponent(digits, point)
    return _with_point(digits, point)


def _significant(value: Fraction, count: int) -> tuple[str, int]:
    """Return so many digits of a number, and how many of them stand before the point."""
    if value == 0:
        return "0" * count, 1
    point = len(str(value.numerator)) - len(str(value.denominator)) + 1
    while value < Fraction(10) ** (point - 1):
        point -= 1
    rounded = round(value / Fraction(10) ** (point - count))
    if rounded == 10**count:
        return str(rounded // 10), point + 1
    return str(rounded), point


def _with_exponent(digits: str, point: int) -> str:
    mantissa = digits[:1] + ("." + digits[1:] if digits[1:] else "")
    return f"{mantissa}e{point - 1:+03}"


def _with_point(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    whole, rest = digits[:point].ljust(point, "0"), digits[point:]
    return f"{whole}.{rest}" if rest else whole
