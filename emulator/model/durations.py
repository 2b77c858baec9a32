"""Lengths of time as people write them: `45s`, `10m`, `1h30m` (pure)."""

import re
from datetime import timedelta
from typing import Final

_PART: Final = re.compile(r"(\d++(?:\.\d++)?)(ms|s|m|h|d)", re.ASCII)
_LENGTH: Final = f"(?:{_PART.pattern})+"
"""The whole text first: to look for parts in many digits without a unit takes quadratic time."""

_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}

LONGEST: Final = timedelta(days=36_500)
"""A hundred years: from any instant of ours it ends within the calendar."""


def is_duration(text: str) -> bool:
    """Return whether a text begins as a length of time does."""
    return _PART.match(text) is not None


def parse_duration(text: str) -> timedelta:
    """Return what a text means; more than no time. Raises `ValueError` with what to write."""
    length = length_of(text)
    if length is None:
        message = f"{text!r} is not a duration; write 10m, 1h30m or 45s"
        raise ValueError(message)
    if length > LONGEST:
        message = f"{text!r} is too long; the longest is {duration_text(LONGEST)}"
        raise ValueError(message)
    if length <= timedelta():
        message = f"{text!r} is no time at all"
        raise ValueError(message)
    return length


def length_of(text: str) -> timedelta | None:
    """Return the length that numbers with units come to; None for a text that is made of more.

    What no `timedelta` can hold is the longest of them.
    """
    if not re.fullmatch(_LENGTH, text, re.ASCII):
        return None
    parts = _PART.findall(text)
    try:
        return sum((float(number) * _UNITS[unit] for number, unit in parts), timedelta())
    except OverflowError:
        return timedelta.max


def duration_text(length: timedelta) -> str:
    """Return a length of time in the fewest words that `parse_duration` reads back."""
    milliseconds = round(length / timedelta(milliseconds=1))
    words = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, milliseconds = divmod(milliseconds, round(_UNITS[unit] / _UNITS["ms"]))
        if count:
            words.append(f"{count}{unit}")
    return "".join(words) or "0s"
