"""The schedule of a Copilot manifest becomes the expression that Copilot deploys (pure).

Copilot: "on.schedule" of the Scheduled Job manifest, and what its source makes of it.
"""

import re
from datetime import timedelta
from typing import Final

PREDEFINED: Final = {
    "@hourly": "cron(0 * * * ? *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@weekly": "cron(0 0 ? * 1 *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@yearly": "cron(0 0 1 1 ? *)",
    "@annually": "cron(0 0 1 1 ? *)",
}
_AWS: Final = re.compile(r"(?:rate|cron)\(.*\)")
_DURATION: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|m|s|ms|us|µs|ns)", re.ASCII)
_UNITS: Final = {
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "ns": 1e-9,
}


class NotAScheduleError(ValueError):
    """Copilot would refuse the schedule; says why."""


def aws_expression(schedule: str) -> tuple[str, str | None]:
    """Return AWS's expression and what to warn of. Raises `NotAScheduleError`."""
    text = schedule.strip()
    if _AWS.fullmatch(text):
        return text, None
    if text.startswith("@every "):
        return _rate(text.removeprefix("@every ").strip()), None
    if text.startswith("@"):
        known = PREDEFINED.get(text)
        if known is None:
            message = f"{text} is not one of {', '.join(PREDEFINED)} or @every DURATION"
            raise NotAScheduleError(message)
        return known, None
    return _cron(text)


def go_duration(text: str) -> timedelta:
    """Return a duration as Go writes it: `1h30m`, `90s`. Raises `NotAScheduleError`."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        message = f"{text!r} is not a duration; write 1h30m or 90s"
        raise NotAScheduleError(message)
    try:
        return timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError as error:
        message = f"{text!r} is too long"
        raise NotAScheduleError(message) from error


def _rate(text: str) -> str:
    every = go_duration(text)
    minutes, rest = divmod(every, timedelta(minutes=1))
    if rest:
        message = f"@every {text} is not a number of whole minutes"
        raise NotAScheduleError(message)
    if minutes < 1:
        message = f"@every {text} is less than a minute"
        raise NotAScheduleError(message)
    return "rate(1 minute)" if minutes == 1 else f"rate({minutes} minutes)"


def _cron(text: str) -> tuple[str, str | None]:
    """Return a Unix cron expression as Copilot translates it, mistakes of its own included."""
    fields = text.split()
    if len(fields) != 5:
        message = f"{text!r} is neither cron with five fields, @daily, @every 2h, rate() nor cron()"
        raise NotAScheduleError(message)
    minute, hour, day, month, weekday = fields
    days, weekdays = _is_specified(day), _is_specified(weekday)
    if days and weekdays:
        message = "day of month and day of week cannot both be given"
        raise NotAScheduleError(message)
    warning = None
    if not days and day not in ("*", "?"):
        warning = f"Copilot loses the step of the day of month {day}"
    if not weekdays and weekday not in ("*", "?"):
        warning = f"Copilot loses the step of the day of week {weekday}"
    shifted = "".join(str(int(c) + 1) if c.isascii() and c.isdigit() else c for c in weekday)
    if weekdays and "/" in weekday:
        warning = f"Copilot counts the step of {weekday} up too: {shifted}"
    if weekdays:
        return f"cron({minute} {hour} ? {month} {shifted} *)", warning
    return f"cron({minute} {hour} {day if days else '*'} {month} ? *)", warning


def _is_specified(field: str) -> bool:
    return "*" not in field and "?" not in field
