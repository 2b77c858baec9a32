"""What options and arguments take: durations, instants, numbers and JSON, out of a word.

Types of argparse raise its `ArgumentTypeError`, which it tells with the option's name.
"""

import argparse
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emulator.clock import system_clock
from emulator.errors import UsageError


def duration(text: str) -> timedelta:
    """Return what `10m`, `1h30m` or `45s` means."""
    from emulator.model.durations import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def instant(text: str) -> datetime:
    """Return an ISO 8601 instant; without a zone it is UTC, without a time midnight."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except ValueError as error:
        message = f"{text!r} is not an instant; write 2026-11-24T09:00:00Z"
        raise argparse.ArgumentTypeError(message) from error
    except OverflowError as error:
        message = f"{text!r} is outside of the calendar, which has the years 1 to 9999 in UTC"
        raise argparse.ArgumentTypeError(message) from error


def since(text: str) -> datetime:
    """Return an instant, or one that lies a duration back from now."""
    from emulator.model.durations import is_duration

    if is_duration(text) and not re.match(r"\d{4}-", text):
        return system_clock() - duration(text)
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is neither an instant nor a duration"
        hint = "write 2026-11-24T09:00:00Z, or 10m"
        raise argparse.ArgumentTypeError(f"{message}; {hint}") from error
    return instant(text)


def positive(text: str) -> int:
    """Return a whole number from 1 to 999999999."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < 1:
        limit = "at least 1" if len(text) < 10 else "1 to 999999999"
        message = f"{text!r} is not a whole number of {limit}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def whole(text: str) -> int:
    """Return a whole number, negative or not."""
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        message = f"{text!r} is not a whole number of at most 18 digits"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def path(text: str) -> str:
    """Return the name of a file or directory, which a shell's unset variable leaves empty."""
    if not text:
        message = "an empty name: is a variable of the shell not set?"
        raise argparse.ArgumentTypeError(message)
    return text


def speed(text: str) -> float:
    """Return how many times as fast as a real clock `60x` is."""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?x?", text, re.ASCII) or float(text.rstrip("x")) <= 0:
        message = f"{text!r} is not a speed; write 60x"
        raise argparse.ArgumentTypeError(message)
    return float(text.rstrip("x"))


def timezone(text: str) -> str:
    """Return the name of a time zone that exists."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError) as error:
        message = f"{text!r} is not a time zone; {_zone_hint(text)}"
        raise argparse.ArgumentTypeError(message) from error
    return text


def _zone_hint(text: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    known = {name.lower(): name for name in available_timezones()}
    close = get_close_matches(text.lower(), known, n=1, cutoff=0.8)
    return f"did you mean {known[close[0]]}?" if close else "write an IANA name such as Asia/Tokyo"


def pairs(words: list[str], option: str) -> dict[str, str]:
    """Return `NAME=VALUE` words as a dictionary. Raises `UsageError` for all that are none."""
    parts = [(word, *word.partition("=")) for word in words]
    wrong = [word for word, name, equals, _ in parts if not name or not equals]
    if wrong:
        raise UsageError("\n".join(f"{option} {word}: not NAME=VALUE" for word in wrong))
    return {name: value for _, name, _, value in parts}


def json_argument(words: str, what: str) -> tuple[str, str]:
    """Return the text of a JSON argument and what to call its place.

    `@FILE` names a file, `-` is stdin. Raises `UsageError`.
    """
    if words != "-" and not words.startswith("@"):
        return words, what
    name = "-" if words == "-" else words[1:]
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig"), "stdin" if name == "-" else name
    except OSError as error:
        message = f"{what}: {name} cannot be read: {error.strerror}"
        raise UsageError(message) from error
    except ValueError as error:
        message = f"{what}: {name} is not UTF-8"
        raise UsageError(message, hint="save it as UTF-8") from error
