"""How Go prints a JSON value with `%v`, for that is what the ECS agent does with one (pure)."""

import json
from decimal import Decimal
from math import isfinite
from typing import Any, Final, NoReturn

_EXPONENTS: Final = range(-4, 6)


def parse_object(text: str) -> dict[str, Any] | None:
    """Return a JSON object as Go reads it, numbers as floats; None for what is none."""
    try:
        value = json.loads(text, parse_int=_finite, parse_float=_finite, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


def go_text(value: Any) -> str:
    """Return a value of a JSON object as the agent puts it into the environment."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case float():
            return _number(value)
        case list():
            return f"[{' '.join(map(go_text, value))}]"
        case dict():
            pairs = (f"{key}:{go_text(value[key])}" for key in sorted(value))
            return f"map[{' '.join(pairs)}]"
        case _:
            return str(value)


def _number(value: float) -> str:
    """Return the shortest digits that mean the number; an exponent from 1e+06 on and to 1e-05."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    mantissa = "".join(map(str, digits))
    point = len(mantissa) + int(exponent)
    minus = "-" if sign else ""
    if mantissa == "0":
        return f"{minus}0"
    if point - 1 in _EXPONENTS:
        return minus + _plain(mantissa, point)
    head, tail = mantissa[0], mantissa[1:]
    return f"{minus}{head}{'.' if tail else ''}{tail}e{point - 1:+03d}"


def _plain(mantissa: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{mantissa}"
    if point >= len(mantissa):
        return mantissa + "0" * (point - len(mantissa))
    return f"{mantissa[:point]}.{mantissa[point:]}"


def _finite(digits: str) -> float:
    value = float(digits)
    return value if isfinite(value) else _refuse(digits)


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)
