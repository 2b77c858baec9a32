"""Terraform's functions on instants. What asks for the present instant is known at apply only."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from emulator.definitions.terraform.arithmetic import Short
from emulator.definitions.terraform.functions.signature import Function, Site
from emulator.definitions.terraform.values import EvaluationError

_PART: Final = re.compile(r"''|'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_TIMESTAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_DURATION: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|[µμ]s|ms|s|m|h)", re.ASCII)
_NANOSECONDS: Final = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_CHARACTERS_AT_A_STEP: Final = 4
_LONGEST: Final = 1 << 63
"""Nanoseconds that a duration may have."""
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _instant(text: str) -> tuple[datetime, int]:
    """Return the second and the nanoseconds within it."""
    match = _TIMESTAMP.fullmatch(text)
    try:
        if match is not None:
            second = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4]}")
            return second, int((match[3] or "0")[:9].ljust(9, "0"))
    except ValueError:
        match = None
    message = f"{text[:40]!r} is no RFC 3339 timestamp"
    raise EvaluationError(message)


def _nanoseconds(duration: str) -> int:
    sign = -1 if duration.startswith("-") else 1
    body = duration[1:] if duration[:1] in ("+", "-") else duration
    parts = _DURATION.findall(body)
    whole = "".join(number + unit for number, unit in parts) == body
    total = sum(int(Fraction(number) * _NANOSECONDS[unit]) for number, unit in parts)
    if body != "0" and (not parts or not whole or total >= _LONGEST):
        message = f"timeadd: {duration[:40]!r} is not a duration, or too long"
        raise EvaluationError(message)
    return sign * total


def _add(site: Site, timestamp: str, duration: str) -> str:
    site.budget.spend(len(duration))
    second, fraction = _instant(timestamp)
    try:
        moved = second + timedelta(seconds=(fraction + _nanoseconds(duration)) // 1_000_000_000)
    except OverflowError as error:
        message = "timeadd: the result is out of range"
        raise EvaluationError(message) from error
    return re.sub(r"\+00:00$", "Z", moved.isoformat())


def _compare(left: str, right: str) -> int:
    one, other = _instant(left), _instant(right)
    return Short((one > other) - (one < other))


def _format(site: Site, form: str, timestamp: str) -> str:
    site.budget.scan(len(form), _CHARACTERS_AT_A_STEP)
    fields = _fields(_instant(timestamp)[0])
    pieces = []
    end = 0
    for match in _PART.finditer(form):
        if match.start() != end:
            break
        end = match.end()
        pieces.append(_piece(match, fields))
    if end != len(form):
        message = f"formatdate: {form[:40]!r} is not a format"
        raise EvaluationError(message)
    return "".join(pieces)


def _piece(match: re.Match[str], fields: Mapping[str, str]) -> str:
    if match[1] is not None:
        return match[1].replace("''", "'")
    if match[2] is None:
        return match[0].replace("''", "'")
    found = fields.get(match[0])
    if found is None:
        message = f"formatdate: {match[0]!r} is not part of a date"
        raise EvaluationError(message)
    return found


def _fields(at: datetime) -> dict[str, str]:
    offset = at.strftime("%z")[:5]
    hour = at.hour % 12 or 12
    zone = f"{offset[:3]}:{offset[3:]}"
    return {
        "YYYY": f"{at.year:04}",
        "YY": f"{at.year % 100:02}",
        "MMMM": _MONTHS[at.month - 1],
        "MMM": _MONTHS[at.month - 1][:3],
        "MM": f"{at.month:02}",
        "M": str(at.month),
        "DD": f"{at.day:02}",
        "D": str(at.day),
        "EEEE": _DAYS[at.weekday()],
        "EEE": _DAYS[at.weekday()][:3],
        "hh": f"{at.hour:02}",
        "h": str(at.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": "AM" if at.hour < 12 else "PM",
        "aa": "am" if at.hour < 12 else "pm",
        "mm": f"{at.minute:02}",
        "m": str(at.minute),
        "ss": f"{at.second:02}",
        "s": str(at.second),
        "ZZZZZ": zone,
        "ZZZZ": offset,
        "ZZZ": "UTC" if offset == "+0000" else offset,
        "Z": "Z" if offset == "+0000" else zone,
    }


FUNCTIONS: Final[Mapping[str, Function]] = {
    "formatdate": Function("@ss", _format),
    "timeadd": Function("@ss", _add),
    "timecmp": Function("ss", _compare),
}
