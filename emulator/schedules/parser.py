"""The text of a schedule expression becomes a `Schedule`, or is refused as AWS would."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final, Literal

from emulator.schedules.base import Schedule
from emulator.schedules.cron import CronSchedule
from emulator.schedules.days import day_rule
from emulator.schedules.fields import FIELDS, FieldText, Refuse, values_of
from emulator.schedules.invalid import refusal
from emulator.schedules.once import AtSchedule, BoundedSchedule
from emulator.schedules.rate import RateSchedule

Dialect = Literal["rule", "scheduler"]

LONGEST: Final = 256
"""AWS's limit for the length of an expression."""

UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_RATE: Final = re.compile(r"rate\((\d+)( +)([a-z]+)\)", re.ASCII)
_AT: Final = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)", re.ASCII)
_CRON: Final = re.compile(r"cron\((.*)\)", re.ASCII | re.DOTALL)
_WORD: Final = re.compile(r"[^ \t]+")


def parse(
    expression: str,
    *,
    dialect: Dialect = "rule",
    timezone: str = "UTC",
    anchor: datetime | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Schedule:
    """Return the schedule that an expression means.

    `dialect` "rule" is EventBridge's (`cron` with six fields, `rate`; UTC only), "scheduler"
    EventBridge Scheduler's (also `at`, five-field cron, an IANA `timezone`, and `start` and
    `end`, aware and inclusive). `anchor` is the aware instant a `rate` counts from: the creation
    of the rule, or the start of a Scheduler schedule, where `start` takes its place.

    Raises `ScheduleExpressionError` with AWS's text; ValueError for a rule with a zone or bounds
    and for naive instants.
    """
    if dialect == "rule" and (timezone != "UTC" or start is not None or end is not None):
        message = "a rule is UTC and unbounded: zones, start and end are EventBridge Scheduler's"
        raise ValueError(message)
    schedule = _parse(expression, dialect, timezone)
    counted_from = start or anchor
    if isinstance(schedule, RateSchedule) and counted_from is not None:
        schedule = schedule.with_anchor(counted_from)
    if (start is None and end is None) or isinstance(schedule, AtSchedule):
        return schedule
    return BoundedSchedule(schedule, start, end)


@lru_cache(maxsize=16384)
def _parse(expression: str, dialect: Dialect, timezone: str) -> Schedule:
    refuse = partial(refusal, expression, dialect)
    if not expression.isascii():
        at = next(i for i, character in enumerate(expression) if not character.isascii())
        raise refuse(f"{expression[at]!r} is not an ASCII character", position=at)
    if len(expression) > LONGEST:
        raise refuse(f"{len(expression)} characters; AWS takes at most {LONGEST}")
    _check_timezone(timezone, refuse)
    if expression.startswith("rate"):
        return _parse_rate(expression, dialect, timezone, refuse)
    if expression.startswith("at(") and dialect == "scheduler":
        return _parse_at(expression, timezone, refuse)
    match = _CRON.fullmatch(expression)
    if match is None:
        raise _not_an_expression(expression, dialect, refuse)
    return _parse_cron(expression, match[1], dialect, timezone, refuse)


def _check_timezone(timezone: str, refuse: Refuse) -> None:
    if timezone == "UTC":
        return
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(timezone)
    except (ValueError, OSError, LookupError) as error:
        hint = "use an IANA name such as Asia/Tokyo or Europe/Berlin"
        raise refuse(f"{timezone!r} is not a time zone", hint=hint) from error


def _not_an_expression(expression: str, dialect: Dialect, refuse: Refuse) -> Exception:
    stripped = expression.strip()
    forms = (
        "cron(...), rate(...) or at(...)" if dialect == "scheduler" else "cron(...) or rate(...)"
    )
    if stripped.startswith("at(") and dialect == "rule":
        hint = "at() is EventBridge Scheduler's; an EventBridge rule has cron() and rate()"
        return refuse("a rule has no at()", position=0, hint=hint)
    if stripped != expression and re.match(r"(cron|rate|at)\(", stripped):
        return refuse("blanks around the expression", position=0, hint=f"use {stripped}")
    words = stripped.split()
    if len(words) in (5, 6) and "(" not in stripped:
        return refuse(f"this is neither {forms}", position=0, hint=f"use cron({_six(words)})")
    if re.match(r"(?i)(cron|rate|at) *\(", stripped):
        name = stripped.partition("(")[0].strip().lower()
        return refuse(f"{name}( is lower case, without a blank, and closed by )", position=0)
    return refuse(f"this is neither {forms}", position=0)


def _six(words: Sequence[str]) -> str:
    """Return five Unix cron fields as AWS's six; days of the week count from 1 there."""
    fields = list(words[:5])
    if fields[4] == "*":
        fields[4] = "?"
    elif fields[2] == "*":
        fields[2] = "?"
    fields[4] = re.sub(r"(?<![#/\d])[0-7](?!\d)", lambda m: str(int(m[0]) % 7 + 1), fields[4])
    return " ".join([*fields, *(words[5:] or ["*"])])


def _parse_rate(expression: str, dialect: Dialect, timezone: str, refuse: Refuse) -> RateSchedule:
    match = _RATE.fullmatch(expression)
    unit = match[3].removesuffix("s") if match else ""
    if match is None or unit not in UNITS or len(match[1]) > 12:
        raise _rate_refusal(expression, refuse)
    value = int(match[1])
    if value == 0:
        raise refuse("the value must be 1 or more", position=5, hint=f"use rate(1 {unit})")
    right = unit if value == 1 else f"{unit}s"
    if dialect == "rule" and match[3] != right:
        problem = f"{value} goes with {right}, not {match[3]}"
        raise refuse(problem, position=match.start(3), hint=f"use rate({value} {right})")
    doubts = []
    if len(match[2]) > 1 or match[1].startswith("0"):
        doubts.append("AWS is only known to take one blank and no leading zero in rate()")
    try:
        period = UNITS[unit] * value
    except OverflowError:
        period = timedelta.max
    return RateSchedule(
        expression,
        timezone,
        value=value,
        unit=unit,
        period=period,
        first=0 if dialect == "scheduler" else 1,
        anchor=None,
        doubts=tuple(doubts),
    )


def _rate_refusal(expression: str, refuse: Refuse) -> Exception:
    inside = re.fullmatch(r"\s*rate\s*\(\s*(\d+)\s*([A-Za-z]+)\s*\)\s*", expression, re.ASCII)
    if inside is None:
        return refuse(
            "rate needs a whole number and a unit", position=0, hint="use rate(5 minutes)"
        )
    value, word = int(inside[1][:12]), inside[2].lower()
    unit = word.removesuffix("s")
    if unit not in UNITS:
        units = "minute, minutes, hour, hours, day or days"
        return refuse(f"{inside[2]!r} is no unit: {units}", position=inside.start(2))
    right = unit if value == 1 else f"{unit}s"
    problem = "the unit is lower case" if inside[2] != word else "blanks are not allowed there"
    position = inside.start(2) if inside[2] != word else 0
    return refuse(problem, position=position, hint=f"use rate({value} {right})")


def _parse_at(expression: str, timezone: str, refuse: Refuse) -> AtSchedule:
    match = _AT.fullmatch(expression)
    hint = "use at(yyyy-mm-ddThh:mm:ss), without a zone"
    if match is None:
        raise refuse("at needs one date and time", position=3, hint=hint)
    try:
        return AtSchedule(expression, timezone, datetime.fromisoformat(match[1]))
    except ValueError as error:
        raise refuse(f"there is no such date and time: {error}", position=3, hint=hint) from error


def _parse_cron(
    expression: str, inside: str, dialect: Dialect, timezone: str, refuse: Refuse
) -> CronSchedule:
    words = [(match[0], match.start() + 5) for match in _WORD.finditer(inside)]
    if dialect == "scheduler" and len(words) == 5:
        words.append(("*", len(expression) - 1))
    if len(words) != len(FIELDS):
        raise _wrong_count(expression, words, refuse)
    texts = [
        FieldText(kind, text.rstrip(",") or text, position, refuse)
        for kind, (text, position) in zip(FIELDS, words, strict=True)
    ]
    minutes, hours, day_of_month, month, day_of_week, year = texts
    doubts: list[str] = []
    if any(text.endswith(",") for text, _ in words):
        doubts.append("commas behind a field: AWS has taken them, and does not say so")
    if inside != inside.strip() or "\t" in inside:
        doubts.append("AWS is only known to take single blanks between the fields")
    return CronSchedule(
        expression,
        timezone,
        minutes=values_of(minutes, doubts),
        hours=values_of(hours, doubts),
        days=day_rule(day_of_month, day_of_week, doubts),
        months=values_of(month, doubts),
        years=_years(year, doubts),
        doubts=tuple(doubts),
    )


_EVERY_YEAR: Final = tuple(range(1970, 2200))


def _years(field: FieldText, doubts: list[str]) -> tuple[int, ...]:
    # Most schedules run every year, and can share one tuple of 230 numbers.
    return _EVERY_YEAR if field.text == "*" else values_of(field, doubts)


def _wrong_count(expression: str, words: Sequence[tuple[str, int]], refuse: Refuse) -> Exception:
    count = len(words)
    hint = "the fields are minutes, hours, day-of-month, month, day-of-week, year"
    if count == 5:
        hint = f"add the year: cron({_six([text for text, _ in words])})"
    position = words[6][1] if count > 6 else len(expression) - 1
    noun = "field" if count == 1 else "fields"
    return refuse(f"{count} {noun}; cron has six", position=position, hint=hint)
