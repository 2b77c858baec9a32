"""What to write instead: corrections for the mistakes that are made again and again."""

import re
from collections.abc import Sequence
from typing import Final

from emulator.schedules.fields import Refuse

Words = Sequence[tuple[str, int]]
"""The fields of a cron expression as written, each with its offset in the expression."""

FIELD_NAMES: Final = "minutes, hours, day-of-month, month, day-of-week, year"
DAY_OF_MONTH: Final = 2
DAY_OF_WEEK: Final = 4


def not_an_expression(expression: str, dialect: str, refuse: Refuse) -> Exception:
    """Return the refusal of a text that is neither cron(...) nor rate(...) nor at(...)."""
    stripped = expression.strip()
    forms = "cron(...), rate(...) nor at(...)"
    if dialect == "rule":
        forms = "cron(...) nor rate(...)"
        if stripped.startswith("at("):
            hint = "at() is EventBridge Scheduler's; an EventBridge rule has cron() and rate()"
            return refuse("a rule has no at()", position=0, hint=hint)
    if stripped != expression and re.match(r"(cron|rate|at)\(", stripped):
        return refuse("blanks around the expression", position=0, hint=f"use {stripped}")
    words = stripped.split()
    if len(words) in (5, 6) and "(" not in stripped and ")" not in stripped:
        return refuse(f"this is neither {forms}", position=0, hint=_from_unix(words))
    named = re.match(r"(?i)(cron|rate|at)(\s*)\(", stripped)
    if named is None:
        hint = "write such as cron(0 3 * * ? *) or rate(5 minutes)"
        return refuse(f"this is neither {forms}", position=0, hint=hint)
    if not stripped.endswith(")"):
        problem = "the closing parenthesis is missing"
        return refuse(problem, position=len(expression), hint=f"use {stripped})")
    right = named[1].lower() + stripped[named.end() - 1 :]
    problem = "a blank before the parenthesis" if named[2] else f"{named[1].lower()} is lower case"
    return refuse(problem, position=named.end(1) if named[2] else 0, hint=f"use {right}")


def wrong_count(expression: str, words: Words, refuse: Refuse) -> Exception:
    """Return the refusal of a cron expression without its six fields."""
    count = len(words)
    hint: str | None = f"the fields are {FIELD_NAMES}"
    if count == 5:
        hint = _from_unix([text for text, _ in words])
    position = words[6][1] if count > 6 else len(expression) - 1
    noun = "field" if count == 1 else "fields"
    return refuse(f"{count} {noun}; cron has six", position=position, hint=hint)


def both_days_given(expression: str, words: Words, refuse: Refuse) -> Exception:
    """Return the refusal of two day fields of which not exactly one is `?`."""
    fields = [text for text, _ in words]
    day_of_month, day_of_week = fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]
    if day_of_month == "?":
        hint = f"for every day use {_cron(_with(fields, DAY_OF_MONTH, '*'))}"
        return refuse("? in both day fields", position=words[DAY_OF_WEEK][1], hint=hint)
    by_month, by_week = (_cron(_with(fields, at, "?")) for at in (DAY_OF_WEEK, DAY_OF_MONTH))
    if day_of_week == "*":
        at, hint = DAY_OF_WEEK, f"use {by_month}"
    elif day_of_month == "*":
        at, hint = DAY_OF_MONTH, f"use {by_week}"
    else:
        at, hint = DAY_OF_WEEK, f"use {by_month} or {by_week}; for both, make two rules"
    problem = "day-of-month and day-of-week are both given; one of them must be ?"
    return refuse(problem, position=words[at][1], hint=hint)


def ascii_hint(expression: str) -> str | None:
    """Return the same in ASCII, where only the width of letters is to blame."""
    from unicodedata import normalize

    narrow = normalize("NFKC", expression)
    return f"use {narrow}" if narrow.isascii() else None


def unit_hint(value: int, unit: str) -> str | None:
    """Return a rate that AWS knows, instead of one with another unit."""
    if unit in ("second", "sec"):
        return "nothing is more frequent than rate(1 minute)"
    if unit in ("month", "year"):
        return "months and years differ in length: use such as cron(0 0 1 * ? *)"
    return f"use rate({value * 7} days)" if unit == "week" else None


def _from_unix(fields: Sequence[str]) -> str:
    """Return what five fields, or six without cron(), may have meant."""
    minutes, hours, day_of_month, month, day_of_week, *year = fields
    if "?" in (day_of_month, day_of_week) or len(fields) == 6:
        what = "add the year: " if len(fields) == 5 else "use "
        return what + _cron([*fields, *([] if year else ["*"])])
    renumbered = re.sub(
        r"(?<![#/\dLW])[0-7](?![\dL])", lambda match: str(int(match[0]) % 7 + 1), day_of_week
    )
    note = ""
    if renumbered != day_of_week:
        note = " (days of the week count from 1, Sunday)"
    if day_of_week == "*":
        return f"add the year and a ?: {_cron([minutes, hours, day_of_month, month, '?', '*'])}"
    by_week = _cron([minutes, hours, "?", month, renumbered, "*"])
    if day_of_month == "*":
        return f"add the year and a ?: {by_week}{note}"
    by_month = _cron([minutes, hours, day_of_month, month, "?", "*"])
    return f"make two rules: {by_month} and {by_week}{note}"


def _with(fields: Sequence[str], at: int, text: str) -> list[str]:
    return [*fields[:at], text, *fields[at + 1 :]]


def _cron(fields: Sequence[str]) -> str:
    return f"cron({' '.join(fields)})"
