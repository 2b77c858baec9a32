"""`format` and its verbs. HashiCorp, Terraform language: `format` function."""

import re
from collections.abc import Sequence
from typing import Final

from emulator.definitions.terraform.functions.encoding import json_text
from emulator.definitions.terraform.functions.signature import Site, part
from emulator.definitions.terraform.values import (
    EvaluationError,
    Unknown,
    Value,
    as_bool,
    as_number,
    as_whole,
    number_text,
)

_NUMBERED: Final = re.compile(r"%\[\d")
_VERB: Final = re.compile(r"%(?:\[(\d{1,3})\])?([-+ #0]*)(\d{1,4})?(?:\.(\d{1,3}))?([a-zA-Z%])")


def format_text(form: str, values: Sequence[Value], site: Site) -> str:
    """Return a text with its verbs filled in. Raises `EvaluationError`."""
    pieces = []
    end = used = 0
    for match in _VERB.finditer(form):
        pieces.append(form[end : match.start()])
        end = match.end()
        if match[5] == "%":
            pieces.append("%")
            continue
        used = int(match[1]) if match[1] else used + 1
        if not 1 <= used <= len(values):
            message = f"format: there is no value for {match[0]}"
            raise EvaluationError(message)
        pieces.append(_verb(match, values[used - 1], site))
    if used < len(values) and not _NUMBERED.search(form):
        message = f"format: {len(values)} values for {used} verbs"
        raise EvaluationError(message)
    if "%" in form[end:]:
        message = f"format: {form[end:][:20]!r} has an unfinished verb"
        raise EvaluationError(message)
    pieces.append(form[end:])
    return "".join(pieces)


def _verb(match: re.Match[str], value: Value, site: Site) -> str:
    flags, width, precision, letter = match[2], match[3], match[4], match[5]
    if isinstance(value.content, Unknown):
        return part(value)
    text = _written(letter, value, flags, precision, site)
    if width is None or len(text) >= int(width):
        return text
    if "-" in flags:
        return text.ljust(int(width))
    if "0" in flags and letter not in "sqv":
        sign = text[:1] if text[:1] in "+-" else ""
        return sign + text[len(sign) :].rjust(int(width) - len(sign), "0")
    return text.rjust(int(width))


def _written(letter: str, value: Value, flags: str, precision: str | None, site: Site) -> str:
    match letter:
        case "v":
            return json_text(value, site) if "#" in flags else _natural(value, site)
        case "s":
            text = "null" if value.content is None else part(value)
            return text if precision is None else text[: int(precision)]
        case "q":
            return json_text(Value(part(value), value.source), site)
        case "t":
            return "true" if as_bool(value) else "false"
        case "d":
            return _signed(str(as_whole(value)), flags)
        case "b" | "o" | "x" | "X":
            return _signed(format(as_whole(value), letter), flags)
        case "e" | "E" | "f" | "g" | "G":
            digits = "" if precision is None and letter in "gG" else f".{precision or 6}"
            if letter in "gG" and precision is None:
                return _signed(number_text(as_number(value)), flags)
            return _signed(format(float(as_number(value)), digits + letter), flags)
    message = f"format: %{letter} is no verb"
    raise EvaluationError(message)


def _signed(text: str, flags: str) -> str:
    if text.startswith("-"):
        return text
    return ("+" if "+" in flags else " " if " " in flags else "") + text


def _natural(value: Value, site: Site) -> str:
    if value.content is None:
        return "null"
    return json_text(value, site) if isinstance(value.content, list | dict) else part(value)
