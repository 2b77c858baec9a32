"""`format` and its verbs. HashiCorp, Terraform language: `format` function."""

import re
from collections.abc import Sequence
from typing import Final

from emulator.definitions.terraform.arithmetic import Number, below_zero, parts
from emulator.definitions.terraform.functions import digits
from emulator.definitions.terraform.functions.encoding import json_text
from emulator.definitions.terraform.functions.graphemes import graphemes
from emulator.definitions.terraform.functions.signature import Site, part
from emulator.definitions.terraform.plain_values import as_bool, as_number, as_whole
from emulator.definitions.terraform.values import EvaluationError, Unknown, Value

_VERB: Final = re.compile(
    r"%(?:%|(?P<flags>[-+ #0]*)(?P<width>[1-9]\d{0,3})?(?:\.(?P<precision>\d{1,3}))?"
    r"(?:\[(?P<index>[1-9]\d{0,2})\])?(?P<letter>[a-zA-Z]))"
)

_BITS_AT_A_STEP: Final = 32


def format_text(form: str, values: Sequence[Value], site: Site) -> str:
    """Return a text with its verbs filled in. Raises `EvaluationError`."""
    pieces = []
    end = used = most = 0
    for match in _VERB.finditer(form):
        site.budget.spend(1)
        pieces.append(_plain(form[end : match.start()]))
        end = match.end()
        if match[0] == "%%":
            pieces.append("%")
            continue
        used = int(match["index"]) if match["index"] else used + 1
        most = max(most, used)
        if used > len(values):
            message = f"format: there is no value for {match[0]}"
            raise EvaluationError(message)
        pieces.append(_filled_in(match, values[used - 1], site))
    if most < len(values):
        message = f"format: {len(values)} values, but only {most} used"
        raise EvaluationError(message)
    pieces.append(_plain(form[end:]))
    return "".join(pieces)


def _plain(text: str) -> str:
    if "%" in text:
        message = f"format: {text[text.index('%') :][:20]!r} is not a verb; write %% for a plain %"
        raise EvaluationError(message)
    return text


def _filled_in(match: re.Match[str], value: Value, site: Site) -> str:
    try:
        return _verb(match, value, site)
    except EvaluationError as error:
        message = f"format, {match[0]}: {error.message}"
        raise EvaluationError(message, value.source) from error


def _verb(match: re.Match[str], value: Value, site: Site) -> str:
    letter, flags = match["letter"], match["flags"]
    if isinstance(value.content, Unknown):
        return part(value)
    if letter == "v" and (value.content is None or "#" in flags):
        return _padded(json_text(value, site), match, site)
    if value.content is None:
        message = "there is no null in a text"
        raise EvaluationError(message)
    match letter:
        case "v":
            return _padded(_natural(value, site), match, site)
        case "s" | "q":
            text = _cut(part(value), match, site)
            return _padded(
                json_text(site.value(text), site) if letter == "q" else text, match, site
            )
        case "t":
            return "true" if as_bool(value) else "false"
        case "d" | "b" | "o" | "x" | "X":
            return _whole(match, as_whole(value))
        case "e" | "E" | "f" | "g" | "G":
            return _fractional(match, as_number(value), site)
    message = "there is no such verb"
    raise EvaluationError(message)


def _natural(value: Value, site: Site) -> str:
    content = value.content
    if isinstance(content, int | float) and not isinstance(content, bool):
        _spend_for_digits(content, site)
        text = digits.general(content, None)
        return f"-{text}" if below_zero(content) else text
    return content if isinstance(content, str) else json_text(value, site)


def _cut(text: str, match: re.Match[str], site: Site) -> str:
    wanted = int(match["precision"] or 0)
    return "".join(graphemes(text, site.budget)[:wanted]) if wanted else text


def _padded(text: str, match: re.Match[str], site: Site) -> str:
    """Fill a text up to its width, in characters as a reader counts them."""
    room = int(match["width"] or 0) - len(graphemes(text, site.budget))
    padding = max(0, room) * ("0" if "0" in match["flags"] else " ")
    return text + padding if "-" in match["flags"] else padding + text


def _whole(match: re.Match[str], value: int) -> str:
    text = format(abs(value), match["letter"])
    if match["precision"]:
        text = text.rjust(int(match["precision"]), "0")
    prefix = _PREFIXES.get(match["letter"], "") if "#" in match["flags"] else ""
    return _filled(_sign(match, value < 0) + prefix, text, match, zeros=not match["precision"])


_PREFIXES: Final = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}


def _spend_for_digits(number: Number, site: Site) -> None:
    """Spend for all bits before and behind the point, though few digits may be written of them."""
    mantissa, exponent = parts(number)
    site.budget.scan(mantissa.bit_length() + abs(exponent), _BITS_AT_A_STEP)


def _fractional(match: re.Match[str], number: Number, site: Site) -> str:
    _spend_for_digits(number, site)
    places = int(match["precision"]) if match["precision"] else None
    letter = match["letter"]
    if letter in "gG":
        text = digits.general(number, places)
    elif letter == "f":
        text = digits.fixed(number, 6 if places is None else places)
    else:
        text = digits.scientific(number, 6 if places is None else places)
    text = text.upper() if letter.isupper() else text
    return _filled(_sign(match, below_zero(number)), text, match, zeros=True)


def _sign(match: re.Match[str], negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in match["flags"] else " " if " " in match["flags"] else ""


def _filled(head: str, text: str, match: re.Match[str], *, zeros: bool) -> str:
    """Fill a number up to its width; zeros stand between its sign and its digits."""
    width = int(match["width"] or 0)
    if "-" in match["flags"]:
        return (head + text).ljust(width)
    if zeros and "0" in match["flags"]:
        return head + text.rjust(width - len(head), "0")
    return (head + text).rjust(width)
