"""Terraform's numeric functions."""

import math
from collections.abc import Mapping
from typing import Final

from emulator.definitions.terraform.evaluation import _exactly as exactly
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.values import (
    EvaluationError,
    Value,
    as_number,
    number,
)


def _sum(values: list[Value]) -> float:
    if not values:
        message = "sum: the list is empty"
        raise EvaluationError(message)
    total: int | float = 0
    for value in values:
        total = exactly(lambda a, b: a + b, total, as_number(value))
    return total


def _power(base: float, exponent: float) -> float:
    whole = isinstance(base, int) and isinstance(exponent, int) and 0 <= exponent <= 512
    if whole and int(base).bit_length() * exponent <= 2048:
        return number(base**exponent)
    try:
        result = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError) as error:
        message = "pow: the result is no number"
        raise EvaluationError(message) from error
    if isinstance(result, complex):
        message = "pow: the result is no number"
        raise EvaluationError(message)
    return number(result)


def _log(value: float, base: float) -> float:
    if value <= 0 or base <= 0 or base == 1:
        message = "log: the result is no number"
        raise EvaluationError(message)
    return number(math.log(value) / math.log(base))


def _parse_int(site: Site, value: Value, base: int) -> int:
    from emulator.definitions.terraform.values import as_text

    text = as_text(value)
    if not 2 <= base <= 62:
        message = "parseint: the base is 2 to 62"
        raise EvaluationError(message)
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    body = text.removeprefix("-") if base > 36 else text.removeprefix("-").lower()
    if not body or len(body) > 600 or any(digits.find(c) not in range(base) for c in body):
        message = f"parseint: {text[:40]!r} is no whole number of base {base}"
        raise EvaluationError(message)
    total = 0
    for character in body:
        total = total * base + digits.index(character)
    return int(number(-total if text.startswith("-") else total))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": Function("n", abs),
    "ceil": Function("n", math.ceil),
    "floor": Function("n", math.floor),
    "log": Function("nn", _log),
    "max": Function("nn*", max),
    "min": Function("nn*", min),
    "parseint": Function("@vi", _parse_int),
    "pow": Function("nn", _power),
    "signum": Function("i", lambda value: (value > 0) - (value < 0)),
    "sum": Function("l", _sum),
}
