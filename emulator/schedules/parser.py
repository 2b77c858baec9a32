"""The text of a schedule expression becomes a `Schedule`, or is refused as AWS would."""

import re
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, Literal

from emulator.schedules.base import Schedule
from emulator.schedules.invalid import refusal

if TYPE_CHECKING:
    from emulator.schedules.fields import Refuse

Dialect = Literal["rule", "scheduler"]

LONGEST: Final = 256
"""AWS's limit for the length of an expression."""

LONGEST_TIMEZONE: Final = 50
"""AWS's limit for the length of a time zone's name."""

_AT: Final = r"at\((\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2})\)"
_NOT_IANA: Final = r"localtime$|(posix|right)(/|rules$)"
"""Names that a zoneinfo directory has beside the IANA's; `localtime` is another on each host."""

_CRON: Final = re.compile(r"cron\((.*)\)", re.ASCII | re.DOTALL)


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
        from emulator.schedules import corrections

        hint = corrections.ascii_hint(expression)
        raise refuse(f"{expression[at]!r} is not an ASCII character", position=at, hint=hint)
    if len(expression) > LONGEST:
        raise refuse(f"{len(expression)} characters; AWS takes at most {LONGEST}")
    _check_timezone(timezone, refuse)
    if expression.startswith("rate"):
        from emulator.schedules.rate_text import parse_rate

        return parse_rate(expression, dialect, timezone, refuse)
    if expression.startswith("at(") and dialect == "scheduler":
        return _parse_at(expression, timezone, refuse)
    match = _CRON.fullmatch(expression)
    if match is None:
        from emulator.schedules import corrections

        raise corrections.not_an_expression(expression, dialect, refuse)
    from emulator.schedules.cron_text import parse_cron

    return parse_cron(expression, match[1], dialect, timezone, refuse)


def _check_timezone(timezone: str, refuse: "Refuse") -> None:
    if timezone == "UTC":
        return
    from emulator.schedules.zones import zone_of

    hint = "use an IANA name such as Asia/Tokyo or Europe/Berlin"
    if len(timezone) > LONGEST_TIMEZONE or re.match(_NOT_IANA, timezone):
        raise refuse(f"{timezone[:LONGEST_TIMEZONE]!r} is not a time zone", hint=hint)
    try:
        zone_of(timezone)
    except (ValueError, OSError, LookupError) as error:
        raise refuse(f"{timezone!r} is not a time zone", hint=hint) from error


def _parse_at(expression: str, timezone: str, refuse: "Refuse") -> Schedule:
    from emulator.schedules.at import AtSchedule

    match = re.fullmatch(_AT, expression, re.ASCII)
    hint = "use at(yyyy-mm-ddThh:mm:ss), without a zone"
    if match is None:
        raise refuse("at needs one date and time", position=3, hint=hint)
    try:
        return AtSchedule(expression, timezone, datetime.fromisoformat(match[1]))
    except ValueError as error:
        raise refuse(f"there is no such date and time: {error}", position=3, hint=hint) from error
