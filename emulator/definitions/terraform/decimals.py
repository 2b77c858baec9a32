"""Terraform's numbers as decimals: as short as tells them apart, without exponent."""

from fractions import Fraction

from emulator.definitions.terraform.arithmetic import (
    Number,
    below_zero,
    exact,
    precision_of,
    size_of,
)


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
    exponent = size_of(value) - bits
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
