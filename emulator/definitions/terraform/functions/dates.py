"""Terraform's functions on instants. What asks for the present instant is known at apply only."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from emulator.definitions.terraform.functions.signature import Function
from emulator.definitions.terraform.values import EvaluationError

_PART: Final = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _instant(text: str) -> datetime:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    message = f"{text[:40]!r} is no RFC 3339 timestamp"
    raise EvaluationError(message)


def _written(instant: datetime) -> str:
    return re.sub(r"\+00:00$", "Z", instant.isoformat())


def _add(timestamp: str, duration: str) -> str:
    body = duration.lstrip("+-")
    parts = _DURATION.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        message = f"timeadd: {duration[:40]!r} is no duration"
        raise EvaluationError(message)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    try:
        moved = timedelta(seconds=-seconds if duration.startswith("-") else seconds)
        return _written(_instant(timestamp) + moved)
    except OverflowError as error:
        message = "timeadd: the result is out of range"
        raise EvaluationError(message) from error


def _compare(left: str, right: str) -> int:
    one, other = _instant(left), _instant(right)
    return (one > other) - (one < other)


def _format(form: str, timestamp: str) -> str:
    instant = _instant(timestamp)
    pieces = []
    end = 0
    for match in _PART.finditer(form):
        if match.start() != end:
            break
        end = match.end()
        pieces.append(_piece(match, instant))
    if end != len(form):
        message = f"formatdate: {form[:40]!r} is no format"
        raise EvaluationError(message)
    return "".join(pieces)


def _piece(match: re.Match[str], instant: datetime) -> str:
    if match[1] is not None:
        return match[1].replace("''", "'")
    if match[2] is None:
        return match[0]
    found = _fields(instant).get(match[0])
    if found is None:
        message = f"formatdate: {match[0]!r} is no part of a date"
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
    "formatdate": Function("ss", _format),
    "timeadd": Function("ss", _add),
    "timecmp": Function("ss", _compare),
}
