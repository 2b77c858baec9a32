"""The text of a schedule expression becomes a `Schedule`, or is refused as AWS would."""

import re
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Final, Literal

from emulator.schedules import corrections
from emulator.schedules.base import Schedule
from emulator.schedules.cron import CronSchedule
from emulator.schedules.days import day_rule
from emulator.schedules.fields import FIELDS, FieldText, Refuse, values_of
from emulator.schedules.invalid import refusal
from emulator.schedules.rate import RateSchedule
from emulator.schedules.zones import zone_of

Dialect = Literal["rule", "scheduler"]

LONGEST: Final = 256
"""AWS's limit for the length of an expression."""

LONGEST_TIMEZONE: Final = 50
"""AWS's limit for the length of a time zone's name."""

UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_RATE: Final = re.compile(r"rate\((\d+)( +)([a-z]+)\)", re.ASCII)
_AT: Final = re.compile(r"at\((\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2})\)", re.ASCII)
_NOT_IANA: Final = re.compile(r"localtime$|(posix|right)(/|rules$)")
"""Names that a zoneinfo directory has beside the IANA's; `localtime` is another on each host."""

_CRON: Final = re.compile(r"cron\((.*)\)", re.ASCII | re.DOTALL)
_WORD: Final = re.compile(r"([^ \t]*[^ \t,]),(?![^ \t])|[^ \t]+")
_TRAILING_COMMA: Final = re.compile(r"[^ \t,],(?![^ \t])")


def parse(
    expression: str,
    *,
    dialect: Dialect = "rule",
    timezone: str = "UTC",
    anchor: datetime | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    flexible_time_window: timedelta | None = None,
    seed: str = "",
) -> Schedule:
    """Return the schedule that an expression means.

    `dialect` "rule" is EventBridge's (`cron` with six fields, `rate`; UTC only), "scheduler"
    EventBridge Scheduler's (also `at`, five-field cron, an IANA `timezone`; `start` and `end`,
    aware and inclusive, which `at` ignores; a `flexible_time_window` of 1 to 1440 minutes, in
    which `seed`, the rule's name, decides when to fire). `anchor` is the aware instant a `rate`
    counts from: the creation of the rule; where there is a `start`, that takes its place.

    Raises `ScheduleExpressionError` with AWS's text; ValueError for a rule with what is
    Scheduler's, for a window out of range and for naive instants.
    """
    schedulers = (start, end, flexible_time_window)
    if dialect == "rule" and (timezone != "UTC" or schedulers != (None, None, None)):
        message = "a rule is UTC: zones, start, end and windows are EventBridge Scheduler's"
        raise ValueError(message)
    schedule = _parse(expression, dialect, timezone)
    counted_from = start or anchor
    if counted_from is not None and schedule.wants_anchor:
        schedule = schedule.with_anchor(counted_from)
    # Imported where they are wanted: most rules have none of this, and every command waits.
    if (start or end) and not expression.startswith("at("):
        from emulator.schedules.bounded import BoundedSchedule

        schedule = BoundedSchedule.of(schedule, start, end)
    if flexible_time_window is not None:
        from emulator.schedules.flexible import FlexibleSchedule

        schedule = FlexibleSchedule.of(schedule, flexible_time_window, seed)
    return schedule


@lru_cache(maxsize=16384)
def _parse(expression: str, dialect: Dialect, timezone: str) -> Schedule:
    refuse = partial(refusal, expression, dialect)
    if not expression.isascii():
        at = next(i for i, character in enumerate(expression) if not character.isascii())
        hint = corrections.ascii_hint(expression)
        raise refuse(f"{expression[at]!r} is not an ASCII character", position=at, hint=hint)
    if len(expression) > LONGEST:
        raise refuse(f"{len(expression)} characters; AWS takes at most {LONGEST}")
    _check_timezone(timezone, refuse)
    if expression.startswith("rate"):
        return _parse_rate(expression, dialect, timezone, refuse)
    if expression.startswith("at(") and dialect == "scheduler":
        return _parse_at(expression, timezone, refuse)
    match = _CRON.fullmatch(expression)
    if match is None:
        raise corrections.not_an_expression(expression, dialect, refuse)
    return _parse_cron(expression, match[1], dialect, timezone, refuse)


def _check_timezone(timezone: str, refuse: Refuse) -> None:
    if timezone == "UTC":
        return
    hint = "use an IANA name such as Asia/Tokyo or Europe/Berlin"
    if len(timezone) > LONGEST_TIMEZONE or _NOT_IANA.match(timezone):
        raise refuse(f"{timezone[:LONGEST_TIMEZONE]!r} is not a time zone", hint=hint)
    try:
        zone_of(timezone)
    except (ValueError, OSError, LookupError) as error:
        raise refuse(f"{timezone!r} is not a time zone", hint=hint) from error


def _parse_rate(expression: str, dialect: Dialect, timezone: str, refuse: Refuse) -> RateSchedule:
    match = _RATE.fullmatch(expression)
    unit = match[3].removesuffix("s") if match else ""
    if match is None or unit not in UNITS:
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
        doubts=tuple(doubts),
    )


def _rate_refusal(expression: str, refuse: Refuse) -> Exception:
    inside = re.fullmatch(r"\s*rate\s*\(\s*(\d+)\s*([A-Za-z]+)\s*\)\s*", expression, re.ASCII)
    if inside is None:
        return refuse(
            "rate needs a whole number and a unit", position=0, hint="use rate(5 minutes)"
        )
    value, word = int(inside[1]), inside[2].lower()
    unit = word.removesuffix("s")
    if unit not in UNITS:
        units = "minute, minutes, hour, hours, day or days"
        problem = f"{inside[2]!r} is no unit: {units}"
        return refuse(problem, position=inside.start(2), hint=corrections.unit_hint(value, unit))
    right = unit if value == 1 else f"{unit}s"
    problem = "the unit is lower case" if inside[2] != word else "blanks are not allowed there"
    position = inside.start(2) if inside[2] != word else 0
    return refuse(problem, position=position, hint=f"use rate({value} {right})")


def _parse_at(expression: str, timezone: str, refuse: Refuse) -> Schedule:
    from emulator.schedules.at import AtSchedule

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
    doubts: list[str] = []
    words = [
        (match[1] or match[0], match.start() + len("cron(")) for match in _WORD.finditer(inside)
    ]
    if _TRAILING_COMMA.search(inside):
        doubts.append("commas behind a field: AWS has taken them, and does not say so")
    if dialect == "scheduler" and len(words) == 5:
        words.append(("*", len(expression) - 1))
    if len(words) != len(FIELDS):
        raise corrections.wrong_count(expression, words, refuse)
    if (words[2][0] == "?") == (words[4][0] == "?"):
        raise corrections.both_days_given(expression, words, refuse)
    texts = [
        FieldText(kind, text, position, refuse)
        for kind, (text, position) in zip(FIELDS, words, strict=True)
    ]
    minutes, hours, day_of_month, month, day_of_week, year = texts
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
