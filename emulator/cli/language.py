"""The language in which dates and schedules are said: Japanese where the locale says so."""

import os
from datetime import date
from typing import Final

from emulator.schedules.words import Language

_VARIABLES: Final = ("LC_ALL", "LC_TIME", "LANG")
"""In the order in which POSIX has them count; an empty one does not."""

_ENGLISH: Final = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_JAPANESE: Final = ("日", "月", "火", "水", "木", "金", "土")


def language() -> Language:
    """Return the language of dates in this environment."""
    locale = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "ja" if locale.split(".")[0].split("_")[0] == "ja" else "en"


def weekday_names() -> tuple[str, ...]:
    """Return the short names of the days of the week in AWS's order, Sunday first."""
    return _JAPANESE if language() == "ja" else _ENGLISH


def weekday_name(day: date) -> str:
    """Return the short name of the day of the week of a date."""
    return weekday_names()[day.isoweekday() % 7]
