"""Terraform's numbers as decimals: as short as tells them apart, without exponent."""

from emulator.definitions.terraform.arithmetic import Number, below_zero, parts, precision_of


def number_text(value: Number) -> str:
    """Return the shortest decimal that is read back as the same number, without exponent."""
    if isinstance(value, int) and value.bit_length() <= precision_of(value):
        return int.__repr__(value)
    if value == 0:
        return "-0" if below_zero(value) else "0"
    digits, point = shortest(value)
    sign = "-" if value < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole, fraction = digits[:point].ljust(point, "0"), digits[point:]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def shortest(value: Number) -> tuple[str, int]:
    """Return the fewest digits that tell a number from its neighbours, and where its point is."""
    mantissa, exponent = _filling(*parts(value), precision_of(value) + 1)
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


def _filling(mantissa: int, exponent: int, bits: int) -> tuple[int, int]:
    """Return the size of a number with a mantissa of so many bits, all that it has among them."""
    more = bits - mantissa.bit_length()
    mantissa = abs(mantissa)
    return (mantissa << more if more >= 0 else mantissa >> -more), exponent - more


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
