"""When a rule of ecs-local.yaml fires: its schedule, and what EventBridge Scheduler adds to it."""

from datetime import datetime
from typing import Final

from emulator.definitions.nodes import Fields, Problems
from emulator.definitions.schedule_text import check_schedule, read_instant
from emulator.errors import SourceRef
from emulator.model.rules import Dialect

MOST_RETRIES: Final = 99_999_999
"""Step Functions: `MaxAttempts` of a retrier, which is what Copilot makes of a job's retries."""

PATTERN: Final = ("eventPattern", "event_pattern")


def read_schedule(fields: Fields, rule: str, problems: Problems) -> tuple[str | None, Dialect, str]:
    """Take expression, dialect and zone; the expression is None without a valid one.

    A rule with an event pattern need not have any.
    """
    expression = fields.text("scheduleExpression", "schedule_expression")
    zone = fields.text("timezone", "scheduleExpressionTimezone")
    dialect: Dialect = "rule" if zone is None else "scheduler"
    place = fields.place("scheduleExpression", "schedule_expression")
    if expression is None and any(name in fields for name in PATTERN):
        _check_no_zone(zone, fields, problems)
        return None, "rule", "UTC"
    if expression is None:
        message = f"rule {rule} has no scheduleExpression"
        problems.error(message, place, hint="write cron(...) or rate(...), or an eventPattern")
        return None, dialect, "UTC"
    valid = check_schedule(expression, dialect, zone or "UTC", place, problems)
    return expression if valid else None, dialect, zone or "UTC"


def _check_no_zone(zone: str | None, fields: Fields, problems: Problems) -> None:
    if zone is not None:
        message = "timezone is for schedules of EventBridge Scheduler"
        problems.error(message, fields.place("timezone", "scheduleExpressionTimezone"))


def read_date(fields: Fields, name: str, dialect: Dialect, problems: Problems) -> datetime | None:
    """Take an end of the period in which EventBridge Scheduler fires."""
    instant = read_instant(fields, name, problems)
    if instant is not None and dialect == "rule":
        message = f"{name} is for schedules of EventBridge Scheduler"
        problems.error(message, fields.place(name), hint="say timezone: UTC, or another zone")
        return None
    return instant


def read_flexible_window(fields: Fields, dialect: Dialect, problems: Problems) -> int | None:
    """Take the minutes within which EventBridge Scheduler fires; None for OFF."""
    section = fields.section("flexibleTimeWindow")
    if section is None:
        return None
    mode = section.choice("mode", among=("OFF", "FLEXIBLE"))
    minutes = section.integer("maximumWindowInMinutes")
    section.refuse_rest()
    if mode != "FLEXIBLE":
        return None
    if minutes is None or not 1 <= minutes <= 1440:
        message = "maximumWindowInMinutes is 1 to 1440 with the mode FLEXIBLE"
        problems.rejected(message, section.place("maximumWindowInMinutes"))
        return None
    if dialect == "rule":
        _refuse_of_rule(section.source, problems)
        return None
    return minutes


def read_schedule_group(fields: Fields, dialect: Dialect, problems: Problems) -> str | None:
    """Take the name of the group that a schedule of EventBridge Scheduler is in."""
    text = fields.text("groupName")
    if text is not None and dialect == "rule":
        _refuse_of_rule(fields.place("groupName"), problems)
        return None
    return text


def read_retries(fields: Fields, problems: Problems) -> int:
    """Take how often a failed task is tried again, as the state machine of a Copilot job does."""
    retries = fields.integer("retries")
    if retries is not None and not 0 <= retries <= MOST_RETRIES:
        message = f"retries is 0 to {MOST_RETRIES}, not {retries}"
        problems.error(message, fields.place("retries"), rule="invalid-value")
        return 0
    return retries or 0


def read_timeout(fields: Fields, problems: Problems) -> int | None:
    """Take the seconds that all attempts of a Copilot job may take together; None: any time."""
    seconds = fields.integer("timeoutSeconds")
    if seconds is not None and seconds < 1:
        message = f"timeoutSeconds is at least 1, not {seconds}"
        problems.error(message, fields.place("timeoutSeconds"), rule="invalid-value")
        return None
    return seconds


def _refuse_of_rule(source: SourceRef, problems: Problems) -> None:
    message = "this is for schedules of EventBridge Scheduler"
    problems.error(message, source, hint="say timezone: UTC, or another zone")
