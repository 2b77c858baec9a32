"""Patterns that begin a log event: RE2, as the awslogs driver has it.

Matched by RE2 itself: its time grows with the line alone, whatever pattern and output a stranger
wrote, and what it does not have (backreferences, look-around) is refused as the driver refuses it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from emulator.errors import EcsLocalError


class PatternError(EcsLocalError):
    """A pattern is not RE2's; the message is RE2's own."""


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)

# The driver's own table, with its commas and gaps: 31 and 3, are both a %d to it.
_CONVERSIONS: Final[Mapping[str, str]] = {
    "%a": _any(*(day[:3] for day in _DAYS)),
    "%A": _any(*_DAYS),
    "%w": "[0-6]",
    "%d": _any("0[1-9]", "[1,2][0-9]", "3[0,1]"),
    "%b": _any(*(month[:3] for month in _MONTHS)),
    "%B": _any(*_MONTHS),
    "%m": _any("0[1-9]", "1[0-2]"),
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%H": _any("[0,1][0-9]", "2[0-3]"),
    "%I": _any("0[0-9]", "1[0-2]"),
    "%p": "[A,P]M",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%f": r"\d{6}",
    "%z": r"[+-]\d{4}",
    "%Z": "[A-Z]{1,4}T",
    "%j": _any("0[0-9][1-9]", "[1,2][0-9][0-9]", "3[0-5][0-9]", "36[0-6]"),
    "%L": r"\.\d{3}",
}


def datetime_pattern(form: str) -> str:
    """Return the pattern for a date format; a sequence the driver does not know is nothing."""
    return re.sub("%.", lambda match: _CONVERSIONS.get(match[0], ""), form)


def compile_pattern(pattern: str) -> Callable[[bytes], bool]:
    """Return a test for lines of UTF-8: does the pattern match anywhere? Raises `PatternError`."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern.encode("utf-8", "surrogatepass"), options)
    except re2.error as error:
        reason = error.args[0] if error.args else str(error)
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(f"error parsing regexp: {text}") from error
    return lambda line: compiled.search(line) is not None
